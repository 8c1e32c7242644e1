package viewmodel

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhengyan/verify"
)

// Limits of a roster, which comes from a stranger.
const (
	maxRosterBytes = 20 << 20
	maxRosterRows  = 20_000
	maxRosterCell  = 1 << 10 // bytes of a cell that are used
)

// Errors of ReadRoster.
var (
	ErrRosterFormat = errors.New("neither an XLSX nor a CSV file")
	ErrRosterHeader = errors.New("no heading row with a name or a number column")
	ErrRosterLarge  = errors.New("the list is too large")
	// ErrOwnReport is the error of a table that this program has exported.
	ErrOwnReport = errors.New("an exported report, not a list of people")
)

// Required is a person that the bid must show a certificate of. Empty fields are not asked for.
type Required struct {
	Line                                              int // in the file, from 1
	Name, Number, IDNumber, Specialty, Employer, Role string
}

// rosterColumns are the headings that people write, by the field that they mean.
func rosterColumn(heading string) string {
	h := fold(strings.Join(strings.Fields(heading), ""))
	for _, c := range []struct {
		field string
		words []string
	}{
		{"id", []string{"身份证", "证件号", "idnumber", "idno"}},
		{"number", []string{"注册编号", "注册号", "证书编号", "证书号", "管理号", "编号", "number"}},
		{"specialty", []string{"专业", "specialty"}},
		{"employer", []string{"单位", "企业", "公司", "employer"}},
		{"role", []string{"岗位", "职务", "角色", "role"}},
		{"name", []string{"姓名", "name"}},
	} {
		for _, w := range c.words {
			if strings.Contains(h, w) {
				return c.field
			}
		}
	}
	return ""
}

// ReadRoster reads a list of required people from an XLSX (first sheet) or CSV file (UTF-8 or GB 18030). The heading row
// is the first with a name or a number column; rows without either are left out.
func ReadRoster(r io.Reader) (list []Required, err error) {
	defer func() { // the spreadsheet reader may break on what a stranger made
		if p := recover(); p != nil {
			list, err = nil, fmt.Errorf("%w: %v", ErrRosterFormat, p)
		}
	}()
	b, err := io.ReadAll(io.LimitReader(r, maxRosterBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxRosterBytes {
		return nil, ErrRosterLarge
	}
	rows, err := rosterRows(b)
	if err != nil {
		return nil, err
	}
	var columns map[string]int
	for i, row := range rows {
		if columns == nil {
			found := map[string]int{}
			for j, cell := range row {
				if f := rosterColumn(cell); f != "" {
					if _, ok := found[f]; !ok {
						found[f] = j
					}
				}
			}
			_, name := found["name"]
			_, number := found["number"]
			if name || number {
				columns = found
			}
			continue
		}
		at := func(field string) string {
			j, ok := columns[field]
			if !ok || j >= len(row) {
				return ""
			}
			return strings.TrimSpace(row[j][:min(len(row[j]), maxRosterCell)])
		}
		p := Required{Line: i + 1, Name: at("name"), Number: at("number"), IDNumber: at("id"), Specialty: at("specialty"), Employer: at("employer"), Role: at("role")}
		if p.Name != "" || p.Number != "" {
			list = append(list, p)
		}
	}
	if columns == nil {
		return nil, ErrRosterHeader
	}
	return list, nil
}

func rosterRows(b []byte) ([][]string, error) {
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: 8 * maxRosterBytes, UnzipXMLSizeLimit: maxRosterBytes})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRosterFormat, err)
		}
		defer f.Close()
		if p, err := f.GetDocProps(); err == nil && p.Creator == "Zhengyan" {
			return nil, ErrOwnReport
		}
		sheets := f.GetSheetList()
		if len(sheets) == 0 {
			return nil, ErrRosterHeader
		}
		it, err := f.Rows(sheets[0])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRosterFormat, err)
		}
		defer it.Close()
		var rows [][]string
		for it.Next() {
			if len(rows) >= maxRosterRows {
				return nil, ErrRosterLarge
			}
			row, err := it.Columns()
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrRosterFormat, err)
			}
			rows = append(rows, row)
		}
		return rows, it.Error()
	}
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, ErrRosterFormat
	}
	if !utf8.Valid(b) { // what Chinese spreadsheets save as CSV
		u, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRosterFormat, err)
		}
		b = u
	}
	c := csv.NewReader(bufio.NewReader(bytes.NewReader(b)))
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	if first, _, _ := bytes.Cut(b, []byte("\n")); bytes.Count(first, []byte("\t")) > bytes.Count(first, []byte(",")) {
		c.Comma = '\t'
	}
	var rows [][]string
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRosterFormat, err)
		}
		if len(rows) >= maxRosterRows {
			return nil, ErrRosterLarge
		}
		rows = append(rows, row)
	}
}

