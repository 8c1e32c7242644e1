package fields

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhengyan/verify/civil"
	"zhengyan/verify/page"
)

// maxRows is how many lines a date, period or number may be broken over.
const maxRows = 3

// interpret reads the text of a label by the type of its field. What cannot be read is reported and left empty.
func (r *reader) interpret(row *fieldRow, v value) reading {
	if r.res.Source == SourceOCR && row.Type != typeSpecialties && slices.ContainsFunc(v.rows, holed) {
		v.infer(nearCeiling) // a character may stand there
	}
	g := reading{v: v}
	fail := func(code, detail string) reading {
		g.problems = append(g.problems, Problem{code, row.Name, detail})
		return g
	}
	if v.any(func(x *glyph) bool { return x.clash }) {
		return fail(Overprinted, v.text(len(v.rows), true))
	}
	if v.any(func(x *glyph) bool { return x.bad }) {
		return fail(UnmappedText, "")
	}
	if v.any(func(x *glyph) bool { return x.pua }) {
		if row.Type != typeText && row.Type != typeLines {
			return fail(UnmappedText, "")
		}
		g.problems = append(g.problems, Problem{UnmappedText, row.Name, ""})
	}
	switch row.Type {
	case typeText, typeLines:
		n := 1
		if row.Type == typeLines || row.Name == "name" && nameGoesOn(&v) {
			n = len(v.rows)
		}
		g.value = cleanText(joinLines(v.text(n, false)))
		if row.Name == "name" {
			if r.res.Source == SourceOCR && lacksCharacter(v.text(n, false)) {
				g.v.infer(brokenName)
			}
			g.value = NormalizeName(g.value)
		}
		g.set = r.setText(row.Name, g.value)
	case typeSex:
		switch s := squeeze(v.text(1, false)); s {
		case "男", "女":
			g.value, g.set = s, func() { r.cert.Sex = s }
		default:
			return fail(BadSex, s)
		}
	case typeDate, typeHandDate:
		return r.interpretDate(row, g)
	case typePeriod:
		return r.interpretPeriod(row, g)
	case typeNumber:
		return r.interpretNumber(row, g)
	case typeID:
		g.value = strings.ToUpper(squeeze(v.text(1, false)))
		if len(v.rows) > 1 && len(g.value) < 15 {
			if both := strings.ToUpper(squeeze(v.text(2, false))); len(both) == 15 || len(both) == 18 {
				g.value = both
			}
		}
		_, err := CheckIDNumber(g.value)
		if err != nil && !errors.Is(err, ErrShape) {
			g.problems = append(g.problems, Problem{BadID, row.Name, err.Error()})
		}
		if err == nil && len(g.value) == 18 && r.res.Source == SourceOCR {
			g.v.rows = borneOut(g.v.rows)
		}
		if err != nil && r.res.Source == SourceOCR && strings.Trim(g.value, "0123456789X") == "" { // a passport has letters
			g.v.infer(poorCeiling)
		}
		g.set = func() { r.cert.IDNumber = g.value }
	case typeSpecialties:
		return r.interpretSpecialties(row, g)
	case typeNames:
		var list []Specialty
		for _, name := range strings.FieldsFunc(joinLines(v.text(len(v.rows), true)), isListMark) {
			if name = cleanText(name); name != "" && strings.Trim(name, "-—–/无") != "" {
				list = append(list, Specialty{Name: name, Raw: name})
				g.value += "、" + name
			}
		}
		g.value = strings.TrimPrefix(g.value, "、")
		g.set = func() { r.cert.Specialties = list }
	case typeURL:
		g.value = squeeze(v.text(1, false))
		for n := 2; n <= len(v.rows) && n <= maxRows; n++ { // a long address goes on as long as there are only its letters
			more := squeeze(joinRowsText(v.rows[n-1:n], false, false))
			if strings.ContainsFunc(more, func(c rune) bool { return c > 0x7E }) {
				break
			}
			g.value += more
		}
		if u, err := url.Parse(g.value); err != nil || u.Host == "" && !strings.Contains(g.value, ".") {
			return fail(MissingValue, g.value)
		}
		g.set = func() { r.cert.QueryURL = g.value }
	case typeEcert:
		text := strings.ToUpper(squeeze(v.text(maxRows, false)))
		if g.value = ecertPattern.FindString(text); g.value == "" {
			return fail(BadNumber, text)
		}
		g.set = func() { r.cert.EcertID = g.value }
	}
	if g.value == "" {
		return fail(MissingValue, "")
	}
	return g
}

