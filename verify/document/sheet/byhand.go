package sheet

import (
	"image"

	"zhengyan/verify/page"
)

// ByHand is the note on a sheet whose corners a person has set. Its Score is 1: nothing is left to be confirmed by eye.
const ByHand Note = "corners-by-hand"

// Set is the sheet between corners that a person has set, in pixels of a picture with bounds b from its top left corner,
// clockwise. The error is ErrCorners.
func Set(corners [4]page.Point, b image.Rectangle) (Sheet, error) {
	if !turnsOneWay(corners) {
		return Sheet{}, ErrCorners
	}
	s := Sheet{Corners: corners, Score: 1, Notes: []Note{ByHand}}
	s.Aspect, s.Wide = aspectOf(corners, b)
	return s, nil
}
