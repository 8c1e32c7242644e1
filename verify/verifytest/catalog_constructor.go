package verifytest

import "zhengyan/verify/fields"

// Periods of use, specialties and age of 一级建造师 (DOMAIN §1.1, Y-01 … Y-19b, Y-50 … Y-54).
func (b *catalog) constructorPeriods() {
	b.constructor("ok", "A sound certificate with two specialties.").
		covers("Y-04", "Y-10", "Y-14", "Y-15", "Y-19", "Y-22", "Y-30", "Y-42", "Y-08", "G-01").
		at("2026-04-01", Pass, Pass).
		with("--specialty|市政公用工程", "2026-04-01", Pass, Pass).
		with("--specialty|市政", "2026-04-01", Pass, Pass).
		with("--employer|样例建设集团有限公司", "2026-04-01", Pass, Pass)
	b.constructor("first-day", "The period of use begins on the day judged.").covers("Y-10").
		at("2026-03-01", Pass, Pass)
	b.constructor("last-day", "The period of use ends on the day judged, which counts until 24:00.").covers("G-02", "Y-10").
		at("2026-08-27", Pass, Pass)
	b.constructor("usage-ended", "The period of use ended the day before.").
		at("2026-08-28", Fail, Pass, "Y-11").
		with("--policy|audit", "2026-08-28", Pass, Unsure, "Y-11").overall(Pass)
	b.constructor("usage-not-begun", "The copy was made after the day judged.").
		at("2026-02-20", Unsure, Pass, "Y-12")
	b.constructor("window-of-2021", "The certificate of the often quoted reply: it ends 2022-02-08, 180 days after its first day.",
		specialty("建筑工程", "2021-05-14", "2024-05-13"), window("2021-08-12", "2022-02-08")).
		vector(1, 2).covers("Y-02", "G-02", "G-03", "G-04").
		at("2022-02-08", Pass, Pass).
		at("2022-02-09", Fail, Pass, "Y-11")
	b.constructor("plus-179", "The end is 179 days after the start: the first day is counted.", early("2024-03-01", "2024-08-27")).
		vector(3).covers("Y-13").at("2024-08-27", Pass, Pass)
	b.constructor("plus-180", "The end is 180 days after the start: the first day is not counted.", early("2024-03-01", "2024-08-28")).
		vector(4).covers("Y-13", "G-04").at("2024-08-28", Pass, Pass)
	b.constructor("plus-181", "The period of use is one day longer than any reading of 180 days.", early("2024-03-01", "2024-08-29")).
		vector(5).at("2024-04-01", Unsure, Pass, "Y-13")
	b.constructor("one-year", "The period of use is a year, which no notice allows.", window("2026-03-01", "2027-02-28")).
		at("2026-04-01", Unsure, Pass, "Y-13")
	b.constructor("shorter", "The holder chose 90 days.", window("2026-03-01", "2026-05-30")).
		covers("Y-13").at("2026-04-01", Pass, Pass)
	b.constructor("capped-by-specialty", "The only specialty ends within 180 days, so the period of use ends with it.",
		specialty("建筑工程", "2023-07-01", "2026-06-30"), window("2026-03-01", "2026-06-30")).
		covers("Y-14").at("2026-04-01", Pass, Pass)
	b.constructor("capped-by-earliest", "Two specialties; the period of use ends with the earlier one.",
		specialty("建筑工程", "2023-07-01", "2026-06-30", "机电工程", "2024-07-01", "2027-06-30"), window("2026-03-01", "2026-06-30")).
		covers("Y-14").at("2026-04-01", Pass, Pass)
	b.constructor("one-specialty-over", "Two specialties, one of which ended while the period of use is open.",
		specialty("建筑工程", "2021-04-11", "2024-04-10", "市政公用工程", "2023-01-02", "2026-01-01"), window("2024-03-01", "2024-08-28")).
		vector(6).
		at("2024-05-01", Pass, Pass, "Y-15").
		with("--specialty|市政公用工程", "2024-05-01", Pass, Pass).
		with("--specialty|建筑工程", "2024-05-01", Fail, Pass, "Y-15")
	b.constructor("beyond-specialty", "The period of use runs beyond the only specialty.",
		specialty("建筑工程", "2021-04-11", "2024-04-10"), window("2024-03-01", "2024-08-28")).
		vector(7).at("2024-03-05", Unsure, Pass, "Y-16")
	b.constructor("specialty-absent", "The specialty that the bid needs is not on the certificate.").
		with("--specialty|机电工程", "2026-04-01", Fail, Pass, "Y-15")
	b.constructor("specialty-not-begun", "The specialty begins after the day judged.",
		specialty("水利水电工程", "2026-05-01", "2029-04-30"), func(s *Spec) { s.IssueDate = Day("2026-03-01") }).
		at("2026-04-01", Unsure, Pass, "Y-15")
	b.constructor("born-on-29-february", "65 years after 29 February are 28 February, where the period of use ends.",
		birth("1960-02-29"), specialty("建筑工程", "2022-03-01", "2025-02-28"), window("2025-01-10", "2025-02-28")).
		vector(8, 9).covers("Y-17", "Y-18").
		at("2025-02-28", Pass, Pass).
		at("2025-03-01", Fail, Pass, "Y-11", "Y-15", "Y-19b")
	b.constructor("leap-day-open-window", "Born on 29 February, and the period of use was not capped at the 65th birthday.",
		birth("1960-02-29"), specialty("建筑工程", "2023-03-01", "2026-02-28"), window("2025-01-10", "2025-07-09")).
		covers("Y-16").at("2025-03-01", Unsure, Pass, "Y-16", "Y-19b")
	b.constructor("sixty-fifth-birthday", "The period of use ends on the 65th birthday, which is still inside.",
		birth("1960-06-15"), specialty("建筑工程", "2023-06-16", "2026-06-15"), window("2025-01-20", "2025-06-15")).
		vector(10).covers("Y-17", "Y-18").
		at("2025-06-15", Pass, Pass).
		at("2025-06-16", Fail, Pass, "Y-11", "Y-19")
	b.constructor("beyond-birthday", "The period of use runs beyond the 65th birthday.",
		birth("1960-06-15"), specialty("建筑工程", "2023-06-16", "2026-06-15"), window("2025-05-01", "2025-10-28")).
		at("2025-05-20", Unsure, Pass, "Y-16").
		at("2025-06-16", Fail, Pass, "Y-16", "Y-19")
	b.constructor("before-the-pilot", "An e-certificate that starts before any existed.",
		specialty("建筑工程", "2020-05-14", "2023-05-13"), window("2021-01-10", "2021-07-09")).
		at("2021-03-01", Unsure, Pass, "Y-01")
	b.constructor("pilot-province", "An e-certificate of a pilot province in the pilot.",
		number("浙1332015201600888"), specialty("建筑工程", "2020-05-14", "2023-05-13"), window("2021-03-01", "2021-08-28")).
		covers("Y-02").at("2021-04-01", Pass, Pass)
	b.constructor("pilot-elsewhere", "An e-certificate of another province in the pilot: usable, to be told.",
		number("闽1352015201600889"), specialty("建筑工程", "2021-05-14", "2024-05-13"), window("2021-08-12", "2022-02-08")).
		vector(16).at("2021-09-01", Pass, Pass, "Y-03")
	b.constructor("lapsed-in-2022", "A specialty that ended in May 2021 lapsed on 2022-01-01 unless renewed.",
		number("苏1322015201600890"), specialty("建筑工程", "2018-05-02", "2021-05-01", "机电工程", "2020-06-01", "2023-05-31"), window("2021-10-20", "2022-04-18")).
		vector(20).
		with("--specialty|建筑工程", "2021-11-01", Unsure, Pass, "Y-50").
		with("--specialty|建筑工程", "2022-01-01", Fail, Pass, "Y-50")
	b.constructor("lapsed-in-the-pilot", "The same in a pilot province, where the day was 2021-07-01.",
		specialty("建筑工程", "2018-05-02", "2021-05-01", "机电工程", "2020-06-01", "2023-05-31"), window("2021-06-10", "2021-12-07")).
		with("--specialty|建筑工程", "2021-08-01", Unsure, Pass, "Y-51")
	b.constructor("renewed-until-sixty-five", "A renewed specialty that ends on the 65th birthday.",
		birth("1962-01-15"), specialty("建筑工程", "2025-03-01", "2027-01-15")).covers("Y-53").
		at("2026-04-01", Pass, Pass)
}

