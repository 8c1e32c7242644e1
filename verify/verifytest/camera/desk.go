package camera

import (
	"math"
	"math/rand/v2"
)

// The desk is painted once, deskScale pixels a millimetre, deskSpan millimetres around the page's middle.
const (
	deskScale = 2.0
	deskSpan  = 420.0
)

// plane is three planes of floats, 0 to 255.
type plane struct {
	w, h int
	pix  []float32 // r, g, b
}

func newPlane(w, h int) *plane { return &plane{w, h, make([]float32, 3*w*h)} }

// at reads between the pixels; outside it repeats the border.
func (p *plane) at(x, y float64, out *[3]float32) {
	x = min(max(x-0.5, 0), float64(p.w-2))
	y = min(max(y-0.5, 0), float64(p.h-2))
	ix, iy := int(x), int(y)
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	a := p.pix[3*(iy*p.w+ix) : 3*(iy*p.w+ix)+6]
	b := p.pix[3*((iy+1)*p.w+ix) : 3*((iy+1)*p.w+ix)+6]
	w00, w10, w01, w11 := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	for c := range 3 {
		out[c] = w00*a[c] + w10*a[3+c] + w01*b[c] + w11*b[3+c]
	}
}

// clouds is smooth noise of unit amplitude over a lattice.
type clouds struct {
	cell float64
	v    [64 * 64]float32
}

func newClouds(cell float64, rng *rand.Rand) *clouds {
	c := &clouds{cell: cell}
	for i := range c.v {
		c.v[i] = float32(rng.Float64()*2 - 1)
	}
	return c
}

func (c *clouds) at(x, y float64) float64 {
	x, y = x/c.cell, y/c.cell
	ix, iy := math.Floor(x), math.Floor(y)
	fx, fy := x-ix, y-iy
	fx, fy = fx*fx*(3-2*fx), fy*fy*(3-2*fy)
	i, j := int(ix), int(iy)
	g := func(i, j int) float64 { return float64(c.v[(j&63)*64+(i&63)]) }
	return (g(i, j)*(1-fx)+g(i+1, j)*fx)*(1-fy) + (g(i, j+1)*(1-fx)+g(i+1, j+1)*fx)*fy
}

