package seal

import (
	"bytes"
	"strings"

	"zhengyan/verify/document/pdfraw"
	"zhengyan/verify/page"
)

// Where a signature dictionary was found.
const (
	fromField       = "field"
	fromAnnotation  = "annotation"
	fromPermissions = "permissions"
	fromBytes       = "unreachable"
)

// entry is one signature dictionary of a document. Several fields that share a dictionary are one entry.
type entry struct {
	num    int // object number, 0 for a dictionary that stands directly in its field
	at     int // offset of the object or dictionary, -1 if it has none
	dict   pdfraw.Dict
	spans  []pdfraw.Span
	names  []string
	source string
	widget pdfraw.Dict
	field  pdfraw.Dict
	page   int
	box    page.Box
	cov    *covered // once measured
}

// maxSignatures bounds the signature dictionaries of one file.
const maxSignatures = 200

// maxScanned bounds the places of a file at which a dictionary is looked for.
const maxScanned = 5000

// maxFields bounds the form fields of one file.
const maxFields = 50_000

// locator collects the signature dictionaries of a document.
type locator struct {
	doc     *pdfraw.Doc
	pages   []pdfraw.Page
	entries []*entry
	byNum   map[int]*entry
	byDict  map[int]*entry // by offset, for direct dictionaries
	seen    map[int]bool
	fields  int
	broken  []string // what keeps the form from being read in full
	// annotPage maps the object number of an annotation to its page.
	annotPage map[int]int
	empty     int // signature fields without a value
}

// looksSigned reports whether a dictionary is meant as a signature, whatever its Filter and SubFilter say.
func looksSigned(d pdfraw.Dict) bool {
	if d == nil {
		return false
	}
	_, br := d["ByteRange"]
	_, ct := d["Contents"]
	t, _ := d["Type"].(pdfraw.Name)
	return br || (ct && (d["Filter"] != nil || d["SubFilter"] != nil)) || t == "Sig" || t == "DocTimeStamp" ||
		(d["Filter"] != nil && d["SubFilter"] != nil)
}

// locate finds every signature dictionary: by the form's fields, by the pages' annotations, by the catalog's
// permissions, and last by its bytes.
func locate(doc *pdfraw.Doc) *locator {
	l := &locator{doc: doc, byNum: map[int]*entry{}, byDict: map[int]*entry{}, seen: map[int]bool{}, annotPage: map[int]int{}}
	var brokenTree bool
	l.pages, brokenTree = doc.Pages()
	if brokenTree {
		l.broken = append(l.broken, "the page tree")
	}
	type annot struct {
		page int
		obj  pdfraw.Object
	}
	var annots []annot
	for i, p := range l.pages {
		if len(annots) >= maxFields {
			break
		}
		for _, a := range doc.Array(p.Dict["Annots"]) {
			if r, ok := a.(pdfraw.Ref); ok {
				if _, ok := l.annotPage[r.Num]; !ok {
					l.annotPage[r.Num] = i
				}
			}
			if len(annots) >= maxFields {
				l.broken = append(l.broken, "more annotations than the limit")
				break
			}
			annots = append(annots, annot{i, a})
		}
	}
	cat := doc.Catalog()
	form := doc.Dict(cat["AcroForm"])
	if form != nil {
		for _, f := range doc.Array(form["Fields"]) {
			l.field(f, "", "", nil, 0)
		}
	}
	for _, a := range annots {
		if r, ok := a.obj.(pdfraw.Ref); ok && l.seen[r.Num] {
			continue
		}
		w := doc.Dict(a.obj)
		if w == nil || (w["FT"] == nil && w["V"] == nil && w["Parent"] == nil) {
			continue
		}
		v, f := l.inherited(w)
		if v != nil {
			l.value(v, f, w, a.obj, l.name(w), fromAnnotation)
		}
	}
	for key, o := range doc.Dict(cat["Perms"]) {
		src := fromPermissions
		if key == "DocMDP" {
			src = fromField // a certification signature; usually a field has been found for it
		}
		if d := doc.Dict(o); looksSigned(d) {
			l.add(o, d, "", src)
		}
	}
	l.scan()
	return l
}

