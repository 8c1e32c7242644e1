package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"iter"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/document"
)

// mixed yields n inputs: blank pictures, bad files under a picture's name, and inputs that could not be opened.
func mixed(t *testing.T, n int) iter.Seq2[document.Source, error] {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	return func(yield func(document.Source, error) bool) {
		for i := range n {
			name := fmt.Sprintf("%03d.png", i)
			ok := false
			switch i % 3 {
			case 0:
				ok = yield(document.SourceBytes(name, b.Bytes()), nil)
			case 1:
				ok = yield(document.SourceBytes(name, []byte("not a picture")), nil)
			default:
				ok = yield(document.Source{}, &document.Error{Code: document.ErrNotFound, Name: name})
			}
			if !ok {
				return
			}
		}
	}
}

func TestVerifyAllKeepsTheOrderOfTheInput(t *testing.T) {
	v := verifier(t, nil)
	i := 0
	for r := range v.VerifyAll(context.Background(), mixed(t, 60), at("2026-04-01"), 8) {
		if want := fmt.Sprintf("%03d.png", i); r.Index != i || r.Report.Input.Name != want {
			t.Fatalf("result %d is %d, %q", i, r.Index, r.Report.Input.Name)
		}
		if r.Report.Indication != verify.Indeterminate || (r.Report.Error == nil) != (i%3 == 0) {
			t.Errorf("%d: %s, error %v", i, r.Report.Indication, r.Report.Error)
		}
		i++
	}
	if i != 60 {
		t.Errorf("%d results for 60 inputs", i)
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	_, err := verify.New(verify.Config{})
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("Config.Engine")) {
		t.Errorf("got %v", err)
	}
	if _, err := judge(t).Gather(context.Background(), document.SourceBytes("a.png", nil)); err == nil {
		t.Error("a judge without an engine gathered")
	} else if !errors.Is(err, verify.ErrNoEngine) {
		t.Errorf("got %v", err)
	}
}
