package document

import (
	"path"
	"path/filepath"
	"strings"
)

// LeftOut is a file, folder or entry that Expand leaves out, and why: what nobody meant by handing in a folder or an archive.
type LeftOut struct {
	Name string
	Why  LeftReason
}

// LeftReason says why something is left out. The values are stable: they are kept and name texts.
type LeftReason string

// The reasons.
const (
	LeftHidden       LeftReason = "hidden"        // a file whose name begins with a dot
	LeftHiddenFolder LeftReason = "hidden-folder" // a folder of that kind, or an archive's entry in one
	LeftLock         LeftReason = "lock"          // what an office program lays beside a document that is open
	LeftMac          LeftReason = "macosx"        // what macOS packs into archives beside the files
	LeftLinkUp       LeftReason = "link-up"       // a link to a folder above it, which would run in a circle
)

// leave takes note of what is left out, but for what systems themselves put into every folder.
func (e *expander) leave(name string, why LeftReason) {
	if e.left != nil && !systemFile(path.Base(filepath.ToSlash(name))) {
		e.left(LeftOut{Name: name, Why: why})
	}
}

// whyHidden is why a name in a folder is hidden.
func whyHidden(name string, folder bool) LeftReason {
	switch {
	case strings.EqualFold(name, "__macosx"):
		return LeftMac
	case strings.HasPrefix(name, "~$"):
		return LeftLock
	case folder:
		return LeftHiddenFolder
	}
	return LeftHidden
}

// whyHiddenPath is why an archive's entry is hidden: the topmost of its names that is hides what is below it.
func whyHiddenPath(name string) LeftReason {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		if hidden(part) {
			return whyHidden(part, i < len(parts)-1)
		}
	}
	return LeftHidden
}
