package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"zhengyan/store"
	"zhengyan/verify"
)

const auditExamples = `  zhengyan audit list --last 20
  zhengyan audit verify --witness checkpoint.txt
  zhengyan audit export > audit.jsonl
  zhengyan audit check --key "zhengyan-audit+..." audit.jsonl
`

func cmdAudit(ctx context.Context, env *environment, args []string) int {
	return env.verbs(ctx, "audit", []command{
		{"list", "the entries", auditList},
		{"verify", "recompute the log and compare it with a checkpoint seen outside", auditVerify},
		{"checkpoint", "the newest signed checkpoint: print it, show it as a QR, or take it home on the stick", auditCheckpoint},
		{"reset-clock", "say that the clock is right although the log has later entries", auditResetClock},
		{"export", "the entries, each with its proof, as JSON lines", auditExport},
		{"check", "check exported entries without the log", auditCheck},
	}, auditExamples, args)
}

// readAudit opens the log for reading; done is set where there is none, which is no failure.
func (env *environment) readAudit(verb, dir string) (a *store.Audit, code int, done bool) {
	data, err := store.OpenData(env.dataDir(dir))
	if err == nil {
		a, err = data.ReadAudit()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		env.note("there is no audit log yet")
		return nil, exitOK, true
	case err != nil:
		return nil, env.fail(exitUnreadable, "audit %s: %v", verb, err), true
	}
	return a, exitOK, false
}

func auditList(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("audit list", "[options]", auditExamples)
	dir := dataFlag(fl)
	last := fl.Int64("last", 0, "only the last N entries")
	asJSON := fl.Bool("json", false, "one JSON object an entry")
	if code, done := env.parse(fl, args); done {
		return code
	}
	a, code, done := env.readAudit("list", *dir)
	if done {
		return code
	}
	defer a.Close()
	n, err := a.Len()
	if err != nil {
		return env.fail(exitUnreadable, "audit list: %v", err)
	}
	first := int64(0)
	if *last > 0 {
		first = max(0, n-*last)
	}
	err = a.Entries(ctx, first, func(i int64, e store.AuditEntry) error {
		if *asJSON {
			if code := env.printJSON(e); code != exitOK {
				return errors.New("cannot write")
			}
			return nil
		}
		_, err := fmt.Fprintf(env.Stdout, "%6d  %s  %-7s %-13s %.12s  %s\n", i, shanghai(e.Time), e.Action, e.Indication, e.FileSHA256, strings.Join(e.Rules, ","))
		return err
	})
	if err != nil {
		return env.fail(exitUnreadable, "audit list: %v", err)
	}
	return exitOK
}

func auditVerify(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("audit verify", "[options]", auditExamples)
	dir := dataFlag(fl)
	witness := fl.String("witness", "", "file with a checkpoint that was seen outside (printed on a report, carried on a stick)")
	if code, done := env.parse(fl, args); done {
		return code
	}
	var seen []byte
	if *witness != "" {
		var err error
		if seen, err = readSmall(*witness, 4<<10); errors.Is(err, errTooLarge) || err == nil && len(seen) == 0 {
			err = store.ErrWitness // an empty file is not taken for no witness, with which every log agrees
		}
		if err != nil {
			return env.witnessFailed(*witness, err)
		}
	}
	a, code, done := env.readAudit("verify", *dir)
	if done {
		return code
	}
	defer a.Close()
	n, err := a.Verify(ctx, string(seen))
	if errors.Is(err, store.ErrWitness) {
		return env.witnessFailed(*witness, err)
	}
	if err != nil {
		return env.fail(exitUnreadable, "audit verify: %v", err)
	}
	cp, err := a.Checkpoint()
	if err != nil {
		return env.fail(exitUnreadable, "audit verify: %v", err)
	}
	fmt.Fprintf(env.Stdout, "%s\n%s\n\n%s", env.sentence("%d entries, all in place", n), env.sentence("key %s", a.VerifierKey()), cp)
	if *witness == "" {
		env.note("without a checkpoint seen outside (--witness) this shows only that the log agrees with itself")
	}
	return exitOK
}

