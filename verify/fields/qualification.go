package fields

import (
	"regexp"
	"strings"
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
	body := r.bodyText()
	if r.cert.QualName == "" {
		name := ""
		if m := bodyQualification.FindStringSubmatch(body); m != nil {
			name = m[1]
		} else if m := titleQualification.FindStringSubmatch(r.cert.Title); m != nil && m[1] != "专业技术人员" {
			name = m[1]
		}
		if name != "" {
			r.cert.QualName = chineseWidth(name)
			r.res.Fields = append(r.res.Fields, Field{Name: "qualificationName", Value: r.cert.QualName, Raw: name, Page: r.c.text.Index, Confidence: r.lowestConfidence()})
		}
	}
	if r.cert.Issuer == "" {
		if m := bodyIssuer.FindStringSubmatch(body); m != nil {
			r.cert.Issuer = chineseWidth(m[1])
			r.res.Fields = append(r.res.Fields, Field{Name: "issuer", Value: r.cert.Issuer, Raw: m[1], Page: r.c.text.Index, Confidence: r.lowestConfidence()})
		}
	}
	if r.cert.Annotation == nil {
		r.annotationInText(body)
	}
	// No rule of the 管理号 is published; only "letters and digits" is safe to ask for (DOMAIN §2.4).
	if n := r.cert.Number; n != "" && strings.Trim(n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		r.problem(BadNumber, "number", n)
	}
}

// annotationInText reads an annotation 加注 that is written as a sentence: no layout of it is published.
func (r *reader) annotationInText(body string) {
	m := sentenceAnnotation.FindStringSubmatch(body)
	if m == nil {
		return
	}
	p, err := ParsePeriod(m[2])
	if err != nil {
		r.problem(BadPeriod, "annotation", m[0])
		return
	}
	r.cert.Annotation = &Annotation{Scene: m[1], Period: p}
	c := r.lowestConfidence()
	r.res.Fields = append(r.res.Fields,
		Field{Name: "annotationScene", Value: m[1], Raw: m[0], Page: r.c.text.Index, Confidence: c},
		Field{Name: "annotation", Value: p.String(), Raw: m[0], Page: r.c.text.Index, Confidence: c})
}

// bodyText is the text of all lines, from top to bottom, without spaces.
func (r *reader) bodyText() string {
	var b strings.Builder
	for i := range r.c.lines {
		b.WriteString(string(r.c.lines[i].runes()))
	}
	return b.String()
}

func (r *reader) lowestConfidence() float64 {
	c := 1.0
	for i := range r.c.glyphs {
		c = min(c, r.c.glyphs[i].conf)
	}
	return c
}
