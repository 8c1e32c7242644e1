package verifytest

import (
	"fmt"
	"image"
	"math/rand/v2"

	"zhengyan/verify/fields"
)

// BidPage is a kind of page of a bid book that is no certificate of a registered person, however much it looks like one.
type BidPage int

// The kinds.
const (
	BidText    BidPage = iota // running text
	BidTable                  // a list of staff or of quantities, with certificates' names and numbers in it
	BidForm                   // a curriculum vitae or a statement to fill in, with the labels of a certificate
	BidNotice                 // an authority's notice about certificates, with heading and seal
	BidHeading                // a leaf that only announces a certificate
	BidDrawing                // a plan
	BidLicence                // another licence or certificate, with QR code, seal and frame
	bidPages
)

func (b BidPage) String() string {
	return [bidPages]string{"text", "table", "form", "notice", "heading", "drawing", "licence"}[b]
}

// BidPage paints a page of the kind on A4; the seed decides what stands on it.
func (g *Generator) BidPage(kind BidPage, seed uint64, dpi float64) (*image.RGBA, error) {
	rng := rand.New(rand.NewPCG(seed, 0x626964+uint64(kind)))
	c := &canvas{w: pageW, h: pageH, face: g.face}
	c.right(540, 30, 8, "样例 SPECIMEN", paleGrey)
	var err error
	switch kind {
	case BidText:
		c.bidText(rng, 770, 60)
	case BidTable:
		c.bidTable(rng)
	case BidForm:
		c.bidForm(rng)
	case BidNotice:
		c.bidNotice(rng)
	case BidHeading:
		c.bidHeading(rng)
	case BidDrawing:
		c.bidDrawing(rng)
	case BidLicence:
		return g.licence(rng, seed, dpi)
	}
	return c.paint(dpi), err
}

// bidSentences are what running text is made of.
func bidSentences() []string {
	return []string{
		"投标人应当具备承担本招标项目的能力，拟派项目负责人须具有一级建造师注册证书并在有效期内。",
		"本工程施工组织设计以确保质量、安全、进度和文明施工为目标，合理安排劳动力、材料与机械设备。",
		"投标人须提供项目负责人的注册证书、安全生产考核合格证书及社会保险缴纳证明的复印件并加盖公章。",
		"混凝土浇筑前应对模板及其支架、钢筋、预埋件进行检查，并作好记录，符合设计要求后方可浇筑。",
		"我方承诺在投标有效期内不撤销投标文件，如我方中标，我方将按照规定提交履约保证金。",
		"评标委员会按照招标文件规定的评标标准和方法，对投标文件进行评审和比较，推荐中标候选人。",
		"电子注册证书上的个人签名应当与实际签名一致，使用时限为一百八十天，超期应当重新下载。",
		"脚手架搭设前必须编制专项方案，基础应平整夯实，设置排水沟，立杆底部设置垫板和扫地杆。",
	}
}

func (c *canvas) bidText(rng *rand.Rand, top, bottom float64) {
	size := []float64{10.5, 12, 14}[rng.IntN(3)]
	list := bidSentences()
	y := top
	chapter := 1 + rng.IntN(9)
	for y > bottom {
		if rng.IntN(4) == 0 {
			h := size + 2 + float64(rng.IntN(5))
			c.bold(72, y, h, fmt.Sprintf("%d.%d %s", chapter, 1+rng.IntN(9), []string{"项目负责人资格要求", "施工组织设计", "注册证书使用说明", "质量保证措施", "投标文件的组成"}[rng.IntN(5)]), inkBlack)
			y -= h * 1.9
			continue
		}
		s := "　　"
		for range 1 + rng.IntN(3) {
			s += list[rng.IntN(len(list))]
		}
		for _, l := range c.wrap(s, size, 450) {
			if y < bottom {
				break
			}
			c.text(72, y, size, l, inkBlack)
			y -= size * 1.65
		}
		y -= 3
	}
	if rng.IntN(5) == 0 { // a firm stamps every page
		c.roundSeal(430, 150, 110, "样例建设集团有限公司", "样例")
	}
}

