package ui

import (
	"bytes"
	"errors"
	"image"
	_ "image/gif" // forms in which seals carry their pictures (GB/T 38540-2020, 5.3)
	_ "image/jpeg"
	_ "image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	_ "golang.org/x/image/bmp"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/page"
)

// Limits of a seal's picture, which comes from a stranger's file.
const (
	sealPictureBytes  = 4 << 20
	sealPicturePixels = 4 << 20
	sealPictureShown  = 92 // points
)

// sealActions is what the card can cause; what is nil is not offered.
type sealActions struct {
	// revision asks for the pages as they were when the file was end bytes long, or as they are now if end is 0. The
	// document of that state is made of the file's first end bytes: document.SourceBytes(name, data[:end]).
	revision func(end int64)
	// locate shows a place on a page; box is zero for the page as a whole.
	locate func(page int, box page.Box)
	// copied puts the card's text on the clipboard.
	copied func(text string)
}

// sealCard shows the seals of a file: the answer, and for each seal who, when, over what, what was changed and whose it is.
//
// To mount it: make it with newSealCard from viewmodel.BuildSealCard(messages, report.Evidence.Seal), add its root to the
// panel, and give it the three actions. It holds no state of the file but which revision is shown; make a new one for a
// new report. A card that goes away while a revision is shown does not ask for the present state again: the window does.
type sealCard struct {
	th       *Theme
	m        *viewmodel.Messages
	card     viewmodel.SealCard
	act      sealActions
	root     fyne.CanvasObject
	switches map[int64][]*widget.RadioGroup // by revision
	shown    int64                          // the revision whose pages are shown, 0 for the present
	setting  bool                           // a switch follows another, and asks for nothing
}

// newSealCard makes the card; its object is root.
func newSealCard(th *Theme, m *viewmodel.Messages, c viewmodel.SealCard, act sealActions) *sealCard {
	s := &sealCard{th: th, m: m, card: c, act: act, switches: map[int64][]*widget.RadioGroup{}}
	body := column(9, s.headline())
	for _, n := range c.Notes {
		body.Add(s.row(n, 0))
	}
	for i := range c.Seals {
		sep := canvas.NewRectangle(th.C(colorBorder))
		sep.SetMinSize(fyne.NewSize(10, 1))
		body.Add(sep)
		body.Add(s.seal(&c.Seals[i]))
	}
	var right fyne.CanvasObject
	if act.copied != nil {
		right = iconButton(theme.ContentCopyIcon(), m.T("sealcard.copy"), func() { act.copied(c.Text()) })
	}
	s.root = card(th, c.Title, right, body)
	return s
}

func (s *sealCard) headline() fyne.CanvasObject {
	th, c := s.th, s.card
	ground := canvas.NewRectangle(th.C(tint(c.Shape)))
	ground.CornerRadius = 6
	text := column(1, para(th, c.Head, theme.SizeNameSubHeadingText, widget.MediumImportance), para(th, c.Anchors, theme.SizeNameCaptionText, widget.LowImportance))
	return container.NewStack(ground, pad(container.NewBorder(nil, nil, pad(centred(shapeImage(th, c.Shape, 30)), 0, 0, 0, 8), nil, text), 7, 7, 10, 8))
}

// seal is one seal: its heading, the switch between the two states of the page, its rows and its picture.
func (s *sealCard) seal(v *viewmodel.SealView) fyne.CanvasObject {
	th := s.th
	_, heading := clipped(th, v.Heading, theme.SizeNameText, widget.MediumImportance)
	right := rowOf(6, centred(line(th, v.Word, theme.SizeNameText, ink(v.Shape))))
	if s.act.locate != nil && v.Page >= 0 && !v.Box.IsZero() {
		right.Add(iconButton(theme.VisibilityIcon(), "", func() { s.act.locate(v.Page, v.Box) }))
	}
	out := column(5, container.NewBorder(nil, nil, pad(centred(shapeImage(th, v.Shape, 20)), 0, 0, 0, 6), right, centred(heading)))
	if s.act.revision != nil && v.Revision > 0 {
		out.Add(s.revisions(v.Revision))
	}
	width := float32(0)
	for _, r := range append(v.Rows[:len(v.Rows):len(v.Rows)], v.Notes...) {
		width = max(width, fyne.MeasureText(r.Label, th.Size(theme.SizeNameCaptionText), fyne.TextStyle{}).Width)
	}
	rows := column(3)
	for _, r := range v.Rows {
		rows.Add(s.row(r, width))
		if r.Key == "changes" {
			for _, c := range v.Changes {
				rows.Add(pad(s.change(c), 0, 0, width+30, 0))
			}
		}
	}
	if p := s.picture(v); p != nil {
		out.Add(container.NewBorder(nil, nil, nil, container.NewVBox(pad(p, 2, 0, 8, 0)), rows))
	} else {
		out.Add(rows)
	}
	for _, n := range v.Notes {
		out.Add(s.row(n, width))
	}
	return out
}

