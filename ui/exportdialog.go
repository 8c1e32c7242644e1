package ui

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/civil"
	"zhengyan/verify/report"
)

// maxNames bounds the search for a name that no file in the folder has.
const maxNames = 1000

// exportChoice is what a person asks to be exported.
type exportChoice struct {
	forms  []string // endings, see report.Extensions
	bidder string   // "" for all
}

// askExport asks in which forms, and of which files, reports are to be written.
func (w *Window) askExport() {
	s, th, m := w.session, w.th, w.m
	total := s.Counts().Total
	if total == 0 {
		w.notify(m.T("export.none"), false)
		return
	}
	body := column(4)
	var bidder string
	if b := s.View().Bidder; b != "" {
		n := 0
		for _, g := range s.Bidders() {
			if g.Name == b {
				n = g.Counts.Total
			}
		}
		all, one := m.T("export.scope.all", "n", strconv.Itoa(total)), m.T("export.scope.bidder", "name", b, "n", strconv.Itoa(n))
		pick := widget.NewRadioGroup([]string{all, one}, func(chosen string) {
			if bidder = ""; chosen == one {
				bidder = b
			}
		})
		pick.Required = true
		pick.SetSelected(all)
		body.Add(line(th, m.T("export.scope"), theme.SizeNameCaptionText, colorSecondary))
		body.Add(pick)
	}
	forms := report.Extensions()
	checks := map[string]*check{}
	for _, f := range forms {
		checks[f] = newCheck(m.T("export."+strings.TrimPrefix(f, ".")), func(bool) {})
		checks[f].SetChecked(slices.Contains(w.forms, f) || w.forms == nil && f != ".html")
		body.Add(checks[f])
	}
	if w.o.Font == nil {
		checks[".pdf"].SetChecked(false)
		checks[".pdf"].Disable()
		body.Add(para(th, m.T("export.nofont"), theme.SizeNameCaptionText, widget.WarningImportance))
	}
	body.Add(para(th, m.T("export.hint"), theme.SizeNameCaptionText, widget.LowImportance))
	if n := s.Counts(); n.Waiting+n.Reading+n.Cancelled > 0 {
		body.Add(para(th, m.T("export.open", "n", strconv.Itoa(n.Waiting+n.Reading+n.Cancelled)), theme.SizeNameText, widget.WarningImportance))
	}
	w.ask(m.T("export.title"), body, m.T("export.folder"), func() {
		c := exportChoice{bidder: bidder}
		for _, f := range forms {
			if checks[f].Checked {
				c.forms = append(c.forms, f)
			}
		}
		if len(c.forms) == 0 {
			w.notify(m.T("export.noforms"), false)
			return
		}
		w.closeDialog()
		w.forms = c.forms
		w.chooseFolder(m.T("export.where"), func(dir string) { w.export(dir, c) })
	})
}

// export writes reports into a folder, beside what is there, with a dialog that shows how far it is and can cancel it.
func (w *Window) export(dir string, c exportChoice) {
	m, th := w.m, w.th
	paths := freeNames(dir, m.T("export.name", "date", civil.Of(w.session.Question().At).String()), c.forms)
	text := line(th, m.T("export.judging", "done", "0", "total", strconv.Itoa(w.session.Counts().Total)), theme.SizeNameText, theme.ColorNameForeground)
	bar := newMeter(th)
	e := viewmodel.Export{Paths: paths, Bidder: c.bidder, Roster: w.roster}
	if w.o.Audit != nil {
		e.Checkpoint = func(ctx context.Context) string {
			state, err := w.o.Audit.Verify(ctx)
			if err != nil || state.Broken != "" {
				return "" // a broken chain vouches for nothing; the screen of the log says why
			}
			return state.Checkpoint
		}
	}
	parts, part := len(paths)+1, 0
	var waiting *widget.PopUp
	cancel := w.session.Export(e, func(p viewmodel.ExportProgress) {
		text.Text = m.T("export.judging", "done", strconv.Itoa(p.Done), "total", strconv.Itoa(p.Total))
		if p.Path != "" {
			part = slices.Index(paths, p.Path) + 1
			text.Text = m.T("export.writing", "file", filepath.Base(p.Path), "done", strconv.Itoa(p.Done), "total", strconv.Itoa(p.Total))
		}
		bar.set((float32(part) + float32(p.Done)/float32(max(1, p.Total))) / float32(parts))
		text.Refresh()
	}, func(err error) {
		if w.shown == waiting && waiting != nil { // not closed, and no other dialog in its place
			w.unasked = nil
			w.closeDialog()
		}
		w.exported(paths, err)
	})
	w.wait(m.T("export.title"), column(8, text, container.New(&fixedHeight{8}, bar.root)), cancel)
	waiting = w.shown
}

