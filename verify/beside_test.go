package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
)

// onDesk is a photo of a white sheet with a code on a dark desk; of size 0 the sheet bears no code.
func onDesk(t testing.TB, size int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 600, 800))
	for y := range 800 {
		for x := range 600 {
			c := color.RGBA{60, 50, 40, 255}
			if x > 80 && x < 520 && y > 85 && y < 707 {
				c = color.RGBA{245, 245, 180, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	if size > 0 {
		m, err := qrcode.NewQRCodeWriter().Encode("https://example.invalid/certificate?id=1", gozxing.BarcodeFormat_QR_CODE, size, size, nil)
		if err != nil {
			t.Fatal(err)
		}
		for y := range size {
			for x := range size {
				if m.Get(x, y) {
					img.SetRGBA(130+x, 450+y, color.RGBA{A: 255})
				}
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// slow is a reader that takes its time, or fails, and counts how often it was warmed.
type slow struct {
	looker
	before func(ctx context.Context)
	warmed atomic.Int32
}

func (s *slow) Warm() { s.warmed.Add(1) }

func (s *slow) ReadPage(ctx context.Context, _ image.Image, _ int) (page.Text, error) {
	if s.before != nil {
		s.before(ctx)
	}
	return page.Text{}, ctx.Err()
}

// plain is an evidence as JSON without what a clock tells.
func plain(t testing.TB, ev *verify.Evidence) string {
	t.Helper()
	c := *ev
	c.Timings, c.GatheredAt = nil, time.Time{}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The evidence does not depend on whether the print or the codes are done first.
func TestCodesBesideReading(t *testing.T) {
	for name, size := range map[string]int{"with a code": 180, "without": 0} {
		src := document.SourceBytes("photo.jpg", onDesk(t, size))
		want := ""
		for _, wait := range []time.Duration{0, 300 * time.Millisecond} {
			r := &slow{before: func(context.Context) { time.Sleep(wait) }}
			v := verifierWith(t, func(c *verify.Config) { c.Reader = r })
			ev, err := v.Gather(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			if (len(ev.Codes) == 1) != (size > 0) {
				t.Fatalf("%s: %d codes; %v", name, len(ev.Codes), ev.Problems)
			}
			if ev.Picture == nil || ev.Picture.Sheet == nil {
				t.Fatalf("%s: no sheet was found", name)
			}
			if _, ok := ev.Timings["qr"]; !ok {
				t.Errorf("%s: timings %v", name, ev.Timings)
			}
			if got := plain(t, ev); want == "" {
				want = got
			} else if got != want {
				t.Errorf("%s, reading for %v:\n%s\nbefore:\n%s", name, wait, got, want)
			}
			if r.warmed.Load() == 0 {
				t.Errorf("%s: the reader was not warmed", name)
			}
		}
	}
}

// A panic in the reading costs the reading alone, and a cancelled file leaves nothing running.
func TestBesideEnds(t *testing.T) {
	src := document.SourceBytes("photo.jpg", onDesk(t, 180))
	r := &slow{before: func(context.Context) { panic("broken") }}
	v := verifierWith(t, func(c *verify.Config) { c.Reader = r })
	ev, err := v.Gather(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	if len(ev.Codes) != 1 || len(ev.Problems) == 0 || ev.Problems[0].Stage != "ocr" || ev.Problems[0].Code != "failed" {
		t.Errorf("%d codes, problems %v", len(ev.Codes), ev.Problems)
	}

	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	r.before = func(ctx context.Context) {
		cancel()
		<-ctx.Done()
	}
	if _, err := v.Gather(ctx, src); err == nil {
		t.Error("a cancelled file has evidence")
	}
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// Files that are no pictures do not make the reader load its models; a picture does.
func TestNotWarmed(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads a whole page")
	}
	for name, tt := range map[string]struct {
		file   []byte
		warmed bool
	}{
		"original.pdf": {bound(t, "warm", verifytest.Good(fields.Constructor1)), false},
		"broken.jpg":   {[]byte("no picture"), false},
		"photo.jpg":    {onDesk(t, 0), true},
	} {
		r := &slow{}
		v := verifierWith(t, func(c *verify.Config) { c.Reader = r })
		if _, err := v.Gather(t.Context(), document.SourceBytes(name, tt.file)); err != nil {
			t.Fatal(err)
		}
		if n := r.warmed.Load(); (n > 0) != tt.warmed {
			t.Errorf("%s: warmed %d times", name, n)
		}
	}
}
