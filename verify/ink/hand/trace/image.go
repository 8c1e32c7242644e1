package trace

import (
	"image"

	"zhengyan/verify/ink/stroke"
)

// MaskOf separates dark writing from light paper by Otsu's threshold, kept away from the extremes so that an empty sheet
// stays empty. A picture with an alpha channel counts as lying on white paper.
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
	var hist [256]int
	for y := range h {
		for x := range w {
			v := toneAt(img, b.Min.X+x, b.Min.Y+y)
			tone[y*w+x] = v
			hist[v]++
		}
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
