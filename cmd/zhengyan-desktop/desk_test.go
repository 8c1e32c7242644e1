package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
)

func folder0(t *testing.T) *store.Data {
	t.Helper()
	d, err := store.OpenData(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestKeeperKeepsABatch(t *testing.T) {
	d := folder0(t)
	desk, _, err := d.OpenDesk()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, content string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	a, b, gone := file("a.pdf", "a"), file("b.pdf", "b"), file("gone.pdf", "c")
	k := newKeeper(desk, noon)
	human := map[string]verify.HumanDecision{"review": {Answer: "accepted", Who: "评委甲"}}
	for _, put := range [][]viewmodel.Kept{
		{{Path: a, Name: "a.pdf", Bidder: "甲"}, {Path: b, Name: "b.pdf", Bidder: "乙"}},
		{{Path: gone, Name: "gone.pdf"}},
		{{Path: a, Name: "a.pdf", Bidder: "甲", Packed: []byte{1, 2}, Human: human}, {Path: b, Name: "b.pdf", Packed: []byte{3}}, {Path: gone, Name: "gone.pdf", Packed: []byte{4}}},
	} {
		if err := k.Put(put); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(b, []byte("another file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	list, err := newKeeper(desk, noon).Load()
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	if len(list[0].Packed) != 2 || list[0].Bidder != "甲" || list[0].Human["review"].Who != "评委甲" {
		t.Errorf("kept %+v", list[0])
	}
	if list[1].Packed != nil {
		t.Error("a file that has changed is not read again")
	}
	if list[2].Packed == nil {
		t.Error("what a file said that is gone now is lost")
	}
	// What comes before the old batch was read back is added to it.
	if err := newKeeper(desk, noon).Put([]viewmodel.Kept{{Path: file("d.pdf", "d"), Name: "d.pdf"}}); err != nil {
		t.Fatal(err)
	}
	if list, err := k.Load(); err != nil || len(list) != 4 || list[0].Path != a || list[3].Name != "d.pdf" {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := k.Clear(); err != nil {
		t.Fatal(err)
	}
	if list, err := newKeeper(desk, noon).Load(); err != nil || len(list) != 0 {
		t.Errorf("after clearing %+v, %v", list, err)
	}
}

func TestSettingsAreKept(t *testing.T) {
	desk, _, err := folder0(t).OpenDesk()
	if err != nil {
		t.Fatal(err)
	}
	s := settings{desk}
	if v, err := s.Load(); err != nil || v != viewmodel.DefaultSettings() {
		t.Errorf("%+v, %v", v, err)
	}
	want := viewmodel.Settings{Policy: "strict", PolicyLocked: true, Operator: "评委甲", TextScale: 150}
	if err := s.Save(want); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Load(); err != nil || v != want {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestAuditorWritesAndLetsGo(t *testing.T) {
	d := folder0(t)
	a := newAuditor(d, noon, func() string { return "root" }, func(err error) { t.Error(err) })
	log := auditLog{d, a}
	rep := &verify.Report{Indication: verify.TotalFailed, Input: document.Info{SHA256: strings.Repeat("ab", 32)}}
	a.Verdict(rep) // switched off
	if s, err := log.Verify(t.Context()); err != nil || !s.None {
		t.Errorf("%+v, %v", s, err)
	}
	a.on.Store(true)
	a.Verdict(rep)
	rep.Human = map[string]verify.HumanDecision{"handwriting": {Answer: "differs", Who: "评委甲"}}
	a.Decision(rep)
	a.note("import", "generation 1")
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		s, err := log.Verify(t.Context()) // while the writer has just had it open
		if err != nil {
			t.Fatal(err)
		}
		if s.Entries == 3 {
			if s.Broken != "" || s.Checkpoint == "" || s.Latest.IsZero() {
				t.Errorf("%+v", s)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d entries", s.Entries)
		}
	}
	list, err := log.Last(t.Context(), 2)
	if err != nil || len(list) != 2 || list[0].Action != "import" || list[1].Decision != "handwriting=differs;" || list[1].Operator != "评委甲" {
		t.Errorf("%+v, %v", list, err)
	}
	out := filepath.Join(t.TempDir(), "log.jsonl")
	if err := log.Export(t.Context(), out); err != nil {
		t.Error(err)
	}
	a.close()
	a.close()
	a.Verdict(rep) // after the end: dropped
	if c, err := clockOf(t.Context(), d, a, noon().Add(-time.Hour)); err != nil || !c.Suspect() || c.Source != "clock.audit" {
		t.Errorf("%+v", c)
	}
	if c, err := clockOf(t.Context(), d, a, noon()); err != nil || c.Suspect() {
		t.Errorf("%+v", c)
	}
}

func TestSnapshotIsStagedUsedAndReverted(t *testing.T) {
	d := folder0(t)
	a := newAuditor(d, noon, func() string { return "" }, func(err error) { t.Error(err) })
	defer a.close()
	reloaded := 0
	s := &snapshots{data: d, now: noon, audit: a, reload: func() error { reloaded++; return nil }}
	build := func(name, status string, day int) string {
		p := filepath.Join(t.TempDir(), name)
		row := store.Row{Kind: fields.Constructor1, Number: "京1112026202600001", Name: "样例", Status: status}
		if err := store.Build(t.Context(), store.Rows([]store.Row{row}), store.Meta{AsOf: noon().AddDate(0, 0, day), Source: "样例 SPECIMEN"}, p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	none := func(string, int64, int64) {}
	first, second := build("1.db", "有效", -9), build("2.db", "注销", -2)
	if p, err := s.Stage(t.Context(), first, false, false, none); err != nil || p.Added != 1 || p.Current != nil {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := s.Discard(); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("staging alone gives %+v, %v", list, err)
	}
	for _, f := range []string{first, second} {
		if _, err := s.Stage(t.Context(), f, false, false, none); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Stage(t.Context(), first, false, false, none)
	var r viewmodel.ImportRefusal
	if !errors.As(err, &r) || !r.Older() {
		t.Errorf("an older snapshot: %v", err)
	}
	if p, err := s.Stage(t.Context(), first, true, false, none); err != nil || p.Changed != 1 || p.Regained != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	if err := s.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := s.Revert(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(t.Context())
	if err != nil || len(list) != 2 || !list[1].Current || list[1].AgeDays != 9 || list[1].Freshness == "" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := s.Commit(t.Context()); err == nil {
		t.Error("nothing is staged, and it is used")
	}
	if err := s.Scrub(t.Context(), func(int, int) {}); err != nil {
		t.Error(err)
	}
	if reloaded != 3 {
		t.Errorf("%d times taken up", reloaded)
	}
}

// A snapshot that is encrypted for this machine says so; one that is not meant for it says why it gives no answers.
func TestEncryptedSnapshotsAreShown(t *testing.T) {
	d, other := folder0(t), folder0(t)
	a := newAuditor(d, noon, func() string { return "" }, func(err error) { t.Error(err) })
	defer a.close()
	s := &snapshots{data: d, now: noon, audit: a, reload: func() error { return nil }}
	if key, err := s.MachineKey(t.Context(), false); key != "" || err != nil {
		t.Errorf("before it is made: %q, %v", key, err)
	}
	key, err := s.MachineKey(t.Context(), true)
	again, err2 := s.MachineKey(t.Context(), false)
	if err != nil || err2 != nil || !strings.HasPrefix(key, "age1") || again != key {
		t.Fatalf("%q, then %q, %v, %v", key, again, err, err2)
	}
	if _, err := other.MakeMachineKey(); err != nil {
		t.Fatal(err)
	}
	to, err := store.ParseRecipients(strings.NewReader(key))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "1.db")
	row := store.Row{Kind: fields.Constructor1, Number: "京1112026202600001", Name: "样例", Status: "有效"}
	if err := store.BuildWith(t.Context(), store.Rows([]store.Row{row}), store.Meta{AsOf: noon().AddDate(0, 0, -1), Source: "样例 SPECIMEN"}, file, store.BuildOptions{Recipients: to}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stage(t.Context(), file, false, false, func(string, int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 || !list[0].Encrypted || list[0].Locked != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := os.Remove(filepath.Join(d.Dir(), "machine.key")); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 || !list[0].Encrypted && list[0].Bad == "" || list[0].Locked+list[0].Bad == "" {
		t.Errorf("without the key: %+v, %v", list, err)
	}
}

func TestTrustListIsPreviewedAndChanged(t *testing.T) {
	dir := specimens(t, "constructor/ok.pdf")
	pems, err := fs.Glob(os.DirFS(filepath.Join(dir, "trust")), "*root-rsa.pem")
	if err != nil || len(pems) == 0 {
		t.Fatal(pems, err)
	}
	file := filepath.Join(dir, "trust", pems[0])
	d := folder0(t)
	a := newAuditor(d, noon, func() string { return "" }, func(err error) { t.Error(err) })
	defer a.close()
	reloaded := 0
	l := &trustList{data: d, now: noon, audit: a, reload: func() error { reloaded++; return nil }}
	v, err := l.Preview(t.Context(), file)
	if err != nil || len(v.Certificates) == 0 || v.Certificates[0].Fingerprint == "" {
		t.Fatalf("%+v, %v", v, err)
	}
	if list, _ := l.List(t.Context()); len(list) != 0 {
		t.Error("looking at a certificate trusts it")
	}
	if err := l.Add(t.Context(), file, ""); err != nil {
		t.Fatal(err)
	}
	list, err := l.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Problem != "" {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := l.Remove(t.Context(), list[0].File); err != nil || reloaded != 2 {
		t.Errorf("%v, %d times taken up", err, reloaded)
	}
	if list, err := (&trustList{fixed: filepath.Join(dir, "trust")}).List(t.Context()); err != nil || len(list) == 0 {
		t.Errorf("a named folder: %+v, %v", list, err)
	}
	if _, err := l.Preview(t.Context(), filepath.Join(dir, "constructor", "ok.pdf")); err == nil {
		t.Error("a certificate of a person passes for a trust anchor")
	}
}

func TestCrashLogIsKept(t *testing.T) {
	dir := t.TempDir()
	if old, err := keepCrashes(dir); err != nil || old != "" {
		t.Fatalf("%q, %v", old, err)
	}
	if err := os.WriteFile(filepath.Join(dir, crashLog), []byte("panic: boom"), 0o600); err != nil {
		t.Fatal(err)
	}
	old, err := keepCrashes(dir)
	if err != nil || filepath.Base(old) != "crash-1.log" {
		t.Fatalf("%q, %v", old, err)
	}
	if old, err := keepCrashes(dir); err != nil || old != "" {
		t.Errorf("the same crash is told twice: %q, %v", old, err)
	}
}

func TestAWindowWithoutOpenGLSaysWhatToDo(t *testing.T) {
	err := func() (err error) {
		defer noScreen(&err)
		panic(errors.New("APIUnavailable: GLX: No GLXFBConfigs returned"))
	}()
	if err == nil || !strings.Contains(err.Error(), "LIBGL_ALWAYS_SOFTWARE") || !strings.Contains(err.Error(), "zhengyan verify") {
		t.Errorf("%v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("another defect is taken for a missing screen")
		}
	}()
	func() (err error) {
		defer noScreen(&err)
		panic("index out of range")
	}()
}

func TestRulesForTheHelp(t *testing.T) {
	if got := plain("止于 {date}，共 {n} 天"); got != "止于 …，共 … 天" {
		t.Errorf("%q", got)
	}
}
