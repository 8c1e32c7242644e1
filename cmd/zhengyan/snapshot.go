package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"zhengyan/store"
	"zhengyan/store/feed"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/report"
)

const snapshotExamples = `  zhengyan snapshot build --as-of 2026-06-01 --source "registry" --out registry.db rows.csv
  zhengyan snapshot build --previous old.db --as-of 2026-06-02 --out new.db rows.jsonl
  zhengyan snapshot import --preview registry.db
  zhengyan snapshot import registry.db
  zhengyan snapshot import --root root.json /media/stick/feed
  zhengyan snapshot info
  zhengyan snapshot lookup 京1112015201600001
  zhengyan snapshot revert
`

// verbs runs the sub-command that args name.
func (env *environment) verbs(ctx context.Context, name string, list []command, examples string, args []string) int {
	if len(args) > 0 {
		for _, v := range list {
			if v.name == args[0] {
				return v.run(ctx, env, args[1:])
			}
		}
	}
	w, code := env.Stderr, exitUsage
	if len(args) > 0 && slices.Contains([]string{"-h", "--help", "help"}, args[0]) {
		w, code = env.Stdout, exitOK
	} else if len(args) > 0 {
		env.fail(exitUsage, "%s: unknown command %q", name, args[0])
	}
	var verbs strings.Builder
	env.list(&verbs, 11, list)
	env.help(w, name, "COMMAND [options]", verbs.String(), examples)
	return code
}

func cmdSnapshot(ctx context.Context, env *environment, args []string) int {
	return env.verbs(ctx, "snapshot", []command{
		{"build", "publisher: make a snapshot file from CSV, JSON lines or XLSX", snapshotBuild},
		{"delta", "publisher: the difference of two snapshot files", snapshotDelta},
		{"persons", "publisher: make a person index, from names and identity numbers to registrations", snapshotPersons},
		{"machine-key", "what a publisher encrypts for this machine with", snapshotMachineKey},
		{"keygen", "publisher: new signing keys", snapshotKeygen},
		{"publish", "publisher: put a snapshot into a signed feed, for a stick or a web server", snapshotPublish},
		{"refresh", "publisher: vouch anew that nothing newer is published", snapshotRefresh},
		{"rotate", "publisher: replace the signing keys", snapshotRotate},
		{"sample", "invented registrations as CSV, to try the commands with", snapshotSample},
		{"import", "check a feed, snapshot or delta and use it from now on", snapshotImport},
		{"info", "the snapshot in use, or a file", snapshotInfo},
		{"lookup", "find a registration", snapshotLookup},
		{"list", "the generations that are kept", snapshotList},
		{"revert", "use the generation before the current one again", snapshotRevert},
		{"verify", "read the whole snapshot and check every byte", snapshotVerify},
	}, snapshotExamples, args)
}

func snapshotBuild(ctx context.Context, env *environment, args []string) int {
	var asOf, source, out, format, previous, badReport string
	var warn, red int
	var skipBad bool
	fl := env.flags("snapshot build", "[options] --as-of TIME --out FILE INPUT...", snapshotExamples)
	fl.StringVar(&asOf, "as-of", "", "the day (its end; of today: now) or time whose state the rows show")
	fl.StringVar(&source, "source", "", "name of the registry")
	fl.StringVarP(&out, "out", "o", "", "the snapshot file to write")
	fl.StringVar(&format, "format", "", "csv, jsonl or xlsx (default: by the file's name)")
	fl.StringVar(&previous, "previous", "", "the snapshot before this one; what has changed is kept as history")
	fl.IntVar(&warn, "warn-days", 30, "age in days from which the data is called stale")
	fl.IntVar(&red, "red-days", 90, "age in days from which the data no longer lets a certificate pass")
	fl.BoolVar(&skipBad, "skip-bad", false, "build although some rows are bad; they are reported and left out")
	fl.StringVar(&badReport, "bad-report", "", "write the bad rows to this file (JSON lines)")
	var machines recipientFlags
	machines.add(fl)
	identity := identityFlag(fl)
	births := fl.String("births", "all", "all, or near-limit: keep birth dates only of people who reach the age limit before the red line")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if out == "" || asOf == "" || fl.NArg() == 0 {
		return env.failHint(exitUsage, "zhengyan snapshot build -h", "snapshot build: name --as-of, --out and the input")
	}
	at, err := env.stateAsOf(asOf)
	if err != nil {
		return env.fail(exitUsage, "snapshot build: --as-of: %v", err)
	}
	if at.After(env.Now()) {
		env.warn("--as-of %s is later than this computer's clock", at.Format(time.RFC3339))
	}
	meta := store.Meta{AsOf: at, Source: source, WarnAge: time.Duration(warn) * 24 * time.Hour, RedAge: time.Duration(red) * 24 * time.Hour}
	var opt store.BuildOptions
	if opt.Recipients, err = machines.read(); err != nil {
		return env.publishFailed("build", err)
	}
	if err := keepBirths(&opt, *births, at, red); err != nil {
		return env.publishFailed("build", err)
	}
	if previous != "" {
		key, err := env.machineKey("", *identity)
		if err == nil {
			opt.Previous, err = openFile(previous, key)
		}
		if err != nil {
			return env.fail(exitUnreadable, "snapshot build: %v", err)
		}
		defer opt.Previous.Close()
	}
	in := &inputs{ctx: ctx, paths: fl.Args(), format: format}
	defer in.close()
	rows := in.rows()
	if !skipBad {
		// Bad rows are known only when all have been read, so the build ends with the error that counts them.
		rows = in.refusingBad(rows)
	}
	err = store.BuildWith(ctx, rows, meta, out, opt)
	if rerr := in.report(env, badReport); err == nil {
		err = rerr
	}
	if err != nil {
		return env.buildFailed(err)
	}
	s, err := store.OpenSnapshot(out)
	if err != nil {
		return env.fail(exitInternal, "snapshot build: %v", err)
	}
	defer s.Close()
	if yes, _ := s.Encrypted(); yes {
		key, err := env.machineKey("", *identity)
		if err == nil {
			err = s.Use(key)
		}
		if err != nil { // the file is for other machines, and good for them
			env.warnOf(err)
		}
	}
	env.printSnapshot(s, nil, env.age(s, nil, ""), env.language(""))
	if in.bad > 0 {
		env.warn("%d bad rows were left out", in.bad)
	}
	return exitOK
}

