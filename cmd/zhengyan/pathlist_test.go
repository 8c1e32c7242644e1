package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// A list of paths is read as it was written: in UTF-8 with and without a mark, in UTF-16, with names that begin with spaces.
func TestPathListForms(t *testing.T) {
	const list = "证书 1.pdf\r\n  two.pdf\n\n \nthree.pdf \n四.pdf"
	want := []string{"证书 1.pdf", "  two.pdf", "three.pdf", "四.pdf"}
	forms := map[string]string{"UTF-8": list, "UTF-8 with a mark": "\ufeff" + list}
	for _, e := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		s, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(list)
		if err != nil {
			t.Fatal(err)
		}
		forms[fmt.Sprint("UTF-16 ", e)] = s
	}
	for name, s := range forms {
		if got, err := readLines(strings.NewReader(s)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	// A name of bytes that are no UTF-8 is a name all the same where a system allows it.
	if got, err := readLines(strings.NewReader("\xd6\xa4.pdf\n")); err != nil || !slices.Equal(got, []string{"\xd6\xa4.pdf"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestEmptyPathListIsSaid(t *testing.T) {
	for _, stage := range [][]string{{"verify", "-"}, {"inspect", "qr", "-"}} {
		var out, errs bytes.Buffer
		env := testEnv(&out, &errs)
		env.Stdin = strings.NewReader("\ufeff\r\n \n")
		if code := run(t.Context(), env, stage); code != exitUnreadable || !strings.Contains(errs.String(), "no path was given") {
			t.Errorf("%v: exit %d, %s", stage, code, errs.String())
		}
	}
}
