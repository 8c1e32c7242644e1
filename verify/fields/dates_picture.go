package fields

import (
	"errors"
	"unicode"

	"zhengyan/verify/civil"
)

// readPeriod is ParsePeriod for what was read off a picture: what parts two whole dates may be one Chinese character that was
// misread (至 as 全), or after 日 any sign or none, and of each date one mark may be lost, as readDate tells. Digits are taken as they stand.
// inferred says that the text is no period as it stands.
func readPeriod(s string) (p Period, inferred bool, err error) {
	p, err = ParsePeriod(s)
	if err == nil || !errors.Is(err, ErrNoPeriod) && !errors.Is(err, civil.ErrBadDate) {
		return p, false, err
	}
	rs, bad := dateRunes(s)
	if bad != nil {
		return Period{}, false, err
	}
	rs, open := trimPeriodWords(rs)
	first, n, bad := readDate(rs)
	if bad != nil || open || n >= len(rs) {
		return Period{}, false, err
	}
	rest := rs[n:]
	switch k := separatorLen(rest); {
	case k > 0:
		rest = rest[k:]
	case len(rest) > 1 && isHan(rest[0]) && rest[1] >= '0' && rest[1] <= '9' && !isChineseDigit(rest[0]) && dateSeparator(rest[0]) == 0:
		rest = rest[1:]
	case len(rest) > 1 && rs[n-1] == '日' && !isHan(rest[0]) && (rest[0] < '0' || rest[0] > '9') && !unicode.IsLetter(rest[0]) && rest[1] >= '0' && rest[1] <= '9':
		rest = rest[1:] // whatever sign it was
	case rs[n-1] != '日':
		return Period{}, false, err
	}
	second, n, bad := readDate(rest)
	if tail := string(rest[n:]); bad != nil || tail != "" && tail != "止" {
		return Period{}, false, err
	}
	p, err = checkPeriod(Period{From: first, To: second})
	return p, true, err
}

// readDate is scanDate for what was read off a picture: of the marks between year, month and day one may be lost where the digits
// can be parted in one way only, 2024-0712 and 202407-12 as 2024-07-12, 20241月8日 as 2024年1月8日; or they may be of two kinds, and a
// dash be a ~, where month and day have two digits: 2024-07~12, 2024.07-12. Digits are taken as they stand, and a digit too few or too
// many makes no date.
func readDate(rs []rune) (civil.Date, int, error) {
	d, n, err := scanDate(rs)
	if err == nil && d.HasDay() {
		return d, n, nil
	}
	digits := func(at, limit int) (value, end int) { return digitsAt(rs, at, limit) }
	head, i := digits(0, 9)
	if i >= len(rs) {
		return d, n, err
	}
	var y, m, day, end int
	switch mark := rs[i]; {
	case i == 4 && strokeMark(mark) && pairAt(rs, 5) && len(rs) > 7 && strokeMark(rs[7]) && pairAt(rs, 8):
		y, end = head, 10
		m, _ = digits(5, 2)
		day, _ = digits(8, 2)
	case i == 4 && (mark == '年' || dateSeparator(mark) != 0): // the mark before the day
		both, j := digits(i+1, 5)
		if j-i-1 != 4 {
			return d, n, err
		}
		y, m, day, end = head, both/100, both%100, j
		if mark == '年' {
			if end == len(rs) || rs[end] != '日' {
				return d, n, err
			}
			end++
		}
	case i == 5 && mark == '月' || i == 6 && (mark == '月' || mark != '年' && dateSeparator(mark) != 0): // the mark behind the year
		x, j := digits(i+1, 3)
		if k := j - i - 1; k < 1 || k > 2 || mark != '月' && k != 2 {
			return d, n, err
		}
		y, m, day, end = head/10, head%10, x, j
		if i == 6 {
			y, m = head/100, head%100
		}
		if mark == '月' {
			if end == len(rs) || rs[end] != '日' {
				return d, n, err
			}
			end++
		}
	default:
		return d, n, err
	}
	x, bad := civil.New(y, m, day)
	if bad != nil {
		return d, n, err
	}
	return x, end, nil
}

// strokeMark reports whether r is a mark as one parts year, month and day, or the sign between two days that such a mark may be read as.
func strokeMark(r rune) bool {
	switch r {
	case '~', '～', '〜', '∼':
		return true
	}
	return r != '年' && dateSeparator(r) != 0
}

// pairAt reports whether two digits and no more stand at rs[i:].
func pairAt(rs []rune, i int) bool {
	_, end := digitsAt(rs, i, 3)
	return end-i == 2
}
