package ocr

import (
	"errors"
	"fmt"

	"zhengyan/verify/fields"
)

// Features is the recogniser without its last layer: what new rows of that layer are trained on.
type Features struct {
	net     net
	Keys    []string  // class to character, [0] being the blank
	Weights []float32 // of the last layer, Inside × len(Keys)
	Bias    []float32
	Inside  int
	Model   []byte // the recogniser's file
}

// OpenFeatures opens a recogniser for training; errors are those of Open.
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
	cut, err := rebuilt(rec, nil, h.x)
	if err != nil {
		return nil, err
	}
	f := &Features{Keys: parseKeys(list), Weights: h.w, Bias: h.b, Inside: h.inside, Model: rec}
	if len(f.Keys) != h.classes {
		return nil, errors.New("the list of characters is not this net's")
	}
	f.net, err = loadNet(cut)
	return f, err
}

// Line gives the features of a line's picture, 48 pixels high with values 0..255, one row of Inside numbers for every eight
// pixels of its width.
func (f *Features) Line(pix []float32, width int) ([]float32, error) {
	in, full := lineInput(pix, width, minLineWidth)
	out, dims, err := f.net.run(in, [4]int{1, 3, lineHeight, full})
	if err != nil {
		return nil, err
	}
	if len(dims) != 3 || dims[2] != f.Inside {
		return nil, fmt.Errorf("features of the size %v", dims)
	}
	return out[:min(dims[1], (width+frameWidth-1)/frameWidth)*f.Inside], nil
}

// Close frees the net.
func (f *Features) Close() { f.net.close() }
