package fields

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// bodyQualification finds the qualification in the sentence 取得一级建造师职业资格。
	bodyQualification = regexp.MustCompile(`取得(?:了)?([\p{Han}()·、0-9A-Z]{2,30}?)(?:的)?(?:职业|执业)?资格[。,;]?`)
	// bodyIssuer finds the bodies in 本证书由…批准颁发.
	bodyIssuer = regexp.MustCompile(`本证书由([\p{Han}()、,和及]{4,80}?)(?:批准)?(?:颁发|核发|制发)`)
	// sentenceAnnotation finds 使用场景为本人调用，有效期为2024年1月1日至2024年3月31日.
	sentenceAnnotation = regexp.MustCompile(`(?:使用|加注)(?:场景|用途)[为是:]([\p{Han}()]{2,20}?)[,;。](?:加注|使用)?(?:有效期限|有效期|期限)[为是:]?([自从]?[0-9〇一二三四五六七八九十年月日号./~—–至到起止-]{10,50})`)
	// titleQualification finds the qualification in a title such as 一级建造师职业资格证书.
	titleQualification = regexp.MustCompile(`^(?:中华人民共和国)?([\p{Han}()]{2,20}?)(?:职业|执业)资格(?:电子)?证书$`)
)

// finishQualification reads what the qualification certificate says in its running text, and checks the 管理号.
func (r *reader) finishQualification() {
	body, from := r.bodyText()
	if r.cert.QualName == "" {
		name, conf := "", 1.0
		if m := bodyQualification.FindStringSubmatchIndex(body); m != nil {
			name, conf = body[m[2]:m[3]], r.confidenceOf(body, from, m[2], m[3])
		} else if m := titleQualification.FindStringSubmatch(r.cert.Title); m != nil && m[1] != "专业技术人员" {
			k := slices.IndexFunc(r.res.Fields, func(f Field) bool { return f.Name == "title" })
			name, conf = m[1], r.res.Fields[k].Confidence
		}
		if name != "" {
			if !r.unclear("qualificationName", name, conf) {
				r.cert.QualName = chineseWidth(name)
			}
			r.res.Fields = append(r.res.Fields, Field{Name: "qualificationName", Value: r.cert.QualName, Raw: name, Page: r.c.text.Index, Confidence: conf})
		}
	}
	if r.cert.Issuer == "" {
		if m := bodyIssuer.FindStringSubmatchIndex(body); m != nil {
			raw, conf := body[m[2]:m[3]], r.confidenceOf(body, from, m[2], m[3])
			if !r.unclear("issuer", raw, conf) {
				r.cert.Issuer = chineseWidth(raw)
			}
			r.res.Fields = append(r.res.Fields, Field{Name: "issuer", Value: r.cert.Issuer, Raw: raw, Page: r.c.text.Index, Confidence: conf})
		}
	}
	if r.cert.Annotation == nil {
		r.annotationInText(body, from)
	}
	// No rule of the 管理号 is published; only "letters and digits" is safe to ask for (DOMAIN §2.4).
	if n := r.cert.Number; n != "" && strings.Trim(n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		r.problem(BadNumber, "number", n)
	}
}

// annotationInText reads an annotation 加注 that is written as a sentence: no layout of it is published.
func (r *reader) annotationInText(body string, from []*glyph) {
	m := sentenceAnnotation.FindStringSubmatchIndex(body)
	if m == nil {
		return
	}
	raw, scene := body[m[0]:m[1]], body[m[2]:m[3]]
	p, err := ParsePeriod(body[m[4]:m[5]])
	if err != nil {
		r.problem(BadPeriod, "annotation", raw)
		return
	}
	c, sc := r.confidenceOf(body, from, m[4], m[5]), r.confidenceOf(body, from, m[2], m[3])
	if r.unclear("annotation", raw, c) {
		return
	}
	if r.unclear("annotationScene", scene, sc) {
		scene = ""
	}
	r.cert.Annotation = &Annotation{Scene: scene, Period: p}
	r.res.Fields = append(r.res.Fields,
		Field{Name: "annotationScene", Value: scene, Raw: raw, Page: r.c.text.Index, Confidence: sc},
		Field{Name: "annotation", Value: p.String(), Raw: raw, Page: r.c.text.Index, Confidence: c})
}

// bodyText is the text of all lines, from top to bottom, without spaces, and the glyph of each of its characters.
func (r *reader) bodyText() (string, []*glyph) {
	var b strings.Builder
	var from []*glyph
	for i := range r.c.lines {
		gs := r.c.lines[i].gs
		for k := range gs {
			b.WriteRune(gs[k].r)
			from = append(from, &gs[k])
		}
	}
	return b.String(), from
}

// confidenceOf is the lowest confidence of the characters of body[i:j], at most nearCeiling where one more may stand among or
// beside those of a picture.
func (r *reader) confidenceOf(body string, from []*glyph, i, j int) float64 {
	k := utf8.RuneCountInString(body[:i])
	n := utf8.RuneCountInString(body[i:j])
	c := 1.0
	for _, g := range from[k : k+n] {
		c = min(c, g.conf)
	}
	var row []glyph
	for _, g := range from[max(k-1, 0):min(k+n+1, len(from))] {
		if m := len(row); m > 0 && g.box.X0 < row[m-1].box.X0 { // the next line
			row = nil
		}
		if row = append(row, *g); r.res.Source == SourceOCR && holed(row) {
			c = min(c, nearCeiling)
		}
	}
	return c
}
