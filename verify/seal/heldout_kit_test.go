package seal

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A generator of signed documents in the styles of many writers, with updates behind them. It is what the verifier is
// held to beside the public corpus: nothing in the verifier was made after its files.

// layout is how a writer lays out a revision.
type layout int

const (
	layTable  layout = iota // cross-reference table
	layStream               // cross-reference stream
	layObjStm               // and object streams
	layHybrid               // table, and a stream for what is in object streams
	layouts
)

// revWriter writes revisions in any layout.
type revWriter struct {
	buf  bytes.Buffer
	eol  string
	size int
	prev int
	root int
}

// signing is a signature dictionary that is filled in when its revision is complete.
type signing struct {
	extra string
	make  func([]byte) []byte
}

func (w *revWriter) printf(f string, v ...any) {
	w.buf.WriteString(strings.ReplaceAll(fmt.Sprintf(f, v...), "\n", w.eol))
}

// raw writes bytes whose line ends stay.
func (w *revWriter) raw(s string) { w.buf.WriteString(s) }

func (w *revWriter) object(n int, body string) int {
	at := w.buf.Len()
	w.printf("%d 0 obj\n", n)
	w.raw(body)
	w.printf("\nendobj\n")
	w.size = max(w.size, n+1)
	return at
}

// revision writes one revision: the objects, the signatures, and the cross-reference section of that layout.
func (w *revWriter) revision(lay layout, objs map[int]string, sigs map[int]signing, trailer string) {
	offs := map[int]int{}
	packed := map[int][2]int{}
	for n := range objs {
		w.size = max(w.size, n+1)
	}
	for n := range sigs {
		w.size = max(w.size, n+1)
	}
	if lay == layObjStm || lay == layHybrid {
		w.pack(objs, offs, packed)
	}
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		if _, ok := packed[n]; !ok {
			offs[n] = w.object(n, objs[n])
		}
	}
	var todo []pendingSig
	for _, n := range slices.Sorted(maps.Keys(sigs)) {
		offs[n] = w.buf.Len()
		w.size = max(w.size, n+1)
		w.printf("%d 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite %s /Contents ", n, sigs[n].extra)
		from := w.buf.Len()
		w.raw("<" + strings.Repeat("0", gapBytes*2) + ">")
		to := w.buf.Len()
		w.raw(" /ByteRange [")
		todo = append(todo, pendingSig{from, to, w.buf.Len(), sigs[n].make})
		w.raw(strings.Repeat(" ", 40) + "]")
		w.printf(" >>\nendobj\n")
	}
	prev := ""
	if w.prev > 0 {
		prev = fmt.Sprintf(" /Prev %d", w.prev)
	}
	start := w.buf.Len()
	switch lay {
	case layTable:
		w.table(offs, prev+trailer)
	case layHybrid:
		at := w.xrefStream(nil, packed, "")
		start = w.buf.Len()
		w.table(offs, fmt.Sprintf(" /XRefStm %d%s", at, prev+trailer))
	default:
		start = w.xrefStream(offs, packed, prev+trailer)
	}
	w.printf("startxref\n%d\n%%%%EOF\n", start)
	w.prev = start
	data := w.buf.Bytes()
	for _, s := range todo {
		copy(data[s.br:s.br+40], fmt.Sprintf("%-40s", fmt.Sprintf("0 %d %d %d", s.from, s.to, len(data)-s.to)))
	}
	for _, s := range todo {
		copy(data[s.from+1:], hex.EncodeToString(s.make(slices.Concat(data[:s.from], data[s.to:]))))
	}
}

// pack puts the objects that are no streams into an object stream.
func (w *revWriter) pack(objs map[int]string, offs map[int]int, packed map[int][2]int) {
	var head, body strings.Builder
	num := 0
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		w.size = max(w.size, n+1)
		if !strings.Contains(objs[n], "endstream") {
			num++
		}
	}
	if num == 0 {
		return
	}
	strm := w.size
	w.size++
	i := 0
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		if strings.Contains(objs[n], "endstream") {
			continue
		}
		fmt.Fprintf(&head, "%d %d ", n, body.Len())
		body.WriteString(objs[n] + "\n")
		packed[n] = [2]int{strm, i}
		i++
	}
	offs[strm] = w.object(strm, stream(fmt.Sprintf("/Type /ObjStm /N %d /First %d", i, head.Len()), head.String()+body.String()))
}

