package seal

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// heldUpdate is an update behind a signed document.
type heldUpdate struct {
	name  string
	level int // the least DocMDP level that permits it
	fills bool
	write func(d *heldDoc)
}

// heldBenign are updates that a signature bears if its certification permits them.
func heldBenign() []heldUpdate {
	return []heldUpdate{
		{"saved again", levelLTV, false, func(d *heldDoc) { d.put(map[int]string{}, nil) }},
		{"information brought up to date", levelLTV, false, func(d *heldDoc) {
			d.put(map[int]string{hInfo: "<< /Producer (SPECIMEN) /ModDate (D:20260101000000Z) >>"}, nil)
		}},
		{"validation data", levelLTV, false, func(d *heldDoc) {
			dss, c := d.number(), d.number()
			d.catalog += fmt.Sprintf(" /DSS %d 0 R", dss)
			d.put(map[int]string{hCatalog: d.object(hCatalog), dss: fmt.Sprintf("<< /Certs [%d 0 R] >>", c), c: stream("", string(d.p.ca))}, nil)
		}},
		{"metadata", levelLTV, false, func(d *heldDoc) {
			n := d.number()
			d.catalog += fmt.Sprintf(" /Metadata %d 0 R", n)
			d.put(map[int]string{hCatalog: d.object(hCatalog), n: stream("/Type /Metadata /Subtype /XML", "<x/>")}, nil)
		}},
		{"document timestamp", levelLTV, false, func(d *heldDoc) {
			f, v := d.number(), d.number()
			d.fields = append(d.fields, ref(f))
			objs := d.objects(d.formed())
			objs[f] = fmt.Sprintf("<< /FT /Sig /T (Stamp%d) /V %d 0 R >>", f, v)
			p := d.p
			d.put(objs, map[int]signing{v: {"/SubFilter /ETSI.RFC3161", func(m []byte) []byte { return p.token(m, day("2025-07-01")) }}})
		}},
		{"second signature", levelForm, false, func(d *heldDoc) {
			f, v := d.number(), d.number()
			d.fields, d.annots = append(d.fields, ref(f)), append(d.annots, ref(f))
			objs := d.objects(d.formed(), d.annotated())
			objs[f] = fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal%d) /Rect [0 0 0 0] /P 3 0 R /F 132 /V %d 0 R >>", f, v)
			d.put(objs, map[int]signing{v: {detached, newPKI("p256").cms().make}})
		}},
		{"field filled", levelForm, true, func(d *heldDoc) {
			d.value, d.filled = "b"+d.value, true
			d.put(d.objects(hText, hTextLook), nil)
		}},
		{"annotation where they are permitted", levelAnnot, false, func(d *heldDoc) {
			n := d.number()
			d.annots = append(d.annots, ref(n))
			objs := d.objects(d.annotated())
			objs[n] = "<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /P 3 0 R /Contents (x) /F 4 >>"
			d.put(objs, nil)
		}},
	}
}

