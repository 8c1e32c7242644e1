package fields

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"zhengyan/verify/civil"
)

// Errors of ParsePeriod besides those that wrap civil.ErrBadDate.
var (
	ErrNoPeriod       = errors.New("not a period of two dates")
	ErrReversedPeriod = errors.New("the period ends before it begins")
	errNoDate         = fmt.Errorf("no date in a known form: %w", civil.ErrBadDate)
)

// maxDateText bounds what is looked at as a date or period, in characters. The longest real form, in Chinese
// numerals and with words around it, has fewer than 60.
const maxDateText = 120

// ParseDate reads one printed date: 2024年3月1日, 2024-03-01, 2024.3.1, 2024/3/1, 20240301, the same in full-width
// characters, with spaces inside or in Chinese numerals (二〇二四年三月一日), and months without a day (1990年01月,
// 1990-01). Nothing but white space and closing punctuation may stand around it. The error wraps civil.ErrBadDate,
// also for a day that the calendar does not have.
func ParseDate(s string) (civil.Date, error) {
	rs, err := dateRunes(s)
	if err != nil {
		return civil.Date{}, err
	}
	d, n, err := scanDate(rs)
	if err != nil {
		return civil.Date{}, err
	}
	if n != len(rs) {
		return civil.Date{}, fmt.Errorf("%q follows the date: %w", string(rs[n:]), civil.ErrBadDate)
	}
	return d, nil
}

// ParsePeriod reads a printed span of days: two dates in any form of ParseDate with a dash, ~, 至 or 到 between them,
// also "自…起至…止". "至2022年2月8日" and "2022年2月8日止" give a Period without From. Both ends must be full days.
// The error wraps ErrNoPeriod, ErrReversedPeriod or civil.ErrBadDate.
func ParsePeriod(s string) (Period, error) {
	rs, err := dateRunes(s)
	if err != nil {
		return Period{}, err
	}
	rs, open := trimPeriodWords(rs)
	if len(rs) == 0 {
		return Period{}, ErrNoPeriod
	}
	first, n, err := scanDate(rs)
	if err != nil {
		return Period{}, err
	}
	rest := rs[n:]
	if len(rest) == 0 || string(rest) == "止" {
		if !open && len(rest) == 0 {
			return Period{}, fmt.Errorf("one date only: %w", ErrNoPeriod)
		}
		return checkPeriod(Period{To: first})
	}
	if open {
		return Period{}, fmt.Errorf("%q after the end: %w", string(rest), ErrNoPeriod)
	}
	k := separatorLen(rest)
	if k == 0 {
		return Period{}, fmt.Errorf("%q between the dates: %w", string(rest), ErrNoPeriod)
	}
	rest = rest[k:]
	second, n, err := scanDate(rest)
	if err != nil {
		return Period{}, err
	}
	if tail := string(rest[n:]); tail != "" && tail != "止" {
		return Period{}, fmt.Errorf("%q after the end: %w", tail, ErrNoPeriod)
	}
	return checkPeriod(Period{From: first, To: second})
}

func checkPeriod(p Period) (Period, error) {
	if !p.To.HasDay() || !p.From.IsZero() && !p.From.HasDay() {
		return Period{}, fmt.Errorf("a month is not a day: %w", ErrNoPeriod)
	}
	if p.To.Before(p.From) {
		return Period{}, fmt.Errorf("%s to %s: %w", p.From, p.To, ErrReversedPeriod)
	}
	return p, nil
}

// String gives the ISO 8601 interval: 2024-03-01/2024-08-28, with ".." for an end that is not known.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	from, to := p.From.String(), p.To.String()
	if from == "" {
		from = ".."
	}
	if to == "" {
		to = ".."
	}
	return from + "/" + to
}

// dateRunes folds widths, drops spaces and trims what may stand around a date.
func dateRunes(s string) ([]rune, error) {
	if len(s) > 4*maxDateText {
		return nil, errNoDate
	}
	rs := []rune(strings.Trim(squeeze(s), ":;,。、()[]【】"))
	if len(rs) == 0 || len(rs) > maxDateText {
		return nil, errNoDate
	}
	return rs, nil
}

func trimPeriodWords(rs []rune) (rest []rune, open bool) {
	s := string(rs)
	for _, w := range []string{"自", "从"} {
		s = strings.TrimPrefix(s, w)
	}
	for _, w := range []string{"截至", "截止至", "截止到", "截止", "至", "到"} {
		if t, ok := strings.CutPrefix(s, w); ok {
			return []rune(strings.TrimLeft(t, ":")), true
		}
	}
	return []rune(s), false
}

// separatorLen returns how many runes at the head of rs part two dates, 0 if none do.
func separatorLen(rs []rune) int {
	n := 0
	if n < len(rs) && rs[n] == '起' {
		n++
	}
	start := n
	for n < len(rs) && n-start < 3 && isDash(rs[n]) {
		if rs[n] == '一' && (n+1 == len(rs) || rs[n+1] < '0' || rs[n+1] > '9') {
			break // the numeral, not a dash that OCR took for it
		}
		n++
	}
	if n > start {
		return n
	}
	if n < len(rs) && (rs[n] == '至' || rs[n] == '到') {
		return n + 1
	}
	return 0
}

