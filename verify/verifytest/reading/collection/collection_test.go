package collection

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// together packs fonts into a collection, each after the other, the offsets of its tables counted from the collection's start.
func together(fonts ...[]byte) []byte {
	out := binary.BigEndian.AppendUint32([]byte("ttcf\x00\x01\x00\x00"), uint32(len(fonts)))
	at := 12 + 4*len(fonts)
	for _, f := range fonts {
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		at += len(f)
	}
	at = 12 + 4*len(fonts)
	for _, f := range fonts {
		f = append([]byte(nil), f...)
		for i := range int(binary.BigEndian.Uint16(f[4:])) {
			off := f[12+16*i+8:]
			binary.BigEndian.PutUint32(off, binary.BigEndian.Uint32(off)+uint32(at))
		}
		out = append(out, f...)
		at += len(f)
	}
	return out
}

func TestFont(t *testing.T) {
	file := filepath.Join(t.TempDir(), "two.ttc")
	whole := together(goregular.TTF, gobold.TTF)
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"": "Go Regular", "#Bold": "Go Bold"} {
		f, err := Font(file + name)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := f.Name(nil, sfnt.NameIDFull); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
	if _, err := Font(file + "#Mono"); err == nil {
		t.Error("a font that is not there was opened")
	}
	for _, n := range []int{0, 11, 14, 40, len(whole) / 2} {
		if _, err := Singles(whole[:n]); !errors.Is(err, ErrFontFile) {
			t.Errorf("cut off at %d: %v", n, err)
		}
	}
}