// field walks the form's field tree.
func (l *locator) field(o pdfraw.Object, parent string, ft pdfraw.Name, up pdfraw.Dict, depth int) {
	if l.fields++; l.fields > maxFields || depth > 64 || l.doc.Exhausted() {
		if len(l.broken) < 10 {
			l.broken = append(l.broken, "the field tree")
		}
		return
	}
	if r, ok := o.(pdfraw.Ref); ok {
		if l.seen[r.Num] {
			l.broken = append(l.broken, "a loop in the field tree")
			return
		}
		l.seen[r.Num] = true
	}
	f := l.doc.Dict(o)
	if f == nil {
		return
	}
	name := parent
	if t, ok := l.doc.Resolve(f["T"]).(pdfraw.String); ok {
		if name != "" {
			name += "."
		}
		name += pdfraw.Text(t)
	}
	if n := l.doc.Name(f["FT"]); n != "" {
		ft = n
	}
	kids := l.doc.Array(f["Kids"])
	if v := f["V"]; v != nil {
		d := l.doc.Dict(v)
		_, isStream := l.doc.Resolve(v).(*pdfraw.Stream)
		if looksSigned(d) && !isStream || ft == "Sig" && d != nil {
			widget, wref := f, o
			if l.doc.Name(f["Subtype"]) != "Widget" {
				for _, k := range kids {
					if w := l.doc.Dict(k); w != nil && l.doc.Name(w["Subtype"]) == "Widget" {
						widget, wref = w, k
						break
					}
				}
			}
			source := fromField
			if ft != "Sig" && ft != "" {
				source = fromBytes // no viewer shows the value of such a field as a signature
			}
			l.value(v, f, widget, wref, name, source)
		}
	} else if ft == "Sig" && len(kids) == 0 {
		l.empty++
	}
	for _, k := range kids {
		if l.fields > maxFields {
			return
		}
		l.field(k, name, ft, f, depth+1)
	}
}

// inherited finds the signature value of a widget that the form does not list, in it or in its parents.
func (l *locator) inherited(w pdfraw.Dict) (pdfraw.Object, pdfraw.Dict) {
	for f, n := w, 0; f != nil && n < 32; n++ {
		if v := f["V"]; v != nil {
			if _, stream := l.doc.Resolve(v).(*pdfraw.Stream); looksSigned(l.doc.Dict(v)) && !stream {
				return v, f
			}
			return nil, nil
		}
		f = l.doc.Dict(f["Parent"])
	}
	return nil, nil
}

// name is the full name of a field by way of its parents.
func (l *locator) name(w pdfraw.Dict) string {
	var parts []string
	for f, n := w, 0; f != nil && n < 32; n++ {
		if t, ok := l.doc.Resolve(f["T"]).(pdfraw.String); ok {
			parts = append([]string{pdfraw.Text(t)}, parts...)
		}
		f = l.doc.Dict(f["Parent"])
	}
	return strings.Join(parts, ".")
}

