package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhengyan/store"
	"zhengyan/verify/civil"
	"zhengyan/verify/verifytest"
)

const specimenExamples = `  zhengyan specimen specimens
  cd specimens && zhengyan verify --at 2026-04-01 --trust trust --data data constructor/ok.pdf

DIR gets the files, trust/ (the invented authorities), data/ (a registry snapshot of invented people) and answers.tsv:
file, day, options, expected verdicts and the rules that must speak. Every page carries 样例 SPECIMEN.
`

func cmdSpecimen(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("specimen", "DIR", specimenExamples)
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() != 1 {
		return env.failHint(exitUsage, "zhengyan specimen -h", "specimen: name one folder")
	}
	dir, err := filepath.Abs(fl.Arg(0))
	if err != nil {
		return env.fail(exitInternal, "specimen: %v", err)
	}
	if err := mayWrite(dir); err != nil {
		return env.failHint(exitUsage, "name a new or empty folder, or one that an earlier run wrote", "specimen: %v", err)
	}
	n, err := writeSpecimens(ctx, env, dir)
	switch {
	case errors.Is(err, verifytest.ErrNoFont):
		return env.failHint(exitInternal, "run `make assets`, then build again", "specimen: this build carries no font to draw with")
	case err != nil:
		return env.fail(exitInternal, "specimen: %v", err)
	}
	fmt.Fprintf(env.Stderr, "zhengyan: %d answers in %s\n", n, filepath.Join(dir, "answers.tsv"))
	return exitOK
}

// mayWrite refuses a folder with other things in it: specimens overwrite only specimens.
func mayWrite(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "answers.tsv")); err != nil {
		return fmt.Errorf("%s is not empty and holds no specimens", dir)
	}
	return nil
}

// writeSpecimens writes the set and returns the number of answers.
func writeSpecimens(ctx context.Context, env *environment, dir string) (int, error) {
	data, none := filepath.Join(dir, "data"), filepath.Join(dir, "no-data")
	// The keys are new at every run, so what an earlier run left would not fit any more.
	for _, old := range []string{data, filepath.Join(dir, "trust")} {
		if err := os.RemoveAll(old); err != nil {
			return 0, err
		}
	}
	set, err := verifytest.Write(ctx, dir, verifytest.WriteOptions{Options: func(a verifytest.Answer) string {
		use := data
		if a.NoSnapshot {
			use = none
		}
		return strings.TrimSpace(a.Options + " --trust " + shellWord(filepath.Join(dir, "trust")) + " --data " + shellWord(use))
	}})
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(none, 0o755); err != nil {
		return 0, err
	}
	if err := specimenSnapshot(ctx, env, data, set.Rows); err != nil {
		return 0, err
	}
	// What is known of a picture depends on whether this installation can read print.
	if r, err := env.printReader(folders{data: data}); err == nil {
		r.Close()
		for i, a := range set.Answers {
			if a.IfRead != nil {
				set.Answers[i].Expect = *a.IfRead
			}
		}
	}
	f, err := os.Create(filepath.Join(dir, "answers.tsv"))
	if err != nil {
		return 0, err
	}
	if err := errors.Join(verifytest.WriteAnswers(f, set.Answers), f.Close()); err != nil {
		return 0, err
	}
	return len(set.Answers), nil
}

func specimenSnapshot(ctx context.Context, env *environment, dir string, rows []verifytest.RegistryRow) error {
	asOf, err := civil.Parse(verifytest.RegistryAsOf)
	if err != nil {
		return err
	}
	d, err := store.OpenData(dir)
	if err != nil {
		return err
	}
	out := make([]store.Row, len(rows))
	for i, r := range rows {
		out[i] = store.Row{
			Kind: r.Kind, Number: r.Number, Name: r.Name, Sex: r.Sex, Birth: r.Birth, Employer: r.Employer, Specialties: r.Specialties,
			Valid: r.Valid, Status: r.Status, StatusDate: r.StatusDate, Reason: r.Reason, QRKey: r.QRKey, EcertID: r.EcertID,
			UpdatedAt: r.UpdatedAt, LatestUsageFrom: r.LatestUsageFrom,
		}
	}
	_, err = d.BuildInto(ctx, store.Rows(out), store.Meta{
		AsOf: asOf.Start(), Source: "样例 SPECIMEN", WarnAge: verifytest.RegistryWarnDays * 24 * time.Hour, RedAge: verifytest.RegistryRedDays * 24 * time.Hour,
	}, env.Now())
	return err
}

// shellWord quotes a path for a POSIX shell where it needs that.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r == '/' || r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
