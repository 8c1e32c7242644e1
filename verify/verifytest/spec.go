// Package verifytest makes specimens: a virtual certification authority, certificates of invented people drawn like the
// real ones and always marked 样例 SPECIMEN, scans and photos of them, the registry rows behind them, and the answers
// that the verifier must give. All keys are made anew in each run.
package verifytest

import (
	"fmt"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// DateForm is a way of printing a day.
type DateForm int

// The date forms that DOMAIN §2.1 names.
const (
	DateChinese    DateForm = iota // 2024年3月1日
	DateChinesePad                 // 2024年03月01日
	DateISO                        // 2024-03-01
	DateISOPlain                   // 2024-3-1
	DateDots                       // 2024.3.1
	DateWide                       // ２０２４年３月１日, full-width digits
)

func (f DateForm) format(d civil.Date) string {
	y, m, day := d.Y, int(d.M), d.D
	if !d.HasDay() {
		return fmt.Sprintf("%d年%02d月", y, m)
	}
	switch f {
	case DateChinesePad:
		return fmt.Sprintf("%d年%02d月%02d日", y, m, day)
	case DateISO:
		return fmt.Sprintf("%d-%02d-%02d", y, m, day)
	case DateISOPlain:
		return fmt.Sprintf("%d-%d-%d", y, m, day)
	case DateDots:
		return fmt.Sprintf("%d.%d.%d", y, m, day)
	case DateWide:
		s := []rune(fmt.Sprintf("%d年%d月%d日", y, m, day))
		for i, r := range s {
			if r >= '0' && r <= '9' {
				s[i] = r - '0' + '０'
			}
		}
		return string(s)
	default:
		return fmt.Sprintf("%d年%d月%d日", y, m, day)
	}
}

// Carrier is what kind of file a specimen is.
type Carrier int

// The carriers.
const (
	CarrierPDF        Carrier = iota // original electronic file
	CarrierScanPNG                   // printed and scanned
	CarrierScanJPEG                  // printed and scanned
	CarrierScanPDF                   // printed and scanned into a PDF
	CarrierPhoto                     // photographed: perspective, uneven light, EXIF camera
	CarrierScreenshot                // a window on a screen
)

// Ink is what stands at 个人签名 on a print.
type Ink int

// The kinds of ink.
const (
	InkNone      Ink = iota // nothing was written
	InkSame                 // the holder's hand
	InkOther                // another hand
	InkPasted               // the printed signature image once more, instead of ink
	InkTwoStroke            // a short mark only
)

// SealForm is the form of a digital signature.
type SealForm int

// The forms of DOMAIN §5.2 that are made here.
const (
	FormCMSRSA      SealForm = iota // adbe.pkcs7.detached, RSA-2048, SHA-256
	FormCMSSM2                      // adbe.pkcs7.detached, SM2, SM3
	FormCAdES                       // ETSI.CAdES.detached, RSA-2048, SHA-256
	FormX509SHA1                    // adbe.x509.rsa_sha1
	FormSES                         // GB/T 38540-2020 electronic seal, SM2, SM3
	FormGMDetached                  // DJ.GMPkiLite / GM.sm2cms.detached as DOMAIN §5.2 describes it
	FormUnsupported                 // CMS whose signature algorithm is SM9, which no reader here knows
	FormPicture                     // a picture of a seal, nothing signed
	FormEmptyField                  // a signature field without a value under the picture of a seal
)

// SealShape is what a seal looks like.
type SealShape int

// The shapes.
const (
	ShapeRound  SealShape = iota // official round seal
	ShapeSquare                  // personal name seal
)

// Seal is one seal or signature on a specimen.
type Seal struct {
	Form   SealForm
	Shape  SealShape
	Signer SignerID
	// Text is what the picture says; empty means the signer's seal name.
	Text string
	// At is the claimed signing time.
	At time.Time
	// Timestamp adds an RFC 3161 signature timestamp of the virtual time-stamping authority.
	Timestamp bool
	// Fault is done to this signature while it is made.
	Fault SealFault
}

// SealFault is something wrong with a signature as such.
type SealFault int

// The faults.
const (
	SealSound        SealFault = iota
	FaultValue                 // a bit of the signature value is turned over
	FaultMalformed             // /Contents holds bytes that are no ASN.1
	FaultPartial               // /ByteRange leaves out the end of the file
	FaultTimeForged            // the timestamp's own signature is wrong
	FaultSealExpired           // GB/T 38540: signed after the seal's own validity
	FaultNotListed             // GB/T 38540: the signer's certificate is not in the seal's list
)

// After is what is done to the file after it was sealed.
type After int

// The later changes.
const (
	AfterNothing  After = iota
	AfterInPlace        // text is replaced in place, bytes of the signed revision change
	AfterContent        // an incremental update replaces the page's content
	AfterOverlay        // an incremental update lays an annotation over the text
	AfterPage           // an incremental update adds a page
	AfterLTV            // an incremental update adds a document security store: permitted
	AfterTrailing       // bytes behind the end of the file that belong to nothing
)

// Spec says what a specimen is. Good gives one without a fault; change what the case needs.
type Spec struct {
	ID     string // sentence-like and unique; seeds everything that is made up
	Kind   fields.Kind
	Medium fields.Medium // Electronic or Paper
	Title  string        // empty means the kind's own title

	Name     string
	Sex      string
	Birth    civil.Date
	IDNumber string
	Number   string
	Employer string
	// Specialties are printed one a line.
	Specialties []fields.Specialty
	Valid       fields.Period // 注册有效期 of an architect
	Usage       fields.Period
	Annotation  *fields.Annotation
	QualName    string
	Level       string
	Approved    civil.Date
	Issuer      string
	IssueDate   civil.Date
	EcertID     string
	QueryURL    string
	QR          string // payload; empty for no QR
	QRDamaged   bool   // the QR is printed but cannot be read

	Dates       DateForm
	SpecDates   DateForm // of the specialties' validity
	Dash        string   // between the ends of the usage period; empty means "-"
	UsageLabel  string   // empty means 使用有效期
	LabelStyle  int      // 0 plain, 1 spread labels, 2 full-width spaces inside labels
	Font        FontMode
	HideUsage   bool   // the label stands there, the value does not
	UsageRaw    string // printed instead of Usage
	NoSignImage bool
	SignDate    civil.Date

	Seals   []Seal
	After   After
	NewText [2]string // AfterInPlace and AfterContent: what is replaced by what

	Carrier Carrier
	DPI     float64 // of scans; 0 means 150
	// TextLayer adds the unshown text of a scanner's recognition to a scan PDF.
	TextLayer bool
	Ink       Ink
	// CoverPage puts a page of other text before the certificate, which need not be the first page of a file.
	CoverPage bool
	// Second is another certificate, drawn on a further page of the same file.
	Second *Spec
}

// MohurdSeal and the other names are the official texts on the seals (5号 二(一)1, 2号 一(一), CPTA FAQ Q1).
const (
	SealConstructor = "中华人民共和国住房和城乡建设部一级建造师行政许可专用章"
	SealMinistry    = "中华人民共和国住房和城乡建设部"
	SealCommittee   = "全国注册建筑师管理委员会"
	SealDirector    = "全国注册建筑师管理委员会主任委员"
	SealCPTA        = "中华人民共和国人力资源和社会保障部专业技术人员职业资格证书专用章"
)

// dayTime is an hour of a day in Shanghai.
func dayTime(d civil.Date, hour, minute int) time.Time {
	return d.Start().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// Day is civil.Parse for tables; it panics on text that is no date.
func Day(s string) civil.Date {
	d, err := civil.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Span is a period from text; either end may be empty.
func Span(from, to string) fields.Period {
	var p fields.Period
	if from != "" {
		p.From = Day(from)
	}
	if to != "" {
		p.To = Day(to)
	}
	return p
}

// Good returns a sound specimen of one of the three judged kinds: everything about it is as the notices ask on
// 2026-04-01. For another kind it returns the zero Spec.
func Good(kind fields.Kind) Spec {
	switch kind {
	case fields.Constructor1:
		return Spec{
			ID: "constructor good", Kind: kind, Medium: fields.Electronic,
			Name: "样立诚", Sex: "男", Birth: Day("1984-06-15"), Number: "京1112015201600001", Employer: "样例建设集团有限公司",
			Specialties: []fields.Specialty{
				{Name: "建筑工程", Valid: Span("2024-05-14", "2027-05-13")},
				{Name: "市政公用工程", Valid: Span("2025-01-06", "2028-01-05")},
			},
			Usage: Span("2026-03-01", "2026-08-27"), Issuer: SealMinistry, IssueDate: Day("2024-05-14"),
			SpecDates: DateISO, QueryURL: "http://jzsgl.coc.gov.cn",
			QR:    "https://jzsgl.coc.gov.cn/specimen/check?o=U1BFQ0lNRU4tMDAwMQ==",
			Seals: []Seal{{Form: FormCMSRSA, Signer: SignerConstructor, At: dayTime(Day("2026-03-01"), 9, 30)}},
		}
	case fields.Architect1:
		at := dayTime(Day("2026-03-02"), 10, 5)
		return Spec{
			ID: "architect good", Kind: kind, Medium: fields.Electronic,
			Name: "范知筑", Sex: "女", Birth: Day("1979-11-08"), Number: "1126000001", Employer: "样例建筑设计研究院有限公司",
			Valid: Span("2025-07-01", "2027-06-30"), Usage: Span("2026-03-02", "2026-08-28"),
			Issuer: SealCommittee, IssueDate: Day("2025-07-01"), Dates: DateChinese,
			QR: "https://jzsc.mohurd.gov.cn/specimen/arch?o=U1BFQ0lNRU4tMTAwMQ==",
			Seals: []Seal{
				{Form: FormCMSRSA, Signer: SignerCommittee, At: at},
				{Form: FormCMSRSA, Shape: ShapeSquare, Signer: SignerDirector, Text: "范样例印", At: at.Add(time.Minute)},
			},
		}
	case fields.Qualification:
		return Spec{
			ID: "qualification good", Kind: kind, Medium: fields.Electronic,
			Name: "例思远", Sex: "男", Birth: civil.Date{Y: 1990, M: 1}, IDNumber: InventedID(Day("1990-01-01"), 1),
			Number: "202211099110000001", QualName: "一级建造师", Level: "建筑工程", Approved: Day("2022-11-20"),
			Issuer: "中华人民共和国人力资源和社会保障部", Annotation: &fields.Annotation{Scene: "本人调用", Period: Span("2026-03-01", "2026-05-30")},
			Dates: DateChinesePad,
			Seals: []Seal{{Form: FormCMSRSA, Signer: SignerCPTA, At: dayTime(Day("2026-03-01"), 14, 0)}},
		}
	}
	return Spec{}
}

// InventedID returns an identity number (GB 11643) with a right check character and the area code 999999, which no
// place has, so that it can belong to nobody.
func InventedID(birth civil.Date, serial int) string {
	body := fmt.Sprintf("999999%04d%02d%02d%03d", birth.Y, int(birth.M), birth.D, serial%1000)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}
