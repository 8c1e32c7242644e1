package ui

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// reviewScreen brings each doubtful file to a person's eye: the page at reading size, the evidence beside it, and three
// keys to decide with.
type reviewScreen struct {
	w        *Window
	list     *list
	queue    []int
	done     int
	page     *pageView
	right    *fyne.Container
	scroll   *container.Scroll
	empty    *fyne.Container
	body     fyne.CanvasObject
	progress *canvas.Text
	meter    *meter
	narrowed *narrowedTo // over the queue, and where it is empty
	none     *narrowedTo
	shown    *viewmodel.Detail
	item     int
	cropped  bool
	quiet    bool
	root     fyne.CanvasObject
}

func newReviewScreen(w *Window) Screen {
	r := &reviewScreen{w: w, item: -1, right: column(8)}
	th, m := w.th, w.m
	r.list = newList(listPasses, func() int { return len(r.queue) }, r.newRow, r.fillRow)
	r.list.HideSeparators = true
	r.list.OnSelected = func(i widget.ListItemID) {
		if !r.quiet && i < len(r.queue) {
			w.session.Select(r.queue[i])
		}
	}
	r.page = newPageView(th, w.session, func(*viewmodel.Mark) {}, func(viewmodel.Mark) {})
	r.page.wide = true // reading size
	r.scroll = scrolled(th, pad(r.right, 8, 12, 8, 12))
	r.progress = line(th, "", theme.SizeNameSubHeadingText, theme.ColorNameForeground)
	r.meter = newMeter(th)
	r.narrowed, r.none = newNarrowedTo(th, w.session, false), newNarrowedTo(th, w.session, false)
	head := column(5, rowOf(8, centred(line(th, m.T("screen.review"), theme.SizeNameText, colorSecondary)), centred(r.progress)), r.meter.root, r.narrowed.root)
	left := container.NewStack(canvas.NewRectangle(th.C(colorSurface)), container.NewBorder(pad(head, 8, 6, 10, 10), nil, nil, nil, r.list))
	inner := container.NewHSplit(r.page.root, r.scroll)
	inner.Offset = 0.55
	split := container.NewHSplit(left, inner)
	split.Offset = 0.18
	keys := container.NewStack(canvas.NewRectangle(th.C(colorSurface)), pad(narrow(th, container.NewCenter(line(th, m.T("review.keys"), theme.SizeNameText, colorSecondary))), 4, 4, 8, 8))
	r.body = container.NewBorder(nil, keys, nil, nil, split)
	empty := column(8, para(th, m.T("review.empty"), theme.SizeNameSubHeadingText, widget.MediumImportance), r.none.root)
	r.empty = container.NewCenter(container.New(&fixedWidth{460}, empty))
	r.root = container.NewStack(r.body, r.empty)
	return r
}

func (r *reviewScreen) Key() string               { return "review" }
func (r *reviewScreen) Icon() fyne.Resource       { return theme.VisibilityIcon() }
func (r *reviewScreen) Object() fyne.CanvasObject { return r.root }

func (r *reviewScreen) newRow() fyne.CanvasObject {
	f := &fileRow{image: canvas.NewImageFromResource(shapeResource(r.w.th, viewmodel.ShapeWait))}
	f.image.FillMode = canvas.ImageFillContain
	f.image.SetMinSize(fyne.NewSquareSize(20))
	var title, sub fyne.CanvasObject
	f.title, title = clipped(r.w.th, "", theme.SizeNameText, widget.MediumImportance)
	f.sub, sub = clipped(r.w.th, "", theme.SizeNameCaptionText, widget.LowImportance)
	f.content = pad(container.NewBorder(nil, nil, pad(centred(f.image), 0, 0, 6, 6), nil, column(0, title, sub)), 2, 2, 2, 2)
	f.ExtendBaseWidget(f)
	return f
}

func (r *reviewScreen) fillRow(i widget.ListItemID, o fyne.CanvasObject) {
	if i >= len(r.queue) {
		return
	}
	it, f := r.w.session.Item(r.queue[i]), o.(*fileRow)
	if it == nil {
		return
	}
	name, sub, imp := it.Row.Person, r.w.m.T(doubtKey(it.Row.Doubt)), widget.WarningImportance
	if name == "" {
		name = it.Row.Title
	}
	if it.Bidder != "" {
		name += " · " + it.Bidder
	}
	res := shapeResource(r.w.th, it.Row.Shape)
	if it.Row.Doubt == viewmodel.DoubtFailed {
		imp = widget.DangerImportance
	}
	if it.Decided() {
		sub, imp = "✓ "+it.Row.Cells[viewmodel.ColHuman], widget.LowImportance
	}
	if f.image.Resource.Name() != res.Name() {
		f.image.Resource = res
		f.image.Refresh()
	}
	if f.title.Text != name {
		f.title.SetText(name)
	}
	if f.sub.Text != sub || f.sub.Importance != imp {
		f.sub.Importance = imp
		f.sub.SetText(sub)
	}
}

