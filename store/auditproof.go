package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Verify recomputes the whole log: every entry against its hash, every checkpoint against its signature and the tree,
// no entry and no checkpoint missing. witness is a checkpoint seen outside ("" for none): the log must contain the tree
// that it speaks of; ErrWitness if it is none. It returns the number of entries.
func (a *Audit) Verify(ctx context.Context, witness string) (n int64, err error) {
	var seen int64
	var root tlog.Hash
	if witness != "" {
		if seen, root, err = a.readWitness(witness); err != nil {
			return 0, err
		}
	}
	err = a.view(func(tx *bolt.Tx) error {
		n = sizeOf(tx)
		hb := tx.Bucket(bucketHashes)
		entries, checks := tx.Bucket(bucketEntries).Cursor(), tx.Bucket(bucketCheckpoints).Cursor()
		ek, ev := entries.First()
		ck, cv := checks.First()
		for i := int64(0); i < n; i++ {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if !bytes.Equal(ek, key64(i)) {
				return fmt.Errorf("%w: entry %d is missing", ErrAudit, i)
			}
			hs, err := tlog.StoredHashes(i, ev, hashes{hb})
			if err != nil {
				return err
			}
			for k, h := range hs {
				if !bytes.Equal(hb.Get(key64(tlog.StoredHashIndex(0, i)+int64(k))), h[:]) {
					return fmt.Errorf("%w: entry %d is not the one that was written", ErrAudit, i)
				}
			}
			if !bytes.Equal(ck, key64(i+1)) {
				return fmt.Errorf("%w: checkpoint %d is missing", ErrAudit, i+1)
			}
			size, root, err := parseCheckpoint(cv, a.verifier)
			if err != nil {
				return err
			}
			want, err := tlog.TreeHash(i+1, hashes{hb})
			if err != nil {
				return err
			}
			if size != i+1 || root != want {
				return fmt.Errorf("%w: checkpoint %d is of another log", ErrAudit, i+1)
			}
			ek, ev = entries.Next()
			ck, cv = checks.Next()
		}
		if ck != nil {
			return fmt.Errorf("%w: the last entries are missing", ErrAudit)
		}
		if witness == "" {
			return nil
		}
		if seen > n {
			return fmt.Errorf("%w: the witness saw %d entries, there are %d", ErrAudit, seen, n)
		}
		have, err := tlog.TreeHash(seen, hashes{hb})
		if err != nil {
			return err
		}
		if have != root {
			return fmt.Errorf("%w: the first %d entries are not those that the witness saw", ErrAudit, seen)
		}
		return nil
	})
	return n, err
}

// readWitness reads a checkpoint seen outside. One by another key may be what is left of a log that was replaced, key and all.
func (a *Audit) readWitness(text string) (size int64, root tlog.Hash, err error) {
	size, root, err = parseCheckpoint([]byte(text), a.verifier)
	var other *note.UnverifiedNoteError
	switch {
	case errors.As(err, &other) && strings.HasPrefix(other.Note.Text, auditOrigin+"\n"):
		err = fmt.Errorf("%w: the witness is signed by another key than this log's", ErrAudit)
	case err != nil:
		err = ErrWitness
	}
	return size, root, err
}

// AuditProof shows that an entry stands in the log, to anyone who has the log's verifier key.
type AuditProof struct {
	Number     int64           `json:"number"`
	Entry      json.RawMessage `json:"entry"`
	Proof      []tlog.Hash     `json:"proof"`
	Checkpoint string          `json:"checkpoint"`
	Verifier   string          `json:"verifier"`
}

// Proof returns the proof of one entry against the newest checkpoint.
func (a *Audit) Proof(number int64) (p AuditProof, err error) {
	err = a.view(func(tx *bolt.Tx) error { p, err = a.proof(tx, number); return err })
	return p, err
}

func (a *Audit) proof(tx *bolt.Tx, number int64) (AuditProof, error) {
	n := sizeOf(tx)
	if number < 0 || number >= n {
		return AuditProof{}, fmt.Errorf("the log has no entry %d", number)
	}
	pr, err := tlog.ProveRecord(n, number, hashes{tx.Bucket(bucketHashes)})
	if err != nil {
		return AuditProof{}, err
	}
	return AuditProof{
		Number: number, Entry: bytes.Clone(tx.Bucket(bucketEntries).Get(key64(number))), Proof: pr,
		Checkpoint: string(tx.Bucket(bucketCheckpoints).Get(key64(n))), Verifier: a.vkey,
	}, nil
}

// Check verifies a proof without the log. verifier is the key that the reader trusts, "" for the one in the proof.
func (p AuditProof) Check(verifier string) error {
	if verifier == "" {
		verifier = p.Verifier
	}
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return err
	}
	size, root, err := parseCheckpoint([]byte(p.Checkpoint), v)
	if err != nil {
		return err
	}
	if len(p.Entry) > maxAuditEntry || len(p.Proof) > 64 || p.Number < 0 || p.Number >= size {
		return fmt.Errorf("%w: proof does not fit the checkpoint", ErrAudit)
	}
	if err := tlog.CheckRecord(p.Proof, size, root, p.Number, tlog.RecordHash(p.Entry)); err != nil {
		return fmt.Errorf("%w: %w", ErrAudit, err)
	}
	return nil
}

// Export writes the entries from first on as JSON lines, each an AuditProof that can be checked on its own.
func (a *Audit) Export(ctx context.Context, w io.Writer, first int64) error {
	bw := bufio.NewWriter(w)
	err := a.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketEntries).Cursor()
		for k, _ := c.Seek(key64(first)); k != nil; k, _ = c.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			p, err := a.proof(tx, int64(binary.BigEndian.Uint64(k)))
			if err != nil {
				return err
			}
			b, err := json.Marshal(p)
			if err != nil {
				return err
			}
			if _, err := bw.Write(append(b, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return bw.Flush()
}

// CheckExport verifies exported lines without the log and returns how many there were.
func CheckExport(ctx context.Context, r io.Reader, verifier string) (n int, err error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), 4*maxAuditEntry)
	for ; sc.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		var p AuditProof
		if err := json.Unmarshal(sc.Bytes(), &p); err != nil {
			return n, fmt.Errorf("line %d: %w", n+1, err)
		}
		if err := p.Check(verifier); err != nil {
			return n, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return n, sc.Err()
}
