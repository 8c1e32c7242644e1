package ui

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
)

func TestAnEmptyWindowSaysWhatToDo(t *testing.T) {
	r := newRig(t, one(vmtest.Good()))
	r.wantText(r.win.Content(), "把证书文件或文件夹拖到这里", "文件只在本机读取", "未发起任何网络连接", "评标委员会决定最终评审结果；本结果仅供辅助审查")
	if r.current().Object().Visible() || !r.start.Visible() {
		t.Error("an empty window shows the lists")
	}
}

func TestVerdictIsShapeWordReasonAndNextStep(t *testing.T) {
	r := opened(t, one(vmtest.Tampered()))
	r.wantText(r.panel.verdict, "不通过", "文件内容与签章时不同", "下一步", "不要使用此文件", "使用件", "注册", "无法确定", "按 2026-03-01 判定")
	if got := r.win.Title(); got != "不通过 - 证书.pdf - 证验" {
		t.Errorf("title %q", got)
	}
	r.wantText(r.footer.root, "信任列表 3 项", "未装注册库快照", "规则 2026.11")
	r.wantText(r.files.root, "证书.pdf", "不通过 · 内容与签章时不同")
	if r.start.Visible() || !r.main.Visible() {
		t.Error("the start screen stands over the result")
	}
}

func TestUnreadableFileIsExplained(t *testing.T) {
	e := one(vmtest.Unreadable())
	r := opened(t, e)
	r.wantText(r.win.Content(), "无法读取", "文件已损坏，打不开", "请持证人用浏览器自带的下载功能重新保存。", "没有可显示的页面")
	if r.panel.timeBox.Visible() || r.panel.usage.Visible() {
		t.Error("a time bar of a file that was not read")
	}
	if n := r.page.number.Text; n != "" {
		t.Errorf("there is no page, and it is counted: %q", n)
	}
}

func TestFilesStillWaitingAreSaidToWait(t *testing.T) {
	e := vmtest.New([]string{"a.pdf", "b.pdf"}, vmtest.Good(), vmtest.Good())
	e.Gate = make(chan struct{})
	r := newRig(t, e)
	r.Open([]string{"all"})
	r.until("one is being read", func() bool { return r.session.Counts().Reading == 1 && r.session.Counts().Total == 2 })
	r.wantText(r.panel.verdict, "正在读取并核验…", "a.pdf", "Esc")
	r.wantText(r.files.root, "已核验 0 / 2", "取消", "核验中…", "等待")
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if c := r.session.Counts(); c.Cancelled != 2 {
		t.Errorf("Esc leaves %+v", c)
	}
	r.wantText(r.panel.verdict, "已取消")
	r.wantText(r.files.root, "继续")
	close(e.Gate)
	test.Tap(r.files.cancel)
	r.until("both are read", func() bool { return r.session.Counts().Passed == 2 })
}

func TestClosingWhileWorking(t *testing.T) {
	e := vmtest.New([]string{"a.pdf"}, vmtest.Good())
	e.Gate = make(chan struct{})
	r := newRig(t, e)
	r.Open([]string{"all"})
	r.until("it is being read", func() bool { return r.session.Counts().Reading == 1 })
	r.Close() // returns though the reader hangs; the clean-up closes once more
}

