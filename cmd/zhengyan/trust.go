package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhengyan/store"
	"zhengyan/verify/seal"
)

const trustExamples = `  zhengyan trust list
  zhengyan trust add --purpose seal --note "from the seal maker's CD" root.pem
  zhengyan trust remove seal/0123456789abcdef.pem
`

func cmdTrust(ctx context.Context, env *environment, args []string) int {
	return env.verbs(ctx, "trust", []command{
		{"list", "the trust anchors and revocation lists, and what is wrong with them", trustList},
		{"add", "trust the certificates of a file, or take in a revocation list", trustAdd},
		{"remove", "no longer trust a file", trustRemove},
	}, trustExamples, args)
}

func (env *environment) trustFolder(dir string) (*store.Trust, error) {
	data, err := store.OpenData(env.dataDir(dir))
	if err != nil {
		return nil, err
	}
	return data.Trust(), nil
}

func trustList(_ context.Context, env *environment, args []string) int {
	fl := env.flags("trust list", "[options]", trustExamples)
	dir := dataFlag(fl)
	asJSON := fl.Bool("json", false, "one JSON object a file")
	if code, done := env.parse(fl, args); done {
		return code
	}
	tr, err := env.trustFolder(*dir)
	if err != nil {
		return env.fail(exitUnreadable, "trust list: %v", err)
	}
	list, err := tr.List()
	if err != nil {
		env.warnOf(err)
	}
	for _, a := range list {
		if *asJSON {
			if code := env.printJSON(a); code != exitOK {
				return code
			}
			continue
		}
		env.printAnchor(a)
	}
	if len(list) == 0 {
		env.note("no trust anchor in %s: signatures can be found intact, but nobody is trusted", tr.Dir())
	}
	return exitOK
}

func (env *environment) printAnchor(a store.Anchor) {
	w := env.Stdout
	what := env.say("trusted for everything")
	switch {
	case a.CRL:
		what = env.say("revocation list")
	case a.Purpose != "":
		what = env.sentence("trusted for %s", string(a.Purpose))
	}
	fmt.Fprintf(w, "%s  %s", a.File, what)
	if !a.AddedAt.IsZero() {
		fmt.Fprint(w, env.sentence(", added %s from %s", shanghai(a.AddedAt), a.From))
	}
	fmt.Fprintln(w)
	for _, c := range a.Certificates {
		fmt.Fprintln(w, "  "+env.sentence("%s, until %s", c.Subject, c.NotAfter.Format(time.DateOnly)))
	}
	if a.Note != "" {
		fmt.Fprintln(w, "  "+env.sentence("note: %s", a.Note))
	}
	if a.Problem != "" {
		fmt.Fprintln(w, "  "+env.say("warning: ")+env.anchorProblem(a.Problem))
	}
}

// anchorProblem is what is wrong with a file of the trust folder, in the language of the locale; some problems go on in the
// words of the system.
func (env *environment) anchorProblem(problem string) string {
	for _, known := range []string{"was not added by this program", "has been changed since it was added", "cannot be read: "} {
		if rest, ok := strings.CutPrefix(problem, known); ok {
			return env.say(known) + rest
		}
	}
	return problem
}

func trustAdd(_ context.Context, env *environment, args []string) int {
	fl := env.flags("trust add", "[options] FILE...", trustExamples)
	dir := dataFlag(fl)
	purpose := fl.String("purpose", "", "sign, seal or timestamp (default: everything)")
	note := fl.String("note", "", "where the certificate is from and how it was checked")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() == 0 {
		return env.failHint(exitUsage, "zhengyan trust add -h", "trust add: name a certificate file")
	}
	tr, err := env.trustFolder(*dir)
	if err != nil {
		return env.fail(exitUnreadable, "trust add: %v", err)
	}
	code := exitOK
	for _, path := range fl.Args() {
		b, err := readSmall(path, 4<<20)
		if err == nil {
			var a store.Anchor
			if a, err = tr.Add(b, seal.Purpose(*purpose), filepath.Base(path), *note, env.Now()); err == nil {
				env.printAnchor(a)
				continue
			}
		}
		code = env.fail(exitUnreadable, "trust add: %s: %v", path, err)
	}
	return code
}

func trustRemove(_ context.Context, env *environment, args []string) int {
	fl := env.flags("trust remove", "[options] FILE|SHA256...", trustExamples)
	dir := dataFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() == 0 {
		return env.failHint(exitUsage, "zhengyan trust list", "trust remove: name what to remove")
	}
	tr, err := env.trustFolder(*dir)
	if err != nil {
		return env.fail(exitUnreadable, "trust remove: %v", err)
	}
	code := exitOK
	for _, name := range fl.Args() {
		a, err := tr.Remove(name)
		if err != nil {
			code = env.fail(exitUnreadable, "trust remove: %v", err)
			continue
		}
		fmt.Fprintln(env.Stdout, env.sentence("%s is no longer trusted", a.File))
	}
	return code
}

var errTooLarge = errors.New("larger")

// readSmall reads a file of at most limit bytes.
func readSmall(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%w than %d bytes", errTooLarge, limit)
	}
	return b, err
}
