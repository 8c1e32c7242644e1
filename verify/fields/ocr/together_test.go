package ocr

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lineSaid is a reading of a line of evenly spaced characters: '_' is a place where nothing was read, '▯' one with ink.
func lineSaid(text string, told *lattice, conf float64) reading {
	l := reading{told: told, done: true}
	rs := []rune(text)
	for i, r := range rs {
		if r == '_' || r == '▯' {
			continue
		}
		s := symbol{r: r, at: (float64(i) + 0.5) / float64(len(rs)), conf: conf}
		s.before, s.behind = i > 0 && rs[i-1] == '▯', i+1 < len(rs) && rs[i+1] == '▯'
		if s.before || s.behind {
			s.conf = min(s.conf, holeConf)
		}
		l.syms = append(l.syms, s)
	}
	return l
}

// TestBesideRow: what stands before and behind the row is what the vote gave, however sure one picture is of something else.
func TestBesideRow(t *testing.T) {
	number, day := said("####12010519890307123#", 1e-4), said("####2024-03-01###", 1e-4)
	for _, c := range []struct {
		name     string
		own      string
		told     *lattice
		pictures []string // read with 0.95, the last with 0.97
		want     string
		doubted  string // characters that are not sure
	}{
		{"one label misread", "铁路工程2024-03-01终__", day, []string{
			"铁路工程2024-03-01终__", "铁路工程2024-03-01终__", "铁路工程2024-03-01终__", "铁路工程2024-03-01终__", "公路工程2024-03-01终__",
		}, "铁路工程2024-03-01终", ""},
		{"a check character misread", "身份证号12010519890307123X", number, []string{
			"身份证号12010519890307123X", "身份证号12010519890307123X", "身份证号12010519890307123X", "身份证号12010519890307123X", "身份证号12010519890307123K",
		}, "身份证号12010519890307123X", ""},
		{"a ghost", "铁路工程2024-03-01终__", day, []string{
			"铁路工程2024-03-01终__", "铁路工程2024-03-01终__", "铁路工程2024-03-01终__", "铁路工程2024-03-01终__", "铁路工程2024-03-01终文一",
		}, "铁路工程2024-03-01终", ""},
		{"two against three", "铁路工程2024-03-01___", day, []string{
			"铁路工程2024-03-01___", "铁路工程2024-03-01___", "铁路工程2024-03-01___", "公路工程2024-03-01___", "公路工程2024-03-01___",
		}, "铁路工程2024-03-01", "铁"},
		{"three against two", "身份证号12010519890307123X", number, []string{
			"身份证号12010519890307123X", "身份证号12010519890307123X", "身份证号12010519890307123K", "身份证号12010519890307123K", "身份证号12010519890307123K",
		}, "身份证号12010519890307123X", "X"},
		{"nothing before the vote's", "____2024-03-01___", day, []string{
			"____2024-03-01___", "____2024-03-01___", "公路工程2024-03-01___",
		}, "2024-03-01", ""},
	} {
		var pictures []reading
		for i, p := range c.pictures {
			conf := 0.95
			if i+1 == len(c.pictures) {
				conf = 0.97
			}
			pictures = append(pictures, lineSaid(p, c.told, conf))
		}
		syms, ok := together(lineSaid(c.own, nil, 0.95).syms, pictures)
		if !ok || spell(syms) != c.want {
			t.Errorf("%s: %q, want %q", c.name, spell(syms), c.want)
		}
		for _, s := range syms {
			if doubted := strings.ContainsRune(c.doubted, s.r); weighty(s.r) && (s.conf <= outvoted) != doubted {
				t.Errorf("%s: %c has %.3f", c.name, s.r, s.conf)
			}
		}
	}
}

