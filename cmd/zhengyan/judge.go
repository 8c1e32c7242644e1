package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"zhengyan/verify"
	"zhengyan/verify/report"
)

const judgeExamples = `  zhengyan judge --at 2026-05-01 result.json
  zhengyan judge --policy strict --json results.ndjson

The files themselves are not needed: the report carries the evidence. A report that its digest does not fit is judged again
too; the exit status is then at least 65. A digest that fits has no key and shows no more than that nothing was changed
by accident.
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
	w := &writer{env: env, q: q, json: asJSON, details: details, reports: &reportFiles{}, told: &progress{}}
	code := exitOK
	for _, path := range fl.Args() {
		reps, err := readReports(env, path)
		if err != nil {
			code = max(code, env.fail(exitUnreadable, "judge: %s: %v", path, err))
			continue
		}
		if env.sayIntegrity(path, reps); reps.Integrity == report.Changed {
			code = max(code, exitUnreadable)
		}
		if reps.Stopped != nil {
			env.note("%s: the run that this report is of was stopped before its end", path)
		}
		w.single = fl.NArg() == 1 && len(reps.Reports) == 1
		for _, old := range reps.Reports {
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
			if ctx.Err() != nil {
				break
			}
			w.files++
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

// sayIntegrity tells on standard error whether the digest of an exported file fits it. It is judged again all the same.
func (env *environment) sayIntegrity(path string, b *report.Batch) {
	zh, en := "报告的摘要与内容相符；摘要没有密钥，改过的报告也能配上，要紧的报告请与出具方的留痕检查点核对",
		"the digest fits the report; it has no key, so a changed report can be given one that fits: compare one that matters with the audit log's checkpoint"
	switch b.Integrity {
	case report.Changed:
		zh, en = "报告已被改动", "the report HAS BEEN CHANGED since it was written"
		if b.Missing > 0 {
			zh, en = fmt.Sprintf("%s，缺 %d 份", zh, b.Missing), fmt.Sprintf("%s; %d of its files are missing", en, b.Missing)
		}
	case report.Unmarked:
		zh, en = "报告没有摘要，无从判断是否被改动", "the report carries no digest: whether it was changed cannot be told"
	}
	if env.language("") == "en" {
		zh = en
	}
	fmt.Fprintf(env.Stderr, "zhengyan: %s: %s\n", path, zh)
}

func readReports(env *environment, path string) (*report.Batch, error) {
	var r io.Reader = env.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	return report.ReadBatch(r)
}
