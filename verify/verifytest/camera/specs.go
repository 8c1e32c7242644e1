package camera

import (
	"fmt"
	"math/rand/v2"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/verifytest"
)

// words of a split: nothing but the specimens' surnames stands in both.
type words struct {
	given     []rune
	cities    []string
	trades    []string
	companies []string
}

func (s Split) words() words {
	if s == Dev {
		return words{
			given:     []rune("立诚知筑思远明辉建国志强晓东海涛文静丽华春兰"),
			cities:    []string{"样江市", "例山市", "样州市", "京样"},
			trades:    []string{"建设集团", "建筑工程", "路桥", "市政工程"},
			companies: []string{"有限公司", "有限责任公司"},
		}
	}
	return words{
		given:     []rune("嘉宁浩然梓涵宇轩欣怡俊杰鹏飞雪梅永康振邦德胜秀英"),
		cities:    []string{"例海市", "样阳市", "范城市", "样川省"},
		trades:    []string{"水利水电建设", "建筑设计研究院", "机电安装工程", "城市建设投资"},
		companies: []string{"股份有限公司", "有限公司"},
	}
}

// Spec gives the i-th certificate of a split: an invented person's, with texts and days of its own. The kinds that are
// judged come five times in six, in turn; the sixth is of the second class.
func Spec(split Split, i int) verifytest.Spec {
	r := split.rng(3, i)
	kinds := []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification, fields.Constructor1, fields.Architect1, fields.Constructor2}
	return SpecOf(split, i, kinds[i%len(kinds)], r)
}

// SpecOf is Spec with a given kind.
func SpecOf(split Split, i int, kind fields.Kind, r *rand.Rand) verifytest.Spec {
	w := split.words()
	base := kind
	switch kind {
	case fields.Constructor2, fields.ConstructorTemp:
		base = fields.Constructor1
	case fields.Architect2:
		base = fields.Architect1
	}
	s := verifytest.Good(base)
	s.ID, s.Kind = fmt.Sprintf("%s picture %d", split, i), kind
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	han := func() string { return string(w.given[r.IntN(len(w.given))]) }
	s.Name = pick([]string{"样", "例", "范"}) + han()
	if r.IntN(3) > 0 {
		s.Name += han()
	}
	s.Sex = pick([]string{"男", "女"})
	s.Birth = civil.Date{Y: 1965 + r.IntN(33), M: s.Birth.M, D: 1 + r.IntN(28)}
	if kind == fields.Qualification {
		s.Birth.D = 0
		s.IDNumber = verifytest.InventedID(civil.Date{Y: s.Birth.Y, M: s.Birth.M, D: 1}, r.IntN(1000))
		s.Number = fmt.Sprintf("20%02d11099%02d0000%04d", 10+r.IntN(14), r.IntN(100), r.IntN(10000))
		s.Level = pick([]string{"建筑工程", "机电工程", "公路工程", "市政公用工程"})
	} else {
		s.Employer = pick(w.cities) + pick(w.trades) + pick(w.companies)
		s.Number = s.Number[:len(s.Number)-5] + fmt.Sprintf("%05d", r.IntN(100000))
	}
	if kind == fields.Constructor2 {
		s.Issuer = "样例省住房和城乡建设厅"
	}
	s.Dates = verifytest.DateForm(r.IntN(3))
	s.LabelStyle = r.IntN(3)
	if r.IntN(2) == 0 {
		s.Ink = verifytest.InkSame
	}
	return s
}
