// Package civil has the calendar days that certificates print and that the notices count in: whole days in
// Asia/Shanghai (UTC+8, no daylight saving), the last of which counts until 24:00 (民法典 art. 203(2)).
package civil

import (
	"errors"
	"fmt"
	"time"
)

// Date is a calendar day. The zero Date means that no date is known. A Date with D == 0 is a month (CPTA
// certificates print the birth month only).
type Date struct {
	Y int
	M time.Month
	D int
}

// Shanghai is the time zone in which every printed date is to be read. It is fixed at UTC+8, so no zone database is needed.
func Shanghai() *time.Location { return shanghai }

// shanghai is never changed; it is made once because every comparison of an instant with a day needs it.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// ErrBadDate is wrapped by every error that Parse and New return.
var ErrBadDate = errors.New("not a calendar date")

// New returns the day y-m-d, or an error that wraps ErrBadDate if the calendar has no such day.
func New(y, m, d int) (Date, error) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 1 || y > 9999 || t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return Date{}, fmt.Errorf("%04d-%02d-%02d: %w", y, m, d, ErrBadDate)
	}
	return Date{y, time.Month(m), d}, nil
}

// Must is New for constants in tests and tables; it panics on a day that does not exist.
func Must(y, m, d int) Date {
	x, err := New(y, m, d)
	if err != nil {
		panic(err)
	}
	return x
}

// NewMonth returns the month y-m without a day.
func NewMonth(y, m int) (Date, error) {
	if y < 1 || y > 9999 || m < 1 || m > 12 {
		return Date{}, fmt.Errorf("%04d-%02d: %w", y, m, ErrBadDate)
	}
	return Date{y, time.Month(m), 0}, nil
}

// Parse reads the ISO forms YYYY-MM-DD and YYYY-MM. Printed Chinese forms are read by package fields.
func Parse(s string) (Date, error) {
	if t, err := time.Parse("2006-01-02", s); err == nil {
		return New(t.Year(), int(t.Month()), t.Day())
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		return NewMonth(t.Year(), int(t.Month()))
	}
	return Date{}, fmt.Errorf("%q: %w", s, ErrBadDate)
}

// Of returns the day that it is in Shanghai at t.
func Of(t time.Time) Date {
	y, m, d := t.In(Shanghai()).Date()
	return Date{y, m, d}
}

// Start returns the first instant of the day in Shanghai; a month starts with its first day.
func (d Date) Start() time.Time {
	day := d.D
	if day == 0 {
		day = 1
	}
	return time.Date(d.Y, d.M, day, 0, 0, 0, 0, Shanghai())
}

// IsZero reports whether no date is known.
func (d Date) IsZero() bool { return d == Date{} }

// HasDay reports whether d is a full day, not a month or unknown.
func (d Date) HasDay() bool { return d.D != 0 }

// String returns YYYY-MM-DD, YYYY-MM for a month, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := make([]byte, 0, 10)
	b = append(b, digit(d.Y/1000), digit(d.Y/100), digit(d.Y/10), digit(d.Y), '-', digit(int(d.M)/10), digit(int(d.M)))
	if d.D != 0 {
		b = append(b, '-', digit(d.D/10), digit(d.D))
	}
	return string(b)
}

func digit(n int) byte { return byte('0' + n%10) }

// MarshalText writes the form of String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	x, err := Parse(string(b))
	if err == nil {
		*d = x
	}
	return err
}

// Compare returns -1, 0 or +1 as d is before, the same as, or after e.
func (d Date) Compare(e Date) int {
	a, b := d.Y*10000+int(d.M)*100+d.D, e.Y*10000+int(e.M)*100+e.D
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddDays returns the day n days after d (before d for a negative n). By 民法典 art. 201 a period of n days
// that starts on d does not count d itself, so it ends on d.AddDays(n).
func (d Date) AddDays(n int) Date {
	t := time.Date(d.Y, d.M, d.D+n, 0, 0, 0, 0, time.UTC)
	return Date{t.Year(), t.Month(), t.Day()}
}

// Sub returns the number of days from e to d.
func (d Date) Sub(e Date) int {
	a := time.Date(d.Y, d.M, d.D, 0, 0, 0, 0, time.UTC)
	b := time.Date(e.Y, e.M, e.D, 0, 0, 0, 0, time.UTC)
	return int((a.Unix() - b.Unix()) / (24 * 60 * 60)) // a Duration ends at 292 years
}

// AddYears returns the same day n years later. Where that year has no such day (29 February) it is the last day of
// the month (民法典 art. 202), unlike time.Time.AddDate, which would give 1 March.
func (d Date) AddYears(n int) Date {
	e := Date{d.Y + n, d.M, d.D}
	if last := lastDay(e.Y, e.M); e.D > last {
		e.D = last
	}
	return e
}

// Min returns the earliest of the known dates, or the zero Date.
func Min(ds ...Date) Date {
	var m Date
	for _, d := range ds {
		if !d.IsZero() && (m.IsZero() || d.Before(m)) {
			m = d
		}
	}
	return m
}

// Max returns the latest of the known dates, or the zero Date.
func Max(ds ...Date) Date {
	var m Date
	for _, d := range ds {
		if !d.IsZero() && (m.IsZero() || d.After(m)) {
			m = d
		}
	}
	return m
}

func lastDay(y int, m time.Month) int { return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }
