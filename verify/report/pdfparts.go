package report

import (
	"fmt"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/report/pdfwrite"
)

// handwriting is the card of the signature: machine and person side by side, the pictures below them.
func (p *pdfReport) handwriting(h *handwriting) {
	if h == nil {
		return
	}
	const half = (pdfWidth - 20) / 2
	p.heading(p.say("手写签名", "Handwritten signature"), 90)
	top := p.y
	column := func(x float64, title string, texts ...string) float64 {
		y := top
		p.page.Text(x, y+10, title, pdfwrite.Style{Size: 8, Colour: pdfDim()})
		y += 14
		for i, s := range texts {
			if s == "" {
				continue
			}
			st := pdfwrite.Style{Size: 9.5, Colour: pdfInk(), Bold: i == 0}
			if i == len(texts)-1 && i > 0 {
				st = pdfwrite.Style{Size: 8, Colour: pdfDim()}
			}
			for _, l := range firstLines(p.wrap(s, st.Size, half), 6) {
				p.page.Text(x, y+st.Size*1.08, l, st)
				y += st.Size * pdfLeading
			}
		}
		return y
	}
	presence := h.Presence
	if h.Why != "" {
		presence += " · " + h.Why
	}
	left := column(pdfLeft, p.say("机器所见", "what the machine saw"), presence, h.Band, h.Details)
	right := column(pdfLeft+half+20, p.say("人工判断", "the person's decision"), h.Person)
	p.page.Line(0.6, pdfRule(), pdfwrite.Point{X: pdfLeft + half + 8, Y: top + 2}, pdfwrite.Point{X: pdfLeft + half + 8, Y: max(left, right)})
	p.y = max(left, right) + 6
	const pictureHeight = 84.0
	for i := 0; i < len(h.Pictures); i += 2 {
		p.need(pictureHeight + 16)
		for k, pic := range h.Pictures[i:min(i+2, len(h.Pictures))] {
			x, b := pdfLeft+float64(k)*(half+20), pic.Image.Bounds()
			scale := min(half/float64(b.Dx()), pictureHeight/float64(b.Dy()))
			w, height := float64(b.Dx())*scale, float64(b.Dy())*scale
			p.page.Image(shrunk(pic.Image), x, p.y, w, height)
			p.page.Frame(x, p.y, w, height, 0.6, pdfRule())
			p.page.Text(x, p.y+pictureHeight+10, p.shown(pic.Title), pdfwrite.Style{Size: 7.5, Colour: pdfDim()})
		}
		p.y += pictureHeight + 16
	}
	for _, c := range h.Caveats {
		p.paragraph(pdfLeft, pdfWidth, c, pdfwrite.Style{Size: 8, Colour: pdfDim()})
	}
}

// readings shows what was read off a picture: each fact, how sure the reading is, and how it stands on the page.
func (p *pdfReport) readings(rows []readRow) {
	if len(rows) == 0 {
		return
	}
	const (
		size, most = 9.0, 22.0 // points: text, and the height of a picture
		value      = pdfLeft + 74
		confidence = pdfLeft + 262
		picture    = pdfLeft + 306
	)
	p.heading(p.say("从图像读出的内容", "What was read off the picture"), 60)
	p.paragraph(pdfLeft, pdfWidth, p.sureNote(rows), pdfwrite.Style{Size: 8, Colour: pdfDim()})
	p.y += 2
	for _, r := range rows {
		lines := firstLines(p.wrap(r.Value, size, confidence-value-8), 6)
		h, w, high := float64(len(lines))*size*1.4, 0.0, 0.0
		if r.Crop != nil {
			b := r.Crop.Bounds()
			k := min((pdfRight-picture)/float64(b.Dx()), most/float64(b.Dy()))
			w, high = float64(b.Dx())*k, float64(b.Dy())*k
			h = max(h, high)
		}
		p.need(h + 6)
		p.page.Line(0.4, pdfRule(), pdfwrite.Point{X: pdfLeft, Y: p.y}, pdfwrite.Point{X: pdfRight, Y: p.y})
		text := p.y + 3 + (h-float64(len(lines))*size*1.4)/2 + size
		p.page.Text(pdfLeft, text, firstLines(p.wrap(r.Field, size, value-pdfLeft-4), 1)[0], pdfwrite.Style{Size: size, Colour: pdfDim()})
		p.page.Text(confidence, text, r.Sure, pdfwrite.Style{Size: size, Colour: pdfInk()})
		for i, l := range lines {
			p.page.Text(value, text+float64(i)*size*1.4, l, pdfwrite.Style{Size: size, Colour: pdfInk()})
		}
		if r.Crop != nil {
			p.page.Photo(r.Crop, picture, p.y+3+(h-high)/2, w, high)
		}
		p.y += h + 6
	}
}

