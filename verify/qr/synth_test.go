package qr

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// A synthetic certificate page: A4 at 200 dpi with frame, lines of writing, a photo, one or two dense codes and a red
// seal over the first of them, then spoiled by one family of damage at a level. Everything follows from the seed.

const (
	pageW, pageH = 1654, 2339
	pxPerMM      = 200 / 25.4
)

// rgb is a picture of three float planes, 0..1.
type rgb struct {
	w, h int
	p    [3][]float32
}

func newRGB(w, h int, v float32) *rgb {
	r := &rgb{w: w, h: h}
	for c := range r.p {
		r.p[c] = make([]float32, w*h)
		for i := range r.p[c] {
			r.p[c][i] = v
		}
	}
	return r
}

func (r *rgb) fill(x0, y0, x1, y1 int, col [3]float32) {
	for c := range r.p {
		for y := max(0, y0); y < min(r.h, y1); y++ {
			row := r.p[c][y*r.w:]
			for x := max(0, x0); x < min(r.w, x1); x++ {
				row[x] = col[c]
			}
		}
	}
}

func synthPayload(rnd *rand.Rand) string {
	han := []rune("建筑工程市政机电公路水利注册证书有限公司北京上海天津河南山东张王李赵陈刘杨黄周吴明华志强伟芳")
	pick := func(n int) string {
		s := make([]rune, n)
		for i := range s {
			s[i] = han[rnd.IntN(len(han))]
		}
		return string(s)
	}
	hex := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "0123456789abcdef"[rnd.IntN(16)]
		}
		return string(b)
	}
	if rnd.IntN(3) == 0 {
		return "https://zlaq.mohurd.gov.cn/fwmh/middlepage.html?ID=" + hex(20+rnd.IntN(60)) + "&k=" + hex(16) + "&certype=11100000000013338W011"
	}
	return fmt.Sprintf("一级建造师注册证书|%s|京1112015%08d|%s|%s有限公司|2026-%02d-%02d|%s", pick(3), rnd.IntN(1e8),
		pick(4+rnd.IntN(8)), pick(4+rnd.IntN(10)), 1+rnd.IntN(12), 1+rnd.IntN(28), hex(8+rnd.IntN(60)))
}

// synthBlank draws the page without codes and seal.
func synthBlank(rnd *rand.Rand) *rgb {
	pg := newRGB(pageW, pageH, 1)
	tint := [3]float32{.97, .985, 1}
	pg.fill(0, 0, pageW, pageH, tint)
	red := [3]float32{.78, .1, .12}
	for _, b := range [][4]int{{60, 60, pageW - 60, 72}, {60, pageH - 72, pageW - 60, pageH - 60}, {60, 60, 72, pageH - 60}, {pageW - 72, 60, pageW - 60, pageH - 60}} {
		pg.fill(b[0], b[1], b[2], b[3], red)
	}
	glyph := func(x, y, s int, col [3]float32) {
		w := max(2, s/12)
		for range 5 + rnd.IntN(5) {
			if rnd.IntN(2) == 0 {
				yy, a, b := y+rnd.IntN(s), rnd.IntN(s), rnd.IntN(s)
				pg.fill(x+min(a, b), yy, x+max(a, b), yy+w, col)
			} else {
				xx, a, b := x+rnd.IntN(s), rnd.IntN(s), rnd.IntN(s)
				pg.fill(xx, y+min(a, b), xx+w, y+max(a, b), col)
			}
		}
	}
	for i := range 14 {
		glyph(260+i*82, 200, 70, red)
	}
	for l := range 18 {
		for i := range 12 + rnd.IntN(16) {
			glyph(190+i*40, 380+l*66, 32, [3]float32{.1, .1, .12})
		}
	}
	for y := 420; y < 800; y++ { // photo
		for x := 1180; x < 1480; x++ {
			v := float32(.45 + .25*math.Sin(float64(x)/31)*math.Cos(float64(y)/47) + .06*rnd.Float64())
			pg.p[0][y*pageW+x], pg.p[1][y*pageW+x], pg.p[2][y*pageW+x] = v+.1, v, v-.05
		}
	}
	return pg
}

