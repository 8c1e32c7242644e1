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
	// No rule of the 管理号 is published; only "letters and digits" is safe to ask for (DOMAIN §2.4).
	if n := r.cert.Number; n != "" && strings.Trim(n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		r.problem(BadNumber, "number", n)
	}
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
