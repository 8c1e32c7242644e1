package qr

import "testing"

func TestCheckEcertID(t *testing.T) {
	for _, tc := range []struct {
		id   string
		ok   bool
		want string
	}{
		{"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", true, "U"},
		{"11100000000013338W011.11430000006122244L.20230000403.001.U", true, "U"},
		{"11100000MB03271699022.340100.000000016.001.9", true, "9"},
		{"11100000000013338W087.11370800MB28559184.37080001202411010001.001.3", true, "3"},
		{"11100000000013338W009.11330105002500287C.2025052201.002.0", true, "0"},
		{"11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M", false, "D"},
		{"11100000000013338W011.11430000006122244L.20230000404.001.U", false, "E"},
	} {
		e, err := CheckEcertID(tc.id)
		if err != nil {
			t.Errorf("%s: %v", tc.id, err)
			continue
		}
		if e.CheckOK != tc.ok || e.CheckWant != tc.want {
			t.Errorf("%s: ok %v, want character %s; should be %v, %s", tc.id, e.CheckOK, e.CheckWant, tc.ok, tc.want)
		}
	}
	for _, bad := range []string{
		"", "1.2.156.3005.2", "11100000000013338W011.11430000006122244L.20230000403.U",
		"11100000000013338W01.11430000006122244L.20230000403.001.U",
		"11100000000013338W011.11430000006122244.20230000403.001.U",
		"11100000000013338W011.11430000006122244L..001.U",
		"11100000000013338W011.11430000006122244L.20230000403.1.U",
		"11100000000013338W011.11430000006122244L.20230000403.001.UU",
		"11100000000013338W011.11430000006122244L.2023_000403.001.U",
		"http://www.coc.gov.cn",
	} {
		if e, err := CheckEcertID(bad); err == nil {
			t.Errorf("%q was taken as %+v", bad, e)
		}
	}
}

func FuzzCheckEcertID(f *testing.F) {
	f.Add("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U")
	f.Add("....")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := CheckEcertID(s)
		if err != nil {
			return
		}
		again, err := CheckEcertID(e.Type + "." + e.Issuer + "." + e.Serial + "." + e.Version + "." + e.CheckWant)
		if err != nil || !again.CheckOK {
			t.Fatalf("%q: its own check character is refused: %v", s, err)
		}
	})
}
