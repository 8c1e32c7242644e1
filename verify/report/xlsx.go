package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"zhengyan/verify"
)

// SheetNames are the names of a workbook's sheets in a language: the files, their checks, and what the answers rest on.
func SheetNames(lang string) (overview, checks, about string) {
	w := wordsOf(lang)
	return w.say("总览", "Overview"), w.say("检查", "Checks"), w.say("说明", "About")
}

// WriteXLSX writes reports as a workbook: a row a file, a row a check, and what the answers rest on. All cells but counts
// are text, so that no number loses its zeros and no value of a stranger is worked out as a formula.
func WriteXLSX(w io.Writer, rs []*verify.Report) error { return Options{}.WriteXLSX(w, rs) }

// WriteXLSX is the function WriteXLSX with more to say.
func (o Options) WriteXLSX(w io.Writer, rs []*verify.Report) error {
	rs = WithoutHalves(rs)
	f := excelize.NewFile()
	b := &workbook{File: f, words: batchWords(rs), options: o}
	overview, checks, about := SheetNames(b.lang())
	for _, step := range []func() error{
		b.styles,
		func() error { return f.SetSheetName("Sheet1", overview) },
		func() error { _, err := f.NewSheet(checks); return err },
		func() error { _, err := f.NewSheet(about); return err },
		func() error { return b.printed(rs, overview, checks, about) },
		func() error { return b.overview(overview, rs) },
		func() error { return b.checks(checks, rs) },
		func() error { return b.more(rs) },
		func() error { return b.about(about, rs) },
		func() error {
			return f.SetDocProps(&excelize.DocProperties{Title: b.say("证验核验报告", "Zhengyan verification report"), Creator: "Zhengyan", Created: "", Modified: ""})
		},
		func() error { _, err := f.WriteTo(w); return err },
	} {
		if err := step(); err != nil {
			_ = f.Close() // the first error is the one to tell
			return fmt.Errorf("workbook: %w", err)
		}
	}
	return f.Close()
}

type workbook struct {
	*excelize.File
	words
	options                 Options
	head, text, mono, title int
	tint                    map[verify.Indication]int
	grey                    int
}

// textFormat is the number format "@" of ECMA-376 part 1, 18.8.30: the cell is text whatever it looks like.
const textFormat = 49

func (b *workbook) styles() error {
	align := &excelize.Alignment{Vertical: "top", WrapText: true}
	line := []excelize.Border{{Type: "bottom", Color: "D5D9E0", Style: 1}}
	b.tint = map[verify.Indication]int{}
	set := func(to *int, s excelize.Style) error {
		id, err := b.NewStyle(&s)
		*to = id
		return err
	}
	fill := func(c string) excelize.Fill { return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{c}} }
	styles := []struct {
		to *int
		s  excelize.Style
	}{
		{&b.head, excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill("1F4E8C"), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, NumFmt: textFormat}},
		{&b.text, excelize.Style{Alignment: align, Border: line, NumFmt: textFormat}},
		{&b.mono, excelize.Style{Alignment: align, Border: line, NumFmt: textFormat, Font: &excelize.Font{Family: "Consolas", Size: 9}}},
		{&b.title, excelize.Style{Alignment: align, Border: line, NumFmt: textFormat, Font: &excelize.Font{Bold: true}}},
		{&b.grey, excelize.Style{Alignment: align, Border: line, NumFmt: textFormat, Font: &excelize.Font{Color: "5A6472"}}},
	}
	for _, s := range styles {
		if err := set(s.to, s.s); err != nil {
			return err
		}
	}
	for i, c := range map[verify.Indication][2]string{
		verify.TotalPassed: {"1A7F37", "E9F6EC"}, verify.TotalFailed: {"B42318", "FDECEA"}, verify.Indeterminate: {"8A5A00", "FDF3DC"},
	} {
		var id int
		if err := set(&id, excelize.Style{Font: &excelize.Font{Bold: true, Color: c[0]}, Fill: fill(c[1]), Alignment: align, Border: line, NumFmt: textFormat}); err != nil {
			return err
		}
		b.tint[i] = id
	}
	return nil
}

// printed sets how the sheets print: across, as wide as the paper, the disclaimer and the page's number on each page.
func (b *workbook) printed(rs []*verify.Report, sheets ...string) error {
	across, a4, wide, tall, fit := "landscape", 9, 1, 0, true
	note := ""
	if len(rs) > 0 {
		rs := []rune(clean(rs[0].Disclaimer))
		note = strings.ReplaceAll(string(rs[:min(len(rs), 90)]), "&", "&&") // a footer holds at most 255 characters
	}
	for _, name := range sheets {
		if err := b.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &across, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
			return err
		}
		if err := b.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
			return err
		}
		if err := b.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L" + note + "&R&P / &N"}); err != nil {
			return err
		}
		if name == sheets[len(sheets)-1] {
			break // the last sheet has no header row
		}
		if err := b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name}); err != nil {
			return err
		}
	}
	return nil
}

// maxCell is the most that a cell may hold, in UTF-16 units (Excel's limit is 32767).
const maxCell = 32000

