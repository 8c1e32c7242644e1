package feed

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Lifetimes of the publisher's roles (STORE: root offline for years, the timestamp renewed daily).
const (
	rootYears     = 10
	targetsMonths = 6
	timestampDays = 7
)

// Keys are the publisher's private keys. The root keys belong on media of their own; they are needed to begin and to
// rotate only. A role whose key is nil cannot be signed here.
type Keys struct {
	Root                         []ed25519.PrivateKey
	Targets, Snapshot, Timestamp ed25519.PrivateKey
	SM2                          *sm2.PrivateKey // nil: no SM2 signature
}

// GenerateKeys makes new keys, with roots root keys.
func GenerateKeys(roots int, withSM2 bool) (*Keys, error) {
	k := &Keys{}
	gen := func() ed25519.PrivateKey {
		_, key, _ := ed25519.GenerateKey(rand.Reader) // crypto/rand does not fail
		return key
	}
	for range roots {
		k.Root = append(k.Root, gen())
	}
	k.Targets, k.Snapshot, k.Timestamp = gen(), gen(), gen()
	if withSM2 {
		var err error
		if k.SM2, err = sm2.GenerateKey(rand.Reader); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// Save writes the keys as PKCS#8 PEM files, readable by the owner only; it overwrites none.
func (k *Keys) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	files := map[string]any{"targets": k.Targets, "snapshot": k.Snapshot, "timestamp": k.Timestamp}
	for i, r := range k.Root {
		files[fmt.Sprintf("root-%d", i+1)] = r
	}
	if k.SM2 != nil {
		files["sm2"] = k.SM2
	}
	for name, key := range files {
		der, err := smx509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(filepath.Join(dir, name+".pem"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if err := errors.Join(pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// LoadKeys reads the keys that are in a folder; the missing ones stay nil.
func LoadKeys(dir string) (*Keys, error) {
	k := &Keys{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".pem")
		if !ok {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		blk, _ := pem.Decode(b)
		if blk == nil {
			return nil, fmt.Errorf("%s: no PEM", e.Name())
		}
		var key any
		if key, err = x509.ParsePKCS8PrivateKey(blk.Bytes); err != nil {
			if key, err = smx509.ParsePKCS8PrivateKey(blk.Bytes); err != nil {
				return nil, fmt.Errorf("%s: %w", e.Name(), err)
			}
		}
		if s, ok := key.(*sm2.PrivateKey); ok && name == "sm2" {
			k.SM2 = s
			continue
		}
		ed, ok := key.(ed25519.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("%s: not an Ed25519 key", e.Name())
		}
		switch {
		case strings.HasPrefix(name, "root-"):
			k.Root = append(k.Root, ed)
		case name == "targets":
			k.Targets = ed
		case name == "snapshot":
			k.Snapshot = ed
		case name == "timestamp":
			k.Timestamp = ed
		}
	}
	return k, nil
}

// Publisher writes a feed into a folder.
type Publisher struct {
	Dir  string
	Keys *Keys
	Now  time.Time // the instant of signing
}

// ErrKeyMissing: a role cannot be signed with the keys at hand.
var ErrKeyMissing = errors.New("key is missing")

func (p *Publisher) path(parts ...string) string {
	return filepath.Join(append([]string{p.Dir}, parts...)...)
}

// Begin writes the first root. name is the publisher's name for people, threshold the number of root keys that must agree.
func (p *Publisher) Begin(name string, threshold int) error {
	if _, err := p.latest("root"); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s: a feed is there already", p.Dir), err)
	}
	root := metadata.Root(p.Now.AddDate(rootYears, 0, 0).UTC())
	root.Signed.ConsistentSnapshot = true
	return p.writeRoot(root, name, threshold, p.Keys.Root)
}

// Rotate writes the next root: the keys of next replace those in use. Keys must hold the root keys in use.
func (p *Publisher) Rotate(next *Keys, threshold int) error {
	old, err := p.root()
	if err != nil {
		return err
	}
	root := metadata.Root(p.Now.AddDate(rootYears, 0, 0).UTC())
	root.Signed.ConsistentSnapshot = true
	root.Signed.Version = old.Signed.Version + 1
	name, _ := old.Signed.UnrecognizedFields[fieldName].(string)
	signers := slices.Concat(p.Keys.Root, next.Root)
	p.Keys = next
	return p.writeRoot(root, name, threshold, signers)
}

func (p *Publisher) writeRoot(root *metadata.Metadata[metadata.RootType], name string, threshold int, signers []ed25519.PrivateKey) error {
	k := p.Keys
	if threshold < 1 || len(k.Root) < threshold || k.Targets == nil || k.Snapshot == nil || k.Timestamp == nil {
		return fmt.Errorf("%w: a root names the keys of all roles", ErrKeyMissing)
	}
	root.Signed.UnrecognizedFields = map[string]any{fieldName: name}
	if k.SM2 != nil {
		root.Signed.UnrecognizedFields[fieldSM2] = sm2Demand{Keys: map[string]string{sm2ID(&k.SM2.PublicKey): sm2Point(&k.SM2.PublicKey)}, Threshold: 1}
	}
	for role, keys := range map[string][]ed25519.PrivateKey{
		metadata.ROOT: k.Root, metadata.TARGETS: {k.Targets}, metadata.SNAPSHOT: {k.Snapshot}, metadata.TIMESTAMP: {k.Timestamp},
	} {
		for _, key := range keys {
			pub, err := metadata.KeyFromPublicKey(key.Public())
			if err != nil {
				return err
			}
			if err := root.Signed.AddKey(pub, role); err != nil {
				return err
			}
		}
	}
	root.Signed.Roles[metadata.ROOT].Threshold = threshold
	return writeSigned(p, root, fmt.Sprintf("%d.root.json", root.Signed.Version), signers...)
}

// latest returns the name of the newest numbered file of a role.
func (p *Publisher) latest(role string) (int64, error) {
	names, err := os.ReadDir(p.path("metadata"))
	if err != nil {
		return 0, err
	}
	top := int64(0)
	for _, e := range names {
		var n int64
		if _, err := fmt.Sscanf(e.Name(), "%d."+role+".json", &n); err == nil && e.Name() == fmt.Sprintf("%d.%s.json", n, role) {
			top = max(top, n)
		}
	}
	if top == 0 {
		return 0, fs.ErrNotExist
	}
	return top, nil
}

func (p *Publisher) root() (*metadata.Metadata[metadata.RootType], error) {
	n, err := p.latest("root")
	if err != nil {
		return nil, fmt.Errorf("%s: no feed: %w", p.Dir, err)
	}
	return metadata.Root().FromFile(p.path("metadata", fmt.Sprintf("%d.root.json", n)))
}

// RootFile is the newest root as it must be brought to the machines.
func (p *Publisher) RootFile() ([]byte, error) {
	n, err := p.latest("root")
	if err != nil {
		return nil, err
	}
	return os.ReadFile(p.path("metadata", fmt.Sprintf("%d.root.json", n)))
}

func writeSigned[T metadata.Roles](p *Publisher, m *metadata.Metadata[T], name string, keys ...ed25519.PrivateKey) error {
	m.ClearSignatures()
	done := map[string]bool{}
	for _, key := range keys {
		if key == nil {
			return fmt.Errorf("%w: for %s", ErrKeyMissing, name)
		}
		if done[string(key)] {
			continue
		}
		done[string(key)] = true
		s, err := signature.LoadSigner(key, crypto.Hash(0))
		if err != nil {
			return err
		}
		if _, err := m.Sign(s); err != nil {
			return err
		}
	}
	b, err := m.ToBytes(false)
	if err != nil {
		return err
	}
	return writeFile(p.path("metadata", name), b)
}

// writeFile puts a file in its place whole: a server may be reading.
func writeFile(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	_, werr := f.Write(b)
	if err := errors.Join(werr, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}

// Fits refuses a snapshot of another kind than the feed carries, with ErrOtherKind. A feed that is empty fits, and so does one
// whose index does not read: publishing mends it, and machines look at the kind themselves.
func (p *Publisher) Fits(kind string) error {
	x, err := p.published()
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	if is := x.Snapshot.Kind; is != "" && kind != "" && is != kind {
		return fmt.Errorf("%s: %w: %s and not %s", p.Dir, ErrOtherKind, is, kind)
	}
	return nil
}

// published is the index of what the feed carries now.
func (p *Publisher) published() (*Index, error) {
	n, err := p.latest("targets")
	if err != nil {
		return nil, err
	}
	t, err := metadata.Targets().FromFile(p.path("metadata", fmt.Sprintf("%d.targets.json", n)))
	if err != nil {
		return nil, err
	}
	entry, ok := t.Signed.Targets[indexName]
	if !ok {
		return nil, fmt.Errorf("%s: %w", indexName, fs.ErrNotExist)
	}
	b, err := os.ReadFile(p.path(filepath.FromSlash(File{Name: indexName, SHA256: entry.Hashes["sha256"].String()}.path())))
	if err != nil {
		return nil, err
	}
	return parseIndex(b)
}

// Publish puts a snapshot file into the feed, cut into parts, with the deltas that lead to it, and signs it. Deltas are
// files by the root of the snapshot that they change. Targets that no one needs any more are removed.
func (p *Publisher) Publish(ctx context.Context, snapshot string, c Content, deltas map[string]string) error {
	if err := p.Fits(c.Kind); err != nil {
		return err
	}
	x := Index{Snapshot: c}
	var err error
	whole := sha256.New()
	if x.Parts, err = p.split(ctx, snapshot, whole); err != nil {
		return err
	}
	// Machines prove the parts, and take the file's hash from the index.
	if sum := hex.EncodeToString(whole.Sum(nil)); sum != c.SHA256 {
		return fmt.Errorf("%s was changed while it was published: SHA-256 %s, and before %s", snapshot, sum, c.SHA256)
	}
	for from, path := range deltas {
		files, err := p.split(ctx, path, io.Discard)
		if err != nil {
			return err
		}
		if len(files) != 1 {
			return fmt.Errorf("%s: a delta of more than %d bytes is no use", path, PartSize)
		}
		x.Deltas = append(x.Deltas, Delta{From: from, File: files[0]})
	}
	slices.SortFunc(x.Deltas, func(a, b Delta) int { return strings.Compare(a.From, b.From) })
	if c.KeyRing != nil {
		keys, err := p.small(keysName, c.KeyRing)
		if err != nil {
			return err
		}
		x.Keys = &keys
	}
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	index, err := p.small(indexName, b)
	if err != nil {
		return err
	}
	keep := append(x.files(), index)
	if err := p.sign(keep); err != nil {
		return err
	}
	return p.prune(keep)
}

// small writes a target that is in memory.
func (p *Publisher) small(name string, b []byte) (File, error) {
	sum := sha256.Sum256(b)
	f := File{Name: name, Length: int64(len(b)), SHA256: hex.EncodeToString(sum[:])}
	return f, writeFile(p.path(filepath.FromSlash(f.path())), b)
}

// split copies a file into targets of at most PartSize, and to whole.
func (p *Publisher) split(ctx context.Context, path string, whole io.Writer) (files []File, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if err := os.MkdirAll(p.path("targets"), 0o755); err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out, err := os.CreateTemp(p.path("targets"), ".tmp-*")
		if err != nil {
			return nil, err
		}
		h := sha256.New()
		n, err := io.Copy(io.MultiWriter(out, h, whole), io.LimitReader(in, PartSize))
		if err = errors.Join(err, out.Chmod(0o644), out.Sync(), out.Close()); err != nil || (n == 0 && i > 0) {
			return files, errors.Join(err, os.Remove(out.Name()))
		}
		f := File{Name: fmt.Sprintf("%s.%03d", filepath.Base(path), i), Length: n, SHA256: hex.EncodeToString(h.Sum(nil))}
		if err := os.Rename(out.Name(), p.path(filepath.FromSlash(f.path()))); err != nil {
			return nil, err
		}
		files = append(files, f)
		if n < PartSize {
			return files, nil
		}
	}
}

// sign writes new targets, snapshot and timestamp.
func (p *Publisher) sign(files []File) error {
	if _, err := p.root(); err != nil {
		return err
	}
	version := int64(1)
	if n, err := p.latest("targets"); err == nil {
		version = n + 1
	}
	t := metadata.Targets(p.Now.AddDate(0, targetsMonths, 0).UTC())
	t.Signed.Version = version
	for _, f := range files {
		sum, err := hex.DecodeString(f.SHA256)
		if err != nil {
			return err
		}
		e := metadata.TargetFile()
		e.Length, e.Hashes = f.Length, metadata.Hashes{"sha256": sum}
		t.Signed.Targets[f.Name] = e
	}
	name := fmt.Sprintf("%d.targets.json", version)
	if err := writeSigned(p, t, name, p.Keys.Targets); err != nil {
		return err
	}
	if p.Keys.SM2 != nil {
		b, err := os.ReadFile(p.path("metadata", name))
		if err != nil {
			return err
		}
		s, err := signSM2(p.Keys.SM2, b)
		if err != nil {
			return err
		}
		if b, err = json.Marshal([]sm2Signature{s}); err != nil {
			return err
		}
		if err := writeFile(p.path("metadata", name+".sm2"), b); err != nil {
			return err
		}
	}
	s := metadata.Snapshot(p.Now.AddDate(0, targetsMonths, 0).UTC())
	s.Signed.Version = version
	if n, err := p.latest("snapshot"); err == nil {
		s.Signed.Version = n + 1
	}
	s.Signed.Meta["targets.json"] = metadata.MetaFile(version)
	if err := writeSigned(p, s, fmt.Sprintf("%d.snapshot.json", s.Signed.Version), p.Keys.Snapshot); err != nil {
		return err
	}
	return p.Refresh()
}

// Refresh signs a new timestamp: as of now there is nothing newer than what is published.
func (p *Publisher) Refresh() error {
	n, err := p.latest("snapshot")
	if err != nil {
		return fmt.Errorf("%s: nothing is published: %w", p.Dir, err)
	}
	t := metadata.Timestamp(p.Now.AddDate(0, 0, timestampDays).UTC())
	if old, err := metadata.Timestamp().FromFile(p.path("metadata", "timestamp.json")); err == nil {
		t.Signed.Version = old.Signed.Version + 1
	}
	t.Signed.Meta["snapshot.json"] = metadata.MetaFile(n)
	t.Signed.UnrecognizedFields = map[string]any{fieldIssued: p.Now.UTC().Format(time.RFC3339)}
	return writeSigned(p, t, "timestamp.json", p.Keys.Timestamp)
}

// prune removes targets and numbered metadata of earlier publications; roots stay, for every machine follows them.
func (p *Publisher) prune(keep []File) error {
	entries, err := os.ReadDir(p.path("targets"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.ContainsFunc(keep, func(f File) bool { return filepath.Base(f.path()) == e.Name() }) {
			if err := os.Remove(p.path("targets", e.Name())); err != nil {
				return err
			}
		}
	}
	for _, role := range []string{"snapshot", "targets"} {
		top, err := p.latest(role)
		if err != nil {
			return err
		}
		for n := top - 2; n > 0; n-- { // a machine may be reading the ones before the newest
			name := p.path("metadata", fmt.Sprintf("%d.%s.json", n, role))
			if err := os.Remove(name); errors.Is(err, fs.ErrNotExist) {
				break
			} else if err != nil {
				return err
			}
			if err := os.Remove(name + ".sm2"); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
