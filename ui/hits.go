package ui

import (
	"image"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// hitList is the table of the certificates that were found in one long document: picture, page, kind, verdict. It is there
// only beside such a document.
type hitList struct {
	w     *Window
	ids   []int
	list  *list
	title *canvas.Text
	quiet bool
	at    int // the row that was brought into view
	root  *fyne.Container
	frame *fyne.Container // lays out anew when the list comes or goes
}

func newHitList(w *Window) *hitList {
	h := &hitList{w: w}
	th := w.th
	h.list = newList(listPasses, func() int { return len(h.ids) }, h.newRow, h.fillRow)
	h.list.HideSeparators = true
	h.list.OnSelected = func(i widget.ListItemID) {
		if !h.quiet && i < len(h.ids) {
			w.session.Select(h.ids[i])
		}
	}
	h.title = line(th, "", theme.SizeNameCaptionText, colorSecondary)
	edge := canvas.NewRectangle(th.C(colorBorder))
	edge.SetMinSize(fyne.NewSize(1, 1))
	body := container.NewBorder(pad(h.title, 6, 2, 8, 4), nil, nil, edge, h.list)
	h.root = container.New(&fixedWidth{204 * th.Scale()}, container.NewStack(canvas.NewRectangle(th.C(colorSurface)), body))
	h.root.Hide()
	return h
}

// hitRow is one certificate of the document.
type hitRow struct {
	listRow
	picture    *canvas.Image
	shown      image.Image
	shape      *canvas.Image
	page, word *canvas.Text
	kind       *widget.Label
}

func (h *hitList) newRow() fyne.CanvasObject {
	th := h.w.th
	r := &hitRow{picture: canvas.NewImageFromImage(nil), shape: canvas.NewImageFromResource(shapeResource(th, viewmodel.ShapeWait))}
	r.picture.FillMode, r.picture.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	r.shape.FillMode = canvas.ImageFillContain
	r.shape.SetMinSize(fyne.NewSquareSize(16))
	paper := canvas.NewRectangle(rgb(0xFFFFFF))
	paper.StrokeColor, paper.StrokeWidth = th.C(colorBorder), 1
	thumb := container.New(&fixedSize{fyne.NewSize(62, 84)}, paper, r.picture)
	r.page = line(th, "", theme.SizeNameText, theme.ColorNameForeground)
	var kind fyne.CanvasObject
	r.kind, kind = clipped(th, "", theme.SizeNameCaptionText, widget.LowImportance)
	r.word = line(th, "", theme.SizeNameCaptionText, theme.ColorNameForeground)
	text := centred(column(3, r.page, kind, rowOf(4, centred(r.shape), centred(r.word))))
	r.content = pad(container.NewBorder(nil, nil, pad(centred(thumb), 0, 0, 2, 8), nil, text), 4, 4, 4, 4)
	r.ExtendBaseWidget(r)
	return r
}

func (h *hitList) fillRow(i widget.ListItemID, o fyne.CanvasObject) {
	if i >= len(h.ids) {
		return
	}
	r, s, m := o.(*hitRow), h.w.session, h.w.m
	it := s.Item(h.ids[i])
	if it == nil {
		return
	}
	page := s.PlaceOf(it.ID)
	set := func(t *canvas.Text, text string) {
		if t.Text != text {
			t.Text = text
			t.Refresh()
		}
	}
	set(r.page, m.T("page.n", "n", strconv.Itoa(page+1)))
	if r.kind.Text != it.Row.Kind {
		r.kind.SetText(it.Row.Kind)
	}
	r.word.Color = h.w.th.C(ink(it.Row.Shape))
	set(r.word, it.Row.Cells[viewmodel.ColVerdict])
	if res := shapeResource(h.w.th, it.Row.Shape); r.shape.Resource.Name() != res.Name() {
		r.shape.Resource = res
		r.shape.Refresh()
	}
	if img := s.Thumbnail(it.ID); img != r.shown {
		r.shown, r.picture.Image = img, img
		r.picture.Refresh()
	}
}

// refresh shows the certificates of the selected file, if it has more than one.
func (h *hitList) refresh() {
	ids := h.w.session.Siblings()
	if on := len(ids) > 0; on != h.root.Visible() {
		show(h.root, on)
		h.frame.Refresh()
		h.at = -1
	}
	h.ids = ids
	if len(ids) == 0 {
		return
	}
	h.title.Text = h.w.m.T("hits.title", "n", strconv.Itoa(len(ids)))
	h.title.Refresh()
	h.list.Refresh()
	h.quiet = true
	defer func() { h.quiet = false }()
	if it := h.w.session.Selected(); it != nil {
		if i := slices.Index(ids, it.ID); i >= 0 {
			h.list.Select(i)
			if h.at != i {
				h.at = i
				h.list.ScrollTo(i)
			}
		}
	}
}
