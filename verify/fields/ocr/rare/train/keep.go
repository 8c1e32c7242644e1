package main

import (
	"bufio"
	"encoding/gob"
	"os"
)

// kept is the form in which samples are written.
type kept struct {
	Inside int
	Label  []rune
	Font   []uint8
	X      []float32
}

func (s *samples) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = gob.NewEncoder(w).Encode(kept{s.inside, s.label, s.font, s.x})
	if err == nil {
		err = w.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func readSamples(path string) (*samples, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var k kept
	if err := gob.NewDecoder(bufio.NewReader(f)).Decode(&k); err != nil {
		return nil, err
	}
	return &samples{k.Inside, k.Label, k.Font, k.X}, nil
}
