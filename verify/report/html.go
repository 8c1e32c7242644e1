package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"zhengyan/verify"
)

//go:embed report.html.tmpl
var htmlSource string

// WriteHTML writes reports as one self-contained page that prints from any browser: no script, no outside resource.
func WriteHTML(w io.Writer, rs []*verify.Report) error { return Options{}.WriteHTML(w, rs) }

// WriteHTML is the function WriteHTML with more to say.
func (o Options) WriteHTML(w io.Writer, rs []*verify.Report) error {
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
		"rank":      rankOf,
		"ladder":    ladder,
		"say":       t.say,
		"clean":     clean,
		"human":     t.decisions,
		"clause":    clause,
		"instant":   instant,
		"status":    t.status,
		"snapshot":  t.snapshot,
		"trust":     t.trust,
		"input":     t.inputKind,
		"kind":      t.certificateKind,
		"fact":      t.fact,
		"period":    period,
		"overall":   t.overall,
		"rules":     ruleIDs,
		"hand":      t.handwriting,
		"print":     t.printTable,
		"part":      t.part,
		"read":      func(r *verify.Report) string { return t.readPicture(pictureOf(r)) },
		"picture":   pictureURL,
		"crossnote": t.crossingNote,
		"why":       func(r *verify.Report) string { s, _ := reason(r); return s },
		"next":      func(r *verify.Report) string { _, s := reason(r); return s },
	}).Parse(htmlSource)
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	var y Tally
	for _, r := range rs {
		y.Add(r)
	}
	shown := &counted{w: w, hash: sha256.New()}
	err = page.Execute(shown, struct {
		Reports    []*verify.Report
		Tally      string
		Lang       string
		Network    string
		Basis      *verify.Report
		Differs    string
		Crossings  []Crossing
		Roster     []RosterLine
		Checkpoint string
		Code       template.HTML
	}{rs, t.tally(y), t.say("zh-CN", "en"), t.noNetwork(rs), basisOf(rs), t.differs(rs), Crossings(rs), o.Roster, clean(strings.TrimSpace(strings.ReplaceAll(o.Checkpoint, "\n", " "))), svgCode(o.Checkpoint)})
	if err != nil {
		return err
	}
	return o.htmlTail(w, rs, shown)
}

// pictureOf says how the file's own page was read.
func pictureOf(r *verify.Report) *verify.Picture {
	if r.Evidence == nil {
		return nil
	}
	return r.Evidence.Picture
}

// pictureURL carries a picture that was decoded before inside the page.
func pictureURL(p inkPicture) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG)) //nolint:gosec // base64 of a decoded PNG
}
