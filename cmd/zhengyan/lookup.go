package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"zhengyan/store"
	"zhengyan/store/feed"
	"zhengyan/verify/fields"
	"zhengyan/verify/report"
	"zhengyan/verify/rules"
)

// langFlag adds --lang.
func langFlag(fl *pflag.FlagSet) *string {
	return fl.String("lang", "", "language of messages: zh or en (default: by locale)")
}

// snapshotAge is how old the data of a snapshot is, and what that means.
type snapshotAge struct {
	store.Freshness
	AgeDays float64 `json:"ageDays"`
}

// age judges the age of a snapshot: of the one in use also by what its publisher last vouched for, and by what this machine
// has recorded itself (imports, the audit log), than which its clock cannot be earlier.
func (env *environment) age(s *store.Snapshot, o *store.Opened, dir string) snapshotAge {
	now := env.Now()
	a := snapshotAge{AgeDays: now.Sub(s.Snapshot().AsOf).Hours() / 24}
	if o == nil {
		a.Freshness = store.FreshnessOf(s.Snapshot(), feed.State{}, now)
		return a
	}
	data, err := store.OpenData(env.dataDir(dir))
	if err != nil {
		a.Freshness = store.FreshnessOf(s.Snapshot(), feed.State{}, now)
		return a
	}
	log, err := data.ReadAudit()
	if err == nil {
		defer log.Close()
	} else if !errors.Is(err, fs.ErrNotExist) {
		env.warn("the clock is not compared with the audit log: %v", err)
	}
	floor, err := data.ClockFloor(log) // the registry's own folder also where the index of persons is asked about
	if s.PersonParams() != nil {
		data = data.Persons()
	}
	if err != nil {
		env.warn("the clock is not compared with this machine's records: %v", err)
	}
	a.Freshness = data.Freshness(o, floor, now)
	return a
}

// text says what the age means.
func (a snapshotAge) text(lang string) string {
	since := shanghai(a.Since)
	zh, en := "数据在有效期内 (FRESH)", "FRESH"
	switch a.State {
	case store.Stale:
		zh, en = "数据已过期 (STALE)，自 "+since+" 起", "STALE since "+since
	case store.RedLine:
		zh, en = "数据过旧 (TOO OLD)，自 "+since+" 起：不能据以确认注册有效", "TOO OLD since "+since+": registrations cannot be confirmed"
	case store.ClockSuspect:
		zh, en = "本机时钟可疑 (CLOCK SUSPECT)：现在应不早于 "+since, "CLOCK SUSPECT: it must be "+since+" or later"
	}
	if lang == "zh" {
		return zh
	}
	return en
}

func snapshotInfo(_ context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot info", "[options] [FILE]", snapshotExamples)
	dir := dataFlag(fl)
	persons := personsFlag(fl)
	asJSON := fl.Bool("json", false, "as JSON")
	lang := langFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	s, o, err := env.openedSnapshot(*dir, *persons, fl.Arg(0))
	if err != nil {
		return env.snapshotFailed("info", err)
	}
	defer s.Close()
	a := env.age(s, o, *dir)
	if *asJSON {
		return env.printJSON(struct {
			rules.SnapshotInfo
			Root     string         `json:"root"`
			Statuses map[string]int `json:"statuses"`
			snapshotAge
		}{s.Snapshot(), s.Root(), s.Statuses(), a})
	}
	env.printSnapshot(s, o, a, env.language(*lang))
	return exitOK
}

// printSnapshot writes what a snapshot is, with labels of one width in either language.
func (env *environment) printSnapshot(s *store.Snapshot, o *store.Opened, a snapshotAge, lang string) {
	i, w := s.Snapshot(), env.Stdout
	line := func(zh, en, format string, args ...any) {
		label := fmt.Sprintf("%-11s", en)
		if lang == "zh" {
			label = zh + strings.Repeat(" ", max(11-2*len([]rune(zh)), 1))
		}
		fmt.Fprintf(w, label+format+"\n", args...)
	}
	line("快照", "snapshot", "%s", i.ID)
	line("数据截至", "as of", "%s", shanghai(i.AsOf))
	days := func(d time.Duration) float64 { return d.Hours() / 24 }
	line("状态", "state", said(lang, "%s，已 %.0f 天（满 %.0f 天为过期，满 %.0f 天为红线）", "%s, %.0f days old (stale from %.0f, red line from %.0f days)"), a.text(lang), a.AgeDays, days(i.WarnAge), days(i.RedAge))
	line("行数", "rows", "%d", i.Rows)
	line("来源", "source", "%s", cmp.Or(i.Source, "-"))
	line("签署", "signed by", "%s", cmp.Or(i.SignedBy, said(lang, "无人签署", "nobody")))
	line("根", "root", "%s", s.Root())
	if yes, locked := s.Encrypted(); yes {
		text := said(lang, "是，本机可以读取", "yes, readable on this machine")
		if locked != nil {
			text = fmt.Sprintf(said(lang, "是，本机不能读取：%v", "yes, not readable on this machine: %v"), locked)
		}
		line("加密", "encrypted", "%s", text)
	}
	for _, status := range slices.Sorted(maps.Keys(s.Statuses())) {
		fmt.Fprintf(w, "  %s %d\n", status, s.Statuses()[status])
	}
	if o != nil {
		fmt.Fprintf(w, said(lang, "第 %d 代，%s 自 %s 导入\n", "generation %d, imported %s from %s\n"), o.Info.Generation, shanghai(o.Info.ImportedAt), o.Info.From)
	}
}

