package ui

import (
	"os"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// compareScreen shows what files have in common, and how they stand against a list of required people.
type compareScreen struct {
	plainScreen
	w       *Window
	cross   []viewmodel.Crossing
	crosses *list
	none    fyne.CanvasObject
	lines   []viewmodel.RosterLine
	roster  *dataTable
	summary *canvas.Text
	hint    fyne.CanvasObject
	row     int
	root    fyne.CanvasObject
}

func newCompareScreen(w *Window) Screen {
	c := &compareScreen{w: w, row: -1}
	th, m := w.th, w.m
	c.crosses = newList(listMarks, func() int { return len(c.cross) }, c.newCross, c.fillCross)
	c.crosses.OnSelected = func(i widget.ListItemID) {
		c.crosses.UnselectAll()
		if i < len(c.cross) {
			c.showPair(c.cross[i])
		}
	}
	c.none = emptyText(m.T("compare.none"))
	upper := container.NewBorder(pad(column(2, line(th, m.T("compare.title"), theme.SizeNameSubHeadingText, theme.ColorNameForeground),
		para(th, m.T("compare.hint"), theme.SizeNameCaptionText, widget.LowImportance)), 10, 4, 12, 12), nil, nil, nil, container.NewStack(c.crosses, c.none))

	k := th.Scale()
	c.roster = newDataTable(th, []tableColumn{
		{m.T("col.state"), 110 * k}, {m.T("col.name"), 110 * k}, {m.T("col.number"), 170 * k}, {m.T("col.specialty"), 120 * k}, {m.T("roster.differs"), 330 * k}, {m.T("col.verdict"), 210 * k}, {m.T("col.file"), 200 * k},
	}, c, w.typedKey, w.typedRune)
	load := newButtonWithIcon(m.T("roster.load"), theme.FolderOpenIcon(), func() { w.chooseFile(m.T("roster.load"), w.LoadRoster) })
	c.summary = line(th, "", theme.SizeNameText, theme.ColorNameForeground)
	c.hint = emptyText(m.T("roster.none") + " " + m.T("roster.hint"))
	head := container.NewBorder(nil, nil, rowOf(12, centred(line(th, m.T("roster.title"), theme.SizeNameSubHeadingText, theme.ColorNameForeground)), centred(c.summary)), load)
	lower := container.NewBorder(pad(head, 8, 6, 12, 12), nil, nil, nil, container.NewStack(c.roster, c.hint))
	split := container.NewVSplit(upper, lower)
	split.Offset = 0.48
	c.root = split
	return c
}

// emptyText stands where there is nothing to list.
func emptyText(s string) fyne.CanvasObject {
	l := widget.NewLabel(s)
	l.Alignment, l.Wrapping, l.Importance = fyne.TextAlignCenter, fyne.TextWrapWord, widget.LowImportance
	return pad(centred(l), 30, 0, 20, 20) // below the headings of a table
}

func (c *compareScreen) Key() string               { return "compare" }
func (c *compareScreen) Icon() fyne.Resource       { return theme.ContentCopyIcon() }
func (c *compareScreen) Object() fyne.CanvasObject { return c.root }

// crossRow is one thing that files have in common.
type crossRow struct {
	listRow
	where, what *canvas.Text
	files       *widget.Label
}

func (c *compareScreen) newCross() fyne.CanvasObject {
	th := c.w.th
	r := &crossRow{where: line(th, "", theme.SizeNameCaptionText, colorUnknown), what: line(th, "", theme.SizeNameText, theme.ColorNameForeground)}
	var files fyne.CanvasObject
	r.files, files = clipped(th, "", theme.SizeNameCaptionText, widget.LowImportance)
	left := container.New(&fixedWidth{120 * th.Scale()}, centred(r.where))
	r.content = pad(container.NewBorder(nil, nil, left, nil, column(0, r.what, files)), 4, 4, 12, 12)
	r.ExtendBaseWidget(r)
	return r
}

func (c *compareScreen) fillCross(i widget.ListItemID, o fyne.CanvasObject) {
	if i >= len(c.cross) {
		return
	}
	x, r, m := c.cross[i], o.(*crossRow), c.w.m
	r.where.Text, r.where.Color = m.T("compare.within"), c.w.th.C(colorSecondary)
	if x.Across() {
		r.where.Text, r.where.Color = m.T("compare.across"), c.w.th.C(colorUnknown)
	}
	r.what.Text = m.T(x.Kind.Key()) + "  " + x.Value
	text := ""
	for n, id := range x.Items {
		if n == 4 {
			text += "   " + m.T("compare.more", "n", strconv.Itoa(len(x.Items)-n))
			break
		}
		if n > 0 {
			text += "   ⇄   "
		}
		it := c.w.session.Item(id)
		text += m.T("compare.pair", "bidder", c.w.bidderName(it.Bidder), "file", it.File.Name)
	}
	r.where.Refresh()
	r.what.Refresh()
	if r.files.Text != text {
		r.files.SetText(text)
	}
}

// showPair lays the files of a crossing beside each other.
func (c *compareScreen) showPair(x viewmodel.Crossing) {
	w, th, m := c.w, c.w.th, c.w.m
	body := column(10, para(th, m.T("compare.hint"), theme.SizeNameCaptionText, widget.LowImportance))
	grid := container.NewGridWithColumns(2)
	for _, id := range x.Items {
		it := w.session.Item(id)
		facts := column(2, rowOf(6, centred(shapeImage(th, it.Row.Shape, 18)), centred(line(th, w.bidderName(it.Bidder), theme.SizeNameSubHeadingText, theme.ColorNameForeground))))
		for _, f := range [][2]string{
			{m.T("fact.file"), it.File.Name},
			{m.T("fact.name"), it.Facts.Name},
			{m.T("fact.number"), it.Facts.Number},
			{m.T("fact.employer"), it.Facts.Employer},
			{m.T("fact.usage"), it.Row.Cells[viewmodel.ColUsage]},
			{m.T("col.verdict"), it.Row.Subtitle},
			{"SHA-256", shorten(it.Facts.SHA256, 16)},
			{"PDF ID", shorten(it.Facts.DocumentID, 16)},
			{"Producer", it.Facts.Producer},
		} {
			if f[1] != "" {
				facts.Add(container.NewBorder(nil, nil, container.New(&fixedWidth{86 * th.Scale()}, container.NewVBox(pad(line(th, f[0], theme.SizeNameCaptionText, colorSecondary), 2, 0, 0, 0))), nil, para(th, f[1], theme.SizeNameText, widget.MediumImportance)))
			}
		}
		facts.Add(container.NewHBox(newButton(m.T("compare.open"), func() {
			w.closeDialog()
			w.session.SetView(viewmodel.View{})
			w.session.Select(id)
			w.Show("verify")
		})))
		grid.Add(panel(th, colorSurface, colorBorder, facts, 10))
	}
	body.Add(grid)
	w.dialog(m.T(x.Kind.Key())+"  "+x.Value, container.NewVScroll(pad(body, 4, 8, 6, 14)))
}

func shorten(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}

// Changed implements Screen.
func (c *compareScreen) Changed(ch viewmodel.Change) {
	if !ch.List {
		return
	}
	c.cross = c.w.session.Crossings()
	show(c.none, len(c.cross) == 0)
	c.crosses.Refresh()
	c.check()
}

// check lays the roster beside the certificates.
func (c *compareScreen) check() {
	w, m := c.w, c.w.m
	c.lines = nil
	c.summary.Text = ""
	if w.roster != nil {
		c.lines = w.session.CheckRoster(w.roster, w.session.View().Bidder)
		c.summary.Text = viewmodel.RosterSummary(m, c.lines)
		if left := w.session.Counts(); left.Working() {
			c.summary.Text += "   " + m.T("roster.reading", "n", strconv.Itoa(left.Total-left.Finished()))
		}
	}
	c.summary.Refresh()
	show(c.hint, w.roster == nil)
	c.roster.show()
}

// Len implements tableSource.
func (c *compareScreen) Len() int { return len(c.lines) }

// Cell implements tableSource.
func (c *compareScreen) Cell(row, column int) tableCell {
	if row >= len(c.lines) {
		return tableCell{}
	}
	l, m := c.lines[row], c.w.m
	it := c.w.session.Item(l.Item)
	p := l.Person
	if l.State == viewmodel.RosterExtra && it != nil {
		p.Name, p.Number = it.Facts.Name, it.Facts.Number
	}
	switch column {
	case 0:
		return tableCell{Text: m.T(l.State.Key()), Shape: l.State.Shape(), HasShape: true, Strong: true}
	case 1:
		return tableCell{Text: p.Name}
	case 2:
		return tableCell{Text: p.Number}
	case 3:
		return tableCell{Text: p.Specialty}
	case 4:
		text := ""
		for i, d := range l.Differs {
			if i > 0 {
				text += m.T("list.comma")
			}
			text += m.T("roster.field", "field", m.Or("fact."+d.Field, m.Or("evid."+d.Field, d.Field)), "list", d.List, "face", d.Face)
		}
		return tableCell{Text: text}
	case 5:
		return tableCell{Text: l.Subtitle, Shape: viewmodel.ShapeOf(l.Verdict), Strong: it != nil}
	}
	if it != nil {
		return tableCell{Text: it.File.Name}
	}
	return tableCell{}
}

// Selected implements tableSource.
func (c *compareScreen) Selected() int { return c.row }

// Sorted implements tableSource.
func (c *compareScreen) Sorted() (int, bool) { return 0, false }

// Sort implements tableSource: the list's own order stays.
func (c *compareScreen) Sort(int) {}

// Select implements tableSource.
func (c *compareScreen) Select(row int) {
	c.row = row
	if row < len(c.lines) && c.lines[row].Item >= 0 {
		c.w.session.Select(c.lines[row].Item)
	}
	c.roster.show()
}

// LoadRoster reads a list of required people in the background and checks the files against it.
func (w *Window) LoadRoster(path string) {
	go func() {
		f, err := os.Open(path)
		var list []viewmodel.Required
		if err == nil {
			list, err = viewmodel.ReadRoster(f)
			f.Close() // only read
		}
		w.o.Dispatch(func() {
			if err != nil {
				w.notify(w.m.T("roster.failed", "error", w.m.Error(err)), false)
				return
			}
			w.roster = list
			w.notify(w.m.T("roster.loaded", "file", filepath.Base(path), "n", strconv.Itoa(len(list))), true)
			w.Show("compare")
		})
	}()
}

// TypedKey implements Screen.
func (c *compareScreen) TypedKey(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		c.Select(min(c.row+1, len(c.lines)-1))
	case fyne.KeyUp:
		c.Select(max(c.row-1, 0))
	case fyne.KeyReturn, fyne.KeyEnter:
		c.w.Show("verify")
	default:
		return false
	}
	return true
}
