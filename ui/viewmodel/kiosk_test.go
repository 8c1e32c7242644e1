package viewmodel_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"runtime"
	"strings"
	"testing"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
)

// visitors is an engine for which a path's first word is the verdict; each file weighs some hundred kilobytes.
type visitors struct {
	hold chan struct{} // if set, files wait for it or for the end of the context
	n    int
}

func (v *visitors) Expand(ctx context.Context, paths []string, found func(viewmodel.File), left func(document.LeftOut)) error {
	for _, p := range paths {
		switch p {
		case "empty":
		case "hidden":
			left(document.LeftOut{Name: p, Why: document.LeftHidden})
		case "folder":
			for range 2 * viewmodel.KioskFiles {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				found(viewmodel.File{Name: "pass", Path: "pass"})
			}
		case "gone":
			return errors.New("no such folder")
		default:
			found(viewmodel.File{Name: p, Path: p})
		}
	}
	return nil
}

func (v *visitors) Gather(ctx context.Context, f viewmodel.File) (*verify.Evidence, error) {
	if v.hold != nil {
		select {
		case <-v.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f.Name == "panic" {
		panic("a stage")
	}
	v.n++
	ev := &verify.Evidence{Ink: &ink.Result{CropPNG: bytes.Repeat([]byte{byte(v.n)}, 300<<10)}}
	ev.Input.Name = f.Name
	return ev, nil
}

const (
	birthDay = "1985-03-04"
	idNumber = "110101198503041234"
)

func (v *visitors) Judge(ev *verify.Evidence, q verify.Question) *verify.Report {
	r := &verify.Report{Evidence: ev, Indication: verify.Indeterminate, Reason: "出生日期 " + birthDay + "、证件 " + idNumber + " 与快照不同", Next: "1985年3月4日"}
	if q.Lang == "en" {
		r.Reason, r.Next = "The date of birth "+birthDay+" differs", "Bring the original"
	}
	switch strings.Fields(ev.Input.Name)[0] {
	case "pass":
		r.Indication = verify.TotalPassed
	case "fail":
		r.Indication = verify.TotalFailed
	}
	r.Certificate = fields.Certificate{Name: "样例", Number: "京1", Birth: civil.Must(1985, 3, 4), IDNumber: idNumber, Title: strings.Repeat("证", v.n%7)}
	return r
}

func (v *visitors) Timeline(*verify.Evidence, verify.Question) []verify.Segment { return nil }

func (v *visitors) Picture(context.Context, viewmodel.File, int, float64) (image.Image, error) {
	return nil, errors.New("none")
}

// stand is a kiosk whose clock and goroutine are the test's.
type stand struct {
	t     *testing.T
	k     *viewmodel.Kiosk
	now   time.Time
	ch    chan func()
	wiped chan struct{}
	kept  viewmodel.KioskKept
	sound []viewmodel.Shape
}

func (s *stand) Load() (viewmodel.KioskKept, error) { return s.kept, nil }
func (s *stand) Save(k viewmodel.KioskKept) error   { s.kept = k; return nil }

func newStand(t *testing.T, e viewmodel.Engine) *stand {
	t.Helper()
	m := messages(t, viewmodel.Chinese)
	s := &stand{t: t, now: time.Date(2026, 4, 1, 10, 0, 0, 0, civil.Shanghai()), ch: make(chan func(), 8), wiped: make(chan struct{}, 1<<13)}
	s.start(e, m)
	return s
}

func (s *stand) start(e viewmodel.Engine, m *viewmodel.Messages) {
	s.k = viewmodel.NewKiosk(viewmodel.KioskConfig{
		Engine: e, Messages: m, Question: func() verify.Question { return verify.Question{At: s.now} }, Dispatch: func(f func()) { s.ch <- f },
		Now: func() time.Time { return s.now }, OnChange: func() {}, Keeper: s, Wipe: func() { s.wiped <- struct{}{} },
		Sound: func(x viewmodel.Shape) { s.sound = append(s.sound, x) },
	})
	s.t.Cleanup(s.k.Close)
}

func (s *stand) answer() {
	s.t.Helper()
	select {
	case f := <-s.ch:
		f()
	case <-time.After(20 * time.Second):
		s.t.Fatal("no answer came")
	}
}

func (s *stand) pass(d time.Duration) {
	s.now = s.now.Add(d)
	s.k.Tick()
}

func (s *stand) want(state viewmodel.KioskState) {
	s.t.Helper()
	if s.k.State() != state {
		s.t.Fatalf("state %d, want %d", s.k.State(), state)
	}
}

func (s *stand) scan(text string) {
	for _, r := range text {
		s.k.Rune(r)
	}
	s.k.Enter()
}

func TestKioskCycle(t *testing.T) {
	s := newStand(t, &visitors{})
	s.want(viewmodel.KioskIdle)
	s.k.Open("stick", []string{"pass a", "fail b", "unsure c"})
	s.want(viewmodel.KioskWorking)
	s.answer()
	s.want(viewmodel.KioskResult)
	r := s.k.Result()
	if r.Shape != viewmodel.ShapeFail || r.Files != 3 || r.Passed != 1 || r.Failed != 1 || r.Unsure != 1 {
		t.Errorf("%+v", r)
	}
	text := r.Reason + r.Next
	for _, f := range r.Facts {
		text += f.Masked
	}
	for _, secret := range []string{birthDay, idNumber, "1985", "3月4日"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is shown: %s", secret, text)
		}
	}
	s.pass(19 * time.Second)
	s.want(viewmodel.KioskResult)
	s.pass(time.Second)
	s.want(viewmodel.KioskCountdown)
	if s.k.Left() != 10 {
		t.Errorf("%d s left", s.k.Left())
	}
	s.k.Stay()
	s.want(viewmodel.KioskResult)
	s.pass(20 * time.Second)
	s.pass(9500 * time.Millisecond)
	if s.k.Left() != 1 {
		t.Errorf("%d s left", s.k.Left())
	}
	s.pass(time.Second)
	s.want(viewmodel.KioskWiped)
	<-s.wiped
	if s.k.Result() != nil {
		t.Error("the result outlived the wipe")
	}
	s.pass(3 * time.Second)
	s.want(viewmodel.KioskIdle)
	if p, f, u := s.k.Counts(); p != 0 || f != 1 || u != 0 {
		t.Errorf("counted %d %d %d", p, f, u)
	}
	s.now = s.now.AddDate(0, 0, 1)
	if _, f, _ := s.k.Counts(); f != 0 {
		t.Error("yesterday's counter is shown today")
	}
}

// The next scan or stick takes the place of what is shown; what was under way and comes late is dropped.
func TestKioskReplaces(t *testing.T) {
	e := &visitors{hold: make(chan struct{})}
	s := newStand(t, e)
	s.k.Open("a", []string{"pass a"})
	s.scan("https://jzsc.mohurd.gov.cn.example/x?id=1")
	s.want(viewmodel.KioskResult)
	if r := s.k.Result(); !r.Code || r.Shape != viewmodel.ShapeUnknown {
		t.Errorf("%+v", r)
	}
	s.answer() // of the stick that was replaced
	if r := s.k.Result(); r == nil || !r.Code {
		t.Error("a late answer took the place of the scan")
	}
	close(e.hold)
	s.k.Open("b", []string{"fail b"})
	s.answer()
	if r := s.k.Result(); r == nil || r.Shape != viewmodel.ShapeFail {
		t.Errorf("%+v", r)
	}
}

func TestKioskScanner(t *testing.T) {
	s := newStand(t, &visitors{})
	s.k.Enter()
	s.scan("abc")
	s.want(viewmodel.KioskIdle) // too short to be a scan
	s.k.Rune('h')
	s.now = s.now.Add(time.Minute)
	s.scan("姓名：样例\r\n注册编号：京1112015201600001\r\n出生日期：1985-03-04")
	s.want(viewmodel.KioskResult)
	r := s.k.Result()
	if fmt.Sprint(r.Facts) == "[]" || r.Shape != viewmodel.ShapeUnknown {
		t.Errorf("%+v", r)
	}
	for range 100_000 {
		s.k.Rune('x')
	}
	s.k.Enter()
	s.want(viewmodel.KioskResult)
}

func TestKioskUnplugged(t *testing.T) {
	e := &visitors{hold: make(chan struct{})}
	s := newStand(t, e)
	s.k.Arrived([]viewmodel.KioskArrival{{Key: "/media/a", Paths: []string{"pass a"}}})
	s.want(viewmodel.KioskWorking)
	s.k.Arrived([]viewmodel.KioskArrival{{Key: "/media/other", Gone: true}})
	s.want(viewmodel.KioskWorking)
	s.k.Arrived([]viewmodel.KioskArrival{{Key: "/media/a", Gone: true}})
	s.want(viewmodel.KioskIdle)
	if s.k.Notice() == "" {
		t.Error("nothing is said")
	}
	s.answer()
	s.want(viewmodel.KioskIdle)
	s.pass(11 * time.Second)
	if s.k.Notice() != "" {
		t.Error("the notice stays")
	}
}

func TestKioskTrouble(t *testing.T) {
	for path, state := range map[string]viewmodel.KioskState{"panic": viewmodel.KioskResult, "gone": viewmodel.KioskResult, "empty": viewmodel.KioskIdle} {
		s := newStand(t, &visitors{})
		s.k.Open("k", []string{path})
		s.answer()
		s.want(state)
		if r := s.k.Result(); r != nil && r.Shape != viewmodel.ShapeUnknown {
			t.Errorf("%s: %+v", path, r)
		}
	}
	s := newStand(t, &visitors{})
	s.k.Open("k", []string{"pass"})
	s.answer()
	s.pass(-time.Hour) // the clock is set back
	s.pass(20 * time.Second)
	s.want(viewmodel.KioskCountdown)
}

// A visitor is told what of all that he put in was not read; where there was nothing else, that as well.
func TestKioskTellsWhatIsLeftOut(t *testing.T) {
	s := newStand(t, &visitors{})
	for _, c := range []struct {
		paths  []string
		others int
		left   string
	}{
		{[]string{"pass"}, 0, ""},
		{[]string{"hidden", "pass", "hidden"}, 0, "另有 2 项未核验：隐藏文件"},
		{[]string{"hidden", "pass"}, 3, "另有 4 项未核验：其他格式的文件、隐藏文件"},
		{[]string{"folder"}, 0, "文件太多，只核验了前 20 个"},
		{[]string{"hidden", "folder"}, 0, "文件太多，只核验了前 20 个；另有 1 项未核验：隐藏文件"},
	} {
		s.k.Arrived([]viewmodel.KioskArrival{{Key: "stick", Paths: c.paths, Others: c.others}})
		s.answer()
		s.want(viewmodel.KioskResult)
		if r := s.k.Result(); r.Left != c.left || r.Files > viewmodel.KioskFiles {
			t.Errorf("%v: %q, %d files", c.paths, r.Left, r.Files)
		}
	}
	s.k.Open("stick", []string{"hidden"})
	s.answer()
	s.want(viewmodel.KioskIdle)
	if want := "没有找到可以核验的文件；另有 1 项未核验：隐藏文件"; s.k.Notice() != want {
		t.Errorf("%q", s.k.Notice())
	}
	s.k.Arrived([]viewmodel.KioskArrival{{Key: "stick", Others: 2}})
	s.want(viewmodel.KioskIdle)
	if want := "没有找到可以核验的文件；另有 2 项未核验：其他格式的文件"; s.k.Notice() != want {
		t.Errorf("%q", s.k.Notice())
	}
}

func TestKioskStaff(t *testing.T) {
	s := newStand(t, &visitors{})
	s.k.Staff()
	s.scan("1234")
	if s.k.StaffIn() {
		t.Fatal("in without a PIN")
	}
	s.k.LeaveStaff()
	h, err := viewmodel.HashPIN("2468", bytes.NewReader(make([]byte, 16)))
	if err != nil {
		t.Fatal(err)
	}
	if h.Iterations < 200_000 || !h.Is("2468") || h.Is("2469") {
		t.Errorf("the hash: %d rounds", h.Iterations)
	}
	fast, err := viewmodel.HashPINRounds("2468", h.Salt, 1000)
	if err != nil {
		t.Fatal(err)
	}
	s.kept.PIN = fast
	m := messages(t, viewmodel.Chinese)
	s.start(&visitors{}, m)
	s.k.Open("a", []string{"fail"})
	s.answer()
	s.k.Staff()
	if s.k.Result() != nil {
		t.Error("the staff sees the visitor's result")
	}
	for range 5 {
		s.scan("0000")
	}
	s.scan("2468")
	if s.k.StaffIn() {
		t.Fatal("in after five wrong PINs")
	}
	s.start(&visitors{}, m) // a restart does not help
	s.k.Staff()
	s.scan("2468")
	if s.k.StaffIn() {
		t.Fatal("in after a restart")
	}
	s.now = s.now.Add(5*time.Minute + time.Second)
	s.scan("2468")
	if !s.k.StaffIn() || s.kept.Wrong != 0 {
		t.Fatalf("not in: %+v", s.kept)
	}
	s.k.ResetCounts()
	if _, f, _ := s.k.Counts(); f != 0 {
		t.Error("not reset")
	}
	s.pass(time.Minute)
	s.want(viewmodel.KioskIdle)
	for _, bad := range []string{"", "123", "12a4", "1234567890123"} {
		if _, err := viewmodel.HashPIN(bad, bytes.NewReader(make([]byte, 16))); !errors.Is(err, viewmodel.ErrPIN) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A visitor is answered in the language that he chose; the next is invited in the stand's own.
func TestKioskSpeaksForOneVisitor(t *testing.T) {
	english := messages(t, viewmodel.English)
	s := newStand(t, &visitors{})
	speaks := func(step string, want viewmodel.Lang) {
		t.Helper()
		if got := s.k.Messages().Lang(); got != want {
			t.Errorf("%s: %s is spoken", step, got)
		}
	}
	s.k.Speak(english)
	s.k.Open("stick", []string{"unsure"})
	s.answer()
	r := s.k.Result()
	if r.Word != english.Word(verify.Indeterminate) || !strings.Contains(r.Reason, "differs") || strings.Contains(r.Reason, birthDay) || r.Next != "Bring the original" {
		t.Errorf("%+v", r)
	}
	s.k.Done()
	speaks("the wipe", viewmodel.English)
	s.pass(3 * time.Second)
	s.want(viewmodel.KioskIdle)
	speaks("the next invitation", viewmodel.Chinese)
	s.k.Open("stick", []string{"unsure"})
	s.answer()
	if r := s.k.Result(); r.Next != "1985年*月*日" && r.Next != "****年*月*日" {
		t.Errorf("the next visitor reads %q", r.Next)
	}
	s.k.Speak(english) // only the invitation has the button
	speaks("a result", viewmodel.Chinese)
	s.k.Done()
	s.pass(3 * time.Second)

	s.k.Speak(english)
	if !s.k.Timed() {
		t.Error("a language that nobody uses is kept for ever")
	}
	s.pass(29 * time.Second)
	speaks("29 s", viewmodel.English)
	s.pass(time.Second)
	speaks("30 s", viewmodel.Chinese)
	if s.k.Timed() {
		t.Error("the idle stand counts the time")
	}
	s.k.Speak(english)
	s.k.Staff()
	s.k.LeaveStaff()
	speaks("after the staff", viewmodel.Chinese)
}

// Nothing is wiped under the finger that shows what is masked, but a lost finger keeps nothing on the screen.
func TestKioskHold(t *testing.T) {
	s := newStand(t, &visitors{})
	visit := func() {
		s.k.Open("stick", []string{"pass"})
		s.answer()
		s.want(viewmodel.KioskResult)
	}
	visit()
	s.pass(15 * time.Second)
	s.k.Hold(true)
	s.pass(40 * time.Second)
	s.want(viewmodel.KioskResult)
	s.k.Hold(false)
	s.pass(4 * time.Second)
	s.want(viewmodel.KioskResult)
	s.pass(time.Second)
	s.want(viewmodel.KioskCountdown)
	s.pass(7 * time.Second)
	s.k.Hold(true)
	s.k.Hold(true)
	s.pass(30 * time.Second)
	if s.want(viewmodel.KioskCountdown); s.k.Left() != 3 {
		t.Errorf("%d s left under the finger", s.k.Left())
	}
	s.k.Hold(false)
	s.k.Hold(false)
	if s.k.Left() != 3 {
		t.Errorf("%d s left after it", s.k.Left())
	}
	s.pass(3 * time.Second)
	s.want(viewmodel.KioskWiped)
	s.pass(3 * time.Second)
	s.k.Hold(true) // there is nothing to hold
	visit()
	s.pass(20 * time.Second)
	s.want(viewmodel.KioskCountdown)
	s.k.Hold(true)
	s.pass(69 * time.Second)
	s.want(viewmodel.KioskCountdown)
	s.pass(time.Second)
	s.want(viewmodel.KioskWiped)
}

// 3,000 visitors, as on a day of eight hours at one each ten seconds: what is held at the end is what was held after 100.
func TestKioskMemory(t *testing.T) {
	const visits, first = 3000, 100
	e := &visitors{}
	s := newStand(t, e)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early uint64
	for i := 1; i <= visits; i++ {
		s.k.Open("stick", []string{[]string{"pass", "fail", "unsure"}[i%3]})
		s.answer()
		s.want(viewmodel.KioskResult)
		s.pass(20 * time.Second)
		s.pass(10 * time.Second)
		s.want(viewmodel.KioskWiped)
		<-s.wiped
		s.pass(3 * time.Second)
		s.want(viewmodel.KioskIdle)
		s.sound = s.sound[:0]
		if i == first {
			early = heap()
		}
	}
	late := heap()
	t.Logf("heap after %d: %d KB, after %d: %d KB (%d MB went through)", first, early>>10, visits, late>>10, e.n*300>>10)
	if float64(late) > 1.1*float64(early) {
		t.Errorf("the heap grew from %d to %d bytes", early, late)
	}
	if p, f, u := s.k.Counts(); p+f+u != s.kept.Passed+s.kept.Failed+s.kept.Unsure || p == 0 || f == 0 || u == 0 {
		t.Errorf("counted %d %d %d", p, f, u)
	}
}
