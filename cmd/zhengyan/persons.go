package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"zhengyan/store"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

const personsExamples = `  zhengyan snapshot persons --new-pepper --pepper pepper.key --recipients machines.txt --as-of 2026-06-01 --out persons.db people.csv
  zhengyan snapshot import --persons persons.db
  zhengyan snapshot lookup --name 张样例 --id -
`

// personsFlag adds --persons.
func personsFlag(fl *pflag.FlagSet) *bool {
	return fl.Bool("persons", false, "a person index, not a snapshot of the registry")
}

// data is the data folder, or the part of it that holds the person index.
func (env *environment) data(dir string, persons bool) (*store.Data, error) {
	d, err := store.OpenData(env.dataDir(dir))
	if err == nil && persons {
		d = d.Persons()
	}
	return d, err
}

// snapshotPersons makes a person index.
func snapshotPersons(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot persons", "--pepper FILE --recipient AGE1... --as-of TIME --out FILE INPUT.csv", personsExamples)
	asOf := fl.String("as-of", "", "the day (its end; of today: now) or time whose state the rows show")
	source := fl.String("source", "", "name of the registry")
	out := fl.StringP("out", "o", "", "the person index to write")
	pepperFile := fl.String("pepper", "", "file with the secret that person keys are made with")
	fresh := fl.Bool("new-pepper", false, "make that file; all keys are others from then on")
	cacheFile := fl.String("cache", "", "file that keeps the keys that have been made; as secret as the input")
	memory := fl.Uint32("memory-kib", 0, "with --new-pepper: KiB that making a key takes (default: 19456)")
	passes := fl.Uint32("passes", 0, "with --new-pepper: passes over them (default: 2)")
	warn := fl.Int("warn-days", 30, "age in days from which the data is called stale")
	red := fl.Int("red-days", 90, "age in days of the red line")
	skipBad := fl.Bool("skip-bad", false, "build although some rows are bad; they are reported and left out")
	var machines recipientFlags
	machines.add(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	if (*memory > 0 || *passes > 0) && !*fresh {
		return env.fail(exitUsage, "snapshot persons: --memory-kib and --passes belong to the pepper: they go with --new-pepper")
	}
	if *out == "" || *asOf == "" || *pepperFile == "" || fl.NArg() != 1 {
		return env.failHint(exitUsage, "zhengyan snapshot persons -h", "snapshot persons: name --pepper, --as-of, --out and one CSV file")
	}
	at, err := env.stateAsOf(*asOf)
	if err != nil {
		return env.fail(exitUsage, "snapshot persons: --as-of: %v", err)
	}
	opt := store.PersonOptions{}
	if opt.Recipients, err = machines.read(); err == nil && len(opt.Recipients) == 0 {
		err = misused("a person index is encrypted always: name its --recipient")
	}
	var secret store.PersonSecret
	if err == nil {
		if _, e := os.Lstat(*cacheFile); *fresh && *cacheFile != "" && e == nil {
			err = speak("%s: a new pepper makes all keys anew; delete the cache of the other first", *cacheFile)
		} else if *fresh {
			secret, err = newPepper(*pepperFile, civil.Of(env.Now()), *memory, *passes)
		} else {
			secret, err = readPepper(*pepperFile)
		}
	}
	if err == nil && *cacheFile != "" {
		opt.Cache, err = store.ReadPersonCache(*cacheFile, secret.Pepper)
	}
	if err != nil {
		return env.publishFailed("persons", err)
	}
	opt.Pepper, opt.Params = secret.Pepper, secret.Params
	meta := store.Meta{AsOf: at, Source: *source, WarnAge: time.Duration(*warn) * 24 * time.Hour, RedAge: time.Duration(*red) * 24 * time.Hour}
	return env.buildPersons(ctx, fl.Arg(0), *out, *cacheFile, meta, opt, *skipBad)
}

func (env *environment) buildPersons(ctx context.Context, in, out, cacheFile string, meta store.Meta, opt store.PersonOptions, skipBad bool) int {
	f, err := os.Open(in)
	if err != nil {
		return env.fail(exitUnreadable, "snapshot persons: %v", err)
	}
	defer f.Close()
	src := store.ReadPersons(ctx, f)
	rows := func(yield func(store.PersonRow, error) bool) {
		for r, err := range src.Persons {
			if !yield(r, err) {
				return
			}
		}
		if src.BadCount > 0 && !skipBad {
			yield(store.PersonRow{}, fmt.Errorf("%d %w", src.BadCount, errBadRows))
		}
	}
	err = store.BuildPersons(ctx, rows, meta, out, opt)
	for _, b := range src.Bad[:min(len(src.Bad), shownBad)] {
		fmt.Fprintf(env.Stderr, "zhengyan: %s:%d: %s\n", in, b.Line, b.Why)
	}
	if cacheFile != "" { // also after an error: what has been made need not be made again
		err = errors.Join(err, opt.Cache.Write(cacheFile))
	}
	if errors.Is(err, errBadRows) {
		return env.failHint(exitUnreadable, "mend the rows, or leave them out with --skip-bad", "snapshot persons: %v; nothing was written", err)
	}
	if err != nil {
		return env.fail(exitUnreadable, "snapshot persons: %v", err)
	}
	env.row("persons", "%d registrations, as of %s", src.Read, shanghai(meta.AsOf))
	return exitOK
}

// newPepper makes the secret of a person index, with the numbers by which keys are made and the day since which they are used.
func newPepper(path string, since civil.Date, memory, passes uint32) (store.PersonSecret, error) {
	secret, err := store.NewPersonSecret(since)
	if err != nil {
		return secret, err
	}
	if memory > 0 {
		secret.Params.MemoryKiB = memory
	}
	if passes > 0 {
		secret.Params.Time = passes
	}
	b, err := json.MarshalIndent(secret, "", "  ")
	if err != nil {
		return secret, err
	}
	if _, err := store.ParsePersonSecret(b); err != nil {
		return secret, fmt.Errorf("%w: %w", errUsage, err)
	}
	return secret, store.WriteNewSecret(path, append(b, '\n'))
}

func readPepper(path string) (store.PersonSecret, error) {
	secret, err := store.ReadPersonSecret(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = speak("%v; --new-pepper makes one", err)
	}
	return secret, err
}

// keepBirths sets which birth dates a snapshot keeps. The age limit is that of the rules.
func keepBirths(opt *store.BuildOptions, which string, asOf time.Time, redDays int) error {
	switch which {
	case "all":
		return nil
	case "near-limit":
	default:
		return misused("--births %q: there are all and near-limit", which)
	}
	if redDays <= 0 {
		return misused("--births near-limit needs --red-days: the data's life must end")
	}
	book, err := ruleData()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(book.Rules, func(r rules.Rule) bool { return r.Condition == "age-passed" })
	if i < 0 {
		return errors.New("the rules have no age limit")
	}
	opt.AgeLimit, opt.BirthsUntil = book.Rules[i].Params.Years, civil.Of(asOf.AddDate(0, 0, redDays))
	return nil
}

type personQuestion struct {
	dir, name, id, lang string
	json                bool
}

// oneKind refuses files of which some are person indexes and others snapshots of the registry; it returns which they are.
func oneKind(paths ...string) (persons bool, err error) {
	for i, path := range paths {
		s, err := store.OpenSnapshot(path)
		if err != nil {
			return false, err
		}
		is := s.PersonParams() != nil
		if err := s.Close(); err != nil {
			return false, err
		}
		if i == 0 {
			persons = is
		} else if is != persons {
			return false, misused("%v: of %s and %s, one is a person index and the other a snapshot of the registry", store.ErrKindOfFile, paths[0], path)
		}
	}
	return persons, nil
}

// asking is a snapshot as questions are put to it: one in use is set aside where they find damage.
type asking func(context.Context, rules.RegistryQuery) (rules.RegistryAnswer, error)

func asked(s *store.Snapshot, o *store.Opened) asking {
	if o != nil {
		return o.Lookup
	}
	return s.Lookup
}

// lookupPerson finds a person's registrations by the person index of the data folder, and what the snapshot says of each.
func (env *environment) lookupPerson(ctx context.Context, s *store.Snapshot, ask asking, q personQuestion, age snapshotAge) int {
	if q.name == "" {
		return env.failHint(exitUsage, "zhengyan snapshot lookup -h", "snapshot lookup: --id needs --name")
	}
	if q.id == "-" { // so that the number stands in no list of commands
		line, err := io.ReadAll(io.LimitReader(env.Stdin, 256))
		if err != nil {
			return env.fail(exitUnreadable, "snapshot lookup: %v", err)
		}
		q.id = strings.TrimSpace(string(line))
	}
	data, err := store.OpenData(env.dataDir(q.dir))
	if err != nil {
		return env.snapshotFailed("lookup", err)
	}
	index, err := data.Persons().Open()
	if errors.Is(err, store.ErrNoSnapshot) {
		return env.failHint(exitUnreadable, "zhengyan snapshot import --persons FILE", "snapshot lookup: there is no person index on this machine")
	}
	if err != nil {
		return env.snapshotFailed("lookup", err)
	}
	defer index.Close()
	problems := []string{}
	for _, p := range index.Problems {
		problems = append(problems, p.Error())
		env.warn("person index: %v", p)
	}
	list, err := index.Person(ctx, q.name, q.id)
	if errors.Is(err, store.ErrPerson) {
		return env.fail(exitUsage, "snapshot lookup: %v", err)
	}
	if err != nil {
		return env.snapshotFailed("lookup", err)
	}
	var a rules.RegistryAnswer
	var missing []store.Registration
	for _, r := range list {
		one, err := ask(ctx, rules.RegistryQuery{Kind: r.Kind, Number: r.Number})
		if err != nil {
			return env.snapshotFailed("lookup", err)
		}
		mine := slices.DeleteFunc(one.Records, func(x store.Row) bool { return fields.CompareNames(x.Name, q.name) == fields.Different })
		if len(mine) == 0 {
			missing = append(missing, r)
		}
		a.Records = append(a.Records, mine...)
	}
	a.Found = len(a.Records) > 0
	i, indexAge := index.Snapshot.Snapshot(), env.age(index.Snapshot, index, q.dir)
	if q.json {
		return env.printJSON(struct {
			Snapshot  rules.SnapshotInfo   `json:"snapshot"`
			Freshness snapshotAge          `json:"freshness"`
			Persons   rules.SnapshotInfo   `json:"persons"`
			IndexAge  snapshotAge          `json:"personsFreshness"`
			Problems  []string             `json:"personsProblems"` // why a newer index is not used
			InIndex   []store.Registration `json:"inIndex"`
			Answer    rules.RegistryAnswer `json:"answer"`
		}{s.Snapshot(), age, i, indexAge, problems, list, a})
	}
	fmt.Fprintf(env.Stderr, said(q.lang, "zhengyan: 人员索引 %s，数据截至 %s，%s\n", "zhengyan: person index %s, as of %s, %s\n"), i.ID, shanghai(i.AsOf), indexAge.text(q.lang))
	if len(list) == 0 {
		fmt.Fprintf(env.Stdout, said(q.lang, "人员索引 %s（数据截至 %s）中没有这个姓名和证件号码；这不等于此人没有注册\n", "this name with this number is not in person index %s (as of %s); this does not say that the person has no registration\n"), i.ID, shanghai(i.AsOf))
		return exitOK
	}
	for _, r := range missing {
		fmt.Fprintf(env.Stdout, said(q.lang, "人员索引中有 %s %s，但注册库快照中没有同名的这项注册\n", "the person index names %s %s, which the snapshot does not have under this name\n"), r.Kind, r.Number)
	}
	if a.Found {
		env.printAnswer(s, a, age, q.lang)
	}
	return exitOK
}
