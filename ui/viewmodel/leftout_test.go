package viewmodel_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// leavingOut is an engine with one certificate, beside which the reading leaves something out.
func leavingOut(left ...document.LeftOut) *vmtest.Engine {
	e := vmtest.New([]string{"1.pdf"}, vmtest.Good())
	e.LeftOut = left
	return e
}

func openIn(t *testing.T, s *viewmodel.Session, l *loop, paths ...string) {
	t.Helper()
	s.Open(paths)
	l.until("the files are judged", func() bool { return !s.Expanding() && !s.Counts().Working() })
}

// What a folder or an archive holds and nobody read is listed once, named from what was opened, with the reason.
func TestLeftOutIsListedWithReasons(t *testing.T) {
	s, l, changes := newSession(t, leavingOut(
		document.LeftOut{Name: "/bid/甲/.git", Why: document.LeftHiddenFolder},
		document.LeftOut{Name: "/bid/甲/~$证书.docx", Why: document.LeftLock},
		document.LeftOut{Name: "/bid/甲/z.zip!/__MACOSX/._a.pdf", Why: document.LeftMac},
		document.LeftOut{Name: "/elsewhere/.a\nb\u202e.pdf", Why: "some later reason"},
	), 1)
	if s.LeftOutText() != "" {
		t.Errorf("of an empty list it is said %q", s.LeftOutText())
	}
	openIn(t, s, l, "/bid/甲", "all")
	openIn(t, s, l, "/bid/甲/", "all")
	var got []string
	for _, x := range s.LeftOut() {
		got = append(got, x.Name+" | "+x.Reason(s.Messages()))
	}
	want := "甲/.git | 隐藏的文件夹及其内容：名称以“.”开头\n甲/~$证书.docx | 办公软件打开文档时留下的临时文件：名称以“~$”开头\n" +
		"甲/z.zip!/__MACOSX/._a.pdf | 苹果电脑打包时附带的内容（__MACOSX），不是文件本身\n/elsewhere/.a\ufffdb\ufffd.pdf | 隐藏文件：名称以“.”开头"
	if strings.Join(got, "\n") != want {
		t.Errorf("\n got %q\nwant %q", strings.Join(got, "\n"), want)
	}
	if text, title := s.LeftOutText(), s.LeftOutTitle(); text != "另有 4 项未核验" || title != "未核验的 4 项" {
		t.Errorf("%q, %q", text, title)
	}
	if list := s.LeftOutList(); strings.Count(list, "\n") != 4 || !strings.HasPrefix(list, "/bid/甲/.git\t隐藏的文件夹") {
		t.Errorf("the list to be copied: %q", list)
	}
	*changes = nil
	s.Clear()
	if s.LeftOutText() != "" || len(*changes) == 0 {
		t.Error("clearing the list leaves what was left out")
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	for _, lang := range viewmodel.Langs() {
		m := messages(t, lang)
		for _, why := range []document.LeftReason{document.LeftHidden, document.LeftHiddenFolder, document.LeftLock, document.LeftMac, document.LeftLinkUp} {
			if !m.Has("left.why."+string(why)) || !m.Has("left.short."+string(why)) {
				t.Errorf("%s: no words for %q", lang, why)
			}
		}
	}
}

// What is opened by itself is not left out any more; a file stays so when its folder is opened again.
func TestWhatIsOpenedByItselfIsNotLeftOut(t *testing.T) {
	s, l, _ := newSession(t, leavingOut(document.LeftOut{Name: "/cases/.x.pdf", Why: document.LeftHidden}, document.LeftOut{Name: "/cases/.d", Why: document.LeftHiddenFolder}), 1)
	openIn(t, s, l, "all")
	if len(s.LeftOut()) != 2 {
		t.Fatalf("%+v", s.LeftOut())
	}
	s.Open([]string{"/cases/.x.pdf", "/cases/.d/"})
	if len(s.LeftOut()) != 0 {
		t.Errorf("%+v", s.LeftOut())
	}
	l.until("it is listed", func() bool { return !s.Expanding() })
	openIn(t, s, l, ".x.pdf") // the double's file of that path
	if s.LeftOutText() != "另有 1 项未核验" {
		t.Errorf("%q: %+v", s.LeftOutText(), s.LeftOut())
	}
}

// A folder in which there is nothing to read does not pass without a word.
func TestNothingToReadIsSaid(t *testing.T) {
	e := leavingOut(document.LeftOut{Name: "/d/.x.pdf", Why: document.LeftHidden})
	s, l, _ := newSession(t, e, 1)
	openIn(t, s, l, "none")
	if text, ok := s.TakeNotice(); !ok || !strings.Contains(text, "没有可以核验的文件") {
		t.Errorf("%q", text)
	}
	if s.LeftOutText() == "" {
		t.Error("nothing is said of what was left out")
	}
	e.LeftOut = nil
	openIn(t, s, l, "all")
	if text, ok := s.TakeNotice(); ok {
		t.Errorf("of a file it is said %q", text)
	}
	if text := s.LeftOutText(); text != "" {
		t.Errorf("of an earlier folder it is said %q", text)
	}
}

// The list is bounded, and says so.
func TestLeftOutIsBounded(t *testing.T) {
	e := leavingOut()
	for i := range 10_005 {
		e.LeftOut = append(e.LeftOut, document.LeftOut{Name: "/z.zip!/." + strconv.Itoa(i), Why: document.LeftHidden})
	}
	s, l, _ := newSession(t, e, 1)
	openIn(t, s, l, "all")
	if n := len(s.LeftOut()); n != 10_000 || s.LeftOutText() != "另有 10000+ 项未核验" {
		t.Errorf("%d: %q", n, s.LeftOutText())
	}
}

// What was left out is kept with the batch, and is no file of it.
func TestLeftOutIsKeptWithTheBatch(t *testing.T) {
	k := &shelf{kept: map[string]viewmodel.Kept{}}
	e := leavingOut(document.LeftOut{Name: "/d/.x.pdf", Why: document.LeftHidden}, document.LeftOut{Name: "/d/.git", Why: document.LeftHiddenFolder})
	session := func() (*viewmodel.Session, *loop) {
		l := newLoop(t)
		s := viewmodel.NewSession(viewmodel.Config{Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}, Keeper: k})
		return s, l
	}
	s, l := session()
	openIn(t, s, l, "/d", "all")
	e.LeftOut = nil
	openIn(t, s, l, "/d/.git")
	s.Close()

	s, l = session()
	defer s.Close()
	total, waiting := -1, -1
	s.Restore(func(a, b int) { total, waiting = a, b })
	l.until("the batch is back", func() bool { return total >= 0 })
	got := s.LeftOut()
	if len(got) != 1 || got[0].Name != "d/.x.pdf" || got[0].Why != document.LeftHidden {
		t.Errorf("%+v", got)
	}
	if total != 3 || waiting != 0 { // the double has a file for each path that it is given
		t.Errorf("%d files came back, %d wait", total, waiting)
	}
}

