package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// with is the shared engine with other limits; PDFium itself is shared, so those of its compilation stay.
func with(t testing.TB, l Limits) *Engine {
	t.Helper()
	e := testEngine(t)
	cfg := e.cfg
	cfg.Limits = l.orDefault()
	return &Engine{cfg: cfg, pdfium: e.pdfium, images: newGuard(4), pdfcpu: newGuard(4)}
}

// Every limit has a default, and going over it changes the answer in the way that is documented. The limits of Expand
// have their test beside Expand's, those of time theirs beside the hostile files.
func TestLimits(t *testing.T) {
	ctx := context.Background()
	manyObjects := onePage(strings.Repeat("0 0 5 5 re f\n", 200), "", "").bytes()
	pictures := onePage(strings.Repeat("q 40 0 0 20 5 5 cm /Im Do Q\n", 5), "/XObject<</Im 6 0 R>>", "", grayImage(corner(40, 20), "")).bytes()
	nested := onePage("/F Do", "/XObject<</F 6 0 R>>", "", func(f *pdfFile) {
		for i := range 10 {
			f.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<</XObject<</F %d 0 R>>>>", 7+i), []byte("/F Do"))
		}
		grayImage(corner(40, 20), "")(f)
	}).bytes()
	attached := onePage("", "", "", attachments(5)).bytes()
	for _, c := range []struct {
		name string
		l    Limits
		b    []byte
		do   func(d *Document) error
		code ErrorCode // of Open or do
		prob string
	}{
		{"FileBytes", Limits{FileBytes: 100}, manyObjects, nil, ErrTooLarge, ""},
		{"Pages", Limits{Pages: 3}, manyPages(4), nil, ErrTooManyPages, ""},
		{"Pages of a TIFF", Limits{Pages: 1}, tiffFile(binary.LittleEndian, 0, []tiffPage{{8, 8, 0}, {8, 8, 0}}), nil, ErrTooManyPages, ""},
		{"ImagePixels of a file", Limits{ImagePixels: 99}, pngBytes(t, corner(10, 10)), nil, ErrTooManyPixels, ""},
		{"ImagePixels in a PDF", Limits{ImagePixels: 799}, pictures, func(d *Document) error { return wantImages(d, 0) }, "", ProblemImageSkipped},
		{"PageImagePixels", Limits{PageImagePixels: 1700}, pictures, func(d *Document) error { return wantImages(d, 2) }, "", ProblemImageSkipped},
		{"PageImages", Limits{PageImages: 3}, pictures, func(d *Document) error { return wantImages(d, 3) }, "", ProblemTruncated},
		{"RenderPixels", Limits{RenderPixels: 10_000}, manyObjects, func(d *Document) error {
			img, err := d.Render(ctx, 0, 300)
			if err == nil && len(img.Pix) > 4*10_000 {
				err = fmt.Errorf("%v", img.Rect)
			}
			return err
		}, "", ProblemClamped},
		{"PageObjects", Limits{PageObjects: 100}, manyObjects, func(d *Document) error { return wantImages(d, 0) }, "", ProblemTruncated},
		{"FormDepth", Limits{FormDepth: 5}, nested, func(d *Document) error { return wantImages(d, 0) }, "", ProblemTruncated},
		{"PageChars", Limits{PageChars: 10}, onePage(someText, "", "").bytes(), func(d *Document) error {
			text, err := d.Text(ctx, 0)
			if err == nil && len(text.Chars) > 10 {
				err = fmt.Errorf("%d characters", len(text.Chars))
			}
			return err
		}, "", ProblemTruncated},
		{"JPEGScans", Limits{JPEGScans: 2}, b64(t, jpegProgressive), nil, ErrTooComplex, ""},
		{"Attachments", Limits{Attachments: 2}, attached, func(d *Document) error {
			if n := len(d.Metadata().Attachments); n != 2 {
				return fmt.Errorf("%d attachments", n)
			}
			return nil
		}, "", ProblemTruncated},
		{"StructureBytes", Limits{StructureBytes: 100}, manyObjects, nil, "", ProblemStructure},
		{"StructureTime", Limits{StructureTime: time.Nanosecond}, manyObjects, nil, "", ProblemStructure},
		{"StructureDecode", Limits{StructureDecode: 100}, objectStream(100_000), nil, "", ProblemStructure},
		{"StructureObjects", Limits{StructureObjects: 3}, objectStream(100), nil, "", ProblemStructure},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := func(l Limits) (ErrorCode, bool) {
				d, err := with(t, l).Open(ctx, SourceBytes("a", c.b))
				if err != nil {
					return CodeOf(err), false
				}
				defer d.Close()
				if c.do != nil {
					if err = c.do(d); err != nil && CodeOf(err) == "" && l != (Limits{}) {
						t.Error(err)
					}
				}
				return CodeOf(err), hasProblem(d, c.prob)
			}
			if code, prob := run(c.l); code != c.code || prob != (c.prob != "") {
				t.Errorf("over the limit: error %q, problem %q %v", code, c.prob, prob)
			}
			if code, prob := run(Limits{}); code != "" || prob {
				t.Errorf("within the default: error %q, problem %q %v", code, c.prob, prob)
			}
		})
	}
}

