//go:build !linux && !darwin && !windows

package store

// freeBytes does not know.
func freeBytes(string) (uint64, bool) { return 0, false }
