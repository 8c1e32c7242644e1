package finder_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/finder"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/bid"
	"zhengyan/verify/verifytest/camera"
	"zhengyan/verify/verifytest/reading"
)

func engine(t testing.TB) *document.Engine {
	t.Helper()
	e, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache(), Font: assets.Font()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func generator(t testing.TB) *verifytest.Generator {
	t.Helper()
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Skip(err)
	}
	return g
}

func number(name string, other int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return other
}

func split() camera.Split {
	if os.Getenv("ZHENGYAN_SPLIT") == "test" {
		return camera.Test
	}
	return camera.Dev
}

// TestWriteBid writes a bid book of ZHENGYAN_BID_N pages to the file ZHENGYAN_BID, and its plan beside it.
func TestWriteBid(t *testing.T) {
	name, n := os.Getenv("ZHENGYAN_BID"), number("ZHENGYAN_BID_N", 0)
	if name == "" || n == 0 {
		t.Skip("ZHENGYAN_BID and ZHENGYAN_BID_N are not set")
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := bid.Write(f, generator(t), split(), n, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".json", b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome counts what was found in a book.
type outcome struct {
	right, missed, wrong, wrongKind int
	pages                           map[string]*[3]int // by what stands on the page: pages, right, wrong
	notes                           []string
}

// judge compares the hits with the plan: on each page as many hits as certificates, and their kinds.
func judge(plan []bid.Page, hits []finder.Hit) (o outcome) {
	o.pages = map[string]*[3]int{}
	by := map[int][]fields.Kind{}
	titles := map[int][]string{}
	for _, h := range hits {
		by[h.Page] = append(by[h.Page], h.Kind)
		titles[h.Page] = append(titles[h.Page], fmt.Sprintf("%s %.2f", h.Title, h.Confidence))
	}
	for i, p := range plan {
		q := o.pages[p.What]
		if q == nil {
			q = &[3]int{}
			o.pages[p.What] = q
		}
		q[0]++
		got := by[i]
		right := min(len(got), len(p.Kinds))
		o.right += right
		o.missed += len(p.Kinds) - right
		o.wrong += len(got) - right
		if len(got) == len(p.Kinds) {
			q[1]++
		} else {
			q[2]++
			o.notes = append(o.notes, fmt.Sprintf("page %d (%s, turn %d, %.0f dpi): %v, found %v %q", i+1, p.What, p.Turn, p.DPI, p.Kinds, got, titles[i]))
		}
		a, b := slices.Clone(p.Kinds), slices.Clone(got)
		slices.Sort(a)
		slices.Sort(b)
		if len(a) == len(b) && !slices.Equal(a, b) {
			o.wrongKind++
			o.notes = append(o.notes, fmt.Sprintf("page %d (%s): kinds %v, found %v", i+1, p.What, a, b))
		}
	}
	return o
}

// TestBid searches the book ZHENGYAN_BID and prints a table.
func TestBid(t *testing.T) {
	name := os.Getenv("ZHENGYAN_BID")
	b, err := os.ReadFile(name + ".json")
	if name == "" || err != nil {
		t.Skip("ZHENGYAN_BID is not set, or is no book with a plan")
	}
	var plan []bid.Page
	if err := json.Unmarshal(b, &plan); err != nil {
		t.Fatal(err)
	}
	r, e := reading.Open(t, os.Getenv("ZHENGYAN_ONNXRUNTIME")), engine(t)
	if err := e.Warm(context.Background()); err != nil {
		t.Fatal(err)
	}
	src, err := document.SourceFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c0, t0 := cpuTime(), time.Now()
	doc, err := e.OpenStream(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Close()
	var hits []finder.Hit
	for h, err := range finder.Find(context.Background(), doc, r, reading.Tables(t), finder.Options{}) {
		var pe *finder.PageError
		if errors.As(err, &pe) {
			t.Log(pe)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		hits = append(hits, h)
	}
	cpu, wall := cpuTime()-c0, time.Since(t0)
	o := judge(plan, hits)
	t.Log("\n" + strings.Join(o.notes, "\n"))
	fmt.Println("| pages | number | right | wrong |\n| --- | --- | --- | --- |")
	var names []string
	for k := range o.pages {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		q := o.pages[k]
		fmt.Printf("| %s | %d | %d | %d |\n", k, q[0], q[1], q[2])
	}
	fmt.Printf("\nCertificates %d, found %d: recall %.2f %%, precision %.2f %%, wrong kind %d.\n", o.right+o.missed, o.right,
		100*float64(o.right)/float64(max(o.right+o.missed, 1)), 100*float64(o.right)/float64(max(o.right+o.wrong, 1)), o.wrongKind)
	fmt.Printf("%d pages, %.1f MB: %.1f s wall, %.1f s CPU (%.0f ms CPU a page) on %d processors; peak memory %d MB.\n", len(plan), float64(src.Size)/1e6,
		wall.Seconds(), cpu.Seconds(), cpu.Seconds()*1000/float64(len(plan)), runtime.GOMAXPROCS(0), peakMemory()>>20)
}
