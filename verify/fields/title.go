package fields

import (
	"math"
	"strings"
	"unicode/utf8"

	"zhengyan/verify/page"
)

// title is a line of a page that names a certificate.
type title struct {
	face *faceRow
	text string // as printed, folded
	box  page.Box
	line int // index of its (last) line
	// above is the index of its first line where the name itself is broken, as 一级建造师 / 注册证书, else -1.
	above int
	em    float64
	dist  int // edits from the known title; 0 except for OCR
	tied  bool
	core  string // what of the text was compared
	near  []nearTitle
	weak  bool // too far from any title to be one without the labels under it
	// ceiling is the highest confidence of the kind where the line alone does not give it, else 0.
	ceiling float64
}

// nearTitle is a certificate whose title is near to a line that OCR read.
type nearTitle struct {
	face *faceRow
	dist int
}

// findTitles looks for the lines that are a certificate's title and nothing else. A word in running text is none.
func findTitles(lines []line, t *Tables, ocr bool) []title {
	var out []title
	var weak *title
	for i := range lines {
		l := &lines[i]
		if len(l.gs) > 60 {
			continue
		}
		whole := string(l.runes())
		hit, ok := matchTitle(whole, t, ocr)
		if n, near := nearestOf(hit.near, nil); !ok && near && (weak == nil || n.dist < weak.dist) {
			weak = &title{face: n.face, text: whole, core: whole, box: l.box, line: i, above: -1, em: l.em, dist: n.dist, near: hit.near, weak: true}
		}
		if ok {
			hit.box, hit.line, hit.above, hit.em = l.box, i, -1, l.em
			if j := aboveInTitle(lines, i); j >= 0 {
				if up := string(lines[j].runes()); contains(t.faces.TitlePrefixes, up) {
					hit.text, hit.box = up+hit.text, hit.box.Union(lines[j].box)
				}
			}
			out = append(out, hit)
			continue
		}
		// 中华人民共和国一级建造师 / 注册证书
		if j := aboveInTitle(lines, i); j >= 0 && len(lines[j].gs)+len(l.gs) <= 40 {
			if hit, ok := matchTitle(string(lines[j].runes())+whole, t, ocr); ok && hit.face.Kind != OtherCertificate {
				hit.box, hit.line, hit.above, hit.em = l.box.Union(lines[j].box), i, j, l.em
				out = append(out, hit)
				continue
			}
		}
		// Two certificates side by side put two titles into one row.
		parts := cutLine(l, 4)
		if len(parts) < 2 {
			continue
		}
		for _, part := range parts {
			if hit, ok := matchTitle(string(part.runes()), t, ocr); ok {
				hit.box, hit.line, hit.above, hit.em = part.box, i, -1, l.em
				out = append(out, hit)
			}
		}
	}
	if len(out) == 0 && weak != nil {
		out = append(out, *weak)
	}
	return out
}

// aboveInTitle returns the line right above line i, of like size and centred over it, or -1.
func aboveInTitle(lines []line, i int) int {
	l := &lines[i]
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		u := &lines[j]
		gap := l.box.Y0 - u.box.Y1
		if gap < 2*l.em && gap > -0.5*l.em && u.em < 1.6*l.em && l.em < 1.6*u.em &&
			math.Abs(u.box.X0+u.box.X1-l.box.X0-l.box.X1) < 8*l.em {
			return j
		}
	}
	return -1
}

// cutLine cuts a line at gaps of more than gap em.
func cutLine(l *line, gap float64) []line {
	var out []line
	start := 0
	for i := 1; i <= len(l.gs); i++ {
		if i == len(l.gs) || l.gap(i) > gap {
			out = append(out, line{gs: l.gs[start:i], em: l.em, box: rowBox(l.gs[start:i])})
			start = i
		}
	}
	return out
}

// Distances of a line from a title that is not equal to it.
const (
	maxMisread = 2 // edits by OCR
	wildDist   = 3 // a known ending behind some other name
)

// matchTitle compares a line with the known titles. In what OCR read, up to two misread characters are allowed, and any in
// the general words before a title; two kinds at the same distance leave the kind open. In a PDF's own text a near miss
// leaves the kind open too: it is neither the title nor that of another paper.
func matchTitle(text string, t *Tables, ocr bool) (title, bool) {
	core := titleCore(text, &t.faces)
	if core == "" {
		return title{}, false
	}
	cores := []string{core}
	if ocr {
		cores = append(cores, behindPrefix(core, t.faces.TitlePrefixes)...)
	}
	best := title{dist: math.MaxInt, text: text}
	var near []nearTitle
	for _, core := range cores {
		hit := matchCore(core, t, ocr)
		near = append(near, hit.near...)
		switch {
		case hit.face == nil:
		case hit.dist < best.dist:
			best = hit
		case hit.dist == best.dist && hit.dist < wildDist && hit.face.Kind != best.face.Kind:
			best.tied = true
		}
	}
	best.text, best.near = text, near
	return best, best.face != nil
}

