package viewmodel

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// maxLeftOut bounds what is listed of what was left out: one archive may hold a million hidden entries.
const maxLeftOut = 10_000

// leftFormat is why a file on a stick is left out whose name is not that of a kind that is read.
const leftFormat document.LeftReason = "format"

// leftTaken marks what was left out of a folder and then opened by itself, where the batch is kept.
const leftTaken document.LeftReason = "taken"

// LeftOut is something in a folder or an archive that was opened and that was not read, so that nobody takes it for verified.
type LeftOut struct {
	Name string // as it is listed: from the folder that was opened on
	Path string
	Why  document.LeftReason
}

// Reason says why, in a sentence.
func (l LeftOut) Reason(m *Messages) string {
	return m.Or("left.why."+string(l.Why), m.T("left.why.hidden"))
}

// Full is the whole path, as it may be shown and copied.
func (l LeftOut) Full() string { return report.Clean(l.Path) }

// leftOuts are listed once each, in the order in which they were told of.
type leftOuts struct {
	list []LeftOut
	at   map[string]bool // by path
	over bool            // there are more
}

// add lists one more; false if it is listed already or there is no room.
func (l *leftOuts) add(x LeftOut) bool {
	key := slashed(x.Path)
	if l.at[key] {
		return false
	}
	if len(l.list) >= maxLeftOut {
		l.over = true
		return false
	}
	if l.at == nil {
		l.at = map[string]bool{}
	}
	l.at[key] = true
	l.list = append(l.list, x)
	return true
}

// take strikes out what is opened by itself. A list that is being shown stays as it is.
func (l *leftOuts) take(p string) bool {
	key := strings.TrimRight(slashed(p), "/")
	if !l.at[key] {
		return false
	}
	delete(l.at, key)
	l.list = slices.DeleteFunc(slices.Clone(l.list), func(x LeftOut) bool { return slashed(x.Path) == key })
	return true
}

// LeftOut is what lies in folders and archives that were opened and was not read.
func (s *Session) LeftOut() []LeftOut { return s.left.list }

// LeftOutText says how much was left out; "" if nothing was.
func (s *Session) LeftOutText() string {
	if len(s.left.list) == 0 {
		return ""
	}
	return s.messages.T("left.line", "n", s.leftCount())
}

// LeftOutTitle is the heading of the list.
func (s *Session) LeftOutTitle() string { return s.messages.T("left.title", "n", s.leftCount()) }

func (s *Session) leftCount() string {
	n := strconv.Itoa(len(s.left.list))
	if s.left.over {
		n += "+"
	}
	return n
}

// LeftOutList is the whole list as text, a line each, for another program.
func (s *Session) LeftOutList() string {
	var b strings.Builder
	for _, l := range s.left.list {
		b.WriteString(l.Full() + "\t" + l.Reason(s.messages) + "\n")
	}
	return b.String()
}

// leave lists what was left out of the paths that were opened.
func (s *Session) leave(opened []string, x document.LeftOut) {
	l := LeftOut{Name: report.Clean(below(opened, x.Name)), Path: x.Name, Why: x.Why}
	if _, known := s.byPath[x.Name]; known || !s.left.add(l) { // a file that was opened by itself before was read
		return
	}
	s.change.List = true
	if s.keep != nil {
		s.keep.put(Kept{Path: l.Path, Name: l.Name, Left: l.Why})
	}
}

// takeUp strikes out of the list what is opened by itself now: nothing that was named outright is left out.
func (s *Session) takeUp(p string) {
	if s.left.take(p) {
		s.change.List = true
		if s.keep != nil {
			s.keep.put(Kept{Path: p, Left: leftTaken})
		}
	}
}

// forgetLeft drops what was left out where there is no file beside it.
func (s *Session) forgetLeft() {
	if len(s.left.list) == 0 {
		return
	}
	s.left = leftOuts{}
	s.change.List = true
	if s.keep != nil {
		s.keep.clear()
	}
}

// below is a path from the folder or archive that was opened on.
func below(opened []string, p string) string {
	p = slashed(p)
	root := ""
	for _, o := range opened {
		o = strings.TrimRight(slashed(o), "/")
		if (strings.HasPrefix(p, o+"/") || strings.HasPrefix(p, o+"!/")) && len(o) > len(root) {
			root = o
		}
	}
	if root == "" {
		return p
	}
	return path.Base(root) + p[len(root):]
}

// LeftSentence sums up what was left out, for what lists nothing: a screen, a report; "" if nothing was.
func LeftSentence(m *Messages, n string, whys []document.LeftReason) string {
	if len(whys) == 0 {
		return ""
	}
	return m.T("left.sum", "n", n, "what", leftWords(m, whys))
}

// leftNote sums up what was left out, for a report.
func (s *Session) leftNote() string {
	var whys []document.LeftReason
	for _, l := range s.left.list {
		if !slices.Contains(whys, l.Why) {
			whys = append(whys, l.Why)
		}
	}
	return LeftSentence(s.messages, s.leftCount(), whys)
}

// leftWords are the reasons in a word each.
func leftWords(m *Messages, whys []document.LeftReason) string {
	var words []string
	for _, w := range whys {
		if s := m.Or("left.short."+string(w), m.T("left.short.hidden")); !slices.Contains(words, s) {
			words = append(words, s)
		}
	}
	return strings.Join(words, m.T("list.comma"))
}