// exported says what came of an export.
func (w *Window) exported(paths []string, err error) {
	m, th := w.m, w.th
	switch {
	case errors.Is(err, context.Canceled):
		w.notify(m.T("export.cancelled"), false)
		return
	case err != nil:
		w.notify(m.T("export.failed", "error", w.m.Error(err)), false)
		return
	}
	body := column(4, para(th, m.T("export.done.text", "n", strconv.Itoa(len(paths))), theme.SizeNameText, widget.MediumImportance))
	for _, p := range paths {
		size := ""
		if st, err := os.Stat(p); err == nil {
			size = viewmodel.SizeText(st.Size())
		}
		body.Add(container.NewBorder(nil, nil, nil, line(th, size, theme.SizeNameCaptionText, colorSecondary), para(th, filepath.Base(p), theme.SizeNameText, widget.MediumImportance)))
	}
	body.Add(para(th, filepath.Dir(paths[0]), theme.SizeNameCaptionText, widget.LowImportance))
	head := rowOf(8, centred(shapeImage(th, viewmodel.ShapePass, 24)), centred(line(th, m.T("export.done"), theme.SizeNameSubHeadingText, colorPass)))
	w.askOr(m.T("about.close"), m.T("export.title"), column(8, head, body), m.T("export.show"), func() {
		w.closeDialog()
		if err := w.o.App.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(paths[0]))}); err != nil {
			w.notify(m.Error(err), false)
		}
	})
}

// freeNames are paths in dir for the forms, all with one name that no file has yet: nothing is written over.
func freeNames(dir, name string, forms []string) []string {
	for n := 1; ; n++ {
		base := name
		if n > 1 {
			base += " (" + strconv.Itoa(n) + ")"
		}
		var paths []string
		free := true
		for _, f := range forms {
			p := filepath.Join(dir, base+f)
			_, err := os.Lstat(p)
			free = free && os.IsNotExist(err)
			paths = append(paths, p)
		}
		if free || n == maxNames {
			return paths
		}
	}
}

// wait shows a dialog while work goes on; closing it by any way cancels the work.
func (w *Window) wait(title string, content fyne.CanvasObject, cancel func()) {
	w.closeDialog()
	th := w.th
	stop := newButtonWithIcon(w.m.T("common.cancel"), theme.CancelIcon(), w.closeDialog)
	body := container.NewBorder(line(th, title, theme.SizeNameSubHeadingText, theme.ColorNameForeground), container.NewHBox(layout.NewSpacer(), stop), nil, nil, pad(content, 10, 10, 0, 0))
	w.shown = widget.NewModalPopUp(pad(body, 10, 8, 14, 12), w.win.Canvas())
	w.shown.Resize(fyne.NewSize(min(520*th.Scale(), w.win.Canvas().Size().Width-80), w.shown.MinSize().Height+10))
	w.shown.Show()
	w.win.Canvas().Focus(stop)
	w.unasked, w.sticky = cancel, true
}

// wide shows a dialog as large as the window allows, with buttons at its foot; the last one is the important one.
func (w *Window) wide(title string, content fyne.CanvasObject, buttons ...*button) {
	w.closeDialog()
	th := w.th
	foot := container.NewHBox(layout.NewSpacer())
	for _, b := range buttons {
		foot.Add(b)
	}
	head := container.NewBorder(nil, nil, line(th, title, theme.SizeNameSubHeadingText, theme.ColorNameForeground), iconButton(theme.CancelIcon(), "", w.closeDialog))
	w.shown = widget.NewModalPopUp(pad(container.NewBorder(head, foot, nil, nil, pad(content, 6, 8, 0, 0)), 8, 8, 12, 12), w.win.Canvas())
	size := w.win.Canvas().Size()
	w.shown.Resize(fyne.NewSize(min(1080, size.Width-60), min(640, size.Height-60)))
	w.shown.Show()
	w.sticky = true
	if len(buttons) > 0 {
		w.win.Canvas().Focus(buttons[len(buttons)-1])
	}
}

// banner is a shape, a title in its colour and a sentence, on a tinted ground.
func banner(th *Theme, shape viewmodel.Shape, title, text string) fyne.CanvasObject {
	ground := canvas.NewRectangle(th.C(tint(shape)))
	ground.CornerRadius = 8
	return container.NewStack(ground, pad(container.NewBorder(nil, nil, pad(centred(shapeImage(th, shape, 38)), 0, 0, 0, 10), nil,
		column(2, line(th, title, theme.SizeNameHeadingText, ink(shape)), para(th, strings.TrimSpace(text), theme.SizeNameText, widget.MediumImportance))), 8, 8, 12, 12))
}