// heldAttacks are updates that no signature bears.
func heldAttacks() map[string]func(d *heldDoc) {
	objs := func(d *heldDoc, n int, body string) { d.put(map[int]string{n: body}, nil) }
	annot := func(body string) func(*heldDoc) {
		return func(d *heldDoc) {
			n := d.number()
			d.annots = append(d.annots, ref(n))
			m := d.objects(d.annotated())
			m[n] = body
			d.put(m, nil)
		}
	}
	page := func(more string) func(*heldDoc) {
		return func(d *heldDoc) { d.pageMore = more; d.put(d.objects(hPage), nil) }
	}
	catalog := func(more string) func(*heldDoc) {
		return func(d *heldDoc) { d.catalog += " " + more; d.put(d.objects(hCatalog), nil) }
	}
	form := stream("/Type /XObject /Subtype /Form /BBox [0 0 600 850]", "1 1 1 rg 0 0 600 850 re f")
	return map[string]func(d *heldDoc){
		"content replaced": func(d *heldDoc) { objs(d, hContents, stream("", "BT /F1 18 Tf 60 700 Td (CHANGED) Tj ET")) },
		"content added": func(d *heldDoc) {
			n := d.number()
			d.contents = fmt.Sprintf("[4 0 R %d 0 R]", n)
			m := d.objects(hPage)
			m[n] = form
			d.put(m, nil)
		},
		"font swapped":          func(d *heldDoc) { objs(d, hFont, "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>") },
		"appearance of seal":    func(d *heldDoc) { objs(d, hSealLook, form) },
		"appearance of a field": func(d *heldDoc) { objs(d, hTextLook, form) },
		"resources of the page": page("/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Symbol >> >> >>"),
		"rotated":               page("/Rotate 90"),
		"cropped":               page("/CropBox [0 0 50 50]"),
		"unit":                  page("/UserUnit 3"),
		"action of the page":    page("/AA << /O << /S /JavaScript /JS (1) >> >>"),
		"tree hides and replaces": func(d *heldDoc) {
			n := d.number()
			m := map[int]string{hPages: fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R] /Count 1 >>", n), n: fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>", hContents)}
			d.put(m, nil)
		},
		"page added": func(d *heldDoc) {
			n := d.number()
			d.put(map[int]string{hPages: fmt.Sprintf("<< /Type /Pages /Kids [3 0 R %d 0 R] /Count 2 /Resources << /Font << /F1 5 0 R >> >> >>", n), n: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"}, nil)
		},
		"page removed":       func(d *heldDoc) { objs(d, hPages, "<< /Type /Pages /Kids [] /Count 0 >>") },
		"script":             catalog("/OpenAction << /S /JavaScript /JS (1) >>"),
		"named scripts":      catalog("/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>"),
		"layers":             catalog("/OCProperties << /OCGs [] /D << /OFF [] >> >>"),
		"action of the file": catalog("/AA << /WP << /S /JavaScript /JS (1) >> >>"),
		"collection":         catalog("/Collection << /View /T >>"),
		"needs rendering":    catalog("/NeedsRendering true"),
		"covering text field": func(d *heldDoc) {
			n := d.number()
			d.annots, d.fields = append(d.annots, ref(n)), append(d.fields, ref(n))
			m := d.objects(d.annotated(), d.formed())
			m[n] = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Cover) /V (x) /Rect [0 0 595 842] /P 3 0 R /F 4 >>"
			d.put(m, nil)
		},
		"unlisted widget": annot("<< /Type /Annot /Subtype /Widget /FT /Btn /T (Cover) /Rect [0 0 595 842] /P 3 0 R /F 4 >>"),
		"field moved": func(d *heldDoc) {
			n, b := hText, d.object(hText)
			if d.split {
				n, b = hWidget, d.object(hWidget)
			}
			objs(d, n, strings.Replace(b, "[50 50 200 70]", "[0 0 595 842]", 1))
		},
		"field hidden": func(d *heldDoc) {
			n, b := hText, d.object(hText)
			if d.split {
				n, b = hWidget, d.object(hWidget)
			}
			objs(d, n, strings.Replace(b, "/F 4", "/F 2", 1))
		},
		"field removed": func(d *heldDoc) { d.fields = d.fields[:1]; d.put(d.objects(d.formed()), nil) },
		"seal moved": func(d *heldDoc) {
			objs(d, hSeal, strings.Replace(d.object(hSeal), "[400 100 500 200]", "[0 0 595 842]", 1))
		},
		"seal removed from page": func(d *heldDoc) {
			d.annots = d.annots[1:]
			d.put(d.objects(d.annotated()), nil)
		},
		"reason of the seal": func(d *heldDoc) {
			objs(d, hSeal, strings.Replace(d.object(hSeal), "/V 9 0 R", "/V << /Type /Sig /Filter /Adobe.PPKLite /Reason (other) >>", 1))
		},
		"certification widened": func(d *heldDoc) {
			d.catalog = "/Perms << /DocMDP << /Type /Sig /Reference [<< /TransformMethod /DocMDP /TransformParams << /P 3 >> >>] >> >>"
			d.put(d.objects(hCatalog), nil)
		},
		"another catalog": func(d *heldDoc) {
			n := d.number()
			m := map[int]string{n: "<< /Type /Catalog /Pages 2 0 R >>"}
			d.w.root = n
			d.put(m, nil)
		},
		"object without an index": func(d *heldDoc) { d.w.object(hContents, form) },
		"index to a place in the signed bytes": func(d *heldDoc) {
			data := d.w.buf.Bytes()
			at := bytes.Index(data, []byte("10 0 obj"))
			start := d.w.buf.Len()
			d.w.raw(fmt.Sprintf("xref\n4 1\n%010d 00000 n\r\ntrailer\n<< /Root 1 0 R /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", at, d.w.size, d.w.prev, start))
		},
		"empty index": func(d *heldDoc) {
			d.w.object(hContents, form)
			start := d.w.buf.Len()
			d.w.raw(fmt.Sprintf("xref\n0 0\ntrailer\n<< /Root 1 0 R /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", d.w.size, d.w.prev, start))
		},
		"index that goes past the signed one": func(d *heldDoc) {
			at := d.w.object(hContents, form)
			start := d.w.buf.Len()
			d.w.raw(fmt.Sprintf("xref\n4 1\n%010d 00000 n\r\ntrailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n", at, d.w.size, start))
		},
		"index that is a loop": func(d *heldDoc) {
			at := d.w.object(hContents, form)
			start := d.w.buf.Len()
			d.w.raw(fmt.Sprintf("xref\n4 1\n%010d 00000 n\r\ntrailer\n<< /Root 1 0 R /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", at, d.w.size, start, start))
		},
		"trailer alone": func(d *heldDoc) { d.w.raw("trailer\n<< /Root 2 0 R /Size 20 >>\nstartxref\n0\n%%EOF\n") },
		"object freed": func(d *heldDoc) {
			start := d.w.buf.Len()
			d.w.raw(fmt.Sprintf("xref\n4 1\n0000000000 00001 f\r\ntrailer\n<< /Root 1 0 R /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", d.w.size, d.w.prev, start))
		},
	}
}

