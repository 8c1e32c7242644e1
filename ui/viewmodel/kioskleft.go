package viewmodel

import (
	"slices"
	"strconv"

	"zhengyan/verify/document"
)

// kioskLeft is what of all that a visitor put in is not read.
type kioskLeft struct {
	n    int
	whys []document.LeftReason
	many bool // there are more than KioskFiles files
}

// othersLeft begins with so many files whose names are of no kind that is read.
func othersLeft(n int) kioskLeft {
	if n == 0 {
		return kioskLeft{}
	}
	return kioskLeft{n: n, whys: []document.LeftReason{leftFormat}}
}

func (l *kioskLeft) add(x document.LeftOut) {
	l.n++
	if !slices.Contains(l.whys, x.Why) {
		l.whys = append(l.whys, x.Why)
	}
}

func (l *kioskLeft) text(m *Messages) string {
	rest := LeftSentence(m, strconv.Itoa(l.n), l.whys)
	if !l.many {
		return rest
	}
	return with(m, m.T("kiosk.first", "n", strconv.Itoa(KioskFiles)), rest)
}

// nothing tells a visitor that there was nothing to read, and what there was.
func (k *Kiosk) nothing(left string) {
	k.notice = with(k.m, k.m.T("kiosk.nothing"), left)
	k.set(KioskIdle)
}

// with joins two sentences, of which the second may be missing.
func with(m *Messages, s, more string) string {
	if more == "" {
		return s
	}
	return s + m.T("kiosk.and") + more
}
