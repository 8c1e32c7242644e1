package viewmodel

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// CrossKind is what files have in common.
type CrossKind int

// What files may have in common. All of them are hints to look, none is a verdict: a person may be named by a consortium,
// and a bidder may hand a file in twice.
const (
	SameFile     CrossKind = iota // the same bytes (SHA-256)
	SameNumber                    // the same registration number in different files
	SamePerson                    // the same person (name with identity number or birth date) under different numbers
	SameDocument                  // PDFs that were made from one another (the first half of /ID), with different bytes
)

// Crossing is a set of files that have something in common.
type Crossing struct {
	Kind    CrossKind
	Value   string // what they share, fit to be shown
	Items   []int  // ids, in the order of the list
	Bidders []string
}

// Across reports whether the files were handed in by different bidders.
func (c Crossing) Across() bool { return len(c.Bidders) > 1 }

// Key is the message key of the kind's name.
func (k CrossKind) Key() string {
	return [...]string{"cross.file", "cross.number", "cross.person", "cross.document"}[min(max(k, 0), SameDocument)]
}

// Crossings compares every file with every other: those between bidders come first.
func (s *Session) Crossings() []Crossing {
	var out []Crossing
	files := map[string]bool{} // sets of files that are one file, so that they are not told again by number
	for kind := SameFile; kind <= SameDocument; kind++ {
		groups := map[string][]int{}
		var order []string
		for id, it := range s.items {
			k := crossKey(kind, &it.Facts)
			if k == "" || it.Folded() && kind != SameFile {
				continue
			}
			if _, ok := groups[k]; !ok {
				order = append(order, k)
			}
			groups[k] = append(groups[k], id)
		}
		for _, k := range order {
			ids := groups[k]
			if len(ids) < 2 {
				continue
			}
			c := Crossing{Kind: kind, Value: s.crossValue(kind, ids[0]), Items: ids}
			same := true
			for _, id := range ids {
				it := s.items[id]
				if !slices.Contains(c.Bidders, it.Bidder) {
					c.Bidders = append(c.Bidders, it.Bidder)
				}
				same = same && it.Facts.SHA256 == s.items[ids[0]].Facts.SHA256
			}
			if kind == SameFile {
				files[setKey(ids)] = true
			} else if same && files[setKey(ids)] || kind == SamePerson && s.oneNumber(ids) {
				continue
			}
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Crossing) int {
		if a.Across() != b.Across() {
			if a.Across() {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Kind, b.Kind)
	})
	return out
}

func crossKey(kind CrossKind, f *Facts) string {
	switch kind {
	case SameFile:
		return f.SHA256
	case SameNumber:
		if f.Number != "" {
			return string(f.Kind) + "\n" + fold(f.Number)
		}
	case SamePerson:
		switch {
		case f.Name == "":
		case f.IDNumber != "" && !strings.Contains(f.IDNumber, "*"):
			return "id\n" + fold(f.Name) + "\n" + strings.ToUpper(fold(f.IDNumber))
		case f.Birth != "":
			return "birth\n" + fold(f.Name) + "\n" + f.Birth
		}
	case SameDocument:
		return f.DocumentID
	}
	return ""
}

func (s *Session) crossValue(kind CrossKind, id int) string {
	f := &s.items[id].Facts
	switch kind {
	case SameNumber:
		return f.Number
	case SamePerson:
		return f.Name
	case SameDocument:
		return short(f.DocumentID)
	}
	return short(f.SHA256)
}

// oneNumber reports whether all files carry one number, which SameNumber has told already.
func (s *Session) oneNumber(ids []int) bool {
	for _, id := range ids {
		f := &s.items[id].Facts
		if f.Number == "" || fold(f.Number) != fold(s.items[ids[0]].Facts.Number) || f.Kind != s.items[ids[0]].Facts.Kind {
			return false
		}
	}
	return true
}

func setKey(ids []int) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(strconv.Itoa(id) + ",")
	}
	return b.String()
}

// Item returns an item by its id, nil if there is none.
func (s *Session) Item(id int) *Item {
	if id < 0 || id >= len(s.items) {
		return nil
	}
	return s.items[id]
}
