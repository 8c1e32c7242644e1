package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"zhengyan/store"
)

const machineKeyExamples = `  zhengyan snapshot machine-key > kiosk-12.txt
  zhengyan snapshot build --recipients machines.txt --as-of 2026-06-01 --out registry.db rows.csv
`

// lockedHint is the way out where a snapshot is not encrypted for this machine.
const lockedHint = "give the publisher what \"zhengyan snapshot machine-key\" prints; the next snapshot can then be read here"

// snapshotMachineKey prints what a publisher encrypts for this machine with, and makes its key if it has none.
func snapshotMachineKey(_ context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot machine-key", "[options]", machineKeyExamples)
	dir := dataFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	data, err := store.OpenData(env.dataDir(*dir))
	var m *store.MachineKey
	if err == nil {
		m, err = data.MakeMachineKey()
	}
	if err != nil {
		return env.fail(exitUnreadable, "snapshot machine-key: %v", err)
	}
	fmt.Fprintln(env.Stdout, m.Recipient)
	env.note("this line is no secret: it goes to the publisher; machine.key in the data folder stays here")
	return exitOK
}

// recipientFlags are the options that say which machines may read what is built.
type recipientFlags struct {
	one, files []string
	set        *pflag.FlagSet
}

func (r *recipientFlags) add(fl *pflag.FlagSet) {
	r.set = fl
	fl.StringSliceVar(&r.one, "recipient", nil, "encrypt for this machine (age1...); may be given again")
	fl.StringSliceVar(&r.files, "recipients", nil, "encrypt for the machines in this file, one a line")
}

// read returns nil if neither option was given. One that was given and names nobody (a variable that is not set) is an
// error, for it would be built unencrypted.
func (r *recipientFlags) read() (list store.Recipients, err error) {
	if r.set.Changed("recipient") {
		if list, err = store.ParseRecipients(strings.NewReader(strings.Join(r.one, "\n"))); err != nil {
			return nil, misused("--recipient: %v", err)
		}
		if len(list) == 0 {
			return nil, misused("--recipient names no machine")
		}
	}
	if r.set.Changed("recipients") && len(r.files) == 0 {
		return nil, misused("--recipients names no file")
	}
	for _, path := range r.files {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		more, err := store.ParseRecipients(f)
		f.Close() // only read from
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(more) == 0 {
			return nil, speak("%s: no recipients", path) // else it would be built unencrypted
		}
		list = append(list, more...)
	}
	return list, nil
}

// identityFlag adds --identity.
func identityFlag(fl *pflag.FlagSet) *string {
	return fl.String("identity", "", "key that opens encrypted snapshots (default: machine.key of the data folder)")
}

// machineKey is the key in a file, else that of the data folder; nil without an error where there is none.
func (env *environment) machineKey(dir, file string) (*store.MachineKey, error) {
	if file != "" {
		return store.ReadMachineKey(file)
	}
	data, err := store.OpenData(env.dataDir(dir))
	if err != nil {
		return nil, err
	}
	m, err := data.MachineKey()
	if errors.Is(err, store.ErrNoMachineKey) {
		return nil, nil
	}
	return m, err
}

// openFile opens a snapshot file with the key. One that it does not open is returned too: what it is can be read all the same.
func openFile(path string, m *store.MachineKey) (*store.Snapshot, error) {
	s, err := store.OpenSnapshot(path)
	if err != nil {
		return nil, err
	}
	if err := s.Use(m); err != nil && !errors.Is(err, store.ErrLocked) {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
