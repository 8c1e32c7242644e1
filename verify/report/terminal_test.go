package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		n        int
		want     []string
	}{
		{"empty", "", 10, []string{""}},
		{"fits", "通过", 4, []string{"通过"}},
		{"Chinese anywhere", "电子证书无效", 8, []string{"电子证书", "无效"}},
		{"Chinese at an odd width", "电子证书", 5, []string{"电子", "证书"}},
		{"Latin at spaces", "the seal is trusted", 11, []string{"the seal is", "trusted"}},
		{"a long word", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"both", "Y-11 使用时限", 9, []string{"Y-11 使用", "时限"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := wrap(c.in, c.n)
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
			for _, l := range got {
				if cells(l) > c.n {
					t.Errorf("%q is %d columns wide, more than %d", l, cells(l), c.n)
				}
			}
		})
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"样例 A.pdf":       "样例 A.pdf",
		"a\x1b[2Jb":      "a\ufffd[2Jb",
		"a\r\nb\tc\x00":  "a\ufffd\ufffdb\ufffdc\ufffd",
		"fdp\u202egnp":   "fdp\ufffdgnp",
		"\u2066a\u2069":  "\ufffda\ufffd",
		"a\u200eb\u061c": "a\ufffdb\ufffd",
		"a\u2028b\ufeff": "a\ufffdb\ufffd",
		"\u009b31m":      "\ufffd31m",
		"样𬭩𠮷":            "样𬭩𠮷",
		"A\U000e0041":    "A\ufffd",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever a file is called and says, the terminal gets no control but line feeds and the program's own colours.
func TestTerminalHostile(t *testing.T) {
	r := failed()
	for _, p := range []*string{
		&r.Reason, &r.Next, &r.Certificate.Title, &r.Certificate.Number, &r.Policy.Name, &r.Checks[0].Message,
		&r.Checks[0].Title, &r.Checks[0].Clause, &r.Usage.Terms[0].Label, &r.Disclaimer,
	} {
		*p = hostileName
	}
	var b bytes.Buffer
	if err := Full(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	if err := Line(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	if err := Summary(&b, Tally{}, "zh", hostileName); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"\x1b", "\r", "\t", "\u202e", "\u2066"} {
		if i := strings.Index(b.String(), bad); i >= 0 {
			t.Errorf("%q got through: %.60q", bad, b.String()[max(0, i-30):])
		}
	}
}

func TestLine(t *testing.T) {
	for name, c := range map[string]struct {
		r    *verify.Report
		want []string
	}{
		"passed":     {passed(), []string{"✔ 通过", "样例.pdf", "样𬭩  京1112015201600132"}},
		"failed":     {failed(), []string{"✘ 不通过", "使用时限已经结束。"}},
		"unsure":     {indeterminate(), []string{"? 无法确定", "扫描件.png", "送检的是扫描件。"}},
		"unreadable": {unreadable(), []string{"? 无法确定", "坏文件.pdf", "这个文件读不了。"}},
		"english":    {english(failed()), []string{"✘ FAILED"}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Line(&b, c.r, Style{}); err != nil {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(b.String(), w) {
					t.Errorf("%q lacks %q", b.String(), w)
				}
			}
		})
	}
}

func TestColoursStandBesideWords(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := Full(&plain, failed(), Style{}); err != nil {
		t.Fatal(err)
	}
	if err := Full(&coloured, failed(), Style{Colour: true}); err != nil {
		t.Fatal(err)
	}
	s := coloured.String()
	for _, code := range []string{"0", "1", "2", "4", "31", "32", "33", "1;31"} {
		s = strings.ReplaceAll(s, "\x1b["+code+"m", "")
	}
	if s != plain.String() {
		t.Error("with colours the words differ")
	}
}

func TestFullWrapsWideText(t *testing.T) {
	r := failed()
	r.Checks[0].Message = strings.Repeat("签章完整", 40)
	var b bytes.Buffer
	if err := Full(&b, r, Style{Width: 60}); err != nil {
		t.Fatal(err)
	}
	for l := range strings.SplitSeq(b.String(), "\n") {
		if strings.Contains(l, "签章完整") && cells(l) > 60 {
			t.Errorf("%d columns: %q", cells(l), l)
		}
	}
}

func TestLineNamesFitTheirColumn(t *testing.T) {
	for in, want := range map[string]string{
		"a.pdf":                            "a.pdf",
		strings.Repeat("x", 60) + "/尾.pdf": "…" + strings.Repeat("x", 40) + "/尾.pdf",
		strings.Repeat("批次", 30) + "/name.pdf": "…次" + strings.Repeat("批次", 9) + "/name.pdf",
	} {
		r := passed()
		r.Input.Name = in
		var b bytes.Buffer
		if err := Line(&b, r, Style{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), " "+pad(want, lineName)+" ") && !strings.Contains(b.String(), " "+want+" ") {
			t.Errorf("%q lacks %q", b.String(), want)
		}
	}
}
