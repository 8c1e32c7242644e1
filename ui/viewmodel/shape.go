package viewmodel

import "zhengyan/verify"

// Shape is the figure that stands for a result, so that no result is told by colour alone.
type Shape int

// The shapes.
const (
	ShapeWait    Shape = iota // being read, or waiting
	ShapePass                 // a disc with a tick
	ShapeFail                 // an octagon with a cross
	ShapeUnknown              // a triangle with a question mark
	ShapeSkip                 // a ring with a dash
)

// ShapeOf returns the shape of a verdict; anything but the three known values is unknown.
func ShapeOf(i verify.Indication) Shape {
	switch i {
	case verify.TotalPassed:
		return ShapePass
	case verify.TotalFailed:
		return ShapeFail
	}
	return ShapeUnknown
}

// ShapeOfStatus returns the shape of a check's status.
func ShapeOfStatus(s verify.Status) Shape {
	switch s {
	case verify.Passed:
		return ShapePass
	case verify.Failed:
		return ShapeFail
	case verify.Skipped:
		return ShapeSkip
	}
	return ShapeUnknown
}

// Word returns the verdict's word: 通过, 不通过 or 无法确定.
func (m *Messages) Word(i verify.Indication) string {
	switch i {
	case verify.TotalPassed, verify.TotalFailed:
		return m.T("verdict." + string(i))
	}
	return m.T("verdict." + string(verify.Indeterminate))
}
