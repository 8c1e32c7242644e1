package finder_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/finder"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/bid"
	"zhengyan/verify/verifytest/camera"
	"zhengyan/verify/verifytest/reading"
)

// blind is a reader that must not be asked.
type blind struct{ asked atomic.Int32 }

func (b *blind) ReadPage(context.Context, image.Image, int) (page.Text, error) {
	b.asked.Add(1)
	return page.Text{}, nil
}

func (b *blind) ReadLine(context.Context, image.Image) (fields.Line, error) {
	b.asked.Add(1)
	return fields.Line{}, nil
}
func (b *blind) Name() string { return "blind" }

func open(t testing.TB, b []byte) *document.Document {
	t.Helper()
	d, err := engine(t).OpenStream(context.Background(), document.SourceBytes("book.pdf", b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestOwnText: pages with text of their own are judged by it, and nothing is read.
func TestOwnText(t *testing.T) {
	s := verifytest.Good(fields.Constructor1)
	s.CoverPage = true
	other := verifytest.Good(fields.Architect1)
	s.Second = &other
	b, err := generator(t).PDF(s)
	if err != nil {
		t.Fatal(err)
	}
	r := &blind{}
	var got []finder.Hit
	var pages []int
	opt := finder.Options{Progress: func(done, total, _ int) { pages = append(pages, done) }}
	for h, err := range finder.Find(context.Background(), open(t, b), r, reading.Tables(t), opt) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, h)
	}
	if len(got) != 2 || got[0].Kind != fields.Constructor1 || got[1].Kind != fields.Architect1 || got[0].Page != 1 || got[1].Page != 2 {
		t.Fatalf("hits %+v", got)
	}
	if got[0].Confidence != 1 || got[0].Source != fields.SourceText || got[0].Box.IsZero() || r.asked.Load() > 0 {
		t.Errorf("hit %+v, the reader was asked %d times", got[0], r.asked.Load())
	}
	if len(pages) != 3 {
		t.Errorf("progress told of pages %v", pages)
	}
	// Going on behind the first hit.
	n := 0
	for h, err := range finder.Find(context.Background(), open(t, b), r, reading.Tables(t), finder.Options{From: 2}) {
		if err != nil || h.Page != 2 {
			t.Errorf("from page 2: %+v, %v", h, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d hits from page 2 on", n)
	}
}

// book is a small scanned bid.
func book(t testing.TB, n int) ([]byte, []bid.Page) {
	t.Helper()
	var b bytes.Buffer
	plan, err := bid.Write(&b, generator(t), split(), n, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), plan
}

// sixPages is a book that is drawn once for the tests that need any: drawing is dear, and dearer under the race detector.
var sixPages = sync.OnceValues(func() ([]byte, error) {
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = bid.Write(&b, g, split(), 6, nil)
	return b.Bytes(), err
})

func smallBook(t testing.TB) []byte {
	t.Helper()
	b, err := sixPages()
	if errors.Is(err, verifytest.ErrNoFont) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b)
}

// TestNoReader: what cannot be searched is said, once.
func TestNoReader(t *testing.T) {
	b := smallBook(t)
	var last error
	n := 0
	for _, err := range finder.Find(context.Background(), open(t, b), nil, reading.Tables(t), finder.Options{}) {
		last = err
		n++
	}
	if n != 1 || !errors.Is(last, fields.ErrNoReader) {
		t.Errorf("%d times, last %v", n, last)
	}
}

// TestStopped: a search that is broken off, or canceled, ends.
func TestStopped(t *testing.T) {
	b := smallBook(t)
	d := open(t, b)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	opt := finder.Options{Progress: func(done, _, _ int) {
		if done == 2 {
			cancel()
		}
	}}
	var last error
	for _, err := range finder.Find(ctx, d, &blind{}, reading.Tables(t), opt) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("canceled: %v", last)
	}
	// The document can be used afterwards.
	if _, err := d.PageSize(1); err != nil {
		t.Error(err)
	}
}

// TestDamagedPage: a page that cannot be read is reported and the rest is searched.
func TestDamagedPage(t *testing.T) {
	b := smallBook(t)
	i := bytes.Index(b, []byte("/DCTDecode"))
	j := i + bytes.Index(b[i:], []byte("\xff\xd8"))
	copy(b[j+600:], make([]byte, 3000)) // the JPEG of the first page
	d := open(t, b)
	var bad []int
	done := 0
	opt := finder.Options{Progress: func(n, _, _ int) { done = n }}
	for _, err := range finder.Find(context.Background(), d, &blind{}, reading.Tables(t), opt) {
		var pe *finder.PageError
		if !errors.As(err, &pe) {
			t.Errorf("%v", err)
			continue
		}
		bad = append(bad, pe.Page)
	}
	if done != 6 || len(bad) > 1 {
		t.Errorf("pages %v are bad, %d done", bad, done)
	}
}

// TestSmallBid reads a small book with the nets, where they are.
func TestSmallBid(t *testing.T) {
	if testing.Short() {
		t.Skip("reads pages with neural nets")
	}
	r := reading.Open(t, os.Getenv("ZHENGYAN_ONNXRUNTIME"))
	b, plan := book(t, 12)
	var hits []finder.Hit
	for h, err := range finder.Find(context.Background(), open(t, b), r, reading.Tables(t), finder.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		hits = append(hits, h)
	}
	if o := judge(plan, hits); o.missed+o.wrong+o.wrongKind > 0 {
		t.Error(o.notes)
	}
}

// TestSmallPrints: two certificates side by side, whose labels are some five points high on a page that was scanned at
// 150 dpi.
func TestSmallPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("reads pages with neural nets")
	}
	r := reading.Open(t, os.Getenv("ZHENGYAN_ONNXRUNTIME"))
	img, err := generator(t).Pasted([]verifytest.Spec{verifytest.Good(fields.Constructor1), verifytest.Good(fields.Qualification)}, 0.41, 7, 200)
	if err != nil {
		t.Fatal(err)
	}
	shot, seed := camera.ScanShot(camera.Dev, 7)
	shot.DPI, shot.BlackLid = 150, false
	scan := camera.Scanned(camera.A4(img), shot, seed)
	d, err := engine(t).OpenStream(context.Background(), document.SourceBytes("page.jpg", scan.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var kinds []fields.Kind
	for h, err := range finder.Find(context.Background(), d, r, reading.Tables(t), finder.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, h.Kind)
		// The place is the certificate's, not its title's alone: what lies outside of it counts as another paper's.
		if size, err := d.PageSize(0); err != nil || h.Box.H() < 0.25*size.Height {
			t.Errorf("%s is %.0f high on a page of %.0f, %v", h.Kind, h.Box.H(), size.Height, err)
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []fields.Kind{fields.Constructor1, fields.Qualification}) {
		t.Errorf("found %v", kinds)
	}
}
