package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

// A picture is examined without a reference, and refused as one, where no print is read off it or none is there.
func TestInspectInkOfAPicture(t *testing.T) {
	s := newShell(t)
	img := image.NewGray(image.Rect(0, 0, 600, 800))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := range 120 {
		img.SetGray(200+x, 500, color.Gray{})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	s.write("scan.png", b.String())
	out, _ := s.run(exitOK, "inspect ink --json @scan.png")
	s.contains(out, `"presence":`)
	if strings.Contains(out, `"error"`) {
		t.Error(out)
	}
	_, errs := s.run(exitUnreadable, "inspect ink --reference @scan.png @scan.png")
	s.contains(errs, "the place of the signature")
}
