package main

import (
	"testing"
	"time"

	"zhengyan/store"
)

// Records of a day in the future make the clock suspect until an operator says that it is right; what was signed still counts.
func TestClockIsConfirmedForGood(t *testing.T) {
	d := folder0(t)
	ahead := noon().AddDate(70, 0, 0)
	w := newAuditor(d, func() time.Time { return ahead }, func() string { return "" }, func(err error) { t.Error(err) })
	w.on.Store(true)
	w.note("import", "")
	w.close()
	if c, err := clockOf(t.Context(), d, nil, noon()); err != nil || !c.Suspect() || c.Source != "clock.audit" || !c.Latest.Equal(ahead) {
		t.Fatalf("%+v", c)
	}
	if _, err := confirmClock(t.Context(), d, nil, "", noon()); err == nil {
		t.Error("confirmed by nobody")
	}
	c, err := confirmClock(t.Context(), d, nil, "样例员", noon())
	if err != nil || c.Suspect() {
		t.Fatalf("%+v, %v", c, err)
	}
	if c, err := clockOf(t.Context(), d, nil, noon()); err != nil || c.Suspect() {
		t.Errorf("not remembered: %+v", c)
	}
	if c, err := clockOf(t.Context(), d, nil, noon().AddDate(0, 0, -2)); err != nil || !c.Suspect() {
		t.Errorf("the confirmation itself is a record: %+v", c)
	}
	meta := store.Meta{AsOf: noon().AddDate(0, 0, -1)}
	row := store.Row{Kind: "constructor-1", Number: "A1", Name: "张样例", Status: "有效"}
	if _, err := d.BuildInto(t.Context(), store.Rows([]store.Row{row}), meta, noon().AddDate(0, 0, -1)); err != nil {
		t.Fatal(err)
	}
	if c, err := confirmClock(t.Context(), d, nil, "样例员", noon().AddDate(0, 0, -3)); err != nil || !c.Suspect() || c.Source != "clock.snapshot" {
		t.Errorf("what is as of a later day: %+v, %v", c, err)
	}
}
