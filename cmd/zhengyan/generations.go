package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"zhengyan/store"
)

func snapshotList(_ context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot list", "[options]", "  zhengyan snapshot list --json\n")
	dir := dataFlag(fl)
	persons := personsFlag(fl)
	asJSON := fl.Bool("json", false, "one JSON object a generation")
	if code, done := env.parse(fl, args); done {
		return code
	}
	data, err := env.data(*dir, *persons)
	if err != nil {
		return env.snapshotFailed("list", err)
	}
	list, err := data.List()
	if err != nil {
		return env.snapshotFailed("list", err)
	}
	for _, g := range list {
		if *asJSON {
			g.Trust = nil
			if code := env.printJSON(g); code != exitOK {
				return code
			}
			continue
		}
		state := env.say("kept")
		switch {
		case g.Bad != "":
			state = env.sentence("damaged: %s", g.Bad)
		case g.Current:
			state = env.say("in use")
		case g.Previous:
			state = env.say("previous")
		}
		fmt.Fprintf(env.Stdout, "%6d  %s  %s  %s  %s  %s\n", g.Generation, g.ID, shanghai(g.AsOf),
			env.sentence("%d rows", g.Rows), state, env.sentence("signed by %s", cmp.Or(g.SignedBy, env.say("nobody"))))
	}
	if len(list) == 0 {
		env.note("no snapshot has been imported")
	}
	return exitOK
}

func snapshotRevert(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot revert", "[options]", "  zhengyan snapshot revert\n")
	dir := dataFlag(fl)
	persons := personsFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	data, err := env.data(*dir, *persons)
	if err != nil {
		return env.snapshotFailed("revert", err)
	}
	g, err := data.Revert(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		err = store.ErrNoSnapshot // nothing was ever imported, so there is no file that says what is in use
	}
	if err != nil {
		return env.snapshotFailed("revert", err)
	}
	fmt.Fprintln(env.Stdout, env.sentence("generation %d (%s, as of %s) is in use", g.Generation, g.ID, shanghai(g.AsOf)))
	return exitOK
}

func snapshotVerify(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot verify", "[options] [FILE]", "  zhengyan snapshot verify\n  zhengyan snapshot verify registry.db\n")
	dir := dataFlag(fl)
	persons := personsFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	progress := env.progress()
	tell := func(done, total int) {
		if progress != nil {
			progress("check", int64(done), int64(total))
		}
	}
	s, o, err := env.openedSnapshot(*dir, *persons, fl.Arg(0))
	if err != nil {
		return env.snapshotFailed("verify", err)
	}
	defer s.Close()
	if o == nil {
		err = s.Verify(ctx, tell)
	} else {
		var data *store.Data
		if data, err = env.data(*dir, *persons); err == nil {
			err = data.Scrub(ctx, o.Info.Generation, tell)
		}
	}
	env.endProgress()
	if err != nil {
		return env.snapshotFailed("verify", err)
	}
	fmt.Fprintln(env.Stdout, env.sentence("%s: all %d rows, indexes and hashes are whole", s.Snapshot().ID, s.Snapshot().Rows))
	return exitOK
}
