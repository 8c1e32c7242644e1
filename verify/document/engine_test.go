package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
)

// The compile cache is a convenience: damaged, foreign or unwritable it costs time and nothing else.
func TestCompileCache(t *testing.T) {
	dirName := "wazero-v0-" + runtime.GOARCH + "-" + runtime.GOOS
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string) string // of a filled cache; gives the folder to use
		makes []string                              // what is compiled with: "kept" or "empty" cache, or "none"
		note  bool
	}{
		{"as it was", func(t *testing.T, dir string) string { return dir }, []string{"kept"}, false},
		{"a flipped bit", func(t *testing.T, dir string) string { write(t, []byte("codE"), dir, dirName, "aa"); return dir }, []string{"empty"}, false},
		{"cut off", func(t *testing.T, dir string) string { write(t, []byte("co"), dir, dirName, "aa"); return dir }, []string{"empty"}, false},
		{"module changed", func(t *testing.T, dir string) string {
			write(t, []byte("x"), dir, stoppablePrefix+"1.wasm")
			return dir
		}, []string{"kept"}, false},
		{"list lost", func(t *testing.T, dir string) string { os.Remove(filepath.Join(dir, compiledSums)); return dir }, []string{"empty"}, false},
		{"list damaged", func(t *testing.T, dir string) string { write(t, []byte("{"), dir, compiledSums); return dir }, []string{"empty"}, false},
		{"refused by wazero", func(t *testing.T, dir string) string {
			write(t, []byte("bad!"), dir, dirName, "aa")
			sealCompiled(dir)
			os.Remove(filepath.Join(dir, compiledSums))
			sealCompiled(dir)
			return dir
		}, []string{"refused", "empty"}, false},
		{"a file where the folder should be", func(t *testing.T, dir string) string { return write(t, []byte("x"), dir, "file") }, []string{"none"}, true},
		{"not allowed", func(t *testing.T, dir string) string {
			return filepath.Join(write(t, []byte("x"), dir, "file"), "cache")
		}, []string{"none"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, []byte("code"), dir, dirName, "aa")
			write(t, []byte("wasm"), dir, stoppablePrefix+"1.wasm")
			sealCompiled(dir)
			p := newPDFiumPool(Config{CacheDir: c.spoil(t, dir)})
			var makes []string
			p.make = func(cache wazero.CompilationCache) error {
				if cache == nil {
					makes = append(makes, "none")
					return nil
				}
				if b, err := os.ReadFile(filepath.Join(p.cfg.CacheDir, dirName, "aa")); err != nil {
					makes = append(makes, "empty")
				} else if string(b) == "bad!" {
					makes = append(makes, "refused")
					return errors.New("refused")
				} else {
					makes = append(makes, "kept")
				}
				write(t, []byte("code"), p.cfg.CacheDir, dirName, "aa")
				return nil
			}
			if err := p.wait(context.Background()); err != nil {
				t.Error(err)
			}
			if fmt.Sprint(makes) != fmt.Sprint(c.makes) {
				t.Errorf("compiled with %v, want %v", makes, c.makes)
			}
			if (p.note != "") != c.note {
				t.Errorf("note %q, want one: %v", p.note, c.note)
			}
			if !c.note { // the next start finds a cache in order
				if err := checkCompiled(dir); err != nil {
					t.Error(err)
				}
				if _, err := os.Stat(filepath.Join(dir, dirName, "aa")); err != nil {
					t.Error("what was compiled is not kept:", err)
				}
			}
		})
	}
}

// Documents opened at the same time do not disturb each other.
func TestConcurrentDocuments(t *testing.T) {
	e := testEngine(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for n := range 8 {
				want := fmt.Sprintf("worker %d file %d", w, n)
				b := onePage("BT /F1 12 Tf 100 700 Td ("+want+") Tj ET", "", "").bytes()
				if n%3 == 2 {
					b = b[:100]
				}
				d, err := e.Open(context.Background(), SourceBytes("a.pdf", b))
				if n%3 == 2 {
					if CodeOf(err) != ErrDamaged {
						t.Errorf("%s: %v", want, err)
					}
					continue
				}
				if err != nil {
					t.Error(err)
					continue
				}
				text, err := d.Text(context.Background(), 0)
				var s strings.Builder
				for _, c := range text.Chars {
					s.WriteRune(c.R)
				}
				if s.String() != want || err != nil {
					t.Errorf("%q %v, want %q", s.String(), err, want)
				}
				if _, err := d.Render(context.Background(), 0, 50); err != nil {
					t.Error(err)
				}
				d.Close()
			}
		})
	}
	wg.Wait()
}

