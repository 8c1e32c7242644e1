package ink_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/ink"
	"zhengyan/verify/ink/sim"
	"zhengyan/verify/verifytest/pen"
)

// What must be reached on fresh prints, in shares of all prints of the class.
const (
	mostFalseInk  = 0.005
	mostFalseNone = 0.005
	mostUnclear   = 0.03
	leastLocated  = 0.995
)

// TestPresenceReport measures presence on prints of seeds that were never looked at (make bench-ink) and writes the
// figures into the file named by ZHENGYAN_INK_REPORT, between the marks of the presence table. ZHENGYAN_INK_PRINTS is the
// number of prints, 1000 if it is not set, ZHENGYAN_INK_FIRST the number of test seeds to leave out, ZHENGYAN_INK_TIME bounds
// the time ("30m"), so that fewer are measured.
func TestPresenceReport(t *testing.T) {
	file := os.Getenv("ZHENGYAN_INK_REPORT")
	if file == "" {
		t.Skip("ZHENGYAN_INK_REPORT is not set")
	}
	n, skip := uint64(1000), uint64(0)
	if v := os.Getenv("ZHENGYAN_INK_PRINTS"); v != "" {
		if _, err := fmt.Sscan(v, &n); err != nil {
			t.Fatal(err)
		}
	}
	if v := os.Getenv("ZHENGYAN_INK_FIRST"); v != "" {
		if _, err := fmt.Sscan(v, &skip); err != nil {
			t.Fatal(err)
		}
	}
	first := sim.FirstTestSeed + skip
	out := measure(t, first, n, "", nil)
	text := reportOf(out, first)
	t.Log("\n" + text)
	for i := range out {
		if w := out[i].wrong(); w != "" {
			t.Log(describe(&out[i]))
		}
	}
	if err := insert(file, text); err != nil {
		t.Fatal(err)
	}
	c := count(out)
	for _, x := range []struct {
		what string
		ok   bool
	}{
		{"false ink", float64(c.falseInk) <= mostFalseInk*float64(c.unsigned)},
		{"false none", float64(c.falseNone) <= mostFalseNone*float64(c.signed)},
		{"unclear", float64(c.unclear) <= mostUnclear*float64(len(out))},
		{"located", float64(len(out)-c.lost) >= leastLocated*float64(len(out))},
	} {
		if !x.ok {
			t.Errorf("%s: not reached: %+v", x.what, c)
		}
	}
}

// TestPresenceSample holds the measure on a few development prints.
func TestPresenceSample(t *testing.T) {
	if testing.Short() {
		t.Skip("draws pages")
	}
	out := measure(t, 40, 12, "", nil)
	c := count(out)
	if c.falseInk+c.falseNone+c.lost > 0 || c.unclear > 1 || len(out) != 12 {
		for i := range out {
			t.Log(describe(&out[i]))
		}
		t.Errorf("%+v", c)
	}
}

type tally struct{ signed, unsigned, falseInk, falseNone, unclear, lost int }

func count(out []outcome) (c tally) {
	for i := range out {
		o := &out[i]
		if o.plan.Signed {
			c.signed++
		} else {
			c.unsigned++
		}
		if o.err != nil || !o.res.Registered || o.offMM > 1.5 {
			c.lost++
		}
		switch {
		case o.err != nil || o.res.Presence == ink.Unclear:
			c.unclear++
		case !o.plan.Signed && o.res.Presence == ink.Ink:
			c.falseInk++
		case o.plan.Signed && o.res.Presence == ink.NoInk:
			c.falseNone++
		}
	}
	return c
}

func reportOf(out []outcome, first uint64) string {
	c := count(out)
	var b strings.Builder
	fmt.Fprintf(&b, "%d prints, seeds %d to %d, none looked at before", len(out), first, first+uint64(len(out))-1)
	if pen.Open().Invented() {
		b.WriteString("; characters made up (without the stroke data)")
	}
	b.WriteString(".\n\n| | prints | errors | rate | 95 % interval | asked for |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	row := func(name string, bad, n int, asked float64) {
		lo, hi := interval(bad, n)
		fmt.Fprintf(&b, "| %s | %d | %d | %.2f %% | %.1f–%.1f %% | ≤ %.1f %% |\n", name, n, bad, 100*float64(bad)/float64(max(1, n)), 100*lo, 100*hi, 100*asked)
	}
	row("\"ink\" on a print without writing", c.falseInk, c.unsigned, mostFalseInk)
	row("\"none\" on a signed print", c.falseNone, c.signed, mostFalseNone)
	row("unclear", c.unclear, len(out), mostUnclear)
	row("box not located (centre off by more than 1.5 mm)", c.lost, len(out), 1-leastLocated)
	var off, rms []float64
	for i := range out {
		if o := &out[i]; o.err == nil && o.res.Registered {
			off = append(off, o.offMM)
			rms = append(rms, o.res.RMS)
		}
	}
	slices.Sort(off)
	slices.Sort(rms)
	if len(off) > 0 {
		fmt.Fprintf(&b, "\nThe box's centre is off by %.2f mm in the median and %.2f mm at the 99th percentile; the misfit near it is %.3f mm (root mean square) in the median, %.3f mm at the 99th percentile.\n",
			off[len(off)/2], off[len(off)*99/100], rms[len(rms)/2], rms[len(rms)*99/100])
	}
	b.WriteString("\n" + table(out) + "\n" + carriers(out))
	return b.String()
}

// carriers is the confusion by the way in which the print became a picture.
func carriers(out []outcome) string {
	var b strings.Builder
	b.WriteString("| picture | prints | false ink | false none | unclear | not located |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	row := func(name string, pick func(*sim.Plan) bool) {
		some := slices.DeleteFunc(slices.Clone(out), func(o outcome) bool { return !pick(&o.plan) })
		c := count(some)
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", name, len(some), c.falseInk, c.falseNone, c.unclear, c.lost)
	}
	for _, d := range []float64{100, 150, 200, 300} {
		row(fmt.Sprintf("scan, %.0f dpi", d), func(p *sim.Plan) bool { return p.Carrier == sim.FlatScan && p.DPI == d })
	}
	row("photo, 135–225 dpi", func(p *sim.Plan) bool { return p.Carrier == sim.Photo })
	row("photo or scan by a messenger, 95–145 dpi", func(p *sim.Plan) bool { return p.Carrier == sim.ChatPhoto || p.Carrier == sim.ChatScan })
	row("of all, grey", func(p *sim.Plan) bool { return p.Grey })
	return b.String()
}

// interval is Wilson's 95 % interval of a share.
func interval(k, n int) (lo, hi float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.96
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	d := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return max(0, mid-d), min(1, mid+d)
}

// insert puts the text between the marks of the presence table.
func insert(file, text string) error {
	const from, to = "<!-- presence table -->\n", "<!-- /presence table -->"
	if !filepath.IsAbs(file) {
		file = filepath.Join("..", "..", file)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	s := string(raw)
	a, b := strings.Index(s, from), strings.Index(s, to)
	if a < 0 || b < a {
		return fmt.Errorf("%s has no marks of the presence table", file)
	}
	return os.WriteFile(file, []byte(s[:a+len(from)]+text+s[b:]), 0o644)
}
