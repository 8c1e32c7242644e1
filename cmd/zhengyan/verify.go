package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

const verifyExamples = `  zhengyan verify certificate.pdf
  zhengyan verify --at 2026-03-01T09:30 --specialty 建筑工程 --employer 某某建设有限公司 bids/bidder-1/
  zhengyan verify --json bids.zip > results.ndjson
  zhengyan verify --report result.html --report result.json certificate.pdf
  find bids -name '*.pdf' | zhengyan verify -

Exit status: 0 all passed, 10 some indeterminate, 20 some failed, 64 usage, 65 an input could not be read, 70 internal.
`

func cmdVerify(ctx context.Context, env *environment, args []string) int {
	var j judging
	var p folders
	var asJSON, details, brief, audit, force bool
	var reports []string
	var workers int
	fl := env.flags("verify", "[options] PATH...", verifyExamples)
	j.add(fl)
	p.add(fl)
	fl.BoolVar(&asJSON, "json", false, "one JSON object a file (NDJSON), in input order")
	fl.StringArrayVar(&reports, "report", nil, "write a report: FILE.pdf, FILE.xlsx, FILE.html or FILE.json; may be repeated")
	fl.BoolVar(&force, "force", false, "replace reports that are there already")
	fl.BoolVarP(&details, "details", "d", false, "every check of every file, not only of a single one")
	fl.BoolVarP(&brief, "brief", "b", false, "one row a file, also for a single one")
	fl.BoolVar(&audit, "audit", false, "append every verdict to the data folder's audit log")
	fl.IntVar(&workers, "workers", runtime.NumCPU(), "files worked on at a time")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() == 0 {
		return env.failHint(exitUsage, "zhengyan verify -h", "verify: no file named")
	}
	out, err := newReportFiles(reports, force)
	if err != nil {
		return env.fail(exitUsage, "verify: %v", err)
	}
	told := &progress{now: env.Now, en: env.language(j.lang) == "en"}
	if env.StderrTerminal {
		told.to = env.Stderr
	}
	v, engine, closeAll, err := env.open(p, pictureNamed(fl.Arg(0)), told.searching)
	if err != nil {
		return env.openFailed("verify", err)
	}
	defer closeAll()
	q, err := j.question(env, v.Book())
	if err != nil {
		return env.fail(exitUsage, "verify: %v", err)
	}
	paths, err := env.sourcesOf(ctx, fl.Args())
	if err != nil {
		return env.fail(exitUnreadable, "verify: %v", err)
	}
	if p := out.amongInputs(ctx, paths); p != "" {
		return env.failHint(exitUsage, "give the report another name, or write it to another folder", "verify: --report %s: that is one of the files to be judged", p)
	}
	log, err := env.auditLog(p.data, audit)
	if err != nil {
		return env.fail(exitUnreadable, "verify: --audit: %v", err)
	}
	defer log.close()
	left := &leftOut{}
	sources, single := env.sources(ctx, paths, left)
	sources = out.remember(sources)
	out.engine, out.audit = engine, func() string { return env.checkpoint(log, p.data) }
	out.partial = env.partial.Store
	out.left = func() (string, error) { return left.sum(q.Lang) }
	w := &writer{env: env, q: q, paths: paths, json: asJSON, details: details, single: single && !brief, reports: out, log: log, told: told}
	defer told.end()
	for r := range v.VerifyAll(ctx, sources, q, min(max(workers, 1), 64)) {
		if e := r.Report.Error; ctx.Err() != nil && e != nil && e.Code == string(document.ErrCanceled) {
			break // the file was not read because the work was stopped
		}
		w.files = r.Index + 1
		if err := w.write(r.Report); err != nil {
			return env.fail(exitInternal, "verify: %v", err)
		}
	}
	told.end()
	left.tell(env)
	return w.finish(ctx, "verify", v.Book().Disclaimer.In(q.Lang))
}

