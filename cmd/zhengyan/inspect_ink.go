package main

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"math"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
)

// inkTask is what inspect ink was asked.
type inkTask struct {
	reference string // the e-certificate's file; "" for a scan alone
	crops     bool   // the files are plain pictures of signatures
}

// inkOut is the object of inspect ink: the box is in page units of the scan.
type inkOut struct {
	*ink.Result
	words *viewmodel.Messages
}

// inkRender is the resolution at which PDF pages are drawn for the comparison, in dots an inch.
const inkRender = ink.ReferenceDPI

// inkPages bounds the pages of a scan in which the e-certificate's page is sought.
const inkPages = 20

// inkStage prepares the stage, the reference being read once for all files, and returns the files to look at.
func (in *inspection) inkStage(ctx context.Context, task inkTask, files []string) (*stage, []string, error) {
	if task.crops && task.reference != "" {
		return nil, nil, errTwoReferences
	}
	if task.crops {
		if len(files) < 2 {
			return nil, nil, errFewPictures
		}
		s, err := in.cropStage(ctx, files[0])
		return s, files[1:], err
	}
	var ref *ink.Reference
	kind := fields.UnknownKind
	if task.reference != "" {
		var err error
		if ref, kind, err = in.inkReference(ctx, task.reference); err != nil {
			return nil, nil, speak("--reference %s: %v", task.reference, err)
		}
	}
	return &stage{"ink", func(ctx context.Context, in *inspection, src document.Source) (any, error) {
		return in.lookInk(ctx, src, ref, kind)
	}}, files, nil
}

var (
	errNoSignaturePlace = speak("the place of the signature (个人签名) was not found on it")
	errOneReference     = speak("exactly one file is needed")
	errFewPictures      = speak("--crops needs a reference and at least one other picture")
	errTwoReferences    = speak("with --crops the first picture is the reference; --reference is for a print")
)

// oneSource is the single file that a path names.
func oneSource(ctx context.Context, path string) (document.Source, error) {
	var out document.Source
	n := 0
	for src, err := range document.Expand(ctx, []string{path}, document.Limits{}) {
		if err != nil {
			return out, err
		}
		if n++; n > 1 {
			return out, errOneReference
		}
		out = src
	}
	if n == 0 {
		return out, errOneReference
	}
	return out, nil
}

// inkReference renders the page of an e-certificate on which the holder's signature is printed.
func (in *inspection) inkReference(ctx context.Context, path string) (*ink.Reference, fields.Kind, error) {
	src, err := oneSource(ctx, path)
	if err != nil {
		return nil, "", err
	}
	doc, err := in.engine.Open(ctx, src)
	if err != nil {
		return nil, "", err
	}
	defer doc.Close()
	texts, err := in.pageTexts(ctx, doc, 60)
	if err != nil {
		return nil, "", err
	}
	face := fields.Read(texts, in.tables)
	if face.Certificate.SignatureBox.IsZero() {
		return nil, "", errNoSignaturePlace
	}
	pic, k, err := pictureOf(ctx, doc, face.Page)
	if err != nil {
		return nil, "", err
	}
	ref := &ink.Reference{Page: pic, DPI: 72 * k, Box: scaledBox(face.Certificate.SignatureBox, k)}
	if doc.Info().Format != document.FormatPDF { // a picture of the page: taken as A4
		b := pic.Bounds()
		ref.DPI = float64(max(b.Dx(), b.Dy())) / (297 / 25.4)
		return ref, face.Certificate.Kind, nil
	}
	images, err := doc.Images(ctx, face.Page)
	if err != nil {
		return ref, face.Certificate.Kind, nil // without its image the page can still be compared
	}
	least := math.Inf(1)
	for _, im := range images {
		area := im.Box.W() * im.Box.H()
		// The smallest picture there; larger ones are backgrounds and photos.
		if im.Pixels != nil && im.Box.Intersects(face.Certificate.SignatureBox) && area < least && im.Box.W() < 220 {
			least = area
			ref.Signature, ref.SignatureImage = scaledBox(im.Box, k), im.Pixels
		}
	}
	return ref, face.Certificate.Kind, nil
}

func scaledBox(b page.Box, k float64) page.Box {
	return page.Box{X0: b.X0 * k, Y0: b.Y0 * k, X1: b.X1 * k, Y1: b.Y1 * k}
}

