package ocr_test

import (
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/camera"
	"zhengyan/verify/verifytest/reading"
)

// varied is a certificate of a split with days and numbers all of its own.
func varied(split camera.Split, i int) verifytest.Spec {
	s := camera.Spec(split, i)
	r := rand.New(rand.NewPCG(uint64(split)+11, uint64(i)))
	day := func(from int) civil.Date { return civil.Must(from, 1, 1).AddDays(r.IntN(365 * 3)) }
	span := func(from civil.Date, days int) fields.Period {
		return fields.Period{From: from, To: from.AddDays(days - 1)}
	}
	set := func(p *fields.Period, from, days int) {
		if !p.IsZero() {
			*p = span(day(from), days)
		}
	}
	set(&s.Usage, 2024, 60+r.IntN(121))
	set(&s.Valid, 2023, 730)
	for k := range s.Specialties {
		set(&s.Specialties[k].Valid, 2022, 1095)
	}
	if !s.IssueDate.IsZero() {
		s.IssueDate = day(2020)
	}
	if !s.Approved.IsZero() {
		s.Approved = day(2012)
	}
	if s.Annotation != nil {
		a := *s.Annotation
		set(&a.Period, 2024, 30+r.IntN(150))
		s.Annotation = &a
	}
	if s.Kind == fields.Constructor1 || s.Kind == fields.Constructor2 {
		provinces := []rune("京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新")
		codes := []int{11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65}
		level := 1
		if s.Kind == fields.Constructor2 {
			level = 2
		}
		y := 2005 + r.IntN(15)
		s.Number = fmt.Sprintf("%c%d%02d%d%d%05d", provinces[r.IntN(len(provinces))], level, codes[r.IntN(len(codes))], y, y+r.IntN(5), r.IntN(100000))
	}
	return s
}

// font is a typeface of the pictures.
type font struct {
	name string
	data []byte
}

// pictured is one page as photographed or scanned.
type pictured struct {
	name  string
	spec  verifytest.Spec
	img   image.Image
	scan  bool
	truth [4]page.Point // corners of the page in the picture
}

// studio takes pictures, and keeps them in a folder if it has one.
type studio struct {
	fonts  []font
	gens   []*verifytest.Generator
	folder string
}

func newStudio(t testing.TB, fonts []font) *studio {
	t.Helper()
	s := &studio{fonts: fonts, folder: os.Getenv("ZHENGYAN_PICTURES")}
	for _, f := range fonts {
		g, err := verifytest.NewGeneratorFont(verifytest.NewCA(), f.data)
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		s.gens = append(s.gens, g)
	}
	return s
}

// The classes of pictures.
const (
	scans  = "scan"
	sealed = "seal" // a colour scan with a seal over the day of issue
	chats  = "chat" // a photo sent through a chat program; all other classes are photos as taken

	sealedPhotos, sealedChats = "photo-seal", "chat-seal" // photos of a page with a seal over the day of issue
)

// shuffled gives the number of the certificate and of the typeface that the i-th picture shows, and whether its name has rare
// characters. Kinds of certificates and resolutions of scans both come round every six pictures: turned against each
// other, every kind is printed with every typeface and scanned at every resolution.
func shuffled(i, fonts int) (certificate, typeface int, rare bool) {
	block, d := i/6, i%6
	return 6*block + (d+block)%6, (d + 2*block) % fonts, (d+block/2)%2 == 1
}

