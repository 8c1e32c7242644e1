package viewmodel

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// BidderOf names the group that a file belongs to by where it lay: the folder below the one that was opened, or that
// folder itself, or the archive (and the folder in it). opened are the paths that were opened.
func BidderOf(opened []string, file string) string {
	file = slashed(file)
	root := ""
	for _, o := range opened {
		o = strings.TrimRight(slashed(o), "/")
		if (file == o || strings.HasPrefix(file, o+"/") || strings.HasPrefix(file, o+"!/")) && len(o) > len(root) {
			root = o
		}
	}
	rest := ""
	switch {
	case root == "" || file == root:
		root = path.Dir(file)
	case strings.HasPrefix(file, root+"!/"):
		rest = file[len(root)+2:]
	default:
		rest = file[len(root)+1:]
	}
	name := path.Base(root)
	if first, _, below := strings.Cut(rest, "/"); below {
		name = strings.TrimSuffix(first, "!")
	}
	if name == "." || name == "/" {
		return ""
	}
	if ext := path.Ext(name); strings.EqualFold(ext, ".zip") {
		name = strings.TrimSuffix(name, ext)
	}
	return name
}

func slashed(p string) string { return strings.ReplaceAll(p, `\`, "/") }

// Bidder is a group of files with its numbers.
type Bidder struct {
	Name   string
	Counts Counts
	Doubts int // files that a person should look at and has not
}

// Bidders returns the groups in the order in which they came.
func (s *Session) Bidders() []Bidder {
	var out []Bidder
	at := map[string]int{}
	for _, it := range s.items {
		i, ok := at[it.Bidder]
		if !ok {
			i = len(out)
			at[it.Bidder] = i
			out = append(out, Bidder{Name: it.Bidder})
		}
		out[i].Counts.count(it)
		if it.Row.Doubt != NoDoubt && !it.decided() {
			out[i].Doubts++
		}
	}
	return out
}

// RenameBidder gives a group another name; two groups of one name become one.
func (s *Session) RenameBidder(from, to string) {
	to = strings.TrimSpace(to)
	if to == "" || to == from {
		return
	}
	for _, it := range s.items {
		if it.Bidder == from {
			it.Bidder = to
			it.Row.setBidder(to)
			s.keepItem(it)
		}
	}
	if s.view.Bidder == from {
		s.view.Bidder = to
	}
	s.stale = true
	s.mark(Change{List: true})
}

// Columns of the table, in the order in which they stand.
const (
	ColState = iota
	ColFile
	ColBidder
	ColName
	ColNumber
	ColVerdict
	ColReason
	ColKind
	ColSpecialty
	ColEmployer
	ColUsage
	ColIssued
	ColSecond
	ColHuman
	Columns
)

// ColumnKeys are the message keys of the columns' names.
func ColumnKeys() []string {
	return []string{"col.state", "col.file", "col.bidder", "col.name", "col.number", "col.verdict", "col.reason", "col.kind", "col.specialty", "col.employer", "col.usage", "col.issued", "col.second", "col.human"}
}

// View is which rows are shown and in which order.
type View struct {
	Filter Filter
	Bidder string // "" shows all
	Search string
	Sort   int // a column; ColState is the order of opening
	Down   bool
}

func (v View) plain() bool {
	return v.Filter == ShowAll && v.Bidder == "" && v.Search == "" && v.Sort == ColState && !v.Down
}

// View returns the view in force.
func (s *Session) View() View { return s.view }

// SetView changes which rows are shown.
func (s *Session) SetView(v View) {
	v.Search = strings.TrimSpace(v.Search)
	if v == s.view {
		return
	}
	s.view = v
	s.stale = true
	s.mark(Change{List: true})
}

// SortBy sorts by a column; the same column again turns the order round.
func (s *Session) SortBy(column int) {
	v := s.view
	if v.Sort == column {
		v.Down = !v.Down
	} else {
		v.Sort, v.Down = column, false
	}
	s.SetView(v)
}

// refilter makes the visible rows again.
func (s *Session) refilter() {
	s.stale = false
	s.visible = s.visible[:0]
	find := strings.Fields(fold(s.view.Search))
	for id, it := range s.items {
		if s.view.Filter.matches(it) && (s.view.Bidder == "" || it.Bidder == s.view.Bidder) && it.Row.has(find) {
			s.visible = append(s.visible, id)
		}
	}
	if v := s.view; v.Sort > ColState && v.Sort < Columns {
		slices.SortStableFunc(s.visible, func(a, b int) int {
			x, y := s.items[a].Row.keys[v.Sort], s.items[b].Row.keys[v.Sort]
			if (x == "") != (y == "") { // what is not known stands last in both directions
				if x == "" {
					return 1
				}
				return -1
			}
			if v.Down {
				return strings.Compare(y, x)
			}
			return strings.Compare(x, y)
		})
	} else if s.parted {
		slices.SortStableFunc(s.visible, func(a, b int) int {
			x, y := s.items[a], s.items[b]
			return cmp.Or(cmp.Compare(x.root, y.root), cmp.Compare(x.File.Part, y.File.Part))
		})
	}
	if s.view.Sort == ColState && s.view.Down {
		slices.Reverse(s.visible)
	}
}