func (w *revWriter) table(offs map[int]int, trailer string) {
	w.printf("xref\n")
	if w.prev == 0 {
		w.raw("0 1" + w.eol + "0000000000 65535 f\r\n")
	}
	nums := slices.Sorted(maps.Keys(offs))
	for i := 0; i < len(nums); {
		j := i
		for j+1 < len(nums) && nums[j+1] == nums[j]+1 {
			j++
		}
		w.printf("%d %d\n", nums[i], j-i+1)
		for ; i <= j; i++ {
			w.raw(fmt.Sprintf("%010d 00000 n\r\n", offs[nums[i]]))
		}
	}
	w.printf("trailer\n<< /Root %d 0 R /Size %d%s >>\n", w.root, w.size, trailer)
}

func (w *revWriter) xrefStream(offs map[int]int, packed map[int][2]int, trailer string) int {
	self := w.size
	w.size++
	at := w.buf.Len()
	all := map[int][3]int{self: {1, at, 0}}
	for n, o := range offs {
		all[n] = [3]int{1, o, 0}
	}
	for n, p := range packed {
		all[n] = [3]int{2, p[0], p[1]}
	}
	var index, rows strings.Builder
	for _, n := range slices.Sorted(maps.Keys(all)) {
		e := all[n]
		fmt.Fprintf(&index, "%d 1 ", n)
		rows.Write([]byte{byte(e[0]), byte(e[1] >> 24), byte(e[1] >> 16), byte(e[1] >> 8), byte(e[1]), byte(e[2])})
	}
	w.object(self, stream(fmt.Sprintf("/Type /XRef /W [1 4 1] /Index [%s] /Size %d /Root %d 0 R%s", index.String(), w.size, w.root, trailer), rows.String()))
	return at
}

// heldDoc is one document with what a later revision needs to know of it.
type heldDoc struct {
	w        *revWriter
	rnd      *rand.Rand
	p        *testPKI
	lay      layout
	next     int
	certify  int    // DocMDP level, 0 for an approval signature
	lock     string // Action of the seal field's Lock
	annots   []string
	fields   []string
	catalog  string // further entries
	pageMore string
	contents string
	value    string
	loose    bool // Annots is an object of its own
	inForm   bool // the form stands in the catalog
	inherit  bool // resources stand in the page tree
	split    bool // the text field has its widget as a kid
	filled   bool // a later revision gave the text field another value
}

// Object numbers of every document.
const (
	hCatalog = iota + 1
	hPages
	hPage
	hContents
	hFont
	hForm
	hSeal
	hText
	hSig
	hSealLook
	hTextLook
	hAnnots
	hWidget
	hInfo
	hFree
)

func ref(n int) string { return fmt.Sprintf("%d 0 R", n) }

func (d *heldDoc) object(n int) string {
	res := "/Resources << /Font << /F1 5 0 R >> >>"
	switch n {
	case hCatalog:
		form := ref(hForm)
		if d.inForm {
			form = d.object(hForm)
		}
		return fmt.Sprintf("<< /Type /Catalog /Pages 2 0 R /AcroForm %s %s >>", form, d.catalog)
	case hPages:
		if !d.inherit {
			res = ""
		}
		return fmt.Sprintf("<< /Type /Pages /Kids [3 0 R] /Count 1 %s >>", res)
	case hPage:
		if d.inherit {
			res = ""
		}
		annots := "[" + strings.Join(d.annots, " ") + "]"
		if d.loose {
			annots = ref(hAnnots)
		}
		return fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %s %s /Annots %s %s >>", d.contents, res, annots, d.pageMore)
	case hContents:
		return stream("", "BT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET")
	case hFont:
		return "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
	case hForm:
		return "<< /Fields [" + strings.Join(d.fields, " ") + "] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>"
	case hSeal:
		lock := ""
		if d.lock != "" {
			lock = "/Lock << /Type /SigFieldLock /Action /" + d.lock + " >>"
		}
		return fmt.Sprintf(sigField, lock)
	case hText:
		if d.split {
			return fmt.Sprintf("<< /FT /Tx /T (Note) /V (%s) /Kids [13 0 R] >>", d.value)
		}
		return fmt.Sprintf(textField, d.value, hTextLook)
	case hWidget:
		return "<< /Type /Annot /Subtype /Widget /Parent 8 0 R /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N 11 0 R >> >>"
	case hSealLook:
		return stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "0 0 100 100 re f")
	case hTextLook:
		return stream("/Type /XObject /Subtype /Form /BBox [0 0 150 20]", "BT ("+d.value+") Tj ET")
	case hAnnots:
		return "[" + strings.Join(d.annots, " ") + "]"
	}
	return "<< /Producer (SPECIMEN) >>"
}

func (d *heldDoc) objects(nums ...int) map[int]string {
	m := map[int]string{}
	for _, n := range nums {
		m[n] = d.object(n)
	}
	return m
}

