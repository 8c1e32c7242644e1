package main

import (
	"strings"
	"testing"
	"time"

	"zhengyan/store"
	"zhengyan/verify/civil"
)

// Rows of today are as of now: a snapshot whose day has not ended would make every clock look wrong until midnight.
func TestAsOfTodayIsNow(t *testing.T) {
	s := newShell(t)
	s.write("1.csv", rowsMonday)
	now := testNow().In(civil.Shanghai())
	_, errs := s.run(exitOK, "snapshot build --as-of "+civil.Of(now).String()+" --out @1.db @1.csv")
	if strings.Contains(errs, "later than") {
		t.Error(errs)
	}
	snap, err := store.OpenSnapshot(s.path("@1.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if got := snap.Snapshot().AsOf; !got.Equal(now) {
		t.Errorf("as of %s, want %s", got, now)
	}
	_, errs = s.run(exitOK, "snapshot build --as-of 2026-11-22 --out @2.db @1.csv")
	s.contains(errs, "later than this computer's clock")

	env := testEnv(nil, nil)
	env.Now = func() time.Time { return time.Date(2026, 11, 21, 16, 30, 0, 5, time.UTC) } // in Shanghai it is tomorrow
	for day, want := range map[string]string{
		"2026-11-22": "2026-11-22T00:30:00+08:00", "2026-11-21": "2026-11-21T23:59:59+08:00", "2026-11-22T18:00": "2026-11-22T18:00:00+08:00",
	} {
		if got, err := env.stateAsOf(day); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v; want %s", day, got.Format(time.RFC3339), err, want)
		}
	}
	if _, err := env.stateAsOf("2026-02-30"); err == nil {
		t.Error("a day that does not exist")
	}
}
