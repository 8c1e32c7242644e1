package viewmodel_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
)

func TestBidderIsTheFolder(t *testing.T) {
	for _, c := range []struct {
		opened, file, want string
	}{
		{"/in", "/in/甲公司/a.pdf", "甲公司"},
		{"/in", "/in/甲公司/建造师/a.pdf", "甲公司"},
		{"/in/甲公司", "/in/甲公司/a.pdf", "甲公司"},
		{"/in/甲公司/", "/in/甲公司/a.pdf", "甲公司"},
		{"/in/a.pdf", "/in/a.pdf", "in"},
		{"/in/投标.zip", "/in/投标.zip!/乙公司/a.pdf", "乙公司"},
		{"/in/乙公司.zip", "/in/乙公司.zip!/a.pdf", "乙公司"},
		{"/in", "/in/丙公司.ZIP!/x/a.pdf", "丙公司"},
		{"/in", "/elsewhere/丁/a.pdf", "丁"},
		{`C:\in`, `C:\in\甲公司\a.pdf`, "甲公司"},
		{"a.pdf", "a.pdf", ""},
	} {
		if got := viewmodel.BidderOf([]string{"/other", c.opened}, c.file); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.file, c.opened, got, c.want)
		}
	}
}

// bid opens files of two bidders.
func bid(t *testing.T, workers int, set func(*viewmodel.Config)) (*viewmodel.Session, *loop) {
	t.Helper()
	e := vmtest.New([]string{"甲/1.pdf", "甲/2.pdf", "乙/1.pdf", "乙/2.pdf", "乙/3.pdf"},
		vmtest.Named(vmtest.Good(), "王样例", "京1110000000000001", "aa01", "id1"), vmtest.Named(vmtest.Tampered(), "李样例", "京1110000000000002", "aa02", "id2"),
		vmtest.Named(vmtest.Scan(), "王样例", "京1110000000000001", "aa03", "id1"), vmtest.Named(vmtest.Good(), "李样例", "京1110000000000009", "aa04", "id3"), vmtest.Named(vmtest.Unreadable(), "", "", "aa02", ""))
	l := newLoop(t)
	c := viewmodel.Config{
		Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Workers: workers, Question: verify.Question{At: vmtest.Noon(2026, 3, 1)},
		Now: func() time.Time { return vmtest.Noon(2026, 3, 2) }, Operator: "评委甲",
	}
	if set != nil {
		set(&c)
	}
	s := viewmodel.NewSession(c)
	t.Cleanup(s.Close)
	s.Open([]string{"all"})
	l.until("all are judged", func() bool { return s.Counts().Total == 5 && !s.Counts().Working() && !s.Expanding() })
	return s, l
}

func shown(s *viewmodel.Session) string {
	var out []string
	for i := range s.Len() {
		it := s.At(i)
		out = append(out, it.Bidder+it.File.Name)
	}
	return strings.Join(out, " ")
}

