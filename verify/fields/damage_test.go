package fields

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/page"
)

// surelyRead is the confidence from which a reading may cost somebody something (assets/rules/book.json, sureReading).
const surelyRead = 0.95

// damage is one thing that a recogniser does to a page.
type damage struct {
	name  string
	boxes []box
}

// damages takes a good page and loses, doubles, splits, shifts or misreads one thing at a time.
func damages(name string, items []item, tab *Tables) []damage {
	good := boxes(items)
	var out []damage
	add := func(i int, what string, instead ...box) {
		bs := slices.Concat(good[:i:i], instead, good[i+1:])
		out = append(out, damage{fmt.Sprintf("%s: %s", string(good[i].rs), what), bs})
	}
	for i, b := range good {
		n := len(b.rs)
		add(i, "not seen")
		for _, dy := range []float64{-0.5, -0.25, 0.25, 0.5} {
			add(i, fmt.Sprintf("%.2f lines lower", dy), b.shifted(0, dy))
		}
		label := labelLen(b.rs, tab)
		// What is lost at the end of a name or an address cannot be told from the rest.
		free := slices.Contains([]string{"name", "employer", "url", "scene", "number", "issuer"}, items[i].key) || name != "constructor" && items[i].key == "specialty"
		for k := range n {
			if k > label && k+1 < n && b.rs[k-1] != '：' && !isDigit(b.rs[k]) || k <= label && label > 0 {
				add(i, fmt.Sprintf("character %d not seen", k), b.without(k, k+1)...)
			}
			if k > 0 && (k <= label || !isDigit(b.rs[k]) && !isDigit(b.rs[k-1])) {
				add(i, fmt.Sprintf("cut at %d", k), b.part(0, k), b.part(k, n).shifted(0, 0.3))
			}
			if k > 0 && (k <= label || !free && !isDigit(b.rs[k]) && !isDigit(b.rs[k-1])) {
				add(i, fmt.Sprintf("only the first %d seen", k), b.part(0, k))
				add(i, fmt.Sprintf("the first %d not seen", k), b.part(k, n))
			}
			if k < label || items[i].key == "title" {
				for _, r := range "田二造名" {
					if r == b.rs[k] {
						continue
					}
					if r != '二' || b.rs[k] != '一' { // as a digit surely misread is not to be told from another
						add(i, fmt.Sprintf("%c read as %c", b.rs[k], r), b.with(k, r, 0.96))
					}
					add(i, fmt.Sprintf("%c hardly read as %c", b.rs[k], r), b.with(k, r, 0.5))
				}
			}
		}
		for _, dy := range []float64{0.1, 0.5} {
			add(i, fmt.Sprintf("seen twice, %.2f lines apart", dy), b, b.shifted(0.1, dy))
			add(i, fmt.Sprintf("seen twice, %.2f lines apart, the other poorly", dy), b, b.shifted(0.1, dy).trusted(0.6))
			for _, k := range []int{n / 3, n / 2, 2 * n / 3} {
				if k > 0 && k < n {
					add(i, fmt.Sprintf("the end from %d seen twice, %.2f lines apart", k, dy), b, b.part(k, n).shifted(0.1, dy))
					add(i, fmt.Sprintf("the first %d seen twice, %.2f lines apart", k, dy), b.part(0, k).shifted(0.1, dy), b)
					add(i, fmt.Sprintf("two boxes that share the middle third, %.2f lines apart", dy), b.part(0, min(n, k+n/3)), b.part(k, n).shifted(0, dy))
				}
			}
			for k := range n {
				if isDigit(b.rs[k]) {
					other := '0' + (b.rs[k]-'0'+1)%10
					add(i, fmt.Sprintf("seen twice, %.2f lines apart, digit %d otherwise", dy, k), b, b.shifted(0.1, dy).with(k, other, 0.99))
					add(i, fmt.Sprintf("seen twice, %.2f lines apart, digit %d wrong in the first", dy, k), b.with(k, other, 0.8), b.shifted(0.1, dy))
				}
			}
		}
	}
	return out
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// labelLen is the number of characters of the label with which a box begins.
func labelLen(rs []rune, tab *Tables) int {
	s := string(rs)
	best := 0
	for l := range tab.labels {
		if strings.HasPrefix(s, l) {
			best = max(best, len([]rune(l)))
		}
	}
	return best
}

// said is every fact of a result by its name, with its confidence.
func said(r *Result) map[string]Field {
	out := map[string]Field{}
	n := map[string]int{}
	for _, f := range r.Fields {
		if f.Value == "" {
			continue
		}
		key := f.Name
		switch key {
		case "title":
			f.Value = string(r.Certificate.Kind)
		case "specialty": // its name and its validity are two facts
			v := f
			f.Value, v.Value, _ = strings.Cut(f.Value, " ")
			if v.Value != "" {
				out["validity of "+f.Value] = v
			}
			key += " " + f.Value
		}
		n[key]++
		if n[key] > 1 {
			key = fmt.Sprint(key, n[key])
		}
		out[key] = f
	}
	return out
}

var everyDamage = flag.Bool("damage", false, "try every damage to a page, not one of seven")

// TestDamage: whatever one thing a recogniser does to a page, its facts are read as they are, or not, or unsurely.
func TestDamage(t *testing.T) {
	tab := tables(t)
	for name, face := range map[string][]item{"constructor": constructorFace(), "architect": architectFace(), "qualification": qualificationFace()} {
		whole := Read([]page.Text{boxText(boxes(face))}, tab)
		want := said(whole)
		facts, exact, low, none := 0, 0, 0, 0
		lost := map[string]int{}
		for i, d := range damages(name, face, tab) {
			if i%7 != 0 && !*everyDamage {
				continue
			}
			r := Read([]page.Text{boxText(d.boxes)}, tab)
			got := said(r)
			for key, w := range want {
				facts++
				g := got[key]
				switch {
				case g.Value == w.Value:
					exact++
				case g.Value == "":
					none++
					lost[key+" "+d.name]++
				case g.Confidence < surelyRead:
					low++
				default:
					t.Errorf("%s, %s: %s is %q at %.2f, not %q; %+v", name, d.name, key, g.Value, g.Confidence, w.Value, r.Problems)
				}
			}
			for key, g := range got {
				if want[key].Value == "" && g.Confidence >= surelyRead && key != "paperNumber" {
					t.Errorf("%s, %s: %s is %q at %.2f, and there is none", name, d.name, key, g.Value, g.Confidence)
				}
			}
		}
		t.Logf("%s: %d facts: %d exact, %d unsure, %d empty", name, facts, exact, low, none)
		if *everyDamage && testing.Verbose() {
			for l := range lost {
				t.Log("lost: " + l)
			}
		}
	}
}
