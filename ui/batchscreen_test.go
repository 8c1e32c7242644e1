package ui

import (
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

func bidders(t *testing.T) *rig {
	t.Helper()
	return opened(t, vmtest.New([]string{"甲/1.pdf", "甲/2.pdf", "乙/1.pdf", "乙/2.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan(), vmtest.Unreadable()))
}

func TestEveryScreenHasATitleAndAKey(t *testing.T) {
	r := bidders(t)
	seen := map[string]bool{}
	for i, s := range r.screens {
		if seen[s.Key()] || s.Icon() == nil || s.Object() == nil {
			t.Errorf("screen %d %q", i, s.Key())
		}
		seen[s.Key()] = true
		for _, lang := range viewmodel.Langs() {
			if !r.o.Tables[lang].Has("screen." + s.Key()) {
				t.Errorf("%s: no title for %q", lang, s.Key())
			}
		}
		r.win.Canvas().Capture() // it draws
		r.Show(s.Key())
		if r.current() != s || !s.Object().Visible() {
			t.Errorf("%q is not shown", s.Key())
		}
	}
}

func TestBatchTableShowsEveryFile(t *testing.T) {
	r := bidders(t)
	r.Show("batch")
	b := r.current().(*batchScreen)
	r.wantText(b.root, "全部单位", "甲", "乙", "投标单位", "4 / 4 行")
	cells := ""
	for row := range b.Len() {
		for col := range viewmodel.Columns {
			cells += b.Cell(row, col).Text + "\n"
		}
	}
	for _, want := range []string{"张样例", "不通过", "无法读取", "京1112026202600001", "建筑工程、机电工程"} {
		if !strings.Contains(cells, want) {
			t.Errorf("no cell says %q", want)
		}
	}
	c := newCell(b.table)
	c.Resize(fyne.NewSize(300, 26))
	c.set(b.Cell(1, viewmodel.ColVerdict), true)
	if c.text.Text != "不通过" || c.text.Color != r.th.C(colorFail) {
		t.Errorf("a cell shows %q", c.text.Text)
	}
	b.Select(1)
	r.wantText(b.below, "文件内容与签章时不同", "打开此件")
	b.bidders.Select(2)
	if r.session.Len() != 2 || r.session.View().Bidder != "乙" {
		t.Errorf("%d rows of %q", r.session.Len(), r.session.View().Bidder)
	}
	b.askName()
	e := r.win.Canvas().Focused().(*keyEntry)
	e.SetText("乙工程公司")
	e.OnSubmitted(e.Text)
	if r.shown != nil || r.session.View().Bidder != "乙工程公司" {
		t.Errorf("after renaming %q", r.session.View().Bidder)
	}
	r.wantText(b.bidders, "乙工程公司")
	b.bidders.Select(0)
	test.Type(b.search, "不通过")
	if r.session.Len() != 1 {
		t.Errorf("%d rows are found", r.session.Len())
	}
}

// What the table of all files is narrowed to also narrows the list beside the page, which says so and takes it back.
func TestListSaysWhatItIsNarrowedTo(t *testing.T) {
	r := bidders(t)
	if r.files.narrowed.root.Visible() {
		t.Error("a list of everything says that it is narrowed")
	}
	r.session.SetView(viewmodel.View{Filter: viewmodel.ShowFailed, Bidder: "甲", Search: "pdf"})
	r.files.refresh()
	r.wantText(r.files.root, "只列出：甲 · 含“pdf”")
	r.Show("review")
	r.settle()
	review := r.current().(*reviewScreen)
	r.wantText(review.body, "只列出：甲")
	r.session.SetView(viewmodel.View{Bidder: "没有这一家"})
	r.settle()
	r.wantText(review.empty, "只列出：没有这一家")
	test.Tap(review.none.all)
	r.settle()
	if len(review.queue) == 0 || review.narrowed.root.Visible() {
		t.Error("the review is still narrowed")
	}
	r.session.SetView(viewmodel.View{Filter: viewmodel.ShowFailed, Bidder: "甲", Search: "pdf"})
	test.Tap(r.files.narrowed.all)
	if v := r.session.View(); v.Bidder != "" || v.Search != "" || v.Filter != viewmodel.ShowFailed {
		t.Errorf("still narrowed to %+v", v)
	}
	r.files.refresh()
	if r.files.narrowed.root.Visible() {
		t.Error("it still says so")
	}
}

func TestBatchByKeyboard(t *testing.T) {
	r := bidders(t)
	r.Show("batch")
	key := func(n fyne.KeyName) { r.typedKey(&fyne.KeyEvent{Name: n}) }
	key(fyne.KeyEnd)
	if r.session.Selected().ID != 3 {
		t.Errorf("End selects %d", r.session.Selected().ID)
	}
	key(fyne.KeyHome)
	key(fyne.KeyDown)
	r.typedRune('j')
	if r.session.Selected().ID != 2 {
		t.Errorf("selected %d", r.session.Selected().ID)
	}
	r.typedRune('/')
	if f, ok := r.win.Canvas().Focused().(*keyEntry); !ok || f != r.current().(*batchScreen).search {
		t.Error("/ does not lead to the search")
	}
	r.win.Canvas().Unfocus()
	key(fyne.KeyReturn)
	if r.current().Key() != "verify" {
		t.Error("Enter does not open the file")
	}
}

func TestHeadingsSort(t *testing.T) {
	r := bidders(t)
	r.Show("batch")
	b := r.current().(*batchScreen)
	h := newHeadCell(b.table)
	h.set(viewmodel.ColVerdict)
	test.Tap(h)
	if r.session.At(0).File.Name != "甲/2.pdf" && !strings.HasSuffix(r.session.At(0).File.Name, "2.pdf") {
		t.Errorf("first row %s", r.session.At(0).File.Name)
	}
	h.set(viewmodel.ColVerdict)
	if !strings.HasSuffix(h.text.Text, "↑") {
		t.Errorf("heading %q", h.text.Text)
	}
	test.Tap(h)
	h.set(viewmodel.ColVerdict)
	if !strings.HasSuffix(h.text.Text, "↓") || r.session.At(0).Row.Shape != viewmodel.ShapePass {
		t.Errorf("heading %q, first %v", h.text.Text, r.session.At(0).Row.Cells)
	}
	h.MouseIn(&desktop.MouseEvent{})
	h.MouseOut()
}

// A verdict is read at a glance: none is cut, and all are written alike.
func TestVerdictsFitTheirColumn(t *testing.T) {
	for _, lang := range viewmodel.Langs() {
		r := newRigWith(t, vmtest.New([]string{"1.pdf", "2.pdf", "3.pdf", "4.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan(), vmtest.Unreadable()), func(o *Options) { o.Lang = lang })
		r.Open([]string{"all"})
		r.until("all are read", func() bool { return r.session.Counts().Finished() == 4 })
		r.Show("batch")
		b := r.current().(*batchScreen)
		for row := range b.Len() {
			c := newCell(b.table)
			c.Resize(fyne.NewSize(b.table.columns[viewmodel.ColVerdict].Width, 26))
			c.set(b.Cell(row, viewmodel.ColVerdict), false)
			if text := c.text.Text; strings.HasSuffix(text, "…") || unicode.IsLower([]rune(text)[0]) {
				t.Errorf("%s: %q", lang, text)
			}
		}
	}
}

func TestEllipsis(t *testing.T) {
	for _, c := range []struct {
		s    string
		room float32
		want string
	}{{"短", 100, "短"}, {"一二三四五六七八九十", 60, "一二三…"}, {"", 0, ""}, {"x", 0, "…"}} {
		if got := ellipsis(c.s, c.room, 14); got != c.want {
			t.Errorf("%q in %v: %q, want %q", c.s, c.room, got, c.want)
		}
	}
}

type rows struct{ n int }

func (r rows) Len() int                  { return r.n }
func (r rows) Cell(row, _ int) tableCell { return tableCell{Text: "京1112026202600001"} }
func (r rows) Selected() int             { return -1 }
func (r rows) Sorted() (int, bool)       { return 0, false }
func (r rows) Select(int)                {}
func (r rows) Sort(int)                  {}

func BenchmarkScroll10000Rows(b *testing.B) {
	test.NewTempApp(b)
	th := NewTheme(nil, false)
	var columns []tableColumn
	for range viewmodel.Columns {
		columns = append(columns, tableColumn{"列", 110})
	}
	t := newDataTable(th, columns, rows{10_000}, func(*fyne.KeyEvent) {}, func(rune) {})
	w := test.NewTempWindow(b, t)
	w.Resize(fyne.NewSize(1200, 700))
	b.ResetTimer()
	for i := range b.N {
		t.ScrollTo(widget.TableCellID{Row: i * 37 % 10_000, Col: 0})
	}
}
