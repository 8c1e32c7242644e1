package viewmodel

import (
	"strconv"

	"zhengyan/verify"
)

// Chips are the states of the data that the verdict rests on: trust anchors and registry snapshot. They are in view
// whatever the verdict is.
func Chips(m *Messages, rep *verify.Report) []Chip {
	if rep == nil {
		return nil
	}
	trust := Chip{Shape: ShapePass, Text: m.T("chip.trust", "n", strconv.Itoa(rep.Trust.Anchors)), Hint: m.T("chip.trust.hint", "digest", short(rep.Trust.Digest))}
	if rep.Trust.Anchors == 0 {
		trust = Chip{Shape: ShapeUnknown, Text: m.T("chip.trust.none"), Hint: m.T("chip.trust.none.hint")}
	}
	return []Chip{trust, snapshotChip(m, rep.Snapshot)}
}

func snapshotChip(m *Messages, s *verify.SnapshotState) Chip {
	if s == nil {
		return Chip{Shape: ShapeUnknown, Text: m.T("chip.snapshot.none"), Hint: m.T("chip.snapshot.none.hint")}
	}
	c := Chip{
		Shape: ShapeUnknown, Text: m.T("chip.snapshot", "days", strconv.Itoa(s.AgeDays)),
		Hint: m.T("chip.snapshot.hint", "id", s.ID, "asof", s.AsOf.Format("2006-01-02"), "rows", strconv.Itoa(s.Rows)),
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
