package main

import (
	"os"
	"strings"
	"testing"

	"zhengyan/verify/fields"
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
	for _, unset := range []string{"--recipient=", "--recipients=", "--recipient= --recipients @all.txt", "--recipients= --recipient " + strings.TrimSpace(kiosk)} {
		_, errs := s.run(exitUsage, "snapshot build --as-of 2026-11-16 "+unset+" --out @x.db @1.csv")
		s.contains(errs, "names no")
	}
	if _, err := os.Stat(s.path("@x.db")); err == nil {
		t.Error("built although nobody may read it")
	}
	out, errs := s.run(exitOK, "snapshot build --as-of 2026-11-16 --recipients @all.txt --out @1.db @1.csv")
	s.contains(out, "yes, readable on this machine")
	if errs != "" {
		t.Errorf("said beside it: %s", errs)
	}
	out, errs = s.run(exitOK, "snapshot build --as-of 2026-11-16 --recipient "+strings.TrimSpace(kiosk)+" --out @x.db @1.csv")
	s.contains(out, "yes, not readable on this machine")
	s.contains(errs, "not meant for this machine")
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
	_, errs = s.run(exitUnreadable, "snapshot import --data @stolen @feed")
	s.contains(errs, "not meant for this machine", "nothing was changed", "machine-key")

	// A machine whose snapshot is locked, since its key was replaced, is mended by an import.
	if err := os.Remove(s.path("@kiosk/machine.key")); err != nil {
		t.Fatal(err)
	}
	s.write("again.txt", publisher+recipient("kiosk"))
	s.run(exitOK, "snapshot build --as-of 2026-11-18 --recipients @again.txt --previous @2.db --out @3.db @2.csv")
	s.run(exitOK, "snapshot publish --keys @keys --to @feed --previous @2.db @3.db")
	out, _ = s.run(exitOK, "snapshot import --data @kiosk @feed")
	s.contains(out, "cannot be compared", "not meant for this machine")
	out, _ = s.run(exitOK, "snapshot lookup --data @kiosk 京1112015201600002")
	s.contains(out, "李样例")

	_, errs = s.run(exitUnreadable, "snapshot lookup --data @stolen --file @2.db 京1112015201600002")
	s.contains(errs, "encrypted", "not meant for this machine")
	_, errs = s.run(exitUnreadable, "snapshot lookup --data @nokey --file @2.db nobody")
	s.contains(errs, "no key yet")
	out, _ = s.run(exitOK, "snapshot info --data @nokey @2.db")
	s.contains(out, "not readable on this machine", "rows       3")
}

// A person index: made, imported beside the snapshot, asked by name and number.
func TestPersonCommands(t *testing.T) {
	s := newShell(t)
	const id, other = "99999919600101001", "99999919610101001"
	full := func(digits string) string {
		for _, c := range "0123456789X" {
			if _, err := fields.CheckIDNumber(digits + string(c)); err == nil {
				return digits + string(c)
			}
		}
		t.Fatal("no check character")
		return ""
	}
	s.write("1.csv", rowsMonday)
	s.write("people.csv", "类别,注册编号,姓名,身份证号\n一级建造师,京1112015201600001,张样例,"+full(id)+"\n一级建造师,京1112015201699999,张样例,"+full(id)+"\n")
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @1.db @1.csv")
	s.run(exitOK, "snapshot import @1.db")
	key, _ := s.run(exitOK, "snapshot machine-key")
	const cheap = " --new-pepper --memory-kib 64"
	build := "snapshot persons --pepper @pepper.key --cache @cache --as-of 2026-11-16 --out @p.db @people.csv"
	s.run(exitUsage, build+cheap) // without recipients
	s.run(exitUsage, build+" --passes 3 --recipient "+strings.TrimSpace(key))
	s.run(exitUsage, build+" --new-pepper --passes 3000 --recipient "+strings.TrimSpace(key))
	_, errs := s.run(exitUnreadable, build+" --recipient "+strings.TrimSpace(key))
	s.contains(errs, "--new-pepper")
	s.run(exitOK, build+cheap+" --recipient "+strings.TrimSpace(key))
	s.run(exitUnreadable, build+cheap+" --recipient "+strings.TrimSpace(key)) // would replace the pepper
	out, _ := s.run(exitOK, build+" --recipient "+strings.TrimSpace(key))
	s.contains(out, "2 registrations")

	_, errs = s.run(exitUnreadable, "snapshot lookup --name 张样例 --id "+full(id))
	s.contains(errs, "no person index")
	_, errs = s.run(exitUnreadable, "snapshot import @p.db")
	s.contains(errs, "--persons")
	s.run(exitOK, "snapshot import --persons @p.db")
	for _, line := range []string{"info", "list", "verify"} {
		out, _ = s.run(exitOK, "snapshot "+line+" --persons")
		s.contains(out, "20261116-")
	}
	out, errs = s.run(exitOK, "snapshot lookup --lang en --name 张样例 --id "+full(id))
	s.contains(out, "京1112015201600001", "样例建设有限公司", "京1112015201699999, which the snapshot does not have")
	s.contains(errs, "FRESH")
	out, _ = s.run(exitOK, "snapshot lookup --json --name 张样例 --id "+full(id))
	s.contains(out, `"inIndex":[{"kind":"constructor-1","number":"京1112015201600001"}`, `"found":true`)
	for lang, word := range map[string]string{"en": "does not say", "zh": "不等于此人没有注册"} {
		out, _ = s.run(exitOK, "snapshot lookup --lang "+lang+" --name 张样例 --id "+full(other))
		s.contains(out, word)
	}
	s.run(exitUsage, "snapshot lookup --name 张样例 --id 999999196001010001")
	s.run(exitUsage, "snapshot lookup --id "+full(id))

	s.run(exitUsage, "snapshot build --births some --as-of 2026-11-16 --out @2.db @1.csv")
	s.run(exitOK, "snapshot build --births near-limit --as-of 2026-11-16 --out @2.db @1.csv")
}
