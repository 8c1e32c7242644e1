package rules_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// The vectors of DOMAIN §7, and further rows of §1, one change to good facts each.
func TestVectors(t *testing.T) {
	type change = func(*rules.Facts)
	y, a, c := fields.Constructor1, fields.Architect1, fields.Qualification
	for _, tt := range []struct {
		name    string
		kind    fields.Kind
		changes []change
		copy    rules.Indication
		rule    string // spoke; with a leading "!" it must not have raised anything
	}{
		{"good constructor", y, nil, pass, "Y-10"},
		{"good architect", a, nil, pass, "A-10"},
		{"good qualification", c, nil, pass, "C-05"},
		{"1 last day", y, []change{usage("2021-08-12 2022-02-08"), specialties("建筑工程 2024-05-13"), on("2022-02-08")}, pass, "Y-10"},
		{"2 day after", y, []change{usage("2021-08-12 2022-02-08"), specialties("建筑工程 2024-05-13"), on("2022-02-09")}, fails, "Y-11"},
		{"3 start+179", y, []change{usage("2024-03-01 2024-08-27"), on("2024-08-27")}, pass, "!Y-13"},
		{"4 start+180", y, []change{usage("2024-03-01 2024-08-28"), on("2024-08-28")}, pass, "!Y-13"},
		{"5 start+181", y, []change{usage("2024-03-01 2024-08-29"), on("2024-04-01")}, unsure, "Y-13"},
		{"6 the specialty that stands", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01"), ask("市政公用工程")}, pass, "Y-15"},
		{"6 the specialty that is over", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01"), ask("建筑工程")}, fails, "Y-15"},
		{"6 by its short name", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01"), ask("建筑")}, fails, "Y-15"},
		{"6 nothing asked", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01")}, pass, "Y-15"},
		{"7 beyond the cap", y, []change{specialties("建筑工程 2024-04-10"), on("2024-03-05")}, unsure, "Y-16"},
		{"8 leap day, last day", y, []change{born("1960-02-29"), usage("2025-01-10 2025-02-28"), on("2025-02-28")}, pass, "Y-18"},
		{"9 leap day, day after", y, []change{born("1960-02-29"), usage("2025-01-10 2025-02-28"), on("2025-03-01")}, fails, "Y-19b"},
		{"9 two days after", y, []change{born("1960-02-29"), usage("2025-01-10 2025-02-28"), on("2025-03-02")}, fails, "Y-19"},
		{"10 the 65th birthday", y, []change{born("1960-06-15"), usage("2025-01-10 2025-06-15"), on("2025-06-15")}, pass, "Y-18"},
		{"10 the day after", y, []change{born("1960-06-15"), usage("2025-01-10 2025-06-15"), on("2025-06-16")}, fails, "Y-19"},
		{"11 paper, last day", y, []change{paper, signedByHand, on("2021-12-31")}, unsure, "Y-05"},
		{"11 paper, first day void", y, []change{paper, signedByHand, on("2022-01-01")}, fails, "Y-06"},
		{"11 paper, first day void, read with doubt", y, []change{paper, readOff(0.9), signedByHand, on("2022-01-01")}, unsure, "Y-06"},
		{"11 paper, its mark read with doubt", y, []change{paper, paperMark(0.9), signedByHand, on("2022-01-01")}, unsure, "Y-06"},
		{"11 paper, no mark of paper seen", y, []change{paper, paperMark(0), signedByHand, on("2022-01-01")}, unsure, "Y-06"},
		{"12 paper architect, no mark of paper seen", a, []change{paper, paperMark(0), on("2022-07-01")}, unsure, "A-03"},
		{"print, usage ended, read surely", y, []change{input(document.InputScan), readOff(0.99), on("2026-12-01")}, fails, "Y-11"},
		{"print, usage ended, read with doubt", y, []change{input(document.InputScan), readOff(0.94), on("2026-12-01")}, unsure, "Y-11"},
		{"print, usage ended, by the scanner's text layer alone", y, []change{input(document.InputScan), on("2026-12-01")}, unsure, "Y-11"},
		{"a specialty's line was not seen", y, []change{input(document.InputScan), readOff(0.99), ask("机电工程")}, unsure, "Y-15"},
		{"text of a page bound into a larger file", y, []change{boundIn}, unsure, "S-10"},
		{"text of a page bound into a larger file, usage ended", y, []change{boundIn, on("2026-12-01")}, fails, "Y-11"},
		{"picture on a page of a larger file, usage ended", y, []change{boundIn, readOff(0.94), on("2026-12-01")}, unsure, "Y-11"},
		{"a text layer on pages of unknown making", y, []change{input(document.InputUnknown), on("2026-12-01")}, unsure, "Y-11"},
		{"a print of which nothing could be read", a, []change{print()}, unsure, "D-06"},
		{"a print whose number could not be read", a, []change{print("name equal", "number not-readable")}, unsure, "D-06"},
		{"a print that says the same", a, []change{print("name equal", "number equal", "birth not-readable")}, pass, "D-06"},
		{"a print whose employer could not be read", a, []change{print("name equal", "number equal", "employer not-readable")}, unsure, "D-06"},
		{"a print whose identity number could not be read", c, []change{print("name equal", "number equal", "idNumber not-readable")}, unsure, "D-06"},
		{"a print with a second sheet", a, []change{print("name equal", "number equal"), func(f *rules.Facts) { f.Print.Pages = true }}, unsure, "D-06"},
		{"a print with another certificate behind it", a, []change{print("name equal", "number equal"), func(f *rules.Facts) { f.Print.Others = 1 }}, unsure, "D-06"},
		{"a print with the original's code", a, []change{print("name equal", "number equal"), func(f *rules.Facts) { f.Print.Codes = slices.Clone(f.Codes) }}, pass, "D-06"},
		{"a print with another code", a, []change{print("name equal", "number equal"), func(f *rules.Facts) {
			f.Print.Codes = slices.Clone(f.Codes)
			f.Print.Codes[0].Text = "https://evil.example/q"
		}}, unsure, "D-06"},
		{"two certificates in a file", y, []change{func(f *rules.Facts) { f.Others = 1 }}, unsure, "D-04"},
		{"a photo of two sheets", a, []change{input(document.InputPhoto), readOff(0.99), func(f *rules.Facts) { f.SecondSheet = true }}, unsure, "F-04"},
		{"a photo of one sheet", a, []change{input(document.InputPhoto), readOff(0.99)}, unsure, "!F-04"},
		{"a sheet that is cut off", a, []change{input(document.InputPhoto), readOff(0.99), func(f *rules.Facts) { f.SheetNotes = []string{"cut-off"} }}, unsure, "F-08"},
		{"a sheet found by hand", a, []change{input(document.InputPhoto), readOff(0.99), func(f *rules.Facts) { f.SheetNotes = []string{"corners-by-hand"} }}, unsure, "!F-08"},
		{"a scanner's text layer alone", a, []change{input(document.InputScan)}, unsure, "R-11"},
		{"the same, the picture read", a, []change{input(document.InputScan), readOff(0.99)}, unsure, "!R-11"},
		{"an electronic original", a, nil, pass, "!R-11"},
		{"text on a page of a longer file", a, []change{input(document.InputUnknown)}, unsure, "!R-11"},
		{"a print that says otherwise", a, []change{print("name equal", "number equal", "valid different")}, unsure, "D-06"},
		{"12 paper architect, last day", a, []change{paper, on("2022-06-30")}, unsure, "A-02"},
		{"12 paper architect, void", a, []change{paper, on("2022-07-01")}, fails, "A-03"},
		{"13 unsigned print of an architect", a, []change{input(document.InputScan), inked(ink.NoInk)}, unsure, "A-20"},
		{"14 unsigned print of a constructor", y, []change{input(document.InputScan), inked(ink.NoInk)}, unsure, "Y-20"},
		{"unsigned, of unknown origin", y, []change{input(document.InputUnknown), readOff(0.99), inked(ink.NoInk)}, unsure, "Y-20"},
		{"of unknown origin, nobody looked at the signature", y, []change{input(document.InputUnknown), readOff(0.99)}, unsure, "Y-20"},
		{"an architect's of unknown origin, nobody looked", a, []change{input(document.InputUnknown), readOff(0.99)}, unsure, "A-20"},
		{"a screenshot is no print", y, []change{input(document.InputScreenshot), readOff(0.99), inked(ink.NoInk)}, unsure, "!Y-20"},
		{"a page of text in a longer file is no print", y, []change{boundIn, inked(ink.NoInk)}, unsure, "!Y-20"},
		{"14 a person confirms", y, []change{input(document.InputScan), inked(ink.NoInk), human("unsigned")}, fails, "Y-20"},
		{"13 a person confirms", a, []change{input(document.InputScan), inked(ink.NoInk), human("unsigned")}, unsure, "A-20"},
		{"handwriting differs", y, []change{input(document.InputScan), inked(ink.Ink), human("differs")}, fails, "Y-21"},
		{"15 architect aged 66", a, []change{born("1958-01-01")}, pass, "!Y-19"},
		{"16 other province in the pilot", y, []change{cert(func(c *fields.Certificate) { c.Number = "闽1352015201600001" }), specialties("建筑工程 2024-05-13"), usage("2021-08-12 2022-02-08"), on("2021-09-01")}, pass, "Y-03"},
		{"16 pilot province", y, []change{specialties("建筑工程 2024-05-13"), usage("2021-08-12 2022-02-08"), on("2021-09-01")}, pass, "Y-02"},
		{"before there were any", y, []change{usage("2021-01-12 2021-07-01"), on("2021-02-02")}, unsure, "Y-01"},
		{"architect before there were any", a, []change{usage("2021-06-12 2021-12-01"), on("2021-09-02"), cert(func(c *fields.Certificate) { c.Valid = span("2020-01-01 2022-01-01") })}, unsure, "A-01"},
		{"17 annotation of 90 days", c, []change{annotation("2024-01-01 2024-03-31"), on("2024-02-01")}, pass, "!C-07"},
		{"17 annotation of 91 days", c, []change{annotation("2024-01-01 2024-04-01"), on("2024-02-01")}, unsure, "C-07"},
		{"annotation over", c, []change{on("2024-05-31")}, fails, "C-06"},
		{"18 association, made in 2020", c, []change{association("2020-06-01"), on("2024-05-01")}, pass, "C-04"},
		{"association, said to be made before its certificate", c, []change{association("2018-06-01"), on("2024-05-01")}, unsure, "C-03"},
		{"a province as the issuer of an old certificate", c, []change{association("2020-06-01"), issuedBy(provinceSeal, "拍卖师"), on("2024-05-01")}, unsure, "C-04"},
		{"an old certificate of the ministry", c, []change{association("2020-06-01"), issuedBy("人力资源和社会保障部", "拍卖师"), on("2024-05-01")}, unsure, "C-04"},
		{"an association's qualification", c, []change{issuedBy("样例行业协会", "拍卖师")}, pass, "C-02"},
		{"a society's qualification", c, []change{issuedBy("样例工程学会", "样例工程师")}, pass, "C-02"},
		{"the ministry's own certificate", c, []change{issuedBy("中华人民共和国人力资源和社会保障部", "一级建造师")}, pass, "C-02"},
		{"a province as the issuer", c, []change{issuedBy(provinceSeal, "拍卖师")}, unsure, "C-02"},
		{"a company as the issuer", c, []change{issuedBy("某某公司", "拍卖师")}, unsure, "C-02"},
		{"a designated body, which no notice names", c, []change{issuedBy("样例考试中心", "拍卖师")}, unsure, "C-02"},
		{"a province's association", c, []change{issuedBy("样例省行业协会", "拍卖师")}, unsure, "C-02"},
		{"an association's seal on what the ministry seals", c, []change{issuedBy("样例行业协会", "经济专业技术")}, unsure, "C-02"},
		{"an association's seal on a constructor's qualification", c, []change{issuedBy("样例行业协会", "一级建造师")}, unsure, "C-02"},
		{"an association's seal on a qualification not read", c, []change{issuedBy("样例行业协会", "")}, unsure, "C-02"},
		{"association, made in 2022", c, []change{association("2022-06-01"), on("2024-05-01")}, unsure, "C-03"},
		{"20 expired before the lapse", y, []change{specialties("建筑工程 2021-05-01"), cert(func(c *fields.Certificate) { c.Number = "闽1352015201600001" }), usage("2021-10-20 2022-04-18"), on("2021-11-01")}, unsure, "Y-50"},
		{"20 lapsed", y, []change{specialties("建筑工程 2021-05-01"), cert(func(c *fields.Certificate) { c.Number = "闽1352015201600001" }), usage("2021-10-20 2022-04-18"), on("2022-01-01")}, fails, "Y-50"},
		{"pilot province, lapse unclear", y, []change{specialties("建筑工程 2021-05-01"), usage("2021-10-20 2022-04-18"), on("2021-11-01")}, unsure, "Y-51"},
		{"not begun", y, []change{on("2024-02-29")}, unsure, "Y-12"},
		{"specialty not on it", y, []change{ask("矿业工程")}, fails, "Y-15"},
		{"employer differs", y, []change{func(f *rules.Facts) { f.Employer = "别家建设有限公司" }}, unsure, "Y-42"},
		{"employer the same but for brackets", y, []change{cert(func(c *fields.Certificate) { c.Employer = "样例（北京）建设" }), func(f *rules.Facts) { f.Employer = "样例(北京)建设" }}, pass, "!Y-42"},
		{"old number", y, []change{cert(func(c *fields.Certificate) { c.Number = "京111050700001" })}, pass, "Y-07"},
		{"class 2 number", y, []change{cert(func(c *fields.Certificate) { c.Number = "京2112015201600001" })}, unsure, "N-02"},
		{"no code", y, []change{func(f *rules.Facts) { f.Codes = nil }}, unsure, "Y-31"},
		{"no code on a qualification", c, nil, pass, "C-19"},
		{"unknown host", y, []change{func(f *rules.Facts) {
			f.Codes[0].Payload = qr.Payload{Kind: qr.PayloadUnknownHost, Host: "evil.example"}
		}}, unsure, "QR-01"},
		{"code of another kind", y, []change{func(f *rules.Facts) { f.Codes[0].Payload.For = []string{"architect-1"} }}, unsure, "QR-05"},
		{"code says another name", y, []change{func(f *rules.Facts) { f.Codes[0].Payload.Fields = map[string]string{"name": "李样例"} }}, fails, "QR-06"},
		{"code says another number", y, []change{coded("number", "京1112015201600002")}, fails, "QR-06"},
		{"code says another number, told by its shape", y, []change{coded("number", "京1112015201600002"), func(f *rules.Facts) { f.Codes[0].Payload.Guessed = []string{"number"} }}, unsure, "QR-06"},
		{"code says a number that is damaged", y, []change{coded("number", "京111201520160000")}, unsure, "QR-06"},
		{"code says the number with the seal's check code", y, []change{coded("number", "京1112015201600001（00）")}, pass, "!QR-06"},
		{"code says the paper's number", y, []change{coded("number", "京111151600001")}, pass, "!QR-06"},
		{"code says a number of another series", y, []change{coded("number", "2018000011000001")}, pass, "!QR-06"},
		{"code masks the number", y, []change{coded("number", "京111201520160****")}, pass, "!QR-06"},
		{"code says another architect's number", a, []change{coded("number", "2011100002")}, fails, "QR-06"},
		{"code masks the name", y, []change{coded("name", "张*例")}, pass, "!QR-06"},
		{"code says more than the name", y, []change{coded("name", "张样例 男")}, pass, "!QR-06"},
		{"code spells the name in letters", y, []change{coded("name", "ZHANG YANGLI")}, pass, "!QR-06"},
		{"code says another name and more", y, []change{coded("name", "李样例 男")}, unsure, "QR-06"},
		{"code shortens the employer", y, []change{coded("employer", "样例建设")}, pass, "!QR-06"},
		{"code says another employer", y, []change{coded("employer", "别家建设有限公司")}, unsure, "QR-06"},
		{"broken", y, []change{sealing(func(s *seal.Signature) { s.Integrity = seal.Broken }, seal.Dirty)}, fails, "S-01"},
		{"changed after", y, []change{sealing(func(s *seal.Signature) { s.Changes, s.Permitted = seal.ChangesContent, false }, seal.Dirty)}, fails, "S-03"},
		{"validation data added", y, []change{sealing(func(s *seal.Signature) { s.Changes = seal.ChangesLTV }, seal.Clean)}, pass, "S-00"},
		{"a timestamp that can be seen", y, []change{afterwards("document timestamp Stamp", seal.ShowsPicture), stamped(nil)}, unsure, "S-13"},
		{"a timestamp in the place of a further seal", y, []change{afterwards("signature Stamp", seal.ShowsNothing), stamped(func(s *seal.Signature) { s.RevisionEnd = 2 })}, unsure, "S-13"},
		{"signed once more by somebody, unseen", y, []change{further("某某公司", seal.ShowsNothing)}, pass, "S-00"},
		{"signed once more by somebody, seen", y, []change{further("某某公司", seal.ShowsPicture)}, unsure, "S-13"},
		{"signed once more by somebody, nobody looked", y, []change{further("某某公司", "")}, unsure, "S-13"},
		{"sealed once more by the ministry", y, []change{further(sealNameFor(y), seal.ShowsText)}, pass, "S-00"},
		{"sealed by the committee and the chairman", a, []change{further("样主任", seal.ShowsPicture)}, pass, "S-00"},
		{"sealed by the chairman and the committee", a, []change{further(sealNameFor(a), seal.ShowsPicture), sealing(func(s *seal.Signature) { s.Signer = "样主任" }, seal.Clean)}, pass, "S-00"},
		{"a chairman who writes", a, []change{further("样主任", seal.ShowsText)}, unsure, "S-13"},
		{"a chairman's seal over the name", a, []change{further("样主任", seal.ShowsPicture), faceAt("name")}, unsure, "S-13"},
		{"a chairman's seal over the date of issue", a, []change{further("样主任", seal.ShowsPicture), faceAt("issueDate")}, pass, "S-00"},
		{"a chairman's seal over the code", a, []change{further("样主任", seal.ShowsPicture), func(f *rules.Facts) {
			f.Codes[0].Corners = [4]page.Point{{X: 90, Y: 90}, {X: 120, Y: 90}, {X: 120, Y: 120}, {X: 90, Y: 120}}
		}}, unsure, "S-13"},
		{"a chairman's seal at no one place", a, []change{further("样主任", seal.ShowsPicture), sealing(func(s *seal.Signature) { s.Changed[0].Box = page.Box{} }, seal.Clean)}, unsure, "S-13"},
		{"a chairman and somebody else", a, []change{further("样主任", seal.ShowsPicture), further("某某公司", seal.ShowsPicture)}, unsure, "S-13"},
		{"a seal of other certificates beside the committee's", a, []change{further(sealNameFor(y), seal.ShowsPicture)}, unsure, "S-13"},
		{"unsupported", y, []change{sealing(func(s *seal.Signature) { s.Integrity = seal.Unsupported }, seal.Dirty)}, unsure, "S-05"},
		{"unsigned", y, []change{func(f *rules.Facts) { f.Seal = &seal.Report{Status: seal.Unsigned, Overall: seal.OverallUnsigned} }}, unsure, "S-04"},
		{"unknown issuer", y, []change{sealing(func(s *seal.Signature) { s.Trust, s.Anchor = seal.UnknownIssuer, "" }, seal.Clean)}, unsure, "S-06"},
		{"no anchors at all", y, []change{sealing(func(s *seal.Signature) { s.Trust, s.Anchor = seal.TrustNotChecked, "" }, seal.Clean)}, unsure, "S-06"},
		{"signer over", y, []change{sealing(func(s *seal.Signature) { s.Chain[0].NotAfter = day("2024-04-01").Start() }, seal.Clean)}, unsure, "S-07"},
		{"signer over, timestamp", y, []change{sealing(func(s *seal.Signature) {
			s.Chain[0].NotAfter, s.Timestamp = day("2024-04-01").Start(), day("2024-03-01").Start()
		}, seal.Clean)}, pass, "!S-07"},
		{"signer revoked before the seal", y, []change{revokedOn("2024-02-20")}, fails, "S-08"},
		{"the authority above the signer revoked", y, []change{revokedOn("2024-02-20"), sealing(func(s *seal.Signature) { s.Revocation.Of = "样例CA" }, seal.Clean)}, unsure, "S-08"},
		{"signer on hold", y, []change{revokedOn("2024-02-20"), sealing(func(s *seal.Signature) { s.Revocation.Reason = "certificateHold" }, seal.Clean)}, unsure, "S-08"},
		{"claims to be sealed before its certificate", y, []change{sealing(func(s *seal.Signature) { s.SignedAt = day("2018-03-01").Start() }, seal.Clean)}, unsure, "S-07"},
		{"claims to be sealed after its certificate", y, []change{sealing(func(s *seal.Signature) {
			s.Chain[0].NotAfter, s.SignedAt = day("2024-04-30").Start(), day("2024-05-01").Start()
		}, seal.Clean)}, unsure, "S-07"},
		{"made on the day", y, []change{madeOn(day("2024-05-01"))}, pass, "!D-07"},
		{"made after the day, by its own word", y, []change{madeOn(day("2024-05-02"))}, unsure, "D-07"},
		{"made after the day, by a timestamp", y, []change{sealing(func(s *seal.Signature) { s.Timestamp = day("2024-05-10").Start() }, seal.Clean)}, unsure, "D-07"},
		{"an association's, judged before it was made", c, []change{association("2020-06-01"), on("2020-05-01")}, unsure, "D-07"},
		{"birth that the identity number contradicts", c, []change{faceProblem(fields.Contradiction, "birth")}, unsure, "F-01"},
		{"sex that the identity number contradicts", c, []change{faceProblem(fields.Contradiction, "sex")}, unsure, "F-01"},
		{"one specialty over, the other not begun", y, []change{func(f *rules.Facts) {
			f.Face.Certificate.Specialties = []fields.Specialty{{Name: "建筑工程", Valid: span("2021-05-14 2024-04-30")}, {Name: "机电工程", Valid: span("2024-05-05 2027-05-04")}}
		}}, unsure, "Y-15"},
		{"signer revoked after the seal's own date", y, []change{revokedOn("2024-04-01")}, unsure, "S-08"},
		{"signer revoked, no date of sealing", y, []change{revokedOn("2024-04-01"), sealing(func(s *seal.Signature) { s.SignedAt = time.Time{} }, seal.Clean)}, unsure, "S-08"},
		{"signer revoked after a trusted timestamp", y, []change{revokedOn("2024-04-01"), sealing(func(s *seal.Signature) { s.Timestamp = day("2024-03-02").Start() }, seal.Clean)}, pass, "!S-08"},
		{"seal made by somebody whose certificate was over", y, []change{sealing(func(s *seal.Signature) {
			s.Trust, s.Problems = seal.Expired, []seal.Problem{{Code: "SEAL_MAKER_OUT_OF_VALIDITY", Detail: "样例制章人 2024-03-01T00:00:00Z"}}
		}, seal.Clean)}, unsure, "S-07"},
		{"trusted by word, without a chain", y, []change{sealing(func(s *seal.Signature) { s.Chain = nil }, seal.Clean)}, unsure, "S-06"},
		{"a timestamp is no seal", y, []change{sealing(func(s *seal.Signature) { s.Kind = "timestamp" }, seal.Clean)}, unsure, "S-04"},
		{"a timestamp by the seal's office is not its seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean), stamped(nil)}, fails, "S-09"},
		{"a broken timestamp beside a seal", y, []change{sealing(func(*seal.Signature) {}, seal.Dirty), stamped(func(s *seal.Signature) { s.Integrity = seal.Broken })}, unsure, "S-14"},
		{"a revoked timestamp authority beside a seal", y, []change{stamped(func(s *seal.Signature) {
			s.Revocation = seal.Revocation{Status: "revoked", RevokedAt: day("2024-01-01").Start()}
		})}, pass, "!S-08"},
		{"an unknown seal beside the right one", y, []change{func(f *rules.Facts) {
			s := sealed("某某公司", day("2024-03-02"))
			s.Trust, s.Anchor = seal.UnknownIssuer, ""
			f.Seal.Signatures = append(f.Seal.Signatures, s)
		}}, unsure, "S-06"},
		{"a trusted seal beside an unknown one of the right name", y, []change{func(f *rules.Facts) {
			f.Seal.Signatures[0].Trust, f.Seal.Signatures[0].Anchor = seal.UnknownIssuer, ""
			f.Seal.Signatures = append(f.Seal.Signatures, sealed(sealNameFor(y), day("2024-03-02")))
		}}, unsure, "S-06"},
		{"architect, the chairman's seal alone", a, []change{sealing(func(s *seal.Signature) { s.Signer = "样主任" }, seal.Clean)}, unsure, "A-04"},
		{"architect, a seal of other certificates", a, []change{sealing(func(s *seal.Signature) { s.Signer = sealNameFor(y) }, seal.Clean)}, fails, "S-09"},
		{"architect, the committee's seal twice", a, []change{func(f *rules.Facts) {
			f.Seal.Signatures = append(f.Seal.Signatures, sealed(sealNameFor(a), day("2024-03-02")))
		}}, pass, "A-04"},
		{"another seal, the issuing body not read", c, []change{sealing(func(s *seal.Signature) { s.Signer = "样例行业协会" }, seal.Clean)}, unsure, "C-02"},
		{"another seal than the issuing body's", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), sealing(func(s *seal.Signature) { s.Signer = "样例行业协会" }, seal.Clean)}, unsure, "C-02"},
		{"a province's seal, the issuing body another", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean)}, fails, "S-09"},
		{"a province's seal, the issuing body not read", c, []change{sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean)}, unsure, "C-02"},
		{"a province's seal of qualifications", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), sealing(func(s *seal.Signature) { s.Signer = "样例省职业资格证书专用章" }, seal.Clean)}, unsure, "C-02"},
		{"the seal of one of two issuing bodies", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会、样例行业协会" }), sealing(func(s *seal.Signature) { s.Signer = "样例行业协会" }, seal.Clean)}, unsure, "C-02"},
		{"a live seal on what reads as paper", y, []change{cert(func(c *fields.Certificate) { c.Medium = fields.Paper })}, unsure, "F-01"},
		{"a live seal on what reads as a paper qualification", c, []change{cert(func(c *fields.Certificate) { c.Medium, c.Annotation = fields.Paper, nil })}, unsure, "C-03"},
		{"an annotation that was not read", c, []change{association("2020-06-01"), faceProblem(fields.BadPeriod, "annotation")}, unsure, "F-01"},
		{"a number not read", y, []change{func(f *rules.Facts) { f.Face.Certificate.Number = "" }}, unsure, "F-01"},
		{"a name not read", c, []change{func(f *rules.Facts) { f.Face.Certificate.Name = "" }}, unsure, "F-01"},
		{"an employer printed over", y, []change{func(f *rules.Facts) { f.Face.Certificate.Employer = "" }, faceProblem(fields.Overprinted, "employer")}, unsure, "F-01"},
		{"birth and identity number exclude each other", y, []change{faceProblem(fields.Contradiction, "birth")}, unsure, "F-01"},
		{"an issue date that is none", y, []change{faceProblem(fields.BadDate, "issueDate")}, pass, "Y-10"},
		{"one of two specialties not read", y, []change{cert(func(c *fields.Certificate) {
			c.Specialties = append(c.Specialties, fields.Specialty{Name: "市政公用工程"})
		})}, unsure, "F-01"},
		{"an architect's validity that does not stand there", a, []change{func(f *rules.Facts) { f.Face.Certificate.Valid = fields.Period{} }, faceProblem(fields.MissingLabel, "valid")}, unsure, "F-01"},
		{"an employer that does not stand there", y, []change{func(f *rules.Facts) { f.Face.Certificate.Employer = "" }, faceProblem(fields.MissingLabel, "employer")}, unsure, "F-01"},
		{"a label on which nothing hangs", y, []change{faceProblem(fields.MissingLabel, "issueDate")}, pass, "Y-10"},
		{"an architect's validity not read", a, []change{cert(func(c *fields.Certificate) { c.Valid = fields.Period{} }), faceProblem(fields.MissingValue, "valid")}, unsure, "F-01"},
		{"an architect's validity backwards", a, []change{cert(func(c *fields.Certificate) { c.Valid = span("2024-04-30 2023-05-01") })}, unsure, "F-01"},
		{"pages not read", y, []change{func(f *rules.Facts) { f.Unread = "timeout" }}, unsure, "F-04"},
		{"use backwards", y, []change{usage("2024-04-20 2024-03-01")}, unsure, "F-01"},
		{"annotation backwards", c, []change{annotation("2024-04-20 2024-03-01")}, unsure, "F-01"},
		{"a specialty backwards", y, []change{cert(func(c *fields.Certificate) { c.Specialties[0].Valid = span("2024-04-20 2024-04-01") })}, unsure, "F-01"},
		{"use to the end of a month only", y, []change{cert(func(c *fields.Certificate) { c.Usage.To = civil.Date{Y: 2024, M: 5} })}, unsure, "F-01"},
		{"a specialty that nobody knows is asked for", y, []change{ask("房屋建造")}, unsure, "Y-15"},
		{"a specialty on the face that nobody knows", y, []change{specialties("建筑工桯 2026-05-13"), ask("建筑工程")}, unsure, "Y-15"},
		{"code says another name than a scan's text layer", y, []change{input(document.InputScan), func(f *rules.Facts) { f.Codes[0].Payload.Fields = map[string]string{"name": "李样例"} }}, unsure, "QR-06"},
		{"code in a guessed character set says another name", y, []change{func(f *rules.Facts) {
			f.Codes[0].Payload.Fields, f.Codes[0].Guessed, f.Codes[0].Charset = map[string]string{"name": "李样例"}, true, "GB18030"
		}}, unsure, "QR-06"},
		{"a second code read in two ways", y, []change{func(f *rules.Facts) { f.QRConflict = true }}, unsure, "QR-07"},
		{"a picture with the code of a class 2 certificate", fields.Constructor2, []change{func(f *rules.Facts) { f.Face.Source = fields.SourceNone }}, unsure, "K-01"},
		{"no kind at all", fields.Kind(""), []change{func(f *rules.Facts) { f.Face.Source = fields.SourceNone }}, unsure, "K-01"},
		{"employer the same but for marks", y, []change{cert(func(c *fields.Certificate) { c.Employer = "样例〔北京〕建设" }), func(f *rules.Facts) { f.Employer = "样例(北京)建设" }}, pass, "!Y-42"},
		{"a decision that is none", y, []change{input(document.InputScan), inked(ink.NoInk), human("perhaps")}, unsure, "Y-20"},
		{"revoked later", y, []change{sealing(func(s *seal.Signature) {
			s.Revocation = seal.Revocation{Status: "revoked", RevokedAt: day("2024-06-01").Start()}
		}, seal.Clean)}, pass, "!S-08"},
		{"list of revocations out of date", y, []change{sealing(func(s *seal.Signature) {
			s.Revocation = seal.Revocation{Status: "good", Next: day("2024-04-01").Start()}
		}, seal.Clean)}, pass, "S-17"},
		{"another seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean)}, fails, "S-09"},
		{"a company's seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = "某某公司合同专用章" }, seal.Clean)}, fails, "S-09"},
		{"a seal of other certificates", y, []change{sealing(func(s *seal.Signature) { s.Signer = sealNameFor(a) }, seal.Clean)}, fails, "S-09"},
		{"the certificate of a company, which may seal for others", y, []change{sealing(func(s *seal.Signature) { s.Signer = "某某公司" }, seal.Clean)}, unsure, "S-09"},
		{"the seal, spelt without the state", y, []change{sealing(func(s *seal.Signature) { s.Signer = "住房和城乡建设部一级建造师行政许可专用章" }, seal.Clean)}, unsure, "S-09"},
		{"the seal, with a number", y, []change{sealing(func(s *seal.Signature) { s.Signer = sealNameFor(y) + "@0001" }, seal.Clean)}, unsure, "S-09"},
		{"the seal in brackets after its body", y, []change{sealing(func(s *seal.Signature) {
			s.Signer = "中华人民共和国住房和城乡建设部（一级建造师行政许可专用章）"
		}, seal.Clean)}, unsure, "S-09"},
		{"a seal that calls itself the right one", y, []change{electronic(provinceSeal, sealNameFor(y))}, unsure, "S-09"},
		{"a seal that calls itself the plain ministry's", y, []change{electronic(provinceSeal, "中华人民共和国住房和城乡建设部")}, unsure, "S-09"},
		{"the seal of a maker who is pinned", y, []change{electronic("样例签章服务", sealNameFor(y)), sealing(func(s *seal.Signature) { s.MakerPinned = true }, seal.Clean)}, pass, "!S-09"},
		{"another seal of a maker who is pinned", y, []change{electronic("样例签章服务", provinceSeal), sealing(func(s *seal.Signature) { s.MakerPinned = true }, seal.Clean)}, fails, "S-09"},
		{"the seal with the certificate of the same name", y, []change{electronic(sealNameFor(y), sealNameFor(y))}, pass, "!S-09"},
		{"the seal with the ministry's certificate", y, []change{electronic("中华人民共和国住房和城乡建设部", sealNameFor(y))}, pass, "!S-09"},
		{"the seal with the certificate of somebody named after the state", y, []change{electronic("中华", sealNameFor(y))}, unsure, "S-09"},
		{"an architect's seal that calls itself the committee's", a, []change{electronic(provinceSeal, sealNameFor(a))}, unsure, "S-09"},
		{"a seal that calls itself the ministry's for qualifications", c, []change{electronic(provinceSeal, sealNameFor(c))}, unsure, "S-09"},
		{"a seal that calls itself the issuing body's", c, []change{
			cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), electronic(provinceSeal, "样例学会"),
		}, unsure, "S-09"},
		{"a seal that calls itself an unknown office's", y, []change{electronic(provinceSeal, "样例印章")}, unsure, "S-09"},
		{"the ministry, spelt without the state", y, []change{sealing(func(s *seal.Signature) { s.Signer = "住房和城乡建设部" }, seal.Clean)}, unsure, "S-09"},
		{"a province's seal beside one that may be right", y, []change{
			sealing(func(s *seal.Signature) { s.Signer = "住房和城乡建设部" }, seal.Clean),
			func(f *rules.Facts) {
				f.Seal.Signatures = append(f.Seal.Signatures, sealed(provinceSeal, day("2024-03-02")))
			},
		}, unsure, "S-09"},
		{"plain ministry seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = "中华人民共和国住房和城乡建设部" }, seal.Clean)}, pass, "Y-08"},
		{"text without a map", y, []change{func(f *rules.Facts) { f.Face.Problems = []fields.Problem{{Code: "unmapped-text"}} }}, unsure, "F-02"},
		{"class 2 certificate", fields.Constructor2, nil, unsure, "K-01"},
		{"qualification where a specialty is asked", c, []change{ask("建筑工程")}, unsure, "C-17"},
		{"architect where a specialty is asked", a, []change{ask("建筑工程")}, unsure, "A-14"},
		{"architect where an employer is asked", a, []change{func(f *rules.Facts) { f.Employer = "样例建设有限公司" }}, pass, "!A-14"},
		{"annotation of another scene", c, []change{cert(func(c *fields.Certificate) { c.Annotation.Scene = "单位调用" })}, pass, "C-09"},
		{"registration of an architect over", a, []change{cert(func(c *fields.Certificate) { c.Valid = span("2022-05-14 2024-04-20") }), usage("2024-03-01 2024-04-20"), on("2024-04-21")}, fails, "A-12"},
		{"use beyond the registration", a, []change{cert(func(c *fields.Certificate) { c.Valid = span("2022-05-14 2024-06-20") })}, unsure, "A-12"},
		{"file unreadable", y, []change{func(f *rules.Facts) { f.FileError, f.Face, f.Seal, f.Codes = "damaged", nil, nil, nil }}, unsure, "D-01"},
		{"a file with a password", y, []change{func(f *rules.Facts) { f.FileError, f.Face, f.Seal, f.Codes = "encrypted", nil, nil, nil }}, unsure, "D-01"},
		{"OFD", y, []change{func(f *rules.Facts) { f.FileError, f.Face, f.Seal, f.Codes = "ofd", nil, nil, nil }}, unsure, "D-02"},
		{"clock behind the snapshot", y, []change{func(f *rules.Facts) { f.GatheredAt = day("2024-01-01").Start() }}, unsure, "G-06"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := good(tt.kind)
			for _, c := range tt.changes {
				c(f)
			}
			j := evaluate(t, book(t), f, "standard")
			if j.copy != tt.copy {
				t.Errorf("want copy %s, got %v", tt.copy, j)
			}
			if id, not := strings.CutPrefix(tt.rule, "!"); not && j.raised(id) || !not && !j.spoke(id) {
				t.Errorf("rule %s: got %v", tt.rule, j)
			}
		})
	}
}

