package ui

import (
	"context"
	"os"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// shelfScreen is 我的证书: what ends when, and what to do before the bid day.
type shelfScreen struct {
	AloneScreen
	w     *Window
	shelf viewmodel.Shelf
	list  []viewmodel.ShelfItem
	rows  *fyne.Container
	asked bool
	root  fyne.CanvasObject
}

// ShelfScreen makes the screen over a shelf, for Options.Screens.
func ShelfScreen(shelf viewmodel.Shelf) ScreenMaker {
	return func(w *Window) Screen {
		s := &shelfScreen{w: w, shelf: shelf, rows: column(8)}
		m := w.m
		add := newButtonWithIcon(m.T("shelf.add"), theme.ContentAddIcon(), s.add)
		add.Importance = widget.HighImportance
		export := newButtonWithIcon(m.T("shelf.export"), theme.DocumentSaveIcon(), s.export)
		head := container.NewBorder(nil, nil, centred(line(w.th, m.T("shelf.title"), theme.SizeNameSubHeadingText, theme.ColorNameForeground)), rowOf(6, add, export))
		top := column(4, head, para(w.th, m.T("shelf.hint"), theme.SizeNameCaptionText, widget.LowImportance))
		s.root = container.NewBorder(pad(top, 10, 6, 14, 14), nil, nil, nil, container.NewVScroll(pad(s.rows, 4, 14, 14, 14)))
		return s
	}
}

func (s *shelfScreen) Key() string               { return "shelf" }
func (s *shelfScreen) Icon() fyne.Resource       { return theme.AccountIcon() }
func (s *shelfScreen) Object() fyne.CanvasObject { return s.root }

// Changed implements Screen.
func (s *shelfScreen) Changed(viewmodel.Change) {
	if !s.asked {
		s.asked = true
		s.do(func(context.Context) error { return nil })
	}
}

// Left implements Leaver.
func (s *shelfScreen) Left() { s.asked = false }

// do changes the shelf and shows it as it is then.
func (s *shelfScreen) do(change func(context.Context) error) {
	var list []viewmodel.ShelfItem
	s.w.background(func(ctx context.Context) error {
		if err := change(ctx); err != nil {
			return err
		}
		var err error
		list, err = s.shelf.List(ctx)
		return err
	}, func(err error) {
		if err != nil {
			s.w.notify(s.w.m.Error(err), false)
			return
		}
		s.list = list
		s.show()
	})
}

func (s *shelfScreen) add() {
	it := s.w.session.Selected()
	if it == nil {
		s.w.notify(s.w.m.T("shelf.empty"), false)
		return
	}
	x, ok := viewmodel.ShelfOf(s.w.session.Report(), it.File.Path, s.w.o.Now())
	if !ok {
		s.w.notify(s.w.m.T("shelf.empty"), false)
		return
	}
	for _, old := range s.list {
		if old.SHA256 == x.SHA256 {
			x.BidDay = old.BidDay
		}
	}
	s.do(func(ctx context.Context) error { return s.shelf.Put(ctx, x) })
}

func (s *shelfScreen) export() {
	text, n := viewmodel.ShelfCalendar(s.w.m, s.list, s.w.o.Now())
	s.w.saveFile("zhengyan.ics", func(path string) {
		s.w.background(func(context.Context) error { return os.WriteFile(path, []byte(text), 0o600) }, func(err error) {
			if err != nil {
				s.w.notify(s.w.m.Error(err), false)
				return
			}
			s.w.notify(s.w.m.T("shelf.exported", "n", strconv.Itoa(n)), true)
		})
	})
}

func (s *shelfScreen) show() {
	s.rows.RemoveAll()
	th, m := s.w.th, s.w.m
	if len(s.list) == 0 {
		s.rows.Add(para(th, m.T("shelf.empty"), theme.SizeNameText, widget.MediumImportance))
	}
	for _, r := range viewmodel.ShelfRows(m, s.list, viewmodel.DayOf(s.w.o.Now())) {
		it := r.Item
		head := rowOf(14, line(th, it.Name+"  "+it.Number, theme.SizeNameSubHeadingText, theme.ColorNameForeground), line(th, r.Days, theme.SizeNameSubHeadingText, ink(r.Shape)))
		body := column(2, head)
		if r.ToDo != "" {
			body.Add(line(th, r.ToDo, theme.SizeNameText, ink(r.Shape)))
		}
		for _, e := range r.Ends {
			body.Add(line(th, e, theme.SizeNameCaptionText, colorSecondary))
		}
		day := widget.NewEntry()
		day.PlaceHolder, day.Text = m.T("shelf.bidday"), it.BidDay.String()
		set := func(text string) {
			x := it
			t, err := viewmodel.ParseDay(text)
			if err != nil {
				s.w.notify(m.T("shelf.notday"), false)
				return
			}
			x.BidDay = viewmodel.DayOf(t)
			s.do(func(ctx context.Context) error { return s.shelf.Put(ctx, x) })
		}
		day.OnSubmitted = set
		remove := newButtonWithIcon(m.T("shelf.remove"), theme.DeleteIcon(), func() {
			s.do(func(ctx context.Context) error { return s.shelf.Remove(ctx, it.SHA256) })
		})
		right := rowOf(6, container.New(&fixedSize{fyne.NewSize(150*th.Scale(), 36*th.Scale())}, day), newButton(m.T("shelf.bidday.set"), func() { set(day.Text) }), remove)
		s.rows.Add(panel(th, colorSurface, colorBorder, container.NewBorder(nil, nil, pad(centred(shapeImage(th, r.Shape, 36)), 0, 0, 4, 14), centred(right), body), 8))
	}
	s.rows.Refresh()
}
