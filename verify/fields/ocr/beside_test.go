package ocr

import (
	"context"
	"errors"
	"image"
	"image/color"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhengyan/verify/page"
)

// printed has lines of several lengths, and one in red.
func printed() *image.RGBA {
	img := barred(600, 448, image.Rect(50, 150, 450, 164), image.Rect(50, 200, 250, 214), image.Rect(50, 250, 550, 264),
		image.Rect(50, 300, 150, 314), image.Rect(50, 350, 500, 364))
	for y := 50; y < 66; y++ {
		for x := 100; x < 500; x++ {
			img.Set(x, y, color.RGBA{200, 20, 30, 255})
		}
	}
	return img
}

// byWidth reads in every line characters that its width gives.
func byWidth(r *Reader, before func()) fake {
	return func(_ []float32, s [4]int) ([]float32, []int, error) {
		before()
		n := s[3] / frameWidth
		line := []rune(strings.Repeat("_", n))
		for i := 3; i < n-2; i += 4 {
			line[i] = []rune("京12")[(i+n)%3]
		}
		out, _ := steps(r.keys, string(line), 0.6+0.01*float32(n%37))
		return out, []int{1, n, len(r.keys)}, nil
	}
}

// TestOrderOfEnding: what is read does not depend on which of the pieces of work ends first, nor on how many run at a time.
func TestOrderOfEnding(t *testing.T) {
	img := printed()
	var want *page.Text
	for round := range 8 {
		r := reader(nil, nil)
		r.slots = make(chan struct{}, 1+round%3)
		var calls atomic.Int64
		wait := func() {
			k := calls.Add(1)
			for range int(k*7919+int64(round)*104729) % 50 * 40 {
				runtime.Gosched()
			}
		}
		r.det = fake(func(in []float32, s [4]int) ([]float32, []int, error) {
			wait()
			return inkMap(in, s)
		})
		r.rec = byWidth(r, wait)
		got, err := r.ReadPage(t.Context(), img, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Chars) < 60 {
			t.Fatalf("%d characters", len(got.Chars))
		}
		if want == nil {
			want = &got
		}
		if !reflect.DeepEqual(*want, got) {
			t.Fatalf("round %d with %d slots reads something else", round, cap(r.slots))
		}
	}
}

// TestBesideFails: whichever piece of work fails, panics or is cancelled while others run, the error comes and nothing is left running.
func TestBesideFails(t *testing.T) {
	img := printed()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		red  bool // the one in the plane of red print, else the one that reads lines
		fail func(cancel func()) error
		want error
	}{
		"red fails":    {true, func(func()) error { return broken }, broken},
		"red panics":   {true, func(func()) error { panic("broken") }, nil},
		"red cancels":  {true, func(cancel func()) error { cancel(); return context.Canceled }, context.Canceled},
		"line fails":   {false, func(func()) error { return broken }, broken},
		"line panics":  {false, func(func()) error { panic("broken") }, nil},
		"line cancels": {false, func(cancel func()) error { cancel(); return nil }, context.Canceled},
	} {
		before := runtime.NumGoroutine()
		ctx, cancel := context.WithCancel(t.Context())
		r := reader(nil, nil)
		var runs, lines atomic.Int32
		r.det = fake(func(in []float32, s [4]int) ([]float32, []int, error) {
			runs.Add(1)
			if s[2] < 400 && c.red { // the lower picture is that of the bands with red ink
				if err := c.fail(cancel); err != nil {
					return nil, nil, err
				}
			}
			return inkMap(in, s)
		})
		read := byWidth(r, func() {})
		r.rec = fake(func(in []float32, s [4]int) ([]float32, []int, error) {
			if lines.Add(1) == 3 && !c.red {
				if err := c.fail(cancel); err != nil {
					return nil, nil, err
				}
			}
			return read(in, s)
		})
		_, err := r.ReadPage(ctx, img, 0)
		cancel()
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if runs.Load() == 0 {
			t.Errorf("%s: the detector was not asked", name)
		}
		for range 200 {
			if runtime.NumGoroutine() <= before {
				break
			}
			time.Sleep(time.Millisecond)
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("%s: %d goroutines before, %d after", name, before, n)
		}
	}
}

// TestWarm: a reader that was warmed is opened once, a panic while it is opened is an error, and Close waits for it.
func TestWarm(t *testing.T) {
	var opened atomic.Int32
	gate := make(chan struct{})
	l := NewLazy(func() (*Reader, error) {
		opened.Add(1)
		<-gate
		panic("broken")
	})
	l.Warm()
	l.Warm()
	close(gate)
	for range 3 {
		if _, err := l.ReadPage(t.Context(), image.NewGray(image.Rect(0, 0, 9, 9)), 0); err == nil || !strings.Contains(err.Error(), "broken") {
			t.Errorf("%v", err)
		}
	}
	l.Close()
	if n := opened.Load(); n != 1 {
		t.Errorf("opened %d times", n)
	}
}
