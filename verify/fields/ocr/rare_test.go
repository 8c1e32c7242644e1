package ocr_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	typeface "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"zhengyan/assets"
	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/rare"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest/reading"
)

// set prints lines on a sheet, each a label and a name, with the bundled typeface. The second head was not trained on it.
func set(t testing.TB, lines []string) image.Image {
	t.Helper()
	f, err := opentype.Parse(assets.Font())
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 34, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	const columns, pitch = 3, 90
	img := image.NewGray(image.Rect(0, 0, 1240, 120+pitch*((len(lines)+columns-1)/columns)))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 250}), image.Point{}, draw.Src)
	for i, l := range lines {
		d := typeface.Drawer{Dst: img, Src: image.NewUniform(color.Gray{Y: 40}), Face: face}
		d.Dot = fixed.P(80+390*(i%columns), 90+pitch*(i/columns))
		d.DrawString(l)
	}
	return img
}

// whole counts the lines that stand in a reading of the picture as they were printed, and lists the others.
func whole(t testing.TB, r *ocr.Reader, img image.Image, lines []string) (n int, missed []string) {
	t.Helper()
	text, err := r.ReadPage(t.Context(), img, 0)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, l := range linesOf(text) {
		said[strings.ReplaceAll(runesOf(l), ":", "：")] = true
	}
	for _, l := range lines {
		if said[l] {
			n++
		} else {
			missed = append(missed, l)
		}
	}
	return n, missed
}

// linesOf parts the characters of a text, which come line by line, where one stands lower than the one before it or far from it.
func linesOf(text page.Text) (lines [][]page.Char) {
	for i, c := range text.Chars {
		if i > 0 {
			last := text.Chars[i-1]
			if math.Abs(c.Box.Y0-last.Box.Y0) < c.Size/2 && c.Box.X0-last.Box.X1 < 2*c.Size && c.Box.X0 > last.Box.X0 {
				lines[len(lines)-1] = append(lines[len(lines)-1], c)
				continue
			}
		}
		lines = append(lines, []page.Char{c})
	}
	return lines
}

func runesOf(line []page.Char) string {
	var out []rune
	for _, c := range line {
		out = append(out, c.R)
	}
	return string(out)
}

// TestRareNames: the second head reads names that the plain net cannot, and leaves common ones as they are.
func TestRareNames(t *testing.T) {
	h, err := rare.Parse(rare.Rows())
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Runes) == 0 {
		t.Fatal("the program carries no second head")
	}
	taught := reading.Open(t, os.Getenv("ZHENGYAN_ONNXRUNTIME"))
	if assets.Font() == nil {
		t.Skip("no bundled font in this build")
	}
	root, err := reading.Root()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := ocr.Open(ocr.Config{Library: ocr.Libraries(filepath.Join(root, "build")), Models: os.DirFS(filepath.Join(root, "assets", "models")), Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	for _, head := range []string{"rare characters", "digits", "red ink", "single characters"} {
		if !strings.Contains(taught.Name(), head) || strings.Contains(plain.Name(), head) {
			t.Errorf("%s: %q and %q", head, taught.Name(), plain.Name())
		}
	}

	seldom := []string{
		"姓名：王垚", "姓名：李岫", "姓名：甯昀", "姓名：陈隗", "姓名：张翀", "姓名：雒琀", "姓名：赵旻昇", "姓名：周珺",
		"姓名：孙赟", "姓名：吴堃", "姓名：郑喆", "姓名：冯昉", "姓名：褚玥", "姓名：卫璟", "姓名：蒋湉", "姓名：沈犇", "姓名：韩骉", "姓名：杨淼",
	}
	img := set(t, seldom)
	before, _ := whole(t, plain, img, seldom)
	after, missed := whole(t, taught, img, seldom)
	t.Logf("rare names: %d of %d without, %d with the second head; missed %v", before, len(seldom), after, missed)
	if after < len(seldom)-1 || after <= before {
		t.Errorf("rare names: %d of %d without, %d with the second head; missed %v", before, len(seldom), after, missed)
	}

	common := []string{
		"姓名：王伟", "姓名：李子春", "姓名：张天机", "姓名：刘日黑", "姓名：陈建国", "姓名：杨秀英", "姓名：黄晓明", "姓名：赵海燕",
		"姓名：周文华", "姓名：吴志强", "姓名：徐丽娟", "姓名：孙大成", "姓名：马小军", "姓名：朱永福", "姓名：胡玉兰", "样江市建筑工程公司",
		"有效期：2024-02-14", "编号：1126055177",
	}
	img = set(t, common)
	before, _ = whole(t, plain, img, common)
	if after, missed = whole(t, taught, img, common); after < before || after < len(common)-1 {
		t.Errorf("common lines: %d of %d without, %d with the second head; missed %v", before, len(common), after, missed)
	}
}
