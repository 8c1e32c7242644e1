package sim

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
)

// optics maps places of the picture to places of the page, both 0..1.
type optics struct {
	m             [8]float64 // perspective
	k1            float64    // of the lens
	aspect        float64
	wob, px, py   float64 // waviness of paper or feeder: amplitude, phases
	frequency     float64
	width, height int
}

// pageAt returns where on the page a place of the picture lies; all are shares of width and height.
func (o *optics) pageAt(x, y float64) (u, v float64) {
	cx, cy := x-0.5, (y-0.5)*o.aspect
	f := 1 + o.k1*(cx*cx+cy*cy)
	x, y = 0.5+cx*f, 0.5+cy*f/o.aspect
	d := o.m[6]*x + o.m[7]*y + 1
	u, v = (o.m[0]*x+o.m[1]*y+o.m[2])/d, (o.m[3]*x+o.m[4]*y+o.m[5])/d
	return u + o.wob*math.Sin(o.frequency*v+o.px), v + o.wob*math.Sin(o.frequency*u+o.py)/1.414
}

// pictureAt is the inverse, by iteration.
func (o *optics) pictureAt(u, v float64) (x, y float64) {
	x, y = u, v
	for range 60 {
		a, b := o.pageAt(x, y)
		const e = 1e-4
		ax, ay := o.pageAt(x+e, y)
		bx, by := o.pageAt(x, y+e)
		j11, j21, j12, j22 := (ax-a)/e, (ay-b)/e, (bx-a)/e, (by-b)/e
		det := j11*j22 - j12*j21
		dx, dy := ((u-a)*j22-(v-b)*j12)/det, (j11*(v-b)-j21*(u-a))/det
		x, y = x+dx, y+dy
		if math.Abs(dx)+math.Abs(dy) < 1e-9 {
			break
		}
	}
	return x, y
}

// corners4 solves for the perspective that takes the unit square to the page's corners; c are the page's corners in the
// picture, clockwise from the top left.
func corners4(c [4][2]float64) (m [8]float64) {
	to := [4][2]float64{{0, 0}, {1, 0}, {1, 1}, {0, 1}}
	var a [8][9]float64
	for i, p := range c {
		u, v := to[i][0], to[i][1]
		a[2*i] = [9]float64{p[0], p[1], 1, 0, 0, 0, -u * p[0], -u * p[1], u}
		a[2*i+1] = [9]float64{0, 0, 0, p[0], p[1], 1, -v * p[0], -v * p[1], v}
	}
	for i := range 8 {
		best := i
		for r := i; r < 8; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[best][i]) {
				best = r
			}
		}
		a[i], a[best] = a[best], a[i]
		for r := range 8 {
			if r != i {
				f := a[r][i] / a[i][i]
				for k := i; k < 9; k++ {
					a[r][k] -= f * a[i][k]
				}
			}
		}
	}
	for i := range m {
		m[i] = a[i][8] / a[i][i]
	}
	return m
}

