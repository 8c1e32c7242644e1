package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/report"
	"zhengyan/verify/seal"
)

// talker writes what inspect saw for people, in the language of the locale.
type talker struct {
	w  io.Writer
	zh bool
}

func (t talker) say(zh, en string) string {
	if t.zh {
		return zh
	}
	return en
}

// row prints "name value"; an empty value prints nothing.
func (t talker) row(zh, en, value string) {
	if value = strings.TrimSpace(value); value != "" {
		fmt.Fprintf(t.w, "  %s %s\n", report.Pad(t.say(zh, en), 18), report.Clean(value))
	}
}

// written is implemented by a stage's object that has a form for people.
type written interface{ write(talker) }

func (o qrOut) write(t talker) {
	if len(o.Codes) == 0 {
		fmt.Fprintln(t.w, "  "+t.say("没有找到二维码", "no QR code found"))
	}
	for _, c := range o.Codes {
		t.row("内容", "text", c.Text)
		t.row("类别", "class", strings.TrimSpace(string(c.Payload.Kind)+" "+strings.Join(c.Payload.Warnings, " ")))
		t.row("域名", "host", strings.TrimSpace(c.Payload.Host+" "+c.Payload.Owner))
		t.row("页", "page", fmt.Sprint(c.Page+1))
		t.row("读法", "read by", strings.TrimSpace(fmt.Sprintf("%s, v%d %s, %s", c.Strategy, c.Version, c.ECLevel, c.Charset)))
		fmt.Fprintln(t.w)
	}
	for range o.Conflicts {
		fmt.Fprintln(t.w, "  "+t.say("两种读法不一致，都不采用", "two readings differ; neither is taken"))
	}
}

