package viewmodel

import (
	"context"
	"slices"
	"strconv"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Pairer is implemented by engines that read an electronic original together with a scan or photo of its print.
type Pairer interface {
	GatherPair(ctx context.Context, original, print File) (*verify.Evidence, error)
}

// paired is the print that an original is read with.
type paired struct {
	id, epoch int
	file      File
}

// pairUp looks for the other half of a certificate that was just read; see verify.Pairing for what makes two files halves.
// The pair is read like a file, and gets one verdict, in the original's row.
func (s *Session) pairUp(id int, ev *verify.Evidence) {
	if _, ok := s.engine.(Pairer); !ok {
		return
	}
	original, print, ok := s.pairs.Add(document.Source{Name: s.items[id].File.Path}, ev)
	if !ok {
		return
	}
	o, ok1 := s.byPath[original.Name]
	p, ok2 := s.byPath[print.Name]
	if !ok1 || !ok2 || !s.items[o].Judged() || !s.items[p].Judged() {
		return
	}
	if it := s.items[o]; slices.Contains(it.apart, print.Name) { // one of them is another file now
		it.apart = slices.DeleteFunc(it.apart, func(path string) bool { return path == print.Name })
		s.keepItem(it)
	}
	s.halves[p] = o
	s.readPair(p)
}

// readPair queues two halves to be read together.
func (s *Session) readPair(p int) {
	o := s.halves[p]
	s.leaveHalved(s.items[o], false)
	s.items[o].pairing = true
	s.queue.push(job{ctx: s.work, id: o, epoch: s.epochs[o], file: s.items[o].File, pair: &paired{p, s.epochs[p], s.items[p].File}})
	s.change.List = true
}

// readHalves queues again the pairs of which the reading was cancelled.
func (s *Session) readHalves() {
	var left []int
	for p, o := range s.halves {
		if !s.items[o].pairing {
			left = append(left, p)
		}
	}
	slices.Sort(left)
	for _, p := range left {
		s.readPair(p)
	}
}

// unpair forgets the pairs that a file was to be read in: it is read again itself, and they are found again behind that.
func (s *Session) unpair(id int) {
	for p, o := range s.halves {
		if p == id || o == id {
			delete(s.halves, p)
			s.items[o].pairing = false
			s.leaveHalved(s.items[o], false)
		}
	}
}

// leaveHalved notes whether an original was left without the print that it was to be read with.
func (s *Session) leaveHalved(it *Item, on bool) {
	if it.halved == on {
		return
	}
	it.halved = on
	if ev := s.evidence(it); ev != nil && it.into == nil {
		it.Row = s.row(it, s.judge(it, ev))
		s.change.List = true
	}
}

// finishPair takes the evidence on a pair. Where the print is not one of this copy, both files keep their own verdicts.
func (s *Session) finishPair(j job, gen int, g gathered) {
	p := j.pair.id
	if p >= len(s.epochs) || s.epochs[p] != j.pair.epoch || s.epochs[j.id] != j.epoch {
		return // one of them is being read again
	}
	delete(s.halves, p)
	s.items[j.id].pairing = false
	for _, o := range s.halves { // with another print
		s.items[j.id].pairing = s.items[j.id].pairing || o == j.id
	}
	s.leaveHalved(s.items[j.id], false)
	s.change.List = true
	if g.ev.Failure != nil || g.ev.Print == nil || !g.ev.Print.OneCopy() {
		it := s.items[j.id]
		if print := g.ev.Print; g.ev.Failure == nil && print != nil && print.Fields != nil && print.Fields.Source == fields.SourceOCR {
			it.apart = append(it.apart, s.items[p].File.Path) // what was not read may be of this copy: it is tried again with the next start
		}
		if ev := s.evidence(it); ev != nil && ev.Print != nil { // it was judged with what the print was before
			s.enqueue(j.id)
		}
		s.keepItem(it)
		return
	}
	s.fold(j.id, p)
	s.finish(j, g.ev, g.packed, gen, g.rep)
}

// fold puts a print into its original's row.
func (s *Session) fold(original, print int) {
	s.folded[original] = print
	it := s.items[print]
	it.into = s.items[original]
	it.Row = s.row(it, nil)
	s.keepItem(it)
	s.stale = s.stale || !s.view.plain()
	s.change.List = true
	if print == s.selected {
		s.change.Detail = true
	}
}

// unfold gives the print of an original, or a print, its own verdict again.
func (s *Session) unfold(id int) {
	p, ok := s.folded[id]
	if !ok {
		if s.items[id].into == nil {
			return
		}
		p, id = id, s.items[id].into.ID
	}
	delete(s.folded, id)
	it := s.items[p]
	it.into = nil
	if ev := s.evidence(it); ev != nil {
		it.Row = s.row(it, s.judge(it, ev))
	}
	s.keepItem(it)
}

// Folded reports whether the file is a print that is judged in its original's row.
func (it *Item) Folded() bool { return it.into != nil }

// answering is the item whose verdict is shown for it: of a print, its original.
func (it *Item) answering() *Item {
	if it != nil && it.into != nil && it.into.Judged() {
		return it.into
	}
	return it
}

// shown reports whether the verdict on an item is the one that is shown.
func (s *Session) shown(it *Item) bool {
	sel := s.Selected()
	return sel != nil && sel.answering() == it
}

// Dress fits the view of a report to the file that is selected: a print shows the pair's verdict beside its own page, and a
// certificate of a long document its own place.
func (s *Session) Dress(d *Detail) {
	it := s.Selected()
	ev := s.evidence(it)
	if ev == nil {
		return
	}
	if ev.Fields != nil {
		d.Page = ev.Fields.Page
	}
	if ev.Part != nil {
		d.Page = ev.Part.Page
	}
	if it.Folded() {
		d.Marks, d.Pages = nil, ev.Input.Pages
		d.Facts = slices.Clone(d.Facts)
		for i := range d.Facts { // they stand on the original's page
			d.Facts[i].Box = page.Box{}
		}
		return
	}
	if ev.Part == nil && ev.Print == nil && s.CanRectify() {
		d.Sheet = sheetView(s.messages, ev.Picture)
	}
	if p := ev.Part; p != nil && !p.Box.IsZero() {
		d.Marks = append(d.Marks, Mark{ID: "part", Kind: MarkPart, Page: p.Page, Box: p.Box, Shape: d.Verdict.Shape, Label: s.messages.T("mark.part", "n", strconv.Itoa(p.Index+1))})
	}
}
