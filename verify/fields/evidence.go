package fields

import "slices"

// Labels that must be there for a title that was misread to be believed, or to be overruled.
const minWitnesses = 5

// witness is what a page carries of one set of labels.
type witness struct {
	face   *faceRow
	labels []label
	rows   map[string]bool // fields with a label
}

// weigh sets what OCR read of a title against the labels under it. A line that is some certificate's title to the letter stands,
// unless it is one character from another's and every label that tells the two apart is the other's. A poorly read line, or one
// of which only the end is known, is the nearest title of those whose labels are there; it is none where they are not. Which
// class a 建造师 is of is not taken from the number, but where the title leaves it open and the number says the second. What
// the labels had to decide is never sure.
func (c *candidate) weigh(tt title, t *Tables) (title, bool) {
	own := t.baseOf(tt.face)
	if own == nil && tt.dist == 0 {
		return tt, true
	}
	all := c.witnesses(t)
	base := own
	for k := range all {
		w := &all[k]
		n, near := nearestOf(tt.near, func(f *faceRow) bool { return t.baseOf(f) == w.face })
		if !near || w.face == own && !tt.weak {
			continue
		}
		reach := wildDist + 1 // a line of which only the end is known may be any title
		if own != nil && !tt.weak {
			reach = tt.dist + 1
		}
		if n.dist > reach || len(w.rows) < minWitnesses || !c.bearsOut(w, n, t) {
			continue
		}
		if tells(w, all, own) && (own == nil || own == w.face || !toldBy(all, own, w.face)) {
			base = w.face
			break
		}
	}
	switch {
	case base == nil:
		if tt.ceiling = nearCeiling; len(tt.near) > 0 { // it may be another that was misread
			tt.ceiling = poorCeiling
		}
		return tt, true
	case tt.weak && !slices.ContainsFunc(all, func(w witness) bool { return w.face == base && tells(&w, all, nil) && len(w.rows) >= minWitnesses }):
		return tt, false
	case base != own || tt.weak:
		tt.ceiling = poorCeiling
	case tt.dist > 0:
		tt.ceiling = nearCeiling
	}
	n, near := nearestOf(tt.near, func(f *faceRow) bool { return t.baseOf(f) == base })
	if !near {
		return tt, true // a known ending behind some other name
	}
	tt.face, tt.dist = n.face, n.dist
	tt.tied = slices.ContainsFunc(tt.near, func(o nearTitle) bool {
		return o.dist == n.dist && o.face.Kind != n.face.Kind && t.baseOf(o.face) == base
	})
	if tt.tied {
		if k := slices.IndexFunc(tt.near, func(o nearTitle) bool { return o.dist == n.dist && o.face.Kind == Constructor2 }); k >= 0 && c.secondClass(all, t) {
			tt.face, tt.tied, tt.ceiling = tt.near[k].face, false, poorCeiling
		}
	}
	return tt, true
}

// blurred leaves the kind open where the characters of the title that tell it from another were hardly read: 一级 from 二级. As
// in weigh, a number of the second class says that it is of that.
func (c *candidate) blurred(tt title, t *Tables) title {
	if tt.tied || tt.face.Kind == OtherCertificate {
		return tt
	}
	gs := c.titleGlyphs(&tt)
	for i := range t.faces.Faces {
		f := &t.faces.Faces[i]
		if f.Kind == tt.face.Kind || t.baseOf(f) == nil || t.baseOf(f) != t.baseOf(tt.face) {
			continue
		}
		for _, own := range tt.face.Titles {
			if !slices.ContainsFunc(f.Titles, func(other string) bool { return hardlyTold(gs, []rune(own), []rune(other)) }) ||
				editDistance([]rune(tt.core), []rune(own), tt.dist) > tt.dist {
				continue
			}
			second := f
			if tt.face.Kind == Constructor2 {
				second = tt.face
			}
			if second.Kind != Constructor2 || !c.secondClass(c.witnesses(t), t) {
				tt.tied = true
				return tt
			}
			tt.face, tt.ceiling = second, poorCeiling
			return tt
		}
	}
	return tt
}

