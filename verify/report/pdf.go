package report

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/report/pdfwrite"
)

// ErrNoFont is returned by WritePDF where no font is given and this build carries none.
var ErrNoFont = errors.New("this build carries no font, so it cannot write PDF: run `make assets` and build again, or write .html")

// PDFOptions are the choices of WritePDF; the zero value is good.
type PDFOptions struct {
	// Font is a TrueType font with glyf outlines; nil is the bundled one.
	Font []byte
}

// WritePDF writes reports as an A4 document: an overview if there is not exactly one, then each file with all its checks.
// The same reports give the same bytes.
func WritePDF(w io.Writer, rs []*verify.Report, o PDFOptions) error {
	return Options{PDF: o}.WritePDF(w, rs)
}

// WritePDF is the function WritePDF with more to say.
func (all Options) WritePDF(w io.Writer, rs []*verify.Report) error {
	rs = WithoutHalves(rs)
	o := all.PDF
	data := o.Font
	if data == nil {
		data = assets.Font()
	}
	if data == nil {
		return ErrNoFont
	}
	face, err := pdfwrite.ParseFace(data)
	if err != nil {
		return fmt.Errorf("font of the report: %w", err)
	}
	p := &pdfReport{face: face, file: pdfwrite.New(face), rs: rs, pages: &pageSource{draw: all.Picture}, more: all, words: batchWords(rs)}
	p.file.Title, p.file.Lang = p.say("证验核验报告", "Zhengyan verification report"), p.say("zh-CN", "en")
	if len(rs) == 0 {
		p.overview(nil)
	}
	starts := make([]*pdfwrite.Page, len(rs))
	for i, r := range rs {
		p.newPage()
		starts[i] = p.page
		name := p.verdict(r.Indication) + " · " + fileOf(r)
		p.file.Bookmark(name, p.page, pdfTop-20)
		p.one(r)
	}
	// One report needs no overview, unless there is something to say of the run.
	if len(rs) == 1 && all.Stopped == nil {
		p.leftOut()
		p.checkpoint()
	} else if len(rs) > 0 {
		before := len(p.file.Pages())
		p.overview(starts)
		p.file.MoveToFront(len(p.file.Pages()) - before)
	}
	p.finish()
	if len(rs) > 0 {
		p.file.Attachment = &pdfwrite.Attachment{Name: carriedName, Data: func(n int64, sum []byte) ([]byte, error) { return all.carried(rs, "pdf", n, sum) }}
	}
	_, err = p.file.WriteTo(w)
	return err
}

// The page's measures in points.
const (
	pdfLeft    = 45.0
	pdfRight   = pdfwrite.A4Width - 45.0
	pdfTop     = 62.0
	pdfBottom  = pdfwrite.A4Height - 62.0
	pdfWidth   = pdfRight - pdfLeft
	pdfLeading = 1.5
)

func pdfInk() pdfwrite.Colour   { return pdfwrite.RGB(0x1c2330) }
func pdfDim() pdfwrite.Colour   { return pdfwrite.RGB(0x5a6472) }
func pdfRule() pdfwrite.Colour  { return pdfwrite.RGB(0xd5d9e0) }
func pdfLink() pdfwrite.Colour  { return pdfwrite.RGB(0x1f4e8c) }
func pdfPlate() pdfwrite.Colour { return pdfwrite.RGB(0xf4f6f9) }

func pdfVerdict(i verify.Indication) (ink, tint pdfwrite.Colour) {
	switch i {
	case verify.TotalPassed:
		return pdfwrite.RGB(0x1a7f37), pdfwrite.RGB(0xe9f6ec)
	case verify.TotalFailed:
		return pdfwrite.RGB(0xb42318), pdfwrite.RGB(0xfdecea)
	}
	return pdfwrite.RGB(0x8a5a00), pdfwrite.RGB(0xfdf3dc)
}

// pdfReport lays reports out from top to bottom; y is the top of what comes next.
type pdfReport struct {
	words
	face    *pdfwrite.Face
	file    *pdfwrite.File
	page    *pdfwrite.Page
	y       float64
	rs      []*verify.Report
	pages   *pageSource
	more    Options
	numbers []pageNumber
}

// pageNumber is a place where the number of a page is written when all pages are known.
type pageNumber struct {
	on, of *pdfwrite.Page
	x, y   float64
}