func TestAfterAnIntegrityFailureNothingElseLooksChecked(t *testing.T) {
	f := good(fields.Constructor1)
	sealing(func(s *seal.Signature) { s.Integrity = seal.Broken }, seal.Dirty)(f)
	j := evaluate(t, book(t), f, "standard")
	b := book(t)
	for _, x := range j.found {
		if s := b.StepByID(x.Step); s.Content && x.Status != rules.Skipped {
			t.Errorf("step %s is %s under a broken seal", x.Step, x.Status)
		}
	}
	if j.copy != fails || j.reg != unsure {
		t.Errorf("got %v", j)
	}
}

func TestStrictCountsAdvice(t *testing.T) {
	f := good(fields.Constructor1)
	f.Seal.Signatures[0].Revocation.Status = "not-checked"
	if j := evaluate(t, book(t), f, "standard"); j.copy != pass {
		t.Errorf("standard: %v", j)
	}
	if j := evaluate(t, book(t), f, "strict"); j.copy != unsure {
		t.Errorf("strict: %v", j)
	}
}

// What is said of a page of text in a larger file is not what is said of a picture.
func TestBoundInIsSaid(t *testing.T) {
	b := book(t)
	f := good(fields.Constructor1)
	boundIn(f)
	p, _ := b.Policy("")
	said := map[string]string{}
	for _, x := range b.Evaluate(f, p) {
		if x.Step == "integrity" || x.Rule != nil && x.Rule.ID == "S-10" {
			said[x.Step] = b.Message(&x, "en") + b.Message(&x, "zh")
		}
	}
	if !strings.Contains(said["input"], "bound into another file") || !strings.Contains(said["input"], "并入其他文件") || !strings.Contains(said["integrity"], "no seal of its own") {
		t.Errorf("%q", said)
	}
}

