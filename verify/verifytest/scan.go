package verifytest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"

	"zhengyan/verify/internal/truetype"
)

// Ink colours of pens.
var (
	penBlack = rgb{0.10, 0.10, 0.14}
	penBlue  = rgb{0.10, 0.17, 0.48}
)

// sheet draws the specimen as it comes out of a printer: with the seals in the page, and with what was written by hand.
func (g *Generator) sheet(s Spec) (*canvas, error) {
	c, err := g.draw(s)
	if err != nil {
		return nil, err
	}
	for i := range s.Seals {
		x, y, d := sealBox(s, i)
		c.drawSeal(s, i, x, y, d)
	}
	switch s.Ink {
	case InkSame:
		c.write(writerOf(s.Name), 1, penBlack)
	case InkOther:
		c.write(writerOf(s.Name+" another"), 1, penBlue)
	case InkPasted:
		c.image(inkX, inkY-2, inkW*0.8, inkH, signatureImage(writerOf(s.Name), 396, 172), false)
	case InkTwoStroke:
		c.stroke(polyline([]point{{inkX + 20, inkY + 8}, {inkX + 32, inkY + 20}}), 1.3, penBlack)
	}
	return c, nil
}

// write puts a hand-written signature at 个人签名.
func (c *canvas) write(writer, variant uint64, col rgb) {
	for _, s := range handwriting(writer, variant) {
		pts := make([]point, len(s))
		for i, q := range s {
			pts[i] = point{inkX + q.x*inkW, inkY + q.y*inkH}
		}
		c.stroke(polyline(pts), 1.35, col)
	}
}

// Image returns the specimen as a scan, photo or screenshot, and the file's extension.
func (g *Generator) Image(s Spec) (data []byte, ext string, err error) {
	c, err := g.sheet(s)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", s.ID, err)
	}
	dpi := s.DPI
	if dpi == 0 {
		dpi = 150
	}
	rng := rand.New(rand.NewPCG(writerOf(s.ID), 7))
	switch s.Carrier {
	case CarrierScanPNG:
		data, err = encodePNG(scan(g.paint(c, dpi), rng), dpi)
		return data, "png", err
	case CarrierScanJPEG:
		data, err = encodeJPEG(scan(g.paint(c, dpi), rng), 80, jfifDensity(dpi))
		return data, "jpg", err
	case CarrierScanPDF:
		jpg, err := encodeJPEG(scan(g.paint(c, dpi), rng), 78, nil)
		if err != nil {
			return nil, "", err
		}
		return scanPDF(s, c, jpg, int(math.Round(c.w*dpi/72)), int(math.Round(c.h*dpi/72))), "pdf", nil
	case CarrierPhoto:
		data, err = encodeJPEG(photograph(g.paint(c, dpi), rng), 82, exifCamera("SPECIMEN", "样例相机 Specimen Camera"))
		return data, "jpg", err
	case CarrierScreenshot:
		data, err = encodePNG(g.screenshot(c), 0)
		return data, "png", err
	}
	return nil, "", fmt.Errorf("%s: carrier %d is no image", s.ID, s.Carrier)
}

// sampler reads pixels between the grid points.
type sampler struct {
	img  *image.RGBA
	w, h int
}

func (q sampler) at(x, y float64) (r, g, b float64, ok bool) {
	x -= 0.5
	y -= 0.5
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	if ix < 0 || iy < 0 || ix+1 >= q.w || iy+1 >= q.h {
		return 0, 0, 0, false
	}
	fx, fy := x-float64(ix), y-float64(iy)
	p := q.img.Pix[iy*q.img.Stride+4*ix:]
	n := q.img.Pix[(iy+1)*q.img.Stride+4*ix:]
	w00, w10, w01, w11 := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	return w00*float64(p[0]) + w10*float64(p[4]) + w01*float64(n[0]) + w11*float64(n[4]),
		w00*float64(p[1]) + w10*float64(p[5]) + w01*float64(n[1]) + w11*float64(n[5]),
		w00*float64(p[2]) + w10*float64(p[6]) + w01*float64(n[2]) + w11*float64(n[6]), true
}

// noiseTable is a fixed number of normal deviates, which is much faster than drawing one a pixel.
func noiseTable(rng *rand.Rand, sigma float64) []float64 {
	t := make([]float64, 4099) // a prime, so that rows do not repeat in step
	for i := range t {
		t[i] = rng.NormFloat64() * sigma
	}
	return t
}

func byteOf(v float64) byte {
	switch {
	case v < 0:
		return 0
	case v >= 254.5:
		return 255
	}
	return byte(v + 0.5)
}

