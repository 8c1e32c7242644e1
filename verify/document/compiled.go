package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The cache folder holds what is made of PDFium once: the interruptible module, wazero's machine code, and a list of
// both with checksums. wazero itself checks the machine code alone: a flipped bit in its table of entry points would
// send the processor anywhere.
const (
	compiledSums    = "compiled.json"
	stoppablePrefix = "pdfium-"
)

// summed is how much of a file is summed: all of the module and the head of the machine code, where its tables are.
const summed = 8 << 20

// Compiled reports whether the cache folder seems to hold PDFium compiled for this machine, so that loading it takes a moment
// and not seconds. The load itself checks what is there.
func Compiled(cacheDir string) bool {
	if cacheDir == "" {
		return false
	}
	machine, module := false, false
	for _, name := range compiledFiles(cacheDir) {
		if filepath.Dir(name) == filepath.Clean(cacheDir) {
			module = true
		} else {
			machine = true
		}
	}
	return machine && module && len(readSums(cacheDir)) > 0
}

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
	want := readSums(cacheDir)
	for name, sum := range have {
		if want[name] != sum {
			if err := os.Remove(filepath.Join(cacheDir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("compile cache: %w", err)
			}
		}
	}
	return nil
}

// sealCompiled writes the list if files have come or gone. Without it the next start compiles again, which is slow
// and right.
func sealCompiled(cacheDir string) {
	listed := readSums(cacheDir)
	files := compiledFiles(cacheDir)
	same := len(files) == len(listed)
	for _, name := range files {
		st, err := os.Stat(name)
		sum, known := listed[cacheKey(cacheDir, name)]
		same = same && err == nil && known && sum.Size == st.Size()
	}
	if same {
		return // checkCompiled has just read them all
	}
	have, err := sumCompiled(cacheDir)
	if err != nil {
		return
	}
	if b, err := json.Marshal(have); err == nil {
		_ = writeFile(filepath.Join(cacheDir, compiledSums), b)
	}
}

func readSums(cacheDir string) (sums map[string]compiledFile) {
	if b, err := os.ReadFile(filepath.Join(cacheDir, compiledSums)); err == nil {
		_ = json.Unmarshal(b, &sums) // a damaged list knows no file
	}
	return sums
}

func cacheKey(cacheDir, name string) string {
	return filepath.ToSlash(strings.TrimPrefix(name[len(cacheDir):], string(filepath.Separator)))
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
		sum, err := sumFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process replaced it
		}
		if err != nil {
			return nil, err
		}
		sums[cacheKey(cacheDir, name)] = sum
	}
	return sums, nil
}

func sumFile(name string) (compiledFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return compiledFile{}, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return compiledFile{}, err
	}
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	_, err = io.CopyBuffer(struct{ io.Writer }{h}, io.LimitReader(f, summed), make([]byte, 256<<10))
	return compiledFile{st.Size(), h.Sum32()}, err
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
