package document

import (
	"context"
	"fmt"
	"math"
	"strings"

	"zhengyan/verify/page"
)

// Reasons for an input kind.
const (
	ReasonTextLayer    = "text-layer"      // shown text
	ReasonVector       = "vector-content"  // drawn content without text
	ReasonFullPage     = "full-page-image" // pictures cover the page
	ReasonOCRLayer     = "ocr-text-layer"  // pictures cover the page, its text is not shown
	ReasonScannerApp   = "scanner-app"     // pictures cover the page, made by a phone's scanner program
	ReasonEXIFCamera   = "exif-camera"     // a camera names itself
	ReasonScreenshot   = "screenshot-software"
	ReasonScreenSize   = "screen-size"      // a lossless picture as large as a screen
	ReasonScannerName  = "scanner-software" // a scanner or its program names itself
	ReasonPaperSize    = "paper-size"       // proportions of A4 or A3 at a scanner's resolution
	ReasonFax          = "bilevel-tiff"     // TIFF, the scanners' own format
	ReasonNoContent    = "no-content"
	ReasonUndetermined = "undetermined"
	ReasonPart         = "part-of-document" // text of a page that was bound into a larger file, whose seal is not its own
)

// survey is what the first page of a PDF consists of.
type survey struct {
	shown, unshown int     // characters
	covered        float64 // share of the page under pictures
	paths          int
	pictures       int
}

const (
	// fullPage is the share of a page from which pictures are the page. Scanners leave margins.
	fullPage = 0.80
	// stampChars is the most shown text that a scan may carry: page numbers and the marks of scanner programs.
	stampChars = 40
	// vectorPaths is the least number of drawn paths that make a page without text.
	vectorPaths = 20
)

// survey looks at page i.
func (d *pdf) survey(ctx context.Context, i int) (s survey, err error) {
	p, err := d.load(ctx, i)
	if err != nil {
		return s, err
	}
	s, v, err := d.drawn(ctx, p)
	if err != nil {
		return s, err
	}
	tp, n, err := d.textPage(ctx, p)
	if err != nil {
		return s, err
	}
	for c := range min(n, d.limits.PageChars) {
		if c%512 == 0 && ctx.Err() != nil {
			return s, context.Cause(ctx)
		}
		ch, obj, ok, err := d.char(tp, c, p.toPage)
		if err != nil {
			return s, err
		}
		if !ok || ch.R == ' ' || ch.R == 0xa0 || ch.R == 0x3000 {
			continue
		}
		shown, err := d.shows(v, obj)
		if err != nil {
			return s, err
		}
		if shown {
			s.shown++
		} else {
			s.unshown++
		}
	}
	return s, nil
}

// visibility tells which text objects of a page a reader sees. Text is shown if it is painted, not fully transparent and
// not under a picture that covers the page: programs that add a text layer to a scan do one of these.
type visibility struct {
	order     map[uint64]int // painting order of the page's objects
	lastCover int            // the last of the pictures that cover the page; -1 if none do
	known     map[uint64]bool
}

// drawn is the survey of what is not text, and what of the text it leaves visible.
func (d *pdf) drawn(ctx context.Context, p *pdfPage) (s survey, v *visibility, err error) {
	if err := d.walk(ctx, p); err != nil {
		return s, nil, err
	}
	area := p.size.Width * p.size.Height
	full := page.Box{X1: p.size.Width, Y1: p.size.Height}
	cover := 0.0
	v = &visibility{order: make(map[uint64]int, len(p.objects)), lastCover: -1, known: map[uint64]bool{}}
	for n, o := range p.objects {
		v.order[o.ptr] = n
		switch o.kind {
		case objPath, objShading:
			s.paths++
		case objImage:
			s.pictures++
			m, err := d.matrixOf(o.ptr)
			if err != nil {
				return s, nil, err
			}
			b := m.then(o.ctm).then(p.toPage).box(0, 0, 1, 1)
			if !finite(b.X0, b.Y0, b.X1, b.Y1) {
				continue
			}
			b = page.Box{X0: max(b.X0, full.X0), Y0: max(b.Y0, full.Y0), X1: min(b.X1, full.X1), Y1: min(b.Y1, full.Y1)}
			if b.W() <= 0 || b.H() <= 0 {
				continue
			}
			share := b.W() * b.H() / area
			cover += share
			if share >= 0.05 { // strips of a scan count together; a stamp or a QR code covers no text
				v.lastCover = n
			}
		}
	}
	if s.covered = min(cover, 1); s.covered < fullPage {
		v.lastCover = -1
	}
	return s, v, nil
}

