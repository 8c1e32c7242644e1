package civil_test

import (
	"testing"
	"testing/quick"
	"time"

	"zhengyan/verify/civil"
)

func TestAddYears(t *testing.T) {
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"1960-02-29", 65, "2025-02-28"}, // 民法典第二百零二条; time.AddDate says 1 March
		{"1960-02-29", 64, "2024-02-29"},
		{"1960-03-01", 65, "2025-03-01"},
		{"1960-06-15", 65, "2025-06-15"},
		{"2000-12-31", 1, "2001-12-31"},
	} {
		d, err := civil.Parse(tt.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.AddYears(tt.n).String(); got != tt.want {
			t.Errorf("%s + %d years = %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
}

func TestNewRefusesDaysThatDoNotExist(t *testing.T) {
	for _, x := range [][3]int{{2023, 2, 29}, {2024, 2, 30}, {2024, 4, 31}, {2024, 13, 1}, {2024, 0, 1}, {2024, 1, 0}, {0, 1, 1}, {10000, 1, 1}, {2100, 2, 29}} {
		if d, err := civil.New(x[0], x[1], x[2]); err == nil {
			t.Errorf("%v gives %s", x, d)
		}
	}
}

func TestOfIsShanghai(t *testing.T) {
	for in, want := range map[string]string{
		"2024-03-01T15:59:59Z":      "2024-03-01",
		"2024-03-01T16:00:00Z":      "2024-03-02",
		"2024-03-01T00:00:00+08:00": "2024-03-01",
	} {
		tm, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := civil.Of(tm).String(); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func some(n uint16) civil.Date { return civil.Must(1950, 1, 1).AddDays(int(n)) }

func TestDayArithmetic(t *testing.T) {
	if err := quick.Check(func(a uint16, n int16) bool {
		d := some(a)
		e := d.AddDays(int(n))
		return e.Sub(d) == int(n) && e.AddDays(-int(n)) == d && (n <= 0 || e.After(d)) && civil.Of(e.Start()) == e
	}, nil); err != nil {
		t.Error(err)
	}
	if err := quick.Check(func(a, b, c uint16) bool {
		x, y, z := some(a), some(b), some(c)
		lo, hi := civil.Min(x, y, z, civil.Date{}), civil.Max(x, y, z)
		return !lo.After(x) && !lo.After(y) && !lo.After(z) && !hi.Before(x) && !hi.Before(y) && !hi.Before(z) && x.Compare(y) == -y.Compare(x)
	}, nil); err != nil {
		t.Error(err)
	}
}

func TestTextRoundTrip(t *testing.T) {
	month, err := civil.NewMonth(1990, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []civil.Date{{}, month, civil.Must(2024, 2, 29), civil.Must(1, 1, 1)} {
		b, err := d.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var e civil.Date
		if err := e.UnmarshalText(b); err != nil || e != d {
			t.Errorf("%s came back as %s, %v", d, e, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2024-02-29", "2024-02", "", "2023-02-29", "0000-00-00", "20240229", "2024-2-9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := civil.Parse(s)
		if err != nil {
			return
		}
		if d.IsZero() || d.String() != s {
			t.Errorf("%q became %q", s, d)
		}
	})
}
