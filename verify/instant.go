package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
)

// Context and Source stand in signatures of this package under short names.
type (
	Context = context.Context
	Source  = document.Source
)

// EndOfDay is the instant as at which a whole day is judged: its last second, because the last day of a period counts
// until 24:00 (民法典第二百零三条) and a certificate made on that day must count as made.
func EndOfDay(d civil.Date) time.Time { return d.AddDays(1).Start().Add(-time.Second) }

// ErrBadInstant is wrapped by the error of ParseInstant.
var ErrBadInstant = errors.New("not a date or time")

// ParseInstant reads the --at forms: a day (2026-03-01, judged as at its end), or a time of day in Shanghai
// (2026-03-01T09:30, 2026-03-01T09:30:00) or with its own zone (2026-03-01T09:30:00+08:00).
func ParseInstant(s string) (time.Time, error) {
	if d, err := civil.Parse(s); err == nil && d.HasDay() {
		return EndOfDay(d), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, civil.Shanghai()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: %w (use 2026-03-01 or 2026-03-01T09:30)", s, ErrBadInstant)
}