func (o sealOut) write(t talker) {
	words := map[string][2]string{
		"signed": {"有签章", "signed"}, "unsigned": {"没有签章", "unsigned"}, "unreadable": {"读不了", "unreadable"},
		"clean": {"完好", "clean"}, "dirty": {"有问题", "dirty"}, "noverdict": {"无法判断", "no verdict"},
		"intact": {"完整，内容与签章时一致", "intact: the content is as it was sealed"}, "broken": {"不成立，内容与签章时不同", "broken: the content differs from what was sealed"},
		"malformed": {"结构不合规", "malformed"}, "unsupported": {"本机不能验此类签章", "a form that this program cannot verify"},
		"whole": {"覆盖整个文件", "covers the whole file"}, "revision": {"覆盖签章时的整个文件，之后又有追加", "covers the file as it was then; something was added after"},
		"partial": {"只覆盖一部分", "covers a part only"}, "invalid": {"覆盖范围不成立", "the covered range is invalid"},
		"none": {"无", "none"}, "ltv": {"只追加了验证资料", "validation data only"}, "form": {"表单内容或后续签章", "form fields or further seals"},
		"annotation": {"批注", "annotations"}, "content": {"页面内容", "page content"},
		"trusted": {"受信任", "trusted"}, "unknown-issuer": {"签发者不在信任列表", "issuer not among the trust anchors"}, "expired": {"证书过期", "certificate out of its validity"},
		"revoked": {"证书已吊销", "certificate revoked"}, "untrusted-usage": {"证书不是用于签章的", "certificate not meant for sealing"},
		"not-checked": {"没有查", "not checked"}, "good": {"未吊销", "not revoked"},
	}
	word := func(k string) string {
		if w, ok := words[k]; ok {
			return t.say(w[0], w[1])
		}
		return k
	}
	trust := func(s seal.Trust) string {
		if s == seal.TrustNotChecked {
			return t.say("没有判断（没有信任锚，或签章不完整）", "not judged (no anchors in use, or not intact)")
		}
		return word(string(s))
	}
	t.row("文件", "file", word(string(o.Status))+t.say("，", ", ")+word(string(o.Overall)))
	for _, p := range o.Problems {
		t.row("留意", "note", p.Code+" "+p.Detail)
	}
	for _, s := range o.Signatures {
		fmt.Fprintln(t.w)
		name := s.Field
		if !s.Counts {
			name += t.say("（仅供参考，不计入）", " (for information, does not count)")
		}
		t.row("签章", "seal", name)
		t.row("印章名称", "seal name", s.SealName)
		t.row("签署者", "signer", s.Signer)
		t.row("算法", "algorithm", strings.Join([]string{s.Format, s.Algorithm, s.Digest}, " "))
		t.row("声称时间", "claimed time", stamp(s.SignedAt))
		t.row("时间戳", "timestamp", stamp(s.Timestamp))
		t.row("完整性", "integrity", word(string(s.Integrity)))
		t.row("覆盖", "coverage", word(string(s.Coverage)))
		permitted := ""
		if s.Changes != seal.ChangesNone {
			permitted = t.say("（允许）", " (permitted)")
			if !s.Permitted {
				permitted = t.say("（不允许）", " (not permitted)")
			}
		}
		t.row("之后的改动", "changes after", word(string(s.Changes))+permitted)
		for _, c := range s.Changed {
			t.row("", "", "· "+c.What)
		}
		t.row("信任", "trust", trust(s.Trust))
		t.row("信任锚", "anchor", s.Anchor)
		t.row("吊销", "revocation", word(s.Revocation.Status)+" "+stamp(s.Revocation.RevokedAt))
		for _, p := range s.Problems {
			t.row("留意", "note", p.Code+" "+p.Detail)
		}
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(civil.Shanghai()).Format("2006-01-02 15:04:05 -07:00")
}

func (o fieldsOut) write(t talker) {
	c := o.Certificate
	t.row("证书", "certificate", strings.TrimSpace(c.Title+" "+string(c.Kind)))
	if o.Source == fields.SourceNone {
		fmt.Fprintln(t.w, "  "+t.say("页面没有可读的文字", "the page carries no readable text"))
	}
	for _, f := range o.Fields {
		label := f.Label
		if label == "" || !t.zh {
			label = f.Name
		}
		t.row(label, label, f.Value)
	}
	for _, p := range o.Problems {
		t.row("留意", "note", strings.Join([]string{p.Code, p.Field, p.Detail}, " "))
	}
}

func (o documentOut) write(t talker) {
	t.row("格式", "format", fmt.Sprintf("%s, %d %s, %d B", o.Info.Format, o.Info.Pages, t.say("页", "page(s)"), o.Info.Size))
	kind := map[document.InputKind][2]string{
		document.InputOriginal: {"原始电子件", "original electronic file"}, document.InputScan: {"打印扫描件", "scan of a print"},
		document.InputPhoto: {"照片", "photo"}, document.InputScreenshot: {"截屏", "screenshot"}, document.InputUnknown: {"不能确定", "not determined"},
	}[o.Info.Kind]
	t.row("来历", "kind", t.say(kind[0], kind[1])+" ("+o.Info.KindReason+")")
	if o.Info.Extension != "" {
		t.row("扩展名", "extension", o.Info.Extension+t.say("（与内容不符）", " (contradicts the content)"))
	}
	t.row("SHA-256", "SHA-256", o.Info.SHA256)
	t.row("制作程序", "producer", strings.TrimSpace(o.Metadata.Producer+" "+o.Metadata.Creator))
	t.row("创建", "created", stamp(o.Metadata.Created))
	t.row("修改", "modified", stamp(o.Metadata.Modified))
	for _, a := range o.Metadata.Attachments {
		t.row("附件", "attachment", fmt.Sprintf("%s, %d B", a.Name, a.Size))
	}
	for i, p := range o.Pages {
		if i == 3 {
			break
		}
		t.row("页面", "page", fmt.Sprintf("%.0f × %.0f", p.Width, p.Height))
	}
	for _, p := range o.Problems {
		t.row("留意", "note", p.Code+" "+p.Detail)
	}
}
