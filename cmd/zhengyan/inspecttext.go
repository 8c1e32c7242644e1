package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/report"
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
	c := viewmodel.BuildSealCard(o.words, o.Report)
	fmt.Fprintln(t.w, "  "+c.Head)
	fmt.Fprintln(t.w, "  "+c.Anchors)
	row := func(r viewmodel.SealRow) {
		value := r.Value
		if r.Note != "" {
			value += " · " + r.Note
		}
		t.row(r.Label, r.Label, value)
	}
	for _, r := range c.Notes {
		row(r)
	}
	for _, s := range c.Seals {
		fmt.Fprintf(t.w, "\n  %s · %s\n", report.Clean(s.Heading), s.Word)
		for _, r := range s.Rows {
			row(r)
			if r.Key == "changes" {
				for _, x := range s.Changes {
					fmt.Fprintln(t.w, "    · "+report.Clean(x.Text))
				}
			}
		}
		for _, r := range s.Notes {
			row(r)
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
		// What stands on the face without a label has a name all the same.
		unlabelled := map[string]string{"title": "证书名称", "issuer": "签发机构"}[f.Name]
		t.row(cmp.Or(f.Label, unlabelled, f.Name), f.Name, f.Value)
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
