package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// small is a window with the bundled font, in a language and with a size of texts.
func small(t *testing.T, lang viewmodel.Lang, scale int) *rig {
	t.Helper()
	r := newRigWith(t, vmtest.New([]string{"甲/1.pdf", "乙/2.pdf"}, vmtest.Good(), vmtest.Tampered()), func(o *Options) {
		k := &kept{}
		o.Snapshots, o.Trust, o.Audit, o.Settings, o.Lang, o.Font = k, keptTrust{k}, keptLog{k, ""}, keptSettings{k}, lang, assets.Font()
		o.Chosen = viewmodel.DefaultSettings()
		o.Chosen.TourSeen, o.Chosen.TextScale = true, scale
	})
	r.Open([]string{"all"})
	r.until("all is read", func() bool { return r.session.Counts().Finished() == 2 && r.session.Report() != nil })
	r.checkFreshness()
	return r
}

// fits looks at every screen with every file: none may need more room than there is.
func (r *rig) fits(lang viewmodel.Lang, room fyne.Size) {
	r.t.Helper()
	for _, s := range r.screens {
		r.Show(s.Key())
		r.settle()
		r.win.Resize(room)
		r.win.Content().Refresh() // as the toolkit does before it draws
		for i := range 2 {
			r.session.Select(r.session.At(i).ID)
			r.settle()
			if m := r.win.Content().MinSize(); m.Width > room.Width || m.Height > room.Height {
				r.t.Errorf("%s: the window on %q, file %d, cannot be smaller than %v", lang, s.Key(), i, m)
			}
		}
	}
}

// A screen of 1,024 by 768 has room for every screen in both languages, and the entries of the question for their hints.
func TestWindowFitsASmallScreen(t *testing.T) {
	for _, lang := range viewmodel.Langs() {
		r := small(t, lang, 100)
		r.fits(lang, fyne.NewSize(1024, 740))
		for _, width := range []float32{1280, 1024} {
			r.win.Resize(fyne.NewSize(width, 740))
			r.win.Content().Refresh()
			for _, e := range []*keyEntry{r.header.employer, r.header.second} {
				if got, want := e.Size().Width, entryWidth(r.th, e.PlaceHolder); got < want {
					t.Errorf("%s, %v wide: %q has %v of %v", lang, width, e.PlaceHolder, got, want)
				}
			}
		}
	}
}

// With texts at 200 % the window and its dialogs fit a screen of 1,280 by 800, and the table of all files keeps rows beside
// the verdict of the one selected.
func TestLargeTextsFitASmallScreen(t *testing.T) {
	room := fyne.NewSize(1280, 770)
	for _, lang := range viewmodel.Langs() {
		r := small(t, lang, 200)
		r.fits(lang, room)
		r.Show("batch")
		r.settle()
		if b := r.current().(*batchScreen); b.table.Size().Height < 150 {
			t.Errorf("%s: the table is %v high", lang, b.table.Size().Height)
		}
		for name, open := range map[string]func(){"help": r.help, "about": r.about, "export": r.askExport, "tour": r.tour} {
			open()
			if m := r.shown.Content.MinSize(); m.Width > room.Width || m.Height > room.Height {
				t.Errorf("%s: the dialog %q cannot be smaller than %v", lang, name, m)
			}
			r.closeDialog()
		}
	}
}
