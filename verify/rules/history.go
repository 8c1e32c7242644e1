package rules

import (
	"slices"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// FormatPeriod writes a period as a registry's tables do: "2024-05-14..2027-05-13", with an end left out that is not
// known, and "" for none.
func FormatPeriod(p fields.Period) string {
	if p.IsZero() {
		return ""
	}
	return p.From.String() + ".." + p.To.String()
}

// FormatSpecialties writes specialties as a cell of a registry's table holds them: "建筑工程 2024-05-14..2027-05-13；市政公用工程".
func FormatSpecialties(list []fields.Specialty) string {
	parts := make([]string, len(list))
	for i, s := range list {
		if parts[i] = s.Name; parts[i] == "" {
			parts[i] = s.Raw
		}
		if !s.Valid.IsZero() {
			parts[i] += " " + FormatPeriod(s.Valid)
		}
	}
	return strings.Join(parts, "；")
}

// readPeriod reads what FormatPeriod writes.
func readPeriod(s string) (p fields.Period, ok bool) {
	from, to, ok := strings.Cut(s, "..")
	if !ok {
		return fields.Period{}, s == ""
	}
	p = fields.Period{From: dateOf(from), To: dateOf(to)}
	return p, p.From.IsZero() == (from == "") && p.To.IsZero() == (to == "")
}

// readSpecialties reads what FormatSpecialties writes; what it cannot read is left out.
func readSpecialties(s string) (list []fields.Specialty) {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '；' || r == ';' }) {
		x := fields.Specialty{Name: strings.TrimSpace(part)}
		if i := strings.LastIndexByte(x.Name, ' '); i >= 0 && strings.Contains(x.Name[i:], "..") {
			p, ok := readPeriod(x.Name[i+1:])
			if !ok {
				continue
			}
			x.Name, x.Valid = strings.TrimSpace(x.Name[:i]), p
		}
		list = append(list, x)
	}
	return list
}

// earlier reports whether the registry had a value of the field that is accepted and that it replaced only after the
// day judged.
func (e *evaluation) earlier(r *RegistryRecord, field string, is func(value string) bool) bool {
	for i := range r.History {
		if h := &r.History[i]; h.Field == field && e.Day.Before(h.Until) && is(h.Value) {
			return true
		}
	}
	return false
}

// heldOn is the earlier value of a field that was the registry's word on a day, nil if that is its present one.
func (r *RegistryRecord) heldOn(field string, day civil.Date) *FieldChange {
	var held *FieldChange
	for i := range r.History {
		if h := &r.History[i]; h.Field == field && day.Before(h.Until) && (held == nil || h.Until.Before(held.Until)) {
			held = h
		}
	}
	return held
}

// wordOf is what the registry's word for a field was on the day judged: an earlier value where it gave one then, else the present.
func (e *evaluation) wordOf(r *RegistryRecord, field, present string) string {
	if h := r.heldOn(field, e.Day); h != nil && h.Value != "" {
		return h.Value
	}
	return present
}

// replacedBy reports whether an earlier value of the field had been replaced by a day.
func (r *RegistryRecord) replacedBy(field string, day civil.Date) bool {
	for i := range r.History {
		if h := &r.History[i]; h.Field == field && !day.Before(h.Until) {
			return true
		}
	}
	return false
}

// validOn is the registration's validity by the registry's word of the day judged.
func (e *evaluation) validOn(r *RegistryRecord) fields.Period {
	if h := r.heldOn("valid", e.Day); h != nil {
		if p, ok := readPeriod(h.Value); ok {
			return p
		}
	}
	return r.Valid
}

// standing is a word of the registry for a registration's state, and what it means for the day judged.
type standing struct {
	word  string
	since civil.Date // zero: the registry does not say
	until civil.Date // the day by which another word had taken its place; zero: it is the present word
	means meaning
}

type meaning uint8

const (
	meansUnknown meaning = iota // no word of the book
	meansGood
	meansGoodLater    // good from a day after the one judged
	meansOver         // ended or suspended by the day judged
	meansOverLater    // ended or suspended from a day after the one judged, until which it stood
	meansOverSometime // ended or suspended, and whether by the day judged is not known
	meansPending
	meansUnlisted // stood by the registry's word of today, and a snapshot of then did not hold it
)

// period is from when to when the word stood, for a message.
func (s *standing) period() string {
	if s.until.IsZero() {
		if s.since.IsZero() {
			return "—"
		}
		return s.since.String()
	}
	return strings.TrimSpace(s.since.String() + " – " + s.until.String())
}

