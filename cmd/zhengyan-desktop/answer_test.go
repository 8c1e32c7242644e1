//go:build realwindow

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhengyan/store"
)

// TestRealWindowAnswersDuringABatch presses keys while files are being read and measures until the window's title names
// the other file. It decides nothing by time: the figures are for docs/performance.md, and those of the same window with the
// batch paused, moments before, stand beside them, since other programs slow both alike.
func TestRealWindowAnswersDuringABatch(t *testing.T) {
	const files, before, during = 240, 60, 300
	program := desktopProgram(t)
	names := []string{"constructor/ok.pdf", "constructor/seal-edited-in-place.pdf", "constructor/usage-ended.pdf", "architect/ok.pdf"}
	dir := specimens(t, names...)
	bid := filepath.Join(dir, "bid")
	name := func(i int) string { return fmt.Sprintf("%03d.pdf", i) }
	for i := range files {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(names[i%len(names)])))
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(bid, strconv.Itoa(i/40))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name(i)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, stats := seen(t, t.TempDir()), filepath.Join(t.TempDir(), "stats")
	s := startScreen(t)
	stop := s.start(program, "--lang", "zh", "--at", "2026-04-01", "--trust", filepath.Join(dir, "trust"), "--data", data, "--stats", stats, bid)
	s.title("证验")
	s.key("ctrl+p")
	s.key("ctrl+2")
	s.key("Home")
	s.title(name(0))

	x, err := dialX(s.display())
	if err != nil {
		t.Fatal(err)
	}
	defer x.conn.Close()
	id, err := strconv.ParseUint(s.win, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.watch(uint32(id)); err != nil {
		t.Fatal(err)
	}
	at, way := 0, 1 // the row that is selected; up and down among the first
	step := func() time.Duration {
		time.Sleep(50 * time.Millisecond) // as fast as a hand can be
		if at == 0 || at == 10 {
			way = map[bool]int{true: 1, false: -1}[at == 0]
		}
		key, next := uint32(keysymDown), at+way
		if way < 0 {
			key = keysymUp
		}
		for len(x.titled) > 0 {
			<-x.titled
		}
		pressed := time.Now()
		if err := x.press(key); err != nil {
			t.Fatal(err)
		}
		for {
			select {
			case heard := <-x.titled:
				title, err := x.title(uint32(id))
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(title, name(next)) { // else a verdict has come for the file that is still shown
					at = next
					return heard.Sub(pressed)
				}
			case err := <-s.done:
				t.Fatalf("the program ended: %v\n%s", err, s.log.String())
			case <-time.After(patience):
				t.Fatalf("no answer to a key within %v", patience)
			}
		}
	}
	measure := func(n int) (waits []time.Duration) {
		for range n {
			waits = append(waits, step())
		}
		slices.Sort(waits)
		return waits
	}
	read := func() int {
		d, err := store.OpenData(data)
		if err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
			if k, _, err := d.OpenDesk(); err == nil {
				if list, err := k.Batches(); err == nil && len(list) == 1 {
					return list[0].Done
				}
			}
			if time.Now().After(end) {
				t.Fatal("the desk cannot be read")
			}
		}
	}
	time.Sleep(2 * time.Second) // what was being read when the pause came is read
	paused := measure(before)
	first := read()
	s.key("ctrl+p") // go on
	s.title(name(at))
	began := time.Now()
	working := measure(during)
	took := time.Since(began)
	last := read()
	s.picture("20-answers")
	s.key("Home")
	s.quit(stop)
	if last <= first {
		t.Errorf("%d files were read before and %d after: no batch was running", first, last)
	}
	t.Logf("key to answer, batch paused: %s", spread(paused))
	t.Logf("key to answer, batch running: %s; %d files were read in %v", spread(working), last-first, took.Round(time.Second))
	t.Logf("ratio of the 95th percentiles: %.1f", float64(percentile(working, 95))/float64(percentile(paused, 95)))
	if b, err := os.ReadFile(stats); err == nil {
		t.Logf("the window's own loop (--stats):\n%s", b)
	}
	if last >= files {
		t.Logf("all files were read before the last key: the later keys met an idle window")
	}
}

func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

func spread(sorted []time.Duration) string {
	ms := func(d time.Duration) string { return strconv.FormatFloat(float64(d)/1e6, 'f', 0, 64) + " ms" }
	over := 0
	for _, d := range sorted {
		if d > 100*time.Millisecond {
			over++
		}
	}
	return fmt.Sprintf("median %s, 95 %% within %s, 99 %% within %s, longest %s, over 100 ms %d of %d",
		ms(percentile(sorted, 50)), ms(percentile(sorted, 95)), ms(percentile(sorted, 99)), ms(percentile(sorted, 100)), over, len(sorted))
}

// display is the number of the virtual screen.
func (s *screen) display() string {
	number := ""
	for _, e := range s.env {
		if n, ok := strings.CutPrefix(e, "DISPLAY=:"); ok {
			number = n // the last one counts
		}
	}
	return number
}
