package seal

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/document/pdfraw"
)

// write puts an object down again as PDF syntax.
func write(o pdfraw.Object) string {
	switch v := o.(type) {
	case nil:
		return "null"
	case pdfraw.Name:
		var b strings.Builder
		b.WriteByte('/')
		for i := 0; i < len(v); i++ {
			if c := v[i]; c > ' ' && c < 0x7f && !strings.ContainsRune("()<>[]{}/%#", rune(c)) {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "#%02x", c)
			}
		}
		return b.String()
	case pdfraw.String:
		return fmt.Sprintf("<%x>", string(v))
	case pdfraw.Ref:
		return fmt.Sprintf("%d %d R", v.Num, v.Gen)
	case pdfraw.Array:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = write(v[i])
		}
		return "[" + strings.Join(parts, " ") + "]"
	case pdfraw.Dict:
		var b strings.Builder
		b.WriteString("<<")
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(" " + write(k) + " " + write(v[k]))
		}
		return b.String() + " >>"
	}
	return fmt.Sprint(o)
}

// appendUpdate writes a revision behind a file, whatever kind of cross-reference it has.
func appendUpdate(data []byte, doc *pdfraw.Doc, root pdfraw.Ref, objs map[int]string) []byte {
	var b bytes.Buffer
	b.Write(data)
	if !bytes.HasSuffix(data, []byte("\n")) {
		b.WriteByte('\n')
	}
	size := 0
	doc.Numbers(func(n int, _ pdfraw.Entry) { size = max(size, n+1) })
	offs := map[int]int{}
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		offs[n] = b.Len()
		size = max(size, n+1)
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, objs[n])
	}
	at := b.Len()
	b.WriteString("xref\n")
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		fmt.Fprintf(&b, "%d 1\n%010d 00000 n \n", n, offs[n])
	}
	fmt.Fprintf(&b, "trailer\n<< /Root %s /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", write(root), size, doc.Start, at)
	return b.Bytes()
}

func with(d pdfraw.Dict, k pdfraw.Name, v pdfraw.Object) string {
	c := maps.Clone(d)
	c[k] = v
	return write(c)
}

// TestCorpusAttacked writes updates behind every clean file of the corpus: attacks, none of which may leave it clean, and
// validation data, which every one of them must bear.
func TestCorpusAttacked(t *testing.T) {
	dir := corpusDir(t)
	count := map[string]int{}
	for i, f := range readManifest(t, dir) {
		if f.gate != "clean" || testing.Short() && i%5 != 0 {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil || len(data) > 1<<20 {
			continue
		}
		doc, err := pdfraw.Open(context.Background(), data, pdfraw.DefaultLimits())
		if err != nil || doc.Encrypted || doc.Rebuilt || doc.Header != 0 || inspect(t, data, Options{}).Overall != Clean {
			continue
		}
		root, ok := doc.Trailer["Root"].(pdfraw.Ref)
		pages, _ := doc.Pages()
		if !ok || len(pages) == 0 || pages[0].Ref.Num == 0 {
			continue
		}
		free := 0
		doc.Numbers(func(n int, _ pdfraw.Entry) { free = max(free, n+1) })
		cat, pg := doc.Catalog(), pages[0]
		ref := pdfraw.Ref{Num: free}
		annots := append(slices.Clone(doc.Array(pg.Dict["Annots"])), ref)
		cover := stream("", "q 1 1 1 rg 0 0 2000 2000 re f Q")
		level3 := slices.ContainsFunc(locate(doc).entries, func(e *entry) bool {
			levels := []pdfraw.Object{doc.Dict(e.field["Lock"])["P"]}
			for _, o := range doc.Array(e.dict["Reference"]) {
				levels = append(levels, doc.Dict(doc.Dict(o)["TransformParams"])["P"])
			}
			return slices.ContainsFunc(levels, func(o pdfraw.Object) bool { n, _ := pdfraw.Int(doc.Resolve(o)); return n == 3 })
		})
		attacks := map[string]map[int]string{
			"page content":  {pg.Ref.Num: with(pg.Dict, "Contents", ref), free: cover},
			"page size":     {pg.Ref.Num: with(pg.Dict, "MediaBox", pdfraw.Array{int64(0), int64(0), int64(50), int64(50)})},
			"page turned":   {pg.Ref.Num: with(pg.Dict, "Rotate", int64(pg.Rotate+90))},
			"other pages":   {root.Num: with(cat, "Pages", ref), free: fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R] /Count 1 >>", free+1), free + 1: fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 99 99] >>", free)},
			"script":        {root.Num: with(cat, "OpenAction", pdfraw.Dict{"S": pdfraw.Name("JavaScript"), "JS": pdfraw.String("1")})},
			"form gone":     {root.Num: with(cat, "AcroForm", nil)},
			"form replaced": {root.Num: with(cat, "AcroForm", pdfraw.Dict{"Fields": pdfraw.Array{}})},
			"text field":    {pg.Ref.Num: with(pg.Dict, "Annots", annots), free: fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Tx /T (Cover) /V (x) /Rect [0 0 900 900] /P %d 0 R /F 4 >>", pg.Ref.Num)},
		}
		if !level3 {
			attacks["annotation"] = map[int]string{pg.Ref.Num: with(pg.Dict, "Annots", annots), free: "<< /Type /Annot /Subtype /FreeText /Rect [0 0 900 900] /Contents (x) /F 4 >>"}
		}
		for name, objs := range attacks {
			r := inspect(t, appendUpdate(data, doc, root, objs), Options{})
			if r.Overall == Clean {
				t.Errorf("%s: %s, and the file is clean\n%s", f.name, name, describe(r))
			}
			count[name]++
		}
		dss := map[int]string{root.Num: with(cat, "DSS", ref), free: "<< /Certs [] >>"}
		if cat["DSS"] == nil {
			if r := inspect(t, appendUpdate(data, doc, root, dss), Options{}); r.Overall != Clean {
				t.Errorf("%s: validation data, and the file is %s\n%s", f.name, r.Overall, describe(r))
			}
			count["validation data"]++
		}
	}
	t.Log(count)
}