// synthPage draws the page; seal is the strength of the red stamp over the first code, above 1 opaque.
func synthPage(t testing.TB, rnd *rand.Rand, seal float64) (*rgb, []string) {
	pg := synthBlank(rnd)
	var texts []string
	draw := func(x0, y0 int) (cx, cy, side float64) {
		text := synthPayload(rnd)
		level := decoder.ErrorCorrectionLevel_L
		if rnd.IntN(2) == 0 {
			level = decoder.ErrorCorrectionLevel_M
		}
		m := matrixOf(t, text, level)
		size := 4.1 + .7*rnd.Float64()
		n := len(m)
		side = float64(n) * size
		fx, fy := float64(x0)+rnd.Float64(), float64(y0)+rnd.Float64()
		for y := y0; y < y0+int(side)+2; y++ {
			for x := x0; x < x0+int(side)+2; x++ {
				dark := 0.0
				for j := range 4 {
					for i := range 4 {
						mx, my := (float64(x)+(float64(i)+.5)/4-fx)/size, (float64(y)+(float64(j)+.5)/4-fy)/size
						if mx >= 0 && my >= 0 && int(mx) < n && int(my) < n && m[int(my)][int(mx)] {
							dark += 1. / 16
						}
					}
				}
				for c := range 3 {
					pg.p[c][y*pageW+x] *= float32(1 - dark*.94)
				}
			}
		}
		texts = append(texts, text)
		return fx + side/2, fy + side/2, side
	}
	cx, cy, side := draw(170+rnd.IntN(60), 1790+rnd.IntN(120))
	if rnd.IntN(4) == 0 {
		draw(1120+rnd.IntN(100), 1700+rnd.IntN(100))
	}
	stamp(pg, cx+side*(.25+.2*rnd.Float64()), cy-side*.1*rnd.Float64(), 20*pxPerMM, seal, rnd)
	return pg, texts
}

// stamp prints a round seal with a star and a ring of characters. Up to strength 1 its ink is multiplied over what is
// there; above, it covers.
func stamp(pg *rgb, cx, cy, r, strength float64, rnd *rand.Rand) {
	ink := [3]float64{.86, .12, .14}
	chars := 18
	var bars [18][4]float64
	for i := range bars {
		for k := range 4 {
			bars[i][k] = rnd.Float64()
		}
	}
	for y := max(0, int(cy-r)); y < min(pg.h, int(cy+r)+1); y++ {
		for x := max(0, int(cx-r)); x < min(pg.w, int(cx+r)+1); x++ {
			dx, dy := float64(x)-cx, float64(y)-cy
			d, a := math.Hypot(dx, dy)/r, math.Atan2(dy, dx)
			on := d > .94 && d <= 1
			if d > .68 && d < .88 { // writing
				k := (a + math.Pi) / (2 * math.Pi) * float64(chars)
				i, f := int(k)%chars, k-math.Floor(k)
				v := (d - .68) / .2
				if f > .12 && f < .88 {
					on = on || math.Abs(v-bars[i][0]) < .1 || math.Abs(v-bars[i][1]) < .1 || math.Abs(f-bars[i][2]) < .09 || math.Abs(f-bars[i][3]) < .09
				}
			}
			star := .14 + .24*math.Pow(math.Abs(math.Cos(2.5*(a+math.Pi/2))), 3)
			on = on || d < star
			if !on {
				continue
			}
			for c := range 3 {
				p := &pg.p[c][y*pg.w+x]
				if strength <= 1 {
					*p *= float32(1 - strength*(1-ink[c]))
				} else {
					k := math.Min((strength-1)*1.1, .9)
					*p = float32((float64(*p)*(1-(1-ink[c])))*(1-k) + ink[c]*k)
				}
			}
		}
	}
}

// warp draws the page through an inverse mapping; what lies outside is a desk.
func (r *rgb) warp(w, h int, inv func(x, y float64) (float64, float64)) *rgb {
	out := newRGB(w, h, 0)
	desk := [3]float32{.42, .33, .25}
	for y := range h {
		for x := range w {
			sx, sy := inv(float64(x)+.5, float64(y)+.5)
			sx -= .5
			sy -= .5
			ix, iy := int(math.Floor(sx)), int(math.Floor(sy))
			o := y*w + x
			if ix < 0 || iy < 0 || ix >= r.w-1 || iy >= r.h-1 {
				for c := range 3 {
					out.p[c][o] = desk[c]
				}
				continue
			}
			fx, fy := float32(sx-float64(ix)), float32(sy-float64(iy))
			q := iy*r.w + ix
			for c := range 3 {
				p := r.p[c]
				a := p[q] + fx*(p[q+1]-p[q])
				b := p[q+r.w] + fx*(p[q+r.w+1]-p[q+r.w])
				out.p[c][o] = a + fy*(b-a)
			}
		}
	}
	return out
}

