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
	tables := map[viewmodel.Lang]*viewmodel.Messages{}
	for _, l := range viewmodel.Langs() {
		m, err := viewmodel.LoadMessages(assets.Translations(), l)
		if err != nil {
			t.Fatal(err)
		}
		tables[l] = m
	}
	ch := make(chan func(), 64)
	now := vmtest.Noon(2026, 4, 1)
	wiped := make(chan struct{}, 8)
	s := NewKiosk(KioskOptions{
		App: test.NewTempApp(t), Engine: one(vmtest.Tampered()), Tables: tables, Lang: viewmodel.Chinese, Font: assets.Font(), Windowed: true,
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
