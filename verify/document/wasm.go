package document

import (
	"fmt"
	"os"
	"path/filepath"

	_ "unsafe" // for go:linkname

	_ "github.com/klippa-app/go-pdfium/webassembly"
)

// pdfiumWasm is the module that go-pdfium embeds and does not export. It is only read. Were a later go-pdfium to
// rename it, it would be empty here, and PDFium would run unchanged under wazero's own, slower way of being killed.
//
//go:linkname pdfiumWasm github.com/klippa-app/go-pdfium/webassembly.pdfiumWasm
var pdfiumWasm []byte

// stoppablePDFium gives PDFium made interruptible, from the cache folder if it is there. nil if it can't be made.
func stoppablePDFium(cacheDir string) []byte {
	if len(pdfiumWasm) == 0 {
		return nil
	}
	name := ""
	if cacheDir != "" {
		// Named after what it was made from and after the version of the making.
		name = filepath.Join(cacheDir, fmt.Sprintf("%s2-%08x-%d.wasm", stoppablePrefix, castagnoli(pdfiumWasm), len(pdfiumWasm)))
		if b, err := os.ReadFile(name); err == nil && len(b) > len(pdfiumWasm) { // checkCompiled knows its sum
			return b
		}
	}
	b, err := interruptible(pdfiumWasm)
	if err != nil {
		return nil
	}
	if name != "" {
		_ = writeFile(name, b) // only a cache
	}
	return b
}
