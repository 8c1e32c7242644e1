package seal

import (
	"fmt"
	"strings"

	"zhengyan/verify/document/pdfraw"
)

// fieldNode is a field or a widget of the form, by its full name.
type fieldNode struct {
	name string
	ref  pdfraw.Ref
	dict pdfraw.Dict
	ft   pdfraw.Name
	kids bool // it has kids, so that it is no widget itself
}

// flatten lists the fields and widgets of a document's form in order.
func flatten(d *pdfraw.Doc) []fieldNode {
	var out []fieldNode
	steps := 0
	seen := map[int]bool{}
	var walk func(o pdfraw.Object, parent string, ft pdfraw.Name, i, depth int)
	walk = func(o pdfraw.Object, parent string, ft pdfraw.Name, i, depth int) {
		if steps++; steps > 4*maxFields || len(out) >= maxFields || depth > 64 {
			return
		}
		r, _ := o.(pdfraw.Ref)
		if r.Num != 0 {
			if seen[r.Num] {
				return
			}
			seen[r.Num] = true
		}
		f := d.Dict(o)
		if f == nil {
			return
		}
		name := parent
		if t, ok := d.Resolve(f["T"]).(pdfraw.String); ok {
			if name != "" {
				name += "."
			}
			name += pdfraw.Text(t)
		} else {
			name += fmt.Sprintf("#%d", i)
		}
		if n := d.Name(f["FT"]); n != "" {
			ft = n
		}
		kids := d.Array(f["Kids"])
		out = append(out, fieldNode{name, r, f, ft, len(kids) > 0})
		for i, k := range kids {
			if steps > 4*maxFields {
				return
			}
			walk(k, name, ft, i, depth+1)
		}
	}
	for i, o := range d.Array(d.Dict(d.Catalog()["AcroForm"])["Fields"]) {
		walk(o, "", "", i, 0)
	}
	return out
}

func (x *differ) fieldType(d *pdfraw.Doc, f pdfraw.Dict) pdfraw.Name {
	for n := 0; f != nil && n < 32; n++ {
		if t := d.Name(f["FT"]); t != "" {
			return t
		}
		f = d.Dict(f["Parent"])
	}
	return ""
}

// form compares the interactive form.
func (x *differ) form() {
	fa, fb := x.a.Dict(x.a.Catalog()["AcroForm"]), x.b.Dict(x.b.Catalog()["AcroForm"])
	if fa != nil && fb == nil {
		x.add(ChangesContent, levelNever, "form removed", -1, "")
		return
	}
	x.formKeys(fa, fb)
	la, lb := flatten(x.a), flatten(x.b)
	for _, n := range la {
		x.widgetsA[n.ref.Num] = true
	}
	byName := map[string][]int{}
	for i, n := range lb {
		byName[n.name] = append(byName[n.name], i)
		if n.ref.Num != 0 {
			x.widgetsB[n.ref.Num] = true
			x.fieldOf[n.ref.Num] = n.name
		}
		if n.ft == "Sig" && looksSigned(x.b.Dict(n.dict["V"])) {
			x.signedNow[n.name] = true
			for j := i + 1; n.kids && x.spend() && j < len(lb) && below(lb[j].name, n.name); j++ {
				if lb[j].dict["T"] == nil && lb[j].dict["FT"] == nil { // its widgets
					x.signedNow[lb[j].name] = true
				}
			}
		}
	}
	for _, n := range la {
		for _, k := range byName[n.name] {
			if n.dict["V"] != nil || lb[k].dict["V"] != nil {
				x.newValue[n.name] = x.newValue[n.name] || !x.equal(n.dict["V"], lb[k].dict["V"])
			}
		}
	}
	used := make([]bool, len(lb))
	for _, n := range la {
		j := -1
		for _, k := range byName[n.name] {
			if !used[k] && (j < 0 || lb[k].ref == n.ref) {
				j = k
			}
		}
		if j < 0 {
			x.add(ChangesContent, levelNever, "field "+n.name+" removed", -1, n.name)
			continue
		}
		used[j] = true
		var s sight
		if n.ft == "Sig" {
			s = x.shows(lb, j)
		}
		x.fieldPair(n.dict, lb[j].dict, n.name, n.ft, x.pageOf(lb[j].ref), s)
		if n.ft != lb[j].ft {
			x.add(ChangesContent, levelNever, "field "+n.name+": type", -1, n.name)
		}
	}
	for i, n := range lb {
		if used[i] {
			continue
		}
		page := x.pageOf(n.ref)
		switch {
		case n.ft == "Sig" && looksSigned(x.b.Dict(n.dict["V"])):
			s := x.shows(lb, i)
			x.signature(x.b.Dict(n.dict["V"]), n.name, s).created = s.what != ShowsNothing
		case n.dict["V"] == nil && n.dict["T"] == nil && n.dict["FT"] == nil && x.isSigning(parentName(n.name)): // its widget
		case n.kids && n.dict["V"] == nil && x.holdsSigned(lb, i) && x.widgetShows(n.dict) == ShowsNothing: // above a new signature
		default:
			x.add(ChangesForm, levelNever, "field "+n.name+" added", page, n.name)
			x.place(ChangesForm, "field "+n.name+" added", n.dict, page)
		}
	}
}

