package sim

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/pen"
)

func rgba(c [3]float64) color.RGBA {
	return color.RGBA{uint8(c[0] * 255), uint8(c[1] * 255), uint8(c[2] * 255), 255}
}

// inside draws a place in a box.
func inside(b page.Box, rng *rand.Rand) (x, y float64) {
	return b.X0 + b.W()*rng.Float64(), b.Y0 + b.H()*rng.Float64()
}

// spoil puts stamps, dirt and folds on the sheet.
func (m *Maker) spoil(p Plan, sheet *image.RGBA, at verifytest.Places, rng *rand.Rand) {
	trap := func(t Trap) bool { return p.Trap == t }
	if trap(SealAcross) || trap(SealGrey) || p.SealToo {
		d := (36 + 8*rng.Float64()) * 72 / 25.4
		// Somewhere such that the ring or the inside crosses the box.
		x, y := inside(at.Box, rng)
		x += 8 * rng.NormFloat64() * mm
		y += 8 * rng.NormFloat64() * mm
		m.stamp(sheet, false, x, y, d, "样例建设集团有限公司项目管理专用章", rng)
	}
	if trap(NameStamp) {
		x, y := inside(at.Line, rng)
		m.stamp(sheet, true, x, y, (9+6*rng.Float64())*72/25.4, pen.ChineseName(p.Seed)+"之印", rng)
	}
	if trap(Smudge) || p.Dirty && rng.IntN(3) == 0 {
		for range 1 + rng.IntN(4) {
			x, y := inside(at.Box, rng)
			smudge(sheet, x, y, rng)
		}
	}
	if trap(Fold) || p.Dirty && rng.IntN(3) == 0 {
		x, y := inside(at.Box, rng)
		fold(sheet, x, y, rng)
	}
	if trap(Hair) {
		for range 1 + rng.IntN(2) {
			a, long := curve(rng, 6+30*rng.Float64(), 0.06+0.05*rng.Float64())
			x, y := inside(at.Box, rng)
			blend(sheet, a, int(x-long*mm/2), int(y-long*mm/2), [3]float64{0.15, 0.13, 0.12}, 0.8, true)
		}
	}
	specks := 0
	if trap(Specks) {
		specks = 60 + rng.IntN(200)
	} else if p.Dirty {
		specks = rng.IntN(60)
	}
	for range specks {
		x, y := inside(page.Box{X0: at.Box.X0 - 150, Y0: at.Box.Y0 - 150, X1: at.Box.X1 + 150, Y1: at.Box.Y1 + 150}, rng)
		a := pen.Render([][]pen.Point{{{X: 0, Y: 0, W: 1}, {X: 0.1 * rng.Float64(), Y: 0.1 * rng.Float64(), W: 1}}}, 1, 0.1+0.25*rng.Float64()*rng.Float64(), pageDPI)
		blend(sheet, a, int(x), int(y), [3]float64{0.1, 0.1, 0.1}, 0.5+0.5*rng.Float64(), true)
	}
}

// stamp leaves the red print of an inking pad round (cx, cy), unevenly inked.
func (m *Maker) stamp(sheet *image.RGBA, square bool, cx, cy, d float64, name string, rng *rand.Rand) {
	px := int(d*pageDPI/72) + 20
	t := image.NewRGBA(image.Rect(0, 0, px, px))
	draw.Draw(t, t.Rect, image.White, image.Point{}, draw.Src)
	m.gen.StampOn(t, pageDPI, square, 10*72/pageDPI, 10*72/pageDPI, d, name)
	strength := 0.55 + 0.45*rng.Float64()
	blotch := rng.Float64() * 0.5
	turn := rng.NormFloat64() * 0.12
	sin, cos := math.Sincos(turn)
	f1, f2 := 0.01+0.03*rng.Float64(), 0.01+0.03*rng.Float64()
	c := float64(px) / 2
	red := [3]float64{0.86, 0.12 + 0.1*rng.Float64(), 0.12 + 0.12*rng.Float64()}
	for y := range px {
		for x := range px {
			ux, uy := float64(x)-c, float64(y)-c
			sx, sy := int(c+cos*ux-sin*uy), int(c+sin*ux+cos*uy)
			if sx < 0 || sy < 0 || sx >= px || sy >= px {
				continue
			}
			a := 1 - float64(t.Pix[t.PixOffset(sx, sy)+1])/255 // how much stamp
			if a < 0.05 {
				continue
			}
			qx, qy := int(cx)-px/2+x, int(cy)-px/2+y
			if !image.Pt(qx, qy).In(sheet.Rect) {
				continue
			}
			a = min(1, a*1.15) * strength * (1 - blotch*(0.5+0.5*math.Sin(float64(x)*f1+1)*math.Sin(float64(y)*f2+2))) * (0.85 + 0.3*rng.Float64())
			o := sheet.PixOffset(qx, qy)
			for k := range 3 {
				v := float64(sheet.Pix[o+k])
				sheet.Pix[o+k] = uint8(max(0, v+(v*red[k]-v)*min(a, 1)))
			}
		}
	}
}

