package verifytest

import (
	"hash/fnv"
	"image"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// Places on a constructor's page, from DOMAIN §2.1, in points from the bottom left.
const (
	labelX, valueX = 84, 174
	sealCX, sealCY = 408.5, 268.5
	sealD          = 117
	photoX, photoY = 410, 465
	photoW, photoH = 110, 140
	qrX, qrY, qrD  = 60, 100, 71
	signX, signY   = 160, 120
	signW, signH   = 99, 43
	inkX, inkY     = 219, 86 // the room behind 个人签名：
	inkW, inkH     = 104, 32
)

func paletteOf(k fields.Kind) palette {
	switch k {
	case fields.Architect1, fields.Architect2:
		return palette{page: rgb{0.955, 0.975, 0.955}, pale: rgb{0.875, 0.925, 0.88}, line: rgb{0.55, 0.72, 0.60}, title: rgb{0.72, 0.10, 0.12}}
	case fields.Qualification, fields.OtherCertificate:
		return palette{page: rgb{0.99, 0.975, 0.945}, pale: rgb{0.945, 0.91, 0.85}, line: rgb{0.78, 0.62, 0.42}, title: rgb{0.72, 0.10, 0.12}}
	}
	return palette{page: rgb{0.94, 0.965, 0.99}, pale: rgb{0.86, 0.905, 0.955}, line: rgb{0.48, 0.63, 0.80}, title: rgb{0.76, 0.09, 0.12}}
}

func titleOf(s Spec) string {
	if s.Title != "" {
		return s.Title
	}
	switch s.Kind {
	case fields.Constructor1:
		return "中华人民共和国一级建造师注册证书"
	case fields.Constructor2:
		return "中华人民共和国二级建造师注册证书"
	case fields.ConstructorTemp:
		return "中华人民共和国一级建造师临时执业证书"
	case fields.Architect1:
		return "中华人民共和国一级注册建筑师注册证书"
	case fields.Architect2:
		return "中华人民共和国二级注册建筑师注册证书"
	case fields.Qualification:
		return "专业技术人员职业资格证书"
	}
	return "证书"
}

// draw lays the certificate out. The seals are left to the caller: an electronic file shows them by its signature fields.
func (g *Generator) draw(s Spec) (*canvas, error) {
	p := paletteOf(s.Kind)
	c := &canvas{w: pageW, h: pageH, face: g.face, tint: p}
	c.mark()
	if s.Medium != fields.Paper {
		c.emblem(c.w/2, 752, 34, p)
	}
	title := titleOf(s)
	size := min(26.0, 430/c.face.width(title))
	c.bold(c.w/2-c.face.width(title)*size/2, 660, size, title, p.title)
	var err error
	switch {
	case s.Kind == fields.Qualification:
		err = c.qualification(s)
	case s.Medium == fields.Paper:
		c.paper(s)
	default:
		err = c.registration(s)
	}
	return c, err
}

func (s Spec) label(word string) string {
	rs := []rune(word)
	if s.LabelStyle == 2 && len(rs) == 2 {
		return string(rs[0]) + "　　" + string(rs[1]) + "："
	}
	return word + "："
}

// field writes a label and its value, the value over as many lines as it needs.
func (c *canvas) field(s Spec, y float64, label, value string) {
	if s.LabelStyle == 1 {
		c.spread(labelX, y, 14, 70, label, inkBlack)
		c.text(labelX+71, y, 14, "：", inkBlack)
	} else {
		c.text(labelX, y, 14, s.label(label), inkBlack)
	}
	for i, line := range c.wrap(value, 14, 362) {
		c.text(valueX, y-22*float64(i), 14, line, inkBlack)
	}
}

// wrap breaks a value into lines no wider than w points.
func (c *canvas) wrap(s string, size, w float64) []string {
	var lines []string
	var cur []rune
	for _, r := range s {
		if c.face.width(string(append(cur, r)))*size > w && len(cur) > 0 {
			lines, cur = append(lines, string(cur)), nil
		}
		cur = append(cur, r)
	}
	return append(lines, string(cur))
}

func (c *canvas) right(x, y, size float64, s string, col rgb) {
	c.text(x-c.face.width(s)*size, y, size, s, col)
}

func (s Spec) span(p fields.Period, form DateForm, dash string) string {
	from := ""
	if !p.From.IsZero() {
		from = form.format(p.From)
	}
	to := ""
	if !p.To.IsZero() {
		to = form.format(p.To)
	}
	return from + dash + to
}

func (s Spec) dash() string {
	if s.Dash == "" {
		return "-"
	}
	return s.Dash
}

// registration draws the face of a constructor's or an architect's electronic registration certificate.
func (c *canvas) registration(s Spec) error {
	label := s.UsageLabel
	if label == "" {
		label = "使用有效期"
	}
	usage := label + "："
	switch {
	case s.HideUsage:
	case s.UsageRaw != "":
		usage += s.UsageRaw
	case !s.Usage.IsZero():
		usage += s.span(s.Usage, s.Dates, s.dash())
	}
	c.right(542, 722, 9, usage, paleGrey)
	c.field(s, 597, "姓名", s.Name)
	c.field(s, 557, "性别", s.Sex)
	birth := ""
	if !s.Birth.IsZero() {
		birth = s.Dates.format(s.Birth)
	}
	c.field(s, 518, "出生日期", birth)
	architect := s.Kind == fields.Architect1 || s.Kind == fields.Architect2
	if architect {
		c.field(s, 482, "注册号", s.Number)
		c.field(s, 433, "聘用单位", s.Employer)
		if !s.Valid.IsZero() {
			c.field(s, 382, "注册有效期", s.span(s.Valid, s.Dates, "至"))
		}
	} else {
		c.field(s, 482, "注册编号", s.Number)
		c.field(s, 433, "聘用企业", s.Employer)
		c.specialties(s)
	}
	c.photo(photoX, photoY, photoW, photoH)
	c.foot(s)
	return c.qr(s, qrX, qrY)
}

func (c *canvas) specialties(s Spec) {
	if s.LabelStyle == 1 {
		c.spread(labelX, 382, 14, 70, "注册专业", inkBlack)
		c.text(labelX+71, 382, 14, "：", inkBlack)
	} else {
		c.text(labelX, 382, 14, s.label("注册专业"), inkBlack)
	}
	for i, sp := range s.Specialties {
		name := sp.Raw
		if name == "" {
			name = sp.Name
		}
		line := name
		if !sp.Valid.IsZero() {
			line += "（有效期：" + s.span(sp.Valid, s.SpecDates, "至") + "）"
		}
		c.text(valueX, 382-24*float64(i), 14, line, inkBlack)
	}
}

// foot draws the issuer, the date of issue and the holder's signature field.
func (c *canvas) foot(s Spec) {
	if s.Issuer != "" {
		w := c.face.width(s.Issuer) * 12
		c.text(sealCX-w/2, 262, 12, s.Issuer, inkBlack)
	}
	if !s.IssueDate.IsZero() {
		c.text(350, 98, 11, "签发日期："+s.Dates.format(s.IssueDate), inkBlack)
	}
	if s.QueryURL != "" {
		c.text(350, 74, 9, "查询网址："+s.QueryURL, inkBlack)
	}
	if s.EcertID != "" {
		c.text(labelX-24, 196, 8, "证照标识："+s.EcertID, paleGrey)
	}
	if !s.NoSignImage {
		c.image(signX, signY, signW, signH, signatureImage(writerOf(s.Name), 396, 172), false)
	}
	c.text(160, 98, 11, "个人签名：", inkBlack)
	date := "签名日期："
	if !s.SignDate.IsZero() {
		date += s.Dates.format(s.SignDate)
	}
	c.text(160, 71, 11, date, inkBlack)
}

// writerOf gives a person's hand a number.
func writerOf(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash takes every write
	return h.Sum64()
}

// qr places the code with its lower left corner at (x, y); a certificate without a payload has none.
func (c *canvas) qr(s Spec, x, y float64) error {
	if s.QR == "" {
		return nil
	}
	img, err := qrImage(s.QR, 6)
	if err != nil {
		return err
	}
	if s.QRDamaged {
		damage(img)
	}
	c.image(x, y, qrD, qrD, img, true)
	c.text(x-1, y-12, 8, "实时数据，扫码验证", inkBlack)
	return nil
}

// damage wipes out more of a QR than its error correction can restore.
func damage(img *image.Gray) {
	b := img.Bounds()
	for y := b.Dy() / 6; y < b.Dy()*5/6; y++ {
		for x := b.Dx() / 3; x < b.Dx(); x++ {
			img.Pix[y*img.Stride+x] = 255
		}
	}
}

// qualification draws the face of a 职业资格证书 with its annotation.
func (c *canvas) qualification(s Spec) error {
	if s.QualName != "" {
		c.bold(c.w/2-c.face.width(s.QualName)*20/2, 622, 20, s.QualName, inkBlack)
	}
	body := "本证书由" + s.Issuer + "批准颁发，它表明持证人通过国家统一组织的考试，取得" + s.QualName + "职业资格。"
	for i, line := range c.wrap("　　"+body, 13, 430) {
		c.text(labelX, 578-24*float64(i), 13, line, inkBlack)
	}
	row := func(y float64, label, value string) {
		if value != "" {
			c.text(labelX, y, 13, s.label(label)+value, inkBlack)
		}
	}
	row(480, "姓名", s.Name)
	row(450, "证件号码", s.IDNumber)
	row(420, "性别", s.Sex)
	if !s.Birth.IsZero() {
		row(390, "出生年月", s.Dates.format(civil.Date{Y: s.Birth.Y, M: s.Birth.M}))
	}
	row(360, "专业", s.Level)
	if !s.Approved.IsZero() {
		row(330, "批准日期", s.Dates.format(s.Approved))
	}
	row(300, "管理号", s.Number)
	c.photo(photoX-6, 372, 94, 120)
	if s.Issuer != "" {
		const state = "中华人民共和国"
		lines := []string{s.Issuer}
		if rest, ok := strings.CutPrefix(s.Issuer, state); ok && rest != "" {
			lines = []string{state, rest}
		}
		for i, line := range lines {
			c.text(sealCX-c.face.width(line)*6, 222-18*float64(i), 12, line, inkBlack)
		}
	}
	if a := s.Annotation; a != nil {
		c.stroke(rectPath(labelX-8, 112, 232, 56), 0.7, paleGrey)
		c.text(labelX, 148, 10, "使用场景："+a.Scene, inkBlack)
		c.text(labelX, 126, 10, "有效期："+s.span(a.Period, s.Dates, "至"), inkBlack)
	}
	if s.Medium == fields.Paper {
		row(270, "证书编号", "样0000"+lastDigits(s.Number, 4))
		c.text(labelX, 128, 9, "持证人须知：本证书由持证人保管，不得转借、涂改（样例）。", paleGrey)
		c.roundSeal(sealCX, 214, sealD, s.Issuer, "样例 SPECIMEN")
	}
	return c.qr(s, 452, 78)
}

// paper draws the pages of a paper booklet on one sheet.
func (c *canvas) paper(s Spec) {
	c.stroke(rectPath(70, 200, c.w-140, 430), 0.8, paleGrey)
	numberLabel, employerLabel := "注册编号", "聘用企业"
	if s.Kind == fields.Architect1 {
		numberLabel, employerLabel = "注册号", "聘用单位"
	}
	c.field(s, 590, "姓名", s.Name)
	c.field(s, 556, "性别", s.Sex)
	if !s.Birth.IsZero() {
		c.field(s, 522, "出生日期", s.Dates.format(s.Birth))
	}
	c.field(s, 488, numberLabel, s.Number)
	c.field(s, 454, employerLabel, s.Employer)
	if s.Kind == fields.Architect1 {
		c.field(s, 410, "注册有效期", s.span(s.Valid, s.Dates, "至"))
	} else {
		c.specialties(s)
	}
	c.field(s, 330, "证书编号", "样0000"+lastDigits(s.Number, 4))
	if !s.IssueDate.IsZero() {
		c.field(s, 296, "发证日期", s.Dates.format(s.IssueDate))
	}
	c.text(330, 262, 12, s.Issuer, inkBlack)
	c.photo(photoX, photoY+10, photoW-10, photoH-14)
	c.roundSeal(sealCX, sealCY, sealD, s.Issuer, "")
}

func lastDigits(s string, n int) string {
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-n):]
}
