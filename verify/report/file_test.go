package report

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTryFileLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := TryFile(filepath.Join(dir, "r.json")); err != nil {
		t.Fatal(err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("left behind: %v %v", list, err)
	}
	if TryFile(filepath.Join(dir, "none", "r.json")) == nil {
		t.Error("a folder that is not there is said to be fit")
	}
}