// TestHolesInRow: digits beside ink that was not read stay doubtful, whatever the row says of them.
func TestHolesInRow(t *testing.T) {
	for _, c := range []struct {
		name     string
		told     string
		own      string
		pictures []string
		doubted  string // the places of the row that have holeConf at most
		unsure   string // and those that have ownDoubt at most
	}{
		{
			"a number with a gap", "##1201051_98903071", "编号1201051▯98903071",
			[]string{"编号1201051▯98903071", "编号1201051▯98903071"},
			"      xx       ", "",
		},
		{
			"a month with a gap", "2024年1_月5日", "2024年1▯月5日",
			[]string{"2024年1▯月5日", "2024年1▯月5日"},
			"     xx  ", "",
		},
		{
			"one picture of two", "2024年1_月5日", "2024年1▯月5日",
			[]string{"2024年1▯月5日", "2024年1_月5日"},
			"         ", "",
		},
		{
			"two pictures, not the vote", "2024年1_月5日", "2024年1_月5日",
			[]string{"2024年1▯月5日", "2024年1▯月5日", "2024年1_月5日"},
			"     xx  ", "",
		},
		{
			"one picture of three", "2024年1_月5日", "2024年1_月5日",
			[]string{"2024年1▯月5日", "2024年1_月5日", "2024年1_月5日"},
			"         ", "",
		},
		{
			"the gap is read by the head", "2024年12月5日", "2024年1▯月5日",
			[]string{"2024年1▯月5日", "2024年1▯月5日", "2024年12月5日"},
			"          ", "     xxx  ",
		},
		{
			"before and behind the number", "#_12345678_#", "号▯12345678▯_",
			[]string{"号▯12345678▯_", "号▯12345678▯_"},
			"x      x", "",
		},
		{
			"far from the row", "##__12345678", "号▯文_12345678",
			[]string{"号▯文_12345678", "号▯文_12345678"},
			"        ", "",
		},
	} {
		told := said(c.told, 1e-4)
		var pictures []reading
		for _, p := range c.pictures {
			pictures = append(pictures, lineSaid(p, told, 0.97))
		}
		syms, ok := together(lineSaid(c.own, nil, 0.97).syms, pictures)
		if !ok {
			t.Errorf("%s: no row", c.name)
			continue
		}
		row := syms
		for len(row) > 0 && !isDigit(row[0].r) {
			row = row[1:]
		}
		if len(row) != len(c.doubted) {
			t.Errorf("%s: %q", c.name, spell(syms))
			continue
		}
		for i, s := range row {
			doubted, unsure := c.doubted[i] == 'x', c.unsure != "" && c.unsure[i] == 'x'
			if (s.conf <= holeConf) != doubted || isDigit(s.r) && (s.conf <= ownDoubt) != (doubted || unsure) {
				t.Errorf("%s: %c at %d of %q has %.3f", c.name, s.r, i, spell(row), s.conf)
			}
		}
	}
}

// TestOwnDoubt: a digit that the net's own reading does not have is not sure in the sense of the book of rules.
func TestOwnDoubt(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "assets", "rules", "book.json"))
	if err != nil {
		t.Fatal(err)
	}
	var book struct {
		SureReading float64 `json:"sureReading"`
	}
	if err := json.Unmarshal(b, &book); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]float64{"ownDoubt": ownDoubt, "outvoted": outvoted, "unconfirmed": unconfirmed, "holeConf": holeConf} {
		if !(v < book.SureReading) {
			t.Errorf("%s is %.2f, a sure reading has %.2f", name, v, book.SureReading)
		}
	}
}

// TestRepeatedDigits: a number that most pictures were read as stands against a row that has one digit of several alike less.
func TestRepeatedDigits(t *testing.T) {
	apart := func(digits string) string { return strings.Join(strings.Split(digits, ""), "_") }
	six, five := "999999199501012788", "99999199501012788"
	told := said("####"+apart(five), 1e-4)
	for _, c := range []struct {
		pictures []string
		want     string
	}{
		{[]string{six, six, five}, six},
		{[]string{six, five, five}, five},
	} {
		var pictures []reading
		for _, p := range c.pictures {
			pictures = append(pictures, lineSaid("号码："+apart(p), told, 0.97))
		}
		syms, ok := together(lineSaid("号码："+apart(six), nil, 0.97).syms, pictures)
		if !ok || spell(syms) != "号码："+c.want || leastDigit(syms) > ownDoubt || c.want == six && leastDigit(syms) > outvoted {
			t.Errorf("%q with %.2f of %q", spell(syms), leastDigit(syms), c.pictures)
		}
	}
}

