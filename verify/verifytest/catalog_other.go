package verifytest

import (
	"archive/zip"
	"bytes"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// 一级注册建筑师 (DOMAIN §1.2).
func (b *catalog) architects() {
	b.architect("ok", "A sound certificate with the committee's seal and that of its chairman.").
		covers("A-01", "A-04", "A-10", "A-20", "A-30", "Y-42", "A-41").
		at("2026-04-01", Pass, Pass).
		with("--employer|样例建筑设计研究院有限公司", "2026-04-01", Pass, Pass)
	b.architect("last-day", "The period of use ends on the day judged.").covers("A-10", "G-02").at("2026-08-28", Pass, Pass)
	b.architect("usage-ended", "The period of use ended the day before.").at("2026-08-29", Fail, Pass, "A-11")
	b.architect("usage-not-begun", "The copy was made after the day judged.").at("2026-02-20", Unsure, Pass, "A-10")
	b.architect("too-long", "The period of use is one day longer than any reading of 180 days.", window("2026-03-02", "2026-08-30")).
		at("2026-04-01", Unsure, Pass, "A-13")
	b.architect("capped", "The registration ends within 180 days, so the period of use ends with it.",
		window("2026-03-02", "2026-06-30"), func(s *Spec) { s.Valid = Span("2024-07-01", "2026-06-30"); s.IssueDate = Day("2024-07-01") }).
		covers("A-12").at("2026-04-01", Pass, Pass)
	b.architect("beyond-registration", "The period of use runs beyond the registration.",
		func(s *Spec) { s.Valid = Span("2024-07-01", "2026-06-30"); s.IssueDate = Day("2024-07-01") }).
		at("2026-04-01", Unsure, Pass, "A-12").
		at("2026-07-01", Fail, Pass, "A-12")
	b.architect("before-the-start", "An e-certificate that starts before 2021-08-01.",
		window("2021-06-01", "2021-11-28"), func(s *Spec) { s.Valid = Span("2021-01-01", "2022-12-31"); s.IssueDate = Day("2021-01-01") }).
		at("2021-08-15", Unsure, Pass, "A-01")
	b.architect("aged-66", "The holder is 66: the architects' notice knows no age limit.", birth("1959-11-08")).
		vector(15).at("2026-04-01", Pass, Pass)
	b.architect("one-seal", "The chairman's personal seal is missing.", func(s *Spec) { s.Seals = s.Seals[:1] }).
		at("2026-04-01", Pass, Pass, "A-04")
	b.architect("personal-seal-only", "Only the chairman's personal seal is there.", func(s *Spec) { s.Seals = s.Seals[1:] }).
		// A seal that the notice asks for is missing; the other is named by its office alone, so nothing is a wrong seal.
		at("2026-04-01", Unsure, Pass, "A-04")
	b.architect("sm2", "Both seals with SM2 and SM3.", func(s *Spec) { s.Seals[0].Form, s.Seals[1].Form = FormCMSSM2, FormCMSSM2 }).
		at("2026-04-01", Pass, Pass)
	b.architect("ses", "Both seals as electronic seals of GB/T 38540-2020.", func(s *Spec) { s.Seals[0].Form, s.Seals[1].Form = FormSES, FormSES }).
		at("2026-04-01", Pass, Pass)
	b.architect("second-seal-broken", "The chairman's signature value is wrong.", func(s *Spec) { s.Seals[1].Fault = FaultValue }).
		at("2026-04-01", Fail, Unsure, "S-01")
	b.architect("qr-missing", "There is no QR code.", func(s *Spec) { s.QR = "" }).at("2026-04-01", Unsure, Pass, "A-30")
	b.architect("another-employer", "The employer is not the bidder.").
		with("--employer|样例城市规划设计有限公司", "2026-04-01", Unsure, Pass, "Y-42")
	b.architect("registry-cancelled", "The registry says 注销.").row(status("注销", "2026-03-15", "样例")).at("2026-04-01", Pass, Fail, "A-60")
	b.architect("registry-differs", "The registry has another end of the registration.").
		row(func(r *RegistryRow) { r.Valid.To = Day("2026-12-31") }).at("2026-04-01", Pass, Unsure, "A-40")
	b.architect("registry-not-found", "The holder is not in the snapshot.").unknown().at("2026-04-01", Pass, Unsure, "R-01")
	b.architect("registry-newer-copy", "A newer copy was made.").
		row(func(r *RegistryRow) { r.LatestUsageFrom = Day("2026-03-20") }).at("2026-04-01", Pass, Pass, "Y-61")
}

// 职业资格证书 (DOMAIN §1.3).
func (b *catalog) qualifications() {
	b.qualification("ok", "A sound certificate with an annotation of 90 days.").
		covers("C-01", "C-03", "C-05", "C-18", "C-19").at("2026-04-01", Pass, Pass)
	b.qualification("last-day", "The annotation ends on the day judged.").covers("C-05", "G-02").at("2026-05-30", Pass, Pass)
	b.qualification("annotation-ended", "The annotation ended the day before.").at("2026-05-31", Fail, Pass, "C-06")
	b.qualification("annotation-not-begun", "The annotation begins after the day judged.").at("2026-02-20", Unsure, Pass, "C-05")
	b.qualification("plus-90", "The annotation ends 90 days after its start.", annotation("2024-01-01", "2024-03-31")).
		vector(17).covers("C-07").at("2024-02-01", Pass, Pass)
	b.qualification("plus-91", "The annotation is a day longer than any reading of 90 days.", annotation("2024-01-01", "2024-04-01")).
		vector(17).at("2024-02-01", Unsure, Pass, "C-07")
	b.qualification("short-annotation", "The holder chose 30 days.", annotation("2026-03-20", "2026-04-18")).
		covers("C-07").at("2026-04-01", Pass, Pass)
	b.qualification("another-scene", "The scene of use is not 本人调用.", func(s *Spec) { s.Annotation.Scene = "投标使用" }).
		at("2026-04-01", Pass, Pass, "C-09")
	b.qualification("not-annotated", "Made after 2021-12-17 and without an annotation.", func(s *Spec) { s.Annotation = nil }).
		at("2026-04-01", Unsure, Pass, "C-03")
	association := func(s *Spec) {
		s.Issuer, s.QualName, s.Level = SealAssociation, "拍卖师", ""
		seal(FormCMSRSA, SignerAssociation)(s)
	}
	b.qualification("association", "Issued and sealed by an association, with an annotation.", association).
		covers("C-02").at("2026-04-01", Pass, Pass)
	b.qualification("association-2020", "Issued by an association in 2020, without an annotation.", association,
		func(s *Spec) { s.Annotation, s.Approved = nil, Day("2020-06-30") }, sealedOn("2020-09-01")).
		vector(18).covers("C-02", "C-04").at("2024-04-01", Pass, Pass)
	b.qualification("approved-2012-not-found", "Approved in 2012 and not in the snapshot, which holds only part of those years.",
		func(s *Spec) { s.Approved, s.Number = Day("2012-12-02"), "201211099110000931" }).unknown().
		vector(19).at("2026-04-01", Pass, Unsure, "C-11")
	b.qualification("approved-2019-not-found", "Approved in 2019 and not in the snapshot: ask the issuing body.",
		func(s *Spec) { s.Approved, s.Number = Day("2019-11-24"), "201911099110000932" }).unknown().
		at("2026-04-01", Pass, Unsure, "C-12")
	b.qualification("withdrawn", "The registry says 已撤销.").row(status("已撤销", "2026-02-10", "样例")).at("2026-04-01", Pass, Fail, "C-10")
	b.qualification("wrong-paper", "A qualification certificate where a specialty of registration is asked for.").
		with("--specialty|建筑工程", "2026-04-01", Unsure, Pass, "C-17")
	b.qualification("registry-differs", "The registry has another name under the number.").
		row(func(r *RegistryRow) { r.Name = "例不同" }).at("2026-04-01", Pass, Unsure, "R-06")
	b.qualification("rare-name-differs", "The names differ in a rare character only.", func(s *Spec) { s.Name = "样𬭩平" }).
		row(func(r *RegistryRow) { r.Name = "样钅平" }).at("2026-04-01", Pass, Unsure, "C-14")
	b.qualification("id-check-character", "The check character of the identity number is wrong.",
		func(s *Spec) {
			last := s.IDNumber[17]
			s.IDNumber = s.IDNumber[:17] + string('0'+(last-'0'+1)%10)
			if last == 'X' {
				s.IDNumber = s.IDNumber[:17] + "0"
			}
		}).at("2026-04-01", Pass, Pass, "N-03")
	b.qualification("lower-case-x", "The identity number ends in a small x.",
		func(s *Spec) { s.IDNumber, s.Birth = "99999919600229001x", civil.Date{Y: 1960, M: 2} }).at("2026-04-01", Pass, Pass)
	b.qualification("wrong-seal", "Sealed by a trusted office that is neither the ministry's nor the issuer.", seal(FormCMSRSA, SignerProvince)).
		at("2026-04-01", Fail, Pass, "S-09")
	b.qualification("qr-of-another-system", "A QR code to the system for vocational skill levels.",
		func(s *Spec) { s.QR = "https://zscx.osta.org.cn/specimen?id=1001" }).at("2026-04-01", Unsure, Pass, "QR-05")
	b.qualification("sm2", "Sealed with SM2 and SM3.", seal(FormCMSSM2, SignerCPTA)).at("2026-04-01", Pass, Pass)
	b.qualification("edited-in-place", "The end of the annotation was changed inside the sealed bytes.",
		func(s *Spec) { s.After, s.NewText = AfterInPlace, [2]string{"2026年05月30日", "2027年05月30日"} }).
		at("2026-04-01", Fail, Unsure, "S-01")
}

// Prints that were scanned or photographed. A scan carries no live seal, so the copy can never pass on it alone. Nor does
// the text layer that a scanner laid under the picture fail one: only what was read surely off the picture itself does.
func (b *catalog) scans() {
	carrier := func(c Carrier, ink Ink) func(*Spec) {
		return func(s *Spec) { s.Carrier, s.Ink = c, ink }
	}
	layered := func(ink Ink) func(*Spec) {
		return func(s *Spec) { s.Carrier, s.Ink, s.TextLayer = CarrierScanPDF, ink, true }
	}
	b.constructor("scan-unsigned", "A searchable scan of a print; nothing was written at 个人签名.", layered(InkNone)).
		vector(14).at("2026-04-01", Unsure, Unsure, "S-10", "Y-20", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "Y-20")
	b.constructor("scan-signed", "A searchable scan of a print that the holder signed: a person compares the hands.", layered(InkSame)).
		covers("Y-21").at("2026-04-01", Unsure, Unsure, "S-10", "Y-21", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "Y-21")
	b.constructor("scan-other-hand", "A searchable scan of a print that somebody else signed.", layered(InkOther)).
		covers("Y-21").at("2026-04-01", Unsure, Unsure, "S-10", "Y-21", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "Y-21")
	b.constructor("scan-pasted-signature", "The signature image was pasted a second time in place of ink.", layered(InkPasted)).
		covers("Y-23").at("2026-04-01", Unsure, Unsure, "S-10", "Y-21", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "Y-21")
	b.constructor("scan-usage-ended", "A searchable scan whose period of use is over.", layered(InkSame)).
		at("2026-08-28", Unsure, Unsure, "S-10", "Y-11", "Y-21", "F-07", "R-11").ifRead(Fail, Pass, "S-10", "Y-11", "Y-21")
	b.constructor("scan-sign-date", "A searchable scan with a signing date after the period of use.", layered(InkSame),
		func(s *Spec) { s.SignDate = Day("2026-09-15") }).
		at("2026-04-01", Unsure, Unsure, "S-10", "Y-21", "Y-24", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "Y-21", "Y-24")
	// Without text recognition the QR's host still tells the kind, and nothing else is known.
	picture := func(name, about string, f func(*Spec), signature string) {
		unread, read := []string{"S-10", "F-01", "F-07", "R-04", "Y-20"}, []string{"S-10", signature}
		if signature == "" {
			unread, read = unread[:4], read[:1]
		}
		b.constructor(name, about, f).at("2026-04-01", Unsure, Unsure, unread...).ifRead(Unsure, Pass, read...)
	}
	picture("scan-signed-jpeg", "A scan as JPEG, signed by the holder.", carrier(CarrierScanJPEG, InkSame), "Y-21")
	picture("scan-unsigned-jpeg", "A scan as JPEG, not signed.", carrier(CarrierScanJPEG, InkNone), "Y-20")
	picture("scan-200dpi", "A scan of 200 dots an inch as PNG, signed with blue ink by another hand.", func(s *Spec) {
		s.Carrier, s.Ink, s.DPI = CarrierScanPNG, InkOther, 200
	}, "Y-21")
	picture("scan-image-only", "A scan as PDF without a text layer.", func(s *Spec) { s.Carrier, s.Ink = CarrierScanPDF, InkSame }, "Y-21")
	picture("photo", "A photo of the signed print, at a slant.", carrier(CarrierPhoto, InkSame), "Y-21")
	picture("photo-short-mark", "A photo; only a short mark stands at 个人签名.", carrier(CarrierPhoto, InkTwoStroke), "Y-20")
	picture("screenshot", "A screenshot of the file on a phone.", carrier(CarrierScreenshot, InkNone), "")
	b.architect("scan-unsigned", "A searchable scan, not signed: the notice states no consequence.", layered(InkNone)).
		vector(13).covers("A-20").at("2026-04-01", Unsure, Unsure, "S-10", "A-20", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "A-20")
	b.architect("scan-jpeg", "A scan as JPEG.", carrier(CarrierScanJPEG, InkSame)).
		at("2026-04-01", Unsure, Unsure, "S-10", "F-01", "F-07", "R-04", "A-20").ifRead(Unsure, Pass, "S-10", "A-20")
	b.qualification("scan", "A searchable scan: no rule asks for a signature.", layered(InkNone)).
		covers("C-18").at("2026-04-01", Unsure, Unsure, "S-10", "F-07", "R-11").ifRead(Unsure, Pass, "S-10")
	b.qualification("paper", "A paper certificate: still issued, and it never ends.", layered(InkNone), func(s *Spec) {
		s.Medium, s.Annotation, s.Seals, s.Approved = fields.Paper, nil, nil, Day("2019-11-24")
	}).covers("C-16").at("2026-04-01", Unsure, Unsure, "S-10", "F-07", "R-11").ifRead(Unsure, Pass, "S-10")

	paper := func(s *Spec) {
		s.Medium, s.Carrier, s.TextLayer, s.Seals, s.QR, s.NoSignImage = fields.Paper, CarrierScanPDF, true, nil, "", true
		s.Usage = fields.Period{}
		specialty("建筑工程", "2019-06-01", "2022-05-31")(s)
	}
	b.constructor("paper", "A paper certificate with its 13-character number.", paper, number("京111050700941")).
		vector(11).covers("Y-05", "Y-07").
		at("2021-12-31", Unsure, Unsure, "S-10", "F-07", "R-11").ifRead(Unsure, Pass, "S-10").
		at("2022-01-01", Unsure, Unsure, "S-10", "Y-06", "F-07", "R-11").ifRead(Fail, Pass, "S-10", "Y-06")
	b.constructor("paper-issued-later", "A paper certificate issued when none was issued any more.", paper, number("京111050700942"),
		func(s *Spec) { s.IssueDate = Day("2021-11-15") }).
		at("2021-12-01", Unsure, Unsure, "S-10", "Y-06", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "Y-06")
	paperArchitect := func(s *Spec) {
		s.Medium, s.Carrier, s.TextLayer, s.Seals, s.QR, s.NoSignImage = fields.Paper, CarrierScanPDF, true, nil, "", true
		s.Usage, s.Valid, s.IssueDate = fields.Period{}, Span("2020-10-01", "2022-09-30"), Day("2020-10-01")
	}
	b.architect("paper", "A paper certificate.", paperArchitect).
		vector(12).covers("A-02").
		at("2022-06-30", Unsure, Unsure, "S-10", "F-07", "R-11").ifRead(Unsure, Pass, "S-10").
		at("2022-07-01", Unsure, Unsure, "S-10", "A-03", "F-07", "R-11").ifRead(Fail, Pass, "S-10", "A-03")
	b.architect("paper-issued-later", "A paper certificate issued after 2021-08-01.", paperArchitect,
		func(s *Spec) { s.IssueDate = Day("2021-09-01") }).
		at("2022-01-10", Unsure, Unsure, "S-10", "A-02", "F-07", "R-11").ifRead(Unsure, Pass, "S-10", "A-02")
}

// Other papers and other files.
func (b *catalog) others() {
	title := func(k fields.Kind, t string) func(*Spec) {
		return func(s *Spec) { s.Kind, s.Title = k, t }
	}
	b.constructor("second-class", "A 二级建造师 certificate.", title(fields.Constructor2, ""), number("京2112015201600951")).
		unknown().at("2026-04-01", Unsure, Unsure, "K-01")
	b.constructor("temporary", "A certificate of a temporary constructor, which never counts as a regular one.", title(fields.ConstructorTemp, "")).
		unknown().at("2026-04-01", Unsure, Unsure, "K-01")
	b.constructor("safety-certificate", "A 安全生产考核合格证书.", title(fields.OtherCertificate, "建筑施工企业安全生产考核合格证书")).
		unknown().at("2026-04-01", Unsure, Unsure, "K-01")
	b.architect("second-class", "A 二级注册建筑师 certificate.", title(fields.Architect2, "")).
		unknown().at("2026-04-01", Unsure, Unsure, "K-01")
	b.constructor("renamed", "A sound certificate whose file is called .jpg.").at("2026-04-01", Pass, Pass).
		File = "constructor/renamed.jpg"
	b.constructor("two-in-one", "Two certificates in one file: the first is judged, and the other keeps the file from passing.", func(s *Spec) {
		other := Good(fields.Constructor1)
		other.Name, other.Number = "验另人", "京1112015201600961"
		s.Second = &other
	}).at("2026-04-01", Unsure, Pass, "D-04")
	raw := func(name, about string, f func(*Generator, Spec) ([]byte, error), rules ...string) {
		b.constructor(name, about).unknown().at("2026-04-01", Unsure, Unsure, rules...).Raw = f
	}
	raw("letter", "A letter, which is no certificate.", func(g *Generator, s Spec) ([]byte, error) { return g.letter(s) }, "S-04", "K-01")
	raw("empty", "A file of no bytes.", func(*Generator, Spec) ([]byte, error) { return []byte{}, nil }, "D-01")
	raw("damaged", "The first bytes of a certificate whose download broke off.", func(g *Generator, s Spec) ([]byte, error) {
		b, err := g.PDF(s)
		return b[:min(len(b), 900)], err
	}, "D-01")
	ofd := b.constructor("ofd", "An OFD file, which is recognised and said to be out of reach.").unknown()
	ofd.File, ofd.Raw = "constructor/ofd.ofd", func(_ *Generator, s Spec) ([]byte, error) { return ofdFile(s) }
	ofd.at("2026-04-01", Unsure, Unsure, "D-02")
}

// ofdFile is the least of an OFD package (GB/T 33190-2016): one page with one line of text.
func ofdFile(s Spec) ([]byte, error) {
	const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	const ns = ` xmlns:ofd="http://www.ofdspec.org/2016"`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct{ name, body string }{
		{"OFD.xml", head + `<ofd:OFD` + ns + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:Title>样例 SPECIMEN ` + titleOf(s) +
			`</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`},
		{"Doc_0/Document.xml", head + `<ofd:Document` + ns + `><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`},
		{"Doc_0/Pages/Page_0/Content.xml", head + `<ofd:Page` + ns + `><ofd:Content><ofd:Layer ID="2"><ofd:TextObject ID="3" Boundary="20 20 170 10" Font="4" Size="8"><ofd:TextCode X="0" Y="8">样例 SPECIMEN</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`},
	} {
		w, err := z.Create(f.name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(f.body)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
