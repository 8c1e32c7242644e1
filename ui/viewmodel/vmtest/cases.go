package vmtest

import (
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

func day(y, m, d int) civil.Date { return civil.Must(y, m, d) }

// Usage and Specialty are the periods of the invented certificates.
func Usage() fields.Period { return fields.Period{From: day(2026, 1, 10), To: day(2026, 7, 9)} }

// SpecialtyPeriod is the validity of the invented specialty.
func SpecialtyPeriod() fields.Period {
	return fields.Period{From: day(2024, 5, 14), To: day(2027, 5, 13)}
}

func evidence(kind document.InputKind) *verify.Evidence {
	cert := fields.Certificate{
		Kind: fields.Constructor1, Medium: fields.Electronic, Title: "中华人民共和国一级建造师注册证书",
		Name: "张样例", Sex: "男", Birth: day(1985, 3, 15), Number: "京1112026202600001", Employer: "样例建设集团有限公司",
		Specialties: []fields.Specialty{{Name: "建筑工程", Valid: SpecialtyPeriod()}, {Name: "机电工程", Valid: SpecialtyPeriod()}},
		Usage:       Usage(), IssueDate: day(2024, 5, 14), Specimen: true,
		SignatureBox: page.Box{X0: 300, Y0: 560, X1: 400, Y1: 600},
	}
	ev := &verify.Evidence{
		Input:     document.Info{Size: 183_204, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Format: document.FormatPDF, Kind: kind, Pages: 1},
		PageSizes: []document.PageSize{{Width: 595, Height: 842}},
		Fields:    &fields.Result{Source: fields.SourceText, Certificate: cert},
		Codes: []verify.Code{{Code: qr.Code{
			Page: 0, Text: "invented", Format: "QR_CODE",
			Corners: [4]page.Point{{X: 430, Y: 640}, {X: 520, Y: 640}, {X: 520, Y: 730}, {X: 430, Y: 730}},
		}}},
	}
	if kind == document.InputOriginal {
		ev.Seal = &seal.Report{Status: seal.Signed, Overall: seal.Clean, Signatures: []seal.Signature{{
			Field: "Seal1", Integrity: seal.Intact, Signer: "样例行政许可专用章", SealName: "样例行政许可专用章", Trust: seal.Trusted, Page: 0, Counts: true, Box: page.Box{X0: 80, Y0: 650, X1: 190, Y1: 760},
		}}}
	}
	return ev
}

func base(ev *verify.Evidence, q verify.Question) *verify.Report {
	policy := q.Policy
	if policy == "" {
		policy = "standard"
	}
	rep := &verify.Report{
		MediaType: verify.MediaType, Program: "zhengyan 0.1.0", Lang: q.Lang, Input: ev.Input, At: q.At, JudgedOn: civil.Of(q.At),
		Policy: verify.PolicyInfo{Name: policy, Version: "1"}, Rules: verify.RulesInfo{Version: "2026.11"},
		Trust: verify.TrustInfo{Anchors: 3, Digest: "0f3a9c7720b1ddee"}, Human: q.Human, Evidence: ev,
		Question: verify.AskedFor{Specialty: q.Specialty, Employer: q.Employer},
	}
	if ev.Fields != nil {
		rep.Certificate = ev.Fields.Certificate
	}
	return rep
}

func check(id string, st verify.Status, message string) verify.Check {
	return verify.Check{ID: id, Title: titles()[id], Target: rules.TargetCopy, Status: st, Action: verify.Enforce, Message: message}
}

func titles() map[string]string {
	return map[string]string{
		"integrity": "完整性与签章", "trust": "颁发者信任", "seal-name": "印章名称", "usage": "使用时限", "specialty": "注册专业有效期",
		"qr": "二维码与票面", "handwriting": "手写签名", "registry": "注册库快照",
	}
}

func verdict(i verify.Indication, subs ...verify.SubIndication) verify.Verdict {
	return verify.Verdict{Indication: i, SubIndications: subs}
}

// Good is an original file that passes within its period of use and fails after it.
func Good() Case {
	return Case{Evidence: evidence(document.InputOriginal), Judge: judgeGood}
}

func judgeGood(ev *verify.Evidence, q verify.Question) *verify.Report {
	rep := base(ev, q)
	rep.Copy, rep.Registration = verdict(verify.TotalPassed), verdict(verify.TotalPassed)
	rep.Reason = "签章完整且可信，判定日在使用期限内。"
	rep.Next = "打印后在“个人签名”处手写签名。"
	usage := check("usage", verify.Passed, "判定日 "+rep.JudgedOn.String()+" 在 2026-01-10 至 2026-07-09 之内。")
	usage.Rule, usage.Document, usage.Clause = "Y-10", "建办市〔2021〕40号", "二(一)"
	usage.Quote = "超出使用时限的电子证书无效，需重新下载。"
	usage.Evidence = []verify.Fact{{Name: "使用有效期", Value: "2026-01-10 至 2026-07-09", Box: &page.Box{X0: 160, Y0: 330, X1: 400, Y1: 345}}}
	switch {
	case rep.JudgedOn.After(Usage().To):
		usage.Status, usage.Sub, usage.Rule = verify.Failed, rules.UsagePeriodEnded, "Y-11"
		usage.Message, usage.Next = "判定日 "+rep.JudgedOn.String()+" 晚于票面截止日 2026-07-09。", "请持证人重新下载电子证书；无需重新注册。"
		rep.Copy = verdict(verify.TotalFailed, rules.UsagePeriodEnded)
	case rep.JudgedOn.Before(Usage().From):
		usage.Status, usage.Sub, usage.Rule = verify.Inconclusive, rules.UsagePeriodNotBegun, "Y-12"
		usage.Message, usage.Next = "判定日早于使用期限起始日 2026-01-10。", "核对判定日，或索取当时有效的使用件。"
		rep.Copy = verdict(verify.Indeterminate, rules.UsagePeriodNotBegun)
	}
	spec := check("specialty", verify.Passed, "建筑工程、机电工程均在有效期内。")
	spec.Target, spec.Rule, spec.Document, spec.Clause = rules.TargetRegistration, "Y-15", "建办市〔2021〕40号", "一(二)1"
	if rep.JudgedOn.After(SpecialtyPeriod().To) {
		spec.Status, spec.Sub, spec.Message = verify.Failed, rules.SpecialtyExpired, "建筑工程的有效期止于 2027-05-13。"
		spec.Next = "请持证人办理延续注册。"
		rep.Registration = verdict(verify.TotalFailed, rules.SpecialtyExpired)
	}
	hand := check("handwriting", verify.Skipped, "原始电子件没有手写签名，打印后再看。")
	hand.Rule, hand.Document, hand.Clause = "Y-22", "建办市〔2021〕40号", "二(二)"
	reg := check("registry", verify.Skipped, "未装注册库快照。")
	reg.Target = rules.TargetRegistration
	rep.Checks = []verify.Check{
		check("integrity", verify.Passed, "签章覆盖整个文件，之后没有修改。"), check("trust", verify.Passed, "签章证书由信任列表中的机构颁发。"),
		check("seal-name", verify.Passed, "印章与一级建造师相符。"), usage, spec, check("qr", verify.Passed, "二维码指向官方网站。"), hand, reg,
	}
	rep.Usage = &verify.UsageSum{Start: Usage().From, Printed: Usage().To, Expected: Usage().To, Terms: []verify.UsageTerm{
		{Name: "days", Label: "起始日 2026-01-10 + 180 天", Date: day(2026, 7, 9), Clause: "建办市〔2021〕40号 二(一)", Binding: true},
		{Name: "specialty", Label: "注册专业有效期最晚截止日", Date: day(2027, 5, 13), Clause: "建办市〔2021〕40号 二(一)"},
		{Name: "age", Label: "65 周岁当日", Date: day(2050, 3, 15), Clause: "建办市〔2021〕40号 二(一)"},
	}}
	rollUp(rep)
	return rep
}

func rollUp(rep *verify.Report) {
	rep.Indication = rules.Worse(rep.Copy.Indication, rep.Registration.Indication)
	for _, c := range rep.Checks {
		if c.Status == verify.Failed || (c.Status == verify.Inconclusive && rep.Indication == verify.Indeterminate) {
			rep.Reason, rep.Next = c.Message, c.Next
			return
		}
	}
}

// Tampered is a file that was changed after it was sealed.
func Tampered() Case {
	return Case{Evidence: evidence(document.InputOriginal), Judge: func(ev *verify.Evidence, q verify.Question) *verify.Report {
		rep := base(ev, q)
		c := check("integrity", verify.Failed, "文件内容与签章时不同：签章之后有人改过它。")
		c.Sub, c.Next = rules.HashFailure, "不要使用此文件；请持证人从官方系统重新下载。"
		c.Evidence = []verify.Fact{{Name: "签章", Value: "样例行政许可专用章", Box: &page.Box{X0: 80, Y0: 650, X1: 190, Y1: 760}}}
		rep.Checks = []verify.Check{c}
		for _, id := range []string{"trust", "seal-name", "usage", "specialty", "qr", "handwriting"} {
			rep.Checks = append(rep.Checks, check(id, verify.Skipped, "完整性不成立，内容不可作为依据。"))
		}
		rep.Copy, rep.Registration = verdict(verify.TotalFailed, rules.HashFailure), verdict(verify.Indeterminate)
		rollUp(rep)
		return rep
	}}
}

// Scan is a signed and scanned print: its seal cannot be checked, its handwriting awaits a person.
func Scan() Case {
	return Case{Evidence: evidence(document.InputScan), Judge: func(ev *verify.Evidence, q verify.Question) *verify.Report {
		rep := judgeGood(ev, q)
		seal := check("integrity", verify.Inconclusive, "扫描件不带电子签章，无法核验。")
		seal.Sub, seal.Next = rules.InputNotOriginal, "请索取原始电子件（PDF）。"
		hand := check("handwriting", verify.Inconclusive, "签名处有墨迹，是否本人笔迹须由人核对。")
		hand.Sub = rules.HandwritingNotExamined
		switch q.Human["handwriting"].Answer {
		case "agrees":
			hand.Status, hand.Sub, hand.Message = verify.Passed, "", "经人工核对，笔迹一致。"
		case "differs":
			hand.Status, hand.Sub, hand.Message = verify.Failed, rules.HandwritingDiffers, "经人工核对，笔迹不一致。"
		}
		rep.Checks = []verify.Check{seal, hand, rep.Checks[3], rep.Checks[4]}
		rep.Copy = verdict(verify.Indeterminate, rules.InputNotOriginal)
		if hand.Status == verify.Failed {
			rep.Copy = verdict(verify.TotalFailed, rules.HandwritingDiffers)
		}
		rollUp(rep)
		return rep
	}}
}

// Unreadable is a file that could not be read at all.
func Unreadable() Case {
	ev := &verify.Evidence{Input: document.Info{Size: 12, Format: document.FormatUnknown}, Problems: []verify.Problem{{Stage: "document", Code: "damaged"}}}
	return Case{Evidence: ev, Judge: func(ev *verify.Evidence, q verify.Question) *verify.Report {
		rep := base(ev, q)
		c := check("input", verify.Inconclusive, "文件已损坏，打不开。")
		c.Sub = rules.FormatFailure
		rep.Checks = []verify.Check{c}
		rep.Copy, rep.Registration, rep.Indication = verdict(verify.Indeterminate, c.Sub), verdict(verify.Indeterminate), verify.Indeterminate
		rep.Error = &verify.FileError{Code: "damaged", Message: "文件已损坏，打不开。", Next: "请持证人用浏览器自带的下载功能重新保存。"}
		return rep
	}}
}

// Named gives a case another holder, registration number, file hash and PDF identifier; "" keeps what it has.
func Named(c Case, name, number, sha256, id string) Case {
	ev := *c.Evidence
	if ev.Fields != nil {
		f := *ev.Fields
		if name != "" {
			f.Certificate.Name = name
		}
		if number != "" {
			f.Certificate.Number = number
		}
		ev.Fields = &f
	}
	if sha256 != "" {
		ev.Input.SHA256 = sha256
	}
	if id != "" {
		ev.Metadata.IDs = []string{id, id}
	}
	c.Evidence = &ev
	return c
}
