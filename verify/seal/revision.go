package seal

import (
	"bytes"
	"fmt"
	"sort"

	"zhengyan/verify/document/pdfraw"
)

// compareRevisions lists what differs between the document that was signed, which is the first end bytes of the file,
// and the document as it is now.
func compareRevisions(signed, now *pdfraw.Doc, end int) []change {
	x := &differ{
		a: signed, b: now, memo: map[[2]int]bool{}, seen: map[string]int{}, newValue: map[string]bool{}, signedNow: map[string]bool{}, signing: map[string]bool{},
		widgetsA: map[int]bool{}, widgetsB: map[int]bool{}, fieldOf: map[int]string{}, indexA: map[int]int{}, indexB: map[int]int{},
	}
	x.structure(end)
	var brokenA, brokenB bool
	x.pagesA, brokenA = signed.Pages()
	x.pagesB, brokenB = now.Pages()
	for i, p := range x.pagesA {
		x.indexA[p.Ref.Num] = i
	}
	for i, p := range x.pagesB {
		x.indexB[p.Ref.Num] = i
	}
	delete(x.indexA, 0)
	delete(x.indexB, 0)
	if brokenB && !brokenA {
		x.add(ChangesContent, levelNever, "page tree", -1, "")
	}
	if countsHold(signed) && !countsHold(now) {
		x.add(ChangesContent, levelNever, "count of the page tree", -1, "")
	}
	x.annotPage = map[int]int{}
	for i, p := range x.pagesB {
		for _, o := range now.Array(p.Dict["Annots"]) {
			if r, ok := o.(pdfraw.Ref); ok && x.spend() {
				if _, ok := x.annotPage[r.Num]; !ok {
					x.annotPage[r.Num] = i
				}
			}
		}
	}
	x.trailer()
	x.catalog()
	x.form()
	x.pages()
	if x.gaveUp || signed.Exhausted() || now.Exhausted() {
		x.add(ChangesContent, levelNever, "too large to compare", -1, "")
	}
	sort.SliceStable(x.changes, func(i, j int) bool { return x.changes[i].level > x.changes[j].level })
	return x.changes
}

// structure checks the bytes behind the signed end: the cross-reference chain must come back to the signed revision, and
// every byte must belong to an object that the table knows, to the table, or to a comment.
func (x *differ) structure(end int) {
	if x.b.Rebuilt && !x.a.Rebuilt {
		x.add(ChangesContent, levelNever, "cross-reference table of a later revision", -1, "")
		return
	}
	joined := false
	for _, s := range x.b.Sections {
		if s.Start == x.a.Start {
			joined = true
		}
	}
	if !joined && !x.b.Rebuilt {
		x.add(ChangesContent, levelNever, "the later revision does not continue the signed one", -1, "")
	}
	known := map[int]bool{}
	for _, s := range x.a.Sections {
		known[s.Start] = true
	}
	starts := map[int]int{} // start → end of the later sections
	entries := map[int]int{}
	for _, s := range x.b.Sections {
		if s.Start < end {
			if !known[s.Start] {
				x.add(ChangesContent, levelNever, "a later cross-reference section inside the signed bytes", -1, "")
			}
			continue
		}
		starts[s.Start] = s.End
		for n, e := range s.Entries {
			x.sameToAll(n, e)
			if e.Kind != pdfraw.InFile {
				continue
			}
			entries[skipSpace(x.b.Data(), e.Pos)] = n
			if !x.b.Stands(n, e.Pos) {
				x.add(ChangesContent, levelNever, fmt.Sprintf("object %d does not stand where the table says", n), -1, "")
			}
			if e.Pos < end && e.Pos > 0 {
				if old, ok := x.a.Entry(n); ok && (old.Kind != pdfraw.InFile || old.Pos != e.Pos) {
					x.add(ChangesContent, levelNever, fmt.Sprintf("object %d points into the signed bytes", n), -1, "")
				}
			}
		}
	}
	x.tail(end, starts, entries)
}

// sameToAll checks that a later object is the same to every reader: one that reads it otherwise would show what was not
// compared. The generation counts too, since a reference to another one leads nowhere.
func (x *differ) sameToAll(n int, e pdfraw.Entry) {
	if now, ok := x.b.Entry(n); !ok || now != e || e.Kind == pdfraw.Free || !x.spend() {
		return
	}
	if e.Kind == pdfraw.InFile {
		old, had := x.a.Entry(n)
		gen, ok := x.b.Generation(e.Pos)
		if ok && gen != e.Gen || had && old.Kind == pdfraw.InFile && old.Gen != e.Gen {
			x.add(ChangesContent, levelNever, fmt.Sprintf("object %d of another generation", n), -1, "")
		}
	}
	if x.b.Get(n); x.b.Ambiguous[n] {
		x.add(ChangesContent, levelNever, fmt.Sprintf("object %d can be read in two ways", n), -1, "")
	}
}

