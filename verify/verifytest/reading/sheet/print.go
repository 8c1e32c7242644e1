package sheet

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"zhengyan/verify/civil"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/camera"
	"zhengyan/verify/verifytest/reading/collection"
)

// A Typeface has the font that prints digits, signs of days and what else it has of those, and the one for all other characters.
type Typeface struct{ signs, other *opentype.Font }

// OpenFaces opens typefaces: FILE or FILE#NAME of a collection, or two with a plus sign, of which the second has the digits and the signs
// of days.
func OpenFaces(names []string) ([]Typeface, error) {
	var out []Typeface
	for _, name := range names {
		first, second, two := strings.Cut(name, "+")
		a, err := collection.Font(first)
		if err != nil {
			return nil, err
		}
		b := a
		if two {
			if b, err = collection.Font(second); err != nil {
				return nil, err
			}
		}
		out = append(out, Typeface{signs: b, other: a})
	}
	return out, nil
}

// A Line is a printed line: its text, its ends, its middle height and the size of its type, in mm on the print.
type Line struct {
	Text               string
	X0, X1, Middle, Em float64
}

// daySigns are the Chinese characters that days are written with.
const daySigns = "年月日至"

// dpi is the resolution at which sheets are printed.
const dpi = 300

// Printed is a sheet with three columns of lines in small type, two thirds of them grey; light is the share of lines whose type is
// drawn lighter than it was designed.
func Printed(r *rand.Rand, faces []Typeface, light float64) (*image.RGBA, []Line, error) {
	const mm = 25.4 / dpi
	w, h := int(math.Round(camera.A4Width/mm)), int(math.Round(camera.A4Height/mm))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	var out []Line
	for column := range 3 {
		left := (0.035 + 0.32*float64(column)) * float64(w)
		for y := 0.035 * float64(h); y < 0.965*float64(h); {
			points := 7.5 + 2.5*r.Float64()
			if r.IntN(6) == 0 {
				points = 9 + 3*r.Float64()
			}
			em := points / 72 * dpi
			y += 1.75 * em
			text, start := someText(r), left+em*r.Float64()/2
			how := asDesigned
			if light > 0 && r.Float64() < light {
				how = someShape(r)
			}
			end, err := write(img, faces[r.IntN(len(faces))], how, em, start, y, text, someInk(r))
			if err != nil {
				return nil, nil, err
			}
			if end < left+0.318*float64(w) {
				out = append(out, Line{text, start * mm, end * mm, (y - 0.38*em) * mm, em * mm})
			} else { // it runs into the next column: paper is laid over it
				draw.Draw(img, image.Rect(int(start)-2, int(y-1.1*em), int(end+em), int(y+0.4*em)), image.White, image.Point{}, draw.Src)
			}
		}
	}
	return img, out, nil
}

// Stamp prints seals over a sheet, as many as lie side by side, each turned to another place.
func Stamp(r *rand.Rand, g *verifytest.Generator, sheet *image.RGBA) {
	const size, pitch = 117, 140.0 // points; a seal is 40 to 42 mm wide
	w, h := float64(sheet.Rect.Dx())*72/dpi, float64(sheet.Rect.Dy())*72/dpi
	for y := 5.0; y+pitch < h; y += pitch {
		for x := 5.0; x+pitch < w; x += pitch {
			g.StampOn(sheet, dpi, false, x+(pitch-size)*r.Float64(), y+(pitch-size)*r.Float64(), size, "样例省样例市住房和城乡建设局")
		}
	}
}

// StampInk is Stamp with an ink of its own for all of them: bright or dark, more or less of it.
func StampInk(r *rand.Rand, g *verifytest.Generator, sheet *image.RGBA) {
	seals := image.NewRGBA(sheet.Rect)
	draw.Draw(seals, seals.Rect, image.White, image.Point{}, draw.Src)
	Stamp(r, g, seals)
	ink := [3]float64{0.62 + 0.33*r.Float64(), 0.05 + 0.3*r.Float64(), 0.05 + 0.3*r.Float64()}
	full := 0.1 // of green, which a seal takes most of
	for i := 0; i < len(sheet.Pix); i += 4 {
		cover := min((1-float64(seals.Pix[i+1])/255)/(1-full), 1)
		for c := range 3 {
			sheet.Pix[i+c] = uint8(float64(sheet.Pix[i+c])*(1-cover*(1-ink[c])) + 0.5)
		}
	}
}

