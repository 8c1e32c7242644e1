package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"zhengyan/verify"
)

//go:embed report.html.tmpl
var htmlSource string

// WriteHTML writes reports as one self-contained page that prints from any browser: no script, no outside resource.
func WriteHTML(w io.Writer, rs []*verify.Report) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"shape": shape,
		"word":  Word,
		"class": func(i verify.Indication) string {
			switch i {
			case verify.TotalPassed:
				return "pass"
			case verify.TotalFailed:
				return "fail"
			}
			return "unsure"
		},
		"checkclass": func(c verify.Check) string {
			return [...]string{"fail", "unsure", "advice", "pass", "skip"}[rankOf(c)]
		},
		"mark": func(c verify.Check) string {
			return [...]string{"✘", "?", "!", "✔", "·"}[rankOf(c)]
		},
		"ladder": ladder,
		"say": func(r *verify.Report, zh, en string) string {
			if r.Lang == "en" {
				return en
			}
			return zh
		},
		"time": func(r *verify.Report) string { return r.At.Format("2006-01-02 15:04 -07:00") },
	}).Parse(htmlSource)
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	var y Tally
	lang := "zh"
	for _, r := range rs {
		y.Add(r)
		lang = r.Lang
	}
	return t.Execute(w, struct {
		Reports []*verify.Report
		Tally   Tally
		Lang    string
	}{rs, y, lang})
}
