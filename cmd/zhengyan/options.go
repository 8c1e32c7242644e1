package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/pflag"

	"zhengyan/assets"
	"zhengyan/cmd/internal/places"
	"zhengyan/store"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// parse returns the exit status of a flag error, and true if the command is done.
func (env *environment) parse(fl *pflag.FlagSet, args []string) (int, bool) {
	switch err := fl.Parse(args); {
	case err == nil:
		return 0, false
	case errors.Is(err, pflag.ErrHelp):
		return exitOK, true
	default:
		return env.failHint(exitUsage, "zhengyan "+fl.Name()+" -h", "%s: %v", fl.Name(), flagError(err)), true
	}
}

// judging are the options that verify and judge share.
type judging struct {
	at, policy, specialty, employer, lang string
}

func (j *judging) add(fl *pflag.FlagSet) {
	fl.StringVar(&j.at, "at", "", "day or time that counts: 2026-03-01 (its end) or 2026-03-01T09:30, Shanghai time (default: now)")
	fl.StringVar(&j.policy, "policy", "standard", "strict, standard or audit")
	fl.StringVar(&j.specialty, "specialty", "", "the specialty relied on, for example 建筑工程")
	fl.StringVar(&j.employer, "employer", "", "the bidder's name, compared with the employer on the certificate")
	fl.StringVar(&j.lang, "lang", "", "language of messages: zh or en (default: by locale)")
}

func (j *judging) question(env *environment, book *rules.Book) (verify.Question, error) {
	q := verify.Question{At: env.Now().In(civil.Shanghai()), Policy: j.policy, Specialty: j.specialty, Employer: j.employer, Lang: env.language(j.lang)}
	if j.at != "" {
		t, err := verify.ParseInstant(j.at)
		if err != nil {
			return q, speak("--at: %q is no day or time such as 2026-03-01 or 2026-03-01T09:30", j.at)
		}
		q.At = t.In(civil.Shanghai())
	}
	if _, ok := book.Policy(j.policy); !ok {
		return q, speak("--policy %q: there are strict, standard and audit", j.policy)
	}
	if j.lang != "" && j.lang != "zh" && j.lang != "en" {
		return q, speak("--lang %q: there are zh and en", j.lang)
	}
	return q, nil
}

// dataDir is the data folder: --data, ZHENGYAN_DATA, or the platform's own.
func (env *environment) dataDir(flag string) string { return places.Data(flag, env.Getenv) }

// cacheDir is where PDFium's compiled code is kept; "" compiles in memory.
func (env *environment) cacheDir() string { return places.Cache(env.Getenv) }

// folders are the options that say where data and trust come from.
type folders struct {
	data, trust string
}

func (p *folders) add(fl *pflag.FlagSet) {
	fl.StringVar(&p.data, "data", "", "data folder with the registry snapshot and trust anchors (default: the platform's)")
	fl.StringVar(&p.trust, "trust", "", "folder of trust anchors and revocation lists, instead of the data folder's")
}

// ruleData loads the embedded rule book.
func ruleData() (*rules.Book, error) { return rules.Load(assets.Rules()) }

// program is the name and version that reports carry.
func program() string { return "Zhengyan " + version }

// open builds the verifier. close must be called when it is no longer used. Warnings about the data that matter to
// every answer go to standard error. With pictures the nets that read print are loaded meanwhile;
// searching is told how far the work on a long document is.
func (env *environment) open(p folders, pictures bool, searching func(string, verify.Search)) (v *verify.Verifier, engine *document.Engine, closeAll func(), err error) {
	// A batch without pictures never loads the nets. What is missing is said with the first picture.
	reader := ocr.NewLazy(func() (*ocr.Reader, error) { return env.printReader(p) })
	defer func() {
		if err != nil {
			reader.Close()
		}
	}()
	if pictures {
		reader.Warm()
	}
	book, err := ruleData()
	if err != nil {
		return nil, nil, nil, err
	}
	tables, err := fields.LoadTables(assets.Rules())
	if err != nil {
		return nil, nil, nil, err
	}
	hosts, err := qr.LoadHosts(assets.Rules())
	if err != nil {
		return nil, nil, nil, err
	}
	engine, err = document.NewEngine(document.Config{CacheDir: env.cacheDir(), Font: assets.Font()})
	if err != nil {
		return nil, nil, nil, err
	}
	cfg := verify.Config{Engine: engine, Book: book, Tables: tables, Hosts: hosts, Now: env.Now, Program: program(), Searching: searching}
	if cfg.Anchors, err = env.anchors(p); err != nil {
		return nil, nil, nil, err
	}
	var closeSnapshot func()
	if cfg.Registry, closeSnapshot, err = env.snapshot(p); err != nil {
		return nil, nil, nil, err
	}
	cfg.Reader = reader
	v, err = verify.New(cfg)
	if err != nil {
		return nil, nil, nil, err
	}
	return v, engine, func() {
		reader.Close()
		closeSnapshot()
		engine.Close()
	}, nil
}

// check says what is wrong with the folders that were named.
func (o folders) check() error {
	folder := func(path string) bool {
		st, err := os.Stat(path)
		return err == nil && st.IsDir()
	}
	switch {
	case o.data != "" && !folder(o.data):
		return misused("--data %s: not a folder", o.data)
	case o.trust != "" && !folder(o.trust):
		return misused("--trust %s: not a folder", o.trust)
	}
	return nil
}

// anchors loads the trust anchors in use: the folder named by --trust, else the data folder's.
func (env *environment) anchors(o folders) (*seal.Anchors, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return places.Anchors(env.dataDir(o.data), o.trust, env.warnOf)
}

// snapshot opens the registry snapshot of the data folder; nil without an error means that there is none. A damaged one is
// given as a registry that answers every question by its damage: it must not stop the seals from being checked, and must not look
// like "none loaded" unsaid.
func (env *environment) snapshot(o folders) (reg verify.Registry, closeIt func(), err error) {
	closeIt = func() {}
	if err := o.check(); err != nil {
		return nil, closeIt, err
	}
	dir := env.dataDir(o.data)
	switch opened, err := places.Snapshot(dir, env.warnOf); {
	case err != nil:
		env.warn("%v; registrations are not confirmed", err)
		return store.Unusable{Err: err}, closeIt, nil
	case opened == nil:
		return nil, closeIt, nil
	default:
		return opened, func() { opened.Close() }, nil
	}
}

// sourcesOf expands paths; "-" reads paths from standard input, one a line.
func (env *environment) sourcesOf(ctx context.Context, paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		if p != "-" {
			out = append(out, p)
			continue
		}
		lines, err := readLines(env.Stdin)
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		out = append(out, lines...)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if len(out) == 0 {
		return nil, speak("no path was given on standard input")
	}
	return out, nil
}

// millis is a duration in milliseconds, as the JSON outputs carry it.
func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
