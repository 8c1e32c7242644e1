package fields

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares v as JSON with testdata/golden/name.json.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", path, got.Bytes())
	}
}

func TestReadFaces(t *testing.T) {
	tab := tables(t)
	for name, face := range map[string][]item{
		"constructor": constructorFace(), "architect": architectFace(), "qualification": qualificationFace(),
	} {
		t.Run(name, func(t *testing.T) {
			plain := Read(newSheet().draw(face).texts(), tab)
			golden(t, name, plain)
			if len(plain.Problems) != 0 {
				t.Errorf("problems on a good face: %+v", plain.Problems)
			}
			want, _ := json.Marshal(plain.Certificate)
			marked := newSheet().draw(face).slanted(80, 700, 60, 50, "样例 SPECIMEN 样例").slanted(100, 500, 14, 30, "样例 SPECIMEN")
			tight := newSheet()
			tight.tight = true
			tight.slanted(60, 600, 30, 35, "样例 SPECIMEN").draw(face)
			tall := newSheet()
			tall.tall = true
			tall.draw(face).slanted(80, 700, 60, 50, "样例 SPECIMEN")
			backwards := newSheet().draw(face)
			for i, j := 0, len(backwards.text.Chars)-1; i < j; i, j = i+1, j-1 {
				c := backwards.text.Chars
				c[i], c[j] = c[j], c[i]
			}
			for variant, s := range map[string]*sheet{"watermark": marked, "tight": tight, "tall": tall, "backwards": backwards} {
				res := Read(s.texts(), tab)
				if variant != "tight" { // the place is as good as the boxes
					l, b := plain.Certificate.SignatureLabel, res.Certificate.SignatureLabel
					if math.Abs(l.X0-b.X0) > 1 || math.Abs(l.Y1-b.Y1) > 6 {
						t.Errorf("%s: 个人签名 is at %v, not %v", variant, b, l)
					}
				}
				got, _ := json.Marshal(res.Certificate)
				if variant != "backwards" && !res.Certificate.Specimen {
					t.Errorf("%s: the mark of a specimen was not seen", variant)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s: other values than on the plain face:\n%s\n%s", variant, got, want)
				}
				if len(res.Problems) != 0 {
					t.Errorf("%s: %+v", variant, res.Problems)
				}
			}
		})
	}
}
