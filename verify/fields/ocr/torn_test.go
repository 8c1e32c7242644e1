package ocr

import (
	"fmt"
	"testing"
)

// pieceAt is a reading of a piece of a line, all characters half as wide as high.
func pieceAt(x, y, h float64, text string) reading {
	l := lineSaid(text, nil, 0.9)
	w := h / 2 * float64(len([]rune(text)))
	l.quad = quad{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}
	return l
}

// TestTorn: pieces of a row that none of them says a day of are put together; whole days, numbers, labels with their values, other
// rows and what is far away are not.
func TestTorn(t *testing.T) {
	row := func(parts ...any) (lines []reading) { // x, text, x, text ...
		for i := 0; i < len(parts); i += 2 {
			lines = append(lines, pieceAt(float64(parts[i].(int)), 100, 20, parts[i+1].(string)))
		}
		return lines
	}
	for name, c := range map[string]struct {
		lines []reading
		want  string
	}{
		"a day in four pieces":     {row(0, "签发日", 60, "202", 120, "20", 110, "3-20"), "[[0 1 3 2]]"},
		"in any order":             {row(120, "-20", 60, "2024-", 0, "日期："), "[[2 1 0]]"},
		"a whole day":              {row(0, "日期：", 60, "2024-03-20"), "[]"},
		"a whole day and a scrap":  {row(0, "2024-03-20", 110, "20"), "[]"},
		"a label and a number":     {row(0, "编号：", 60, "京1112015201600001"), "[]"},
		"a label and a month":      {row(0, "出生年月：", 90, "1988年01月"), "[]"},
		"two labels":               {row(0, "姓名：", 60, "样例"), "[]"},
		"two columns":              {row(0, "2024-0", 200, "3-20"), "[]"},
		"two rows":                 {[]reading{pieceAt(0, 100, 20, "2024-"), pieceAt(60, 115, 20, "03-20")}, "[]"},
		"type of another size":     {[]reading{pieceAt(0, 100, 50, "2024-"), pieceAt(130, 115, 20, "03-20")}, "[]"},
		"more than a line has":     {row(0, "2", 20, "0", 40, "2", 60, "4", 80, "-", 100, "0", 120, "3"), "[]"},
		"a day between two labels": {row(0, "日期", 50, "2024-", 110, "日"), "[[0 1 2]]"},
		"nothing":                  {nil, "[]"},
	} {
		if got := fmt.Sprint(torn(c.lines, 0)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestHasDay(t *testing.T) {
	for text, want := range map[string][2]bool{ // a day, a part of one
		"签发日期：2024年3月1日": {true, false}, "2024-03-01-2024-05-01": {true, false}, "2024-03-01至2024-05-0": {true, false},
		"2024-03": {false, true}, "2024年13月1日": {false, true}, "3-20": {false, true}, "12345678": {false, false}, "京1112015201600001": {false, false},
		"1988年01月": {false, false}, "签发日期": {false, false}, "": {false, false},
	} {
		syms := lineSaid(text, nil, 0.9).syms
		if got := [2]bool{hasDay(syms), partOfDay(syms)}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// TestOpenDay: a day with one digit at the end of a line may go on.
func TestOpenDay(t *testing.T) {
	for text, want := range map[string]bool{
		"签发日期：2020-12-1": true, "2020-12-10": false, "2020年12月1日": false, "2020-12-1）": false, "2020-12": false,
		"2020-1-1-2020-12-3": true, "2020-1-1至2020-12-31": false, "1112015201600001": false, "签发日期": false, "": false,
	} {
		if got := openDay(lineSaid(text, nil, 0.9).syms); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