// pictureNamed reports whether a path is that of a file that is called a picture.
func pictureNamed(path string) bool {
	if !document.PictureName(path) {
		return false
	}
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// openFailed tells a wrong option from data that could not be used.
func (env *environment) openFailed(name string, err error) int {
	if errors.Is(err, errUsage) {
		return env.fail(exitUsage, "%s: %v", name, err)
	}
	return env.fail(exitInternal, "%s: %v", name, err)
}

// sources expands paths. single reports whether there is exactly one plain file; what it yields is another matter.
func (env *environment) sources(ctx context.Context, paths []string, left *leftOut) (seq func(func(document.Source, error) bool), single bool) {
	seq = document.ExpandTelling(ctx, paths, document.Limits{}, left.add)
	if len(paths) != 1 {
		return seq, false
	}
	st, err := os.Stat(paths[0])
	return seq, err != nil || !st.IsDir() && !strings.EqualFold(filepath.Ext(paths[0]), ".zip")
}

// writer puts reports out as they come and keeps the batch's exit status.
type writer struct {
	env     *environment
	q       verify.Question
	paths   []string // what was named, to tell how many files there are
	json    bool
	details bool
	single  bool           // one file was named, and as far as is known it is one certificate
	held    *verify.Report // of that file, until it is known whether it holds another
	reports *reportFiles
	log     *auditLog
	code    int
	n       int
	files   int              // of which all certificates were written
	brief   []*verify.Report // what the tally and the exit status need of each
	told    *progress
}

func (w *writer) write(r *verify.Report) error {
	w.n++
	w.brief = append(w.brief, briefOf(r))
	w.reports.add(r)
	if err := w.log.add(r); err != nil {
		return fmt.Errorf("--audit: %w", err)
	}
	err := w.told.aside(func() error { return w.put(r) })
	if !w.env.StdoutTerminal && !w.single { // where results go elsewhere
		w.told.tell(strconv.Itoa(w.n))
	}
	return err
}

// put writes a report. That of a single certificate is shown in full, and a row for each as soon as a file holds several.
func (w *writer) put(r *verify.Report) error {
	switch first := w.held; {
	case w.json:
		return report.WriteLine(w.env.Stdout, r)
	case w.single && first == nil:
		w.held = r
		return nil
	case first != nil:
		w.held, w.single = nil, false
		if err := w.row(first); err != nil {
			return err
		}
	}
	return w.row(r)
}

func (w *writer) row(r *verify.Report) error {
	if !w.details {
		return report.Line(w.env.Stdout, r, w.env.style())
	}
	if err := report.Full(w.env.Stdout, r, w.env.style()); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w.env.Stdout)
	return err
}

// release shows the report that was held back, as a row where the work was stopped before more could come.
func (w *writer) release(stopped bool) error {
	r := w.held
	if w.held = nil; r == nil {
		return nil
	}
	if stopped {
		return w.row(r)
	}
	return report.Full(w.env.Stdout, r, w.env.style())
}

// briefOf is a report without what takes room.
func briefOf(r *verify.Report) *verify.Report {
	b := &verify.Report{Input: r.Input, Error: r.Error, Indication: r.Indication}
	if ev := r.Evidence; ev != nil {
		b.Evidence = &verify.Evidence{Part: ev.Part}
		if ev.Print != nil {
			b.Evidence.Print = &verify.Print{Input: ev.Print.Input}
		}
	}
	return b
}

// exitOf is the exit status that one report raises the batch to. A file form that is recognised and not supported is
// indeterminate; only what could not be read is 65.
func exitOf(r *verify.Report) int {
	switch {
	case r.Error != nil && r.Error.Code != string(document.ErrOFD):
		return exitUnreadable
	case r.Indication == verify.TotalPassed:
		return exitOK
	case r.Indication == verify.TotalFailed:
		return exitFailed
	}
	return exitIndeterminate
}

func (w *writer) finish(ctx context.Context, name, disclaimer string) int {
	w.told.end()
	if err := w.release(ctx.Err() != nil); err != nil {
		return w.env.fail(exitInternal, "%s: %v", name, err)
	}
	if ctx.Err() != nil {
		return w.stopped(ctx, name, disclaimer)
	}
	if w.n == 0 {
		return w.env.fail(exitUnreadable, "%s: nothing to judge: the folder or archive holds no files", name)
	}
	if err := w.sum(ctx, disclaimer, nil); err != nil {
		return w.env.fail(exitInternal, "%s: %v", name, err)
	}
	return w.code
}

// sum raises the exit status and writes the tally and the reports; stopped is set where the work was ended early. A file that was
// told alone before its other half was read does not count beside the pair.
func (w *writer) sum(ctx context.Context, disclaimer string, stopped *report.Stopped) error {
	var tally report.Tally
	for _, r := range report.WithoutHalves(w.brief) {
		tally.Add(r)
		w.code = max(w.code, exitOf(r))
	}
	if !w.json && !w.single {
		if err := report.Summary(w.env.Stdout, tally, w.q.Lang, disclaimer); err != nil {
			return err
		}
	}
	return w.reports.close(ctx, stopped)
}

func (env *environment) style() report.Style {
	return report.Style{Colour: env.StdoutTerminal && env.Getenv("NO_COLOR") == "" && env.Getenv("TERM") != "dumb", Width: env.Width}
}

// readLines reads a list of paths, one a line: UTF-8, or what its byte order mark says, as PowerShell writes it. A name may begin
// with spaces; those at the end are what "echo NAME |" leaves there.
func readLines(r io.Reader) ([]string, error) {
	sc := bufio.NewScanner(transform.NewReader(r, unicode.BOMOverride(transform.Nop)))
	sc.Buffer(nil, 1<<16)
	var out []string
	for sc.Scan() {
		if s := strings.TrimRight(sc.Text(), " \t\r"); s != "" {
			out = append(out, s)
		}
	}
	return out, sc.Err()
}
