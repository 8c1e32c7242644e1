package ui

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/report"
)

// About is what the window says of the program.
type About struct {
	Program string // name and version
	Rules   string
	Trust   string
	Font    string
	// Licences are texts by name, in the order in which they are shown.
	Licences []Licence
}

// Licence is the licence of a part of the program.
type Licence struct{ Name, Text string }

// RuleGroup are the rules of one step, for the help: what each says, in plain words, and where it stands.
type RuleGroup struct {
	Title map[viewmodel.Lang]string
	Rules []RuleText
}

// RuleText is one rule in plain words.
type RuleText struct {
	ID, Source string
	Text       map[viewmodel.Lang]string
}

// dropped takes files and folders that were dropped on the window.
func (w *Window) dropped(_ fyne.Position, uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		}
	}
	if len(paths) == 0 {
		w.notify(w.m.T("notice.dropped"), false)
		return
	}
	w.OpenAny(paths)
}

// OpenAny opens each path for what it is: an exported report, a list of people, a registry snapshot, a trust anchor, else a
// file to verify.
func (w *Window) OpenAny(paths []string) {
	var files []string
	doubtful := false // a report or a file to verify, which only a look at it tells
	for _, p := range paths {
		switch strings.ToLower(filepath.Ext(p)) {
		case ".json", ".ndjson":
			w.ReadReport(p)
		case ".pdf", ".html", ".htm":
			files, doubtful = append(files, p), true
		case ".xlsx", ".csv":
			w.LoadRoster(p)
		case ".db", ".zydelta":
			if d := w.dataScreen(); d != nil {
				d.Import(p)
			}
		case ".pem", ".cer", ".crt", ".der", ".crl":
			if d := w.dataScreen(); d != nil && w.o.Trust != nil && w.o.Trust.Fixed() == "" {
				d.addAnchor(p)
			}
		default:
			files = append(files, p)
		}
	}
	if !doubtful {
		w.Open(files)
		return
	}
	var reports []string
	w.background(func(context.Context) error {
		reports, files = sorted(files)
		return nil
	}, func(error) {
		for _, p := range reports {
			w.ReadReport(p)
		}
		w.Open(files)
	})
}

// sorted tells exported reports from files to verify, by their first bytes.
func sorted(paths []string) (reports, files []string) {
	for _, p := range paths {
		switch strings.ToLower(filepath.Ext(p)) {
		case ".pdf", ".html", ".htm":
			if report.IsReport(p) {
				reports = append(reports, p)
				continue
			}
		}
		files = append(files, p)
	}
	return reports, files
}

// dataScreen brings the screen of trust list and snapshots to the front; nil if the window has none.
func (w *Window) dataScreen() *dataScreen {
	for _, s := range w.screens {
		if d, ok := s.(*dataScreen); ok {
			w.Show(d.Key())
			return d
		}
	}
	return nil
}

func (w *Window) help() {
	th, m := w.th, w.m
	body := column(8, para(th, m.T("help.intro"), theme.SizeNameText, widget.MediumImportance), para(th, m.T("help.verdicts"), theme.SizeNameText, widget.MediumImportance),
		para(th, m.T("help.day"), theme.SizeNameText, widget.MediumImportance), line(th, m.T("help.keys"), theme.SizeNameText, colorSecondary))
	for _, k := range keyList() {
		body.Add(container.NewBorder(nil, nil, container.New(&fixedWidth{210 * th.Scale()}, line(th, k.keys, theme.SizeNameText, theme.ColorNamePrimary)), nil, line(th, m.T(k.text), theme.SizeNameText, theme.ColorNameForeground)))
	}
	if len(w.o.Rules) > 0 {
		body.Add(line(th, m.T("help.rules"), theme.SizeNameText, colorSecondary))
		body.Add(para(th, m.T("help.rules.hint"), theme.SizeNameCaptionText, widget.LowImportance))
		acc := widget.NewAccordion()
		for _, part := range w.o.Rules {
			item := widget.NewAccordionItem(part.Title[m.Lang()], container.NewStack())
			lines := column(6)
			for _, r := range part.Rules {
				lines.Add(column(1, line(th, r.ID+"  "+r.Source, theme.SizeNameCaptionText, colorSecondary), para(th, r.Text[m.Lang()], theme.SizeNameText, widget.MediumImportance)))
			}
			item.Detail = lines
			acc.Append(item)
		}
		body.Add(acc)
	}
	w.dialog(m.T("help.title"), scrolled(th, pad(body, 4, 8, 6, 14)))
}

