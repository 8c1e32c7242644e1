package ocr

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// signsOf are the signs of a text; other characters are left out.
func signsOf(text string) []sign {
	var row []sign
	for _, r := range text {
		if s := signOf(r); s != signBlank {
			row = append(row, s)
		}
	}
	return row
}

func signText(row []sign) string {
	var out []rune
	for _, s := range row {
		out = append(out, s.rune())
	}
	return string(out)
}

// said makes a lattice: each character of text at a step of its own, '_' the blank, '#' anything else, all other shares being
// rest. changes give further shares: step, sign, share.
func said(text string, rest float64, changes ...[3]float64) *lattice {
	rs := []rune(text)
	logits := make([]float32, len(rs)*figureClasses)
	for i := range logits {
		logits[i] = float32(math.Log(rest))
	}
	for t, r := range rs {
		k := int(signBlank)
		switch {
		case r == '#':
			k = int(signs)
		case r != '_':
			k = int(signsOf(string(r))[0])
		}
		logits[t*figureClasses+k] = 0
	}
	for _, c := range changes {
		logits[int(c[0])*figureClasses+int(c[1])] = float32(math.Log(c[2]))
	}
	return latticeOf(logits, len(rs))
}

func TestForms(t *testing.T) {
	for text, want := range map[string]bool{
		"2024年3月1日": true, "2024年03月01日": true, "2024-03-01": true, "2024.3.1": true, "2024/12/31": true,
		"2024年3月1日-2024年8月28日": true, "2024-03-01至2024-08-28": true, "2024.03.01-2024.08.28": true, "2024年2月29日": true,
		"12345678": true, "123456789012345678901": true, "2024-03-01-2023-01-01": true, // which day comes first is not the reader's to say
		"": false, "2024": false, "2024年3月": false, "2024年3月1": false, "2023年2月29日": false, "2024-13-01": false, "2024-00-10": false,
		"2024-04-31": false, "2024-04-00": false, "0024-04-01": false, "2124-04-01": false, "2024-03.01": false, "2024年3-1": false,
		"2024年03月1日": false, "2024年3月01日": false, "2024年03月01日-2024年8月28日": false, // written in two ways
		"2024-03-01-": false, "2024-03-01-2024.08.28": false, "2024-03-01至2024年8月28日": false, "2024-03-01至至2024-08-28": false,
		"2024-03-01-2024-08-28-2024-09-01": false, "1234567": false, "1234567890123456789012": false, "-2024-03-01": false,
	} {
		if _, ok := formOf(signsOf(text)); ok != want {
			t.Errorf("%q has a form: %v", text, ok)
		}
	}
	values, of := placesOf(signsOf("2024年3月17日-2025年12月1日"))
	if !slices.Equal(values, []int{2, 0, 2, 4, 3, 17, 2, 0, 2, 5, 12, 1}) || !slices.Equal(of[:10], []int{0, 1, 2, 3, -1, 4, -1, 5, 5, -1}) {
		t.Errorf("places %v %v", values, of)
	}
	if values, _ = placesOf(signsOf("12345678")); len(values) != 8 || values[7] != 8 {
		t.Errorf("places of a number %v", values)
	}
}

// TestLikelihood compares the sum over all ways to write a row with one that goes through them one by one.
func TestLikelihood(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		const n = 6
		logits := make([]float32, n*figureClasses)
		for i := range logits {
			logits[i] = float32(3 * r.NormFloat64())
		}
		l := latticeOf(logits, n)
		row := []sign{signZero + sign(r.IntN(2)), signZero + sign(r.IntN(2))}
		// The first and the last step of each sign.
		sum := 0.0
		for a := range n {
			for b := a; b < n; b++ {
				for c := b + 1; c < n; c++ {
					for d := c; d < n; d++ {
						if row[0] == row[1] && c == b+1 {
							continue
						}
						p := 1.0
						for s := range n {
							switch {
							case s < a:
								p *= l.other[s]
							case s <= b:
								p *= l.at(s, row[0])
							case s < c:
								p *= l.at(s, signBlank)
							case s <= d:
								p *= l.at(s, row[1])
							default:
								// Blanks, then anything else: every place where the change can be.
								tail := 0.0
								for from := d + 1; from <= n; from++ {
									q := 1.0
									for k := d + 1; k < n; k++ {
										if k < from {
											q *= l.at(k, signBlank)
										} else {
											q *= l.other[k]
										}
									}
									tail += q
								}
								p *= tail
							}
							if s > d {
								break
							}
						}
						sum += p
					}
				}
			}
		}
		if got := l.likelihood(row); math.Abs(got-math.Log(sum)) > 1e-9 {
			t.Fatalf("%v: %v, one by one %v", row, got, math.Log(sum))
		}
	}
	if v := said("12", 1e-3).likelihood(signsOf("12345678")); !math.IsInf(v, -1) && !math.IsNaN(v) && v > -5 {
		t.Errorf("a row longer than the line has %v", v)
	}
}

