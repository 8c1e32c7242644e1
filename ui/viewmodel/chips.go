package viewmodel

import (
	"strconv"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/rules"
)

// Chips are the states of the data that the verdict rests on: trust anchors and registry snapshot. They are in view
// whatever the verdict is. A file that could not be read rests on none: there are no chips of it.
func Chips(m *Messages, rep *verify.Report) []Chip {
	if rep == nil || rep.Error != nil {
		return nil
	}
	trust := Chip{Shape: ShapePass, Text: m.T("chip.trust", "n", strconv.Itoa(rep.Trust.Anchors)), Hint: m.T("chip.trust.hint", "digest", short(rep.Trust.Digest))}
	if rep.Trust.Anchors == 0 {
		trust = Chip{Shape: ShapeUnknown, Text: m.T("chip.trust.none"), Hint: m.T("chip.trust.none.hint")}
	}
	if rep.Evidence != nil && rep.Evidence.Registry != nil && rep.Evidence.Registry.Error == "damaged" {
		return []Chip{trust, {Shape: ShapeFail, Text: m.T("chip.snapshot.damaged"), Hint: m.T("chip.snapshot.damaged.hint")}}
	}
	return []Chip{trust, snapshotChip(m, rep.Snapshot)}
}

func snapshotChip(m *Messages, s *verify.SnapshotState) Chip {
	if s == nil {
		return Chip{Shape: ShapeUnknown, Text: m.T("chip.snapshot.none"), Hint: m.T("chip.snapshot.none.hint")}
	}
	c := Chip{
		Shape: ShapeUnknown, Text: m.T("chip.snapshot", "days", strconv.Itoa(s.AgeDays)),
		Hint: m.T("chip.snapshot.hint", "id", s.ID, "asof", DayOf(s.AsOf).String(), "rows", strconv.Itoa(s.Rows)),
	}
	switch s.Freshness {
	case verify.Fresh:
		c.Shape = ShapePass
	case verify.Stale:
		c.Text += m.T("chip.snapshot.stale")
	case verify.RedLine:
		c.Shape = ShapeFail
		c.Text += m.T("chip.snapshot.red")
	case verify.ClockSuspect:
		c.Text += m.T("chip.snapshot.clock")
	}
	return c
}

func short(digest string) string {
	if len(digest) > 12 {
		return digest[:12]
	}
	return digest
}

// DataChips are the states of the data while no file is selected, or one that rests on none. trust reports whether there is a
// trust list at all. The snapshot's age is that on the day judged, as beside a file that was looked up in it: what is right for
// the day of the one is not too old for the other. now is the clock's.
func DataChips(m *Messages, anchors []AnchorView, snaps []SnapshotView, trust bool, day civil.Date, now time.Time) []Chip {
	var out []Chip
	n := 0
	for _, a := range anchors {
		if !a.CRL {
			n += max(1, len(a.Certificates))
		}
	}
	switch {
	case n > 0:
		out = append(out, Chip{Shape: ShapePass, Text: m.T("chip.trust", "n", strconv.Itoa(n)), Hint: m.T("data.trust.hint")})
	case trust:
		out = append(out, Chip{Shape: ShapeUnknown, Text: m.T("chip.trust.none"), Hint: m.T("chip.trust.none.hint")})
	}
	for _, s := range snaps {
		if s.Current {
			return append(out, currentChip(m, s, day, now))
		}
	}
	return append(out, snapshotChip(m, nil))
}

// currentChip is the state of the snapshot in use where a day is judged.
func currentChip(m *Messages, s SnapshotView, day civil.Date, now time.Time) Chip {
	state := verify.SnapshotOn(rules.SnapshotInfo{ID: s.ID, AsOf: s.AsOf, Rows: s.Rows, WarnAge: s.WarnAge, RedAge: s.RedAge}, day, now)
	if s.Freshness == string(verify.ClockSuspect) { // by more than this snapshot
		state.Freshness = verify.ClockSuspect
	}
	c := snapshotChip(m, state)
	if s.Bad != "" {
		c.Shape, c.Text, c.Hint = ShapeFail, m.T("chip.snapshot.damaged"), s.Bad
	}
	return c
}