func (w *Window) about() {
	th, m, a := w.th, w.m, w.o.About
	body := column(6, para(th, m.T("about.what"), theme.SizeNameText, widget.MediumImportance))
	row := func(label, value string) {
		if value == "" {
			value = m.T("about.none")
		}
		body.Add(container.NewBorder(nil, nil, container.New(&fixedWidth{110 * th.Scale()}, pad(line(th, label, theme.SizeNameText, colorSecondary), 1, 0, 0, 0)), nil, para(th, value, theme.SizeNameText, widget.MediumImportance)))
	}
	row(m.T("about.program"), a.Program)
	row(m.T("about.rules"), a.Rules)
	row(m.T("about.trust"), a.Trust)
	row(m.T("about.font"), a.Font)
	body.Add(para(th, m.T("footer.offline")+"  ·  "+m.T("open.privacy"), theme.SizeNameText, widget.SuccessImportance))
	body.Add(para(th, m.T("footer.disclaimer"), theme.SizeNameText, widget.MediumImportance))
	body.Add(line(th, m.T("menu.licences"), theme.SizeNameText, colorSecondary))
	acc := widget.NewAccordion()
	for _, l := range a.Licences {
		acc.Append(widget.NewAccordionItem(l.Name, para(th, strings.TrimSpace(l.Text), theme.SizeNameCaptionText, widget.LowImportance)))
	}
	body.Add(acc)
	w.dialog(m.T("about.title"), scrolled(th, pad(body, 4, 8, 6, 14)))
}

// dialog shows one dialog at a time. It is our own, since the toolkit's sets titles in a bold style, for which it would parse
// the font once more.
func (w *Window) dialog(title string, content fyne.CanvasObject) {
	w.closeDialog()
	th := w.th
	closeButton := newButton(w.m.T("about.close"), w.closeDialog)
	closeButton.Importance = widget.HighImportance
	head := container.NewBorder(nil, nil, line(th, title, theme.SizeNameSubHeadingText, theme.ColorNameForeground), iconButton(theme.CancelIcon(), "", w.closeDialog))
	body := container.NewBorder(head, container.NewCenter(closeButton), nil, nil, content)
	w.shown = widget.NewModalPopUp(pad(body, 6, 6, 10, 10), w.win.Canvas())
	size := w.win.Canvas().Size()
	w.shown.Resize(fyne.NewSize(min(680*th.Scale(), size.Width-80), min(620*th.Scale(), size.Height-80)))
	w.shown.Show()
}

// ask shows a small dialog with a question and a button that answers it; Esc and 取消 leave everything as it is.
func (w *Window) ask(title string, content fyne.CanvasObject, button string, ok func()) {
	w.askOr(w.m.T("common.cancel"), title, content, button, ok)
}

// askOr is ask with another word on the button that closes the dialog.
func (w *Window) askOr(leave, title string, content fyne.CanvasObject, button string, ok func()) {
	w.closeDialog()
	th := w.th
	yes := newButton(button, ok)
	yes.Importance = widget.HighImportance
	body := container.NewBorder(line(th, title, theme.SizeNameSubHeadingText, theme.ColorNameForeground),
		container.NewHBox(layout.NewSpacer(), newButton(leave, w.closeDialog), yes), nil, nil, pad(content, 8, 8, 0, 0))
	w.shown = widget.NewModalPopUp(pad(body, 10, 8, 14, 12), w.win.Canvas())
	size := w.win.Canvas().Size()
	w.shown.Resize(fyne.NewSize(min(520*th.Scale(), size.Width-80), w.shown.MinSize().Height+10))
	w.shown.Show()
	w.win.Canvas().Focus(yes)
}

// NotifyErrors says what is amiss, in the window's language.
func (w *Window) NotifyErrors(errs []error) {
	var lines []string
	for _, err := range errs {
		if s := w.m.Error(err); !slices.Contains(lines, s) {
			lines = append(lines, s)
		}
	}
	w.notify(strings.Join(lines, "\n"), false)
}

func (w *Window) closeDialog() {
	w.sticky = false
	if w.shown != nil {
		w.shown.Hide()
		w.shown = nil
	}
	if f := w.unasked; f != nil {
		w.unasked = nil
		f()
	}
}
