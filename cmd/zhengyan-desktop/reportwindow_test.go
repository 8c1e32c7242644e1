//go:build realwindow

package main

import (
	"image"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"zhengyan/store"
	"zhengyan/verify/report"
)

// unknownBrown is the colour of 无法确定 in the light theme.
const unknownBrown = 0x9A5F00

// dropper is the program that drops files on a window, built from testdata; the test is skipped where that cannot be.
func dropper(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "xdnd")
	if b, err := exec.Command("cc", "-O1", "-o", out, filepath.Join("testdata", "xdnd.c"), "-lX11").CombinedOutput(); err != nil {
		t.Skipf("dropping needs a C compiler and libX11: %v\n%s", err, b)
	}
	return out
}

// drop drops files on the middle of the window, as a file manager does.
func (s *screen) drop(dropper string, files ...string) {
	s.t.Helper()
	args := []string{s.win, "640", "400"}
	for _, f := range files {
		f, err := filepath.Abs(f)
		if err != nil {
			s.t.Fatal(err)
		}
		args = append(args, (&url.URL{Scheme: "file", Path: f}).String())
	}
	s.run(dropper, args...)
}

// appears waits for a file.
func (s *screen) appears(path string) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
	}
	s.picture("failed")
	s.t.Fatalf("%s does not appear (build/window-shots/failed.png)", path)
}

// env is a variable of the screen's programs.
func (s *screen) variable(name string) string {
	out := ""
	for _, v := range s.env {
		if k, value, _ := strings.Cut(v, "="); k == name {
			out = value
		}
	}
	return out
}

// TestRealWindowReport drops a folder on the window, exports reports by keyboard and mouse, opens them with other programs,
// drops one back, and drops it back again after it was changed by hand. Screenshots stay in build/window-shots.
func TestRealWindowReport(t *testing.T) {
	program, dropper := desktopProgram(t), dropper(t)
	dir := specimens(t, "constructor/ok.pdf", "constructor/seal-edited-in-place.pdf", "architect/ok.pdf")
	s := startScreen(t)
	data := seen(t, t.TempDir())
	stop := s.start(program, "--lang", "zh", "--at", "2026-04-01", "--trust", filepath.Join(dir, "trust"), "--data", data)
	s.title("证验")
	time.Sleep(time.Second)
	s.drop(dropper, filepath.Join(dir, "constructor"), filepath.Join(dir, "architect", "ok.pdf"))
	s.title("无法确定 - ok.pdf")
	s.key("Next")
	s.title("不通过 - seal-edited-in-place.pdf")
	s.key("Next")
	s.title("无法确定 - ok.pdf")
	s.picture("30-dropped")

	s.key("ctrl+2")
	s.key("ctrl+s")
	time.Sleep(3 * time.Second)
	s.picture("31-export")
	s.key("space") // 选择保存位置
	time.Sleep(2 * time.Second)
	s.picture("32-folder")
	s.run("xdotool", "mousemove", "1076", "707", "click", "1") // the home folder
	name := filepath.Join(s.variable("HOME"), "证验报告-2026-04-01")
	for _, form := range []string{".pdf", ".xlsx", ".json"} {
		s.appears(name + form)
	}
	time.Sleep(2 * time.Second)
	s.picture("33-exported")
	s.key("Escape")

	pages, err := exec.Command("pdftotext", "-layout", name+".pdf", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := string(pages)
	for _, want := range []string{"seal-edited-in-place.pdf", "不通过", "无法确定", "评标委员会决定最终评审结果", "zhengyan-audit"} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF does not say %q", want)
		}
	}
	if err := exec.Command("pdftoppm", "-r", "60", "-png", name+".pdf", filepath.Join(s.dir, "34-report")).Run(); err != nil {
		t.Error(err)
	}
	images, err := exec.Command("pdfimages", "-list", name+".pdf").Output()
	if err != nil || strings.Count(string(images), "\n") < 2+3 {
		t.Errorf("the PDF shows no pages: %v\n%s", err, images)
	}
	x, err := excelize.OpenFile(name + ".xlsx")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows(x.GetSheetList()[0])
	x.Close()
	if err != nil || !strings.Contains(strings.Join(flat(rows), "\n"), "seal-edited-in-place.pdf") {
		t.Errorf("the table does not name the file that failed: %v", err)
	}

	before := count(s.picture("bar"), passTeal)
	s.drop(dropper, name+".json")
	s.grows("35-unchanged", passTeal, before+900)
	s.key("Escape")
	b, err := os.ReadFile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(s.variable("HOME"), "changed.json")
	forged := strings.Replace(string(b), `"indication":"TOTAL-FAILED"`, `"indication":"TOTAL-PASSED"`, 1)
	if forged == string(b) {
		t.Fatal("nothing was changed")
	}
	if err := os.WriteFile(changed, []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	before = count(s.picture("bar"), failRed)
	s.drop(dropper, changed)
	s.grows("36-changed", failRed, before+900)
	s.key("shift+Tab") // 放入列表，重新判定
	s.key("space")
	s.title("无法确定 - ok.pdf")
	s.picture("37-adopted")
	s.key("ctrl+l")
	s.title("Cannot tell - ok.pdf")
	s.drop(dropper, changed)
	s.grows("38-changed-english", failRed, 1500)
	s.key("Escape")
	s.key("ctrl+l")
	s.title("无法确定 - ok.pdf")
	s.quit(stop)

	d, err := store.OpenData(data)
	if err != nil {
		t.Fatal(err)
	}
	k, _, err := d.OpenDesk()
	if err != nil {
		t.Fatal(err)
	}
	if list, err := k.Batches(); err != nil || len(list) != 1 || list[0].Total != 3 || list[0].Done != 3 { // those of the report are in the list already
		t.Errorf("the desk holds %+v, %v", list, err)
	}
	if _, err := report.Read(strings.NewReader(string(b))); err != nil {
		t.Error(err)
	}
}

