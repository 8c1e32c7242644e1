package qr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"
)

// Options bound and steer one Decode. The zero value reads every code of a page within 1.5 seconds.
type Options struct {
	// Budget is the wall time after which Decode returns what it has; 0 means 1.5 s, or 5 s with TryHarder.
	Budget time.Duration
	// TryHarder runs the strategies of small yield as well.
	TryHarder bool
	// MaxCodes ends the search after so many codes; 0 means 100.
	MaxCodes int
	// One ends the search after the first code.
	One bool
	// Limits bound the picture; zero fields take the defaults.
	Limits Limits
	// Without switches strategies off by name, for measuring what each earns.
	Without map[string]bool
}

// Limits bound what Decode accepts.
type Limits struct {
	Pixels int // largest number of pixels; default 120 million
	Side   int // longest side in pixels; default 60,000
}

// Result is what Decode found in a picture.
type Result struct {
	Codes     []Code     `json:"codes"`
	Conflicts []Conflict `json:"conflicts,omitempty"`
	// Work says what was done.
	Work Work `json:"work"`
}

// Work is the effort that a Decode took, in counts; it holds no time, so that results compare.
type Work struct {
	Strategies []string `json:"strategies,omitempty"` // in the order run
	Finders    int      `json:"finders"`              // finder patterns seen by the strategy that saw most
	Grids      int      `json:"grids"`                // grids laid over the picture
	Reads      int      `json:"reads"`                // bit matrices tried
	// Faults counts strategies that failed by a fault of the program. It is 0 but for a defect.
	Faults int `json:"faults,omitempty"`
	// Partial reports that the budget, the context or a limit ended the search early.
	Partial bool `json:"partial,omitempty"`
}

// Errors of Decode.
var (
	// ErrEmpty: the picture has no pixels.
	ErrEmpty = errors.New("empty picture")
	// ErrTooLarge: the picture is beyond Limits.
	ErrTooLarge = errors.New("picture too large")
)

// Decode finds and reads the QR codes of a picture. Corners are in pixels of img, relative to its top left corner. It
// never panics; when the budget or the context ends it returns what was read so far, with Work.Partial set. An error
// says that the picture could not be looked at; finding no code is not an error.
func Decode(ctx context.Context, img image.Image, opts Options) (Result, error) {
	res := Result{Codes: []Code{}}
	if img == nil {
		return res, ErrEmpty
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if w <= 0 || h <= 0 {
		return res, ErrEmpty
	}
	maxPix, side := orDefault(opts.Limits.Pixels, maxPixels), orDefault(opts.Limits.Side, maxSide)
	if w > side || h > side || w > maxPix/h {
		return res, fmt.Errorf("%d x %d pixels: %w", w, h, ErrTooLarge)
	}
	budget := opts.Budget
	if budget <= 0 {
		budget = defaultBudgetMillis * time.Millisecond
		if opts.TryHarder {
			budget = harderBudgetMillis * time.Millisecond
		}
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	run(ctx, img, opts, &res)
	return res, nil
}

func orDefault(v, def int) int {
	if v > 0 {
		return v
	}
	return def
}
