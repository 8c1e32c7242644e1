package document

import (
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
)

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

func checksum(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

func inflate(r io.Reader) io.Reader { return flate.NewReader(r) }