// RosterState is how a person stands against the certificates.
type RosterState int

// The states.
const (
	RosterMatch   RosterState = iota // a certificate agrees with all that the list says
	RosterMissing                    // no certificate of the person
	RosterDiffers                    // a certificate of the person that says otherwise
	RosterFurther                    // one more certificate of a person whose line has another
	RosterUnread                     // a file of which neither name nor number could be read: it may be anybody's
	RosterExtra                      // a certificate of somebody who is not on the list
)

// Key is the message key of the state's name.
func (r RosterState) Key() string {
	return [...]string{"roster.match", "roster.missing", "roster.differs", "roster.further", "roster.unread", "roster.extra"}[min(max(r, 0), RosterExtra)]
}

// Shape is the figure for the state.
func (r RosterState) Shape() Shape {
	switch r {
	case RosterMatch:
		return ShapePass
	case RosterMissing:
		return ShapeFail
	case RosterDiffers, RosterUnread:
		return ShapeUnknown
	}
	return ShapeSkip
}

// RosterSummary counts the lines of a check in words.
func RosterSummary(m *Messages, lines []RosterLine) string {
	var n [RosterExtra + 1]int
	for _, l := range lines {
		n[min(max(l.State, 0), RosterExtra)]++
	}
	return m.T("roster.summary", "match", strconv.Itoa(n[RosterMatch]), "missing", strconv.Itoa(n[RosterMissing]), "differs", strconv.Itoa(n[RosterDiffers]),
		"further", strconv.Itoa(n[RosterFurther]), "unread", strconv.Itoa(n[RosterUnread]), "extra", strconv.Itoa(n[RosterExtra]))
}

// RosterLine is a person, or a certificate of nobody on the list, with what was found.
type RosterLine struct {
	State    RosterState
	Person   Required // as listed; of RosterFurther what the face says, zero for RosterUnread and RosterExtra
	Item     int      // -1 if there is none
	Differs  []Difference
	Verdict  verify.Indication
	Subtitle string // the verdict and why, of the certificate
}

// Difference is a field in which list and face differ.
type Difference struct{ Field, List, Face string }

