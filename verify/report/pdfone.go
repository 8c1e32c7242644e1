package report

import (
	"fmt"
	"image"
	"maps"
	"slices"
	"strings"

	"golang.org/x/image/draw"

	"zhengyan/verify"
	pagebox "zhengyan/verify/page"
	"zhengyan/verify/report/pdfwrite"
)

// one lays out one file's report.
func (p *pdfReport) one(r *verify.Report) {
	p.paragraph(pdfLeft, pdfWidth, fileOf(r), pdfwrite.Style{Size: 12.5, Colour: pdfInk(), Bold: true})
	p.y += 5
	p.banner(r)
	p.heading(p.say("证书", "Certificate"), 30)
	p.facts(r)
	if r.Usage != nil {
		p.usage(r.Usage)
	}
	p.readings(p.readRows(r, p.pages))
	p.handwriting(p.words.handwriting(r))
	p.pair(p.printTable(r))
	p.checks(r)
	p.heading(p.say("判定依据", "What the answer rests on"), 60)
	p.basis(r)
	p.row("SHA-256", clean(r.Input.SHA256))
	p.pictures(r)
}

// banner is the verdict with its two parts, the reason and the next step.
func (p *pdfReport) banner(r *verify.Report) {
	ink, tint := pdfVerdict(r.Indication)
	why, next := reason(r)
	const inner = pdfWidth - 32
	lines := p.wrap(why, 10.5, inner)
	var steps []string
	if next != "" {
		steps = p.wrap(p.say("下一步：", "Next: ")+next, 10, inner)
	}
	h := 48 + float64(len(lines))*15.5 + float64(len(steps))*15 + 8
	if h > pdfBottom-pdfTop-60 { // a stranger's text can be as long as it likes: it flows on without its plate
		p.shape(r.Indication, pdfLeft, p.y+4, 16, ink)
		p.page.Text(pdfLeft+26, p.y+18, p.overall(r), pdfwrite.Style{Size: 18, Colour: ink, Bold: true})
		p.y += 30
		p.paragraph(pdfLeft, pdfWidth, why, pdfwrite.Style{Size: 10.5, Colour: pdfInk()})
		p.paragraph(pdfLeft, pdfWidth, next, pdfwrite.Style{Size: 10, Colour: pdfInk()})
		return
	}
	p.need(h)
	top := p.y
	p.page.Fill(pdfLeft, top, pdfWidth, h, tint)
	p.page.Fill(pdfLeft, top, 4, h, ink)
	p.shape(r.Indication, pdfLeft+16, top+12, 20, ink)
	p.page.Text(pdfLeft+46, top+30, p.overall(r), pdfwrite.Style{Size: 21, Colour: ink, Bold: true})
	for i, v := range []struct {
		name string
		verify.Verdict
	}{{p.say("使用件", "copy"), r.Copy}, {p.say("注册", "registration"), r.Registration}} {
		c, _ := pdfVerdict(v.Indication)
		y := top + 20 + float64(i)*15
		word := p.verdict(v.Indication)
		p.right(pdfRight-14, y, word, pdfwrite.Style{Size: 9.5, Colour: c, Bold: true})
		x := pdfRight - 14 - p.face.Width(word, 9.5)
		p.shape(v.Indication, x-13, y-8, 8.5, c)
		p.right(x-18, y, v.name, pdfwrite.Style{Size: 9.5, Colour: pdfDim()})
	}
	y := top + 48
	for _, l := range lines {
		p.page.Text(pdfLeft+16, y+11, l, pdfwrite.Style{Size: 10.5, Colour: pdfInk()})
		y += 15.5
	}
	for _, l := range steps {
		p.page.Text(pdfLeft+16, y+11, l, pdfwrite.Style{Size: 10, Colour: ink})
		y += 15
	}
	p.y = top + h + 2
}

