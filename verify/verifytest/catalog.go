package verifytest

import (
	"fmt"
	"strings"

	"zhengyan/verify/fields"
)

// Verdict is an indication in the words of ETSI EN 319 102-1.
type Verdict string

// The verdicts.
const (
	Pass   Verdict = "TOTAL-PASSED"
	Unsure Verdict = "INDETERMINATE"
	Fail   Verdict = "TOTAL-FAILED"
)

// Expect is what the verifier must say.
type Expect struct {
	Copy         Verdict
	Registration Verdict
	Overall      Verdict
	// Rules are the ids of the rules that must be reported as not passed: failed, inconclusive or advised.
	Rules []string
}

// Judgement is one question on a specimen: a day and options, with the answer.
type Judgement struct {
	At      string
	Options []string // of `zhengyan verify`, without --at, --data and --trust
	Expect
	// NoSnapshot asks without a registry.
	NoSnapshot bool
	// IfRead is the answer of a build that reads text in pictures (OCR), where that differs.
	IfRead *Expect
}

// Case is one file of the set: what it is, what the registry says, and what must be answered.
type Case struct {
	File  string // below the set's folder, with / as separator
	About string // one sentence
	Spec  Spec
	Row   *RegistryRow // nil: the registry does not know the holder
	Ask   []Judgement
	// Covers are rule ids that the file shows beside those of Ask, because they pass or only inform; Vectors are the
	// rows of DOMAIN §7.
	Covers  []string
	Vectors []int
	// Raw, if set, makes the bytes instead of the drawing.
	Raw func(g *Generator, s Spec) ([]byte, error)
}

// Catalog returns every specimen. Edit the expected answers in the catalog_*.go files; they are plain tables.
func Catalog() []*Case {
	b := &catalog{}
	b.constructorPeriods()
	b.constructorPerson()
	b.constructorPrint()
	b.constructorSeals()
	b.constructorRegistry()
	b.architects()
	b.qualifications()
	b.scans()
	b.others()
	for _, c := range b.cases {
		c.finish()
	}
	return b.cases
}

type catalog struct {
	cases []*Case
	n     int
}

// builder is a Case in the making.
type builder struct{ *Case }

func (c *Case) finish() {
	for i := range c.Ask {
		j := &c.Ask[i]
		if j.Overall == "" {
			j.Overall = worse(j.Copy, j.Registration)
		}
		if j.IfRead != nil && j.IfRead.Overall == "" {
			j.IfRead.Overall = worse(j.IfRead.Copy, j.IfRead.Registration)
		}
	}
}

func worse(a, b Verdict) Verdict {
	switch {
	case a == Fail || b == Fail:
		return Fail
	case a == Unsure || b == Unsure:
		return Unsure
	}
	return Pass
}

// invented returns the n-th invented name. The family names are the words 样, 例, 范, 试, 验, so that nobody bears them.
func invented(n int) string {
	family := []rune("样例范试验")
	first := []rune("一安成达恩丰光和景康乐明宁平启荣善泰文兴")
	second := []rune("本初德方功宏嘉可良木诺齐然实田维信言之中")
	return string([]rune{family[n%5], first[(n/5)%20], second[(n*7+n/5)%20]})
}

func (b *catalog) add(folder, file, about string, s Spec, mods []func(*Spec)) *builder {
	b.n++
	s.ID = folder + "/" + file
	s.Name = invented(b.n)
	if b.n%2 == 0 {
		s.Sex = "女"
	}
	for _, m := range mods {
		m(&s)
	}
	ext := ".pdf"
	switch s.Carrier {
	case CarrierScanPNG, CarrierScreenshot:
		ext = ".png"
	case CarrierScanJPEG, CarrierPhoto:
		ext = ".jpg"
	}
	c := &builder{Case: &Case{File: folder + "/" + file + ext, About: about, Spec: s}}
	row := s.Row()
	c.Row = &row
	b.cases = append(b.cases, c.Case)
	return c
}

func (b *catalog) constructor(file, about string, mods ...func(*Spec)) *builder {
	s := Good(fields.Constructor1)
	s.Number = fmt.Sprintf("京11120152016%05d", b.n+101)
	s.QR = fmt.Sprintf("https://jzsgl.coc.gov.cn/specimen/check?o=U1BFQ0lNRU4tMD%05d==", b.n+101)
	return b.add("constructor", file, about, s, mods)
}

func (b *catalog) architect(file, about string, mods ...func(*Spec)) *builder {
	s := Good(fields.Architect1)
	s.Number = fmt.Sprintf("11260%05d", b.n+101)
	s.QR = fmt.Sprintf("https://jzsc.mohurd.gov.cn/specimen/arch?o=U1BFQ0lNRU4tMT%05d==", b.n+101)
	return b.add("architect", file, about, s, mods)
}