// paintDesk paints the desk that lies around a page of w × h mm.
func paintDesk(s Shot, w, h float64, rng *rand.Rand) *plane {
	n := int(2 * deskSpan * deskScale)
	p := newPlane(n, n)
	big, mid, fine := newClouds(90, rng), newClouds(11, rng), newClouds(1.1, rng)
	pick := func(list ...[3]float64) [3]float64 { return list[rng.IntN(len(list))] }
	var col func(x, y float64) [3]float64
	flat := func(base [3]float64, a, b, c float64) func(x, y float64) [3]float64 {
		return func(x, y float64) [3]float64 {
			v := a*big.at(x, y) + b*mid.at(x, y) + c*fine.at(x, y)
			return [3]float64{base[0] + v, base[1] + v, base[2] + v}
		}
	}
	wood := func(base [3]float64) func(x, y float64) [3]float64 {
		plank, ring := 85+rng.Float64()*60, 3+rng.Float64()*4
		turned := rng.IntN(2) == 0
		return func(x, y float64) [3]float64 {
			if turned {
				x, y = y, x
			}
			i := math.Floor(x / plank)
			q := x + 14*big.at(x*0.3+i*37, y*0.25) + 2*mid.at(x, y*0.2)
			v := 12*math.Sin(q*2*math.Pi/ring)*(0.6+0.4*big.at(x, y)) + 6*fine.at(x*2, y*0.3) + 10*math.Sin(i*2.4)
			if e := x - i*plank; e < 0.9 {
				v -= 45
			}
			return [3]float64{base[0] + v, base[1] + v*0.85, base[2] + v*0.65}
		}
	}
	woods := [][3]float64{{128, 92, 60}, {168, 126, 84}, {84, 56, 38}, {196, 162, 120}}
	switch s.Desk {
	case DeskDark:
		col = flat(pick([3]float64{42, 40, 39}, [3]float64{60, 44, 36}, [3]float64{28, 34, 46}), 6, 5, 7)
	case DeskLight:
		col = flat(pick([3]float64{186, 184, 178}, [3]float64{198, 188, 170}, [3]float64{172, 182, 188}), 6, 3, 4)
	case DeskWhite:
		v := 224 + rng.Float64()*12
		col = flat([3]float64{v, v + rng.Float64()*4 - 2, v + rng.Float64()*8 - 4}, 2.5, 1, 1.2)
	case DeskWood:
		col = wood(woods[rng.IntN(len(woods))])
	case DeskCloth:
		base := pick([3]float64{70, 88, 120}, [3]float64{150, 60, 58}, [3]float64{160, 152, 132}, [3]float64{72, 110, 84})
		pitch := 1.2 + rng.Float64()
		fold := 40 + rng.Float64()*50
		col = func(x, y float64) [3]float64 {
			v := 16*math.Sin(x*2*math.Pi/pitch)*math.Sin(y*2*math.Pi/pitch) + 18*big.at(x, y) + 20*math.Sin((x+0.6*y+30*big.at(y, x))*2*math.Pi/fold)*0.6 + 6*fine.at(x, y)
			return [3]float64{base[0] + v, base[1] + v, base[2] + v}
		}
	case DeskClutter:
		col = flat(pick([3]float64{120, 112, 104}, [3]float64{176, 170, 160}), 8, 4, 5)
		if rng.IntN(2) == 0 {
			col = wood(woods[rng.IntN(len(woods))])
		}
	case DeskKeyboard:
		base := pick([3]float64{150, 146, 140}, [3]float64{70, 66, 64}, [3]float64{196, 190, 180})
		under := flat(base, 6, 3, 4)
		body, key := [3]float64{34, 34, 36}, [3]float64{58, 58, 62}
		if rng.IntN(2) == 0 {
			body, key = [3]float64{176, 176, 180}, [3]float64{222, 222, 224}
		}
		x0, y0 := -w*0.9, -170-rng.Float64()*30
		if rng.IntN(2) == 0 {
			y0 = h/2 - 55 // the page covers a part of it
		}
		col = func(x, y float64) [3]float64 {
			kx, ky := x-x0, y-y0
			if kx < 0 || kx > 440 || ky < 0 || ky > 130 {
				return under(x, y)
			}
			c := body
			mx, my := math.Mod(kx-8+19*8, 19), math.Mod(ky-8+19*8, 19)
			if mx > 1.5 && mx < 17.5 && my > 1.5 && my < 17.5 && kx > 8 && kx < 432 && ky > 8 && ky < 122 {
				c = key
				if mx > 4 && mx < 7.5 && my > 4 && my < 8.5 {
					c = [3]float64{255 - key[0]*0.6, 255 - key[1]*0.6, 255 - key[2]*0.6}
				}
			}
			return c
		}
	case DeskPattern:
		a := pick([3]float64{226, 222, 212}, [3]float64{240, 236, 228}, [3]float64{60, 70, 110})
		b := pick([3]float64{176, 48, 52}, [3]float64{52, 96, 160}, [3]float64{60, 128, 84}, [3]float64{200, 160, 70})
		pitch := 12 + rng.Float64()*24
		checked := rng.IntN(2) == 0
		col = func(x, y float64) [3]float64 {
			t := 0.0
			if math.Mod(math.Abs(x)/pitch, 1) < 0.5 {
				t += 0.5
			}
			if checked && math.Mod(math.Abs(y)/pitch, 1) < 0.5 {
				t += 0.5
			} else if !checked {
				t *= 2
			}
			v := 5*fine.at(x, y) + 6*big.at(x, y)
			return [3]float64{a[0] + (b[0]-a[0])*t + v, a[1] + (b[1]-a[1])*t + v, a[2] + (b[2]-a[2])*t + v}
		}
	}
	for y := range n {
		for x := range n {
			mx, my := (float64(x)+0.5)/deskScale-deskSpan, (float64(y)+0.5)/deskScale-deskSpan
			c := col(mx, my)
			o := 3 * (y*n + x)
			p.pix[o], p.pix[o+1], p.pix[o+2] = float32(c[0]), float32(c[1]), float32(c[2])
		}
	}
	if s.Desk == DeskClutter {
		for range 4 + rng.IntN(4) {
			// Beside the page or half under it.
			a := rng.Float64() * 2 * math.Pi
			d := (w + h) / 4 * (0.75 + rng.Float64()*0.8)
			p.layPaper(math.Cos(a)*d, math.Sin(a)*d, 130+rng.Float64()*100, 180+rng.Float64()*130, rng.Float64()*0.7-0.35, rng)
		}
	}
	if s.Second {
		p.layPaper(w+16+rng.Float64()*10, rng.Float64()*20-10, w, h, rng.Float64()*0.06-0.03, rng)
	}
	return p
}

// layPaper lays another printed sheet of w × h mm on the desk.
func (p *plane) layPaper(cx, cy, w, h, angle float64, rng *rand.Rand) {
	sin, cos := math.Sincos(angle)
	white := 225 + rng.Float64()*22
	warm := rng.Float64() * 8
	r := math.Hypot(w, h)/2 + 4
	line, textTo := 6+rng.Float64()*4, h*(0.5+rng.Float64()*0.4)
	for y := max(0, int((cy-r+deskSpan)*deskScale)); y < min(p.h, int((cy+r+deskSpan)*deskScale)); y++ {
		for x := max(0, int((cx-r+deskSpan)*deskScale)); x < min(p.w, int((cx+r+deskSpan)*deskScale)); x++ {
			mx, my := (float64(x)+0.5)/deskScale-deskSpan-cx, (float64(y)+0.5)/deskScale-deskSpan-cy
			u, v := cos*mx+sin*my+w/2, -sin*mx+cos*my+h/2
			o := 3 * (y*p.w + x)
			if u < 0 || v < 0 || u > w || v > h {
				// The shadow that its edge throws.
				if d := math.Hypot(max(-u, u-w, 0), max(-v, v-h, 0)); d < 3 {
					k := float32(1 - 0.25*math.Exp(-d))
					p.pix[o], p.pix[o+1], p.pix[o+2] = p.pix[o]*k, p.pix[o+1]*k, p.pix[o+2]*k
				}
				continue
			}
			c := white
			if u > 18 && u < w-18 && v > 20 && v < textTo && math.Mod(v, line) < 2.8 && math.Mod(u*7+math.Floor(v/line)*13, 9) > 2 {
				c -= 120
			}
			p.pix[o], p.pix[o+1], p.pix[o+2] = float32(c), float32(c-warm/2), float32(c-warm)
		}
	}
}
