package seal

import (
	"bytes"
	"slices"

	"zhengyan/verify/document/pdfraw"
	"zhengyan/verify/page"
)

// The level of permission that a change needs: the numbers are those of DocMDP /P (ISO 32000-2, table 257).
const (
	levelLTV   = 1 // validation data and document timestamps, which no certification forbids
	levelForm  = 2 // filling fields, signing
	levelAnnot = 3
	levelNever = 9
)

// change is a Change with what the permissions need to know of it.
type change struct {
	Change
	level int
	field string // full name of the field whose value was changed, for FieldMDP and Lock
	// created is a new signature field that can be seen. A certified document lets its own fields be signed; a new
	// widget may cover what was certified.
	created bool
}

// maxChanges bounds the list of changes of one signature, maxCompared the values compared for it.
const (
	maxChanges  = 500
	maxCompared = 3_000_000
)

// differ compares a revision that was signed with a later one.
type differ struct {
	a, b           *pdfraw.Doc
	pagesA, pagesB []pdfraw.Page
	indexA, indexB map[int]int     // object number of a page → its index
	memo           map[[2]int]bool // pairs of object numbers known to be equal
	compared       int
	gaveUp         bool
	changes        []change
	annotPage      map[int]int     // object number of an annotation of the later revision → page
	seen           map[string]int  // class and name of a change → its index
	newValue       map[string]bool // fields whose value was changed
	signedNow      map[string]bool // fields of the later revision that are signed
	signing        map[string]bool // those among them that were signed after the signed revision
	widgetsA       map[int]bool    // object numbers of the fields and widgets of the signed revision
	widgetsB       map[int]bool    // and of the later one
	fieldOf        map[int]string  // object number of a field or widget of the later revision → full name
}

func (x *differ) add(class Changes, level int, what string, page int, field string) {
	key := string(class) + "\x00" + what
	if i, ok := x.seen[key]; ok || len(x.changes) >= maxChanges {
		if !ok {
			i = len(x.changes) - 1
		}
		x.changes[i].level = max(x.changes[i].level, level) // the gravest of what goes by one name counts
		return
	}
	x.seen[key] = len(x.changes)
	x.changes = append(x.changes, change{Change: Change{Class: class, What: what, Page: page}, level: level, field: field})
}

// place notes where on its page the field or annotation of a change stands.
func (x *differ) place(class Changes, what string, d pdfraw.Dict, i int) {
	n, ok := x.seen[string(class)+"\x00"+what]
	r, has := x.b.Rect(d["Rect"])
	if !ok || !has || i < 0 || i >= len(x.pagesB) || r[0] == r[2] || r[1] == r[3] {
		return
	}
	b := x.pagesB[i].Shown(r)
	x.changes[n].Box = page.Box{X0: b[0], Y0: b[1], X1: b[2], Y1: b[3]}
}

// backKey tells entries that lead back up or across: parents and pages, which are compared where they stand.
func backKey(k pdfraw.Name, v pdfraw.Object) bool {
	return (k == "Parent" || k == "P" || k == "Pg") && isRef(v)
}

func isRef(o pdfraw.Object) bool {
	_, ok := o.(pdfraw.Ref)
	return ok
}

// skipper names the keys that a comparison leaves out.
type skipper func(pdfraw.Name) bool

// pairing is one comparison under way: pairs of objects that must all be equal. It works off a list rather than by
// recursion, so that long chains (outlines, page trees) cost no stack, and pairs of references that were met count as
// equal until something shows that they are not. What was found along the way is kept only if all is equal.
type pairing struct {
	x     *differ
	todo  [][2]pdfraw.Object
	met   map[[2]int]bool
	equal bool
}

// equal compares two objects by what they hold, following references. Pages are the same if they have the same place.
func (x *differ) equal(a, b pdfraw.Object) bool {
	p := &pairing{x: x, equal: true}
	p.push(a, b)
	return p.run()
}

// equalDict compares dictionaries but for the keys that skip names.
func (x *differ) equalDict(a, b pdfraw.Dict, skip skipper) bool {
	p := &pairing{x: x, equal: true}
	p.dict(a, b, skip)
	return p.run()
}

// spend counts one step; it is false once the limit is passed or the time is up.
func (x *differ) spend() bool {
	if x.compared++; x.compared > maxCompared || x.compared&1023 == 0 && x.b.Exhausted() {
		x.gaveUp = true
	}
	return !x.gaveUp
}

func (p *pairing) push(a, b pdfraw.Object) { p.todo = append(p.todo, [2]pdfraw.Object{a, b}) }

