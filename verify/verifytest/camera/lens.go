package camera

import (
	"math"

	"zhengyan/verify/page"
)

func dist(a, b page.Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

// lens is a pinhole camera with radial distortion, looking at a page that may be bent. The desk is the plane of height
// 0 with the page's coordinates.
type lens struct {
	w, h   float64 // of the page in mm
	f      float64 // pixels
	cx, cy float64 // principal point in pixels
	k      float64 // distortion for radii in focal lengths
	r      [9]float64
	tx, ty float64 // of the page's middle in the camera's frame, mm
	d      float64 // distance in mm
	curl   func(x, y float64) float64
}

func newLens(p Sheet, s Shot) *lens {
	l := &lens{w: p.W, h: p.H, cx: float64(s.Width) / 2, cy: float64(s.Height) / 2}
	long := float64(max(s.Width, s.Height))
	l.f = s.Focal * long
	corner := math.Hypot(l.cx, l.cy) / l.f
	l.k = -s.Lens / (corner * corner)
	rad := math.Pi / 180
	sp, cp := math.Sincos(s.Pitch * rad)
	sy, cy := math.Sincos(s.Yaw * rad)
	sr, cr := math.Sincos(s.Roll * rad)
	// First the page is turned in its plane, then the camera leans.
	l.r = mul(mul([9]float64{1, 0, 0, 0, cp, -sp, 0, sp, cp}, [9]float64{cy, 0, sy, 0, 1, 0, -sy, 0, cy}),
		[9]float64{cr, -sr, 0, sr, cr, 0, 0, 0, 1})
	ca, sa := math.Cos(s.CurlAngle*rad), math.Sin(s.CurlAngle*rad)
	half := (math.Abs(ca)*p.W + math.Abs(sa)*p.H) / 2
	l.curl = func(x, y float64) float64 {
		if s.Curl == 0 {
			return 0
		}
		t := ((x-p.W/2)*ca + (y-p.H/2)*sa) / half
		if s.CurlCorner {
			t = max(0, math.Abs(t)-0.35) / 0.65
			return s.Curl * t * t
		}
		return s.Curl * max(0, 1-t*t)
	}
	// The distance at which the page fills its share, and the aim.
	l.d = l.f * max(p.W, p.H) / (s.Fill * long)
	for range 12 {
		x0, y0, x1, y1 := l.bounds()
		big := max((x1-x0)/float64(s.Width), (y1-y0)/float64(s.Height))
		l.d *= math.Pow(big/s.Fill, 0.9)
		x0, y0, x1, y1 = l.bounds()
		roomX, roomY := (float64(s.Width)-(x1-x0))/2, (float64(s.Height)-(y1-y0))/2
		wantX, wantY := l.cx+s.AimX*roomX*0.9, l.cy+s.AimY*roomY*0.9
		switch {
		case s.CutOff > 0 && s.CutSide == 0:
			wantY = (y1-y0)/2 - s.CutOff*(y1-y0)
		case s.CutOff > 0 && s.CutSide == 1:
			wantX = float64(s.Width) - (x1-x0)/2 + s.CutOff*(x1-x0)
		case s.CutOff > 0 && s.CutSide == 2:
			wantY = float64(s.Height) - (y1-y0)/2 + s.CutOff*(y1-y0)
		case s.CutOff > 0 && s.CutSide == 3:
			wantX = (x1-x0)/2 - s.CutOff*(x1-x0)
		}
		l.tx += (wantX - (x0+x1)/2) / l.f * l.d * 0.95
		l.ty += (wantY - (y0+y1)/2) / l.f * l.d * 0.95
	}
	return l
}

func mul(a, b [9]float64) (c [9]float64) {
	for i := range 3 {
		for j := range 3 {
			c[3*i+j] = a[3*i]*b[j] + a[3*i+1]*b[3+j] + a[3*i+2]*b[6+j]
		}
	}
	return c
}

func (l *lens) bounds() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range [4][2]float64{{0, 0}, {l.w, 0}, {l.w, l.h}, {0, l.h}} {
		p := l.toPixel(c[0], c[1])
		x0, x1 = min(x0, p.X), max(x1, p.X)
		y0, y1 = min(y0, p.Y), max(y1, p.Y)
	}
	return
}

// toPixel takes a place on the page to the picture.
func (l *lens) toPixel(x, y float64) page.Point { return l.project(x, y, l.curl(x, y)) }

// project takes a place over the desk to the picture.
func (l *lens) project(x, y, h float64) page.Point {
	px, py, pz := x-l.w/2, y-l.h/2, -h
	X := l.r[0]*px + l.r[1]*py + l.r[2]*pz + l.tx
	Y := l.r[3]*px + l.r[4]*py + l.r[5]*pz + l.ty
	Z := l.r[6]*px + l.r[7]*py + l.r[8]*pz + l.d
	u, v := X/Z, Y/Z
	// The distortion is given from the picture to the ideal one; Newton's method turns it round.
	ru := math.Hypot(u, v)
	rd := ru
	for range 8 {
		rd -= (rd*(1+l.k*rd*rd) - ru) / (1 + 3*l.k*rd*rd)
	}
	g := 1.0
	if ru > 0 {
		g = rd / ru
	}
	return page.Point{X: u*g*l.f + l.cx, Y: v*g*l.f + l.cy}
}

// fromPixel gives the place on the plane of the desk under a pixel, and the place on the page's surface, which may be
// bent; the latter means something only inside the page.
func (l *lens) fromPixel(x, y float64) (desk, sheet page.Point) {
	u, v := (x-l.cx)/l.f, (y-l.cy)/l.f
	g := 1 + l.k*(u*u+v*v)
	u, v = u*g, v*g
	// Ray in the page's frame: origin o, direction d.
	ox, oy, oz := -l.tx, -l.ty, -l.d
	a := [3]float64{l.r[0]*u + l.r[3]*v + l.r[6], l.r[1]*u + l.r[4]*v + l.r[7], l.r[2]*u + l.r[5]*v + l.r[8]}
	o := [3]float64{l.r[0]*ox + l.r[3]*oy + l.r[6]*oz, l.r[1]*ox + l.r[4]*oy + l.r[7]*oz, l.r[2]*ox + l.r[5]*oy + l.r[8]*oz}
	at := func(h float64) page.Point {
		t := (-h - o[2]) / a[2]
		return page.Point{X: o[0] + t*a[0] + l.w/2, Y: o[1] + t*a[1] + l.h/2}
	}
	desk = at(0)
	sheet = desk
	for range 4 {
		cx, cy := min(max(sheet.X, 0), l.w), min(max(sheet.Y, 0), l.h)
		h := l.curl(cx, cy)
		if h == 0 {
			return desk, at(0)
		}
		sheet = at(h)
	}
	return desk, sheet
}
