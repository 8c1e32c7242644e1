package report

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/draw"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	pagebox "zhengyan/verify/page"
)

// readFrom says in one line what the certificate's facts were read from, "" where nothing was read and there is no picture.
func (w words) readFrom(r *verify.Report) string {
	ev := r.Evidence
	if ev == nil || r.Error != nil {
		return ""
	}
	f := ev.Fields
	switch {
	case f != nil && f.Source == fields.SourceOCR, ev.Picture != nil:
		p := ev.Picture
		if p == nil {
			p = &verify.Picture{Page: f.Page}
		}
		return w.readPicture(p, f != nil && f.Source == fields.SourceOCR)
	case f == nil || f.Source != fields.SourceText:
		return ""
	case r.Input.Kind.IsPicture():
		return fmt.Sprintf(w.say("读自第 %d 页的文字（不是原始电子件，文字由制作文件者写入）", "read from the text of page %d (not an original electronic file: the text is what its maker put there)"), f.Page+1)
	}
	return fmt.Sprintf(w.say("读自第 %d 页的文字", "read from the text of page %d"), f.Page+1)
}

// readPicture says how a page that is a picture was read, "" where there was none. A page may have been prepared for reading
// by which nothing was read then.
func (w words) readPicture(p *verify.Picture, read bool) string {
	if p == nil {
		return ""
	}
	out := []string{fmt.Sprintf(w.say("第 %d 页是图像，没有读出票面", "page %d is a picture of which nothing was read"), p.Page+1)}
	if read {
		out[0] = fmt.Sprintf(w.say("读自第 %d 页的图像", "read off the picture of page %d"), p.Page+1)
	}
	switch s := p.Sheet; {
	case s == nil:
	case !p.Flattened():
		out = append(out, w.say("没有找到纸边，按原样识读", "no edges of a sheet were found, read as it is"))
	case p.AsIs:
		out = append(out, w.say("找到了纸边，按原样识读（摊平后读出的更少）", "a sheet was found, and read as it is (laid flat it showed less)"))
	case s.Has(sheet.ByHand):
		out = append(out, w.say("纸角由人指定", "the sheet's corners were set by hand"))
	default:
		out = append(out, fmt.Sprintf(w.say("按纸角摊平，纸角把握 %.2f", "laid flat by the sheet's corners, sheet score %.2f"), s.Score))
	}
	if p.Millimetre > 0 {
		out = append(out, fmt.Sprintf(w.say("约 %.0f dpi", "about %.0f dpi"), p.Millimetre*25.4))
	}
	if p.Reader != "" {
		out = append(out, clean(p.Reader))
	}
	return strings.Join(out, dot)
}

// dot stands between the parts of a line.
const dot = " · "

// sure is a reading's confidence, the reading program's own estimate, rounded down: nothing is called surer than it is.
func sure(f *fields.Field) string {
	return Percent(f.Confidence) + "%"
}

// Percent is a share in per cent, rounded down: nothing is called surer than it is.
func Percent(share float64) string {
	return strconv.FormatFloat(math.Floor(100*min(max(share, 0), 1)+1e-9), 'f', 0, 64)
}

