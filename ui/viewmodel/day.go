package viewmodel

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/civil"
)

// ErrDay is returned for an entry that is no day.
var ErrDay = errors.New("not a day")

var dayEntry = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:时](\d{2})分?)?$`)

// ParseDay reads what people type for a day, with or without a time of day: 2026-03-01, 2026/3/1, 20260301, 2026年3月1日,
// 2026-03-01 09:30. Full-width digits are read too. A day alone is returned as its Instant.
func ParseDay(s string) (time.Time, error) {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '：':
			return ':'
		case r == '－' || r == '–' || r == '—':
			return '-'
		case r == '．':
			return '.'
		case r == '　':
			return ' '
		}
		return r
	}, s))
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	p := dayEntry.FindStringSubmatch(s)
	if p == nil {
		return time.Time{}, ErrDay
	}
	n := func(i int) int { v, _ := strconv.Atoi(p[i]); return v }
	d, err := civil.New(n(1), n(2), n(3))
	if err != nil {
		return time.Time{}, ErrDay
	}
	if p[4] == "" {
		return Instant(d), nil
	}
	if n(4) > 23 || n(5) > 59 {
		return time.Time{}, ErrDay
	}
	return d.Start().Add(time.Duration(n(4))*time.Hour + time.Duration(n(5))*time.Minute), nil
}

// Instant is the instant as at which a whole day is judged: its end, as on the command line.
func Instant(d civil.Date) time.Time { return verify.EndOfDay(d) }

// DayText writes an instant for the day entry: the time of day only where one was given.
func DayText(t time.Time) string {
	t = t.In(civil.Shanghai())
	if d := civil.Of(t); t.Equal(Instant(d)) {
		return d.String()
	}
	return t.Format("2006-01-02 15:04")
}

// DayOf is the day that it is in Shanghai at t.
func DayOf(t time.Time) civil.Date { return civil.Of(t) }
