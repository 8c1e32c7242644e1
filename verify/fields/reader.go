package fields

import (
	"context"
	"errors"
	"image"

	"zhengyan/verify/page"
)

// ErrNoReader is the error of everything that needs the print of a picture read where no PageReader is to be had.
var ErrNoReader = errors.New("image text cannot be read on this installation")

// PageReader reads the print of a picture (OCR). It is safe for several goroutines.
type PageReader interface {
	// ReadPage returns the text of img with a confidence for each character, in pixels of img. index is the page's 0-based
	// number, copied into the result. A picture without print gives a text without characters and no error.
	ReadPage(ctx context.Context, img image.Image, index int) (page.Text, error)
	// Lines finds the text lines and reads at most n of the tallest (n < 0: all), for finding certificates quickly. The
	// lines that were found but not read have no text; all come in reading order.
	Lines(ctx context.Context, img image.Image, n int) ([]Line, error)
	// Name is the engine and the models with their versions, for reports.
	Name() string
}

// LineReader is what a PageReader may be besides: a reader of pictures that show one level line, which spares looking for
// lines in what is known to be one.
type LineReader interface {
	// ReadLine reads the line, upright, with little paper around it. A line that stands on its head is read badly.
	ReadLine(ctx context.Context, img image.Image) (Line, error)
}

// Line is a line of print in a picture.
type Line struct {
	Text string
	// Box is upright, Quad has the corners in the line's own order: its top left first, then clockwise as one reads it.
	Box        page.Box
	Quad       [4]page.Point
	Confidence float64 // 0..1, the mean over the characters; 0 where the line was not read
}
