package viewmodel

import (
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// cells makes the texts of the table's row, once.
func (r *Row) cells(m *Messages, it *Item, rep *verify.Report) {
	c := &r.Cells
	c[ColFile], c[ColBidder] = r.Title, it.Bidder
	switch {
	case rep == nil:
		c[ColVerdict] = r.Subtitle
	case r.Unreadable:
		c[ColVerdict], c[ColReason] = m.T("state.unreadable"), r.Reason
	default:
		cert := &rep.Certificate
		c[ColVerdict], c[ColReason], c[ColKind] = m.Word(rep.Indication), r.Reason, r.Kind
		c[ColName], c[ColNumber], c[ColEmployer] = cert.Name, cert.Number, cert.Employer
		var names []string
		for _, s := range cert.Specialties {
			names = append(names, s.Name)
		}
		if len(names) == 0 && cert.QualName != "" {
			names = append(names, cert.QualName)
		}
		c[ColSpecialty] = strings.Join(names, m.T("list.comma"))
		c[ColUsage] = span(usagePeriod(cert))
		c[ColIssued] = cert.IssueDate.String()
	}
	if rep != nil {
		c[ColHuman] = humanText(m, it.Human)
	}
	r.keys = *c
	if rep != nil {
		r.keys[ColVerdict] = verdictOrder(r)
		r.keys[ColUsage] = usagePeriod(&rep.Certificate).To.String()
	}
	r.find = fold(strings.Join(c[:], "\n"))
}

func (r *Row) setBidder(name string) {
	r.Cells[ColBidder], r.keys[ColBidder] = name, name
	r.find = fold(strings.Join(r.Cells[:], "\n"))
}

// verdictOrder sorts verdicts by what a reviewer looks at first.
func verdictOrder(r *Row) string {
	switch {
	case r.Unreadable:
		return "2"
	case r.Indication == verify.TotalFailed:
		return "0"
	case r.Indication == verify.TotalPassed:
		return "3"
	}
	return "1"
}

// usagePeriod is the period of use, of whatever name the kind gives it.
func usagePeriod(c *fields.Certificate) fields.Period {
	if c.Annotation != nil && c.Usage.IsZero() {
		return c.Annotation.Period
	}
	return c.Usage
}

// span writes a period for a table's cell.
func span(p fields.Period) string {
	if p.IsZero() {
		return ""
	}
	return dash(p.From) + " – " + dash(p.To)
}

func dash(d civil.Date) string {
	if d.IsZero() {
		return "?"
	}
	return d.String()
}

func (r *Row) has(words []string) bool {
	for _, w := range words {
		if !strings.Contains(r.find, w) {
			return false
		}
	}
	return true
}

// fold makes texts comparable: lower case, full-width letters and digits as half-width ones.
func fold(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		}
		return r
	}, s))
}

// Facts are what files are compared with each other by.
type Facts struct {
	SHA256      string
	Kind        fields.Kind
	Number      string
	Name        string
	IDNumber    string
	Birth       string
	Employer    string
	Specialties []SpecialtyFact
	Usage       fields.Period
	Valid       fields.Period
	Producer    string // producer and creator
	DocumentID  string // the first half of a PDF's /ID, which a copy keeps
	Read        bool   // the face was read
}

// SpecialtyFact is a specialty on the face.
type SpecialtyFact struct {
	Name  string
	Valid fields.Period
}

func factsFor(ev *verify.Evidence) Facts {
	f := Facts{SHA256: ev.Input.SHA256}
	if ev.Part != nil { // certificates of one document share its bytes
		f.SHA256 = ""
	}
	f.Producer = strings.TrimSpace(ev.Metadata.Producer + " " + ev.Metadata.Creator)
	if len(ev.Metadata.IDs) > 0 && ev.Part == nil {
		f.DocumentID = strings.ToLower(ev.Metadata.IDs[0])
	}
	if ev.Fields == nil {
		return f
	}
	c := &ev.Fields.Certificate
	f.Read = ev.Fields.Source != fields.SourceNone
	f.Kind, f.Number, f.Name, f.IDNumber, f.Employer = c.Kind, c.Number, c.Name, c.IDNumber, c.Employer
	f.Birth, f.Usage, f.Valid = c.Birth.String(), usagePeriod(c), c.Valid
	for _, s := range c.Specialties {
		f.Specialties = append(f.Specialties, SpecialtyFact{s.Name, s.Valid})
	}
	return f
}