// said is the sentence in the language asked for.
func said(lang, zh, en string) string {
	if lang == "zh" {
		return zh
	}
	return en
}

func snapshotLookup(ctx context.Context, env *environment, args []string) int {
	var q rules.RegistryQuery
	var kind string
	fl := env.flags("snapshot lookup", "[options] [NUMBER]", "  zhengyan snapshot lookup 京1112015201600001\n  zhengyan snapshot lookup --name 张样例 --json\n")
	dir := dataFlag(fl)
	file := fl.String("file", "", "look in this snapshot file")
	asJSON := fl.Bool("json", false, "as JSON")
	fl.StringVar(&kind, "kind", "", "constructor-1, architect-1, qualification, ...")
	fl.StringVar(&q.Name, "name", "", "name (used where no other key is given)")
	id := fl.String("id", "", "identity number, with --name: by the person index; - reads it from standard input")
	fl.StringVar(&q.QRKey, "qr", "", "key that the QR carries")
	fl.StringVar(&q.EcertID, "ecert", "", "certificate identifier 证照标识")
	lang := langFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	q.Kind, q.Number = fields.Kind(kind), fl.Arg(0)
	if fl.NArg() > 1 {
		return env.failHint(exitUsage, "zhengyan snapshot lookup -h", "snapshot lookup: one number at a time")
	}
	s, o, err := env.openedSnapshot(*dir, false, *file)
	if err != nil {
		return env.snapshotFailed("lookup", err)
	}
	defer s.Close()
	if s.PersonParams() != nil {
		return env.failHint(exitUsage, "zhengyan snapshot import --persons FILE, then lookup --name NAME --id -", "snapshot lookup: %s is a person index, not a snapshot of the registry", *file)
	}
	if *id != "" {
		return env.lookupPerson(ctx, s, asked(s, o), personQuestion{dir: *dir, name: q.Name, id: *id, json: *asJSON, lang: env.language(*lang)}, env.age(s, o, *dir))
	}
	a, err := asked(s, o)(ctx, q)
	if errors.Is(err, store.ErrNoKey) {
		return env.failHint(exitUsage, "zhengyan snapshot lookup -h", "snapshot lookup: %v", err)
	}
	if err != nil {
		return env.snapshotFailed("lookup", err)
	}
	age := env.age(s, o, *dir)
	if *asJSON {
		return env.printJSON(struct {
			Snapshot  rules.SnapshotInfo   `json:"snapshot"`
			Freshness snapshotAge          `json:"freshness"`
			Query     rules.RegistryQuery  `json:"query"`
			Answer    rules.RegistryAnswer `json:"answer"`
		}{s.Snapshot(), age, q, a})
	}
	env.printAnswer(s, a, age, env.language(*lang))
	return exitOK
}

// printAnswer writes the rows that were found and, on standard error, the snapshot that they are from, and its age.
func (env *environment) printAnswer(s *store.Snapshot, a rules.RegistryAnswer, age snapshotAge, lang string) {
	i := s.Snapshot()
	if !a.Found {
		fmt.Fprintf(env.Stdout, said(lang, "快照 %s（数据截至 %s）中没有；这不等于没有这项注册\n", "not in snapshot %s (as of %s); this does not say that there is no such registration\n"), i.ID, shanghai(i.AsOf))
	}
	for _, r := range a.Records {
		env.printRow(r, lang)
	}
	fmt.Fprintf(env.Stderr, said(lang, "zhengyan: 快照 %s，数据截至 %s，%s\n", "zhengyan: snapshot %s, as of %s, %s\n"), i.ID, shanghai(i.AsOf), age.text(lang))
}

// printRow writes what the registry says of one registration, in the language asked for.
func (env *environment) printRow(r store.Row, lang string) {
	for _, f := range [][2]string{
		{"kind", string(r.Kind)},
		{"number", r.Number},
		{"name", r.Name},
		{"status", strings.TrimSpace(r.Status + " " + r.StatusDate.String() + " " + r.Reason)},
		{"sex", r.Sex},
		{"birth", r.Birth.String()},
		{"employer", r.Employer},
		{"specialties", rules.FormatSpecialties(r.Specialties)},
		{"valid", strings.Trim(r.Valid.From.String()+".."+r.Valid.To.String(), ".")},
		{"newest copy", r.LatestUsageFrom.String()},
		{"certificate", r.EcertID},
		{"QR key", r.QRKey},
		{"updated", r.UpdatedAt.String()},
	} {
		if f[1] != "" {
			fmt.Fprintf(env.Stdout, "%s %s\n", report.Pad(env.sayIn(lang, f[0]), 12), f[1])
		}
	}
	for _, h := range r.History {
		fmt.Fprintf(env.Stdout, "  "+env.sayIn(lang, "until %s: %s was %q")+"\n", h.Until, h.Field, h.Value)
	}
	fmt.Fprintln(env.Stdout)
}
