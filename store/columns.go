package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// The columns of a CSV or XLSX source. The first line names them, by key or by one of the Chinese headings; the order
// is free and columns may be missing, except for the first four. docs/registry.md describes them.
//
// A cell of specialties holds "name from..to" separated by ";" or "；", with either date left out if it is not known:
// 建筑工程 2023-05-06..2026-05-05；机电工程 ..2025-01-01. Dates are 2023-05-06, 2023/5/6, 2023.5.6, 2023年5月6日 or 20230506.
var columns = []struct {
	key      string
	headings []string
	set      func(*Row, string) error
}{
	{"kind", []string{"证书类型", "类别", "注册类别"}, func(r *Row, s string) (err error) { r.Kind, err = parseKind(s); return }},
	{"number", []string{"注册编号", "注册号", "注册编号（证书编号）", "管理号", "证书编号"}, text(func(r *Row) *string { return &r.Number })},
	{"name", []string{"姓名"}, text(func(r *Row) *string { return &r.Name })},
	{"status", []string{"状态", "证照状态"}, text(func(r *Row) *string { return &r.Status })},
	{"sex", []string{"性别"}, text(func(r *Row) *string { return &r.Sex })},
	{"birth", []string{"出生日期", "出生年月"}, date(func(r *Row) *civil.Date { return &r.Birth })},
	{"employer", []string{"聘用企业", "聘用单位", "注册单位", "单位名称"}, text(func(r *Row) *string { return &r.Employer })},
	{"specialties", []string{"注册专业", "专业"}, func(r *Row, s string) (err error) { r.Specialties, err = parseSpecialties(s); return }},
	{"validFrom", []string{"注册有效期起", "有效期起"}, date(func(r *Row) *civil.Date { return &r.Valid.From })},
	{"validTo", []string{"注册有效期止", "注册有效期至", "有效期止", "有效期至"}, date(func(r *Row) *civil.Date { return &r.Valid.To })},
	{"statusDate", []string{"状态日期"}, date(func(r *Row) *civil.Date { return &r.StatusDate })},
	{"reason", []string{"原因"}, text(func(r *Row) *string { return &r.Reason })},
	{"qrKey", []string{"二维码标识"}, text(func(r *Row) *string { return &r.QRKey })},
	{"ecertID", []string{"证照标识", "电子证照标识"}, text(func(r *Row) *string { return &r.EcertID })},
	{"updatedAt", []string{"更新日期"}, date(func(r *Row) *civil.Date { return &r.UpdatedAt })},
	{"latestUsageFrom", []string{"最新使用起始日", "最近使用有效期起"}, date(func(r *Row) *civil.Date { return &r.LatestUsageFrom })},
	{"history", []string{"历史"}, func(r *Row, s string) error { return parseHistory(r, s) }},
}

// Columns returns the keys of the columns that a source may have, and the headings that are taken for each.
func Columns() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for _, c := range columns {
			if !yield(c.key, slices.Clone(c.headings)) {
				return
			}
		}
	}
}

func text(of func(*Row) *string) func(*Row, string) error {
	return func(r *Row, s string) error { *of(r) = s; return nil }
}

func date(of func(*Row) *civil.Date) func(*Row, string) error {
	return func(r *Row, s string) (err error) { *of(r), err = ParseDate(s); return }
}

// kindNames are the words by which a source may call a kind beside its key.
var kindNames = map[string]fields.Kind{
	"一级建造师": fields.Constructor1, "一级注册建造师": fields.Constructor1, "中华人民共和国一级建造师注册证书": fields.Constructor1, "1511": fields.Constructor1,
	"一级注册建筑师": fields.Architect1, "中华人民共和国一级注册建筑师注册证书": fields.Architect1, "1001": fields.Architect1,
	"职业资格证书": fields.Qualification, "专业技术人员职业资格证书": fields.Qualification,
	"二级建造师": fields.Constructor2, "二级注册建造师": fields.Constructor2, "1512": fields.Constructor2,
	"建造师临时执业证书": fields.ConstructorTemp, "1521": fields.ConstructorTemp, "1522": fields.ConstructorTemp,
	"二级注册建筑师": fields.Architect2, "1002": fields.Architect2,
}

func parseKind(s string) (fields.Kind, error) {
	switch k := fields.Kind(s); k {
	case fields.Constructor1, fields.Architect1, fields.Qualification, fields.Constructor2, fields.ConstructorTemp, fields.Architect2, fields.OtherCertificate:
		return k, nil
	}
	if k, ok := kindNames[s]; ok {
		return k, nil
	}
	return "", fmt.Errorf("%w: unknown kind %q", ErrBadRow, s)
}

