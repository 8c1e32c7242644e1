package finder_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"zhengyan/verify/fields"
	"zhengyan/verify/finder"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/reading"
)

// scanned is the scan of a certificate, under which its text lies unseen if layer is set.
func scanned(t *testing.T, layer bool) []byte {
	t.Helper()
	s := verifytest.Good(fields.Constructor1)
	s.ID, s.Carrier, s.TextLayer = "scanned", verifytest.CarrierScanPDF, layer
	b, _, err := generator(t).Image(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func find(t *testing.T, b []byte, r fields.PageReader) (hits []finder.Hit, last error) {
	t.Helper()
	for h, err := range finder.Find(context.Background(), open(t, b), r, reading.Tables(t), finder.Options{}) {
		if err != nil {
			last = err
			continue
		}
		hits = append(hits, h)
	}
	return hits, last
}

// TestHiddenText: text that nobody sees says where to look. The picture is looked at, and what the hit says is not worth a
// page's own text.
func TestHiddenText(t *testing.T) {
	b := scanned(t, true)
	r := &blind{}
	hits, err := find(t, b, r)
	if err != nil || len(hits) != 1 || r.asked.Load() == 0 {
		t.Fatalf("hits %+v, %v; the reader was asked %d times", hits, err, r.asked.Load())
	}
	if h := hits[0]; h.Source != fields.SourceOCR || h.Confidence >= 0.9 || h.Kind != fields.Constructor1 || h.Box.IsZero() {
		t.Errorf("%+v", h)
	}
	hits, err = find(t, b, nil)
	if len(hits) != 1 || hits[0].Source != fields.SourceOCR || !errors.Is(err, fields.ErrNoReader) {
		t.Errorf("without a reader: %+v, %v", hits, err)
	}
}

// TestPictureBesideText: beside a certificate of text another one may be pasted as a picture.
func TestPictureBesideText(t *testing.T) {
	s := verifytest.Good(fields.Constructor1)
	b, err := generator(t).PDF(s)
	if err != nil {
		t.Fatal(err)
	}
	img, err := generator(t).Printed(verifytest.Good(fields.Qualification), 100)
	if err != nil {
		t.Fatal(err)
	}
	wm, err := api.ImageWatermarkForReader(bytes.NewReader(jpegOf(t, img)), "pos:bl, scale:0.4 abs, rot:0, opacity:1", true, false, types.POINTS)
	if err != nil {
		t.Fatal(err)
	}
	var both bytes.Buffer
	if err := api.AddWatermarks(bytes.NewReader(b), &both, nil, wm, nil); err != nil {
		t.Fatal(err)
	}
	r := &blind{}
	hits, err := find(t, both.Bytes(), r)
	if err != nil || len(hits) != 1 || hits[0].Source != fields.SourceText || r.asked.Load() == 0 {
		t.Errorf("hits %+v, %v; the reader was asked %d times", hits, err, r.asked.Load())
	}
}

// lasting is a reader whose calls last beyond the end of their context, as a net's do.
type lasting struct {
	blind
	busy   atomic.Int32
	cancel func()
}

func (l *lasting) ReadLine(context.Context, image.Image) (fields.Line, error) {
	l.busy.Add(1)
	defer l.busy.Add(-1)
	l.cancel()
	time.Sleep(200 * time.Millisecond)
	return fields.Line{}, nil
}

// TestNothingReadsAfterwards: when the search is over the reader may be closed.
func TestNothingReadsAfterwards(t *testing.T) {
	d, tables := open(t, smallBook(t)), reading.Tables(t)
	ctx, cancel := context.WithCancel(context.Background())
	asked := make(chan struct{}, 1000)
	l := &lasting{cancel: func() { cancel(); asked <- struct{}{} }}
	var last error
	for _, err := range finder.Find(ctx, d, l, tables, finder.Options{}) {
		last = err
	}
	if n := l.busy.Load(); n != 0 || len(asked) == 0 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d calls under way of %d, %v", n, len(asked), last)
	}
}