func flat(rows [][]string) (out []string) {
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}

func count(img image.Image, rgb uint32) (n int) {
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if is(img, x, y, rgb) {
				n++
			}
		}
	}
	return n
}

// grows waits until at least n pixels have a colour.
func (s *screen) grows(name string, rgb uint32, n int) {
	s.t.Helper()
	got := 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		if got = count(s.picture(name), rgb); got >= n {
			return
		}
	}
	s.t.Fatalf("%s: %d pixels of #%06X, want %d", name, got, rgb, n)
}

// TestRealWindowKiosk goes through the visits of a stand: a scanned page in the watched folder, its result, the countdown,
// the wipe that removes the page; a dropped file whose result is ended by hand; the staff's menu behind the PIN.
func TestRealWindowKiosk(t *testing.T) {
	program, dropper := desktopProgram(t), dropper(t)
	dir := specimens(t, "constructor/ok.pdf", "constructor/seal-edited-in-place.pdf")
	s := startScreen(t)
	data, watch := t.TempDir(), t.TempDir()
	setPIN := exec.Command(program, "--kiosk-set-pin", "--data", data)
	setPIN.Stdin, setPIN.Env = strings.NewReader("2468\n"), s.env
	if out, err := setPIN.CombinedOutput(); err != nil {
		t.Fatalf("the PIN: %v\n%s", err, out)
	}
	s.start(program, "--kiosk", "--kiosk-watch", watch, "--lang", "zh", "--at", "2026-04-01", "--trust", filepath.Join(dir, "trust"), "--data", data)
	for end := time.Now().Add(patience); s.win == "" && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if ids := strings.Fields(s.try("xdotool", "search", "--onlyvisible", "--name", "自助核验")); len(ids) > 0 {
			s.win = ids[len(ids)-1]
		}
	}
	if s.win == "" {
		t.Fatalf("no kiosk on the screen:\n%s", s.log.String())
	}
	s.grows("40-kiosk-idle", passTeal, 3000)
	time.Sleep(3 * time.Second) // what lies in the folder by now is left alone

	b, err := os.ReadFile(filepath.Join(dir, "constructor", "seal-edited-in-place.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(watch, "scan.pdf")
	if err := os.WriteFile(page, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s.grows("41-kiosk-failed", failRed, 8000)
	time.Sleep(15 * time.Second) // it is shown for twenty seconds, then counted down for ten
	if _, err := os.Stat(page); err != nil {
		t.Errorf("the page went before the countdown ended: %v", err)
	}
	time.Sleep(6 * time.Second)
	s.picture("42-kiosk-countdown")
	gone := false
	for end := time.Now().Add(patience); !gone && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		_, err := os.Stat(page)
		gone = os.IsNotExist(err)
	}
	if !gone {
		t.Error("the wipe leaves the visitor's page")
	}
	time.Sleep(4 * time.Second)
	if n := count(s.picture("43-kiosk-wiped"), failRed); n > 6000 { // the figure on the idle screen is red too
		t.Errorf("%d red pixels are left after the wipe", n)
	}

	s.drop(dropper, filepath.Join(dir, "constructor", "ok.pdf"))
	s.grows("44-kiosk-dropped", unknownBrown, 5000) // no registry snapshot: missing data never passes
	s.key("Escape")                                 // 完成，清除
	time.Sleep(4 * time.Second)
	s.key("F9")
	time.Sleep(time.Second)
	s.picture("45-kiosk-pin")
	for _, k := range []string{"1", "1", "1", "1", "Return"} {
		s.key(k)
	}
	time.Sleep(time.Second)
	s.picture("46-kiosk-wrong")
	for _, k := range []string{"2", "4", "6", "8", "Return"} {
		s.key(k)
	}
	time.Sleep(2 * time.Second)
	s.picture("47-kiosk-staff")
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "zhengyan-kiosk-*", "*")); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
	s.run("xdotool", "mousemove", "640", "461", "click", "1") // 结束程序
	select {
	case err := <-s.done:
		if err != nil {
			t.Errorf("the kiosk ended with %v\n%s", err, s.log.String())
		}
	case <-time.After(30 * time.Second):
		s.picture("failed")
		t.Errorf("the staff cannot end the kiosk (build/window-shots/failed.png)")
	}
}
