package fields

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/civil"
)

func TestParseRegistrationNumber(t *testing.T) {
	tab := tables(t)
	n, err := ParseRegistrationNumber("京1112015201600001", tab)
	if err != nil {
		t.Fatal(err)
	}
	if n.Form != NewForm || n.Province.Name != "北京市" || n.Level != 1 || n.FirstProvince.Code != "11" || n.QualYear != 2015 || n.RegYear != 2016 || n.Serial != "00001" || len(n.Notes) != 0 {
		t.Errorf("%+v", n)
	}
	joined := ""
	for _, p := range n.Parts {
		joined += p.Text
	}
	if joined != n.Text {
		t.Errorf("the parts give %q, not %q", joined, n.Text)
	}
	old, err := ParseRegistrationNumber("京111050700001(00)", tab)
	if err != nil {
		t.Fatal(err)
	}
	if old.Form != OldForm || old.Text != "京111050700001" || old.QualYear != 2005 || old.RegYear != 2007 || old.SealCode != "00" || old.Serial != "00001" {
		t.Errorf("%+v", old)
	}
	for s, notes := range map[string][]string{
		"闽1112015201600001": {NoteMoved},
		"黔1522015201600001": nil,
		"贵1522015201600001": nil,
		"军1992015201600001": nil,
		"京1882015201600001": {NoteUnknownProvince},
		"京1112017201600001": {NoteYearsReversed},
		"川2512019202100001": nil,
		"京１１１２０１５２０１６００００１":      nil,
		"京 1112015 2016 00001\n": nil,
		"⽞1112015201600001":      nil,
	} {
		n, err := ParseRegistrationNumber(s, tab)
		if s[:3] == "⽞" { // the radical 玄 is no province
			if err == nil {
				t.Errorf("%q: no error", s)
			}
			continue
		}
		if err != nil || !slices.Equal(n.Notes, notes) {
			t.Errorf("%q: notes %v, %v", s, n.Notes, err)
		}
	}
	for _, s := range []string{
		"", "京", "1112015201600001", "京111201520160001", "京11120152016000012", "京3112015201600001", "京0112015201600001", "张1112015201600001",
		"京111201520160000X", "京1118015201600001", "京1112015901600001", "京111050700001(0)", "京111050700001(000)", "京111050700001(00", "京11120152016OOOO1",
		"京111050700001(ab)", strings.Repeat("京", 300), "京京11050700001",
	} {
		if n, err := ParseRegistrationNumber(s, tab); !errors.Is(err, ErrRegistrationNumber) {
			t.Errorf("%q: %+v, %v", s, n, err)
		}
	}
}

func FuzzRegistrationNumber(f *testing.F) {
	tab := tables(f)
	for _, s := range []string{"京1112015201600001", "京111050700001", "京111050700001(00)", "闽 1112015201600001", "京１１１０５０７００００１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseRegistrationNumber(s, tab)
		if err != nil {
			return
		}
		joined := ""
		for _, p := range n.Parts {
			if p.Key != PartSealCode {
				joined += p.Text
			}
		}
		again, err := ParseRegistrationNumber(n.Text, tab)
		if err != nil || joined != n.Text || again.RegYear != n.RegYear || again.Form != n.Form {
			t.Fatalf("%q: %+v, again %+v, %v", s, n, again, err)
		}
	})
}

func TestCheckIDNumber(t *testing.T) {
	for s, want := range map[string]IDNumber{
		"999999199001010016": {Long: "999999199001010016", Birth: civil.Must(1990, 1, 1), Sex: "男"},
		"99999919600229001X": {Long: "99999919600229001X", Birth: civil.Must(1960, 2, 29), Sex: "男"},
		"99999919600229001x": {Long: "99999919600229001X", Birth: civil.Must(1960, 2, 29), Sex: "男"},
		"９９９９９９１９６００２２９００１ｘ":    {Long: "99999919600229001X", Birth: civil.Must(1960, 2, 29), Sex: "男"},
		"999999 19900101 0016 ": {Long: "999999199001010016", Birth: civil.Must(1990, 1, 1), Sex: "男"},
		"999999900101001":       {Long: "999999199001010016", Birth: civil.Must(1990, 1, 1), Sex: "男", Fifteen: true},
		"999999900101002":       {Birth: civil.Must(1990, 1, 1), Sex: "女", Fifteen: true},
	} {
		n, err := CheckIDNumber(s)
		if err != nil || n.Birth != want.Birth || n.Sex != want.Sex || n.Fifteen != want.Fifteen || want.Long != "" && n.Long != want.Long || n.Area != "999999" {
			t.Errorf("CheckIDNumber(%q) = %+v, %v", s, n, err)
		}
		if _, err := CheckIDNumber(n.Long); err != nil {
			t.Errorf("the long form of %q: %v", s, err)
		}
	}
	for s, want := range map[string]error{
		"999999199001010017": ErrCheckDigit, "99999919600229001Y": ErrShape, "999999199002300016": civil.ErrBadDate, "999999901301001": civil.ErrBadDate,
		"": ErrShape, "E12345678": ErrShape, "9999991990****0016": ErrShape, "99999919900101001": ErrShape, "X99999199001010016": ErrShape,
		"999999199101010016": ErrCheckDigit, "999999199001010061": ErrCheckDigit,
	} {
		if n, err := CheckIDNumber(s); !errors.Is(err, want) {
			t.Errorf("CheckIDNumber(%q) = %+v, %v, not %v", s, n, err, want)
		}
	}
	// Every single wrong digit is found.
	const good = "999999199001010016"
	for i := range 18 {
		for c := byte('0'); c <= '9'; c++ {
			b := []byte(good)
			if b[i] = c; string(b) == good {
				continue
			}
			if _, err := CheckIDNumber(string(b)); err == nil {
				t.Errorf("%s passes", b)
			}
		}
	}
}

func TestCheckCreditCode(t *testing.T) {
	// Codes of ministries and public bodies.
	for _, s := range []string{"11100000000013338W", "11110000000021135M", "11430000006122244L", "12100000K00002351Y", "11100000MB03271699", "11330105002500287C", "11370800MB28559184", "１１１０００００００００１３３３８ｗ"} {
		c, err := CheckCreditCode(s)
		if err != nil || len(c.Area) != 6 || len(c.Body) != 9 || c.Department != "1" {
			t.Errorf("CheckCreditCode(%q) = %+v, %v", s, c, err)
		}
	}
	for s, want := range map[string]error{
		"11100000000013338X": ErrCheckDigit, "11100000000013383W": ErrCheckDigit, "1110000000001333I": ErrShape, "1110000000001333IW": ErrShape,
		"": ErrShape, "111O0000000013338W": ErrShape, "11100000000013338S": ErrShape, "1110000000001333SW": ErrShape,
	} {
		if c, err := CheckCreditCode(s); !errors.Is(err, want) {
			t.Errorf("CheckCreditCode(%q) = %+v, %v, not %v", s, c, err, want)
		}
	}
}

func TestMaskedID(t *testing.T) {
	for id, want := range map[string]string{
		"110101199003070011": "110101**********11",
		"110101900307001":    "110101*******01",
		"H12345678(9)":       "H12345****9)",
		"护照甲乙丙丁戊己庚辛壬":        "护照甲乙丙丁***辛壬",
		"A12345678":          "A12345678", // too short for anything to be left out of
		"":                   "",
	} {
		if got := MaskedID(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}
