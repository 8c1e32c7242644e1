//go:build !linux

package store

import (
	"os"
	"testing"
)

// asNobody runs f as the user that runs the test, who must not be root.
func asNobody(t *testing.T, _ string, f func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root writes everywhere")
	}
	f()
}
