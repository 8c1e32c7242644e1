package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// keyHelp names a shortcut and what it does, by message key.
type keyHelp struct{ keys, text string }

// keyList is what the help shows; installKeys installs the same.
func keyList() []keyHelp {
	return []keyHelp{
		{"Ctrl+O", "help.key.open"},
		{"Ctrl+Shift+O", "help.key.folder"},
		{"Ctrl+S", "help.key.export"},
		{"Ctrl+1 … 9", "help.key.screen"},
		{"PgDn / PgUp", "help.key.step"},
		{"Alt+← / Alt+→", "help.key.day"},
		{"Alt+↓ / Alt+↑", "help.key.month"},
		{"Ctrl+Alt+← / →", "help.key.flip"},
		{"Ctrl+T", "help.key.today"},
		{"Ctrl+D", "help.key.entry"},
		{"Ctrl+Shift+C", "help.key.copy"},
		{"Ctrl+= / Ctrl+- / Ctrl+0", "help.key.zoom"},
		{"Ctrl+E", "help.key.expand"},
		{"Ctrl+P", "help.key.pause"},
		{"1 / 2 / 3", "help.key.decide"},
		{"N", "help.key.note"},
		{"U / Ctrl+Z", "help.key.undo"},
		{"/", "help.key.search"},
		{"Ctrl+L", "help.key.lang"},
		{"Ctrl+K", "help.key.theme"},
		{"Esc", "help.key.escape"},
		{"F1", "help.key.help"},
	}
}

// installKeys connects the keyboard. Keys without a modifier reach the window only while nothing has the focus; widgets of
// ours that may have it pass them on.
func (w *Window) installKeys() {
	c := w.win.Canvas()
	add := func(mod fyne.KeyModifier, key fyne.KeyName, f func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: mod}, func(fyne.Shortcut) { f() })
	}
	const ctrl, alt, shift = fyne.KeyModifierControl, fyne.KeyModifierAlt, fyne.KeyModifierShift
	add(ctrl, fyne.KeyO, w.openFile)
	add(ctrl|shift, fyne.KeyO, w.openFolder)
	add(ctrl, fyne.KeyS, w.askExport)
	add(ctrl, fyne.KeyDown, func() { w.session.Step(1) })
	add(ctrl, fyne.KeyUp, func() { w.session.Step(-1) })
	add(alt, fyne.KeyLeft, func() { w.shiftDay(-1) })
	add(alt, fyne.KeyRight, func() { w.shiftDay(1) })
	add(alt, fyne.KeyUp, func() { w.shiftDay(-30) })
	add(alt, fyne.KeyDown, func() { w.shiftDay(30) })
	add(ctrl|alt, fyne.KeyLeft, func() { w.panel.time.jump(false) })
	add(ctrl|alt, fyne.KeyRight, func() { w.panel.time.jump(true) })
	add(ctrl, fyne.KeyT, func() { w.setDay(w.today()) })
	add(ctrl, fyne.KeyD, func() {
		c.Focus(w.header.day)
		w.header.day.TypedShortcut(&fyne.ShortcutSelectAll{})
	})
	add(ctrl|shift, fyne.KeyC, w.copyResult)
	add(ctrl, fyne.KeyEqual, func() { w.page.zoomBy(zoomStep) })
	add(ctrl, fyne.KeyPlus, func() { w.page.zoomBy(zoomStep) })
	add(ctrl, fyne.KeyMinus, func() { w.page.zoomBy(1 / zoomStep) })
	add(ctrl, fyne.Key0, func() { w.page.zoomFit() })
	add(ctrl, fyne.KeyE, func() { w.panel.toggleAll() })
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9} {
		add(ctrl, key, func() {
			if i < len(w.screens) {
				w.Show(w.screens[i].Key())
			}
		})
	}
	add(ctrl, fyne.KeyP, func() { w.session.Pause(!w.session.Paused()) })
	add(ctrl, fyne.KeyZ, func() { w.session.Undo() })
	add(ctrl, fyne.KeyL, w.switchLanguage)
	add(ctrl, fyne.KeyK, w.switchTheme)
	add(ctrl, fyne.KeyQ, w.win.Close)
	c.SetOnTypedKey(w.typedKey)
	c.SetOnTypedRune(w.typedRune)
}

func (w *Window) typedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyF1:
		w.help()
	case fyne.KeyEscape:
		w.escape()
	default:
		switch p := w.cornered(); {
		case w.overlaid(): // keys of the screen mean nothing below a dialog
		case p != nil: // nor while corners are set, whatever was clicked meanwhile
			p.editor.TypedKey(e)
		default:
			w.current().TypedKey(e)
		}
	}
}

// cornered is the page on the screen that is shown whose corners a person is setting, nil for none.
func (w *Window) cornered() *pageView {
	for _, p := range w.pages() {
		if p.editing {
			return p
		}
	}
	return nil
}

// pages are the pages on the screen that is shown.
func (w *Window) pages() []*pageView {
	switch s := w.current().(type) {
	case *verifyScreen:
		return []*pageView{w.page}
	case *reviewScreen:
		return []*pageView{s.page}
	}
	return nil
}

// overlaid reports whether a dialog or a menu of the toolkit's own lies over the window.
func (w *Window) overlaid() bool { return w.win.Canvas().Overlays().Top() != nil }

func (w *Window) typedRune(r rune) {
	switch {
	case r == '?':
		w.help()
	case w.overlaid():
	case w.cornered() != nil:
		w.cornered().editor.TypedRune(r)
	default:
		w.current().TypedRune(r)
	}
}

// escape ends one thing, the topmost: the dialog, what is open on the page, the notice, and only then the reading.
func (w *Window) escape() {
	if w.shown != nil {
		w.closeDialog()
		return
	}
	if w.overlaid() { // a dialog of the toolkit's, which has buttons of its own
		return
	}
	for _, p := range w.pages() {
		if p.leave() {
			return
		}
	}
	if w.notice.Visible() {
		w.notice.Hide()
		return
	}
	if w.session.Counts().Working() || w.session.Expanding() {
		w.session.Cancel()
	}
}