func (p *pdfReport) newPage() {
	p.page, p.y = p.file.AddPage(), pdfTop
}

// need starts a page if fewer than h points are left on this one.
func (p *pdfReport) need(h float64) {
	if p.page == nil || p.y+h > pdfBottom {
		p.newPage()
	}
}

// shown names the code point of every character that the font cannot draw, so that a reader can still tell it.
func (p *pdfReport) shown(s string) string {
	plain := true
	for _, r := range s {
		if r != '\n' && !p.face.Has(r) {
			plain = false
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
		if r != '\n' && !p.face.Has(r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}

// pdfLongest bounds one text of a report. Nothing of the program's own is as long; a stranger's value may be.
const pdfLongest = 8000

func (p *pdfReport) wrap(s string, size, width float64) []string {
	if rs := []rune(s); len(rs) > pdfLongest {
		s = string(rs[:pdfLongest]) + fmt.Sprintf(p.say(" …（另有 %d 字未列出，见 JSON 报告）", " … (%d more characters, see the JSON report)"), len(rs)-pdfLongest)
	}
	return p.face.Wrap(p.shown(s), size, width)
}

// paragraph writes a text at x and returns its height. Lines go over to the next page where they must.
func (p *pdfReport) paragraph(x, width float64, s string, st pdfwrite.Style) {
	for _, l := range p.wrap(s, st.Size, width) {
		p.need(st.Size * pdfLeading)
		p.page.Text(x, p.y+st.Size*1.08, l, st)
		p.y += st.Size * pdfLeading
	}
}

func (p *pdfReport) height(s string, size, width float64) float64 {
	return float64(len(p.wrap(s, size, width))) * size * pdfLeading
}

func (p *pdfReport) right(x, y float64, s string, st pdfwrite.Style) {
	p.page.Text(x-p.face.Width(s, st.Size), y, s, st)
}

// heading names a part and keeps at least keep points behind it on the same page.
func (p *pdfReport) heading(s string, keep float64) {
	p.need(26 + keep)
	p.y += 10
	p.page.Text(pdfLeft, p.y+11, s, pdfwrite.Style{Size: 10.5, Colour: pdfInk(), Bold: true})
	p.y += 16
	p.page.Line(0.6, pdfRule(), pdfwrite.Point{X: pdfLeft, Y: p.y}, pdfwrite.Point{X: pdfRight, Y: p.y})
	p.y += 5
}

// shape draws a verdict's sign in a square of side s: a tick, a cross or a question mark. Fonts lack the first two.
func (p *pdfReport) shape(i verify.Indication, x, y, s float64, c pdfwrite.Colour) {
	at := func(fx, fy float64) pdfwrite.Point { return pdfwrite.Point{X: x + fx*s, Y: y + fy*s} }
	switch i {
	case verify.TotalPassed:
		p.page.Line(s*0.16, c, at(.12, .55), at(.4, .82), at(.9, .2))
	case verify.TotalFailed:
		p.page.Line(s*0.16, c, at(.18, .18), at(.82, .82))
		p.page.Line(s*0.16, c, at(.82, .18), at(.18, .82))
	default:
		p.page.Text(x+s*0.5-p.face.Width("?", s*1.15)/2, y+s*0.92, "?", pdfwrite.Style{Size: s * 1.15, Colour: c, Bold: true})
	}
}

func (p *pdfReport) number(on, of *pdfwrite.Page, x, y float64) {
	p.numbers = append(p.numbers, pageNumber{on, of, x, y})
}

// finish writes what stands on every page: title, disclaimer, versions and page numbers.
func (p *pdfReport) finish() {
	pages := p.file.Pages()
	index := map[*pdfwrite.Page]int{}
	for i, pg := range pages {
		index[pg] = i + 1
	}
	small := pdfwrite.Style{Size: 8, Colour: pdfDim()}
	for _, n := range p.numbers {
		s := strconv.Itoa(index[n.of])
		n.on.Text(n.x-p.face.Width(s, 8.5), n.y, s, pdfwrite.Style{Size: 8.5, Colour: pdfLink()})
	}
	disclaimer, versions := "", ""
	if r := basisOf(p.rs); r != nil {
		disclaimer = p.shown(clean(r.Disclaimer))
		versions = p.shown(joined(r.Program, p.say("规则 ", "rules ")+r.Rules.Version, p.noNetwork(p.rs)))
	}
	for i, pg := range pages {
		p.page = pg
		pg.Text(pdfLeft, 40, p.file.Title, small)
		if len(p.rs) > 0 && !mixed(p.rs) {
			p.right(pdfRight, 40, p.say("判定时间 ", "judged as at ")+instant(basisOf(p.rs).At), small)
		}
		pg.Line(0.6, pdfRule(), pdfwrite.Point{X: pdfLeft, Y: 47}, pdfwrite.Point{X: pdfRight, Y: 47})
		pg.Line(0.6, pdfRule(), pdfwrite.Point{X: pdfLeft, Y: pdfBottom + 10}, pdfwrite.Point{X: pdfRight, Y: pdfBottom + 10})
		y := pdfBottom + 21
		for _, l := range firstLines(p.face.Wrap(disclaimer, 8, pdfWidth), 2) {
			pg.Text(pdfLeft, y, l, pdfwrite.Style{Size: 8, Colour: pdfInk()})
			y += 11
		}
		pg.Text(pdfLeft, y, firstLines(p.face.Wrap(versions, 8, pdfWidth-90), 1)[0], small)
		p.right(pdfRight, y, fmt.Sprintf(p.say("第 %d 页 / 共 %d 页", "page %d of %d"), i+1, len(pages)), small)
	}
}

func firstLines(lines []string, n int) []string { return lines[:min(n, len(lines))] }

// overview is the table of a batch, with the numbers of the pages where each file begins.
func (p *pdfReport) overview(starts []*pdfwrite.Page) {
	p.newPage()
	p.page.Text(pdfLeft, p.y+18, p.file.Title, pdfwrite.Style{Size: 18, Colour: pdfInk(), Bold: true})
	p.y += 34
	var y Tally
	for _, r := range p.rs {
		y.Add(r)
	}
	p.tallies(y)
	if s := p.stopped(p.more.Stopped); s != "" {
		p.paragraph(pdfLeft, pdfWidth, s, pdfwrite.Style{Size: 10.5, Colour: pdfInk(), Bold: true})
	}
	if len(p.rs) == 0 {
		p.paragraph(pdfLeft, pdfWidth, p.say("没有核验任何文件。", "No file was verified."), pdfwrite.Style{Size: 10.5, Colour: pdfInk()})
		return
	}
	p.basis(basisOf(p.rs))
	if s := p.differs(p.rs); s != "" {
		p.paragraph(pdfLeft, pdfWidth, s, pdfwrite.Style{Size: 9, Colour: pdfInk(), Bold: true})
	}
	p.leftOut()
	p.heading(fmt.Sprintf(p.say("文件（%d）", "Files (%d)"), len(p.rs)), 60)
	columns := []float64{pdfLeft, pdfLeft + 72, pdfLeft + 226, pdfLeft + 328, pdfRight}
	head := func() {
		st := pdfwrite.Style{Size: 8, Colour: pdfDim()}
		for i, s := range []string{p.say("结论", "verdict"), p.say("文件", "file"), p.say("姓名 / 编号", "name / number"), p.say("原因与规则", "reason and rules")} {
			p.page.Text(columns[i], p.y+9, s, st)
		}
		p.right(pdfRight, p.y+9, p.say("页", "page"), st)
		p.y += 15
	}
	head()
	for i, r := range p.rs {
		why, _ := reason(r)
		if ids := ruleIDs(r); ids != "" {
			why += " (" + ids + ")"
		}
		file := firstLines(p.wrap(fileOf(r), 8.5, columns[2]-columns[1]-8), 4)
		who := firstLines(p.wrap(strings.TrimSpace(clean(r.Certificate.Name)+"\n"+clean(r.Certificate.Number)), 8.5, columns[3]-columns[2]-8), 3)
		because := p.wrap(why, 7.5, columns[4]-columns[3]-22)
		h := max(16, float64(max(len(file), len(who)))*12.5, float64(len(because))*11) + 6
		if r.Error != nil {
			h = max(h, 31)
		}
		if p.y+min(h, 200) > pdfBottom {
			p.newPage()
			head()
		}
		ink, _ := pdfVerdict(r.Indication)
		p.page.Line(0.4, pdfRule(), pdfwrite.Point{X: pdfLeft, Y: p.y}, pdfwrite.Point{X: pdfRight, Y: p.y})
		p.shape(r.Indication, columns[0]+1, p.y+5, 8, ink)
		word, size := p.verdict(r.Indication), 8.5
		size *= min(1, 54/p.face.Width(word, size)) // INDETERMINATE is a long word
		p.page.Text(columns[0]+14, p.y+12.5, word, pdfwrite.Style{Size: size, Colour: ink, Bold: true})
		if r.Error != nil {
			p.page.Text(columns[0]+14, p.y+25, p.say("读不了", "unreadable"), pdfwrite.Style{Size: 8, Colour: pdfDim()})
		}
		for k, l := range file {
			p.page.Text(columns[1], p.y+12.5+float64(k)*12.5, l, pdfwrite.Style{Size: 8.5, Colour: pdfLink()})
		}
		for k, l := range who {
			p.page.Text(columns[2], p.y+12.5+float64(k)*12.5, l, pdfwrite.Style{Size: 8.5, Colour: pdfInk()})
		}
		p.page.Link(pdfLeft, p.y, pdfWidth, min(h, 200), starts[i], pdfTop-20)
		p.number(p.page, starts[i], pdfRight, p.y+12.5)
		for k, l := range because {
			if y := p.y + 12 + float64(k)*11; y < pdfBottom {
				p.page.Text(columns[3], y, l, pdfwrite.Style{Size: 7.5, Colour: pdfDim()})
			}
		}
		p.y += h
	}
	p.crossings()
	p.roster()
	p.checkpoint()
}

// overall is the verdict's word; a file that could not be read says so.
func (w words) overall(r *verify.Report) string {
	if r.Error != nil {
		return w.verdict(r.Indication) + w.say("（读不了）", " (unread)")
	}
	return w.verdict(r.Indication)
}

func (p *pdfReport) tallies(y Tally) {
	pass, passTint := pdfVerdict(verify.TotalPassed)
	fail, failTint := pdfVerdict(verify.TotalFailed)
	unsure, unsureTint := pdfVerdict(verify.Indeterminate)
	w := (pdfWidth - 30) / 4
	for i, c := range []struct {
		n         int
		name      string
		ink, tint pdfwrite.Colour
	}{
		{y.Failed, p.say("不通过", "failed"), fail, failTint},
		{y.Indeterminate, p.say("无法确定", "indeterminate"), unsure, unsureTint},
		{y.Passed, p.say("通过", "passed"), pass, passTint},
		{y.Unreadable, p.say("读不了", "unreadable"), pdfDim(), pdfPlate()},
	} {
		x := pdfLeft + float64(i)*(w+10)
		p.page.Fill(x, p.y, w, 46, c.tint)
		p.page.Fill(x, p.y, 3, 46, c.ink)
		p.page.Text(x+12, p.y+29, strconv.Itoa(c.n), pdfwrite.Style{Size: 20, Colour: c.ink, Bold: true})
		p.right(x+w-10, p.y+28, c.name, pdfwrite.Style{Size: 9.5, Colour: c.ink})
	}
	p.y += 56
}

// basis says what the answers rest on; it stands once in front of a batch and with each single file.
func (p *pdfReport) basis(r *verify.Report) {
	p.row(p.say("判定时间", "Judged as at"), instant(r.At))
	p.row(p.say("规则方案", "Policy"), joined(r.Policy.Name, r.Policy.Version))
	p.row(p.say("规则数据", "Rule data"), joined(r.Rules.Version, "SHA-256 "+r.Rules.SHA256))
	if r.Error == nil { // a file that could not be read was held against neither
		p.row(p.say("信任锚", "Trust anchors"), p.trust(r.Trust))
		p.row(p.say("注册库快照", "Registry snapshot"), p.snapshot(r.Snapshot))
	}
	p.row(p.say("程序", "Program"), joined(r.Program, p.noNetwork(p.rs)))
}

// row writes a name and its value, which may take several lines.
func (p *pdfReport) row(name, value string) {
	if value == "" {
		return
	}
	const size, column = 9.0, 84.0
	p.need(size * pdfLeading)
	p.page.Text(pdfLeft, p.y+size*1.08, name, pdfwrite.Style{Size: size, Colour: pdfDim()})
	p.paragraph(pdfLeft+column, pdfWidth-column, value, pdfwrite.Style{Size: size, Colour: pdfInk()})
	p.y += 1.5
}