// Numbers, employer and name of 一级建造师.
func (b *catalog) constructorPerson() {
	b.constructor("moved-province", "Registered first in 北京, now in 上海: the leading character differs from the digits.",
		number("沪1112015201600891")).covers("N-01").at("2026-04-01", Pass, Pass)
	b.constructor("old-number", "An e-certificate with the 13-character number of the paper certificate.",
		number("京111050700892")).at("2026-04-01", Pass, Pass, "Y-07")
	b.constructor("odd-number", "The number has one digit too few.",
		number("京111201520160893")).at("2026-04-01", Pass, Pass, "N-01")
	b.constructor("level-contradicts", "The number says class 2, the title class 1.",
		number("京2112015201600894")).at("2026-04-01", Unsure, Pass, "N-02")
	b.constructor("another-employer", "The employer is not the bidder.").
		with("--employer|样例路桥工程有限公司", "2026-04-01", Unsure, Pass, "Y-42")
	b.constructor("employer-on-two-lines", "The employer's name needs two lines.", func(s *Spec) {
		s.Employer = "样例（海南）国际工程建设集团股份有限公司第一建筑工程分公司"
	}).covers("Y-42").at("2026-04-01", Pass, Pass).
		with("--employer|样例(海南)国际工程建设集团股份有限公司第一建筑工程分公司", "2026-04-01", Pass, Pass)
	b.constructor("rare-name", "A name with a character beyond the basic plane.", func(s *Spec) { s.Name = "样𬭩" }).
		covers("C-14").at("2026-04-01", Pass, Pass)
	b.constructor("rare-name-bmp", "A name with a rare character of extension A.", func(s *Spec) { s.Name = "例䶮" }).
		at("2026-04-01", Pass, Pass)
	b.constructor("dotted-name", "A name with a middle dot; the registry writes another kind of dot.",
		func(s *Spec) { s.Name = "样例木·范买提" }).
		row(func(r *RegistryRow) { r.Name = "样例木•范买提" }).at("2026-04-01", Pass, Pass)
	b.constructor("five-specialties", "Five specialties with long names; the bid asks for one by its short form.",
		specialty("港口与航道工程", "2024-05-14", "2027-05-13", "通信与广电工程", "2024-05-14", "2027-05-13", "民航机场工程", "2024-05-14", "2027-05-13",
			"水利水电工程", "2024-05-14", "2027-05-13", "矿业工程", "2024-05-14", "2027-05-13")).
		with("--specialty|港航", "2026-04-01", Pass, Pass)
}

