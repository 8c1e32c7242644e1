package ui

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

func TestWindowIsRememberedInTheSettings(t *testing.T) {
	k := &kept{}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.win.Resize(fyne.NewSize(1500, 950))
	r.Show("settings")
	for i, s := range []*container.Split{r.split[0], r.split[1]} {
		s.SetOffset(0.3 + 0.1*float64(i))
	}
	r.switchLanguage()
	r.setLook(look{dark: true, scale: 125})
	r.settle()
	if n := len(k.saved); n == 0 || k.saved[n-1].Lang != viewmodel.English || !k.saved[n-1].Dark || k.saved[n-1].TextScale != 125 {
		t.Fatalf("language and look are not kept when they change: %+v", k.saved)
	}
	r.win.Resize(fyne.NewSize(1400, 900))
	r.Close()
	last := k.saved[len(k.saved)-1]
	if want := (viewmodel.WindowState{Screen: "settings", Width: 1400, Height: 900, Splits: [2]float64{0.3, 0.4}}); last.Window != want || !last.Dark {
		t.Errorf("left as %+v, want %+v", last, want)
	}
	n := len(k.saved)
	r.Close()
	if len(k.saved) != n {
		t.Error("what is kept already is written again")
	}

	again := newRigWith(t, one(vmtest.Good()), func(o *Options) { o.Chosen = last })
	if s := again.win.Canvas().Size(); again.at != "settings" || !again.th.Dark() || again.split[0].Offset != 0.3 || again.split[1].Offset != 0.4 || s.Width <= 0 {
		t.Errorf("opened on %q, dark %v, split %v %v", again.at, again.th.Dark(), again.split[0].Offset, again.split[1].Offset)
	}
}

// Where nothing can be written the window works all the same; only what a person sets on purpose is said to be lost.
func TestAWindowThatCannotKeepItsSettings(t *testing.T) {
	k := &kept{fail: errors.New("read-only file system")}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.switchLanguage()
	r.settle()
	if r.notice.Visible() {
		t.Error("a look that is not kept is shown as an error")
	}
	r.change(func(v *viewmodel.Settings) { v.Operator = "评委甲" })
	r.settle()
	r.wantText(r.notice, "read-only file system")
	r.Close()

	none := newRig(t, one(vmtest.Good())) // no store at all
	none.switchLanguage()
	none.Close()
}

// Saves that overtake each other would leave an older state behind.
func TestSettingsAreWrittenOneAfterAnother(t *testing.T) {
	s := &slowSettings{begun: make(chan viewmodel.Settings, 8), release: make(chan bool)}
	r := newRigWith(t, one(vmtest.Good()), func(o *Options) { o.Settings, o.Chosen = s, viewmodel.DefaultSettings() })
	for _, name := range []string{"a", "b", "c"} {
		r.change(func(v *viewmodel.Settings) { v.Operator = name })
	}
	if v := <-s.begun; v.Operator != "a" || len(s.begun) != 0 {
		t.Errorf("first %q", v.Operator)
	}
	s.release <- true
	(<-r.ch)() // the end of the first write begins the next
	if v := <-s.begun; v.Operator != "c" {
		t.Errorf("second %q", v.Operator)
	}
	close(s.release)
}

type slowSettings struct {
	begun   chan viewmodel.Settings
	release chan bool
}

func (s *slowSettings) Load() (viewmodel.Settings, error) { return viewmodel.DefaultSettings(), nil }

func (s *slowSettings) Save(v viewmodel.Settings) error {
	s.begun <- v
	<-s.release
	return nil
}
