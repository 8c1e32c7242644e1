package viewmodel

import (
	"context"
	"image"
	"math"
	"time"

	"golang.org/x/image/draw"

	"zhengyan/verify"
)

// Limits of the pictures beside the certificates of a long document.
const (
	thumbDPI  = 48
	thumbSide = 180 // pixels of the longer side
	thumbKept = 300
	thumbTime = 10 * time.Second
	thumbWait = 24 // more than fit the window: an earlier wish is dropped
)

// thumbs are the small pictures of certificates. They belong to the owner's goroutine.
type thumbs struct {
	held  map[int]image.Image // nil: it cannot be drawn
	order []int
	want  []int
	busy  bool
}

func (t *thumbs) drop(id int) { delete(t.held, id) }

// Thumbnail is a small picture of the place where a certificate stands in its document; nil until it was drawn, which the
// list is told of.
func (s *Session) Thumbnail(id int) image.Image {
	img, known := s.thumbs.held[id]
	if _, ok := s.engine.(Pager); known || !ok {
		return img
	}
	for _, w := range s.thumbs.want {
		if w == id {
			return nil
		}
	}
	if s.thumbs.want = append(s.thumbs.want, id); len(s.thumbs.want) > thumbWait {
		s.thumbs.want = s.thumbs.want[1:]
	}
	s.drawThumbs()
	return nil
}

// thumbJob is a certificate that is to be drawn.
type thumbJob struct {
	id, epoch int
	file      File
	sha256    string
	part      verify.Part
}

// drawThumbs draws what is wanted, one file after another, in the background.
func (s *Session) drawThumbs() {
	if s.thumbs.busy || len(s.thumbs.want) == 0 {
		return
	}
	var jobs []thumbJob
	for _, id := range s.thumbs.want {
		if id >= len(s.items) {
			continue
		}
		j := thumbJob{id: id, epoch: s.epochs[id], file: s.items[id].File}
		if ev := s.evidence(s.items[id]); ev != nil && ev.Part != nil && ev.Failure == nil {
			j.sha256, j.part = ev.Input.SHA256, *ev.Part
			jobs = append(jobs, j)
		}
	}
	s.thumbs.want = nil
	if len(jobs) == 0 {
		return
	}
	s.thumbs.busy = true
	pager := s.engine.(Pager)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		var open Pages
		path := ""
		for _, j := range jobs {
			if s.ctx.Err() != nil {
				break
			}
			if own := OwnPath(j.file.Path); open == nil || own != path {
				if open != nil {
					open.Close()
				}
				open, path = s.openPages(pager, j), own
			}
			img := s.thumb(open, j)
			s.pump.post(func() {
				if j.id < len(s.epochs) && s.epochs[j.id] == j.epoch {
					s.keepThumb(j.id, img)
					s.change.List = true
				}
			})
		}
		if open != nil {
			open.Close()
		}
		s.pump.post(func() { s.thumbs.busy = false; s.drawThumbs() })
	}()
}

func (s *Session) openPages(p Pager, j thumbJob) (out Pages) {
	defer func() {
		if recover() != nil {
			out = nil
		}
	}()
	out, err := p.OpenPages(s.ctx, j.file, j.sha256)
	if err != nil {
		return nil
	}
	return out
}

// thumb is nil for what cannot be drawn.
func (s *Session) thumb(open Pages, j thumbJob) (out image.Image) {
	defer func() {
		if recover() != nil {
			out = nil
		}
	}()
	if open == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(s.ctx, thumbTime)
	defer cancel()
	img, err := open.Picture(ctx, j.part.Page, thumbDPI)
	if err != nil {
		return nil
	}
	from := img.Bounds()
	if size, b := j.part.PageSize, j.part.Box; size != nil && size.Width > 0 && !b.IsZero() {
		k := float64(from.Dx()) / size.Width
		if cut := image.Rect(int(b.X0*k), int(b.Y0*k), int(math.Ceil(b.X1*k)), int(math.Ceil(b.Y1*k))).Add(from.Min).Intersect(from); !cut.Empty() {
			from = cut
		}
	}
	k := min(1, thumbSide/float64(max(from.Dx(), from.Dy())))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(from.Dx())*k)), max(1, int(float64(from.Dy())*k))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, from, draw.Src, nil)
	return small
}

func (s *Session) keepThumb(id int, img image.Image) {
	if s.thumbs.held == nil {
		s.thumbs.held = map[int]image.Image{}
	}
	s.thumbs.held[id] = img
	if s.thumbs.order = append(s.thumbs.order, id); len(s.thumbs.order) > thumbKept {
		delete(s.thumbs.held, s.thumbs.order[0])
		s.thumbs.order = s.thumbs.order[1:]
	}
}
