package store

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Batch is a list of files that is being worked through, with the question asked of each. It is kept so that a program
// that ended in the middle (a power cut, an update, a closed lid) can go on with the files that are not done.
type Batch struct {
	// ID is the caller's name for the batch, of at most 100 bytes without NUL.
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	// At is the instant that the files are judged for.
	At     time.Time `json:"at,omitzero"`
	Policy string    `json:"policy,omitempty"`
	// Question is whatever else the caller needs to ask again, as JSON.
	Question json.RawMessage `json:"question,omitempty"`
	// Total is the number of files, Done how many of them are; both are counted by Batches and ignored when saving.
	Total int `json:"-"`
	Done  int `json:"-"`
}

// BatchFile is one file of a batch.
type BatchFile struct {
	Path string `json:"path"`
	// Size, in bytes, and Modified tell whether the file is still the one that was read.
	Size     int64     `json:"size,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	SHA256   string    `json:"sha256,omitempty"`
	Done     bool      `json:"done,omitempty"`
	// Indication is the result, for lists; Report the whole report as JSON, where the caller wants it back. A kiosk leaves
	// it empty: it holds what the certificate says.
	Indication string `json:"indication,omitempty"`
	Report     []byte `json:"-"`
	// Packed is Report as it is stored.
	Packed []byte `json:"report,omitempty"`
}

func fileKey(id string, i int) []byte {
	return binary.BigEndian.AppendUint32(append([]byte(id), 0), uint32(i))
}

// SaveBatch keeps a batch with all its files, in the place of one of the same ID.
func (k *Desk) SaveBatch(b Batch, files []BatchFile) error {
	if b.ID == "" || len(b.ID) > 100 || bytes.IndexByte([]byte(b.ID), 0) >= 0 || b.Started.IsZero() {
		return errors.New("batch without an ID and the time at which it was started")
	}
	if len(files) > maxBatchSize {
		return fmt.Errorf("%w: %d files of a batch", ErrFull, len(files))
	}
	packed := make([]BatchFile, len(files))
	for i, f := range files {
		var err error
		if packed[i], err = f.pack(); err != nil {
			return err
		}
	}
	return k.update(func(tx *bolt.Tx) error {
		heads := tx.Bucket(bucketBatches)
		if heads.Get([]byte(b.ID)) == nil && heads.Stats().KeyN >= maxBatches {
			return fmt.Errorf("%w: %d batches are kept", ErrFull, maxBatches)
		}
		if err := dropFiles(tx, b.ID); err != nil {
			return err
		}
		for i, f := range packed {
			if err := deskPut(tx, bucketFiles, fileKey(b.ID, i), f); err != nil {
				return err
			}
		}
		return deskPut(tx, bucketBatches, []byte(b.ID), b)
	})
}

// SaveBatchFiles keeps what has become of some files of a batch, by their places in it, in one step.
func (k *Desk) SaveBatchFiles(id string, files map[int]BatchFile) error {
	packed := make(map[int]BatchFile, len(files))
	for i, f := range files {
		var err error
		if packed[i], err = f.pack(); err != nil {
			return err
		}
	}
	return k.update(func(tx *bolt.Tx) error {
		for i, f := range packed {
			if i < 0 || i >= maxBatchSize || tx.Bucket(bucketFiles).Get(fileKey(id, i)) == nil {
				return fmt.Errorf("batch %q has no file %d", id, i)
			}
			if err := deskPut(tx, bucketFiles, fileKey(id, i), f); err != nil {
				return err
			}
		}
		return nil
	})
}

// Batches returns the batches that are kept, the newest first.
func (k *Desk) Batches() (list []Batch, err error) {
	err = k.view(func(tx *bolt.Tx) error {
		heads := tx.Bucket(bucketBatches)
		if heads == nil {
			return fmt.Errorf("%w: no batches", ErrDeskDamaged)
		}
		return heads.ForEach(func(key, v []byte) error {
			var b Batch
			if err := deskDecode(bucketBatches, key, v, &b); err != nil {
				return err
			}
			if err := eachFile(tx, b.ID, func(f BatchFile) error {
				b.Total++
				if f.Done {
					b.Done++
				}
				return nil
			}); err != nil {
				return err
			}
			list = append(list, b)
			return nil
		})
	})
	slices.SortFunc(list, func(a, b Batch) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// BatchFiles returns the files of a batch in their order, with the reports that were kept; none for an unknown batch.
func (k *Desk) BatchFiles(id string) (files []BatchFile, err error) {
	err = k.view(func(tx *bolt.Tx) error {
		return eachFile(tx, id, func(f BatchFile) error {
			if err := f.unpack(); err != nil {
				return err
			}
			files = append(files, f)
			return nil
		})
	})
	return files, err
}

// RemoveBatch forgets a batch. It is no error if there is none.
func (k *Desk) RemoveBatch(id string) error {
	return k.update(func(tx *bolt.Tx) error {
		if err := dropFiles(tx, id); err != nil {
			return err
		}
		return tx.Bucket(bucketBatches).Delete([]byte(id))
	})
}

func eachFile(tx *bolt.Tx, id string, f func(BatchFile) error) error {
	b := tx.Bucket(bucketFiles)
	if b == nil {
		return fmt.Errorf("%w: no files", ErrDeskDamaged)
	}
	prefix := append([]byte(id), 0)
	c := b.Cursor()
	n := 0
	for key, v := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, v = c.Next() {
		if !bytes.Equal(key, fileKey(id, n)) {
			return fmt.Errorf("%w: file %d of batch %q is missing", ErrDeskDamaged, n, id)
		}
		var file BatchFile
		if err := deskDecode(bucketFiles, key, v, &file); err != nil {
			return err
		}
		if err := f(file); err != nil {
			return err
		}
		n++
	}
	return nil
}

func dropFiles(tx *bolt.Tx, id string) error {
	b := tx.Bucket(bucketFiles)
	prefix := append([]byte(id), 0)
	c := b.Cursor()
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Seek(prefix) {
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

func (f BatchFile) pack() (BatchFile, error) {
	if err := checkTexts(f.Path, f.SHA256, f.Indication); err != nil {
		return f, err
	}
	f.Packed = nil
	if len(f.Report) == 0 {
		return f, nil
	}
	if len(f.Report) > maxReport {
		return f, fmt.Errorf("%w: report of %d bytes", ErrFull, len(f.Report))
	}
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return f, err
	}
	if _, err := z.Write(f.Report); err != nil {
		return f, err
	}
	if err := z.Close(); err != nil {
		return f, err
	}
	f.Packed = out.Bytes()
	return f, nil
}

func (f *BatchFile) unpack() (err error) {
	if len(f.Packed) == 0 {
		return nil
	}
	f.Report, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(f.Packed)), maxReport))
	f.Packed = nil
	return err
}
