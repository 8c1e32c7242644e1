package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengyan/store"
	"zhengyan/verify/fields"
	"zhengyan/verify/verifytest"
)

// shell runs commands in a folder of their own, with a data folder of their own.
type shell struct {
	t   *testing.T
	dir string
}

func newShell(t *testing.T) *shell { return &shell{t, t.TempDir()} }

// path replaces @ at the start of an argument by the folder.
func (s *shell) path(arg string) string {
	if rest, ok := strings.CutPrefix(arg, "@"); ok {
		return filepath.Join(s.dir, rest)
	}
	return arg
}

// run runs a command line, checks its exit status and returns what it wrote.
func (s *shell) run(want int, line string) (out, errs string) {
	s.t.Helper()
	var o, e bytes.Buffer
	env := testEnv(&o, &e)
	get := env.Getenv
	env.Getenv = func(k string) string {
		if k == "ZHENGYAN_DATA" {
			return filepath.Join(s.dir, "data")
		}
		return get(k)
	}
	args := strings.Fields(line)
	for i := range args {
		args[i] = s.path(args[i])
	}
	if code := run(context.Background(), env, args); code != want {
		s.t.Fatalf("%s: exit %d, want %d\n%s%s", line, code, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

func (s *shell) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shell) contains(text string, want ...string) {
	s.t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			s.t.Errorf("%q is missing in:\n%s", w, text)
		}
	}
}

const (
	rowsMonday = "证书类型,注册编号,姓名,状态,注册专业,聘用企业\n" +
		"一级建造师,京1112015201600001,张样例,有效,建筑工程 2023-05-06..2026-05-05,样例建设有限公司\n" +
		"一级建造师,京1112015201600002,李样例,有效,,样例建设有限公司\n" +
		"一级建造师,京1112015201600003,王样例,有效,,\n"
	rowsTuesday = "证书类型,注册编号,姓名,状态,聘用企业\n" +
		"一级建造师,京1112015201600001,张样例,有效,样例路桥有限公司\n" +
		"一级建造师,京1112015201600002,李样例,注销,样例建设有限公司\n" +
		"一级建造师,京1112015201600004,赵样例,有效,\n"
)

