package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// listKeys is what a list does with the arrows and Space while it has the focus, which a click on a row gives it.
type listKeys int

const (
	listPasses  listKeys = iota // its rows are what the window's keys go through
	listChooses                 // an arrow chooses the next row
	listMarks                   // an arrow marks the next row, Space chooses it
)

// list is the toolkit's list, which keeps no key from the window but those that choose its rows.
type list struct {
	widget.List
	keys listKeys
}

func newList(keys listKeys, length func() int, create func() fyne.CanvasObject, update func(widget.ListItemID, fyne.CanvasObject)) *list {
	l := &list{widget.List{Length: length, CreateItem: create, UpdateItem: update}, keys}
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained implements fyne.Focusable. Only rows that the list's own keys go through are framed.
func (l *list) FocusGained() {
	if l.keys != listPasses {
		l.List.FocusGained()
	}
}

// FocusLost implements fyne.Focusable.
func (l *list) FocusLost() {
	if l.keys != listPasses {
		l.List.FocusLost()
	}
}

// TypedKey implements fyne.Focusable.
func (l *list) TypedKey(e *fyne.KeyEvent) {
	switch {
	case l.keys != listPasses && (e.Name == fyne.KeyUp || e.Name == fyne.KeyDown):
		l.List.TypedKey(e)
		if l.keys == listChooses {
			l.List.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		}
	case l.keys != listPasses && e.Name == fyne.KeySpace:
		l.List.TypedKey(e)
	default:
		passKey(l, e)
	}
}

// TypedRune implements fyne.Focusable.
func (l *list) TypedRune(r rune) { passRune(l, r) }
