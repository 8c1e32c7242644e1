package viewmodel

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/page"
)

// Searcher is implemented by engines that find the certificates in a long document.
type Searcher interface {
	// GatherAll is Gather for a file of any length: evidence on each certificate that was found, in the order of the pages,
	// or one on the whole file. progress says how many pages were looked at; it may be called from several goroutines.
	GatherAll(ctx context.Context, f File, progress func(verify.Search)) ([]*verify.Evidence, error)
}

// partMark stands in a path before the number of a certificate in a long document, from 1; the first goes by the file's own
// path.
const partMark = "!#"

// OwnPath is the path of the file that a part lies in.
func OwnPath(path string) string {
	if i := strings.LastIndex(path, partMark); i >= 0 {
		if _, err := strconv.Atoi(path[i+len(partMark):]); err == nil {
			return path[:i]
		}
	}
	return path
}

// placeIn is a certificate's place among those of its file, 0 for the first and for a file of one.
func placeIn(ev *verify.Evidence) int {
	if ev == nil || ev.Part == nil {
		return 0
	}
	return ev.Part.Index
}

// gathered is a certificate that was read and judged on a worker.
type gathered struct {
	ev     *verify.Evidence
	packed []byte
	rep    *verify.Report
}

// searchSteps is how often at most the window hears of the search through one document.
const searchSteps = 200

// read does a job's slow part. A panic of a library is evidence on this one file.
func (s *Session) read(j job) (list []*verify.Evidence, err error) {
	defer func() {
		if r := recover(); r != nil {
			list, err = []*verify.Evidence{broken(j.file, fmt.Sprint(r))}, nil
		}
		if err == nil && (len(list) == 0 || slices.Contains(list, nil)) {
			list = []*verify.Evidence{broken(j.file, "no evidence")}
		}
	}()
	one := func(ev *verify.Evidence, err error) ([]*verify.Evidence, error) { return []*verify.Evidence{ev}, err }
	if j.corners != nil {
		if e, ok := s.engine.(Rectifier); ok {
			return one(e.GatherCorners(j.ctx, j.file, j.corners.page, j.corners.at))
		}
	}
	if j.pair != nil {
		if e, ok := s.engine.(Pairer); ok {
			return one(e.GatherPair(j.ctx, j.file, j.pair.file))
		}
	}
	if e, ok := s.engine.(Searcher); ok {
		var last atomic.Int64
		return e.GatherAll(j.ctx, j.file, func(so verify.Search) {
			if step := int64(so.Pages) * searchSteps / int64(max(1, so.OfPages)); last.Swap(step) == step && so.Found == 0 {
				return
			}
			s.pump.post(func() {
				s.apply(j, func(it *Item) {
					if it.State == Reading && (so.Pages > it.search.Pages || so.Found > it.search.Found || so.Examined > it.search.Examined) {
						it.search = so
						it.Row = s.row(it, nil)
					}
				})
			})
		})
	}
	return one(s.engine.Gather(j.ctx, j.file))
}

// finishAll takes what a job has found: the first certificate is the file's own row, each further one has a row of its own.
func (s *Session) finishAll(j job, gen int, list []gathered) {
	if j.pair != nil {
		s.finishPair(j, gen, list[0])
		return
	}
	if j.id >= len(s.epochs) || s.epochs[j.id] != j.epoch {
		return
	}
	s.items[j.id].search = verify.Search{}
	s.finish(j, list[0].ev, list[0].packed, gen, list[0].rep)
	s.pairUp(j.id, list[0].ev)
	for i, g := range list[1:] {
		id := s.part(j.id, i+1)
		s.supersede(id)
		s.finish(job{id: id, epoch: s.epochs[id]}, g.ev, g.packed, gen, g.rep)
	}
	// What was found when the file was another one.
	for n := len(list); ; n++ {
		id, ok := s.byPath[s.items[j.id].File.Path+partMark+strconv.Itoa(n)]
		if !ok {
			break
		}
		ev := unread(s.items[id].File)
		s.supersede(id)
		s.finish(job{id: id, epoch: s.epochs[id]}, ev, pack(ev), gen, s.engine.Judge(ev, s.Question()))
	}
}

