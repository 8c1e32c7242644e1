package verifytest

import (
	"os"
	"path/filepath"
)

// PDFiumCache is the folder in which the tests of all packages keep PDFium's compiled code: to compile it takes longer than most
// of them.
func PDFiumCache() string { return filepath.Join(os.TempDir(), "zhengyan-test-pdfium") }
