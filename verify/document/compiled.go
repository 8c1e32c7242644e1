package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// compiledSums lists the files of the compile cache with their checksums. wazero checks the machine code alone; a
// flipped bit in the table of entry points would send the processor anywhere.
const compiledSums = "compiled.json"

type compiledFile struct {
	Size  int64  `json:"size"`
	CRC32 uint32 `json:"crc32c"`
}

// checkCompiled removes compiled code that is not as it was written, so that it is compiled anew.
func checkCompiled(cacheDir string) error {
	have, err := sumCompiled(cacheDir)
	if err != nil {
		return fmt.Errorf("compile cache: %w", err)
	}
	if len(have) == 0 {
		return nil
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
	tmp, err := os.CreateTemp(cacheDir, compiledSums+".*")
	if err != nil {
		return
	}
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
}

func sumCompiled(cacheDir string) (map[string]compiledFile, error) {
	sums := map[string]compiledFile{}
	for _, dir := range compiledDir(cacheDir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || filepath.Ext(e.Name()) == ".tmp" {
				continue
			}
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if errors.Is(err, fs.ErrNotExist) {
				continue // another process replaced it
			}
			if err != nil {
				return nil, err
			}
			sums[filepath.Base(dir)+"/"+e.Name()] = compiledFile{int64(len(b)), crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))}
		}
	}
	return sums, nil
}
