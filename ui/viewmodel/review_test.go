package viewmodel_test

import (
	"testing"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
)

// record keeps what is told to the audit log.
type record struct {
	verdicts, decisions chan *verify.Report
}

func (r record) Verdict(rep *verify.Report)  { r.verdicts <- rep }
func (r record) Decision(rep *verify.Report) { r.decisions <- rep }

func TestReviewByNumber(t *testing.T) {
	r := record{make(chan *verify.Report, 16), make(chan *verify.Report, 16)}
	s, _ := bid(t, 1, func(c *viewmodel.Config) { c.Recorder = r })
	if len(r.verdicts) != 5 {
		t.Errorf("%d verdicts are recorded", len(r.verdicts))
	}
	ids, done := s.ReviewQueue()
	if len(ids) != 3 || done != 0 {
		t.Fatalf("queue %v, %d done", ids, done)
	}
	// The gravest first: unreadable, failed, handwriting.
	if ids[0] != 4 || ids[1] != 1 || ids[2] != 2 {
		t.Errorf("queue %v", ids)
	}
	s.Select(0)
	s.StepReview(1) // from a file that is not in the queue to its first
	if s.Selected().ID != 4 {
		t.Errorf("selected %d", s.Selected().ID)
	}
	s.Answer(3)
	if s.Selected().ID != 1 || s.Item(4).Human["review"].Answer != viewmodel.Deferred || s.Item(4).Human["review"].Who != "评委甲" {
		t.Errorf("selected %d, %+v", s.Selected().ID, s.Item(4).Human)
	}
	if got := s.Item(4).Row.Cells[viewmodel.ColHuman]; got != "存疑待查" {
		t.Errorf("the decision on an unreadable file shows as %q", got)
	}
	machine := s.Item(1).Row.Indication
	s.Answer(1)
	if s.Item(1).Row.Indication != machine {
		t.Error("a person's opinion on the result has changed the machine's verdict")
	}
	if check, answers := s.ReviewQuestion(); check != "handwriting" || answers[2] != viewmodel.Unsigned {
		t.Errorf("asks %s %v", check, answers)
	}
	s.Answer(2)
	if s.Item(2).Row.Indication != verify.TotalFailed || s.Item(2).Human["handwriting"].Answer != viewmodel.Differs {
		t.Errorf("differs: %s", s.Item(2).Row.Indication)
	}
	if _, done := s.ReviewQueue(); done != 3 {
		t.Errorf("%d done", done)
	}
	if !s.Undo() || s.Selected().ID != 2 || s.Item(2).Decided() || s.Item(2).Row.Indication == verify.TotalFailed {
		t.Error("the decision was not taken back")
	}
	if !s.Undo() || s.Selected().ID != 1 || s.Item(1).Decided() {
		t.Error("one undo a decision")
	}
	s.Undo()
	if s.Undo() || s.CanUndo() {
		t.Error("more was taken back than was decided")
	}
	for range 6 {
		select {
		case <-r.decisions:
		case <-time.After(10 * time.Second):
			t.Fatal("a decision is not recorded")
		}
	}
}

func TestNotes(t *testing.T) {
	s, _ := bid(t, 1, nil)
	s.Select(1)
	s.SetNote(" 请投标人澄清 ")
	if it := s.Item(1); it.Decided() || it.Note() != "请投标人澄清" || it.Human["review"].Answer != viewmodel.Noted {
		t.Errorf("%+v", it.Human)
	}
	s.Answer(2)
	if it := s.Item(1); !it.Decided() || it.Note() != "请投标人澄清" || it.Row.Cells[viewmodel.ColHuman] != "不采纳 (请投标人澄清)" {
		t.Errorf("%+v %q", it.Human, it.Row.Cells[viewmodel.ColHuman])
	}
	s.Select(1)
	s.SetNote("")
	if it := s.Item(1); !it.Decided() || it.Note() != "" {
		t.Errorf("%+v", it.Human)
	}
	s.Undo()
	if s.Item(1).Note() != "请投标人澄清" {
		t.Error("the note did not come back")
	}
}

func TestNoPassWhileTheClockIsSuspect(t *testing.T) {
	s, l := bid(t, 1, nil)
	before := s.Counts()
	if before.Passed != 2 {
		t.Fatalf("%+v", before)
	}
	c := viewmodel.ClockState{Now: vmtest.Noon(2026, 1, 1), Latest: vmtest.Noon(2026, 3, 1), Source: "clock.audit"}
	s.SetClock(c)
	l.until("no pass is left", func() bool { return s.Counts().Passed == 0 })
	if s.Counts().Failed != before.Failed {
		t.Error("the clock has changed a failure")
	}
	s.Select(0)
	if r := s.Report(); r.Indication != verify.Indeterminate || r.Copy.SubIndications[0] != "CLOCK_UNTRUSTED" || r.Checks[0].ID != "clock" {
		t.Errorf("%s %v", r.Indication, r.Copy)
	}
	c.Confirmed = true
	s.SetClock(c)
	l.until("they are back", func() bool { return s.Counts() == before })
	if (viewmodel.ClockState{Now: vmtest.Noon(2026, 3, 1), Latest: vmtest.Noon(2026, 3, 1).Add(time.Minute)}).Suspect() || (viewmodel.ClockState{}).Suspect() {
		t.Error("a clock that may be right is suspect")
	}
}
