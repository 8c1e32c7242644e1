package ocr

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zhengyan/verify/fields/ocr/figures"
	"zhengyan/verify/fields/ocr/rare"
)

// TestFigured: the head for digits stands behind the likelihoods, of a plain net and of one that was extended, and sees what
// the second head sees.
func TestFigured(t *testing.T) {
	h := &figures.Head{Trunk: "pool", In: 5, Classes: figureClasses, Rows: make([]float32, figureClasses*5*figures.Steps), Bias: make([]float32, figureClasses)}
	taught, err := extended(tiny(), &rare.Head{
		Trunk: "pool", In: 5, Inner: 1, Project: make([]float32, 5), Shift: []float32{6}, Runes: []rune("垚岫"), Rows: []float32{7, 8}, Bias: []float32{9, 10},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, rec := range map[string][]byte{"plain": tiny(), "extended": taught} {
		m, err := figured(rec, tiny(), h)
		if err != nil {
			t.Fatal(name, err)
		}
		if in, out, err := ports(m); err != nil || in != "x" || out != tensorBoth {
			t.Errorf("%s: ports %s %s %v", name, in, out, err)
		}
		_, graph, err := graphOf(m)
		if err != nil {
			t.Fatal(err)
		}
		made := map[string]bool{"x": true, "pool": true}
		for _, p := range graph {
			if p.num != graphNode {
				continue
			}
			ps, err := parts(p.data)
			if err != nil {
				t.Fatal(err)
			}
			in, out := texts(ps, nodeInput), string(first(ps, nodeOutput))
			if slices.ContainsFunc(in, func(s string) bool { return !made[s] }) || made[out] {
				t.Errorf("%s: %s of %q stands in the wrong place", name, out, in)
			}
			made[out] = true
			if out == tensorBoth && !slices.Equal(in, []string{"y", tensorTold}) {
				t.Errorf("%s: the net gives %q", name, in)
			}
		}
	}
	h.In = 2 // no more than the last layer has
	if _, err := figured(tiny(), tiny(), h); err == nil {
		t.Error("a head without a trunk was taken")
	}
	if m, n, err := withFigures(tiny(), tiny(), sha256.Sum256(tiny())); err != nil || n != 0 || !slices.Equal(m, tiny()) {
		t.Errorf("another net was given the head: %d %v", n, err)
	}
}

// TestBundledFigures: the head that the program carries was made for the recogniser that it carries; with another one it would
// be left out without a word.
func TestBundledFigures(t *testing.T) {
	rec, err := os.ReadFile(filepath.Join("..", "..", "..", "assets", "models", RecogniserFile))
	if err != nil {
		t.Skip(err)
	}
	m, n, err := withFigures(rec, rec, sha256.Sum256(rec))
	if err != nil || n != figureClasses || len(m) <= len(rec) {
		t.Fatalf("%d classes, %v", n, err)
	}
	if _, out, err := ports(m); err != nil || out != tensorBoth {
		t.Errorf("the net gives %s, %v", out, err)
	}
}

// TestToldOf: the head's numbers are taken from behind the classes, of the steps that the line fills.
func TestToldOf(t *testing.T) {
	const classes, steps = 3, 4
	out := make([]float32, steps*(classes+figureClasses))
	for i := range steps {
		row := out[i*(classes+figureClasses):]
		row[i%classes] = 0.9
		row[classes+int(signZero)+i] = 30
	}
	l := toldOf(out, steps, classes, figureClasses, 2.5)
	if l.n != 3 || l.at(2, signZero+2) != 1 || l.at(2, signZero+1) > leastShare || l.other[2] > leastShare {
		t.Errorf("%+v", l)
	}
	if toldOf(out, steps, classes, 0, 2.5) != nil {
		t.Error("a net without the head tells digits")
	}
	if syms := decodeRows(out, steps, classes+figureClasses, newAlphabet([]string{"", "京", "津"}, nil), steps); spell(syms) != "京津" {
		t.Errorf("%q", spell(syms))
	}
}
