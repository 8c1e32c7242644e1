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
	// ReadLine reads a picture that shows one level, upright line with little paper around it, which spares looking for
	// lines. A line that stands on its head is read badly, and its confidence says so.
	ReadLine(ctx context.Context, img image.Image) (Line, error)
	// Name is the engine and the models with their versions, for reports.
	Name() string
}

// Skimmer is a PageReader that can also read each line of a page once and leave it at that, in a third of the time. It is for
// papers that are told apart and not judged: what it reads is confirmed by nothing, and of numbers and days the confidences say so.
type Skimmer interface {
	// SkimPage is ReadPage of that kind.
	SkimPage(ctx context.Context, img image.Image, index int) (page.Text, error)
}

// Line is a line of print in a picture.
type Line struct {
	Text string
	// Box is upright, Quad has the corners in the line's own order: its top left first, then clockwise as one reads it.
	Box        page.Box
	Quad       [4]page.Point
	Confidence float64 // 0..1, the mean over the characters; 0 where the line was not read
}
