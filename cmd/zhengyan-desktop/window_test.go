//go:build realwindow

package main

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a slow machine may take for one step. It decides nothing but when to give up.
const patience = 3 * time.Minute

// screen is the program in a real window on a virtual screen.
type screen struct {
	t    *testing.T
	env  []string
	dir  string
	log  bytes.Buffer
	cmd  *exec.Cmd
	done chan error
	win  string
}

// The figures' colours in the light theme; the window is asked for no more than that they are on the screen.
const (
	failRed  = 0xB3261E
	passTeal = 0x0B7A6E
)

// TestRealWindow builds the program, starts it under Xvfb with a window manager on specimens, uses keyboard and mouse as a
// person would, and looks at the title, at the pixels and at the exit status. Screenshots stay in build/window-shots.
//
//	go test -tags realwindow -run RealWindow ./cmd/zhengyan-desktop
//
// ZHENGYAN_DESKTOP names a program that is built already.
func TestRealWindow(t *testing.T) {
	dir := specimens(t, "constructor/ok.pdf", "constructor/seal-edited-in-place.pdf", "constructor/ofd.ofd")
	program := desktopProgram(t)
	s := startScreen(t)
	started := time.Now()
	stop := s.start(program, "--lang", "zh", "--at", "2026-04-01", "--trust", filepath.Join(dir, "trust"), "--data", seen(t, t.TempDir()), filepath.Join(dir, "constructor"))
	s.title("证验")
	t.Logf("window after %v", time.Since(started).Round(10*time.Millisecond))

	// The list is in order of names: ofd, ok, seal-edited-in-place.
	s.title("无法读取 - ofd.ofd")
	t.Logf("first verdict after %v", time.Since(started).Round(10*time.Millisecond))
	s.key("Next")
	s.title("无法确定 - ok.pdf") // no registry snapshot: missing data never passes
	s.picture("01-ok")
	s.run("xdotool", "mousemove", "--window", s.win, "1000", "150", "click", "1") // on a text, which keeps no key from the window
	s.key("k")
	s.title("无法读取 - ofd.ofd")
	s.run("xdotool", "mousemove", "--window", s.win, "1000", "150", "click", "1")
	s.key("Next")
	s.title("无法确定 - ok.pdf")
	s.run("xdotool", "mousemove", "--window", s.win, "1000", "150", "click", "1")
	s.key("ctrl+d")
	s.run("xdotool", "type", "--delay", "60", "2027-01-01")
	s.key("Return")
	s.title("不通过 - ok.pdf") // the period of use has ended by then
	s.colour("02-ended", failRed, 4000)
	s.key("ctrl+t")
	s.key("ctrl+d")
	s.run("xdotool", "type", "--delay", "60", "2026-04-01")
	s.key("Return")
	s.title("无法确定 - ok.pdf")

	// Dragging along the bar: from the day judged to the right end, where the copy has ended.
	y, left, right := s.bar()
	s.run("xdotool", "mousemove", fmt.Sprint(left+(right-left)/6), fmt.Sprint(y), "mousedown", "1")
	for i := 1; i <= 10; i++ {
		s.run("xdotool", "mousemove", fmt.Sprint(left+(right-left)/6+i*(right-left)/13), fmt.Sprint(y))
		time.Sleep(50 * time.Millisecond)
	}
	s.run("xdotool", "mouseup", "1")
	s.title("不通过 - ok.pdf")
	s.picture("03-dragged")

	// The tampered file by mouse: third row of the list.
	s.run("xdotool", "mousemove", "--window", s.win, "200", "232", "click", "1")
	s.title("不通过 - seal-edited-in-place.pdf")
	s.colour("04-tampered", failRed, 4000)
	s.key("ctrl+l")
	s.title("Failed - seal-edited-in-place.pdf")
	s.key("ctrl+k")
	s.key("ctrl+e")
	time.Sleep(time.Second)
	s.picture("05-english-dark")
	s.key("ctrl+l")
	s.title("不通过 - seal-edited-in-place.pdf")
	s.quit(stop)
}

// quit closes the window by keyboard and looks at how the program ended.
func (s *screen) quit(stop func()) {
	s.t.Helper()
	s.key("ctrl+q")
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("the program ended with %v", err)
		}
	case <-time.After(patience):
		s.picture("failed")
		s.cmd.Process.Signal(syscall.SIGQUIT) // the runtime writes where it stands
		select {
		case <-s.done:
		case <-time.After(10 * time.Second):
			stop()
			<-s.done
		}
		s.t.Fatalf("the window does not close (build/window-shots/failed.png):\n%s", s.log.String())
	}
	for _, bad := range []string{"panic:", "fatal error:", "goroutine "} {
		if strings.Contains(s.log.String(), bad) {
			s.t.Errorf("the program's log has %q:\n%s", bad, s.log.String())
		}
	}
	s.win = ""
}

