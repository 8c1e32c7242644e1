package main

import (
	"context"
	"io"
	"os"

	"zhengyan/verify"
	"zhengyan/verify/report"
)

const judgeExamples = `  zhengyan judge --at 2026-05-01 result.json
  zhengyan judge --policy strict --json results.ndjson

The files themselves are not needed: the report carries the evidence.
`

func cmdJudge(ctx context.Context, env *environment, args []string) int {
	var j judging
	var asJSON, details bool
	fl := env.flags("judge", "[options] REPORT.json...", judgeExamples)
	j.add(fl)
	fl.BoolVar(&asJSON, "json", false, "one JSON object a report (NDJSON)")
	fl.BoolVarP(&details, "details", "d", false, "every check of every file, not only of a single one")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() == 0 {
		return env.failHint(exitUsage, "zhengyan judge -h", "judge: no report named")
	}
	book, err := ruleData()
	if err != nil {
		return env.fail(exitInternal, "judge: %v", err)
	}
	q, err := j.question(env, book)
	if err != nil {
		return env.fail(exitUsage, "judge: %v", err)
	}
	v := verify.NewJudge(book, program())
	w := &writer{env: env, q: q, json: asJSON, details: details, reports: &reportFiles{}}
	code := exitOK
	for _, path := range fl.Args() {
		reps, err := readReports(env, path)
		if err != nil {
			code = max(code, env.fail(exitUnreadable, "judge: %s: %v", path, err))
			continue
		}
		w.single = fl.NArg() == 1 && len(reps) == 1
		for _, old := range reps {
			again := q
			// What the report was asked stays asked, unless it is asked anew.
			if !fl.Changed("specialty") {
				again.Specialty = old.Question.Specialty
			}
			if !fl.Changed("employer") {
				again.Employer = old.Question.Employer
			}
			if !fl.Changed("at") {
				again.At = old.At
			}
			if !fl.Changed("policy") {
				again.Policy = old.Policy.Name
			}
			again.Human = old.Human
			if err := w.write(v.Judge(old.Evidence, again)); err != nil {
				return env.fail(exitInternal, "judge: %v", err)
			}
		}
	}
	if w.n == 0 {
		return code
	}
	return max(code, w.finish(ctx, "judge", book.Disclaimer.In(q.Lang)))
}

func readReports(env *environment, path string) ([]*verify.Report, error) {
	var r io.Reader = env.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	return report.Read(r)
}