// part returns the row of certificate n, from 1, of a file, made if there is none.
func (s *Session) part(root, n int) int {
	it := s.items[root]
	f := it.File
	f.Part = n
	f.Path += partMark + strconv.Itoa(n)
	id, known := s.byPath[f.Path]
	if !known {
		id = s.append(f)
		s.items[id].Bidder = it.Bidder
		s.stale = true // it stands behind its file, not at the end
	}
	s.items[id].File, s.items[id].root = f, root
	return id
}

// known reports whether the list has a path.
func (s *Session) known(path string) bool { _, ok := s.byPath[path]; return ok }

// append adds a row.
func (s *Session) append(f File) int {
	id := len(s.items)
	it := &Item{ID: id, File: f, Bidder: f.Bidder, root: id}
	if f.Part > 0 {
		if root, ok := s.byPath[OwnPath(f.Path)]; ok {
			it.root = root
		}
		s.parted = true
	}
	s.items = append(s.items, it)
	s.epochs = append(s.epochs, 0)
	s.byPath[f.Path] = id
	return id
}

// Place is where in its file the selected certificate stands, nil where it is the whole file.
func (s *Session) Place() *verify.Part {
	if ev := s.evidence(s.Selected()); ev != nil {
		return ev.Part
	}
	return nil
}

// pageOf is the page of the certificate in its file, 0 where that is not known.
func pageOf(ev *verify.Evidence) int {
	if ev.Part != nil {
		return ev.Part.Page
	}
	return 0
}

// PlaceOf is the page, from 0, on which a certificate of a long document stands.
func (s *Session) PlaceOf(id int) int {
	if it := s.Item(id); it != nil {
		return it.page
	}
	return 0
}

// Siblings are the ids of the certificates in the file of the selected one, in the order of the pages; nil for a file of one.
func (s *Session) Siblings() []int {
	it := s.Selected()
	if it == nil || !s.parted {
		return nil
	}
	ids := []int{it.root}
	path := s.items[it.root].File.Path
	for n := 1; ; n++ {
		id, ok := s.byPath[path+partMark+strconv.Itoa(n)]
		if !ok {
			break
		}
		ids = append(ids, id)
	}
	if len(ids) < 2 {
		return nil
	}
	return ids
}

// titleOf is a file's name with the place of the certificate in it.
func titleOf(m *Messages, it *Item, ev *verify.Evidence) string {
	if ev == nil || ev.Part == nil {
		return it.File.Name
	}
	return m.T("part.title", "file", it.File.Name, "page", strconv.Itoa(ev.Part.Page+1))
}

// Rectifier is implemented by engines that can read a photographed sheet by corners that a person has set.
type Rectifier interface {
	// GatherCorners is Gather with the sheet's corners on one page, in page units, clockwise from the top left.
	GatherCorners(ctx context.Context, f File, page int, corners [4]page.Point) (*verify.Evidence, error)
}

// cornered is a request to read a page's sheet by these corners.
type cornered struct {
	page int
	at   [4]page.Point
}

// CanRectify reports whether the engine takes corners.
func (s *Session) CanRectify() bool { _, ok := s.engine.(Rectifier); return ok }

// Rectify reads the selected file again, its sheet laid flat by the given corners.
func (s *Session) Rectify(page int, corners [4]page.Point) { s.reread(&cornered{page, corners}) }

// Unrectify reads the selected file again, its sheet laid flat by the corners that the program finds. They are looked for
// anew: a batch that was closed meanwhile has kept those that a person has set.
func (s *Session) Unrectify() { s.reread(nil) }

func (s *Session) reread(by *cornered) {
	it := s.Selected()
	if it == nil || !s.CanRectify() || it.File.Part > 0 {
		return
	}
	s.enqueueWith(it.ID, by)
	s.queue.promote(it.ID)
	s.mark(Change{List: true, Detail: true, Timeline: true})
}

// sizesOf are the sizes of the pages that are known, by page.
func sizesOf(ev *verify.Evidence) []document.PageSize {
	sizes := ev.PageSizes
	if p := ev.Part; p != nil && p.PageSize != nil && p.Page < maxPage {
		sizes = slices.Clone(sizes)
		for len(sizes) <= p.Page {
			sizes = append(sizes, document.PageSize{})
		}
		sizes[p.Page] = *p.PageSize
	}
	return sizes
}

// maxPage bounds the number of a page: evidence may come from a report that others have written.
const maxPage = 100_000