func (p *pdfReport) facts(r *verify.Report) {
	c := r.Certificate
	p.row(p.say("证书", "Certificate"), p.certificate(r))
	if c.Specimen {
		p.row(p.say("样例", "Specimen"), p.say("票面标有“样例 SPECIMEN”，不是真实证书", "The face is marked 样例 SPECIMEN: not a real certificate"))
	}
	p.row(p.say("姓名", "Name"), clean(c.Name))
	p.row(p.say("编号", "Number"), clean(c.Number))
	p.row(p.say("聘用单位", "Employer"), clean(c.Employer))
	p.row(p.say("注册专业", "Specialties"), specialties(c))
	p.row(p.say("资格名称", "Qualification"), clean(c.QualName))
	p.row(p.say("注册有效期", "Valid"), period(c.Valid))
	p.row(p.say("使用有效期", "Period of use"), period(c.Usage))
	if c.Annotation != nil {
		p.row(p.say("加注", "Annotation"), joined(c.Annotation.Scene, period(c.Annotation.Period)))
	}
	p.row(p.say("签发日期", "Issued"), c.IssueDate.String())
	p.row(p.say("文件", "File"), joined(p.inputKind(r.Input), strings.ToUpper(string(r.Input.Format)),
		fmt.Sprintf(p.say("%d 页", "%d page(s)"), r.Input.Pages), fmt.Sprintf(p.say("%d 字节", "%d bytes"), r.Input.Size)))
	p.row(p.say("所在位置", "Place"), p.part(r))
	p.row(p.say("识读", "Reading"), p.readFrom(r))
	if s := subIndications(r); s != "" {
		p.row(p.say("结论代码", "Indications"), s)
	}
	if r.Error != nil {
		p.row(p.say("读取错误", "Reading error"), joined(r.Error.Code, r.Error.Message, r.Error.Next))
	}
	p.row(p.say("问及专业", "Asked specialty"), clean(r.Question.Specialty))
	p.row(p.say("问及单位", "Asked employer"), clean(r.Question.Employer))
	p.row(p.say("人工判断", "Person's decision"), strings.Join(p.decisions(r), "\n"))
}

// usage shows the period of use as a sum: the earliest term binds, and the printed end must be that day.
func (p *pdfReport) usage(u *verify.UsageSum) {
	const size, line = 9.0, 14.0
	p.heading(p.say("使用时限核算", "Period of use, worked out"), float64(len(u.Terms)+3)*line)
	put := func(x float64, s string, st pdfwrite.Style) { p.page.Text(x, p.y+10, p.shown(s), st) }
	plain, dim := pdfwrite.Style{Size: size, Colour: pdfInk()}, pdfwrite.Style{Size: size, Colour: pdfDim()}
	if !u.Start.IsZero() {
		p.need(line)
		put(pdfLeft, p.say("起始日", "begins"), dim)
		put(pdfLeft+190, u.Start.String(), plain)
		p.y += line
	}
	for _, t := range u.Terms {
		label := p.wrap(clean(t.Label), size, 182)
		p.need(line * float64(len(label)))
		st, mark := plain, ""
		if t.Binding {
			st.Bold, mark = true, p.say("← 最早，以此为准", "← earliest, binds")
			p.page.Fill(pdfLeft-3, p.y-1, pdfWidth+6, line*float64(len(label)), pdfPlate())
		}
		put(pdfLeft+190, t.Date.String(), st)
		put(pdfLeft+255, mark, st)
		if t.Clause != "" {
			put(pdfLeft+345, firstLines(p.wrap(clean(t.Clause), 8, pdfWidth-345), 1)[0], pdfwrite.Style{Size: 8, Colour: pdfDim()})
		}
		for _, l := range label {
			put(pdfLeft, l, st)
			p.y += line
		}
	}
	p.need(2 * line)
	p.page.Line(0.6, pdfRule(), pdfwrite.Point{X: pdfLeft, Y: p.y + 1}, pdfwrite.Point{X: pdfLeft + 250, Y: p.y + 1})
	p.y += 3
	put(pdfLeft, p.say("核算截止日", "end worked out"), dim)
	put(pdfLeft+190, u.Expected.String(), plain)
	p.y += line
	// Whether a difference matters is for the check of the period to say; here it is only counted.
	printed, word := pdfwrite.Style{Size: size, Colour: pdfInk(), Bold: true}, ""
	if u.Printed.HasDay() && u.Expected.HasDay() {
		switch d := u.Printed.Sub(u.Expected); {
		case d == 0:
			word = p.say("与核算相同", "as worked out")
		case d < 0:
			word = fmt.Sprintf(p.say("比核算早 %d 天", "%d day(s) before it"), -d)
		default:
			word = fmt.Sprintf(p.say("比核算晚 %d 天", "%d day(s) behind it"), d)
		}
	}
	put(pdfLeft, p.say("票面截止日", "end printed"), dim)
	put(pdfLeft+190, u.Printed.String(), printed)
	put(pdfLeft+255, word, printed)
	p.y += line
}

