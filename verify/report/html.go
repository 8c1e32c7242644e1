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
	t := batchWords(rs)
	page, err := template.New("report").Funcs(template.FuncMap{
		"shape": shape,
		"word":  t.verdict,
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
		"rank":     rankOf,
		"ladder":   ladder,
		"say":      t.say,
		"clean":    clean,
		"human":    t.decisions,
		"clause":   clause,
		"instant":  instant,
		"status":   t.status,
		"snapshot": t.snapshot,
		"trust":    t.trust,
		"input":    t.inputKind,
		"kind":     t.certificateKind,
		"fact":     t.fact,
		"period":   period,
		"overall":  t.overall,
		"rules":    ruleIDs,
		"why":      func(r *verify.Report) string { s, _ := reason(r); return s },
		"next":     func(r *verify.Report) string { _, s := reason(r); return s },
	}).Parse(htmlSource)
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	var y Tally
	for _, r := range rs {
		y.Add(r)
	}
	return page.Execute(w, struct {
		Reports []*verify.Report
		Tally   string
		Lang    string
		Network string
		Basis   *verify.Report
		Differs string
	}{rs, t.tally(y), t.say("zh-CN", "en"), t.noNetwork(rs), basisOf(rs), t.differs(rs)})
}
