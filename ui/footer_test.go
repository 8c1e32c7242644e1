package ui

import (
	"image/png"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
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

// The age of the data at the foot is that on the day judged, whichever file is selected: it does not flip from row to row.
func TestAgeOfTheDataIsOfTheDayJudged(t *testing.T) {
	day, now := vmtest.Day(2026, 6, 3), vmtest.Noon(2026, 11, 20)
	good := vmtest.Good()
	judge := good.Judge
	good.Judge = func(ev *verify.Evidence, q verify.Question) *verify.Report {
		rep := judge(ev, q)
		rep.Snapshot = verify.SnapshotOn(verify.SnapshotInfo{AsOf: vmtest.Noon(2026, 6, 1)}, viewmodel.DayOf(q.At), now)
		return rep
	}
	r := newRigWith(t, vmtest.New([]string{"1.pdf", "2.docx"}, good, vmtest.Unreadable()), func(o *Options) {
		k := &kept{} // of 1 June
		o.Snapshots, o.Question.At, o.Now = k, viewmodel.Instant(day), func() time.Time { return now }
	})
	r.checkFreshness()
	r.settle()
	r.wantText(r.footer.root, "快照 2 天")
	r.Open([]string{"all"})
	r.until("both are read", func() bool { return r.session.Counts().Finished() == 2 })
	for _, days := range []int{2, 9} {
		r.setDay(vmtest.Day(2026, 6, 1).AddDays(days))
		for row := range 2 {
			r.session.Select(r.session.At(row).ID)
			r.settle()
			r.wantText(r.footer.root, "快照 "+strconv.Itoa(days)+" 天")
		}
	}
}