func (m *Maker) takePicture(out *Print, sheet *image.RGBA, at verifytest.Places, rng *rand.Rand) {
	p := out.Plan
	camera := p.Carrier == Photo || p.Carrier == ChatPhoto
	pw, ph := float64(sheet.Rect.Dx()), float64(sheet.Rect.Dy())
	inW, inH := pw/pageDPI, ph/pageDPI
	o := &optics{px: rng.Float64() * 6, py: rng.Float64() * 6, frequency: 5 + 8*rng.Float64()}
	j := func(a float64) float64 { return a * (2*rng.Float64() - 1) }
	var c [4][2]float64
	if camera {
		o.width, o.height = int(inW*p.DPI*1.14), int(inH*p.DPI*1.12)
		o.k1 = j(0.02)
		o.wob = 0.0016 * rng.Float64()
		turn := j(0.05)
		sin, cos := math.Sincos(turn)
		for i, q := range [4][2]float64{{-0.44, -0.45}, {0.44, -0.45}, {0.44, 0.45}, {-0.44, 0.45}} {
			x, y := q[0]+j(0.035), q[1]+j(0.03)
			c[i] = [2]float64{0.5 + x*cos - y*sin*1.3, 0.5 + y*cos + x*sin/1.3}
		}
	} else {
		o.width, o.height = int(inW*p.DPI), int(inH*p.DPI)
		o.wob = 0.0004 * rng.Float64()
		sin, cos := math.Sincos(j(0.022))
		sx, sy := p.Shrink*(1+j(0.003)), p.Shrink*(1+j(0.005))
		dx, dy := j(0.012), j(0.01)
		for i, q := range [4][2]float64{{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}} {
			x, y := q[0]*sx, q[1]*sy
			c[i] = [2]float64{0.5 + dx + x*cos - y*sin*ph/pw, 0.5 + dy + y*cos + x*sin*pw/ph}
		}
	}
	o.aspect = float64(o.height) / float64(o.width)
	o.m = corners4(c)
	img := m.expose(out, o, sheet, rng, camera)
	for i, q := range [4][2]float64{{at.Box.X0, at.Box.Y0}, {at.Box.X1, at.Box.Y0}, {at.Box.X1, at.Box.Y1}, {at.Box.X0, at.Box.Y1}} {
		x, y := o.pictureAt(q[0]/pw, q[1]/ph)
		out.TrueBox[i] = page.Point{X: x * float64(o.width), Y: y * float64(o.height)}
	}
	out.Scan = inkScan(img, p, o, at, pw, ph, rng)
}

