package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"filippo.io/age"
)

// An encrypted snapshot is the same file with every value of its buckets sealed by AES-256-GCM under a key of its own
// generation. The tree stands over what is sealed, so a path is checked before anything is opened, and a machine without
// the key can still carry the file and compare its SHA-256 with what the publisher has signed; to read it completely
// (Snapshot.Verify, Data.Scrub) takes the key. The key is in the file, wrapped by age for each machine; who is to be left
// out is not among the recipients of the next generation.
//
// What this does not hide: the number of rows, how many have which status, how large the dictionaries are, the day, the
// source, and the first hash of each index page. Nor does it help once a machine's own key is read from its disk.

// cipherName is the one way of sealing that there is.
const cipherName = "AES-256-GCM"

const (
	sealBytes   = 16       // that a sealed value is longer than what is in it
	blockKey    = 32       // bytes of the key of a generation
	deltaSalt   = 32       // bytes of the salt that the key of a sealed delta is made with
	maxWrapped  = 1 << 20  // bytes of the wrapped keys: 98 for each X25519 recipient, so more than maxRecipients of them
	maxSecrets  = 64 << 10 // bytes of what is wrapped
	ordinalSize = 4        // bytes at the start of a value that are not sealed: its place in the tree
	// maxStanzas is the most recipients of one age file. age refuses to read a header of more than 1024, but writes it.
	maxStanzas = 1000
)

// Errors of encrypted snapshots. None of them means "not found", and none that the file is damaged.
var (
	// ErrLocked: the snapshot is encrypted, and this machine's key does not open it.
	ErrLocked = errors.New("registry snapshot is encrypted")
	// ErrNoMachineKey: the data folder holds no key of this machine.
	ErrNoMachineKey = errors.New("this machine has no key yet")
)

// cipherInfo is the part of a manifest that says how the values are sealed.
type cipherInfo struct {
	Name  string `json:"name"`
	Keys  string `json:"keys"`  // SHA-256 of the wrapped keys
	Check string `json:"check"` // what tells the right key from another: HKDF of it
}

// secrets is what is wrapped for the machines.
type secrets struct {
	Format string `json:"format"`
	Block  []byte `json:"block"` // the key of the generation
	// Pepper is the secret that person keys are made with; only a person index has one.
	Pepper []byte `json:"pepper,omitempty"`
}

const secretsFormat = "zhengyan-keys/1"

// lockbox is what a file is sealed with: the key, and how it is wrapped.
type lockbox struct {
	secrets
	info    cipherInfo
	wrapped []byte
	aead    cipher.AEAD
}

// newLockbox makes a key for a new generation and wraps it. A key is never used for a second one: the nonces are the places
// of the values.
func newLockbox(recipients []age.Recipient, pepper []byte) (*lockbox, error) {
	s := secrets{Format: secretsFormat, Block: make([]byte, blockKey), Pepper: pepper}
	if _, err := rand.Read(s.Block); err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	wrapped, err := wrap(text, recipients)
	if err != nil {
		return nil, err
	}
	check, err := keyCheck(s.Block)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(wrapped)
	return openLockbox(s, cipherInfo{Name: cipherName, Keys: hex.EncodeToString(sum[:]), Check: check}, wrapped)
}

// wrap makes the wrapped keys: age files of at most maxStanzas recipients each, with their lengths (4 bytes, big-endian)
// before them.
func wrap(text []byte, recipients []age.Recipient) (wrapped []byte, err error) {
	if len(recipients) == 0 || len(recipients) > maxRecipients {
		return nil, fmt.Errorf("keys for %d machines: there must be 1 to %d", len(recipients), maxRecipients)
	}
	for part := range slices.Chunk(recipients, maxStanzas) {
		var b bytes.Buffer
		w, err := age.Encrypt(&b, part...)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		wrapped = append(binary.BigEndian.AppendUint32(wrapped, uint32(b.Len())), b.Bytes()...)
	}
	if len(wrapped) > maxWrapped {
		return nil, fmt.Errorf("keys for %d machines take more than %d bytes", len(recipients), maxWrapped)
	}
	return wrapped, nil
}