// stateAsOf reads --as-of. A day is its end; today's end lies ahead, and until then no clock would be trusted beside such a
// snapshot, so today is now.
func (env *environment) stateAsOf(s string) (time.Time, error) {
	now := env.Now().In(civil.Shanghai())
	if d, err := civil.Parse(s); err == nil && d == civil.Of(now) {
		return now.Truncate(time.Second), nil
	}
	return verify.ParseInstant(s)
}

var errBadRows = errors.New("bad rows")

func (env *environment) buildFailed(err error) int {
	switch {
	case errors.Is(err, store.ErrKindOfFile):
		return env.failHint(exitUsage, "--previous names a snapshot of the registry", "snapshot build: %v; no snapshot was written", err)
	case errors.Is(err, errBadRows):
		return env.failHint(exitUnreadable, "mend the rows, or leave them out with --skip-bad", "snapshot build: %v; no snapshot was written", err)
	case errors.Is(err, store.ErrBadRow):
		return env.fail(exitUnreadable, "snapshot build: %v; no snapshot was written", err)
	}
	return env.fail(exitUnreadable, "snapshot build: %v", err)
}

// inputs reads rows from several files, one after the other.
type inputs struct {
	ctx    context.Context
	paths  []string
	format string
	files  []*os.File
	done   []source
	bad    int
}

type source struct {
	path string
	*store.Source
}

func (in *inputs) rows() iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for _, path := range in.paths {
			f, err := os.Open(path)
			if err != nil {
				yield(store.Row{}, err)
				return
			}
			in.files = append(in.files, f)
			src := source{path: path}
			switch kind := cmp.Or(in.format, strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")); kind {
			case "csv":
				src.Source = store.ReadCSV(in.ctx, f)
			case "jsonl", "ndjson":
				src.Source = store.ReadJSONL(in.ctx, f)
			case "xlsx":
				src.Source = store.ReadXLSX(in.ctx, f)
			default:
				yield(store.Row{}, fmt.Errorf("%s: unknown format %q: there are csv, jsonl and xlsx", path, kind))
				return
			}
			in.done = append(in.done, src)
			for r, err := range src.Rows {
				if err != nil {
					err = fmt.Errorf("%s: %w", path, err)
				}
				if !yield(r, err) || err != nil {
					return
				}
			}
			in.bad += src.BadCount
		}
	}
}

func (in *inputs) refusingBad(rows iter.Seq2[store.Row, error]) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for r, err := range rows {
			if !yield(r, err) {
				return
			}
		}
		if in.bad > 0 {
			yield(store.Row{}, fmt.Errorf("%d %w", in.bad, errBadRows))
		}
	}
}

func (in *inputs) close() {
	for _, f := range in.files {
		f.Close() // only read from
	}
}

// shownBad is the number of bad rows that standard error lists; --bad-report has more.
const shownBad = 20

