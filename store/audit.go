package store

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// AuditEntry is one judgement, or one decision of a person, as the log keeps it. It holds no name, number or picture:
// the file is named by its hash only.
type AuditEntry struct {
	Time         time.Time `json:"time"`
	Clock        string    `json:"clock,omitempty"` // "suspect" where the machine's clock cannot be right
	Action       string    `json:"action"`          // verify, decide, import, revert, trust-add, trust-remove
	FileSHA256   string    `json:"fileSHA256,omitempty"`
	At           time.Time `json:"at,omitzero"` // the instant that was judged for
	Policy       string    `json:"policy,omitempty"`
	Snapshot     string    `json:"snapshot,omitempty"`
	Generation   int       `json:"generation,omitempty"`
	Root         string    `json:"root,omitempty"`
	Staleness    string    `json:"staleness,omitempty"`
	Indication   string    `json:"indication,omitempty"`
	Copy         string    `json:"copy,omitempty"`
	Registration string    `json:"registration,omitempty"`
	Rules        []string  `json:"rules,omitempty"`    // ids of the rules that decided
	Decision     string    `json:"decision,omitempty"` // of a person: accepted, rejected, deferred
	Operator     string    `json:"operator,omitempty"`
	Program      string    `json:"program,omitempty"`
	Note         string    `json:"note,omitempty"`
}

// Limits of the audit log.
const (
	maxAuditEntry = 64 << 10
	maxCheckpoint = 4 << 10
)

// ErrAudit is wrapped by every error that says that the log is not what it was.
var ErrAudit = errors.New("audit log has been changed")

// ErrWitness: what was given as a checkpoint seen outside is none, which says nothing of the log.
var ErrWitness = errors.New("not a checkpoint of an audit log")

const (
	auditFile   = "audit.db"
	auditSecret = "audit.key"
	auditOrigin = "zhengyan-audit"
)

var (
	bucketEntries     = []byte("e")  // number → entry
	bucketHashes      = []byte("h")  // tlog's stored hash index → hash
	bucketCheckpoints = []byte("cp") // size of the tree → signed checkpoint
	bucketAuditMeta   = []byte("meta")
	keyVerifier       = []byte("verifier")
	keyLatest         = []byte("latest") // number of the entry with the latest time since the clock was last said to be right
)

// Audit is the audit log: a Merkle tree over its entries (the transparency log of golang.org/x/mod/sumdb/tlog) with a
// signed checkpoint for each. Whoever holds the machine's key can write another log; a checkpoint that was printed on a
// report or carried away shows that.
type Audit struct {
	db       *bolt.DB
	signer   note.Signer // nil if opened for reading
	verifier note.Verifier
	vkey     string
}

// OpenAudit opens the audit log for appending, and starts it where there has been none. random gives the bytes of a new
// key. A log that has been there and is gone or empty is an error that wraps ErrAudit, never a new log.
func (d *Data) OpenAudit(random io.Reader) (*Audit, error) {
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return nil, err
	}
	path, secret := filepath.Join(d.dir, auditFile), filepath.Join(d.dir, auditSecret)
	skey, err := readLimited(secret, maxCheckpoint)
	fresh := missing(err)
	if err != nil && !fresh {
		return nil, err
	}
	st, err := os.Stat(path)
	switch {
	case fresh && err == nil:
		return nil, fmt.Errorf("%w: %s is there but its key is gone", ErrAudit, auditFile)
	case !fresh && (missing(err) || (err == nil && st.Size() == 0)):
		return nil, fmt.Errorf("%w: %s is gone", ErrAudit, auditFile)
	case err != nil && !missing(err):
		return nil, err
	}
	vkey := ""
	if fresh {
		sk, vk, err := note.GenerateKey(random, auditOrigin)
		if err != nil {
			return nil, err
		}
		skey, vkey = []byte(sk), vk
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(skey)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", auditSecret, err)
	}
	db, err := openAuditDB(path, false)
	if err != nil {
		return nil, err
	}
	a := &Audit{db: db, signer: signer}
	if fresh { // the log first: a key without a log would say that a log is gone
		if err := a.start(vkey, secret, skey); err != nil {
			db.Close()
			return nil, errors.Join(err, os.Remove(path))
		}
	}
	return a, a.ready()
}