// pictureOf is a page as a picture with the number of pixels in a page unit.
func pictureOf(ctx context.Context, doc *document.Document, i int) (*image.RGBA, float64, error) {
	dpi := float64(inkRender)
	if doc.Info().Format != document.FormatPDF {
		dpi = 0 // its own pixels
	}
	img, err := doc.Render(ctx, i, dpi)
	if err != nil {
		return nil, 0, err
	}
	size, err := doc.PageSize(i)
	if err != nil {
		return nil, 0, err
	}
	if size.Width <= 0 {
		return nil, 0, fmt.Errorf("page %d has no width", i+1)
	}
	return img, float64(img.Bounds().Dx()) / size.Width, nil
}

// lookInk examines a scan. With a reference the page is sought on every page and in every direction; without one the face
// must be read to know where to look.
func (in *inspection) lookInk(ctx context.Context, src document.Source, ref *ink.Reference, kind fields.Kind) (any, error) {
	doc, err := in.engine.Open(ctx, src)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	if ref == nil {
		return in.inkAlone(ctx, doc, nil, kind)
	}
	for i := range min(doc.NumPages(), inkPages) {
		pic, k, err := pictureOf(ctx, doc, i)
		if err != nil {
			return nil, err
		}
		for turn := range 4 {
			turned := document.Upright(pic, -turn)
			res, err := ink.Examine(ctx, ink.Scan{Page: turned, Kind: string(kind)}, ref, ink.Options{NoPictures: true})
			if err != nil {
				return nil, err
			}
			if res.Registered {
				b := turned.Bounds()
				res.Page, res.Box = i, scaledBox(res.Box.Turned(turn, float64(b.Dx()), float64(b.Dy())), 1/k)
				return inkOut{res, in.words}, nil
			}
		}
	}
	return in.inkAlone(ctx, doc, ref, kind)
}

// inkAlone looks where the face says that the holder signs.
func (in *inspection) inkAlone(ctx context.Context, doc *document.Document, ref *ink.Reference, kind fields.Kind) (any, error) {
	s := ink.Scan{Kind: string(kind)}
	i := 0
	var label, box page.Box
	if texts, err := in.pageTexts(ctx, doc, inkPages); err == nil {
		face := fields.Read(texts, in.tables)
		i, label, box = face.Page, face.Certificate.SignatureLabel, face.Certificate.SignatureBox
		if face.Certificate.Kind != fields.UnknownKind {
			s.Kind = string(face.Certificate.Kind)
		}
	} else if ctx.Err() != nil {
		return nil, err
	} // a build that does not read print looks without knowing where, and says so
	pic, k, err := pictureOf(ctx, doc, i)
	if err != nil {
		return nil, err
	}
	s.Page, s.Label, s.Box = pic, scaledBox(label, k), scaledBox(box, k)
	if doc.Info().Format == document.FormatPDF {
		s.DPI = 72 * k
	}
	res, err := ink.Examine(ctx, s, ref, ink.Options{NoPictures: true})
	if err != nil {
		return nil, err
	}
	res.Page, res.Box = i, scaledBox(res.Box, 1/k)
	return inkOut{res, in.words}, nil
}

// said is a reason in the words of the window; its key says it in English.
func (o inkOut) said(t talker, key string) string {
	if key == "" || !t.zh || o.words == nil {
		return key
	}
	return o.words.Or("ink.reason."+key, key)
}

func (o inkOut) write(t talker) {
	var zh, en string
	switch o.Presence {
	case ink.Ink:
		zh, en = "有电子证书上没有的笔迹", "there is writing that the e-certificate does not carry"
	case ink.NoInk:
		zh, en = "没有发现电子证书以外的笔迹", "no writing beyond the e-certificate was found"
	case ink.Unclear:
		zh, en = "无法确定，需要人看", "unclear: a person must look"
	default:
		zh, en = "没有检查", "not examined"
	}
	fmt.Fprintln(t.w, "  "+t.say(zh, en))
	t.row("笔画长度", "line", fmt.Sprintf("%.1f mm", o.Length))
	t.row("可信度", "confidence", fmt.Sprintf("%.2f", o.Confidence))
	colour := map[ink.Colour]string{ink.ColourBlue: "蓝色", ink.ColourDark: "黑色"}[o.Colour]
	t.row("颜色", "colour", t.say(cmp.Or(colour, "不明"), string(o.Colour)))
	t.row("原因", "reason", o.said(t, o.Reason))
	cropOut{Likeness: o.Likeness, Band: o.Band, Reason: o.LikenessReason}.write(t)
}
