package report

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"zhengyan/verify"
	"zhengyan/verify/fields"
)

// CrossKind is what files have in common.
type CrossKind int

// What files may have in common. All of them are hints to look, none is a verdict: a person may be named by a consortium,
// and a bidder may hand a file in twice.
const (
	SameFile     CrossKind = iota // the same bytes (SHA-256)
	SameNumber                    // the same registration number in different files
	SamePerson                    // the same person (name with identity number or birth date) under different numbers
	SameDocument                  // PDFs that were made from one another (the first half of /ID), with different bytes
)

// CrossFile is what a file is compared with others by. What is "" is not compared.
type CrossFile struct {
	SHA256     string
	Kind       fields.Kind
	Number     string
	Name       string
	IDNumber   string
	Birth      string
	DocumentID string
	// Half marks a file that is judged in another's place, as a print is in its original's: its bytes alone are compared.
	Half bool
}

// Cross is a set of files, by their places in the list compared, that have something in common.
type Cross struct {
	Kind    CrossKind
	Members []int
}

// Compare compares every file with every other, kind by kind. What was told of files with the same bytes is not told again,
// nor is that the bearers of one number are one person.
func Compare(files []CrossFile) []Cross {
	var out []Cross
	one := map[string]bool{} // sets of files that are one file
	for kind := SameFile; kind <= SameDocument; kind++ {
		groups := map[string][]int{}
		var order []string
		for i := range files {
			k := files[i].key(kind)
			if k == "" || files[i].Half && kind != SameFile {
				continue
			}
			if _, ok := groups[k]; !ok {
				order = append(order, k)
			}
			groups[k] = append(groups[k], i)
		}
		for _, k := range order {
			set := groups[k]
			if len(set) < 2 {
				continue
			}
			first, same, number := &files[set[0]], true, true
			for _, i := range set {
				f := &files[i]
				same = same && f.SHA256 == first.SHA256
				number = number && f.Number != "" && f.Kind == first.Kind && folded(f.Number) == folded(first.Number)
			}
			switch {
			case kind == SameFile:
				one[setKey(set)] = true
			case same && one[setKey(set)], kind == SamePerson && number:
				continue
			}
			out = append(out, Cross{kind, set})
		}
	}
	return out
}

func (f *CrossFile) key(kind CrossKind) string {
	switch kind {
	case SameFile:
		return f.SHA256
	case SameNumber:
		if f.Number != "" {
			return string(f.Kind) + "\n" + folded(f.Number)
		}
	case SamePerson:
		switch {
		case f.Name == "":
		case f.IDNumber != "" && !strings.Contains(f.IDNumber, "*"):
			return "id\n" + folded(f.Name) + "\n" + folded(f.IDNumber)
		case f.Birth != "":
			return "birth\n" + folded(f.Name) + "\n" + f.Birth
		}
	case SameDocument:
		return f.DocumentID
	}
	return ""
}

// folded makes spellings comparable: narrow forms, small letters.
func folded(s string) string { return strings.ToLower(width.Narrow.String(s)) }

func setKey(set []int) string {
	var b strings.Builder
	for _, i := range set {
		b.WriteString(strconv.Itoa(i) + ",")
	}
	return b.String()
}

// crossFile is what the file of a report is compared by. Certificates of one document share its bytes and its /ID, which are
// not compared.
func crossFile(r *verify.Report) CrossFile {
	c := &r.Certificate
	f := CrossFile{Kind: c.Kind, Number: c.Number, Name: c.Name, IDNumber: c.IDNumber, Birth: c.Birth.String()}
	if isPart(r) {
		return f
	}
	f.SHA256 = r.Input.SHA256
	if r.Evidence != nil && len(r.Evidence.Metadata.IDs) > 0 {
		f.DocumentID = strings.ToLower(r.Evidence.Metadata.IDs[0])
	}
	return f
}

// isPart reports whether the report is of one certificate of several in a document.
func isPart(r *verify.Report) bool { return r.Evidence != nil && r.Evidence.Part != nil }

// Crossing is a set of files of a batch that have something in common. It is a hint to look, never a verdict.
type Crossing struct {
	What  string // in words of the report's language
	Value string
	Files []string
}

// RosterLine is one line of a check against the list of people that a bid must show.
type RosterLine struct {
	State, Name, Number, Differs, File string
}

// Crossings compares the files of a batch: the same bytes, the same number, the same person, PDFs made from one another. A
// print is a file of its own where bytes are compared, and none beside its original otherwise.
func Crossings(rs []*verify.Report) []Crossing {
	w := batchWords(rs)
	rs = WithoutHalves(rs)
	var files []CrossFile
	var own, whole []string // a file's name alone, and with that of its print
	seen := map[half]bool{} // an original that is judged with two prints is one file
	for _, r := range rs {
		f := crossFile(r)
		if !isPart(r) {
			h := half{r.Input.Name, r.Input.SHA256}
			if pairOf(r) != nil && seen[h] {
				f = CrossFile{}
			}
			seen[h] = true
		}
		files, own, whole = append(files, f), append(own, clean(r.Input.Name)), append(whole, fileOf(r))
		if p := pairOf(r); p != nil && !seen[half{p.Input.Name, p.Input.SHA256}] {
			seen[half{p.Input.Name, p.Input.SHA256}] = true
			files, own, whole = append(files, CrossFile{SHA256: p.Input.SHA256, Half: true}), append(own, clean(p.Input.Name)), append(whole, clean(p.Input.Name))
		}
	}
	var out []Crossing
	for _, x := range Compare(files) {
		c, names := Crossing{}, whole
		switch f := &files[x.Members[0]]; x.Kind {
		case SameFile:
			c.What, c.Value, names = w.say("同一文件（SHA-256 相同）", "the same file (SHA-256)"), f.SHA256, own
		case SameNumber:
			c.What, c.Value = w.say("同一注册编号", "the same registration number"), f.Number
		case SamePerson:
			c.What, c.Value = w.say("同一人（姓名与证件号码或出生日期相同）", "the same person (name with identity number or date of birth)"), f.Name
		case SameDocument:
			c.What, c.Value = w.say("PDF 文档标识相同（由同一文件改出）", "the same PDF identifier (made from one file)"), f.DocumentID
		}
		c.Value = clean(c.Value)
		for _, i := range x.Members {
			c.Files = append(c.Files, names[i])
		}
		out = append(out, c)
	}
	return out
}

// half names a file that may be judged together with another.
type half struct{ name, sha256 string }

func pairOf(r *verify.Report) *verify.Print {
	if r.Evidence == nil {
		return nil
	}
	return r.Evidence.Print
}

// WithoutHalves leaves out what was said of an original or a print by itself before its other half was read: the pair's
// report holds both, and a certificate counts once.
func WithoutHalves(rs []*verify.Report) []*verify.Report {
	paired := map[half]bool{}
	for _, r := range rs {
		if p := pairOf(r); p != nil {
			paired[half{r.Input.Name, r.Input.SHA256}] = true
			paired[half{p.Input.Name, p.Input.SHA256}] = true
		}
	}
	if len(paired) == 0 {
		return rs
	}
	return slices.DeleteFunc(slices.Clone(rs), func(r *verify.Report) bool {
		return !isPart(r) && pairOf(r) == nil && paired[half{r.Input.Name, r.Input.SHA256}]
	})
}

// crossingNote says what the list is worth.
func (w words) crossingNote() string {
	return w.say("以下仅为提示，供人工查看，不影响结论。", "These are hints for a person to look at; no verdict rests on them.")
}

func (c Crossing) files() string { return strings.Join(c.Files, "\n") }
