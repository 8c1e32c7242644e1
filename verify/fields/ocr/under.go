package ocr

import (
	"context"
	"fmt"
	"image"

	"zhengyan/verify/fields/ocr/red"
)

// Print under red ink is told by a net of the project's own (package red): the sums of plane.go take the ink away where colour and
// luminance lie upon each other, and JPEG shifts and blurs the one against the other. It sees of each pixel two sums in which ink of
// every colour and strength looks alike, and gives the share of the paper's luminance that the pixel would have without the ink.
const (
	underLeast = 20  // steps by which a pixel is redder than its paper, on paper of 240, that is red ink for it
	underNear  = 4   // pixels around such a one in which it is asked
	underSide  = 96  // side of the pieces in which the picture is looked at
	underMost  = 0.4 // share of the pieces that may have red ink; a picture with more is red itself
	underFew   = 50  // pieces of a picture that is never too much
	leastCover = 0.1 // of the green that ink takes at the least
)

// underInk is a picture with red ink, before the ink was taken away.
type underInk struct {
	red, green []uint8
	w, h       int
	paper      sheet
	ink        redInk
}

// seen gives what the net sees of a rectangle, plane by plane; outside the picture is its edge. In shares of the paper's luminance: the
// red, to which is added back what the ink takes of it, to go by the green, so that ink and paper are 1; and how much of the green is
// left, from 0 where the ink covers all to 1 on paper.
func (u *underInk) seen(r image.Rectangle) []float32 {
	n := r.Dx() * r.Dy()
	out := make([]float32, red.Planes*n)
	cover := 1 / max(1-u.ink.green, leastCover)
	lost := (1 - u.ink.red) * cover // of red, to what is lost of green
	k := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		sy := min(max(y, 0), u.h-1)
		for x := r.Min.X; x < r.Max.X; x++ {
			sx := min(max(x, 0), u.w-1)
			i := sy*u.w + sx
			paper, tint := u.paper.at(sx, sy)
			bright, left := float32(int(u.red[i])-tint)/float32(paper), float32(u.green[i])/float32(paper)
			out[k], out[n+k] = bright+lost*(1-left), (left-u.ink.green)*cover
			k++
		}
	}
	return out
}

// isRed reports whether red ink is at a pixel.
func (u *underInk) isRed(x, y int) bool {
	i := y*u.w + x
	o, paper, _ := u.paper.over(u.red[i], u.green[i], x, y)
	return o > 0 && 240*o > underLeast*paper
}

// asked tells of each pixel of a rectangle inside the picture whether red ink is near it; nil where there is none.
func (u *underInk) asked(r image.Rectangle) []bool {
	var out []bool
	around := r.Inset(-underNear).Intersect(image.Rect(0, 0, u.w, u.h))
	for y := around.Min.Y; y < around.Max.Y; y++ {
		till := r.Min.X // the row is marked up to there
		for x := around.Min.X; x < around.Max.X; x++ {
			if !u.isRed(x, y) {
				continue
			}
			if out == nil {
				out = make([]bool, r.Dx()*r.Dy())
			}
			from, to := max(x-underNear, till), min(x+underNear+1, r.Max.X)
			for ny := max(y-underNear, r.Min.Y); ny < min(y+underNear+1, r.Max.Y); ny++ {
				for nx := from; nx < to; nx++ {
					out[(ny-r.Min.Y)*r.Dx()+nx-r.Min.X] = true
				}
			}
			till = max(till, to)
		}
	}
	return out
}

// underRed puts into the planes of print what the net tells of the print under red ink, and beside it.
func (r *Reader) underRed(ctx context.Context, m *raster) error {
	u := m.under
	if r.red == nil || u == nil {
		return nil
	}
	m.under = nil // it takes as much memory as a plane
	var pieces []image.Rectangle
	var which [][]bool
	all := image.Rect(0, 0, m.w, m.h)
	n := 0
	for y := 0; y < m.h; y += underSide {
		for x := 0; x < m.w; x += underSide {
			n++
			piece := image.Rect(x, y, x+underSide, y+underSide).Intersect(all)
			if asked := u.asked(piece); asked != nil {
				pieces, which = append(pieces, piece), append(which, asked)
			}
		}
	}
	if float64(len(pieces)) > underMost*float64(max(n, underFew)) {
		return ctx.Err()
	}
	return r.each(ctx, len(pieces), func(ctx context.Context, i int) error {
		p := pieces[i]
		around := p.Inset(-red.Edge)
		out, dims, err := r.run(ctx, r.red, u.seen(around), [4]int{1, red.Planes, around.Dy(), around.Dx()})
		if err != nil {
			return err
		}
		if len(out) != len(which[i]) {
			return fmt.Errorf("the net for print under red ink gives an answer of the size %v", dims)
		}
		for k, v := range out {
			if !which[i][k] {
				continue
			}
			x, y := p.Min.X+k%p.Dx(), p.Min.Y+k/p.Dx()
			paper, _ := u.paper.at(x, y)
			at := y*m.w + x
			m.text[at] = uint8(min(max(v, 0)*float32(paper), 255))
			m.look[at] = m.text[at]
		}
		return nil
	})
}
