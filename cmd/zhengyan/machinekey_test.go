package main

import (
	"os"
	"strings"
	"testing"
)

// A feed that is encrypted for two machines, of which one is left out on the second day.
func TestEncryptedFeed(t *testing.T) {
	s := newShell(t)
	s.write("1.csv", rowsMonday)
	s.write("2.csv", rowsTuesday)
	recipient := func(folder string) string {
		out, errs := s.run(exitOK, "snapshot machine-key --data @"+folder)
		s.contains(out, "age1")
		s.contains(errs, "no secret")
		return out
	}
	publisher, kiosk, stolen := recipient("data"), recipient("kiosk"), recipient("stolen")
	s.write("all.txt", "# machines\n"+publisher+kiosk+stolen)
	s.write("left.txt", publisher+kiosk)
	s.write("none.txt", "# nobody\n")

	s.run(exitUsage, "snapshot build --as-of 2026-11-16 --recipient nonsense --out @x.db @1.csv")
	s.run(exitUnreadable, "snapshot build --as-of 2026-11-16 --recipients @none.txt --out @x.db @1.csv")
	out, _ := s.run(exitOK, "snapshot build --as-of 2026-11-16 --recipients @all.txt --out @1.db @1.csv")
	s.contains(out, "encrypted")
	s.run(exitOK, "snapshot build --as-of 2026-11-17 --recipients @left.txt --previous @1.db --out @2.db @2.csv")
	b, err := os.ReadFile(s.path("@2.db"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "样例") {
		t.Error("a name can be read in the file")
	}
	s.run(exitOK, "snapshot keygen @keys")
	s.run(exitOK, "snapshot publish --keys @keys --to @feed --name 样例登记机构 @1.db")
	for _, folder := range []string{"kiosk", "stolen"} {
		s.run(exitOK, "snapshot import --data @"+folder+" --root @feed/root.json @feed")
		out, _ = s.run(exitOK, "snapshot lookup --data @"+folder+" 京1112015201600002")
		s.contains(out, "李样例")
	}
	s.run(exitOK, "snapshot publish --keys @keys --to @feed --previous @1.db @2.db")
	out, _ = s.run(exitOK, "snapshot import --data @kiosk @feed")
	s.contains(out, "+1 -1 ~2")
	out, _ = s.run(exitOK, "snapshot lookup --data @kiosk 京1112015201600002")
	s.contains(out, `status was "有效"`)
	_, errs := s.run(exitUnreadable, "snapshot import --data @stolen @feed")
	s.contains(errs, "not meant for this machine", "nothing was changed", "machine-key")

	_, errs = s.run(exitUnreadable, "snapshot lookup --data @stolen --file @2.db 京1112015201600002")
	s.contains(errs, "encrypted", "not meant for this machine")
	_, errs = s.run(exitUnreadable, "snapshot lookup --data @nokey --file @2.db nobody")
	s.contains(errs, "no key yet")
	out, _ = s.run(exitOK, "snapshot info --data @nokey @2.db")
	s.contains(out, "not readable on this machine", "rows       3")
}