// desktopProgram is the built program; without the tools that drive a window the test is skipped.
func desktopProgram(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("a real window needs %s; run: .ci/setup test", tool)
		}
	}
	program := os.Getenv("ZHENGYAN_DESKTOP")
	if program == "" {
		program = filepath.Join(t.TempDir(), "zhengyan-desktop")
		build := exec.Command("go", "build", "-tags", "x11,gles,no_emoji,migrated_fynedo", "-o", program, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=1")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
	}
	return program
}

func startScreen(t *testing.T) *screen {
	t.Helper()
	s := &screen{t: t, dir: filepath.Join("..", "..", "build", "window-shots")}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { x.Process.Kill(); x.Wait() })
	number, err := readLine(r)
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	home := t.TempDir()
	s.env = append(os.Environ(), "DISPLAY=:"+number, "WAYLAND_DISPLAY=", "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home, "LANG=C.UTF-8", "LIBGL_ALWAYS_SOFTWARE=1")
	if os.Getenv("ZHENGYAN_CACHE") == "" {
		s.env = append(s.env, "XDG_CACHE_HOME="+home)
	}
	wm := exec.Command("openbox")
	wm.Env = s.env
	if err := wm.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { wm.Process.Kill(); wm.Wait() })
	return s
}

func readLine(r io.Reader) (string, error) {
	var b [1]byte
	line := ""
	for {
		if _, err := r.Read(b[:]); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return line, nil
		}
		line += string(b[:])
	}
}

func (s *screen) start(program string, args ...string) (kill func()) {
	c := exec.Command(program, args...)
	c.Env, c.Stdout, c.Stderr = s.env, &s.log, &s.log
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	s.cmd, s.done = c, done
	go func() { done <- c.Wait() }()
	s.t.Cleanup(func() { c.Process.Kill() })
	return func() { c.Process.Kill() }
}

func (s *screen) try(name string, args ...string) string {
	c := exec.Command(name, args...)
	c.Env = s.env
	out, _ := c.Output()
	return strings.TrimSpace(string(out))
}

func (s *screen) run(name string, args ...string) {
	s.t.Helper()
	c := exec.Command(name, args...)
	c.Env = s.env
	if out, err := c.CombinedOutput(); err != nil {
		s.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// key presses a key once the window has had time for the last one.
func (s *screen) key(k string) {
	s.t.Helper()
	time.Sleep(300 * time.Millisecond)
	s.run("xdotool", "key", "--clearmodifiers", k)
}

// title waits until the window's title begins with, or contains, want.
func (s *screen) title(want string) {
	s.t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		select {
		case err := <-s.done:
			s.t.Fatalf("the program ended (%v) before its title was %q:\n%s", err, want, s.log.String())
		default:
		}
		if s.win == "" {
			if ids := strings.Fields(s.try("xdotool", "search", "--onlyvisible", "--name", "证验|Zhengyan")); len(ids) > 0 {
				s.win = ids[len(ids)-1]
				s.try("xdotool", "windowactivate", "--sync", s.win)
			}
			continue
		}
		if got = s.try("xdotool", "getwindowname", s.win); strings.Contains(got, want) {
			return
		}
	}
	s.picture("failed")
	s.t.Fatalf("the title is %q, want %q (build/window-shots/failed.png)", got, want)
}

func (s *screen) picture(name string) image.Image {
	s.t.Helper()
	path := filepath.Join(s.dir, name+".png")
	s.run("import", "-window", "root", path)
	f, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		s.t.Fatal(err)
	}
	return img
}

// colour waits until at least n pixels have a colour.
func (s *screen) colour(name string, rgb uint32, n int) {
	s.t.Helper()
	got := 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		img := s.picture(name)
		got = 0
		for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
			for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
				if is(img, x, y, rgb) {
					got++
				}
			}
		}
		if got >= n {
			return
		}
	}
	s.t.Fatalf("%s: %d pixels of #%06X, want %d", name, got, rgb, n)
}

func is(img image.Image, x, y int, rgb uint32) bool {
	r, g, b, _ := img.At(x, y).RGBA()
	return r>>8 == rgb>>16 && g>>8 == rgb>>8&0xFF && b>>8 == rgb&0xFF
}

// bar finds the time bar: in the right half, the line with the longest run of colours of verdicts that ends in red.
func (s *screen) bar() (y, left, right int) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		img := s.picture("bar")
		b := img.Bounds()
		best := 0
		for yy := b.Min.Y; yy < b.Max.Y; yy++ {
			x0, reds := -1, 0
			for x := b.Dx() / 2; x < b.Max.X; x++ {
				if is(img, x, yy, failRed) {
					if x0 < 0 {
						x0 = x
					}
					reds++
				}
			}
			if reds > best {
				best, y, right = reds, yy, x0+reds
				left = x0
			}
		}
		if best > 60 {
			for left > b.Dx()/2 && !is(img, left-1, y, 0xFFFFFF) {
				left-- // over the lanes to the left of the red one
			}
			return y, left, right
		}
	}
	s.t.Fatal("no time bar on the screen")
	return 0, 0, 0
}
