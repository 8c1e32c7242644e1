package main

import (
	"strings"

	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// shownLeftOut is how many of the names that were left out are said.
const shownLeftOut = 3

// leftOut counts what a folder or an archive holds and nobody meant: hidden files, and links that lead back up.
type leftOut struct {
	n     int
	names []string
}

func (l *leftOut) add(x document.LeftOut) {
	if l.n++; l.n <= shownLeftOut {
		l.names = append(l.names, report.Clean(x.Name))
	}
}

// tell says it on standard error, so that no certificate is passed over without a word.
func (l *leftOut) tell(env *environment) {
	if l.n == 0 {
		return
	}
	names := strings.Join(l.names, ", ")
	if l.n > len(l.names) {
		names += ", …"
	}
	env.note("left out: %d hidden files, folders or links upwards: %s", l.n, names)
}
