package main

import (
	"slices"
	"strconv"
	"strings"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// shownLeftOut is how many of the names that were left out are said.
const shownLeftOut = 3

// leftOut counts what a folder or an archive holds and nobody meant: hidden files, and links that lead back up.
type leftOut struct {
	n     int
	names []string
	whys  []document.LeftReason
}

func (l *leftOut) add(x document.LeftOut) {
	if l.n++; l.n <= shownLeftOut {
		l.names = append(l.names, report.Clean(x.Name))
	}
	if !slices.Contains(l.whys, x.Why) {
		l.whys = append(l.whys, x.Why)
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

// sum says it for reports, as those of the window do.
func (l *leftOut) sum(lang string) (string, error) {
	m, err := viewmodel.LoadMessages(assets.Translations(), viewmodel.Lang(lang))
	if err != nil {
		return "", err
	}
	return viewmodel.LeftSentence(m, strconv.Itoa(l.n), l.whys), nil
}
