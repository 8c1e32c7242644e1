package viewmodel_test

import (
	"errors"
	"fmt"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
)

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%03d.pdf", i)
	}
	return out
}

func many(n int, c func(i int) vmtest.Case) *vmtest.Engine {
	e := &vmtest.Engine{}
	for i, name := range names(n) {
		e.Add(name, c(i))
	}
	return e
}

func TestFilesAreReadInOrderAndTheFirstIsShown(t *testing.T) {
	e := vmtest.New([]string{"a.pdf", "b.pdf", "c.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Unreadable())
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("all are judged", func() bool { return s.Counts().Total == 3 && !s.Counts().Working() && s.Report() != nil })
	c := s.Counts()
	if c.Passed != 1 || c.Failed != 1 || c.Indeterminate != 0 || c.Unreadable != 1 {
		t.Errorf("counts %+v", c)
	}
	if it := s.Selected(); it == nil || it.File.Name != "a.pdf" {
		t.Errorf("selected %+v", it)
	}
	if got := s.At(1).Row; got.Shape != viewmodel.ShapeFail || got.Title != "b.pdf" {
		t.Errorf("row %+v", got)
	}
	if got := s.At(2).Row; !got.Unreadable || got.Reason != "文件已损坏，打不开。" {
		t.Errorf("unreadable file's row %+v", got)
	}
	l.until("the timeline is there", func() bool { return s.Segments() != nil })
}

func TestTheSelectedFileIsReadNext(t *testing.T) {
	e := many(20, func(int) vmtest.Case { return vmtest.Good() })
	e.Gate = make(chan struct{})
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("one is being read", func() bool { return s.Counts().Total == 20 && s.Counts().Reading == 1 })
	s.Select(15)
	e.Gate <- struct{}{}
	e.Gate <- struct{}{}
	l.until("the selected one is judged", func() bool { return s.Report() != nil })
	if n := s.Counts().Finished(); n > 2 {
		t.Errorf("%d files were read before the selected one", n)
	}
	close(e.Gate)
}

func TestChangingTheDayJudgesEveryFileAgain(t *testing.T) {
	e := many(450, func(int) vmtest.Case { return vmtest.Good() })
	s, l, _ := newSession(t, e, 2)
	s.Open([]string{"all"})
	l.until("all are judged", func() bool { return s.Counts().Passed == 450 })
	q := s.Question()
	q.At = vmtest.Noon(2026, 8, 1)
	s.Ask(q)
	if s.Report().Indication != verify.TotalFailed {
		t.Error("the selected file is not judged at once")
	}
	q.At = vmtest.Noon(2026, 8, 2) // the first day is overtaken before the list was judged
	s.Ask(q)
	l.until("all are judged as at the later day", func() bool { return s.Counts().Failed == 450 })
	if r := s.At(300).Row; r.Reason != "判定日 2026-08-02 晚于票面截止日 2026-07-09。" {
		t.Errorf("row 300 says %q", r.Reason)
	}
	if g, _, _ := e.Counts(); g != 450 {
		t.Errorf("files were read %d times; judging again must not touch them", g)
	}
}

func TestCancelAndResume(t *testing.T) {
	e := many(30, func(int) vmtest.Case { return vmtest.Good() })
	e.Gate = make(chan struct{})
	s, l, _ := newSession(t, e, 2)
	s.Open([]string{"all"})
	l.until("two are being read", func() bool { return s.Counts().Total == 30 && s.Counts().Reading == 2 })
	s.Cancel()
	if c := s.Counts(); c.Cancelled != 30 || c.Working() {
		t.Errorf("after cancel: %+v", c)
	}
	close(e.Gate)
	s.Resume()
	l.until("all are judged", func() bool { return s.Counts().Passed == 30 })
}

func TestPauseHoldsBackWhatWaits(t *testing.T) {
	e := many(10, func(int) vmtest.Case { return vmtest.Good() })
	s, l, _ := newSession(t, e, 1)
	s.Pause(true)
	s.Open([]string{"all"})
	l.until("all are listed", func() bool { return s.Counts().Total == 10 && !s.Expanding() })
	if c := s.Counts(); c.Waiting != 10 {
		t.Errorf("paused, but %+v", c)
	}
	s.Pause(false)
	l.until("all are judged", func() bool { return s.Counts().Passed == 10 })
}

func TestAPanicCostsItsOwnRowOnly(t *testing.T) {
	e := vmtest.New([]string{"bad.pdf", "good.pdf"}, vmtest.Case{Panic: true}, vmtest.Good())
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("both are judged", func() bool { return s.Counts().Total == 2 && !s.Counts().Working() })
	if a, b := s.At(0).Row, s.At(1).Row; a.Indication != verify.Indeterminate || !a.Unreadable || b.Indication != verify.TotalPassed {
		t.Errorf("rows %+v, %+v", a, b)
	}
}

func TestFilter(t *testing.T) {
	e := many(9, func(i int) vmtest.Case {
		return []func() vmtest.Case{vmtest.Good, vmtest.Tampered, vmtest.Scan}[i%3]()
	})
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("all are judged", func() bool { return s.Counts().Total == 9 && !s.Counts().Working() })
	for f, want := range map[viewmodel.Filter]verify.Indication{viewmodel.ShowFailed: verify.TotalFailed, viewmodel.ShowPassed: verify.TotalPassed, viewmodel.ShowIndeterminate: verify.Indeterminate} {
		s.SetFilter(f)
		if s.Len() != 3 || s.At(1).Row.Indication != want {
			t.Errorf("filter %d shows %d rows", f, s.Len())
		}
	}
	s.SetFilter(viewmodel.ShowFailed)
	s.Step(1)
	if it := s.Selected(); it.ID != 1 {
		t.Errorf("stepping from a hidden row selects %d", it.ID)
	}
	s.Step(1)
	if it := s.Selected(); it.ID != 4 {
		t.Errorf("stepping selects %d", it.ID)
	}
	s.Step(99)
	if it := s.Selected(); it.ID != 7 {
		t.Errorf("stepping past the end selects %d", it.ID)
	}
}

func TestOpeningAFileAgainReadsItAgain(t *testing.T) {
	e := vmtest.New([]string{"a.pdf"}, vmtest.Good())
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"a.pdf"})
	l.until("it is judged", func() bool { return s.Report() != nil })
	s.Open([]string{"a.pdf"})
	l.until("it was read twice", func() bool { g, _, _ := e.Counts(); return g == 2 && s.Report() != nil })
	if s.Counts().Total != 1 {
		t.Errorf("%d rows for one file", s.Counts().Total)
	}
}

