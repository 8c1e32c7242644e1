package viewmodel

import (
	"time"

	"zhengyan/verify"
	"zhengyan/verify/civil"
)

// Numbers of the time bar, in days.
const (
	barWhole   = 5 * 365 // up to this span every flip is shown at once
	barReach   = 2 * 365 // beyond it, flips this near to the day judged decide what is shown
	barPadding = 25
)

// Bar is the time bar: spans of days with their verdicts between From and To, both included.
type Bar struct {
	From, To civil.Date
	Day      civil.Date // the day judged
	Today    civil.Date // zero if outside
	Lanes    [Lanes][]BarSegment
	Ticks    []Tick
	Flips    []Flip // all of them, also those outside From..To
}

// Lane is one of the bar's three lines.
type Lane int

// The lanes, top to bottom.
const (
	LaneOverall Lane = iota
	LaneCopy
	LaneRegistration
	Lanes = 3
)

// BarSegment is a span with one verdict; X0 and X1 are shares of the bar's width.
type BarSegment struct {
	X0, X1     float64
	Indication verify.Indication
}

// Tick is a labelled place on the bar's scale.
type Tick struct {
	X     float64
	Label string
}

// Flip is a day from which a verdict is another than on the day before.
type Flip struct {
	Day   civil.Date
	Shape Shape
	Word  string // the overall verdict from that day
	Text  string // what changes and why
	Next  bool   // the first one after the day judged
	Past  bool
}

// BarWindow returns the days that the bar should show: the flips, the day judged and today, where they fit. To where only the
// registration's part changes, years before the copy was made, the bar need not reach.
func BarWindow(segs []verify.Segment, day, today civil.Date) (from, to civil.Date) {
	for i := 1; i < len(segs); i++ {
		if segs[i].Copy != segs[i-1].Copy || segs[i].Indication != segs[i-1].Indication {
			segs = segs[i:]
			break
		}
	}
	from, to = civil.Min(day, today), civil.Max(day, today)
	lo, hi := from, to
	for _, s := range segs {
		lo, hi = civil.Min(lo, s.From), civil.Max(hi, s.From)
	}
	if hi.Sub(lo) > barWhole {
		lo, hi = day, day
		for _, s := range segs {
			if !s.From.IsZero() && abs(s.From.Sub(day)) <= barReach {
				lo, hi = civil.Min(lo, s.From), civil.Max(hi, s.From)
			}
		}
		if !today.IsZero() && abs(today.Sub(day)) <= barReach {
			lo, hi = civil.Min(lo, today), civil.Max(hi, today)
		}
	}
	pad := max(barPadding, hi.Sub(lo)/12)
	return lo.AddDays(-pad), hi.AddDays(pad)
}

// BuildBar places segs between from and to.
func BuildBar(m *Messages, segs []verify.Segment, from, to, day, today civil.Date) Bar {
	b := Bar{From: from, To: to, Day: day}
	if !today.IsZero() && !today.Before(from) && !today.After(to) {
		b.Today = today
	}
	for i, s := range segs {
		if i > 0 {
			b.addFlip(m, segs[i-1], s)
		}
		if (!s.From.IsZero() && s.From.After(to)) || (!s.To.IsZero() && s.To.Before(from)) {
			continue
		}
		x0, x1 := 0.0, 1.0
		if !s.From.IsZero() && s.From.After(from) {
			x0 = b.Edge(s.From)
		}
		if !s.To.IsZero() && s.To.Before(to) {
			x1 = b.Edge(s.To.AddDays(1))
		}
		b.add(LaneOverall, x0, x1, s.Indication)
		b.add(LaneCopy, x0, x1, s.Copy)
		b.add(LaneRegistration, x0, x1, s.Registration)
	}
	b.ticks()
	return b
}

// add lengthens a lane's last span if the verdict is the same.
func (b *Bar) add(l Lane, x0, x1 float64, i verify.Indication) {
	if n := len(b.Lanes[l]); n > 0 && b.Lanes[l][n-1].Indication == i {
		b.Lanes[l][n-1].X1 = x1
		return
	}
	b.Lanes[l] = append(b.Lanes[l], BarSegment{x0, x1, i})
}

func (b *Bar) addFlip(m *Messages, was, is verify.Segment) {
	if was.Indication == is.Indication && was.Copy == is.Copy && was.Registration == is.Registration {
		return
	}
	f := Flip{Day: is.From, Shape: ShapeOf(is.Indication), Word: m.Word(is.Indication), Text: is.Reason, Past: !is.From.After(b.Day)}
	if was.Indication == is.Indication { // only one of the two changes
		f.Text = m.T("part.copy") + " " + m.Word(is.Copy)
		if was.Copy == is.Copy {
			f.Text = m.T("part.registration") + " " + m.Word(is.Registration)
		}
	}
	if !f.Past {
		f.Next = true
		for _, g := range b.Flips {
			if g.Next {
				f.Next = false
			}
		}
	}
	b.Flips = append(b.Flips, f)
}

// Edge returns where a day begins, as a share of the bar's width.
func (b Bar) Edge(d civil.Date) float64 { return float64(d.Sub(b.From)) / float64(b.days()) }

// X returns the middle of a day.
func (b Bar) X(d civil.Date) float64 { return (float64(d.Sub(b.From)) + 0.5) / float64(b.days()) }

// DayAt returns the day at a share of the width; places outside the bar give its ends.
func (b Bar) DayAt(x float64) civil.Date {
	n := int(x * float64(b.days()))
	return b.From.AddDays(min(max(n, 0), b.days()-1))
}

func (b Bar) days() int { return max(1, b.To.Sub(b.From)+1) }

func (b *Bar) ticks() {
	step := 12 // months
	switch n := b.days(); {
	case n <= 130:
		step = 1
	case n <= 280:
		step = 2
	case n <= 500:
		step = 3
	case n <= 1000:
		step = 6
	case n > 6000:
		step = 60
	}
	for y, mo := b.From.Y, 1; ; mo += step {
		for mo > 12 {
			y, mo = y+1, mo-12
		}
		d := civil.Date{Y: y, M: time.Month(mo), D: 1}
		if d.After(b.To) {
			return
		}
		if d.Before(b.From) {
			continue
		}
		label := d.String()[:7]
		if step >= 12 {
			label = d.String()[:4]
		}
		b.Ticks = append(b.Ticks, Tick{X: b.Edge(d), Label: label})
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
