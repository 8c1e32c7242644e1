package viewmodel

import (
	"path"
	"strconv"

	"zhengyan/verify"
	"zhengyan/verify/fields"
)

// row makes the list's line for an item; rep is nil until the file was judged.
func (s *Session) row(it *Item, rep *verify.Report) Row {
	if it.into != nil {
		rep = nil // it has no verdict of its own
	}
	r := s.facts(it, rep)
	r.cells(s.messages, it, rep)
	if rep != nil && rep.Error == nil && rep.Evidence != nil && !s.second.IsZero() {
		q := s.questionFor(it)
		q.At = s.second
		second := s.clock.guard(s.messages, s.engine.Judge(rep.Evidence, q))
		r.Second = ShapeOf(second.Indication)
		r.Cells[ColSecond] = s.messages.Word(second.Indication)
		r.keys[ColSecond] = verdictOrder(&Row{Indication: second.Indication})
	}
	return r
}

func (s *Session) facts(it *Item, rep *verify.Report) Row {
	m := s.messages
	r := Row{Title: it.File.Name}
	if it.into != nil {
		r.Shape, r.Subtitle = ShapeSkip, m.T("pair.folded", "file", it.into.File.Name)
		return r
	}
	switch it.State {
	case Waiting:
		r.Subtitle = m.T("state.waiting")
	case Reading:
		r.Subtitle = m.T("state.reading")
		switch so := it.search; {
		case so.Found > 0:
			r.Subtitle = m.T("state.examining", "done", strconv.Itoa(so.Examined), "total", strconv.Itoa(so.Found))
		case so.OfPages > 0:
			r.Subtitle = m.T("state.searching", "done", strconv.Itoa(so.Pages), "total", strconv.Itoa(so.OfPages))
		}
	case Cancelled:
		r.Subtitle = m.T("state.cancelled")
		r.Shape = ShapeSkip
	}
	if rep == nil {
		return r
	}
	r.Title = titleOf(m, it, rep.Evidence)
	if rep.Evidence != nil && rep.Evidence.Print != nil {
		r.Title = m.T("pair.title", "original", r.Title, "print", path.Base(slashed(rep.Evidence.Print.Input.Name)))
	}
	r.Shape = ShapeOf(rep.Indication)
	r.Indication, r.Copy, r.Registration = rep.Indication, rep.Copy.Indication, rep.Registration.Indication
	r.Reason, r.Person, r.Number = rep.Reason, rep.Certificate.Name, rep.Certificate.Number
	r.Unreadable = rep.Error != nil
	r.Doubt = doubtOf(rep)
	if r.Unreadable {
		r.Subtitle = m.T("state.unreadable")
		r.Reason = rep.Error.Message
		return r
	}
	r.Kind = kindText(m, rep.Certificate)
	r.Subtitle = m.Word(rep.Indication)
	if why := brief(m, rep); why != "" {
		r.Subtitle += " · " + why
	}
	if it.halved {
		r.Subtitle += " · " + m.T("pair.halved")
	}
	return r
}

// brief is the first sub-indication in words, of the graver verdict first; for a pass it is whose certificate it is.
func brief(m *Messages, rep *verify.Report) string {
	if rep.Indication == verify.TotalPassed {
		if rep.Certificate.Name != "" {
			return rep.Certificate.Name
		}
		return kindText(m, rep.Certificate)
	}
	parts := []verify.Verdict{rep.Copy, rep.Registration}
	if rep.Registration.Indication == rep.Indication && rep.Copy.Indication != rep.Indication {
		parts[0], parts[1] = parts[1], parts[0]
	}
	for _, v := range parts {
		for _, s := range v.SubIndications {
			return subWord(m, stepOf(rep, s), s)
		}
	}
	return ""
}

func kindText(m *Messages, c fields.Certificate) string {
	k := c.Kind
	if k == "" {
		k = fields.UnknownKind
	}
	return m.Or("kind."+string(k), m.T("kind.unknown"))
}
