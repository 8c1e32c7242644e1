package fields

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"zhengyan/verify/civil"
)

func TestParseDate(t *testing.T) {
	day := civil.Must(2024, 3, 1)
	for _, s := range []string{
		"2024年3月1日", "2024年03月01日", "2024-03-01", "2024-3-1", "2024.3.1", "2024．3．1", "2024/3/1", "2024／03／01",
		"２０２４年３月１日", "２０２４－０３－０１", "2024 年 3 月 1 日", "2 0 2 4 年 3 月 1 日", "2024年\n3月1日", "20240301",
		"2024—3—1", "2024–3–1", "2024−3−1", "2024·3·1", "2024年3月1号", "  2024年3月1日  ", "2024年3月1日。", "：2024年3月1日",
		"二〇二四年三月一日", "二○二四年三月一日", "二零二四年三月一日", "二〇二四年〇三月〇一日",
		"2024年3⽉1⽇", "2024年3月1⽇", "2024\u00a0年3月1日", "\ufeff2024年3月1日", "2024\u200b年3月1日",
	} {
		if d, err := ParseDate(s); err != nil || d != day {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for s, want := range map[string]civil.Date{
		"1990年01月": {Y: 1990, M: 1}, "1990年1月": {Y: 1990, M: 1}, "1990-01": {Y: 1990, M: 1}, "1990.1": {Y: 1990, M: 1},
		"1990/01": {Y: 1990, M: 1}, "一九九〇年十二月": {Y: 1990, M: 12}, "１９９０年０１月": {Y: 1990, M: 1},
		"二〇二四年十一月三十日": civil.Must(2024, 11, 30), "二〇二四年十二月二十五日": civil.Must(2024, 12, 25), "二〇二〇年十月十日": civil.Must(2020, 10, 10),
		"二〇二〇年二月廿九日": civil.Must(2020, 2, 29), "一九六〇年二月二十九日": civil.Must(1960, 2, 29), "2024年10月10日": civil.Must(2024, 10, 10),
	} {
		if d, err := ParseDate(s); err != nil || d != want {
			t.Errorf("ParseDate(%q) = %v, %v, not %v", s, d, err, want)
		}
	}
	for _, s := range []string{
		"", " ", "2024", "2024年", "2024年3", "2024年3月1", "24年3月1日", "2024-02-30", "2023-02-29", "2024年13月1日", "2024年0月1日",
		"2024年3月32日", "2024年3月0日", "20240230", "2024-3.1", "2024/3-1", "2024年3月1日2024年3月2日", "2024-03-01-02", "长期", "abc",
		"2024年三月1日", "二〇二四年三月一", "二四年三月一日", "二〇二四年十十月一日", "二〇二四年三月一日日", "0000-01-01", "2024-003-01",
		"２０２４", "①②③④年3月1日", "2024²-03-01", strings.Repeat("2", 5000), "2O24年3月1日", "2024年3月1日至", "999999999",
	} {
		d, err := ParseDate(s)
		if err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", s, d)
		} else if !errors.Is(err, civil.ErrBadDate) {
			t.Errorf("ParseDate(%q): %v does not wrap civil.ErrBadDate", s, err)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	want := Period{civil.Must(2024, 3, 1), civil.Must(2024, 8, 28)}
	for _, s := range []string{
		"2024年3月1日-2024年8月28日", "2024年03月01日—2024年08月28日", "2024-03-01-2024-08-28", "2024-3-1至2024-8-28", "2024.3.1-2024.8.28",
		"2024.3.1—2024.8.28", "2024.3.1–2024.8.28", "2024.3.1～2024.8.28", "2024.3.1~2024.8.28", "2024/3/1到2024/8/28", "2024-03-01——2024-08-28",
		"2024-03-01--2024-08-28", "2024-03-01 - 2024-08-28", "２０２４年３月１日至２０２４年８月２８日", "自2024年3月1日起至2024年8月28日止", "2024年3月1日起至2024年8月28日",
		"2024年3月1日-\n2024年8月28日", "2024年3月1日-2024年8\n月28日", "20240301-20240828", "2024年3月1日−2024年8月28日", "2024年3月1日─2024年8月28日",
		"2024.3.1一2024.8.28", "2024年3月1日一2024年8月28日", "二〇二四年三月一日至二〇二四年八月二十八日", "（2024年3月1日至2024年8月28日）", "2024-03-01~2024.8.28",
		"2024年3月1日﹣2024年8月28日", "2024年3月1日－2024年8月28日", "2024年3月1日〜2024年8月28日",
	} {
		if p, err := ParsePeriod(s); err != nil || p != want {
			t.Errorf("ParsePeriod(%q) = %v, %v", s, p, err)
		}
	}
	end := Period{To: civil.Must(2022, 2, 8)}
	for _, s := range []string{"至2022年2月8日", "截至2022.2.8", "2022年2月8日止", "至2022-02-08止", "截止到2022年2月8日"} {
		if p, err := ParsePeriod(s); err != nil || p != end {
			t.Errorf("ParsePeriod(%q) = %v, %v", s, p, err)
		}
	}
	same := Period{civil.Must(2024, 3, 1), civil.Must(2024, 3, 1)}
	if p, err := ParsePeriod("2024年3月1日至2024年3月1日"); err != nil || p != same {
		t.Errorf("one day: %v, %v", p, err)
	}
	for s, want := range map[string]error{
		"": civil.ErrBadDate, "2024年3月1日": ErrNoPeriod, "至": ErrNoPeriod, "长期": civil.ErrBadDate,
		"2024-08-28至2024-03-01": ErrReversedPeriod, "2024-02-30至2024-08-28": civil.ErrBadDate, "2024-03-01至2024-02-30": civil.ErrBadDate,
		"2024年3月-2024年8月": ErrNoPeriod, "2024-03-01、2024-08-28": ErrNoPeriod, "2024-03-01 2024-08-28": civil.ErrBadDate,
		"2024-03-01至2024-08-28至2024-09-01": ErrNoPeriod, "至2024-03-01至2024-08-28": ErrNoPeriod, "2024年3月1日-8月28日": civil.ErrBadDate,
		"2024年3月1日-": civil.ErrBadDate, "2024年3月1日至今": civil.ErrBadDate, "2024年3月1日----2024年8月28日": civil.ErrBadDate,
	} {
		if p, err := ParsePeriod(s); !errors.Is(err, want) {
			t.Errorf("ParsePeriod(%q) = %v, %v, not %v", s, p, err, want)
		}
	}
}

// printers are the printed forms that must read back as the day that was printed.
var printers = []func(civil.Date) string{
	func(d civil.Date) string { return fmt.Sprintf("%d年%d月%d日", d.Y, d.M, d.D) },
	func(d civil.Date) string { return fmt.Sprintf("%04d年%02d月%02d日", d.Y, d.M, d.D) },
	func(d civil.Date) string { return fmt.Sprintf("%d-%d-%d", d.Y, d.M, d.D) },
	func(d civil.Date) string { return fmt.Sprintf("%d-%02d-%02d", d.Y, d.M, d.D) },
	func(d civil.Date) string { return fmt.Sprintf("%d.%d.%d", d.Y, d.M, d.D) },
	func(d civil.Date) string { return fmt.Sprintf("%d/%02d/%d", d.Y, d.M, d.D) },
	func(d civil.Date) string { return fmt.Sprintf("%d%02d%02d", d.Y, d.M, d.D) },
	func(d civil.Date) string { return widen(fmt.Sprintf("%d年%d月%d日", d.Y, d.M, d.D)) },
	func(d civil.Date) string { return widen(fmt.Sprintf("%d.%02d.%02d", d.Y, d.M, d.D)) },
	func(d civil.Date) string { return fmt.Sprintf("%d 年 %d 月 %d 日", d.Y, d.M, d.D) },
	func(d civil.Date) string {
		y := strings.NewReplacer("0", "〇", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九").Replace(fmt.Sprint(d.Y))
		return y + "年" + hanNumber(int(d.M)) + "月" + hanNumber(d.D) + "日"
	},
}

func hanNumber(n int) string {
	digits := []rune("〇一二三四五六七八九")
	s := ""
	if n >= 20 {
		s = string(digits[n/10])
	}
	if n >= 10 {
		s += "十"
	}
	if n%10 != 0 {
		s += string(digits[n%10])
	}
	return s
}

// widen makes half-width signs full-width.
func widen(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x20 && r < 0x7F {
			return r + 0xFEE0
		}
		return r
	}, s)
}

func TestDatesRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	separators := []string{"-", "—", "–", "～", "~", "至", "到", "——", " - ", " 至 "}
	for range 4000 {
		from := civil.Date{Y: 1950, M: time.January, D: 1}.AddDays(rng.IntN(40000))
		to := from.AddDays(rng.IntN(2000))
		p, q := printers[rng.IntN(len(printers))], printers[rng.IntN(len(printers))]
		if d, err := ParseDate(p(from)); err != nil || d != from {
			t.Fatalf("ParseDate(%q) = %v, %v", p(from), d, err)
		}
		s := p(from) + separators[rng.IntN(len(separators))] + q(to)
		if got, err := ParsePeriod(s); err != nil || got != (Period{from, to}) {
			t.Fatalf("ParsePeriod(%q) = %v, %v", s, got, err)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, p := range printers {
		f.Add(p(civil.Must(2024, 3, 1)))
		f.Add(p(civil.Must(1960, 2, 29)))
	}
	f.Add("1990年01月")
	f.Add("2024-02-30")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if !errors.Is(err, civil.ErrBadDate) || !d.IsZero() {
				t.Fatalf("%q: %v, %v", s, d, err)
			}
			return
		}
		if again, err := ParseDate(d.String()); err != nil || again != d {
			t.Fatalf("%q gives %v, which reads as %v, %v", s, d, again, err)
		}
	})
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2024年3月1日-2024年8月28日", "2024-03-01-2024-08-28", "2021.8.12-2022.2.8", "至2022年2月8日", "自2024年3月1日起至2024年8月28日止", "二〇二四年三月一日至二〇二四年八月二十八日", "2024.3.1一2024.8.28", "2024-08-28至2024-03-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err != nil {
			if !p.IsZero() {
				t.Fatalf("%q: %v with %v", s, p, err)
			}
			return
		}
		if !p.To.HasDay() || p.To.Before(p.From) {
			t.Fatalf("%q gives %v", s, p)
		}
		if p.From.IsZero() {
			return
		}
		if again, err := ParsePeriod(p.From.String() + "至" + p.To.String()); err != nil || again != p {
			t.Fatalf("%q gives %v, which reads as %v, %v", s, p, again, err)
		}
	})
}