func TestEveryLimitHasADefault(t *testing.T) {
	v := reflect.ValueOf(DefaultLimits())
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("%s has no default", v.Type().Field(i).Name)
		}
	}
	if got := (Limits{}).orDefault(); got != DefaultLimits() {
		t.Errorf("unset limits are not the defaults: %+v", got)
	}
	if got := (Limits{Pages: 7}).orDefault(); got.Pages != 7 {
		t.Error("a limit that was set is lost")
	}
}

func wantImages(d *Document, n int) error {
	list, err := d.Images(context.Background(), 0)
	if err == nil && len(list) != n {
		return fmt.Errorf("%d images, want %d", len(list), n)
	}
	return err
}

// attachments adds n embedded files.
func attachments(n int) func(*pdfFile) {
	return func(f *pdfFile) {
		var names strings.Builder
		for i := range n {
			file := f.stream("/Type/EmbeddedFile/Params<</Size 4>>", []byte("data"))
			spec := f.add("<</Type/Filespec/F(f%d.txt)/UF(f%d.txt)/EF<</F %d 0 R>>>>", i, i, file)
			fmt.Fprintf(&names, "(f%d.txt)%d 0 R ", i, spec)
		}
		f.objs[0] = fmt.Sprintf("<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%s]>>>>>>", names.String())
	}
}

// objectStream is a PDF whose page lies in an object stream of at least n bytes, with a cross-reference stream.
func objectStream(n int) []byte {
	objs := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>", "(" + strings.Repeat("x", n) + ")",
	}
	var head, body strings.Builder
	for i, o := range objs {
		fmt.Fprintf(&head, "%d %d ", i+1, body.Len())
		body.WriteString(o + "\n")
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	at5 := b.Len()
	data := deflate([]byte(head.String() + body.String()))
	fmt.Fprintf(&b, "5 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n",
		len(objs), head.Len(), len(data), data)
	at6 := b.Len()
	rows := []byte{0, 0, 0, 255}
	for i := range objs {
		rows = append(rows, 2, 0, 5, byte(i))
	}
	rows = append(rows, 1, byte(at5>>8), byte(at5), 0, 1, byte(at6>>8), byte(at6), 0)
	fmt.Fprintf(&b, "6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", len(rows), rows, at6)
	return b.Bytes()
}

func deflate(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// A call that can't be ended keeps its slot, so that no more than the limit are ever left running.
func TestAbandonedCallsAreBounded(t *testing.T) {
	g := newGuard(2)
	release := make(chan struct{})
	running := make(chan struct{}, 10)
	for i := range 5 {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		_, err := guarded(ctx, g, false, func() (int, error) { running <- struct{}{}; <-release; return 0, nil })
		cancel()
		if CodeOf(err) != ErrTimeout {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if n := len(running); n != 2 {
		t.Errorf("%d calls were started, want 2", n)
	}
	close(release)
	if v, err := guarded(context.Background(), g, false, func() (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("after they ended: %d, %v", v, err)
	}
	if _, err := guarded(context.Background(), g, false, func() (int, error) { panic("library") }); err == nil || !strings.Contains(err.Error(), "library") {
		t.Errorf("a panic gave %v", err)
	}
}

func TestInstancesAreBounded(t *testing.T) {
	e := testEngine(t)
	b := onePage(someText, "", "").bytes()
	var docs []*Document
	for range e.cfg.Limits.Instances {
		d, err := e.Open(context.Background(), SourceBytes("a.pdf", b))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := e.Open(ctx, SourceBytes("a.pdf", b)); CodeOf(err) != ErrTimeout {
		t.Errorf("one more: %v", err)
	}
	for _, d := range docs {
		d.Close()
	}
	open(t, "a.pdf", b)
}

// Large calls wait for each other, and one that gives up waiting takes nothing with it.
func TestLargeCallsRunAlone(t *testing.T) {
	g := newGuard(4)
	release, running := make(chan struct{}), make(chan struct{})
	go guarded(context.Background(), g, true, func() (int, error) { close(running); <-release; return 0, nil })
	<-running
	if v, err := guarded(context.Background(), g, false, func() (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("a small call beside a large one: %d, %v", v, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := guarded(ctx, g, true, func() (int, error) { t.Error("two large calls at once"); return 0, nil }); CodeOf(err) != ErrTimeout {
		t.Error(err)
	}
	close(release)
	if v, err := guarded(context.Background(), g, true, func() (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("the next large call: %d, %v", v, err)
	}
}

// A page that needs more memory than an instance may have ends as an error of that file.
func TestInstanceMemoryIsBounded(t *testing.T) {
	b := onePage(someText, "", "").bytes()
	d, err := with(t, Limits{RenderPixels: 80_000_000}).Open(context.Background(), SourceBytes("a.pdf", b))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Render(context.Background(), 0, 2000); CodeOf(err) != ErrTooComplex { // 320 MB
		t.Errorf("%v, want %s", err, ErrTooComplex)
	}
	if !strings.HasPrefix(plainText(open(t, "good.pdf", b), t, 0), "This is") {
		t.Error("the good file after it was not read")
	}
}