func (a *Audit) start(vkey, secret string, skey []byte) error {
	err := a.db.Update(func(tx *bolt.Tx) error {
		for _, b := range [][]byte{bucketEntries, bucketHashes, bucketCheckpoints, bucketAuditMeta} {
			if _, err := tx.CreateBucket(b); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketAuditMeta).Put(keyVerifier, []byte(vkey))
	})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(secret, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(skey, '\n')); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(secret))
}

// ReadAudit opens the audit log for reading only. The error wraps fs.ErrNotExist if there is none.
func (d *Data) ReadAudit() (*Audit, error) {
	path := filepath.Join(d.dir, auditFile)
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.Size() == 0 {
		return nil, fmt.Errorf("%w: %s is empty", ErrAudit, auditFile)
	}
	db, err := openAuditDB(path, true)
	if err != nil {
		return nil, err
	}
	a := &Audit{db: db}
	return a, a.ready()
}

// view reads, and turns what bbolt does on a damaged file into an error.
func (a *Audit) view(f func(*bolt.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: reading failed: %v", ErrAudit, p)
		}
	}()
	return a.db.View(f)
}

func openAuditDB(path string, readOnly bool) (*bolt.DB, error) {
	if f, err := os.Open(path); err == nil {
		st, err := f.Stat()
		if err == nil {
			err = checkSkeleton(f, st.Size(), true)
		}
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", filepath.Base(path), ErrAudit, err)
		}
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, ReadOnly: readOnly, PageSize: pageSize})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrBusy
	}
	return db, err
}

// ready reads the key that checkpoints are verified with; on an error the log is closed.
func (a *Audit) ready() (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, a.db.Close())
		}
	}()
	return a.view(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketAuditMeta)
		if meta == nil || tx.Bucket(bucketEntries) == nil || tx.Bucket(bucketHashes) == nil || tx.Bucket(bucketCheckpoints) == nil {
			return fmt.Errorf("%w: tables are missing", ErrAudit)
		}
		a.vkey = string(meta.Get(keyVerifier))
		v, err := note.NewVerifier(a.vkey)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrAudit, err)
		}
		if a.signer != nil && (v.Name() != a.signer.Name() || v.KeyHash() != a.signer.KeyHash()) {
			return fmt.Errorf("%w: the log is of another key than %s", ErrAudit, auditSecret)
		}
		a.verifier = v
		return nil
	})
}

// Close lets go of the file.
func (a *Audit) Close() error { return a.db.Close() }

// VerifierKey is the public key of the log's checkpoints, in the form of golang.org/x/mod/sumdb/note.
func (a *Audit) VerifierKey() string { return a.vkey }

// hashes reads stored hashes from a transaction.
type hashes struct{ b *bolt.Bucket }

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		v := h.b.Get(key64(x))
		if len(v) != tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d is missing", ErrAudit, x)
		}
		copy(out[i][:], v)
	}
	return out, nil
}

func key64(i int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(i)) }

func sizeOf(tx *bolt.Tx) int64 {
	k, _ := tx.Bucket(bucketEntries).Cursor().Last()
	if len(k) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(k)) + 1
}

