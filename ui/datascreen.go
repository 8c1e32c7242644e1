package ui

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/civil"
)

// dataScreen shows what verdicts rest on: the registry snapshots and the trust list. Nothing is used before it was shown.
type dataScreen struct {
	AloneScreen
	w         *Window
	snapshots *fyne.Container
	machine   *fyne.Container
	trust     *fyne.Container
	busy      *fyne.Container
	asked     bool
	root      fyne.CanvasObject
}

func newDataScreen(w *Window) Screen {
	d := &dataScreen{w: w, snapshots: column(8), machine: column(0), trust: column(8), busy: container.NewStack()}
	th, m := w.th, w.m
	importing := newButtonWithIcon(m.T("data.snapshot.import"), theme.DownloadIcon(), func() { w.chooseFile(m.T("data.snapshot.import"), d.Import) })
	importing.Importance = widget.HighImportance
	adding := newButtonWithIcon(m.T("data.trust.add"), theme.ContentAddIcon(), func() { w.chooseFile(m.T("data.trust.add"), d.addAnchor) })
	if w.o.Snapshots == nil {
		importing.Disable()
	}
	if w.o.Trust == nil || w.o.Trust.Fixed() != "" {
		adding.Disable()
	}
	left := column(10, container.NewBorder(nil, nil, centred(line(th, m.T("data.snapshot"), theme.SizeNameSubHeadingText, theme.ColorNameForeground)), importing),
		para(th, m.T("data.snapshot.hint"), theme.SizeNameCaptionText, widget.LowImportance), d.busy, d.snapshots, d.machine)
	right := column(10, container.NewBorder(nil, nil, centred(line(th, m.T("data.trust"), theme.SizeNameSubHeadingText, theme.ColorNameForeground)), adding),
		para(th, m.T("data.trust.hint"), theme.SizeNameCaptionText, widget.LowImportance), d.trust)
	split := container.NewHSplit(container.NewVScroll(pad(left, 12, 12, 14, 14)), container.NewVScroll(pad(right, 12, 12, 14, 14)))
	split.Offset = 0.5
	d.root = split
	return d
}

func (d *dataScreen) Key() string               { return "data" }
func (d *dataScreen) Icon() fyne.Resource       { return theme.StorageIcon() }
func (d *dataScreen) Object() fyne.CanvasObject { return d.root }

// Changed implements Screen: the lists are read when the screen comes to be shown first.
func (d *dataScreen) Changed(viewmodel.Change) {
	if !d.asked {
		d.asked = true
		d.refresh()
	}
}

// Left implements Leaver.
func (d *dataScreen) Left() { d.asked = false }

func (d *dataScreen) refresh() {
	w := d.w
	var snaps []viewmodel.SnapshotView
	var anchors []viewmodel.AnchorView
	var key string
	var snapErr, trustErr, keyErr error
	w.background(func(ctx context.Context) error {
		if w.o.Snapshots != nil {
			snaps, snapErr = w.o.Snapshots.List(ctx)
		}
		if k, ok := w.o.Snapshots.(viewmodel.MachineKeys); ok {
			key, keyErr = k.MachineKey(ctx, false)
		}
		if w.o.Trust != nil {
			anchors, trustErr = w.o.Trust.List(ctx)
		}
		return nil
	}, func(error) {
		d.showSnapshots(snaps, snapErr)
		d.showMachineKey(key, keyErr)
		d.showTrust(anchors, trustErr)
	})
}

