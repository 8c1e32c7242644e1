//go:build cgo

package ocr

import (
	"crypto/sha256"

	"zhengyan/verify/fields/ocr/rare"
)

// withRare adds the project's own rows to the recogniser that they were made for, and gives their characters.
func withRare(rec []byte) ([]byte, []string, error) {
	h, err := rare.Parse(rare.Rows())
	if err != nil {
		return nil, nil, err
	}
	if h.Model != sha256.Sum256(rec) || len(h.Runes) == 0 {
		return rec, nil, nil
	}
	rows, keys := make([][]float32, len(h.Runes)), make([]string, len(h.Runes))
	for i, r := range h.Runes {
		rows[i], keys[i] = h.Row(i), string(r)
	}
	taught, err := extended(rec, rows)
	return taught, keys, err
}
