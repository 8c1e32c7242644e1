package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhengyan/store"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// invented completes 17 digits of the area 999999, which is nobody's, by the check character.
func invented(t *testing.T, digits string) string {
	t.Helper()
	for _, c := range "0123456789X" {
		if _, err := fields.CheckIDNumber(digits + string(c)); err == nil {
			return digits + string(c)
		}
	}
	t.Fatal("no check character")
	return ""
}

// personShell has a snapshot and two generations of a person index in use: p1.db, then p2.db.
func personShell(t *testing.T) (s *shell, id, recipient string) {
	s = newShell(t)
	id = invented(t, "99999919600101001")
	s.write("1.csv", rowsMonday)
	s.write("people.csv", "类别,注册编号,姓名,身份证号\n一级建造师,京1112015201600001,张样例,"+id+"\n")
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @1.db @1.csv")
	s.run(exitOK, "snapshot import @1.db")
	key, _ := s.run(exitOK, "snapshot machine-key")
	recipient = " --recipient " + strings.TrimSpace(key)
	s.run(exitOK, "snapshot persons --new-pepper --memory-kib 64 --pepper @pepper.key --as-of 2026-09-01 --warn-days 30 --red-days 60 --out @p1.db @people.csv"+recipient)
	s.run(exitOK, "snapshot persons --pepper @pepper.key --as-of 2026-11-16 --out @p2.db @people.csv"+recipient)
	s.run(exitOK, "snapshot import --persons @p1.db")
	s.run(exitOK, "snapshot import --persons @p2.db")
	return s, id, recipient
}

// A fall-back to an older index is said, and how old it is, also where the person is not in it.
func TestPersonLookupSaysItsIndex(t *testing.T) {
	s, id, _ := personShell(t)
	_, errs := s.run(exitOK, "snapshot lookup --lang en --name 张样例 --id "+id)
	s.contains(errs, "person index 20261116-", "FRESH")
	if strings.Contains(errs, "warning") {
		t.Errorf("a warning without cause:\n%s", errs)
	}
	db := filepath.Join(s.dir, "data", "persons", "registry", "000002.db")
	if err := os.Truncate(db, 100); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{id, invented(t, "99999919610101001")} {
		_, errs := s.run(exitOK, "snapshot lookup --lang en --name 张样例 --id "+who)
		s.contains(errs, "warning: person index: ", "person index 20260901-", "TOO OLD")
		out, _ := s.run(exitOK, "snapshot lookup --json --name 张样例 --id "+who)
		s.contains(out, `"personsFreshness":{`, `"personsProblems":["`)
	}
}

// Damage that a command finds sets the snapshot aside: the next one uses the one before it, and says so.
func TestLookupSetsDamageAside(t *testing.T) {
	s := newShell(t)
	s.write("1.csv", rowsMonday)
	s.write("2.csv", rowsTuesday)
	s.run(exitOK, "snapshot build --as-of 2026-11-15 --out @1.db @1.csv")
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @2.db @2.csv")
	s.run(exitOK, "snapshot import @1.db")
	s.run(exitOK, "snapshot import @2.db")
	path := filepath.Join(s.dir, "data", "registry", "000002.db")
	damageRow(t, path, "京1112015201600002")
	s.run(exitUnreadable, "snapshot lookup 京1112015201600002")
	out, errs := s.run(exitOK, "snapshot lookup 京1112015201600002")
	s.contains(out, "有效")
	s.contains(errs, "warning", "20261115-")
}

