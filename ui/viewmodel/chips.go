package viewmodel

import (
	"strconv"

	"zhengyan/verify"
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

// DataChips are the states of the data while no file is selected. trust reports whether there is a trust list at all.
func DataChips(m *Messages, anchors []AnchorView, snaps []SnapshotView, trust bool) []Chip {
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
		if !s.Current {
			continue
		}
		c := Chip{Shape: ShapeUnknown, Text: m.T("chip.snapshot", "days", strconv.Itoa(s.AgeDays)), Hint: m.T("chip.snapshot.hint", "id", s.ID, "asof", DayOf(s.AsOf).String(), "rows", strconv.Itoa(s.Rows))}
		switch {
		case s.Bad != "":
			c.Shape, c.Hint = ShapeFail, s.Bad
		case s.Freshness == "RED-LINE":
			c.Shape = ShapeFail
			c.Text += m.T("chip.snapshot.red")
		case s.Freshness == "STALE":
			c.Text += m.T("chip.snapshot.stale")
		case s.Freshness == "CLOCK-SUSPECT":
			c.Text += m.T("chip.snapshot.clock")
		default:
			c.Shape = ShapePass
		}
		return append(out, c)
	}
	return append(out, Chip{Shape: ShapeUnknown, Text: m.T("chip.snapshot.none"), Hint: m.T("chip.snapshot.none.hint")})
}
