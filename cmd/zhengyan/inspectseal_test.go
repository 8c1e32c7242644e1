package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/seal"
)

var updateSeal = flag.Bool("update-seal", false, "write testdata/seal anew")

// What inspect seal says to people of a whole, an extended, a tampered, an SM2 and an SES file, word for word.
func TestInspectSealInPlainWords(t *testing.T) {
	if assets.Font() == nil {
		t.Skip("this build carries no font, so no specimens can be drawn; run: make assets")
	}
	dir, err := specimenDir()
	if err != nil {
		t.Fatal(err)
	}
	anchors, _, err := seal.LoadAnchors(os.DirFS(filepath.Join(dir, "trust")))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{
		"whole": "ok", "extended": "seal-validation-data", "tampered": "seal-edited-in-place", "overlaid": "seal-overlay", "sm2": "seal-sm2",
		"ses": "seal-ses-timestamp", "revoked": "seal-revoked", "unsigned": "seal-picture-only",
	}
	for kind, file := range kinds {
		data, err := os.ReadFile(filepath.Join(dir, "constructor", file+".pdf"))
		if err != nil {
			t.Fatal(err)
		}
		rep, err := seal.Inspect(t.Context(), data, seal.Options{Anchors: anchors, Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range viewmodel.Langs() {
			words, err := viewmodel.LoadMessages(assets.Translations(), lang)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			sealOut{rep, words}.write(talker{&b, lang == viewmodel.Chinese})
			golden := filepath.Join("testdata", "seal", kind+"."+string(lang)+".txt")
			if *updateSeal {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("%s differs (-update-seal writes it anew); got\n%s", golden, b.String())
			}
		}
	}
}
