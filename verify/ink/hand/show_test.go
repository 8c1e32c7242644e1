package hand

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"zhengyan/verify/verifytest/pen"
)

// TestShow writes overlays of a person's two signatures, and of another hand's, to the folder that HAND_SHOW names, to look at.
func TestShow(t *testing.T) {
	dir := os.Getenv("HAND_SHOW")
	if dir == "" {
		t.Skip("HAND_SHOW is not set")
	}
	w, x := pen.NewWriter(pen.Open(), 11), pen.NewWriter(pen.Open(), 12)
	ref := maskOf(w.Sign("李明华", 1))
	for name, strokes := range map[string][][]pen.Point{"own": w.Sign("李明华", 2), "imitation": x.Imitate(w, "李明华", 1), "other": x.Sign("李明华", 1)} {
		l := compare(t, ref, maskOf(strokes))
		t.Logf("%s: %.3f %s", name, l.Probability, l.Band)
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, l.Aligned); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
