package pdfraw

// Page is one page of the page tree, with the attributes that it inherits.
type Page struct {
	Ref       Ref // zero for a page that is a direct object
	Dict      Dict
	MediaBox  [4]float64
	CropBox   [4]float64
	Rotate    int // 0, 90, 180, 270
	Resources Object
}

// Pages lists the pages in order. broken is true if the tree has a loop or more pages
// than the limit; nodes that are missing are passed over.
func (d *Doc) Pages() (pages []Page, broken bool) {
	cat := d.Catalog()
	if cat == nil {
		return nil, true
	}
	seen := map[int]bool{}
	var walk func(o Object, inh Page, depth int)
	steps := 0
	walk = func(o Object, inh Page, depth int) {
		if steps++; steps > 4*d.lim.Pages || len(pages) >= d.lim.Pages || depth > d.lim.Depth || d.Exhausted() {
			broken = true
			return
		}
		r, isRef := o.(Ref)
		if isRef {
			if seen[r.Num] {
				broken = true
				return
			}
			seen[r.Num] = true
		}
		node, ok := d.Resolve(o).(Dict)
		if !ok {
			return
		}
		if b, ok := d.Rect(node["MediaBox"]); ok {
			inh.MediaBox = b
		}
		if b, ok := d.Rect(node["CropBox"]); ok {
			inh.CropBox = b
		}
		if v, ok := Int(d.Resolve(node["Rotate"])); ok {
			inh.Rotate = int((v%360 + 360) % 360)
		}
		if node["Resources"] != nil {
			inh.Resources = node["Resources"]
		}
		kids, isArr := d.Resolve(node["Kids"]).(Array)
		if isArr && node["Type"] != Name("Page") {
			for _, k := range kids {
				if steps > 4*d.lim.Pages {
					return
				}
				walk(k, inh, depth+1)
			}
			return
		}
		inh.Ref, inh.Dict = r, node
		if inh.MediaBox == ([4]float64{}) {
			inh.MediaBox = [4]float64{0, 0, 612, 792}
		}
		if inh.CropBox == ([4]float64{}) {
			inh.CropBox = inh.MediaBox
		}
		pages = append(pages, inh)
	}
	walk(cat["Pages"], Page{}, 0)
	return pages, broken
}

// Rect resolves o to a rectangle with its corners in order.
func (d *Doc) Rect(o Object) ([4]float64, bool) {
	var r [4]float64
	a := d.Array(o)
	if len(a) < 4 {
		return r, false
	}
	for i := range r {
		v, ok := Number(d.Resolve(a[i]))
		if !ok {
			return r, false
		}
		r[i] = v
	}
	return [4]float64{min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3])}, true
}

// View is the rectangle of the page that is shown: the crop box within the media box, in default user space.
func (p *Page) View() [4]float64 {
	m, c := p.MediaBox, p.CropBox
	v := [4]float64{max(m[0], c[0]), max(m[1], c[1]), min(m[2], c[2]), min(m[3], c[3])}
	if v[0] >= v[2] || v[1] >= v[3] {
		return m
	}
	return v
}

// Shown carries a rectangle of default user space over to the page as it is shown: origin top left, y down, after
// /Rotate. The result is x0, y0, x1, y1.
func (p *Page) Shown(r [4]float64) [4]float64 {
	v := p.View()
	w, h := v[2]-v[0], v[3]-v[1]
	x0, y0, x1, y1 := r[0]-v[0], v[3]-r[3], r[2]-v[0], v[3]-r[1]
	switch p.Rotate {
	case 90:
		return [4]float64{h - y1, x0, h - y0, x1}
	case 180:
		return [4]float64{w - x1, h - y1, w - x0, h - y0}
	case 270:
		return [4]float64{y0, w - x1, y1, w - x0}
	}
	return [4]float64{x0, y0, x1, y1}
}
