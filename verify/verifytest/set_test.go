package verifytest

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWholeSet writes every file and has each looked at by somebody else's reader.
func TestWholeSet(t *testing.T) {
	generator(t) // skips without a font
	if testing.Short() {
		t.Skip("the whole set takes a while")
	}
	dir := t.TempDir()
	set, err := Write(context.Background(), dir, WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
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
	generator(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, t.TempDir(), WriteOptions{}); err == nil {
		t.Error("a cancelled context wrote the set")
	}
}

func BenchmarkPDF(b *testing.B) {
	g := generator(b)
	s := Catalog()[0].Spec
	for b.Loop() {
		if _, err := g.PDF(s); err != nil {
			b.Fatal(err)
		}
	}
}
