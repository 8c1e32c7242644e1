package viewmodel

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
)

// CompareState is what a row of the comparison says. Only CompareEqual is agreement: what one side does not state is
// missing, and what cannot be read on one side cannot be compared.
type CompareState string

// The states.
const (
	CompareEqual     CompareState = "equal"
	CompareDifferent CompareState = "different"
	CompareMissing   CompareState = "missing"
	CompareNot       CompareState = "not-comparable"
)

// shape is the figure of a state.
func (s CompareState) shape() Shape {
	switch s {
	case CompareEqual:
		return ShapePass
	case CompareDifferent:
		return ShapeFail
	case CompareMissing:
		return ShapeUnknown
	}
	return ShapeSkip
}

// QRTable sets what the code, the face and the registry say beside each other.
type QRTable struct {
	Heads [3]string // QR, face, registry
	Notes []string  // why a column is empty
	Rows  []CompareRow
}

// CompareRow is one fact.
type CompareRow struct {
	Field              string // name of fields.Field, or qrKey
	Label              string
	QR, Face, Registry CompareCell
	State              CompareState
	Shape              Shape
	Word               string // the state in a word, with the sources it rests on
}

// CompareCell is what one source says; Runs is empty if it says nothing, and Gap then tells why.
type CompareCell struct {
	Runs []TextRun
	Gap  string
}

// TextRun is a stretch of a value; Differs marks characters that another source has otherwise.
type TextRun struct {
	Text    string
	Differs bool
}

