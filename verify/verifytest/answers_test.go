package verifytest_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
	"zhengyan/verify/verifytest"
)

// tableRegistry is the invented registry in memory.
type tableRegistry struct {
	rows []rules.RegistryRecord
}

func (r tableRegistry) Snapshot() rules.SnapshotInfo {
	return rules.SnapshotInfo{
		ID: "specimen", Generation: 1, AsOf: verifytest.Day(verifytest.RegistryAsOf).Start(), Rows: len(r.rows),
		WarnAge: verifytest.RegistryWarnDays * 24 * time.Hour, RedAge: verifytest.RegistryRedDays * 24 * time.Hour,
	}
}

func (r tableRegistry) Lookup(_ context.Context, q rules.RegistryQuery) (rules.RegistryAnswer, error) {
	for _, x := range r.rows {
		if x.Kind == q.Kind && x.Number == q.Number {
			return rules.RegistryAnswer{Found: true, Records: []rules.RegistryRecord{x}}, nil
		}
	}
	return rules.RegistryAnswer{}, nil
}

func records(rows []verifytest.RegistryRow) []rules.RegistryRecord {
	out := make([]rules.RegistryRecord, 0, len(rows))
	for _, r := range rows {
		out = append(out, rules.RegistryRecord{
			Kind: r.Kind, Number: r.Number, Name: r.Name, Sex: r.Sex, Birth: r.Birth, Employer: r.Employer, Specialties: r.Specialties,
			Valid: r.Valid, Status: r.Status, StatusDate: r.StatusDate, Reason: r.Reason, QRKey: r.QRKey, EcertID: r.EcertID,
			UpdatedAt: r.UpdatedAt, LatestUsageFrom: r.LatestUsageFrom,
		})
	}
	return out
}

func verifier(t *testing.T, set *verifytest.Set, engine *document.Engine, reg verify.Registry) *verify.Verifier {
	t.Helper()
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := fields.LoadTables(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := qr.LoadHosts(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	anchors, bad, err := seal.LoadAnchors(os.DirFS(set.TrustDir))
	if err != nil || len(bad) > 0 {
		t.Fatal(err, bad)
	}
	limits := verify.DefaultLimits() // of time are for one file on an idle machine, not for a suite on a busy one
	limits.Wall, limits.CodeBudget = 5*time.Minute, 5*time.Second
	v, err := verify.New(verify.Config{
		Limits: limits,
		Engine: engine, Book: book, Tables: tables, Hosts: hosts, Anchors: anchors, Registry: reg, Program: "test",
		Now: func() time.Time { return verifytest.Day("2026-11-01").Start() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAnswers puts every specimen through the whole program and compares with the answers of the catalog.
func TestAnswers(t *testing.T) {
	set := wholeSet(t)
	engine, err := document.NewEngine(document.Config{Font: assets.Font()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	if err := engine.Warm(context.Background()); err != nil { // compiling must not count against the first file's time
		t.Fatal(err)
	}
	with := verifier(t, set, engine, tableRegistry{records(set.Rows)})
	without := verifier(t, set, engine, nil)
	gathered := map[string]*verify.Evidence{}
	for _, a := range set.Answers {
		v, key := with, a.File
		if a.NoSnapshot {
			v, key = without, a.File+" without"
		}
		ev := gathered[key]
		if ev == nil {
			src, err := document.SourceFile(filepath.Join(set.Dir, filepath.FromSlash(a.File)))
			if err != nil {
				t.Fatal(err)
			}
			if ev, err = v.Gather(context.Background(), src); err != nil {
				t.Fatal(err)
			}
			gathered[key] = ev
		}
		at, err := verify.ParseInstant(a.At)
		if err != nil {
			t.Fatal(err)
		}
		q := verify.Question{At: at, Lang: "en"}
		opts := strings.Fields(a.Options)
		for i := 0; i+1 < len(opts); i += 2 {
			switch opts[i] {
			case "--specialty":
				q.Specialty = opts[i+1]
			case "--employer":
				q.Employer = opts[i+1]
			case "--policy":
				q.Policy = opts[i+1]
			default:
				t.Fatalf("%s: option %s", a.File, opts[i])
			}
		}
		compare(t, a, v.Judge(ev, q))
	}
}

func compare(t *testing.T, a verifytest.Answer, r *verify.Report) {
	t.Helper()
	var got []string
	for _, c := range r.Checks {
		if c.Status == verify.Failed || c.Status == verify.Inconclusive {
			got = append(got, c.Rule)
		}
	}
	slices.Sort(got)
	got = slices.Compact(got)
	want := slices.Sorted(slices.Values(a.Rules))
	if string(a.Copy) == string(r.Copy.Indication) && string(a.Registration) == string(r.Registration.Indication) &&
		string(a.Overall) == string(r.Indication) && slices.Equal(got, want) {
		return
	}
	var b bytes.Buffer
	for _, c := range r.Checks {
		if c.Status == verify.Failed || c.Status == verify.Inconclusive {
			b.WriteString("\n      " + c.ID + " " + string(c.Status) + " " + string(c.Action) + " " + c.Rule + " " + string(c.Sub) + ": " + c.Message)
		}
	}
	t.Errorf("%s at %s %s (%s)\n    want %s %s %s %v\n    got  %s %s %s %v%s", a.File, a.At, a.Options, a.About,
		a.Copy, a.Registration, a.Overall, want, r.Copy.Indication, r.Registration.Indication, r.Indication, got, b.String())
}
