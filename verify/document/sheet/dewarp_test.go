package sheet

import (
	"context"
	"errors"
	"image"
	"image/draw"
	"math/rand/v2"
	"slices"
	"testing"

	"zhengyan/verify/page"
)

// TestPlainRow: the way for the usual case gives what the general one gives, beyond the picture's borders too.
func TestPlainRow(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	img := image.NewRGBA(image.Rect(0, 0, 83, 61))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
	}
	for range 40 {
		at := func(x, y float64) page.Point {
			return page.Point{X: x + 30*r.Float64() - 15, Y: y + 30*r.Float64() - 15}
		}
		h, ok := homographyOf([4]page.Point{at(0, 0), at(83, 0), at(83, 61), at(0, 61)}, 70, 50)
		if !ok {
			continue
		}
		p := newPixels(img)
		got, want := make([]uint8, 4*70), make([]uint8, 4*70)
		for y := range 50 {
			p.row(got, y, 1, &h.to)
			for x := range 70 {
				fx, fy := float64(x)+0.5, float64(y)+0.5
				w := h.to[6]*fx + h.to[7]*fy + h.to[8]
				a, b, c := p.rgb((h.to[0]*fx+h.to[1]*fy+h.to[2])/w, (h.to[3]*fx+h.to[4]*fy+h.to[5])/w)
				want[4*x], want[4*x+1], want[4*x+2], want[4*x+3] = uint8(a), uint8(b), uint8(c), 255
			}
			if !slices.Equal(got, want) {
				t.Fatalf("row %d differs", y)
			}
		}
	}
}

// TestDewarpCancelled: work on several bands ends with the context.
func TestDewarpCancelled(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 300, 400))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := [4]page.Point{{X: 10, Y: 10}, {X: 290, Y: 12}, {X: 288, Y: 390}, {X: 9, Y: 388}}
	if out, _, err := Dewarp(ctx, img, c, image.Pt(1000, 1414)); !errors.Is(err, context.Canceled) || out != nil {
		t.Errorf("%v", err)
	}
}

// TestNarrowPictures: between the pixels of a picture one pixel wide or high nothing can be read; two are enough.
func TestNarrowPictures(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want error
	}{{0, 0, ErrCorners}, {0, 300, ErrCorners}, {1, 1, ErrCorners}, {1, 300, ErrCorners}, {300, 1, ErrCorners}, {2, 2, nil}, {2, 300, nil}, {300, 2, nil}} {
		r := image.Rect(3, 4, 3+c.w, 4+c.h)
		w, h := float64(c.w), float64(c.h)
		for _, corners := range [][4]page.Point{{{}, {X: w}, {X: w, Y: h}, {Y: h}}, {{X: -9, Y: -9}, {X: w + 9, Y: -9}, {X: w + 9, Y: h + 9}, {X: -9, Y: h + 9}}} {
			for _, img := range []image.Image{image.NewRGBA(r), image.NewGray(r)} {
				for _, size := range []image.Point{{}, {X: 70, Y: 99}, {X: 1, Y: 20}} {
					if out, _, err := Dewarp(t.Context(), img, corners, size); !errors.Is(err, c.want) || (out == nil) != (c.want != nil) {
						t.Errorf("%T %d × %d to %v: %v", img, c.w, c.h, size, err)
					}
				}
			}
		}
	}
}
