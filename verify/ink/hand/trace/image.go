package trace

import (
	"image"

	"zhengyan/verify/ink/stroke"
)

// MaskOf separates dark writing from light paper by Otsu's threshold, after shading was taken out; paper alone is no
// writing. A picture with an alpha channel counts as lying on white paper.
func MaskOf(img image.Image) (*stroke.Mask, error) {
	if img == nil {
		return nil, ErrInvalid
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	switch {
	case w <= 0 || h <= 0:
		return nil, ErrNoWriting
	case w > MaxPixels || h > MaxPixels || w*h > MaxPixels:
		return nil, ErrTooLarge
	}
	tone := make([]uint8, w*h)
	for y := range h {
		for x := range w {
			tone[y*w+x] = toneAt(img, b.Min.X+x, b.Min.Y+y)
		}
	}
	flatten(tone, w, h)
	var hist [256]int
	for _, v := range tone {
		hist[v]++
	}
	t, contrast := otsu(&hist, w*h)
	if contrast < 24 {
		return nil, ErrNoWriting
	}
	m := &stroke.Mask{W: w, H: h, Ink: make([]bool, w*h)}
	for i, v := range tone {
		m.Ink[i] = int(v) <= t
	}
	return m, nil
}

func toneAt(img image.Image, x, y int) uint8 {
	switch p := img.(type) {
	case *image.Gray:
		return p.GrayAt(x, y).Y
	default:
		r, g, b, a := img.At(x, y).RGBA()
		v := (299*r+587*g+114*b)/1000 + (0xffff - a) // over white
		return uint8(min(v, 0xffff) >> 8)
	}
}

// otsu gives the threshold that parts the tones best, and the distance of the two means.
func otsu(hist *[256]int, total int) (threshold, contrast int) {
	sum := 0.0
	for v, n := range hist {
		sum += float64(v * n)
	}
	var below, sumBelow, best float64
	for v := range 255 {
		below += float64(hist[v])
		sumBelow += float64(v * hist[v])
		above := float64(total) - below
		if below == 0 || above == 0 {
			continue
		}
		lo, hi := sumBelow/below, (sum-sumBelow)/above
		if between := below * above * (hi - lo) * (hi - lo); between > best {
			best, threshold, contrast = between, v, int(hi-lo)
		}
	}
	return threshold, contrast
}

// flatten divides by the paper's tone, which a photo's shadow or a page's curl changes slowly: the ninth tenth of the tones
// in each of a few tiles, interpolated.
func flatten(tone []uint8, w, h int) {
	const least, most = 48, 8 // pixels of a tile's side, tiles a side
	nx, ny := max(1, min(most, w/least)), max(1, min(most, h/least))
	paper := make([]float64, nx*ny)
	for j := range ny {
		for i := range nx {
			var hist [256]int
			n := 0
			for y := j * h / ny; y < (j+1)*h/ny; y++ {
				for x := i * w / nx; x < (i+1)*w/nx; x++ {
					hist[tone[y*w+x]]++
					n++
				}
			}
			v, seen := 255, 0
			for ; v > 0; v-- {
				if seen += hist[v]; seen*10 >= n {
					break
				}
			}
			paper[j*nx+i] = max(float64(v), 32)
		}
	}
	for y := range h {
		fy := max(0, min(float64(ny-1), (float64(y)+0.5)*float64(ny)/float64(h)-0.5))
		j := int(fy)
		ty, j1 := fy-float64(j), min(j+1, ny-1)
		for x := range w {
			fx := max(0, min(float64(nx-1), (float64(x)+0.5)*float64(nx)/float64(w)-0.5))
			i := int(fx)
			tx, i1 := fx-float64(i), min(i+1, nx-1)
			p := (1-ty)*((1-tx)*paper[j*nx+i]+tx*paper[j*nx+i1]) + ty*((1-tx)*paper[j1*nx+i]+tx*paper[j1*nx+i1])
			t := &tone[y*w+x]
			*t = uint8(min(255, 240*float64(*t)/p))
		}
	}
}