// shows reports whether a reader sees a text object.
func (d *pdf) shows(v *visibility, obj uint64) (bool, error) {
	shown, known := v.known[obj]
	if known {
		return shown, nil
	}
	shown, err := d.painted(obj)
	if err != nil {
		return false, err
	}
	if at, ok := v.order[obj]; ok && at < v.lastCover {
		shown = false
	}
	v.known[obj] = shown
	return shown, nil
}

// painted reports whether a text object leaves a mark: not in an invisible mode, not transparent.
func (d *pdf) painted(obj uint64) (bool, error) {
	if obj == 0 {
		return false, nil
	}
	mode, err := d.in.quick("FPDFTextObj_GetTextRenderMode", obj)
	if err != nil {
		return false, err
	}
	if m := int32(mode); m == 3 || m == 7 { // ISO 32000-2, table 104
		return false, nil
	}
	if _, err := d.in.quick("FPDFPageObj_GetFillColor", obj, d.in.arg(0), d.in.arg(1), d.in.arg(2), d.in.arg(3)); err != nil {
		return false, err
	}
	fill := mode == 0 || mode == 2 || mode == 4 || mode == 6
	return !fill || d.in.i32(3) != 0, nil
}

// pdfKind judges a PDF by what its first page consists of. Under pictures that cover the page, text that is not shown is
// what a program read off them; a header or a stamp that was printed over a scan, however long, does not outweigh it.
func pdfKind(s survey, m Metadata) (InputKind, string) {
	if s.covered >= fullPage && (s.shown <= stampChars || s.unshown > s.shown) {
		switch {
		case m.Camera != "":
			return InputPhoto, ReasonEXIFCamera
		case phoneScanner(m.Producer) || phoneScanner(m.Creator):
			return InputPhoto, ReasonScannerApp
		case s.unshown > 0:
			return InputScan, ReasonOCRLayer
		}
		return InputScan, ReasonFullPage
	}
	switch {
	case s.shown > stampChars, s.shown > 0 && s.covered < fullPage/2:
		return InputOriginal, ReasonTextLayer
	case s.paths >= vectorPaths:
		return InputOriginal, ReasonVector
	case s.shown == 0 && s.pictures == 0 && s.paths == 0:
		return InputUnknown, ReasonNoContent
	}
	return InputUnknown, ReasonUndetermined
}

// phoneScanner knows the names under which scanner programs of phones sign their PDFs. What they make is a photo that
// was straightened.
func phoneScanner(s string) bool {
	return nameContains(s, "camscanner", "扫描全能王", "intsig", "adobe scan", "genius scan", "office lens", "microsoft lens",
		"scanner pro", "tiny scanner", "swiftscan", "scanbot", "turboscan", "夸克扫描", "白描", "扫描宝")
}

// scannerSoftware knows scanners and their programs by the names they leave in pictures.
func scannerSoftware(s string) bool {
	return nameContains(s, "scan", "fujitsu fi-", "scansnap", "vuescan", "silverfast", "twain", "naps2", "xsane", "sane",
		"workcentre", "bizhub", "imagerunner", "taskalfa", "kodak i", "canon dr-", "avision", "plustek", "czur")
}

