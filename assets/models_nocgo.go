//go:build !cgo

package assets

import "io/fs"

func models() fs.FS { return nil }
