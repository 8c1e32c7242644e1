package viewmodel_test

import (
	"slices"
	"strings"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

func detail(t *testing.T, c vmtest.Case, q verify.Question) (viewmodel.Detail, *verify.Report) {
	t.Helper()
	e := vmtest.New([]string{"证书.pdf"}, c)
	ev := *c.Evidence
	ev.Input.Name = "证书.pdf"
	if q.At.IsZero() {
		q.At = vmtest.Noon(2026, 3, 1)
	}
	rep := e.Judge(&ev, q)
	return viewmodel.BuildDetail(messages(t, viewmodel.Chinese), rep, nil), rep
}

// judgedWith has every report of the case changed before it is seen.
func judgedWith(c vmtest.Case, change func(*verify.Report)) vmtest.Case {
	judge := c.Judge
	c.Judge = func(ev *verify.Evidence, q verify.Question) *verify.Report {
		rep := judge(ev, q)
		change(rep)
		return rep
	}
	return c
}

func order(d viewmodel.Detail) (ids []string) {
	for _, r := range d.Ladder {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestFailuresComeFirstInTheLadder(t *testing.T) {
	c := judgedWith(vmtest.Good(), func(rep *verify.Report) {
		set := func(i int, st verify.Status, a verify.Action) { rep.Checks[i].Status, rep.Checks[i].Action = st, a }
		set(1, verify.Inconclusive, verify.Enforce) // trust
		set(2, verify.Failed, verify.Advise)        // seal-name
		set(5, verify.Failed, verify.Enforce)       // qr
		set(4, "NEW-STATUS", verify.Advise)         // specialty
	})
	d, _ := detail(t, c, verify.Question{})
	want := []string{"qr", "trust", "seal-name", "specialty", "integrity", "usage", "handwriting", "registry"}
	if got := order(d); !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	if !d.Ladder[0].Prominent || !d.Ladder[1].Prominent || d.Ladder[2].Prominent {
		t.Error("only enforced failures and unknowns are shown open")
	}
	if d.Ladder[3].Shape != viewmodel.ShapeUnknown {
		t.Error("an unknown status must look unknown, never passed")
	}
	if d.Ladder[2].Note == "" || d.Ladder[0].Note != "" {
		t.Error("advice must say that it does not enter the verdict")
	}
}

func TestBannerSaysVerdictReasonAndNext(t *testing.T) {
	d, _ := detail(t, vmtest.Tampered(), verify.Question{})
	v := d.Verdict
	if v.Shape != viewmodel.ShapeFail || v.Word != "不通过" || !strings.Contains(v.Reason, "与签章时不同") || !strings.Contains(v.Next, "重新下载") {
		t.Errorf("banner %+v", v)
	}
	if v.Copy.Subs != "内容与签章时不同" || v.Registration.Word != "无法确定" {
		t.Errorf("parts %+v, %+v", v.Copy, v.Registration)
	}
	if !strings.Contains(v.AsAt, "2026-03-01") || !strings.Contains(v.AsAt, "一般") {
		t.Errorf("as at %q", v.AsAt)
	}
}

func TestUnreadableFileSaysWhatHappenedAndWhatToDo(t *testing.T) {
	d, _ := detail(t, vmtest.Unreadable(), verify.Question{})
	if d.Verdict.Word != "无法读取" || d.Verdict.Shape != viewmodel.ShapeUnknown || d.Verdict.Reason == "" || d.Verdict.Next == "" {
		t.Errorf("banner %+v", d.Verdict)
	}
	if d.Usage != nil || len(d.Marks) != 0 {
		t.Error("nothing can be known of an unreadable file")
	}
	// Nor of a seal that it may not have, or of its handwriting.
	if d.Verdict.Copy.Subs != "文件无法读取" || d.Ladder[0].Sub != "文件无法读取" {
		t.Errorf("the copy: %+v; the ladder: %+v", d.Verdict.Copy, d.Ladder[0])
	}
	if d.Input.Title != "无法读取的文件" || strings.Contains(d.Input.Cap, "手写") || !d.Input.Warn {
		t.Errorf("input %+v", d.Input)
	}
}

// A package of which the seals are read and the pages are not is not called unreadable, nor is its malformed seal.
func TestFileWhoseSealsAloneAreRead(t *testing.T) {
	_, rep := detail(t, vmtest.Unreadable(), verify.Question{})
	r := *rep
	r.Error = &verify.FileError{Code: string(document.FormatOFD), Message: "OFD"}
	seal := rep.Checks[0]
	seal.ID = "integrity"
	r.Checks = []verify.Check{rep.Checks[0], seal}
	d := viewmodel.BuildDetail(messages(t, viewmodel.Chinese), &r, nil)
	if d.Input.Title != "OFD 文件" || strings.Contains(d.Input.Cap, "手写") {
		t.Errorf("input %+v", d.Input)
	}
	if d.Verdict.Copy.Subs != "签章结构不合规" {
		t.Errorf("the copy: %+v", d.Verdict.Copy)
	}
}

func TestInputBannerCaps(t *testing.T) {
	d, _ := detail(t, vmtest.Scan(), verify.Question{})
	if !d.Input.Warn || d.Input.Title != "打印扫描件" || !strings.Contains(d.Input.Cap, "原始电子件") {
		t.Errorf("input %+v", d.Input)
	}
	if d, _ = detail(t, vmtest.Good(), verify.Question{}); d.Input.Warn {
		t.Errorf("an original file warns: %+v", d.Input)
	}
}

func TestUsageSumNamesTheBindingTerm(t *testing.T) {
	c := vmtest.Good()
	d, rep := detail(t, c, verify.Question{})
	if u := d.Usage; !u.Agrees || len(u.Terms) != 3 || !u.Terms[0].Binding || u.Terms[1].Binding || u.Terms[0].Clause == "" {
		t.Errorf("usage %+v", u)
	}
	m := messages(t, viewmodel.Chinese)
	for _, tc := range []struct {
		change func(u *verify.UsageSum)
		want   string
	}{
		{func(u *verify.UsageSum) { u.Printed = u.Expected.AddDays(-3) }, "早于"},
		{func(u *verify.UsageSum) { u.Printed = u.Expected.AddDays(3) }, "晚于"},
		{func(u *verify.UsageSum) {
			u.Printed = rep.JudgedOn
			u.Printed.Y = 0
			*u = verify.UsageSum{Expected: u.Expected}
		}, "未读到"},
		{func(u *verify.UsageSum) { *u = verify.UsageSum{} }, "不足"},
	} {
		r := *rep
		u := *rep.Usage
		tc.change(&u)
		r.Usage = &u
		if got := viewmodel.BuildDetail(m, &r, nil).Usage.Result; !strings.Contains(got, tc.want) {
			t.Errorf("got %q, want %q in it", got, tc.want)
		}
	}
}

func TestMarksAndRungsPointAtEachOther(t *testing.T) {
	d, _ := detail(t, vmtest.Good(), verify.Question{At: vmtest.Noon(2026, 9, 1)})
	kinds := map[viewmodel.MarkKind]viewmodel.Mark{}
	for _, mk := range d.Marks {
		kinds[mk.Kind] = mk
	}
	for _, k := range []viewmodel.MarkKind{viewmodel.MarkQR, viewmodel.MarkSeal, viewmodel.MarkSignature, viewmodel.MarkField} {
		if _, ok := kinds[k]; !ok {
			t.Errorf("no mark for %s", k)
		}
	}
	if f := kinds[viewmodel.MarkField]; !slices.Equal(f.Checks, []string{"usage"}) || f.Shape != viewmodel.ShapeFail {
		t.Errorf("field mark %+v", f)
	}
	if q := kinds[viewmodel.MarkQR]; q.Shape != viewmodel.ShapePass || !slices.Equal(q.Checks, []string{"qr"}) {
		t.Errorf("QR mark %+v", q)
	}
	for _, mk := range d.Marks {
		for _, id := range mk.Checks {
			i := slices.IndexFunc(d.Ladder, func(r viewmodel.Rung) bool { return r.ID == id })
			if i < 0 || !slices.Contains(d.Ladder[i].MarkIDs, mk.ID) {
				t.Errorf("mark %s names check %s, which does not point back", mk.ID, id)
			}
		}
	}
}

// TestClaimedSealOnPage: the mark on a seal that nobody bears out says that its name is its own word.
func TestClaimedSealOnPage(t *testing.T) {
	for trust, want := range map[seal.Trust]string{seal.Trusted: "签章 · 样例", seal.UnknownIssuer: "签章（自称） · 样例", seal.TrustNotChecked: "签章（自称） · 样例"} {
		ev := vmtest.Good()
		ev.Evidence.Seal.Signatures[0].Trust = trust
		d, _ := detail(t, ev, verify.Question{})
		n := 0
		for _, mk := range d.Marks {
			if mk.Kind == viewmodel.MarkSeal {
				n++
				if !strings.HasPrefix(mk.Label, want) {
					t.Errorf("%s: %q", trust, mk.Label)
				}
			}
		}
		if n != 1 {
			t.Errorf("%d seals", n)
		}
	}
}

func TestEvidenceUpASealIsNotMarkedTwice(t *testing.T) {
	d, _ := detail(t, vmtest.Tampered(), verify.Question{})
	n := 0
	for _, mk := range d.Marks {
		if mk.Kind == viewmodel.MarkField {
			n++
		}
		if mk.Kind == viewmodel.MarkSeal && mk.Shape != viewmodel.ShapeFail {
			t.Errorf("the seal of a tampered file is marked %v", mk.Shape)
		}
	}
	if n != 0 {
		t.Errorf("%d more boxes on the seal", n)
	}
}

func TestChipsNeverHideMissingData(t *testing.T) {
	_, rep := detail(t, vmtest.Good(), verify.Question{})
	m := messages(t, viewmodel.Chinese)
	chips := viewmodel.Chips(m, rep)
	if len(chips) != 2 || chips[0].Shape != viewmodel.ShapePass || chips[1].Text != "未装注册库快照" || chips[1].Shape != viewmodel.ShapeUnknown {
		t.Errorf("chips %+v", chips)
	}
	_, unreadable := detail(t, vmtest.Unreadable(), verify.Question{})
	if chips := viewmodel.Chips(m, unreadable); len(chips) != 0 {
		t.Errorf("of a file that was not read: %+v", chips)
	}
	rep.Trust.Anchors = 0
	for f, want := range map[verify.Freshness]viewmodel.Shape{verify.Fresh: viewmodel.ShapePass, verify.Stale: viewmodel.ShapeUnknown, verify.RedLine: viewmodel.ShapeFail, verify.ClockSuspect: viewmodel.ShapeUnknown, "": viewmodel.ShapeUnknown} {
		rep.Snapshot = &verify.SnapshotState{AgeDays: 12, Freshness: f}
		chips = viewmodel.Chips(m, rep)
		if chips[0].Shape != viewmodel.ShapeUnknown || chips[1].Shape != want || !strings.Contains(chips[1].Text, "12") {
			t.Errorf("%s: %+v", f, chips)
		}
	}
}

func TestRareCharactersAreNamedByCodePoint(t *testing.T) {
	covers := func(r rune) bool { return r != '𠮷' && r != 0x26B4E }
	for s, want := range map[string]string{"张样例": "", "𠮷田": "𠮷 U+20BB7", "王𦭎𠮷": "𦭎 U+26B4E  𠮷 U+20BB7", "Ab 1": ""} {
		if got := viewmodel.RareNote(s, covers); got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}

func TestIdentityNumberIsMasked(t *testing.T) {
	c := judgedWith(vmtest.Good(), func(rep *verify.Report) {
		rep.Certificate.IDNumber = "110101198503150011"
	})
	d, _ := detail(t, c, verify.Question{})
	if txt := d.Text(messages(t, viewmodel.Chinese)); strings.Contains(txt, "19850315") || !strings.Contains(txt, "110101**********11") {
		t.Error("the identity number is shown")
	}
}

// Of two identity numbers that were compared the window shows where they differ, and no more of them.
func TestComparedIdentityNumbersAreShownWhereTheyDiffer(t *testing.T) {
	c := judgedWith(vmtest.Good(), func(rep *verify.Report) {
		rep.Checks[0].Evidence = []verify.Fact{
			{Name: "idNumber", Value: "110101*******7**34 | 110101*******8**34"},
			{Name: "idNumber", Value: "110101198503150011 | 110101198503160011"},
			{Name: "idNumber", Value: "110101**********34 | "},
		}
	})
	d, _ := detail(t, c, verify.Question{})
	want := []string{"110101*******7**34 | 110101*******8**34", "110101**********11 | 110101**********11", "110101**********34 | "}
	for i, f := range d.Ladder[slices.IndexFunc(d.Ladder, func(r viewmodel.Rung) bool { return r.ID == "integrity" })].Facts {
		if f.Value != want[i] {
			t.Errorf("%q, want %q", f.Value, want[i])
		}
	}
}

func TestPlainTextHasVerdictClauseAndDisclaimer(t *testing.T) {
	d, _ := detail(t, vmtest.Good(), verify.Question{At: vmtest.Noon(2026, 9, 1)})
	txt := d.Text(messages(t, viewmodel.Chinese))
	for _, want := range []string{"不通过", "Y-11", "建办市〔2021〕40号 二(一)", "使用件: 不通过", "注册: 通过", "评标委员会决定最终评审结果", "未发起任何网络连接", "SHA-256: 9f86"} {
		if !strings.Contains(txt, want) {
			t.Errorf("the text lacks %q:\n%s", want, txt)
		}
	}
}

func TestHumanDecisionIsShownBesideTheMachine(t *testing.T) {
	d, _ := detail(t, vmtest.Scan(), verify.Question{Human: map[string]verify.HumanDecision{"handwriting": {Answer: "differs"}}})
	if r := d.Ladder[0]; r.ID != "handwriting" || r.Decision != "笔迹不一致" || !r.CanDecide || r.Sub != "笔迹不一致" || r.SubID != string(rules.HandwritingDiffers) {
		t.Errorf("rung %+v", r)
	}
}

func TestEvidenceIsPutIntoWords(t *testing.T) {
	c := judgedWith(vmtest.Good(), func(rep *verify.Report) {
		rep.Checks[0].Evidence = []verify.Fact{
			{Name: "coverage", Value: "whole"},
			{Name: "signedAt", Value: "2026-03-01T01:30:00Z"},
			{Name: "usage", Value: "2026-03-01/2026-08-27"},
			{Name: "specialty", Value: "建筑工程 2024-05-14/2027-05-13"},
			{Name: "idNumber", Value: "110101198503150011"},
			{Name: "HASH_FAILURE", Value: "messageDigest"},
			{Name: "qrText", Value: "https://a/b"},
			{Name: "unheard-of", Value: "x"},
			{Name: "issuer", Value: "甲厅 | 乙厅"},
			{Name: "issueDate", Value: "2024-05-14 | 2024-05-15"},
		}
		trust := rep.Checks[0]
		trust.ID, trust.Evidence = "trust", []verify.Fact{{Name: "issuer", Value: "CN=甲"}}
		rep.Checks = append(rep.Checks, rep.Checks[0], trust)
	})
	d, _ := detail(t, c, verify.Question{})
	want := []string{
		"覆盖范围=整个文件", "签章时间（自称）=2026-03-01 09:30", "使用有效期=2026-03-01 至 2026-08-27", "注册专业=建筑工程 2024-05-14 至 2027-05-13",
		"证件号码=110101**********11", "内容与签章时不同=messageDigest", "二维码内容=https://a/b", "unheard-of=x",
		"签发机构=甲厅 | 乙厅", "签发日期=2024-05-14 | 2024-05-15",
	}
	i := slices.IndexFunc(d.Ladder, func(r viewmodel.Rung) bool { return r.ID == "integrity" })
	for j, f := range d.Ladder[i].Facts {
		if got := f.Name + "=" + f.Value; got != want[j] {
			t.Errorf("%q, want %q", got, want[j])
		}
	}
	if !slices.ContainsFunc(d.Ladder, func(r viewmodel.Rung) bool {
		return r.ID == "trust" && len(r.Facts) == 1 && r.Facts[0].Name == "颁发者"
	}) {
		t.Error("the issuer of a seal's certificate is called otherwise")
	}
	keys := map[string]bool{}
	for _, r := range d.Ladder {
		if keys[r.Key] {
			t.Errorf("two lines have the key %q", r.Key)
		}
		keys[r.Key] = true
	}
}

// A specialty that could not be read does not lend its place to the next one.
func TestUnreadSpecialtyKeepsTheOthersApart(t *testing.T) {
	c := vmtest.ReadOff(vmtest.Scan())
	at := func(y float64) page.Box { return page.Box{X0: 160, Y0: y, X1: 320, Y1: y + 20} }
	c.Evidence.Fields.Fields = []fields.Field{
		{Name: "specialty", Raw: "某某工程", Confidence: 0.1, Box: at(300)},
		{Name: "specialty", Value: "建筑工程", Confidence: 0.5, Box: at(320)},
		{Name: "specialty", Value: "市政公用工程", Confidence: 0.9, Box: at(340)},
		{Name: "issuer", Raw: "某某", Confidence: 0.1, Box: at(360)}, // and then found in the running text
		{Name: "issuer", Value: "样例厅", Confidence: 0.8, Box: at(380)},
	}
	c = judgedWith(c, func(rep *verify.Report) {
		rep.Certificate.Specialties = []fields.Specialty{{Raw: "某某工程"}, {Name: "建筑工程"}, {Name: "市政公用工程"}}
		rep.Certificate.Issuer = "样例厅"
	})
	d, _ := detail(t, c, verify.Question{})
	want := map[string]viewmodel.Pair{"建筑工程": {Sure: "把握 50%", Box: at(320)}, "市政公用工程": {Sure: "把握 90%", Box: at(340)}, "样例厅": {Sure: "把握 80%", Box: at(380)}}
	for _, f := range d.Facts {
		if w, ok := want[f.Value]; ok {
			if delete(want, f.Value); f.Sure != w.Sure || f.Box != w.Box {
				t.Errorf("%s: %s at %v, want %s at %v", f.Value, f.Sure, f.Box, w.Sure, w.Box)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}

// What was read off a picture says so, with how sure each value is and where it stands; a text estimates nothing.
func TestFactsSayHowSureTheReadingIs(t *testing.T) {
	facts := func(c vmtest.Case) map[string]viewmodel.Pair {
		d, _ := detail(t, c, verify.Question{})
		out := map[string]viewmodel.Pair{}
		for _, f := range d.Facts {
			out[f.Label] = f
		}
		return out
	}
	read := facts(vmtest.ReadOff(vmtest.Scan()))
	if f := read["姓名"]; f.Sure != "把握 87%" || f.Box.X0 != 160 || f.Box.Y0 != 200 {
		t.Errorf("the name is %+v", f)
	}
	if f := read["编号"]; f.Sure != "把握 99%" || f.Box.Y0 != 240 {
		t.Errorf("the number is %+v", f)
	}
	if f := read["聘用企业"]; f.Sure != "" || !f.Box.IsZero() {
		t.Errorf("a value of which nothing is known says %+v", f)
	}
	if f := read["识读"]; !strings.HasPrefix(f.Value, "读自第 1 页的图像") || !strings.Contains(f.Value, "0.93") {
		t.Errorf("the reading is %+v", f)
	}
	text := facts(vmtest.Good())
	if f := text["识读"]; f.Value != "读自第 1 页的文字" {
		t.Errorf("the reading of a text is %+v", f)
	}
	for label, f := range text {
		if f.Sure != "" || !f.Box.IsZero() {
			t.Errorf("%s of a text says %+v", label, f)
		}
	}
}