func (p *pairing) run() bool {
	for p.equal && len(p.todo) > 0 {
		t := p.todo[len(p.todo)-1]
		p.todo = p.todo[:len(p.todo)-1]
		if !p.x.spend() {
			return false
		}
		p.pair(t[0], t[1])
	}
	if p.equal {
		for k := range p.met {
			p.x.memo[k] = true
		}
	}
	return p.equal
}

func (p *pairing) pair(a, b pdfraw.Object) {
	x := p.x
	ra, isA := a.(pdfraw.Ref)
	rb, isB := b.(pdfraw.Ref)
	if isA && isB {
		ia, pa := x.indexA[ra.Num]
		ib, pb := x.indexB[rb.Num]
		if pa || pb {
			p.equal = pa && pb && ia == ib
			return
		}
		key := [2]int{ra.Num, rb.Num}
		if x.memo[key] || p.met[key] {
			return
		}
		if p.met == nil {
			p.met = map[[2]int]bool{}
		}
		p.met[key] = true
		oa := x.a.Get(ra.Num)
		if d, ok := oa.(pdfraw.Dict); ok && ra.Num == rb.Num && d["Type"] == pdfraw.Name("StructElem") {
			return // what leads into the structure tree leads to the same place; the tree is compared by itself
		}
		p.push(oa, x.b.Get(rb.Num))
		return
	}
	if isA {
		a = x.a.Resolve(a)
	}
	if isB {
		b = x.b.Resolve(b)
	}
	switch va := a.(type) {
	case nil:
		p.equal = b == nil
	case int64, float64:
		fa, _ := pdfraw.Number(va)
		fb, ok := pdfraw.Number(b)
		p.equal = ok && fa == fb
	case pdfraw.Array:
		vb, ok := b.(pdfraw.Array)
		if !ok || len(va) != len(vb) {
			p.equal = false
			return
		}
		for i := range va {
			p.push(va[i], vb[i])
		}
	case pdfraw.Dict:
		if vb, ok := b.(pdfraw.Dict); ok {
			p.dict(va, vb, nil)
		} else {
			p.equal = false
		}
	case *pdfraw.Stream:
		vb, ok := b.(*pdfraw.Stream)
		if !ok || !bytes.Equal(va.Raw, vb.Raw) {
			p.equal = false
			return
		}
		p.dict(va.Dict, vb.Dict, func(k pdfraw.Name) bool { return k == "Length" })
	case pdfraw.Ref: // a chain of references that leads nowhere
		p.equal = false
	default:
		p.equal = a == b
	}
}

func (p *pairing) dict(a, b pdfraw.Dict, skip skipper) {
	_, sigRef := a["TransformMethod"] // Data of a signature reference is the catalog, which is compared by itself
	for k, va := range a {
		if skip != nil && skip(k) || sigRef && k == "Data" || backKey(k, va) && backKey(k, b[k]) {
			continue
		}
		p.push(va, b[k])
	}
	for k, vb := range b {
		if _, ok := a[k]; ok || skip != nil && skip(k) || sigRef && k == "Data" || backKey(k, vb) {
			continue
		}
		if p.x.b.Resolve(vb) != nil {
			p.equal = false
		}
	}
}

// differing lists the keys in which two dictionaries differ.
func (x *differ) differing(a, b pdfraw.Dict, skip skipper) []pdfraw.Name {
	var out []pdfraw.Name
	for k, va := range a {
		if !skip(k) && !(backKey(k, va) && (b[k] == nil || backKey(k, b[k]))) && !x.equal(va, b[k]) {
			out = append(out, k)
		}
	}
	for k, vb := range b {
		if _, ok := a[k]; !ok && !backKey(k, vb) && !skip(k) && x.b.Resolve(vb) != nil {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// contains reports whether every member of a stands in b as it was; b may hold more.
func (x *differ) contains(a, b pdfraw.Object) bool { return x.containsDepth(a, b, 0) }

func (x *differ) containsDepth(a, b pdfraw.Object, depth int) bool {
	if depth > 32 {
		return x.equal(a, b)
	}
	switch va := x.a.Resolve(a).(type) {
	case nil:
		return true
	case pdfraw.Dict:
		vb, ok := x.b.Resolve(b).(pdfraw.Dict)
		if !ok {
			return false
		}
		for k, v := range va {
			if !backKey(k, v) && !x.containsDepth(v, vb[k], depth+1) {
				return false
			}
		}
		return true
	case pdfraw.Array:
		vb, ok := x.b.Resolve(b).(pdfraw.Array)
		if !ok || len(vb) < len(va) {
			return false
		}
		for i := range va {
			if !x.equal(va[i], vb[i]) {
				return false
			}
		}
		return true
	}
	return x.equal(a, b)
}
