package ui

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/page"
	"zhengyan/verify/seal"
	"zhengyan/verify/verifytest"
)

// sealReports verifies the specimens named, with the specimens' own anchors.
func sealReports(t *testing.T, names ...string) map[string]*seal.Report {
	t.Helper()
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if errors.Is(err, verifytest.ErrNoFont) {
		t.Skip("this build carries no font, so no specimens can be drawn")
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, err := g.CA.TrustFiles()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	anchors, _, err := seal.LoadAnchors(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*seal.Report{}
	for _, c := range verifytest.Catalog() {
		name := strings.TrimSuffix(strings.TrimPrefix(c.File, "constructor/"), ".pdf")
		for _, want := range names {
			if name != want {
				continue
			}
			data, err := g.File(c)
			if err != nil {
				t.Fatal(err)
			}
			r, err := seal.Inspect(context.Background(), data, seal.Options{Anchors: anchors, Now: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			out[name] = r
		}
	}
	for _, n := range names {
		if out[n] == nil {
			t.Fatalf("no specimen %q", n)
		}
	}
	return out
}

// The card of a whole, an extended, a tampered, an SM2 and an SES file, and of one without a seal, in both languages. With
// ZHENGYAN_SHOTS set to a folder the pictures are written there.
func TestSealCardShowsEveryKind(t *testing.T) {
	reports := sealReports(t, "ok", "seal-validation-data", "seal-edited-in-place", "seal-overlay", "seal-sm2", "seal-ses-timestamp", "seal-picture-only")
	app := test.NewTempApp(t)
	wants := map[string]map[viewmodel.Lang][]string{
		"ok":                   {viewmodel.Chinese: {"签章完好，签署者受信任", "覆盖整个文件", "受信任"}, viewmodel.English: {"intact and its signer is trusted", "covers the whole file"}},
		"seal-validation-data": {viewmodel.Chinese: {"只追加了验证资料", "签章允许", "签章时", "现在"}, viewmodel.English: {"validation data only", "permitted by the seal", "As signed", "As it is now"}},
		"seal-edited-in-place": {viewmodel.Chinese: {"签章不成立", "摘要不符", "没有追加"}, viewmodel.English: {"does not hold", "HASH_FAILURE"}},
		"seal-overlay":         {viewmodel.Chinese: {"签章之后有不允许的改动", "新增批注"}, viewmodel.English: {"Something was changed after sealing", "annotation added"}},
		"seal-sm2":             {viewmodel.Chinese: {"SM2 with SM3"}, viewmodel.English: {"SM2 with SM3"}},
		"seal-ses-timestamp":   {viewmodel.Chinese: {"电子签章（GB/T 38540", "由时间戳证明"}, viewmodel.English: {"electronic seal (GB/T 38540", "shown by a timestamp"}},
		"seal-picture-only":    {viewmodel.Chinese: {"没有电子签章"}, viewmodel.English: {"no electronic seal"}},
	}
	for _, dark := range []bool{false, true} {
		th := NewTheme(assets.Font(), dark)
		app.Settings().SetTheme(th)
		for name, byLang := range wants {
			for lang, want := range byLang {
				m := messages(t, lang)
				c := newSealCard(th, m, viewmodel.BuildSealCard(m, reports[name]), sealActions{revision: func(int64) {}, locate: func(int, page.Box) {}, copied: func(string) {}})
				cv := software.NewCanvas()
				cv.SetContent(container.NewVScroll(pad(c.root, 8, 8, 8, 8)))
				cv.Resize(fyne.NewSize(460, max(200, c.root.MinSize().Height+30)))
				cv.Resize(fyne.NewSize(460, c.root.MinSize().Height+30)) // the height follows from the width
				got := strings.ReplaceAll(texts(cv.Content()), "\n", "")
				for _, w := range want {
					if !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(w, " ", "")) {
						t.Errorf("%s %s: %q is not shown:\n%s", name, lang, w, texts(cv.Content()))
					}
				}
				if dir := os.Getenv("ZHENGYAN_SHOTS"); dir != "" && (!dark || name == "seal-overlay") {
					var b bytes.Buffer
					if err := png.Encode(&b, cv.Capture()); err != nil {
						t.Fatal(err)
					}
					file := "seal-" + name + "-" + string(lang)
					if dark {
						file += "-dark"
					}
					if err := os.WriteFile(filepath.Join(dir, file+".png"), b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// One revision is shown at a time, and turning a switch asks for its pages once.
func TestSealCardSwitchesRevisions(t *testing.T) {
	app := test.NewTempApp(t)
	th := NewTheme(assets.Font(), false)
	app.Settings().SetTheme(th)
	m := messages(t, viewmodel.English)
	r := &seal.Report{Status: seal.Signed, Overall: seal.Clean, Signatures: []seal.Signature{
		{Integrity: seal.Intact, Coverage: seal.CoverageRevision, Changes: seal.ChangesForm, Permitted: true, Counts: true, RevisionEnd: 1000, Page: -1},
		{Integrity: seal.Intact, Coverage: seal.CoverageRevision, Changes: seal.ChangesForm, Permitted: true, Counts: true, RevisionEnd: 2000, Page: -1},
		{Integrity: seal.Intact, Coverage: seal.CoverageWhole, Changes: seal.ChangesNone, Permitted: true, Counts: true, RevisionEnd: 3000, Page: -1},
	}}
	var asked []int64
	c := newSealCard(th, m, viewmodel.BuildSealCard(m, r), sealActions{revision: func(end int64) { asked = append(asked, end) }})
	if len(c.switches) != 2 {
		t.Fatalf("%d switches, want 2: the last seal covers the whole file", len(c.switches))
	}
	first, second := c.switches[1000][0], c.switches[2000][0]
	first.SetSelected("As signed")
	second.SetSelected("As signed")
	if first.Selected != "As it is now" {
		t.Error("two revisions are shown at once")
	}
	second.SetSelected("As it is now")
	if len(asked) != 3 || asked[0] != 1000 || asked[1] != 2000 || asked[2] != 0 {
		t.Errorf("asked for %v", asked)
	}
}

// A hostile picture costs itself alone.
func TestSealPictures(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewRGBA(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Clone(small.Bytes())
	copy(bomb[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 × 65536; the header's checksum is wrong as well
	for _, tt := range []struct {
		name string
		b    []byte
		ok   bool
	}{{"sound", small.Bytes(), true}, {"too many pixels", bomb, false}, {"cut", small.Bytes()[:40], false}, {"none", []byte("ofd"), false}, {"too large", make([]byte, sealPictureBytes+1), false}} {
		if img, err := decodeSeal(tt.b); (err == nil) != tt.ok || (img != nil) != tt.ok {
			t.Errorf("%s: %v, %v", tt.name, img, err)
		}
	}
}
