//go:build linux || darwin

package store

import "golang.org/x/sys/unix"

// freeBytes is the room on the disk of a folder that this user may fill.
func freeBytes(dir string) (n uint64, ok bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return uint64(st.Bavail) * uint64(st.Bsize), true
}