func (c *canvas) bidTable(rng *rand.Rand) {
	title := []string{"项目管理机构组成表", "拟投入本项目的主要人员汇总表", "注册建造师证书一览表", "主要施工机械设备表", "工程量清单"}[rng.IntN(5)]
	c.bold(297-c.face.width(title)*9, 770, 18, title, inkBlack)
	rows, cols := 12+rng.IntN(14), 5+rng.IntN(3)
	x0, y1, w := 60.0, 745.0, 475.0
	h := min(600/float64(rows), 34)
	for r := range rows + 1 {
		c.stroke(polyline([]point{{x0, y1 - h*float64(r)}, {x0 + w, y1 - h*float64(r)}}), 0.7, inkBlack)
	}
	for k := range cols + 1 {
		x := x0 + w*float64(k)/float64(cols)
		c.stroke(polyline([]point{{x, y1}, {x, y1 - h*float64(rows)}}), 0.7, inkBlack)
	}
	heads := []string{"序号", "姓名", "职务", "注册证书名称", "注册编号", "专业", "备注"}
	cells := [][]string{
		{"1", "2", "3", "4"},
		{"样立诚", "范知筑", "例思远", "样晓东"},
		{"项目经理", "技术负责人", "安全员", "质量员"},
		{"一级建造师", "二级建造师", "注册建筑师", "造价工程师"},
		{"京1112015201600001", "沪2312016201700088"},
		{"建筑工程", "机电工程"},
		{"", "样例"},
	}
	for k := range cols {
		c.text(x0+w*float64(k)/float64(cols)+4, y1-h*0.66, 10, heads[k], inkBlack)
		for r := 1; r < rows; r++ {
			list := cells[k]
			c.text(x0+w*float64(k)/float64(cols)+4, y1-h*(float64(r)+0.66), 8.5, list[rng.IntN(len(list))], inkBlack)
		}
	}
}