// How things are printed: dates, dashes, labels, fonts, QR codes, places.
func (b *catalog) constructorPrint() {
	form := func(name, about string, f func(*Spec)) {
		b.constructor("print-"+name, about, f).covers("Y-10").at("2026-04-01", Pass, Pass)
	}
	form("iso-zhi", "Dates like 2026-03-01, joined by 至.", func(s *Spec) { s.Dates, s.Dash = DateISO, "至" })
	form("dots", "Dates like 2026.3.1, joined by a hyphen.", func(s *Spec) { s.Dates, s.SpecDates = DateDots, DateDots })
	form("padded-em-dash", "Dates like 2026年03月01日, joined by an em dash.", func(s *Spec) { s.Dates, s.Dash = DateChinesePad, "—" })
	form("wide-tilde", "Full-width digits, joined by a wave.", func(s *Spec) { s.Dates, s.Dash = DateWide, "～" })
	form("plain-iso", "Specialties' dates like 2024-5-14 without padding.", func(s *Spec) { s.SpecDates, s.Dash = DateISOPlain, "－" })
	form("spread-labels", "Labels are spread over a fixed width, character by character.", func(s *Spec) { s.LabelStyle = 1 })
	form("spaced-labels", "Labels have full-width spaces inside.", func(s *Spec) { s.LabelStyle = 2 })
	form("simsun", "The font is not embedded; Unicode follows from the predefined CMap.", func(s *Spec) { s.Font = FontSimSun })
	form("ecert-id", "The page names its e-certificate identifier (GB/T 36904).", func(s *Spec) {
		s.EcertID = "1.2.156.3005.2.11100000000013338W999.11100000000013338W.202600001.001." + ecertCheck("11100000000013338W999"+"11100000000013338W"+"202600001"+"001")
	})
	form("cover-page", "The certificate stands on the second page.", func(s *Spec) { s.CoverPage = true })

	b.constructor("no-tounicode", "The font has no ToUnicode map, so the text can be seen but not read.",
		func(s *Spec) { s.Font = FontNoToUnicode }).unknown().at("2026-04-01", Unsure, Unsure, "F-01", "F-02", "R-04")
	b.constructor("usage-blank", "The period of use is labelled and blank.", func(s *Spec) { s.HideUsage = true }).
		at("2026-04-01", Unsure, Pass, "F-01")
	b.constructor("usage-impossible-day", "The period of use ends on a day that no calendar has.",
		func(s *Spec) { s.UsageRaw = "2026年3月1日-2026年8月32日" }).at("2026-04-01", Unsure, Pass, "F-01")

	qr := func(name, about, payload string, v Verdict, rules ...string) {
		b.constructor("qr-"+name, about, func(s *Spec) { s.QR = payload }).at("2026-04-01", v, Pass, rules...)
	}
	qr("missing", "There is no QR code.", "", Unsure, "Y-31")
	b.constructor("qr-damaged", "The QR code cannot be read.", func(s *Spec) { s.QRDamaged = true }).at("2026-04-01", Unsure, Pass, "Y-31")
	qr("unknown-host", "The QR code leads to a host that nobody knows.", "https://www.specimen-zhengshu.example/c?id=1001", Unsure, "QR-01")
	qr("look-alike", "The QR code leads to a host that looks like the official one.", "https://jzsgl.coc-gov.cn/specimen/check?o=U1BFQ0lNRU4=", Unsure, "QR-01")
	qr("other-kind", "The QR code leads to the host of another kind of certificate.", "https://jzsc.mohurd.gov.cn/specimen/arch?o=U1BFQ0lNRU4=", Unsure, "QR-05")
	qr("plain-http", "The QR code uses http without encryption, as old prints do.", "http://jzsgl.coc.gov.cn/specimen/check?o=U1BFQ0lNRU4=", Pass, "QR-02")
	qr("opaque", "The QR code carries text that is no address.", "SPECIMEN:9F86D081884C7D659A2FEAA0C55AD015", Pass)
	b.constructor("qr-fields-agree", "The QR code spells the name and number, which agree.", func(s *Spec) {
		s.QR = "姓名:" + s.Name + "|注册编号:" + s.Number + "|聘用企业:" + s.Employer
	}).at("2026-04-01", Pass, Pass)
	b.constructor("qr-fields-differ", "The QR code spells another name than the page.", func(s *Spec) {
		s.QR = "姓名:例不同|注册编号:" + s.Number + "|聘用企业:" + s.Employer
	}).at("2026-04-01", Fail, Pass, "QR-06")
	b.constructor("qr-identifier-check", "The QR code is an e-certificate identifier with a wrong check digit.", func(s *Spec) {
		body := "11100000000013338W99911100000000013338W202600002001"
		wrong := "A"
		if ecertCheck(body) == wrong {
			wrong = "B"
		}
		s.QR = "1.2.156.3005.2.11100000000013338W999.11100000000013338W.202600002.001." + wrong
	}).at("2026-04-01", Pass, Pass, "QR-04")
}

