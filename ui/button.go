package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// button is the toolkit's button with the keys that people expect: Enter presses it like Space, and every key that means
// nothing to it goes to the window, so that Esc closes a dialog and J and K move on while a button has the focus.
type button struct{ widget.Button }

func newButton(text string, tapped func()) *button { return newButtonWithIcon(text, nil, tapped) }

func newButtonWithIcon(text string, icon fyne.Resource, tapped func()) *button {
	b := &button{widget.Button{Text: text, Icon: icon, OnTapped: tapped}}
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey implements fyne.Focusable.
func (b *button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		passKey(b, e)
	}
}

// TypedRune implements fyne.Focusable.
func (b *button) TypedRune(r rune) {
	if r != ' ' { // which has come as a key
		passRune(b, r)
	}
}

// check is the toolkit's check box, which keeps the window's keys no more than a button does.
type check struct{ widget.Check }

func newCheck(text string, changed func(bool)) *check {
	c := &check{widget.Check{Text: text, OnChanged: changed}}
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey implements fyne.Focusable.
func (c *check) TypedKey(e *fyne.KeyEvent) {
	if e.Name != fyne.KeySpace { // which comes as a rune
		passKey(c, e)
	}
}

// TypedRune implements fyne.Focusable.
func (c *check) TypedRune(r rune) {
	if r == ' ' {
		c.Check.TypedRune(r)
		return
	}
	passRune(c, r)
}

// passKey gives a key to the window that shows o.
func passKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

func passRune(o fyne.CanvasObject, r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}
