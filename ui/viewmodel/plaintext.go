package viewmodel

import "strings"

// Text returns the result as plain text for the clipboard: everything that the window shows of it.
func (d Detail) Text(m *Messages) string {
	var b strings.Builder
	line := func(parts ...string) {
		var have []string
		for _, p := range parts {
			if p != "" {
				have = append(have, p)
			}
		}
		if len(have) > 0 {
			b.WriteString(strings.Join(have, "  ") + "\n")
		}
	}
	v := d.Verdict
	line(m.T("app.name"), v.Word, v.AsAt)
	line(v.Reason)
	if v.Next != "" {
		line(m.T("verdict.next"), v.Next)
	}
	line(v.Copy.Label+": "+v.Copy.Word, v.Copy.Subs)
	line(v.Registration.Label+": "+v.Registration.Word, v.Registration.Subs)
	line(d.Input.Title, d.Input.Cap)
	b.WriteString("\n")
	for _, f := range d.Facts {
		line(f.Label+": "+f.Value, f.Note)
	}
	if d.Usage != nil {
		line(m.T("usage.title"), d.Usage.Printed, d.Usage.Result)
	}
	b.WriteString("\n")
	for _, r := range d.Ladder {
		line("["+r.Word+"]", r.Title, r.Message)
		line("    "+r.Rule, r.Source())
		for _, f := range r.Facts {
			line("    " + f.Name + ": " + f.Value)
		}
	}
	b.WriteString("\n")
	line(d.Versions)
	line(m.T("footer.offline"))
	line(m.T("footer.disclaimer"))
	return b.String()
}
