//go:build !cgo || ci

package main

import "fyne.io/fyne/v2"

// newRest is for builds without a real window: their loop costs nothing.
func newRest(func() bool) *rest {
	return &rest{do: fyne.Do, later: func(func()) {}, wake: func() {}}
}
