package ink_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengyan/verify/ink"
	"zhengyan/verify/ink/sim"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest/pen"
)

// outcome is what was answered on one print.
type outcome struct {
	plan    sim.Plan
	res     *ink.Result
	err     error
	offMM   float64 // distance of the found box's centre from the true one, in millimetres on the paper
	recall  float64 // share of the written line that was found, -1 if nothing was written
	seconds float64 // of the whole examination, wall time
}

func (o *outcome) wrong() string {
	switch {
	case o.err != nil:
		return "error"
	case !o.res.Registered || o.offMM > 1.5:
		return "not located"
	case !o.plan.Signed && o.res.Presence == ink.Ink:
		return "false ink"
	case o.plan.Signed && o.res.Presence == ink.NoInk:
		return "false none"
	case o.res.Presence == ink.Unclear:
		return "unclear"
	}
	return ""
}

// measure examines the prints of seeds from first on, in two workers. ZHENGYAN_INK_TIME ("30m") is when no further ones are
// begun.
func measure(t *testing.T, first, n uint64, only string, each func(*sim.Print, *outcome)) []outcome {
	t.Helper()
	out := make([]outcome, n)
	var next uint64
	var mu sync.Mutex
	var wg sync.WaitGroup
	const run = 20 // neighbouring seeds share a page
	limit, _ := time.ParseDuration(os.Getenv("ZHENGYAN_INK_TIME"))
	begun := time.Now()
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			m, err := sim.NewMaker(pen.Open())
			if err != nil {
				t.Error(err)
				return
			}
			for {
				mu.Lock()
				from := next
				next += run
				mu.Unlock()
				if from >= n || limit > 0 && time.Since(begun) > limit {
					return
				}
				for i := from; i < min(n, from+run); i++ {
					plan := sim.PlanOf(first + i)
					if only != "" && !strings.Contains(only, string(plan.Trap)) {
						continue
					}
					p, err := m.Make(plan)
					if err != nil {
						t.Error(err)
						return
					}
					out[i] = examine(p)
					if each != nil {
						mu.Lock()
						each(p, &out[i])
						mu.Unlock()
					}
				}
			}
		}()
	}
	wg.Wait()
	return slices.DeleteFunc(out, func(o outcome) bool { return o.res == nil && o.err == nil })
}

func examine(p *sim.Print) outcome {
	o := outcome{plan: p.Plan, recall: -1}
	start := time.Now()
	o.res, o.err = ink.Examine(context.Background(), p.Scan, p.Ref, ink.Options{NoPictures: os.Getenv("ZHENGYAN_INK_SHOW") == "", NoLikeness: true})
	o.seconds = time.Since(start).Seconds()
	if o.err != nil {
		return o
	}
	var x, y float64
	for _, q := range p.TrueBox {
		x += q.X / 4
		y += q.Y / 4
	}
	b := o.res.Box
	o.offMM = math.Hypot((b.X0+b.X1)/2-x, (b.Y0+b.Y1)/2-y) / max(p.Plan.DPI, 50) * 25.4
	if b.IsZero() {
		o.offMM = math.Inf(1)
	}
	return o
}

// TestDevelopment runs over development seeds named in ZHENGYAN_INK_SEEDS (from+count), prints what went wrong and keeps
// pictures of it in the folder ZHENGYAN_INK_SHOW.
func TestDevelopment(t *testing.T) {
	var from, n uint64
	if _, err := fmt.Sscanf(os.Getenv("ZHENGYAN_INK_SEEDS"), "%d+%d", &from, &n); err != nil {
		t.Skip("ZHENGYAN_INK_SEEDS is not set")
	}
	if from+n > sim.FirstTestSeed {
		t.Fatal("these seeds are kept for measuring")
	}
	dir := os.Getenv("ZHENGYAN_INK_SHOW")
	var times []float64
	out := measure(t, from, n, os.Getenv("ZHENGYAN_INK_ONLY"), func(p *sim.Print, o *outcome) {
		times = append(times, o.seconds)
		if w := o.wrong(); w != "" || os.Getenv("ZHENGYAN_INK_ALL") != "" {
			t.Logf("%s", describe(o))
			if dir != "" && o.err == nil {
				keep(t, dir, p, o)
			}
		}
	})
	slices.Sort(times)
	t.Logf("median %.2f s, box off by %.2f mm at the 99th percentile", times[len(times)/2], percentile(out, 0.99))
	t.Log("\n" + table(out))
}

