package report

import (
	"context"
	"errors"
	"image"
	"testing"

	pagebox "zhengyan/verify/page"

	"zhengyan/verify"
	"zhengyan/verify/document"
)

// filed counts how often files are opened and closed, and their pages drawn.
type filed struct{ opened, closed, drawn int }

func (f *filed) open(_ context.Context, r *verify.Report) (Pages, error) {
	f.opened++
	if r.Input.Name == "gone.pdf" {
		return nil, errors.New("gone")
	}
	return f, nil
}

func (f *filed) Picture(context.Context, int, float64) (image.Image, error) {
	f.drawn++
	return image.NewGray(image.Rect(0, 0, 210, 297)), nil
}

func (f *filed) Close() { f.closed++ }

func on(name string) *verify.Report {
	return &verify.Report{Input: document.Info{Name: name, SHA256: name}}
}

// A book has a report for each of its certificates: it is opened once for all of them.
func TestPagePicturesKeepTheFileOpen(t *testing.T) {
	var f filed
	p := &PagePictures{Open: f.open}
	draw := p.Picture(t.Context())
	for range 3 {
		r := on("book.pdf")
		for n := range maxPagePicturesOne + 1 {
			if shown := draw(r, n) != nil; shown != (n < maxPagePicturesOne) {
				t.Errorf("page %d is shown: %t", n+1, shown)
			}
		}
	}
	if f != (filed{opened: 1, drawn: 3 * maxPagePicturesOne}) {
		t.Errorf("of three reports on a book: %+v", f)
	}
	for range 3 {
		if draw(on("gone.pdf"), 0) != nil {
			t.Error("a file that is gone shows a page")
		}
	}
	if f.opened != 2 || f.closed != 1 {
		t.Errorf("of a file that is gone: %+v", f)
	}
	if draw(on("book.pdf"), 0) == nil {
		t.Error("nothing is shown after a file that is gone")
	}
	changed := on("book.pdf")
	changed.Input.SHA256 = "another"
	draw(changed, 0)
	p.Close()
	if f.opened != 4 || f.closed != 3 {
		t.Errorf("of a file of the same name with other bytes: %+v", f)
	}
}

// Several certificates on a page are cut out of one drawing of it.
func TestCropsOfOnePageAreDrawnOnce(t *testing.T) {
	drawn := 0
	s := &pageSource{draw: func(*verify.Report, int) image.Image {
		drawn++
		return image.NewGray(image.Rect(0, 0, 210, 297))
	}}
	for range 3 {
		r := on("book.pdf")
		r.Evidence = &verify.Evidence{PageSizes: []document.PageSize{{Width: 210, Height: 297}, {Width: 210, Height: 297}}}
		if s.crop(r, 1, pagebox.Box{X0: 20, Y0: 20, X1: 90, Y1: 40}, 0) == nil {
			t.Error("no crop")
		}
	}
	if drawn != 1 {
		t.Errorf("drawn %d times", drawn)
	}
}

// A page that cannot be drawn is tried once for each report, not for each of its facts.
func TestPageThatCannotBeDrawn(t *testing.T) {
	tried := 0
	s := &pageSource{draw: func(*verify.Report, int) image.Image {
		tried++
		return nil
	}}
	for range 2 {
		r := on("book.pdf")
		for range 5 {
			if s.page(r, 0) != nil {
				t.Error("a page that cannot be drawn is shown")
			}
		}
	}
	if tried != 2 {
		t.Errorf("tried %d times", tried)
	}
}
