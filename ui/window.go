package ui

import (
	"context"
	"strconv"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
)

// noticeTime is how long a passing notice stays.
const noticeTime = 3 * time.Second

// The smallest window that is remembered, and the size of the first, in the toolkit's units.
const (
	leastWidth, leastHeight = 900, 600
	firstWidth, firstHeight = 1280, 800
)

// Options is what a window is made of. All but Font and About are required.
type Options struct {
	App      fyne.App
	Engine   viewmodel.Engine
	Tables   map[viewmodel.Lang]*viewmodel.Messages
	Lang     viewmodel.Lang
	Font     []byte
	Question verify.Question
	Policies []string // names of the policy profiles
	Now      func() time.Time
	// Dispatch runs a function on the toolkit's goroutine: fyne.Do in the program.
	Dispatch func(func())
	Workers  int
	OnWorker func() // called first on each worker's goroutine, if set
	About    About
	Rules    []RuleGroup // for the help
	// What is kept on this machine; nil where the program keeps nothing of the kind.
	Keeper    viewmodel.Keeper
	Recorder  viewmodel.Recorder
	Snapshots viewmodel.Snapshots
	Trust     viewmodel.TrustList
	Audit     viewmodel.AuditLog
	Settings  viewmodel.SettingsStore
	// Chosen are the settings at the start; OnSettings, if set, hears of every change.
	Chosen     viewmodel.Settings
	OnSettings func(viewmodel.Settings)
	// Clock, if set, says whether the computer's clock can be right. It may be slow.
	Clock func(ctx context.Context) viewmodel.ClockState
	// ConfirmClock, if set, writes down in an operator's name that the clock is right, and says what is known of it then.
	ConfirmClock func(ctx context.Context, operator string) (viewmodel.ClockState, error)
	// Specimens, if set, writes a few invented certificates and returns their paths, for the tour.
	Specimens func(ctx context.Context) ([]string, error)
	// Chooser, if set, asks for files by the desktop's own dialogs.
	Chooser Chooser
	// Screens are screens of the program's own, after those of the window.
	Screens []ScreenMaker
	// Idle, if set, is called in a goroutine of its own when the last file has been read.
	Idle func()
}

// Window is the program's main window.
type Window struct {
	o       Options
	m       *viewmodel.Messages
	th      *Theme
	covers  func(rune) bool
	win     fyne.Window
	session *viewmodel.Session

	header    *header
	rail      *rail
	screens   []Screen
	at        string // key of the screen that is shown
	files     *fileList
	page      *pageView
	panel     *resultPanel
	footer    *footer
	start     fyne.CanvasObject // shown while the list is empty
	startLeft *leftOutLine      // of what was opened and held nothing to read
	main      fyne.CanvasObject
	split     [2]*container.Split
	notice    *fyne.Container
	shown     *widget.PopUp
	sticky    bool // what is shown belongs to no screen
	choosing  bool // a dialog of the desktop is open
	detail    *viewmodel.Detail
	roster    []viewmodel.Required // people that the bid must show; nil until a list is loaded
	forms     []string             // of the last export, by ending; nil for none
	settings  viewmodel.Settings
	saving    saving
	look      look
	life      context.Context // ends when the window closes
	endLife   context.CancelFunc
	tasks     sync.WaitGroup
	unasked   func()                  // what is to be done if a question is closed without an answer
	dataChips func() []viewmodel.Chip // as at the day asked; nil until the data was looked at
	auditChip []viewmodel.Chip
	clockBar  *fyne.Container
	busy      bool // files were being read at the last change
	coming    bool // paths were given at the start, opened or not yet
}

