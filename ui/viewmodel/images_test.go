package viewmodel_test

import (
	"slices"
	"strings"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/page"
)

// imageSession opens every case of an engine that reads pictures.
func imageSession(t *testing.T, e viewmodel.Engine, keep viewmodel.Keeper) (*viewmodel.Session, *loop) {
	t.Helper()
	l := newLoop(t)
	s := viewmodel.NewSession(viewmodel.Config{Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Workers: 1, Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}, Keeper: keep})
	t.Cleanup(s.Close)
	return s, l
}

func rest(l *loop, s *viewmodel.Session) {
	l.until("all is read", func() bool { return s.Counts().Total > 0 && !s.Counts().Working() && !s.Expanding() })
}

func shownTitles(s *viewmodel.Session) (out []string) {
	for i := range s.Len() {
		out = append(out, s.At(i).Row.Title)
	}
	return out
}

// Every certificate of a long document is a row of its own, behind its file's, with its page; they are kept and come back.
func TestLongDocumentGivesARowForEachCertificate(t *testing.T) {
	kept := &shelf{kept: map[string]viewmodel.Kept{}}
	e := &vmtest.Images{Engine: vmtest.New([]string{"甲/标书.pdf", "甲/单页.pdf"}, vmtest.Good(), vmtest.Tampered()), Hits: map[string]int{"甲/标书.pdf": 3}}
	s, l := imageSession(t, e, kept)
	seen, told := make(chan struct{}), 0
	shown := []string{"正在查找证书：250 / 500 页", "正在核验找到的证书：0 / 3 份", "正在核验找到的证书：2 / 3 份"}
	e.Searched = func(f viewmodel.File, progress func(verify.Search)) {
		if f.Name != "甲/标书.pdf" {
			return
		}
		for n := range 251 {
			progress(verify.Search{Pages: n, OfPages: 500})
		}
		<-seen
		for _, n := range []int{0, 2} {
			progress(verify.Search{Pages: 500, OfPages: 500, Examined: n, Found: 3})
			<-seen
		}
	}
	s.Open([]string{"all"})
	l.until("all is read", func() bool {
		if it := s.At(0); it != nil && it.State == viewmodel.Reading {
			if told < len(shown) && it.Row.Subtitle == shown[told] {
				if told++; told < len(shown) {
					seen <- struct{}{} // the work goes on when its progress was shown
				} else {
					close(seen)
				}
			}
		}
		return s.Counts().Total == 4 && !s.Counts().Working() && !s.Expanding()
	})
	want := []string{"甲/标书.pdf · 第 7 页", "甲/标书.pdf · 第 107 页", "甲/标书.pdf · 第 207 页", "甲/单页.pdf"}
	if got := shownTitles(s); !slices.Equal(got, want) {
		t.Errorf("the rows are %q", got)
	}
	if c := s.Counts(); c.Passed != 3 || c.Failed != 1 {
		t.Errorf("the counts are %+v", c)
	}
	if x := s.Crossings(); slices.ContainsFunc(x, func(c viewmodel.Crossing) bool { return c.Kind == viewmodel.SameFile }) {
		t.Errorf("certificates of one document were called one file: %+v", x)
	}
	s.Select(s.At(1).ID)
	if ids := s.Siblings(); len(ids) != 3 || ids[1] != s.At(1).ID {
		t.Errorf("siblings %v", ids)
	}
	var d viewmodel.Detail
	s.Dress(&d)
	if p := s.Place(); d.Page != 106 || p == nil || p.Of != 3 || s.PageSizes()[106].Width != 612 {
		t.Errorf("page %d, place %+v", d.Page, p)
	}

	// The file again: the rows stay, and what is no longer there is said.
	e.Hits["甲/标书.pdf"] = 2
	s.Open([]string{"甲/标书.pdf"})
	l.until("it is read again", func() bool { return !s.Counts().Working() && !s.Expanding() })
	if c := s.Counts(); c.Total != 4 || c.Unreadable != 1 {
		t.Errorf("after reading it again: %+v", c)
	}
	s.Close()

	again, l := imageSession(t, e, kept)
	back := false
	again.Restore(func(total, waiting int) {
		back = true
		if total != 4 || waiting != 0 {
			t.Errorf("%d came back, %d wait", total, waiting)
		}
	})
	l.until("it came back", func() bool { return back })
	l.until("it is judged", func() bool { return again.Counts().Failed == 1 && again.Counts().Passed == 2 })
	if again.At(1).File.Part != 1 || again.At(1).Row.Title != want[1] {
		t.Errorf("the second row is %q, part %d", again.At(1).Row.Title, again.At(1).File.Part)
	}
}

