package camera

import (
	"image"
	"math"
	"math/rand/v2"
)

// blur is a Gaussian of sigma pixels, in place.
func blur(p *plane, sigma float64) {
	if sigma < 0.2 {
		return
	}
	n := int(math.Ceil(2.6 * sigma))
	k := make([]float32, n+1)
	sum := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-float64(i*i) / (2 * sigma * sigma)))
		sum += k[i]
		if i > 0 {
			sum += k[i]
		}
	}
	for i := range k {
		k[i] /= sum
	}
	tmp := make([]float32, len(p.pix))
	parallel(p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row, out := p.pix[3*y*p.w:3*(y+1)*p.w], tmp[3*y*p.w:3*(y+1)*p.w]
			for o := range row {
				v := row[o] * k[0]
				if o >= 3*n && o < len(row)-3*n {
					for i := 1; i <= n; i++ {
						v += k[i] * (row[o-3*i] + row[o+3*i])
					}
				} else {
					c, x := o%3, o/3
					for i := 1; i <= n; i++ {
						v += k[i] * (row[3*max(x-i, 0)+c] + row[3*min(x+i, p.w-1)+c])
					}
				}
				out[o] = v
			}
		}
	})
	parallel(p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			out := p.pix[3*y*p.w : 3*(y+1)*p.w]
			mid := tmp[3*y*p.w : 3*(y+1)*p.w]
			for o := range out {
				out[o] = mid[o] * k[0]
			}
			for i := 1; i <= n; i++ {
				up, down := tmp[3*max(y-i, 0)*p.w:], tmp[3*min(y+i, p.h-1)*p.w:]
				up, down = up[:len(out)], down[:len(out)]
				for o := range out {
					out[o] += k[i] * (up[o] + down[o])
				}
			}
		}
	})
}

// motion smears the picture along a line of the given length, in place.
func motion(p *plane, length, angle float64) {
	if length < 1 {
		return
	}
	sin, cos := math.Sincos(angle * math.Pi / 180)
	n := int(math.Ceil(length)) + 1
	src := append([]float32(nil), p.pix...)
	off := make([][2]int, n)
	for i := range off {
		t := (float64(i)/float64(n-1) - 0.5) * length
		off[i] = [2]int{int(math.Round(t * cos)), int(math.Round(t * sin))}
	}
	parallel(p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range p.w {
				var v [3]float32
				for _, d := range off {
					o := 3 * (min(max(y+d[1], 0), p.h-1)*p.w + min(max(x+d[0], 0), p.w-1))
					v[0] += src[o]
					v[1] += src[o+1]
					v[2] += src[o+2]
				}
				o := 3 * (y*p.w + x)
				for c := range 3 {
					p.pix[o+c] = v[c] / float32(n)
				}
			}
		}
	})
}

// develop does what the sensor and the phone's own processing do: moiré, exposure, tint, noise.
func develop(p *plane, s Shot, rng *rand.Rand) {
	tint := s.Tint
	if tint == ([3]float64{}) {
		tint = [3]float64{1, 1, 1}
	}
	noise := make([]float32, 1<<14)
	for i := range noise {
		noise[i] = float32(rng.NormFloat64() * s.Noise)
	}
	ma, mp := rng.Float64()*math.Pi, 5+rng.Float64()*9
	mx, my := math.Cos(ma)*2*math.Pi/mp, math.Sin(ma)*2*math.Pi/mp
	start := rng.Uint64()
	e := float32(s.Exposure)
	if e == 0 {
		e = 1
	}
	gain := [3]float32{e * float32(tint[0]), e * float32(tint[1]), e * float32(tint[2])}
	// A phone lifts the dark picture again, and its noise with it.
	lift, rough := float32(1), float32(1)
	if e < 0.8 {
		lift = 1 + (0.8/e-1)*0.35
		rough = min(lift*1.2, 3)
	}
	parallel(p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			r := start + uint64(y)*0x9e3779b97f4a7c15 // a stream of its own for each row
			for x := range p.w {
				m := float32(1)
				if s.Moire > 0 {
					m += float32(s.Moire * math.Sin(mx*float64(x)+my*float64(y)+3*math.Sin(float64(x)/310+float64(y)/420)))
				}
				r ^= r << 13
				r ^= r >> 7
				r ^= r << 17
				o := 3 * (y*p.w + x)
				// The noise of the three colours is mostly one, as after a phone's processing.
				common := noise[r&0x3fff]
				for c := range 3 {
					v := p.pix[o+c] * gain[c] * m * lift
					n := 0.75*common + 0.6*noise[(r>>(14*uint(c)+14))&0x3fff]
					p.pix[o+c] = v + n*rough*(0.5+0.5*float32(math.Sqrt(float64(max(v, 0))/128)))
				}
			}
		}
	})
}

func (p *plane) rgba() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	for i := range p.w * p.h {
		for c := range 3 {
			img.Pix[4*i+c] = uint8(min(max(p.pix[3*i+c]+0.5, 0), 255))
		}
		img.Pix[4*i+3] = 255
	}
	return img
}
