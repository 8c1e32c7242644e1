package ocr_test

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"flag"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/sfnt"

	"zhengyan/assets"
	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr/rare"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest/camera"
	"zhengyan/verify/verifytest/reading"
)

var (
	pages   = flag.Int("pages", 0, "pages of each class to measure reading on; 0 skips the measurement")
	first   = flag.Int("first", 0, "number of the first page")
	classes = flag.String("classes", "scan,photo,chat,seal", "classes to measure")
	devOnly = flag.Bool("dev", false, "measure on the pictures for tuning")
	write   = flag.String("write", "", "page to write the figures into, between its marks")
	lines   = flag.Bool("lines", false, "print the lines of pages with a mistake")
	songs   = flag.String("fonts", "", "further TrueType fonts to print with, separated by commas")
	unihan  = flag.String("unihan", "/usr/share/unicode/Unihan_OtherMappings.txt.bz2", "Unihan file with the Table of General Standard Chinese Characters")
)

// rareCharacters are the characters of levels 2 and 3 of the standard table, or those that the reader was taught where
// the table is not at hand.
func rareCharacters(t testing.TB) ([]rune, string) {
	t.Helper()
	if f, err := os.Open(*unihan); err == nil {
		defer f.Close()
		var out []rune
		for sc := bufio.NewScanner(bzip2.NewReader(f)); sc.Scan(); {
			c := strings.Split(sc.Text(), "\t")
			if len(c) != 3 || c[1] != "kTGH" || !strings.HasPrefix(c[0], "U+") {
				continue
			}
			_, index, _ := strings.Cut(c[2], ":")
			if n, err := strconv.Atoi(index); err == nil && n > 3500 {
				code, _ := strconv.ParseUint(c[0][2:], 16, 32)
				out = append(out, rune(code))
			}
		}
		slices.Sort(out)
		return out, "levels 2 and 3 of the standard table"
	}
	h, err := rare.Parse(rare.Rows())
	if err != nil {
		t.Fatal(err)
	}
	return h.Runes, "the characters that the reader was taught"
}

// printed reports which characters a font has.
func printed(t testing.TB, f font, rs []rune) []rune {
	t.Helper()
	s, err := sfnt.Parse(f.data)
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	var out []rune
	for _, r := range rs {
		if g, err := s.GlyphIndex(&buf, r); err == nil && g != 0 {
			out = append(out, r)
		}
	}
	return out
}

// tally counts a kind of fact.
type tally struct{ n, right, sure int }

