package fields

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"zhengyan/assets"
)

// ruleFiles copies the field tables of the assets, so that tests can spoil one.
func ruleFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	for _, name := range []string{"faces.json", "provinces.json", "specialties.json"} {
		b, err := fs.ReadFile(assets.Rules(), name)
		if err != nil {
			t.Fatal(err)
		}
		m[name] = &fstest.MapFile{Data: b}
	}
	return m
}

func TestLoadTables(t *testing.T) {
	if _, err := LoadTables(ruleFiles(t)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, old, new string }{
		{"faces.json", `"kind": "constructor-1"`, `"kind": ""`},
		{"faces.json", `"type": "period"`, `"type": "span"`},
		{"faces.json", `"as": "constructor-1"`, `"as": "nothing"`},
		{"faces.json", `["姓名"]`, `["  "]`},
		{"faces.json", `{`, `[`},
		{"provinces.json", `"code": "12"`, `"code": "11"`},
		{"provinces.json", `"code": "12"`, `"code": "1"`},
		{"provinces.json", `"char": "津"`, `"char": "天津"`},
		{"specialties.json", `"short": "公路"`, `"short": "建筑"`},
		{"specialties.json", `"name": "公路工程"`, `"name": ""`},
	} {
		m := ruleFiles(t)
		s := string(m[c.file].Data)
		if !strings.Contains(s, c.old) {
			t.Fatalf("%s has no %s", c.file, c.old)
		}
		m[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(s, c.old, c.new, 1))}
		if _, err := LoadTables(m); !errors.Is(err, ErrTables) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s with %s: %v", c.file, c.new, err)
		}
	}
	for _, name := range []string{"faces.json", "provinces.json", "specialties.json"} {
		m := ruleFiles(t)
		delete(m, name)
		if _, err := LoadTables(m); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: %v", name, err)
		}
		m[name] = &fstest.MapFile{Data: []byte(strings.Repeat(" ", maxTableBytes) + "{}")}
		if _, err := LoadTables(m); !errors.Is(err, ErrTables) {
			t.Errorf("large %s: %v", name, err)
		}
		m[name] = &fstest.MapFile{Data: []byte("{}")}
		if _, err := LoadTables(m); !errors.Is(err, ErrTables) {
			t.Errorf("empty %s: %v", name, err)
		}
	}
}

func TestTables(t *testing.T) {
	tab := tables(t)
	if n := len(tab.Specialties()); n != 10 {
		t.Errorf("%d specialties, not ten", n)
	}
	for in, want := range map[string]string{"市政": "市政公用工程", "市政公用工程": "市政公用工程", "民航": "民航机场工程", " 港 航 ": "港口与航道工程", "通信与广电工程": "通信与广电工程"} {
		if s, ok := tab.Specialty(in); !ok || s.Name != want {
			t.Errorf("Specialty(%q) = %q, %v", in, s.Name, ok)
		}
	}
	if s, ok := tab.Specialty("园林绿化工程"); ok {
		t.Errorf("园林绿化工程 is %+v", s)
	}
	// All provinces of GB/T 2260 that the registration of constructors knows, and the two special ones.
	for _, c := range "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔云滇藏陕秦甘青宁新兵军" {
		p, ok := tab.ProvinceByChar(string(c))
		if !ok {
			t.Errorf("%c is no province", c)
			continue
		}
		if q, ok := tab.ProvinceByCode(p.Code); !ok || q.Name != p.Name {
			t.Errorf("%c: %+v, %+v", c, p, q)
		}
	}
	if _, ok := tab.ProvinceByChar("台"); ok {
		t.Error("台 is no province of registration")
	}
	if tab.Version() == "" {
		t.Error("no version")
	}
	// A second-class specialty is one of the first class too.
	n := 0
	for _, s := range tab.Specialties() {
		if s.Level2 {
			n++
		}
	}
	if n != 6 {
		t.Errorf("%d specialties of the second class, not six", n)
	}
}

// TestTablesAreNotChanged reads on several goroutines; the race detector and the golden files tell.
func TestTablesAreNotChanged(t *testing.T) {
	tab := tables(t)
	texts := newSheet().draw(constructorFace()).texts()
	want, _ := json.Marshal(Read(texts, tab))
	done := make(chan []byte)
	for range 8 {
		go func() {
			b, _ := json.Marshal(Read(texts, tab))
			done <- b
		}()
	}
	for range 8 {
		if got := <-done; string(got) != string(want) {
			t.Errorf("%s", got)
		}
	}
}