func TestClosedDocument(t *testing.T) {
	d := open(t, "a.pdf", onePage(someText, "", "").bytes())
	d.Close()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := d.Text(context.Background(), 0); CodeOf(err) != ErrClosed {
		t.Errorf("%v", err)
	}
	if _, err := d.PageSize(0); CodeOf(err) != ErrClosed {
		t.Errorf("%v", err)
	}
	if len(d.Bytes()) == 0 || d.Info().Pages != 1 {
		t.Error("what is known of the file is gone")
	}
}

func TestClosedEngine(t *testing.T) {
	e, _ := NewEngine(Config{})
	if err := e.Close(); err != nil { // never started
		t.Error(err)
	}
	if _, err := e.Open(context.Background(), SourceBytes("a.pdf", onePage("", "", "").bytes())); CodeOf(err) != ErrEngine {
		t.Errorf("%v", err)
	}
	// Image files need no PDFium.
	if d, err := e.Open(context.Background(), SourceBytes("a.png", pngBytes(t, corner(8, 8)))); err != nil {
		t.Error(err)
	} else {
		d.Close()
	}
}

func TestMetadata(t *testing.T) {
	f := onePage(someText, "", "", attachments(2))
	n := f.add("<</Producer(Maker\\)1)/Creator<FEFF8BC14E66>/Title(a\\nb)/CreationDate(D:20210812093000+08'00')/ModDate(D:2022)>>")
	f.trailer = fmt.Sprintf("/Info %d 0 R/ID[<0102><ff00>]", n)
	d := open(t, "a.pdf", f.bytes())
	m := d.Metadata()
	if m.Producer != "Maker)1" || m.Creator != "证书" || m.Title != "a b" || fmt.Sprint(m.IDs) != "[0102 ff00]" ||
		m.Created.UTC().Format("2006-01-02T15:04") != "2021-08-12T01:30" || m.Modified.Year() != 2022 {
		t.Errorf("%+v", m)
	}
	if len(m.Attachments) != 2 || m.Attachments[1] != (Attachment{"f1.txt", 4}) || !hasProblem(d, ProblemAttachments) {
		t.Errorf("%+v", m.Attachments)
	}
}

func TestBytesAreTheFile(t *testing.T) {
	b := append([]byte("junk\n"), onePage(someText, "", "").bytes()...)
	d := open(t, "a.pdf", b)
	if !bytes.Equal(d.Bytes(), b) {
		t.Error("the bytes to be verified are not those of the file")
	}
	if !hasProblem(d, ProblemJunkBefore) {
		t.Errorf("%v", d.Problems())
	}
}

// go-pdfium gives no context and no stop flag of its own: both ways to them must work with the version in use.
func TestWaysIntoPDFium(t *testing.T) {
	testEngine(t)
	in, err := sharedEngine().pdfium.instance(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	if in.stop == nil || len(pdfiumWasm) == 0 {
		t.Error("PDFium runs under wazero's slow way of being killed")
	}
	d, err := openPDF(context.Background(), in, "slow.pdf", slowPDF(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	in.stop.Set(1)
	if _, err := d.render(context.Background(), 0, 100); err == nil {
		t.Error("the stop flag ends nothing")
	}
	if in.dead == nil {
		t.Error("an instance that trapped is not dead")
	}
	if _, err := in.quick("FPDF_GetLastError"); err == nil {
		t.Error("a dead instance was used again")
	}
}

func TestInterruptibleRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":       nil,
		"not a module":  []byte("%PDF-1.7 and more"),
		"no sections":   []byte("\x00asm\x01\x00\x00\x00"),
		"cut off":       pdfiumWasm[:len(pdfiumWasm)/2],
		"unknown instr": []byte("\x00asm\x01\x00\x00\x00\x06\x01\x00\x07\x01\x00\x0a\x06\x01\x04\x00\xff\x00\x0b"),
	} {
		if _, err := interruptible(b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCompiledSaysWhetherTheCacheIsFilled(t *testing.T) {
	dir := t.TempDir()
	if Compiled("") || Compiled(dir) || Compiled(filepath.Join(dir, "none")) {
		t.Error("an empty cache is taken for a filled one")
	}
	e, err := NewEngine(Config{CacheDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !Compiled(dir) {
		t.Error("a filled cache is taken for an empty one")
	}
}