// An original and the scan of its print get one verdict, in the original's row, whichever comes first.
func TestPairHasOneVerdict(t *testing.T) {
	a, b := vmtest.Half(vmtest.Good(), document.InputOriginal), vmtest.Named(vmtest.Half(vmtest.Scan(), document.InputScan), "", "", "aa02", "")
	for _, names := range [][]string{{"甲/原件.pdf", "甲/扫描.png"}, {"甲/扫描.png", "甲/原件.pdf"}} {
		cases := []vmtest.Case{a, b}
		if names[0] == "甲/扫描.png" {
			cases = []vmtest.Case{b, a}
		}
		kept := &shelf{kept: map[string]viewmodel.Kept{}}
		e := &vmtest.Images{Engine: vmtest.New(names, cases...)}
		s, l := imageSession(t, e, kept)
		s.Open([]string{"all"})
		l.until("the pair is read", func() bool {
			return s.Counts().Total == 2 && !s.Counts().Working() && s.Counts().Pairing == 0 && (s.Item(0).Folded() || s.Item(1).Folded())
		})
		o, p := s.Item(0), s.Item(1)
		if names[0] == "甲/扫描.png" {
			o, p = p, o
		}
		if o.Folded() || !p.Folded() || o.Row.Title != "甲/原件.pdf ＋ 扫描.png" || p.Row.Subtitle != "打印件，与 甲/原件.pdf 一并核验" {
			t.Errorf("%v: %q, %q", names, o.Row.Title, p.Row.Subtitle)
		}
		if c := s.Counts(); c.Passed != 1 || c.Failed+c.Indeterminate != 0 {
			t.Errorf("one verdict is wanted: %+v", c)
		}
		if len(s.Crossings()) != 0 {
			t.Errorf("the halves of a pair were called a crossing: %+v", s.Crossings())
		}
		// The print shows the pair's verdict; a decision made there is one on the pair.
		s.Select(p.ID)
		if r := s.Report(); r == nil || r.Evidence.Print == nil {
			t.Fatal("the print does not show the pair's report")
		}
		s.Decide("handwriting", verify.HumanDecision{Answer: "agrees"})
		if len(o.Human) != 1 || len(p.Human) != 0 || s.Report().Human["handwriting"].Answer != "agrees" {
			t.Errorf("the decision is on %v, %v", o.Human, p.Human)
		}
		s.Close()

		again, l := imageSession(t, e, kept)
		back := false
		again.Restore(func(total, waiting int) { back = true })
		l.until("the pair came back", func() bool { return back })
		if p := again.Item(p.ID); !p.Folded() {
			t.Error("the print is a row of its own after a restart")
		}
		// The original is read again: until the pair is, the print speaks for itself.
		e.OtherCopy = true
		again.Open([]string{"甲/原件.pdf"})
		rest(l, again)
		l.until("the pair is read again", func() bool { return again.Counts().Pairing == 0 })
		if again.Item(p.ID).Folded() || again.Counts().Total != 2 {
			t.Error("the print of another copy was folded into this one")
		}
		again.Close()
	}
}

// halves are an original and the scan of its print, as an engine that reads pairs knows them.
func halves() *vmtest.Images {
	return &vmtest.Images{Engine: vmtest.New([]string{"甲/原件.pdf", "甲/扫描.png"},
		vmtest.Half(vmtest.Good(), document.InputOriginal), vmtest.Named(vmtest.Half(vmtest.Scan(), document.InputScan), "", "", "aa02", ""))}
}

// A pair of which the reading was cancelled is left to be read, is said to be, and is read when the work is taken up again.
func TestCancelledPairIsReadOnResume(t *testing.T) {
	e := halves()
	e.PairGate = make(chan struct{})
	s, l := imageSession(t, e, nil)
	s.Open([]string{"all"})
	l.until("the pair is being read", func() bool { return s.Counts().Pairing == 1 && e.Pairs.Load() == 1 })
	s.Cancel()
	if c := s.Counts(); c.Working() || !c.Left() || c.Halved != 1 || c.Cancelled != 0 {
		t.Errorf("after Cancel: %+v", c)
	}
	if row := s.Item(0).Row; !strings.Contains(row.Subtitle, "尚未与打印件一并核验") || row.Indication == "" {
		t.Errorf("the original's row says %q", row.Subtitle)
	}
	s.Cancel() // again: nothing is lost
	close(e.PairGate)
	s.Resume()
	if c := s.Counts(); c.Pairing != 1 || c.Halved != 0 {
		t.Errorf("after Resume: %+v", c)
	}
	l.until("the pair is read", func() bool { return s.Counts().Pairing == 0 })
	if c := s.Counts(); !s.Item(1).Folded() || c.Left() || strings.Contains(s.Item(0).Row.Subtitle, "尚未") {
		t.Errorf("%+v, the original's row says %q", c, s.Item(0).Row.Subtitle)
	}
	// An original that is read again by itself takes its pair with it.
	e.PairGate = make(chan struct{})
	s.Open([]string{"甲/原件.pdf"})
	l.until("the pair is being read again", func() bool { return s.Counts().Pairing == 1 && e.Pairs.Load() == 3 })
	s.Cancel()
	close(e.PairGate)
	s.Open([]string{"甲/扫描.png"})
	l.until("the pair is read again", func() bool {
		return !s.Counts().Working() && !s.Expanding() && e.Pairs.Load() == 4 && s.Item(1).Folded()
	})
	if s.Counts().Left() {
		t.Errorf("%+v", s.Counts())
	}
}