func (d *dataScreen) showSnapshots(list []viewmodel.SnapshotView, err error) {
	w, th, m := d.w, d.w.th, d.w.m
	d.snapshots.RemoveAll()
	if err != nil {
		d.snapshots.Add(para(th, w.m.Error(err), theme.SizeNameText, widget.DangerImportance))
	}
	if len(list) == 0 && err == nil {
		d.snapshots.Add(para(th, m.T("data.snapshot.none"), theme.SizeNameText, widget.WarningImportance))
	}
	for _, s := range list {
		d.snapshots.Add(d.snapshot(s))
	}
	if slices.ContainsFunc(list, func(s viewmodel.SnapshotView) bool { return s.Current }) {
		check := newButton(m.T("data.snapshot.scrub"), d.scrub)
		tools := rowOf(6, check)
		if slices.ContainsFunc(list, func(s viewmodel.SnapshotView) bool { return s.Previous }) {
			tools.Add(newButtonWithIcon(m.T("data.snapshot.revert"), theme.ContentUndoIcon(), func() {
				w.ask(m.T("data.snapshot.revert"), para(th, m.T("data.snapshot.revert.ask"), theme.SizeNameText, widget.MediumImportance), m.T("data.snapshot.revert"), func() {
					w.closeDialog()
					d.work(func(ctx context.Context) error { return w.o.Snapshots.Revert(ctx) }, m.T("data.snapshot.reverted"))
				})
			}))
		}
		d.snapshots.Add(tools)
	}
	d.snapshots.Refresh()
}

// showMachineKey shows what a publisher must be told to encrypt snapshots for this machine.
func (d *dataScreen) showMachineKey(key string, err error) {
	w, th, m := d.w, d.w.th, d.w.m
	d.machine.RemoveAll()
	defer d.machine.Refresh()
	k, ok := w.o.Snapshots.(viewmodel.MachineKeys)
	if !ok {
		return
	}
	body := column(6, line(th, m.T("data.machine"), theme.SizeNameText, theme.ColorNameForeground))
	switch {
	case err != nil:
		body.Add(para(th, m.Error(err), theme.SizeNameText, widget.DangerImportance))
	case key == "":
		body.Add(para(th, m.T("data.machine.none"), theme.SizeNameCaptionText, widget.LowImportance))
		body.Add(rowOf(6, newButtonWithIcon(m.T("data.machine.make"), theme.ContentAddIcon(), func() {
			var made string
			w.background(func(ctx context.Context) (err error) {
				made, err = k.MachineKey(ctx, true)
				return err
			}, func(err error) { d.showMachineKey(made, err) })
		})))
	default:
		body.Add(para(th, m.T("data.machine.hint"), theme.SizeNameCaptionText, widget.LowImportance))
		body.Add(para(th, key, theme.SizeNameCaptionText, widget.MediumImportance))
		body.Add(rowOf(6, newButtonWithIcon(m.T("data.machine.copy"), theme.ContentCopyIcon(), func() { w.copyText(key) })))
	}
	d.machine.Add(panel(th, colorSurface, colorBorder, body, 10))
}

func (d *dataScreen) snapshot(s viewmodel.SnapshotView) fyne.CanvasObject {
	th, m := d.w.th, d.w.m
	shape, state := viewmodel.ShapeSkip, m.T("data.snapshot.older")
	switch {
	case s.Bad != "":
		shape, state = viewmodel.ShapeFail, m.T("data.snapshot.bad")
	case s.Current:
		shape, state = freshShape(s.Freshness), m.Or("data.fresh."+s.Freshness, m.T("data.snapshot.current"))
	case s.Previous:
		state = m.T("data.snapshot.previous")
	}
	head := container.NewBorder(nil, nil, rowOf(8, centred(shapeImage(th, shape, 22)), centred(line(th, m.T("data.snapshot.asof", "date", s.AsOf.In(civil.Shanghai()).Format("2006-01-02")), theme.SizeNameSubHeadingText, theme.ColorNameForeground))),
		centred(pill(th, state, ink(shape), tint(shape))))
	body := column(3, head)
	signed := s.SignedBy
	if signed == "" {
		signed = m.T("data.snapshot.unsigned")
	}
	encrypted := ""
	switch {
	case s.Locked != "":
		encrypted = m.T("data.encrypted.locked", "error", s.Locked)
	case s.Encrypted:
		encrypted = m.T("data.encrypted.open")
	}
	d.rows(body, [][2]string{
		{m.T("data.age"), m.T("data.days", "n", strconv.Itoa(s.AgeDays))},
		{m.T("data.rows"), strconv.Itoa(s.Rows)},
		{m.T("data.source"), s.Source},
		{m.T("data.signed"), signed},
		{m.T("data.imported"), localTime(s.Imported) + "  " + m.Or("data.from."+s.From, s.From)},
		{"ID", s.ID},
		{m.T("data.root"), shorten(s.Root, 24)},
		{m.T("data.encrypted"), encrypted},
		{m.T("data.bad"), s.Bad},
	})
	edge := colorBorder
	if s.Current {
		edge = theme.ColorNamePrimary
	}
	return panel(th, colorSurface, edge, body, 10)
}

