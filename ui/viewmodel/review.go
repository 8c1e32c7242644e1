package viewmodel

import (
	"maps"
	"slices"
	"strings"

	"zhengyan/verify"
)

// Doubt is why a person should look at a file.
type Doubt int

// The doubts, the gravest first.
const (
	NoDoubt          Doubt = iota
	DoubtUnreadable        // the file could not be read
	DoubtFailed            // the verdict is 不通过
	DoubtHandwriting       // only a person can compare the handwriting (40号 二(二))
	DoubtUnknown           // the verdict is 无法确定 for another reason
)

// reviewKey is the key of a decision on the whole result; decisions on a check are kept under the check's id.
const reviewKey = "review"

// The answers of a person. On the handwriting: agrees, differs, unsigned. On a result: accepted, rejected, deferred
// (store.AuditEntry.Decision). Noted is a remark without a decision.
const (
	Agrees   = "agrees"
	Differs  = "differs"
	Unsigned = "unsigned"
	Accepted = "accepted"
	Rejected = "rejected"
	Deferred = "deferred"
	Noted    = "noted"
)

func doubtOf(rep *verify.Report) Doubt {
	if rep.Error != nil {
		return DoubtUnreadable
	}
	for i := range rep.Checks {
		c := &rep.Checks[i]
		_, decided := rep.Human[c.ID]
		if c.ID == handwritingCheck && (c.Status == verify.Inconclusive || c.Status == verify.Failed || decided) {
			return DoubtHandwriting
		}
	}
	switch rep.Indication {
	case verify.TotalPassed:
		return NoDoubt
	case verify.TotalFailed:
		return DoubtFailed
	}
	return DoubtUnknown
}

// decided reports whether a person has decided what the file's doubt asks.
func (it *Item) decided() bool {
	if d, ok := it.Human[reviewKey]; ok && d.Answer != Noted {
		return true
	}
	_, ok := it.Human[handwritingCheck]
	return ok
}

// Decided reports whether a person has answered the file's doubt.
func (it *Item) Decided() bool { return it.decided() }

// Note returns the person's remark on a file.
func (it *Item) Note() string {
	for _, k := range []string{handwritingCheck, reviewKey} {
		if n := it.Human[k].Note; n != "" {
			return n
		}
	}
	return ""
}