// scan prints a page and scans it: turned by up to a degree, off the paper's white, with the noise of a scanner.
func scan(src *image.RGBA, rng *rand.Rand) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(src.Rect)
	angle := (rng.Float64()*1.2 + 0.15) * math.Pi / 180
	if rng.IntN(2) == 0 {
		angle = -angle
	}
	sin, cos := math.Sincos(angle)
	dx, dy := rng.Float64()*8-4, rng.Float64()*8-4
	scale := 1.008 + rng.Float64()*0.006 // printers shrink to their margins
	noise := noiseTable(rng, 2.6)
	q := sampler{src, w, h}
	cx, cy := float64(w)/2, float64(h)/2
	k := 0
	for y := range h {
		row := dst.Pix[y*dst.Stride:]
		shade := 1 - 0.02*math.Abs(float64(y)-cy)/cy // lamps are darker at their ends
		for x := range w {
			ux, uy := (float64(x)+0.5-cx)*scale, (float64(y)+0.5-cy)*scale
			r, g, b, ok := q.at(cx+cos*ux-sin*uy+dx, cy+sin*ux+cos*uy+dy)
			if !ok {
				r, g, b = 252, 252, 250 // bare paper
			}
			k++
			n := noise[k%len(noise)]
			row[4*x] = byteOf((8+r*0.955)*shade + n)
			row[4*x+1] = byteOf((8+g*0.955)*shade + n)
			row[4*x+2] = byteOf((6+b*0.94)*shade + n)
			row[4*x+3] = 255
		}
	}
	return dst
}

// photograph lays the print on a desk and photographs it at a slant in uneven light.
func photograph(src *image.RGBA, rng *rand.Rand) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w*4/3, w*4/3*4/3))
	dw, dh := float64(dst.Rect.Dx()), float64(dst.Rect.Dy())
	j := func() float64 { return (rng.Float64() - 0.5) * 0.03 }
	// Where the page's corners lie in the photo.
	m := homography([4]point{
		{dw * (0.11 + j()), dh * (0.09 + j())},
		{dw * (0.88 + j()), dh * (0.07 + j())},
		{dw * (0.94 + j()), dh * (0.93 + j())},
		{dw * (0.06 + j()), dh * (0.95 + j())},
	})
	noise := noiseTable(rng, 3.4)
	q := sampler{src, w, h}
	k := 0
	for y := range dst.Rect.Dy() {
		row := dst.Pix[y*dst.Stride:]
		for x := range dst.Rect.Dx() {
			px, py := float64(x)+0.5, float64(y)+0.5
			u, v := m.apply(px, py)
			r, g, b, ok := q.at(u*float64(w), v*float64(h))
			if !ok {
				grain := 6 * math.Sin(px/9+3*math.Sin(py/140)) // a wooden desk
				r, g, b = 122+grain, 92+grain, 66+grain
			}
			light := 0.70 + 0.30*(1-math.Hypot(px-dw*0.35, py-dh*0.3)/math.Hypot(dw, dh)*1.2)
			k++
			n := noise[k%len(noise)]
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = byteOf(r*light+n), byteOf(g*light*0.99+n), byteOf(b*light*0.95+n), 255
		}
	}
	return dst
}

// projective is the map from photo to page, both axes 0..1 on the page.
type projective [8]float64

func (m projective) apply(x, y float64) (u, v float64) {
	d := m[6]*x + m[7]*y + 1
	return (m[0]*x + m[1]*y + m[2]) / d, (m[3]*x + m[4]*y + m[5]) / d
}

// homography solves for the map that takes the four corners (clockwise from the top left) to the unit square.
func homography(c [4]point) projective {
	to := [4]point{{0, 0}, {1, 0}, {1, 1}, {0, 1}}
	var a [8][9]float64
	for i, p := range c {
		u, v := to[i].x, to[i].y
		a[2*i] = [9]float64{p.x, p.y, 1, 0, 0, 0, -u * p.x, -u * p.y, u}
		a[2*i+1] = [9]float64{0, 0, 0, p.x, p.y, 1, -v * p.x, -v * p.y, v}
	}
	for i := range 8 { // Gauss-Jordan with row exchange
		best := i
		for r := i; r < 8; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[best][i]) {
				best = r
			}
		}
		a[i], a[best] = a[best], a[i]
		for r := range 8 {
			if r == i {
				continue
			}
			f := a[r][i] / a[i][i]
			for k := i; k < 9; k++ {
				a[r][k] -= f * a[i][k]
			}
		}
	}
	var m projective
	for i := range m {
		m[i] = a[i][8] / a[i][i]
	}
	return m
}

