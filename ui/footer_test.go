package ui

import (
	"image/png"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// The disclaimer is never cut, in a line of its own where the rest leaves no room; a wide window keeps one line.
func TestDisclaimerIsReadWhole(t *testing.T) {
	for _, lang := range viewmodel.Langs() {
		r := newRigWith(t, one(vmtest.Good()), func(o *Options) {
			k := &kept{}
			o.Snapshots, o.Trust, o.Audit, o.Settings, o.Lang, o.Font = k, keptTrust{k}, keptLog{k, ""}, keptSettings{k}, lang, assets.Font()
			o.Chosen = viewmodel.DefaultSettings()
			o.Chosen.TourSeen = true
		})
		r.Open([]string{"all"})
		r.checkFreshness()
		r.settle()
		height := map[float32]float32{}
		for _, width := range []float32{1280, 2000, leastWidth, 1280} {
			r.win.Resize(fyne.NewSize(width, 800))
			r.win.Content().Refresh() // as the toolkit does before it draws
			if got, want := texts(r.footer.root), r.m.T("footer.disclaimer"); !strings.Contains(got, want+"\n") || strings.Contains(got, "…") {
				t.Errorf("%s, %v wide: the line at the foot says %q", lang, width, got)
			}
			height[width] = r.footer.root.Size().Height
			if dir := os.Getenv("ZHENGYAN_KEEP"); dir != "" && width == 1280 {
				f, err := os.Create(dir + "/foot-" + string(lang) + ".png")
				if err != nil {
					t.Fatal(err)
				}
				if err := png.Encode(f, r.win.Canvas().Capture()); err != nil {
					t.Fatal(err)
				}
				f.Close()
			}
		}
		if height[2000] >= height[leastWidth] {
			t.Errorf("%s: %v high in a wide window, %v in a small one", lang, height[2000], height[leastWidth])
		}
	}
}
