package document

import (
	"path/filepath"
	"strings"
)

// PictureName reports whether a file is called a picture of a format that Open reads. A name may lie; Open goes by the bytes.
func PictureName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp":
		return true
	}
	return false
}