// scanDate reads the date at the head of rs and returns how many runes it took.
func scanDate(rs []rune) (civil.Date, int, error) {
	if len(rs) > 0 && isChineseDigit(rs[0]) {
		return scanChineseDate(rs)
	}
	y, i := digitsAt(rs, 0, 8)
	if i == 8 && (len(rs) == 8 || !unicode.IsDigit(rs[8])) { // 20240301
		d, err := civil.New(y/10000, y/100%100, y%100)
		return d, 8, err
	}
	if i != 4 || len(rs) == 4 {
		return civil.Date{}, 0, errNoDate
	}
	sep := dateSeparator(rs[4])
	if sep == 0 {
		return civil.Date{}, 0, errNoDate
	}
	m, j := digitsAt(rs, 5, 3)
	if n := j - 5; n < 1 || n > 2 {
		return civil.Date{}, 0, errNoDate
	}
	if sep == '年' {
		if j == len(rs) || rs[j] != '月' {
			return civil.Date{}, 0, errNoDate // cut off: 2024年3
		}
		return scanDay(rs, y, m, j+1, true)
	}
	if j == len(rs) || dateSeparator(rs[j]) != sep {
		d, err := civil.NewMonth(y, m)
		return d, j, err
	}
	if next, k := digitsAt(rs, j+1, 5); k-j-1 == 4 && sep == '-' && next > 0 {
		d, err := civil.NewMonth(y, m) // 2024-03-2024-08: the second dash parts two months
		return d, j, err
	}
	return scanDay(rs, y, m, j+1, false)
}

// scanDay reads the day at rs[i:]. In the 年月日 form the 日 must be there, so that a date cut off in its middle is
// not taken for another; without any digit it is a month.
func scanDay(rs []rune, y, m, i int, words bool) (civil.Date, int, error) {
	d, j := digitsAt(rs, i, 3)
	switch n := j - i; {
	case n == 0 && words:
		x, err := civil.NewMonth(y, m)
		return x, i, err
	case n < 1 || n > 2:
		return civil.Date{}, 0, errNoDate
	}
	if words {
		if j == len(rs) || rs[j] != '日' && rs[j] != '号' {
			return civil.Date{}, 0, errNoDate
		}
		j++
	}
	x, err := civil.New(y, m, d)
	return x, j, err
}

// dateSeparator returns the kind of separator r is inside a date: '年', '-', '.' or '/', or 0.
func dateSeparator(r rune) rune {
	switch r {
	case '年', '/':
		return r
	case '.', '·', '。':
		return '.'
	case '~', '～', '〜', '∼', '一':
		return 0 // these part two dates, never the parts of one
	}
	if isDash(r) {
		return '-'
	}
	return 0
}

// digitsAt reads at most limit ASCII digits at rs[i:] and returns their value and the place after them.
func digitsAt(rs []rune, i, limit int) (value, end int) {
	for end = i; end < len(rs) && end-i < limit && rs[end] >= '0' && rs[end] <= '9'; end++ {
		value = value*10 + int(rs[end]-'0')
	}
	return value, end
}

const chineseDigits = "〇一二三四五六七八九"

func chineseDigit(r rune) int {
	switch r {
	case '〇', '○', '零', '◯', 'Ｏ':
		return 0
	}
	n := 0
	for _, c := range chineseDigits {
		if c == r {
			return n
		}
		n++
	}
	return -1
}

func isChineseDigit(r rune) bool { return chineseDigit(r) >= 0 }

// scanChineseDate reads 二〇二四年三月一日 and 二〇二四年三月.
func scanChineseDate(rs []rune) (civil.Date, int, error) {
	y := 0
	for i := range 4 {
		if i >= len(rs) || !isChineseDigit(rs[i]) {
			return civil.Date{}, 0, errNoDate
		}
		y = y*10 + chineseDigit(rs[i])
	}
	if len(rs) <= 4 || rs[4] != '年' {
		return civil.Date{}, 0, errNoDate
	}
	m, i, ok := chineseNumber(rs, 5)
	if !ok || i == len(rs) || rs[i] != '月' {
		return civil.Date{}, 0, errNoDate
	}
	i++
	d, j, ok := chineseNumber(rs, i)
	if !ok {
		x, err := civil.NewMonth(y, m)
		return x, i, err
	}
	if j == len(rs) || rs[j] != '日' && rs[j] != '号' {
		return civil.Date{}, 0, errNoDate
	}
	x, err := civil.New(y, m, d)
	return x, j + 1, err
}

// chineseNumber reads 1 to 99 at rs[i:]: 三, 十, 十二, 二十, 二十一, 〇三, 廿一, 卅.
func chineseNumber(rs []rune, i int) (n, end int, ok bool) {
	j := i
	for j < len(rs) && j-i < 3 && (isChineseDigit(rs[j]) || strings.ContainsRune("十廿卅", rs[j])) {
		j++
	}
	s := strings.NewReplacer("廿", "二十", "卅", "三十").Replace(string(rs[i:j]))
	tens, units, hasTen := strings.Cut(s, "十")
	value := func(t string, empty int) int {
		if t == "" {
			return empty
		}
		digits := ""
		for _, r := range t {
			d := chineseDigit(r)
			if d < 0 {
				return -1
			}
			digits += strconv.Itoa(d)
		}
		v, err := strconv.Atoi(digits)
		if err != nil || len(digits) > 2 {
			return -1
		}
		return v
	}
	switch {
	case s == "":
		return 0, i, false
	case !hasTen:
		n = value(s, -1)
	default:
		t, u := value(tens, 1), value(units, 0)
		if t < 1 || t > 9 || u < 0 || u > 9 {
			return 0, i, false
		}
		n = t*10 + u
	}
	return n, j, n > 0
}
