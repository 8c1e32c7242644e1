package verify

import (
	"context"
	"testing"

	"zhengyan/verify/document/sheet"
)

// What was found beside the reading is kept where the time ends after it, and a sheet that was not looked at for want of time is
// said: silence would mean that there is no code.
func TestJoinOutOfTime(t *testing.T) {
	closed := make(chan struct{})
	close(closed)
	for _, tt := range []struct {
		about           string
		same            bool // the sheet that was read is the one that was looked at
		ended           bool
		codes, problems int
	}{
		{"found, then out of time", true, true, 1, 1},
		{"another sheet, out of time", false, true, 0, 1},
		{"found in time", true, false, 1, 1},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if tt.ended {
			cancel()
		}
		g := &gathering{ctx: ctx, v: &Verifier{}, ev: &Evidence{Timings: map[string]float64{}}}
		looked := &flat{sheet: &sheet.Sheet{}}
		b := &besideCodes{page: g.aside(), flat: g.aside(), on: looked, pageDone: closed, flatDone: closed}
		b.flat.ev.Codes = []Code{{}}
		b.flat.problem("qr", "conflict", "")
		g.beside, g.flat = b, looked
		if !tt.same {
			g.flat = &flat{sheet: &sheet.Sheet{}}
		}
		g.join(0)
		if len(g.ev.Codes) != tt.codes || len(g.ev.Problems) != tt.problems {
			t.Errorf("%s: %d codes, problems %v", tt.about, len(g.ev.Codes), g.ev.Problems)
		}
		cancel()
	}
}