// expose samples the sheet through the optics, lights it, adds noise and streaks, and packs it as the carrier does.
func (m *Maker) expose(out *Print, o *optics, sheet *image.RGBA, rng *rand.Rand, camera bool) image.Image {
	p := out.Plan
	w, h := o.width, o.height
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	pw, ph := float64(sheet.Rect.Dx()), float64(sheet.Rect.Dy())
	if pageDPI/p.DPI > 1.7 { // no more detail than the sensor sees
		sheet = halved(sheet)
		pw, ph = pw/2, ph/2
	}
	n := 1
	if pw/8.27/p.DPI > 1.25 {
		n = 2
	}
	var noise [8191]float64
	sigma := 1.2 + 2.2*rng.Float64()
	if camera {
		sigma = 1.5 + 3*rng.Float64()
	}
	for i := range noise {
		noise[i] = rng.NormFloat64() * sigma
	}
	lx, ly := rng.Float64(), rng.Float64()
	vignette, tilt := 0.0, 0.03*rng.Float64()
	tint := [3]float64{1, 1 - 0.02*rng.Float64(), 1 - 0.05*rng.Float64()}
	white := 0.96 + 0.04*rng.Float64()
	if camera {
		vignette, tilt = 0.1+0.25*rng.Float64(), 0
		white = 0.72 + 0.25*rng.Float64()
		tint = [3]float64{1, 0.97 + 0.03*rng.Float64(), 0.86 + 0.14*rng.Float64()}
	}
	// A shadow is a half plane with a soft edge through the box.
	var shade func(x, y float64) float64
	zoom := float64(8.27*pageDPI) / pw
	if p.Trap == Shadow {
		at := verifytest.PlacesAt(pageDPI).Box
		sx, sy := inside(at, rng)
		a := rng.Float64() * 2 * math.Pi
		sin, cos := math.Sincos(a)
		soft, deep := (1+6*rng.Float64())*mm, 0.2+0.35*rng.Float64()
		shade = func(x, y float64) float64 {
			x, y = x*zoom, y*zoom
			d := ((x-sx)*cos + (y-sy)*sin + 25*math.Sin(((x-sx)*sin-(y-sy)*cos)/260)) / soft
			return 1 - deep/(1+math.Exp(-2*d))
		}
	}
	desk := [3]float64{60 + 130*rng.Float64(), 50 + 110*rng.Float64(), 40 + 100*rng.Float64()}
	// Where on the sheet a place lies is worked out at the corners of cells and goes evenly between them.
	const cell = 16
	gw := w/cell + 2
	grid := make([][2]float64, gw*(h/cell+2))
	for i := range grid {
		u, v := o.pageAt(float64(i%gw*cell)/float64(w), float64(i/gw*cell)/float64(h))
		grid[i] = [2]float64{u*pw - 0.5, v*ph - 0.5}
	}
	sw, sh := sheet.Rect.Dx(), sheet.Rect.Dy()
	k := 0
	for y := range h {
		row := img.Pix[y*img.Stride:]
		fy := float64(y)/float64(h) - ly
		down := 1 - tilt*float64(y)/float64(h)
		for x := range w {
			var r, g, b int // of 16.8
			gx, gy := x/cell, y/cell
			a00, a10, a01, a11 := grid[gy*gw+gx], grid[gy*gw+gx+1], grid[(gy+1)*gw+gx], grid[(gy+1)*gw+gx+1]
			for q := range n * n {
				tx := (float64(x-gx*cell) + (float64(q%n)+0.5)/float64(n)) / cell
				ty := (float64(y-gy*cell) + (float64(q/n)+0.5)/float64(n)) / cell
				w00, w10, w01, w11 := (1-tx)*(1-ty), tx*(1-ty), (1-tx)*ty, tx*ty
				px := w00*a00[0] + w10*a10[0] + w01*a01[0] + w11*a11[0]
				py := w00*a00[1] + w10*a10[1] + w01*a01[1] + w11*a11[1]
				if px < 0 || py < 0 || px >= float64(sw-1) || py >= float64(sh-1) {
					if camera {
						grain := 8 * math.Sin(float64(x)/7+3*math.Sin(float64(y)/90))
						r, g, b = r+int(256*(desk[0]+grain)), g+int(256*(desk[1]+grain)), b+int(256*(desk[2]+grain))
					} else {
						r, g, b = r+251*256, g+251*256, b+250*256
					}
					continue
				}
				ix, iy := int(px), int(py)
				ex, ey := int((px-float64(ix))*16), int((py-float64(iy))*16)
				s := sheet.Pix[iy*sheet.Stride+4*ix:]
				t := sheet.Pix[(iy+1)*sheet.Stride+4*ix:]
				s, t = s[:8:8], t[:8:8]
				i00, i10, i01, i11 := (16-ex)*(16-ey), ex*(16-ey), (16-ex)*ey, ex*ey
				r += i00*int(s[0]) + i10*int(s[4]) + i01*int(t[0]) + i11*int(t[4])
				g += i00*int(s[1]) + i10*int(s[5]) + i01*int(t[1]) + i11*int(t[5])
				b += i00*int(s[2]) + i10*int(s[6]) + i01*int(t[2]) + i11*int(t[6])
			}
			light := 1.0
			if shade != nil {
				light = shade(a00[0]+(a10[0]-a00[0])*float64(x-gx*cell)/cell, a00[1]+(a01[1]-a00[1])*float64(y-gy*cell)/cell)
			}
			fx := float64(x)/float64(w) - lx
			f := light * white / float64(256*n*n) * (1 - vignette*(fx*fx+fy*fy)) * down
			k++
			e := noise[(k*7)%len(noise)]
			row[4*x] = clip(float64(r)*f*tint[0] + e)
			row[4*x+1] = clip(float64(g)*f*tint[1] + e*0.8)
			row[4*x+2] = clip(float64(b)*f*tint[2] + e*1.1)
			row[4*x+3] = 255
		}
	}
	if camera || rng.IntN(2) == 0 {
		soften(img, img.Rect, 0.3+0.5*rng.Float64())
	}
	if p.Trap == Streak || p.Dirty && !camera && rng.IntN(4) == 0 {
		streaks(img, out.Plan, o, rng)
	}
	return pack(img, p)
}

// halved is the mean of every 2 x 2 pixels.
func halved(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, img.Rect.Dx()/2, img.Rect.Dy()/2))
	for y := range out.Rect.Dy() {
		a := img.Pix[2*y*img.Stride:]
		b := img.Pix[(2*y+1)*img.Stride:]
		dst := out.Pix[y*out.Stride : (y+1)*out.Stride]
		for x := 0; x+4 <= len(dst); x += 4 {
			p, q := a[2*x:2*x+8:2*x+8], b[2*x:2*x+8:2*x+8]
			dst[x] = uint8((int(p[0]) + int(p[4]) + int(q[0]) + int(q[4]) + 2) >> 2)
			dst[x+1] = uint8((int(p[1]) + int(p[5]) + int(q[1]) + int(q[5]) + 2) >> 2)
			dst[x+2] = uint8((int(p[2]) + int(p[6]) + int(q[2]) + int(q[6]) + 2) >> 2)
			dst[x+3] = 255
		}
	}
	return out
}