func doubtKey(d viewmodel.Doubt) string {
	switch d {
	case viewmodel.DoubtUnreadable:
		return "review.why.unreadable"
	case viewmodel.DoubtFailed:
		return "review.why.failed"
	case viewmodel.DoubtHandwriting:
		return "review.why.handwriting"
	}
	return "review.why.unknown"
}

// Changed implements Screen.
func (r *reviewScreen) Changed(c viewmodel.Change) {
	s, m := r.w.session, r.w.m
	if c.List || c.Detail {
		r.queue, r.done = s.ReviewQueue()
		r.progress.Text = m.T("review.progress", "done", strconv.Itoa(r.done), "total", strconv.Itoa(len(r.queue)))
		r.progress.Refresh()
		if len(r.queue) > 0 {
			r.meter.set(float32(r.done) / float32(len(r.queue)))
		}
		r.narrowed.refresh()
		r.none.refresh()
		show(r.body, len(r.queue) > 0)
		show(r.empty, len(r.queue) == 0)
		if r.follow() < 0 && len(r.queue) > 0 {
			s.Select(r.firstOpen())
			return
		}
		r.list.Refresh()
	}
	if c.List || c.Detail {
		r.page.show(r.w.detail)
		r.showEvidence()
	}
	if c.Picture {
		r.page.pictured()
		if !r.cropped { // the handwriting may have to be cut out of the page's picture
			r.shown = nil
			r.showEvidence()
		}
	}
}

// firstOpen is the first file of the queue that is not answered, else the first.
func (r *reviewScreen) firstOpen() int {
	for _, id := range r.queue {
		if it := r.w.session.Item(id); it != nil && !it.Decided() {
			return id
		}
	}
	return r.queue[0]
}

func (r *reviewScreen) follow() int {
	r.quiet = true
	defer func() { r.quiet = false }()
	if it := r.w.session.Selected(); it != nil {
		for i, id := range r.queue {
			if id == it.ID {
				r.list.Select(i)
				return i
			}
		}
	}
	r.list.UnselectAll()
	return -1
}

// showEvidence makes the right side: what is asked, and what it can be answered from.
func (r *reviewScreen) showEvidence() {
	w := r.w
	it := w.session.Selected()
	if w.detail == r.shown && it != nil && it.ID == r.item {
		return
	}
	r.shown, r.cropped = w.detail, true
	if it != nil && it.ID != r.item {
		r.item = it.ID
		r.scroll.ScrollToTop()
	}
	r.right.RemoveAll()
	if w.detail == nil || it == nil {
		return
	}
	th, m, rep := w.th, w.m, w.session.Report()
	r.right.Add(r.decision(it))
	if card, ok := viewmodel.BuildInkCard(m, rep); ok {
		if card.Crop == nil {
			card.Crop = viewmodel.CropOf(w.session.Picture(), card.Page, card.Box)
			r.cropped = card.Crop != nil
		}
		r.right.Add(inkCard(th, m, card))
	}
	for _, o := range w.evidenceCards(rep, r.page) {
		r.right.Add(o)
	}
	if len(w.detail.Ladder) > 0 {
		o, _ := ladderCard(th, m, w.detail.Ladder, map[string]bool{}, ladderActions{light: r.page.light, decide: w.decide, toggle: func(string, bool) {}}, func() {})
		r.right.Add(o)
	}
	r.right.Add(factsCard(th, m, w.detail.Facts, r.page.locateText))
	r.right.Refresh()
}

// decision shows the machine's answer and the person's side by side, with the three buttons.
func (r *reviewScreen) decision(it *viewmodel.Item) fyne.CanvasObject {
	w, th, m, v := r.w, r.w.th, r.w.m, r.w.detail.Verdict
	check, answers := w.session.ReviewQuestion()
	buttons := rowOf(6)
	for i, a := range answers {
		b := newButton(strconv.Itoa(i+1)+"  "+m.T("decision."+a), func() { w.session.Answer(i + 1) })
		if it.Human[check].Answer == a {
			b.Importance = widget.HighImportance
		}
		buttons.Add(b)
	}
	human := it.Row.Cells[viewmodel.ColHuman]
	if human == "" {
		human = m.T("review.human.none")
	}
	machine := container.NewBorder(nil, nil, pad(container.NewVBox(shapeImage(th, v.Shape, 30)), 2, 0, 0, 8), nil,
		column(2, line(th, m.T("review.machine")+"  "+v.Word, theme.SizeNameSubHeadingText, ink(v.Shape)), para(th, v.Reason, theme.SizeNameText, widget.MediumImportance)))
	person := container.NewBorder(nil, nil, line(th, m.T("review.human")+"  ", theme.SizeNameText, colorSecondary), nil, para(th, human, theme.SizeNameText, widget.HighImportance))
	undo := newButton(m.T("review.undo"), func() { w.session.Undo() })
	enable(undo, w.session.CanUndo())
	tools := rowOf(6, newButton(m.T("review.note")+" (N)", r.askNote), undo)
	body := column(8, machine, rule(th), person, buttons, tools)
	if w.session.Operator() == "" {
		body.Add(container.NewBorder(nil, nil, nil, newButton(m.T("review.nameless.set"), func() { w.Show("settings") }),
			centred(para(th, m.T("review.nameless"), theme.SizeNameCaptionText, widget.WarningImportance))))
	}
	if v.Next != "" {
		body.Add(nextStep(th, m, v.Next))
	}
	return panel(th, tint(v.Shape), colorBorder, body, 10)
}