// TestLetterInNumber: a digit that every picture was read with as a letter is what the net for digits sees there, and never quite
// sure; a letter where that sees none stands.
func TestLetterInNumber(t *testing.T) {
	apart := func(digits string) string { return strings.Join(strings.Split(digits, ""), "_") }
	for _, c := range []struct{ told, own, want string }{
		{"999999198801015638", "q99999198801015638", "999999198801015638"},
		{"999999198801015638", "9999991988O1015638", "999999198801015638"},
		{"99999919880101563#", "99999919880101563X", "99999919880101563X"},
		{"#9999919880101563#", "X9999919880101563X", "X9999919880101563X"},
	} {
		own := lineSaid("号码："+apart(c.own), nil, 0.97)
		var pictures []reading
		for range 3 {
			pictures = append(pictures, lineSaid("号码："+apart(c.own), said("####"+apart(c.told), 1e-4), 0.97))
		}
		syms, ok := together(own.syms, pictures)
		if !ok || spell(syms) != "号码："+c.want {
			t.Errorf("%s: %q", c.own, spell(syms))
		}
		if least := leastDigit(syms); (least <= ownDoubt) != (c.want != c.own) {
			t.Errorf("%s: digits with %.3f", c.own, least)
		}
	}
}

// A line in which a letter that was not read well stands beside a digit, or a day lost a mark or digits, is read
// jointly although the readings agree.
func TestReadJointly(t *testing.T) {
	for text, want := range map[string]bool{
		"2024-0530-2024-907": true, "有效期：2024-05-30-2024-0-07": true, "2024--30": true,
		"2024-05-30-2024-09-07": false, "2024-05-30至2024-09-07": false, "2024-5-3": false, "1988年01月": false, "1988年年月": true, "1.2.156.3005.2": false,
		"1111-22222": true, "11000-2222": false, "": false, "2025年2月1日-2025年6月日": true, "2025年月3日": true, "2025年6月3日": false,
		"2021年日7日": true, "签发日期：2022-12": true, "2025-06-": true, "年月日": false, "有效期至月日": false, "2025年": false, "1988年1月": false,
	} {
		if got := brokenDay(lineSaid(text, nil, 0.99).syms); got != want {
			t.Errorf("day of %s: %v", text, got)
		}
	}
	for _, c := range []struct {
		text string
		conf float64
		want bool
	}{{"号码q9", 0.5, true}, {"号码9q", 0.5, true}, {"号码q9", 0.9, false}, {"SPECIMEN", 0.5, false}, {"q", 0.5, false}} {
		if got := letterAmong(lineSaid(c.text, nil, c.conf).syms); got != c.want {
			t.Errorf("letters of %s: %v", c.text, got)
		}
	}
}

// TestHolesInDays: beside ink that two pictures did not read a digit may be lost, but not where the row has room for no more.
func TestHolesInDays(t *testing.T) {
	for _, c := range []struct{ name, read, unsure string }{
		{"a padded day", "2024▯-03-01", ""},
		{"in a year", "20▯24年3月11日", ""},
		{"before a month of one digit", "2024年▯3月11日", "年3"},
		{"behind a day of one digit", "2024-3-1▯-2024-10-12", "1-"},
		{"behind the row", "2024-03-01▯", "1"},
		{"in a number", "1120▯150001", "01"},
	} {
		picture := lineSaid(c.read, nil, 0.99)
		var row []symbol
		for _, s := range picture.syms {
			s.conf = 0.99
			row = append(row, s)
		}
		limitHoles(row, []reading{picture, picture}, pitchOf([]float64{row[0].at, row[1].at}))
		var unsure strings.Builder
		for _, s := range row {
			if s.conf <= holeConf {
				unsure.WriteRune(s.r)
			}
		}
		if unsure.String() != c.unsure {
			t.Errorf("%s: %q is unsure, not %q", c.name, unsure.String(), c.unsure)
		}
	}
}
