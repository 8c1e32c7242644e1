package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
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
	rs = WithoutHalves(rs)
	t, pages := batchWords(rs), &pageSource{draw: o.Picture}
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
		"file":      fileOf,
		"human":     t.decisions,
		"clause":    clause,
		"instant":   instant,
		"status":    t.status,
		"snapshot":  t.snapshot,
		"trust":     t.trust,
		"input":     t.inputKind,
		"fact":      t.fact,
		"factvalue": t.factValue,
		"period":    period,
		"overall":   t.overall,
		"rules":     ruleIDs,
		"hand":      t.handwriting,
		"print":     t.printTable,
		"part":      t.part,
		"from":      t.readFrom,
		"title":     t.certificate,
		"rows":      func(r *verify.Report) []readRow { return t.readRows(r, pages) },
		"surenote":  t.sureNote,
		"crop":      cropURL,
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
		Stopped    string
		LeftOut    string
		Crossings  []Crossing
		Roster     []RosterLine
		Checkpoint string
		Code       template.HTML
	}{rs, t.tally(y), t.say("zh-CN", "en"), t.noNetwork(rs), basisOf(rs), t.differs(rs), t.stopped(o.Stopped), clean(o.LeftOut), Crossings(rs), o.Roster, clean(strings.TrimSpace(strings.ReplaceAll(o.Checkpoint, "\n", " "))), svgCode(o.Checkpoint)})
	if err != nil {
		return err
	}
	return o.htmlTail(w, rs, shown)
}

// pictureURL carries a picture that was decoded before inside the page.
func pictureURL(p inkPicture) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG)) //nolint:gosec // base64 of a decoded PNG
}

// cropURL carries the picture of a fact inside the page.
func cropURL(m image.Image) template.URL {
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpegOf(m))) //nolint:gosec // base64 of our own JPEG
}