func someInk(r *rand.Rand) color.RGBA {
	g := 0.13 + 0.02*r.Float64()
	if r.IntN(10) < 7 {
		g = 0.4 + 0.22*r.Float64()
	}
	return color.RGBA{uint8(255 * g), uint8(255 * g), uint8(255 * (g + 0.02)), 255}
}

// write sets a text from x on and gives where it ends.
func write(img draw.Image, f Typeface, how shape, em, x, y float64, text string, ink color.Color) (float64, error) {
	if how == asDesigned {
		return set(img, f, how, em, x, y, text, ink)
	}
	left, top := int(x)-1, int(y-1.2*em)
	tile := image.NewAlpha(image.Rect(0, 0, fine*int(float64(len([]rune(text))+2)*1.1*em), fine*int(1.8*em)))
	end, err := set(tile, f, how, fine*em, fine*(x-float64(left)), fine*(y-float64(top)), text, color.Opaque)
	if err != nil {
		return 0, err
	}
	for range how.thinner {
		tile = thinned(tile)
	}
	lay(img, tile, image.Pt(left, top), ink)
	return float64(left) + end/fine, nil
}

func set(img draw.Image, f Typeface, how shape, em, x, y float64, text string, ink color.Color) (float64, error) {
	var faces [3]font.Face
	for i, one := range []*opentype.Font{f.other, f.signs, f.signs} {
		size := em
		if i == 2 {
			size *= how.digits
		}
		face, err := opentype.NewFace(one, &opentype.FaceOptions{Size: size, DPI: 72})
		if err != nil {
			return 0, err
		}
		defer face.Close()
		faces[i] = face
	}
	d := font.Drawer{Dst: img, Src: image.NewUniform(ink), Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}}
	var buf sfnt.Buffer
	for _, c := range text {
		d.Face = faces[0]
		if c < 0x2000 || strings.ContainsRune(daySigns, c) {
			if at, err := f.signs.GlyphIndex(&buf, c); err == nil && at != 0 {
				d.Face = faces[1]
				if c < 0x2000 {
					d.Face = faces[2]
				}
			}
		}
		d.DrawString(string(c))
		d.Dot.X += fixed.Int26_6(how.tracking * em * 64)
	}
	return float64(d.Dot.X) / 64, nil
}

// someText is a line with a day, a period or a number, as certificates write them.
func someText(r *rand.Rand) string {
	style, pad := r.IntN(20), r.IntN(2) == 0
	day := func(from, to int) string {
		d := civil.Must(from, 1, 1).AddDays(r.IntN(365 * (to - from + 1)))
		form := "%d%s%d%s%d"
		if pad || style >= 10 && style < 16 {
			form = "%d%s%02d%s%02d"
		}
		switch {
		case style < 10:
			return fmt.Sprintf(form, d.Y, "年", d.M, "月", d.D) + "日"
		case style < 16:
			return fmt.Sprintf(form, d.Y, "-", d.M, "-", d.D)
		case style < 18:
			return fmt.Sprintf(form, d.Y, ".", d.M, ".", d.D)
		}
		return fmt.Sprintf(form, d.Y, "/", d.M, "/", d.D)
	}
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	period := func() string {
		return day(2000, 2039) + one("-", "-", "-", "-", "-", "至", "至", "至", "—", "~") + day(2000, 2039)
	}
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('0' + r.IntN(10))
		}
		return string(b)
	}
	provinces := []rune("京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新")
	switch k := r.IntN(20); {
	case k < 9:
		return "使用有效期：" + period()
	case k < 11:
		return one("有效期：", "注册有效期：", "有效期限：", "") + period()
	case k < 12:
		return one("建筑工程", "机电工程", "公路工程", "水利水电工程") + "（有效期：" + period() + "）"
	case k < 15:
		return one("签发日期：", "出生日期：", "批准日期：", "", "发证日期：") + day(1950, 2039)
	case k < 17:
		return one("注册编号：", "", "注册编号：") + string(provinces[r.IntN(len(provinces))]) + digits(16)
	case k < 18:
		return one("注册号：", "管理号：", "证件号码：") + digits([]int{10, 18, 21}[r.IntN(3)])
	}
	return day(2000, 2039) + "至" + day(2000, 2039)
}
