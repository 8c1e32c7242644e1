package document

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// zipFile makes an archive of name, content pairs.
func zipFile(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(pairs[i+1]))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, b []byte, elem ...string) string {
	t.Helper()
	name := filepath.Join(elem...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// expanded lists what Expand gives, as names below dir with "code:" before those that failed.
func expanded(dir string, limits Limits, paths ...string) []string {
	var got []string
	for src, err := range Expand(context.Background(), paths, limits) {
		if err != nil {
			var name string
			if e, ok := err.(*Error); ok {
				name = e.Name
			}
			got = append(got, string(CodeOf(err))+":"+rel(dir, name))
			continue
		}
		if _, err := src.bytes(1 << 30); err != nil {
			got = append(got, "read "+string(CodeOf(err))+":"+rel(dir, src.Name))
			continue
		}
		got = append(got, rel(dir, src.Name))
	}
	return got
}

func rel(dir, name string) string {
	return filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(name, dir), string(filepath.Separator)))
}

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("张三/证书.pdf")
	var chinese bytes.Buffer
	z := zip.NewWriter(&chinese)
	for _, h := range []*zip.FileHeader{{Name: gb, NonUTF8: true}, {Name: "李四.pdf"}, {Name: "__MACOSX/._x.pdf"}, {Name: `win\dows.pdf`}, {Name: "../../up.pdf"}} {
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("%PDF-"))
	}
	z.Close()
	write(t, []byte("b"), dir, "in", "b.pdf")
	write(t, []byte("a"), dir, "in", "a.pdf")
	write(t, []byte("c"), dir, "in", "sub", "c.png")
	write(t, []byte("h"), dir, "in", ".hidden")
	write(t, []byte("h"), dir, "in", ".git", "x")
	write(t, []byte("h"), dir, "in", "Thumbs.db")
	write(t, []byte("w"), dir, "in", "~$a.docx")
	hidden := write(t, []byte("h"), dir, ".named")
	write(t, zipFile(t, "x.pdf", "x", "y/z.pdf", "z"), dir, "in", "pack.zip")
	zh := write(t, chinese.Bytes(), dir, "中文.zip")
	nested := write(t, zipFile(t, "inner.zip", string(zipFile(t, "a", "a")), "ok.pdf", "ok"), dir, "nested.zip")
	ofd := write(t, zipFile(t, leastOFD()...), dir, "a.ofd")
	docx := write(t, zipFile(t, "[Content_Types].xml", "<x/>"), dir, "a.docx")
	none := write(t, zipFile(t), dir, "none.zip")
	broken := write(t, zipFile(t, "x.pdf", "x")[:40], dir, "broken.zip")
	if err := os.Symlink(dir, filepath.Join(dir, "in", "loop")); err != nil {
		t.Log(err) // not everywhere allowed
	}
	missing := filepath.Join(dir, "missing.pdf")
	for _, c := range []struct {
		name  string
		paths []string
		want  []string
	}{
		{"folder", []string{filepath.Join(dir, "in")}, []string{"in/a.pdf", "in/b.pdf", "in/pack.zip!/x.pdf", "in/pack.zip!/y/z.pdf", "in/sub/c.png"}},
		{"named outright", []string{hidden}, []string{".named"}},
		{"input order", []string{missing, hidden, missing}, []string{"not-found:missing.pdf", ".named", "not-found:missing.pdf"}},
		{"Chinese names", []string{zh}, []string{"中文.zip!/张三/证书.pdf", "中文.zip!/李四.pdf", "中文.zip!/win/dows.pdf", "中文.zip!/up.pdf"}},
		{"nested", []string{nested}, []string{"read zip-nested:nested.zip!/inner.zip", "nested.zip!/ok.pdf"}},
		{"OFD and Office are files", []string{ofd, docx}, []string{"a.ofd", "a.docx"}},
		{"nothing inside", []string{none}, []string{"no-files:none.zip"}},
		{"broken archive", []string{broken}, []string{"damaged:broken.zip"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := expanded(dir, Limits{}, c.paths...)
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestExpandLimits(t *testing.T) {
	dir := t.TempDir()
	zeros := strings.Repeat("\x00", 1<<20)
	three := write(t, zipFile(t, "a", "1", "b", "2", "c", "3"), dir, "three.zip")
	bomb := write(t, zipFile(t, "bomb", zeros, "ok", "ok"), dir, "bomb.zip")
	write(t, []byte("x"), dir, "deep", "1", "2", "3", "x.pdf")
	write(t, []byte("x"), dir, "wide", "1")
	write(t, []byte("x"), dir, "wide", "2")
	write(t, []byte("x"), dir, "wide", "3")
	for _, c := range []struct {
		name   string
		limits Limits
		path   string
		want   []string
	}{
		{"ArchiveBytes", Limits{ArchiveBytes: 10}, three, []string{"too-large:three.zip"}},
		{"ArchiveDirectory", Limits{ArchiveDirectory: 100}, three, []string{"zip-too-many-entries:three.zip"}},
		{"ArchiveEntries", Limits{ArchiveEntries: 2}, three, []string{"three.zip!/a", "three.zip!/b", "zip-too-many-entries:three.zip"}},
		{"ArchiveTotal", Limits{ArchiveTotal: 2}, three, []string{"three.zip!/a", "three.zip!/b", "zip-bomb:three.zip"}},
		{"ArchiveRatio", Limits{ArchiveRatioFrom: 1 << 10}, bomb, []string{"zip-bomb:bomb.zip!/bomb", "bomb.zip!/ok"}},
		{"FileBytes", Limits{FileBytes: 1 << 10}, bomb, []string{"too-large:bomb.zip!/bomb", "bomb.zip!/ok"}},
		{"FolderDepth", Limits{FolderDepth: 3}, filepath.Join(dir, "deep"), []string{"folder-too-deep:deep/1/2/3"}},
		{"FolderEntries", Limits{FolderEntries: 2}, filepath.Join(dir, "wide"), []string{"wide/1", "wide/2", "folder-too-large:wide"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := expanded(dir, c.limits, c.path)
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
			if free := expanded(dir, Limits{}, c.path); fmt.Sprint(free) == fmt.Sprint(c.want) {
				t.Errorf("the default limit gives the same: %q", free)
			}
		})
	}
}

// An archive whose directory lies about an entry gives that entry's error, when it is read.
func TestExpandLyingEntries(t *testing.T) {
	dir := t.TempDir()
	b := zipFile(t, "a.pdf", strings.Repeat("a", 1000))
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	for _, c := range []struct {
		name  string
		field int // in the central directory header
		value byte
		want  string
	}{
		{"longer", 25, 1, "read damaged:x.zip!/a.pdf"},
		{"shorter", 24, 1, "read damaged:x.zip!/a.pdf"},
		{"checksum", 16, 0x55, "read damaged:x.zip!/a.pdf"},
		{"encrypted", 8, 0x09, "zip-encrypted:x.zip!/a.pdf"},
		{"method", 10, 99, "read unsupported:x.zip!/a.pdf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := append([]byte(nil), b...)
			bad[at+c.field] = c.value
			got := expanded(dir, Limits{}, write(t, bad, dir, "x.zip"))
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestExpandStops(t *testing.T) {
	dir := t.TempDir()
	p := write(t, []byte("x"), dir, "x")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := 0
	for _, err := range Expand(ctx, []string{p, p, p}, Limits{}) {
		n++
		if CodeOf(err) != ErrCanceled {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d results after the context ended", n)
	}
}

// Links to folders elsewhere are followed once; those that run in a circle are not.
func TestExpandFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, []byte("a"), dir, "in", "a.pdf")
	write(t, []byte("b"), dir, "in", "sub", "b.pdf")
	write(t, []byte("c"), dir, "in", ".store", "c.pdf")
	write(t, []byte("d"), dir, "out", "d.pdf")
	write(t, []byte("e"), dir, "out", "deep", "e.pdf")
	for link, target := range map[string]string{
		"in/1-out": "out", "in/2-again": "out", "in/3-deep": "out/deep", "in/4-store": "in/.store", "in/5-sub": "in/sub", "in/6-self": "in",
		"in/7-up": ".", "out/back": "in", "out/round": "out",
	} {
		if err := os.Symlink(filepath.Join(dir, target), filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Skip(err) // not everywhere allowed
		}
	}
	got := expanded(dir, Limits{}, filepath.Join(dir, "in"))
	if want := []string{"in/1-out/d.pdf", "in/1-out/deep/e.pdf", "in/4-store/c.pdf", "in/a.pdf", "in/sub/b.pdf"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if got, want := expanded(dir, Limits{FolderDepth: 1}, filepath.Join(dir, "in"))[0], "folder-too-deep:in/1-out"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is left out is told, but for the files of the system.
func TestExpandTellsWhatItLeavesOut(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".x.pdf", "~$x.pdf", "Thumbs.db", ".DS_Store", "a.pdf"} {
		write(t, []byte("x"), dir, "in", name)
	}
	write(t, []byte("x"), dir, "in", ".git", "x")
	write(t, zipFile(t, "__MACOSX/._b.pdf", "x", "b.pdf", "x", ".c/d.pdf", "x", "e/desktop.ini", "x", "../f.pdf", "x"), dir, "in", "z.zip")
	write(t, zipFile(t, ".only.pdf", "x"), dir, "only.zip")
	linked := os.Symlink(dir, filepath.Join(dir, "in", "up")) == nil // not everywhere allowed
	var left, got []string
	for src, err := range ExpandTelling(context.Background(), []string{filepath.Join(dir, "in"), filepath.Join(dir, "only.zip")}, Limits{}, func(l LeftOut) {
		left = append(left, rel(dir, l.Name)+" "+string(l.Why))
	}) {
		got = append(got, string(CodeOf(err))+":"+rel(dir, src.Name))
	}
	want := []string{
		"in/.git hidden-folder", "in/.x.pdf hidden", "in/z.zip!/__MACOSX/._b.pdf macosx", "in/z.zip!/.c/d.pdf hidden-folder", "in/~$x.pdf lock",
		"only.zip!/.only.pdf hidden",
	}
	if linked {
		want = slices.Insert(want, 2, "in/up link-up")
	}
	if fmt.Sprint(left) != fmt.Sprint(want) {
		t.Errorf("\n got %q\nwant %q", left, want)
	}
	if want := []string{":in/a.pdf", ":in/z.zip!/b.pdf", ":in/z.zip!/f.pdf", "no-files:"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
