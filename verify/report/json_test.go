package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/image/font/gofont/goregular"

	"zhengyan/verify"
)

func TestReadBack(t *testing.T) {
	for name, rs := range map[string][]*verify.Report{"one": {passed()}, "several": batch()} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteJSON(&b, rs); err != nil {
				t.Fatal(err)
			}
			back, err := Read(&b)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := mustJSON(t, back), mustJSON(t, rs); !bytes.Equal(got, want) {
				t.Errorf("read back\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	bare := passed()
	bare.Evidence = nil
	later := passed()
	later.MediaType = "application/vnd.zhengyan.report+json;version=2"
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"nothing":       {"", ErrNotReport},
		"space":         {" \n", ErrNotReport},
		"no JSON":       {"<html>", ErrNotReport},
		"other JSON":    {`{"a":1}`, ErrNotReport},
		"null":          {`null`, ErrNotReport},
		"array":         {`[]`, ErrNotReport},
		"later version": {string(mustJSON(t, later)), ErrNotReport},
		"no evidence":   {string(mustJSON(t, bare)), ErrNotReport},
		"cut off":       {string(mustJSON(t, passed()))[:900], ErrNotReport},
		"tail":          {string(mustJSON(t, passed())) + "x", ErrNotReport},
		"too large":     {strings.Repeat(" ", MaxBytes+1), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if rs, err := Read(strings.NewReader(c.in)); !errors.Is(err, c.want) || rs != nil {
				t.Errorf("%d reports, %v", len(rs), err)
			}
		})
	}
}

// Keys of the format are lower camel case; keys of maps whose keys are data are not keys of the format.
func TestKeysAreLowerCamel(t *testing.T) {
	for _, r := range batch() {
		var v any
		if err := json.Unmarshal(mustJSON(t, r), &v); err != nil {
			t.Fatal(err)
		}
		n := 0
		walkKeys(v, "", func(path, key string) {
			n++
			if !unicode.IsLower([]rune(key)[0]) || strings.ContainsAny(key, "_- ") {
				t.Errorf("key %q at %s", key, path)
			}
		})
		if n < 60 {
			t.Errorf("only %d keys: the report is not a full one", n)
		}
	}
}

func walkKeys(v any, path string, f func(path, key string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			data := path == "/human" || strings.HasSuffix(path, "/timings")
			if !data {
				f(path, k)
			}
			walkKeys(e, path+"/"+k, f)
		}
	case []any:
		for _, e := range v {
			walkKeys(e, path, f)
		}
	}
}

// What can be read can be written in every form, whatever it holds.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"mediaType":"` + verify.MediaType + `","evidence":{}}`))
	f.Add([]byte(`{"mediaType":"` + verify.MediaType + `","evidence":{},"lang":"en","at":"2026-04-01T23:59:59+08:00","checks":[{"status":"FAILED","action":"enforce","evidence":[{"box":{"x1":1}}]}],"error":{}}`))
	f.Add([]byte(`{"mediaType":"` + verify.MediaType + `","evidence":{},"usage":{"terms":[{"binding":true}]},"snapshot":{},"human":{"a":{}}}` + "\n{}"))
	f.Add([]byte("{}"))
	f.Add(mustJSON(f, passed()))
	f.Add(mustJSON(f, failed()))
	font := testFont()
	var pdf, page bytes.Buffer
	if err := errors.Join(Options{PDF: PDFOptions{Font: goregular.TTF}}.WritePDF(&pdf, batch()[:1]), WriteHTML(&page, batch()[:1])); err != nil {
		f.Fatal(err)
	}
	f.Add(pdf.Bytes())
	f.Add(page.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		rs, err := Read(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, ErrNotReport) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrNoData) {
				t.Errorf("an error without a name: %v", err)
			}
			return
		}
		if len(rs) == 0 {
			t.Fatal("no error and no report")
		}
		writeHTML(t, rs)
		openXLSX(t, rs)
		writePDF(t, rs, PDFOptions{Font: font})
		for _, r := range rs {
			var out bytes.Buffer
			if err := Full(&out, r, Style{}); err != nil {
				t.Error(err)
			}
			if err := Line(&out, r, Style{}); err != nil {
				t.Error(err)
			}
			if bytes.ContainsRune(out.Bytes(), 0x1b) {
				t.Error("an escape got through to the terminal")
			}
		}
	})
}
