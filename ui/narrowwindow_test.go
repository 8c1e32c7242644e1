package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// A screen of 1,024 by 768 has room for every screen in both languages, and the entries of the question for their hints.
func TestWindowFitsASmallScreen(t *testing.T) {
	for _, lang := range viewmodel.Langs() {
		r := newRigWith(t, vmtest.New([]string{"甲/1.pdf", "乙/2.pdf"}, vmtest.Good(), vmtest.Tampered()), func(o *Options) {
			k := &kept{}
			o.Snapshots, o.Trust, o.Audit, o.Settings, o.Lang, o.Font = k, keptTrust{k}, keptLog{k, ""}, keptSettings{k}, lang, assets.Font()
			o.Chosen = viewmodel.DefaultSettings()
			o.Chosen.TourSeen = true
		})
		r.Open([]string{"all"})
		r.until("all is read", func() bool { return r.session.Counts().Finished() == 2 && r.session.Report() != nil })
		r.checkFreshness()
		for _, s := range r.screens {
			r.Show(s.Key())
			r.settle()
			r.win.Resize(fyne.NewSize(1024, 740))
			r.win.Content().Refresh() // as the toolkit does before it draws
			for i := range 2 {
				r.session.Select(r.session.At(i).ID)
				r.settle()
				if m := r.win.Content().MinSize(); m.Width > 1024 || m.Height > 740 {
					t.Errorf("%s: the window on %q, file %d, cannot be smaller than %v", lang, s.Key(), i, m)
				}
			}
		}
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