// take gives the i-th picture of a class and split, printed with the k-th typeface.
func (s *studio) take(t testing.TB, class string, split camera.Split, i, k int, spec verifytest.Spec) pictured {
	t.Helper()
	p := pictured{name: fmt.Sprintf("%s-%s-%03d-%s", class, split, i, s.fonts[k].name), spec: spec, scan: class == scans || class == sealed}
	file := ""
	if s.folder != "" {
		file = filepath.Join(s.folder, p.name+".jpg")
		if f, err := os.Open(file); err == nil {
			defer f.Close()
			if p.img, err = jpeg.Decode(f); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(file + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			for j := range p.truth {
				c := strings.Fields(string(b))
				fmt.Sscan(c[2*j]+" "+c[2*j+1], &p.truth[j].X, &p.truth[j].Y)
			}
			return p
		}
	}
	var pic camera.Picture
	if p.scan {
		shot, seed := camera.ScanShot(split, i)
		if class == sealed {
			shot.Mode = camera.ScanColour
		}
		printed, err := s.gens[k].Printed(spec, 1.25*shot.DPI)
		if err != nil {
			t.Fatal(err)
		}
		if class == sealed {
			s.seal(printed, 1.25*shot.DPI, i, k)
		}
		pic = camera.Scanned(camera.A4(printed), shot, seed)
	} else {
		shot, seed := camera.Photo(split, i)
		shot.Chat = class == chats || class == sealedChats
		printed, err := s.gens[k].Printed(spec, 300)
		if err != nil {
			t.Fatal(err)
		}
		if class == sealedPhotos || class == sealedChats {
			s.seal(printed, 300, i, k)
		}
		pic = camera.Photograph(camera.A4(printed), shot, seed)
	}
	p.img, p.truth = pic.Image, pic.Truth.Corners
	if file != "" {
		var c strings.Builder
		for _, q := range p.truth {
			fmt.Fprintln(&c, q.X, q.Y)
		}
		if err := os.WriteFile(file+".txt", []byte(c.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, pic.JPEG, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// seal prints a seal over the day of issue of the i-th picture.
func (s *studio) seal(printed *image.RGBA, dpi float64, i, k int) {
	r := rand.New(rand.NewPCG(55, uint64(i)))
	s.gens[k].StampOn(printed, dpi, false, 370+30*r.Float64(), 40+20*r.Float64(), 117, "样例省样例市住房和城乡建设局")
}

// flat is the page of a photo laid flat by its true corners, at 200 dpi; a scan as it is.
func (p *pictured) flat() image.Image {
	if p.scan {
		return p.img
	}
	const w, h = 1654, 2339
	m := homography([4]page.Point{{X: 0, Y: 0}, {X: w, Y: 0}, {X: w, Y: h}, {X: 0, Y: h}}, p.truth)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	src := p.img.(*image.YCbCr)
	rgb := image.NewRGBA(src.Bounds())
	for y := range rgb.Rect.Dy() {
		for x := range rgb.Rect.Dx() {
			c := src.YCbCrAt(x, y)
			r, g, b, _ := c.RGBA()
			copy(rgb.Pix[rgb.PixOffset(x, y):], []uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255})
		}
	}
	for y := range h {
		for x := range w {
			px, py := float64(x)+0.5, float64(y)+0.5
			d := m[6]*px + m[7]*py + 1
			sx, sy := (m[0]*px+m[1]*py+m[2])/d-0.5, (m[3]*px+m[4]*py+m[5])/d-0.5
			x0, y0 := int(math.Floor(sx)), int(math.Floor(sy))
			if x0 < 0 || y0 < 0 || x0+1 >= rgb.Rect.Dx() || y0+1 >= rgb.Rect.Dy() {
				copy(out.Pix[out.PixOffset(x, y):], []uint8{255, 255, 255, 255})
				continue
			}
			fx, fy := sx-float64(x0), sy-float64(y0)
			a := rgb.Pix[rgb.PixOffset(x0, y0):]
			b := rgb.Pix[rgb.PixOffset(x0, y0+1):]
			o := out.Pix[out.PixOffset(x, y):]
			for c := range 3 {
				v := (float64(a[c])*(1-fx)+float64(a[c+4])*fx)*(1-fy) + (float64(b[c])*(1-fx)+float64(b[c+4])*fx)*fy
				o[c] = uint8(v + 0.5)
			}
			o[3] = 255
		}
	}
	return out
}

// homography solves for the map of four points onto four others.
func homography(from, to [4]page.Point) [8]float64 {
	var a [8][9]float64
	for i := range from {
		x, y, u, v := from[i].X, from[i].Y, to[i].X, to[i].Y
		a[2*i] = [9]float64{x, y, 1, 0, 0, 0, -u * x, -u * y, u}
		a[2*i+1] = [9]float64{0, 0, 0, x, y, 1, -v * x, -v * y, v}
	}
	for c := range 8 {
		best := c
		for r := c; r < 8; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[best][c]) {
				best = r
			}
		}
		a[c], a[best] = a[best], a[c]
		for r := range 8 {
			if r == c {
				continue
			}
			f := a[r][c] / a[c][c]
			for k := c; k < 9; k++ {
				a[r][k] -= f * a[c][k]
			}
		}
	}
	var m [8]float64
	for i := range m {
		m[i] = a[i][8] / a[i][i]
	}
	return m
}

// fact is a printed fact with what was read of it.
type fact struct {
	field, want, got string
	conf             float64
	problem          bool
}

// compare lines up what a certificate says with what was read.
func compare(s verifytest.Spec, r *fields.Result) []fact {
	var c fields.Certificate
	if r != nil {
		c = r.Certificate
	}
	var out []fact
	add := func(field, want, got string) {
		if want == "" {
			return
		}
		f := fact{field: field, want: want, got: got}
		if r != nil {
			for _, x := range r.Fields {
				if x.Name == field || field == "specialtyValid" && x.Name == "specialty" && strings.HasSuffix(x.Value, got) {
					f.conf = x.Confidence
				}
			}
			f.problem = slices.ContainsFunc(r.Problems, func(p fields.Problem) bool {
				return p.Field == field || field == "specialtyValid" && p.Field == "specialty"
			})
		}
		out = append(out, f)
	}
	period := func(p fields.Period) string {
		if p.IsZero() {
			return ""
		}
		return p.String()
	}
	date := func(d civil.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	add("title", string(s.Kind), string(c.Kind))
	add("name", s.Name, c.Name)
	add("sex", s.Sex, c.Sex)
	add("birth", date(s.Birth), date(c.Birth))
	add("number", s.Number, c.Number)
	add("idNumber", s.IDNumber, c.IDNumber)
	add("employer", s.Employer, c.Employer)
	add("usage", period(s.Usage), period(c.Usage))
	add("valid", period(s.Valid), period(c.Valid))
	for i, x := range s.Specialties {
		var got fields.Specialty
		if i < len(c.Specialties) {
			got = c.Specialties[i]
		}
		add("specialty", x.Name, got.Name)
		add("specialtyValid", period(x.Valid), period(got.Valid))
	}
	add("issueDate", date(s.IssueDate), date(c.IssueDate))
	add("approved", date(s.Approved), date(c.Approved))
	if s.Annotation != nil {
		var p fields.Period
		scene := ""
		if c.Annotation != nil {
			p, scene = c.Annotation.Period, c.Annotation.Scene
		}
		add("annotation", period(s.Annotation.Period), period(p))
		add("annotationScene", s.Annotation.Scene, scene)
	}
	return out
}

// numeric are the fields that are registration numbers, days and periods.
var numeric = []string{"number", "idNumber", "birth", "usage", "valid", "specialtyValid", "issueDate", "approved", "annotation"}

// TestSpecimens reads specimens as scanned and as photographed: what was read surely is right.
func TestSpecimens(t *testing.T) {
	r, tab := reading.Open(t, os.Getenv("ZHENGYAN_ONNXRUNTIME")), reading.Tables(t)
	if assets.Font() == nil {
		t.Skip("no bundled font in this build")
	}
	if testing.Short() {
		t.Skip("takes seconds a page")
	}
	st := newStudio(t, []font{{"Noto Sans SC", assets.Font()}})
	for i, class := range []string{scans, "photo"} {
		p := st.take(t, class, camera.Dev, 3*i, 0, varied(camera.Dev, 3*i))
		text, err := r.ReadPage(t.Context(), p.flat(), 0)
		if err != nil {
			t.Fatal(err)
		}
		all := fields.ReadAll([]page.Text{text}, tab)
		if len(all) != 1 || all[0].Source != fields.SourceOCR {
			t.Fatalf("%s: %d certificates", p.name, len(all))
		}
		right := 0
		facts := compare(p.spec, all[0])
		for _, f := range facts {
			switch {
			case f.want == f.got:
				right++
			case f.got != "" && f.conf >= 0.95 && !f.problem && slices.Contains(numeric, f.field):
				t.Errorf("%s: %s %q surely read as %q", p.name, f.field, f.want, f.got)
			}
		}
		if right < len(facts)-1 {
			t.Errorf("%s: %d of %d facts read; %+v", p.name, right, len(facts), all[0].Certificate)
		}
	}
}
