//go:build cgo

package ocr

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"zhengyan/assets"
	"zhengyan/verify/fields/ocr/figures"
)

// typed prints a text from a place on, and gives where it ends.
func typed(t *testing.T, img draw.Image, text string, em float64, ink uint8, x, base int) (end float64) {
	t.Helper()
	f, err := opentype.Parse(assets.Font())
	if err != nil {
		t.Skip("this build carries no font to print with; run make assets")
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: em, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.Gray{ink}), Face: face, Dot: fixed.P(x, base)}
	d.DrawString(text)
	return float64(d.Dot.X) / 64
}

// blank is a sheet without print.
func blank(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	return img
}

// small prints a text in small grey type, of which a digit is six pixels wide, and gives the place of its line.
func small(t *testing.T, text string) (*raster, quad) {
	t.Helper()
	img := blank(200, 30)
	end := typed(t, img, text, 11, 130, 10, 20)
	return newRaster(img), quad{{9, 9}, {end + 1, 9}, {end + 1, 23}, {9, 23}}
}

// TestTell: the net that the program carries tells a line's digits in each of its pictures, at their places along the line.
func TestTell(t *testing.T) {
	engine(t)
	n, err := loadNet(figures.Net())
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	r := &Reader{slots: make(chan struct{}, 1), figures: n}
	for _, text := range []string{"2024-03-17", "2021年9月30日至2026年10月8日", "1372023202401896"} {
		m, q := small(t, text)
		var told []*lattice
		for i, c := range cuts {
			l, err := r.tell(t.Context(), m, m.text, q, c)
			if err != nil {
				t.Fatal(err)
			}
			j, ok := jointOf([]*lattice{l})
			if !ok || signText(j.row) != text {
				t.Errorf("%s: picture %d says %q", text, i, signText(j.row))
				continue
			}
			told = append(told, l)
			rs := []rune(text)
			at := j.places([]*lattice{l})
			if first, last := at[0], at[len(rs)-1]; first < 0 || first > 1.2/float64(len(rs)) || last < 1-1.6/float64(len(rs)) || last > 1 {
				t.Errorf("%s: picture %d has it from %.2f to %.2f", text, i, first, last)
			}
		}
		j, ok := jointOf(told)
		if !ok || signText(j.row) != text {
			t.Fatalf("%s: together they say %q", text, signText(j.row))
		}
		for i, c := range j.conf {
			if !(c > 0.97) {
				t.Errorf("%s: sign %d has %.3f", text, i, c)
			}
		}
		if l := (reading{told: told[0]}); !l.numeric() {
			t.Errorf("%s is no line of digits", text)
		}
	}
	m, q := small(t, "注册建筑师执业资格制度")
	l, err := r.tell(t.Context(), m, m.text, q, cuts[0])
	if err != nil {
		t.Fatal(err)
	}
	if (&reading{told: l}).numeric() {
		t.Error("words are a line of digits")
	}
}
