package heading_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"zhengyan/verify/fields/ocr/internal/heading"
)

func TestCut(t *testing.T) {
	const magic = "KIND\n"
	whole := append(heading.Of(magic, [32]byte{1, 2, 3}, "trunk"), "rest"...)
	model, trunk, rest, err := heading.Cut(whole, magic)
	if err != nil || model != [32]byte{1, 2, 3} || trunk != "trunk" || string(rest) != "rest" {
		t.Fatalf("%v %q %q %v", model, trunk, rest, err)
	}
	long := heading.Of(magic, model, strings.Repeat("x", 65))
	for what, c := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing": {nil, heading.ErrKind}, "another kind": {append([]byte("KINE\n"), whole[5:]...), heading.ErrKind},
		"cut in the model": {whole[:30], heading.ErrKind}, "no name": {whole[:5+32], heading.ErrKind},
		"cut in the name": {whole[:5+32+3], heading.ErrTensor}, "a name too long": {long, heading.ErrTensor},
		"a name that is no text": {bytes.Replace(whole, []byte("trunk"), []byte("tr\xffnk"), 1), heading.ErrTensor},
	} {
		if _, _, _, err := heading.Cut(c.b, magic); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
