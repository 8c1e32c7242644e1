package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// kept is a double of everything that the program keeps.
type kept struct {
	staged, committed, reverted, discarded int
	refuse                                 error
	added, removed                         []string
	saved                                  []viewmodel.Settings
	fail                                   error
	uncompared                             string // what the preview says instead of counts
}

func (k *kept) List(context.Context) ([]viewmodel.SnapshotView, error) {
	return []viewmodel.SnapshotView{
		{Generation: 2, ID: "20260601-x", AsOf: vmtest.Noon(2026, 6, 1), Rows: 173, Current: true, Freshness: "FRESH", Source: "样例 SPECIMEN", AgeDays: 12},
		{Generation: 1, ID: "20260501-y", AsOf: vmtest.Noon(2026, 5, 1), Rows: 170, Previous: true},
	}, k.fail
}

type refused struct {
	error
	older, unsigned, same bool
}

func (r refused) Older() bool    { return r.older }
func (r refused) Unsigned() bool { return r.unsigned }
func (r refused) Same() bool     { return r.same }

func (k *kept) Stage(_ context.Context, path string, older, unsigned bool, progress func(string, int64, int64)) (viewmodel.SnapshotPreview, error) {
	k.staged++
	progress("copy", 1, 2)
	if k.refuse != nil && !older && !unsigned {
		return viewmodel.SnapshotPreview{}, k.refuse
	}
	if k.uncompared != "" {
		return viewmodel.SnapshotPreview{Next: viewmodel.SnapshotView{AsOf: vmtest.Noon(2026, 7, 1), Rows: 200}, Uncompared: k.uncompared}, nil
	}
	return viewmodel.SnapshotPreview{
		Next: viewmodel.SnapshotView{AsOf: vmtest.Noon(2026, 7, 1), Rows: 200, Source: path}, Added: 32, Removed: 5, Changed: 7, Same: 161,
		Lost: map[string]int{"注销": 3}, Regained: 1, Examples: []viewmodel.SnapshotChange{{Number: "京1", Name: "王样例", Before: "有效", After: "注销"}},
	}, nil
}
func (k *kept) Commit(context.Context) error { k.committed++; return k.fail }
func (k *kept) Discard() error               { k.discarded++; return nil }
func (k *kept) Revert(context.Context) error { k.reverted++; return k.fail }
func (k *kept) Scrub(_ context.Context, progress func(int, int)) error {
	progress(1, 2)
	return k.fail
}

// anchors and log are the other faces of the double; their methods have the same names.
type (
	keptTrust struct{ *kept }
	keptLog   struct {
		*kept
		broken string
	}
	keptSettings struct{ *kept }
)

func (k keptTrust) List(context.Context) ([]viewmodel.AnchorView, error) {
	return []viewmodel.AnchorView{{File: "root.pem", SHA256: "aa", Certificates: []viewmodel.AnchorCertificate{{Subject: "CN=样例根CA", Fingerprint: "c3f9a582"}}}, {File: "odd.pem", Problem: "not added by this program"}}, nil
}

func (k keptTrust) Preview(_ context.Context, path string) (viewmodel.AnchorView, error) {
	return viewmodel.AnchorView{File: filepath.Base(path), Certificates: []viewmodel.AnchorCertificate{{Subject: "CN=新样例CA", Fingerprint: "ab12"}}}, k.fail
}

func (k keptTrust) Add(_ context.Context, path, _ string) error {
	k.added = append(k.added, path)
	return k.fail
}

func (k keptTrust) Remove(_ context.Context, f string) error {
	k.removed = append(k.removed, f)
	return k.fail
}
func (k keptTrust) Fixed() string { return "" }

func (k keptLog) Verify(context.Context) (viewmodel.AuditState, error) {
	return viewmodel.AuditState{Entries: 2, Broken: k.broken}, k.fail
}

func (k keptLog) Last(context.Context, int) ([]viewmodel.AuditView, error) {
	return []viewmodel.AuditView{
		{Number: 1, Time: vmtest.Noon(2026, 3, 1), Action: "decide", Indication: "TOTAL-FAILED", Decision: "handwriting=differs;", Operator: "评委甲", Rules: []string{"Y-22"}},
		{Number: 0, Time: vmtest.Noon(2026, 3, 1), Action: "verify", Indication: "TOTAL-PASSED", File: strings.Repeat("ab", 32), Clock: "suspect"},
	}, nil
}

