//go:build linux || darwin

package store

import "golang.org/x/sys/unix"

// adviseOrder tells the system how a mapping will be read. It is a hint: an error changes nothing.
func adviseOrder(b []byte, inOrder bool) {
	advice := unix.MADV_RANDOM // as bbolt has it
	if inOrder {
		advice = unix.MADV_SEQUENTIAL
	}
	_ = unix.Madvise(b, advice) // a hint
}