// below reports whether a full name is that of a kid, or a kid's kid, of the field named up.
func below(name, up string) bool {
	return strings.HasPrefix(name, up+".") || strings.HasPrefix(name, up+"#")
}

func (x *differ) holdsSigned(l []fieldNode, i int) bool {
	found := false
	for j := i + 1; x.spend() && j < len(l) && below(l[j].name, l[i].name); j++ {
		found = true
		if !l[j].kids && !x.signedNow[l[j].name] {
			return false
		}
	}
	return found
}

func isDocTimestamp(d *pdfraw.Doc, v pdfraw.Dict) bool {
	return d.Name(v["Type"]) == "DocTimeStamp" || d.Name(v["SubFilter"]) == "ETSI.RFC3161"
}

func (x *differ) pageOf(r pdfraw.Ref) int {
	if i, ok := x.annotPage[r.Num]; ok && r.Num != 0 {
		return i
	}
	return -1
}

// formKeys compares the form's dictionary but for its fields.
func (x *differ) formKeys(a, b pdfraw.Dict) {
	for _, k := range x.differing(a, b, func(k pdfraw.Name) bool { return k == "Fields" }) {
		added := x.a.Resolve(a[k]) == nil
		switch k {
		case "SigFlags":
		case "DR", "DA", "Q":
			if !added && (k != "DR" || !x.sameFonts(a[k], b[k])) {
				x.add(ChangesForm, levelNever, "form "+string(k), -1, "")
			}
		case "NeedAppearances":
			if v, _ := x.b.Resolve(b[k]).(bool); v {
				x.add(ChangesForm, levelForm, "form NeedAppearances", -1, "")
			}
		case "XFA":
			if x.xfaData(a[k], b[k]) {
				x.add(ChangesForm, levelForm, "XFA form data", -1, "")
			} else {
				x.add(ChangesContent, levelNever, "XFA form", -1, "")
			}
		default:
			x.add(ChangesForm, levelNever, "form "+string(k), -1, "")
		}
	}
}

// xfaData reports whether two XFA forms (ISO 32000-1, 12.7.8) differ in their data alone: the template, which says what
// is shown, must stay.
func (x *differ) xfaData(a, b pdfraw.Object) bool {
	pa, pb := x.a.Array(a), x.b.Array(b)
	if b == nil || x.b.Resolve(b) == nil { // dropped: the form's own fields are what is left to show
		return true
	}
	if pa == nil || len(pa) != len(pb) {
		return false
	}
	for i := 0; i+1 < len(pa); i += 2 {
		name, _ := x.a.Resolve(pa[i]).(pdfraw.String)
		if !x.equal(pa[i], pb[i]) || name != "datasets" && name != "form" && !x.equal(pa[i+1], pb[i+1]) {
			return false
		}
	}
	return true
}

// sameFonts reports whether the default resources keep the fonts they had. Viewers build appearances of fields with them;
// other resources come and go with the tools that fill forms.
func (x *differ) sameFonts(a, b pdfraw.Object) bool {
	fb := x.b.Dict(x.b.Dict(b)["Font"])
	for name, o := range x.a.Dict(x.a.Dict(a)["Font"]) {
		da, db := x.a.Dict(o), x.b.Dict(fb[name])
		if da == nil {
			continue
		}
		if db == nil || !x.equalDict(da, db, func(k pdfraw.Name) bool { return k == "Name" }) {
			return false
		}
	}
	return true
}

// moved reports whether a field or widget was given another parent or page.
func (x *differ) moved(a, b pdfraw.Dict) bool {
	if ra, ok := a["Parent"].(pdfraw.Ref); ok {
		if rb, ok := b["Parent"].(pdfraw.Ref); !ok || x.b.Get(rb.Num) == nil || !x.sameParent(ra, rb) {
			return true
		}
	}
	if ra, ok := a["P"].(pdfraw.Ref); ok {
		if ia, ok := x.indexA[ra.Num]; ok {
			rb, isRef := b["P"].(pdfraw.Ref)
			ib, ok := x.indexB[rb.Num]
			return b["P"] != nil && (!isRef || !ok || ia != ib)
		}
	}
	return false
}

func (x *differ) sameParent(a, b pdfraw.Ref) bool {
	if a.Num == b.Num {
		return true
	}
	da, db := x.a.Dict(a), x.b.Dict(b)
	return da != nil && db != nil && x.equal(da["T"], db["T"])
}

// readOnly is the field flag of that name (ISO 32000-2, table 227).
const readOnly = 1

