package sheet

import (
	"image"
	"math"

	"zhengyan/verify/page"
)

// Homography maps places of the flattened sheet to the picture, and back. Both are in pixels.
type Homography struct {
	to, from [9]float64 // flat → picture, picture → flat
}

// ToPicture takes a place of the flattened sheet to the picture.
func (h Homography) ToPicture(p page.Point) page.Point { return apply(&h.to, p) }

// ToFlat takes a place of the picture to the flattened sheet.
func (h Homography) ToFlat(p page.Point) page.Point { return apply(&h.from, p) }

func apply(m *[9]float64, p page.Point) page.Point {
	w := m[6]*p.X + m[7]*p.Y + m[8]
	return page.Point{X: (m[0]*p.X + m[1]*p.Y + m[2]) / w, Y: (m[3]*p.X + m[4]*p.Y + m[5]) / w}
}

// homographyOf maps the rectangle of w × h to four corners, clockwise from its top left (Heckbert's solution for the
// unit square).
func homographyOf(c [4]page.Point, w, h float64) (Homography, bool) {
	p0, p1, p2, p3 := c[0], c[1], c[2], c[3]
	sx, sy := p0.X-p1.X+p2.X-p3.X, p0.Y-p1.Y+p2.Y-p3.Y
	d1, d2 := sub(p1, p2), sub(p3, p2)
	den := cross(d1, d2)
	if math.Abs(den) < 1e-9 {
		return Homography{}, false
	}
	g := (sx*d2.Y - d2.X*sy) / den
	k := (d1.X*sy - sx*d1.Y) / den
	m := [9]float64{
		(p1.X - p0.X + g*p1.X) / w, (p3.X - p0.X + k*p3.X) / h, p0.X,
		(p1.Y - p0.Y + g*p1.Y) / w, (p3.Y - p0.Y + k*p3.Y) / h, p0.Y,
		g / w, k / h, 1,
	}
	inv, ok := invert(m)
	return Homography{to: m, from: inv}, ok
}

func invert(m [9]float64) (r [9]float64, ok bool) {
	r = [9]float64{
		m[4]*m[8] - m[5]*m[7], m[2]*m[7] - m[1]*m[8], m[1]*m[5] - m[2]*m[4],
		m[5]*m[6] - m[3]*m[8], m[0]*m[8] - m[2]*m[6], m[2]*m[3] - m[0]*m[5],
		m[3]*m[7] - m[4]*m[6], m[1]*m[6] - m[0]*m[7], m[0]*m[4] - m[1]*m[3],
	}
	det := m[0]*r[0] + m[1]*r[3] + m[2]*r[6]
	if det == 0 || math.IsNaN(det) || math.IsInf(det, 0) {
		return r, false
	}
	for i := range r {
		r[i] /= det
	}
	return r, true
}

// aspectOf gives the ratio of a rectangle's sides from the picture of it (Zhang and He, Whiteboard scanning and image
// enhancement, 2007, section 3.2), and whether it lies with its longer side across. The focal length follows from the
// vanishing points where the slant is strong enough, else a phone's is taken.
func aspectOf(c [4]page.Point, b image.Rectangle) (ratio float64, wide bool) {
	top, right := length(sub(c[1], c[0])), length(sub(c[2], c[1]))
	bottom, left := length(sub(c[2], c[3])), length(sub(c[3], c[0]))
	plain := (top + bottom) / max(left+right, 1e-9)
	n2, n3 := sidesOf(c, b)
	long := float64(max(b.Dx(), b.Dy()))
	f2, ok := focalOf(n2, n3, long)
	if !ok {
		f2 = (0.8 * long) * (0.8 * long)
	}
	r := ratioAt(n2, n3, f2) // width to height
	if !(r > 0.2 && r < 5) {
		r = plain
	}
	if !(r > 0) || math.IsInf(r, 0) {
		return 1, false
	}
	return max(r, 1/r), r > 1
}

// sidesOf gives the directions of the two sides of a rectangle up to the focal length: Zhang and He's n2 and n3.
func sidesOf(c [4]page.Point, b image.Rectangle) (n2, n3 [3]float64) {
	cx, cy := float64(b.Dx())/2, float64(b.Dy())/2
	m := func(p page.Point) [3]float64 { return [3]float64{p.X - cx, p.Y - cy, 1} }
	m1, m2, m3, m4 := m(c[0]), m(c[1]), m(c[3]), m(c[2])
	k2 := dot3(cross3(m1, m4), m3) / dot3(cross3(m2, m4), m3)
	k3 := dot3(cross3(m1, m4), m2) / dot3(cross3(m3, m4), m2)
	for i := range 3 {
		n2[i], n3[i] = k2*m2[i]-m1[i], k3*m3[i]-m1[i]
	}
	return n2, n3
}

// focalOf is the square of the focal length, in pixels, that makes the sides square to each other; ok is false where the
// slant is too weak to tell, or the length is that of no camera.
func focalOf(n2, n3 [3]float64, long float64) (f2 float64, ok bool) {
	if !(math.Abs(n2[2]) > 0.04 && math.Abs(n3[2]) > 0.04) {
		return 0, false
	}
	f2 = -(n2[0]*n3[0] + n2[1]*n3[1]) / (n2[2] * n3[2])
	return f2, f2 > (0.5*long)*(0.5*long) && f2 < (2*long)*(2*long)
}

// ratioAt is the ratio of the sides at a focal length, given as its square.
func ratioAt(n2, n3 [3]float64, f2 float64) float64 {
	size := func(n [3]float64) float64 { return math.Sqrt((n[0]*n[0]+n[1]*n[1])/f2 + n[2]*n[2]) }
	return size(n2) / size(n3)
}

func cross3(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func dot3(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
