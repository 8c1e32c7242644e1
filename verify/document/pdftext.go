package document

import (
	"context"
	"fmt"
	"math"

	"zhengyan/verify/page"
)

// textPage loads the current page's text once.
func (d *pdf) textPage(ctx context.Context, p *pdfPage) (uint64, int, error) {
	if p.textp == 0 {
		h, err := d.in.call(ctx, "FPDFText_LoadPage", p.handle)
		if err != nil {
			return 0, 0, err
		}
		if h == 0 {
			return 0, 0, fail(ErrDamaged, "", nil, "text of page %d can't be read", p.index+1)
		}
		p.textp = h
	}
	n, err := d.in.quick("FPDFText_CountChars", p.textp)
	return p.textp, max(int(int32(n)), 0), err
}

// run is what characters of one text object share.
type run struct {
	font int
	size float64
}

// text gives the characters that the file holds, in its order. Spaces and line breaks that PDFium makes up are left
// out. Boxes are the loose ones (advance × ascent to descent), so that a dot and a capital of one line have one height.
func (d *pdf) text(ctx context.Context, i int) (t page.Text, problems []Problem, err error) {
	p, err := d.show(ctx, i)
	if err != nil {
		return t, nil, err
	}
	t, _, problems, err = d.textOf(ctx, p, i)
	return t, problems, err
}

// layers is text in two: what a reader sees of the page, and what the file holds besides.
func (d *pdf) layers(ctx context.Context, i int) (shown, hidden page.Text, problems []Problem, err error) {
	p, err := d.show(ctx, i)
	if err != nil {
		return shown, hidden, nil, err
	}
	all, objects, problems, err := d.textOf(ctx, p, i)
	if err != nil {
		return shown, hidden, nil, err
	}
	_, v, err := d.drawn(ctx, p)
	if err != nil {
		return shown, hidden, nil, err
	}
	shown, hidden = all, all
	shown.Chars, hidden.Chars = make([]page.Char, 0, len(all.Chars)), nil
	for c, ch := range all.Chars {
		ok, err := d.shows(v, objects[c])
		switch {
		case err != nil:
			return shown, hidden, nil, err
		case ok:
			shown.Chars = append(shown.Chars, ch)
		default:
			hidden.Chars = append(hidden.Chars, ch)
		}
	}
	return shown, hidden, problems, nil
}

// textOf gives a loaded page's characters, and for each the text object that it belongs to, 0 if none.
func (d *pdf) textOf(ctx context.Context, p *pdfPage, i int) (t page.Text, objects []uint64, problems []Problem, err error) {
	t = page.Text{Index: i, Width: p.size.Width, Height: p.size.Height}
	if p.partial {
		problems = append(problems, Problem{ProblemAnnotations, fmt.Sprintf("page %d", i+1)})
	}
	tp, n, err := d.textPage(ctx, p)
	if err != nil {
		return t, nil, nil, err
	}
	if n > d.limits.PageChars {
		n = d.limits.PageChars
		problems = append(problems, Problem{ProblemTruncated, fmt.Sprintf("page %d: more than %d characters", i+1, n)})
	}
	t.Chars = make([]page.Char, 0, n)
	fonts := map[uint64]int{}
	runs := map[uint64]run{}
	for c := range n {
		if c%512 == 0 && ctx.Err() != nil {
			return t, nil, nil, context.Cause(ctx)
		}
		ch, obj, ok, err := d.char(tp, c, p.toPage)
		if err != nil {
			return t, nil, nil, err
		}
		if !ok {
			continue
		}
		r, seen := runs[obj]
		if !seen {
			if r, err = d.run(ctx, tp, c, obj, fonts, &t); err != nil {
				return t, nil, nil, err
			}
			runs[obj] = r
		}
		ch.Font, ch.Size = r.font, r.size
		if ch.Font >= 0 && t.Fonts[ch.Font].ToUnicode {
			bad, err := d.in.quick("FPDFText_HasUnicodeMapError", tp, uint64(c))
			if err != nil {
				return t, nil, nil, err
			}
			if int32(bad) == 1 {
				t.Fonts[ch.Font].ToUnicode = false
			}
		}
		t.Chars = appendChar(t.Chars, ch)
		if len(objects) < len(t.Chars) {
			objects = append(objects, obj)
		}
	}
	return t, objects, problems, nil
}

