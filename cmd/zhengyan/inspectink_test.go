package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
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

// What was asked for wrongly is told from what cannot be read.
func TestInspectInkUsage(t *testing.T) {
	s := newShell(t)
	if err := os.Mkdir(s.path("@two"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.png", "b.png", "two/a.png", "two/b.png"} {
		s.write(name, "no picture")
	}
	for line, tt := range map[string]struct {
		code int
		said string
	}{
		"--crops @a.png":      {exitUsage, "at least one other picture"},
		"--crops @two":        {exitUsage, "at least one other picture"},
		"--crops @two @a.png": {exitUsage, "exactly one file"},
		"--crops --reference @a.png @a.png @b.png": {exitUsage, "the first picture is the reference"},
		"--reference @two @a.png":                  {exitUsage, "exactly one file"},
		"--reference @missing.pdf @a.png":          {exitUnreadable, "not-found"},
		"--crops @a.png @b.png":                    {exitUnreadable, "unsupported"},
	} {
		_, errs := s.run(tt.code, "inspect ink "+line)
		s.contains(errs, tt.said)
	}
}