// TestReading measures reading against the truth: go test ./verify/fields/ocr -run TestReading -pages 100.
func TestReading(t *testing.T) {
	if *pages == 0 {
		t.Skip("no pages asked for (-pages)")
	}
	r, tab := reading.Open(t, os.Getenv("ZHENGYAN_ONNXRUNTIME")), reading.Tables(t)
	fonts := []font{{"Noto Sans SC", assets.Font()}}
	if fonts[0].data == nil {
		t.Skip("no bundled font in this build")
	}
	for _, name := range strings.FieldsFunc(*songs, func(c rune) bool { return c == ',' }) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fonts = append(fonts, font{strings.TrimSuffix(filepath.Base(name), ".ttf"), b})
	}
	st := newStudio(t, fonts)
	table, source := rareCharacters(t)
	var own [][]rune
	for _, f := range fonts {
		own = append(own, printed(t, f, table))
	}
	split := camera.Test
	if *devOnly {
		split = camera.Dev
	}
	sums := map[string]map[string]*tally{}
	cpu := map[string]time.Duration{}
	count := func(class, kind string, f fact) {
		if sums[class] == nil {
			sums[class] = map[string]*tally{}
		}
		if sums[class][kind] == nil {
			sums[class][kind] = &tally{}
		}
		s := sums[class][kind]
		s.n++
		switch {
		case f.want == f.got:
			s.right++
		case f.got != "" && f.conf >= 0.95 && !f.problem:
			s.sure++
		}
	}
	list := strings.Split(*classes, ",")
	n := 0
	end, limited := t.Deadline()
	for i := *first; i < *first+*pages; i++ {
		if limited && time.Until(end) < time.Minute {
			t.Logf("stopped before page %d for want of time", i)
			break
		}
		number, k, seldom := shuffled(i, len(fonts))
		spec := varied(split, number)
		rng := rand.New(rand.NewPCG(77, uint64(i)))
		if set := own[k]; len(set) == 0 {
			seldom = false
		} else if seldom {
			spec.Name = string([]rune(spec.Name)[0])
			for range 1 + rng.IntN(2) {
				spec.Name += string(set[rng.IntN(len(set))])
			}
		}
		for _, class := range list {
			p := st.take(t, class, split, i, k, spec)
			img := p.flat()
			before := usedCPU()
			text, err := r.ReadPage(context.Background(), img, 0)
			cpu[class] += usedCPU() - before
			if err != nil {
				t.Fatal(err)
			}
			var res *fields.Result
			if all := fields.ReadAll([]page.Text{text}, tab); len(all) > 0 {
				res = all[0]
			}
			wrong := false
			for _, f := range compare(p.spec, res) {
				kind := f.field
				if kind == "name" && seldom {
					kind = "rare name"
				}
				count(class, kind, f)
				if slices.Contains(numeric, f.field) {
					count(class, "numbers", f)
					count(class, "numbers in "+fonts[k].name, f)
				}
				if f.want != f.got {
					wrong = wrong || kind != "rare name"
					t.Logf("%s %s: %q read as %q, confidence %.3f, problem %v", p.name, kind, f.want, f.got, f.conf, f.problem)
				}
			}
			if wrong && *lines {
				show(t, r, img)
			}
		}
		n++
	}
	if n == 0 {
		t.Fatal("no time for a page")
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "Measured by `make bench-reading`: %d pages of each class, %s split, printed with %s; every second name has one or two of\n%s. ",
		n, split, fontNames(fonts), source)
	fmt.Fprintf(&out, "Read by %s. Photos are laid flat by their true corners.\n\n", r.Name())
	type row struct{ kind, what string }
	rows := []row{
		{"numbers", "numbers, days, periods"},
		{"number", "registration number"},
		{"idNumber", "identity number"},
		{"usage", "period of use"},
		{"specialtyValid", "validity of a specialty"},
		{"issueDate", "day of issue"},
		{"name", "ordinary names"},
		{"rare name", "rare names"},
		{"employer", "employers"},
		{"specialty", "specialties"},
		{"title", "kind of certificate"},
	}
	for _, f := range slices.Backward(fonts) {
		rows = slices.Insert(rows, 1, row{"numbers in " + f.name, "of these in " + f.name})
	}
	fmt.Fprintf(&out, "| read exactly | %s |\n| --- |%s\n", strings.Join(list, " | "), strings.Repeat(" --- |", len(list)))
	for _, row := range rows {
		fmt.Fprintf(&out, "| %s |", row.what)
		for _, c := range list {
			if s := sums[c][row.kind]; s != nil {
				fmt.Fprintf(&out, " %d of %d (%.1f %%) |", s.right, s.n, 100*float64(s.right)/float64(s.n))
			} else {
				out.WriteString(" |")
			}
		}
		out.WriteString("\n")
	}
	out.WriteString("| numbers wrong at a confidence of 0.95 or more |")
	for _, c := range list {
		if s := sums[c]["numbers"]; s != nil {
			fmt.Fprintf(&out, " %d |", s.sure)
		} else {
			out.WriteString(" |")
		}
	}
	out.WriteString("\n| processor time of a page, s |")
	for _, c := range list {
		fmt.Fprintf(&out, " %.2f |", cpu[c].Seconds()/float64(n))
	}
	out.WriteString("\n")
	t.Logf("\n%s", out.String())
	if *write != "" {
		if err := between(*write, "<!-- fields figures -->", "<!-- /fields figures -->", out.String()); err != nil {
			t.Fatal(err)
		}
	}
}

func fontNames(fonts []font) string {
	var names []string
	for _, f := range fonts {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

func show(t *testing.T, r fields.PageReader, img image.Image) {
	t.Helper()
	text, err := r.ReadPage(context.Background(), img, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range linesOf(text) {
		sum := 0.0
		for range l {
			sum += text.Confidence[n]
			n++
		}
		first, last := l[0].Box, l[len(l)-1].Box
		t.Logf("    %4.0f %4.0f %4.0f %4.0f %.3f %s", first.X0, first.Y0, last.X1, last.Y1, sum/float64(len(l)), runesOf(l))
	}
}

// between puts text between two marks of a file, or at its end with them.
func between(file, from, to, text string) error {
	b, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	s := string(b)
	i, j := strings.Index(s, from), strings.Index(s, to)
	if i < 0 || j < i {
		s, i, j = s+"\n"+from+"\n"+to+"\n", len(s)+1, len(s)+2+len(from)
	}
	return os.WriteFile(file, []byte(s[:i+len(from)]+"\n"+text+s[j:]), 0o644)
}
