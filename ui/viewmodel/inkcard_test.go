package viewmodel_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
)

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInkCardKeepsTheMachineModest(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	q := verify.Question{At: vmtest.Noon(2026, 3, 1)}
	c := vmtest.Scan()
	like := 0.873
	c.Evidence.Ink = &ink.Result{Presence: ink.Ink, Likeness: &like, Band: "agrees", Box: page.Box{X0: 1, Y0: 2, X1: 3, Y1: 4}, CropPNG: picture(t, 60, 20), ReferencePNG: picture(t, 60, 20), OverlayPNG: []byte("no picture")}
	card, ok := viewmodel.BuildInkCard(m, withEvidence(c, q))
	if !ok || card.Presence != "有墨迹" || !card.Caveat || card.Crop == nil || card.Reference == nil || card.Overlay != nil || card.Box.X1 != 3 {
		t.Errorf("%+v", card)
	}
	if card.Shape != viewmodel.ShapeUnknown {
		t.Error("the machine decides the handwriting")
	}
	if want := "与印制签名的相似度 87%（接近），仅供参考"; card.Likeness != want {
		t.Errorf("%q", card.Likeness)
	}
	c.Evidence.Ink = &ink.Result{Presence: ink.Unclear, Reason: ink.ReasonTooCoarse}
	if card, _ := viewmodel.BuildInkCard(m, withEvidence(c, q)); card.Why != "图像分辨率不足" || card.Caveat || card.Box.IsZero() {
		t.Errorf("%+v", card)
	}
	c.Evidence.Ink = nil
	if card, ok := viewmodel.BuildInkCard(m, withEvidence(c, q)); !ok || card.Presence != "未检查" {
		t.Errorf("%+v", card)
	}
	if _, ok := viewmodel.BuildInkCard(m, withEvidence(vmtest.Good(), q)); ok {
		t.Error("an original file is asked for its handwriting")
	}
	if _, ok := viewmodel.BuildInkCard(m, nil); ok {
		t.Error("no report, and a card")
	}
}

func withEvidence(c vmtest.Case, q verify.Question) *verify.Report {
	rep := c.Judge(c.Evidence, q)
	rep.Evidence = c.Evidence
	return rep
}

func TestCropOfAPage(t *testing.T) {
	p := &viewmodel.Picture{Page: 0, Scale: 2, Image: image.NewGray(image.Rect(0, 0, 200, 300))}
	if img := viewmodel.CropOf(p, 0, page.Box{X0: 10, Y0: 10, X1: 50, Y1: 30}); img == nil || img.Bounds() != image.Rect(4, 4, 116, 76) {
		t.Errorf("%v", img)
	}
	for name, got := range map[string]image.Image{
		"another page": viewmodel.CropOf(p, 1, page.Box{X0: 10, Y0: 10, X1: 50, Y1: 30}), "no box": viewmodel.CropOf(p, 0, page.Box{}),
		"off the page": viewmodel.CropOf(p, 0, page.Box{X0: 900, Y0: 900, X1: 950, Y1: 930}), "no picture": viewmodel.CropOf(nil, 0, page.Box{X1: 9, Y1: 9}),
	} {
		if got != nil {
			t.Errorf("%s: %v", name, got.Bounds())
		}
	}
}

// Every reason is said in words, in both languages.
func TestInkReasonsHaveWords(t *testing.T) {
	for _, m := range []*viewmodel.Messages{messages(t, viewmodel.Chinese), messages(t, viewmodel.English)} {
		for _, r := range []string{
			ink.ReasonNoBox, ink.ReasonBoxCutOff, ink.ReasonTooCoarse, ink.ReasonTooFaint, ink.ReasonNotRegistered, ink.ReasonOtherReference,
			ink.ReasonNoReference, ink.ReasonNoReferenceImage, ink.ReasonPrintedPlaceOnly, ink.ReasonSecondWriting, ink.ReasonShortMark,
			ink.ReasonStamp, ink.ReasonLine, ink.ReasonOutside, ink.ReasonFaintMarks, ink.ReasonLowRow,
		} {
			if m.Or("ink.reason."+r, "") == "" {
				t.Errorf("no words for %s", r)
			}
		}
	}
}
