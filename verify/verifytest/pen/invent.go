package pen

import "math/rand/v2"

// surnames and givenNames are common characters of names; put together at random they name nobody in particular.
const (
	surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"

	givenNames = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌宇浩然子轩梓涵欣怡佳琪思雨晨曦博瑞嘉豪俊凯志鹏飞翔龙海波春燕雪梅晓东南西北山川水木火土金银铜天地人和永康安宁乐福寿喜庆祥瑞德仁义礼智信诚忠孝廉正直善良美好学成才干事业兴旺发达荣光辉煌远大前程万里青松柏竹菊荷莲香云霄雷电风霜露雾星月日辰阳光亮清新雅洁白如冰心贵富强胜利民主自由家栋梁材立业守成启明鸣凤鹤鹰虎豹狮骏驰奔腾跃进昌盛世宗祖传承继往开来振邦定坤乾元亨利贞卫保护少年中生长江河湖泊"
)

// Name invents a name of two or three characters (one in ten has Latin letters) from the seed.
func Name(seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 0x4e414d45))
	s, g := []rune(surnames), []rune(givenNames)
	if rng.IntN(10) == 0 {
		return LatinName(seed)
	}
	name := []rune{s[rng.IntN(len(s))], g[rng.IntN(len(g))]}
	if rng.Float64() < 0.72 {
		name = append(name, g[rng.IntN(len(g))])
	}
	return string(name)
}

// ChineseName is [Name] without Latin letters.
func ChineseName(seed uint64) string {
	for n := seed; ; n += 0x9e3779b97f4a7c15 {
		if name := Name(n); []rune(name)[0] > 0x2e80 {
			return name
		}
	}
}

// invent makes a character up: two or three parts, each a few strokes of the kinds that characters are made of.
func invent(r rune) [][]Point {
	rng := rand.New(rand.NewPCG(uint64(r), 0x474c5950))
	type box struct{ x0, y0, x1, y1 float64 }
	var boxes []box
	cut := 0.35 + 0.25*rng.Float64()
	switch rng.IntN(4) {
	case 0:
		boxes = []box{{0.05, 0.05, 0.95, 0.95}}
	case 1:
		boxes = []box{{0.05, 0.05, cut, 0.95}, {cut, 0.05, 0.95, 0.95}}
	case 2:
		boxes = []box{{0.05, 0.05, 0.95, cut}, {0.05, cut, 0.95, 0.95}}
	default:
		boxes = []box{{0.05, 0.05, cut, 0.95}, {cut, 0.05, 0.95, 0.5}, {cut, 0.5, 0.95, 0.95}}
	}
	var out [][]Point
	for _, b := range boxes {
		for n := 2 + rng.IntN(4); n > 0; n-- {
			form := strokeForms[rng.IntN(len(strokeForms))]
			dx, dy := 0.6*rng.Float64()-0.3, 0.6*rng.Float64()-0.3
			var s []Point
			for _, p := range form {
				u, v := clamp(p[0]+dx, 0, 1), clamp(p[1]+dy, 0, 1)
				s = append(s, Point{X: b.x0 + u*(b.x1-b.x0), Y: b.y0 + v*(b.y1-b.y0), W: 1})
			}
			out = append(out, s)
		}
	}
	return out
}

// strokeForms: 横 竖 撇 捺 点 提 横折 竖钩 竖弯钩 横折钩 and the like, in a box of side 1.
var strokeForms = [][][2]float64{
	{{0, 0.52}, {0.5, 0.5}, {1, 0.47}},
	{{0.5, 0}, {0.51, 0.5}, {0.5, 1}},
	{{0.7, 0}, {0.55, 0.5}, {0.1, 1}},
	{{0.3, 0.1}, {0.55, 0.55}, {1, 1}},
	{{0.4, 0.35}, {0.55, 0.5}, {0.6, 0.65}},
	{{0.1, 0.8}, {0.5, 0.6}, {0.9, 0.35}},
	{{0, 0.2}, {0.85, 0.17}, {0.8, 0.95}},
	{{0.55, 0}, {0.56, 0.9}, {0.35, 0.8}},
	{{0.3, 0}, {0.3, 0.8}, {0.6, 0.95}, {0.95, 0.9}, {0.95, 0.7}},
	{{0.05, 0.2}, {0.85, 0.18}, {0.8, 0.9}, {0.6, 0.82}},
	{{0.2, 0}, {0.2, 0.9}, {0.85, 0.9}},
}

func clamp(v, lo, hi float64) float64 { return max(lo, min(hi, v)) }