func (r *rgb) blur(sigma float64) {
	if sigma <= 0 {
		return
	}
	n := int(math.Ceil(3 * sigma))
	k := make([]float32, 2*n+1)
	var sum float32
	for i := range k {
		k[i] = float32(math.Exp(-float64((i-n)*(i-n)) / (2 * sigma * sigma)))
		sum += k[i]
	}
	for i := range k {
		k[i] /= sum
	}
	tmp := make([]float32, r.w*r.h)
	for c := range r.p {
		p := r.p[c]
		for y := range r.h {
			for x := range r.w {
				var s float32
				for i, f := range k {
					s += f * p[y*r.w+min(max(x+i-n, 0), r.w-1)]
				}
				tmp[y*r.w+x] = s
			}
		}
		for y := range r.h {
			row := p[y*r.w : (y+1)*r.w]
			clear(row)
			for i, f := range k {
				src := tmp[min(max(y+i-n, 0), r.h-1)*r.w:]
				for x := range row {
					row[x] += f * src[x]
				}
			}
		}
	}
}

func (r *rgb) image(noise float64, rnd *rand.Rand) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, r.w, r.h))
	for i := range r.w * r.h {
		for c := range 3 {
			v := float64(r.p[c][i]) * 255
			if noise > 0 {
				v += noise * rnd.NormFloat64()
			}
			img.Pix[4*i+c] = byte(math.Max(0, math.Min(255, v+.5)))
		}
		img.Pix[4*i+3] = 255
	}
	return img
}

func asJPEG(t testing.TB, img image.Image, quality int) image.Image {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: max(1, quality)}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// damage is what happens to a page, all at once.
type damage struct {
	blur, rotate, persp, noise, scale, shadow, curl float64
	jpeg                                            int
}

func (d damage) apply(t testing.TB, pg *rgb, rnd *rand.Rand) image.Image {
	w, h := float64(pg.w), float64(pg.h)
	s := d.scale
	if s == 0 {
		s = 1
	}
	if d.rotate != 0 || d.persp != 0 || s != 1 || d.curl != 0 {
		if s < .8 { // what a camera of few pixels does
			pg.blur(.35 / s)
		}
		a := d.rotate * math.Pi / 180
		ow, oh := math.Abs(w*math.Cos(a))+math.Abs(h*math.Sin(a)), math.Abs(w*math.Sin(a))+math.Abs(h*math.Cos(a))
		ow, oh = ow*s, oh*s
		px, py := d.persp*(.6+.4*rnd.Float64()), d.persp*(.6+.4*rnd.Float64())
		if rnd.IntN(2) == 0 {
			px = -px
		}
		phase := rnd.Float64() * 6
		pg = pg.warp(int(ow), int(oh), func(x, y float64) (float64, float64) {
			x, y = (x-ow/2)/(s*(1-.8*d.persp)), (y-oh/2)/(s*(1-.8*d.persp))
			k := 1 + px*x/w*1.2 + py*y/h*1.2
			x, y = x/k, y/k
			x, y = x*math.Cos(a)+y*math.Sin(a), -x*math.Sin(a)+y*math.Cos(a)
			if d.curl != 0 {
				y += d.curl * math.Sin(x/w*5+phase)
				x += .5 * d.curl * math.Sin(y/h*6+phase)
			}
			return x + w/2, y + h/2
		})
	}
	if d.shadow > 0 {
		dir, off := rnd.Float64()*2*math.Pi, rnd.Float64()*.2
		for y := range pg.h {
			for x := range pg.w {
				v := (float64(x)/float64(pg.w)-.5)*math.Cos(dir) + (float64(y)/float64(pg.h)-.5)*math.Sin(dir) + off
				f := float32(1 - d.shadow/(1+math.Exp(-v*14)))
				for c := range 3 {
					pg.p[c][y*pg.w+x] *= f
				}
			}
		}
	}
	pg.blur(d.blur)
	var img image.Image = pg.image(d.noise, rnd)
	if d.jpeg > 0 {
		img = asJPEG(t, img, d.jpeg)
	}
	return img
}

// family is a kind of damage with a level from 0 to 5; above 5 is beyond the plain set.
type family struct {
	name string
	seal func(l float64) float64
	hurt func(l float64) damage
	hard [4]float64 // levels of the hard set
}

