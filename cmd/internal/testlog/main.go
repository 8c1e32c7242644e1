// Command testlog tells in a few lines what `go test -json` reports: a line for each package, all that a failed one
// printed, and at the end every test that was skipped, with its reason. A reason that the list given by -may does not
// hold is an error: on a machine that is set up, nothing is skipped unseen.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is a line of `go test -json` (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// test names a test of a package; no name is the package itself.
type test struct{ pkg, name string }

type log struct {
	out     map[test][]string
	skipped map[string][]string // reason to tests
}

func main() {
	may := flag.String("may", "", "the file of reasons that are known: an expression a line; # begins a comment")
	var also []*regexp.Regexp
	flag.Func("also", "one more reason that is known, as an expression", func(s string) error {
		e, err := regexp.Compile(s)
		also = append(also, e)
		return err
	})
	flag.Parse()
	known, err := reasons(*may)
	known = append(known, also...)
	if err == nil {
		err = read(os.Stdin, os.Stdout, known)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testlog:", err)
		os.Exit(1)
	}
}

func reasons(path string) ([]*regexp.Regexp, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []*regexp.Regexp
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		e, err := regexp.Compile(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, e)
	}
	return all, nil
}

func read(r io.Reader, w io.Writer, known []*regexp.Regexp) error {
	l := log{out: map[test][]string{}, skipped: map[string][]string{}}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 16<<20)
	failed := false
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Fprintln(w, in.Text()) // what the go command says for itself
			continue
		}
		failed = failed || e.Action == "fail" || e.Action == "build-fail"
		l.take(e, w)
	}
	if err := in.Err(); err != nil {
		return err
	}
	unknown := l.tell(w, known)
	switch {
	case failed:
		return fmt.Errorf("a test failed")
	case len(unknown) > 0:
		return fmt.Errorf("skipped for reasons that are not among the known ones: %s", strings.Join(unknown, "; "))
	}
	return nil
}

func (l log) take(e event, w io.Writer) {
	k := test{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(w, e.Output)
	case "output":
		l.out[k] = append(l.out[k], e.Output)
	case "skip":
		if e.Test != "" {
			why := reason(l.out[k])
			l.skipped[why] = append(l.skipped[why], strings.TrimPrefix(e.Package, "zhengyan/")+"."+e.Test)
		}
		delete(l.out, k)
	case "pass":
		if e.Test == "" {
			fmt.Fprintf(w, "ok    %6.1fs %s\n", e.Elapsed, e.Package)
		}
		delete(l.out, k)
	case "fail":
		for _, s := range l.out[k] {
			fmt.Fprint(w, s)
		}
		if e.Test == "" {
			// A test that was under way when its package died has no end of its own.
			for _, s := range l.open(e.Package) {
				fmt.Fprint(w, s)
			}
			fmt.Fprintf(w, "FAIL  %6.1fs %s\n", e.Elapsed, e.Package)
		}
		delete(l.out, k)
	}
}

// open is what tests of the package printed that have not ended.
func (l log) open(pkg string) []string {
	var all []string
	for k, s := range l.out {
		if k.pkg == pkg && k.name != "" {
			all = append(all, s...)
			delete(l.out, k)
		}
	}
	return all
}

// place is where a message of a test begins: its file and line.
var place = regexp.MustCompile(`^\s+[\w.-]+\.go:\d+: `)

// reason is the last message of a test that was skipped.
func reason(out []string) string {
	for _, s := range slices.Backward(out) {
		if at := place.FindStringIndex(s); at != nil {
			return strings.TrimSpace(s[at[1]:])
		}
	}
	return "(no reason given)"
}

// tell prints what was skipped and returns the reasons that no expression knows.
func (l log) tell(w io.Writer, known []*regexp.Regexp) []string {
	var unknown []string
	whys := make([]string, 0, len(l.skipped))
	for why := range l.skipped {
		whys = append(whys, why)
	}
	slices.Sort(whys)
	for _, why := range whys {
		slices.Sort(l.skipped[why])
		fmt.Fprintf(w, "skipped (%s): %s\n", why, strings.Join(l.skipped[why], ", "))
		if !slices.ContainsFunc(known, func(e *regexp.Regexp) bool { return e.MatchString(why) }) {
			unknown = append(unknown, why)
		}
	}
	return unknown
}