// witnessFailed blames the file, not the log.
func (env *environment) witnessFailed(name string, err error) int {
	const said = "audit verify: --witness %s: %v"
	if errors.Is(err, store.ErrWitness) {
		return env.failHint(exitUnreadable, "the file is what \"zhengyan audit checkpoint\" prints, unchanged", said, name, err)
	}
	return env.fail(exitUnreadable, said, name, plainly(err))
}

func auditExport(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("audit export", "[options]", auditExamples)
	dir := dataFlag(fl)
	first := fl.Int64("first", 0, "number of the first entry")
	if code, done := env.parse(fl, args); done {
		return code
	}
	a, code, done := env.readAudit("export", *dir)
	if done {
		return code
	}
	defer a.Close()
	if err := a.Export(ctx, env.Stdout, *first); err != nil {
		return env.fail(exitUnreadable, "audit export: %v", err)
	}
	return exitOK
}

func auditCheckpoint(_ context.Context, env *environment, args []string) int {
	fl := env.flags("audit checkpoint", "[options]", "  zhengyan audit checkpoint > /media/stick/checkpoint.txt\n")
	dir := dataFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	a, code, done := env.readAudit("checkpoint", *dir)
	if done {
		return code
	}
	defer a.Close()
	cp, err := a.Checkpoint()
	if err != nil {
		return env.fail(exitUnreadable, "audit checkpoint: %v", err)
	}
	fmt.Fprint(env.Stdout, cp)
	return exitOK
}

func auditResetClock(_ context.Context, env *environment, args []string) int {
	fl := env.flags("audit reset-clock", "--operator NAME", "  zhengyan audit reset-clock --operator 张样例\n")
	dir := dataFlag(fl)
	operator := fl.String("operator", "", "who says so; it stands in the log")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if *operator == "" {
		return env.failHint(exitUsage, "zhengyan audit reset-clock -h", "audit reset-clock: name the --operator")
	}
	data, err := store.OpenData(env.dataDir(*dir))
	if err != nil {
		return env.fail(exitUnreadable, "audit reset-clock: %v", err)
	}
	a, err := data.OpenAudit(rand.Reader)
	if err != nil {
		return env.fail(exitUnreadable, "audit reset-clock: %v", err)
	}
	defer a.Close()
	if err := data.ResetClock(a, *operator, env.Now()); err != nil {
		return env.fail(exitUnreadable, "audit reset-clock: %v", err)
	}
	return exitOK
}

func auditCheck(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("audit check", "--key KEY FILE", auditExamples)
	key := fl.String("key", "", "the log's verifier key, as \"audit verify\" shows it")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() != 1 {
		return env.failHint(exitUsage, "zhengyan audit check -h", "audit check: name one exported file")
	}
	var r io.Reader = env.Stdin
	if fl.Arg(0) != "-" {
		f, err := os.Open(fl.Arg(0))
		if err != nil {
			return env.fail(exitUnreadable, "audit check: %v", err)
		}
		defer f.Close()
		r = f
	}
	n, err := store.CheckExport(ctx, r, *key)
	if err != nil {
		return env.fail(exitUnreadable, "audit check: %v", err)
	}
	fmt.Fprintln(env.Stdout, env.sentence("%d entries stand in the log of the checkpoint", n))
	if *key == "" {
		env.warn("checked with the key that the file brings; name the key you trust with --key")
	}
	return exitOK
}

// auditLog is the log that verify appends to; nil appends nothing.
type auditLog struct {
	env  *environment
	log  *store.Audit
	root string // of the snapshot in use
}

// auditLog opens the audit log of the data folder for appending, if it is asked for.
func (env *environment) auditLog(dir string, asked bool) (*auditLog, error) {
	if !asked {
		return nil, nil
	}
	data, err := store.OpenData(env.dataDir(dir))
	if err != nil {
		return nil, err
	}
	l := &auditLog{env: env}
	if o, err := data.Open(); err == nil {
		l.root = o.Root()
		o.Close()
	}
	l.log, err = data.OpenAudit(rand.Reader)
	return l, err
}

// add appends a verdict. It is on the disk before the verdict is shown.
func (l *auditLog) add(r *verify.Report) error {
	if l == nil {
		return nil
	}
	_, _, err := l.log.Append(store.EntryOf(r, l.root, l.env.Now()))
	return err
}

func (l *auditLog) close() {
	if l != nil && l.log != nil {
		l.log.Close() // every entry is on the disk already
	}
}
