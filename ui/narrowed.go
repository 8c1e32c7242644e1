package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// narrowedTo says to which bidder, and to what words, the table of all files narrows another screen, and takes it back. It
// is not seen while nothing is narrowed.
type narrowedTo struct {
	session *viewmodel.Session
	words   bool // the words that were looked for narrow the screen too
	text    *widget.Label
	all     *button
	root    *fyne.Container
}

func newNarrowedTo(th *Theme, s *viewmodel.Session, words bool) *narrowedTo {
	n := &narrowedTo{session: s, words: words}
	var text fyne.CanvasObject
	n.text, text = clipped(th, "", theme.SizeNameCaptionText, widget.MediumImportance)
	n.all = iconButton(theme.ContentClearIcon(), s.Messages().T("list.only.all"), n.widen)
	n.root = container.NewStack(narrow(th, container.NewBorder(nil, nil, nil, n.all, centred(text))))
	n.refresh()
	return n
}

func (n *narrowedTo) refresh() {
	v, m := n.session.View(), n.session.Messages()
	var parts []string
	if v.Bidder != "" {
		parts = append(parts, v.Bidder)
	}
	if n.words && v.Search != "" {
		parts = append(parts, m.T("list.only.search", "words", v.Search))
	}
	if text := m.T("list.only", "what", strings.Join(parts, " · ")); len(parts) > 0 && n.text.Text != text {
		n.text.SetText(text)
	}
	show(n.root, len(parts) > 0)
}

func (n *narrowedTo) widen() {
	v := n.session.View()
	v.Bidder = ""
	if n.words {
		v.Search = ""
	}
	n.session.SetView(v)
}
