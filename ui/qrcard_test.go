package ui

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// shownQRCard puts the card of a specimen into a window of a width and returns both.
func shownQRCard(t *testing.T, font []byte, l viewmodel.Lang, s vmtest.QRSpecimen, dark bool, act qrActions) (fyne.Window, fyne.CanvasObject) {
	t.Helper()
	m := messages(t, l)
	th := NewTheme(font, dark)
	c := viewmodel.BuildQRCard(m, vmtest.QRReport(s))
	crop := image.NewGray(image.Rect(0, 0, 29, 29))
	for i := range crop.Pix {
		crop.Pix[i] = byte(255 * (i * 7 / 3 % 2))
	}
	crops := map[string]image.Image{}
	if len(c.Codes) > 0 && s != vmtest.QROpaque {
		crops[c.Codes[0].Key] = crop
	}
	o := newQRCard(th, m, c, crops, act)
	w := test.NewTempWindow(t, container.NewVBox(o))
	w.SetPadded(false)
	// The first size makes the lines, and the lines make the height.
	w.Resize(fyne.NewSize(420, 400))
	w.Resize(fyne.NewSize(420, o.MinSize().Height+8))
	return w, o
}

func TestQRCardShowsEverySpecimen(t *testing.T) {
	app := test.NewTempApp(t)
	// Parsing the Chinese font takes seconds: only for pictures, which ZHENGYAN_QRCARD_PNG=folder asks for.
	dir := os.Getenv("ZHENGYAN_QRCARD_PNG")
	var font []byte
	if dir != "" {
		font = assets.Font()
	}
	app.Settings().SetTheme(NewTheme(font, false))
	for _, l := range viewmodel.Langs() {
		for _, s := range vmtest.QRSpecimens() {
			_, o := shownQRCard(t, font, l, s, false, qrActions{})
			m := messages(t, l)
			c := viewmodel.BuildQRCard(m, vmtest.QRReport(s))
			got := strings.ReplaceAll(texts(o), "\n", "")
			want := []string{c.Title, c.Codes[0].Title, c.Codes[0].Class, m.T("qrcard.face"), m.T("qrcard.registry")}
			for _, r := range c.Codes[0].Table.Rows {
				want = append(want, r.Label, r.Word)
			}
			for _, f := range c.Codes[0].Facts {
				want = append(want, f.Label)
			}
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%s %s: %q is not shown", l, s, w)
				}
			}
			if dir != "" {
				for _, dark := range []bool{false, true} {
					name := string(s) + "-" + string(l)
					if dark {
						name += "-dark"
					}
					app.Settings().SetTheme(NewTheme(font, dark))
					w, _ := shownQRCard(t, font, l, s, dark, qrActions{copyText: func(string) {}, show: func(viewmodel.QRCode) {}})
					f, err := os.Create(filepath.Join(dir, name+".png"))
					if err != nil {
						t.Fatal(err)
					}
					if err := png.Encode(f, w.Canvas().Capture()); err != nil {
						t.Fatal(err)
					}
					f.Close()
				}
			}
		}
	}
}

// Differing characters are marked by ground and line, not by colour alone.
func TestQRCardMarksDifferingCharacters(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme(nil, false))
	w, o := shownQRCard(t, nil, viewmodel.Chinese, vmtest.QRConflicting, false, qrActions{})
	var marks []string
	for _, x := range test.LaidOutObjects(o) {
		if x, ok := x.(*markedText); ok {
			for _, p := range x.parts {
				if p.differs {
					marks = append(marks, p.text)
				}
			}
			if n := x.MinSize().Height; n > x.Size().Height+1 {
				t.Errorf("%q needs %.0f and has %.0f", x.AccessibilityLabel(), n, x.Size().Height)
			}
		}
	}
	for _, want := range []string{"7", "0", "工", "设"} {
		found := false
		for _, m := range marks {
			found = found || m == want
		}
		if !found {
			t.Errorf("%q is not marked; marked are %q", want, marks)
		}
	}
	// The line under a mark is drawn in the colour of failure.
	th := NewTheme(nil, false)
	fail, n := color.NRGBAModel.Convert(th.C(colorFail)), 0
	img := w.Canvas().Capture()
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if color.NRGBAModel.Convert(img.At(x, y)) == fail {
				n++
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d pixels in the colour of a mark", n)
	}
}

func TestQRCardCopiesAndShows(t *testing.T) {
	var copied string
	var shown []viewmodel.QRCode
	test.NewTempApp(t).Settings().SetTheme(NewTheme(nil, false))
	_, o := shownQRCard(t, nil, viewmodel.English, vmtest.QRConflicting, false, qrActions{
		copyText: func(s string) { copied = s }, show: func(c viewmodel.QRCode) { shown = append(shown, c) },
	})
	for _, x := range test.LaidOutObjects(o) {
		if b, ok := x.(*button); ok {
			test.Tap(b)
		}
	}
	if !strings.Contains(copied, "京1112026202600[7]01\t京1112026202600[0]01") || len(shown) != 1 || shown[0].Box.IsZero() {
		t.Errorf("copied %q, shown %+v", copied, shown)
	}
}

func TestMarkedTextWrapsInsideLongWords(t *testing.T) {
	test.NewTempApp(t)
	th := NewTheme(nil, false)
	w := newMarkedText(th, []viewmodel.TextRun{{Text: "11100000000013338W011"}, {Text: "X", Differs: true}, {Text: "11430000006122244L"}}, "")
	w.Resize(fyne.NewSize(100, 20))
	one := w.MinSize().Height
	for _, p := range w.parts {
		if p.at.X+p.width > 101 {
			t.Errorf("%q ends at %.0f", p.text, p.at.X+p.width)
		}
	}
	w.Resize(fyne.NewSize(1000, 20))
	if two := w.MinSize().Height; two >= one || len(w.parts) != 3 {
		t.Errorf("height %.0f narrow, %.0f wide, %d parts", one, two, len(w.parts))
	}
}
