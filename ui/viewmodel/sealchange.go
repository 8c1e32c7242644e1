package viewmodel

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"zhengyan/verify/seal"
)

// changePattern turns the name that verify/seal gives a change into words of the window's language.
type changePattern struct {
	re   *regexp.Regexp
	text func(m *Messages, g []string) string
}

func kindOf(m *Messages, s string) string { return m.Or("sealcard.kind."+s, s) }

// changePatterns are tried in order; a name that none of them knows, such as a part of an OFD package, is shown as it is.
var changePatterns = sync.OnceValue(func() []changePattern {
	p := func(pattern string, text func(m *Messages, g []string) string) changePattern {
		return changePattern{regexp.MustCompile("^(?s:" + pattern + ")$"), text}
	}
	return []changePattern{
		p(`field (.*): value`, func(m *Messages, g []string) string { return m.T("sealcard.what.field.value", "name", g[1]) }),
		p(`field (.*): state`, func(m *Messages, g []string) string { return m.T("sealcard.what.field.state", "name", g[1]) }),
		p(`field (.*): read-only`, func(m *Messages, g []string) string { return m.T("sealcard.what.field.readonly", "name", g[1]) }),
		p(`field (.*): appearance without a new value`, func(m *Messages, g []string) string {
			return m.T("sealcard.what.field.appearance", "name", g[1])
		}),
		p(`field (.*) added`, func(m *Messages, g []string) string { return m.T("sealcard.what.field.added", "name", g[1]) }),
		p(`field (.*) removed`, func(m *Messages, g []string) string { return m.T("sealcard.what.field.removed", "name", g[1]) }),
		p(`field (.*): ([^:]*)`, func(m *Messages, g []string) string {
			return m.T("sealcard.what.field.other", "name", g[1], "key", g[2])
		}),
		p(`signature field (.*): ([^:]*)`, func(m *Messages, g []string) string {
			return m.T("sealcard.what.sigfield", "name", g[1], "key", g[2])
		}),
		p(`signature (.*)`, func(m *Messages, g []string) string { return m.T("sealcard.what.signature", "name", g[1]) }),
		p(`document timestamp (.*)`, func(m *Messages, g []string) string { return m.T("sealcard.what.timestamp", "name", g[1]) }),
		p(`page (\d+): annotation \d+ \((.*)\) added`, func(m *Messages, g []string) string {
			return onPage(m, g[1], m.T("sealcard.what.annotation.added", "kind", kindOf(m, g[2])))
		}),
		p(`page (\d+): annotation \d+ \((.*)\) removed`, func(m *Messages, g []string) string {
			return onPage(m, g[1], m.T("sealcard.what.annotation.removed", "kind", kindOf(m, g[2])))
		}),
		p(`page (\d+): annotation \d+ \((.*)\) changed`, func(m *Messages, g []string) string {
			return onPage(m, g[1], m.T("sealcard.what.annotation.changed", "kind", kindOf(m, g[2])))
		}),
		p(`page (\d+): Contents`, func(m *Messages, g []string) string { return onPage(m, g[1], m.T("sealcard.what.page.contents")) }),
		p(`page (\d+): Resources`, func(m *Messages, g []string) string { return onPage(m, g[1], m.T("sealcard.what.page.resources")) }),
		p(`page (\d+): size or rotation`, func(m *Messages, g []string) string { return onPage(m, g[1], m.T("sealcard.what.page.size")) }),
		p(`page (\d+): (.*)`, func(m *Messages, g []string) string {
			return onPage(m, g[1], m.T("sealcard.what.page.other", "key", g[2]))
		}),
		p(`(\d+) pages instead of (\d+)`, func(m *Messages, g []string) string {
			return m.T("sealcard.what.pages", "new", g[1], "old", g[2])
		}),
		p(`DSS`, func(m *Messages, _ []string) string { return m.T("sealcard.what.dss") }),
		p(`(Extensions|Version|Metadata|PieceInfo|LastModified)`, func(m *Messages, g []string) string {
			return m.T("sealcard.what.info", "key", g[1])
		}),
		p(`catalog (.*)`, func(m *Messages, g []string) string { return m.T("sealcard.what.catalog", "key", g[1]) }),
		p(`structure.*`, func(m *Messages, _ []string) string { return m.T("sealcard.what.structure") }),
		p(`bytes at \d+ that belong to nothing`, func(m *Messages, _ []string) string { return m.T("sealcard.what.tail") }),
		p(`(?:object \d+ (?:points|does not stand).*|.*cross-reference.*|the later revision does not continue.*)`, func(m *Messages, _ []string) string {
			return m.T("sealcard.what.xref")
		}),
		p(`(?:object \d+ (?:of another generation|can be read in two ways)|count of the page tree)`, func(m *Messages, _ []string) string {
			return m.T("sealcard.what.ambiguous")
		}),
		p(`object \d+ that .*`, func(m *Messages, _ []string) string { return m.T("sealcard.what.object") }),
		p(`XFA form.*`, func(m *Messages, _ []string) string { return m.T("sealcard.what.xfa") }),
		p(`form .*`, func(m *Messages, _ []string) string { return m.T("sealcard.what.form") }),
	}
})

// onPage puts the page's number, counted from 1, before a text.
func onPage(m *Messages, number, text string) string {
	return m.T("sealcard.seal.page", "page", number) + " · " + text
}

// changeText says what was changed. A change whose name does not say its page gets it put before.
func changeText(m *Messages, c seal.Change) string {
	for _, p := range changePatterns() {
		g := p.re.FindStringSubmatch(c.What)
		if g == nil {
			continue
		}
		t := p.text(m, g)
		if c.Page >= 0 && !strings.HasPrefix(c.What, "page ") {
			t = onPage(m, strconv.Itoa(c.Page+1), t)
		}
		return t
	}
	return c.What
}

// problemDetail says what a problem is about: the name of a change in words, else what verify/seal gives.
func problemDetail(m *Messages, p seal.Problem) string {
	if p.Code == "MODIFIED_AFTER_SEAL" {
		return changeText(m, seal.Change{What: p.Detail, Page: -1})
	}
	return p.Detail
}
