package seal

import (
	"bytes"

	"zhengyan/verify/document/pdfraw"
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
}

// maxChanges bounds the list of changes of one signature, maxCompared the values compared for it.
const (
	maxChanges  = 500
	maxCompared = 3_000_000
	maxDeep     = 400
)

// differ compares a revision that was signed with a later one.
type differ struct {
	a, b           *pdfraw.Doc
	pagesA, pagesB []pdfraw.Page
	indexA, indexB map[int]int // object number of a page → its index
	memo           map[[2]int]bool
	compared       int
	gaveUp         bool
	changes        []change
	seen           map[string]bool
	signedNow      map[string]bool // fields that got a signature in a later revision
	widgetsOK      map[int]bool    // annotations of the later revision that are widgets of fields
	fieldOf        map[int]string  // object number of a field or widget of the later revision → full name
}

func (x *differ) add(class Changes, level int, what string, page int, field string) {
	key := string(class) + "\x00" + what
	if x.seen[key] || len(x.changes) >= maxChanges {
		if level == levelNever && !x.seen[key] {
			x.changes[len(x.changes)-1].level = levelNever
		}
		return
	}
	x.seen[key] = true
	x.changes = append(x.changes, change{Change{Class: class, What: what, Page: page}, level, field})
}

// backKeys lead back up or across and are compared elsewhere or say nothing of what is shown.
func backKey(k pdfraw.Name) bool { return k == "Parent" || k == "P" || k == "Pg" }

// equal compares two objects by what they hold, following references. Pages are the same if they have the same place.
func (x *differ) equal(a, b pdfraw.Object) bool { return x.equalDepth(a, b, 0) }

func (x *differ) equalDepth(a, b pdfraw.Object, depth int) bool {
	if x.compared++; x.compared > maxCompared || depth > maxDeep {
		x.gaveUp = true
		return false
	}
	ra, isA := a.(pdfraw.Ref)
	rb, isB := b.(pdfraw.Ref)
	if isA && isB {
		ia, pa := x.indexA[ra.Num]
		ib, pb := x.indexB[rb.Num]
		if pa || pb {
			return pa && pb && ia == ib
		}
		key := [2]int{ra.Num, rb.Num}
		if v, ok := x.memo[key]; ok {
			return v
		}
		x.memo[key] = true // a loop is equal until something in it differs
		v := x.equalDepth(x.a.Get(ra.Num), x.b.Get(rb.Num), depth+1)
		x.memo[key] = v
		return v
	}
	if isA {
		a = x.a.Resolve(a)
	}
	if isB {
		b = x.b.Resolve(b)
	}
	switch va := a.(type) {
	case nil:
		return b == nil
	case int64, float64:
		fa, _ := pdfraw.Number(va)
		fb, ok := pdfraw.Number(b)
		return ok && fa == fb
	case pdfraw.Array:
		vb, ok := b.(pdfraw.Array)
		if !ok || len(va) != len(vb) {
			return false
		}
		for i := range va {
			if !x.equalDepth(va[i], vb[i], depth+1) {
				return false
			}
		}
		return true
	case pdfraw.Dict:
		vb, ok := b.(pdfraw.Dict)
		return ok && x.equalDict(va, vb, depth, nil)
	case *pdfraw.Stream:
		vb, ok := b.(*pdfraw.Stream)
		return ok && bytes.Equal(va.Raw, vb.Raw) && x.equalDict(va.Dict, vb.Dict, depth, streamLength)
	case pdfraw.Ref:
		return false
	default:
		return a == b
	}
}

func streamLength(k pdfraw.Name) bool { return k == "Length" }

// equalDict compares dictionaries but for the keys that skip names.
func (x *differ) equalDict(a, b pdfraw.Dict, depth int, skip func(pdfraw.Name) bool) bool {
	_, sigRef := a["TransformMethod"]
	for k, va := range a {
		if backKey(k) || skip != nil && skip(k) || sigRef && k == "Data" { // Data of a signature reference is the catalog
			continue
		}
		if !x.equalDepth(va, b[k], depth+1) {
			return false
		}
	}
	for k, vb := range b {
		if _, ok := a[k]; ok || backKey(k) || skip != nil && skip(k) || sigRef && k == "Data" {
			continue
		}
		if x.b.Resolve(vb) != nil {
			return false
		}
	}
	return true
}

// differing lists the keys in which two dictionaries differ.
func (x *differ) differing(a, b pdfraw.Dict, skip func(pdfraw.Name) bool) []pdfraw.Name {
	var out []pdfraw.Name
	for k, va := range a {
		if !backKey(k) && !skip(k) && !x.equal(va, b[k]) {
			out = append(out, k)
		}
	}
	for k, vb := range b {
		if _, ok := a[k]; !ok && !backKey(k) && !skip(k) && x.b.Resolve(vb) != nil {
			out = append(out, k)
		}
	}
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
			if !backKey(k) && !x.containsDepth(v, vb[k], depth+1) {
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