func keyCheck(key []byte) (string, error) {
	b, err := hkdf.Key(sha256.New, key, nil, "zhengyan registry key check", 16)
	return hex.EncodeToString(b), err
}

func openLockbox(s secrets, info cipherInfo, wrapped []byte) (*lockbox, error) {
	block, err := aes.NewCipher(s.Block)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &lockbox{secrets: s, info: info, wrapped: wrapped, aead: aead}, err
}

// unwrap opens wrapped keys by the key of this machine. slot is where it is looked for first, and at the end where it was
// found: 1 for the first of all; 0 is unknown.
func unwrap(info cipherInfo, wrapped []byte, m *MachineKey, slot *int) (*lockbox, error) {
	if m == nil {
		return nil, fmt.Errorf("%w: %w", ErrLocked, ErrNoMachineKey)
	}
	if sum := sha256.Sum256(wrapped); hex.EncodeToString(sum[:]) != info.Keys {
		return nil, damaged("bucket", "keys")
	}
	text, err := unwrapText(wrapped, m, slot)
	if err != nil {
		return nil, err
	}
	var s secrets
	if err := json.Unmarshal(text, &s); err != nil || s.Format != secretsFormat || len(s.Block) != blockKey {
		return nil, fmt.Errorf("%w: its keys are of another form", ErrLocked)
	}
	if check, err := keyCheck(s.Block); err != nil || check != info.Check {
		return nil, fmt.Errorf("%w: the key in it is that of another snapshot", ErrLocked)
	}
	return openLockbox(s, info, wrapped)
}

// unwrapText opens the one of the age files that is meant for this machine. Which stanza that is can only be found by trying,
// at a curve operation each: so it is remembered (slot), which tells nobody more than that, and all are tried where it is
// another one.
func unwrapText(wrapped []byte, m *MachineKey, slot *int) ([]byte, error) {
	if *slot > 0 {
		text, err := unwrapWith(wrapped, &stanzaFinder{identities: m.identities, only: *slot - 1})
		if err == nil && text != nil {
			return text, nil
		}
	}
	*slot = 0
	f := &stanzaFinder{identities: m.identities, only: -1}
	text, err := unwrapWith(wrapped, f)
	if err == nil && text == nil {
		err = fmt.Errorf("%w: it is not meant for this machine (%s)", ErrLocked, m.Recipient)
	}
	if err == nil {
		*slot = f.found + 1
	}
	return text, err
}

// unwrapWith returns nil where no stanza is for f.
func unwrapWith(wrapped []byte, f *stanzaFinder) ([]byte, error) {
	for ; len(wrapped) > 0; f.before += maxStanzas {
		if len(wrapped) < 4 || uint64(binary.BigEndian.Uint32(wrapped)) > uint64(len(wrapped)-4) {
			return nil, fmt.Errorf("%w: its keys are of another form", ErrLocked)
		}
		end := 4 + int(binary.BigEndian.Uint32(wrapped))
		if f.only >= f.before+maxStanzas {
			wrapped = wrapped[end:]
			continue
		}
		r, err := age.Decrypt(bytes.NewReader(wrapped[4:end]), f)
		var text []byte
		if err == nil {
			text, err = io.ReadAll(io.LimitReader(r, maxSecrets))
		}
		if err == nil {
			return text, nil
		}
		if none := (*age.NoIdentityMatchError)(nil); !errors.As(err, &none) {
			return nil, fmt.Errorf("%w: its keys do not read: %w", ErrLocked, err)
		}
		if f.only >= 0 {
			return nil, fmt.Errorf("%w: another stanza", ErrLocked)
		}
		wrapped = wrapped[end:]
	}
	return nil, nil
}

// stanzaFinder is an age.Identity that tries stanzas one by one, or only one of them, and notes which it was.
type stanzaFinder struct {
	identities []age.Identity
	only       int // among the stanzas of all parts; -1: any
	before     int // stanzas of the parts before
	found      int
}