// TestReadPeriod: what a picture's reader made of the sign between two dates does not cost the period; what it made of a digit
// does.
func TestReadPeriod(t *testing.T) {
	for in, want := range map[string]string{
		"2024-03-01至2024-08-28":      "2024-03-01/2024-08-28",
		"2024-03-01全2024-08-28":      "2024-03-01/2024-08-28",
		"2024年3月1日业2024年8月28日":       "2024-03-01/2024-08-28",
		"2024年3月1日2024年8月28日":        "2024-03-01/2024-08-28",
		"2024-03-012024-08-28":       "",
		"2024-03-1l2024-08-28":       "", // a digit or the sign between: who knows
		"2024-03-01一2024-08-28":      "2024-03-01/2024-08-28",
		"2024年3月1日三2024年8月28日":       "",
		"2024年3月1日年2024年8月28日":       "",
		"2024-03-01全至2024-08-28":     "",
		"2024-03-01全2024-08-28日以前":   "",
		"2024-08-28全2024-03-01":      "",
		"2024-03-01全2024-08-32":      "",
		"2024-03-01":                 "",
		"至2024-03-01":                "../2024-03-01",
		"":                           "",
		"全2024-03-01":                "",
		"2024年3月1日2024年8月28日2024年9月": "",
		"2024年3月1日·2024年8月28日":       "2024-03-01/2024-08-28",
		"2024年3月1日.-2024年8月28日":      "",
		"2024年3月1日l2024年8月28日":       "",
		// One mark of a date lost, where the digits can be parted in one way only.
		"2024-02-03-2024-0712":   "2024-02-03/2024-07-12",
		"202402-03-2024-07-12":   "2024-02-03/2024-07-12",
		"20242月3日-2024年7月12日":    "2024-02-03/2024-07-12",
		"2024年0203日-2024年07月12日": "2024-02-03/2024-07-12",
		"2024-02-03-2024-712":    "",
		"2024-2-3-20247-12":      "",
		"2024-02-03-2024-07123":  "",
		"2024年23日-2024年7月12日":    "",
		"2024-02-03-2024-1345":   "",
		"20402-03-2024-07-12":    "", // a digit lost, too
		// Marks of two kinds.
		"2023-07~02至2026-06-30":  "2023-07-02/2026-06-30",
		"2022-08-12至2025-08~10":  "2022-08-12/2025-08-10",
		"2025-05-27至2025.11-04":  "2025-05-27/2025-11-04",
		"2025~05~27-2025-11-04":  "2025-05-27/2025-11-04",
		"2023-7~02至2026-06-30":   "",
		"2023-07~2至2026-06-30":   "",
		"2023-07~022至2026-06-30": "",
		"2023-07~32至2026-06-30":  "",
		"2023-07~2026-06":        "",
		"2023-07~12":             "",
	} {
		p, _, err := readPeriod(in)
		if p.String() != want || (err == nil) != (want != "") {
			t.Errorf("%s: %s, %v, want %q", in, p, err, want)
		}
	}
	for _, in := range []string{"2024-03-01全2024-08-28", "2024年3月1日2024年8月28日"} {
		if p, err := ParsePeriod(in); err == nil {
			t.Errorf("a file's own text says %s, not %s", in, p)
		}
	}
}