// percentile of the distance of the found box, over all prints.
func percentile(out []outcome, q float64) float64 {
	var d []float64
	for i := range out {
		d = append(d, out[i].offMM)
	}
	slices.Sort(d)
	return d[min(len(d)-1, int(q*float64(len(d))))]
}

func describe(o *outcome) string {
	if o.err != nil {
		return fmt.Sprintf("%d %s: %v", o.plan.Seed, o.plan.Trap, o.err)
	}
	return fmt.Sprintf("%d %-11s %-10s %3.0f dpi grey=%-5v pen=%-10s image=%d date=%v dirty=%v: %-11s %s %s %.1f mm conf %.2f off %.2f rms %.3f hidden %.2f %s",
		o.plan.Seed, o.plan.Trap, o.plan.Carrier, o.plan.DPI, o.plan.Grey, o.plan.Pen.Name, o.plan.Image, o.plan.DateToo, o.plan.Dirty,
		o.wrong(), o.res.Presence, o.res.Reason, o.res.Length, o.res.Confidence, o.offMM, o.res.RMS, o.res.Hidden, o.res.Colour)
}

func keep(t *testing.T, dir string, p *sim.Print, o *outcome) {
	img := o.res.Crop
	if img == nil {
		q := page.Box{X0: p.TrueBox[0].X - 40, Y0: p.TrueBox[0].Y - 40, X1: p.TrueBox[2].X + 40, Y1: p.TrueBox[2].Y + 40}
		r := image.Rect(int(q.X0), int(q.Y0), int(q.X1), int(q.Y1)).Intersect(p.Scan.Page.Bounds())
		c := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
		draw.Draw(c, c.Rect, p.Scan.Page, r.Min, draw.Src)
		img = c
	}
	h := img.Bounds().Dy()
	w := img.Bounds().Dx()
	all := image.NewRGBA(image.Rect(0, 0, w, h))
	if o.res.Overlay != nil {
		b := o.res.Overlay.Bounds()
		all = image.NewRGBA(image.Rect(0, 0, w+b.Dx(), max(h, b.Dy())))
		draw.Draw(all, image.Rect(w, 0, w+b.Dx(), b.Dy()), o.res.Overlay, b.Min, draw.Src)
	}
	draw.Draw(all, image.Rect(0, 0, w, h), img, img.Bounds().Min, draw.Src)
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&buf, all); err != nil {
		t.Error(err)
	}
	name := fmt.Sprintf("%d-%s-%s.png", o.plan.Seed, o.plan.Trap, strings.ReplaceAll(o.wrong(), " ", "-"))
	if err := os.WriteFile(filepath.Join(dir, name), buf.Bytes(), 0o644); err != nil {
		t.Error(err)
	}
}

// table is the confusion by trap.
func table(out []outcome) string {
	var b strings.Builder
	b.WriteString("| print | prints | ink | none | unclear | not located |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	row := func(name string, pick func(*outcome) bool) {
		var n, yes, no, unclear, lost int
		for i := range out {
			o := &out[i]
			if !pick(o) {
				continue
			}
			n++
			if o.err != nil || !o.res.Registered || o.offMM > 1.5 {
				lost++
			}
			if o.err != nil {
				continue
			}
			switch o.res.Presence {
			case ink.Ink:
				yes++
			case ink.NoInk:
				no++
			default:
				unclear++
			}
		}
		if n > 0 {
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", name, n, yes, no, unclear, lost)
		}
	}
	for _, list := range [][]sim.Trap{sim.Negatives(), sim.Positives()} {
		for _, tr := range list {
			row(string(tr), func(o *outcome) bool { return o.plan.Trap == tr })
		}
	}
	row("**all without writing**", func(o *outcome) bool { return !o.plan.Signed })
	row("**all signed**", func(o *outcome) bool { return o.plan.Signed })
	return b.String()
}