func (c CompareCell) plain() string {
	if len(c.Runs) == 0 {
		return c.Gap
	}
	var b strings.Builder
	for _, r := range c.Runs {
		if r.Differs {
			b.WriteString("[" + r.Text + "]")
		} else {
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

// source is one column: what it states, and the word for what it does not.
type source struct {
	facts map[string]string
	takes bool   // it can be compared at all
	gap   string // shown where it states nothing
}

// compareCode makes the table of one code.
func compareCode(m *Messages, rep *verify.Report, code *verify.Code) QRTable {
	t := QRTable{Heads: [3]string{m.T("qrcard.qr"), m.T("qrcard.face"), m.T("qrcard.registry")}}
	note := func(s string) { t.Notes = append(t.Notes, s) }
	unstated := m.T("qrcard.gap.unstated")

	coded := source{facts: codedFacts(code), gap: unstated}
	if coded.takes = len(coded.facts) > 0; !coded.takes {
		coded.gap = m.T("qrcard.gap.opaque")
		note(m.T("qrcard.note.opaque"))
	}
	face := source{gap: unstated}
	if face.takes = rep.Evidence.Fields != nil; face.takes {
		face.facts = faceFacts(rep.Certificate)
	} else {
		face.gap = m.T("qrcard.gap.unread")
		note(m.T("qrcard.note.unread"))
	}
	reg := source{gap: unstated}
	record, why := recordOf(rep)
	if reg.takes = record != nil; reg.takes {
		reg.facts = recordFacts(record)
	} else {
		reg.gap = m.T("qrcard.gap." + why)
		note(m.T("qrcard.note." + why))
	}
	if record != nil && record.QRKey != "" && code.Payload.URL != "" {
		if coded.facts == nil {
			coded.facts = map[string]string{}
		}
		coded.facts["qrKey"] = keyIn(code.Payload.URL, record.QRKey)
	}
	for _, f := range rowsOf(coded.facts, face.facts, reg.facts) {
		t.Rows = append(t.Rows, compareRow(m, f, [3]source{coded, face, reg}))
	}
	return t
}

// always are the facts that are set out whatever the code carries; the others appear if the code states them.
func always() []string {
	return []string{"name", "number", "specialty", "employer", "valid", "ecertID", "qrKey"}
}

func rowsOf(coded, face, reg map[string]string) []string {
	order := []string{
		"title", "name", "sex", "birth", "idNumber", "number", "certificateNumber", "qualificationName", "level", "specialty",
		"employer", "valid", "validTo", "usage", "issueDate", "approved", "date", "issuer", "ecertID", "qrKey",
	}
	in := map[string]bool{}
	for f := range coded {
		in[f] = true
	}
	for _, f := range always() {
		in[f] = in[f] || face[f] != "" || reg[f] != ""
	}
	var out []string
	for _, f := range order {
		if in[f] {
			out = append(out, f)
			delete(in, f)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(in)) {
		if in[f] {
			out = append(out, f)
		}
	}
	return out
}

func compareRow(m *Messages, field string, src [3]source) CompareRow {
	row := CompareRow{Field: field, Label: m.Or("qrcard.label."+field, factName(m, "", field))}
	var value [3]string
	var stating, silent []int
	for i, s := range src {
		value[i] = s.facts[field]
		if field == "date" && i > 0 && value[0] != "" {
			value[i] = datedLike(value[0], s.facts)
		}
		switch {
		case value[i] != "":
			stating = append(stating, i)
		case s.takes && (field != "qrKey" || i != 1): // no face prints the key of its record
			silent = append(silent, i)
		}
	}
	var marks [3][]bool
	differs, rare, fewer := false, false, false
	for k, i := range stating {
		for _, j := range stating[k+1:] {
			switch agreement(field, value[i], value[j]) {
			case fields.Different:
				differs = true
			case fields.Equal:
				continue
			case partOf:
				fewer = true
			default:
				rare = true
			}
			a, b := differing(value[i], value[j])
			marks[i], marks[j] = either(marks[i], a), either(marks[j], b)
		}
	}
	switch {
	case differs:
		row.State = CompareDifferent
	case rare, len(stating) < 2 && (!src[0].takes || len(silent) == 0):
		row.State = CompareNot
	case fewer, len(stating) < 2, len(silent) > 0:
		row.State = CompareMissing
	default:
		row.State = CompareEqual
	}
	row.Shape, row.Word = row.State.shape(), m.T("qrcard.state."+string(row.State))
	if row.State == CompareEqual && len(stating) == 2 {
		heads := [3]string{m.T("qrcard.qr"), m.T("qrcard.face"), m.T("qrcard.registry")}
		row.Word = m.T("qrcard.state.pair", "a", heads[stating[0]], "b", heads[stating[1]])
	}
	for i, c := range []*CompareCell{&row.QR, &row.Face, &row.Registry} {
		if value[i] == "" {
			c.Gap = src[i].gap
			continue
		}
		c.Runs = runs(shownValue(field, value[i]), marks[i])
	}
	return row
}

// partOf is the outcome for a list of which the other source states only some: nothing contradicts, something is missing.
const partOf fields.Match = "part-of"

func within(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// agreement compares two values as the rules do: names and companies by their own comparison, lists as sets, the rest in
// one spelling.
func agreement(field, a, b string) fields.Match {
	switch field {
	case "name":
		return fields.CompareNames(a, b)
	case "employer":
		return fields.CompareEmployers(a, b)
	case "specialty":
		x, y := listed(a), listed(b)
		switch {
		case slices.Equal(x, y):
			return fields.Equal
		case within(x, y) || within(y, x):
			return partOf
		}
		return fields.Different
	case "idNumber":
		if sameMasked(a, b) {
			return fields.Equal
		}
		return fields.Different
	}
	x, y := qr.Spelling(a), qr.Spelling(b)
	// A birth date may be printed to the month only.
	if x == y || field == "birth" && len(x) != len(y) && min(len(x), len(y)) == len("2006-01") && x[:7] == y[:7] {
		return fields.Equal
	}
	return fields.Different
}

func listed(s string) []string {
	out := strings.FieldsFunc(qr.Spelling(s), func(r rune) bool { return strings.ContainsRune("、,;/|", r) })
	slices.Sort(out)
	return out
}

// sameMasked compares identity numbers of which some digits may be starred out.
func sameMasked(a, b string) bool {
	x, y := []rune(qr.Spelling(a)), []rune(qr.Spelling(b))
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] && x[i] != '*' && y[i] != '*' {
			return false
		}
	}
	return true
}

// shownValue is a value as the card shows it; it keeps the number of characters, which the marks count.
func shownValue(field, v string) string {
	if field == "idNumber" && len([]rune(v)) == len(v) {
		return fields.MaskedID(v)
	}
	return v
}

// datedLike returns the date among the facts of another source that a bare date equals: which of them it means is not
// said, so another one is no contradiction.
func datedLike(date string, facts map[string]string) string {
	for _, f := range []string{"issueDate", "approved", "validTo", "birth"} {
		if v := facts[f]; v != "" && qr.Spelling(v) == qr.Spelling(date) {
			return v
		}
	}
	return ""
}

// codedFacts are the fields that the payload carries readable, in one spelling where they are dates.
func codedFacts(c *verify.Code) map[string]string {
	out := map[string]string{}
	for k, v := range c.Payload.Fields {
		if v = visible(strings.TrimSpace(v)); v != "" {
			out[k] = dated(k, v)
		}
	}
	if c.Payload.Ecert != nil && out["ecertID"] == "" {
		out["ecertID"] = ecertText(c.Payload.Ecert)
	}
	return out
}

func dated(field, v string) string {
	switch field {
	case "birth", "valid", "validTo", "usage", "issueDate", "approved", "date":
		return qr.Spelling(v)
	}
	return v
}

func faceFacts(c fields.Certificate) map[string]string {
	f := map[string]string{
		"title": c.Title, "name": c.Name, "sex": c.Sex, "birth": c.Birth.String(), "idNumber": c.IDNumber, "number": c.Number,
		"qualificationName": c.QualName, "employer": c.Employer, "issueDate": c.IssueDate.String(), "approved": c.Approved.String(),
		"issuer": c.Issuer, "ecertID": c.EcertID, "usage": spanText(c.Usage),
	}
	addRegistered(f, c.Specialties, c.Valid)
	return f
}

func recordFacts(r *rules.RegistryRecord) map[string]string {
	f := map[string]string{
		"name": r.Name, "sex": r.Sex, "birth": r.Birth.String(), "number": r.Number, "employer": r.Employer, "ecertID": r.EcertID, "qrKey": r.QRKey,
	}
	addRegistered(f, r.Specialties, r.Valid)
	return f
}

// addRegistered adds the specialties and the validity: of the certificate, or of all its specialties if it is one.
func addRegistered(f map[string]string, specialties []fields.Specialty, valid fields.Period) {
	var names []string
	for i, s := range specialties {
		names = append(names, s.Name)
		if i == 0 && valid.IsZero() {
			valid = s.Valid
		}
	}
	for _, s := range specialties {
		if s.Valid != valid && !s.Valid.IsZero() {
			valid = fields.Period{}
		}
	}
	f["specialty"] = strings.Join(names, "、")
	f["valid"] = spanText(valid)
	f["validTo"] = valid.To.String()
}

func spanText(p fields.Period) string {
	if p.IsZero() {
		return ""
	}
	return p.From.String() + "~" + p.To.String()
}

// recordOf returns the record of the registry that the face's number names, or the reason why there is none.
func recordOf(rep *verify.Report) (*rules.RegistryRecord, string) {
	l := rep.Evidence.Registry
	switch {
	case l == nil:
		return nil, "nosnapshot"
	case l.Error != "":
		return nil, "noanswer"
	case !l.Answer.Found || len(l.Answer.Records) == 0:
		return nil, "notfound"
	}
	for i := range l.Answer.Records {
		if r := &l.Answer.Records[i]; rep.Certificate.Number != "" && qr.Spelling(r.Number) == qr.Spelling(rep.Certificate.Number) {
			return r, ""
		}
	}
	if len(l.Answer.Records) > 1 { // none of several is the one
		return nil, "ambiguous"
	}
	return &l.Answer.Records[0], ""
}

// keyIn returns the parameter of a URL that is the registry's key, else the longest one: the key that the code carries.
func keyIn(address, key string) string {
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	best := ""
	for _, kv := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		_, v, _ := strings.Cut(kv, "=")
		if d, err := url.PathUnescape(v); err == nil {
			v = d
		}
		// A '+' of Base64 may have become a space on the way.
		if strings.ReplaceAll(v, " ", "+") == key {
			return key
		}
		if len(v) > len(best) {
			best = v
		}
	}
	return visible(best)
}