// annotated are the objects to write again once the annotations changed.
func (d *heldDoc) annotated() int {
	if d.loose {
		return hAnnots
	}
	return hPage
}

// formed is the object to write again once the fields changed.
func (d *heldDoc) formed() int {
	if d.inForm {
		return hCatalog
	}
	return hForm
}

func (d *heldDoc) number() int {
	d.next = max(d.next, d.w.size)
	d.next++
	return d.next - 1
}

// newHeldDoc makes a signed document of a random style.
func newHeldDoc(seed uint64) *heldDoc {
	rnd := rand.New(rand.NewPCG(seed, 38540))
	d := &heldDoc{rnd: rnd, w: &revWriter{root: hCatalog}, lay: layout(rnd.IntN(int(layouts))), next: hFree, value: "a", contents: "4 0 R"}
	d.w.eol = []string{"\n", "\r\n", "\r"}[rnd.IntN(3)]
	d.loose, d.inForm, d.inherit, d.split = rnd.IntN(2) == 0, rnd.IntN(3) == 0, rnd.IntN(2) == 0, rnd.IntN(3) == 0
	d.certify = rnd.IntN(4)
	if rnd.IntN(5) == 0 {
		d.lock = "All"
	}
	if rnd.IntN(3) == 0 {
		d.contents = "[4 0 R]"
	}
	widget := hText
	if d.split {
		widget = hWidget
	}
	d.annots, d.fields = []string{ref(hSeal), ref(widget)}, []string{ref(hSeal), ref(hText)}
	extra := detached
	var container func([]byte) []byte
	switch rnd.IntN(6) {
	case 0:
		d.p, extra = newPKI("rsa"), "/SubFilter /ETSI.CAdES.detached"
		container = d.p.cms().make
	case 1:
		d.p, extra = newPKI("sm2"), "/SubFilter /GM.sm2seal"
		container = d.p.seal().make
	case 2:
		d.p, extra = newPKI("sm2"), "/SubFilter /GM.SM2"
		s := d.p.cms()
		s.gm = true
		s.contentID = oidGMData
		container = s.make
	case 3:
		d.p = newPKI("ed25519")
		container = d.p.cms().make
	case 4:
		d.p = newPKI("p256")
		s := d.p.cms()
		p := d.p
		s.unsigned = func(v []byte) [][]byte { return [][]byte{tokenAttr(p.token(v, day("2025-06-02")))} }
		container = s.make
	default:
		d.p = newPKI("p256")
		container = d.p.cms().make
	}
	if d.certify > 0 {
		extra += " " + fmt.Sprintf(docMDP, d.certify)
		d.catalog = "/Perms << /DocMDP 9 0 R >>"
	}
	d.w.printf("%%PDF-1.7\n")
	d.w.raw("%\xe2\xe3\xcf\xd3" + d.w.eol)
	nums := []int{hCatalog, hPages, hPage, hContents, hFont, hSeal, hText, hSealLook, hTextLook, hInfo}
	if !d.inForm {
		nums = append(nums, hForm)
	}
	if d.loose {
		nums = append(nums, hAnnots)
	}
	if d.split {
		nums = append(nums, hWidget)
	}
	trailer := fmt.Sprintf(" /Info %d 0 R /ID [<01> <01>]", hInfo)
	if rnd.IntN(2) == 0 { // made first, signed by an update afterwards
		seal, annots, fields, catalog := hSeal, d.annots, d.fields, d.catalog
		d.annots, d.fields, d.catalog = annots[1:], fields[1:], ""
		objs := d.objects(nums...)
		delete(objs, seal)
		delete(objs, hSealLook)
		d.w.revision(d.lay, objs, nil, trailer)
		d.annots, d.fields, d.catalog = annots, fields, catalog
		d.w.revision(d.lay, d.objects(hCatalog, d.annotated(), d.formed(), hSeal, hSealLook), map[int]signing{hSig: {extra, container}}, trailer)
	} else {
		d.w.revision(d.lay, d.objects(nums...), map[int]signing{hSig: {extra, container}}, trailer)
	}
	return d
}

// copy is the same document, to be continued in another way.
func (d *heldDoc) copy() *heldDoc {
	c := *d
	w := *d.w
	w.buf = bytes.Buffer{}
	w.buf.Write(d.w.buf.Bytes())
	c.w = &w
	c.annots, c.fields = slices.Clone(d.annots), slices.Clone(d.fields)
	return &c
}

// put writes an update in the document's layout, or in one that readers accept behind it.
func (d *heldDoc) put(objs map[int]string, sigs map[int]signing) {
	d.w.revision(d.lay, objs, sigs, fmt.Sprintf(" /Info %d 0 R /ID [<01> <02>]", hInfo))
}