func TestClearedFilesDoNotComeBack(t *testing.T) {
	e := many(5, func(int) vmtest.Case { return vmtest.Good() })
	e.Gate = make(chan struct{})
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("one is being read", func() bool { return s.Counts().Reading == 1 && s.Counts().Total == 5 })
	s.Clear()
	close(e.Gate)
	s.Open([]string{"004.pdf"})
	l.until("the new list is judged", func() bool { return s.Counts().Passed == 1 })
	if s.Counts().Total != 1 || s.At(0).File.Name != "004.pdf" {
		t.Errorf("list has %d rows, the first %q", s.Counts().Total, s.At(0).File.Name)
	}
}

func TestListingErrorIsSaid(t *testing.T) {
	e := vmtest.New([]string{"a.pdf"}, vmtest.Good())
	e.ExpandErr = errors.New("bids: permission denied")
	s, l, changes := newSession(t, e, 1)
	s.Open([]string{"a.pdf"})
	l.until("the file is judged", func() bool { return s.Counts().Passed == 1 && !s.Expanding() })
	said := false
	for _, c := range *changes {
		said = said || c.Notice
	}
	if n, ok := s.TakeNotice(); !ok || !said || n != "有文件没能列出：bids: permission denied。其余文件照常核验。" {
		t.Errorf("notice %q, %v, announced %v", n, ok, said)
	}
	if _, ok := s.TakeNotice(); ok {
		t.Error("a second notice")
	}
}

func TestPictureAndItsError(t *testing.T) {
	e := vmtest.New([]string{"a.pdf"}, vmtest.Good())
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"a.pdf"})
	l.until("it is judged", func() bool { return s.Report() != nil })
	s.WantPicture(0, 1)
	l.until("the picture is there", func() bool { return s.Picture() != nil })
	if p := s.Picture(); p.Err != nil || p.Image.Bounds().Dx() != 595 {
		t.Errorf("picture %+v", p)
	}
	s.WantPicture(3, 1)
	l.until("the error is there", func() bool { return s.Picture().Page == 3 })
	if p := s.Picture(); !errors.Is(p.Err, vmtest.ErrNoPage) {
		t.Errorf("error %v", p.Err)
	}
}

func TestDecisionsBelongToOneFile(t *testing.T) {
	e := vmtest.New([]string{"a.pdf", "b.pdf"}, vmtest.Scan(), vmtest.Scan())
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("both are judged", func() bool { return s.Counts().Indeterminate == 2 })
	s.Decide("handwriting", verify.HumanDecision{Answer: "differs"})
	if s.Report().Indication != verify.TotalFailed || s.At(0).Row.Indication != verify.TotalFailed {
		t.Errorf("a decision that the hand differs gives %s", s.Report().Indication)
	}
	q := s.Question()
	q.At = vmtest.Noon(2026, 3, 2)
	s.Ask(q)
	if s.Report().Indication != verify.TotalFailed {
		t.Error("the decision is lost when the day changes")
	}
	s.Select(1)
	if s.Report().Indication != verify.Indeterminate {
		t.Error("the decision leaks to another file")
	}
	s.Select(0)
	s.Decide("handwriting", verify.HumanDecision{})
	if s.Report().Indication != verify.Indeterminate {
		t.Error("the decision cannot be taken back")
	}
}

func TestLanguageChangesEveryRow(t *testing.T) {
	e := vmtest.New([]string{"a.pdf", "b.pdf"}, vmtest.Good(), vmtest.Good())
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("both are judged", func() bool { return s.Counts().Passed == 2 })
	s.SetMessages(messages(t, viewmodel.English))
	if q := s.Question(); q.Lang != "en" {
		t.Errorf("question in %q", q.Lang)
	}
	l.until("the other row is English", func() bool { return s.At(1).Row.Kind == "Constructor, class 1: registration" })
}

func TestCloseWhileWorking(t *testing.T) {
	e := many(50, func(int) vmtest.Case { return vmtest.Good() })
	e.Gate = make(chan struct{})
	l := newLoop(t)
	s := viewmodel.NewSession(viewmodel.Config{Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Workers: 4})
	s.Open([]string{"all"})
	l.until("some are being read", func() bool { return s.Counts().Reading > 0 })
	s.Close() // must return though readers hang at the gate
}