// brokenName is the confidence of a Chinese name off a picture that is not whole.
const brokenName = 0.4

// lacksCharacter reports whether a Chinese name as OCR read it has a mark where only a character or a letter can stand, or is one
// character: a rare one was read as a mark, however surely.
func lacksCharacter(name string) bool {
	rs := []rune(strings.TrimLeft(squeeze(name), ":;"))
	if !slices.ContainsFunc(rs, isHan) {
		return false // a foreign name has points and dashes
	}
	for i, r := range rs {
		middle := (isMiddleDot(r) || r == '.') && i > 0 && i+1 < len(rs)
		if !middle && !unicode.IsLetter(r) && !isPUA(r) && !isFiller(r) {
			return true
		}
	}
	return len(rs) < 2
}

// nameGoesOn reports whether a name was cut at its middle dot by the end of the line.
func nameGoesOn(v *value) bool {
	if len(v.rows) != 2 {
		return false
	}
	return isMiddleDot(v.rows[0][len(v.rows[0])-1].r) || isMiddleDot(v.rows[1][0].r)
}

// setText stores a text field in the certificate by its name.
func (r *reader) setText(name, val string) func() {
	return func() {
		switch name {
		case "name":
			r.cert.Name = val
		case "employer":
			r.cert.Employer = val
		case "issuer":
			r.cert.Issuer = val
		case "qualificationName":
			r.cert.QualName = val
		case "annotationScene":
			r.annotation().Scene = val
		}
	}
}

func (r *reader) annotation() *Annotation {
	if r.cert.Annotation == nil {
		r.cert.Annotation = &Annotation{}
	}
	return r.cert.Annotation
}

func (r *reader) interpretDate(row *fieldRow, g reading) reading {
	var d civil.Date
	var err error
	for n := 1; n <= min(maxRows, len(g.v.rows)); n++ {
		if d, err = ParseDate(g.v.text(n, false)); err == nil {
			g.v.keep(n)
			break
		}
	}
	if err != nil && r.res.Source == SourceOCR {
		if rs, bad := dateRunes(g.v.text(1, false)); bad == nil {
			if x, n, bad := readDate(rs); bad == nil && n == len(rs) {
				d, err = x, nil
				g.v.infer(poorCeiling)
			}
		}
	}
	text := g.v.text(1, false)
	if err == nil && !d.HasDay() && row.Name != "birth" {
		err = errNoDate
	}
	switch {
	case err == nil:
	case row.Type == typeHandDate:
		return g // left for the pen
	default:
		g.problems = append(g.problems, Problem{BadDate, row.Name, text})
		return g
	}
	if !d.HasDay() && r.res.Source == SourceOCR && !strings.HasSuffix(g.v.label.text, "月") {
		g.v.infer(poorCeiling) // 出生日期 has a day
	}
	g.value = d.String()
	g.set = func() {
		switch row.Name {
		case "birth":
			r.cert.Birth = d
		case "issueDate":
			r.cert.IssueDate = d
		case "signDate":
			r.cert.SignDate = d
		case "approved":
			r.cert.Approved = d
		}
	}
	return g
}

func (r *reader) interpretPeriod(row *fieldRow, g reading) reading {
	prefix := ""
	if strings.HasSuffix(g.v.label.text, "至") {
		prefix = "至"
	}
	var p Period
	var first error
	guessed := false
	for n := 1; n <= min(maxRows, len(g.v.rows)); n++ {
		q, inferred, err := r.period(prefix + g.v.text(n, false))
		switch {
		case err != nil:
			if first == nil {
				first = err
			}
		case p.IsZero():
			p, guessed = q, inferred
			g.v.keep(n)
		case p != q: // a date cut by the line's end looks like an earlier one
			g.problems = append(g.problems, Problem{Ambiguous, row.Name, p.String() + " | " + q.String()})
			return g
		}
	}
	if p.IsZero() {
		code := BadPeriod
		if errors.Is(first, civil.ErrBadDate) {
			code = BadDate
		}
		g.problems = append(g.problems, Problem{code, row.Name, g.v.text(maxRows, false)})
		return g
	}
	if guessed {
		g.v.infer(poorCeiling)
	}
	g.value = p.String()
	g.set = func() {
		switch row.Name {
		case "usage":
			r.cert.Usage = p
		case "valid":
			r.cert.Valid = p
		case "annotation":
			r.annotation().Period = p
		}
	}
	return g
}

