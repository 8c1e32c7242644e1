package main

import (
	"bufio"
	"compress/bzip2"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
)

// unihan gives the entries of one property of a Unihan file.
func unihan(path, property string, entry func(r rune, value string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".bz2") {
		in = bzip2.NewReader(file)
	}
	sc := bufio.NewScanner(in)
	for sc.Scan() {
		c := strings.Split(sc.Text(), "\t")
		if len(c) != 3 || c[1] != property || !strings.HasPrefix(c[0], "U+") {
			continue
		}
		code, err := strconv.ParseUint(c[0][2:], 16, 32)
		if err != nil {
			return err
		}
		if err := entry(rune(code), c[2]); err != nil {
			return fmt.Errorf("%s: %s: %w", path, c[0], err)
		}
	}
	return sc.Err()
}

// table is the standard table in its order: level 1 is 3,500 characters, level 2 and 3 follow.
type table []rune

const levelOne = 3500

func (t table) common() []rune { return t[:levelOne] }

// standardTable reads the table from property kTGH.
func standardTable(path string) (table, error) {
	at := map[int]rune{}
	err := unihan(path, "kTGH", func(r rune, v string) error {
		_, index, _ := strings.Cut(v, ":")
		n, err := strconv.Atoi(index)
		at[n] = r
		return err
	})
	if err != nil {
		return nil, err
	}
	t := make(table, 0, len(at))
	for n := 1; n <= len(at); n++ {
		if at[n] == 0 {
			return nil, fmt.Errorf("%s: number %d of the table is missing", path, n)
		}
		t = append(t, at[n])
	}
	if len(t) != 8105 {
		return nil, fmt.Errorf("%s: the table has %d characters, not 8,105", path, len(t))
	}
	return t, nil
}

// usage is how often the characters of level 1 stand in running text, softened: the square root of their counts in
// property kHanyuPinlu (现代汉语频率词典), cumulated.
type usage struct {
	runes []rune
	upTo  []float64
}

func commonUse(path string, t table) (*usage, error) {
	level := map[rune]bool{}
	for _, r := range t.common() {
		level[r] = true
	}
	u, sum := &usage{}, 0.0
	err := unihan(path, "kHanyuPinlu", func(r rune, v string) error {
		if !level[r] {
			return nil
		}
		n := 0.0
		for _, reading := range strings.Fields(v) { // yī(32747)
			_, count, _ := strings.Cut(strings.TrimSuffix(reading, ")"), "(")
			k, err := strconv.Atoi(count)
			if err != nil {
				return err
			}
			n += float64(k)
		}
		sum += math.Sqrt(n)
		u.runes, u.upTo = append(u.runes, r), append(u.upTo, sum)
		return nil
	})
	if err == nil && sum == 0 {
		err = fmt.Errorf("%s has no property kHanyuPinlu", path)
	}
	return u, err
}

func (u *usage) draw(r *rand.Rand) rune {
	i, _ := slices.BinarySearch(u.upTo, r.Float64()*u.upTo[len(u.upTo)-1])
	return u.runes[min(i, len(u.runes)-1)]
}

const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"

// phrases stand on certificates; # is a digit, * any common character.
var phrases = []string{
	"中华人民共和国一级建造师注册证书", "中华人民共和国一级注册建筑师注册证书", "使用有效期：20##年##月##日-20##年##月##日",
	"注册编号：京1##20##20######", "聘用企业：**市建筑工程有限责任公司", "聘用单位：**省建设集团有限公司", "****工程咨询有限公司",
	"出生日期：19##年##月##日", "注册专业：建筑工程（有效期：20##-##-##至20##-##-##）", "市政公用工程（有效期：20##-##-##至20##-##-##）",
	"签发日期：20##年##月##日", "个人签名：", "签名日期：", "性别：男", "性别：女", "专业类别：土建", "批准日期：20##年##月##日", "身份证号：#################X",
	"查询网址：http://jzsgl.coc.gov.cn", "实时数据，扫码验证", "**省**市住房和城乡建设厅", "注册有效期：20##年##月##日至20##年##月##日", "**设计研究院股份有限公司",
}

// composer makes lines that a font can set.
type composer struct {
	t    table
	use  *usage
	face *typeface
	r    *rand.Rand
}

func (c *composer) common() rune {
	for range 50 {
		if r := c.use.draw(c.r); c.face.has(r) {
			return r
		}
	}
	return '一'
}

func (c *composer) surname() rune {
	s := []rune(surnames)
	return s[c.r.IntN(len(s))]
}

// phrase is a line as certificates have.
func (c *composer) phrase() []rune {
	out := []rune(phrases[c.r.IntN(len(phrases))])
	for i, r := range out {
		switch r {
		case '#':
			out[i] = rune('0' + c.r.IntN(10))
		case '*':
			out[i] = c.common()
		}
	}
	return out
}

// words are common characters in a row.
func (c *composer) words() []rune {
	out := make([]rune, 6+c.r.IntN(6))
	for i := range out {
		out[i] = c.common()
	}
	return out
}

// name is a surname with the characters, behind a label or not.
func (c *composer) name(given ...rune) []rune {
	var out []rune
	switch c.r.IntN(4) {
	case 0:
		out = []rune("姓名：")
	case 1:
		out = []rune("名：")
	}
	return append(append(out, c.surname()), given...)
}

func (c *composer) set(rs []rune) []rune {
	var out []rune
	for _, r := range rs {
		if c.face.has(r) {
			out = append(out, r)
		}
	}
	c.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// lesson has every character of the table that the font has once, in names and among others, and lines of common ones.
func (c *composer) lesson() [][]rune {
	rest := c.set(c.t)
	take := func(n int) []rune {
		n = min(n, len(rest))
		out := slices.Clone(rest[:n])
		rest = rest[n:]
		return out
	}
	var out [][]rune
	for len(rest) > 0 {
		switch k := c.r.Float64(); {
		case k < 0.2:
			out = append(out, c.name(take(1+c.r.IntN(2))...))
		default:
			l := take(7 + c.r.IntN(3))
			for range c.r.IntN(2) {
				l = slices.Insert(l, c.r.IntN(len(l)+1), c.common())
			}
			out = append(out, l)
		}
	}
	for range 50 {
		out = append(out, c.words(), c.phrase())
	}
	return out
}

// Kinds of lines that are measured on.
const (
	kindRare   = "rare names"
	kindMixed  = "rare among common"
	kindName   = "common names"
	kindWords  = "common words"
	kindPhrase = "phrases"
)

// exam is lines of each kind.
func (c *composer) exam() (lines [][]rune, kinds []string) {
	add := func(kind string, l []rune) { lines, kinds = append(lines, l), append(kinds, kind) }
	rest := c.set(c.t[levelOne:])
	rest = rest[:len(rest)/16]
	for len(rest) > 3 {
		if c.r.IntN(2) == 0 {
			n := 1 + c.r.IntN(2)
			add(kindRare, c.name(rest[:n]...))
			rest = rest[n:]
			continue
		}
		l := c.words()
		for range 3 {
			l[c.r.IntN(len(l))], rest = rest[0], rest[1:]
		}
		add(kindMixed, l)
	}
	any := c.set(c.t.common())
	for i := range 40 {
		add(kindName, c.name(any[i], c.common()))
		add(kindWords, c.words())
		if i%2 == 0 {
			add(kindPhrase, c.phrase())
		}
	}
	return lines, kinds
}