// grid writes rows of texts in columns that begin at the given shares of the width.
func (p *pdfReport) grid(at []float64, size float64, rows [][]string, ink func(row, col int) pdfwrite.Style) {
	for i, row := range rows {
		cells := make([][]string, len(row))
		height := 0
		for k, s := range row {
			end := 1.0
			if k+1 < len(at) {
				end = at[k+1]
			}
			cells[k] = firstLines(p.wrap(s, size, (end-at[k])*pdfWidth-6), 12)
			height = max(height, len(cells[k]))
		}
		h := float64(height)*size*1.4 + 4
		p.need(h)
		p.page.Line(0.4, pdfRule(), pdfwrite.Point{X: pdfLeft, Y: p.y}, pdfwrite.Point{X: pdfRight, Y: p.y})
		for k, lines := range cells {
			st := ink(i, k)
			st.Size = size
			for n, l := range lines {
				p.page.Text(pdfLeft+at[k]*pdfWidth, p.y+2+size*(1.08+1.4*float64(n)), l, st)
			}
		}
		p.y += h
	}
}

// pair is the table of the original beside its print.
func (p *pdfReport) pair(t *printTable) {
	if t == nil {
		return
	}
	p.heading(p.say("原件与打印件", "Original and print"), 60)
	p.row(p.say("打印件", "Print"), t.Name)
	p.row("SHA-256", t.SHA256)
	p.row(p.say("识读", "Reading"), t.Read)
	p.row(p.say("比对", "Comparison"), t.Summary)
	rows := [][]string{{"", p.say("原件", "original"), p.say("打印件", "print"), ""}}
	for _, r := range t.Rows {
		rows = append(rows, []string{r.Field, r.Original, r.Print, r.State})
	}
	p.grid([]float64{0, .17, .52, .87}, 8.5, rows, func(i, k int) pdfwrite.Style {
		switch {
		case i == 0, k == 0:
			return pdfwrite.Style{Colour: pdfDim()}
		case k == 3:
			c, _ := pdfVerdict(t.Rows[i-1].Indication)
			return pdfwrite.Style{Colour: c, Bold: t.Rows[i-1].Indication != verify.TotalPassed}
		}
		return pdfwrite.Style{Colour: pdfInk()}
	})
}

// crossings lists what files of the batch have in common.
func (p *pdfReport) crossings() {
	list := Crossings(p.rs)
	if len(list) == 0 {
		return
	}
	p.heading(fmt.Sprintf(p.say("重复与交叉（%d）", "Duplicates and crossings (%d)"), len(list)), 50)
	p.paragraph(pdfLeft, pdfWidth, p.crossingNote(), pdfwrite.Style{Size: 8.5, Colour: pdfDim()})
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.What, c.Value, c.files()})
	}
	p.grid([]float64{0, .3, .58}, 8, rows, func(_, _ int) pdfwrite.Style { return pdfwrite.Style{Colour: pdfInk()} })
}

// leftOut says what was opened and not read.
func (p *pdfReport) leftOut() {
	if s := clean(p.more.LeftOut); s != "" {
		p.paragraph(pdfLeft, pdfWidth, s, pdfwrite.Style{Size: 9, Colour: pdfInk(), Bold: true})
	}
}

// roster is the check against a list of people.
func (p *pdfReport) roster() {
	list := p.more.Roster
	if len(list) == 0 {
		return
	}
	p.heading(fmt.Sprintf(p.say("人员名单核对（%d）", "Roster check (%d)"), len(list)), 50)
	var rows [][]string
	for _, l := range list {
		rows = append(rows, []string{clean(l.State), strings.TrimSpace(clean(l.Name) + "\n" + clean(l.Number)), clean(l.Differs), clean(l.File)})
	}
	p.grid([]float64{0, .14, .4, .68}, 8, rows, func(_, _ int) pdfwrite.Style { return pdfwrite.Style{Colour: pdfInk()} })
}

// checkpoint shows the audit log's signed checkpoint as text and as a code, so that a paper report bears witness.
func (p *pdfReport) checkpoint() {
	text := strings.TrimSpace(p.more.Checkpoint)
	m := codeOf(p.more.Checkpoint)
	if text == "" || m == nil {
		return
	}
	const side = 82.0
	p.heading(p.say("审计日志检查点", "Checkpoint of the audit log"), side+16)
	p.need(side + 10)
	top := p.y + 2
	unit := side / float64(len(m))
	for y, row := range m {
		for x := 0; x < len(row); {
			n := 0
			for x+n < len(row) && row[x+n] {
				n++
			}
			if n > 0 {
				p.page.Fill(pdfLeft+4+float64(x)*unit, top+float64(y)*unit, float64(n)*unit, unit*1.02, pdfwrite.Colour{})
			}
			x += max(1, n)
		}
	}
	y := top
	for _, l := range firstLines(p.wrap(text+"\n"+p.say("用 zhengyan audit verify --witness 核对本机日志。", "Hold the log against it with zhengyan audit verify --witness."), 7.5, pdfWidth-side-20), 8) {
		p.page.Text(pdfLeft+side+18, y+9, l, pdfwrite.Style{Size: 7.5, Colour: pdfDim()})
		y += 11
	}
	p.y = top + side + 8
}
