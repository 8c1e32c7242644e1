package viewmodel_test

import (
	"testing"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/civil"
)

func TestChipsOfTheDataNeverFlatter(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	day := func(n int) civil.Date { return vmtest.Day(2026, 3, 1).AddDays(n) }
	const month = 30 * 24 * time.Hour
	snap := func(state string) []viewmodel.SnapshotView {
		return []viewmodel.SnapshotView{{Current: true, AsOf: vmtest.Noon(2026, 3, 1), Freshness: state, AgeDays: 170, WarnAge: month, RedAge: 2 * month}}
	}
	anchors := []viewmodel.AnchorView{{File: "a.pem", Certificates: make([]viewmodel.AnchorCertificate, 2)}, {File: "b.crl", CRL: true}}
	for name, c := range map[string]struct {
		anchors []viewmodel.AnchorView
		snaps   []viewmodel.SnapshotView
		on      civil.Date
		trust   viewmodel.Shape
		snap    viewmodel.Shape
		text    string
	}{
		"nothing": {nil, nil, day(0), viewmodel.ShapeUnknown, viewmodel.ShapeUnknown, "未装注册库快照"},
		"fresh":   {anchors, snap("FRESH"), day(3), viewmodel.ShapePass, viewmodel.ShapePass, "快照 3 天"},
		"stale":   {anchors, snap("STALE"), day(40), viewmodel.ShapePass, viewmodel.ShapeUnknown, "快照 40 天，偏旧"},
		"red":     {anchors, snap("RED-LINE"), day(90), viewmodel.ShapePass, viewmodel.ShapeFail, "快照 90 天，过旧"},
		// Its age is that on the day judged, not today's; it cannot be blamed for days to come, however.
		"a day before":        {anchors, snap("RED-LINE"), day(-9), viewmodel.ShapePass, viewmodel.ShapePass, "快照 0 天"},
		"a day of its own":    {anchors, snap("RED-LINE"), day(0), viewmodel.ShapePass, viewmodel.ShapePass, "快照 0 天"},
		"a day of the future": {anchors, snap("RED-LINE"), day(1000), viewmodel.ShapePass, viewmodel.ShapeFail, "快照 170 天，过旧"},
		"clock":               {anchors, snap("CLOCK-SUSPECT"), day(0), viewmodel.ShapePass, viewmodel.ShapeUnknown, "快照 0 天，电脑时钟可疑"},
		"damaged":             {anchors, []viewmodel.SnapshotView{{Current: true, Bad: "no"}}, day(0), viewmodel.ShapePass, viewmodel.ShapeFail, "快照已损坏"},
		"old one":             {anchors, []viewmodel.SnapshotView{{Previous: true, Freshness: "FRESH"}}, day(0), viewmodel.ShapePass, viewmodel.ShapeUnknown, "未装注册库快照"},
	} {
		chips := viewmodel.DataChips(m, c.anchors, c.snaps, true, c.on, day(170).Start())
		if len(chips) != 2 || chips[0].Shape != c.trust || chips[1].Shape != c.snap || chips[1].Text != c.text {
			t.Errorf("%s: %+v", name, chips)
		}
	}
	rep := vmtest.Good().Judge(vmtest.Good().Evidence, verify.Question{At: vmtest.Noon(2026, 3, 1)})
	rep.Evidence = &verify.Evidence{Registry: &verify.RegistryLookup{Error: "damaged"}}
	rep.Snapshot = &verify.SnapshotState{Freshness: verify.Fresh}
	if c := viewmodel.Chips(m, rep); c[1].Shape != viewmodel.ShapeFail || c[1].Text != "快照已损坏" {
		t.Errorf("%+v", c)
	}
}

func TestASecondDay(t *testing.T) {
	s, l := bid(t, 1, nil)
	s.Select(0)
	if s.SecondReport() != nil {
		t.Error("a second report without a second day")
	}
	s.SetSecond(vmtest.Noon(2026, 8, 1))
	l.until("all are judged twice", func() bool {
		return s.Item(0).Row.Cells[viewmodel.ColSecond] == "不通过" && s.Item(3).Row.Cells[viewmodel.ColSecond] == "不通过"
	})
	if s.Item(0).Row.Indication != verify.TotalPassed {
		t.Error("the second day has changed the first")
	}
	if v := viewmodel.SecondOf(messages(t, viewmodel.Chinese), s.SecondReport()); v.Shape != viewmodel.ShapeFail || v.Text == "" {
		t.Errorf("%+v", v)
	}
	s.SetView(viewmodel.View{Sort: viewmodel.ColSecond})
	if s.At(0).Row.Cells[viewmodel.ColSecond] != "不通过" {
		t.Error("the table does not sort by the second day")
	}
}
