package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
)

// words are the texts of a report that do not come with it, in its language.
type words struct{ en bool }

func wordsOf(lang string) words { return words{lang == "en"} }

// batchWords takes the language of the first report; a batch is judged in one.
func batchWords(rs []*verify.Report) words {
	if len(rs) == 0 {
		return words{}
	}
	return wordsOf(rs[0].Lang)
}

func (w words) say(zh, en string) string {
	if w.en {
		return en
	}
	return zh
}

func (w words) lang() string { return w.say("zh", "en") }

func (w words) verdict(i verify.Indication) string { return Word(i, w.lang()) }

// noNetwork says what the evidence says of the network: gathering opens no connection.
func (w words) noNetwork(rs []*verify.Report) string {
	for _, r := range rs {
		if r.Evidence != nil && r.Evidence.NetworkUsed {
			return w.say("核验中使用了网络连接", "A network connection was used")
		}
	}
	return w.say("未发起任何网络连接", "No network connection was made")
}

func (w words) tally(y Tally) string {
	f := w.say("通过 %d · 无法确定 %d · 不通过 %d · 读不了 %d", "passed %d · indeterminate %d · failed %d · unreadable %d")
	return fmt.Sprintf(f, y.Passed, y.Indeterminate, y.Failed, y.Unreadable)
}

func (w words) status(s verify.Status) string {
	switch s {
	case verify.Passed:
		return w.say("通过", "passed")
	case verify.Failed:
		return w.say("不通过", "failed")
	case verify.Inconclusive:
		return w.say("无法确定", "inconclusive")
	case verify.Skipped:
		return w.say("未检", "skipped")
	}
	return string(s)
}

func (w words) action(c verify.Check) string {
	switch c.Action {
	case verify.Enforce:
		return w.say("计入结论", "enforced")
	case verify.Advise:
		return w.say("仅提示", "advice")
	}
	return w.say("不评定", "not evaluated")
}

func (w words) inputKind(i document.Info) string {
	if i.KindReason == document.ReasonPart {
		return w.say("并入其他文件的证书页", "page bound into another file")
	}
	switch i.Kind {
	case document.InputOriginal:
		return w.say("原始电子件", "original electronic file")
	case document.InputScan:
		return w.say("打印扫描件", "scan of a print")
	case document.InputPhoto:
		return w.say("照片", "photo")
	case document.InputScreenshot:
		return w.say("截屏", "screenshot")
	}
	return w.say("未识别", "not recognised")
}

func (w words) certificateKind(k fields.Kind) string {
	switch k {
	case fields.Constructor1:
		return w.say("一级建造师注册证书", "constructor, class 1")
	case fields.Architect1:
		return w.say("一级注册建筑师注册证书", "registered architect, class 1")
	case fields.Qualification:
		return w.say("职业资格证书", "professional qualification")
	case fields.Constructor2:
		return w.say("二级建造师注册证书", "constructor, class 2")
	case fields.ConstructorTemp:
		return w.say("建造师临时执业证书", "constructor, temporary practice")
	case fields.Architect2:
		return w.say("二级注册建筑师注册证书", "registered architect, class 2")
	case "", fields.UnknownKind:
		return w.say("未识别", "not recognised")
	}
	return w.say("其他证书", "other certificate")
}

func (w words) freshness(f verify.Freshness) string {
	switch f {
	case verify.Fresh:
		return w.say("在时效内", "fresh")
	case verify.Stale:
		return w.say("已过提醒时效", "stale")
	case verify.RedLine:
		return w.say("已过红线时效", "beyond the red line")
	case verify.ClockSuspect:
		return w.say("本机时钟可疑", "clock suspect")
	}
	return string(f)
}

// snapshot names the snapshot with its age, or says that there is none.
func (w words) snapshot(s *verify.SnapshotState) string {
	if s == nil {
		return w.say("没有", "none")
	}
	return fmt.Sprintf("%s · %s · %s · %s (%s)", clean(s.ID), civil.Of(s.AsOf),
		fmt.Sprintf(w.say("数据龄 %d 天", "%d day(s) old"), s.AgeDays), w.freshness(s.Freshness), s.Freshness)
}

func (w words) trust(t verify.TrustInfo) string {
	s := fmt.Sprintf(w.say("%d 个", "%d"), t.Anchors)
	if t.Digest != "" {
		s += " · " + clean(t.Digest)
	}
	return s
}

// basisOf is the report that says what a batch's answers rest on: the first whose file could be read, because a report on
// an unreadable file names neither anchors nor snapshot. It is nil for no reports.
func basisOf(rs []*verify.Report) *verify.Report {
	for _, r := range rs {
		if r.Error == nil {
			return r
		}
	}
	if len(rs) > 0 {
		return rs[0]
	}
	return nil
}