// char reads one character; ok is false for characters that the file does not hold.
func (d *pdf) char(tp uint64, c int, toPage matrix) (ch page.Char, obj uint64, ok bool, err error) {
	made, err := d.in.quick("FPDFText_IsGenerated", tp, uint64(c))
	if err != nil || int32(made) == 1 {
		return ch, 0, false, err
	}
	u, err := d.in.quick("FPDFText_GetUnicode", tp, uint64(c))
	if err != nil || uint32(u) == 0 {
		return ch, 0, false, err
	}
	ch.R = rune(uint32(u))
	if ch.R == 2 || ch.R == 0xfffe { // PDFium's mark for a hyphen at a line's end
		ch.R = '-'
	}
	found, err := d.in.quick("FPDFText_GetLooseCharBox", tp, uint64(c), d.in.arg(0))
	if err != nil {
		return ch, 0, false, err
	}
	if uint32(found) != 0 {
		l, t, r, b := d.in.f32(0), d.in.f32(1), d.in.f32(2), d.in.f32(3)
		if finite(l, t, r, b) {
			ch.Box = toPage.box(l, t, r, b)
		}
	}
	obj, err = d.in.quick("FPDFText_GetTextObject", tp, uint64(c))
	return ch, obj, err == nil, err
}

// run reads what the characters of the text object of character c share.
func (d *pdf) run(ctx context.Context, tp uint64, c int, obj uint64, fonts map[uint64]int, t *page.Text) (run, error) {
	r := run{font: -1}
	size, err := d.in.quick("FPDFText_GetFontSize", tp, uint64(c))
	if err != nil {
		return r, err
	}
	r.size = math.Float64frombits(size)
	ok, err := d.in.quick("FPDFText_GetMatrix", tp, uint64(c), d.in.arg(0))
	if err != nil {
		return r, err
	}
	if ok != 0 { // the font size times how the text matrix stretches the vertical
		if m := d.readMatrix(); finite(m.c, m.d) {
			r.size *= math.Hypot(m.c, m.d)
		}
	}
	if !finite(r.size) {
		r.size = 0
	}
	if obj == 0 {
		return r, nil
	}
	font, err := d.in.quick("FPDFTextObj_GetFont", obj)
	if err != nil || font == 0 {
		return r, err
	}
	at, seen := fonts[font]
	if !seen {
		f, err := d.font(ctx, font)
		if err != nil {
			return r, err
		}
		at = len(t.Fonts)
		t.Fonts = append(t.Fonts, f)
		fonts[font] = at
	}
	r.font = at
	return r, nil
}

func (d *pdf) font(ctx context.Context, font uint64) (page.Font, error) {
	name, err := d.in.bytesOf(ctx, "FPDFFont_GetBaseFontName", font)
	if err != nil {
		return page.Font{}, err
	}
	for len(name) > 0 && name[len(name)-1] == 0 {
		name = name[:len(name)-1]
	}
	embedded, err := d.in.quick("FPDFFont_GetIsEmbedded", font)
	if err != nil {
		return page.Font{}, err
	}
	f := page.Font{Name: fontName(name), Embedded: int32(embedded) == 1, ToUnicode: true}
	if fact, ok := d.fonts[f.Name]; ok {
		f.ToUnicode = fact.unicode
	}
	return f, nil
}

// appendChar joins the halves of a surrogate pair.
func appendChar(list []page.Char, ch page.Char) []page.Char {
	if ch.R >= 0xdc00 && ch.R < 0xe000 && len(list) > 0 {
		if last := &list[len(list)-1]; last.R >= 0xd800 && last.R < 0xdc00 {
			last.R = (last.R-0xd800)<<10 + (ch.R - 0xdc00) + 0x10000
			last.Box = last.Box.Union(ch.Box)
			return list
		}
	}
	return append(list, ch)
}

func finite(v ...float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x) > 1e9 {
			return false
		}
	}
	return true
}