// inkCard lays the handwriting beside the printed signature.
func inkCard(th *Theme, m *viewmodel.Messages, c viewmodel.InkCard) fyne.CanvasObject {
	body := column(6, para(th, m.T("ink.machine", "presence", c.Presence), theme.SizeNameText, widget.MediumImportance))
	if c.Why != "" {
		body.Add(para(th, c.Why, theme.SizeNameText, widget.WarningImportance))
	}
	pictures := container.NewGridWithColumns(2)
	for _, p := range []struct {
		key string
		img image.Image
	}{{"ink.crop", c.Crop}, {"ink.reference", c.Reference}, {"ink.overlay", c.Overlay}} {
		if p.img != nil {
			pictures.Add(inkPicture(th, m.T(p.key), p.img))
		}
	}
	if len(pictures.Objects) > 0 {
		body.Add(pictures)
	} else {
		body.Add(para(th, m.T("ink.nocrop"), theme.SizeNameText, widget.LowImportance))
	}
	if c.Likeness != "" {
		body.Add(para(th, c.Likeness, theme.SizeNameCaptionText, widget.LowImportance))
	}
	if c.Caveat {
		body.Add(para(th, m.T("ink.caveat"), theme.SizeNameCaptionText, widget.LowImportance))
	}
	body.Add(para(th, m.T("decision.ask"), theme.SizeNameCaptionText, widget.LowImportance))
	return card(th, m.T("ink.title"), nil, body)
}

// inkPicture is one of the pictures on white, whatever the theme.
func inkPicture(th *Theme, label string, p image.Image) fyne.CanvasObject {
	img := canvas.NewImageFromImage(p)
	img.FillMode = canvas.ImageFillContain
	img.ScaleMode = canvas.ImageScaleSmooth
	img.SetMinSize(fyne.NewSize(140, 84))
	paper := canvas.NewRectangle(rgb(0xFFFFFF))
	paper.StrokeColor, paper.StrokeWidth = th.C(colorBorder), 1
	return column(2, line(th, label, theme.SizeNameCaptionText, colorSecondary), container.NewStack(paper, pad(img, 4, 4, 4, 4)))
}

// askNote takes a remark. Chinese input is weak in this toolkit, so phrases can be picked and text pasted.
func (r *reviewScreen) askNote() {
	w, m := r.w, r.w.m
	it := w.session.Selected()
	if it == nil || !it.Judged() {
		return
	}
	e := newKeyEntry(w)
	e.SetText(it.Note())
	ok := func() { w.closeDialog(); w.session.SetNote(e.Text) }
	e.OnSubmitted = func(string) { ok() }
	phrases := container.NewGridWithColumns(2)
	for i := 1; i <= 4; i++ {
		text := m.T("review.note.phrase." + strconv.Itoa(i))
		phrases.Add(newButton(text, func() {
			if e.Text != "" {
				text = e.Text + m.T("list.comma") + text
			}
			e.SetText(text)
			w.win.Canvas().Focus(e)
		}))
	}
	w.ask(m.T("review.note.title"), column(8, e, phrases), m.T("common.ok"), ok)
	w.win.Canvas().Focus(e)
}

// TypedKey implements Screen.
func (r *reviewScreen) TypedKey(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown, fyne.KeyPageDown:
		r.w.session.StepReview(1)
	case fyne.KeyUp, fyne.KeyPageUp:
		r.w.session.StepReview(-1)
	case fyne.KeyLeft:
		r.page.turn(-1)
	case fyne.KeyRight:
		r.page.turn(1)
	case fyne.KeyBackspace:
		r.w.session.Undo()
	default:
		return false
	}
	return true
}

// TypedRune implements Screen.
func (r *reviewScreen) TypedRune(c rune) bool {
	switch c {
	case 'j', 'J':
		r.w.session.StepReview(1)
	case 'k', 'K':
		r.w.session.StepReview(-1)
	case '1', '2', '3':
		r.w.session.Answer(int(c - '0'))
	case 'n', 'N':
		r.askNote()
	case 'u', 'U':
		r.w.session.Undo()
	default:
		return false
	}
	return true
}