// mixed reports whether the answers of a batch rest on different things, as in files that were joined later.
func mixed(rs []*verify.Report) bool {
	type basis struct {
		at, snapshot string
		policy       verify.PolicyInfo
		rules        verify.RulesInfo
		trust        verify.TrustInfo
	}
	seen := map[basis]bool{}
	for _, r := range rs {
		if r.Error != nil {
			continue
		}
		b := basis{instant(r.At), "", r.Policy, r.Rules, r.Trust}
		if r.Snapshot != nil {
			b.snapshot = r.Snapshot.ID
		}
		seen[b] = true
	}
	return len(seen) > 1
}

// differs is the warning of a mixed batch, empty for others.
func (w words) differs(rs []*verify.Report) string {
	if !mixed(rs) {
		return ""
	}
	return w.say("各文件的判定依据不同，以各文件所列为准。", "The files were judged on different grounds: those listed with each file count.")
}

// instant is a time as it is read in Shanghai, whose days are counted.
func instant(t time.Time) string { return t.In(civil.Shanghai()).Format("2006-01-02 15:04 -07:00") }

func period(p fields.Period) string { return span(p.From.String(), p.To.String()) }

func specialties(c fields.Certificate) string {
	var out []string
	for _, s := range c.Specialties {
		out = append(out, strings.TrimSpace(clean(s.Name)+" "+period(s.Valid)))
	}
	return strings.Join(out, "\n")
}

// subIndications lists those of both verdicts, each once.
func subIndications(r *verify.Report) string {
	var out []string
	seen := map[verify.SubIndication]bool{}
	for _, v := range []verify.Verdict{r.Copy, r.Registration} {
		for _, s := range v.SubIndications {
			if !seen[s] {
				seen[s] = true
				out = append(out, clean(string(s)))
			}
		}
	}
	return strings.Join(out, ", ")
}

// ruleIDs lists the rules of the enforced checks that did not pass, each once and in the order of the ladder.
func ruleIDs(r *verify.Report) string {
	var out []string
	seen := map[string]bool{}
	for _, c := range ladder(r.Checks) {
		if rankOf(c) <= 1 && c.Rule != "" && !seen[c.Rule] {
			seen[c.Rule] = true
			out = append(out, clean(c.Rule))
		}
	}
	return strings.Join(out, ", ")
}

// reason is the sentence of a report's first line, also where the file could not be read.
func reason(r *verify.Report) (why, next string) {
	why, next = r.Reason, r.Next
	if r.Error != nil {
		if why == "" {
			why = r.Error.Message
		}
		if next == "" {
			next = r.Error.Next
		}
	}
	return clean(why), clean(next)
}

// decisions are what a person decided, a line each, by the check's id.
func (w words) decisions(r *verify.Report) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(r.Human)) {
		d := r.Human[id]
		when := ""
		if !d.When.IsZero() {
			when = instant(d.When)
		}
		out = append(out, joined(id, w.answer(d.Answer), d.Who, when, d.Note))
	}
	return out
}

func (w words) answer(a string) string {
	switch a {
	case "agrees":
		return w.say("笔迹一致", "agrees")
	case "differs":
		return w.say("笔迹不一致", "differs")
	case "unsigned":
		return w.say("没有手写签名", "unsigned")
	}
	return a
}

// clause is the source of a check's rule as it is cited.
func clause(c verify.Check) string {
	if c.Rule == "" && c.Document == "" {
		return ""
	}
	return strings.TrimSpace(joined(c.Rule, strings.TrimSpace(clean(c.Document)+" "+clean(c.Clause))))
}

// fact is the name of a piece of a check's evidence; keys without a word stand as they are, so that none is hidden.
func (w words) fact(check, key string) string {
	if w.en {
		return clean(key)
	}
	zh := map[string]string{
		"field": "签章域", "signer": "签章者", "algorithm": "算法", "signedAt": "签章时间", "coverage": "签章覆盖", "anchor": "信任锚",
		"sealName": "印章名称", "usage": "使用有效期", "specialty": "注册专业", "birth": "出生日期", "number": "编号", "qrText": "二维码内容",
		"host": "网址主机", "owner": "主机所属", "status": "注册状态", "snapshot": "快照", "asOf": "数据截至", "error": "错误",
		"inputKind": "输入类别", "inputKindReason": "类别依据", "issueDate": "签发日期", "ink": "手写笔迹", "name": "姓名", "lookAlike": "形近字",
		"warnings": "警告", "reason": "原因", "employer": "聘用单位", "title": "标题", "signDate": "签名日期", "changed": "改动",
		"notBefore": "有效期起", "notAfter": "有效期止", "timestamp": "时间戳", "expected": "应为", "revokedAt": "吊销时间", "issuer": "颁发者",
		"subFilter": "签名格式", "sex": "性别", "valid": "注册有效期", "annotation": "加注", "paperMark": "纸质证书的标记",
		"idNumber": "证件号码", "qualificationName": "资格名称", "approved": "批准日期", "ecertID": "证照标识", "qrKey": "记录密钥",
	}
	if key == "issuer" && check != "trust" { // the certificate's, not that of a seal's chain
		return w.field(key)
	}
	if s, ok := zh[key]; ok {
		return s
	}
	return clean(key)
}
