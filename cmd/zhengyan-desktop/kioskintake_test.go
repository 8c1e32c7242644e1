package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhengyan/ui/viewmodel"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A stick that comes is read, one that was there is not, and one that is pulled out, even half read, ends nothing.
func TestKioskSticks(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "STICK A", "证书", "a.pdf"), "x")
	put(t, filepath.Join(root, "STICK A", "notes.txt"), "x")
	put(t, filepath.Join(root, "STICK A", ".Trash", "b.pdf"), "x")
	put(t, filepath.Join(root, "STICK A", "System Volume Information", "WPSettings.dat"), "x")
	table := ""
	in := newIntake([]string{root}, "")
	in.mounts = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(table)), nil }
	line := func(p string) string {
		return "36 35 8:1 / " + strings.ReplaceAll(p, " ", `\040`) + " rw - vfat /dev/sdb1 rw\n"
	}
	table = line(filepath.Join(root, "old")) + "short line\n" + line("/elsewhere")
	if got := in.Poll(); len(got) != 0 {
		t.Errorf("what was there: %+v", got)
	}
	table += line(filepath.Join(root, "STICK A")) + line(filepath.Join(root, "vanished"))
	got := in.Poll()
	if len(got) != 1 || len(got[0].Paths) != 1 || filepath.Base(got[0].Paths[0]) != "a.pdf" || got[0].Others != 1 || got[0].Gone {
		t.Errorf("%+v", got)
	}
	if got := in.Poll(); len(got) != 0 {
		t.Errorf("read twice: %+v", got)
	}
	table = ""
	if got := in.Poll(); len(got) != 3 || !got[0].Gone {
		t.Errorf("pulled out: %+v", got)
	}
	in.mounts = func() (io.ReadCloser, error) { return nil, errors.New("no table") }
	if got := in.Poll(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// A file in the watched folder is taken when it has stopped growing, and removed with the wipe; what was there stays.
func TestKioskWatch(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "before.pdf"), "x")
	in := newIntake(nil, dir)
	if got := in.Poll(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	page := filepath.Join(dir, "page.png")
	put(t, page, "half")
	if got := in.Poll(); len(got) != 0 {
		t.Errorf("taken while it may grow: %+v", got)
	}
	put(t, page, "half and half")
	if got := in.Poll(); len(got) != 0 {
		t.Errorf("taken while it grows: %+v", got)
	}
	if got := in.Poll(); len(got) != 1 || got[0].Key != page {
		t.Errorf("%+v", got)
	}
	if got := in.Poll(); len(got) != 0 {
		t.Errorf("taken twice: %+v", got)
	}
	if err := in.wipe(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(page); err == nil {
		t.Error("the page is still there")
	}
	if _, err := os.Stat(filepath.Join(dir, "before.pdf")); err != nil {
		t.Error("a file that was there before is gone")
	}
}

func TestKioskTray(t *testing.T) {
	tr, err := newTray(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(tr.dir, "page-1.png"), strings.Repeat("secret", 40_000))
	if err := tr.wipe(); err != nil {
		t.Error(err)
	}
	if list, _ := os.ReadDir(tr.dir); len(list) != 0 {
		t.Errorf("%d files are left", len(list))
	}
}

func TestTones(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []viewmodel.Shape{viewmodel.ShapePass, viewmodel.ShapeFail, viewmodel.ShapeUnknown} {
		b := tone(s)
		if string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" || int(b[4])|int(b[5])<<8|int(b[6])<<16 != len(b)-8 {
			t.Errorf("shape %d: no WAV", s)
		}
		seen[string(b)] = true
	}
	if len(seen) != 3 {
		t.Error("two results sound alike")
	}
}

func TestSetPIN(t *testing.T) {
	dir := t.TempDir()
	if err := setPIN(dir, strings.NewReader("12\n")); !errors.Is(err, viewmodel.ErrPIN) {
		t.Errorf("a short PIN: %v", err)
	}
	if err := setPIN(dir, strings.NewReader("2468\n")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		if strings.Contains(string(b), `"2468"`) {
			t.Errorf("%s holds the PIN", p)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