// A pair that a restart interrupted is read with the rest of the batch; one of two copies is not tried again.
func TestInterruptedPairIsReadAfterRestart(t *testing.T) {
	kept, e := &shelf{kept: map[string]viewmodel.Kept{}}, halves()
	e.PairGate = make(chan struct{})
	s, l := imageSession(t, e, kept)
	s.Open([]string{"all"})
	l.until("the pair is being read", func() bool { return s.Counts().Pairing == 1 && e.Pairs.Load() == 1 })
	s.Close()
	close(e.PairGate)

	restart := func(want int) (*viewmodel.Session, *loop) {
		t.Helper()
		s, l := imageSession(t, e, kept)
		back := false
		s.Restore(func(total, waiting int) {
			if back = true; total != 2 || waiting != want {
				t.Errorf("%d came back, %d wait, want %d", total, waiting, want)
			}
		})
		l.until("the batch came back", func() bool { return back })
		l.until("the pair is read", func() bool { return !s.Counts().Working() })
		return s, l
	}
	s, _ = restart(1)
	if !s.Item(1).Folded() || s.Item(0).Row.Title != "甲/原件.pdf ＋ 扫描.png" {
		t.Errorf("after the restart the rows are %q, %q", s.Item(0).Row.Title, s.Item(1).Row.Title)
	}
	s.Close()
	s, _ = restart(0)
	s.Close()

	// The print is another file now, and of another copy: each half speaks for itself.
	const print = "/cases/甲/扫描.png"
	k := kept.kept[print]
	k.Packed = nil
	kept.kept[print] = k
	e.OtherCopy = true
	s, l = restart(1)
	l.until("the halves are apart", func() bool { return !s.Counts().Working() && s.Item(0).Row.Title == "甲/原件.pdf" })
	if s.Item(1).Folded() || s.Counts().Left() {
		t.Errorf("%+v", s.Counts())
	}
	s.Close()
	n := e.Pairs.Load()
	restart(0)
	if e.Pairs.Load() != n {
		t.Error("halves that are of two copies were read together once more")
	}
}

// A file that is opened while the batch comes back meets its other half there.
func TestHalfOpenedDuringRestoreFindsTheOther(t *testing.T) {
	kept, e := &shelf{kept: map[string]viewmodel.Kept{}}, halves()
	s, l := imageSession(t, e, kept)
	s.Open([]string{"甲/原件.pdf"})
	rest(l, s)
	s.Close()

	kept.held = make(chan struct{})
	s, l = imageSession(t, e, kept)
	s.Restore(nil)
	s.Open([]string{"甲/扫描.png"})
	l.until("the print is read", func() bool { return s.Counts().Total == 1 && !s.Counts().Working() })
	close(kept.held)
	l.until("the pair is read", func() bool { return s.Item(0).Folded() && s.Counts().Pairing == 0 })
	if s.Item(1).Row.Title != "甲/原件.pdf ＋ 扫描.png" {
		t.Errorf("the original's row is %q", s.Item(1).Row.Title)
	}
}

func TestCornersGoToTheEngine(t *testing.T) {
	e := &vmtest.Images{Engine: vmtest.New([]string{"照片.jpg"}, vmtest.Scan())}
	s, l := imageSession(t, e, nil)
	s.Open([]string{"all"})
	rest(l, s)
	want := [4]page.Point{{X: 1, Y: 2}, {X: 30, Y: 2}, {X: 30, Y: 40}, {X: 1, Y: 40}}
	s.Rectify(0, want)
	if s.Item(0).State != viewmodel.Waiting {
		t.Errorf("state %v", s.Item(0).State)
	}
	rest(l, s)
	if e.Corners != want || !s.Item(0).Judged() {
		t.Errorf("the engine got %v", e.Corners)
	}
	plain, _, _ := newSession(t, e.Engine, 1)
	if plain.CanRectify() {
		t.Error("an engine without corners is said to take them")
	}
}