// Unwrap implements age.Identity.
func (f *stanzaFinder) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for i, s := range stanzas {
		if f.only >= 0 && f.before+i != f.only {
			continue
		}
		for _, id := range f.identities {
			key, err := id.Unwrap([]*age.Stanza{s})
			if errors.Is(err, age.ErrIncorrectIdentity) {
				continue
			}
			f.found = f.before + i
			return key, err
		}
	}
	return nil, age.ErrIncorrectIdentity
}

// nonce is the place of a value, which no other value under the same key has.
func nonce(tree byte, ordinal []byte) (n [12]byte) {
	n[0] = tree
	copy(n[8:], ordinal[:ordinalSize])
	return n
}

// seal appends a value as it stands in the file.
func (l *lockbox) seal(dst []byte, tree byte, key, value []byte) []byte {
	n := nonce(tree, value)
	return l.aead.Seal(append(dst, value[:ordinalSize]...), n[:], value[ordinalSize:], key)
}

// open turns a sealed value into what was sealed, in its own place. That the key is the right one has been proved when it
// was unwrapped, so what it does not open is damaged.
func (l *lockbox) open(tree byte, key, value []byte) ([]byte, error) {
	if len(value) < ordinalSize+sealBytes {
		return nil, damaged("sealed value too short:", hex.EncodeToString(key))
	}
	n := nonce(tree, value)
	text, err := l.aead.Open(value[ordinalSize:ordinalSize], n[:], value[ordinalSize:], key)
	if err != nil {
		return nil, damaged("sealed value does not open:", hex.EncodeToString(key))
	}
	return value[:ordinalSize+len(text)], nil
}

// deltaAEAD seals a delta that leads to the snapshot of this key. The salt is random and makes a key that no other delta
// has, also where the same pair is written again, so the nonce may always be the same.
func (l *lockbox) deltaAEAD(salt []byte, from, to string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, l.Block, salt, "zhengyan delta "+from+" "+to, blockKey)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Use gives the snapshot the key of this machine, by which it opens itself if it is encrypted. The error wraps ErrLocked
// where the key does not fit; lookups then give the same error. It must be called before the snapshot is asked anything.
func (s *Snapshot) Use(m *MachineKey) error {
	s.machine = m
	if s.m.Cipher == nil {
		return nil
	}
	s.box, s.locked = unwrap(*s.m.Cipher, s.wrapped, m, &s.slot)
	return s.locked
}

// Encrypted reports whether the snapshot is encrypted; locked is why it cannot be read on this machine, nil if it can.
func (s *Snapshot) Encrypted() (yes bool, locked error) {
	return s.m.Cipher != nil, s.locked
}

// plain is a value as it was before it was sealed; buf holds what is opened.
func (s *Snapshot) plain(tree byte, key, value []byte, buf *[]byte) ([]byte, error) {
	switch {
	case s.locked != nil:
		return nil, s.locked
	case s.box == nil:
		return value, nil
	}
	*buf = append((*buf)[:0], value...)
	return s.box.open(tree, key, *buf)
}

// keyRing is what a feed carries of an encrypted snapshot apart: the wrapped keys.
type keyRing struct {
	Cipher cipherInfo `json:"cipher"`
	Keys   []byte     `json:"keys"`
}

// mayRead reports whether the key of this machine opens what a feed's key ring belongs to; the error wraps ErrLocked if not.
func (d *Data) mayRead(ring []byte, slot *int) error {
	var k keyRing
	if err := json.Unmarshal(ring, &k); err != nil {
		return fmt.Errorf("key ring: %w", err)
	}
	m, err := d.MachineKey()
	if err != nil && !errors.Is(err, ErrNoMachineKey) {
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	_, err = unwrap(k.Cipher, k.Keys, m, slot)
	return err
}

// room is what a block may take of a page's half when it is sealed, or not.
func (l *lockbox) room(limit int) int {
	if l == nil {
		return limit
	}
	return limit - sealBytes
}

// ordinalOf is the place of a value in its tree.
func ordinalOf(value []byte) uint32 { return binary.BigEndian.Uint32(value) }