// screenshot shows the page in a reader's window on a phone, 1080 × 1920 pixels.
func (g *Generator) screenshot(c *canvas) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, 1080, 1920))
	fillRect := func(r image.Rectangle, col color.RGBA) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				dst.SetRGBA(x, y, col)
			}
		}
	}
	fillRect(dst.Rect, color.RGBA{88, 91, 96, 255})
	fillRect(image.Rect(0, 0, 1080, 150), color.RGBA{250, 250, 250, 255})
	pageImg := g.paint(c, 1048/(c.w/72))
	for y := range pageImg.Rect.Dy() {
		copy(dst.Pix[(y+190)*dst.Stride+4*16:(y+190)*dst.Stride+4*(16+pageImg.Rect.Dx())], pageImg.Pix[y*pageImg.Stride:])
	}
	bar := &canvas{w: 1080, h: 150, face: c.face}
	bar.fill(rectPath(0, 0, 1080, 150), rgb{0.98, 0.98, 0.98})
	bar.text(40, 30, 40, "‹  电子证书.pdf", inkBlack)
	bar.text(40, 106, 28, "09:41", inkBlack)
	bar.text(980, 106, 28, "100%", inkBlack)
	top := bar.paint(72)
	for y := range top.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:], top.Pix[y*top.Stride:(y+1)*top.Stride])
	}
	return dst
}

// scanPDF wraps a scan in a PDF as office scanners do: one picture on the page and, under it, the text that the
// scanner's own recognition found, which is not shown (text rendering mode 3).
func scanPDF(s Spec, c *canvas, jpg []byte, w, h int) []byte {
	f := newPDF("Scan 样例 SPECIMEN", s.ID, c.w, c.h, dayTime(Day("2026-03-10"), 11, 0))
	f.producer = "Specimen Scanner"
	var b bytes.Buffer
	sub := truetype.NewSubset(c.face.Face)
	for _, op := range c.ops {
		if t, ok := op.(textOp); ok && s.TextLayer {
			t.bold = 0
			writeText(&b, sub, FontEmbedded, t)
		}
	}
	hidden := strings.ReplaceAll(b.String(), "0 Tr\n", "3 Tr\n")
	n := f.addStream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode", w, h), jpg, false)
	res := fmt.Sprintf(" /XObject << /Im1 %d 0 R >>", n)
	if hidden != "" {
		res += fmt.Sprintf(" /Font << /F1 %d 0 R >>", f.addFont(sub, FontEmbedded))
	}
	f.resource = "<<" + res + " >>"
	f.contents = fmt.Sprintf("%d 0 R", f.addStream("", []byte(fmt.Sprintf("%sq %s 0 0 %s 0 0 cm /Im1 Do Q\n", hidden, num(c.w), num(c.h))), true))
	f.begin()
	f.commit()
	return f.buf.Bytes()
}

// encodePNG writes a PNG; with a resolution it says so in a pHYs chunk (pixels a metre).
func encodePNG(img *image.RGBA, dpi float64) ([]byte, error) {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, img); err != nil {
		return nil, err
	}
	if dpi == 0 {
		return b.Bytes(), nil
	}
	chunk := append([]byte("pHYs"), make([]byte, 9)...)
	binary.BigEndian.PutUint32(chunk[4:], uint32(math.Round(dpi/0.0254)))
	binary.BigEndian.PutUint32(chunk[8:], uint32(math.Round(dpi/0.0254)))
	chunk[12] = 1
	out := append([]byte(nil), b.Bytes()[:33]...) // signature and IHDR
	out = binary.BigEndian.AppendUint32(out, 9)
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, b.Bytes()[33:]...), nil
}

// encodeJPEG writes a JPEG with the given segment behind the start marker.
func encodeJPEG(img *image.RGBA, quality int, segment []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	out := append([]byte(nil), b.Bytes()[:2]...)
	out = append(out, segment...)
	return append(out, b.Bytes()[2:]...), nil
}

// jfifDensity is the APP0 segment that names the resolution.
func jfifDensity(dpi float64) []byte {
	d := uint16(math.Round(dpi))
	return []byte{0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 1, byte(d >> 8), byte(d), byte(d >> 8), byte(d), 0, 0}
}

// exifCamera is an APP1 segment that names a camera (EXIF 2.3: Make, Model, Orientation).
func exifCamera(maker, model string) []byte {
	le := binary.LittleEndian
	var tiff, data []byte
	tiff = append(tiff, 'I', 'I', 42, 0, 8, 0, 0, 0)
	entries := 3
	at := uint32(8 + 2 + 12*entries + 4)
	tiff = le.AppendUint16(tiff, uint16(entries))
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = le.AppendUint16(tiff, tag)
		tiff = le.AppendUint16(tiff, kind)
		tiff = le.AppendUint32(tiff, count)
		tiff = le.AppendUint32(tiff, value)
	}
	str := func(tag uint16, s string) {
		s += "\x00"
		entry(tag, 2, uint32(len(s)), at+uint32(len(data)))
		data = append(data, s...)
	}
	str(0x010f, maker)
	str(0x0110, model)
	entry(0x0112, 3, 1, 1)
	tiff = le.AppendUint32(tiff, 0)
	body := append([]byte("Exif\x00\x00"), append(tiff, data...)...)
	out := []byte{0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(out, body...)
}