// Append writes an entry and returns its number and the signed checkpoint of the log that now holds it. When it returns
// without an error, the entry is on the disk.
func (a *Audit) Append(e AuditEntry) (number int64, checkpoint string, err error) {
	if a.signer == nil {
		return 0, "", errors.New("audit log is open for reading only")
	}
	if e.Time.IsZero() || e.Action == "" {
		return 0, "", errors.New("audit entry without time or action")
	}
	text, err := json.Marshal(e)
	if err != nil {
		return 0, "", err
	}
	if len(text) > maxAuditEntry {
		return 0, "", fmt.Errorf("audit entry of %d bytes", len(text))
	}
	err = a.db.Update(func(tx *bolt.Tx) error {
		number = sizeOf(tx)
		hb := tx.Bucket(bucketHashes)
		hb.FillPercent = 1
		hs, err := tlog.StoredHashes(number, text, hashes{hb})
		if err != nil {
			return err
		}
		first := tlog.StoredHashIndex(0, number)
		for i, h := range hs {
			if err := hb.Put(key64(first+int64(i)), h[:]); err != nil {
				return err
			}
		}
		eb := tx.Bucket(bucketEntries)
		eb.FillPercent = 1
		latest, found, err := latestOf(tx)
		if err != nil {
			return err
		}
		if err := eb.Put(key64(number), text); err != nil {
			return err
		}
		if !found || e.Action == actionClockReset || !e.Time.Before(latest.Time) {
			if err := tx.Bucket(bucketAuditMeta).Put(keyLatest, key64(number)); err != nil {
				return err
			}
		}
		root, err := tlog.TreeHash(number+1, hashes{hb})
		if err != nil {
			return err
		}
		signed, err := note.Sign(&note.Note{Text: checkpointText(number+1, root)}, a.signer)
		if err != nil {
			return err
		}
		checkpoint = string(signed)
		cb := tx.Bucket(bucketCheckpoints)
		cb.FillPercent = 1
		return cb.Put(key64(number+1), signed)
	})
	return number, checkpoint, err
}

// checkpointText is the body of a checkpoint: origin, size of the tree, root (the C2SP tlog-checkpoint format).
func checkpointText(size int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", auditOrigin, size, base64.StdEncoding.EncodeToString(root[:]))
}

func parseCheckpoint(signed []byte, v note.Verifier) (size int64, root tlog.Hash, err error) {
	if len(signed) > maxCheckpoint {
		return 0, root, fmt.Errorf("%w: checkpoint of %d bytes", ErrAudit, len(signed))
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return 0, root, fmt.Errorf("%w: checkpoint: %w", ErrAudit, err)
	}
	var origin, b64 string
	if _, err := fmt.Sscanf(n.Text, "%s\n%d\n%s\n", &origin, &size, &b64); err != nil || origin != auditOrigin || size < 0 {
		return 0, root, fmt.Errorf("%w: checkpoint does not read", ErrAudit)
	}
	raw, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(raw) != tlog.HashSize || n.Text != checkpointText(size, tlog.Hash(raw)) {
		return 0, root, fmt.Errorf("%w: checkpoint does not read", ErrAudit)
	}
	return size, tlog.Hash(raw), nil
}

// Len is the number of entries.
func (a *Audit) Len() (n int64, err error) {
	err = a.view(func(tx *bolt.Tx) error { n = sizeOf(tx); return nil })
	return n, err
}

// Checkpoint is the newest signed checkpoint, "" for an empty log. It goes on reports and home on the stick.
func (a *Audit) Checkpoint() (cp string, err error) {
	err = a.view(func(tx *bolt.Tx) error {
		_, v := tx.Bucket(bucketCheckpoints).Cursor().Last()
		cp = string(v)
		return nil
	})
	return cp, err
}

// Entries calls f for the entries from first on.
func (a *Audit) Entries(ctx context.Context, first int64, f func(number int64, e AuditEntry) error) error {
	return a.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketEntries).Cursor()
		for k, v := c.Seek(key64(first)); k != nil; k, v = c.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			var e AuditEntry
			if err := json.Unmarshal(v, &e); err != nil || len(k) != 8 {
				return fmt.Errorf("%w: entry %x does not read", ErrAudit, k)
			}
			if err := f(int64(binary.BigEndian.Uint64(k)), e); err != nil {
				return err
			}
		}
		return nil
	})
}
