package ui

import (
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
)

func TestKioskScreen(t *testing.T) {
	ch := make(chan func(), 64)
	now := vmtest.Noon(2026, 4, 1)
	wiped := make(chan struct{}, 8)
	s := NewKiosk(KioskOptions{
		App: test.NewTempApp(t), Engine: one(vmtest.Tampered()), Tables: tables(t), Lang: viewmodel.Chinese, Font: assets.Font(), Windowed: true,
		Question: func() verify.Question { return verify.Question{At: now} }, Now: func() time.Time { return now }, Dispatch: func(f func()) { ch <- f },
		Wipe: func() { wiped <- struct{}{} },
	})
	defer s.Close()
	c := s.win.Canvas()
	s.win.Resize(fyne.NewSize(1280, 800))
	want := func(step string, words ...string) {
		t.Helper()
		got := strings.ReplaceAll(texts(s.root), "\n", "")
		for _, w := range words {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is not shown in %q", step, w, got)
			}
		}
		if dir := os.Getenv("ZHENGYAN_KEEP"); dir != "" {
			f, err := os.Create(dir + "/kiosk-" + step + ".png")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := png.Encode(f, c.Capture()); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Time is counted, and the loop kept awake, only while something ends by itself.
	rests := func(step string, still, timed bool) {
		t.Helper()
		if s.Still() != still || s.timed.Load() != timed {
			t.Errorf("%s: still %v, timed %v", step, s.Still(), s.timed.Load())
		}
	}
	want("idle", "电子证书自助核验", "不联网")
	rests("idle", true, false)
	s.k.Open("stick", []string{"证书.pdf"})
	want("working", "正在核验")
	rests("working", false, false)
	select {
	case f := <-ch:
		f()
	case <-time.After(20 * time.Second):
		t.Fatal("no answer")
	}
	want("result", "不通过", "完成，清除", "本结果仅供辅助审查")
	rests("result", false, true)
	now = now.Add(21 * time.Second)
	s.k.Tick()
	want("countdown", "10 秒后清除")
	now = now.Add(3 * time.Second)
	s.k.Tick()
	want("countdown-7", "7 秒后清除")
	now = now.Add(8 * time.Second)
	s.k.Tick()
	want("wiped", "已清除")
	<-wiped
	if got := texts(s.root); strings.Contains(got, "不通过") {
		t.Errorf("the wiped screen says %q", got)
	}
	// A scanner's keys come through the canvas, wherever the focus is.
	for _, r := range "https://jzsc.mohurd.gov.cn/x?id=1" {
		c.OnTypedRune()(r)
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
	want("code", "无法确定", "只凭二维码不能得出结论")
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF9})
	want("staff", "工作人员", "尚未设置PIN")
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	want("idle", "不联网")
	rests("idle again", true, false)
}

// touchStand is a stand in a frame, its engine knowing one certificate, read off a photo.
func touchStand(t *testing.T, now *time.Time, ch chan func()) *Kiosk {
	t.Helper()
	s := NewKiosk(KioskOptions{
		App: test.NewTempApp(t), Engine: one(vmtest.ReadOff(vmtest.Scan())), Tables: tables(t), Lang: viewmodel.Chinese, Font: assets.Font(), Windowed: true,
		Question: func() verify.Question { return verify.Question{At: *now} }, Now: func() time.Time { return *now }, Dispatch: func(f func()) { ch <- f },
	})
	t.Cleanup(s.Close)
	s.win.Resize(fyne.NewSize(1280, 800))
	return s
}

// A stand without a keyboard: language, what is masked, and the staff's menu by finger.
func TestKioskByTouch(t *testing.T) {
	ch := make(chan func(), 64)
	now := vmtest.Noon(2026, 4, 1)
	s := touchStand(t, &now, ch)
	button := func(text string) *touchButton {
		t.Helper()
		for _, o := range test.LaidOutObjects(s.root) {
			if b, ok := o.(*touchButton); ok && b.text.Text == text {
				return b
			}
		}
		t.Fatalf("no button %q in %q", text, texts(s.root))
		return nil
	}
	says := func(step, word string, want bool) {
		t.Helper()
		if got := strings.ReplaceAll(texts(s.root), "\n", ""); strings.Contains(got, word) != want {
			t.Errorf("%s: %q shown is %v in %q", step, word, !want, got)
		}
	}
	test.Tap(button("English"))
	says("the invitation", "Drop a file", true)
	s.k.Open("stick", []string{"证书.pdf"})
	select {
	case f := <-ch:
		f()
	case <-time.After(20 * time.Second):
		t.Fatal("no answer")
	}
	says("the result", "possibly misread", true)
	says("the result", "1985-03-15", false)
	if dir := os.Getenv("ZHENGYAN_KEEP"); dir != "" {
		f, err := os.Create(dir + "/kiosk-read-en.png")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, s.win.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
	}
	b := button("Hold to show hidden details")
	b.MouseDown(nil)
	now = now.Add(25 * time.Second)
	s.k.Tick()
	says("held", "1985-03-15", true)
	says("held", "wiped in", false)
	b.MouseUp(nil)
	says("let go", "1985-03-15", false)
	now = now.Add(20 * time.Second)
	s.k.Tick()
	says("after 20 s more", "wiped in 10 s", true)
	s.k.Done()
	now = now.Add(3 * time.Second)
	s.k.Tick()
	says("the next invitation", "把文件拖到这里", true)

	var title *longPress
	for _, o := range test.LaidOutObjects(s.root) {
		if p, ok := o.(*longPress); ok {
			title = p
		}
	}
	press := func(d time.Duration, slide bool) {
		title.MouseDown(nil)
		now = now.Add(d)
		if slide {
			title.MouseOut()
		}
		title.MouseUp(nil)
	}
	press(4*time.Second, false)
	press(6*time.Second, true)
	if s.k.State() != viewmodel.KioskIdle {
		t.Fatal("the staff's menu opens too easily")
	}
	press(5*time.Second, false)
	if s.k.State() != viewmodel.KioskStaff {
		t.Error("the title opens no menu")
	}
}
