package viewmodel

import (
	"cmp"
	"slices"

	"zhengyan/verify/report"
)

// CrossKind is what files have in common, see report.CrossKind.
type CrossKind report.CrossKind

// What files may have in common.
const (
	SameFile     = CrossKind(report.SameFile)
	SameNumber   = CrossKind(report.SameNumber)
	SamePerson   = CrossKind(report.SamePerson)
	SameDocument = CrossKind(report.SameDocument)
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

// Crossings compares every file with every other, as a report does: those between bidders come first.
func (s *Session) Crossings() []Crossing {
	files := make([]report.CrossFile, len(s.items))
	for id, it := range s.items {
		f := &it.Facts
		files[id] = report.CrossFile{
			SHA256: f.SHA256, Kind: f.Kind, Number: f.Number, Name: f.Name, IDNumber: f.IDNumber, Birth: f.Birth, DocumentID: f.DocumentID, Half: it.Folded(),
		}
	}
	var out []Crossing
	for _, x := range report.Compare(files) {
		c := Crossing{Kind: CrossKind(x.Kind), Value: s.crossValue(CrossKind(x.Kind), x.Members[0]), Items: x.Members}
		for _, id := range c.Items {
			if b := s.items[id].Bidder; !slices.Contains(c.Bidders, b) {
				c.Bidders = append(c.Bidders, b)
			}
		}
		out = append(out, c)
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

// Item returns an item by its id, nil if there is none.
func (s *Session) Item(id int) *Item {
	if id < 0 || id >= len(s.items) {
		return nil
	}
	return s.items[id]
}
