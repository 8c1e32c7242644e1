package report

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/rules"
)

// handwriting is the signature as all forms show it: what was seen, how alike it is, and what a person decided. The machine
// never says whose hand it is.
type handwriting struct {
	Presence string // the machine's answer in words
	Why      string // what kept it from saying more
	Band     string // the likeness in words that promise no more than was measured; "" where it was not measured
	Details  string // length, colour and fit, as measured
	Person   string // the person's decision, or that there is none
	Caveats  []string
	Pictures []inkPicture
}

// inkPicture is one picture of the signature.
type inkPicture struct {
	Title string
	PNG   []byte
	Image image.Image
}

// maxInkPixels bounds the pictures of a signature: a report that is read back may come from a stranger.
const maxInkPixels = 4 << 20

// inkOf is what was seen where the holder signs: on the print, where one was read with the file.
func inkOf(r *verify.Report) *ink.Result {
	switch e := r.Evidence; {
	case e == nil:
		return nil
	case e.Print != nil && e.Print.Ink != nil:
		return e.Print.Ink
	default:
		return e.Ink
	}
}

// handwriting is nil where there is nothing to say: nobody looked, and nobody decided.
func (w words) handwriting(r *verify.Report) *handwriting {
	v := inkOf(r)
	human, decided := r.Human["handwriting"]
	if (v == nil || v.Presence == "" || v.Presence == ink.NotExamined && len(v.CropPNG) == 0) && !decided {
		return nil
	}
	h := &handwriting{Presence: w.presence(ink.NotExamined), Person: w.say("尚未判断", "not decided")}
	if decided {
		when := ""
		if !human.When.IsZero() {
			when = instant(human.When)
		}
		h.Person = joined(w.answer(human.Answer), human.Who, when, human.Note)
	}
	if v == nil {
		return h
	}
	h.Presence = w.presence(v.Presence)
	if v.Reason != "" && v.Reason != ink.ReasonNotExamined {
		h.Why = w.inkReason(v.Reason)
	}
	if v.Likeness != nil {
		h.Band = w.band(v.Band)
	}
	var details []string
	if v.Length > 0 {
		details = append(details, fmt.Sprintf(w.say("笔迹长 %.0f 毫米", "writing %.0f mm long"), v.Length))
	}
	switch v.Colour {
	case ink.ColourBlue:
		details = append(details, w.say("蓝色", "blue"))
	case ink.ColourDark:
		details = append(details, w.say("黑色", "dark"))
	}
	if v.Registered {
		details = append(details, fmt.Sprintf(w.say("已与电子件套准（误差 %.2f 毫米）", "laid on the e-certificate (error %.2f mm)"), v.RMS))
	}
	h.Details = strings.Join(details, w.say("；", "; "))
	for _, c := range v.Caveats {
		h.Caveats = append(h.Caveats, w.inkCaveat(c))
	}
	for _, p := range []inkPicture{
		{Title: w.say("打印件上的签名处", "place of the signature on the print"), PNG: v.CropPNG},
		{Title: w.say("电子证书印制的签名", "signature image on the e-certificate"), PNG: v.ReferencePNG},
		{Title: w.say("叠加：着色为电子件上没有的笔画", "overlay: coloured is what the e-certificate lacks"), PNG: v.OverlayPNG},
		{Title: w.say("手写笔迹叠放于签名图像", "the writing laid over the signature image"), PNG: v.AlignedPNG},
	} {
		if p.Image = smallPNG(p.PNG); p.Image != nil {
			h.Pictures = append(h.Pictures, p)
		}
	}
	return h
}

