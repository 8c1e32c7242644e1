package ui

import (
	"context"

	"zhengyan/ui/viewmodel"
)

// saving writes settings one after another, so that an older state never lands on a newer one. It belongs to the toolkit's
// goroutine.
type saving struct {
	busy    bool
	waiting bool               // the settings have changed since the last write began
	loud    bool               // a failure of the next write is to be shown
	have    viewmodel.Settings // what the store has
}

// change changes the settings and keeps them; a failure is shown.
func (w *Window) change(f func(*viewmodel.Settings)) { w.keepSettings(f, true) }

// remember keeps what the window notes of itself. Where nothing can be written that is not worth a word: the next start is
// as the last one.
func (w *Window) remember(f func(*viewmodel.Settings)) { w.keepSettings(f, false) }

func (w *Window) keepSettings(f func(*viewmodel.Settings), loud bool) {
	f(&w.settings)
	w.observe()
	if w.o.OnSettings != nil {
		w.o.OnSettings(w.settings)
	}
	w.saving.waiting = true
	w.saving.loud = w.saving.loud || loud
	w.save()
}

// save starts a write unless one is under way, which calls it again when it has ended.
func (w *Window) save() {
	s := &w.saving
	if w.o.Settings == nil || s.busy || !s.waiting {
		return
	}
	v, loud := w.settings, s.loud
	s.busy, s.waiting, s.loud = true, false, false
	w.background(func(context.Context) error { return w.o.Settings.Save(v) }, func(err error) {
		s.busy = false
		switch {
		case err == nil:
			s.have = v
		case loud:
			w.notify(w.m.T("settings.unsaved", "error", err.Error()), false)
		}
		w.save()
	})
}

// observe takes the window's own state into the settings.
func (w *Window) observe() {
	v := &w.settings.Window
	v.Screen = w.at
	if s := w.win.Canvas().Size(); s.Width >= leastWidth && s.Height >= leastHeight {
		v.Width, v.Height = s.Width, s.Height
	}
	for i, s := range w.split {
		if s != nil {
			v.Splits[i] = s.Offset
		}
	}
}

// saveLast writes the settings a last time, when all other writes have ended. There is no window left to show a failure in.
func (w *Window) saveLast() {
	if w.o.Settings == nil || w.settings == w.saving.have {
		return
	}
	v := w.settings
	if safely(context.Background(), func(context.Context) error { return w.o.Settings.Save(v) }) == nil {
		w.saving.have = v
	}
}