// row is a labelled line with its shape, and under it what stands behind the value.
func (s *sealCard) row(r viewmodel.SealRow, width float32) fyne.CanvasObject {
	th := s.th
	label := line(th, r.Label, theme.SizeNameCaptionText, colorSecondary)
	var mark fyne.CanvasObject = canvas.NewRectangle(nothing())
	if r.Shape != viewmodel.ShapeWait {
		mark = shapeImage(th, r.Shape, 14)
	}
	left := container.NewHBox(container.New(&fixedWidth{14}, pad(mark, 4, 0, 0, 0)), container.New(&fixedWidth{max(width, label.MinSize().Width) + 4}, pad(label, 3, 0, 0, 0)))
	value := column(0, para(th, r.Value, theme.SizeNameText, sealImportance(r.Shape)))
	if r.Note != "" {
		value.Add(para(th, r.Note, theme.SizeNameCaptionText, widget.LowImportance))
	}
	return container.NewBorder(nil, nil, container.NewVBox(left), nil, value)
}

// sealImportance is the colour of a line's words; what is in order stays in the colour of text.
func sealImportance(s viewmodel.Shape) widget.Importance {
	switch s {
	case viewmodel.ShapeFail:
		return widget.DangerImportance
	case viewmodel.ShapeUnknown:
		return widget.WarningImportance
	}
	return widget.MediumImportance
}

func (s *sealCard) change(c viewmodel.SealChange) fyne.CanvasObject {
	text := para(s.th, "· "+c.Text, theme.SizeNameCaptionText, widget.MediumImportance)
	if s.act.locate == nil || c.Page < 0 {
		return text
	}
	return container.NewBorder(nil, nil, nil, centred(iconButton(theme.VisibilityIcon(), "", func() { s.act.locate(c.Page, c.Box) })), centred(text))
}

// revisions is the switch between the page as it was signed and as it is now. One revision is shown at a time: the
// switches of the other seals fall back.
func (s *sealCard) revisions(end int64) fyne.CanvasObject {
	now, signed := s.m.T("sealcard.revision.now"), s.m.T("sealcard.revision.signed")
	g := widget.NewRadioGroup([]string{now, signed}, nil)
	g.Horizontal, g.Required = true, true
	g.SetSelected(now)
	g.OnChanged = func(picked string) {
		if s.setting {
			return
		}
		s.show(map[bool]int64{true: end}[picked == signed])
	}
	s.switches[end] = append(s.switches[end], g)
	return pad(container.NewBorder(nil, nil, centred(line(s.th, s.m.T("sealcard.revision.title"), theme.SizeNameCaptionText, colorSecondary)), nil, g), 0, 0, 20, 0)
}

// show turns every switch to the state that is shown, and asks for its pages.
func (s *sealCard) show(end int64) {
	if s.shown == end {
		return
	}
	s.shown, s.setting = end, true
	for rev, gs := range s.switches {
		for _, g := range gs {
			if rev == end {
				g.SetSelected(s.m.T("sealcard.revision.signed"))
			} else {
				g.SetSelected(s.m.T("sealcard.revision.now"))
			}
		}
	}
	s.setting = false
	s.act.revision(end)
}

// picture is the seal's own picture, or a line that says why it is not shown; nil if the seal has none.
func (s *sealCard) picture(v *viewmodel.SealView) fyne.CanvasObject {
	if len(v.Picture) == 0 {
		return nil
	}
	img, err := decodeSeal(v.Picture)
	if err != nil {
		return container.New(&fixedWidth{sealPictureShown}, para(s.th, s.m.T("sealcard.picture.unshown", "type", v.PictureType), theme.SizeNameCaptionText, widget.LowImportance))
	}
	c := canvas.NewImageFromImage(img)
	c.FillMode = canvas.ImageFillContain
	c.SetMinSize(fyne.NewSquareSize(sealPictureShown))
	ground := canvas.NewRectangle(rgb(0xFFFFFF)) // seals are red on transparent ground, made for paper
	ground.CornerRadius = 6
	return container.NewStack(ground, pad(c, 2, 2, 2, 2))
}

var errSealPicture = errors.New("the picture of the seal is over a limit")

// decodeSeal decodes a seal's picture within limits; a decoder that fails on a hostile one costs the picture alone.
func decodeSeal(b []byte) (img image.Image, err error) {
	defer func() {
		if recover() != nil {
			img, err = nil, errSealPicture
		}
	}()
	if len(b) > sealPictureBytes {
		return nil, errSealPicture
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > sealPicturePixels/c.Height {
		return nil, errSealPicture
	}
	img, _, err = image.Decode(bytes.NewReader(b))
	return img, err
}