// fieldPair compares a field or widget with its later state; s is what a signature field shows now.
func (x *differ) fieldPair(a, b pdfraw.Dict, name string, ft pdfraw.Name, page int, s sight) {
	if x.moved(a, b) {
		x.add(ChangesForm, levelForm, "field "+name+": parent or page", page, name)
	}
	keys := x.differing(a, b, func(k pdfraw.Name) bool { return k == "Kids" || k == "StructParent" })
	if len(keys) == 0 {
		return
	}
	has := map[pdfraw.Name]bool{}
	for _, k := range keys {
		has[k] = true
	}
	if ft == "Sig" {
		x.signatureField(a, b, name, page, keys, s)
		return
	}
	if has["V"] {
		x.add(ChangesForm, levelForm, "field "+name+": value", page, name)
		x.place(ChangesForm, "field "+name+": value", b, page)
	}
	for _, k := range keys {
		switch k {
		case "V", "AS", "RV", "I", "TI", "M", "NM":
			if k == "AS" && !has["V"] && a["V"] != nil && a["T"] != nil {
				x.add(ChangesForm, levelForm, "field "+name+": state", page, name)
			}
			if k == "AS" || k == "RV" || k == "I" { // what is shown, although the value is the same
				x.add(ChangesForm, levelForm, "field "+name+": value", page, name)
			}
		case "AP":
			switch {
			case has["V"] || x.a.Resolve(a["AP"]) == nil || a["T"] == nil && x.newValue[parentName(name)]:
				x.add(ChangesForm, levelForm, "field "+name+": value", page, name)
			default:
				x.add(ChangesAnnotation, levelNever, "field "+name+": appearance without a new value", page, name)
			}
		case "Ff":
			fa, _ := pdfraw.Int(x.a.Resolve(a[k]))
			fb, _ := pdfraw.Int(x.b.Resolve(b[k]))
			if fa|readOnly == fb|readOnly { // filled, and then closed to further filling
				x.add(ChangesForm, levelForm, "field "+name+": read-only", page, name)
			} else {
				x.add(ChangesAnnotation, levelNever, "field "+name+": Ff", page, name)
			}
		case "MK", "DA", "Type":
			if x.a.Resolve(a[k]) != nil {
				x.add(ChangesAnnotation, levelAnnot, "field "+name+": "+string(k), page, name)
			} else if k == "DA" {
				x.add(ChangesForm, levelForm, "field "+name+": DA", page, name)
			}
		default:
			x.add(ChangesAnnotation, levelNever, "field "+name+": "+string(k), page, name)
		}
	}
}

// overwritten reports whether an appearance that was there already got other bytes under the same object number:
// whatever else refers to it changes with it.
func (x *differ) overwritten(ap pdfraw.Object) bool {
	var refs []pdfraw.Ref
	if r, ok := ap.(pdfraw.Ref); ok {
		refs = append(refs, r)
	}
	for _, o := range x.a.Dict(ap) {
		if r, ok := o.(pdfraw.Ref); ok {
			refs = append(refs, r)
		}
	}
	for _, r := range refs {
		ea, _ := x.a.Entry(r.Num)
		if eb, ok := x.b.Entry(r.Num); ok && ea != eb && eb.Kind != pdfraw.Free {
			return true
		}
	}
	return false
}

// parentName is the full name of the field that a widget without a name belongs to.
func parentName(name string) string {
	if i := strings.LastIndexByte(name, '#'); i > 0 {
		return name[:i]
	}
	return ""
}

// signatureField compares a signature field: an empty one may be signed, a signed one must stay as it is.
func (x *differ) signatureField(a, b pdfraw.Dict, name string, page int, keys []pdfraw.Name, s sight) {
	va, vb := x.a.Resolve(a["V"]), x.b.Dict(b["V"])
	signing := va == nil && looksSigned(vb)
	if a["T"] == nil && a["FT"] == nil && x.isSigning(parentName(name)) { // a widget under its field
		signing = true
	}
	if signing {
		c := x.signature(vb, name, s)
		ra, _ := x.a.Rect(a["Rect"])
		if rb, ok := x.b.Rect(b["Rect"]); ok && rb != ra && rb[0] < rb[2] && rb[1] < rb[3] {
			c.created = true // put where it was not
		}
		if x.overwritten(a["AP"]) || isRef(a["AP"]) && !x.equal(a["AP"], b["AP"]) {
			x.add(ChangesAnnotation, levelNever, "signature field "+name+": shared appearance replaced", page, "")
		}
		for _, k := range keys {
			switch k {
			case "V", "AP", "AS", "M", "F", "MK", "DA", "DR", "Type", "NM", "Rect", "Lock", "Ff", "H", "BS", "Border":
			default:
				x.add(ChangesAnnotation, levelNever, "signature field "+name+": "+string(k), page, "")
			}
		}
		return
	}
	for _, k := range keys {
		x.add(ChangesContent, levelNever, "signature field "+name+": "+string(k), page, "")
	}
}
