package store

import "golang.org/x/sys/windows"

// freeBytes is the room on the disk of a folder that this user may fill.
func freeBytes(dir string) (n uint64, ok bool) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	if err := windows.GetDiskFreeSpaceEx(path, &n, nil, nil); err != nil {
		return 0, false
	}
	return n, true
}