func clip(v float64) uint8 {
	switch {
	case v <= 0:
		return 0
	case v >= 255:
		return 255
	}
	return uint8(v + 0.5)
}

// streaks draws the straight lines that dirt on the glass of a sheet-fed scanner leaves from top to bottom.
func streaks(img *image.RGBA, p Plan, o *optics, rng *rand.Rand) {
	at := verifytest.PlacesAt(pageDPI).Box
	const pw, ph = 8.27 * pageDPI, 11.69 * pageDPI
	for range 1 + rng.IntN(3) {
		bx, by := inside(at, rng)
		x, _ := o.pictureAt(bx/pw, by/ph)
		cx := x * float64(o.width)
		half := (0.04 + 0.12*rng.Float64()) * p.DPI / 25.4
		deep := 0.15 + 0.5*rng.Float64()
		col := [3]float64{deep, deep, deep}
		if rng.IntN(4) == 0 { // one sensor row only
			col[rng.IntN(3)] = 0.02
		}
		y0, y1 := 0, img.Rect.Dy()
		for y := y0; y < y1; y++ {
			f := 0.85 + 0.15*math.Sin(float64(y)/37)
			for px := int(cx - half - 2); px <= int(cx+half+2); px++ {
				if px < 0 || px >= img.Rect.Dx() {
					continue
				}
				a := max(0, min(1, half+0.5-math.Abs(float64(px)+0.5-cx))) * f
				q := img.PixOffset(px, y)
				for c := range 3 {
					img.Pix[q+c] = uint8(float64(img.Pix[q+c]) * (1 - col[c]*a))
				}
			}
		}
	}
}

// pack turns the picture grey where asked and sends it through JPEG.
func pack(img *image.RGBA, p Plan) image.Image {
	var out image.Image = img
	if p.Grey {
		g := image.NewGray(img.Rect)
		for i := range g.Pix {
			c := img.Pix[4*i : 4*i+3 : 4*i+3]
			g.Pix[i] = uint8((299*int(c[0]) + 587*int(c[1]) + 114*int(c[2])) / 1000)
		}
		out = g
	}
	passes := []int{p.Quality}
	if p.Carrier == ChatPhoto || p.Carrier == ChatScan {
		passes = []int{88, p.Quality}
	}
	for _, q := range passes {
		if q == 0 {
			continue
		}
		var b bytes.Buffer
		if jpeg.Encode(&b, out, &jpeg.Options{Quality: q}) != nil {
			return out // a buffer takes every write
		}
		d, err := jpeg.Decode(&b)
		if err != nil {
			return out
		}
		out = d
	}
	return out
}

// inkScan says of the picture what a reader of its face would say.
func inkScan(img image.Image, p Plan, o *optics, at verifytest.Places, pw, ph float64, rng *rand.Rand) ink.Scan {
	s := ink.Scan{Page: img, Kind: "constructor-1"}
	if p.KnowDPI && (p.Carrier == FlatScan || p.Carrier == ChatScan) {
		s.DPI = p.DPI
	}
	if !p.WithBox {
		return s
	}
	seen := func(b page.Box) page.Box {
		x0, y0 := o.pictureAt(b.X0/pw, b.Y0/ph)
		x1, y1 := o.pictureAt(b.X1/pw, b.Y1/ph)
		e := func() float64 { return 0.4 * rng.NormFloat64() * p.DPI / 25.4 }
		w, h := float64(o.width), float64(o.height)
		return page.Box{X0: x0*w + e(), Y0: y0*h + e(), X1: x1*w + e(), Y1: y1*h + e()}
	}
	s.Label, s.Box = seen(at.Label), seen(at.Box)
	return s
}
