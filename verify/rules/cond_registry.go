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

// record is the registration that the snapshot has, nil if none or more than one answers.
func (e *evaluation) record() *RegistryRecord {
	if !e.answered() || !e.Registry.Answer.Found || len(e.Registry.Answer.Records) == 0 {
		return nil
	}
	return &e.Registry.Answer.Records[0]
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
	if !e.judged() || !e.answered() || e.record() != nil {
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
	if !e.judged() || !e.answered() || e.record() != nil || e.cert.Approved.IsZero() || e.cert.Approved.Before(e.rule.Params.Since) {
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

func (e *evaluation) statusMeans(r *RegistryRecord) string { return e.book.StatusWords[r.Status] }

func (e *evaluation) showRecord(r *RegistryRecord) {
	e.set("status", r.Status)
	e.set("statusDate", r.StatusDate.String())
	if r.StatusDate.IsZero() {
		e.set("statusDate", "—")
	}
	e.show("status", strings.TrimSpace(r.Status+" "+r.StatusDate.String()))
	e.show("reason", r.Reason)
	e.showSnapshot()
}

// 部令153号 第十六、十七条: 注销, 吊销, 撤销, 失效, and 暂扣 while it lasts.
func registryEnded(e *evaluation) bool {
	r := e.record()
	if r == nil {
		return false
	}
	switch e.statusMeans(r) {
	case "ended", "suspended":
	default:
		return false
	}
	if e.Day.Before(r.StatusDate) {
		return false
	}
	e.showRecord(r)
	return true
}

// registryEndedLater: the registration ended after the day judged, so on that day it stood.
func registryEndedLater(e *evaluation) bool {
	r := e.record()
	if r == nil || r.StatusDate.IsZero() || !e.Day.Before(r.StatusDate) {
		return false
	}
	if m := e.statusMeans(r); m != "ended" && m != "suspended" {
		return false
	}
	e.showRecord(r)
	return true
}

func registryPending(e *evaluation) bool {
	r := e.record()
	if r == nil || e.statusMeans(r) != "pending" {
		return false
	}
	e.showRecord(r)
	return true
}

func registryUnknownStatus(e *evaluation) bool {
	r := e.record()
	if r == nil || e.statusMeans(r) != "" {
		return false
	}
	e.showRecord(r)
	return true
}

// difference is a field in which face and registry disagree.
type difference struct{ field, face, registry string }

// differences compares what both sides have. The face of an older copy shows what was true then, so a change that the
// registry dates after the day judged is no difference.
func (e *evaluation) differences(r *RegistryRecord) []difference {
	var out []difference
	cmp := func(field, face, reg string, same bool) {
		if face == "" || reg == "" || same {
			return
		}
		for _, h := range r.History {
			if h.Field == field && plainName(h.Value) == plainName(face) && e.Day.Before(h.Until) {
				return
			}
		}
		out = append(out, difference{field, face, reg})
	}
	c := e.cert
	if c.Name != "" && r.Name != "" {
		cmp("name", c.Name, r.Name, fields.CompareNames(c.Name, r.Name) != fields.Different)
	}
	cmp("sex", c.Sex, r.Sex, c.Sex == r.Sex)
	cmp("birth", c.Birth.String(), r.Birth.String(), sameBirth(c.Birth, r.Birth))
	cmp("employer", c.Employer, r.Employer, sameEmployer(c.Employer, r.Employer))
	cmp("valid", c.Valid.To.String(), r.Valid.To.String(), c.Valid.To == r.Valid.To)
	for _, s := range c.Specialties {
		for _, t := range r.Specialties {
			if e.book.specialtyName(s.Name) == e.book.specialtyName(t.Name) {
				cmp("specialty", s.Name+" "+s.Valid.To.String(), t.Name+" "+t.Valid.To.String(), s.Valid.To == t.Valid.To || t.Valid.To.IsZero())
			}
		}
		if len(r.Specialties) > 0 && !e.book.hasSpecialty(r.Specialties, s.Name) {
			out = append(out, difference{"specialty", s.Name, "—"})
		}
	}
	return out
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
	m := e.statusMeans(r)
	later := (m == "ended" || m == "suspended") && !r.StatusDate.IsZero() && e.Day.Before(r.StatusDate)
	if m != "valid" && !later {
		return false
	}
	if r.Name == "" || e.cert.Name == "" || len(e.differences(r)) > 0 || fields.CompareNames(e.cert.Name, r.Name) != fields.Equal {
		return false
	}
	e.showRecord(r)
	return true
}