func (b *catalog) qualification(file, about string, mods ...func(*Spec)) *builder {
	s := Good(fields.Qualification)
	s.Number = fmt.Sprintf("2022110991100%05d", b.n+101)
	s.IDNumber = InventedID(Day("1990-01-01"), b.n+101)
	return b.add("qualification", file, about, s, mods)
}

// row changes what the registry says.
func (c *builder) row(f func(*RegistryRow)) *builder {
	f(c.Row)
	return c
}

// unknown takes the holder out of the registry.
func (c *builder) unknown() *builder {
	c.Row = nil
	return c
}

func (c *builder) covers(ids ...string) *builder {
	c.Covers = append(c.Covers, ids...)
	return c
}

func (c *builder) vector(n ...int) *builder {
	c.Vectors = append(c.Vectors, n...)
	return c
}

// at asks on a day without options.
func (c *builder) at(day string, copyV, reg Verdict, rules ...string) *builder {
	return c.with("", day, copyV, reg, rules...)
}

// with asks on a day with options, separated by |.
func (c *builder) with(options, day string, copyV, reg Verdict, rules ...string) *builder {
	var o []string
	if options != "" {
		o = strings.Split(options, "|")
	}
	c.Ask = append(c.Ask, Judgement{At: day, Options: o, Expect: Expect{Copy: copyV, Registration: reg, Rules: rules}})
	return c
}

// overall sets the last question's overall verdict where the policy makes another of the two than the worse.
func (c *builder) overall(v Verdict) *builder {
	c.Ask[len(c.Ask)-1].Overall = v
	return c
}

// ifRead sets the last question's answer for builds that read pictures.
func (c *builder) ifRead(copyV, reg Verdict, rules ...string) *builder {
	c.Ask[len(c.Ask)-1].IfRead = &Expect{Copy: copyV, Registration: reg, Rules: rules}
	return c
}

func (c *builder) noSnapshot() *builder {
	c.Ask[len(c.Ask)-1].NoSnapshot = true
	return c
}

// Changes to a Spec that many cases share.

// window sets the period of use; the seals are put on its first day.
func window(from, to string) func(*Spec) {
	return func(s *Spec) {
		s.Usage = Span(from, to)
		sealedOn(from)(s)
	}
}

// sealedOn moves the seals to a day.
func sealedOn(day string) func(*Spec) {
	return func(s *Spec) {
		at := dayTime(Day(day), 9, 30)
		s.Seals = append([]Seal(nil), s.Seals...)
		for i := range s.Seals {
			s.Seals[i].At = at
			at = at.Add(60e9)
		}
	}
}

// specialty replaces the specialties; arguments come in threes: name, from, to.
func specialty(args ...string) func(*Spec) {
	return func(s *Spec) {
		s.Specialties = nil
		for i := 0; i+2 < len(args); i += 3 {
			s.Specialties = append(s.Specialties, fields.Specialty{Name: args[i], Valid: Span(args[i+1], args[i+2])})
		}
		if len(s.Specialties) > 0 {
			s.IssueDate = s.Specialties[0].Valid.From
		}
	}
}

// early makes the certificate one of spring 2024, for the vectors that speak of that time.
func early(from, to string) func(*Spec) {
	return func(s *Spec) {
		specialty("建筑工程", "2023-05-14", "2026-05-13")(s)
		window(from, to)(s)
	}
}

// seal replaces the first seal's form and signer.
func seal(form SealForm, signer SignerID) func(*Spec) {
	return func(s *Spec) {
		s.Seals = append([]Seal(nil), s.Seals...)
		s.Seals[0].Form, s.Seals[0].Signer = form, signer
	}
}

// sealWith changes the first seal.
func sealWith(f func(*Seal)) func(*Spec) {
	return func(s *Spec) {
		s.Seals = append([]Seal(nil), s.Seals...)
		f(&s.Seals[0])
	}
}

func birth(day string) func(*Spec) { return func(s *Spec) { s.Birth = Day(day) } }

func number(n string) func(*Spec) { return func(s *Spec) { s.Number = n } }

func status(word, day, reason string) func(*RegistryRow) {
	return func(r *RegistryRow) { r.Status, r.StatusDate, r.Reason = word, Day(day), reason }
}

func annotation(from, to string) func(*Spec) {
	return func(s *Spec) {
		s.Annotation = &fields.Annotation{Scene: "本人调用", Period: Span(from, to)}
		sealedOn(from)(s)
	}
}