// period reads a period as freely as its source asks for, and says whether it had to be inferred.
func (r *reader) period(s string) (p Period, inferred bool, err error) {
	if r.res.Source == SourceOCR {
		return readPeriod(s)
	}
	p, err = ParsePeriod(s)
	return p, false, err
}

func (r *reader) interpretNumber(row *fieldRow, g reading) reading {
	g.value = g.number()
	constructor := (r.c.face.Kind == Constructor1 || r.c.face.As == Constructor1 && r.c.face.Kind != OtherCertificate) &&
		(r.c.title == nil || r.c.title.face.Kind != OtherCertificate)
	if constructor {
		if r.res.Source == SourceOCR {
			rows, labelled := withoutLabel(g.v.rows, r.t)
			rows, stroked := withoutStroke(provinceAmong(rows, r.t), r.t)
			if g.v.rows = rows; labelled || stroked {
				g.v.infer(nearCeiling)
			}
			g.value = g.number()
		}
		var n RegistrationNumber
		var first error
		for rows := 1; rows <= min(maxRows, len(g.v.rows)); rows++ {
			var err error
			if n, err = ParseRegistrationNumber(g.v.text(rows, false), r.t); err == nil {
				g.value, first = n.Text, nil
				if rows == 1 && r.res.Source == SourceOCR {
					g.v.rows = provinceTold(g.v.rows)
				}
				break
			} else if first == nil {
				first = err
			}
		}
		if first != nil {
			g.problems = append(g.problems, Problem{BadNumber, row.Name, first.Error()})
			if r.res.Source == SourceOCR {
				g.v.infer(poorCeiling)
			}
		}
	}
	g.set = func() { r.cert.Number = g.value }
	return g
}

// number is the value as a number is written.
func (g *reading) number() string {
	return strings.ToUpper(strings.Trim(squeeze(g.v.text(1, false)), ":;,。、"))
}

// borneOut gives the one character of an identity number that was read badly the confidence of a value that is kept and not
// believed: the check character fits, as it does with one of eleven other readings. Neighbours that are alike count as one: what is
// doubtful of them is how many there are, and that the number's length says.
func borneOut(rows [][]glyph) [][]glyph {
	var out [][]glyph
	poor := 0
	for _, gs := range rows {
		gs = slices.Clone(gs)
		for i := range gs {
			if gs[i].conf >= leastConfidence {
				continue
			}
			if i == 0 || gs[i-1].r != gs[i].r || rows[len(out)][i-1].conf >= leastConfidence {
				poor++
			}
			gs[i].conf = leastConfidence
		}
		out = append(out, gs)
	}
	if poor != 1 {
		return rows
	}
	return out
}

// leastProvince is the confidence from which the province of a number that was read badly is the likeliest one: only some thirty
// characters can stand there, and what they are commonly taken for is none of them.
const leastProvince = 0.2

// provinceTold gives the province of a constructor's number the confidence of a value that is kept and not believed, if it has less.
func provinceTold(rows [][]glyph) [][]glyph {
	first := slices.Clone(rows[0])
	if g := &first[0]; isHan(g.r) && g.conf >= leastProvince {
		g.conf = max(g.conf, leastConfidence)
	}
	return append([][]glyph{first}, rows[1:]...)
}

// withoutStroke leaves out an upright or slanting stroke that was read between the province and the digits of a constructor's number, where
// these make a number without it: it is a piece of the province's character or of a frame. A number has one length for each of its
// forms, so the stroke can't be a digit of it.
func withoutStroke(rows [][]glyph, t *Tables) ([][]glyph, bool) {
	if gs := rows[0]; len(gs) < 3 || !strings.ContainsRune(strokes, gs[1].r) {
		return rows, false
	}
	return cutToNumber(rows, slices.Delete(slices.Clone(rows[0]), 1, 2), t)
}