// New makes the window; Show shows it, Close ends its work.
func New(o Options) *Window {
	w := &Window{o: o, m: o.Tables[o.Lang], covers: coverage(o.Font), settings: o.Chosen, saving: saving{have: o.Chosen}}
	w.life, w.endLife = context.WithCancel(context.Background())
	w.win = o.App.NewWindow(w.m.T("app.title"))
	if o.Question.Policy == "" && len(o.Policies) > 0 {
		o.Question.Policy = o.Policies[0]
	}
	w.session = viewmodel.NewSession(viewmodel.Config{
		Engine: o.Engine, Dispatch: o.Dispatch, Messages: w.m, Question: o.Question, Workers: o.Workers, OnWorker: o.OnWorker, OnChange: w.changed,
		Keeper: o.Keeper, Recorder: o.Recorder, Operator: o.Chosen.Operator, Now: o.Now,
	})
	w.look = look{dark: o.Chosen.Dark, contrast: o.Chosen.Contrast, scale: max(100, o.Chosen.TextScale)}
	w.setTheme()
	w.at = o.Chosen.Window.Screen
	w.build()
	w.installKeys()
	w.win.SetPadded(false)
	w.win.SetOnDropped(w.dropped)
	size := fyne.NewSize(o.Chosen.Window.Width, o.Chosen.Window.Height)
	if size.Width <= 0 || size.Height <= 0 {
		size = fyne.NewSize(firstWidth, firstHeight)
	}
	w.win.Resize(fyne.NewSize(max(leastWidth, size.Width), max(leastHeight, size.Height)))
	return w
}

// Native returns the toolkit's window.
func (w *Window) Native() fyne.Window { return w.win }

// Open adds files, folders and archives to the list.
func (w *Window) Open(paths []string) { w.session.Open(paths) }

// Still reports whether nothing moves by itself, as a cursor does that blinks; what workers have to show comes by Dispatch.
func (w *Window) Still() bool {
	_, typing := w.win.Canvas().Focused().(fyne.Shortcutable) // entries are
	return !typing
}

// Notify shows a message that stays until it is closed.
func (w *Window) Notify(text string) { w.notify(text, false) }

// Close cancels all work and waits for it, and keeps the settings with the window's size and screen.
func (w *Window) Close() {
	w.observe()
	w.endLife()
	w.session.Close()
	w.tasks.Wait()
	w.saveLast()
}

// Restore brings back the batch that was under way when the program ended, paused if files of it wait to be read.
func (w *Window) Restore() {
	w.session.Restore(func(total, waiting int) {
		if total == 0 {
			w.tourIfNew()
			return
		}
		if waiting > 0 {
			w.session.Pause(true)
		}
		w.notify(w.m.T("batch.resumed", "total", strconv.Itoa(total), "waiting", strconv.Itoa(waiting)), waiting == 0)
		if w.current().Key() == "verify" { // the person has not gone elsewhere meanwhile
			w.Show("batch")
		}
	})
}

// Begin looks at data and clock in the background, opens paths when it knows what the clock is worth (else they would be
// judged, and logged, by one that nobody has looked at), and shows the tour to those who have not seen it and open nothing.
func (w *Window) Begin(paths ...string) {
	w.coming = len(paths) > 0
	w.checkFreshness()
	open := func() {
		if len(paths) > 0 {
			w.OpenAny(paths)
		}
	}
	if w.o.Clock != nil {
		var c viewmodel.ClockState
		w.background(func(ctx context.Context) error { c = w.o.Clock(ctx); return nil }, func(err error) {
			if err == nil { // else it could not be looked at, and the files are opened all the same
				w.setClock(c)
			}
			open()
		})
	} else {
		open()
	}
	w.tourIfNew()
}

// tourIfNew shows the tour to those who have not seen it and have opened nothing.
func (w *Window) tourIfNew() {
	if w.o.Settings != nil && !w.settings.TourSeen && !w.coming && w.session.Counts().Total == 0 && !w.session.Expanding() {
		w.tour()
	}
}

// setClock shows a bar while the clock is suspect.
func (w *Window) setClock(c viewmodel.ClockState) {
	if c.Suspect() || w.session.Clock().Suspect() {
		w.session.SetClock(c)
	}
	w.showClock()
}

// confirmClock takes a person's word that the clock is right: for this window, and, where the settings name the operator, for
// good. What a publisher has signed is not overruled for good.
func (w *Window) confirmClock() {
	c := w.session.Clock()
	c.Confirmed = true
	w.setClock(c)
	operator := w.settings.Operator
	if w.o.ConfirmClock == nil || operator == "" {
		return
	}
	w.background(func(ctx context.Context) (err error) {
		c, err = w.o.ConfirmClock(ctx, operator)
		return err
	}, func(err error) {
		if err != nil {
			w.NotifyErrors([]error{err})
			return
		}
		w.setClock(c)
	})
}