// standings are the words for the state of a registration that may have been true on the day judged: one, or two where
// the registry does not say on which day the second took the place of the first. The day until which an earlier word
// stood in the snapshots is that by which it was replaced; the change itself may have been before.
func (e *evaluation) standings(r *RegistryRecord) []standing {
	e.stood.once(func() bool {
		e.states = e.standingsOf(r)
		if h := r.heldOn(Absent, e.Day); h != nil {
			for i := range e.states {
				e.states[i].unlist(dateOf(h.Value))
			}
		}
		return true
	})
	return e.states
}

func (e *evaluation) standingsOf(r *RegistryRecord) []standing {
	present := standing{word: r.Status, since: r.StatusDate}
	h := r.heldOn("status", e.Day)
	if h == nil {
		e.weigh(&present, r.replacedBy("status", e.Day) || !e.Day.Before(civil.Of(e.Registry.Snapshot.AsOf)))
		d := r.heldOn("statusDate", e.Day)
		if d == nil || present.means != meansGoodLater && present.means != meansOverLater {
			return []standing{present}
		}
		// The word is the same, and its day was another.
		was := standing{word: r.Status, since: dateOf(d.Value), until: d.Until}
		if e.weigh(&was, false); was.means == meansOver {
			was.means = meansOverSometime // the registry has corrected the day of the end, which was before the one judged
		}
		return e.either(was, present)
	}
	was := standing{word: h.Value, since: r.since(h), until: h.Until}
	e.weigh(&was, r.replacedBy("status", e.Day))
	if n := r.heldOn("status", h.Until); n != nil {
		present = standing{word: n.Value, since: r.since(n), until: n.Until}
	}
	e.weigh(&present, false)
	return e.either(was, present)
}

// unlist takes note that the snapshot of a day did not hold the record. A registration that stands since then is no surprise; that
// one stood before, until it ended or still, is not borne out. That it had ended is.
func (s *standing) unlist(absent civil.Date) {
	if s.means == meansOverLater || s.means == meansGood && (!s.since.HasDay() || s.since.Before(absent)) {
		s.means = meansUnlisted
	}
}

// either leaves out the word that cannot have been true on the day judged.
func (e *evaluation) either(was, next standing) []standing {
	switch {
	case was.since.HasDay() && e.Day.Before(was.since): // and next came after it
		return []standing{was}
	case next.since.HasDay() && e.Day.Before(next.since) && next.means != meansOverLater: // of which the holder should know
		return []standing{was}
	}
	return []standing{was, next}
}

// since is the day that the registry gave with an earlier status, the zero date where it gave none, or none before the
// status was replaced.
func (r *RegistryRecord) since(h *FieldChange) civil.Date {
	d := r.StatusDate
	if i := slices.IndexFunc(r.History, func(c FieldChange) bool { return c.Field == "statusDate" && c.Until == h.Until }); i >= 0 {
		d = dateOf(r.History[i].Value)
	} else if c := r.heldOn("statusDate", h.Until); c != nil {
		d = dateOf(c.Value)
	}
	if !d.Before(h.Until) {
		return civil.Date{}
	}
	return d
}

// dateOf is the day that an earlier value holds, the zero date where it holds none.
func dateOf(s string) civil.Date {
	d, err := civil.Parse(s)
	if err != nil {
		return civil.Date{}
	}
	return d
}

// weigh says what a standing means for the day judged; begun: it is known to have begun by then, whatever its own day.
func (e *evaluation) weigh(s *standing, begun bool) {
	switch e.book.StatusWords[s.word] {
	case "ended", "suspended":
		first, last := daysOf(s.since)
		switch {
		case !first.IsZero() && e.Day.Before(first):
			s.means = meansOverLater
		case !last.IsZero() && !e.Day.Before(last), begun:
			s.means = meansOver
		default:
			s.means = meansOverSometime
		}
	case "valid":
		s.means = meansGood
		if first, last := daysOf(s.since); e.Day.Before(first) || e.Day.Before(last) && !begun {
			s.means = meansGoodLater
		}
	case "pending":
		s.means = meansPending
	}
}

// daysOf gives the first and the last day that a date can mean, of which only the month or the year may be known; zero for one
// that is not known at all.
func daysOf(d civil.Date) (first, last civil.Date) {
	switch {
	case d.IsZero() || d.HasDay():
		return d, d
	case d.M == 0:
		return civil.Date{Y: d.Y, M: 1, D: 1}, civil.Date{Y: d.Y, M: 12, D: 31}
	}
	first = civil.Date{Y: d.Y, M: d.M, D: 1}
	return first, civil.Date{Y: d.Y, M: d.M + 1, D: 1}.AddDays(-1)
}

// standingAs returns the first standing of r with one of these meanings, nil if there is none.
func (e *evaluation) standingAs(r *RegistryRecord, ms ...meaning) *standing {
	if r == nil {
		return nil
	}
	all := e.standings(r)
	for i := range all {
		if slices.Contains(ms, all[i].means) {
			return &all[i]
		}
	}
	return nil
}
