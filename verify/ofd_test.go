package verify_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/seal"
)

// The pages of an OFD package stay unread and the verdict open; what its seals say is evidence all the same.
func TestSealsOfAnOFDPackageAreEvidence(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "corpus")
	if d := os.Getenv("ZHENGYAN_CORPUS"); d != "" {
		dir = d
	}
	v := verifier(t, nil)
	for name, want := range map[string]seal.Overall{"999.ofd": seal.Clean, "n.ofd": seal.Dirty} {
		b, err := os.ReadFile(filepath.Join(dir, "pdfsig", "ofdrw", name))
		if err != nil {
			t.Skip("the corpus is not on this machine")
		}
		r, err := v.Verify(context.Background(), document.SourceBytes(name, b), at("2026-04-01"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Indication != verify.Indeterminate || r.Error == nil || r.Error.Code != "ofd" {
			t.Errorf("%s: %s, %+v", name, r.Indication, r.Error)
		}
		if e := r.Evidence; e.Seal == nil || e.Seal.Overall != want || e.Input.SHA256 == "" || e.Input.Size != int64(len(b)) {
			t.Errorf("%s: %+v, %+v", name, e.Seal, e.Input)
		}
	}
}
