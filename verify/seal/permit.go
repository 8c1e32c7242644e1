package seal

import (
	"fmt"
	"strings"

	"zhengyan/verify/document/pdfraw"
)

// permission is what a signature allows to be done after it (ISO 32000-2, 12.8.2).
type permission struct {
	level   int
	locked  bool
	action  string // All, Include, Exclude
	fields  []string
	certify bool
}

// permissions reads DocMDP and FieldMDP of a signature and the Lock of its field. Without any of them form filling and
// further signatures are allowed: that is what an approval signature expects, and a mark over the page is not.
func (f *file) permissions(doc *pdfraw.Doc, e *entry, end int) []permission {
	base := permission{level: levelForm}
	if p, ok := f.certified(doc, e, end); ok {
		base.level = p
	}
	out := []permission{}
	for _, o := range doc.Array(e.dict["Reference"]) {
		ref := doc.Dict(o)
		tp := doc.Dict(ref["TransformParams"])
		switch doc.Name(ref["TransformMethod"]) {
		case "DocMDP":
			base.certify = true
			base.level = levelForm
			if p, ok := pdfraw.Int(doc.Resolve(tp["P"])); ok && p >= 1 && p <= 3 {
				base.level = int(p)
			}
		case "FieldMDP":
			out = append(out, lockOf(doc, tp))
		}
	}
	if lock := doc.Dict(e.field["Lock"]); lock != nil {
		l := lockOf(doc, lock)
		if p, ok := pdfraw.Int(doc.Resolve(lock["P"])); ok && p >= 1 && p <= 3 {
			base.level = min(base.level, int(p))
			if !base.certify {
				base.level = int(p)
			}
		}
		out = append(out, l)
	}
	return append(out, base)
}

// certified returns the level that another signature allows which certified the document before: one that came later
// has no say in what this signer agreed to.
func (f *file) certified(doc *pdfraw.Doc, self *entry, end int) (level int, ok bool) {
	for _, e := range f.loc.entries {
		if e == self || e.source != fromField || f.measured(e).end >= end || f.measured(e).coverage != CoverageRevision {
			continue
		}
		for _, o := range doc.Array(e.dict["Reference"]) {
			ref := doc.Dict(o)
			if doc.Name(ref["TransformMethod"]) != "DocMDP" {
				continue
			}
			n := levelForm
			if p, ok := pdfraw.Int(doc.Resolve(doc.Dict(ref["TransformParams"])["P"])); ok && p >= 1 && p <= 3 {
				n = int(p)
			}
			if !ok || n < level {
				level, ok = n, true
			}
		}
	}
	return level, ok
}

func lockOf(doc *pdfraw.Doc, d pdfraw.Dict) permission {
	p := permission{locked: true, action: string(doc.Name(d["Action"]))}
	for _, o := range doc.Array(d["Fields"]) {
		if s, ok := doc.Resolve(o).(pdfraw.String); ok {
			p.fields = append(p.fields, pdfraw.Text(s))
		}
	}
	return p
}

// forbids reports whether the permission forbids a change.
func (p permission) forbids(c change) bool {
	if !p.locked {
		return c.level > p.level || c.created && p.certify && p.level < levelAnnot
	}
	if c.field == "" {
		return false
	}
	listed := false
	for _, f := range p.fields {
		listed = listed || c.field == f || strings.HasPrefix(c.field, f+".") || strings.HasPrefix(c.field, f+"#")
	}
	switch p.action {
	case "All":
		return true
	case "Include":
		return listed
	case "Exclude":
		return !listed
	}
	return false
}

func least(perms []permission) int {
	n := levelAnnot
	for _, p := range perms {
		if !p.locked {
			n = min(n, p.level)
		}
	}
	return n
}

// orphans lists new objects that nothing in the document leads to. They do no harm by themselves; where
// no change is permitted they are one, and an update of nothing else has no honest reason.
func orphans(signed, now *pdfraw.Doc) []change {
	reached := map[int]bool{}
	queue := []pdfraw.Object{now.Trailer}
	for _, s := range now.Sections {
		reached[s.Ref.Num] = true
	}
	for len(queue) > 0 && len(reached) < maxCompared {
		o := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		switch v := o.(type) {
		case pdfraw.Ref:
			if !reached[v.Num] {
				reached[v.Num] = true
				queue = append(queue, now.Get(v.Num))
			}
		case pdfraw.Array:
			queue = append(queue, v...)
		case pdfraw.Dict:
			for _, x := range v {
				queue = append(queue, x)
			}
		case *pdfraw.Stream:
			queue = append(queue, v.Dict)
		}
	}
	var out []change
	now.Numbers(func(num int, e pdfraw.Entry) {
		if _, old := signed.Entry(num); !old && !reached[num] && e.Kind == pdfraw.InFile && len(out) < maxChanges {
			d := now.Dict(pdfraw.Ref{Num: num})
			switch now.Name(d["Type"]) {
			case "", "ObjStm", "XRef", "DSS", "VRI":
				return // arrays and streams of validation data that a tool wrote and did not use
			}
			out = append(out, change{Change: Change{Class: ChangesContent, What: fmt.Sprintf("object %d that nothing leads to", num), Page: -1}, level: levelAnnot})
		}
	})
	return out
}

// changesAfter compares the revision that was signed with the file and judges the changes.
func (f *file) changesAfter(v *verified) {
	signed, err := pdfraw.Open(f.ctx, f.data[:v.cov.end], f.opts.Limits.Reader)
	s := &v.sig
	if err != nil {
		s.Coverage, s.Permitted = CoveragePartial, false
		s.Problems = append(s.Problems, Problem{pByteRange, "the signed bytes are no document"})
		return
	}
	perms := f.permissions(f.doc, v.e, v.cov.end)
	v.changes = compareRevisions(signed, f.doc, v.cov.end)
	if least(perms) < levelForm || len(v.changes) == 0 {
		v.changes = append(v.changes, orphans(signed, f.doc)...)
	}
	rank := map[Changes]int{ChangesNone: 0, ChangesLTV: 1, ChangesForm: 2, ChangesAnnotation: 3, ChangesContent: 4}
	for _, c := range v.changes {
		if rank[c.Class] > rank[s.Changes] {
			s.Changes = c.Class
		}
		s.Changed = append(s.Changed, c.Change)
		for _, p := range perms {
			if p.forbids(c) && s.Permitted {
				s.Permitted = false
				s.Problems = append(s.Problems, Problem{pModified, c.What})
			}
		}
	}
}
