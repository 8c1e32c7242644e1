package ocr

// A form says which rows of signs can stand on a certificate: a day (2024年3月1日, 2024-03-01, 2024.3.1, 2024/3/1), a period
// of two days with a dash or 至 between them, both written alike, or a number of 8 to 21 digits. Days exist in the calendar.
// What a document may say beyond that, such as the order of the two days, the length of a period or the years in a number, is
// for the rules to judge, not for the reader to assume.
type form struct {
	part  formPart
	n     int8    // digits of the part
	sep   sign    // behind the year
	pad   padding // of months and days below ten
	last  bool    // the second day
	loose bool    // any two digits are a month or a day, any four a year
	year  int16
	month int8
	day   int8
}

type formPart int8

const (
	inYear formPart = iota
	inMonth
	inDay
	afterDay // behind 日
	inNumber
)

type padding int8

const (
	padUnknown padding = iota
	padded             // 03
	bare               // 3
)

// The years of which days are read, and the lengths of numbers.
const (
	firstYear   = 1900
	lastYear    = 2099
	leastNumber = 8
	mostNumber  = 21 // 管理号
)

// Beginnings of rows.
func dayForm() form    { return form{} }
func numberForm() form { return form{part: inNumber} }

// looseForm is that of days that need not exist: what a document may say all the same.
func looseForm() form { return form{loose: true} }

// next is the form after one more sign; false if that sign cannot stand there.
func (f form) next(s sign) (form, bool) {
	if s.isDigit() {
		return f.digit(s.digit())
	}
	switch f.part {
	case inYear:
		dated := s == signYear || s == signDash || s == signDot || s == signSlash
		if f.n != 4 || !dated || f.last && s != f.sep {
			return f, false
		}
		f.sep, f.part, f.n = s, inMonth, 0
		return f, true
	case inMonth:
		want := f.sep
		if f.sep == signYear {
			want = signMonth
		}
		if s != want || !f.closed(f.month) {
			return f, false
		}
		f.part, f.n = inDay, 0
		return f, true
	case inDay:
		if !f.closed(f.day) {
			return f, false
		}
		if f.sep == signYear {
			f.part = afterDay
			return f, s == signDay
		}
	case inNumber:
		return f, false
	}
	if f.last || s != signDash && s != signTo {
		return f, false
	}
	return form{sep: f.sep, pad: f.pad, last: true, loose: f.loose}, true
}

func (f form) digit(d int) (form, bool) {
	switch f.part {
	case inNumber:
		f.n++
		return f, f.n <= mostNumber
	case inYear:
		if f.n == 4 {
			return f, false
		}
		f.year, f.n = f.year*10+int16(d), f.n+1
		low, high := f.year, f.year
		for i := f.n; i < 4; i++ {
			low, high = low*10, high*10+9
		}
		return f, f.loose || high >= firstYear && low <= lastYear
	case inMonth:
		f.month, f.n = f.month*10+int8(d), f.n+1
		return f, (f.loose || f.month <= 12) && f.written(d)
	case inDay:
		f.day, f.n = f.day*10+int8(d), f.n+1
		return f, (f.loose || int(f.day) <= daysIn(int(f.year), int(f.month))) && f.written(d)
	}
	return f, false
}

// written takes note of a month or day that begins with 0; false if there are too many digits, or the others are written bare.
func (f *form) written(d int) bool {
	if f.loose {
		return f.n <= 2
	}
	if f.n == 1 && d == 0 {
		ok := f.pad != bare
		f.pad = padded
		return ok
	}
	return f.n == 1 || f.n == 2
}

// closed reports whether a month or day may end here, and takes note of one that is written bare.
func (f *form) closed(v int8) bool {
	if f.loose {
		return f.n > 0
	}
	if f.n == 0 || v == 0 || f.n == 1 && f.pad == padded {
		return false
	}
	if f.n == 1 {
		f.pad = bare
	}
	return true
}

// whole reports whether the line may end here.
func (f form) whole() bool {
	switch f.part {
	case afterDay:
		return true
	case inDay:
		return f.sep != signYear && f.closed(f.day)
	case inNumber:
		return f.n >= leastNumber
	}
	return false
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// after is the form after a row of signs; false if no form has them.
func (f form) after(row []sign) (form, bool) {
	for _, s := range row {
		var ok bool
		if f, ok = f.next(s); !ok {
			return f, false
		}
	}
	return f, true
}

// formOf gives the form that a whole row has.
func formOf(row []sign) (form, bool) {
	for _, start := range []form{dayForm(), numberForm()} {
		if f, ok := start.after(row); ok && f.whole() {
			return f, true
		}
	}
	return form{}, false
}

// dayPlaces are the places of a day in which two rows may differ: four digits of the year, the month, the day.
const dayPlaces = 6

// placesOf gives what a row that has a form says, place by place, and for each sign its place, -1 for those between: six
// places for each day, or the digits of a number.
func placesOf(row []sign) (values []int, of []int) {
	of = make([]int, len(row))
	f, ok := looseForm().after(row)
	if ok = ok && f.whole(); !ok {
		for i, s := range row {
			values, of[i] = append(values, s.digit()), i
		}
		return values, of
	}
	f = looseForm()
	for i, s := range row {
		first := 0
		f, _ = f.next(s)
		if f.last {
			first = dayPlaces
		}
		switch {
		case !s.isDigit():
			of[i] = -1
			continue
		case f.part == inYear:
			of[i] = first + int(f.n) - 1
		case f.part == inMonth:
			of[i] = first + 4
		default:
			of[i] = first + 5
		}
		if of[i] == len(values) {
			values = append(values, 0)
		}
		values[of[i]] = values[of[i]]*10 + s.digit()
	}
	return values, of
}