// ParseDate reads a day, or a month, in one of the forms that registries export. Nothing is guessed: 2023-13-01, two-digit
// years and Excel serial numbers are errors.
func ParseDate(s string) (civil.Date, error) {
	if s == "" {
		return civil.Date{}, nil
	}
	bad := fmt.Errorf("%w: %q is no date", ErrBadRow, s)
	t := s
	if day, clock, ok := strings.Cut(t, " "); ok { // "2023-05-06 00:00:00"
		if strings.Trim(clock, "0:.") != "" {
			return civil.Date{}, bad
		}
		t = day
	}
	t = strings.TrimRight(strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(t), "-")
	parts := strings.Split(t, "-")
	if len(parts) == 1 && len(t) == 8 {
		parts = []string{t[:4], t[4:6], t[6:]}
	}
	if len(parts) < 2 || len(parts) > 3 || len(parts[0]) != 4 {
		return civil.Date{}, bad
	}
	var n [3]int
	for i, p := range parts {
		if p == "" || len(p) > 4 || (i > 0 && len(p) > 2) {
			return civil.Date{}, bad
		}
		for _, c := range []byte(p) {
			if c < '0' || c > '9' {
				return civil.Date{}, bad
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	var d civil.Date
	var err error
	if len(parts) == 2 {
		d, err = civil.NewMonth(n[0], n[1])
	} else {
		d, err = civil.New(n[0], n[1], n[2])
	}
	if err != nil {
		return civil.Date{}, bad
	}
	return d, nil
}

func parseSpecialties(s string) ([]fields.Specialty, error) {
	var list []fields.Specialty
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '；' }) {
		words := strings.Fields(part)
		switch len(words) {
		case 0:
			continue
		case 1:
			if strings.ContainsAny(part, ":：") { // a period that is written otherwise is no part of a name
				return nil, fmt.Errorf("%w: %q: want \"name from..to\"", ErrBadRow, part)
			}
			list = append(list, fields.Specialty{Name: words[0]})
		case 2:
			from, to, ok := strings.Cut(words[1], "..")
			if !ok {
				return nil, fmt.Errorf("%w: %q: want \"name from..to\"", ErrBadRow, part)
			}
			p := fields.Specialty{Name: words[0]}
			var err1, err2 error
			p.Valid.From, err1 = ParseDate(from)
			p.Valid.To, err2 = ParseDate(to)
			if err := errors.Join(err1, err2); err != nil {
				return nil, err
			}
			list = append(list, p)
		default:
			return nil, fmt.Errorf("%w: %q: want \"name from..to\"", ErrBadRow, part)
		}
	}
	return list, nil
}

// parseHistory reads the JSON of earlier values: [{"field":"employer","value":"…","until":"2024-05-06"}].
func parseHistory(r *Row, s string) error {
	if s == "" {
		return nil
	}
	var h []rules.FieldChange
	if err := json.Unmarshal([]byte(s), &h); err != nil {
		return fmt.Errorf("%w: history: %w", ErrBadRow, err)
	}
	r.History = h
	return nil
}

// BadRow is a line of a source that gives no row, and why.
type BadRow struct {
	Line int    `json:"line"` // 1-based line, or row of the sheet
	Why  string `json:"why"`
	Text string `json:"text,omitempty"` // the beginning of the line
}

// Source reads rows from a file. Lines that give no row are kept in Bad: it is for the caller to decide whether a
// snapshot may be built without them.
type Source struct {
	Rows iter.Seq2[Row, error]
	Bad  []BadRow
	// BadCount counts all bad rows, also those beyond the ones kept in Bad.
	BadCount int
	// Read counts the good rows.
	Read int
}

func (s *Source) bad(line int, why error, text string) {
	s.BadCount++
	if len(s.Bad) < maxBadRows {
		if len(text) > 80 {
			cut := 80
			for cut > 0 && !utf8.RuneStart(text[cut]) {
				cut--
			}
			text = text[:cut] + "…"
		}
		s.Bad = append(s.Bad, BadRow{Line: line, Why: why.Error(), Text: text})
	}
}

// header maps the places of a table's columns to their setters.
func header(cells []string) ([]func(*Row, string) error, error) {
	if len(cells) > maxColumns {
		return nil, fmt.Errorf("%w: %d columns", ErrBadRow, len(cells))
	}
	set := make([]func(*Row, string) error, len(cells))
	have := map[string]bool{}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		found := false
		for _, c := range columns {
			if strings.EqualFold(cell, c.key) || slices.Contains(c.headings, cell) {
				if have[c.key] {
					return nil, fmt.Errorf("%w: two columns for %s", ErrBadRow, c.key)
				}
				set[i], have[c.key], found = c.set, true, true
			}
		}
		if !found { // a column that is not known would be dropped silently
			return nil, fmt.Errorf("%w: unknown column %q", ErrBadRow, cell)
		}
	}
	for _, c := range columns[:4] {
		if !have[c.key] {
			return nil, fmt.Errorf("%w: no column %s (%s)", ErrBadRow, c.key, strings.Join(c.headings, ", "))
		}
	}
	return set, nil
}

