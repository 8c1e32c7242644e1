package store

import (
	"path/filepath"
	"slices"
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
			a, err := open(t, path).Lookup(t.Context(), rules.RegistryQuery{Number: tt.face.Number})
			if err != nil || len(a.Records) != 1 {
				t.Fatalf("%+v, %v", a, err)
			}
			for day, want := range map[string]string{"2026-04-01": tt.early, "2026-05-15": tt.late} {
				f := &rules.Facts{
					Day: date(day), Instant: date(day).Start(), GatheredAt: m.AsOf,
					Face: &fields.Result{Source: fields.SourceText, Certificate: fields.Certificate{
						Kind: tt.face.Kind, Number: tt.face.Number, Name: tt.face.Name, Employer: tt.face.Employer, Medium: fields.Electronic,
						Valid: tt.face.Valid, Specialties: tt.face.Specialties,
					}},
					Registry: &rules.Lookup{Snapshot: rules.SnapshotInfo{AsOf: m.AsOf}, Answer: a},
				}
				p, _ := book.Policy("")
				var spoke []string
				for _, x := range book.Evaluate(f, p) {
					if x.Step == "registry" && x.Rule != nil && x.Action == rules.Enforce {
						spoke = append(spoke, x.Rule.ID)
					}
				}
				if !slices.Equal(spoke, []string{want}) {
					t.Errorf("as at %s: want %s, got %v\n%+v", day, want, spoke, a.Records[0].History)
				}
			}
		})
	}
}
