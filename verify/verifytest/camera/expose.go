package camera

import (
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	xdraw "golang.org/x/image/draw"

	"zhengyan/verify/page"
)

// step is the side of the lattice on which the lens is computed exactly; between its points it is interpolated.
const step = 8

// paperOf scales the page's raster to about the scale at which it is photographed, so that reading between its pixels
// does not alias.
func paperOf(p Sheet, perMM float64) *plane {
	img := p.Image
	w, h := int(p.W*perMM*1.1+0.5), int(p.H*perMM*1.1+0.5)
	if w < img.Rect.Dx() {
		small := image.NewRGBA(image.Rect(0, 0, w, h))
		xdraw.BiLinear.Scale(small, small.Rect, img, img.Rect, xdraw.Src, nil)
		img = small
	}
	out := newPlane(img.Rect.Dx(), img.Rect.Dy())
	for y := range out.h {
		row := img.Pix[y*img.Stride:]
		o := out.pix[3*y*out.w:]
		for x := range out.w {
			// Toner is not black and paper not white.
			o[3*x] = 22 + float32(row[4*x])*0.872
			o[3*x+1] = 22 + float32(row[4*x+1])*0.870
			o[3*x+2] = 24 + float32(row[4*x+2])*0.855
		}
	}
	return out
}

// bare is the colour of paper without print, as paperOf makes it.
var bare = [3]float32{22 + 255*0.872, 22 + 255*0.870, 24 + 255*0.855}

// light is the illumination of a place on the desk, 1 for full light.
type light struct {
	dx, dy  float64
	lost    float64
	shadows []shadow
}

type shadow struct {
	x, y, r, soft, depth float64
	edge                 bool // a half plane instead of a disc
	nx, ny               float64
}

func newLight(s Shot, w, h float64, rng *rand.Rand) light {
	a := rng.Float64() * 2 * math.Pi
	l := light{dx: math.Cos(a) / (w + h), dy: math.Sin(a) / (w + h), lost: s.Gradient}
	for range s.Shadows {
		b := rng.Float64() * 2 * math.Pi
		l.shadows = append(l.shadows, shadow{
			x: w * (rng.Float64()*1.4 - 0.2), y: h * (rng.Float64()*1.4 - 0.2), r: 40 + rng.Float64()*70, soft: 6 + rng.Float64()*40,
			depth: s.ShadowDepth * (0.6 + 0.4*rng.Float64()), edge: rng.IntN(2) == 0, nx: math.Cos(b), ny: math.Sin(b),
		})
	}
	return l
}

func (l *light) at(x, y, w, h float64) float64 {
	v := 1 - l.lost*(0.5+((x-w/2)*l.dx+(y-h/2)*l.dy))
	for _, q := range l.shadows {
		var d float64
		if q.edge {
			d = (x-q.x)*q.nx + (y-q.y)*q.ny
		} else {
			d = math.Hypot(x-q.x, y-q.y) - q.r
		}
		v *= 1 - q.depth/(1+math.Exp(4*d/q.soft))
	}
	return max(v, 0.05)
}