func (c *canvas) bidForm(rng *rand.Rand) {
	title := []string{"项目经理简历表", "投标人承诺书", "一级建造师注册证书使用情况说明", "注册建造师变更申请表", "授权委托书", "一级建造师注册证书复印件粘贴处"}[rng.IntN(6)]
	c.bold(297-c.face.width(title)*10, 760, 20, title, inkBlack)
	y := 715.0
	labels := []string{"姓名", "性别", "出生日期", "注册编号", "聘用企业", "注册专业", "证书编号", "职称", "学历", "联系电话"}
	boxed := rng.IntN(2) == 0
	for i, l := range labels {
		if boxed {
			c.stroke(rectPath(70, y-12, 455, 34), 0.7, inkBlack)
			c.stroke(polyline([]point{{170, y - 12}, {170, y + 22}}), 0.7, inkBlack)
		}
		c.text(80, y, 12, l+[]string{"：", ""}[b2i(boxed)], inkBlack)
		if rng.IntN(3) > 0 {
			c.text(185, y, 12, []string{"样立诚", "男", "1984年6月15日", "京1112015201600001", "样例建设集团有限公司", "建筑工程", "样00001", "高级工程师", "本科", "000-0000"}[i], inkBlack)
		}
		y -= 34
	}
	for _, l := range c.wrap("　　本人声明以上所填内容真实有效，如有虚假，自愿承担相应责任。申请人（签字）：　　　　　　　　年　　月　　日", 12, 440) {
		y -= 22
		c.text(76, y, 12, l, inkBlack)
	}
	if rng.IntN(2) == 0 {
		c.roundSeal(430, 200, 110, "样例建设集团有限公司", "样例")
	}
	if rng.IntN(3) == 0 {
		c.photo(430, 600, 80, 100)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *canvas) bidNotice(rng *rand.Rand) {
	if rng.IntN(2) == 0 { // a letterhead in red
		c.bold(297-c.face.width("样例市住房和城乡建设委员会文件")*13, 745, 26, "样例市住房和城乡建设委员会文件", rgb{0.76, 0.09, 0.12})
		c.stroke(polyline([]point{{70, 715}, {525, 715}}), 2, rgb{0.76, 0.09, 0.12})
	}
	lines := [][]string{
		{"关于启用一级建造师电子注册证书的通知"},
		{"关于全面实行一级建造师", "电子注册证书的通知"},
		{"关于取消一级注册建筑师注册证书", "纸质证书的公告"},
		{"职业资格证书管理办法（样例）"},
		{"一级建造师注册证书使用须知"},
	}[rng.IntN(5)]
	y := 680.0
	for _, l := range lines {
		c.bold(297-c.face.width(l)*11, y, 22, l, inkBlack)
		y -= 34
	}
	list := bidSentences()
	c.text(76, y-6, 14, "各有关单位：", inkBlack)
	y -= 30
	for y > 230 {
		for _, l := range c.wrap("　　"+list[rng.IntN(len(list))], 14, 440) {
			c.text(76, y, 14, l, inkBlack)
			y -= 25
		}
	}
	c.text(360, 190, 14, "样例市住房和城乡建设委员会", inkBlack)
	c.text(400, 165, 14, "2026年3月1日", inkBlack)
	c.roundSeal(440, 180, 115, "样例市住房和城乡建设委员会", "样例")
}

func (c *canvas) bidHeading(rng *rand.Rand) {
	title := []string{"一级建造师注册证书", "一级注册建筑师注册证书", "职业资格证书", "附件：一级建造师注册证书", "项目负责人证书", "二级建造师注册证书"}[rng.IntN(6)]
	size := 18 + float64(rng.IntN(16))
	y := 420 + rng.Float64()*320
	c.bold(297-c.face.width(title)*size/2, y, size, title, inkBlack)
	switch rng.IntN(4) {
	case 0:
		c.text(250, y-2*size, 14, "（复印件附后）", inkBlack)
	case 1:
		c.bidText(rng, y-3*size, 80)
	case 2:
		c.text(90, y-2.4*size, 14, "姓名：样立诚", inkBlack) // one label is no certificate
	}
}

func (c *canvas) bidDrawing(rng *rand.Rand) {
	for range 30 + rng.IntN(40) {
		x, y := 60+rng.Float64()*420, 120+rng.Float64()*600
		w, h := rng.Float64()*160, rng.Float64()*160
		switch rng.IntN(4) {
		case 0:
			c.stroke(rectPath(x, y, w, h), 0.6+rng.Float64(), inkBlack)
		case 1:
			c.stroke(circlePath(x, y, w/3), 0.6, inkBlack)
		case 2:
			c.stroke(polyline([]point{{x, y}, {x + w, y + h}, {x + w*1.3, y}}), 0.6, inkBlack)
		default:
			c.text(x, y, 7, fmt.Sprintf("%d", 100*(1+rng.IntN(90))), inkBlack)
		}
	}
	c.stroke(rectPath(40, 40, 515, 760), 1.4, inkBlack)
	c.stroke(rectPath(340, 40, 215, 70), 1, inkBlack)
	c.text(350, 85, 12, "样例建筑设计研究院", inkBlack)
	c.text(350, 60, 10, []string{"一层平面图", "基础详图", "施工总平面布置图"}[rng.IntN(3)]+"  1:100", inkBlack)
}

// licence paints another licence or certificate.
func (g *Generator) licence(rng *rand.Rand, seed uint64, dpi float64) (*image.RGBA, error) {
	titles := []string{
		"营业执照", "安全生产许可证", "建筑业企业资质证书", "工程设计资质证书", "建筑施工企业安全生产考核合格证书", "中华人民共和国一级造价工程师注册证书",
		"注册监理工程师注册执业证书", "特种作业操作资格证书", "高级工程师职称证书", "普通高等学校毕业证书", "建筑工程施工许可证", "质量管理体系认证证书",
	}
	title := titles[int(seed%uint64(len(titles)))]
	p := paletteOf(fields.OtherCertificate)
	if rng.IntN(2) == 0 {
		p = paletteOf(fields.Constructor1)
	}
	c := &canvas{w: pageW, h: pageH, face: g.face, tint: p}
	c.mark()
	c.emblem(c.w/2, 745, 32, p)
	size := min(26+float64(rng.IntN(10)), 430/c.face.width(title))
	c.bold(c.w/2-c.face.width(title)*size/2, 655, size, title, p.title)
	rows := [][2]string{{"统一社会信用代码", "00000000SPECIMEN00"}, {"名称", "样例建设集团有限公司"}, {"类型", "有限责任公司"}, {"法定代表人", "样立诚"}, {"注册资本", "壹亿元整"}, {"有效期", "2024年1月1日至2029年12月31日"}}
	if rng.IntN(2) == 0 {
		rows = [][2]string{{"姓名", "样立诚"}, {"性别", "男"}, {"出生日期", "1984年6月15日"}, {"证书编号", "样00001"}, {"工作单位", "样例建设集团有限公司"}, {"专业", "土建"}, {"有效期", "2024年1月1日至2027年12月31日"}}
		c.photo(photoX, photoY, photoW, photoH)
	}
	y := 590.0
	for _, r := range rows {
		c.text(labelX, y, 14, r[0]+"：", inkBlack)
		c.text(labelX+130, y, 14, r[1], inkBlack)
		y -= 38
	}
	c.text(330, 250, 12, "发证机关：样例市样例局", inkBlack)
	c.text(330, 226, 12, "2024年1月1日", inkBlack)
	c.roundSeal(sealCX, sealCY-20, sealD, "样例市样例局", "样例 SPECIMEN")
	if err := c.qr(Spec{QR: fmt.Sprintf("https://example.invalid/specimen/%d", seed)}, qrX, qrY); err != nil {
		return nil, err
	}
	return g.paint(c, dpi), nil
}

// Pasted paints a page of a bid on which prints of certificates are pasted, one above the other or side by side, at a
// share of their size, among captions and text.
func (g *Generator) Pasted(specs []Spec, scale float64, seed uint64, dpi float64) (*image.RGBA, error) {
	rng := rand.New(rand.NewPCG(seed, 0x7061737465))
	c := &canvas{w: pageW, h: pageH, face: g.face}
	c.right(540, 30, 8, "样例 SPECIMEN", paleGrey)
	c.bold(72, 785, 14, []string{"附件三　项目负责人证书复印件", "（二）拟派项目负责人注册证书", "7.2 人员证书"}[rng.IntN(3)], inkBlack)
	w, h := pageW*scale, pageH*scale
	across := len(specs) > 1 && w*float64(len(specs)) < pageW-60
	for i, s := range specs {
		img, err := g.Printed(s, max(dpi*scale, 72)*1.5)
		if err != nil {
			return nil, err
		}
		x, y := (pageW-w)/2+rng.Float64()*20-10, 765-h-float64(i)*(h+22)
		if across {
			x, y = 30+float64(i)*(w+20), 740-h-rng.Float64()*80
		}
		c.image(x, y, w, h, img, false)
		if rng.IntN(2) == 0 {
			c.stroke(rectPath(x, y, w, h), 0.6, inkBlack)
		}
	}
	if bottom := 765 - h*float64(len(specs)) - 60; across || bottom > 150 {
		top := 765 - h - 120.0
		if !across {
			top = bottom
		}
		c.bidText(rng, top, 80)
	}
	return c.paint(dpi), nil
}
