package ocr

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zhengyan/verify/fields"
)

// Installed is the Config of an installation: the library that is named, or else the one beside the program, in the data
// folder or of the system; the models of the data folder, or else the embedded ones.
func Installed(named, data string, embedded fs.FS) (Config, error) {
	folders := []string{data}
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		folders = []string{filepath.Dir(exe), data}
	}
	cfg := Config{Library: Libraries(folders...), Models: embedded}
	if named != "" {
		cfg.Library = []string{named}
	}
	own := filepath.Join(data, "models")
	if _, err := os.Stat(filepath.Join(own, RecogniserFile)); err == nil {
		cfg.Models = os.DirFS(own)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("%w: %w", fields.ErrNoReader, err)
	}
	return cfg, nil
}
