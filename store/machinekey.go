package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"filippo.io/age"
)

// MachineKey is the key by which this machine opens snapshots that are encrypted for it.
type MachineKey struct {
	identities []age.Identity
	// Recipient is what a publisher encrypts for this machine with; it is no secret.
	Recipient string
}

const (
	machineKeyFile = "machine.key"
	maxMachineKey  = 64 << 10
	maxRecipients  = 10_000 // in files of maxStanzas each; X25519 ones fit into maxWrapped
)

// MachineKey reads the key of this machine. The error wraps ErrNoMachineKey where there is none.
func (d *Data) MachineKey() (*MachineKey, error) {
	m, err := ReadMachineKey(filepath.Join(d.keys, machineKeyFile))
	if missing(err) {
		return nil, ErrNoMachineKey
	}
	return m, err
}

// MakeMachineKey returns the key of this machine and makes one if there is none: X25519, in a file that only its owner may
// read. Who can read the disk as its owner has the key.
func (d *Data) MakeMachineKey() (*MachineKey, error) {
	m, err := d.MachineKey()
	if !errors.Is(err, ErrNoMachineKey) {
		return m, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	unlock, err := d.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	path := filepath.Join(d.keys, machineKeyFile)
	if _, err := os.Lstat(path); !missing(err) { // another program was faster
		return ReadMachineKey(path)
	}
	if err := writeSecret(path, fmt.Sprintf("# public key: %s\n%s\n", id.Recipient(), id)); err != nil {
		return nil, err
	}
	return &MachineKey{identities: []age.Identity{id}, Recipient: id.Recipient().String()}, nil
}

// writeSecret makes a file that only its owner may read. Where it fails, the secret does not stay behind under another name.
func writeSecret(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".machine-*") // created with 0600
	if err != nil {
		return err
	}
	_, werr := f.WriteString(text)
	if err = errors.Join(werr, f.Sync(), f.Close()); err == nil {
		err = place(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, ignoreMissing(os.Remove(f.Name())))
	}
	return err
}

// WriteNewSecret makes a file that only its owner may read and makes it last. It never replaces one: the error wraps
// fs.ErrExist then. Where writing fails, nothing is left.
func WriteNewSecret(path string, text []byte) error {
	return newSecretFile(path, func(f *os.File) error { _, err := f.Write(text); return err })
}

func newSecretFile(path string, write func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return syncDir(filepath.Dir(path))
}

// ReadMachineKey reads a key as age-keygen writes it. A file that others may read is refused.
func ReadMachineKey(path string) (*MachineKey, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := ownersAlone(f); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxMachineKey))
	if err != nil {
		return nil, err
	}
	m := &MachineKey{}
	if m.identities, err = age.ParseIdentities(bytes.NewReader(b)); err != nil {
		return nil, fmt.Errorf("%s: no key of a machine: %w", path, err)
	}
	if x, ok := m.identities[0].(*age.X25519Identity); ok {
		m.Recipient = x.Recipient().String()
	}
	return m, nil
}

// ownersAlone refuses a file that holds a secret and that others than its owner may read.
func ownersAlone(f *os.File) (os.FileInfo, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", f.Name())
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 { // Windows says 0666 of every file
		return nil, fmt.Errorf("%s: others may read it (%#o); a secret must be for its owner alone (0600)", f.Name(), st.Mode().Perm())
	}
	return st, nil
}

// Recipients are the machines that a snapshot is encrypted for.
type Recipients []age.Recipient

// ParseRecipients reads recipients, one a line ("age1…"); empty lines and lines that begin with # are left out. Where there
// are none the list is empty but not nil, so that nothing is built unencrypted for it.
func ParseRecipients(r io.Reader) (Recipients, error) {
	list := Recipients{}
	sc := bufio.NewScanner(r)
	for line := 1; sc.Scan(); line++ {
		text := strings.TrimSpace(sc.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		one, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if list = append(list, one...); len(list) > maxRecipients {
			return nil, fmt.Errorf("more than %d recipients", maxRecipients)
		}
	}
	return list, sc.Err()
}

// openFor opens a snapshot file of this folder by the key of this machine, which is looked for first at slot (unwrap). A
// snapshot that this machine cannot read is returned all the same; its lookups say why.
func (d *Data) openFor(path, name string, every bool, slot int) (*Snapshot, error) {
	s, err := openSnapshot(path, name, every)
	if err != nil {
		return nil, err
	}
	s.slot = slot
	m, err := d.MachineKey()
	switch {
	case errors.Is(err, ErrNoMachineKey):
	case err != nil && s.m.Cipher != nil:
		s.locked = fmt.Errorf("%w: %w", ErrLocked, err)
	case err == nil:
		_ = s.Use(m) // kept in s.locked
	}
	return s, nil
}