// CheckRoster lays a list of people beside the certificates of one bidder ("" for all). The comparison says nothing on
// whether a certificate is valid: the verdict stands beside it.
func (s *Session) CheckRoster(list []Required, bidder string) []RosterLine {
	used := map[int]bool{}
	lines := make([][]RosterLine, len(list)) // each person's, the line's own first
	for i, p := range list {
		best, bestScore := -1, 0
		var diff []Difference
		for id, it := range s.items {
			if bidder != "" && it.Bidder != bidder || it.Folded() {
				continue
			}
			score, d := rosterScore(p, &it.Facts)
			if score > 0 && used[id] {
				score-- // one certificate for two lines only if there is no other
			}
			if better := cmp.Or(cmp.Compare(score, bestScore), cmp.Compare(len(diff), len(d))); better > 0 ||
				better == 0 && score > 0 && verdictRank(it) > verdictRank(s.items[best]) {
				best, bestScore, diff = id, score, d
			}
		}
		l := RosterLine{State: RosterMissing, Person: p, Item: best}
		if best >= 0 {
			used[best] = true
			it := s.items[best]
			l.State, l.Differs, l.Verdict, l.Subtitle = RosterMatch, diff, it.Row.Indication, it.Row.Subtitle
			if len(diff) > 0 {
				l.State = RosterDiffers
			}
		}
		lines[i] = []RosterLine{l}
	}
	var rest []RosterLine
	for id, it := range s.items {
		if (bidder != "" && it.Bidder != bidder) || !it.Judged() || it.Folded() || used[id] || s.duplicateOfUsed(id, used) {
			continue
		}
		l := RosterLine{State: RosterExtra, Item: id, Verdict: it.Row.Indication, Subtitle: it.Row.Subtitle}
		of, best := -1, 0
		for i, p := range list {
			if score, d := rosterScore(p, &it.Facts); score > best && !anotherPerson(p, &it.Facts) {
				of, best, l.Differs = i, score, d
			}
		}
		switch {
		case of >= 0:
			l.State, l.Person = RosterFurther, Required{Line: list[of].Line, Name: it.Facts.Name, Number: it.Facts.Number}
			lines[of] = append(lines[of], l)
			continue
		case it.Row.Unreadable || it.Facts.Name == "" && it.Facts.Number == "":
			l.State = RosterUnread
		}
		rest = append(rest, l)
	}
	return append(slices.Concat(lines...), rest...)
}

// verdictRank orders certificates of one person: that which passed speaks for him.
func verdictRank(it *Item) int {
	switch it.Row.Indication {
	case verify.TotalPassed:
		return 3
	case verify.Indeterminate:
		return 2
	case verify.TotalFailed:
		return 1
	}
	return 0
}

// anotherPerson reports whether list and face give whole identity numbers that differ: a namesake.
func anotherPerson(p Required, f *Facts) bool {
	return p.IDNumber != "" && f.IDNumber != "" && !strings.Contains(p.IDNumber+f.IDNumber, "*") && squeeze(p.IDNumber) != squeeze(f.IDNumber)
}

func (s *Session) duplicateOfUsed(id int, used map[int]bool) bool {
	for u := range used {
		if s.items[u].Facts.SHA256 != "" && s.items[u].Facts.SHA256 == s.items[id].Facts.SHA256 {
			return true
		}
	}
	return false
}

// rosterScore says how surely a certificate is the person's: by number, by identity number, by name; 0 for not.
func rosterScore(p Required, f *Facts) (score int, diff []Difference) {
	if f.Name == "" && f.Number == "" {
		return 0, nil
	}
	eq := func(a, b string) bool { return squeeze(a) == squeeze(b) }
	number := p.Number != "" && f.Number != "" && eq(p.Number, f.Number)
	id := p.IDNumber != "" && f.IDNumber != "" && eq(p.IDNumber, f.IDNumber)
	name := p.Name != "" && eq(p.Name, f.Name)
	switch {
	case number && (name || p.Name == ""):
		score = 8
	case number || id:
		score = 6
	case name:
		score = 4
	default:
		return 0, nil
	}
	say := func(field, list, face string) {
		if list != "" && !eq(list, face) {
			diff = append(diff, Difference{field, list, face})
		}
	}
	say("name", p.Name, f.Name)
	say("number", p.Number, f.Number)
	if f.IDNumber != "" && !strings.Contains(f.IDNumber, "*") {
		say("idNumber", p.IDNumber, f.IDNumber)
	}
	if p.Employer != "" {
		say("employer", p.Employer, f.Employer)
	}
	if p.Specialty != "" {
		var names []string
		found := false
		for _, sp := range f.Specialties {
			names = append(names, sp.Name)
			found = found || eq(sp.Name, p.Specialty)
		}
		if !found {
			diff = append(diff, Difference{"specialty", p.Specialty, strings.Join(names, "、")})
		}
	}
	return score, diff
}

// squeeze makes values comparable: folded, without spaces and the dots that names carry in several forms.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0':
			return -1
		case '·', '・', '•', '．':
			return '.'
		}
		return r
	}, fold(s))
}