// smudge darkens a soft spot, or drags grey along.
func smudge(sheet *image.RGBA, cx, cy float64, rng *rand.Rand) {
	rx, ry := (2+8*rng.Float64())*mm, (1.5+5*rng.Float64())*mm
	deep := 0.06 + 0.3*rng.Float64()
	turn := rng.Float64() * math.Pi
	sin, cos := math.Sincos(turn)
	grain := 0.3 * rng.Float64()
	r := int(max(rx, ry) * 2)
	for y := max(0, int(cy)-r); y < min(sheet.Rect.Dy(), int(cy)+r); y++ {
		for x := max(0, int(cx)-r); x < min(sheet.Rect.Dx(), int(cx)+r); x++ {
			u, v := (float64(x)-cx)*cos+(float64(y)-cy)*sin, (float64(y)-cy)*cos-(float64(x)-cx)*sin
			a := deep * math.Exp(-(u*u/(rx*rx)+v*v/(ry*ry))*1.5) * (1 - grain*rng.Float64())
			if a < 0.004 {
				continue
			}
			o := sheet.PixOffset(x, y)
			for k := range 3 {
				sheet.Pix[o+k] = uint8(float64(sheet.Pix[o+k]) * (1 - a))
			}
		}
	}
}

// fold draws a crease through (cx, cy) over the whole sheet: a dark side, a light side, and toner that flaked off.
func fold(sheet *image.RGBA, cx, cy float64, rng *rand.Rand) {
	a := 0.03 * rng.NormFloat64()
	if rng.IntN(3) == 0 {
		a += math.Pi / 2
	} else if rng.IntN(6) == 0 {
		a = rng.Float64() * math.Pi
	}
	sin, cos := math.Sincos(a)
	deep := 0.08 + 0.3*rng.Float64()
	w := (0.15 + 0.5*rng.Float64()) * mm
	reach := 6 * w
	wob := rng.Float64() * 6
	each := func(x, y int) {
		d := (float64(y)-cy)*cos - (float64(x)-cx)*sin
		along := (float64(y)-cy)*sin + (float64(x)-cx)*cos
		d += 1.2 * math.Sin(along/140+wob)
		if math.Abs(d) > reach {
			return
		}
		k := 1 - deep*math.Exp(-(d-w*0.6)*(d-w*0.6)/(w*w)) + 0.25*deep*math.Exp(-(d+w)*(d+w)/(w*w))
		o := sheet.PixOffset(x, y)
		for c := range 3 {
			v := float64(sheet.Pix[o+c]) * k
			if math.Abs(d) < w && v < 150 && rng.IntN(4) == 0 {
				v = 200 // flaked toner
			}
			sheet.Pix[o+c] = uint8(min(255, v))
		}
	}
	for y := range sheet.Rect.Dy() {
		if math.Abs(cos) > 0.3 {
			continue
		}
		// Steep: walk the rows.
		x := cx + (float64(y)-cy)*cos/sin
		for q := int(x - 2*reach); q <= int(x+2*reach); q++ {
			if q >= 0 && q < sheet.Rect.Dx() {
				each(q, y)
			}
		}
	}
	if math.Abs(cos) > 0.3 {
		for x := range sheet.Rect.Dx() {
			y := cy + (float64(x)-cx)*sin/cos
			span := 2 * reach / math.Abs(cos)
			for q := int(y - span); q <= int(y+span); q++ {
				if q >= 0 && q < sheet.Rect.Dy() {
					each(x, q)
				}
			}
		}
	}
}
