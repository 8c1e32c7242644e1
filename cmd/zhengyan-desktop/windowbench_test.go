//go:build realwindow

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhengyan/store"
)

// TestBenchWindow is no test: it measures, for .ci/bench-window, a batch in the real window against the command line on the
// same files, how fast the window answers meanwhile, and its memory. ZHENGYAN_WINDOW_FILES files are copied from the PDF
// specimens in the folder ZHENGYAN_WINDOW_SPECIMENS; ZHENGYAN_CLI is the command line.
func TestBenchWindow(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("ZHENGYAN_WINDOW_FILES"))
	if err != nil {
		t.Skip("ZHENGYAN_WINDOW_FILES is not set (.ci/bench-window sets it)")
	}
	specimens, cli, program := os.Getenv("ZHENGYAN_WINDOW_SPECIMENS"), os.Getenv("ZHENGYAN_CLI"), desktopProgram(t)
	bid := filepath.Join(t.TempDir(), "bid")
	copyPDFs(t, specimens, bid, n)
	trust := filepath.Join(specimens, "trust")

	c := exec.Command(cli, "verify", "--json", "--at", "2026-04-01", "--trust", trust, "--data", filepath.Join(specimens, "data"), bid)
	var out bytes.Buffer
	c.Stdout = &out
	began := time.Now()
	var exit *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &exit) { // its status is the gravest verdict
		t.Fatal(err)
	}
	alone := time.Since(began)
	if lines := bytes.Count(out.Bytes(), []byte("\n")); lines < n {
		t.Fatalf("the command line answered %d of %d files", lines, n)
	}

	data, stats := t.TempDir(), filepath.Join(t.TempDir(), "stats")
	if err := os.CopyFS(data, os.DirFS(filepath.Join(specimens, "data"))); err != nil {
		t.Fatal(err)
	}
	seen(t, data)
	s := startScreen(t)
	stop := s.start(program, "--lang", "zh", "--at", "2026-04-01", "--trust", trust, "--data", data, "--stats", stats, bid)
	began = time.Now()
	s.title("证验")
	s.key("ctrl+2")
	type sample struct{ done, mb int }
	var samples []sample
	for done := 0; done < n; {
		select {
		case err := <-s.done:
			t.Fatalf("the program ended: %v\n%s", err, s.log.String())
		case <-time.After(time.Second):
		}
		done = batchDone(data)
		samples = append(samples, sample{done, resident(s.cmd.Process.Pid)})
		if time.Since(began) > time.Hour {
			t.Fatalf("%d of %d files after an hour", done, n)
		}
	}
	window := time.Since(began)
	s.picture("30-bench")
	s.quit(stop)

	t.Logf("%d files: command line %.0f s (%.0f s of CPU), window %.0f s (%.0f s of CPU): throughput %.2f of the command line's",
		n, alone.Seconds(), cpu(c), window.Seconds(), cpu(s.cmd), alone.Seconds()/window.Seconds())
	line := ""
	for _, share := range []int{5, 10, 25, 50, 75, 90, 100} {
		i := slices.IndexFunc(samples, func(x sample) bool { return x.done >= n*share/100 })
		line += fmt.Sprintf("%d: %d MB, ", samples[i].done, samples[i].mb)
	}
	t.Logf("resident memory after files: %s", strings.TrimSuffix(line, ", "))
	b, err := os.ReadFile(stats)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the window's own loop (--stats):\n%s", b)
}

// copyPDFs fills a folder of bidders with copies of the PDF files below from, each with a name of its own.
func copyPDFs(t *testing.T, from, to string, n int) {
	t.Helper()
	var pdfs []string
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".pdf") {
			if st, err := d.Info(); err == nil && st.Size() > 0 {
				pdfs = append(pdfs, p)
			}
		}
		return err
	})
	if err != nil || len(pdfs) == 0 {
		t.Fatalf("%d specimens in %s: %v", len(pdfs), from, err)
	}
	for i := range n {
		b, err := os.ReadFile(pdfs[i%len(pdfs)])
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(to, fmt.Sprintf("投标人%02d", i/25))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d-%s", i, filepath.Base(pdfs[i%len(pdfs)]))), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// batchDone is how many files of the batch in a data folder are read, 0 while nothing is known.
func batchDone(data string) int {
	d, err := store.OpenData(data)
	if err != nil {
		return 0
	}
	k, _, err := d.OpenDesk()
	if err != nil {
		return 0
	}
	list, err := k.Batches()
	if err != nil || len(list) != 1 {
		return 0
	}
	return list[0].Done
}

// resident is the resident memory of a process in MB.
func resident(pid int) int {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if kb, ok := strings.CutPrefix(in.Text(), "VmRSS:"); ok {
			v, _ := strconv.Atoi(strings.Fields(kb)[0]) // the kernel's own form
			return v / 1024
		}
	}
	return 0
}

// cpu is what an ended program used, in seconds.
func cpu(c *exec.Cmd) float64 {
	u := c.ProcessState.SysUsage().(*syscall.Rusage)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
