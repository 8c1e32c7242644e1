package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
)

// rig is a window on the toolkit's test driver with an engine double. The test's goroutine is the window's.
// messages are the window's words in a language.
func messages(t *testing.T, l viewmodel.Lang) *viewmodel.Messages {
	t.Helper()
	m, err := viewmodel.LoadMessages(assets.Translations(), l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tables are the words in every language.
func tables(t *testing.T) map[viewmodel.Lang]*viewmodel.Messages {
	t.Helper()
	all := map[viewmodel.Lang]*viewmodel.Messages{}
	for _, l := range viewmodel.Langs() {
		all[l] = messages(t, l)
	}
	return all
}

type rig struct {
	t *testing.T
	*Window
	engine *vmtest.Engine
	ch     chan func()
}

func newRig(t *testing.T, e *vmtest.Engine) *rig { t.Helper(); return newRigWith(t, e, nil) }

func newRigWith(t *testing.T, e *vmtest.Engine, set func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, engine: e, ch: make(chan func(), 64)}
	o := Options{
		App: test.NewTempApp(t), Engine: e, Tables: tables(t), Lang: viewmodel.Chinese, Policies: []string{"standard", "strict", "audit"},
		Question: verify.Question{At: viewmodel.Instant(vmtest.Day(2026, 3, 1))}, Workers: 1,
		Now: func() time.Time { return vmtest.Noon(2026, 4, 1) }, Dispatch: func(f func()) { r.ch <- f },
	}
	if set != nil {
		set(&o)
	}
	r.Window = New(o)
	r.win.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(r.Close)
	return r
}

// until runs what the pump dispatches until cond holds.
func (r *rig) until(what string, cond func() bool) {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
	for !cond() {
		select {
		case f := <-r.ch:
			f()
		case <-deadline:
			r.t.Fatalf("gave up waiting until %s", what)
		}
	}
}

// opened is a rig that has read all its files and drawn the first.
func opened(t *testing.T, e *vmtest.Engine) *rig {
	t.Helper()
	r := newRig(t, e)
	r.Open([]string{"all"})
	r.until("all is read, drawn and worked out", func() bool {
		return r.session.Counts().Total > 0 && !r.session.Counts().Working() && r.session.Picture() != nil && r.session.Segments() != nil
	})
	return r
}

func one(c vmtest.Case) *vmtest.Engine { return vmtest.New([]string{"证书.pdf"}, c) }

// texts returns every text that is visible under o, joined by line ends.
func texts(o fyne.CanvasObject) string {
	var b strings.Builder
	for _, x := range test.LaidOutObjects(o) {
		switch x := x.(type) {
		case *canvas.Text:
			b.WriteString(x.Text + "\n")
		case *widget.RichText:
			b.WriteString(x.String() + "\n")
		}
	}
	return b.String()
}

func (r *rig) wantText(o fyne.CanvasObject, want ...string) {
	r.t.Helper()
	got := strings.ReplaceAll(texts(o), "\n", "") // wrapped lines are texts of their own
	for _, w := range want {
		if !strings.Contains(got, w) {
			r.t.Errorf("%q is not shown; the texts are:\n%s", w, texts(o))
		}
	}
}