func (k keptLog) Export(_ context.Context, path string) error {
	return os.WriteFile(path, []byte("{}\n"), 0o600)
}

func (k keptSettings) Load() (viewmodel.Settings, error) { return viewmodel.DefaultSettings(), nil }
func (k keptSettings) Save(s viewmodel.Settings) error   { k.saved = append(k.saved, s); return k.fail }

// stocked is a rig with a double of all that the program keeps.
func stocked(t *testing.T, k *kept, broken string, e *vmtest.Engine) *rig {
	t.Helper()
	r := newRigWith(t, e, func(o *Options) {
		o.Snapshots, o.Trust, o.Audit, o.Settings = k, keptTrust{k}, keptLog{k, broken}, keptSettings{k}
		o.Chosen = viewmodel.DefaultSettings()
		o.Chosen.TourSeen = true
	})
	return r
}

// settle runs what background work dispatches until it is quiet.
func (r *rig) settle() {
	r.t.Helper()
	for {
		select {
		case f := <-r.ch:
			f()
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

// press taps the button with this text in the dialog that is shown.
func (r *rig) press(text string) {
	r.t.Helper()
	if r.shown == nil {
		r.t.Fatalf("no dialog to press %q in", text)
	}
	r.pressIn(r.shown.Content, text)
}

// pressIn taps the button with this text under o.
func (r *rig) pressIn(o fyne.CanvasObject, text string) {
	r.t.Helper()
	for _, x := range test.LaidOutObjects(o) {
		if b, ok := x.(*button); ok && b.Text == text {
			test.Tap(b)
			return
		}
	}
	r.t.Fatalf("no button %q; the texts are:\n%s", text, texts(o))
}

func TestSnapshotIsShownBeforeItIsUsed(t *testing.T) {
	k := &kept{}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.Show("data")
	r.settle()
	d := r.current().(*dataScreen)
	r.wantText(d.root, "截至 2026-06-01", "12 天", "无人签名担保", "恢复上一版", "CN=样例根CA", "not added by this program")
	d.Import("/stick/registry.db")
	r.settle()
	r.wantText(r.shown.Content, "+32", "−5", "~7", "注销 3", "王样例", "无人签名担保")
	if k.committed != 0 {
		t.Error("it is used before anybody said so")
	}
	r.press("取消")
	r.settle()
	if k.discarded != 1 || k.committed != 0 {
		t.Errorf("after leaving: %+v", k)
	}
	d.Import("/stick/registry.db")
	r.settle()
	r.press("启用")
	r.settle()
	if k.committed != 1 || k.discarded != 1 {
		t.Errorf("after using it: %+v", k)
	}
	r.wantText(r.notice, "新快照已启用")
}

// keptKey is a double that snapshots can be encrypted for.
type keptKey struct {
	*kept
	key string
}

func (k *keptKey) MachineKey(_ context.Context, create bool) (string, error) {
	if create {
		k.key = "age1samplesamplesample"
	}
	return k.key, nil
}

func TestMachineKeyIsMadeAndCopied(t *testing.T) {
	k := &keptKey{kept: &kept{}}
	r := newRigWith(t, one(vmtest.Good()), func(o *Options) { o.Snapshots = k })
	r.Show("data")
	r.settle()
	d := r.current().(*dataScreen)
	r.wantText(d.root, "本机公钥", "先生成本机密钥")
	r.pressIn(d.root, "生成本机密钥")
	r.settle()
	r.wantText(d.root, "age1samplesamplesample", "这一行不是秘密")
	r.pressIn(d.root, "复制公钥")
	if got := r.o.App.Clipboard().Content(); got != k.key {
		t.Errorf("the clipboard holds %q", got)
	}
}

// Where the snapshot in use is damaged, nothing is counted, that is said, and the new one can be used.
func TestADamagedSnapshotIsReplaced(t *testing.T) {
	k := &kept{uncompared: "registry snapshot is damaged: rows 7"}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.Show("data")
	r.settle()
	r.current().(*dataScreen).Import("/stick/registry.db")
	r.settle()
	r.wantText(r.shown.Content, "无法比较", "rows 7")
	if strings.Contains(texts(r.shown.Content), "+0") {
		t.Error("counts are shown although nothing was compared")
	}
	r.press("启用")
	r.settle()
	if k.committed != 1 {
		t.Errorf("after using it: %+v", k)
	}
}

func TestAnOlderSnapshotNeedsAPerson(t *testing.T) {
	k := &kept{refuse: refused{error: errors.New("older than the snapshot in use"), older: true}}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.Show("data")
	r.settle()
	d := r.current().(*dataScreen)
	d.Import("/stick/old.db")
	r.settle()
	r.wantText(r.shown.Content, "文件比使用中的快照更旧")
	r.press("仍要继续")
	r.settle()
	r.wantText(r.shown.Content, "+32")
	r.press("取消")
	k.refuse = refused{error: errors.New("same"), same: true}
	d.Import("/stick/same.db")
	r.settle()
	r.wantText(r.notice, "这一版快照已在使用")
	k.fail = errors.New("disk full")
	d.work(func(ctx context.Context) error { return k.Revert(ctx) }, "done")
	r.settle()
	r.wantText(r.notice, "disk full")
}

func TestTrustIsComparedBeforeItIsAdded(t *testing.T) {
	k := &kept{}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.Show("data")
	r.settle()
	d := r.current().(*dataScreen)
	d.addAnchor("/stick/new.pem")
	r.settle()
	r.wantText(r.shown.Content, "CN=新样例CA", "ab12", "请核对下面的指纹")
	r.press("核对无误，加入")
	r.settle()
	if len(k.added) != 1 {
		t.Errorf("%+v", k.added)
	}
}

func TestAuditBadge(t *testing.T) {
	k := &kept{}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.Show("audit")
	r.settle()
	a := r.current().(*auditScreen)
	r.wantText(a.root, "链完整 · 2 条")
	if a.Len() != 2 || a.Cell(0, 6).Text != "笔迹不一致" || a.Cell(1, 1).Shape != viewmodel.ShapeUnknown || a.Cell(1, 3).Text != "通过" || a.Cell(0, 2).Text != "人工判断" {
		t.Errorf("%v %v %v", a.Cell(0, 6), a.Cell(1, 1), a.Cell(1, 3))
	}
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if a.Selected() != 0 {
		t.Error("the keyboard does not move through the log")
	}
	b := stocked(t, k, "entry 7", one(vmtest.Good()))
	b.Show("audit")
	b.settle()
	b.wantText(b.current().Object(), "链断裂：entry 7")
	for name, c := range map[string]struct {
		s    viewmodel.AuditState
		err  error
		want viewmodel.Shape
	}{"empty": {viewmodel.AuditState{None: true}, nil, viewmodel.ShapeSkip}, "unreadable": {viewmodel.AuditState{Entries: 3}, errors.New("no"), viewmodel.ShapeUnknown}} {
		if shape, _ := auditBadge(r.m, c.s, c.err); shape != c.want {
			t.Errorf("%s: %v", name, shape)
		}
	}
}

func TestPolicyCanBeLocked(t *testing.T) {
	k := &kept{}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.Show("settings")
	r.wantText(r.current().Object(), "锁定策略", "文字大小", "200 %", "高对比")
	for _, o := range test.LaidOutObjects(r.current().Object()) {
		if c, ok := o.(*check); ok && strings.HasPrefix(c.Text, "锁定") {
			c.SetChecked(true)
		}
	}
	r.press("确定")
	r.settle()
	if !r.settings.PolicyLocked || !r.header.policy.Disabled() || len(k.saved) == 0 || !k.saved[len(k.saved)-1].PolicyLocked {
		t.Errorf("%+v %+v", r.settings, k.saved)
	}
	r.build()
	if !r.header.policy.Disabled() {
		t.Error("a new look unlocks the policy")
	}
}

func TestEveryLookShowsEveryScreen(t *testing.T) {
	k := &kept{}
	r := stocked(t, k, "", vmtest.New([]string{"甲/1.pdf", "乙/2.pdf"}, vmtest.Scan(), vmtest.Tampered()))
	r.Open([]string{"all"})
	r.until("all is read", func() bool { return r.session.Counts().Finished() == 2 && r.session.Report() != nil })
	for _, l := range []look{{scale: 100}, {dark: true, scale: 100}, {contrast: true, scale: 125}, {scale: 200}} {
		r.setLook(l)
		for _, s := range r.screens {
			r.Show(s.Key())
			r.settle()
			if w := s.Object().MinSize().Width; w > 1180 {
				t.Errorf("%v %s needs %v", l, s.Key(), w)
			}
			if r.win.Canvas().Capture().Bounds().Dx() < 100 {
				t.Errorf("%v %s draws nothing", l, s.Key())
			}
		}
		if w := r.win.Content().MinSize().Width; w > 1280 {
			t.Errorf("%v needs a window %v wide", l, w)
		}
	}
}

func TestSuspectClockIsSaidAndConfirmed(t *testing.T) {
	r := stocked(t, &kept{}, "", one(vmtest.Good()))
	r.Open([]string{"all"})
	r.until("it is judged", func() bool { return r.session.Report() != nil })
	r.setClock(viewmodel.ClockState{Now: vmtest.Noon(2026, 1, 1), Latest: vmtest.Noon(2026, 3, 1), Source: "clock.audit"})
	r.wantText(r.clockBar, "电脑时钟是 2026-01-01", "留痕记录", "时钟无误")
	r.wantText(r.panel.verdict, "无法确定", "时钟不可信")
	for _, o := range test.LaidOutObjects(r.clockBar) {
		if b, ok := o.(*button); ok {
			test.Tap(b)
		}
	}
	r.wantText(r.panel.verdict, "通过")
	if r.clockBar.Visible() {
		t.Error("the bar stays")
	}
	// A person who is named in the settings says it for good; what a publisher has signed is not overruled.
	said := make(chan string, 1)
	after := viewmodel.ClockState{Now: vmtest.Noon(2026, 1, 1), Latest: vmtest.Noon(2026, 2, 1), Source: "clock.snapshot"}
	r.o.ConfirmClock = func(_ context.Context, operator string) (viewmodel.ClockState, error) {
		said <- operator
		return after, nil
	}
	r.settings.Operator = "评委甲"
	r.confirmClock()
	if who := <-said; who != "评委甲" {
		t.Errorf("said by %q", who)
	}
	r.until("the word is taken", func() bool { return r.clockBar.Visible() })
	r.wantText(r.clockBar, "注册库快照")
	r.wantText(r.panel.verdict, "无法确定")
}

func TestReviewScreenByKeyboard(t *testing.T) {
	r := opened(t, vmtest.New([]string{"甲/1.pdf", "甲/2.pdf", "乙/1.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan()))
	r.Show("review")
	s := r.current().(*reviewScreen)
	r.settle()
	r.wantText(s.root, "0 / 2", "机器结论  不通过", "1  采纳机器结论", "3  存疑待查", "尚未判断", "判断不会署名")
	r.session.SetOperator("评委一")
	r.settle()
	if strings.Contains(texts(s.root), "判断不会署名") {
		t.Error("a decision is said to have no name though one is set")
	}
	r.typedRune('n')
	e := r.win.Canvas().Focused().(*keyEntry)
	r.press("请投标人澄清")
	e.OnSubmitted(e.Text)
	r.wantText(s.right, "备注 (请投标人澄清)")
	r.typedRune('n')
	r.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if r.shown != nil {
		t.Error("Esc does not close the question for a remark")
	}
	r.typedRune('2')
	r.settle()
	r.wantText(s.root, "1 / 2", "1  笔迹一致", "机器只看有无墨迹", "手写签名")
	r.typedRune('1')
	r.settle()
	r.wantText(s.root, "2 / 2")
	if it := r.session.Item(1); it.Human["review"].Answer != viewmodel.Rejected || it.Note() != "请投标人澄清" {
		t.Errorf("%+v", it.Human)
	}
	r.typedRune('u')
	r.settle()
	r.wantText(s.root, "1 / 2")
	r.typedRune('k')
	if r.session.Selected().ID != 1 {
		t.Errorf("k leads to %d", r.session.Selected().ID)
	}
}

func TestRosterAndCrossingsAreShown(t *testing.T) {
	r := opened(t, vmtest.New([]string{"甲/1.pdf", "乙/1.pdf"}, vmtest.Named(vmtest.Good(), "王样例", "京1", "aa", ""), vmtest.Named(vmtest.Good(), "王样例", "京1", "bb", "")))
	r.Show("compare")
	c := r.current().(*compareScreen)
	r.wantText(c.root, "跨投标单位", "同一编号  京1", "以下只是提示")
	c.showPair(c.cross[0])
	r.wantText(r.shown.Content, "甲", "乙", "王样例", "京1")
	r.closeDialog()
	list := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(list, []byte("姓名,注册编号\n王样例,京1\n赵样例,京7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.LoadRoster(list)
	r.settle()
	r.wantText(r.current().Object(), "匹配 1 · 缺证书 1 · 信息不符 0 · 同一人另有 1 · 未读出 0 · 多出 0")
	r.LoadRoster(list + ".none")
	r.settle()
	r.wantText(r.notice, "名单没能读入")
}

// Files named at the start wait until the clock has been looked at.
func TestFilesAtTheStartWaitForTheClock(t *testing.T) {
	r := stocked(t, &kept{}, "", one(vmtest.Good()))
	r.settings.TourSeen = false
	looked := make(chan struct{})
	r.o.Clock = func(context.Context) viewmodel.ClockState {
		<-looked
		return viewmodel.ClockState{Now: vmtest.Noon(2026, 1, 1), Latest: vmtest.Noon(2026, 3, 1), Source: "clock.audit"}
	}
	file := filepath.Join(t.TempDir(), "一.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.Begin(file)
	if n := r.session.Counts().Total; n != 0 || r.session.Expanding() || r.shown != nil {
		t.Errorf("%d files before the clock was looked at, tour %v", n, r.shown)
	}
	close(looked)
	r.settle()
	if n := r.session.Counts().Total; n != 1 || !r.session.Clock().Suspect() {
		t.Errorf("%d files, clock %+v", n, r.session.Clock())
	}
}

func TestTourIsShownOnce(t *testing.T) {
	k := &kept{}
	r := stocked(t, k, "", one(vmtest.Good()))
	r.settings.TourSeen = false
	r.Begin()
	r.wantText(r.shown.Content, "一份证书，一个结论", "1 / 4")
	for range tourSteps - 1 {
		r.press("下一页")
	}
	r.wantText(r.shown.Content, "全程离线", "4 / 4")
	r.press("开始使用")
	r.settle()
	if r.shown != nil || len(k.saved) == 0 || !k.saved[len(k.saved)-1].TourSeen {
		t.Error("the tour would come again")
	}
	r.Begin()
	if r.shown != nil {
		t.Error("the tour comes again")
	}
}

// No tour lies over files that were named at the start, though a batch that is brought back turns out empty before they are
// opened.
func TestNoTourWhereFilesAreComing(t *testing.T) {
	looked := make(chan struct{})
	r := newRigWith(t, one(vmtest.Good()), func(o *Options) {
		o.Settings, o.Keeper, o.Chosen = keptSettings{&kept{}}, noBatch{}, viewmodel.DefaultSettings()
		o.Clock = func(context.Context) viewmodel.ClockState { <-looked; return viewmodel.ClockState{} }
	})
	file := filepath.Join(t.TempDir(), "证书.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.Restore()
	r.Begin(file)
	r.settle()
	if r.shown != nil {
		t.Error("the tour is shown while files are to come")
	}
	close(looked)
	r.until("the file is read", func() bool { return r.session.Counts().Total == 1 && !r.session.Counts().Working() })
	if r.shown != nil {
		t.Error("the tour lies over the first result")
	}
}

// noBatch is a keeper that has kept nothing.
type noBatch struct{}

func (noBatch) Load() ([]viewmodel.Kept, error) { return nil, nil }
func (noBatch) Put([]viewmodel.Kept) error      { return nil }
func (noBatch) Clear() error                    { return nil }