// What the registry snapshot says of 一级建造师.
func (b *catalog) constructorRegistry() {
	for _, w := range []struct{ file, word, reason string }{
		{"cancelled", "注销", "聘用企业破产（样例）"},
		{"licence-revoked", "吊销", "样例"},
		{"annulled", "撤销", "以不正当手段取得（样例）"},
		{"lapsed", "失效", "样例"},
		{"suspended", "暂扣", "样例"},
	} {
		b.constructor("registry-"+w.file, "The registry says "+w.word+" since 2026-03-15.").
			row(status(w.word, "2026-03-15", w.reason)).at("2026-04-01", Pass, Fail, "Y-60")
	}
	b.constructor("registry-cancelled-later", "The registration was cancelled after the day judged.").
		row(status("注销", "2026-05-20", "样例")).covers("Y-60").
		at("2026-04-01", Pass, Pass).
		at("2026-05-20", Pass, Fail, "Y-60")
	b.constructor("registry-pending", "An application is pending.").row(status("办理转出", "2026-03-20", "样例")).
		at("2026-04-01", Pass, Unsure, "Y-54")
	b.constructor("registry-word-unknown", "The registry has a status word that the rules do not know.").row(status("其他", "2026-03-20", "样例")).
		at("2026-04-01", Pass, Unsure, "R-05")
	b.constructor("registry-not-found", "The holder is not in the snapshot, which is not the same as not registered.").unknown().
		at("2026-04-01", Pass, Unsure, "R-01")
	b.constructor("registry-employer-differs", "The registry has another employer.").
		row(func(r *RegistryRow) { r.Employer = "样例路桥工程有限公司" }).at("2026-04-01", Pass, Unsure, "Y-40")
	b.constructor("registry-expiry-differs", "The registry has another end of a specialty.").
		row(func(r *RegistryRow) {
			r.Specialties = append([]fields.Specialty(nil), r.Specialties...)
			r.Specialties[0].Valid.To = Day("2026-02-13")
		}).at("2026-04-01", Pass, Unsure, "Y-40")
	b.constructor("registry-name-differs", "The registry has another person under the number.").
		row(func(r *RegistryRow) { r.Name = "例不同" }).at("2026-04-01", Pass, Unsure, "Y-40")
	b.constructor("registry-newer-copy", "A newer copy of the certificate was made.").
		row(func(r *RegistryRow) { r.LatestUsageFrom = Day("2026-03-20") }).at("2026-04-01", Pass, Pass, "Y-61")
	b.constructor("registry-stale", "The snapshot is four months old on the day judged.", window("2026-08-01", "2027-01-28")).
		at("2026-10-01", Pass, Unsure, "R-02")
	b.constructor("registry-ageing", "The snapshot is three and a half months old: still usable, to be told.", window("2026-08-01", "2027-01-28")).
		at("2026-09-15", Pass, Pass, "R-03")
	b.constructor("registry-none", "No snapshot is loaded.").at("2026-04-01", Pass, Unsure, "G-05").noSnapshot()
}

// ecertCheck is the check character of GB/T 36904: ISO/IEC 7064 MOD 37,36 over type, issuer, serial and version.
func ecertCheck(s string) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	value := func(c byte) int {
		if c >= 'A' {
			return int(c-'A') + 10
		}
		return int(c - '0')
	}
	p := 36
	for i := range len(s) {
		if p = (p + value(s[i])) % 36; p == 0 {
			p = 36
		}
		p = 2 * p % 37
	}
	k := (37 - p) % 36
	return alphabet[k : k+1]
}
