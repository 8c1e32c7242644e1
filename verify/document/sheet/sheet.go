// Package sheet finds the sheet of paper in a photo and lays it flat.
//
// Find looks at a reduced picture for straight edges (an oriented Hough transform of gradients in brightness and two
// colours), scores every quadrilateral that four of them form by what its sides separate, and then measures the sides
// of the best ones in the full picture with sub-pixel profiles. It never fails on a picture: what could not be found is
// a Note and a low Score, and the corners can be set by hand.
package sheet

import (
	"context"
	"errors"
	"image"
	"math"

	"zhengyan/verify/page"
)

// Note is something about the picture that a reader must know before trusting what is read from it.
type Note string

// The notes.
const (
	// NoSheet: four sides of a sheet were not found; the corners are those of the picture.
	NoSheet Note = "no-sheet"
	// TwoSheets: another sheet of like size lies beside the one that was found.
	TwoSheets Note = "two-sheets"
	// CutOff: a part of the sheet lies outside of the picture.
	CutOff Note = "cut-off"
	// Curled: the sides are bent more than a lens bends them; places on the flattened sheet are off by millimetres.
	Curled Note = "curled"
	// Screen: the sheet seems to be shown on a monitor. Not every photo of a monitor can be told.
	Screen Note = "screen-photographed"
	// TooSmall: the picture has too few pixels for a page.
	TooSmall Note = "too-small"
	// TooLarge: the picture has more pixels than Find looks at.
	TooLarge Note = "too-large"
)

// ErrCorners is the error of Dewarp for corners that are not those of a convex quadrilateral, clockwise, and for a picture
// too small to hold any.
var ErrCorners = errors.New("the corners are not those of a sheet")

// Limits of Find.
const (
	// MinPixels is the shorter side below which a picture holds no readable page.
	MinPixels = 200
	// MaxPixels is the largest number of pixels that is looked at.
	MaxPixels = 64_000_000
)

// Sheet is a sheet of paper in a picture. Corners are in pixels of the picture from the top left corner of its first
// pixel, clockwise, the first being the one nearest to the picture's top left: which of them is the page's own top left
// only its print can tell.
type Sheet struct {
	Corners [4]page.Point `json:"corners"`
	// Score says how sure the corners are, 0 to 1. Below MinScore they should be confirmed by eye.
	Score float64 `json:"score"`
	Notes []Note  `json:"notes,omitempty"`
	// Bend is how far each side (top, right, bottom, left) bows outwards in the middle, as a share of its length.
	Bend [4]float64 `json:"bend"`
	// Aspect is the ratio of the longer side to the shorter one, perspective taken out; see Size.
	Aspect float64 `json:"aspect"`
	// Wide is set where the sheet is wider than high as it lies in the picture.
	Wide bool `json:"wide,omitempty"`
}

// MinScore is the score from which corners need no confirmation.
const MinScore = 0.5

// Has reports whether the note was made.
func (s Sheet) Has(n Note) bool {
	for _, m := range s.Notes {
		if m == n {
			return true
		}
	}
	return false
}

// Whole is the sheet that fills the picture.
func Whole(b image.Rectangle) Sheet {
	w, h := float64(b.Dx()), float64(b.Dy())
	s := Sheet{Corners: [4]page.Point{{}, {X: w}, {X: w, Y: h}, {Y: h}}, Wide: w > h}
	if w > 0 && h > 0 {
		s.Aspect = max(w, h) / min(w, h)
	}
	return s
}

// Find looks for the sheet. The error is the context's, and nothing else is one.
func Find(ctx context.Context, img image.Image) (Sheet, error) {
	b := img.Bounds()
	s := Whole(b)
	switch w, h := b.Dx(), b.Dy(); {
	case min(w, h) < MinPixels:
		s.Notes = []Note{TooSmall, NoSheet}
		return s, ctx.Err()
	case int64(w)*int64(h) > MaxPixels:
		s.Notes = []Note{TooLarge, NoSheet}
		return s, ctx.Err()
	}
	full := newPixels(img)
	work := full.reduce(workSide)
	if err := ctx.Err(); err != nil {
		return s, err
	}
	edges := findEdges(work)
	lines := edges.lines()
	if err := ctx.Err(); err != nil {
		return s, err
	}
	quads := edges.quads(lines)
	if err := ctx.Err(); err != nil {
		return s, err
	}
	best, found := refineBest(full, work, quads)
	if !found {
		s.Notes = []Note{NoSheet}
		return s, nil
	}
	s.Corners, s.Score, s.Bend = best.corners, best.score, best.bend
	s.Aspect, s.Wide = aspectOf(s.Corners, b)
	if best.score < noSheetScore {
		w := Whole(b)
		w.Score, w.Notes = best.score, []Note{NoSheet}
		return w, nil
	}
	// A sheet that has the sides of A4 is whole, whatever lines of the desk meet its corners, unless the paper runs on beyond
	// two of them: then A4 was found among the lines of its print. One with the print's frame along all sides is whole, too.
	runs, odd := best.beyond > runsOn, false
	if math.Abs(s.Aspect/math.Sqrt2-1) > nearA4 {
		odd, s.Score = true, min(s.Score, doubtedScore) // certificates are printed on A4
	}
	if best.cut || (runs || odd) && !best.framed() && edges.runsOut(best.inWork(work.scale)) {
		s.Notes = append(s.Notes, CutOff)
		if runs {
			s.Score = min(s.Score, doubtedScore)
		}
	}
	if best.bent() > curledBend {
		s.Notes = append(s.Notes, Curled)
	}
	if edges.another(quads, best) {
		s.Notes = append(s.Notes, TwoSheets)
	}
	if full.onScreen(s.Corners) {
		s.Notes = append(s.Notes, Screen)
	}
	return s, ctx.Err()
}

// clockwise puts corners into order, the one nearest the top left first.
func clockwise(c [4]page.Point) [4]page.Point {
	if cross(sub(c[1], c[0]), sub(c[2], c[0])) < 0 {
		c[1], c[3] = c[3], c[1]
	}
	first := 0
	for i := range c {
		if c[i].X+c[i].Y < c[first].X+c[first].Y {
			first = i
		}
	}
	return [4]page.Point{c[first], c[(first+1)%4], c[(first+2)%4], c[(first+3)%4]}
}

func sub(a, b page.Point) page.Point { return page.Point{X: a.X - b.X, Y: a.Y - b.Y} }

func cross(a, b page.Point) float64 { return a.X*b.Y - a.Y*b.X }

func length(a page.Point) float64 { return math.Hypot(a.X, a.Y) }

// convex reports whether the corners turn one way, and none is nearly straight.
func convex(c [4]page.Point) bool {
	for i := range c {
		a, b := sub(c[(i+1)%4], c[i]), sub(c[(i+2)%4], c[(i+1)%4])
		if cross(a, b) < 0.35*length(a)*length(b) {
			return false
		}
	}
	return true
}

func area(c [4]page.Point) float64 {
	return math.Abs(cross(sub(c[2], c[0]), sub(c[3], c[1]))) / 2
}
