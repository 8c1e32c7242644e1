package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
)

// auditShown is the number of entries that the screen shows; the export has all.
const auditShown = 2000

// auditScreen shows the log of verdicts and decisions, and whether its chain is intact.
type auditScreen struct {
	AloneScreen
	w     *Window
	badge *fyne.Container
	list  []viewmodel.AuditView
	table *dataTable
	asked bool
	row   int
	root  fyne.CanvasObject
}

func newAuditScreen(w *Window) Screen {
	a := &auditScreen{w: w, badge: container.NewStack(), row: -1}
	th, m, k := w.th, w.m, w.th.Scale()
	a.table = newDataTable(th, []tableColumn{
		{m.T("audit.number"), 70 * k},
		{m.T("audit.time"), 150 * k},
		{m.T("audit.action"), 120 * k},
		{m.T("col.verdict"), 110 * k},
		{m.T("audit.file"), 150 * k},
		{m.T("audit.rules"), 180 * k},
		{m.T("audit.decision"), 210 * k},
		{m.T("audit.operator"), 100 * k},
		{m.T("review.note"), 220 * k},
	}, a, w.typedKey, w.typedRune)
	check := newButtonWithIcon(m.T("audit.check"), theme.ViewRefreshIcon(), a.refresh)
	export := newButtonWithIcon(m.T("audit.export"), theme.DocumentSaveIcon(), a.export)
	head := container.NewBorder(nil, nil, rowOf(14, centred(line(th, m.T("audit.title"), theme.SizeNameSubHeadingText, theme.ColorNameForeground)), centred(a.badge)), rowOf(6, check, export))
	top := column(4, head, para(th, m.T("audit.hint"), theme.SizeNameCaptionText, widget.LowImportance))
	a.root = container.NewBorder(pad(top, 10, 6, 14, 14), nil, nil, nil, a.table)
	return a
}

func (a *auditScreen) Key() string               { return "audit" }
func (a *auditScreen) Icon() fyne.Resource       { return theme.HistoryIcon() }
func (a *auditScreen) Object() fyne.CanvasObject { return a.root }

// Changed implements Screen.
func (a *auditScreen) Changed(viewmodel.Change) {
	if !a.asked {
		a.asked = true
		a.refresh()
	}
}

// Left implements Leaver.
func (a *auditScreen) Left() { a.asked = false }

func (a *auditScreen) refresh() {
	w := a.w
	if w.o.Audit == nil {
		return
	}
	var state viewmodel.AuditState
	var list []viewmodel.AuditView
	swap(a.badge, line(w.th, w.m.T("audit.checking"), theme.SizeNameText, colorSecondary))
	w.background(func(ctx context.Context) (err error) {
		if state, err = w.o.Audit.Verify(ctx); err != nil {
			return err
		}
		list, err = w.o.Audit.Last(ctx, auditShown)
		return err
	}, func(err error) {
		shape, text := auditBadge(w.m, state, err)
		swap(a.badge, container.NewBorder(nil, nil, rowOf(6, centred(shapeImage(w.th, shape, 20)), centred(line(w.th, text, theme.SizeNameText, ink(shape)))), nil))
		a.list = list
		a.table.show()
	})
}

// auditBadge is the state of the chain in words: 链完整, or what is broken.
func auditBadge(m *viewmodel.Messages, s viewmodel.AuditState, err error) (viewmodel.Shape, string) {
	switch {
	case err != nil:
		return viewmodel.ShapeUnknown, m.T("audit.unread", "error", m.Error(err))
	case s.Broken != "":
		return viewmodel.ShapeFail, m.T("audit.broken", "why", s.Broken)
	case s.None || s.Entries == 0:
		return viewmodel.ShapeSkip, m.T("audit.none")
	}
	return viewmodel.ShapePass, m.T("audit.intact", "n", strconv.FormatInt(s.Entries, 10))
}

func (a *auditScreen) export() {
	w := a.w
	w.saveFile("audit.jsonl", func(path string) {
		w.background(func(ctx context.Context) error { return w.o.Audit.Export(ctx, path) }, func(err error) {
			if err != nil {
				w.notify(w.m.Error(err), false)
				return
			}
			w.notify(w.m.T("audit.exported", "path", path), true)
		})
	})
}

// Len implements tableSource.
func (a *auditScreen) Len() int { return len(a.list) }

// Cell implements tableSource.
func (a *auditScreen) Cell(row, column int) tableCell {
	if row >= len(a.list) {
		return tableCell{}
	}
	e, m := &a.list[row], a.w.m
	switch column {
	case 0:
		return tableCell{Text: strconv.FormatInt(e.Number, 10)}
	case 1:
		if e.Clock != "" {
			return tableCell{Text: localTime(e.Time), Shape: viewmodel.ShapeUnknown, HasShape: true, Strong: true}
		}
		return tableCell{Text: localTime(e.Time)}
	case 2:
		return tableCell{Text: m.Or("audit.action."+e.Action, e.Action)}
	case 3:
		if e.Indication == "" {
			return tableCell{}
		}
		i := verify.Indication(e.Indication)
		return tableCell{Text: m.Word(i), Shape: viewmodel.ShapeOf(i), HasShape: true, Strong: true}
	case 4:
		return tableCell{Text: shorten(e.File, 12)}
	case 5:
		return tableCell{Text: strings.Join(e.Rules, " ")}
	case 6:
		return tableCell{Text: decisionText(m, e.Decision)}
	case 7:
		return tableCell{Text: e.Operator}
	}
	return tableCell{Text: e.Note}
}

// decisionText puts "handwriting=agrees;" into words.
func decisionText(m *viewmodel.Messages, s string) string {
	var out []string
	for part := range strings.SplitSeq(s, ";") {
		if part == "" {
			continue
		}
		_, answer, ok := strings.Cut(part, "=")
		if !ok {
			answer = part
		}
		out = append(out, m.Or("decision."+answer, answer))
	}
	return strings.Join(out, m.T("list.comma"))
}

// Selected implements tableSource.
func (a *auditScreen) Selected() int { return a.row }

// Sorted implements tableSource.
func (a *auditScreen) Sorted() (int, bool) { return 0, true }

// Sort implements tableSource: the log has one order.
func (a *auditScreen) Sort(int) {}

// Select implements tableSource.
func (a *auditScreen) Select(row int) { a.row = row; a.table.show() }

// TypedKey implements Screen.
func (a *auditScreen) TypedKey(e *fyne.KeyEvent) bool {
	n := map[fyne.KeyName]int{fyne.KeyDown: 1, fyne.KeyUp: -1, fyne.KeyPageDown: 15, fyne.KeyPageUp: -15}[e.Name]
	if n == 0 || len(a.list) == 0 {
		return false
	}
	a.Select(min(max(a.row+n, 0), len(a.list)-1))
	return true
}
