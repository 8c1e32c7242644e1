package main

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// One file that holds several certificates is a table with a tally; one that holds a single one is shown in full.
func TestOneFileOfManyIsATable(t *testing.T) {
	s := newShell(t)
	const disclaimer = "The bid evaluation committee decides"
	pack := func(names ...string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte("a letter")); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	// The name does not tell that it is an archive, as that of a PDF does not tell how many certificates it holds.
	s.write("many.dat", pack("a.txt", "b.txt", "c.txt"))
	s.write("one.dat", pack("a.txt"))
	for _, tt := range []struct {
		line          string
		full, tallied bool
		disclaimers   int
	}{
		{"verify @many.dat", false, true, 1},
		{"verify -d @many.dat", true, true, 4},
		{"verify -b @many.dat", false, true, 1},
		{"verify @one.dat", true, false, 1},
		{"verify -d @one.dat", true, false, 1},
		{"verify -b @one.dat", false, true, 1},
	} {
		out, _ := s.run(exitUnreadable, tt.line)
		if got := strings.Contains(out, "judged as at"); got != tt.full {
			t.Errorf("%s: the ladder is shown: %t\n%s", tt.line, got, out)
		}
		if got := strings.Contains(out, "unreadable "); got != tt.tallied {
			t.Errorf("%s: there is a tally: %t\n%s", tt.line, got, out)
		}
		if got := strings.Count(out, disclaimer); got != tt.disclaimers {
			t.Errorf("%s: the disclaimer is said %d times\n%s", tt.line, got, out)
		}
		if want := strings.Count(tt.line, "many")*2 + 1; strings.Count(out, ".dat!/") != want {
			t.Errorf("%s: not %d files\n%s", tt.line, want, out)
		}
	}
}