// Where there was no file beside it, what was left out does not come back.
func TestLeftOutAloneIsNoBatch(t *testing.T) {
	k := &shelf{kept: map[string]viewmodel.Kept{}}
	if err := k.Put([]viewmodel.Kept{{Path: "/d/.x.pdf", Name: "d/.x.pdf", Left: document.LeftHidden}}); err != nil {
		t.Fatal(err)
	}
	l := newLoop(t)
	s := viewmodel.NewSession(viewmodel.Config{Engine: leavingOut(), Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}, Keeper: k})
	total := -1
	s.Restore(func(a, _ int) { total = a })
	l.until("the batch is back", func() bool { return total >= 0 })
	if total != 0 || s.LeftOutText() != "" {
		t.Errorf("%d files came back, %q", total, s.LeftOutText())
	}
	s.Close()
	if list, err := k.Load(); err != nil || len(list) != 0 {
		t.Errorf("kept: %+v, %v", list, err)
	}
}

// A report goes to people who never see the window: it says what was left out of what was opened, but not of one bidder's part.
func TestLeftOutIsSaidInReports(t *testing.T) {
	e := vmtest.New([]string{"甲/1.pdf"}, vmtest.Good())
	e.LeftOut = []document.LeftOut{
		{Name: "/bid/甲/.git", Why: document.LeftHiddenFolder},
		{Name: "/bid/甲/.old", Why: document.LeftHiddenFolder},
		{Name: "/bid/甲/~$证书.docx", Why: document.LeftLock},
	}
	s, l, _ := newSession(t, e, 1)
	openIn(t, s, l, "/bid/甲", "all")
	dir := t.TempDir()
	for bidder, says := range map[string]bool{"": true, "甲": false} {
		path := filepath.Join(dir, strconv.FormatBool(says)+".html")
		if _, err := export(t, s, l, viewmodel.Export{Paths: []string{path}, Bidder: bidder}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(b), "另有 3 项未核验：隐藏文件夹、临时文件"); got != says {
			t.Errorf("bidder %q: said %v", bidder, got)
		}
		if read(t, path).Integrity != report.Unchanged {
			t.Errorf("bidder %q: the report is not taken for whole", bidder)
		}
	}
}