func freshShape(f string) viewmodel.Shape {
	switch f {
	case "FRESH", "":
		return viewmodel.ShapePass
	case "RED-LINE":
		return viewmodel.ShapeFail
	}
	return viewmodel.ShapeUnknown
}

func localTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(civil.Shanghai()).Format("2006-01-02 15:04")
}

// rows adds labelled lines; empty ones are left out.
func (d *dataScreen) rows(body *fyne.Container, rows [][2]string) { labelled(d.w.th, body, rows) }

func labelled(th *Theme, body *fyne.Container, rows [][2]string) {
	width := float32(0)
	for _, r := range rows {
		width = max(width, fyne.MeasureText(r[0], th.Size(theme.SizeNameCaptionText), fyne.TextStyle{}).Width)
	}
	for _, r := range rows {
		if strings.TrimSpace(r[1]) != "" {
			label := container.New(&fixedWidth{width + 10}, container.NewVBox(pad(line(th, r[0], theme.SizeNameCaptionText, colorSecondary), 2, 0, 0, 0)))
			body.Add(container.NewBorder(nil, nil, label, nil, para(th, r[1], theme.SizeNameText, widget.MediumImportance)))
		}
	}
}

// work runs a change of the data; afterwards everything is shown anew and files are to be read again.
func (d *dataScreen) work(f func(ctx context.Context) error, said string) {
	w := d.w
	d.say(w.m.T("data.working"), -1)
	w.background(f, func(err error) {
		d.say("", 0)
		if err != nil {
			w.notify(w.m.Error(err), false)
		} else {
			w.notify(said, false)
		}
		d.refresh()
		w.checkFreshness()
	})
}

// say shows what is going on; a share below 0 is not known.
func (d *dataScreen) say(text string, share float32) {
	if text == "" {
		swap(d.busy, nil)
		return
	}
	b := column(4, line(d.w.th, text, theme.SizeNameCaptionText, colorSecondary))
	if share >= 0 {
		p := newMeter(d.w.th)
		p.set(share)
		b.Add(p.root)
	}
	swap(d.busy, b)
}

// progress is called from a worker; the window hears of every twentieth of the way.
func (d *dataScreen) progress(m *viewmodel.Messages) func(stage string, done, total int64) {
	last := int64(-1)
	return func(stage string, done, total int64) {
		if total <= 0 || done*20/total == last {
			return
		}
		last = done * 20 / total
		text, share := m.Or("data.stage."+stage, stage), float32(done)/float32(total)
		d.w.o.Dispatch(func() { d.say(text, share) })
	}
}

func (d *dataScreen) scrub() {
	w := d.w
	tell := d.progress(w.m)
	d.work(func(ctx context.Context) error {
		return w.o.Snapshots.Scrub(ctx, func(done, total int) { tell("check", int64(done), int64(total)) })
	}, w.m.T("data.snapshot.whole"))
}

// Import stages a snapshot file and shows what it would change.
func (d *dataScreen) Import(path string) { d.stage(path, false, false) }

func (d *dataScreen) stage(path string, older, unsigned bool) {
	w := d.w
	if w.o.Snapshots == nil {
		return
	}
	var p viewmodel.SnapshotPreview
	d.say(w.m.T("data.working"), -1)
	tell := d.progress(w.m)
	w.background(func(ctx context.Context) (err error) {
		p, err = w.o.Snapshots.Stage(ctx, path, older, unsigned, tell)
		return err
	}, func(err error) {
		d.say("", 0)
		if err == nil {
			d.preview(p)
			return
		}
		var r viewmodel.ImportRefusal
		if !errors.As(err, &r) || r.Same() {
			text := w.m.Error(err)
			if r != nil && r.Same() {
				text = w.m.T("data.refused.same")
			}
			w.notify(text, false)
			return
		}
		key := "data.refused.unsigned"
		if r.Older() {
			key = "data.refused.older"
		}
		w.ask(w.m.T("data.refused"), para(w.th, w.m.T(key)+"\n"+w.m.Error(err), theme.SizeNameText, widget.WarningImportance), w.m.T("data.refused.anyway"), func() {
			w.closeDialog()
			d.stage(path, older || r.Older(), unsigned || r.Unsigned())
		})
	})
}

