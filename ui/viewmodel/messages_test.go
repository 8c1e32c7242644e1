package viewmodel_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/rules"
)

var parameter = regexp.MustCompile(`\{[a-z0-9]+\}`)

func TestBothLanguagesHaveTheSameKeysAndParameters(t *testing.T) {
	zh, en := messages(t, viewmodel.Chinese), messages(t, viewmodel.English)
	for _, k := range zh.Keys() {
		if !en.Has(k) {
			t.Errorf("en.json lacks %q", k)
			continue
		}
		a, b := parameter.FindAllString(zh.T(k), -1), parameter.FindAllString(en.T(k), -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%q: parameters %v in zh, %v in en", k, a, b)
		}
		if strings.TrimSpace(zh.T(k)) == "" || strings.TrimSpace(en.T(k)) == "" {
			t.Errorf("%q is empty", k)
		}
	}
	for _, k := range en.Keys() {
		if !zh.Has(k) {
			t.Errorf("zh.json lacks %q", k)
		}
	}
}

// Every key that the source asks for by name must exist; keys built from data are covered by the tests below.
func TestEveryKeyInTheSourceExists(t *testing.T) {
	zh := messages(t, viewmodel.Chinese)
	call := regexp.MustCompile(`\.T\("([a-zA-Z0-9._-]+)"`)
	found := 0
	for _, dir := range []string{".", "..", filepath.Join("..", "..", "cmd", "zhengyan-desktop")} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range call.FindAllStringSubmatch(string(b), -1) {
				found++
				if k := m[1]; !strings.HasSuffix(k, ".") && !zh.Has(k) {
					t.Errorf("%s asks for %q, which no table has", f, k)
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d keys found in the source; the pattern is broken", found)
	}
}

func TestEverySubIndicationHasWords(t *testing.T) {
	zh := messages(t, viewmodel.Chinese)
	b, err := os.ReadFile(filepath.Join("..", "..", "verify", "rules", "vocabulary.go"))
	if err != nil {
		t.Fatal(err)
	}
	subs := regexp.MustCompile(`SubIndication = "([A-Z_]+)"`).FindAllStringSubmatch(string(b), -1)
	if len(subs) < 20 {
		t.Fatalf("only %d sub-indications found", len(subs))
	}
	for _, m := range subs {
		if !zh.Has("sub." + m[1]) {
			t.Errorf("no words for %s", m[1])
		}
	}
}

func TestVerdictWords(t *testing.T) {
	zh, en := messages(t, viewmodel.Chinese), messages(t, viewmodel.English)
	for i, want := range map[rules.Indication][2]string{
		rules.TotalPassed: {"通过", "Passed"}, rules.TotalFailed: {"不通过", "Failed"}, rules.Indeterminate: {"无法确定", "Cannot tell"},
		"": {"无法确定", "Cannot tell"}, "SOMETHING-NEW": {"无法确定", "Cannot tell"},
	} {
		if got := [2]string{zh.Word(i), en.Word(i)}; got != want {
			t.Errorf("%q: %v, want %v", i, got, want)
		}
	}
}

// The program never accuses: no text may say that something is forged.
func TestNoTextSaysForged(t *testing.T) {
	for _, lang := range viewmodel.Langs() {
		b, err := fs.ReadFile(assets.Translations(), string(lang)+".json")
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"伪造", "假证", "forged", "fake", "counterfeit"} {
			if strings.Contains(strings.ToLower(string(b)), word) {
				t.Errorf("%s.json says %q", lang, word)
			}
		}
	}
}

func TestTextWithParameters(t *testing.T) {
	b, _ := json.Marshal(map[string]string{"a": "{x} of {y}, {x}"})
	m, err := viewmodel.LoadMessages(fstest.MapFS{"zh.json": {Data: b}, "visitors.json": {Data: []byte("[]")}}, viewmodel.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.T("a", "x", "{y}", "y", "2"); got != "{y} of 2, {y}" {
		t.Errorf("got %q", got)
	}
	if got := m.T("missing"); got != "missing" {
		t.Errorf("a missing key gives %q", got)
	}
	if got := m.Or("missing", "other"); got != "other" {
		t.Errorf("got %q", got)
	}
}

func TestBrokenTables(t *testing.T) {
	texts := &fstest.MapFile{Data: []byte(`{"a": "x"}`)}
	for name, fsys := range map[string]fstest.MapFS{
		"none": {}, "not JSON": {"zh.json": {Data: []byte("{")}},
		"no steps of the staff":       {"zh.json": texts},
		"a step of the staff in none": {"zh.json": texts, "visitors.json": {Data: []byte(`[{"rule": "G-05", "text": "b"}]`)}},
	} {
		if _, err := viewmodel.LoadMessages(fsys, viewmodel.Chinese); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