func screenshotSoftware(s string) bool {
	return nameContains(s, "screenshot", "screen capture", "snipping", "snipaste", "gnome-screenshot", "spectacle", "flameshot",
		"sharex", "greenshot", "截图", "截屏")
}

func nameContains(s string, names ...string) bool {
	s = strings.ToLower(s)
	for _, n := range names {
		if strings.Contains(s, n) {
			return true
		}
	}
	return false
}

// imageKind judges an image file by what it says of its making, then by its size. Sizes are weak signs: they decide
// only where nothing better is known, and a picture that fits nothing stays unknown.
func imageKind(f Format, fr frame, pages int) (InputKind, string) {
	x := fr.exif
	maker := x.make + " " + x.model + " " + x.software
	w, h := float64(fr.w), float64(fr.h)
	switch {
	case screenshotSoftware(maker):
		return InputScreenshot, ReasonScreenshot
	case scannerSoftware(maker):
		return InputScan, ReasonScannerName
	case x.exposure, x.make != "" && x.model != "" && f == FormatJPEG:
		return InputPhoto, ReasonEXIFCamera
	case screenSize(fr.w, fr.h) && (f == FormatPNG || f == FormatBMP || f == FormatWebP):
		return InputScreenshot, ReasonScreenSize
	case paperSize(w, h, x.dpi):
		return InputScan, ReasonPaperSize
	case f == FormatTIFF && (pages > 1 || x.dpi >= 150):
		return InputScan, ReasonFax
	}
	return InputUnknown, ReasonUndetermined
}

// screenSize knows the pixel sizes of computer and phone screens.
func screenSize(w, h int) bool {
	long, short := max(w, h), min(w, h)
	switch fmt.Sprintf("%dx%d", long, short) {
	case "1280x720", "1280x800", "1366x768", "1440x900", "1536x864", "1600x900", "1680x1050", "1920x1080", "1920x1200",
		"2048x1152", "2160x1440", "2240x1400", "2256x1504", "2520x1680", "2560x1080", "2560x1440", "2560x1600", "2736x1824",
		"2880x1620", "2880x1800", "3000x2000", "3024x1964", "3072x1920", "3120x2080", "3200x1800", "3200x2000", "3440x1440",
		"3456x2234", "3840x2160", "3840x2400", "5120x1440", "5120x2880", // computers
		"1334x750", "1792x828", "2208x1242", "2436x1125", "2532x1170", "2556x1179", "2622x1206", "2688x1242", "2778x1284",
		"2796x1290", "2868x1320", "2048x1536", "2224x1668", "2360x1640", "2388x1668", "2732x2048", // phones and tablets
		"1520x720", "1560x720", "1600x720", "1612x720", "1650x720", "2160x1080", "2220x1080", "2240x1080", "2244x1080",
		"2280x1080", "2310x1080", "2316x1080", "2340x1080", "2376x1080", "2388x1080", "2392x1080", "2400x1080", "2408x1080",
		"2412x1080", "2460x1080", "2636x1200", "2640x1200", "2664x1200", "2670x1200", "2700x1224", "2712x1220", "2720x1224",
		"2772x1240", "2772x1280", "2800x1260", "2800x1264", "2844x1260", "2960x1440", "3040x1440", "3088x1440", "3120x1440",
		"3168x1440", "3200x1440", "3216x1440":
		return true
	}
	return false
}

// paperSize reports A4 or A3 proportions at a resolution that scanners offer, within 3 %. Without a stated
// resolution the pixel count must fit one of them.
func paperSize(w, h, dpi float64) bool {
	long, short := max(w, h), min(w, h)
	near := func(v, want float64) bool { return math.Abs(v-want) <= 0.03*want }
	for _, mm := range [2][2]float64{{297, 210}, {420, 297}} {
		for _, r := range [5]float64{150, 200, 300, 400, 600} {
			if (dpi == 0 || near(dpi, r)) && near(long, mm[0]/25.4*r) && near(short, mm[1]/25.4*r) {
				return true
			}
		}
	}
	return false
}
