package seal

import (
	"bytes"

	"zhengyan/verify/document/pdfraw"
	"zhengyan/verify/page"
)

// Shows is what a field that was signed later puts before a reader's eyes.
type Shows string

// What is shown, in rising gravity. The empty value says that nobody looked, as in reports of earlier versions.
const (
	ShowsNothing Shows = "nothing" // its widgets have no area or are hidden
	ShowsPicture Shows = "picture" // drawings and pictures, or a place for them
	ShowsText    Shows = "text"    // text too, or what could not be looked into
)

// The annotation flag of ISO 32000-2, table 167, under which neither screen nor print shows anything.
const flagHidden = 2

// sight is what a signed field shows, and where if it is at one place.
type sight struct {
	what Shows
	at   pdfraw.Dict // the only widget that shows anything; nil if there is none, or more than one
	page int
}

// shows tells what a field shows, with the widgets below it.
func (x *differ) shows(l []fieldNode, i int) sight {
	out := sight{what: ShowsNothing, page: x.pageOf(l[i].ref)}
	widgets := 0
	for j := i; j < len(l) && (j == i || below(l[j].name, l[i].name)); j++ {
		if !x.spend() {
			return sight{what: ShowsText, page: -1}
		}
		w := x.widgetShows(l[j].dict)
		if w == ShowsNothing {
			continue
		}
		if out.what != ShowsText {
			out.what = w
		}
		if widgets++; widgets == 1 {
			out.at, out.page = l[j].dict, x.pageOf(l[j].ref)
		} else {
			out.at = nil
		}
	}
	return out
}

// widgetShows tells what one widget shows. One without an area shows nothing to the eye, but text in its appearance may
// be found by a program that reads the page; one with an action may show itself later.
func (x *differ) widgetShows(d pdfraw.Dict) Shows {
	rect := x.b.Resolve(d["Rect"])
	r, ok := x.b.Rect(rect)
	area := rect != nil && (!ok || r[0] < r[2] && r[1] < r[3])
	flags, _ := pdfraw.Int(x.b.Resolve(d["F"]))
	acts := x.b.Resolve(d["A"]) != nil || x.b.Resolve(d["AA"]) != nil
	switch {
	case acts || x.writes(d["AP"]) && flags&flagHidden == 0:
		return ShowsText
	case area && flags&flagHidden == 0:
		return ShowsPicture
	}
	return ShowsNothing
}

// writes reports whether the streams of an appearance show text. What cannot be decoded, or leads on for too long, counts
// as text.
func (x *differ) writes(ap pdfraw.Object) bool {
	seen := map[int]bool{}
	queue := []pdfraw.Object{ap}
	for len(queue) > 0 {
		if !x.spend() {
			return true
		}
		o := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if r, ok := o.(pdfraw.Ref); ok {
			if seen[r.Num] {
				continue
			}
			seen[r.Num] = true
		}
		switch v := x.b.Resolve(o).(type) {
		case pdfraw.Array:
			queue = append(queue, v...)
		case pdfraw.Dict:
			queue = append(queue, leadsTo(v)...)
		case *pdfraw.Stream:
			if x.b.Name(v.Dict["Subtype"]) == "Image" {
				continue
			}
			b, err := x.b.Decode(v)
			if err != nil || showsText(b) {
				return true
			}
			queue = append(queue, leadsTo(v.Dict)...)
		}
	}
	return false
}

// leadsTo lists what a dictionary of an appearance leads to and what may draw: not its fonts and colours, nor the way up.
func leadsTo(d pdfraw.Dict) []pdfraw.Object {
	var out []pdfraw.Object
	for k, v := range d {
		switch k {
		case "Font", "ColorSpace", "Metadata", "PieceInfo", "OC", "Parent", "P", "StructParent", "Filter", "DecodeParms":
		default:
			out = append(out, v)
		}
	}
	return out
}

// showsText looks for the operators that show text (ISO 32000-2, table 107): Tj, TJ, ' and ". Strings that hold these
// signs are taken for them, which errs on the safe side.
func showsText(b []byte) bool {
	return bytes.Contains(b, []byte("Tj")) || bytes.Contains(b, []byte("TJ")) || bytes.ContainsAny(b, `'"`)
}

// isSigning reports whether a field, or one above the widget of that name, was signed after the revision compared.
func (x *differ) isSigning(name string) bool {
	for name != "" && !x.signing[name] {
		name = parentName(name)
	}
	return name != ""
}

// signature notes that a field was signed after the revision compared. ISO 32000-2, 12.8.5 lets a document timestamp be
// added to any file, as it changes nothing on its pages; one that can be seen does, and is a change like any signature.
func (x *differ) signature(v pdfraw.Dict, name string, s sight) *change {
	class, level, what := ChangesForm, levelForm, "signature "+name
	if v != nil && isDocTimestamp(x.b, v) {
		what = "document timestamp " + name
		if s.what == ShowsNothing {
			class, level = ChangesLTV, levelLTV
		}
	}
	x.signing[name] = true
	key := string(class) + "\x00" + what
	_, again := x.seen[key]
	x.add(class, level, what, s.page, "")
	i, ok := x.seen[key]
	if !ok { // beyond the greatest number of changes
		return &change{}
	}
	c := &x.changes[i]
	switch {
	case again: // two fields of one name: no place is that of both
		c.Shows, c.Box = ShowsText, page.Box{}
	default:
		c.Shows = s.what
		if s.at != nil {
			x.place(class, what, s.at, s.page)
		}
	}
	return c
}
