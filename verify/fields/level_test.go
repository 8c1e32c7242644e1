package fields

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"zhengyan/verify/page"
)

// skewed turns the characters of a text about the middle of the page, degrees clockwise.
func skewed(t page.Text, degrees float64) page.Text {
	s := slanted{degrees * math.Pi / 180, t.Width / 2, t.Height / 2}
	chars := make([]page.Char, len(t.Chars))
	for i, c := range t.Chars {
		c.Box = s.char(c.Box)
		chars[i] = c
	}
	t.Chars = chars
	return t
}

func plainCertificate(t *testing.T, c Certificate) string {
	t.Helper()
	c.SignatureLabel, c.SignatureBox = page.Box{}, page.Box{}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestSkewedPrint: a page scanned at a slant says what it says level, and its places are those of the picture.
func TestSkewedPrint(t *testing.T) {
	tab := tables(t)
	faces := map[string][]item{"constructor": constructorFace(), "architect": architectFace(), "qualification": qualificationFace()}
	for name, face := range faces {
		want := plainCertificate(t, Read(newSheet().draw(face).texts(), tab).Certificate)
		level := ocr(face, rand.New(rand.NewPCG(3, 4)))
		flat := Read([]page.Text{level}, tab)
		for _, degrees := range []float64{-5, -3, -1, -0.2, 0.4, 1.5, 3, 5} {
			text := skewed(level, degrees)
			r := Read([]page.Text{text}, tab)
			if got := plainCertificate(t, r.Certificate); got != want {
				t.Errorf("%s at %v°: %s\nnot %s\n%+v", name, degrees, got, want, r.Problems)
				continue
			}
			for i, f := range r.Fields {
				if f.Box.IsZero() {
					continue // a fact that is read out of running text
				}
				b := skewed(page.Text{Width: level.Width, Height: level.Height, Chars: []page.Char{{Box: flat.Fields[i].Box}}}, degrees).Chars[0].Box
				if d := math.Hypot(f.Box.X0+f.Box.X1-b.X0-b.X1, f.Box.Y0+f.Box.Y1-b.Y0-b.Y1) / 2; d > 6 {
					t.Errorf("%s at %v°: %s is %.1f pixels off its place", name, degrees, f.Name, d)
				}
			}
		}
	}
}

// TestSlantOfFilesText: text of a file's own is not turned, whatever its places.
func TestSlantOfFilesText(t *testing.T) {
	text := skewed(ocr(constructorFace(), rand.New(rand.NewPCG(1, 1))), 3)
	text.Confidence = nil
	if a := slant(&text); a != 0 {
		t.Errorf("a slant of %v", a)
	}
}

// TestUnclear: a value with one character that was hardly read is no value, and is named; punctuation does not count.
func TestUnclear(t *testing.T) {
	tab := tables(t)
	for _, c := range []struct {
		name string
		mark rune
		conf float64
		want string
	}{
		{"a digit hardly read", '5', 0.3, ""},
		{"a digit read so-so", '5', 0.7, "keep"},
		{"a dash hardly read", '年', 0.99, "keep"},
	} {
		face := constructorFace()
		text := ocr(face, rand.New(rand.NewPCG(9, 9)))
		whole := Read([]page.Text{text}, tab)
		box := fieldBox(whole, "number")
		for i, ch := range text.Chars {
			x, y := (ch.Box.X0+ch.Box.X1)/2, (ch.Box.Y0+ch.Box.Y1)/2
			if x > box.X0 && x < box.X1 && y > box.Y0 && y < box.Y1 && ch.R >= '0' && ch.R <= '9' {
				text.Confidence[i] = c.conf
				break
			}
		}
		r := Read([]page.Text{text}, tab)
		want := ""
		if c.want == "keep" {
			want = whole.Certificate.Number
		}
		if r.Certificate.Number != want {
			t.Errorf("%s: number %q, want %q", c.name, r.Certificate.Number, want)
		}
		if named := hasProblem(r, Unclear, "number"); named != (want == "") {
			t.Errorf("%s: problems %+v", c.name, r.Problems)
		}
	}
}

func fieldBox(r *Result, name string) page.Box {
	for _, f := range r.Fields {
		if f.Name == name {
			return f.Box
		}
	}
	return page.Box{}
}

func hasProblem(r *Result, code, field string) bool {
	for _, p := range r.Problems {
		if p.Code == code && p.Field == field {
			return true
		}
	}
	return false
}

// TestDoubledColon: a recogniser reads the two dots of a full-width colon as one colon each, or one box ends in it and the
// next begins.
func TestDoubledColon(t *testing.T) {
	tab := tables(t)
	face := constructorFace()
	text := ocr(face, rand.New(rand.NewPCG(2, 2)))
	want := plainCertificate(t, Read([]page.Text{text}, tab).Certificate)
	var twice page.Text
	twice.Width, twice.Height = text.Width, text.Height
	n := 0
	for i, c := range text.Chars {
		twice.Chars, twice.Confidence = append(twice.Chars, c), append(twice.Confidence, text.Confidence[i])
		if c.R == '：' || c.R == ':' {
			d := c
			d.Box.X0 += 0.3 * c.Size
			d.Box.X1 += 0.3 * c.Size
			twice.Chars, twice.Confidence = append(twice.Chars, d), append(twice.Confidence, 0.9)
			n++
		}
	}
	if n == 0 {
		t.Fatal("the face has no colon")
	}
	if got := plainCertificate(t, Read([]page.Text{twice}, tab).Certificate); got != want {
		t.Errorf("%s\nnot %s", got, want)
	}
}
