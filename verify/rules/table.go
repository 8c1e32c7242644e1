package rules

import (
	"fmt"
	"io"
	"strings"

	"zhengyan/verify/fields"
)

// WriteTable writes every rule with its clause as Markdown, in the language "zh" or "en". docs/rules.md is its output for
// both languages.
func WriteTable(w io.Writer, b *Book, lang string) error {
	var s strings.Builder
	for _, k := range []fields.Kind{"", fields.Constructor1, fields.Architect1, fields.Qualification} {
		title := say(lang, "各类证书共用", "All kinds")
		if k != "" {
			title = b.Words["kind-"+string(k)].In(lang)
		}
		fmt.Fprintf(&s, "## %s\n\n", title)
		fmt.Fprintf(&s, "| %s |\n| --- | --- | --- | --- | --- | --- | --- |\n", strings.Join([]string{
			say(lang, "规则", "Rule"), say(lang, "环节", "Step"), say(lang, "生效", "In force"), say(lang, "结果", "Outcome"),
			say(lang, "一般方案", "Standard"), say(lang, "依据", "Source"), say(lang, "说明", "Says"),
		}, " | "))
		for i := range b.Rules {
			if r := &b.Rules[i]; belongs(r, k) {
				b.row(&s, r, lang)
			}
		}
		s.WriteByte('\n')
	}
	_, err := io.WriteString(w, strings.TrimRight(s.String(), "\n"))
	return err
}

// belongs reports whether a rule stands in the table of a kind; rules of several kinds stand in the common one.
func belongs(r *Rule, k fields.Kind) bool {
	if len(r.Kinds) == 1 {
		return r.Kinds[0] == k
	}
	return k == ""
}

func (b *Book) row(s *strings.Builder, r *Rule, lang string) {
	step, source := r.Step, r.Document
	if st := b.StepByID(r.Step); st != nil {
		step = st.Title.In(lang)
	}
	if d := b.Source(r.Document); d != nil {
		source = d.Number
	}
	force := ""
	if !r.From.IsZero() || !r.To.IsZero() {
		force = r.From.String() + " – " + r.To.String()
	}
	outcome := r.Outcome
	if r.Sub != "" {
		outcome += " " + string(r.Sub)
	}
	says := r.Message.In(lang)
	if r.Quote != "" {
		says += "<br>“" + r.Quote + "”"
	}
	if r.Reading != "" {
		says += "<br>" + say(lang, "读法：", "Reading: ") + r.Reading
	}
	id := r.ID
	if r.Variant != "" {
		id += " (" + r.Variant + ")"
	}
	action := string(r.Action)
	if r.Condition == "told" {
		action = say(lang, "仅说明", "told only")
	}
	fmt.Fprintf(s, "| %s | %s | %s | %s | %s | %s %s | %s |\n", id, step, force, outcome, action, source, r.Clause, strings.ReplaceAll(says, "|", "\\|"))
}

func say(lang, zh, en string) string {
	if lang == "en" {
		return en
	}
	return zh
}

// WriteDocument writes docs/rules.md: the rules in English, then in Chinese, with the documents they come from.
func WriteDocument(w io.Writer, b *Book) error {
	var s strings.Builder
	fmt.Fprintf(&s, "# Rules / 判定规则\n\nGenerated from assets/rules (version %s) by `make docs-rules`; do not edit.\n\n", b.Version)
	s.WriteString("Outcome is what follows when the rule's condition holds. A rule that advises is shown and does not enter the verdict of the standard profile.\n\n")
	s.WriteString("| Document | Title | Issuer | Dated | Note |\n| --- | --- | --- | --- | --- |\n")
	for _, d := range b.Sources {
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", d.Number, d.Title, d.Issuer, d.Dated, d.Note)
	}
	s.WriteString("\n# English\n\n")
	if _, err := io.WriteString(w, s.String()); err != nil {
		return err
	}
	if err := WriteTable(w, b, "en"); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\n\n# 中文\n\n"); err != nil {
		return err
	}
	if err := WriteTable(w, b, "zh"); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
