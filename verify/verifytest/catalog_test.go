package verifytest

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var sharedGenerator = sync.OnceValues(func() (*Generator, error) { return NewGenerator(NewCA()) })

func generator(t testing.TB) *Generator {
	t.Helper()
	g, err := sharedGenerator()
	if errors.Is(err, ErrNoFont) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// notShown are the rows of DOMAIN §1 that no single file can show, with the reason.
func notShown() map[string]string {
	return map[string]string{
		"G-06": "the computer's clock, not the file",
		"Y-41": "needs the paper certificate and the e-certificate together",
		"Y-52": "advice on when to apply, no verdict",
		"Y-62": "needs two copies of one person with the same first day",
		"C-08": "needs more than three annotated copies of one certificate",
		"C-13": "a state of the download system before there is a file",
		"C-15": "a file that does not open shows no certificate; the help text speaks of it",
	}
}

// domainRows are the rule rows of DOMAIN §1.
func domainRows() []string {
	return strings.Fields(`G-01 G-02 G-03 G-04 G-05 G-06
		Y-01 Y-02 Y-03 Y-04 Y-05 Y-06 Y-07 Y-08 Y-10 Y-11 Y-12 Y-13 Y-14 Y-15 Y-16 Y-17 Y-18 Y-19 Y-19b Y-20 Y-21 Y-22 Y-23 Y-24
		Y-30 Y-31 Y-40 Y-41 Y-42 Y-50 Y-51 Y-52 Y-53 Y-54 Y-60 Y-61 Y-62
		A-01 A-02 A-03 A-04 A-10 A-11 A-12 A-13 A-20 A-30 A-40 A-41
		C-01 C-02 C-03 C-04 C-05 C-06 C-07 C-08 C-09 C-10 C-11 C-12 C-13 C-14 C-15 C-16 C-17 C-18 C-19`)
}

func TestCatalogCoversEveryRowThatAFileCanShow(t *testing.T) {
	shown := map[string]bool{}
	vectors := map[int]bool{}
	for _, c := range Catalog() {
		for _, id := range c.Covers {
			shown[id] = true
		}
		for _, j := range c.Ask {
			for _, id := range j.Rules {
				shown[id] = true
			}
		}
		for _, v := range c.Vectors {
			vectors[v] = true
		}
	}
	for _, id := range domainRows() {
		switch reason, out := notShown()[id]; {
		case !shown[id] && !out:
			t.Errorf("no specimen shows %s", id)
		case shown[id] && out:
			t.Errorf("%s is shown although %q", id, reason)
		}
	}
	for v := 1; v <= 20; v++ {
		if !vectors[v] {
			t.Errorf("no specimen is vector %d of DOMAIN §7", v)
		}
	}
}

func TestCatalogIsSound(t *testing.T) {
	ids, files, numbers := map[string]string{}, map[string]bool{}, map[string]string{}
	good := 0
	ascii := regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+\.[a-z]{3}$`)
	for _, c := range Catalog() {
		if other := ids[c.Spec.ID]; other != "" {
			t.Errorf("%s and %s have one id", c.File, other)
		}
		ids[c.Spec.ID] = c.File
		if files[c.File] || !ascii.MatchString(c.File) {
			t.Errorf("%s: file name is taken or not plain", c.File)
		}
		files[c.File] = true
		if other := numbers[c.Spec.Number]; other != "" {
			t.Errorf("%s and %s have one registration number", c.File, other)
		}
		numbers[c.Spec.Number] = c.File
		if !strings.HasSuffix(c.About, ".") || len(c.Ask) == 0 {
			t.Errorf("%s: %q, %d questions", c.File, c.About, len(c.Ask))
		}
		for _, j := range c.Ask {
			if _, err := time.Parse("2006-01-02", j.At); err != nil {
				t.Errorf("%s: %v", c.File, err)
			}
			for _, v := range []Verdict{j.Copy, j.Registration, j.Overall} {
				if v != Pass && v != Unsure && v != Fail {
					t.Errorf("%s: verdict %q", c.File, v)
				}
			}
			if j.Overall == Pass {
				good++
			} else if len(j.Rules) == 0 {
				t.Errorf("%s at %s: %s without a rule", c.File, j.At, j.Overall)
			}
		}
	}
	if len(files) < 60 || good == 0 {
		t.Errorf("%d files, %d of them pass", len(files), good)
	}
}

// TestEverySpecimenIsMarked: the mark stands across every page, in letters that no one overlooks.
func TestEverySpecimenIsMarked(t *testing.T) {
	g := generator(t)
	for _, c := range Catalog() {
		if c.Raw != nil {
			continue
		}
		page, err := g.sheet(c.Spec)
		if err != nil {
			t.Fatal(err)
		}
		marked := slices.ContainsFunc(page.ops, func(op drawOp) bool {
			x, ok := op.(textOp)
			return ok && x.s == "样例 SPECIMEN" && x.size >= 80
		})
		if !marked {
			t.Errorf("%s carries no mark", c.File)
		}
	}
}

// TestNobodyIsNamed: no identity number can belong to anybody, and no family name is a real one.
func TestNobodyIsNamed(t *testing.T) {
	g := generator(t)
	eighteen := regexp.MustCompile(`\d{17}[\dXx]`)
	for _, c := range Catalog() {
		if !strings.ContainsRune("样例范试验", []rune(c.Spec.Name)[0]) {
			t.Errorf("%s: %s might be somebody", c.File, c.Spec.Name)
		}
		page, err := g.sheet(c.Spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range page.ops {
			x, ok := op.(textOp)
			if !ok {
				continue
			}
			for _, id := range eighteen.FindAllString(x.s, -1) {
				if area := id[:2]; strings.Contains(" 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 ", " "+area+" ") {
					t.Errorf("%s: %s has an area code", c.File, id)
				}
			}
		}
	}
}

func TestAnswersTable(t *testing.T) {
	var b strings.Builder
	err := WriteAnswers(&b, []Answer{{File: "a/b.pdf", At: "2026-04-01", Options: "--specialty 市政", Expect: Expect{Fail, Pass, Fail, []string{"Y-11", "Y-15"}}}})
	want := "file\tat\toptions\tcopy\tregistration\toverall\trules\na/b.pdf\t2026-04-01\t--specialty 市政\tTOTAL-FAILED\tTOTAL-PASSED\tTOTAL-FAILED\tY-11,Y-15\n"
	if err != nil || b.String() != want {
		t.Errorf("%q %v", b.String(), err)
	}
}

func TestNoFontIsSaid(t *testing.T) {
	if _, err := newTypeface(nil); !errors.Is(err, ErrNoFont) {
		t.Fatalf("got %v", err)
	}
}

func BenchmarkPDF(b *testing.B) {
	g := generator(b)
	s := Catalog()[0].Spec
	for b.Loop() {
		if _, err := g.PDF(s); err != nil {
			b.Fatal(err)
		}
	}
}