// hardlyTold reports whether two titles differ in characters alone that were hardly read.
func hardlyTold(gs []glyph, own, other []rune) bool {
	if len(own) != len(other) {
		return false
	}
	n := 0
	for i := range own {
		if own[i] == other[i] {
			continue
		}
		k := i
		if 2*i >= len(own) { // something before it was lost, or stands there besides
			k += len(gs) - len(own)
		}
		if n++; k >= 0 && k < len(gs) && gs[k].conf >= leastConfidence {
			return false
		}
	}
	return n > 0
}

// faceByLabels is the face by whose labels a page under some other title is read: that of which it carries labels that no other
// face has, else f.
func (c *candidate) faceByLabels(f *faceRow, t *Tables) *faceRow {
	all := c.witnesses(t)
	for i := range all {
		if w := &all[i]; len(w.rows) >= minWitnesses && tells(w, all, nil) {
			return w.face
		}
	}
	return f
}

// witnesses looks for the labels of every face.
func (c *candidate) witnesses(t *Tables) []witness {
	var all []witness
	for i := range t.faces.Faces {
		if f := &t.faces.Faces[i]; f.As == "" {
			all = append(all, c.witness(f))
		}
	}
	return all
}

// baseOf is the face whose labels a certificate carries; nil for other papers, of whose labels nothing is known.
func (t *Tables) baseOf(f *faceRow) *faceRow {
	if f.Kind == OtherCertificate {
		return nil
	}
	if f.As == "" {
		return f
	}
	for i := range t.faces.Faces {
		if t.faces.Faces[i].Kind == f.As {
			return &t.faces.Faces[i]
		}
	}
	return f
}

// nearestOf is the nearest of the titles whose faces are asked for; nil asks for all.
func nearestOf(list []nearTitle, of func(*faceRow) bool) (best nearTitle, ok bool) {
	for _, n := range list {
		if (of == nil || of(n.face)) && (!ok || n.dist < best.dist) {
			best, ok = n, true
		}
	}
	return best, ok
}

func (c *candidate) witness(f *faceRow) witness {
	w := witness{face: f, labels: findLabels(c.lines, f, true), rows: map[string]bool{}}
	for i := range w.labels {
		if r := w.labels[i].row; r != nil {
			w.rows[r.Name] = true
		}
	}
	return w
}

// toldApart reports whether a page carries the label of a field that a must have and b does not know.
func toldApart(a *witness, b *faceRow) bool {
	return slices.ContainsFunc(a.face.Fields, func(row fieldRow) bool {
		return row.Required && a.rows[row.Name] && !slices.ContainsFunc(b.Fields, func(o fieldRow) bool {
			return slices.ContainsFunc(row.Labels, func(l string) bool { return slices.Contains(o.Labels, l) })
		})
	})
}

// tells reports whether the labels tell w from the face own, or, where that is nil, from every other.
func tells(w *witness, all []witness, own *faceRow) bool {
	for i := range all {
		if f := all[i].face; f != w.face && (own == nil || f == own || own == w.face) && !toldApart(w, f) {
			return false
		}
	}
	return true
}

// toldBy reports whether the labels of own tell it from other.
func toldBy(all []witness, own, other *faceRow) bool {
	return slices.ContainsFunc(all, func(w witness) bool { return w.face == own && toldApart(&w, other) })
}

// bearsOut reports whether the page bears out a title that is only near: a 建造师 has a number of a form of its own.
func (c *candidate) bearsOut(w *witness, n nearTitle, t *Tables) bool {
	if w.face.Kind != Constructor1 || n.dist < wildDist {
		return true
	}
	_, ok := c.registration(w, t)
	return ok
}

// registration is the constructor's number on the page.
func (c *candidate) registration(w *witness, t *Tables) (RegistrationNumber, bool) {
	for k := range w.labels {
		if r := w.labels[k].row; r == nil || r.Type != typeNumber {
			continue
		}
		if v := findValue(c.lines, w.labels, k); !v.empty() {
			if n, err := ParseRegistrationNumber(v.text(1, false), t); err == nil && v.confidence() >= leastConfidence {
				return n, true
			}
		}
	}
	return RegistrationNumber{}, false
}

// secondClass reports whether the number says that the certificate is of the second class.
func (c *candidate) secondClass(all []witness, t *Tables) bool {
	for i := range all {
		if all[i].face.Kind == Constructor1 {
			n, ok := c.registration(&all[i], t)
			return ok && n.Level == 2
		}
	}
	return false
}