func TestJoint(t *testing.T) {
	const rest = 1e-4
	day := "##_2024_年_3_月_1_7_日_#"
	for _, c := range []struct {
		name     string
		pictures []*lattice
		want     string
	}{
		{"as it stands", []*lattice{said(day, rest)}, "2024年3月17日"},
		{"a period", []*lattice{said("#_2_0_2_4_-_0_3_-_0_1_-_2_0_2_4_-_0_8_-_2_8_", rest)}, "2024-03-01-2024-08-28"},
		{"a number", []*lattice{said("#_1_1_2_6_0_8_1_5_6_2", rest)}, "1126081562"},
		{"twice the same digit", []*lattice{said("_2_0_2_2_-_1_1_-_2_2_", rest)}, "2022-11-22"},
		// No picture has it all: each has another digit blurred.
		{"complementary", []*lattice{
			said("##_2024_年_3_月_1_8_日_#", rest, [3]float64{14, 8, 0.5}), // 7 half as likely as 8
			said("##_2024_年_8_月_1_7_日_#", rest, [3]float64{9, 4, 0.5}),
			said(day, 1e-2),
		}, "2024年3月17日"},
		{"no such day", []*lattice{said("_2_0_2_3_-_0_2_-_2_9_", rest, [3]float64{19, 9, 1.5})}, "2023-02-28"},
		{"words", []*lattice{said("##_#_##_#", rest)}, ""},
		{"a day without a month", []*lattice{said("_2_0_2_3_年_2_9_日_", rest)}, ""},
		{"no such day at all", []*lattice{said("_2_0_2_3_-_0_2_-_3_1_", 1e-5)}, ""},
		{"a price", []*lattice{said("_2_0_._1_2_3_4_#", rest)}, ""},
		{"few digits", []*lattice{said("_2_0_2_4_", rest)}, ""},
		{"empty", []*lattice{said("", rest)}, ""},
	} {
		j, ok := jointOf(c.pictures)
		if got := signText(j.row); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q (%.1f)", c.name, got, c.want, j.mean)
		}
		for i, v := range j.conf {
			if !(v >= 0 && v <= 1) {
				t.Errorf("%s: confidence %v of sign %d", c.name, v, i)
			}
		}
		if ok {
			if at := j.places(c.pictures); !slices.IsSorted(at) {
				t.Errorf("%s: places %v", c.name, at)
			}
		}
	}
}

// TestJointDoubt: a digit with a near rival is not sure, whoever wins; the others are.
func TestJointDoubt(t *testing.T) {
	text := "_2_0_2_4_-_0_3_-_0_1_"
	j, ok := jointOf([]*lattice{said(text, 1e-4, [3]float64{7, 6, 0.6})}) // 5 nearly as likely as 4
	if !ok || signText(j.row) != "2024-03-01" {
		t.Fatalf("%q", signText(j.row))
	}
	for i, v := range j.conf {
		if doubtful := i == 3 || !j.row[i].isDigit(); (v < 0.9) != doubtful {
			t.Errorf("sign %d %c: %.3f", i, j.row[i].rune(), v)
		}
	}
	// A day that does not exist is not given, and one that is near to it is not believed.
	j, ok = jointOf([]*lattice{said("_2_0_2_3_-_0_2_-_3_1_", 1e-2)})
	if ok && (signText(j.row) == "2023-02-31" || slices.Min(j.conf) > 0.1) {
		t.Errorf("31 February became %q at %.3f", signText(j.row), slices.Min(j.conf))
	}
	// The rival of the whole line takes the certainty of all that it says otherwise, and no more than there is: shares of a place
	// sum to 1 at most.
	k, _ := jointOf([]*lattice{said(text, 1e-4, [3]float64{7, 6, 0.999})})
	if k.conf[3] > 0.55 {
		t.Errorf("of two digits equally likely one has %.3f", k.conf[3])
	}
}