func TestKeysStepThroughTheFiles(t *testing.T) {
	r := opened(t, vmtest.New([]string{"a.pdf", "b.pdf", "c.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan()))
	c := r.win.Canvas()
	test.TypeOnCanvas(c, "j")
	if got := r.session.Selected().File.Name; got != "b.pdf" {
		t.Errorf("J selects %s", got)
	}
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	if got := r.session.Selected().File.Name; got != "c.pdf" {
		t.Errorf("PgDn selects %s", got)
	}
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	test.TypeOnCanvas(c, "K")
	if got := r.session.Selected().File.Name; got != "a.pdf" {
		t.Errorf("Up and K select %s", got)
	}
}

func TestDayEntryFlipsTheVerdict(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	r.wantText(r.panel.verdict, "通过")
	r.header.day.SetText("2026/8/1")
	r.header.day.OnSubmitted("2026/8/1")
	r.wantText(r.panel.verdict, "不通过", "按 2026-08-01 判定", "重新下载")
	if r.header.day.Text != "2026-08-01" {
		t.Errorf("the entry shows %q", r.header.day.Text)
	}
	if d := r.panel.time.bar.bar.Day; d != vmtest.Day(2026, 8, 1) {
		t.Errorf("the bar stands at %s", d)
	}
	r.header.day.OnSubmitted("明天")
	r.wantText(r.notice, "“明天”不是日期")
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if r.notice.Visible() {
		t.Error("Esc does not close the notice")
	}
	r.setDay(r.today())
	r.wantText(r.panel.verdict, "按 2026-04-01 判定")
	r.shiftDay(-1)
	r.wantText(r.panel.verdict, "按 2026-03-31 判定")
}

func TestQuestionReachesTheEngine(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	r.header.specialty.SetSelected("机电工程")
	r.header.policy.SetSelectedIndex(1)
	r.header.employer.SetText("样例路桥有限公司")
	r.header.employer.OnSubmitted("")
	if q := r.session.Report().Question; q.Specialty != "机电工程" || q.Employer != "样例路桥有限公司" || r.session.Report().Policy.Name != "strict" {
		t.Errorf("asked %+v, policy %s", q, r.session.Report().Policy.Name)
	}
	r.header.specialty.SetSelectedIndex(0)
	if q := r.session.Report().Question; q.Specialty != "" {
		t.Errorf("any specialty asks for %q", q.Specialty)
	}
}

func TestLanguageAndThemeSwitchAtOnce(t *testing.T) {
	r := opened(t, one(vmtest.Tampered()))
	r.switchLanguage()
	r.wantText(r.win.Content(), "Failed", "Open file", "This copy", "Registration", "Day judged", "How the verdict changes with the day", "No network connection was made", "content differs from what was sealed")
	for _, zh := range []string{"打开文件", "判定日", "核验项目", "使用件", "未发起"} {
		if strings.Contains(texts(r.win.Content()), zh) {
			t.Errorf("%q is still Chinese", zh)
		}
	}
	if r.session.Question().Lang != "en" {
		t.Error("the engine is not asked in English")
	}
	r.switchTheme()
	if !r.th.Dark() || fyne.CurrentApp().Settings().Theme() != fyne.Theme(r.th) {
		t.Error("the theme is not dark")
	}
	if v := r.settings; v.Lang != viewmodel.English || !v.Dark {
		t.Errorf("remembered %q, %v", v.Lang, v.Dark)
	}
	r.switchLanguage()
	r.wantText(r.win.Content(), "不通过", "打开文件")
}

func TestCopyPutsTheWholeResultOnTheClipboard(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	r.copyResult()
	got := r.o.App.Clipboard().Content()
	for _, want := range []string{"通过", "建办市〔2021〕40号", "SHA-256", "仅供辅助审查"} {
		if !strings.Contains(got, want) {
			t.Errorf("the clipboard lacks %q:\n%s", want, got)
		}
	}
	r.wantText(r.notice, "已复制到剪贴板")
}

func TestDrop(t *testing.T) {
	r := newRig(t, one(vmtest.Good()))
	u, err := storage.ParseURI("https://example.invalid/a.pdf")
	if err != nil {
		t.Fatal(err)
	}
	r.dropped(fyne.Position{}, []fyne.URI{u})
	r.wantText(r.notice, "没有本机文件")
	r.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI("/bids/证书.pdf"), u})
	r.until("the file is listed", func() bool { return r.session.Counts().Total == 1 })
}

func TestListingErrorIsShown(t *testing.T) {
	e := one(vmtest.Good())
	e.ExpandErr = errors.New("bids: permission denied")
	r := newRig(t, e)
	r.Open([]string{"all"})
	r.until("the notice is there", r.notice.Visible)
	r.wantText(r.notice, "有文件没能列出：bids: permission denied")
}

func TestDialogsOpenAndClose(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	r.o.About = About{Program: "Zhengyan 0.1.0", Rules: "2026.11", Font: "Noto Sans SC", Licences: []Licence{{"Noto Sans SC", "SIL OFL"}}}
	for name, f := range map[string]struct {
		open func()
		want []string
	}{
		"help":  {r.help, []string{"键盘", "Ctrl+O", "打开文件", "F1"}},
		"about": {r.about, []string{"Zhengyan 0.1.0", "Noto Sans SC", "2026.11", "许可证"}},
	} {
		f.open()
		if r.shown == nil {
			t.Fatalf("%s: no dialog", name)
		}
		r.wantText(r.shown.Content, f.want...)
		r.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if r.shown != nil {
			t.Errorf("%s: Esc does not close it", name)
		}
	}
	r.help()
	r.about() // one at a time
	if n := len(r.win.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d dialogs at once", n)
	}
}

func TestFilterChipsNarrowTheList(t *testing.T) {
	r := opened(t, vmtest.New([]string{"a.pdf", "b.pdf", "c.pdf", "d.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan(), vmtest.Unreadable()))
	for _, c := range r.files.filters {
		want := 1
		if c.filter == viewmodel.ShowAll {
			want = 4
		}
		if c.count != want {
			t.Errorf("filter %d counts %d", c.filter, c.count)
		}
		test.Tap(c)
		if r.session.Len() != want {
			t.Errorf("filter %d shows %d rows", c.filter, r.session.Len())
		}
	}
}

func TestEveryShapeIsADifferentFigure(t *testing.T) {
	th := NewTheme(nil, false)
	seen := map[string]viewmodel.Shape{}
	for s := viewmodel.ShapeWait; s <= viewmodel.ShapeSkip; s++ {
		svg := shapeSVG(s, rgb(0), rgb(0xFFFFFF)) // in the same colours: only the figure differs
		if other, ok := seen[svg]; ok {
			t.Errorf("shapes %d and %d are the same figure", s, other)
		}
		seen[svg] = s
		img := shapeImage(th, s, 32)
		if img.Resource == nil || len(img.Resource.Content()) < 100 {
			t.Errorf("shape %d has no picture", s)
		}
	}
}

// Contrast of text and figures against their grounds, WCAG 2.1: 4.5 for text.
func TestColoursAreReadable(t *testing.T) {
	for _, dark := range []bool{false, true} {
		th := NewTheme(nil, dark)
		for _, pair := range [][2]fyne.ThemeColorName{
			{colorPass, colorPassTint},
			{colorFail, colorFailTint},
			{colorUnknown, colorUnkTint},
			{colorSecondary, colorSurface},
			{colorSecondary, colorSkipTint},
			{colorGlyph, colorPass},
			{colorGlyph, colorFail},
			{colorGlyph, colorUnknown},
			{colorPass, colorSurface},
			{colorFail, colorSurface},
			{colorUnknown, colorSurface},
			{theme.ColorNameForeground, theme.ColorNameBackground},
			{theme.ColorNameDisabled, colorSurface},
			{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary},
			{theme.ColorNameError, colorSurface},
			{theme.ColorNameWarning, colorSurface},
			{theme.ColorNameSuccess, colorSurface},
		} {
			if c := contrast(th, pair[0], pair[1]); c < 4.5 {
				t.Errorf("dark %v: %s on %s has contrast %.2f", dark, pair[0], pair[1], c)
			}
		}
	}
}

func TestBundledFontKnowsWhatItLacks(t *testing.T) {
	font := assets.Font()
	if font == nil {
		t.Skip("this build carries no font; run make assets")
	}
	covers := coverage(font)
	for r, want := range map[rune]bool{'证': true, '䶮': true, '㐂': true, '𬭩': true, 'A': true, '𠮷': false, 0x26B4E: false} {
		if covers(r) != want {
			t.Errorf("%c U+%04X: covered %v, want %v", r, r, covers(r), want)
		}
	}
	if coverage(nil) != nil || coverage([]byte("no font")) != nil {
		t.Error("a font that cannot be read must not claim to cover anything")
	}
}

func TestRareNameShowsItsCodePoint(t *testing.T) {
	c := vmtest.Good()
	judge := c.Judge
	c.Judge = func(ev *verify.Evidence, q verify.Question) *verify.Report {
		rep := judge(ev, q)
		rep.Certificate.Name = "样𠮷"
		return rep
	}
	r := newRig(t, one(c))
	r.covers = func(x rune) bool { return x != '𠮷' }
	r.Open([]string{"all"})
	r.until("it is judged", func() bool { return r.session.Report() != nil })
	r.wantText(r.panel.facts, "样𠮷", "U+20BB7")
}

// The chips are reached by Tab, say that they have the focus, and are pressed by Enter and Space; other keys go past them.
func TestFilterChipsByKeyboard(t *testing.T) {
	r := opened(t, vmtest.New([]string{"a.pdf", "b.pdf", "c.pdf", "d.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan(), vmtest.Unreadable()))
	r.until("all are read", func() bool { return r.session.Counts().Finished() == 4 })
	c := r.win.Canvas()
	reached := map[*filterChip]bool{}
	for range 60 {
		c.(interface{ FocusNext() }).FocusNext()
		chip, ok := c.Focused().(*filterChip)
		if !ok || reached[chip] {
			continue
		}
		reached[chip] = true
		if chip.ground.StrokeWidth < 2 {
			t.Errorf("filter %d does not show its focus", chip.filter)
		}
		key := fyne.KeyReturn
		if len(reached)%2 == 0 {
			key = fyne.KeySpace
		}
		r.key(key)
		if r.session.Filter() != chip.filter || !chip.on {
			t.Errorf("filter %d is not set by %s", chip.filter, key)
		}
		if c.Focused() != fyne.Focusable(chip) {
			t.Errorf("filter %d loses the focus", chip.filter)
		}
	}
	if len(reached) != len(r.files.filters) {
		t.Errorf("Tab reaches %d chips of %d", len(reached), len(r.files.filters))
	}
	first := r.files.filters[0]
	c.Focus(first)
	r.key(fyne.KeySpace, ' ')
	was := r.session.Selected().ID
	r.key(fyne.KeyDown)
	r.key(fyne.KeyJ, 'j')
	if r.session.Selected().ID == was {
		t.Error("the arrow and J do not reach the window")
	}
	c.Unfocus()
	if first.ground.StrokeWidth > 1 {
		t.Error("a chip keeps the look of the focus")
	}
}
