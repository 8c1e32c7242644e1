package viewmodel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// ShelfItem is a certificate on the shelf 我的证书, as it was read when it was put there.
type ShelfItem struct {
	SHA256, Path, Number, Name string
	Kind                       fields.Kind
	Usage, Valid               fields.Period
	Specialties                []fields.Specialty
	BidDay                     civil.Date
	Added                      time.Time
	Indication                 string
}

// Shelf keeps certificates on this machine. Its methods may be slow.
type Shelf interface {
	List(ctx context.Context) ([]ShelfItem, error)
	Put(ctx context.Context, it ShelfItem) error
	Remove(ctx context.Context, sha256 string) error
}

// ShelfOf makes an item of a report; ok is false for a file that could not be read.
func ShelfOf(rep *verify.Report, path string, now time.Time) (it ShelfItem, ok bool) {
	if rep == nil || rep.Error != nil || rep.Input.SHA256 == "" {
		return it, false
	}
	c := rep.Certificate
	return ShelfItem{
		SHA256: rep.Input.SHA256, Path: path, Number: c.Number, Name: c.Name, Kind: c.Kind, Usage: c.Usage, Valid: c.Valid,
		Specialties: c.Specialties, Added: now, Indication: string(rep.Indication),
	}, true
}

// shelfEnd is a day after which something of a certificate no longer holds, that day included.
type shelfEnd struct {
	what string
	day  civil.Date
	copy bool // a new copy mends it: the period of use
}

func (it ShelfItem) ends(m *Messages) []shelfEnd {
	var out []shelfEnd
	add := func(what string, d civil.Date, again bool) {
		if !d.IsZero() && d.HasDay() {
			out = append(out, shelfEnd{what, d, again})
		}
	}
	add(m.T("shelf.what.usage"), it.Usage.To, true)
	add(m.T("shelf.what.valid"), it.Valid.To, false)
	for _, s := range it.Specialties {
		add(m.T("shelf.what.specialty", "name", s.Name), s.Valid.To, false)
	}
	slices.SortStableFunc(out, func(a, b shelfEnd) int { return cmp.Compare(a.day.Sub(b.day), 0) })
	return out
}

// ShelfRow is a line of the shelf.
type ShelfRow struct {
	Item  ShelfItem
	Shape Shape
	Days  string // days left, or since the end
	Ends  []string
	ToDo  string
	left  int
}

// ShelfRows are the certificates, those that end first at the top.
func ShelfRows(m *Messages, list []ShelfItem, today civil.Date) []ShelfRow {
	var out []ShelfRow
	for _, it := range list {
		r := ShelfRow{Item: it, Shape: ShapeUnknown, Days: m.T("shelf.nodate"), left: 1 << 30}
		ends := it.ends(m)
		for _, e := range ends {
			r.Ends = append(r.Ends, m.T("shelf.ends", "what", e.what, "day", e.day.String()))
		}
		if len(ends) > 0 {
			r.left = ends[0].day.Sub(today)
			r.Shape, r.Days = ShapePass, m.T("shelf.days", "n", strconv.Itoa(r.left))
			if r.left < 0 {
				r.Shape, r.Days = ShapeFail, m.T("shelf.ended", "n", strconv.Itoa(-r.left))
			}
		}
		r.ToDo = it.toDo(m, ends, today)
		if it.BidDay.HasDay() && r.Shape == ShapePass && ends[0].day.Sub(it.BidDay) < 0 {
			r.Shape = ShapeUnknown
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b ShelfRow) int { return cmp.Compare(a.left, b.left) })
	return out
}

// toDo is what must be done before the bid day, or now. A registration that ends is the harder thing, so it is said first.
func (it ShelfItem) toDo(m *Messages, ends []shelfEnd, today civil.Date) string {
	day := today
	if it.BidDay.HasDay() {
		if day = it.BidDay; day.Sub(today) < 0 {
			return m.T("shelf.todo.past")
		}
	}
	n := strconv.Itoa(day.Sub(today))
	again := false
	for _, e := range ends {
		if e.day.Sub(day) >= 0 {
			continue
		}
		if e.copy {
			again = true
			continue
		}
		if !it.BidDay.HasDay() {
			return m.T("shelf.todo.renewnow", "what", e.what)
		}
		return m.T("shelf.todo.renew", "n", n, "what", e.what)
	}
	switch {
	case again && it.BidDay.HasDay():
		return m.T("shelf.todo.download", "n", n)
	case again:
		return m.T("shelf.todo.now")
	case it.BidDay.HasDay() && len(ends) > 0:
		return m.T("shelf.todo.fine", "n", n)
	}
	return ""
}

// ShelfCalendar writes reminders as an iCalendar object (RFC 5545): all-day events on the days on which something ends and
// on bid days, each with alarms beforehand. stamp is when it is written. n is the number of events.
func ShelfCalendar(m *Messages, list []ShelfItem, stamp time.Time) (text string, n int) {
	var b strings.Builder
	put := func(s string) { b.WriteString(foldLine(s)) }
	put("BEGIN:VCALENDAR")
	put("VERSION:2.0")
	put("PRODID:-//Zhengyan//Shelf//ZH")
	put("CALSCALE:GREGORIAN")
	put("METHOD:PUBLISH")
	event := func(it ShelfItem, d civil.Date, key, summary string, alarms ...int) {
		n++
		put("BEGIN:VEVENT")
		put(fmt.Sprintf("UID:%.16s-%s-%s@zhengyan.invalid", it.SHA256, strings.ReplaceAll(d.String(), "-", ""), key))
		put("DTSTAMP:" + stamp.UTC().Format("20060102T150405Z"))
		put("DTSTART;VALUE=DATE:" + d.Start().Format("20060102"))
		put("DTEND;VALUE=DATE:" + d.Start().AddDate(0, 0, 1).Format("20060102")) // not included, 3.6.1
		put("SUMMARY:" + escapeText(summary))
		put("TRANSP:TRANSPARENT")
		for _, days := range alarms {
			put("BEGIN:VALARM")
			put("ACTION:DISPLAY")
			put(fmt.Sprintf("TRIGGER:-P%dD", days))
			put("DESCRIPTION:" + escapeText(summary))
			put("END:VALARM")
		}
		put("END:VEVENT")
	}
	for _, it := range list {
		who := strings.TrimSpace(it.Name + " " + it.Number)
		for i, e := range it.ends(m) {
			event(it, e.day, "end"+strconv.Itoa(i), m.T("shelf.remind", "name", who, "what", e.what, "day", e.day.String()), 30, 7)
		}
		if it.BidDay.HasDay() {
			event(it, it.BidDay, "bid", m.T("shelf.remind.bid", "name", who), 7, 1)
		}
	}
	put("END:VCALENDAR")
	return b.String(), n
}

// escapeText escapes a TEXT value (RFC 5545, 3.3.11). Control characters are left out.
func escapeText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// foldLine ends a content line and folds it so that no line is longer than 75 octets (RFC 5545, 3.1), between characters.
func foldLine(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		size := len(string(r))
		if n+size > 75 {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteRune(r)
		n += size
	}
	b.WriteString("\r\n")
	return b.String()
}