// expose gives the light that falls on the sensor.
func expose(p Sheet, s Shot, l *lens, rng *rand.Rand) *plane {
	desk := paintDesk(s, p.W, p.H, rng)
	perMM := 0.0
	for _, c := range [4][2]float64{{0.25, 0.25}, {0.75, 0.25}, {0.25, 0.75}, {0.75, 0.75}} {
		x, y := p.W*c[0], p.H*c[1]
		perMM += (dist(l.toPixel(x, y), l.toPixel(x+1, y)) + dist(l.toPixel(x, y), l.toPixel(x, y+1))) / 8
	}
	paper := paperOf(p, perMM)
	lit := newLight(s, p.W, p.H, rng)
	fibre, wave := newClouds(0.5, rng), newClouds(25, rng)
	sa := rng.Float64() * 2 * math.Pi // where the paper's own shadow falls
	sx, sy := math.Cos(sa), math.Sin(sa)
	lift := 0.5 + 0.25*s.Curl + rng.Float64()*0.4 // mm that the shadow reaches
	depth := 0.22 + 0.2*rng.Float64()
	out := newPlane(s.Width, s.Height)

	gw, gh := s.Width/step+2, s.Height/step+2
	type node struct {
		desk, sheet page.Point
		light       float64
	}
	nodes := make([]node, gw*gh)
	for j := range gh {
		for i := range gw {
			n := &nodes[j*gw+i]
			n.desk, n.sheet = l.fromPixel(float64(i*step), float64(j*step))
			n.light = lit.at(n.desk.X, n.desk.Y, p.W, p.H)
		}
	}
	ps := printScale(s.PrintScale)
	kx, ky := float64(paper.w)/p.W/ps, float64(paper.h)/p.H/ps
	mx, my := p.W*(1-ps)/2, p.H*(1-ps)/2 // the bare margins
	shade := newShade(s)
	rows := func(y0, y1 int) {
		var c, d [3]float32
		for y := y0; y < y1; y++ {
			j := y / step
			fy := (float64(y%step) + 0.5) / step
			for x := range s.Width {
				i := x / step
				fx := (float64(x%step) + 0.5) / step
				n00, n10, n01, n11 := &nodes[j*gw+i], &nodes[j*gw+i+1], &nodes[(j+1)*gw+i], &nodes[(j+1)*gw+i+1]
				w00, w10, w01, w11 := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
				dx := w00*n00.desk.X + w10*n10.desk.X + w01*n01.desk.X + w11*n11.desk.X
				dy := w00*n00.desk.Y + w10*n10.desk.Y + w01*n01.desk.Y + w11*n11.desk.Y
				ux := w00*n00.sheet.X + w10*n10.sheet.X + w01*n01.sheet.X + w11*n11.sheet.X
				uy := w00*n00.sheet.Y + w10*n10.sheet.Y + w01*n01.sheet.Y + w11*n11.sheet.Y
				v := float32(w00*n00.light + w10*n10.light + w01*n01.light + w11*n11.light)
				in := min(ux, p.W-ux, uy, p.H-uy) // mm inside the page
				cover := float32(min(max(0.5+in*perMM, 0), 1))
				if s.NoSheet {
					cover = 0
				}
				if cover > 0 {
					if ux < mx || uy < my || ux > p.W-mx || uy > p.H-my {
						c = bare
					} else {
						paper.at((ux-mx)*kx, (uy-my)*ky, &c)
					}
					if s.Screen {
						shade.screen(ux, uy, &c)
					} else {
						f := float32(1 + 0.012*fibre.at(ux, uy) + 0.012*wave.at(ux, uy))
						c[0], c[1], c[2] = c[0]*f, c[1]*f, c[2]*f
					}
				}
				if cover < 1 {
					desk.at((dx-p.W/2+deskSpan)*deskScale, (dy-p.H/2+deskSpan)*deskScale, &d)
					if !s.NoSheet {
						if s.Screen {
							shade.bezel(in, &d)
						} else {
							// Distance to where the page's shadow lies.
							qx, qy := dx-sx*lift, dy-sy*lift
							out := math.Hypot(max(-qx, qx-p.W, 0), max(-qy, qy-p.H, 0))
							if out < 6*lift {
								k := float32(1 - depth*math.Exp(-out/lift*1.4))
								d[0], d[1], d[2] = d[0]*k, d[1]*k, d[2]*k
							}
						}
					}
					for q := range 3 {
						c[q] = c[q]*cover + d[q]*(1-cover)
					}
				}
				o := 3 * (y*s.Width + x)
				out.pix[o], out.pix[o+1], out.pix[o+2] = c[0]*v, c[1]*v, c[2]*v
			}
		}
	}
	parallel(s.Height, rows)
	return out
}

// parallel splits the rows of a picture among the processors.
func parallel(rows int, f func(y0, y1 int)) {
	n := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(rows*i/n, rows*(i+1)/n) })
	}
	wg.Wait()
}

// shade draws what a monitor adds: its grid of sub-pixels and its frame.
type shade struct{ pitch float64 }

func newShade(Shot) shade { return shade{pitch: 0.27} }

func (q shade) screen(x, y float64, c *[3]float32) {
	fx, fy := x/q.pitch, y/q.pitch
	fx -= math.Floor(fx)
	fy -= math.Floor(fy)
	row := float32(1.0)
	if fy < 0.18 {
		row = 0.45
	}
	for k := range 3 {
		d := math.Abs(fx - (float64(k)+0.5)/3)
		d = min(d, 1-d)
		g := float32(0.55 + 1.1*max(0, 1-d*3.4))
		c[k] *= g * row
	}
}

func (q shade) bezel(in float64, d *[3]float32) {
	if in > -14 {
		d[0], d[1], d[2] = 24, 24, 26
	}
}