// value records the signature of a field and places its widget.
func (l *locator) value(v pdfraw.Object, field, widget pdfraw.Dict, wref pdfraw.Object, name, source string) {
	d := l.doc.Dict(v)
	e := l.add(v, d, name, source)
	if e == nil || e.field != nil {
		return
	}
	e.field, e.widget = field, widget
	if _, direct := v.(pdfraw.Dict); direct {
		l.directSpans(e, field, widget, wref)
	}
	if r, ok := wref.(pdfraw.Ref); ok {
		if i, ok := l.annotPage[r.Num]; ok {
			e.page = i
		}
	}
	if e.page < 0 {
		if r, ok := widget["P"].(pdfraw.Ref); ok {
			for i, p := range l.pages {
				if p.Ref.Num == r.Num {
					e.page = i
				}
			}
		}
	}
	rect, ok := l.doc.Rect(widget["Rect"])
	flags, _ := pdfraw.Int(l.doc.Resolve(widget["F"]))
	const hidden, noView = 1 << 1, 1 << 5
	if !ok || e.page < 0 || rect[0] == rect[2] || rect[1] == rect[3] || flags&(hidden|noView) != 0 {
		e.page = -1
		return
	}
	b := l.pages[e.page].Shown(rect)
	e.box = page.Box{X0: b[0], Y0: b[1], X1: b[2], Y1: b[3]}
}

// directSpans finds the places in the file of a dictionary that stands directly in its field.
func (l *locator) directSpans(e *entry, field, widget pdfraw.Dict, wref pdfraw.Object) {
	r, ok := wref.(pdfraw.Ref)
	if !ok {
		return
	}
	nums := []int{r.Num}
	if p, ok := widget["Parent"].(pdfraw.Ref); ok {
		nums = append(nums, p.Num)
	}
	for _, n := range nums {
		for _, s := range l.doc.Spans(n) {
			if s.Key == "V" && s.End > s.Start {
				if ss := l.doc.SpansAt(s.Start); len(ss) > 0 {
					e.spans, e.at = ss, s.Start
				}
			}
		}
	}
}

func (l *locator) add(o pdfraw.Object, d pdfraw.Dict, name, source string) *entry {
	num := 0
	if r, ok := o.(pdfraw.Ref); ok {
		num = r.Num
		if e := l.byNum[num]; e != nil {
			if name != "" {
				e.names = append(e.names, name)
			}
			return e
		}
	}
	if len(l.entries) >= maxSignatures {
		l.broken = append(l.broken, "more signatures than the limit")
		return nil
	}
	e := &entry{num: num, at: -1, dict: d, source: source, page: -1}
	if name != "" {
		e.names = append(e.names, name)
	}
	if num != 0 {
		l.byNum[num] = e
		e.spans = l.doc.Spans(num)
		if x, ok := l.doc.Entry(num); ok && x.Kind == pdfraw.InFile {
			e.at = x.Pos
		}
	}
	l.entries = append(l.entries, e)
	return e
}

// scan finds signature dictionaries by their bytes that nothing in the document leads to: earlier versions of a
// dictionary, or signatures that a later revision dropped. They are shown, and never counted.
func (l *locator) scan() {
	data := l.doc.Data()
	key := []byte("/ByteRange")
	for i, n := 0, 0; n < maxScanned; n++ {
		k := bytes.Index(data[i:], key)
		if k < 0 || l.doc.Exhausted() {
			return
		}
		pos := i + k
		i = pos + len(key)
		if l.covers(pos) {
			continue
		}
		at := bytes.LastIndex(data[max(0, pos-65536):pos], []byte("obj"))
		if at < 0 {
			continue
		}
		at += max(0, pos-65536) + 3
		spans := l.doc.SpansAt(at)
		has := false
		for _, s := range spans {
			has = has || s.Key == "ByteRange" && s.Start > pos && s.Start < pos+32
		}
		if !has || len(l.entries) >= maxSignatures {
			continue
		}
		o, err := pdfraw.NewParser(data, at, 64).Object()
		if d, ok := o.(pdfraw.Dict); ok && err == nil && d["Contents"] != nil {
			l.entries = append(l.entries, &entry{at: at, dict: d, spans: spans, source: fromBytes, page: -1})
		}
	}
}

// covers reports whether pos lies in a dictionary that was found already.
func (l *locator) covers(pos int) bool {
	for _, e := range l.entries {
		for _, s := range e.spans {
			if s.Key == "ByteRange" && pos <= s.Start && s.Start-pos < 32 {
				return true
			}
		}
	}
	return false
}
