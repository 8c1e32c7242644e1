package verify

import (
	"context"
	"testing"
	"time"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/finder"
	"zhengyan/verify/verifytest"
)

// A certificate for which no time is left is told by what the search made out, with what was said of the whole file.
func TestHitWithoutTime(t *testing.T) {
	book, tables := ruleData(t)
	engine, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache()})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	v, err := New(Config{Engine: engine, Book: book, Tables: tables, Now: func() time.Time { return time.Unix(1e9, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	src := document.SourceBytes("a.pdf", nil)
	for source, kind := range map[fields.Source]document.InputKind{fields.SourceOCR: document.InputScan, fields.SourceText: document.InputUnknown} {
		h := finder.Hit{Page: 7, Kind: fields.Architect1, Title: "一级注册建筑师注册证书", Source: source}
		stage := map[fields.Source]string{fields.SourceOCR: "ocr", fields.SourceText: "fields"}[source]
		missed := []Problem{{Stage: "fields", Code: "pages-not-read"}}
		ev := v.hit(over, src, &document.Document{}, h, &Part{Page: 7, Of: 2}, nil, missed)
		if ev.Failure != nil || ev.Part == nil || ev.Part.Page != 7 || ev.Input.Kind != kind || ev.GatheredAt.IsZero() {
			t.Errorf("%s: %+v", source, ev)
		}
		if len(ev.Problems) != 2 || ev.Problems[0] != missed[0] || ev.Problems[1].Code != "timeout" || ev.Problems[1].Stage != stage || len(missed) != 1 {
			t.Errorf("%s: problems %+v", source, ev.Problems)
		}
		if f := ev.Fields; f == nil || f.Page != 7 || f.Certificate.Kind != h.Kind || f.Certificate.Title != h.Title {
			t.Errorf("%s: %+v", source, f)
		}
		if q := v.Judge(ev, Question{At: time.Unix(1.5e9, 0)}); q.Error != nil || q.Indication != Indeterminate {
			t.Errorf("%s: %s, %v", source, q.Indication, q.Error)
		}
	}
}
