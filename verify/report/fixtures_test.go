package report

import (
	"encoding/json"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goregular"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

const disclaimer = "评标委员会决定最终评审结果；本结果仅供辅助审查"

// hostileName tries to break out of a page, a table, a terminal and the direction of writing.
const hostileName = "=cmd|' /C calc'!A1<script>alert(1)</script>\"&\x1b[2J\u202egnp.fdp\u2066\r\n.pdf"

// passed is a full report, of which the others are changed in one respect.
func passed() *verify.Report {
	at := time.Date(2026, 4, 1, 23, 59, 59, 0, civil.Shanghai())
	info := document.Info{
		Name: "批次一/样例.pdf", Size: 151125, SHA256: "78047a9dc9daab5e97e6cfe0abe88d7aba2873f5696ef8daba9afde8d9595145",
		Format: document.FormatPDF, Kind: document.InputOriginal, KindReason: document.ReasonTextLayer, Pages: 1,
	}
	box := page.Box{X0: 100, Y0: 200, X1: 180, Y1: 220}
	snapshot := rules.SnapshotInfo{ID: "20260331-af6c", Generation: 3, AsOf: at.AddDate(0, 0, -1), Rows: 173, Source: "样例"}
	return &verify.Report{
		MediaType: verify.MediaType, Program: "Zhengyan test", Lang: "zh", Input: info, At: at, JudgedOn: civil.Must(2026, 4, 1),
		Policy:   verify.PolicyInfo{Name: "standard", Version: "2026-11-21"},
		Rules:    verify.RulesInfo{Version: "2026-11-21", SHA256: "1ea550090e94fa91447f740b4041b05d94a5204fa923eb6b90fee0112725412b"},
		Trust:    verify.TrustInfo{Anchors: 4, Digest: "70c27585951673aeb61db40bddec387c2915de4a9e4607e9dabc29b19df88237"},
		Snapshot: &verify.SnapshotState{SnapshotInfo: snapshot, AgeDays: 1, Freshness: verify.Fresh},
		Certificate: fields.Certificate{
			Kind: fields.Constructor1, Title: "中华人民共和国一级建造师注册证书", Name: "样𬭩", Number: "京1112015201600132",
			Employer: "样例建设集团有限公司", Usage: fields.Period{From: civil.Must(2026, 3, 1), To: civil.Must(2026, 8, 27)}, IssueDate: civil.Must(2024, 5, 14),
			Specialties: []fields.Specialty{{Name: "建筑工程", Valid: fields.Period{From: civil.Must(2024, 5, 14), To: civil.Must(2027, 5, 13)}}},
		},
		Copy:         verify.Verdict{Indication: verify.TotalPassed, SubIndications: []verify.SubIndication{}},
		Registration: verify.Verdict{Indication: verify.TotalPassed, SubIndications: []verify.SubIndication{}},
		Indication:   verify.TotalPassed, Reason: "没有发现问题：签章可信，在使用时限内，与注册库一致。",
		Checks: []verify.Check{
			{
				ID: "integrity", Title: "完整性", Target: "copy", Status: verify.Passed, Action: verify.Enforce, Rule: "S-00", Document: "ETSI EN 319 102-1",
				Clause: "5.2.7", Message: "1 个签章完整。", Evidence: []verify.Fact{{Name: "signer", Value: "样例专用章", Box: &box}},
			},
			{
				ID: "usage", Title: "使用时限", Target: "copy", Status: verify.Passed, Action: verify.Enforce, Rule: "Y-10", Document: "建办市〔2021〕40号",
				Clause: "二(一)", Quote: "电子证书使用时限为180天。", Message: "在使用时限内。",
			},
			{ID: "employer", Title: "聘用单位", Target: "registration", Status: verify.Skipped, Action: verify.Advise, Message: "没有填写投标人名称。"},
		},
		Usage: &verify.UsageSum{Start: civil.Must(2026, 3, 1), Printed: civil.Must(2026, 8, 27), Expected: civil.Must(2026, 8, 27), Terms: []verify.UsageTerm{
			{Name: "days", Label: "起算日＋使用时限", Date: civil.Must(2026, 8, 27), Clause: "二(一)", Binding: true},
			{Name: "specialty", Label: "注册专业有效期截止日", Date: civil.Must(2027, 5, 13), Clause: "二(一)"},
		}},
		Human:    map[string]verify.HumanDecision{"handwriting": {Answer: "agrees", Who: "评委甲", When: at, Note: "看过"}},
		Question: verify.AskedFor{Specialty: "建筑工程"},
		Evidence: &verify.Evidence{
			Input: info, PageSizes: []document.PageSize{{Width: 595, Height: 842}}, GatheredAt: at,
			Fields: &fields.Result{Source: fields.SourceText, Fields: []fields.Field{{Name: "name", Value: "样𬭩", Box: box, Confidence: 1}}}, Seal: &seal.Report{Signatures: []seal.Signature{{Field: "Seal1"}}},
			Codes: []verify.Code{{Code: qr.Code{}, Payload: qr.Payload{}}}, Ink: &ink.Result{},
			Registry: &verify.RegistryLookup{Snapshot: snapshot, Answer: verify.RegistryAnswer{}},
			Problems: []verify.Problem{{Stage: "qr", Code: "none"}}, Failure: &verify.Problem{}, Timings: map[string]float64{"document": 12.5},
		},
		Timings: map[string]float64{"document": 12.5}, Disclaimer: disclaimer,
	}
}

func failed() *verify.Report {
	r := passed()
	r.Input.Name = hostileName
	r.Certificate.Name, r.Certificate.Employer = "+1+1", "\t@SUM(A1)"
	r.Indication = verify.TotalFailed
	r.Copy = verify.Verdict{Indication: verify.TotalFailed, SubIndications: []verify.SubIndication{"USAGE_PERIOD_ENDED"}}
	r.Reason, r.Next = "使用时限已经结束。", "请重新下载电子证书。"
	r.Checks = append(r.Checks, verify.Check{
		ID: "usage-end", Title: "使用时限", Target: "copy", Status: verify.Failed, Action: verify.Enforce, Rule: "Y-11",
		Document: "建办市〔2021〕40号", Clause: "二(一)", Quote: "超出使用时限的电子证书无效", Message: "-1 天：使用时限已经结束。", Next: "请重新下载电子证书。", Sub: "USAGE_PERIOD_ENDED",
	},
		verify.Check{ID: "qr", Title: "二维码", Target: "copy", Status: verify.Failed, Action: verify.Advise, Rule: "Y-31", Message: "没有找到二维码。"})
	return r
}

func indeterminate() *verify.Report {
	r := passed()
	r.Input.Name = "扫描件.png"
	r.Input.Kind = document.InputScan
	r.Indication, r.Copy.Indication = verify.Indeterminate, verify.Indeterminate
	r.Reason, r.Next = "送检的是扫描件。", "请索取原始电子件。"
	r.Snapshot = nil
	r.Usage = nil
	r.Checks = append(r.Checks, verify.Check{
		ID: "input", Title: "送检文件", Target: "copy", Status: verify.Inconclusive, Action: verify.Enforce, Rule: "S-10",
		Document: "证验判定原则", Clause: "G-05", Message: "扫描件没有电子签章。", Next: "请索取原始电子件。",
	})
	return r
}

func unreadable() *verify.Report {
	r := passed()
	r.Input = document.Info{Name: "坏文件.pdf", Format: document.FormatUnknown, Kind: document.InputUnknown}
	r.Certificate = fields.Certificate{}
	r.Indication, r.Copy.Indication, r.Registration.Indication = verify.Indeterminate, verify.Indeterminate, verify.Indeterminate
	r.Reason, r.Next, r.Checks, r.Usage, r.Human = "", "", nil, nil, nil
	r.Error = &verify.FileError{Code: "damaged", Message: "这个文件读不了。", Next: "请重新索取文件。"}
	return r
}

func batch() []*verify.Report {
	return []*verify.Report{passed(), failed(), indeterminate(), unreadable(), failed()}
}

// english is a report as if it had been judged in English.
func english(r *verify.Report) *verify.Report {
	r.Lang, r.Disclaimer = "en", "The bid evaluation committee decides; this result only assists its review."
	return r
}

// testFont is the bundled font, or a Latin one where the build carries none: text reads back right with either.
func testFont() []byte {
	if f := assets.Font(); f != nil {
		return f
	}
	return goregular.TTF
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