// An undamaged copy helps against damage and little else: each reason has the next step that fits it, and words of its own.
func TestWhatToDoAboutAFileThatCannotBeRead(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		code    document.ErrorCode
		variant string
		next    string // part of the next step
	}{
		{document.ErrDamaged, "", "完好"},
		{document.ErrEmpty, "", "完好"},
		{document.ErrNoPage, "", "完好"},
		{document.ErrEncrypted, "password", "密码"},
		{document.ErrUnsupported, "format", "HEIC"},
		{document.ErrVariant, "coding", "另存为"},
		{document.ErrNotFound, "path", "路径"},
		{document.ErrNotReadable, "rights", "权限"},
		{document.ErrIsFolder, "no-file", "选取"},
		{document.ErrNotAFile, "no-file", "选取"},
		{document.ErrTooLarge, "too-much", "裁剪"},
		{document.ErrTooManyPages, "too-much", "原始PDF"},
		{document.ErrTooManyPixels, "too-much", "缩小"},
		{document.ErrTooComplex, "too-much", "缩小"},
		{document.ErrZIPNested, "nested", "解压"},
		{document.ErrZIPEncrypted, "archive-password", "解压"},
		{document.ErrZIPBomb, "archive", "解压"},
		{document.ErrZIPEntries, "archive", "分批"},
		{document.ErrFolderTooDeep, "archive", "文件夹"},
		{document.ErrFolderTooLarge, "archive", "文件夹"},
		{document.ErrTimeout, "again", "再试"},
		{document.ErrCanceled, "again", "再试"},
		{document.ErrClosed, "again", "再试"},
		{document.ErrEngine, "program", "重新启动"},
		{"internal", "program", "重新启动"},
	} {
		f := good(fields.Constructor1)
		f.FileError, f.Face, f.Seal, f.Codes = string(tt.code), nil, nil, nil
		j := evaluate(t, b, f, "standard")
		var said []*rules.Rule
		for _, c := range j.found {
			if c.Rule != nil && c.Rule.Step == "input" {
				said = append(said, c.Rule)
			}
		}
		if len(said) != 1 || said[0].ID != "D-01" || said[0].Variant != tt.variant || !strings.Contains(said[0].Next.ZH, tt.next) || said[0].Next.EN == "" || j.copy != unsure {
			t.Errorf("%s: %+v", tt.code, said)
		}
		if w, ok := b.Words["file-"+string(tt.code)]; !ok || w.ZH == "" || w.EN == "" {
			t.Errorf("%s has no words", tt.code)
		}
	}
}

