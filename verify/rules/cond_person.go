package rules

import (
	"slices"
	"strings"
	"unicode/utf8"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// wanted returns the specialties that the question is about: the one asked for, else all.
func (e *evaluation) wanted() []fields.Specialty {
	if e.Specialty == "" {
		return e.cert.Specialties
	}
	want := e.book.specialtyName(e.Specialty)
	var out []fields.Specialty
	for _, s := range e.cert.Specialties {
		if e.book.specialtyName(s.Name) == want || e.book.specialtyName(s.Raw) == want {
			out = append(out, s)
		}
	}
	return out
}

// specialtyName folds the forms of a specialty's name, 市政 as cut on the seal and 市政公用工程, into its full one.
func (b *Book) specialtyName(s string) string {
	s = plainName(s)
	if full, ok := b.specialties[s]; ok {
		return full
	}
	return s
}

// open reports whether the specialty's validity holds the day; known is false where an end was not read.
func (e *evaluation) open(s fields.Specialty) (open, known bool) {
	if s.Valid.To.IsZero() || !sound(s.Valid) {
		return false, false
	}
	return !e.Day.After(s.Valid.To) && (s.Valid.From.IsZero() || !e.Day.Before(s.Valid.From)), true
}

func (e *evaluation) setSpecialty(s fields.Specialty) {
	e.set("specialty", s.Name)
	e.setDate("end", s.Valid.To)
	e.setDate("start", s.Valid.From)
	e.showField("specialty")
}

func specialtyValid(e *evaluation) bool {
	var names []string
	var end civil.Date
	for _, s := range e.wanted() {
		if ok, _ := e.open(s); ok {
			names = append(names, s.Name)
			end = civil.Max(end, s.Valid.To)
		}
	}
	if len(names) == 0 {
		return false
	}
	e.set("specialty", strings.Join(names, "、"))
	e.setDate("end", end)
	e.showField("specialty")
	return true
}

// ended returns the wanted specialties that are over on the day, those that are not, and whether every end is known.
func (e *evaluation) ended() (over, good []fields.Specialty, known bool) {
	known = true
	for _, s := range e.wanted() {
		ok, k := e.open(s)
		known = known && k
		switch {
		case ok:
			good = append(good, s)
		case k && e.Day.After(s.Valid.To):
			over = append(over, s)
		}
	}
	return over, good, known
}

// specialtyExpired: the specialty relied on, or every specialty, is over.
func specialtyExpired(e *evaluation) bool {
	over, good, known := e.ended()
	if len(over) == 0 || len(good) > 0 || !known || len(over) < len(e.wanted()) { // one of them may only begin
		return false
	}
	last := over[0]
	for _, s := range over {
		if s.Valid.To.After(last.Valid.To) {
			last = s
		}
	}
	// 40号 一(二)1 lets what ended before its day of lapse lapse on that day: Y-50 and Y-51 judge it.
	if last.Valid.To.Before(e.book.lapse) {
		return false
	}
	e.setSpecialty(last)
	return true
}

// specialtyOthersExpired: nothing was asked, and some of several specialties are over.
func specialtyOthersExpired(e *evaluation) bool {
	over, good, _ := e.ended()
	if e.Specialty != "" || len(over) == 0 || len(good) == 0 {
		return false
	}
	var names []string
	for _, s := range over {
		names = append(names, s.Name+" "+s.Valid.To.String())
	}
	e.set("specialty", strings.Join(names, "、"))
	e.showField("specialty")
	return true
}

func specialtyNotBegun(e *evaluation) bool {
	_, good, _ := e.ended()
	if len(good) > 0 {
		return false
	}
	for _, s := range e.wanted() {
		if !s.Valid.From.IsZero() && e.Day.Before(s.Valid.From) {
			e.setSpecialty(s)
			return true
		}
	}
	return false
}

func specialtyAbsent(e *evaluation) bool {
	if !e.wantedMissing() || !e.namesKnown() {
		return false
	}
	e.set("specialty", e.Specialty)
	e.showField("specialty")
	return true
}

// specialtyUnmatched: the name asked for, or one on the face, is none that the data knows, so that "not on it" cannot be
// told from a slip of the pen or of the reading.
func specialtyUnmatched(e *evaluation) bool {
	if !e.wantedMissing() || e.namesKnown() {
		return false
	}
	e.set("specialty", e.Specialty)
	e.showField("specialty")
	return true
}

func (e *evaluation) wantedMissing() bool {
	return e.Specialty != "" && len(e.cert.Specialties) > 0 && len(e.wanted()) == 0 && e.cert.Kind == fields.Constructor1
}

// namesKnown reports whether the data knows the specialty asked for and every one on the face.
func (e *evaluation) namesKnown() bool {
	_, ok := e.book.specialties[plainName(e.Specialty)]
	for _, s := range e.cert.Specialties {
		_, known := e.book.specialties[plainName(s.Name)]
		ok = ok && known
	}
	return ok
}

// lapsed returns the last-ending wanted specialty if all wanted ones ended before the day of lapse.
func (e *evaluation) lapsed() (fields.Specialty, bool) {
	over, good, known := e.ended()
	if len(over) == 0 || len(good) > 0 || !known {
		return fields.Specialty{}, false
	}
	last := slices.MaxFunc(over, func(a, b fields.Specialty) int { return a.Valid.To.Compare(b.Valid.To) })
	return last, last.Valid.To.Before(e.book.lapse)
}

// 40号 一(二)1: "注册专业有效期届满且未提出延续注册申请的，自2022年1月1日起注册专业失效".
func specialtyLapsed(e *evaluation) bool {
	s, ok := e.lapsed()
	if !ok || e.Day.Before(e.rule.Params.Since) {
		return false
	}
	e.setSpecialty(s)
	return true
}

// Before that day an expired date alone ends nothing: renewal had been suspended.
func specialtyLapsedUnclear(e *evaluation) bool {
	s, ok := e.lapsed()
	if !ok || !e.Day.Before(e.rule.Params.Since) || e.inPilotLapse() {
		return false
	}
	e.setSpecialty(s)
	return true
}

func (e *evaluation) inPilotLapse() bool {
	r := e.book.lapsePilot
	return r.inForce(e.Day, e.cert.Kind) && specialtyLapsedPilot(e.quiet(r))
}

// 5号 二(二)1, pilot provinces: the same with 2021-06-30 and 2021-07-01.
func specialtyLapsedPilot(e *evaluation) bool {
	s, ok := e.lapsed()
	p := e.rule.Params
	first, _ := utf8.DecodeRuneInString(e.cert.Number)
	if !ok || e.Day.Before(p.Since) || e.Day.After(p.Until) || !slices.Contains(p.Provinces, string(first)) || !s.Valid.To.Before(p.Since) {
		return false
	}
	e.setSpecialty(s)
	return true
}

// birthday returns the day on which the age of the rule is reached. Born on 29 February it is 28 February: no leap year
// plus 65 is one (民法典第二百零二条: the month's last day where there is no corresponding day).
func (e *evaluation) birthday() (civil.Date, bool) {
	if !e.cert.Birth.HasDay() {
		return civil.Date{}, false
	}
	return e.cert.Birth.AddYears(e.rule.Params.Years), true
}

func (e *evaluation) setAge(d civil.Date) {
	e.setDate("birthday", d)
	e.setInt("age", e.rule.Params.Years)
	e.showField("birth")
}

func ageWithin(e *evaluation) bool {
	d, ok := e.birthday()
	if !ok || !e.Day.Before(d) {
		return false
	}
	e.setAge(d)
	return true
}

// 部令153号 第十六条(六) "年龄超过65周岁": the birthday itself is inside.
func ageLastDay(e *evaluation) bool {
	d, ok := e.birthday()
	if !ok || e.Day != d {
		return false
	}
	e.setAge(d)
	return true
}

func agePassed(e *evaluation) bool {
	d, ok := e.birthday()
	if !ok || !e.Day.After(d) || e.leapDayAfter(d) {
		return false
	}
	e.setAge(d)
	return true
}

// leapDayAfter reports whether the day is the 1 March after the 28 February that stands for a 29th. No text speaks of it.
func (e *evaluation) leapDayAfter(d civil.Date) bool {
	b := e.cert.Birth
	return b.M == 2 && b.D == 29 && d.D == 28 && e.Day == d.AddDays(1)
}

func ageLeapDay(e *evaluation) bool {
	d, ok := e.birthday()
	if !ok || !e.leapDayAfter(d) {
		return false
	}
	e.setAge(d)
	return true
}

// splitNumber splits the number of a constructor: one Chinese character and digits.
func splitNumber(s string) (lead, digits string) {
	s = plainName(s)
	_, n := utf8.DecodeRuneInString(s)
	return s[:n], s[n:]
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// numberOld: the paper certificate's number (one character and 12 digits) on an e-certificate.
func numberOld(e *evaluation) bool {
	_, digits := splitNumber(e.cert.Number)
	if e.cert.Medium != fields.Electronic || len(digits) != e.rule.Params.Length || !allDigits(digits) {
		return false
	}
	e.set("number", e.cert.Number)
	e.showField("number")
	return true
}

func (e *evaluation) numberForm() bool {
	lead, digits := splitNumber(e.cert.Number)
	return utf8.RuneCountInString(lead) == 1 && slices.Contains(e.rule.Params.Provinces, lead) &&
		len(digits) == e.rule.Params.Length && allDigits(digits)
}

func numberGood(e *evaluation) bool {
	if e.cert.Number == "" || !e.numberForm() {
		return false
	}
	e.set("number", e.cert.Number)
	e.showField("number")
	return true
}

func numberOdd(e *evaluation) bool {
	_, digits := splitNumber(e.cert.Number)
	if e.cert.Number == "" || e.numberForm() || slices.Contains(e.rule.Params.Slack, len(digits)) && allDigits(digits) {
		return false
	}
	e.set("number", e.cert.Number)
	e.showField("number")
	return true
}

// numberLevel: the first digit tells the level, which must fit the title.
func numberLevel(e *evaluation) bool {
	_, digits := splitNumber(e.cert.Number)
	if !allDigits(digits) || len(digits) < 12 || slices.Contains(e.rule.Params.Words, digits[:1]) {
		return false
	}
	e.set("number", e.cert.Number)
	e.set("level", digits[:1])
	e.showField("number")
	return true
}

func idNumberBad(e *evaluation) bool {
	if e.cert.IDNumber == "" || strings.Contains(e.cert.IDNumber, "*") {
		return false
	}
	if _, err := fields.CheckIDNumber(e.cert.IDNumber); err == nil {
		return false
	}
	e.showField("idNumber")
	return true
}
