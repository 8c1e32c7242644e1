package verifytest_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"zhengyan/assets"
	"zhengyan/verify/fields"
	"zhengyan/verify/verifytest"
)

// TestWholeSet writes every file and has each looked at by somebody else's reader.
func TestWholeSet(t *testing.T) {
	set := wholeSet(t)
	dir := set.Dir
	seen := map[string]bool{}
	valid, invalid := 0, 0
	for _, a := range set.Answers {
		if seen[a.File] {
			continue
		}
		seen[a.File] = true
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(a.File)))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case bytes.HasPrefix(b, []byte("%PDF")):
			if !strings.Contains(a.File, "trailing") && !strings.Contains(a.File, "damaged") {
				pdfcpuAccepts(t, a.File, b)
			}
			if len(b) > 1<<20 {
				t.Errorf("%s has %d bytes", a.File, len(b))
			}
		case strings.HasSuffix(a.File, ".ofd"), len(b) == 0:
		default:
			if _, _, err := image.Decode(bytes.NewReader(b)); err != nil {
				t.Errorf("%s: %v", a.File, err)
			}
		}
	}
	// A peer's word on the RSA signatures: sound ones verify, spoilt ones do not.
	for file, want := range map[string]string{
		"constructor/ok.pdf": "Signature is Valid.", "constructor/seal-cades.pdf": "Signature is Valid.",
		"constructor/seal-timestamp.pdf": "Signature is Valid.", "constructor/seal-untrusted.pdf": "Signature is Valid.",
		"architect/one-seal.pdf": "Signature is Valid.", "qualification/association.pdf": "Signature is Valid.",
		"constructor/seal-value.pdf": "Signature is Invalid.", "constructor/seal-edited-in-place.pdf": "Digest Mismatch.",
	} {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		out := pdfsig(t, b)
		if out == "" {
			t.Log("pdfsig is not installed: the signatures were not checked by a peer")
			break
		}
		if !strings.Contains(out, want) {
			t.Errorf("%s: pdfsig does not say %q\n%s", file, want, out)
		}
		if want == "Signature is Valid." {
			valid++
		} else {
			invalid++
		}
	}
	t.Logf("%d files, %d answers, %d rows; pdfsig: %d valid, %d not", len(seen), len(set.Answers), len(set.Rows), valid, invalid)
	trust, err := os.ReadDir(set.TrustDir)
	if err != nil || len(trust) != 6 {
		t.Errorf("trust folder: %d files, %v", len(trust), err)
	}
}

func TestWriteStopsWhenCancelled(t *testing.T) {
	if assets.Font() == nil {
		t.Skip(verifytest.ErrNoFont)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := verifytest.Write(ctx, t.TempDir(), verifytest.WriteOptions{}); err == nil {
		t.Error("a cancelled context wrote the set")
	}
}

// written is the whole set, made once for all tests of this file.
var written = sync.OnceValues(func() (*verifytest.Set, error) {
	dir, err := os.MkdirTemp("", "specimens")
	if err != nil {
		return nil, err
	}
	return verifytest.Write(context.Background(), dir, verifytest.WriteOptions{})
})

func TestMain(m *testing.M) {
	code := m.Run()
	if wanted.Load() {
		if set, err := written(); err == nil {
			os.RemoveAll(set.Dir)
		}
	}
	os.Exit(code)
}

var wanted atomic.Bool

func wholeSet(t *testing.T) *verifytest.Set {
	t.Helper()
	if assets.Font() == nil {
		t.Skip(verifytest.ErrNoFont)
	}
	if testing.Short() {
		t.Skip("the whole set takes a while")
	}
	wanted.Store(true)
	set, err := written()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func generator(t *testing.T) *verifytest.Generator {
	t.Helper()
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if errors.Is(err, verifytest.ErrNoFont) {
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
		s := verifytest.Good(k)
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
		if got := verifytest.InventedID(verifytest.Day(c.birth), c.serial); got != c.want {
			t.Errorf("%s: %s, want %s", c.birth, got, c.want)
		}
	}
}
