// Package reading opens, for tests, what reads the print of pictures.
package reading

import (
	"os"
	"path/filepath"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr"
)

// Open gives a reader with the library and the models of the working tree, or skips the test with what is missing. A
// library that the caller names, as the environment does for the programs, goes before that of the tree; "" names none.
func Open(t testing.TB, library string) *ocr.Reader {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	cfg := ocr.Config{Library: ocr.Libraries(filepath.Join(root, "build")), Models: os.DirFS(filepath.Join(root, "assets", "models"))}
	if library != "" {
		// Tests run in their package's folder, while a path in the environment is mostly one from the top of the tree.
		cfg.Library = []string{library, filepath.Join(root, library)}
	}
	r, err := ocr.Open(cfg)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(r.Close)
	return r
}

// Tables are the tables of the faces.
func Tables(t testing.TB) *fields.Tables {
	t.Helper()
	tab, err := fields.LoadTables(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// Root is the folder of the module, above the one that the test runs in.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", os.ErrNotExist
		}
		dir = up
	}
}