func (w *Window) showClock() {
	c, th, m := w.session.Clock(), w.th, w.m
	if !c.Suspect() {
		swap(w.clockBar, nil)
		return
	}
	yes := newButton(m.T("clock.confirm"), w.confirmClock)
	ground := canvas.NewRectangle(th.C(colorUnkTint))
	text := para(th, m.T("clock.message", "now", viewmodel.DayText(c.Now), "latest", viewmodel.DayText(c.Latest)+" ("+m.Or(c.Source, c.Source)+")"), theme.SizeNameText, widget.WarningImportance)
	swap(w.clockBar, container.NewStack(ground, pad(container.NewBorder(nil, nil, pad(centred(shapeImage(th, viewmodel.ShapeUnknown, 22)), 0, 0, 4, 8), yes, centredText(text)), 3, 3, 8, 8)))
}

// checkFreshness reads the state of trust list, snapshot and audit log for the line at the foot.
func (w *Window) checkFreshness() {
	var snaps []viewmodel.SnapshotView
	var anchors []viewmodel.AnchorView
	var state viewmodel.AuditState
	var auditErr error
	w.background(func(ctx context.Context) error {
		if w.o.Snapshots != nil {
			snaps, _ = w.o.Snapshots.List(ctx) // an error is shown where the lists are
		}
		if w.o.Trust != nil {
			anchors, _ = w.o.Trust.List(ctx)
		}
		if w.o.Audit != nil {
			state, auditErr = w.o.Audit.Verify(ctx)
		}
		return nil
	}, func(error) {
		w.dataChips = func() []viewmodel.Chip {
			return viewmodel.DataChips(w.m, anchors, snaps, w.o.Trust != nil, viewmodel.DayOf(w.session.Question().At), w.o.Now())
		}
		w.auditChip = nil
		if w.o.Audit != nil {
			shape, text := auditBadge(w.m, state, auditErr)
			if shape != viewmodel.ShapePass || state.Entries > 0 {
				w.auditChip = []viewmodel.Chip{{Shape: shape, Text: text, Hint: w.m.T("audit.hint")}}
			}
		}
		w.footer.show(w.detail)
	})
}

func (w *Window) setTheme() {
	w.th = newTheme(w.o.Font, w.look)
	w.o.App.Settings().SetTheme(w.th)
}

// setLook changes the window's face and remembers it.
func (w *Window) setLook(l look) {
	if l == w.look {
		return
	}
	w.look = l
	w.remember(func(v *viewmodel.Settings) { v.Dark, v.Contrast, v.TextScale = l.dark, l.contrast, l.scale })
	w.setTheme()
	w.build()
}

// build makes all widgets, at the start and when language or theme change; the session keeps all state.
func (w *Window) build() {
	if w.panel != nil {
		w.panel.stop()
	}
	w.header = newHeader(w)
	w.screens = nil
	for _, make := range w.makers() {
		w.screens = append(w.screens, make(w))
	}
	w.rail = newRail(w)
	w.footer = newFooter(w)
	desk := container.NewStack()
	w.start = w.startScreen()
	w.notice = container.NewStack()
	w.notice.Hide()
	w.clockBar = container.NewStack()
	w.showClock()
	w.win.SetContent(container.NewBorder(container.NewVBox(w.header.root, w.clockBar, w.notice), w.footer.root, w.rail.root, nil, desk))
	desk.Add(w.start)
	for _, x := range w.screens {
		desk.Add(x.Object())
	}
	w.main = desk
	w.changed(viewmodel.Change{List: true, Detail: true, Timeline: true, Picture: true})
}

// startScreen is what an empty window shows.
func (w *Window) startScreen() fyne.CanvasObject {
	th, m := w.th, w.m
	shapes := rowOf(18, shapeImage(th, viewmodel.ShapePass, 54), shapeImage(th, viewmodel.ShapeUnknown, 54), shapeImage(th, viewmodel.ShapeFail, 54))
	title := line(th, m.T("open.drop"), theme.SizeNameHeadingText, theme.ColorNameForeground)
	formats := line(th, m.T("open.formats"), theme.SizeNameText, colorSecondary)
	privacy := line(th, m.T("open.privacy"), theme.SizeNameText, colorPass)
	open := newButtonWithIcon(m.T("open.file"), theme.FileIcon(), w.openFile)
	open.Importance = widget.HighImportance
	folder := newButtonWithIcon(m.T("open.folder"), theme.FolderOpenIcon(), w.openFolder)
	for _, t := range []*canvas.Text{title, formats, privacy} {
		t.Alignment = fyne.TextAlignCenter
	}
	frame := canvas.NewRectangle(th.C(colorSurface))
	frame.CornerRadius, frame.StrokeWidth, frame.StrokeColor = 14, 2, th.C(colorBorder)
	w.startLeft = newLeftOutLine(w)
	body := column(14, container.NewCenter(shapes), title, formats, container.NewCenter(rowOf(8, open, folder)), privacy, container.NewCenter(w.startLeft.button))
	return pad(container.NewStack(frame, container.NewCenter(body)), 40, 40, 60, 60)
}