// checks writes every check, those that did not pass first.
func (p *pdfReport) checks(r *verify.Report) {
	var n [5]int
	for _, c := range r.Checks {
		n[rankOf(c)]++
	}
	titles := [...]string{
		p.say("不通过的检查", "Checks that failed"), p.say("无法确定的检查", "Checks without an answer"), p.say("提示", "Advice"),
		p.say("通过的检查", "Checks that passed"), p.say("未做的检查", "Checks not done"),
	}
	last := -1
	for _, c := range ladder(r.Checks) {
		rank := rankOf(c)
		if rank != last {
			p.heading(fmt.Sprintf(p.say("%s（%d）", "%s (%d)"), titles[rank], n[rank]), 40)
			last = rank
		}
		p.check(c, rank)
	}
}

func (p *pdfReport) check(c verify.Check, rank int) {
	const mark, column = 16.0, 104.0
	const x, width = pdfLeft + column, pdfWidth - column
	indication := [...]verify.Indication{verify.TotalFailed, verify.Indeterminate, verify.Indeterminate, verify.TotalPassed, ""}[rank]
	ink, _ := pdfVerdict(indication)
	type part struct {
		text   string
		st     pdfwrite.Style
		quoted bool
	}
	message := pdfwrite.Style{Size: 9.5, Colour: pdfInk()}
	small := pdfwrite.Style{Size: 8, Colour: pdfDim()}
	if rank == 4 {
		message, ink = pdfwrite.Style{Size: 9, Colour: pdfDim()}, pdfDim()
	}
	parts := []part{{clean(c.Message), message, false}}
	if c.Next != "" && rank < 3 {
		parts = append(parts, part{p.say("下一步：", "Next: ") + clean(c.Next), pdfwrite.Style{Size: 9, Colour: ink}, false})
	}
	if s := clause(c); s != "" {
		parts = append(parts, part{s, small, false})
	}
	if c.Quote != "" {
		parts = append(parts, part{clean(c.Quote), small, true})
	}
	var facts []string
	for _, f := range c.Evidence {
		facts = append(facts, p.fact(c.ID, f.Name)+p.say("：", ": ")+p.factValue(f.Name, f.Value))
	}
	if len(facts) > 0 {
		parts = append(parts, part{strings.Join(facts, p.say("；", "; ")), small, false})
	}
	h := 6.0
	for _, q := range parts {
		h += p.height(q.text, q.st.Size, width-9)
	}
	p.need(min(h, (pdfBottom-pdfTop)/2))
	title := pdfwrite.Style{Size: 9.5, Colour: ink, Bold: rank < 2}
	switch {
	case rank == 4:
		p.page.Fill(pdfLeft+3, p.y+6, 6, 1.2, ink)
	case rank == 2:
		p.page.Text(pdfLeft+4, p.y+10.5, "!", pdfwrite.Style{Size: 10, Colour: ink, Bold: true})
	default:
		p.shape(indication, pdfLeft+1, p.y+3, 8.5, ink)
	}
	for i, l := range p.wrap(clean(c.Title), title.Size, column-mark-6) {
		p.page.Text(pdfLeft+mark, p.y+10.3+float64(i)*title.Size*1.35, l, title)
	}
	for _, q := range parts {
		if !q.quoted {
			p.paragraph(x, width, q.text, q.st)
			continue
		}
		for _, l := range p.wrap(q.text, q.st.Size, width-9) {
			p.need(q.st.Size * pdfLeading)
			p.page.Fill(x+1, p.y+0.5, 1.6, q.st.Size*pdfLeading, pdfRule())
			p.page.Text(x+9, p.y+q.st.Size*1.08, l, q.st)
			p.y += q.st.Size * pdfLeading
		}
	}
	p.y += 6
}