// safe makes a text that spreadsheet programs take for text, also after it went through CSV: one that begins as a formula
// does, after spaces too, gets an apostrophe in front. Control characters are shown as U+FFFD; line feeds may stay.
func safe(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	s = strings.Join(lines, "\n")
	if u := utf16.Encode([]rune(s)); len(u) > maxCell {
		s = string(utf16.Decode(u[:maxCell])) + "…"
	}
	if t := strings.TrimLeft(s, " \n\u3000\u00a0\ufffd"); t != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(t)[0]) || strings.HasPrefix(s, "\ufffd") {
		return "'" + s
	}
	return s
}

// table writes a sheet whose first row is a header that stays in view and filters.
type table struct {
	*excelize.StreamWriter
	book    *workbook
	columns int
	row     int
}

type column struct {
	name  string
	width float64
}

func (b *workbook) table(sheet string, freeze int, cols []column) (*table, error) {
	sw, err := b.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	for i, c := range cols {
		if err := sw.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, err
		}
	}
	corner, err := excelize.CoordinatesToCellName(freeze+1, 2)
	if err != nil {
		return nil, err
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, XSplit: freeze, YSplit: 1, TopLeftCell: corner, ActivePane: "bottomRight"}); err != nil {
		return nil, err
	}
	t := &table{sw, b, len(cols), 0}
	var names []any
	for _, c := range cols {
		names = append(names, excelize.Cell{StyleID: b.head, Value: c.name})
	}
	return t, t.add(names...)
}

func (t *table) add(cells ...any) error {
	t.row++
	at, err := excelize.CoordinatesToCellName(1, t.row)
	if err != nil {
		return err
	}
	return t.SetRow(at, cells)
}

func (t *table) done(name string) error {
	if t.row > 1 {
		end, err := excelize.CoordinatesToCellName(t.columns, t.row)
		if err != nil {
			return err
		}
		off := false
		if err := t.AddTable(&excelize.Table{Range: "A1:" + end, Name: name, ShowRowStripes: &off}); err != nil {
			return err
		}
	}
	return t.Flush()
}

func (b *workbook) cell(s string) excelize.Cell { return b.lines(clean(s)) }
func (b *workbook) lines(s string) excelize.Cell {
	return excelize.Cell{StyleID: b.text, Value: safe(s)}
}

func (b *workbook) code(s string) excelize.Cell {
	return excelize.Cell{StyleID: b.mono, Value: safe(s)}
}

func (b *workbook) mark(i verify.Indication) excelize.Cell {
	return excelize.Cell{StyleID: b.tint[i], Value: shape(i) + " " + b.verdict(i)}
}

func (b *workbook) overview(sheet string, rs []*verify.Report) error {
	t, err := b.table(sheet, 2, []column{
		{b.say("结论", "Verdict"), 15},
		{b.say("文件", "File"), 34},
		{b.say("证书类别", "Kind"), 22},
		{b.say("姓名", "Name"), 12},
		{b.say("编号", "Number"), 22},
		{b.say("聘用单位", "Employer"), 28},
		{b.say("注册专业", "Specialties"), 34},
		{b.say("使用有效期", "Period of use"), 25},
		{b.say("使用件", "Copy"), 14},
		{b.say("注册", "Registration"), 14},
		{b.say("结论代码", "Indications"), 24},
		{b.say("原因", "Reason"), 52},
		{b.say("下一步", "Next step"), 46},
		{b.say("规则编号", "Rule ids"), 16},
		{b.say("输入", "Input"), 16},
		{b.say("人工判断", "Person's decision"), 30},
		{"SHA-256", 68},
		{b.say("手写签名（机器）", "Handwriting (machine)"), 30},
		{b.say("原件与打印件", "Original and print"), 30},
		{b.say("所在位置", "Place"), 30},
		{b.say("识读与把握", "Reading and confidence"), 40},
	})
	if err != nil {
		return err
	}
	for _, r := range rs {
		c := r.Certificate
		why, next := reason(r)
		verdict := b.mark(r.Indication)
		if r.Error != nil {
			verdict.Value = shape(r.Indication) + " " + b.overall(r)
		}
		if err := t.add(verdict, b.cell(fileOf(r)), b.cell(b.certificate(r)), b.cell(c.Name), b.cell(c.Number), b.cell(c.Employer),
			b.lines(specialties(c)), b.cell(period(c.Usage)), b.mark(r.Copy.Indication), b.mark(r.Registration.Indication),
			b.cell(subIndications(r)), b.cell(why), b.cell(next), b.cell(ruleIDs(r)), b.cell(b.inputKind(r.Input)), b.lines(strings.Join(b.decisions(r), "\n")),
			b.code(r.Input.SHA256), b.lines(b.machine(r)), b.cell(b.paired(r)), b.cell(b.part(r)),
			b.lines(strings.TrimSpace(b.readFrom(r)+"\n"+b.sureness(r)))); err != nil {
			return err
		}
	}
	if s := b.stopped(b.options.Stopped); s != "" { // where the rows end, as well as among what they rest on
		if err := t.add(excelize.Cell{StyleID: b.tint[verify.Indeterminate], Value: b.say("未完成", "Not complete")}, b.cell(s)); err != nil {
			return err
		}
	}
	return t.done("Overview")
}