// preview shows what an import would change; nothing is used before the person says so.
func (d *dataScreen) preview(p viewmodel.SnapshotPreview) {
	w, th, m := d.w, d.w.th, d.w.m
	body := column(8)
	signed, shape := m.T("data.signed.by", "name", p.Next.SignedBy), viewmodel.ShapePass
	if p.Next.SignedBy == "" {
		signed, shape = m.T("data.snapshot.unsigned"), viewmodel.ShapeUnknown
	}
	body.Add(rowOf(8, centred(shapeImage(th, shape, 20)), centred(line(th, signed, theme.SizeNameText, ink(shape)))))
	from := m.T("common.none")
	if p.Current != nil {
		from = p.Current.AsOf.In(civil.Shanghai()).Format("2006-01-02")
	}
	labelled(th, body, [][2]string{
		{m.T("data.preview.from"), from}, {m.T("data.preview.to"), p.Next.AsOf.In(civil.Shanghai()).Format("2006-01-02")}, {m.T("data.rows"), strconv.Itoa(p.Next.Rows)}, {m.T("data.source"), p.Next.Source},
	})
	if p.Uncompared != "" {
		body.Add(para(th, m.T("data.preview.uncompared")+"\n"+p.Uncompared, theme.SizeNameText, widget.WarningImportance))
	} else {
		body.Add(rowOf(14, line(th, "+"+strconv.Itoa(p.Added), theme.SizeNameHeadingText, colorPass), line(th, "−"+strconv.Itoa(p.Removed), theme.SizeNameHeadingText, colorFail),
			line(th, "~"+strconv.Itoa(p.Changed), theme.SizeNameHeadingText, colorUnknown), centred(line(th, m.T("data.preview.counts", "same", strconv.Itoa(p.Same)), theme.SizeNameText, colorSecondary))))
	}
	var lost []string
	for status, n := range p.Lost {
		lost = append(lost, status+" "+strconv.Itoa(n))
	}
	slices.Sort(lost)
	if len(lost) > 0 {
		body.Add(para(th, m.T("data.preview.lost", "list", strings.Join(lost, m.T("list.comma"))), theme.SizeNameText, widget.DangerImportance))
	}
	if p.Regained > 0 {
		body.Add(para(th, m.T("data.preview.regained", "n", strconv.Itoa(p.Regained)), theme.SizeNameText, widget.SuccessImportance))
	}
	for _, e := range p.Examples {
		before, after := e.Before, e.After
		if before == "" {
			before = m.T("common.none")
		}
		if after == "" {
			after = m.T("common.none")
		}
		text := e.Number + "  " + e.Name + "  " + before + " → " + after
		if before == after && len(e.Fields) > 0 {
			text = e.Number + "  " + e.Name + "  " + strings.Join(e.Fields, m.T("list.comma"))
		}
		body.Add(line(th, text, theme.SizeNameCaptionText, theme.ColorNameForeground))
	}
	scroll := container.NewVScroll(body)
	scroll.SetMinSize(fyne.NewSize(460, 300))
	w.ask(m.T("data.preview.title"), scroll, m.T("data.preview.use"), func() {
		w.shown.Hide()
		w.shown = nil
		w.unasked = nil
		d.work(func(ctx context.Context) error { return w.o.Snapshots.Commit(ctx) }, m.T("data.preview.used"))
	})
	w.unasked = func() {
		w.background(func(context.Context) error { return w.o.Snapshots.Discard() }, func(err error) {
			if err != nil {
				w.notify(w.m.Error(err), false)
			}
		})
	}
}