// countsHold reports whether every node of a page tree counts the pages below it (ISO 32000-2, 7.7.3.2): some readers go
// by the pages, others by the count.
func countsHold(d *pdfraw.Doc) bool {
	steps := 0
	seen := map[int]bool{}
	var leaves func(o pdfraw.Object, depth int) (int, bool)
	leaves = func(o pdfraw.Object, depth int) (int, bool) {
		if steps++; steps > maxFields || depth > 64 {
			return 0, false
		}
		if r, ok := o.(pdfraw.Ref); ok {
			if seen[r.Num] {
				return 0, false
			}
			seen[r.Num] = true
		}
		n := d.Dict(o)
		if n == nil {
			return 0, false
		}
		if n["Kids"] == nil {
			return 1, true
		}
		total := 0
		for _, k := range d.Array(n["Kids"]) {
			c, ok := leaves(k, depth+1)
			if !ok {
				return 0, false
			}
			total += c
		}
		want, ok := pdfraw.Int(d.Resolve(n["Count"]))
		return total, ok && int64(total) == want
	}
	_, ok := leaves(d.Catalog()["Pages"], 0)
	return ok
}

func skipSpace(b []byte, pos int) int {
	for pos >= 0 && pos < len(b) && pdfraw.IsSpace(b[pos]) {
		pos++
	}
	return pos
}

// tail reads the bytes behind the signed revision one item after the other.
func (x *differ) tail(end int, starts, entries map[int]int) {
	data := x.b.Data()
	p := pdfraw.NewParser(data, end, 100)
	for n := 0; n < 1_000_000; n++ {
		p.Skip()
		pos := p.Pos()
		if pos >= len(data) {
			return
		}
		if e, ok := starts[pos]; ok && e > pos {
			p = pdfraw.NewParser(data, e, 100)
			continue
		}
		rest := data[pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("startxref")):
			p = pdfraw.NewParser(data, pos+len("startxref"), 100)
			p.Word()
			continue
		case bytes.HasPrefix(rest, []byte("endobj")):
			p = pdfraw.NewParser(data, pos+len("endobj"), 100)
			continue
		}
		r, after, ok := x.b.SkipObject(pos)
		if !ok || after <= pos {
			x.add(ChangesContent, levelNever, fmt.Sprintf("bytes at %d that belong to nothing", pos), -1, "")
			return
		}
		if num, ok := entries[pos]; !ok || num != r.Num {
			if e, ok := x.b.Entry(r.Num); !ok || e.Kind != pdfraw.InFile || e.Pos+max(0, x.b.Header) != pos {
				x.add(ChangesContent, levelNever, fmt.Sprintf("object %d that the table does not know", r.Num), -1, "")
			}
		}
		p = pdfraw.NewParser(data, after, 100)
	}
}

// trailer compares what the trailer leads to besides the catalog. The document information may be brought up to date.
func (x *differ) trailer() {
	if !x.equal(x.a.Trailer["Encrypt"], x.b.Trailer["Encrypt"]) {
		x.add(ChangesContent, levelNever, "encryption", -1, "")
	}
	for n := range x.a.Misplaced {
		delete(x.b.Misplaced, n)
	}
}

// catalog compares the document catalog, key by key.
func (x *differ) catalog() {
	a, b := x.a.Catalog(), x.b.Catalog()
	keys := x.differing(a, b, func(k pdfraw.Name) bool { return k == "Pages" || k == "AcroForm" })
	for _, k := range keys {
		removed := x.b.Resolve(b[k]) == nil
		added := x.a.Resolve(a[k]) == nil
		switch k {
		case "DSS":
			if removed {
				x.add(ChangesContent, levelNever, "DSS removed", -1, "")
			} else {
				x.add(ChangesLTV, levelLTV, "DSS", -1, "")
			}
		case "Extensions", "Version", "Metadata", "PieceInfo", "LastModified":
			x.add(ChangesLTV, levelLTV, string(k), -1, "")
		case "Perms":
			if removed || !x.contains(a[k], b[k]) {
				x.add(ChangesContent, levelNever, "permissions", -1, "")
			} else {
				x.add(ChangesForm, levelForm, "permissions added", -1, "")
			}
		case "StructTreeRoot":
			x.structTree(a[k], b[k], added)
		case "MarkInfo":
			if added {
				x.add(ChangesForm, levelForm, string(k), -1, "")
			} else {
				x.add(ChangesContent, levelNever, string(k), -1, "")
			}
		default:
			x.add(ChangesContent, levelNever, "catalog "+string(k), -1, "")
		}
	}
}

// structTree allows a structure tree to grow, as it does with a new widget; what was in it must stay.
func (x *differ) structTree(a, b pdfraw.Object, added bool) {
	if added {
		x.add(ChangesForm, levelForm, "structure tree added", -1, "")
		return
	}
	g := &growth{x: x, memo: map[[2]int]bool{}}
	switch {
	case !g.grown(a, b, 0):
		x.add(ChangesContent, levelNever, "structure tree", -1, "")
	case g.removed:
		x.add(ChangesAnnotation, levelAnnot, "structure of removed annotations", -1, "")
	default:
		x.add(ChangesForm, levelForm, "structure tree", -1, "")
	}
}

