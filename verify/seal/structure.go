package seal

import "zhengyan/verify/document/pdfraw"

// growth compares structure trees (ISO 32000-2, 14.7): a tree may gain elements, and lose those of annotations alone.
type growth struct {
	x       *differ
	memo    map[[2]int]bool
	removed bool
}

// grown reports whether b holds everything of a. The number tree that leads from content back to elements follows from
// the elements and is not compared.
func (g *growth) grown(a, b pdfraw.Object, depth int) bool {
	x := g.x
	if depth > 200 {
		return false
	}
	ra, isA := a.(pdfraw.Ref)
	rb, isB := b.(pdfraw.Ref)
	if isA && isB {
		key := [2]int{ra.Num, rb.Num}
		if v, ok := g.memo[key]; ok {
			return v
		}
		g.memo[key] = true
		v := g.grown(x.a.Get(ra.Num), x.b.Get(rb.Num), depth+1)
		g.memo[key] = v
		return v
	}
	a, b = x.a.Resolve(a), x.b.Resolve(b)
	switch va := a.(type) {
	case nil:
		return true
	case pdfraw.Dict:
		vb, ok := b.(pdfraw.Dict)
		return ok && g.element(va, vb, depth)
	case pdfraw.Array:
		vb, ok := b.(pdfraw.Array)
		if !ok {
			return len(va) == 1 && g.grown(va[0], b, depth+1)
		}
		return g.kids(va, vb, depth)
	}
	if vb, ok := b.(pdfraw.Array); ok { // a single kid became a list
		for _, v := range vb {
			if x.equal(a, v) {
				return true
			}
		}
		return false
	}
	return x.equal(a, b)
}

func (g *growth) element(a, b pdfraw.Dict, depth int) bool {
	for k, v := range a {
		switch {
		case backKey(k, v) || k == "ParentTree" || k == "ParentTreeNextKey" || k == "Obj" || k == "Ref" || k == "Limits":
		case k == "K" || k == "Kids" || k == "Names" || k == "IDTree":
			if !g.grown(v, b[k], depth+1) {
				return false
			}
		case k == "RoleMap" || k == "ClassMap":
			if !g.x.contains(v, b[k]) {
				return false
			}
		case !g.x.equal(v, b[k]):
			return false
		}
	}
	for k, v := range b {
		if _, ok := a[k]; ok || g.x.b.Resolve(v) == nil || backKey(k, v) {
			continue
		}
		switch k {
		case "K", "Kids", "Names", "IDTree", "ParentTree", "ParentTreeNextKey", "RoleMap", "ClassMap", "Namespaces", "Limits":
		default:
			return false
		}
	}
	return true
}

// kids compares the kids of an element: those of a must stand in b in the same order.
func (g *growth) kids(a, b pdfraw.Array, depth int) bool {
	j := 0
	for _, o := range a {
		at := -1
		for i := j; i < len(b) && at < 0; i++ {
			if r, ok := o.(pdfraw.Ref); ok {
				if q, ok := b[i].(pdfraw.Ref); ok && q.Num == r.Num {
					at = i
				}
			} else if g.grown(o, b[i], depth+1) {
				at = i
			}
		}
		if at < 0 {
			if !g.annotationOnly(o, 0) {
				return false
			}
			g.removed = true
			continue
		}
		if !g.grown(o, b[at], depth+1) {
			return false
		}
		j = at + 1
	}
	return true
}

// annotationOnly reports whether an element holds nothing but references to annotations.
func (g *growth) annotationOnly(o pdfraw.Object, depth int) bool {
	if depth > 32 {
		return false
	}
	switch v := g.x.a.Resolve(o).(type) {
	case nil:
		return true
	case pdfraw.Array:
		for _, k := range v {
			if !g.annotationOnly(k, depth+1) {
				return false
			}
		}
		return true
	case pdfraw.Dict:
		if v["Obj"] != nil {
			return true
		}
		return v["K"] != nil && g.annotationOnly(v["K"], depth+1)
	}
	return false
}
