// Package hand measures how alike two signatures are: one reference, a person never seen before, no opinion on whose hand
// it was. The lines are thinned and laid over each other; what the print hides counts as unknown. The figure is a
// probability learnt from invented writing (docs/ink.md says how, and how often it errs). A skilled imitation passes a
// machine about as often as not being noticed by one glance; a person decides.
package hand

import (
	"bytes"
	"context"
	_ "embed" // the weights
	"errors"
	"fmt"
	"image"
	"sync"

	"zhengyan/verify/ink/hand/model"
	"zhengyan/verify/ink/hand/pair"
	"zhengyan/verify/ink/hand/trace"
	"zhengyan/verify/ink/stroke"
)

// Band says how the likeness is to be read.
type Band string

// The bands.
const (
	Agrees   Band = "agrees"
	Doubtful Band = "doubtful"
	Differs  Band = "differs"
)

// MaxHidden is the share of hidden writing beyond which two signatures are at best doubtful.
const MaxHidden = 0.25

// Rows and Cols are the cells of the agreement map, down and across.
const (
	Rows = 6
	Cols = 15
)

// Likeness is what a comparison found.
type Likeness struct {
	// Probability that one person wrote both, 0..1, where half of all compared pairs are of one person.
	Probability float64
	Band        Band
	// Hidden is the share of the lines that lie under the other's print, 0..1.
	Hidden float64
	// Cells tells where the lines agree: Rows rows of Cols values 0..1 over the reference's extent; -1 where there is
	// nothing to compare.
	Cells [][]float64
	// Aligned shows both laid over each other: the reference blue, the query orange, both black, hidden places grey.
	Aligned *image.RGBA
	// Reason is a stable key for what limits the answer, or empty: [ReasonHidden].
	Reason string
}

// ReasonHidden: more than MaxHidden is hidden, so that the band is at best doubtful.
const ReasonHidden = "likeness-hidden"

// Side names one of the two signatures.
type Side string

// The sides.
const (
	Reference Side = "reference"
	Query     Side = "query"
)

// InputError says that one of the two cannot be compared, and why. Nothing follows from it for or against the hand.
type InputError struct {
	Side Side
	Err  error // one of trace's errors
}

func (e *InputError) Error() string { return fmt.Sprintf("hand: %s: %v", e.Side, e.Err) }

// Unwrap gives the cause.
func (e *InputError) Unwrap() error { return e.Err }

// Reason is the stable key: "reference-" or "query-", then empty, too-coarse, too-little, solid, too-large or invalid.
func (e *InputError) Reason() string {
	for _, c := range []struct {
		err error
		key string
	}{
		{trace.ErrNoWriting, "empty"},
		{trace.ErrTooCoarse, "too-coarse"},
		{trace.ErrTooLittle, "too-little"},
		{trace.ErrSolid, "solid"},
		{trace.ErrTooLarge, "too-large"},
	} {
		if errors.Is(e.Err, c.err) {
			return string(e.Side) + "-" + c.key
		}
	}
	return string(e.Side) + "-invalid"
}

//go:embed weights.gob
var weights []byte

var loaded = sync.OnceValues(func() (*model.Set, error) { return model.Read(bytes.NewReader(weights), pair.Names()) })

// CompareImages compares two plain pictures of signatures, dark writing on light paper with nothing else on it.
func CompareImages(ctx context.Context, ref, query image.Image) (Likeness, error) {
	r, err := trace.MaskOf(ref)
	if err != nil {
		return Likeness{}, &InputError{Reference, err}
	}
	q, err := trace.MaskOf(query)
	if err != nil {
		return Likeness{}, &InputError{Query, err}
	}
	return Compare(ctx, r, q)
}

// Compare compares separated writing with a reference. A query without hidden places (Unknown is nil) counts as a plain
// picture, for which other figures hold than for writing that was separated from a print. The error is the context's, or an [InputError].
func Compare(ctx context.Context, ref, query *stroke.Mask) (Likeness, error) {
	set, err := loaded()
	if err != nil {
		return Likeness{}, err
	}
	r, err := traced(ctx, Reference, ref)
	if err != nil {
		return Likeness{}, err
	}
	q, err := traced(ctx, Query, query)
	if err != nil {
		return Likeness{}, err
	}
	res := pair.Compare(r, q)
	if err := ctx.Err(); err != nil {
		return Likeness{}, err
	}
	m := set.Clean
	if query.Unknown != nil {
		m = set.Separated
	}
	l := Likeness{Probability: m.Probability(res.Features, res.Hidden), Hidden: res.Hidden, Cells: res.Cells(Rows, Cols)}
	l.Band, l.Reason = bandOf(m, l.Probability, l.Hidden)
	l.Aligned = overlay(ref, query, res)
	return l, nil
}

func traced(ctx context.Context, side Side, m *stroke.Mask) (*trace.Trace, error) {
	t, err := trace.From(ctx, m)
	if err == nil {
		return t, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, &InputError{side, err}
}

func bandOf(m *model.Model, p, hidden float64) (Band, string) {
	switch {
	case p < m.Differs:
		return Differs, ""
	case p < m.Agrees:
		return Doubtful, ""
	case hidden > MaxHidden:
		return Doubtful, ReasonHidden
	default:
		return Agrees, ""
	}
}