func families() []family {
	flat := func(float64) float64 { return .35 }
	return []family{
		{"blur", flat, func(l float64) damage { return damage{blur: .48 * l} }, [4]float64{4.6, 5.2, 5.8, 6.45}},
		{"rotate", flat, func(l float64) damage { return damage{rotate: 14.6 * l} }, [4]float64{}},
		{"persp", flat, func(l float64) damage { return damage{persp: .044 * l, rotate: 4 * l} }, [4]float64{5.9, 6.8, 7.7, 8.6}},
		{"noise", flat, func(l float64) damage { return damage{noise: 12.4 * l} }, [4]float64{5.65, 7.26, 9.3, 11.3}},
		{"jpeg", flat, func(l float64) damage { return damage{jpeg: int(95 - 17.4*l)} }, [4]float64{5.06, 5.17, 5.29, 5.35}},
		{"downscale", flat, func(l float64) damage { return damage{scale: 1 - .122*l} }, [4]float64{5.25, 5.57, 5.9, 6.15}},
		{"shadow", flat, func(l float64) damage { return damage{shadow: .186 * l} }, [4]float64{}},
		{
			"seal", func(l float64) float64 { return []float64{0, .5, .8, 1, 1.3, 1.6}[min(5, int(l))] + math.Max(0, l-5) },
			func(float64) damage { return damage{} },
			[4]float64{},
		},
		{"curl", flat, func(l float64) damage { return damage{curl: 8.4 * l} }, [4]float64{5.95, 8, 10, 12}},
		{"photo", func(float64) float64 { return .5 }, func(l float64) damage {
			return damage{blur: .3 * l, rotate: 5 * l, persp: .03 * l, noise: 5 * l, scale: 1 - .07*l, shadow: .13 * l, curl: 4 * l, jpeg: int(95 - 14*l)}
		}, [4]float64{3.3, 3.7, 4.1, 4.5}},
	}
}

// TestSyntheticPages reads degraded certificate pages. By default it reads a few of each family;
// ZHENGYAN_QR_SYNTH=plain or hard reads 4 pages at each level and prints how many of them were read; ZHENGYAN_QR_SEED
// draws other pages.
func TestSyntheticPages(t *testing.T) {
	set := os.Getenv("ZHENGYAN_QR_SYNTH")
	if testing.Short() && set == "" {
		t.Skip("draws large pages")
	}
	only := os.Getenv("ZHENGYAN_QR_GROUP")
	dump := os.Getenv("ZHENGYAN_QR_DUMP")
	seed := uint64(20261121)
	if n, err := strconv.ParseUint(os.Getenv("ZHENGYAN_QR_SEED"), 10, 64); err == nil {
		seed = n
	}
	read, pages, wrong := 0, 0, 0
	var ms []float64
	var line strings.Builder
	for fi, f := range families() {
		if only != "" && only != f.name {
			continue
		}
		levels, each := []float64{0, 1, 2, 3, 4, 5}, 4
		switch {
		case set == "hard" && f.name == "seal":
			levels = []float64{1.15, 1.3, 1.45, 1.6}
			f.seal = func(l float64) float64 { return l }
		case set == "hard":
			levels = f.hard[:]
			if levels[0] == 0 {
				continue
			}
		case set == "":
			levels, each = []float64{3}, 1
		}
		fmt.Fprintf(&line, "%s:", f.name)
		for li, l := range levels {
			right := 0
			for k := range each {
				rnd := rand.New(rand.NewPCG(uint64(fi*1000+li*10+k), seed))
				pg, texts := synthPage(t, rnd, f.seal(l))
				img := f.hurt(l).apply(t, pg, rnd)
				before := cpuMillis()
				res, err := Decode(context.Background(), img, Options{Budget: testBudget})
				ms = append(ms, cpuMillis()-before)
				if err != nil {
					t.Fatal(err)
				}
				pages++
				if last := ms[len(ms)-1]; last > 250 {
					t.Logf("%s %.2f page %d: %.0f ms, %d codes, %+v", f.name, l, k, last, len(res.Codes), res.Work)
				}
				got := false
				for _, c := range res.Codes {
					ok := false
					for _, w := range texts {
						ok = ok || w == c.Text
					}
					if !ok {
						wrong++
						t.Errorf("%s %.2f page %d: wrong text %q", f.name, l, k, c.Text)
					}
					got = got || c.Text == texts[0]
				}
				if got {
					right++
					read++
				} else if dump != "" {
					writePNG(t, fmt.Sprintf("%s/%s-%s-%d-%d.png", dump, set, f.name, li, k), img)
				}
			}
			fmt.Fprint(&line, right)
		}
		line.WriteByte(' ')
	}
	sort.Float64s(ms)
	t.Logf("%s| %d/%d, %d wrong, median %.0f ms, p95 %.0f ms CPU", line.String(), read, pages, wrong, at(ms, .5), at(ms, .95))
	floor := map[string]int{"": 9, "plain": 230, "hard": 115}[set]
	if only == "" && read < floor {
		t.Errorf("%d of %d pages read, want at least %d", read, pages, floor)
	}
}

func writePNG(t testing.TB, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
