package rules

import "zhengyan/verify/fields"

// doubtful reports whether a failure rests on a reading that may be wrong: what a program read off a picture, below the
// confidence that the rule data ask for, or the text layer that a scanner laid under one, whose maker and care nobody
// knows, or any other text that the page does not show. Such a failure is for a person to look at: a misread digit must not
// throw anyone out. Text that a page shows is no such reading, also where the page was bound into a larger file.
func (e *evaluation) doubtful(s *Step, facts []Fact) bool {
	if !s.Reads || e.Face == nil {
		return false
	}
	switch {
	case e.Face.Source == fields.SourceOCR:
	case e.Unshown, !e.original() && !e.boundIn():
		return e.Face.Source == fields.SourceText
	default:
		return false
	}
	named := false
	for _, f := range facts {
		for i := range e.Face.Fields {
			x := &e.Face.Fields[i]
			if x.Name != f.Name {
				continue
			}
			named = true
			// Reading programs take rare characters for common ones, and are sure of it.
			if e.Face.Source == fields.SourceOCR && (f.Name == "name" || f.Name == "employer") || x.Confidence < e.book.SureReading {
				return true
			}
		}
	}
	// A line that was not seen is not a line that is not there.
	if s.ID == "specialty" && (e.Specialty == "" || len(e.wanted()) == 0) {
		return true
	}
	onPaper := s.ID == "kind" && e.cert.Medium == fields.Paper
	if named && !onPaper {
		return false
	}
	// Paper is told by a mark of its own, and by no e-certificate's mark being there: off a picture, of which the rest was read
	// surely.
	if _, ok := e.field("paperMark"); !ok && onPaper {
		return true
	}
	// The finding names no field: it rests on who the certificate is, by which the registry was asked too.
	seen := 0
	for _, x := range e.Face.Fields {
		switch x.Name {
		case "title", "name", "number":
			seen++
			if x.Confidence < e.book.SureReading {
				return true
			}
		}
	}
	return seen == 0
}
