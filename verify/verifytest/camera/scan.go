package camera

import (
	"image"
	"math"
	"math/rand/v2"

	"zhengyan/verify/page"
)

// ScanMode is what the scanner stores of each pixel.
type ScanMode int

// The modes.
const (
	ScanColour ScanMode = iota
	ScanGray
	ScanBilevel // black or white, as fax programs and old copiers store
)

// Scan says how a page is scanned. The zero value is no useful one; see Scans.
type Scan struct {
	DPI       float64
	Mode      ScanMode
	Skew      float64 // degrees, clockwise
	Quarter   int     // quarter turns clockwise by which the page was laid in
	OffX      float64 // mm by which it was laid in off the middle
	OffY      float64
	Scale     float64 // of the print: 0.97 where the printer shrank to its margins; 0 means 1
	Blur      float64 // standard deviation in pixels
	Noise     float64 // standard deviation in 8-bit steps
	Streaks   int     // lines that dirt on the glass draws along the way of the lamp
	Shade     float64 // share of light lost at the ends of the lamp
	BlackLid  bool    // the scanner's lid is black, so that the page's edges show
	ShowsBack float64 // share to which the back of the page shows through
	White     float64 // value of bare paper, 255 where the scanner clips it; 0 means 250
	Quality   int     // of the JPEG
}

// Scanned scans the page at its own size: the picture is p.W × p.H mm.
func Scanned(p Sheet, s Scan, seed uint64) Picture {
	rng := rand.New(rand.NewPCG(seed, 0x7363616e))
	perMM := s.DPI / 25.4
	bw, bh := p.W, p.H
	if s.Quarter&1 == 1 {
		bw, bh = bh, bw
	}
	w, h := int(math.Round(bw*perMM)), int(math.Round(bh*perMM))
	scale := printScale(s.Scale)
	sin, cos := math.Sincos(s.Skew*math.Pi/180 + float64(s.Quarter&3)*math.Pi/2)
	if s.Skew == 0 {
		sin, cos = math.Round(sin), math.Round(cos)
	}
	toPixel := func(x, y float64) page.Point {
		u, v := (x-p.W/2)*scale, (y-p.H/2)*scale
		return page.Point{X: (cos*u - sin*v + bw/2 + s.OffX) * perMM, Y: (sin*u + cos*v + bh/2 + s.OffY) * perMM}
	}
	paper := paperOf(p, perMM*scale/1.1)
	white := s.White
	if white == 0 {
		white = 250
	}
	gain := float32(white / 244)
	lid := float32(250)
	if s.BlackLid {
		lid = 24
	}
	type streak struct {
		x    int
		w    int
		gain float32
	}
	streaks := map[int]streak{}
	for range s.Streaks {
		q := streak{x: rng.IntN(w), w: 1 + rng.IntN(2), gain: 0.7 + 0.5*rng.Float32()}
		for i := range q.w {
			streaks[q.x+i] = q
		}
	}
	fibre := newClouds(0.6, rng)
	img := newPlane(w, h)
	kx, ky := float64(paper.w)/p.W, float64(paper.h)/p.H
	parallel(h, func(y0, y1 int) {
		var c, back [3]float32
		for y := y0; y < y1; y++ {
			for x := range w {
				mx, my := (float64(x)+0.5)/perMM-bw/2-s.OffX, (float64(y)+0.5)/perMM-bh/2-s.OffY
				u, v := (cos*mx+sin*my)/scale+p.W/2, (-sin*mx+cos*my)/scale+p.H/2
				in := min(u, p.W-u, v, p.H-v)
				cover := float32(min(max(0.5+in*perMM, 0), 1))
				c = [3]float32{lid, lid, lid}
				if cover > 0 {
					paper.at(u*kx, v*ky, &c)
					f := gain * float32(1+0.006*fibre.at(u, v))
					if s.ShowsBack > 0 {
						paper.at((p.W-u)*kx, v*ky, &back)
						f *= 1 - float32(s.ShowsBack)*(1-back[1]/244)
					}
					for q := range 3 {
						c[q] = c[q]*f*cover + lid*(1-cover)
					}
				}
				f := float32(1 - s.Shade*math.Abs(float64(x)/float64(w)-0.5)*2)
				if q, ok := streaks[x]; ok {
					f *= q.gain
				}
				o := 3 * (y*w + x)
				for q := range 3 {
					img.pix[o+q] = c[q] * f
				}
			}
		}
	})
	blur(img, s.Blur)
	develop(img, Shot{Noise: s.Noise}, rng)
	truth := Truth{W: p.W, H: p.H, PrintScale: 1, ToPixel: toPixel}
	if s.Mode == ScanColour {
		return finish(img.rgba(), s.Quality, truth)
	}
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		v := 0.299*img.pix[3*i] + 0.587*img.pix[3*i+1] + 0.114*img.pix[3*i+2]
		if s.Mode == ScanBilevel {
			if v > 150 {
				v = 255
			} else {
				v = 0
			}
		}
		g.Pix[i] = uint8(min(max(v+0.5, 0), 255))
	}
	return finish(g, s.Quality, truth)
}