// The whole way: a publisher's two days, a machine that follows them, goes back, and looks things up.
func TestSnapshotCommands(t *testing.T) {
	s := newShell(t)
	s.write("1.csv", rowsMonday)
	s.write("2.csv", rowsTuesday)
	_, errs := s.run(exitUnreadable, "snapshot info")
	s.contains(errs, "no registry snapshot", "hint")
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --source 样例登记 --out @1.db @1.csv")
	s.run(exitOK, "snapshot build --as-of 2026-11-17 --previous @1.db --out @2.db @2.csv")
	s.run(exitOK, "snapshot keygen @keys")
	s.run(exitUsage, "snapshot publish --keys @keys --to @feed @1.db")
	s.run(exitOK, "snapshot publish --keys @keys --to @feed --name 样例登记机构 @1.db")

	_, errs = s.run(exitUnreadable, "snapshot import @feed")
	s.contains(errs, "--root")
	out, _ := s.run(exitOK, "snapshot import --root @feed/root.json @feed")
	s.contains(out, "样例登记机构", "replaces  nothing")
	s.run(exitOK, "snapshot publish --keys @keys --to @feed --previous @1.db @2.db")
	out, errs = s.run(exitOK, "snapshot import --preview @feed")
	s.contains(out, "+1 -1 ~2, unchanged 0", "有效 → 注销: 1", "王样例")
	s.contains(errs, "nothing was changed")
	out, _ = s.run(exitOK, "snapshot list")
	if strings.Count(out, "\n") != 1 {
		t.Errorf("a preview has changed something:\n%s", out)
	}

	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(s.dir, "feed"))))
	defer server.Close()
	s.run(exitOK, "snapshot import "+server.URL)
	_, errs = s.run(exitOK, "snapshot import "+server.URL)
	s.contains(errs, "in use already")

	out, _ = s.run(exitOK, "snapshot lookup 京1112015201600002")
	s.contains(out, "注销", `status was "有效"`)
	out, _ = s.run(exitOK, "snapshot lookup 京1112015201600003")
	s.contains(out, "not in snapshot", "does not say that there is no such registration")
	out, _ = s.run(exitOK, "snapshot info")
	s.contains(out, "FRESH", "样例登记机构", "generation 2")
	s.run(exitOK, "snapshot verify")
	s.run(exitOK, "snapshot revert")
	out, _ = s.run(exitOK, "snapshot lookup --name 王样例 --json")
	var answer struct {
		Snapshot struct{ Generation int }
		Answer   struct {
			Found   bool
			Records []struct{ Number string }
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil || !answer.Answer.Found || answer.Snapshot.Generation != 1 {
		t.Errorf("%s %v", out, err)
	}
	_, errs = s.run(exitUnreadable, "snapshot import @1.db")
	s.contains(errs, "nobody vouches")

	// Damage is said, and the other generation is used.
	b, err := os.ReadFile(s.path("@data/registry/000001.db"))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	s.write("data/registry/000001.db", string(b))
	s.run(exitUnreadable, "snapshot verify")
	_, errs = s.run(exitOK, "snapshot lookup 京1112015201600001")
	s.contains(errs, "warning: generation 1", "20261117")
}

// What the specimens' registry.csv says is what a snapshot built from it says, validity of specialties included.
func TestSnapshotOfTheSpecimens(t *testing.T) {
	s := newShell(t)
	var b bytes.Buffer
	row := verifytest.Good(fields.Constructor1).Row()
	if err := verifytest.WriteRegistryCSV(&b, []verifytest.RegistryRow{row}); err != nil {
		t.Fatal(err)
	}
	s.write("registry.csv", b.String())
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @r.db @registry.csv")
	s.run(exitOK, "snapshot import @r.db")
	out, _ := s.run(exitOK, "snapshot lookup --json "+row.Number)
	var got struct {
		Answer struct {
			Records []struct{ Specialties []fields.Specialty }
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.Answer.Records) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	if list := got.Answer.Records[0].Specialties; !slices.Equal(list, row.Specialties) {
		t.Errorf("%+v, want %+v", list, row.Specialties)
	}
}

func TestSnapshotBuildReportsEveryBadRow(t *testing.T) {
	s := newShell(t)
	s.write("bad.csv", rowsMonday+"三级建造师,x,y,z,,\n一级建造师,京1112015201600005,陈样例,有效,建筑工程 yesterday,\n"+
		"一级建造师,京1112015201600006,陈样例,有效,建筑工程:2024-05-14:2027-05-13,\n")
	_, errs := s.run(exitUnreadable, "snapshot build --as-of 2026-11-16 --out @x.db --bad-report @bad.jsonl @bad.csv")
	s.contains(errs, "bad.csv:5:", "bad.csv:6:", "bad.csv:7:", "no snapshot was written")
	if _, err := os.Stat(s.path("@x.db")); err == nil {
		t.Error("a snapshot was written")
	}
	b, err := os.ReadFile(s.path("@bad.jsonl"))
	if err != nil || bytes.Count(b, []byte("\n")) != 3 {
		t.Errorf("%s %v", b, err)
	}
	_, errs = s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @x.db --skip-bad @bad.csv")
	s.contains(errs, "3 bad rows were left out")
	s.write("twice.csv", rowsMonday+"一级建造师,京1112015201600001,张样例,有效,,\n")
	_, errs = s.run(exitUnreadable, "snapshot build --as-of 2026-11-16 --out @y.db --skip-bad @twice.csv")
	s.contains(errs, "stands twice")
	for _, line := range []string{"snapshot", "snapshot build @bad.csv", "snapshot nonsense", "snapshot build --as-of someday --out @z @bad.csv", "snapshot lookup", "snapshot delta @x.db"} {
		want := exitUsage
		if line == "snapshot lookup" {
			want = exitUnreadable
		}
		s.run(want, line)
	}
}

func TestTrustCommands(t *testing.T) {
	s := newShell(t)
	_, errs := s.run(exitOK, "trust list")
	s.contains(errs, "nobody is trusted")
	s.write("junk.pem", "junk")
	s.run(exitUnreadable, "trust add @junk.pem")
	s.run(exitUnreadable, "trust remove nothing")
	s.run(exitUsage, "trust add")
	s.run(exitOK, "trust --help")
}

func TestAuditCommands(t *testing.T) {
	s := newShell(t)
	_, errs := s.run(exitOK, "audit list")
	s.contains(errs, "no audit log")
	dir := specimens(t)
	file := filepath.Join(dir, readAnswers(t, dir)[0].file)
	data := s.path("@data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	env := testEnv(&o, &e)
	if code := run(context.Background(), env, []string{"verify", "--data", data, "--audit", "--brief", file}); code == exitUsage || code == exitInternal {
		t.Fatalf("exit %d: %s", code, e.String())
	}
	o.Reset()
	if code := run(context.Background(), env, []string{"audit", "verify", "--data", data}); code != exitOK {
		t.Fatalf("exit %d: %s", code, e.String())
	}
	s.contains(o.String(), "1 entries, all in place", "zhengyan-audit\n1\n")
	_, checkpoint, _ := strings.Cut(o.String(), "\n\n")
	s.write("witness", checkpoint)
	o.Reset()
	if code := run(context.Background(), env, []string{"audit", "export", "--data", data}); code != exitOK || strings.Contains(o.String(), "样例") {
		t.Errorf("exit %d: %s", code, o.String())
	}
	s.write("export.jsonl", o.String())
	s.run(exitOK, "audit check @export.jsonl")
	s.write("export.jsonl", strings.Replace(o.String(), "verify", "verity", 1))
	s.run(exitUnreadable, "audit check @export.jsonl")
	if code := run(context.Background(), env, []string{"audit", "verify", "--data", data, "--witness", s.path("@witness")}); code != exitOK {
		t.Errorf("witness: exit %d: %s", code, e.String())
	}
	o.Reset()
	if code := run(context.Background(), env, []string{"audit", "checkpoint", "--data", data}); code != exitOK || strings.TrimSpace(o.String()) != strings.TrimSpace(checkpoint) {
		t.Errorf("exit %d: %q instead of %q", code, o.String(), checkpoint)
	}
	if code := run(context.Background(), env, []string{"audit", "reset-clock", "--data", data}); code != exitUsage {
		t.Errorf("a clock reset by nobody: exit %d", code)
	}
	o.Reset()
	if code := run(context.Background(), env, []string{"audit", "reset-clock", "--data", data, "--operator", "样例员"}); code != exitOK {
		t.Errorf("exit %d: %s", code, e.String())
	}
	if code := run(context.Background(), env, []string{"audit", "list", "--data", data, "--json"}); code != exitOK || !strings.Contains(o.String(), "clock-reset") {
		t.Errorf("exit %d: %s", code, o.String())
	}
}

func TestSnapshotSample(t *testing.T) {
	s := newShell(t)
	for day, name := range []string{"0.csv", "1.csv"} {
		out, _ := s.run(exitOK, "snapshot sample --rows 500 --day "+string(rune('0'+day)))
		s.write(name, out)
	}
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @0.db @0.csv")
	s.run(exitOK, "snapshot build --as-of 2026-11-17 --out @1.db @1.csv")
	s.run(exitOK, "snapshot import @0.db")
	out, _ := s.run(exitOK, "snapshot import --preview @1.db")
	s.contains(out, "+0 -0 ~5, unchanged 495")
}

// An age stands beside every answer, and a clock that is behind this machine's own records is said, until it is reset.
func TestAgeIsShown(t *testing.T) {
	s := newShell(t)
	s.write("1.csv", rowsMonday)
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @1.db @1.csv")
	s.run(exitOK, "snapshot import @1.db")
	for lang, word := range map[string]string{"en": "FRESH", "zh": "数据在有效期内"} {
		out, _ := s.run(exitOK, "snapshot info --lang "+lang)
		s.contains(out, word)
		_, errs := s.run(exitOK, "snapshot lookup --lang "+lang+" 京1112015201600001")
		s.contains(errs, word)
	}
	out, _ := s.run(exitOK, "snapshot lookup --lang zh nobody")
	s.contains(out, "这不等于没有这项注册")

	data, err := store.OpenData(s.path("@data"))
	if err != nil {
		t.Fatal(err)
	}
	log, err := data.OpenAudit(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := log.Append(store.AuditEntry{Time: time.Date(2099, 1, 2, 0, 0, 0, 0, time.UTC), Action: "verify"}); err != nil {
		t.Fatal(err)
	}
	log.Close()
	for _, line := range []string{"snapshot info --json", "snapshot lookup --json 京1112015201600001"} {
		out, _ := s.run(exitOK, line)
		s.contains(out, `"state":"clock-suspect"`, `"since":"2099-01-02T00:00:00Z"`, `"ageDays":`)
	}
	out, _ = s.run(exitOK, "snapshot info --lang en")
	s.contains(out, "CLOCK SUSPECT", "2099-01-02")
	out, _ = s.run(exitOK, "snapshot info --lang zh")
	s.contains(out, "本机时钟可疑")
	s.run(exitOK, "audit reset-clock --operator 样例员")
	out, _ = s.run(exitOK, "snapshot info --json")
	s.contains(out, `"state":"fresh"`)
}