func humanText(m *Messages, human map[string]verify.HumanDecision) string {
	var parts []string
	for _, k := range []string{handwritingCheck, reviewKey} {
		if d, ok := human[k]; ok {
			t := m.Or("decision."+d.Answer, d.Answer)
			if d.Note != "" {
				t += " (" + d.Note + ")"
			}
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, m.T("list.comma"))
}

// undoStep is what a decision replaced.
type undoStep struct {
	id    int
	human map[string]verify.HumanDecision
}

// maxUndo is the number of decisions that can be taken back.
const maxUndo = 500

// Decide records what a person decided on a check of the selected file and judges with it. An empty answer takes the
// decision back. Decisions belong to one file; what the machine saw stays beside them.
func (s *Session) Decide(check string, d verify.HumanDecision) {
	it := s.Selected().answering()
	if it == nil || !it.Judged() {
		return
	}
	human := maps.Clone(it.Human) // reports that were made keep the map that they were made with
	if human == nil {
		human = map[string]verify.HumanDecision{}
	}
	if d.Answer == "" {
		delete(human, check)
	} else {
		if d.Note == "" {
			d.Note = human[check].Note
		}
		if d.Who == "" {
			d.Who = s.operator
		}
		human[check] = d
	}
	s.undo = append(s.undo, undoStep{it.ID, it.Human})
	if len(s.undo) > maxUndo {
		s.undo = s.undo[1:]
	}
	s.decided(it, human)
}

// decided puts a file's decisions in force.
func (s *Session) decided(it *Item, human map[string]verify.HumanDecision) {
	it.Human = human
	s.decisions++
	rep := s.judge(it, s.evidence(it))
	it.Row = s.row(it, rep)
	if s.shown(it) {
		s.report = rep
		s.wantTimeline()
	}
	s.stale = s.stale || !s.view.plain()
	s.keepItem(it)
	if s.recorder != nil {
		s.wg.Add(1)
		go func() {
			defer s.wg.Done()
			s.recorder.Decision(rep)
		}()
	}
	s.mark(Change{List: true, Detail: true})
}

// CanUndo reports whether there is a decision to take back.
func (s *Session) CanUndo() bool { return len(s.undo) > 0 }

// Undo takes the last decision back and shows its file.
func (s *Session) Undo() bool {
	if len(s.undo) == 0 {
		return false
	}
	step := s.undo[len(s.undo)-1]
	s.undo = s.undo[:len(s.undo)-1]
	if step.id >= len(s.items) || !s.items[step.id].Judged() {
		return false
	}
	s.Select(step.id)
	s.decided(s.items[step.id], step.human)
	return true
}

// SetOperator names the person whose decisions follow.
func (s *Session) SetOperator(name string) {
	s.operator = name
	s.mark(Change{Detail: true})
}

// Operator is that person's name, "" for nobody's.
func (s *Session) Operator() string { return s.operator }

// ReviewQueue are the ids of the files that a person should look at, the handwriting together, in the order of the
// table; done is how many of them were answered. A view of one bidder narrows it.
func (s *Session) ReviewQueue() (ids []int, done int) {
	for id, it := range s.items {
		if it.Row.Doubt == NoDoubt || (s.view.Bidder != "" && it.Bidder != s.view.Bidder) {
			continue
		}
		ids = append(ids, id)
		if it.decided() {
			done++
		}
	}
	slices.SortStableFunc(ids, func(a, b int) int { return int(s.items[a].Row.Doubt) - int(s.items[b].Row.Doubt) })
	return ids, done
}

// StepReview selects the next (n > 0) or previous file of the queue.
func (s *Session) StepReview(n int) {
	ids, _ := s.ReviewQueue()
	if len(ids) == 0 {
		return
	}
	i := slices.Index(ids, s.selected)
	if i < 0 {
		i = 0
	} else {
		i = min(max(i+n, 0), len(ids)-1)
	}
	s.Select(ids[i])
}

// Question of the review: which answers the keys 1, 2, 3 give on the selected file, and under which key they are kept.
func (s *Session) ReviewQuestion() (check string, answers [3]string) {
	if it := s.Selected(); it != nil && it.Row.Doubt == DoubtHandwriting {
		return handwritingCheck, [3]string{Agrees, Differs, Unsigned}
	}
	return reviewKey, [3]string{Accepted, Rejected, Deferred}
}

// Answer gives answer n (1, 2 or 3) on the selected file and goes on to the next one that is not answered.
func (s *Session) Answer(n int) {
	it := s.Selected()
	if it == nil || n < 1 || n > 3 || !it.Judged() {
		return
	}
	check, answers := s.ReviewQuestion()
	d := verify.HumanDecision{Answer: answers[n-1]}
	if s.now != nil {
		d.When = s.now()
	}
	ids, _ := s.ReviewQueue()
	s.Decide(check, d)
	i := slices.Index(ids, it.ID)
	for k := 1; k < len(ids); k++ {
		next := s.items[ids[(i+k)%len(ids)]]
		if !next.decided() {
			s.Select(next.ID)
			return
		}
	}
}

// SetNote keeps a person's remark on the selected file, beside the decision if there is one.
func (s *Session) SetNote(text string) {
	it := s.Selected()
	if it == nil || !it.Judged() {
		return
	}
	check, _ := s.ReviewQuestion()
	d, ok := it.Human[check]
	if !ok {
		check = reviewKey
		if d, ok = it.Human[check]; !ok {
			d = verify.HumanDecision{Answer: Noted}
			if s.now != nil {
				d.When = s.now()
			}
		}
	}
	d.Note = strings.TrimSpace(text)
	if d.Note == "" && d.Answer == Noted {
		d.Answer = ""
	}
	if d.Note == "" && d.Answer != "" { // an empty note replaces the old one, which Decide would keep
		human := maps.Clone(it.Human)
		human[check] = d
		s.undo = append(s.undo, undoStep{it.ID, it.Human})
		s.decided(it, human)
		return
	}
	s.Decide(check, d)
}

// Recorder is told what must go into the audit log.
type Recorder interface {
	// Verdict is called with every verdict when a file was read.
	Verdict(rep *verify.Report)
	// Decision is called with the report after a person decided or took a decision back.
	Decision(rep *verify.Report)
}