// pages compares the pages one by one.
func (x *differ) pages() {
	if len(x.pagesA) != len(x.pagesB) {
		x.add(ChangesContent, levelNever, fmt.Sprintf("%d pages instead of %d", len(x.pagesB), len(x.pagesA)), -1, "")
		return
	}
	for i := range x.pagesA {
		if !x.spend() {
			return
		}
		a, b := &x.pagesA[i], &x.pagesB[i]
		if a.MediaBox != b.MediaBox || a.CropBox != b.CropBox || a.Rotate != b.Rotate {
			x.add(ChangesContent, levelNever, fmt.Sprintf("page %d: size or rotation", i+1), i, "")
		}
		if t := x.b.Name(b.Dict["Type"]); t != "Page" && t != x.a.Name(a.Dict["Type"]) {
			x.add(ChangesContent, levelNever, fmt.Sprintf("page %d: Type", i+1), i, "")
		}
		if !x.equal(a.Resources, b.Resources) {
			x.add(ChangesContent, levelNever, fmt.Sprintf("page %d: Resources", i+1), i, "")
		}
		for _, k := range x.differing(a.Dict, b.Dict, func(k pdfraw.Name) bool {
			switch k {
			case "Annots", "Resources", "MediaBox", "CropBox", "Rotate", "LastModified", "Metadata", "PieceInfo", "StructParents", "Type":
				return true
			}
			return false
		}) {
			if k == "Tabs" && x.a.Resolve(a.Dict[k]) == nil {
				x.add(ChangesForm, levelForm, fmt.Sprintf("page %d: Tabs", i+1), i, "")
				continue
			}
			x.add(ChangesContent, levelNever, fmt.Sprintf("page %d: %s", i+1, k), i, "")
		}
		x.annotations(i)
	}
}

// annotations compares the annotations of one page; widgets of fields are compared with the form.
func (x *differ) annotations(i int) {
	la, lb := x.a.Array(x.pagesA[i].Dict["Annots"]), x.b.Array(x.pagesB[i].Dict["Annots"])
	used := make([]bool, len(lb))
	byNum := map[int]int{}
	for j, o := range lb {
		if r, ok := o.(pdfraw.Ref); ok {
			if _, dup := byNum[r.Num]; !dup {
				byNum[r.Num] = j
			}
		}
	}
	for n, o := range la {
		if !x.spend() {
			return
		}
		da := x.a.Dict(o)
		j := -1
		if r, ok := o.(pdfraw.Ref); ok {
			if k, ok := byNum[r.Num]; ok && !used[k] {
				j = k
			}
		}
		if j < 0 {
			for k := range lb {
				if !x.spend() {
					return
				}
				if !used[k] && x.equal(o, lb[k]) {
					j = k
					break
				}
			}
		}
		if da == nil {
			if j >= 0 {
				used[j] = true
			}
			continue
		}
		kind := string(x.a.Name(da["Subtype"]))
		what := fmt.Sprintf("page %d: annotation %d (%s)", i+1, n+1, kind)
		if j < 0 {
			if kind == "Widget" {
				x.add(ChangesContent, levelNever, what+" removed", i, "")
			} else {
				x.add(ChangesAnnotation, levelAnnot, what+" removed", i, "")
			}
			continue
		}
		used[j] = true
		ra, _ := o.(pdfraw.Ref)
		if rb, ok := lb[j].(pdfraw.Ref); ok && kind == "Widget" && x.widgetsA[ra.Num] && x.widgetsB[rb.Num] {
			continue // compared as a field
		}
		if x.equal(o, lb[j]) {
			continue
		}
		if kind == "Widget" {
			db := x.b.Dict(lb[j])
			x.fieldPair(da, db, fmt.Sprintf("widget on page %d", i+1), x.fieldType(x.a, da), i, sight{what: x.widgetShows(db), at: db, page: i})
			continue
		}
		x.add(ChangesAnnotation, levelAnnot, what+" changed", i, "")
		x.place(ChangesAnnotation, what+" changed", x.b.Dict(lb[j]), i)
	}
	for j, o := range lb {
		if used[j] || !x.spend() {
			continue
		}
		d := x.b.Dict(o)
		if d == nil {
			continue
		}
		kind := string(x.b.Name(d["Subtype"]))
		what := fmt.Sprintf("page %d: annotation %d (%s) added", i+1, j+1, kind)
		if r, ok := o.(pdfraw.Ref); ok && x.widgetsB[r.Num] {
			if x.isSigning(x.fieldOf[r.Num]) {
				if x.annotPage[r.Num] != i { // ISO 32000-2, 12.5.2: an annotation belongs to one page
					x.add(ChangesForm, levelForm, what, i, "")
				}
				continue // listed with its field
			}
			x.add(ChangesAnnotation, levelNever, what, i, "")
			x.place(ChangesAnnotation, what, d, i)
			continue
		}
		if kind == "Widget" {
			if looksSigned(x.b.Dict(d["V"])) {
				x.add(ChangesForm, levelForm, what, i, "")
				continue
			}
			x.add(ChangesAnnotation, levelNever, what, i, "")
			x.place(ChangesAnnotation, what, d, i)
			continue
		}
		x.add(ChangesAnnotation, levelAnnot, what, i, "")
		x.place(ChangesAnnotation, what, d, i)
	}
}
