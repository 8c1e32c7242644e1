package store

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// What a build keeps of the snapshot before it must be what the rules read: a certificate judged as at a day before a
// change is judged by the registry's word of that day.
func TestTheRulesReadTheHistoryThatABuildKeeps(t *testing.T) {
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	date := func(s string) civil.Date {
		d, err := civil.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	span := func(from, to string) fields.Period { return fields.Period{From: date(from), To: date(to)} }
	constructor := Row{
		Kind: fields.Constructor1, Number: "京1112015201600001", Name: "张样例", Status: "有效", Employer: "甲公司", UpdatedAt: date("2026-01-01"),
		Specialties: []fields.Specialty{
			{Name: "建筑工程", Valid: span("2024-05-14", "2027-05-13")}, {Name: "市政公用工程", Valid: span("2024-05-14", "2027-05-13")},
		},
	}
	architect := Row{
		Kind: fields.Architect1, Number: "2011100001", Name: "李样例", Status: "有效", Employer: "甲公司", UpdatedAt: date("2026-01-01"),
		Valid: span("2024-05-14", "2026-09-13"),
	}
	for _, tt := range []struct {
		name          string
		face          Row
		before, after func(*Row)
		early, late   string // the rule that speaks of the registry on 2026-04-01 and on 2026-05-15
	}{
		{"unchanged", constructor, nil, nil, "R-00", "R-00"},
		{"renewed specialty", constructor, nil, func(r *Row) {
			r.Specialties = []fields.Specialty{{Name: "建筑工程", Valid: span("2026-05-10", "2029-05-09")}, r.Specialties[1]}
		}, "R-00", "Y-40"},
		{"specialty given up", constructor, nil, func(r *Row) { r.Specialties = r.Specialties[:1] }, "R-00", "Y-40"},
		{"renewed registration", architect, nil, func(r *Row) { r.Valid = span("2026-05-10", "2028-05-09") }, "R-00", "A-40"},
		{"another employer", constructor, nil, func(r *Row) { r.Employer = "乙公司" }, "R-00", "Y-40"},
		{"suspension lifted on a day that is given", constructor, func(r *Row) {
			r.Status, r.StatusDate = "暂扣", date("2026-02-01")
		}, func(r *Row) { r.StatusDate = date("2026-05-10") }, "Y-60", "R-00"},
		{"suspension lifted on a day that is not given", constructor, func(r *Row) {
			r.Status, r.StatusDate = "暂扣", date("2026-02-01")
		}, nil, "R-08", "R-00"},
		{"cancelled", constructor, func(r *Row) { r.StatusDate = date("2024-05-14") }, func(r *Row) {
			r.Status, r.StatusDate = "注销", date("2026-05-10")
		}, "R-00", "Y-60"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := tt.face, tt.face
			if tt.before != nil {
				tt.before(&before)
			}
			if after.UpdatedAt = date("2026-05-10"); tt.after != nil {
				tt.after(&after)
			}
			m := testMeta()
			m.AsOf = time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC)
			first := open(t, fileOf(t, []Row{before}, m.AsOf))
			m.AsOf = time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
			path := filepath.Join(t.TempDir(), "b.db")
			if err := BuildWith(t.Context(), Rows([]Row{after}), m, path, BuildOptions{Previous: first}); err != nil {
				t.Fatal(err)
			}
			for day, want := range map[string]string{"2026-04-01": tt.early, "2026-05-15": tt.late} {
				if spoke, r := spokeOfRegistry(t, book, path, tt.face, date(day)); !slices.Equal(spoke, []string{want}) {
					t.Errorf("as at %s: want %s, got %v\n%+v", day, want, spoke, r.History)
				}
			}
		})
	}
}