// smallPNG decodes a small picture, nil for anything else.
func smallPNG(b []byte) image.Image {
	cfg, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > maxInkPixels || cfg.Height > maxInkPixels || cfg.Width*cfg.Height > maxInkPixels {
		return nil
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return m
}

func (w words) presence(p ink.Presence) string {
	switch p {
	case ink.Ink:
		return w.say("有墨迹", "ink found")
	case ink.NoInk:
		return w.say("未见墨迹", "no ink found")
	case ink.Unclear:
		return w.say("看不清", "unclear")
	}
	return w.say("未检查", "not examined")
}

// band is the likeness in words. It is measured on invented hands and decides nothing.
func (w words) band(b string) string {
	word, ok := map[string]string{"agrees": w.say("高", "high"), "doubtful": w.say("存疑", "doubtful"), "differs": w.say("低", "low")}[b]
	if !ok {
		word = w.say("不能比较", "cannot be compared")
	}
	return w.say("笔迹相似度："+word+"，仅供参考", "likeness of the writing: "+word+", for reference only")
}

func (w words) inkReason(key string) string {
	zh, en := "", ""
	switch key {
	case ink.ReasonNoBox:
		zh, en = "没有找到个人签名处", "the place of the signature was not found"
	case ink.ReasonBoxCutOff:
		zh, en = "签名处有一部分在画面之外", "a part of the place lies outside the picture"
	case ink.ReasonTooCoarse:
		zh, en = "分辨率不足", "the resolution is too low"
	case ink.ReasonTooFaint:
		zh, en = "图像模糊或过淡", "the picture is blurred or too faint"
	case ink.ReasonNotRegistered:
		zh, en = "未能与电子证书的页面对上", "the e-certificate's page was not found in the picture"
	case ink.ReasonOtherReference:
		zh, en = "打印件上的签名图像与所给电子证书不同", "the print carries another signature image than the e-certificate given"
	case ink.ReasonNoReference:
		zh, en = "没有对应的电子证书可比", "no e-certificate was given to compare with"
	case ink.ReasonNoReferenceImage:
		zh, en = "电子证书上没有签名图像", "the e-certificate carries no signature image"
	case ink.ReasonPrintedPlaceOnly:
		zh, en = "只有一处签名，可能就是印制的图像", "one writing only, which may be the printed image"
	case ink.ReasonSecondWriting:
		zh, en = "在印制签名之外另有笔迹", "writing apart from the printed image"
	case ink.ReasonShortMark:
		zh, en = "只有很短的笔画", "a short mark only"
	case ink.ReasonStamp:
		zh, en = "签名处有印章或名章", "a stamp lies in the place"
	case ink.ReasonLine:
		zh, en = "折痕、毛发或划线，与笔迹分不清", "a fold, a hair or a streak"
	case ink.ReasonOutside:
		zh, en = "笔迹在签名处之外", "writing near the place, not in it"
	case ink.ReasonFaintMarks:
		zh, en = "痕迹与纸张、墨粉的瑕疵相近", "marks close to what paper and toner leave"
	default:
		return clean(key)
	}
	return w.say(zh, en)
}

func (w words) inkCaveat(key string) string {
	switch key {
	case ink.CaveatCopy:
		return w.say("打印前贴入的签名、签名页的复印件，与墨迹分不开。", "A signature pasted before printing, and a copy of a signed page, cannot be told from ink.")
	case ink.CaveatRed:
		return w.say("红色痕迹按印章处理，未计入。", "Red marks were left out of account as seals.")
	case ink.CaveatDate:
		return w.say("签名处下方日期的书写未计入。", "Writing at the date was left out of account.")
	case ink.CaveatHidden:
		return w.say("签名处大部分被印刷内容遮住。", "Much of the place is covered by print.")
	}
	return clean(key)
}

// printTable is an original beside its print.
type printTable struct {
	Name, SHA256             string
	Read                     string // how the print's page was read
	Rows                     []printRow
	Equal, Differ, Unread    int
	Summary, ColumnsOriginal string
}

// printRow is a fact in both.
type printRow struct {
	Field, Original, Print, State string
	Compared                      rules.ComparedState
	Indication                    verify.Indication // of the row's colour
}

// printTable is nil where the file was judged without a print.
func (w words) printTable(r *verify.Report) *printTable {
	if r.Evidence == nil || r.Evidence.Print == nil {
		return nil
	}
	p := r.Evidence.Print
	t := &printTable{Name: clean(p.Input.Name), SHA256: clean(p.Input.SHA256), Read: w.readPicture(p.Picture, p.Fields != nil && p.Fields.Source == fields.SourceOCR)}
	least := leastSure(offPicture(p.Fields))
	for _, c := range p.Compared {
		row := printRow{Field: w.field(c.Field), Original: clean(c.Original), Print: clean(c.Print), Compared: c.State, Indication: verify.Indeterminate}
		if f, ok := least[c.Field]; ok && row.Print != "" {
			row.Print += fmt.Sprintf(w.say("（把握 %s）", " (%s sure)"), sure(&f))
		}
		switch c.State {
		case rules.ComparedEqual:
			t.Equal++
			row.State, row.Indication = w.say("一致", "equal"), verify.TotalPassed
		case rules.ComparedDifferent:
			t.Differ++
			row.State, row.Indication = w.say("不同", "different"), verify.TotalFailed
		default:
			t.Unread++
			row.State = w.say("读不清", "not readable")
		}
		t.Rows = append(t.Rows, row)
	}
	t.Summary = fmt.Sprintf(w.say("一致 %d · 不同 %d · 读不清 %d", "equal %d · different %d · not readable %d"), t.Equal, t.Differ, t.Unread)
	return t
}

// part says where in a document of many pages the certificate is, "" for a file of its own.
func (w words) part(r *verify.Report) string {
	if r.Evidence == nil || r.Evidence.Part == nil {
		return ""
	}
	p := r.Evidence.Part
	s := fmt.Sprintf(w.say("文件内第 %d 页", "page %d of the file"), p.Page+1)
	if p.Of > 1 {
		s += fmt.Sprintf(w.say("，%d 件证书中的第 %d 件", ", of %d certificates number %d"), p.Of, p.Index+1)
	}
	if !p.Box.IsZero() {
		s += fmt.Sprintf(w.say("，页内位置 %.0f, %.0f – %.0f, %.0f", ", at %.0f, %.0f – %.0f, %.0f on the page"), p.Box.X0, p.Box.Y0, p.Box.X1, p.Box.Y1)
		if r.Input.Format == document.FormatPDF {
			s += w.say("（磅）", " (points)")
		}
	}
	return s
}
