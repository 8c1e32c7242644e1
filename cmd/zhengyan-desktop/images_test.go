package main

import (
	"archive/zip"
	"image"
	"os"
	"path/filepath"
	"testing"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/rules"
)

// same reports whether two pictures show the same.
func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// A file inside an archive is shown as it was sealed, and its pages open only while it is the file that was judged.
func TestArchiveMemberAsSealed(t *testing.T) {
	dir := specimens(t, "constructor/seal-overlay.pdf")
	plain := filepath.Join(dir, "constructor", "seal-overlay.pdf")
	b, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "投标.zip")
	f, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("甲公司/overlay.pdf")
	if err == nil {
		_, err = w.Write(b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	e, err := open(sources{data: t.TempDir(), trust: filepath.Join(dir, "trust"), cache: t.TempDir()}, assets.Font(), book, noon, "Zhengyan test", func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var files []viewmodel.File
	if err := e.Expand(t.Context(), []string{archive, plain}, func(f viewmodel.File) { files = append(files, f) }, nil); err != nil || len(files) != 2 {
		t.Fatalf("%+v, %v", files, err)
	}
	member, alone := files[0], files[1]
	member.Key = nil // as after a restart: it is found again by its path
	list, err := e.GatherAll(t.Context(), member, func(verify.Search) {})
	if err != nil || len(list) != 1 || list[0].Seal == nil || len(list[0].Seal.Signatures) == 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	end := list[0].Seal.Signatures[0].RevisionEnd
	if end <= 0 || end >= int64(len(b)) {
		t.Fatalf("the seal covers %d of %d bytes", end, len(b))
	}
	sealed, err := e.PictureAt(t.Context(), member, 0, 1, end)
	if err != nil {
		t.Fatal(err)
	}
	want, err := e.PictureAt(t.Context(), alone, 0, 1, end)
	if err != nil {
		t.Fatal(err)
	}
	now, err := e.Picture(t.Context(), member, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !same(sealed, want) || same(sealed, now) {
		t.Error("the member is not shown as it was sealed")
	}
	if _, err := e.PictureAt(t.Context(), member, 0, 1, int64(len(b))+1); err == nil {
		t.Error("more than the member has was shown")
	}

	p, err := e.OpenPages(t.Context(), member, list[0].Input.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if img, err := p.Picture(t.Context(), 0, 72); err != nil || img.Bounds().Dx() < 500 {
		t.Errorf("page: %v", err)
	}
	if _, err := e.OpenPages(t.Context(), member, "00"); err == nil {
		t.Error("pages of another file than the one that was judged")
	}
	part := alone
	part.Key, part.Path = nil, plain+"!#3"
	if s := e.resolve(t.Context(), part); s.err != nil || s.src.Path != plain {
		t.Errorf("a certificate of a long document is looked for at %q: %v", s.src.Path, s.err)
	}
	if size, _, ok := stat(part.Path); !ok || size != int64(len(b)) {
		t.Error("its file is not found again")
	}
}