// fill makes a row of the cells of a line.
func fill(set []func(*Row, string) error, cells []string) (Row, error) {
	var r Row
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		switch {
		case i < len(set) && set[i] != nil:
			if err := set[i](&r, cell); err != nil {
				return r, err
			}
		case cell != "":
			return r, fmt.Errorf("%w: cell %d has no column", ErrBadRow, i+1)
		}
	}
	return normalise(r)
}

// ReadCSV reads comma-separated rows in UTF-8, with or without a byte order mark.
func ReadCSV(ctx context.Context, r io.Reader) *Source {
	s := &Source{}
	s.Rows = func(yield func(Row, error) bool) {
		var set []func(*Row, string) error
		head := func(cells []string) (err error) { set, err = header(cells); return }
		if err := s.lines(ctx, r, head, func(line int, cells []string) bool { return s.give(line, set, cells, yield) }); err != nil {
			yield(Row{}, err)
		}
	}
	return s
}

// lines reads CSV in UTF-8, with or without a byte order mark: the first line is for head, each of the others for line,
// which says whether to go on. The cells are not to be kept. Lines without content are passed over, and lines that are no
// CSV are kept as bad ones. The error is that of reading, of head or of ctx.
func (s *Source) lines(ctx context.Context, r io.Reader, head func(cells []string) error, line func(n int, cells []string) (more bool)) error {
	br := bufio.NewReader(r)
	if b, _ := br.Peek(3); bytes.Equal(b, []byte("\ufeff")) {
		br.Discard(3) // cannot fail: the bytes are buffered
	}
	c := csv.NewReader(&lineLimit{r: br})
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	cells, err := c.Read()
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if err := head(cells); err != nil {
		return err
	}
	for ctx.Err() == nil {
		cells, err := c.Read()
		if err == io.EOF {
			return nil
		}
		var perr *csv.ParseError
		if errors.As(err, &perr) && !errors.Is(err, errLongLine) {
			s.bad(perr.StartLine, perr, "")
			continue
		}
		if err != nil {
			return err
		}
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue
		}
		if n, _ := c.FieldPos(0); !line(n, cells) {
			return nil
		}
	}
	return ctx.Err()
}

// give yields the row of a line, or keeps the line as a bad one.
func (s *Source) give(line int, set []func(*Row, string) error, cells []string, yield func(Row, error) bool) bool {
	row, err := fill(set, cells)
	if err != nil {
		s.bad(line, err, strings.Join(cells, ","))
		return true
	}
	s.Read++
	return yield(row, nil)
}

var errLongLine = fmt.Errorf("line longer than %d bytes", maxLine)

// lineLimit ends the reading of a file whose lines do not end.
type lineLimit struct {
	r io.Reader
	n int
}

func (l *lineLimit) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		l.n = n - i
	} else if l.n += n; l.n > maxLine {
		return 0, errLongLine
	}
	return n, err
}

// ReadJSONL reads one JSON object a line, with the keys of rules.RegistryRecord.
func ReadJSONL(ctx context.Context, r io.Reader) *Source {
	s := &Source{}
	s.Rows = func(yield func(Row, error) bool) {
		sc := bufio.NewScanner(r)
		sc.Buffer(make([]byte, 64<<10), maxLine)
		for line := 1; sc.Scan(); line++ {
			if ctx.Err() != nil {
				yield(Row{}, ctx.Err())
				return
			}
			b := bytes.TrimSpace(bytes.TrimPrefix(sc.Bytes(), []byte("\ufeff")))
			if len(b) == 0 {
				continue
			}
			row, err := parseJSON(b)
			if err != nil {
				s.bad(line, err, string(b))
				continue
			}
			s.Read++
			if !yield(row, nil) {
				return
			}
		}
		if err := sc.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(Row{}, errLongLine)
		} else if err != nil {
			yield(Row{}, err)
		}
	}
	return s
}

func parseJSON(b []byte) (Row, error) {
	var r Row
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields() // an unknown key would be dropped silently
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("%w: %w", ErrBadRow, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return r, fmt.Errorf("%w: more than one object", ErrBadRow)
	}
	kind, err := parseKind(string(r.Kind))
	if err != nil {
		return r, err
	}
	r.Kind = kind
	return normalise(r)
}
