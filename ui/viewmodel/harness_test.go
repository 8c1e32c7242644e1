package viewmodel_test

import (
	"io/fs"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
)

func assetsFS() fs.FS { return assets.Translations() }

func messages(t *testing.T, lang viewmodel.Lang) *viewmodel.Messages {
	t.Helper()
	m, err := viewmodel.LoadMessages(assets.Translations(), lang)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// loop is the goroutine that owns a session in tests: the test's own.
type loop struct {
	t  *testing.T
	ch chan func()
}

func newLoop(t *testing.T) *loop { return &loop{t: t, ch: make(chan func(), 64)} }

func (l *loop) dispatch(f func()) { l.ch <- f }

// until runs what was dispatched until cond holds. It looks at cond now and then as well: what an engine has counted changes
// without anything being dispatched.
func (l *loop) until(what string, cond func() bool) {
	l.t.Helper()
	deadline, again := time.After(20*time.Second), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for !cond() {
		select {
		case f := <-l.ch:
			f()
		case <-again.C:
		case <-deadline:
			l.t.Fatalf("gave up waiting until %s", what)
		}
	}
}

func newSession(t *testing.T, e *vmtest.Engine, workers int) (*viewmodel.Session, *loop, *[]viewmodel.Change) {
	t.Helper()
	l := newLoop(t)
	var changes []viewmodel.Change
	s := viewmodel.NewSession(viewmodel.Config{
		Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Workers: workers,
		Question: verify.Question{At: vmtest.Noon(2026, 3, 1)},
		OnChange: func(c viewmodel.Change) { changes = append(changes, c) },
	})
	t.Cleanup(s.Close)
	return s, l, &changes
}