// TestJointRun: of a number that may have one digit of a run more or less only the run is doubtful.
func TestJointRun(t *testing.T) {
	for _, c := range []struct{ number, other, want string }{
		{"999978010146", "99978010146", "1111........"},
		{"99978010146", "999978010146", "111........"},
		{"12345678", "1245678", "..1....."},
		{"12345678", "123945678", "..11...."},
		{"12345678", "912345678", "1......."},
		{"12345678", "123456789", ".......1"},
		{"12345678", "2345678", "1......."},
		{"12345678", "1234567", ".......1"},
		{"12345678", "199345678", ".1......"},
		{"12345678", "91345678", ".1......"},
		{"11111111", "1111111", "11111111"},
		{"11111111", "111111111", "11111111"},
	} {
		values, _ := placesOf(signsOf(c.number))
		says, _ := placesOf(signsOf(c.other))
		if len(values) == len(says) {
			continue // compared digit by digit
		}
		got := []byte(strings.Repeat(".", len(values)))
		from, to := differing(values, says)
		for k := from; k < to; k++ {
			got[k] = '1'
		}
		if string(got) != c.want {
			t.Errorf("%s, or %s: %s, want %s", c.number, c.other, got, c.want)
		}
	}
	// Five nines nearly as likely as six.
	j, ok := jointOf([]*lattice{said("_9_9_9_9_9_9_1_9_7_8_0_1_", 1e-4, [3]float64{10, 10, 0.7})})
	if !ok || signText(j.row) != "999999197801" {
		t.Fatalf("%q", signText(j.row))
	}
	for i, v := range j.conf {
		if run := i < 6; run != (v < 0.9) {
			t.Errorf("digit %d: %.3f", i, v)
		}
	}
}

func TestTogether(t *testing.T) {
	line := func(text string, told *lattice, conf float64) reading {
		l := reading{told: told, done: true}
		rs := []rune(text)
		for i, r := range rs {
			l.syms = append(l.syms, symbol{r: r, at: (float64(i) + 0.5) / float64(len(rs)), conf: conf})
		}
		return l
	}
	told := said("######2024-03-01", 1e-4)
	syms, ok := together(line("使用有效期：2021-03-01", nil, 0.9).syms, []reading{line("使用有效期：2024-03-01", told, 0.9), line("使用有双期：2021-03-01", told, 0.6)})
	if !ok || spell(syms) != "使用有效期：2024-03-01" {
		t.Fatalf("%q", spell(syms))
	}
	for i, s := range syms {
		if s.r == '4' && s.conf > ownDoubt || i > 12 && isDigit(s.r) && s.conf < 0.95 {
			t.Errorf("%c has %.3f", s.r, s.conf)
		}
	}
	// A period of which only the second day is told is no day.
	told = said("######_______-2024-03-01", 1e-4)
	if syms, ok := together(nil, []reading{line("使用有效期：#######-2024-03-01", told, 0.9)}); ok {
		t.Errorf("half a period became %q", spell(syms))
	}
	if _, ok := together(nil, []reading{{}}); ok {
		t.Error("a line of which nothing is told was read")
	}
}

func FuzzLattice(f *testing.F) {
	f.Add([]byte{1, 200, 3, 90, 0, 255}, uint8(6))
	f.Add([]byte{}, uint8(0))
	f.Add([]byte{255, 0, 128}, uint8(40))
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		steps := int(n) % 48
		logits := make([]float32, steps*figureClasses)
		for i := range logits {
			if len(b) > 0 {
				logits[i] = (float32(b[(i*7+i/len(b))%len(b)]) - 128) / 8
			}
		}
		l := latticeOf(logits, steps)
		j, ok := jointOf([]*lattice{l, l})
		if !ok {
			return
		}
		if _, has := formOf(j.row); !has {
			t.Fatalf("%q has no form", signText(j.row))
		}
		for _, v := range j.conf {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("confidence %v", v)
			}
		}
		if p := l.likelihood(j.row); math.IsNaN(p) || p > 20*float64(steps+1) {
			t.Fatalf("likelihood %v", p)
		}
	})
}

func BenchmarkJoint(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	var pictures []*lattice
	for range 5 {
		l := said("######_#_2_0_2_4_年_0_3_月_1_7_日_-_2_0_2_4_年_0_7_月_0_6_日____", 1e-3)
		for i := range l.share {
			l.share[i] = math.Max(leastShare, math.Min(1, l.share[i]*math.Exp(2*r.NormFloat64())))
		}
		pictures = append(pictures, l)
	}
	b.ResetTimer()
	for b.Loop() {
		jointOf(pictures)
	}
}