func TestTableSortsFiltersAndSearches(t *testing.T) {
	s, _ := bid(t, 2, nil)
	all := shown(s)
	for name, c := range map[string]struct {
		view viewmodel.View
		want string
	}{
		"as opened":        {viewmodel.View{}, all},
		"backwards":        {viewmodel.View{Down: true}, "乙乙/3.pdf 乙乙/2.pdf 乙乙/1.pdf 甲甲/2.pdf 甲甲/1.pdf"},
		"one bidder":       {viewmodel.View{Bidder: "甲"}, "甲甲/1.pdf 甲甲/2.pdf"},
		"verdict":          {viewmodel.View{Sort: viewmodel.ColVerdict}, "甲甲/2.pdf 乙乙/1.pdf 乙乙/3.pdf 甲甲/1.pdf 乙乙/2.pdf"},
		"number down":      {viewmodel.View{Sort: viewmodel.ColNumber, Down: true}, "乙乙/2.pdf 甲甲/2.pdf 甲甲/1.pdf 乙乙/1.pdf 乙乙/3.pdf"},
		"search":           {viewmodel.View{Search: "李样例"}, "甲甲/2.pdf 乙乙/2.pdf"},
		"search full-wide": {viewmodel.View{Search: "００９"}, "乙乙/2.pdf"},
		"search two words": {viewmodel.View{Search: "李样例 不通过"}, "甲甲/2.pdf"},
		"unreadable":       {viewmodel.View{Filter: viewmodel.ShowUnreadable}, "乙乙/3.pdf"},
		"to review":        {viewmodel.View{Filter: viewmodel.ShowDoubtful}, "甲甲/2.pdf 乙乙/1.pdf 乙乙/3.pdf"},
	} {
		s.SetView(c.view)
		if got := shown(s); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRowsCarryAllColumns(t *testing.T) {
	s, _ := bid(t, 1, nil)
	c := s.Item(0).Row.Cells
	for col, want := range map[int]string{
		viewmodel.ColName: "王样例", viewmodel.ColNumber: "京1110000000000001", viewmodel.ColVerdict: "通过", viewmodel.ColBidder: "甲",
		viewmodel.ColSpecialty: "建筑工程、机电工程", viewmodel.ColUsage: "2026-01-10 – 2026-07-09", viewmodel.ColIssued: "2024-05-14", viewmodel.ColEmployer: "样例建设集团有限公司",
	} {
		if c[col] != want {
			t.Errorf("%s: %q, want %q", viewmodel.ColumnKeys()[col], c[col], want)
		}
	}
	if r := s.Item(4).Row; r.Cells[viewmodel.ColVerdict] != "无法读取" || r.Cells[viewmodel.ColReason] == "" {
		t.Errorf("unreadable: %q", r.Cells)
	}
	if len(viewmodel.ColumnKeys()) != viewmodel.Columns {
		t.Error("a column has no name")
	}
}

func TestBiddersAreCountedAndRenamed(t *testing.T) {
	s, _ := bid(t, 1, nil)
	b := s.Bidders()
	if len(b) != 2 || b[0].Name != "甲" || b[0].Counts.Total != 2 || b[1].Counts.Unreadable != 1 || b[1].Doubts != 2 {
		t.Fatalf("%+v", b)
	}
	s.SetView(viewmodel.View{Bidder: "甲"})
	s.RenameBidder("甲", " 甲建设有限公司 ")
	if s.View().Bidder != "甲建设有限公司" || s.Len() != 2 || s.At(0).Row.Cells[viewmodel.ColBidder] != "甲建设有限公司" {
		t.Errorf("after renaming: %+v, %d rows", s.View(), s.Len())
	}
	s.RenameBidder("乙", "甲建设有限公司")
	if b := s.Bidders(); len(b) != 1 || b[0].Counts.Total != 5 {
		t.Errorf("after merging: %+v", b)
	}
	s.RenameBidder("甲建设有限公司", "  ")
	if len(s.Bidders()) != 1 || s.Bidders()[0].Name == "" {
		t.Error("a group has lost its name")
	}
}

func TestEvidencePutAwayJudgesTheSame(t *testing.T) {
	e := many(80, func(i int) vmtest.Case { return []vmtest.Case{vmtest.Good(), vmtest.Tampered()}[i%2] })
	s, l, _ := newSession(t, e, 2)
	s.Open([]string{"all"})
	l.until("all are judged", func() bool { return s.Counts().Total == 80 && !s.Counts().Working() })
	before := s.Counts()
	q := s.Question()
	q.At = vmtest.Noon(2026, 8, 1)
	s.Ask(q)
	l.until("all have failed", func() bool { return s.Counts().Failed == 80 })
	q.At = vmtest.Noon(2026, 3, 1)
	s.Ask(q)
	l.until("all are as before", func() bool { return s.Counts() == before })
	s.Select(0) // long put away
	if s.Report() == nil || s.Report().Certificate.Name != "张样例" || len(s.PageSizes()) != 1 || s.Report().Certificate.SignatureBox.IsZero() {
		t.Error("evidence has lost something while it was put away")
	}
}

func TestCrossingsAreHints(t *testing.T) {
	s, _ := bid(t, 1, nil)
	var got []string
	for _, c := range s.Crossings() {
		where := "within"
		if c.Across() {
			where = "across"
		}
		got = append(got, c.Kind.Key()+" "+c.Value+" "+where)
	}
	want := []string{"cross.file aa02 across", "cross.number 京1110000000000001 across", "cross.person 李样例 across", "cross.document id1 across"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if s.Item(1).Row.Indication != verify.TotalFailed || s.Item(0).Row.Indication != verify.TotalPassed {
		t.Error("a hint has changed a verdict")
	}
	s.RenameBidder("乙", "甲")
	for _, c := range s.Crossings() {
		if c.Across() {
			t.Errorf("%+v between one bidder", c)
		}
	}
}

func TestRoster(t *testing.T) {
	s, _ := bid(t, 1, nil)
	const list = "项目部人员\n序号,姓名,注册编号,注册专业,单位\n1,王样例,京1110000000000001,建筑工程,样例建设集团有限公司\n2,李样例,京1110000000000009,市政公用工程,样例建设集团有限公司\n3,赵样例,,建筑工程,\n,,,,\n"
	people, err := viewmodel.ReadRoster(strings.NewReader(list))
	if err != nil || len(people) != 3 || people[0].Line != 3 {
		t.Fatalf("%+v, %v", people, err)
	}
	var got []string
	for _, l := range s.CheckRoster(people, "乙") {
		d := ""
		for _, x := range l.Differs {
			d += " " + x.Field + "=" + x.List + "/" + x.Face
		}
		got = append(got, l.State.Key()+" "+l.Person.Name+d)
	}
	want := []string{"roster.match 王样例", "roster.differs 李样例 specialty=市政公用工程/建筑工程、机电工程", "roster.missing 赵样例", "roster.unread "}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	lines := s.CheckRoster(people[:1], "")
	if lines[0].State != viewmodel.RosterMatch || lines[0].Verdict != verify.TotalPassed {
		t.Errorf("%+v", lines[0])
	}
}

// One person with several certificates: the line has the one that passed, the others are said to be further ones. A namesake
// with another identity number stays who is not listed.
func TestRosterOfSeveralCertificates(t *testing.T) {
	const number = "京1110000000000001"
	e := vmtest.New([]string{"甲/1.png", "甲/2.pdf", "甲/3.pdf", "甲/4.pdf", "甲/5.pdf"},
		vmtest.Named(vmtest.Scan(), "王样例", number, "aa01", ""), vmtest.Named(vmtest.Good(), "王样例", number, "aa02", ""),
		vmtest.Named(vmtest.Tampered(), "王样例", "京1110000000000007", "aa03", ""), vmtest.Named(vmtest.Good(), "孙样例", "京1110000000000008", "aa04", ""),
		vmtest.Named(vmtest.Unreadable(), "", "", "aa05", ""))
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("all are judged", func() bool { return s.Counts().Total == 5 && !s.Counts().Working() })
	lines := s.CheckRoster([]viewmodel.Required{{Line: 1, Name: "王样例", Number: number}, {Line: 2, Name: "赵样例"}}, "")
	var got []string
	for _, x := range lines {
		got = append(got, fmt.Sprintf("%s %d %s %s", x.State.Key(), x.Item, x.Person.Number, x.Verdict))
	}
	want := []string{
		"roster.match 1 京1110000000000001 TOTAL-PASSED", "roster.further 0 京1110000000000001 INDETERMINATE", "roster.further 2 京1110000000000007 TOTAL-FAILED",
		"roster.missing -1  ", "roster.extra 3  TOTAL-PASSED", "roster.unread 4  INDETERMINATE",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if sum := viewmodel.RosterSummary(messages(t, viewmodel.Chinese), lines); sum != "匹配 1 · 缺证书 1 · 信息不符 0 · 同一人另有 2 · 未读出 1 · 多出 1" {
		t.Error(sum)
	}
}

func TestRosterFiles(t *testing.T) {
	f := excelize.NewFile()
	for cell, v := range map[string]string{"A1": "人员名单", "B2": "姓名", "C2": "证书编号", "B3": "王样例", "C3": "京1", "B4": "李·样例"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var book bytes.Buffer
	if err := f.Write(&book); err != nil {
		t.Fatal(err)
	}
	gb := "\xd0\xd5\xc3\xfb,\xb5\xa5\xce\xbb\r\n\xcd\xf5\xd1\xf9\xc0\xfd,\xbc\xd7\r\n" // 姓名,单位 / 王样例,甲 in GB 18030
	for name, c := range map[string]struct {
		content string
		n       int
		err     error
	}{
		"xlsx": {book.String(), 2, nil}, "gb18030": {gb, 1, nil}, "tabs": {"姓名\t编号\n王样例\t京1\n", 1, nil},
		"no heading": {"a,b\n1,2\n", 0, viewmodel.ErrRosterHeader}, "binary": {"\x00\x01\x02", 0, viewmodel.ErrRosterFormat},
		"cut xlsx": {book.String()[:200], 0, viewmodel.ErrRosterFormat}, "empty": {"", 0, viewmodel.ErrRosterHeader},
		"too many": {"姓名\n" + strings.Repeat("王\n", 20_001), 0, viewmodel.ErrRosterLarge},
	} {
		list, err := viewmodel.ReadRoster(strings.NewReader(c.content))
		if len(list) != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: %d people, %v", name, len(list), err)
		}
	}
}

func FuzzReadRoster(f *testing.F) {
	f.Add([]byte("姓名,编号\n王样例,京1\n"))
	f.Add([]byte("\xEF\xBB\xBF\"name\"\t\"number\"\n\"a\nb\"\tc"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := viewmodel.ReadRoster(bytes.NewReader(b))
		if err != nil && list != nil {
			t.Error("a list beside an error")
		}
	})
}

// shelf is a keeper in memory.
type shelf struct {
	mu    sync.Mutex
	order []string
	kept  map[string]viewmodel.Kept
	fail  error
	held  chan struct{} // if set, Load waits for it
	twice atomic.Int32  // calls that came during another
	full  atomic.Bool   // Put fails
}

// alone holds the shelf for one call.
func (k *shelf) alone() (end func()) {
	if !k.mu.TryLock() {
		k.twice.Add(1)
		k.mu.Lock()
	}
	return k.mu.Unlock
}

func (k *shelf) Load() ([]viewmodel.Kept, error) {
	defer k.alone()()
	if k.held != nil {
		<-k.held
	}
	var out []viewmodel.Kept
	for _, p := range k.order {
		out = append(out, k.kept[p])
	}
	return out, k.fail
}

func (k *shelf) Put(list []viewmodel.Kept) error {
	defer k.alone()()
	if k.full.Load() {
		return errors.New("disk full")
	}
	for _, x := range list {
		if _, ok := k.kept[x.Path]; !ok {
			k.order = append(k.order, x.Path)
		}
		k.kept[x.Path] = x
	}
	return nil
}

func (k *shelf) Clear() error {
	defer k.alone()()
	k.order, k.kept = nil, map[string]viewmodel.Kept{}
	return nil
}

// What is opened while the batch of yesterday is still being read back waits for it: both are there, and kept.
func TestOpeningWhileABatchComesBack(t *testing.T) {
	k := &shelf{kept: map[string]viewmodel.Kept{}, held: make(chan struct{})}
	if err := k.Put([]viewmodel.Kept{{Path: "/old/1.pdf", Name: "1.pdf"}}); err != nil {
		t.Fatal(err)
	}
	e := vmtest.New([]string{"甲/1.pdf", "甲/2.pdf"}, vmtest.Good(), vmtest.Good())
	l := newLoop(t)
	s := viewmodel.NewSession(viewmodel.Config{Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}, Keeper: k})
	s.Restore(nil)
	s.Open([]string{"all"})
	l.until("the new files are listed", func() bool { return s.Counts().Total == 2 })
	time.Sleep(20 * time.Millisecond) // for a writer that would not wait
	close(k.held)
	l.until("the old file is back", func() bool { return s.Counts().Total == 3 })
	s.Close()
	if k.twice.Load() != 0 || len(k.order) != 3 {
		t.Errorf("%d calls met another; kept are %v", k.twice.Load(), k.order)
	}
}

// A list that is emptied while the old batch is being read back stays empty.
func TestClearingWhileABatchComesBack(t *testing.T) {
	k := &shelf{kept: map[string]viewmodel.Kept{}, held: make(chan struct{})}
	if err := k.Put([]viewmodel.Kept{{Path: "/old/1.pdf", Name: "1.pdf"}}); err != nil {
		t.Fatal(err)
	}
	l := newLoop(t)
	s := viewmodel.NewSession(viewmodel.Config{Engine: vmtest.New(nil), Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}, Keeper: k})
	back := false
	s.Restore(func(int, int) { back = true })
	s.Clear()
	close(k.held)
	l.until("the load is over", func() bool { return back })
	if n := s.Counts().Total; n != 0 {
		t.Errorf("%d files came back", n)
	}
	s.Close()
	if len(k.order) != 0 {
		t.Errorf("kept are %v", k.order)
	}
}

// What could not be written is written with what comes next.
func TestWhatCouldNotBeKeptIsKeptLater(t *testing.T) {
	k := &shelf{kept: map[string]viewmodel.Kept{}}
	k.full.Store(true)
	s, _ := bid(t, 1, func(c *viewmodel.Config) { c.Keeper = k })
	time.Sleep(20 * time.Millisecond)
	k.full.Store(false)
	s.RenameBidder("甲", "甲公司")
	s.Close()
	if len(k.order) != 5 {
		t.Errorf("%d of 5 files are kept", len(k.order))
	}
}

func TestABatchComesBackAfterARestart(t *testing.T) {
	k := &shelf{kept: map[string]viewmodel.Kept{}}
	s, _ := bid(t, 1, func(c *viewmodel.Config) { c.Keeper = k })
	s.RenameBidder("甲", "甲公司")
	s.Select(2)
	s.Answer(1)
	counts := s.Counts()
	s.Close()
	if len(k.order) != 5 {
		t.Fatalf("%d files are kept", len(k.order))
	}
	open := k.kept["/cases/乙/2.pdf"]
	open.Packed = nil // it was not read before the power went
	k.kept["/cases/乙/2.pdf"] = open

	e := vmtest.New([]string{"甲/1.pdf", "甲/2.pdf", "乙/1.pdf", "乙/2.pdf", "乙/3.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan(), vmtest.Good(), vmtest.Unreadable())
	l := newLoop(t)
	s2 := viewmodel.NewSession(viewmodel.Config{Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}, Keeper: k})
	t.Cleanup(s2.Close)
	s2.Pause(true)
	total, waiting := -1, -1
	s2.Restore(func(a, b int) { total, waiting = a, b })
	l.until("the batch is back", func() bool { return total >= 0 && s2.Counts().Finished() == 4 && s2.Item(1).Row.Indication != "" })
	if total != 5 || waiting != 1 || s2.Item(0).Bidder != "甲公司" || s2.Item(2).Human["handwriting"].Who != "评委甲" {
		t.Errorf("%d files, %d waiting, %+v", total, waiting, s2.Item(2).Human)
	}
	if g, _, _ := e.Counts(); g != 0 {
		t.Errorf("%d files were read again", g)
	}
	s2.Pause(false)
	l.until("the last one is read", func() bool { return s2.Counts() == counts })
	s2.Clear()
	s2.Close()
	if len(k.order) != 0 {
		t.Error("an emptied list is kept")
	}
}

func TestAKeeperThatFailsCostsOnlyTheKeeping(t *testing.T) {
	k := &shelf{kept: map[string]viewmodel.Kept{}, fail: errors.New("disk full")}
	e := vmtest.New(nil)
	l := newLoop(t)
	s := viewmodel.NewSession(viewmodel.Config{Engine: e, Dispatch: l.dispatch, Messages: messages(t, viewmodel.Chinese), Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}, Keeper: k})
	t.Cleanup(s.Close)
	told := false
	s.Restore(func(int, int) { told = true })
	l.until("it is told", func() bool { return told })
	if n, ok := s.TakeNotice(); !ok || !strings.Contains(n, "disk full") {
		t.Errorf("notice %q", n)
	}
}

func BenchmarkSort10000(b *testing.B) {
	e := many(10_000, func(i int) vmtest.Case { return vmtest.Good() })
	ch := make(chan func(), 1024)
	m, err := viewmodel.LoadMessages(assetsFS(), viewmodel.Chinese)
	if err != nil {
		b.Fatal(err)
	}
	s := viewmodel.NewSession(viewmodel.Config{Engine: e, Dispatch: func(f func()) { ch <- f }, Messages: m, Workers: 2, Question: verify.Question{At: vmtest.Noon(2026, 3, 1)}})
	defer s.Close()
	s.Open([]string{"all"})
	for s.Counts().Total < 10_000 || s.Counts().Working() {
		(<-ch)()
	}
	b.ResetTimer()
	for i := range b.N {
		s.SetView(viewmodel.View{Sort: viewmodel.ColReason, Down: i%2 == 0})
	}
}
