package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The cache folder holds what is made of PDFium once: the interruptible module, wazero's machine code, and a list of
// both with checksums. wazero checks the machine code alone; a flipped bit in its table of entry points would send
// the processor anywhere.
const (
	compiledSums    = "compiled.json"
	stoppablePrefix = "pdfium-"
)

type compiledFile struct {
	Size  int64  `json:"size"`
	CRC32 uint32 `json:"crc32c"`
}

// checkCompiled removes cached files that are not as they were written, so that they are made anew.
func checkCompiled(cacheDir string) error {
	have, err := sumCompiled(cacheDir)
	if err != nil {
		return fmt.Errorf("compile cache: %w", err)
	}
	var want map[string]compiledFile
	if b, err := os.ReadFile(filepath.Join(cacheDir, compiledSums)); err == nil {
		_ = json.Unmarshal(b, &want) // a damaged list knows no file
	}
	for name, sum := range have {
		if want[name] != sum {
			if err := os.Remove(filepath.Join(cacheDir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("compile cache: %w", err)
			}
		}
	}
	return nil
}

// sealCompiled writes the list. Without it the next start compiles again, which is slow and right.
func sealCompiled(cacheDir string) {
	have, err := sumCompiled(cacheDir)
	if err != nil {
		return
	}
	b, err := json.Marshal(have)
	if err != nil {
		return
	}
	name := filepath.Join(cacheDir, compiledSums)
	if old, err := os.ReadFile(name); err == nil && string(old) == string(b) {
		return
	}
	_ = writeFile(name, b)
}

// removeCompiled removes everything from the cache.
func removeCompiled(cacheDir string) {
	for _, name := range compiledFiles(cacheDir) {
		os.Remove(name)
	}
	os.Remove(filepath.Join(cacheDir, compiledSums))
}

func sumCompiled(cacheDir string) (map[string]compiledFile, error) {
	sums := map[string]compiledFile{}
	for _, name := range compiledFiles(cacheDir) {
		b, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process replaced it
		}
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(cacheDir, name)
		if err != nil {
			return nil, err
		}
		sums[filepath.ToSlash(rel)] = compiledFile{int64(len(b)), castagnoli(b)}
	}
	return sums, nil
}

// compiledFiles lists the cached files: those of this package and what wazero keeps for this machine's kind.
func compiledFiles(cacheDir string) (list []string) {
	entries, _ := os.ReadDir(cacheDir) // a folder that can't be read holds nothing
	for _, e := range entries {
		switch name := e.Name(); {
		case e.Type().IsRegular() && strings.HasPrefix(name, stoppablePrefix) && strings.HasSuffix(name, ".wasm"):
			list = append(list, filepath.Join(cacheDir, name))
		case e.IsDir() && strings.HasPrefix(name, "wazero-") && strings.HasSuffix(name, "-"+runtime.GOARCH+"-"+runtime.GOOS):
			inner, _ := os.ReadDir(filepath.Join(cacheDir, name))
			for _, f := range inner {
				if f.Type().IsRegular() && filepath.Ext(f.Name()) != ".tmp" {
					list = append(list, filepath.Join(cacheDir, name, f.Name()))
				}
			}
		}
	}
	return list
}

// writeFile writes a file whole or not at all.
func writeFile(name string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

func castagnoli(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
