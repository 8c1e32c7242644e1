package ocr

import "testing"

func TestHeadless(t *testing.T) {
	for text, want := range map[string]bool{
		"年08月10日至2025年11月15日": true, "25年8月10日至2025年11月15日": true, "25-08-10-2025-11-15": true, "5年08月": true,
		"2025年08月10日至2025年11月15日": false, "有效期：年08月10日": false, "-08-10至2025-11-15": false, "25-0810": false, "12-34": false,
		"年月日": false, "年": false, "025": false, "1126089502": false, "": false,
	} {
		if got := headless(lineSaid(text, nil, 0.9).syms); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

// TestHeaded: what a line lost at its beginning is read with it, unless that is a line of its own, or is read no better.
func TestHeaded(t *testing.T) {
	own := quad{{300, 100}, {600, 100}, {600, 130}, {300, 130}}
	label := reading{quad: quad{{60, 102}, {215, 102}, {215, 128}, {60, 128}}}
	beside := reading{quad: quad{{200, 102}, {290, 102}, {290, 128}, {200, 128}}}
	over := reading{quad: quad{{60, 95}, {640, 95}, {640, 135}, {60, 135}}}
	const rest, whole = "年1月1日", "2025年1月1日"
	for name, c := range map[string]struct {
		text   string
		others []reading
		reads  string
		want   string
		from   float64 // where the line begins then
		sure   bool    // it is as sure as it was read
	}{
		"whole":                    {rest, nil, whole, whole, 120, true},
		"behind a label":           {rest, []reading{label}, whole, whole, 222, true},
		"a line right before it":   {rest, []reading{beside}, whole, rest, 300, true},
		"no more of it":            {rest, nil, rest, rest, 300, true},
		"the year with three only": {rest, nil, "202年1月1日", rest, 300, true},
		"the rest read otherwise":  {rest, nil, "2025年1月2日", "2025年1月2日", 120, false},
		"over all of it":           {rest, []reading{over}, whole, rest, 300, true},
		"a whole line":             {whole, nil, "1" + whole, whole, 300, true},
	} {
		r := reader(nil, nil)
		r.alphabet = newAlphabet(parseKeys([]byte("年\n月\n日\n0\n1\n2\n5\n")), nil)
		r.rec = fake(func(_ []float32, s [4]int) ([]float32, []int, error) {
			n := s[3] / frameWidth
			rs := []rune(c.reads)
			line := make([]rune, n)
			for i := range line {
				line[i] = '_'
			}
			for i, x := range rs {
				line[(2*i+1)*n/(2*len(rs))] = x
			}
			out, _ := steps(r.keys, string(line), 0.97)
			return out, []int{1, n, len(r.keys)}, nil
		})
		l := lineSaid(c.text, nil, 0.9)
		l.quad = own
		lines := append([]reading{l}, c.others...)
		m := newRaster(barred(800, 300))
		if err := r.headed(t.Context(), m, m.text, lines); err != nil {
			t.Fatal(err)
		}
		if sure := lines[0].syms[len(lines[0].syms)-1].conf > outvoted; sure != c.sure {
			t.Errorf("%s: sure: %t", name, sure)
		}
		if got := lines[0]; got.text() != c.want || !near(got.quad[0].x, c.from, 1) {
			t.Errorf("%s: %s from %.0f", name, got.text(), got.quad[0].x)
		}
	}
}