// spokeOfRegistry are the rules that decide on the registration by a snapshot's word, for a certificate whose face agrees with it.
func spokeOfRegistry(t *testing.T, book *rules.Book, path string, face Row, day civil.Date) (spoke []string, r Row) {
	t.Helper()
	snap := open(t, path)
	a, err := snap.Lookup(t.Context(), rules.RegistryQuery{Number: face.Number})
	if err != nil || len(a.Records) != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	f := &rules.Facts{
		Day: day, Instant: day.Start(), GatheredAt: snap.Snapshot().AsOf,
		Face: &fields.Result{Source: fields.SourceText, Certificate: fields.Certificate{
			Kind: face.Kind, Number: face.Number, Name: face.Name, Employer: face.Employer, Medium: fields.Electronic,
			Valid: face.Valid, Specialties: face.Specialties,
		}},
		Registry: &rules.Lookup{Snapshot: snap.Snapshot(), Answer: a},
	}
	p, _ := book.Policy("")
	for _, x := range book.Evaluate(f, p) {
		if x.Step == "registry" && x.Rule != nil && x.Action == rules.Enforce {
			spoke = append(spoke, x.Rule.ID)
		}
	}
	return spoke, a.Records[0]
}

// A registration that a snapshot did not hold does not pass for the days before it came, or came back, on the word of a later one.
func TestARegistrationThatWasNotListed(t *testing.T) {
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	row := Row{
		Kind: fields.Constructor1, Number: "京1112015201600001", Name: "张样例", Status: "有效", Employer: "甲公司", UpdatedAt: civil.Must(2024, 5, 14),
		Specialties: []fields.Specialty{{Name: "建筑工程", Valid: fields.Period{To: civil.Must(2027, 5, 13)}}},
	}
	other := row
	other.Number = "京1112015201600002"
	for name, tt := range map[string]struct {
		back               func(*Row)
		gap, updated, snap string // the rule that speaks on 2026-04-20, when no snapshot held it, and on 2026-05-15 and 2026-06-01, when one did
	}{
		"as before":                               {func(*Row) {}, "R-09", "R-09", "R-00"},
		"valid all the while":                     {func(r *Row) { r.StatusDate = civil.Must(2024, 5, 14) }, "R-09", "R-09", "R-00"},
		"updated since":                           {func(r *Row) { r.UpdatedAt = civil.Must(2026, 5, 10) }, "R-09", "R-00", "R-00"},
		"valid anew since":                        {func(r *Row) { r.StatusDate = civil.Must(2026, 5, 10) }, "R-09", "R-00", "R-00"},
		"valid since the day of the gap":          {func(r *Row) { r.StatusDate = civil.Must(2026, 4, 10) }, "R-00", "R-00", "R-00"},
		"valid since some day of the gap's month": {func(r *Row) { r.StatusDate = civil.Date{Y: 2026, M: 4} }, "R-09", "R-09", "R-00"},
		"ended before":                            {func(r *Row) { r.Status, r.StatusDate = "注销", civil.Must(2026, 3, 20) }, "Y-60", "Y-60", "Y-60"},
		"ended since":                             {func(r *Row) { r.Status, r.StatusDate = "注销", civil.Must(2026, 5, 10) }, "R-09", "Y-60", "Y-60"},
	} {
		t.Run(name, func(t *testing.T) {
			again := row
			tt.back(&again)
			var previous *Snapshot
			var path string
			for i, rows := range [][]Row{{row, other}, {other}, {again, other}, {again, other}} {
				m := testMeta()
				m.AsOf = time.Date(2026, time.Month(3+i), 10, 8, 0, 0, 0, time.UTC)
				if i > 1 {
					m.AsOf = m.AsOf.AddDate(0, 0, 22)
				}
				path = filepath.Join(t.TempDir(), "r.db")
				if err := BuildWith(t.Context(), Rows(rows), m, path, BuildOptions{Previous: previous}); err != nil {
					t.Fatal(err)
				}
				previous = open(t, path)
			}
			for _, x := range []struct {
				day  civil.Date
				want string
			}{{civil.Must(2026, 4, 20), tt.gap}, {civil.Must(2026, 5, 15), tt.updated}, {civil.Must(2026, 6, 1), tt.snap}} {
				spoke, r := spokeOfRegistry(t, book, path, row, x.day)
				if got := strings.Join(spoke, " "); got != x.want {
					t.Errorf("as at %s: want %q, got %q\n%+v", x.day, x.want, got, r.History)
				}
			}
		})
	}
}
