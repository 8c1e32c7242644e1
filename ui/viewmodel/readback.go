package viewmodel

import (
	"context"
	"path"
	"strconv"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/report"
)

// ReadBack is an exported report, laid beside what its evidence gives when it is judged again with the same question.
type ReadBack struct {
	Path string // of the report
	// Integrity says whether the report is as it was written; Missing is how many of its files are not there.
	Integrity report.Integrity
	Missing   int
	Rows      []ReadBackRow
	// Differing is the number of rows whose answer is another one now, OtherRules whether they were judged by other rules.
	Differing  int
	OtherRules bool
	Checkpoint string // of the audit log when the report was written, "" for none
}

// ReadBackRow is one file of the report.
type ReadBackRow struct {
	Integrity report.Integrity
	Was, Now  *verify.Report
	Differs   []string // what is answered otherwise now, see report.Differences
}

// LayBeside judges the evidence of a report that was read back again: as at the day, under the policy and with the
// decisions that the report names.
func LayBeside(ctx context.Context, e Engine, file string, b *report.Batch) (*ReadBack, error) {
	out := &ReadBack{Path: file, Integrity: b.Integrity, Missing: b.Missing}
	for i := range b.Reports {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		old := b.Reports[i].Report
		q := verify.Question{
			At: old.At, Policy: old.Policy.Name, Specialty: old.Question.Specialty, Employer: old.Question.Employer, Lang: old.Lang, Human: old.Human,
		}
		row := ReadBackRow{Integrity: b.Reports[i].Integrity, Was: old, Now: e.Judge(old.Evidence, q)}
		row.Differs = report.Differences(old, row.Now)
		if len(row.Differs) > 0 {
			out.Differing++
		}
		out.OtherRules = out.OtherRules || old.Rules != row.Now.Rules
		if out.Checkpoint == "" {
			out.Checkpoint = b.Reports[i].Checkpoint
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// Shape is the figure for the answer whether the report was changed.
func (r *ReadBack) Shape() Shape {
	switch {
	case r.Integrity == report.Changed:
		return ShapeFail
	case r.Integrity == report.Unchanged && r.Differing == 0:
		return ShapePass
	}
	return ShapeUnknown
}

// Title is that answer in a few words, Text in one sentence.
func (r *ReadBack) Title(m *Messages) string { return m.T("readback." + string(r.Integrity)) }

// Text says what the answer rests on, and what else there is to know.
func (r *ReadBack) Text(m *Messages) string {
	s := m.T("readback." + string(r.Integrity) + ".text")
	if r.Missing > 0 {
		s += m.T("readback.missing", "n", strconv.Itoa(r.Missing))
	}
	switch {
	case r.Differing == 0:
		s += m.T("readback.same")
	default:
		s += m.T("readback.differ", "n", strconv.Itoa(r.Differing))
	}
	if r.OtherRules {
		s += m.T("readback.rules")
	}
	return s
}

// Adopt puts the files of a report into the list, with the report's evidence and decisions, so that they can be judged as
// at any day. The files themselves are not read. A file that the list holds already
// is not added again, so that no file is called a duplicate of itself. It returns the number of rows that are new.
func (s *Session) Adopt(r *ReadBack) int {
	n, first := 0, -1
	byName := map[string][]int{} // what the list holds, by the file's own name
	for id, it := range s.items {
		name := path.Base(slashed(OwnPath(it.File.Path)))
		byName[name] = append(byName[name], id)
	}
	for i := range r.Rows {
		old := r.Rows[i].Was
		if id := s.held(byName[path.Base(slashed(old.Input.Name))], old); id >= 0 {
			if first < 0 {
				first = id
			}
			continue
		}
		f := File{Name: path.Base(slashed(old.Input.Name)), Path: r.Path + "!/" + old.Input.Name, Part: placeIn(old.Evidence)}
		if f.Name == "." {
			f.Name = old.Input.Name
		}
		if f.Part > 0 {
			f.Path += partMark + strconv.Itoa(f.Part)
		}
		if old.Input.Name == "" || s.known(f.Path) && s.items[s.byPath[f.Path]].Facts.SHA256 != old.Input.SHA256 {
			f.Path += "!/" + strconv.Itoa(i+1)
		}
		if s.known(f.Path) {
			continue
		}
		f.Bidder = BidderOf(nil, slashed(old.Input.Name))
		id := s.append(f)
		it := s.items[id]
		it.State, it.packed, it.Facts, it.Human, it.page = Done, pack(old.Evidence), factsFor(old.Evidence), old.Human, pageOf(old.Evidence)
		s.supersede(id)
		it.Row = s.row(it, s.judge(it, old.Evidence))
		s.keepItem(it)
		n++
		if first < 0 {
			first = id
		}
	}
	s.stale = true
	if first >= 0 {
		s.Select(first)
	}
	s.mark(Change{List: true, Detail: true})
	return n
}

// held is the row, among those given, that has the report's very file: the same bytes from the same place, be it read here or
// taken from another form of the report; -1 for none.
func (s *Session) held(ids []int, old *verify.Report) int {
	if old.Evidence == nil || old.Input.Name == "" {
		return -1
	}
	name := slashed(old.Input.Name)
	for _, id := range ids {
		it := s.items[id]
		from := slashed(OwnPath(it.File.Path))
		if from != name && !strings.HasSuffix(from, "/"+name) {
			continue
		}
		if ev := s.evidence(it); ev != nil && ev.Input.SHA256 == old.Input.SHA256 && placeIn(ev) == placeIn(old.Evidence) {
			return id
		}
	}
	return -1
}

// DiffersText says in words what is answered otherwise now. A check is named by its step and rule.
func (r *ReadBackRow) DiffersText(m *Messages) string {
	word := func(s string) string {
		switch v := verify.Indication(s); v {
		case verify.TotalPassed, verify.TotalFailed, verify.Indeterminate:
			return m.Word(v)
		case "":
			return m.T("readback.nothing")
		}
		return m.Or("status."+s, s)
	}
	titles := map[string]string{}
	for _, rep := range []*verify.Report{r.Now, r.Was} {
		for i := range rep.Checks {
			titles[rep.Checks[i].ID] = rep.Checks[i].Title
		}
	}
	var parts []string
	for _, d := range r.Differs {
		name, values, _ := strings.Cut(d, ": ")
		was, now, ok := strings.Cut(values, " → ")
		if !ok {
			parts = append(parts, d)
			continue
		}
		id, rule, _ := strings.Cut(name, " ")
		switch {
		case m.Has("readback.of." + name):
			name = m.T("readback.of." + name)
		case titles[id] != "":
			name = strings.TrimSpace(titles[id] + " " + rule)
		}
		parts = append(parts, m.T("readback.difference", "name", name, "was", word(was), "now", word(now)))
	}
	return strings.Join(parts, m.T("list.comma"))
}