// damageRow spoils a page of the file so that it opens, and asking for the number finds the damage.
func damageRow(t *testing.T, path, number string) {
	t.Helper()
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for at := 2 * page; at+page <= len(good); at += page {
		b := bytes.Clone(good)
		for i := at + 16; i < at+page; i++ { // the page's own head stays
			b[i] ^= 1
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		snap, err := store.OpenSnapshot(path)
		if err != nil {
			continue
		}
		_, err = snap.Lookup(t.Context(), rules.RegistryQuery{Number: number})
		if snap.Close(); errors.Is(err, store.ErrDamaged) {
			return
		}
	}
	t.Fatal("no page that only the lookup reads")
}

// Damage that judging a certificate finds sets the snapshot aside too.
func TestVerifierSetsDamageAside(t *testing.T) {
	s := newShell(t)
	s.write("1.csv", rowsMonday)
	s.run(exitOK, "snapshot build --as-of 2026-11-16 --out @1.db @1.csv")
	s.run(exitOK, "snapshot import @1.db")
	damageRow(t, filepath.Join(s.dir, "data", "registry", "000001.db"), "京1112015201600002")
	reg, closeIt, err := testEnv(&bytes.Buffer{}, &bytes.Buffer{}).snapshot(folders{data: filepath.Join(s.dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt()
	if reg.Snapshot().Rows != 3 {
		t.Errorf("%+v", reg.Snapshot())
	}
	if _, err := reg.Lookup(t.Context(), rules.RegistryQuery{Number: "京1112015201600002"}); !errors.Is(err, store.ErrDamaged) {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "data", "registry", "000001.bad")); err != nil {
		t.Error("not set aside:", err)
	}
}

// A person index and the registry meet in no command.
func TestKindsDoNotMix(t *testing.T) {
	s, _, _ := personShell(t)
	s.write("2.csv", rowsTuesday)
	_, errs := s.run(exitUsage, "snapshot build --as-of 2026-11-17 --previous @p2.db --out @2.db @2.csv")
	s.contains(errs, "person index", "no snapshot was written")
	s.run(exitOK, "snapshot build --as-of 2026-11-17 --previous @1.db --out @2.db @2.csv")

	out, errs := s.run(exitUsage, "snapshot lookup --file @p2.db 京1112015201600001")
	s.contains(errs, "person index")
	if out != "" {
		t.Errorf("something of the index is shown:\n%s", out)
	}
	for _, pair := range []string{"@1.db @p2.db", "@p1.db @2.db"} {
		_, errs = s.run(exitUsage, "snapshot delta --out @x.delta "+pair)
		s.contains(errs, "person index")
		if _, err := os.Stat(s.path("@x.delta")); err == nil {
			t.Errorf("%s: a delta was written", pair)
		}
	}
	s.run(exitOK, "snapshot delta --out @x.delta @p1.db @p2.db")
	s.run(exitOK, "snapshot keygen @keys")
	const publish = "snapshot publish --keys @keys --to @feed --name 样例登记机构 "
	for _, rest := range []string{"@p2.db", "--persons @2.db", "--previous @p1.db @2.db", "--persons --previous @1.db @p2.db"} {
		_, errs = s.run(exitUsage, publish+rest)
		s.contains(errs, "person index")
	}
	if _, err := os.Stat(s.path("@feed")); err == nil {
		t.Error("a feed was begun")
	}
	s.run(exitOK, publish+"--persons --previous @p1.db @p2.db")
	// What the folder carries is not replaced by the other kind, and machines that follow it lose nothing.
	_, errs = s.run(exitUsage, publish+"@2.db")
	s.contains(errs, "that of a person index", "--to")
	s.run(exitOK, "snapshot publish --keys @keys --to @registry --name 样例登记机构 @2.db")
	_, errs = s.run(exitUsage, "snapshot publish --keys @keys --to @registry --name 样例登记机构 --persons @p2.db")
	s.contains(errs, "a person index needs a feed of its own", "--to")
	s.run(exitOK, "snapshot import --persons --root @feed/root.json @feed")
}

// The publisher's secrets are refused where others may read them, and a damaged cache where its keys would be used.
func TestPersonSecretsRefused(t *testing.T) {
	s, _, recipient := personShell(t)
	build := "snapshot persons --pepper @pepper.key --cache @cache --as-of 2026-11-17 --out @p3.db @people.csv" + recipient
	s.run(exitOK, build)
	s.run(exitOK, build)
	b, err := os.ReadFile(s.path("@cache"))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-40] ^= 1 // of the key of a person
	if err := os.WriteFile(s.path("@cache"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs := s.run(exitUnreadable, build)
	s.contains(errs, "delete it and build again")
	if err := os.Remove(s.path("@cache")); err != nil {
		t.Fatal(err)
	}
	s.run(exitOK, build)
	if err := os.Chmod(s.path("@pepper.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ReadPersonSecret(s.path("@pepper.key")); err == nil {
		t.Skip("this system does not keep files from other users by their modes")
	}
	_, errs = s.run(exitUnreadable, build)
	s.contains(errs, "0600")
}