// mark is a place on a page that evidence points at.
type mark struct {
	x0, y0, x1, y1 float64
	rank           int
	title          string
}

// places are those of the checks, of the signature and of the certificate itself, by page. A file without any shows its
// first page.
func (p *pdfReport) places(r *verify.Report) map[int][]mark {
	out := map[int][]mark{}
	add := func(page int, b pagebox.Box, rank int, title string) {
		if !b.IsZero() {
			out[page] = append(out[page], mark{b.X0, b.Y0, b.X1, b.Y1, rank, title})
		}
	}
	for _, c := range ladder(r.Checks) {
		for _, f := range c.Evidence {
			if f.Box != nil {
				add(f.Page, *f.Box, rankOf(c), clean(c.Title))
			}
		}
	}
	first := 0
	if v := r.Evidence.Part; v != nil {
		first = v.Page
		add(v.Page, v.Box, 4, p.say("证书", "certificate"))
	}
	if v := r.Evidence.Ink; v != nil {
		add(v.Page, v.Box, 4, p.say("个人签名", "signature"))
	}
	if len(out) == 0 && r.Error == nil {
		out[first] = nil
	}
	return out
}

// pictures shows the pages that evidence points at, the places of the checks that did not pass in their colour.
func (p *pdfReport) pictures(r *verify.Report) {
	if p.pages.draw == nil || r.Evidence == nil {
		return
	}
	places := p.places(r)
	for _, n := range slices.Sorted(maps.Keys(places)) {
		size := pageSize(r.Evidence, n)
		if size.Width <= 0 || size.Height <= 0 {
			continue
		}
		img := p.pages.page(r, n)
		if img == nil {
			continue
		}
		p.newPage()
		p.heading(fmt.Sprintf(p.say("第 %d 页与证据所在处", "Page %d and the places of the evidence"), n+1), 0)
		scale := min(pdfWidth/size.Width, (pdfBottom-p.y-4)/size.Height)
		x, y := pdfLeft+(pdfWidth-size.Width*scale)/2, p.y+2
		p.page.Image(shrunk(img), x, y, size.Width*scale, size.Height*scale)
		p.page.Frame(x, y, size.Width*scale, size.Height*scale, 0.6, pdfRule())
		for _, b := range slices.Backward(places[n]) { // failures last, on top
			i := [...]verify.Indication{verify.TotalFailed, verify.Indeterminate, verify.Indeterminate, verify.TotalPassed, verify.TotalPassed}[b.rank]
			ink, _ := pdfVerdict(i)
			if b.rank == 4 {
				ink = pdfLink()
			}
			p.page.Frame(x+b.x0*scale-2, y+b.y0*scale-2, (b.x1-b.x0)*scale+4, (b.y1-b.y0)*scale+4, 1.2, ink)
			if b.rank != 3 {
				p.page.Text(x+b.x0*scale-2, y+b.y0*scale-4, p.shown(b.title), pdfwrite.Style{Size: 7.5, Colour: ink, Bold: true})
			}
		}
		p.y = pdfBottom
	}
}

// shrunk keeps a picture to about 150 dpi of the page's width.
func shrunk(m image.Image) image.Image {
	const most = 1100
	b := m.Bounds()
	if b.Dx() <= most {
		return m
	}
	out := image.NewRGBA(image.Rect(0, 0, most, max(1, b.Dy()*most/b.Dx())))
	draw.ApproxBiLinear.Scale(out, out.Rect, m, b, draw.Src, nil)
	return out
}
