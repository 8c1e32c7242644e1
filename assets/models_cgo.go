//go:build cgo

package assets

import (
	"embed"
	"io/fs"
)

//go:embed all:models
var modelFiles embed.FS

func models() fs.FS { return sub(modelFiles, "models") }
