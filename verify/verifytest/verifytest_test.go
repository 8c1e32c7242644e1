package verifytest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"zhengyan/verify/fields"
)

var sharedGenerator = sync.OnceValues(func() (*Generator, error) { return NewGenerator(NewCA()) })

func generator(t testing.TB) *Generator {
	t.Helper()
	g, err := sharedGenerator()
	if errors.Is(err, ErrNoFont) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func judgedKinds() []fields.Kind {
	return []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification}
}

func pdfcpuAccepts(t *testing.T, name string, b []byte) {
	t.Helper()
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.Offline = true
	if err := api.Validate(bytes.NewReader(b), conf); err != nil {
		t.Errorf("%s: pdfcpu: %v", name, err)
	}
}

// pdfsig returns what poppler's pdfsig prints, or "" if it is not installed.
func pdfsig(t *testing.T, b []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdfsig")
	if err != nil {
		return ""
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(tool, "-nocert", file).CombinedOutput() // a bad signature is an answer too
	return string(out)
}

func TestGoodIsWellFormedAndSealed(t *testing.T) {
	g := generator(t)
	for _, k := range judgedKinds() {
		s := Good(k)
		b, err := g.PDF(s)
		if err != nil {
			t.Fatalf("%s: %v", k, err)
		}
		pdfcpuAccepts(t, string(k), b)
		out := pdfsig(t, b)
		if out == "" {
			t.Log("pdfsig is not installed: the signatures were not checked by a peer")
			continue
		}
		if n := strings.Count(out, "Signature is Valid."); n != len(s.Seals) {
			t.Errorf("%s: %d of %d signatures valid\n%s", k, n, len(s.Seals), out)
		}
	}
}

func TestInventedIDHasTheCheckCharacterOfGB11643(t *testing.T) {
	for _, c := range []struct {
		birth  string
		serial int
		want   string
	}{{"1990-01-01", 1, "999999199001010016"}, {"1960-02-29", 1, "99999919600229001X"}} {
		if got := InventedID(Day(c.birth), c.serial); got != c.want {
			t.Errorf("%s: %s, want %s", c.birth, got, c.want)
		}
	}
}

func TestNoFontIsSaid(t *testing.T) {
	if _, err := newTypeface(nil); !errors.Is(err, ErrNoFont) {
		t.Fatalf("got %v", err)
	}
}
