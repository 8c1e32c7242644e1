package rules

import (
	"strings"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// answered reports whether the snapshot was asked and could answer.
func (e *evaluation) answered() bool {
	return e.Face != nil && e.Registry != nil && e.Registry.Error == ""
}

// records are the registrations that the snapshot has for the question.
func (e *evaluation) records() []RegistryRecord {
	if !e.answered() || !e.Registry.Answer.Found {
		return nil
	}
	return e.ownRecord(e.Registry.Answer.Records)
}

// record is the registration that the snapshot has, nil if none or more than one answers.
func (e *evaluation) record() *RegistryRecord {
	if rs := e.records(); len(rs) == 1 {
		return &rs[0]
	}
	return nil
}

// registryByLayer: the snapshot was asked for the person of a text layer that nobody sees; whom the picture shows is not known.
func registryByLayer(e *evaluation) bool { return e.answered() && pictureLayer(e) }

// registrySeveral: more than one registration answers, and which is meant cannot be said.
func registrySeveral(e *evaluation) bool {
	n := len(e.records())
	if n < 2 || !e.judged() || e.ofNumber() < 2 {
		return false
	}
	e.setInt("count", n)
	e.set("number", e.cert.Number)
	e.showSnapshot()
	return true
}

func sameNumber(a, b string) bool { return strings.EqualFold(plainName(a), plainName(b)) }

// holder reports whether the record is surely that of the certificate's holder: the same kind and number, and a name
// that at most a rare character tells apart. Under a misread number stands somebody else.
func (e *evaluation) holder(r *RegistryRecord) bool {
	return r.Kind == e.cert.Kind && r.Number != "" && sameNumber(r.Number, e.cert.Number) &&
		fields.CompareNames(e.cert.Name, r.Name) != fields.Different
}

func (e *evaluation) showSnapshot() {
	s := e.Registry.Snapshot
	age := SnapshotAge(s, e.Day, e.GatheredAt)
	e.set("asOf", civil.Of(s.AsOf).String())
	e.setInt("age", age)
	e.show("snapshot", s.ID)
	e.show("asOf", civil.Of(s.AsOf).String())
}

func (e *evaluation) judged() bool {
	for _, k := range judgedKinds() {
		if e.cert.Kind == k {
			return true
		}
	}
	return false
}

func registryNone(e *evaluation) bool { return e.judged() && e.Registry == nil }

func registryError(e *evaluation) bool {
	if !e.judged() || e.Registry == nil || e.Registry.Error == "" {
		return false
	}
	if e.Registry.Error == "no-key" {
		e.sub = FieldsUnreadable
	}
	e.set("reason", "@registry-"+e.Registry.Error)
	e.showSnapshot()
	return true
}

func registryAbsent(e *evaluation) bool {
	if !e.judged() || !e.answered() || len(e.records()) > 0 {
		return false
	}
	if y := e.rule.Params.Until; !y.IsZero() && e.cert.Approved.After(y) {
		return false
	}
	e.set("number", e.cert.Number)
	e.showSnapshot()
	e.showField("number")
	return true
}

// C-12: approved in a year that the registry covers in full, and yet not there.
func registryAbsentSince(e *evaluation) bool {
	if !e.judged() || !e.answered() || len(e.records()) > 0 || e.cert.Approved.IsZero() || e.cert.Approved.Before(e.rule.Params.Since) {
		return false
	}
	e.set("number", e.cert.Number)
	e.setDate("approved", e.cert.Approved)
	e.showSnapshot()
	e.showField("approved")
	return true
}

func (e *evaluation) ageBeyond(limit time.Duration) bool {
	if e.Registry == nil || limit <= 0 {
		return false
	}
	age := time.Duration(SnapshotAge(e.Registry.Snapshot, e.Day, e.GatheredAt)) * 24 * time.Hour
	return age > limit
}

func registryRedLine(e *evaluation) bool {
	if !e.answered() || !e.judged() || !e.ageBeyond(e.Registry.Snapshot.RedAge) {
		return false
	}
	e.showSnapshot()
	return true
}

func registryStale(e *evaluation) bool {
	if !e.answered() || !e.judged() || !e.ageBeyond(e.Registry.Snapshot.WarnAge) || e.ageBeyond(e.Registry.Snapshot.RedAge) {
		return false
	}
	e.showSnapshot()
	return true
}

func (e *evaluation) showRecord(r *RegistryRecord, s *standing) {
	e.set("status", s.word)
	e.set("statusDate", s.period())
	e.show("status", strings.TrimSpace(s.word+" "+strings.Trim(s.period(), "—")))
	if s.until.IsZero() {
		e.show("reason", r.Reason)
	} else {
		e.show("status", strings.TrimSpace(r.Status+" "+r.StatusDate.String())) // the present one beside it
	}
	e.showSnapshot()
}

// 部令153号 第十六、十七条: 注销, 吊销, 撤销, 失效, and 暂扣 while it lasts. A suspension of which the data is old may have been
// lifted since, and a copy that was made after the data shows a registration that the data may not know.
func registryEnded(e *evaluation) bool {
	r := e.record()
	s := e.standingAs(r, meansOver)
	if s != nil && (e.book.StatusWords[s.word] == "suspended" && e.ageBeyond(e.Registry.Snapshot.WarnAge) || e.newerCopy()) {
		return false
	}
	if s == nil || e.standingAs(r, meansUnknown, meansGood, meansGoodLater, meansOverSometime, meansPending, meansUnlisted) != nil || !e.holder(r) {
		return false
	}
	e.showRecord(r, s)
	return true
}

// newerCopy reports whether trusted seals bear out that the copy's period of use begins after the day of the registry's data.
func (e *evaluation) newerCopy() bool {
	from := e.cert.Usage.From
	return from.HasDay() && from.After(civil.Of(e.Registry.Snapshot.AsOf)) && e.allTrusted()
}

// registryEndedUnclear: a registration ended, and whether before the day judged, or whether it is this holder's, is not known.
func registryEndedUnclear(e *evaluation) bool {
	r := e.record()
	s := e.standingAs(r, meansOver, meansOverSometime)
	if s == nil || !e.judged() || registryEnded(e.quiet(e.rule)) {
		return false
	}
	e.showRecord(r, s)
	return true
}

// registryValidLater: the registry's good word dates from after the day judged; what held before is not known.
func registryValidLater(e *evaluation) bool {
	r := e.record()
	s := e.standingAs(r, meansGoodLater)
	if s == nil || !e.judged() {
		return false
	}
	e.showRecord(r, s)
	return true
}

// registryUnlisted: the registration stands by the registry's word of today, but a snapshot before did not hold it, and whether the
// registration stood on the day judged is not known.
func registryUnlisted(e *evaluation) bool {
	r := e.record()
	s := e.standingAs(r, meansUnlisted)
	if s == nil || !e.judged() {
		return false
	}
	e.showRecord(r, s)
	e.set("absent", r.heldOn(Absent, e.Day).Value)
	return true
}

// registryValidityOver: the face does not say how long the registration runs, and by the registry it does not run on the day.
func registryValidityOver(e *evaluation) bool {
	r := e.record()
	if r == nil || !e.cert.Valid.To.IsZero() {
		return false
	}
	v := e.validOn(r)
	if sound(v) && (v.To.IsZero() || !e.Day.After(v.To)) && (v.From.IsZero() || !e.Day.Before(v.From)) {
		return false
	}
	e.set("end", v.From.String()+" – "+v.To.String())
	e.showSnapshot()
	return true
}

// registryValidityUnknown: neither face nor registry says until when the registration runs, which bounds the period of use
// (注建〔2021〕2号 二(二)).
func registryValidityUnknown(e *evaluation) bool {
	r := e.record()
	if r == nil || !e.cert.Valid.To.IsZero() || !e.validOn(r).To.IsZero() {
		return false
	}
	e.showSnapshot()
	return true
}

// registryEndedLater: the registration ended after the day judged, so on that day it stood.
func registryEndedLater(e *evaluation) bool {
	r := e.record()
	s := e.standingAs(r, meansOverLater)
	if s == nil || e.standingAs(r, meansOver, meansOverSometime) != nil {
		return false
	}
	e.showRecord(r, s)
	return true
}

func registryPending(e *evaluation) bool {
	r := e.record()
	s := e.standingAs(r, meansPending)
	if s == nil {
		return false
	}
	e.showRecord(r, s)
	return true
}

func registryUnknownStatus(e *evaluation) bool {
	r := e.record()
	s := e.standingAs(r, meansUnknown)
	if s == nil {
		return false
	}
	e.showRecord(r, s)
	return true
}

// difference is a field in which face and registry disagree.
type difference struct{ field, face, registry string }

// differences compares what both sides have. The face of an older copy shows what was true then, so a change that the
// registry dates after the day judged is no difference.
func (e *evaluation) differences(r *RegistryRecord) []difference {
	e.compared.once(func() bool {
		e.differs = e.compare(r)
		return true
	})
	return e.differs
}

func (e *evaluation) compare(r *RegistryRecord) []difference {
	var out []difference
	differ := func(field, face, reg string) {
		if face != "" && reg != "" {
			out = append(out, difference{field, face, reg})
		}
	}
	cmp := func(field, face, reg string, same bool) {
		if !same && !e.earlier(r, field, func(v string) bool { return plainName(v) == plainName(face) }) {
			differ(field, face, reg)
		}
	}
	c := e.cert
	if r.Kind != c.Kind {
		out = append(out, difference{"kind", string(c.Kind), string(r.Kind)})
	}
	cmp("number", c.Number, r.Number, sameNumber(c.Number, r.Number))
	if c.Name != "" && r.Name != "" {
		cmp("name", c.Name, r.Name, fields.CompareNames(c.Name, r.Name) != fields.Different)
	}
	cmp("sex", c.Sex, r.Sex, c.Sex == r.Sex)
	cmp("birth", c.Birth.String(), r.Birth.String(), sameBirth(c.Birth, r.Birth))
	// Employer, specialties and validity change with time: what the registry said on the day judged is compared, and only that. Of the
	// day on which the next value took its place only the latest is known, so that the next is no agreement either.
	if word := e.wordOf(r, "employer", r.Employer); !sameEmployer(c.Employer, word) {
		differ("employer", c.Employer, word)
	}
	valid := e.validOn(r)
	if c.Valid.To != valid.To {
		differ("valid", c.Valid.To.String(), valid.To.String())
	}
	if e.notBegun(valid) && !e.notBegun(c.Valid) { // of what the face says itself other rules speak
		differ("valid", e.Day.String(), valid.From.String()+" –")
	}
	list := r.Specialties
	if then := e.wordOf(r, "specialties", ""); then != "" {
		list = readSpecialties(then)
	}
	for _, s := range c.Specialties {
		for _, t := range list {
			if e.book.specialtyName(s.Name) != e.book.specialtyName(t.Name) {
				continue
			}
			if s.Valid.To != t.Valid.To && !t.Valid.To.IsZero() || e.notBegun(t.Valid) && !e.notBegun(s.Valid) {
				differ("specialty", s.Name+" "+s.Valid.To.String(), strings.TrimSpace(t.Name+" "+t.Valid.String()))
			}
		}
		if len(list) > 0 && !e.book.hasSpecialty(list, s.Name) {
			differ("specialty", s.Name, "—")
		}
	}
	return e.compareIdentifiers(r, out)
}

// notBegun reports whether a period of the registry's begins only after the day judged.
func (e *evaluation) notBegun(p fields.Period) bool {
	first, _ := daysOf(p.From)
	return e.Day.Before(first)
}

func (b *Book) hasSpecialty(list []fields.Specialty, name string) bool {
	for _, s := range list {
		if b.specialtyName(s.Name) == b.specialtyName(name) {
			return true
		}
	}
	return false
}

// sameBirth compares to the precision that both have: qualification certificates print the month only.
func sameBirth(a, b civil.Date) bool {
	return a.Y == b.Y && a.M == b.M && (a.D == b.D || a.D == 0 || b.D == 0)
}

func registryDiffers(e *evaluation) bool {
	r := e.record()
	if r == nil {
		return false
	}
	ds := e.differences(r)
	if len(ds) == 0 {
		return false
	}
	e.set("field", "@field-"+ds[0].field)
	e.set("face", ds[0].face)
	e.set("registry", ds[0].registry)
	e.setDate("issued", civil.Max(e.cert.IssueDate, e.cert.Usage.From))
	for _, d := range ds {
		e.show(d.field, d.face+" | "+d.registry)
	}
	e.showSnapshot()
	return true
}

// C-14: names that differ only in a rare character are for a person to compare.
func registryNameRare(e *evaluation) bool {
	r := e.record()
	if r == nil || e.cert.Name == "" || r.Name == "" || fields.CompareNames(e.cert.Name, r.Name) != fields.RareOnly {
		return false
	}
	e.set("face", e.cert.Name)
	e.set("registry", r.Name)
	e.showField("name")
	return true
}

func registryNewerCopy(e *evaluation) bool {
	r := e.record()
	if r == nil || r.LatestUsageFrom.IsZero() {
		return false
	}
	p := e.period()
	if p.From.IsZero() || !p.From.Before(r.LatestUsageFrom) || e.Day.Before(r.LatestUsageFrom) {
		return false
	}
	e.setDate("newer", r.LatestUsageFrom)
	e.setDate("start", p.From)
	e.showSnapshot()
	return true
}

func registryGood(e *evaluation) bool {
	r := e.record()
	if r == nil || !e.judged() || e.ageBeyond(e.Registry.Snapshot.RedAge) {
		return false
	}
	s := e.standingAs(r, meansGood, meansOverLater)
	if s == nil || e.standingAs(r, meansUnknown, meansGoodLater, meansOver, meansOverSometime, meansPending) != nil {
		return false
	}
	if registryValidityOver(e.quiet(e.rule)) || e.cert.Kind == fields.Architect1 && registryValidityUnknown(e.quiet(e.rule)) {
		return false
	}
	if !e.holder(r) || len(e.differences(r)) > 0 || fields.CompareNames(e.cert.Name, r.Name) != fields.Equal {
		return false
	}
	e.showRecord(r, s)
	return true
}