// offPicture are the facts that were read off a picture, nil for any other source: only there is a confidence an estimate.
func offPicture(read *fields.Result) []fields.Field {
	if read == nil || read.Source != fields.SourceOCR {
		return nil
	}
	var out []fields.Field
	for _, f := range read.Fields {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// readOf are the facts that were read off the picture that a report is on.
func readOf(r *verify.Report) []fields.Field {
	if r.Evidence == nil || r.Error != nil {
		return nil
	}
	return offPicture(r.Evidence.Fields)
}

// leastSure is the least sure of the facts of each name.
func leastSure(list []fields.Field) map[string]fields.Field {
	least := map[string]fields.Field{}
	for _, f := range list {
		if old, ok := least[f.Name]; !ok || f.Confidence < old.Confidence {
			least[f.Name] = f
		}
	}
	return least
}

// sureness lists how sure each fact is that was read off a picture; of facts of one name the least sure counts. It is "" for
// other sources.
func (w words) sureness(r *verify.Report) string {
	list := readOf(r)
	least := leastSure(list)
	var out []string
	for _, f := range list {
		if one, ok := least[f.Name]; ok {
			out = append(out, w.field(f.Name)+" "+sure(&one))
			delete(least, f.Name)
		}
	}
	return strings.Join(out, dot)
}

// sureNote says what a confidence is not.
func (w words) sureNote(rows []readRow) string {
	s := w.say("把握是识读程序对自己有没有读对的估计，与证书真伪无关。", "The confidence is the reading program's own estimate of its reading; it says nothing of whether the certificate is genuine.")
	for _, row := range rows {
		if row.Crop != nil {
			return s + w.say("请对照右侧图像核对。", " Hold each value against its picture.")
		}
	}
	return s
}

// readRow is a fact that was read off a picture, with the place where it stands.
type readRow struct {
	Field, Value, Sure string
	Crop               image.Image // nil where it cannot be shown
}

// maxCrops bounds the pictures of read facts of one report.
const maxCrops = 16

// readRows are the facts that were read off a picture, each with its picture cut out of the page.
func (w words) readRows(r *verify.Report, pages *pageSource) []readRow {
	var out []readRow
	crops := 0
	for _, f := range readOf(r) {
		row := readRow{Field: w.field(f.Name), Value: fieldValue(&f), Sure: sure(&f)}
		if f.Name != "idNumber" && crops < maxCrops { // an identity number is shown in part only
			if row.Crop = pages.crop(r, f.Page, f.Box, r.Evidence.Fields.Turn); row.Crop != nil {
				crops++
			}
		}
		out = append(out, row)
	}
	return out
}

// fieldValue is a fact's value for reading.
func fieldValue(f *fields.Field) string {
	v := clean(f.Value)
	switch f.Name {
	case "usage", "valid", "specialty", "annotation":
		v = strings.ReplaceAll(v, "/", " – ")
	case "idNumber":
		v = fields.MaskedID(v)
	}
	return v
}

// field is the name of a printed fact.
func (w words) field(name string) string {
	words := map[string][2]string{
		"title": {"标题", "title"}, "usage": {"使用有效期", "period of use"}, "name": {"姓名", "name"}, "sex": {"性别", "sex"},
		"birth": {"出生日期", "birth"}, "idNumber": {"证件号码", "identity number"}, "number": {"编号", "number"}, "employer": {"聘用单位", "employer"},
		"specialty": {"注册专业", "specialty"}, "valid": {"注册有效期", "valid"}, "annotationScene": {"加注用途", "purpose"}, "annotation": {"加注期限", "annotation"},
		"approved": {"批准日期", "approved"}, "qualificationName": {"资格名称", "qualification"}, "level": {"级别", "level"}, "issueDate": {"签发日期", "issued"},
		"issuer": {"签发机构", "issuer"}, "signature": {"个人签名", "signature"}, "signDate": {"签名日期", "signed"}, "queryURL": {"查询网址", "query address"},
		"ecertID": {"证照标识", "licence identifier"}, "paperNumber": {"证书编号", "paper number"},
	}
	if s, ok := words[name]; ok {
		return w.say(s[0], s[1])
	}
	return clean(name)
}

// certificate is the certificate's title as printed, or its kind where there is none. What was read off a picture may be misread: where
// the kind is known and the reading does not have its name, the kind stands first and the reading behind it.
func (w words) certificate(r *verify.Report) string {
	c := &r.Certificate
	read, kind := clean(c.Title), w.certificateKind(c.Kind)
	switch {
	case read == "":
		return kind
	case r.Evidence == nil || r.Evidence.Fields == nil || r.Evidence.Fields.Source != fields.SourceOCR, c.Kind == "", c.Kind == fields.UnknownKind, c.Kind == fields.OtherCertificate:
		return read
	}
	plain := strings.NewReplacer("电子", "", "执业资格", "职业资格", " ", "", "　", "").Replace(read)
	if strings.Contains(plain, words{}.certificateKind(c.Kind)) {
		return read
	}
	return kind + fmt.Sprintf(w.say("（标题读作“%s”）", " (title read as “%s”)"), read)
}

// pageSource draws pages of reports' files and keeps the one that was drawn last.
type pageSource struct {
	draw func(r *verify.Report, n int) image.Image // nil: no pages
	of   fileID
	by   *verify.Report // for which it was asked last: of another, a page that could not be drawn is tried again
	n    int
	img  image.Image
}

// page is page n of a report's file, nil where it cannot be shown.
func (s *pageSource) page(r *verify.Report, n int) image.Image {
	if s == nil || s.draw == nil {
		return nil
	}
	if of := idOf(r); s.of != of || s.n != n || s.by == nil || s.img == nil && s.by != r {
		s.of, s.n, s.img = of, n, s.draw(r, n)
	}
	s.by = r
	return s.img
}

// pageSize is the size of page n in page units, zero where it is not known.
func pageSize(ev *verify.Evidence, n int) document.PageSize {
	if p := ev.Part; p != nil && p.Page == n && p.PageSize != nil {
		return *p.PageSize
	}
	if n >= 0 && n < len(ev.PageSizes) {
		return ev.PageSizes[n]
	}
	return document.PageSize{}
}

// The picture of a fact in pixels: large enough to be read, small enough for hundreds in a report.
const (
	cropWidth, cropHeight = 420, 110
	cropLeast             = 4
)

// crop cuts a place out of a page, with a rim of a quarter of its height, turned upright.
func (s *pageSource) crop(r *verify.Report, n int, box pagebox.Box, turned int) image.Image {
	size := pageSize(r.Evidence, n)
	if s == nil || s.draw == nil || !(box.W() > 0 && box.H() > 0 && size.Width > 0 && size.Height > 0) {
		return nil
	}
	img := s.page(r, n)
	if img == nil {
		return nil
	}
	b := img.Bounds()
	rim := min(box.W(), box.H()) / 4
	at := func(v, whole float64, pixels int) int { return int(min(max(v/whole, 0), 1) * float64(pixels)) }
	from := image.Rect(at(box.X0-rim, size.Width, b.Dx()), at(box.Y0-rim, size.Height, b.Dy()),
		at(box.X1+rim, size.Width, b.Dx()), at(box.Y1+rim, size.Height, b.Dy())).Add(b.Min)
	if from.Dx() < cropLeast || from.Dy() < cropLeast {
		return nil
	}
	w, h := from.Dx(), from.Dy()
	if turned%2 != 0 {
		w, h = h, w
	}
	k := min(1, cropWidth/float64(w), cropHeight/float64(h))
	out := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(from.Dx())*k)), max(1, int(float64(from.Dy())*k))))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Rect, img, from, draw.Over, nil)
	return document.Upright(out, turned)
}

// cropQuality is the JPEG quality of the picture of a fact.
const cropQuality = 72

// jpegOf encodes a small picture.
func jpegOf(m image.Image) []byte {
	var b bytes.Buffer
	if jpeg.Encode(&b, m, &jpeg.Options{Quality: cropQuality}) != nil { // fails on sides over 65535 only
		return nil
	}
	return b.Bytes()
}
