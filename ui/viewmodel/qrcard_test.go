package viewmodel_test

import (
	"strings"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
)

func rowOf(t *testing.T, c viewmodel.QRCard, field string) viewmodel.CompareRow {
	t.Helper()
	for _, r := range c.Codes[0].Table.Rows {
		if r.Field == field {
			return r
		}
	}
	t.Fatalf("no row %q among %+v", field, c.Codes[0].Table.Rows)
	return viewmodel.CompareRow{}
}

func marked(c viewmodel.CompareCell) string {
	var b strings.Builder
	for _, r := range c.Runs {
		if r.Differs {
			b.WriteString("[" + r.Text + "]")
		} else {
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

func TestQRCardSetsCodeFaceAndRegistryBesideEachOther(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	c := viewmodel.BuildQRCard(m, vmtest.QRReport(vmtest.QRConflicting))
	for _, tc := range []struct {
		field              string
		state              viewmodel.CompareState
		qr, face, registry string
	}{
		{"name", viewmodel.CompareEqual, "张样例", "张样例", "张样例"},
		{"number", viewmodel.CompareDifferent, "京1112026202600[7]01", "京1112026202600[0]01", "京1112026202600[0]01"},
		{"employer", viewmodel.CompareDifferent, "样例建[工]集团有限公司", "样例建[设]集团有限公司", "样例建[设]集团有限公司"},
		{"specialty", viewmodel.CompareMissing, "建筑工程", "建筑工程[、机电工程]", "建筑工程[、机电工程]"},
		{"sex", viewmodel.CompareMissing, "男", "男", ""},
		{"birth", viewmodel.CompareMissing, "1985-03-15", "1985-03-15", ""},
	} {
		r := rowOf(t, c, tc.field)
		if r.State != tc.state || marked(r.QR) != tc.qr || marked(r.Face) != tc.face || marked(r.Registry) != tc.registry {
			t.Errorf("%s: %s %q %q %q, want %s %q %q %q", tc.field, r.State, marked(r.QR), marked(r.Face), marked(r.Registry), tc.state, tc.qr, tc.face, tc.registry)
		}
		if r.Word == "" || r.Label == "" {
			t.Errorf("%s: no words: %+v", tc.field, r)
		}
	}
}

// Missing data never agrees, and what cannot be read is never different.
func TestQRCardOpaqueKeyIsNotComparable(t *testing.T) {
	m := messages(t, viewmodel.English)
	rep := vmtest.QRReport(vmtest.QROpaque)
	c := viewmodel.BuildQRCard(m, rep)
	if c.Codes[0].Shape != viewmodel.ShapeUnknown || len(c.Codes[0].Table.Notes) == 0 {
		t.Errorf("an opaque key: %+v", c.Codes[0])
	}
	if r := rowOf(t, c, "name"); r.State != viewmodel.CompareNot || len(r.QR.Runs) != 0 || r.QR.Gap == "" {
		t.Errorf("name with an opaque key and no registry: %+v", r)
	}
	rep.Evidence.Registry = &verify.RegistryLookup{Answer: rules.RegistryAnswer{Found: true, Records: []rules.RegistryRecord{{Name: "张样例", Number: rep.Certificate.Number}}}}
	c = viewmodel.BuildQRCard(m, rep)
	if r := rowOf(t, c, "name"); r.State != viewmodel.CompareEqual || !strings.Contains(r.Word, "Face") || strings.Contains(r.Word, "QR") {
		t.Errorf("face and registry agree, the code says nothing: %+v", r)
	}
	if r := rowOf(t, c, "employer"); r.State == viewmodel.CompareEqual || r.State == viewmodel.CompareDifferent {
		t.Errorf("an employer that only the face states: %+v", r)
	}
	// A snapshot that has not the number, or has several others, states nothing.
	rep.Evidence.Registry.Answer.Records = []rules.RegistryRecord{{Name: "李样例", Number: "1"}, {Name: "王样例", Number: "2"}}
	if r := rowOf(t, viewmodel.BuildQRCard(m, rep), "name"); r.State != viewmodel.CompareNot {
		t.Errorf("a record of another number was compared: %+v", r)
	}
}

func TestQRCardClassesAndWarnings(t *testing.T) {
	for _, l := range viewmodel.Langs() {
		m := messages(t, l)
		for _, tc := range []struct {
			specimen vmtest.QRSpecimen
			shape    viewmodel.Shape
			class    string
			warning  string
		}{
			{vmtest.QROrdinary, viewmodel.ShapePass, "qrcard.class.url-known-host", "qrcard.warn.encrypted-key"},
			{vmtest.QRUnknownHost, viewmodel.ShapeUnknown, "qrcard.class.url-unknown-host", "qrcard.warn.plain-http"},
			{vmtest.QRUnknownPath, viewmodel.ShapeUnknown, "qrcard.class.url-known-host", "qrcard.warn.unknown-path"},
			{vmtest.QRLookAlike, viewmodel.ShapeFail, "qrcard.class.look-alike", ""},
			{vmtest.QROpaque, viewmodel.ShapeUnknown, "qrcard.class.opaque-text", ""},
			{vmtest.QRConflicting, viewmodel.ShapeSkip, "qrcard.class.fields", ""},
		} {
			c := viewmodel.BuildQRCard(m, vmtest.QRReport(tc.specimen)).Codes[0]
			if c.Shape != tc.shape || c.Class != m.T(tc.class) || c.Meaning == "" {
				t.Errorf("%v: %v %q %q", tc.specimen, c.Shape, c.Class, c.Meaning)
			}
			found := tc.warning == ""
			for _, w := range c.Warnings {
				found = found || w.Text == m.T(tc.warning)
				if strings.Contains(w.Text, "{") {
					t.Errorf("a parameter is left: %q", w.Text)
				}
			}
			if !found {
				t.Errorf("%v: %q is not among %+v", tc.specimen, m.T(tc.warning), c.Warnings)
			}
			if copied := c.Copy(); !strings.Contains(copied, c.Text) || !strings.Contains(copied, c.Class) {
				t.Errorf("copied without the text or the class: %q", copied)
			}
		}
	}
}

// A host that looks the same must be seen to differ.
func TestQRCardMarksTheHostThatLooksAlike(t *testing.T) {
	m := messages(t, viewmodel.English)
	c := viewmodel.BuildQRCard(m, vmtest.QRReport(vmtest.QRLookAlike)).Codes[0]
	if got := marked(viewmodel.CompareCell{Runs: c.Host}); got != "jzsgl.[с\u043e]c.gov.cn (с U+0441, \u043e U+043E)" {
		t.Errorf("%q", got)
	}
}

func TestQRCardSaysWhatIsWrong(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	rep := vmtest.QRReport(vmtest.QROrdinary)
	rep.Evidence.Codes = nil
	rep.Evidence.Problems = []verify.Problem{{Stage: "qr", Code: "conflict"}}
	if c := viewmodel.BuildQRCard(m, rep); len(c.Codes) != 0 || len(c.Notes) != 1 || c.Notes[0].Text != m.T("qrcard.conflict") {
		t.Errorf("two readings: %+v", c)
	}
	rep.Evidence.Problems = nil
	if c := viewmodel.BuildQRCard(m, rep); len(c.Notes) != 1 || c.Notes[0].Text != m.T("qrcard.none") {
		t.Errorf("no code: %+v", c)
	}
	if c := viewmodel.BuildQRCard(m, nil); len(c.Notes) != 1 {
		t.Errorf("no report: %+v", c)
	}
}

// A payload must not be able to pass for another by characters that cannot be seen.
func TestQRCardSpellsOutHiddenCharacters(t *testing.T) {
	m := messages(t, viewmodel.English)
	rep := vmtest.QRReport(vmtest.QROpaque)
	rep.Evidence.Codes[0].Text = "abc\u202edcba\u200b" + strings.Repeat("甲", 3000)
	c := viewmodel.BuildQRCard(m, rep).Codes[0]
	if !strings.HasPrefix(c.Shown, "abc⟨U+202E⟩dcba⟨U+200B⟩") || len([]rune(c.Shown)) > 500 || len([]rune(c.Text)) < 3000 {
		t.Errorf("%q", c.Shown)
	}
}

func TestEveryStrategyAndWarningHasAWord(t *testing.T) {
	for _, l := range viewmodel.Langs() {
		m := messages(t, l)
		for _, s := range qr.Strategies() {
			if !m.Has("qrcard.strategy." + s) {
				t.Errorf("%s: strategy %q has no word", l, s)
			}
		}
		for _, w := range []string{
			qr.WarnPlainHTTP, qr.WarnBareIP, qr.WarnLookAlike, qr.WarnPunycode, qr.WarnSpaceInKey, qr.WarnUserinfo, qr.WarnCheckDigit,
			qr.WarnCertype, qr.WarnUnknownPath, qr.WarnOtherSystem, qr.WarnEncryptedKey, qr.WarnControl,
		} {
			if !m.Has("qrcard.warn." + w) {
				t.Errorf("%s: warning %q has no word", l, w)
			}
		}
		for _, k := range []qr.PayloadKind{qr.PayloadKnownHost, qr.PayloadUnknownHost, qr.PayloadIdentifier, qr.PayloadFields, qr.PayloadOpaque} {
			if !m.Has("qrcard.class."+string(k)) || !m.Has("qrcard.meaning."+string(k)) {
				t.Errorf("%s: class %q has no word", l, k)
			}
		}
	}
}
