//go:build realwindow

package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/fields"
)

// seen is a data folder whose owner has seen the tour.
func seen(t *testing.T, dir string) string {
	t.Helper()
	d, err := store.OpenData(dir)
	if err != nil {
		t.Fatal(err)
	}
	k, problem, err := d.OpenDesk()
	if err != nil || problem != nil {
		t.Fatal(err, problem)
	}
	s := viewmodel.DefaultSettings()
	s.TourSeen = true
	if err := (settings{k}).Save(s); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestRealWindowBatch opens the files of two bidders, pauses, ends the program, starts it again, goes on, and reviews by
// keyboard; then it imports a registry snapshot. Screenshots stay in build/window-shots.
func TestRealWindowBatch(t *testing.T) {
	program := desktopProgram(t)
	names := []string{"constructor/ok.pdf", "constructor/seal-edited-in-place.pdf", "constructor/usage-ended.pdf", "constructor/scan-unsigned.pdf", "architect/ok.pdf", "constructor/ofd.ofd"}
	dir := specimens(t, names...)
	bid := filepath.Join(dir, "bid")
	for i, n := range names {
		folder := filepath.Join(bid, []string{"甲建设集团", "乙工程公司"}[i%2])
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(n)))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(filepath.Dir(n))+"-"+filepath.Base(n)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data := seen(t, t.TempDir())
	s := startScreen(t)
	args := []string{"--lang", "zh", "--at", "2026-04-01", "--trust", filepath.Join(dir, "trust"), "--data", data}

	stop := s.start(program, append(args, bid)...)
	s.title("证验")
	s.key("ctrl+p") // pause as early as a person can
	s.key("ctrl+2")
	time.Sleep(3 * time.Second)
	s.picture("10-paused")
	s.quit(stop)

	stop = s.start(program, args...) // without any file: the batch is on the desk
	s.title("证验")
	time.Sleep(2 * time.Second)
	s.picture("11-resumed")
	if d, err := store.OpenData(data); err == nil {
		k, _, err := d.OpenDesk()
		if err != nil {
			t.Fatal(err)
		}
		list, err := k.Batches()
		if err != nil || len(list) != 1 || list[0].Total != len(names) {
			t.Errorf("the desk holds %+v, %v", list, err)
		}
		if list[0].Done < list[0].Total {
			s.key("ctrl+p") // go on
		}
	}
	s.key("ctrl+2")
	s.key("End")
	s.title("无法确定 - constructor-usage-ended.pdf") // no registry snapshot: missing data never passes
	s.picture("12-batch")

	s.key("ctrl+3")
	for range names {
		s.key("k")
	}
	s.title("无法读取 - constructor-ofd.ofd") // the gravest first
	s.key("3")
	s.title("不通过 - constructor-")
	s.picture("13-review")
	s.key("1")
	time.Sleep(time.Second)
	s.key("u")
	s.title("不通过 - constructor-")
	s.key("n")
	time.Sleep(500 * time.Millisecond)
	s.picture("14-note")
	s.key("Escape")
	s.key("ctrl+4")
	time.Sleep(time.Second)
	s.picture("15-compare")
	s.key("ctrl+6")
	time.Sleep(2 * time.Second)
	s.picture("16-audit")
	s.key("ctrl+l")
	s.title("Failed - constructor-")
	s.picture("17-audit-english")
	s.key("ctrl+l")
	s.quit(stop)

	// A snapshot that is named, as one that is dropped, is shown before it is used.
	file := filepath.Join(dir, "registry.db")
	row := store.Row{Kind: fields.Constructor1, Number: "京1112026202600001", Name: "样例", Status: "有效"}
	if err := store.Build(t.Context(), store.Rows([]store.Row{row}), store.Meta{AsOf: noon(), Source: "样例 SPECIMEN"}, file); err != nil {
		t.Fatal(err)
	}
	stop = s.start(program, append(args, file)...)
	s.title("证验")
	time.Sleep(4 * time.Second)
	s.picture("18-import")
	s.key("space") // 启用
	d, err := store.OpenData(data)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(300 * time.Millisecond) {
		o, err := d.Open()
		if err == nil {
			o.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the snapshot was not imported: %v", err)
		}
	}
	time.Sleep(2 * time.Second)
	s.picture("19-imported")
	s.quit(stop)
}