// changed shows what the session says has changed.
func (w *Window) changed(c viewmodel.Change) {
	if w.win == nil || w.main == nil {
		return
	}
	if c.List {
		busy := w.session.Counts().Working() || w.session.Expanding()
		if w.busy && !busy {
			w.checkFreshness() // the audit log has grown
			if w.o.Idle != nil {
				go w.o.Idle()
			}
		}
		w.busy = busy
		w.startLeft.refresh()
		w.arrange()
	}
	if c.List || c.Detail {
		w.showDetail()
	}
	w.current().Changed(c)
	for c.Notice {
		text, ok := w.session.TakeNotice()
		if !ok {
			break
		}
		w.notify(text, false)
	}
}

func (w *Window) showDetail() {
	rep := w.session.Report()
	w.detail = nil
	if rep != nil {
		d := viewmodel.BuildDetail(w.m, rep, w.covers)
		w.session.Dress(&d)
		d.Verdict.Second = viewmodel.SecondOf(w.m, w.session.SecondReport())
		w.detail = &d
	}
	w.footer.show(w.detail)
	w.refreshQuestion()
	w.win.SetTitle(w.title())
}

func (w *Window) refreshQuestion() {
	var choices []string
	if w.detail != nil {
		choices = w.detail.Choices
	}
	w.header.refresh(choices)
}

// title carries the verdict and the file, so that it can be read in a task bar.
func (w *Window) title() string {
	it := w.session.Selected()
	if it == nil {
		return w.m.T("app.title")
	}
	if w.detail == nil {
		return it.File.Name + " - " + w.m.T("app.name")
	}
	return w.detail.Verdict.Word + " - " + it.File.Name + " - " + w.m.T("app.name")
}

// notify shows a message above the content; a passing one goes by itself.
func (w *Window) notify(text string, passing bool) {
	th := w.th
	closeButton := iconButton(theme.CancelIcon(), "", func() { w.notice.Hide() })
	ground := canvas.NewRectangle(th.C(colorUnkTint))
	shape := viewmodel.ShapeUnknown
	if passing {
		ground.FillColor = th.C(colorPassTint)
		shape = viewmodel.ShapePass
	}
	bar := container.NewBorder(nil, nil, pad(centred(shapeImage(th, shape, 20)), 0, 0, 4, 6), closeButton, centredText(para(th, text, theme.SizeNameText, widget.MediumImportance)))
	swap(w.notice, container.NewStack(ground, pad(bar, 2, 2, 8, 6)))
	if passing {
		holder := w.notice.Objects[0]
		time.AfterFunc(noticeTime, func() {
			w.o.Dispatch(func() {
				if len(w.notice.Objects) > 0 && w.notice.Objects[0] == holder {
					w.notice.Hide()
				}
			})
		})
	}
}

// centredText centres a wrapped text in its cell's height.
func centredText(o fyne.CanvasObject) fyne.CanvasObject { return pad(o, 5, 3, 0, 0) }

func (w *Window) copyResult() {
	if w.detail == nil {
		return
	}
	w.o.App.Clipboard().SetContent(w.detail.Text(w.m))
	w.notify(w.m.T("verdict.copied"), true)
}

func (w *Window) switchLanguage() {
	langs := viewmodel.Langs()
	next := langs[0]
	if w.m.Lang() == next {
		next = langs[1]
	}
	w.m = w.o.Tables[next]
	w.remember(func(v *viewmodel.Settings) { v.Lang = next })
	w.main = nil // nothing is shown until the widgets are made again
	w.session.SetMessages(w.m)
	w.build()
	w.checkFreshness() // its texts are in the old language
}

// switchTheme goes on from light to dark to high contrast.
func (w *Window) switchTheme() {
	l := w.look
	switch {
	case l.contrast:
		l.dark, l.contrast = false, false
	case l.dark:
		l.contrast = true
	default:
		l.dark = true
	}
	w.setLook(l)
}