// heldBends change the signature in place, without an update.
func heldBends(d *heldDoc) map[string][]byte {
	data := d.w.buf.Bytes()
	a, b, c, e := rangeOf(data)
	_ = a
	fill := func(s string) []byte { // another /Contents in the same place
		out := bytes.Clone(data)
		copy(out[b:c], fmt.Sprintf("%-*s", c-b, s))
		return out
	}
	wrapped := func() []byte { // the second range moved behind a copy, something else in its place
		out := append(bytes.Clone(data), data[c:]...)
		copy(out[bytes.Index(out, []byte("/ByteRange ["))+12:], fmt.Sprintf("%-40s", fmt.Sprintf("0 %d %d %d", b, len(data), e)))
		return append(out[:c:c], append(bytes.Repeat([]byte(" "), 1), out[c+1:]...)...)
	}
	flip := bytes.Clone(data)
	i := bytes.Index(flip, []byte("SPECIMEN"))
	flip[i] ^= 1
	return map[string][]byte{
		"contents null": fill("null"), "contents empty": fill("<>"), "contents zero": fill("<" + strings.Repeat("0", c-b-2) + ">"),
		"range null": setByteRange(data, ""), "range negative": setByteRange(data, fmt.Sprintf("0 %d %d -%d", b, c, e)),
		"range short": setByteRange(data, fmt.Sprintf("0 %d %d %d", b, c, e-20)), "range late": setByteRange(data, fmt.Sprintf("3 %d %d %d", b-3, c, e)),
		"range wide": setByteRange(data, fmt.Sprintf("0 %d %d %d", b-1, c, e)), "wrapped": wrapped(), "one bit": flip,
		"cut": data[:len(data)-25], "words behind": append(bytes.Clone(data), "words\n"...), "bytes before": append([]byte("x\n"), data...),
	}
}

// TestHeldOut holds the verifier to generated files of many writers' styles: every update that a signature bears leaves
// the file clean, no attack does, alone, behind a permitted update or before one. ZHENGYAN_HELDOUT=n makes n documents.
func TestHeldOut(t *testing.T) {
	docs := 24
	if testing.Short() {
		docs = 4
	}
	if n, err := strconv.Atoi(os.Getenv("ZHENGYAN_HELDOUT")); err == nil {
		docs = n
	}
	benign, attacks := heldBenign(), heldAttacks()
	names := slices.Sorted(maps.Keys(attacks))
	count := map[string]int{}
	check := func(seed int, what string, data []byte, want Overall) {
		r := inspect(t, data, Options{})
		count[fmt.Sprintf("%s answered %s", want, r.Overall)]++
		if want == Clean && r.Overall != Clean {
			t.Errorf("document %d, %s: %s\n%s", seed, what, r.Overall, describe(r))
		}
		if want != Clean && r.Overall == Clean {
			t.Errorf("document %d, %s: clean\n%s", seed, what, describe(r))
		}
	}
	for seed := range docs {
		base := newHeldDoc(uint64(seed))
		check(seed, "as made", base.w.buf.Bytes(), Clean)
		level := base.certify
		if level == 0 {
			level = levelForm
		}
		var chain *heldDoc
		for _, u := range benign {
			d := base.copy()
			u.write(d)
			want := Clean
			if u.level > level || u.fills && base.lock != "" {
				want = Dirty
			}
			check(seed, u.name, d.w.buf.Bytes(), want)
			if want == Clean && base.rnd.IntN(2) == 0 { // one after the other
				if chain == nil {
					chain = base.copy()
				}
				u.write(chain)
				check(seed, "a chain up to "+u.name, chain.w.buf.Bytes(), Clean)
			}
		}
		for name, data := range heldBends(base) {
			check(seed, name, data, Dirty)
		}
		for _, name := range names {
			d := base.copy()
			attacks[name](d)
			check(seed, name, d.w.buf.Bytes(), Dirty)
			// Whoever fills a field makes its appearance too; how it looks then is part of the new value.
			if chain != nil && !(chain.filled && name == "appearance of a field") {
				d = chain.copy()
				attacks[name](d)
				check(seed, name+" behind permitted updates", d.w.buf.Bytes(), Dirty)
			}
			d = base.copy()
			attacks[name](d)
			benign[2].write(d) // validation data on top
			check(seed, name+" below validation data", d.w.buf.Bytes(), Dirty)
			d = base.copy()
			attacks[name](d)
			benign[5].write(d) // somebody signs what was changed
			check(seed, name+" below another signature", d.w.buf.Bytes(), Dirty)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(count)) {
		t.Logf("%-30s %6d", k, count[k])
	}
}