func (in *inputs) report(env *environment, path string) (err error) {
	var w io.Writer = io.Discard
	if path != "" {
		f, cerr := os.Create(path)
		if cerr != nil {
			return cerr
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w = f
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	shown := 0
	for _, s := range in.done {
		for _, b := range s.Bad {
			if shown++; shown <= shownBad {
				fmt.Fprintf(env.Stderr, "zhengyan: %s:%d: %s\n", s.path, b.Line, b.Why)
			}
			if err := enc.Encode(struct {
				File string `json:"file"`
				store.BadRow
			}{s.path, b}); err != nil {
				return err
			}
		}
	}
	if shown > shownBad {
		env.note("and %d more bad rows", shown-shownBad)
	}
	return nil
}

func snapshotDelta(ctx context.Context, env *environment, args []string) int {
	var out string
	fl := env.flags("snapshot delta", "--out FILE OLD NEW", "  zhengyan snapshot delta --out 0602.delta 0601.db 0602.db\n")
	fl.StringVarP(&out, "out", "o", "", "the delta file to write")
	identity := identityFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	if out == "" || fl.NArg() != 2 {
		return env.failHint(exitUsage, "zhengyan snapshot delta -h", "snapshot delta: name --out and two snapshot files")
	}
	if _, err := oneKind(fl.Args()...); err != nil {
		return env.publishFailed("delta", err)
	}
	key, err := env.machineKey("", *identity)
	if err != nil {
		return env.fail(exitUnreadable, "snapshot delta: %v", err)
	}
	f, err := os.Create(out)
	if err != nil {
		return env.fail(exitUnreadable, "snapshot delta: %v", err)
	}
	w := bufio.NewWriter(f)
	head, err := store.WriteDelta(ctx, fl.Arg(0), fl.Arg(1), key, w)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return env.fail(exitUnreadable, "snapshot delta: %v", errors.Join(err, os.Remove(out)))
	}
	return env.printJSON(head)
}

func (env *environment) printJSON(v any) int {
	enc := json.NewEncoder(env.Stdout)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return env.fail(exitInternal, "%v", err)
	}
	return exitOK
}

// dataFlag adds --data.
func dataFlag(fl *pflag.FlagSet) *string {
	return fl.String("data", "", "data folder (default: ZHENGYAN_DATA, else the platform's)")
}

func snapshotImport(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot import", "[options] FEED|FILE", snapshotExamples)
	dir := dataFlag(fl)
	preview := fl.Bool("preview", false, "only show what would change")
	older := fl.Bool("allow-older", false, "let older data replace newer")
	unsigned := fl.Bool("allow-unsigned", false, "take a file that nobody vouches for although a publisher is known")
	root := fl.String("root", "", "the publisher's root, for the first import from a feed")
	persons := personsFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() != 1 {
		return env.failHint(exitUsage, "zhengyan snapshot import -h", "snapshot import: name one feed (folder or address), snapshot or delta")
	}
	data, err := env.data(*dir, *persons)
	if err != nil {
		return env.fail(exitUnreadable, "snapshot import: %v", err)
	}
	opt := store.ImportOptions{Now: env.Now(), AllowOlder: *older, AllowUnsigned: *unsigned, Progress: env.progress()}
	imp, err := env.stageImport(ctx, data, fl.Arg(0), *root, opt)
	env.endProgress()
	if err != nil {
		return env.importFailed(err, fl.Arg(0))
	}
	defer imp.Discard() // does nothing after Commit
	p, err := imp.Preview(ctx)
	if err != nil {
		return env.fail(exitUnreadable, "snapshot import: %v", err)
	}
	env.printPreview(imp, p)
	if *preview {
		env.note("nothing was changed (--preview)")
		return exitOK
	}
	info, err := imp.Commit()
	if err != nil {
		return env.fail(exitUnreadable, "snapshot import: %v; the snapshot before it is still in use", err)
	}
	env.note("generation %d is in use; \"zhengyan snapshot revert\" goes back", info.Generation)
	return exitOK
}

func (env *environment) importFailed(err error, name string) int {
	kept := env.say("; nothing was changed")
	switch {
	case errors.Is(err, store.ErrSame):
		env.note("%v", err)
		return exitOK
	case errors.Is(err, store.ErrKindOfFile):
		return env.failHint(exitUnreadable, "a person index is imported with --persons, a snapshot without", "snapshot import: %v%s", err, kept)
	case errors.Is(err, store.ErrNotSnapshot) && slices.Contains([]string{".csv", ".jsonl", ".ndjson", ".xlsx"}, strings.ToLower(filepath.Ext(name))):
		return env.failHint(exitUnreadable, "\"zhengyan snapshot build\" makes a snapshot from a table (CSV, JSON lines, XLSX); \"zhengyan snapshot persons\" makes a person index", "snapshot import: %v%s", err, kept)
	case errors.Is(err, store.ErrOlder):
		return env.failHint(exitUnreadable, "--allow-older lets it replace the newer one", "snapshot import: %v%s", err, kept)
	case errors.Is(err, store.ErrUnsigned):
		return env.failHint(exitUnreadable, "import the publisher's feed, or allow it with --allow-unsigned", "snapshot import: %v%s", err, kept)
	case errors.Is(err, feed.ErrNoRoot):
		return env.failHint(exitUnreadable, "name the publisher's root with --root; it must come by another way than the feed", "snapshot import: %v%s", err, kept)
	case errors.Is(err, store.ErrLocked):
		return env.failHint(exitUnreadable, lockedHint, "snapshot import: %v%s", err, kept)
	case errors.Is(err, store.ErrBusy):
		return env.failHint(exitUnreadable, "wait until the other import has ended", "snapshot import: %v%s", err, kept)
	}
	return env.fail(exitUnreadable, "snapshot import: %v%s", err, kept)
}

