package viewmodel_test

import (
	"math"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/civil"
)

func goodSegments() []verify.Segment {
	c := vmtest.Good()
	e := vmtest.New([]string{"a"}, c)
	ev := *c.Evidence
	ev.Input.Name = "a"
	return e.Timeline(&ev, verify.Question{})
}

func TestBarShowsWhereTheVerdictFlips(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	segs := goodSegments()
	day, today := civil.Must(2026, 3, 1), civil.Must(2026, 2, 1)
	from, to := viewmodel.BarWindow(segs, day, today)
	b := viewmodel.BuildBar(m, segs, from, to, day, today)
	var days []string
	for _, f := range b.Flips {
		days = append(days, f.Day.String()+" "+f.Word)
	}
	want := []string{"2026-01-10 通过", "2026-07-10 不通过", "2027-05-14 不通过"}
	if len(days) != 3 || days[0] != want[0] || days[1] != want[1] || days[2] != want[2] {
		t.Fatalf("flips %v, want %v", days, want)
	}
	if !b.Flips[0].Past || b.Flips[0].Next || !b.Flips[1].Next || b.Flips[2].Next {
		t.Errorf("next flip is marked wrong: %+v", b.Flips)
	}
	if b.Flips[2].Text != "注册 不通过" {
		t.Errorf("a flip of the registration alone says %q", b.Flips[2].Text)
	}
	for l, want := range map[viewmodel.Lane]int{viewmodel.LaneOverall: 3, viewmodel.LaneCopy: 3, viewmodel.LaneRegistration: 2} {
		lane := b.Lanes[l]
		if len(lane) != want || lane[0].X0 != 0 || lane[len(lane)-1].X1 != 1 {
			t.Fatalf("lane %d: %+v, want %d spans that fill it", l, lane, want)
		}
		for i, s := range lane {
			if s.X0 >= s.X1 || (i > 0 && (math.Abs(s.X0-lane[i-1].X1) > 1e-9 || s.Indication == lane[i-1].Indication)) {
				t.Errorf("lane %d: span %d from %.3f to %.3f", l, i, s.X0, s.X1)
			}
		}
	}
}

func TestDaysAndPlacesAgree(t *testing.T) {
	b := viewmodel.BuildBar(messages(t, viewmodel.English), goodSegments(), civil.Must(2025, 12, 1), civil.Must(2027, 7, 1), civil.Must(2026, 1, 1), civil.Date{})
	for d := b.From; !d.After(b.To); d = d.AddDays(1) {
		if got := b.DayAt(b.X(d)); got != d {
			t.Fatalf("%s is at %.5f, where %s is", d, b.X(d), got)
		}
		if got := b.DayAt(b.Edge(d) + 1e-9); got != d {
			t.Fatalf("%s begins at %.5f, where %s is", d, b.Edge(d), got)
		}
	}
	if b.DayAt(-3) != b.From || b.DayAt(7) != b.To {
		t.Error("places outside the bar")
	}
	last := -1.0
	for _, k := range b.Ticks {
		if k.X < 0 || k.X > 1 || k.X <= last {
			t.Errorf("tick %+v", k)
		}
		last = k.X
	}
	if len(b.Ticks) < 3 || len(b.Ticks) > 14 {
		t.Errorf("%d ticks", len(b.Ticks))
	}
}

func TestBarWindowStaysReadable(t *testing.T) {
	segs := []verify.Segment{
		{To: civil.Must(1999, 12, 31)},
		{From: civil.Must(2000, 1, 1), To: civil.Must(2026, 7, 9)},
		{From: civil.Must(2026, 7, 10), To: civil.Must(2050, 3, 15)},
		{From: civil.Must(2050, 3, 16)},
	}
	day := civil.Must(2026, 3, 1)
	from, to := viewmodel.BarWindow(segs, day, day)
	if from.Y != 2026 || to.Y != 2026 {
		t.Errorf("window %s to %s", from, to)
	}
	// The registration's part alone, two years before.
	segs = []verify.Segment{
		{Copy: verify.Indeterminate, Registration: verify.Indeterminate, Indication: verify.Indeterminate},
		{From: civil.Must(2024, 5, 14), Copy: verify.Indeterminate, Registration: verify.TotalPassed, Indication: verify.Indeterminate},
		{From: civil.Must(2026, 3, 1), Copy: verify.TotalPassed, Registration: verify.TotalPassed, Indication: verify.TotalPassed},
		{From: civil.Must(2026, 8, 28), Copy: verify.TotalFailed, Registration: verify.TotalPassed, Indication: verify.TotalFailed},
	}
	if from, to := viewmodel.BarWindow(segs, day, day); from.Y != 2026 || to.Y != 2026 {
		t.Errorf("window %s to %s", from, to)
	}
	for _, s := range [][]verify.Segment{nil, {{}}} {
		from, to = viewmodel.BarWindow(s, day, civil.Date{})
		if to.Sub(from) < 30 || day.Before(from) || day.After(to) {
			t.Errorf("window of an empty timeline: %s to %s", from, to)
		}
		if b := viewmodel.BuildBar(messages(t, viewmodel.Chinese), s, from, to, day, civil.Date{}); len(b.Flips) != 0 {
			t.Error("flips out of nothing")
		}
	}
}

func TestParseDay(t *testing.T) {
	for in, want := range map[string]string{
		"2026-03-01": "2026-03-01", "2026/3/1": "2026-03-01", " 2026.3.01 ": "2026-03-01", "20260301": "2026-03-01", "2026年3月1日": "2026-03-01",
		"２０２６－０３－０１": "2026-03-01", "2026-03-01 09:30": "2026-03-01 09:30", "2026年3月1日 9时30分": "2026-03-01 09:30", "2026-03-01　14：05": "2026-03-01 14:05",
	} {
		got, err := viewmodel.ParseDay(in)
		if err != nil || viewmodel.DayText(got) != want {
			t.Errorf("%q: %v, %v; want %s", in, viewmodel.DayText(got), err, want)
		}
	}
	for _, in := range []string{"", "tomorrow", "2026-02-29", "2026-13-01", "26-3-1", "2026-03-01 25:00", "2026-03-01 09:61", "0000-01-01"} {
		if got, err := viewmodel.ParseDay(in); err == nil {
			t.Errorf("%q is read as %v", in, got)
		}
	}
	d := civil.Must(2026, 3, 1)
	if civil.Of(viewmodel.Instant(d)) != d {
		t.Error("the instant of a day is not on that day")
	}
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2026-03-01", "2026年3月1日 9时30分", "２０２６．１．１", "99999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := viewmodel.ParseDay(s)
		if err != nil {
			return
		}
		again, err := viewmodel.ParseDay(viewmodel.DayText(got))
		if err != nil || !again.Equal(got) {
			t.Errorf("%q: %v reads back as %v, %v", s, got, again, err)
		}
	})
}
