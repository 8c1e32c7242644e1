package report

import (
	"context"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zhengyan/verify"
)

// Limits of the page pictures in a report: what they cost must stay small beside the verifying itself.
const (
	maxPagePictures    = 400
	maxPagePicturesOne = 4 // of one report
	pagePictureDPI     = 150
	pagePictureTime    = 10 * time.Second
	openTime           = time.Minute // a file's bytes are summed to tell that it is still the same: two gigabytes of a book
)

// ShowsPages reports whether the form of report that the file's name asks for has pictures of pages, or of places on them.
func ShowsPages(path string) bool {
	return slices.Contains([]string{".pdf", ".html"}, strings.ToLower(filepath.Ext(path)))
}

// Pages draws the pages of one file that is held open.
type Pages interface {
	// Picture draws a page, 0-based, at a resolution in dots per inch.
	Picture(ctx context.Context, page int, dpi float64) (image.Image, error)
	Close()
}

// PagePictures draws the pages that Options.Picture asks for, a bounded number of them and each in bounded time. It keeps the
// file that was drawn last open: a report asks for the pages of one file after another, and a bid book has hundreds of reports. It
// must be closed.
type PagePictures struct {
	// Open opens the file that a report is on; an error, where it is gone or is another one now, leaves its pictures out.
	Open func(ctx context.Context, r *verify.Report) (Pages, error)

	file    fileID
	open    Pages // nil where the file could not be opened
	of      *verify.Report
	n, ofIt int
}

// fileID names a file that a report is on.
type fileID struct{ name, sum string }

func idOf(r *verify.Report) fileID { return fileID{r.Input.Name, r.Input.SHA256} }

// Picture is an Options.Picture; it draws nothing more once ctx has ended.
func (p *PagePictures) Picture(ctx context.Context) func(r *verify.Report, n int) image.Image {
	return func(r *verify.Report, n int) image.Image { return p.picture(ctx, r, n) }
}

func (p *PagePictures) picture(ctx context.Context, r *verify.Report, n int) image.Image {
	if p.n >= maxPagePictures || ctx.Err() != nil || r.Error != nil || r.Input.SHA256 == "" {
		return nil
	}
	if p.of == nil || p.file != idOf(r) {
		p.Close()
		p.file = idOf(r)
		p.open = p.opened(ctx, r)
	}
	if p.of != r {
		p.of, p.ofIt = r, 0
	}
	if p.open == nil || p.ofIt >= maxPagePicturesOne {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pagePictureTime)
	defer cancel()
	p.n++ // also what cannot be drawn takes time
	p.ofIt++
	img, err := p.open.Picture(ctx, n, pagePictureDPI)
	if err != nil {
		return nil
	}
	return img
}

// opened is the file that a report is on, nil if it cannot be opened.
func (p *PagePictures) opened(ctx context.Context, r *verify.Report) Pages {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	open, err := p.Open(ctx, r)
	if err != nil {
		return nil
	}
	return open
}

// Close closes the file that is held open.
func (p *PagePictures) Close() {
	if p.open != nil {
		p.open.Close()
	}
	p.open, p.of = nil, nil
}
