package verify_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
)

// A picture whose pixels cannot be decoded was not looked at at all, whether there is a reader or not: it is unreadable,
// and no scan without a certificate.
func TestPicturesThatCannotBeDecoded(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 4)
	}
	var a, b bytes.Buffer
	if err := png.Encode(&a, m); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	for _, reader := range []fields.PageReader{nil, &looker{}} {
		v := verifierWith(t, func(c *verify.Config) { c.Reader = reader })
		for _, tt := range []struct {
			src  document.Source
			code document.ErrorCode
		}{
			{document.SourceBytes("whole.png", a.Bytes()), ""},
			{document.SourceBytes("cut.png", a.Bytes()[:a.Len()*95/100]), document.ErrDamaged},
			{document.SourceBytes("whole.jpg", b.Bytes()), ""},
			{document.SourceBytes("cut.jpg", b.Bytes()[:b.Len()*95/100]), document.ErrDamaged},
		} {
			ev, err := v.Gather(t.Context(), tt.src)
			if err != nil {
				t.Fatal(err)
			}
			rep := v.Judge(ev, at("2026-04-01"))
			unreadable := slices.ContainsFunc(rep.Checks, func(c verify.Check) bool { return c.Rule == "D-01" })
			if code := ""; ev.Failure != nil {
				code = ev.Failure.Code
				if code != string(tt.code) || !unreadable || len(ev.Problems) > 0 {
					t.Errorf("%T, %s: %s, D-01: %v, %v", reader, tt.src.Name, code, unreadable, ev.Problems)
				}
			} else if tt.code != "" || unreadable {
				t.Errorf("%T, %s: taken for readable: %v", reader, tt.src.Name, ev.Problems)
			}
		}
	}
}