func (d *dataScreen) showTrust(list []viewmodel.AnchorView, err error) {
	w, th, m := d.w, d.w.th, d.w.m
	d.trust.RemoveAll()
	if w.o.Trust != nil && w.o.Trust.Fixed() != "" {
		d.trust.Add(para(th, m.T("data.trust.fixed", "dir", w.o.Trust.Fixed()), theme.SizeNameText, widget.WarningImportance))
	}
	if err != nil {
		d.trust.Add(para(th, w.m.Error(err), theme.SizeNameText, widget.DangerImportance))
	}
	if len(list) == 0 && err == nil {
		d.trust.Add(para(th, m.T("data.trust.none"), theme.SizeNameText, widget.WarningImportance))
	}
	for _, a := range list {
		d.trust.Add(d.anchor(a, true))
	}
	d.trust.Refresh()
}

func (d *dataScreen) anchor(a viewmodel.AnchorView, removable bool) fyne.CanvasObject {
	w, th, m := d.w, d.w.th, d.w.m
	shape := viewmodel.ShapePass
	if a.Problem != "" {
		shape = viewmodel.ShapeUnknown
	}
	kind := m.T("data.trust.certificate")
	if a.CRL {
		kind = m.T("data.trust.crl")
	}
	_, name := clipped(th, a.File, theme.SizeNameText, widget.MediumImportance)
	right := rowOf(4, centred(pill(th, kind, colorSecondary, colorSkipTint)))
	if removable && w.o.Trust != nil && w.o.Trust.Fixed() == "" {
		right.Add(iconButton(theme.DeleteIcon(), "", func() {
			w.ask(m.T("data.trust.remove"), para(th, m.T("data.trust.remove.ask", "file", a.File), theme.SizeNameText, widget.MediumImportance), m.T("common.delete"), func() {
				w.closeDialog()
				d.work(func(ctx context.Context) error { return w.o.Trust.Remove(ctx, a.File) }, m.T("data.trust.changed"))
			})
		}))
	}
	body := column(3, container.NewBorder(nil, nil, pad(centred(shapeImage(th, shape, 20)), 0, 0, 0, 8), right, centred(name)))
	for _, c := range a.Certificates {
		d.rows(body, [][2]string{
			{m.T("data.trust.subject"), c.Subject},
			{m.T("data.trust.issuer"), c.Issuer},
			{m.T("data.trust.valid"), localDay(c.NotBefore) + " – " + localDay(c.NotAfter)},
			{"SHA-256", shorten(c.Fingerprint, 32)},
		})
	}
	d.rows(body, [][2]string{{m.T("data.imported"), strings.TrimSpace(localTime(a.Added) + "  " + a.From)}, {m.T("review.note"), a.Note}})
	if a.Problem != "" {
		body.Add(para(th, m.Or("data.problem."+a.Problem, a.Problem), theme.SizeNameText, widget.WarningImportance))
	}
	return panel(th, colorSurface, colorBorder, body, 8)
}

func localDay(t time.Time) string { return t.In(civil.Shanghai()).Format("2006-01-02") }

// addAnchor shows what a certificate file holds before it is trusted.
func (d *dataScreen) addAnchor(path string) {
	w, m := d.w, d.w.m
	var v viewmodel.AnchorView
	w.background(func(ctx context.Context) (err error) {
		v, err = w.o.Trust.Preview(ctx, path)
		return err
	}, func(err error) {
		if err != nil {
			w.notify(w.m.Error(err), false)
			return
		}
		scroll := container.NewVScroll(column(8, para(w.th, m.T("data.trust.add.ask"), theme.SizeNameText, widget.WarningImportance), d.anchor(v, false)))
		scroll.SetMinSize(fyne.NewSize(460, 260))
		w.ask(m.T("data.trust.add"), scroll, m.T("data.trust.add.yes"), func() {
			w.closeDialog()
			d.work(func(ctx context.Context) error { return w.o.Trust.Add(ctx, path, "") }, m.T("data.trust.changed"))
		})
	})
}