func (b *workbook) checks(sheet string, rs []*verify.Report) error {
	t, err := b.table(sheet, 1, []column{
		{b.say("文件", "File"), 30},
		{b.say("步骤", "Step"), 16},
		{b.say("结果", "Status"), 16},
		{b.say("作用", "Action"), 12},
		{b.say("规则", "Rule"), 9},
		{b.say("文件依据", "Document"), 24},
		{b.say("条款", "Clause"), 14},
		{b.say("说明", "Message"), 56},
		{b.say("下一步", "Next step"), 44},
		{b.say("原文", "Quote"), 60},
		{b.say("证据", "Evidence"), 50},
		{b.say("结论代码", "Indication"), 22},
		{b.say("步骤代码", "Step id"), 14},
	})
	if err != nil {
		return err
	}
	for _, r := range rs {
		for _, c := range ladder(r.Checks) {
			rank := rankOf(c)
			style := [...]int{b.tint[verify.TotalFailed], b.tint[verify.Indeterminate], b.tint[verify.Indeterminate], b.tint[verify.TotalPassed], b.grey}[rank]
			mark := [...]string{"✘ ", "? ", "! ", "✔ ", "· "}[rank]
			var facts []string
			for _, e := range c.Evidence {
				facts = append(facts, b.fact(c.ID, e.Name)+b.say("：", ": ")+b.factValue(e.Name, e.Value))
			}
			if err := t.add(b.cell(fileOf(r)), b.cell(c.Title), excelize.Cell{StyleID: style, Value: mark + b.status(c.Status)}, b.cell(b.action(c)),
				b.cell(c.Rule), b.cell(c.Document), b.cell(c.Clause), b.cell(c.Message), b.cell(c.Next), b.cell(c.Quote),
				b.lines(strings.Join(facts, "\n")), b.cell(string(c.Sub)), b.cell(c.ID)); err != nil {
				return err
			}
		}
	}
	return t.done("Checks")
}

func (b *workbook) about(sheet string, rs []*verify.Report) error {
	sw, err := b.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	t := &table{sw, b, 2, 0}
	if err := sw.SetColWidth(1, 1, 24); err != nil {
		return err
	}
	if err := sw.SetColWidth(2, 2, 96); err != nil {
		return err
	}
	var y Tally
	for _, r := range rs {
		y.Add(r)
	}
	var rows [][2]string
	if s := b.stopped(b.options.Stopped); s != "" {
		rows = append(rows, [2]string{b.say("未完成", "Not complete"), s})
	}
	rows = append(rows, [][2]string{{b.say("文件数", "Files"), strconv.Itoa(len(rs))}, {b.say("结论数", "Verdicts"), b.tally(y)}}...)
	if s := b.differs(rs); s != "" {
		rows = append(rows, [2]string{b.say("注意", "Note"), s})
	}
	if s := b.options.LeftOut; s != "" {
		rows = append(rows, [2]string{b.say("注意", "Note"), s})
	}
	if r := basisOf(rs); r != nil {
		none := b.say("没有", "none")
		id, age, fresh, asOf := none, none, none, none
		if s := r.Snapshot; s != nil {
			id, age, fresh = s.ID, strconv.Itoa(s.AgeDays), b.freshness(s.Freshness)+" ("+string(s.Freshness)+")"
			asOf = instant(s.AsOf)
		}
		rows = append(rows, [][2]string{
			{b.say("程序", "Program"), r.Program},
			{b.say("判定时间", "Judged as at"), instant(r.At)},
			{b.say("规则方案", "Policy"), joined(r.Policy.Name, r.Policy.Version)},
			{b.say("规则数据版本", "Rules version"), r.Rules.Version},
			{b.say("规则数据 SHA-256", "Rules SHA-256"), r.Rules.SHA256},
			{b.say("信任锚数", "Trust anchors"), strconv.Itoa(r.Trust.Anchors)},
			{b.say("信任锚摘要", "Trust digest"), r.Trust.Digest},
			{b.say("注册库快照", "Snapshot"), id},
			{b.say("快照数据截至", "Snapshot as of"), asOf},
			{b.say("快照数据龄（天）", "Snapshot age (days)"), age},
			{b.say("快照时效", "Snapshot freshness"), fresh},
			{b.say("网络", "Network"), b.noNetwork(rs)},
			{b.say("声明", "Disclaimer"), r.Disclaimer},
		}...)
	}
	if b.options.Checkpoint != "" {
		rows = append(rows, [2]string{b.say("审计日志检查点", "Audit checkpoint"), strings.ReplaceAll(strings.TrimSpace(b.options.Checkpoint), "\n", " ")})
	}
	for _, r := range rows {
		if err := t.add(excelize.Cell{StyleID: b.title, Value: r[0]}, b.cell(r[1])); err != nil {
			return err
		}
	}
	return sw.Flush()
}
