package store

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// LoadSetting reads the setting of this name into a value of type T (by its JSON form). ok is false where it has never
// been saved; then, and on any error, v is the zero value. A setting that was saved as another type is an error.
func LoadSetting[T any](k *Desk, name string) (v T, ok bool, err error) {
	err = k.view(func(tx *bolt.Tx) error {
		ok, err = deskGet(tx, bucketSettings, []byte(name), &v)
		return err
	})
	if err != nil {
		var zero T
		return zero, false, fmt.Errorf("setting %q: %w", name, err)
	}
	return v, ok, nil
}

// SaveSetting keeps a value under a name of at most 100 bytes. What its JSON form holds is kept, up to 1 MB.
func SaveSetting[T any](k *Desk, name string, v T) error {
	if name == "" || len(name) > 100 {
		return errors.New("setting without a name, or with one of more than 100 bytes")
	}
	return k.update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketSettings)
		if b.Get([]byte(name)) == nil && b.Stats().KeyN >= maxSettings {
			return fmt.Errorf("%w: %d settings", ErrFull, maxSettings)
		}
		return deskPut(tx, bucketSettings, []byte(name), v)
	})
}

// RemoveSetting forgets a setting. It is no error if there is none.
func (k *Desk) RemoveSetting(name string) error {
	return k.update(func(tx *bolt.Tx) error { return tx.Bucket(bucketSettings).Delete([]byte(name)) })
}
