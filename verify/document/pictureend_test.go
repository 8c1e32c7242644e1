package document

import (
	"slices"
	"testing"
)

// A picture that lacks nothing but its end is shown by every viewer; one that lacks pixels is damaged, also where they
// would decode to a blurred picture.
func TestPicturesWithoutTheirEnd(t *testing.T) {
	jpg, png, progressive := jpegBytes(t, corner(300, 200)), pngBytes(t, corner(300, 200)), b64(t, jpegProgressive)
	for _, tt := range []struct {
		name  string
		b     []byte
		reads bool
	}{
		{"end marker cut off.jpg", jpg[:len(jpg)-2], true},
		{"half of it.jpg", jpg[:len(jpg)-1], true},
		{"pixels cut off.jpg", jpg[:len(jpg)*9/10], false},
		{"a progressive one.jpg", progressive[:len(progressive)-2], false},
		{"end chunk cut off.png", png[:len(png)-12], true},
		{"half of it.png", png[:len(png)-5], true},
		{"pixels cut off.png", png[:len(png)*9/10], false},
	} {
		d := open(t, tt.name, tt.b)
		img, err := d.Render(t.Context(), 0, 0)
		said := slices.ContainsFunc(d.Problems(), func(p Problem) bool { return p.Code == ProblemRepaired })
		if tt.reads != (err == nil) || tt.reads != said {
			t.Errorf("%s: %v, said: %v", tt.name, err, said)
			continue
		}
		if tt.reads {
			if c := img.RGBAAt(10, 10); c.R > 20 {
				t.Errorf("%s: %v in the black corner", tt.name, c)
			}
			if c := img.RGBAAt(290, 190); c.R < 235 {
				t.Errorf("%s: %v in the white", tt.name, c)
			}
		} else if CodeOf(err) != ErrDamaged {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
