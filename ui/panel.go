package ui

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/civil"
)

// resultPanel is the right side: verdict, time, usage sum, checks, face. What did not change is not made again, so that
// dragging along the time bar stays smooth.
type resultPanel struct {
	w       *Window
	item    int
	detail  *viewmodel.Detail
	waiting viewmodel.State
	verdict *fyne.Container
	time    *timeCard
	timeBox *fyne.Container
	usage   *fyne.Container
	ladder  *fyne.Container
	facts   *fyne.Container
	cards   *fyne.Container
	carded  *verify.Evidence // what cards shows
	rows    []*rungRow
	open    map[string]bool
	scroll  *container.Scroll
	stop    func() // ends the animation of the banner that is shown
}

func newResultPanel(w *Window) *resultPanel {
	p := &resultPanel{w: w, item: -1, waiting: -1, stop: func() {}, open: map[string]bool{}, verdict: container.NewStack(), usage: container.NewStack(), ladder: container.NewStack(), facts: container.NewStack(), cards: column(8)}
	p.time = newTimeCard(w.th, w.m, w.setDay)
	p.timeBox = container.NewStack(p.time.root)
	p.scroll = scrolled(w.th, pad(column(8, p.verdict, p.timeBox, p.ladder, p.usage, p.cards, p.facts), 8, 10, 8, 12))
	return p
}

// show puts the selected file's result up; d is nil until it was judged.
func (p *resultPanel) show(d *viewmodel.Detail) {
	it := p.w.session.Selected()
	if it == nil {
		return
	}
	if it.ID != p.item {
		p.item, p.detail, p.waiting = it.ID, nil, -1
		p.open = map[string]bool{}
		p.scroll.ScrollToTop()
	}
	if d == nil {
		p.detail = nil
		if p.waiting != it.State {
			p.waiting = it.State
			p.stop()
			var banner fyne.CanvasObject
			banner, p.stop = pendingBanner(p.w.th, p.w.m, it)
			swap(p.verdict, banner)
			for _, c := range []*fyne.Container{p.usage, p.ladder, p.facts, p.cards} {
				swap(c, nil)
			}
			p.carded = nil
			p.timeBox.Hide()
		}
		return
	}
	p.waiting = -1
	p.stop()
	p.stop = func() {}
	old := p.detail
	p.detail = d
	th, m := p.w.th, p.w.m
	if old == nil || old.Verdict != d.Verdict {
		swap(p.verdict, verdictBanner(th, m, d.Verdict, p.w.copyResult))
	}
	if old == nil || !reflect.DeepEqual(old.Usage, d.Usage) {
		swap(p.usage, nil)
		if d.Usage != nil {
			swap(p.usage, usageCard(th, m, d.Usage))
		}
	}
	if old == nil || !reflect.DeepEqual(old.Ladder, d.Ladder) {
		p.makeLadder()
	}
	if old == nil || !reflect.DeepEqual(old.Facts, d.Facts) {
		swap(p.facts, factsCard(th, m, d.Facts, p.w.page.locateText))
	}
	if rep := p.w.session.Report(); old == nil || p.carded != rep.Evidence {
		p.carded = rep.Evidence
		swap(p.cards, nil)
		for _, o := range p.w.evidenceCards(rep, p.w.page) {
			p.cards.Add(o)
			p.cards.Show()
		}
	}
	show(p.timeBox, p.w.session.Report().Error == nil)
}

func (p *resultPanel) makeLadder() {
	swap(p.ladder, nil)
	p.rows = nil
	if len(p.detail.Ladder) == 0 {
		return
	}
	o, rows := ladderCard(p.w.th, p.w.m, p.detail.Ladder, p.open, ladderActions{
		light:  p.w.page.light,
		decide: p.w.decide,
		toggle: func(key string, open bool) { p.open[key] = open },
	}, p.toggleAll)
	p.rows = rows
	swap(p.ladder, o)
}

// toggleAll opens every line, or closes them if all stand open.
func (p *resultPanel) toggleAll() {
	open := false
	for _, r := range p.rows {
		open = open || !r.open
	}
	for _, r := range p.rows {
		r.setOpen(open)
	}
}

// point emphasises the lines that rest on a box of the page.
func (p *resultPanel) point(mk *viewmodel.Mark) {
	want := map[string]bool{}
	if mk != nil {
		for _, id := range mk.Checks {
			want[id] = true
		}
	}
	for _, r := range p.rows {
		r.setLit(want[r.rung.ID])
	}
}

// reveal opens the first line that rests on a box and scrolls to it.
func (p *resultPanel) reveal(mk viewmodel.Mark) {
	for _, r := range p.rows {
		if !slices.Contains(mk.Checks, r.rung.ID) {
			continue
		}
		r.setOpen(true)
		driver := fyne.CurrentApp().Driver()
		y := driver.AbsolutePositionForObject(r).Y - driver.AbsolutePositionForObject(p.scroll).Y
		if y < 0 || y > p.scroll.Size().Height-120 {
			p.scroll.ScrollToOffset(fyne.NewPos(0, max(0, p.scroll.Offset.Y+y-60)))
		}
		return
	}
}

// showTime puts the time bar up.
func (p *resultPanel) showTime(fresh bool) {
	q := p.w.session.Question()
	p.time.show(p.w.session.Segments(), civil.Of(q.At), p.w.today(), fresh)
}

// swap replaces what a container holds.
func swap(c *fyne.Container, o fyne.CanvasObject) {
	c.RemoveAll()
	if o != nil {
		c.Add(o)
	}
	show(c, o != nil)
}

func (w *Window) decide(check, answer string) {
	d := verify.HumanDecision{Answer: answer} // the session signs it
	if answer != "" {
		d.When = w.o.Now()
	}
	w.session.Decide(check, d)
}
