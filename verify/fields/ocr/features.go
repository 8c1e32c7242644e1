package ocr

import (
	"errors"
	"fmt"
	"image"
	"strings"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Trunk is the tensor that the project's own heads see: the recogniser's 480 channels before they are narrowed to 60.
const Trunk = "p2o.AveragePool.1"

// Features is the recogniser as a second head sees it: what its last layer is given, what its trunk has seen before the layers
// that narrow it, and what the net itself makes of it.
type Features struct {
	net    net
	Keys   []string // class to character, [0] being the blank
	Inside int      // numbers of a step: those of the last layer's input, then those of the trunk
	Model  []byte   // the recogniser's file
}

// OpenFeatures opens a recogniser for training. Errors are those of Open.
func OpenFeatures(cfg Config) (*Features, error) {
	if !haveEngine {
		return nil, fmt.Errorf("%w: %w", fields.ErrNoReader, ErrNoCgo)
	}
	rec, err := modelFile(cfg.Models, RecogniserFile)
	if err != nil {
		return nil, err
	}
	list, err := modelFile(cfg.Models, KeysFile)
	if err != nil {
		return nil, err
	}
	if _, err := startEngine(existing(cfg.Library)); err != nil {
		return nil, fmt.Errorf("%w: %w: %w", fields.ErrNoReader, ErrNoLibrary, err)
	}
	h, err := headOf(rec)
	if err != nil {
		return nil, err
	}
	more := append(seenBy(&h, Trunk), operation("Concat", tensorAll, []string{tensorSeen, h.logits}, intAttr("axis", 2)))
	cut, err := rebuilt(rec, "", more, tensorAll)
	if err != nil {
		return nil, err
	}
	f := &Features{Keys: parseKeys(list), Model: rec}
	if len(f.Keys) != h.classes {
		return nil, errors.New("the list of characters is not this net's")
	}
	if f.net, err = loadNet(cut); err != nil {
		return nil, err
	}
	_, seen, err := f.run(make([]float32, lineHeight*frameWidth), frameWidth)
	f.Inside = seen - h.classes
	return f, err
}

func (f *Features) run(pix []float32, width int) ([]float32, int, error) {
	in, full := lineInput(pix, width, minLineWidth)
	out, dims, err := f.net.run(in, [4]int{1, 3, lineHeight, full})
	if err != nil {
		return nil, 0, err
	}
	if len(dims) != 3 || dims[2] <= len(f.Keys) {
		return nil, 0, fmt.Errorf("features of the size %v", dims)
	}
	return out[:min(dims[1], (width+frameWidth-1)/frameWidth)*dims[2]], dims[2], nil
}

// Line looks at a line's picture, 48 pixels high with values 0..255: for every eight pixels of its width it gives Inside
// numbers and then the logits of the net's own classes.
func (f *Features) Line(pix []float32, width int) ([]float32, error) {
	out, _, err := f.run(pix, width)
	return out, err
}

// A Sheet is a picture whose lines are cut out as the reader cuts them, for training.
type Sheet struct{ m *raster }

// NewSheet takes the planes of a picture.
func NewSheet(img image.Image) *Sheet { return &Sheet{newRaster(img)} }

// Tones is in how many ways a line's picture is toned.
const Tones = int(sharp) + 1

// Line cuts the line between four corners (top left, top right, bottom right, bottom left, in pixels of the picture) out of
// the plane of print: 48 pixels high with values 0..255, stretched along the line, toned in one of the ways 0 to Tones-1.
func (s *Sheet) Line(corners [4]page.Point, toned int, stretch float64) (pix []float32, width int) {
	q, ok := s.quad(corners)
	if !ok {
		return nil, 0
	}
	return lineOf(s.m.text, s.m.w, s.m.h, q, tone(toned), stretch)
}

// Piece cuts a rectangle between four corners, as Line's, out of the plane of print: w × h pixels with values 0..255, toned in no way.
func (s *Sheet) Piece(corners [4]page.Point, w, h int) []float32 {
	q, ok := s.quad(corners)
	if !ok {
		return nil
	}
	return crop(s.m.text, s.m.w, s.m.h, q, w, h)
}

// quad gives four corners in pixels of the planes; false if nothing lies between them.
func (s *Sheet) quad(corners [4]page.Point) (q quad, ok bool) {
	for i, p := range corners {
		q[i] = pt{p.X / float64(s.m.step), p.Y / float64(s.m.step)}
	}
	return q, s.m.w >= 1 && s.m.h >= 1 && q.height() >= 1 && q.width() >= 1
}

// UnderRed gives of a rectangle of the picture what the net of package red sees, plane by plane, the luminance of the paper of each
// pixel, and which of them the net is asked about; that is nil where it is asked about none.
func (s *Sheet) UnderRed(r image.Rectangle) (seen []float32, paper []int, asked []bool) {
	u := s.m.under
	if u == nil || !r.In(image.Rect(0, 0, u.w, u.h)) {
		return nil, nil, nil
	}
	if asked = u.asked(r); asked == nil {
		return nil, nil, nil
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p, _ := u.paper.at(x, y)
			paper = append(paper, p)
		}
	}
	return u.seen(r), paper, asked
}

// Close frees the net.
func (f *Features) Close() { f.net.close() }

// SignClasses are the classes of the net for digits (package figures) that the characters of a text have, the last for all that are no signs.
func SignClasses(text string) []uint8 {
	out := make([]uint8, 0, len(text))
	for _, r := range text {
		class := signs
		for s := signZero; s < signs; s++ {
			if strings.ContainsRune(s.writings(), r) {
				class = s
			}
		}
		out = append(out, uint8(class))
	}
	return out
}
