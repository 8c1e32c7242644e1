package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
)

// save puts the lines of a sheet into the folder's file of that sheet. Of each line stand there: its width in pixels and how many
// signs stand in it as 32-bit little-endian integers, its kind, its signs, and its pixels from the top left on, row by row, as a
// byte each.
func save(folder string, sheet int, lines []seen) (err error) {
	f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%04d.seen", sheet)))
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriter(f)
	for _, l := range lines {
		b := binary.LittleEndian.AppendUint32(nil, uint32(l.width))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(l.row)))
		b = append(append(b, byte(l.kind)), l.row...)
		for _, v := range l.pix {
			b = append(b, uint8(min(max(v, 0), 255)+0.5))
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return w.Flush()
}
