package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// leftOutLine says how much of what was opened was not read, and lists it when it is pressed. It is not seen while nothing was
// left out.
type leftOutLine struct {
	button  *button
	session *viewmodel.Session
}

func newLeftOutLine(w *Window) *leftOutLine {
	l := &leftOutLine{button: iconButton(theme.InfoIcon(), "", w.showLeftOut), session: w.session}
	l.button.Alignment = widget.ButtonAlignLeading
	l.refresh()
	return l
}

func (l *leftOutLine) refresh() {
	text := l.session.LeftOutText()
	if text != "" && l.button.Text != text {
		l.button.SetText(text)
	}
	show(l.button, text != "")
}

// showLeftOut lists what was left out, each with its reason; the whole list can be copied.
func (w *Window) showLeftOut() {
	th, m, s := w.th, w.m, w.session
	rows := &leftOutRows{m: m, list: s.LeftOut(), row: -1}
	path := newPassage("")
	path.Wrapping, path.SizeName = fyne.TextWrapBreak, theme.SizeNameCaptionText
	rows.selected = func(l viewmodel.LeftOut) { path.SetText(l.Full()) }
	k := th.Scale()
	table := newDataTable(th, []tableColumn{{m.T("left.col.name"), 430 * k}, {m.T("left.col.why"), max(560*k, 622)}}, rows, func(e *fyne.KeyEvent) {
		switch e.Name {
		case fyne.KeyDown:
			rows.Select(rows.row + 1)
		case fyne.KeyUp:
			rows.Select(rows.row - 1)
		case fyne.KeyReturn, fyne.KeyEnter:
			w.closeDialog()
		default:
			w.typedKey(e)
		}
	}, w.typedRune)
	rows.table = table
	list := newButtonWithIcon(m.T("left.copy"), theme.ContentCopyIcon(), func() { w.copyText(s.LeftOutList()) })
	shut := newButton(m.T("about.close"), w.closeDialog)
	shut.Importance = widget.HighImportance
	w.wide(s.LeftOutTitle(), container.NewBorder(para(th, m.T("left.hint"), theme.SizeNameText, widget.MediumImportance), snug(path), nil, nil, pad(table, 8, 4, 0, 0)), list, shut)
	size := w.shown.Size() // a short list needs no tall dialog
	rowHeight := newCell(table).MinSize().Height + th.Size(theme.SizeNamePadding)
	w.win.Canvas().Focus(table) // the arrows go through it
	rows.Select(0)
	w.shown.Resize(fyne.NewSize(size.Width, min(size.Height, w.shown.MinSize().Height+float32(len(rows.list)+1)*rowHeight)))
}

// leftOutRows are the rows of that list.
type leftOutRows struct {
	m        *viewmodel.Messages
	list     []viewmodel.LeftOut
	row      int
	table    *dataTable
	selected func(viewmodel.LeftOut)
}

// Len implements tableSource.
func (r *leftOutRows) Len() int { return len(r.list) }

// Cell implements tableSource.
func (r *leftOutRows) Cell(row, column int) tableCell {
	if row >= len(r.list) {
		return tableCell{}
	}
	if column == 0 {
		return tableCell{Text: r.list[row].Name}
	}
	return tableCell{Text: r.list[row].Reason(r.m)}
}

// Selected implements tableSource.
func (r *leftOutRows) Selected() int { return r.row }

// Sorted implements tableSource.
func (r *leftOutRows) Sorted() (int, bool) { return -1, false }

// Sort implements tableSource: the order in which things were left out stays.
func (r *leftOutRows) Sort(int) {}

// Select implements tableSource: a row has room for a part of a long path, the line below the table for all of it.
func (r *leftOutRows) Select(row int) {
	if row >= 0 && row < len(r.list) {
		r.row = row
		r.selected(r.list[row])
		r.table.show()
	}
}
