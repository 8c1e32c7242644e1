package store

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// ShelfEntry is one certificate on the shelf 我的证书: a file that its owner wants to keep an eye on.
type ShelfEntry struct {
	// SHA256 is the file's, as 64 lower-case hexadecimal digits: it is what the entry is known by.
	SHA256 string `json:"sha256"`
	// Path is where the file was when it was put on the shelf.
	Path string      `json:"path"`
	Kind fields.Kind `json:"kind,omitempty"`
	// Number is the registration number 注册编号, Name the holder's 姓名, as they were read.
	Number string `json:"number,omitempty"`
	Name   string `json:"name,omitempty"`
	// Usage is the usage period 使用有效期 of this copy, Valid the validity of the whole registration (architects),
	// Specialties the registered specialties 注册专业, each with its own.
	Usage       fields.Period      `json:"usage,omitzero"`
	Valid       fields.Period      `json:"valid,omitzero"`
	Specialties []fields.Specialty `json:"specialties,omitempty"`
	// BidDay is the day on which the certificate will be needed 投标截止日, if the owner has said one.
	BidDay civil.Date `json:"bidDay,omitzero"`
	Note   string     `json:"note,omitempty"`
	// Added is when the entry was first put there, Checked when the file was last judged, with Indication its result.
	Added      time.Time `json:"added"`
	Checked    time.Time `json:"checked,omitzero"`
	Indication string    `json:"indication,omitempty"`
}

func (e ShelfEntry) validate() error {
	if raw, err := hex.DecodeString(e.SHA256); err != nil || len(raw) != len(Hash{}) || e.SHA256 != strings.ToLower(e.SHA256) {
		return fmt.Errorf("shelf entry of hash %q", e.SHA256)
	}
	if e.Path == "" || e.Added.IsZero() {
		return fmt.Errorf("shelf entry without its path, or the time at which it is put there")
	}
	texts := []string{e.Path, string(e.Kind), e.Number, e.Name, e.Note, e.Indication}
	for _, s := range e.Specialties {
		texts = append(texts, s.Name, s.Raw)
	}
	return checkTexts(texts...)
}

func checkTexts(texts ...string) error {
	for _, s := range texts {
		if len(s) > maxDeskText {
			return fmt.Errorf("%w: text of %d bytes", ErrFull, len(s))
		}
		if !utf8.ValidString(s) {
			return fmt.Errorf("text is not UTF-8: %q", s)
		}
	}
	return nil
}

// Shelf returns the entries in the order in which they were put there.
func (k *Desk) Shelf() (list []ShelfEntry, err error) {
	err = k.view(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketShelf)
		if b == nil {
			return fmt.Errorf("%w: no shelf", ErrDeskDamaged)
		}
		return b.ForEach(func(key, v []byte) error {
			var e ShelfEntry
			if err := deskDecode(bucketShelf, key, v, &e); err != nil {
				return err
			}
			list = append(list, e)
			return nil
		})
	})
	slices.SortFunc(list, func(a, b ShelfEntry) int { return cmp.Or(a.Added.Compare(b.Added), cmp.Compare(a.SHA256, b.SHA256)) })
	return list, err
}

// PutShelf puts an entry on the shelf, in the place of one with the same hash, whose Added is kept.
func (k *Desk) PutShelf(e ShelfEntry) error {
	if err := e.validate(); err != nil {
		return err
	}
	return k.update(func(tx *bolt.Tx) error {
		var old ShelfEntry
		key := []byte(e.SHA256)
		there, err := deskGet(tx, bucketShelf, key, &old)
		if err != nil {
			return err
		}
		if there {
			e.Added = old.Added
		} else if tx.Bucket(bucketShelf).Stats().KeyN >= maxShelf {
			return fmt.Errorf("%w: the shelf holds %d certificates", ErrFull, maxShelf)
		}
		return deskPut(tx, bucketShelf, key, e)
	})
}

// RemoveShelf takes the entry of this hash off the shelf. It is no error if there is none.
func (k *Desk) RemoveShelf(sha256 string) error {
	return k.update(func(tx *bolt.Tx) error { return tx.Bucket(bucketShelf).Delete([]byte(sha256)) })
}