// Unread pages are named, so that a person can turn to them; not more than a message has room for.
func TestUnreadPagesAreNamed(t *testing.T) {
	b := book(t)
	many := make([]string, 0, 12)
	for i := range 12 {
		many = append(many, strconv.Itoa(10*i+1))
	}
	for _, tt := range []struct {
		pages  []string
		more   bool
		zh, en string // how the message begins
	}{
		{nil, true, "有页面没有读完", "Some pages were not read"},
		{[]string{"101", "201–204"}, false, "第 101、201–204 页没有读完", "Not read: page(s) 101, 201–204;"},
		{[]string{"101"}, true, "第 101 页等没有读完", "Not read: page(s) 101, …;"},
		{many, false, "第 1、11、21、31、41、51、61、71、81、91 页等没有读完", "Not read: page(s) 1, 11, 21, 31, 41, 51, 61, 71, 81, 91, …;"},
	} {
		f := good(fields.Constructor1)
		f.Unread, f.UnreadPages, f.UnreadMore = "pages-not-read", tt.pages, tt.more
		var zh, en []string
		for _, x := range evaluate(t, b, f, "standard").found {
			if x.Rule != nil && x.Rule.ID == "F-04" {
				zh, en = append(zh, b.Message(&x, "zh")), append(en, b.Message(&x, "en"))
			}
		}
		if len(zh) != 1 || !strings.HasPrefix(zh[0], tt.zh) || !strings.HasPrefix(en[0], tt.en) {
			t.Errorf("%v: %q, %q", tt.pages, zh, en)
		}
	}
}
