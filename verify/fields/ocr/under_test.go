package ocr

import (
	"image"
	"image/color"
	"testing"

	"zhengyan/verify/fields/ocr/red"
)

var (
	whitePaper = color.RGBA{250, 250, 250, 255}
	sealInk    = color.RGBA{217, 26, 26, 255}
	blackInk   = color.RGBA{30, 30, 30, 255}
	underInked = color.RGBA{26, 6, 6, 255} // both inks
)

// TestUnderRedAsked: the net is asked within a few pixels of red ink and nowhere else, and sees the picture's edge beyond it.
func TestUnderRedAsked(t *testing.T) {
	u := newRaster(stamped(whitePaper, sealInk, blackInk, underInked)).under
	if u == nil {
		t.Fatal("no red ink was found")
	}
	if r, g := u.ink.red, u.ink.green; r < 0.8 || r > 0.95 || g > 0.2 {
		t.Errorf("the ink has %.2f of red and %.2f of green", r, g)
	}
	all := image.Rect(0, 0, u.w, u.h)
	asked := u.asked(all)
	for y := range u.h {
		for x := range u.w {
			near := x >= 30-underNear && x < 100+underNear && y >= 60-underNear && y < 200+underNear
			if inside := x >= 30 && x < 100 && y >= 64 && y < 192; asked[y*u.w+x] && !near || inside && !asked[y*u.w+x] {
				t.Fatalf("%d, %d: asked %v", x, y, asked[y*u.w+x])
			}
		}
	}
	for _, part := range []image.Rectangle{image.Rect(96, 60, 130, 90), image.Rect(0, 190, 50, 256), image.Rect(28, 58, 40, 66)} {
		got := u.asked(part)
		for k := range got {
			if x, y := part.Min.X+k%part.Dx(), part.Min.Y+k/part.Dx(); got[k] != asked[y*u.w+x] {
				t.Fatalf("piece %v: %d, %d is another one than in the whole", part, x, y)
			}
		}
	}
	if u.asked(image.Rect(120, 0, 256, 256)) != nil {
		t.Error("asked where no red ink is")
	}
	seen := u.seen(image.Rect(-2, -2, 1, 1))
	if len(seen) != red.Planes*9 || seen[0] != seen[8] || seen[9] != seen[17] {
		t.Errorf("beyond the corner the net sees %v", seen)
	}
}

// TestRedPicture: a picture that is red itself is left as it is, and one without red ink needs nothing.
func TestRedPicture(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 1000, 1000))
	for y := range 1000 {
		for x := range 1000 {
			c := whitePaper
			if x/4%2 == 0 && y/4%2 == 0 {
				c = sealInk
			}
			img.SetRGBA(x, y, c)
		}
	}
	r := &Reader{slots: make(chan struct{}, 1), red: refusing{}}
	for name, m := range map[string]*raster{"red": newRaster(img), "grey": newRaster(image.NewGray(img.Rect)), "white": newRaster(image.NewRGBA(img.Rect))} {
		if err := r.underRed(t.Context(), m); err != nil || m.under != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.underRed(t.Context(), newRaster(stamped(whitePaper, sealInk, blackInk, underInked))); err == nil {
		t.Error("an answer of the wrong size was taken")
	}
}

// refusing is a net that gives no answer.
type refusing struct{}

func (refusing) run([]float32, [4]int) ([]float32, []int, error) { return nil, []int{0}, nil }
func (refusing) close()                                          {}