// progress writes how far an import is, on a terminal only.
func (env *environment) progress() func(stage string, done, total int64) {
	if !env.StderrTerminal {
		return nil
	}
	last := int64(-1)
	return func(stage string, done, total int64) {
		if pct := done * 100 / max(total, 1); pct != last {
			last = pct
			fmt.Fprintf(env.Stderr, "\r%-7s %3d %%", stage, pct)
		}
	}
}

func (env *environment) endProgress() {
	if env.StderrTerminal {
		fmt.Fprint(env.Stderr, "\r               \r")
	}
}

func (env *environment) printPreview(imp *store.Import, p *store.Preview) {
	w := env.Stdout
	row := func(label, format string, a ...any) {
		fmt.Fprintln(w, report.Pad(env.say(label), 10)+env.sentence(format, a...))
	}
	row("snapshot", "%s", imp.Info.ID)
	row("as of", "%s", shanghai(imp.Info.AsOf))
	row("rows", "%d", imp.Info.Rows)
	row("source", "%s", cmp.Or(imp.Info.Source, "-"))
	row("signed", "%s", cmp.Or(imp.Info.SignedBy, env.say("nobody vouches for this file")))
	if imp.Current == nil {
		row("replaces", "nothing: there is no snapshot in use")
		return
	}
	row("replaces", "%s of %s", imp.Current.ID, shanghai(imp.Current.AsOf))
	if p.Uncompared != nil {
		row("changes", "cannot be compared: the snapshot in use is damaged or cannot be read on this machine; the import mends that: %v", p.Uncompared)
		return
	}
	row("changes", "+%d -%d ~%d, unchanged %d", p.Added, p.Removed, p.Changed, p.Same)
	for _, status := range slices.Sorted(maps.Keys(p.Lost)) {
		row("lost", "有效 → %s: %d", status, p.Lost[status])
	}
	if p.Regained > 0 {
		row("regained", "→ 有效: %d", p.Regained)
	}
	for _, c := range p.Examples {
		switch {
		case c.Before == nil:
			fmt.Fprintf(w, "  + %s %s %s\n", c.After.Number, c.After.Name, c.After.Status)
		case c.After == nil:
			fmt.Fprintf(w, "  - %s %s %s\n", c.Before.Number, c.Before.Name, c.Before.Status)
		default:
			status := c.After.Status
			if c.Before.Status != status {
				status = c.Before.Status + " → " + status
			}
			fmt.Fprintf(w, "  ~ %s %s %s (%s)\n", c.After.Number, c.After.Name, status, strings.Join(c.Fields, ", "))
		}
	}
}

func shanghai(t time.Time) string {
	return t.In(time.FixedZone("", 8*60*60)).Format("2006-01-02 15:04 -07:00")
}

// openedSnapshot opens a file, or the snapshot in use.
func (env *environment) openedSnapshot(dir string, persons bool, file string) (*store.Snapshot, *store.Opened, error) {
	if file != "" {
		key, err := env.machineKey(dir, "")
		if err != nil {
			return nil, nil, err
		}
		s, err := openFile(file, key)
		return s, nil, err
	}
	data, err := env.data(dir, persons)
	if err != nil {
		return nil, nil, err
	}
	o, err := data.Open()
	if err != nil {
		return nil, nil, err
	}
	for _, p := range o.Problems {
		env.warnOf(p)
	}
	return o.Snapshot, o, nil
}

func (env *environment) snapshotFailed(verb string, err error) int {
	if errors.Is(err, store.ErrNoSnapshot) {
		return env.failHint(exitUnreadable, "zhengyan snapshot import FILE", "snapshot %s: %v", verb, err)
	}
	if errors.Is(err, store.ErrLocked) {
		return env.failHint(exitUnreadable, lockedHint, "snapshot %s: %v", verb, err)
	}
	return env.fail(exitUnreadable, "snapshot %s: %v", verb, err)
}