// strokes are what OCR makes of an upright or slanting one.
const strokes = `|/\`

// withoutLabel leaves out the end of a label (号：) that OCR gives to the value of a constructor's number, where what follows is a number.
func withoutLabel(rows [][]glyph, t *Tables) ([][]glyph, bool) {
	gs := rows[0]
	k := slices.IndexFunc(gs, func(g glyph) bool { return g.r == ':' })
	if k < 0 || k > mostLabelEnd || slices.ContainsFunc(gs[:k], func(g glyph) bool { return !isHan(g.r) }) {
		return rows, false
	}
	return cutToNumber(rows, gs[k+1:], t)
}

// mostLabelEnd is how many characters of its label a value may begin with.
const mostLabelEnd = 3

// cutToNumber puts a first row in the place of another where it is a constructor's number.
func cutToNumber(rows [][]glyph, first []glyph, t *Tables) ([][]glyph, bool) {
	out := append([][]glyph{first}, rows[1:]...)
	if _, err := ParseRegistrationNumber(joinRowsText(out[:1], false, false), t); err != nil {
		return rows, false
	}
	return out, true
}

// Of the characters that a picture may show where a constructor's number begins only provinces' can stand there. One that is
// told from the next province's by half, and is not merely possible, is kept and not believed.
const (
	possibleProvince = 0.01
	nextProvince     = 0.5
)

// provinceAmong puts the likeliest province of those that OCR may have seen in the place of a number's first character, where
// what it read is none.
func provinceAmong(rows [][]glyph, t *Tables) [][]glyph {
	g := rows[0][0]
	if _, ok := t.ProvinceByChar(string(g.r)); ok || !isHan(g.r) {
		return rows
	}
	var best, next page.Alternative
	for _, a := range g.others {
		if _, ok := t.ProvinceByChar(string(a.R)); !ok {
			continue
		}
		if a.Share > best.Share {
			best, next = a, best
		} else if a.Share > next.Share {
			next = a
		}
	}
	if best.Share < possibleProvince || next.Share > nextProvince*best.Share {
		return rows
	}
	first := slices.Clone(rows[0])
	first[0].r, first[0].conf = best.R, leastConfidence
	return append([][]glyph{first}, rows[1:]...)
}

// ecertPattern is a 证照标识 of GB/T 36904 with or without the OID root. Its check character is examined by package qr.
var ecertPattern = regexp.MustCompile(`(?:1\.2\.156\.3005\.2\.)?[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}\.[0-9A-Z]{6,18}\.[0-9A-Z]{1,40}\.[0-9]{3}\.[0-9A-Z]`)

// readEcertID finds the identifier where it stands without a label.
func (r *reader) readEcertID() {
	if r.cert.EcertID != "" {
		return
	}
	found := ""
	var v value
	for i := range r.c.lines {
		l := &r.c.lines[i]
		text := string(l.runes())
		for _, at := range ecertPattern.FindAllStringIndex(text, 3) {
			id := text[at[0]:at[1]]
			if found != "" && found != id {
				r.problem(Ambiguous, "ecertID", found+" | "+id)
				return
			}
			if from := utf8.RuneCountInString(text[:at[0]]); found == "" {
				found, v = id, value{label: &label{}, rows: [][]glyph{l.gs[from : from+len(id)]}} // its characters are of one byte
			}
		}
	}
	switch {
	case found == "":
		return
	case r.unclear("ecertID", found, v.confidence()):
		found = ""
	}
	r.addField(&fieldRow{Name: "ecertID"}, &reading{v: v}, found)
	r.cert.EcertID = found
}

// checkIdentity compares the identity number with what is printed beside it.
func (r *reader) checkIdentity() {
	n, err := CheckIDNumber(r.cert.IDNumber)
	if err != nil {
		return
	}
	b := r.cert.Birth
	if !b.IsZero() && (b.Y != n.Birth.Y || b.M != n.Birth.M || b.HasDay() && b.D != n.Birth.D) {
		r.problem(Contradiction, "birth", b.String()+" | "+n.Birth.String())
	}
	if r.cert.Sex != "" && r.cert.Sex != n.Sex {
		r.problem(Contradiction, "sex", r.cert.Sex+" | "+n.Sex)
	}
}

// joinLines joins the lines of a text: Latin words with a space, Chinese without.
func joinLines(s string) string {
	rows := strings.Split(s, "\n")
	out := rows[0]
	for _, next := range rows[1:] {
		a, b := []rune(out), []rune(next)
		if len(a) > 0 && len(b) > 0 && unicode.Is(unicode.Latin, a[len(a)-1]) && unicode.Is(unicode.Latin, b[0]) {
			out += " "
		}
		out += next
	}
	return out
}

// cleanText trims marks from the ends and gives Chinese text its usual brackets.
func cleanText(s string) string {
	return chineseWidth(strings.Trim(s, " :;,。、·"))
}

func isListMark(r rune) bool { return strings.ContainsRune("、,;/ \n|", r) }