// matchCore compares the core of a line with the known titles.
func matchCore(core string, t *Tables, ocr bool) title {
	best := title{dist: math.MaxInt, core: core}
	a := []rune(core)
	for i := range t.faces.Faces {
		f := &t.faces.Faces[i]
		for _, want := range f.Titles {
			if core == want {
				hit := title{face: f, core: core}
				if ocr {
					hit.near = append(nearTitles(a, t), nearTitle{f, 0})
				}
				return hit
			}
			d := wildDist
			if tail, wild := strings.CutPrefix(want, "*"); wild {
				n := len(a) - utf8.RuneCountInString(tail)
				if n < 1 || n > 14 || !strings.HasSuffix(core, tail) || hasPunct(core) {
					continue
				}
			} else {
				n := utf8.RuneCountInString(want)
				limit := min(maxMisread, n/5)
				if f.Kind == OtherCertificate {
					limit = 0 // many papers have names alike
				}
				if limit == 0 || n-len(a) > limit || len(a)-n > limit {
					continue
				}
				if d = editDistance(a, []rune(want), limit); d > limit {
					continue
				}
			}
			switch {
			case d < best.dist:
				best = title{face: f, dist: d, core: core, tied: d < wildDist && !ocr}
			case d == best.dist && d < wildDist && best.face.Kind != f.Kind:
				best.tied = true
			}
		}
	}
	if ocr {
		best.near = nearTitles(a, t)
	}
	return best
}

// nearTitles are the certificates with rules of their own whose title is at most a third off.
func nearTitles(core []rune, t *Tables) []nearTitle {
	var out []nearTitle
	for i := range t.faces.Faces {
		f := &t.faces.Faces[i]
		if f.Kind == OtherCertificate {
			continue
		}
		best := math.MaxInt
		for _, want := range f.Titles {
			w := []rune(want)
			if limit := len(w) / 3; w[0] != '*' {
				if d := editDistance(core, w, limit); d <= limit {
					best = min(best, d)
				}
			}
		}
		if best < math.MaxInt {
			out = append(out, nearTitle{f, best})
		}
	}
	return out
}

// behindPrefix gives what may be the title behind general words of which OCR read or found only a part: half the characters
// before it are theirs.
func behindPrefix(core string, prefixes []string) []string {
	var out []string
	rs := []rune(core)
	for _, p := range prefixes {
		want := []rune(p)
		for n := 1; n <= min(len(want)+2, len(rs)-4); n++ {
			if 2*inOrder(rs[:n], want) >= n {
				out = append(out, string(rs[n:]))
			}
		}
	}
	return out
}

// inOrder is the number of characters that both texts have in the same order.
func inOrder(a, b []rune) int {
	best := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			here := best[j+1]
			if x == y {
				best[j+1] = before + 1
			} else {
				best[j+1] = max(here, best[j])
			}
			before = here
		}
	}
	return best[len(b)]
}

// titleCore takes the general words and foreign letters off a line.
func titleCore(text string, f *facesFile) string {
	// A second language follows the Chinese title; it tells nothing more.
	text = strings.Trim(strings.TrimRightFunc(text, func(r rune) bool { return r < 0x80 && r != ')' }), "《》·.")
	for again := true; again; {
		again = false
		for _, s := range f.TitleSuffixes {
			if t, ok := strings.CutSuffix(text, s); ok {
				text, again = t, true
			}
		}
	}
	for _, p := range f.TitlePrefixes {
		text = strings.TrimPrefix(text, p)
	}
	return text
}

func hasPunct(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return !isHan(r) && r != '(' && r != ')' && r != '·' })
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// editDistance is the Levenshtein distance of two short texts, or limit+1 if it is greater than limit.
func editDistance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	var short [2][40]int // titles and labels are
	prev, cur := short[0][:], short[1][:]
	if len(b) >= len(prev) {
		prev, cur = make([]int, len(b)+1), make([]int, len(b)+1)
	}
	for j := range b {
		prev[j+1] = j + 1
	}
	prev[0] = 0
	for i := range a {
		cur[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
		}
		prev, cur = cur, prev
	}
	return min(prev[len(b)], limit+1)
}
