package main

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
)

// batchID is the name under which the window's batch is kept: there is one.
const batchID = "window"

// keeper keeps the window's batch on the desk.
type keeper struct {
	desk  *store.Desk
	now   func() time.Time
	known bool           // what the desk holds is in files and place
	place map[string]int // of each path in the batch
	files []store.BatchFile
}

// look reads what the desk holds.
func (k *keeper) look() error {
	files, err := k.desk.BatchFiles(batchID)
	if err != nil {
		return err
	}
	k.known, k.files, k.place = true, files, make(map[string]int, len(files))
	for i, f := range files {
		k.place[f.Path] = i
	}
	return nil
}

func newKeeper(desk *store.Desk, now func() time.Time) *keeper {
	return &keeper{desk: desk, now: now, place: map[string]int{}}
}

// Load implements viewmodel.Keeper. What a file said is dropped where the file is another one now; where it is gone, what it
// said is all there is left, and is kept.
func (k *keeper) Load() ([]viewmodel.Kept, error) {
	if err := k.look(); err != nil {
		return nil, err
	}
	out := make([]viewmodel.Kept, 0, len(k.files))
	for i, f := range k.files {
		var kept viewmodel.Kept
		if err := json.Unmarshal(f.Report, &kept); err != nil {
			kept = viewmodel.Kept{}
		}
		kept.Path = f.Path
		if size, at, ok := stat(f.Path); ok && (size != f.Size || !at.Equal(f.Modified)) {
			kept.Packed, kept.Human = nil, nil
		}
		k.files[i].Report = nil // it is read once
		out = append(out, kept)
	}
	return out, nil
}

// Put implements viewmodel.Keeper.
func (k *keeper) Put(list []viewmodel.Kept) (err error) {
	// After an error the desk may hold less than is known here: it is read anew.
	defer func() { k.known = k.known && err == nil }()
	if !k.known {
		if err := k.look(); err != nil {
			return err
		}
	}
	changed := map[int]store.BatchFile{}
	grown := false
	for _, kept := range list {
		b, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		f := store.BatchFile{Path: kept.Path, Done: kept.Packed != nil || kept.Left != "", Report: b}
		f.Size, f.Modified, _ = stat(kept.Path)
		i, known := k.place[kept.Path]
		if !known {
			i, grown = len(k.files), true
			k.place[kept.Path] = i
			k.files = append(k.files, store.BatchFile{})
		}
		changed[i] = f
	}
	if !grown {
		return k.desk.SaveBatchFiles(batchID, changed)
	}
	// The desk takes new files only with the whole list: what it has is read back and written again.
	old, err := k.desk.BatchFiles(batchID)
	if err != nil {
		return err
	}
	whole := make([]store.BatchFile, len(k.files))
	copy(whole, old)
	for i, f := range changed {
		whole[i] = f
	}
	return k.desk.SaveBatch(store.Batch{ID: batchID, Started: k.now()}, whole)
}

// Clear implements viewmodel.Keeper.
func (k *keeper) Clear() error {
	k.known, k.files, k.place = true, nil, map[string]int{}
	return k.desk.RemoveBatch(batchID)
}

// stat is the size and time of a file, or of the archive that it is in.
func stat(path string) (size int64, modified time.Time, ok bool) {
	path, _, _ = strings.Cut(viewmodel.OwnPath(path), "!/")
	st, err := os.Stat(path)
	if err != nil {
		return 0, time.Time{}, false
	}
	return st.Size(), st.ModTime().UTC(), true
}

// settings keeps the window's settings on the desk.
type settings struct{ desk *store.Desk }

// settingsName is the name of the settings on the desk.
const settingsName = "window"

// Load implements viewmodel.SettingsStore.
func (s settings) Load() (viewmodel.Settings, error) {
	v, ok, err := store.LoadSetting[viewmodel.Settings](s.desk, settingsName)
	if err != nil || !ok {
		return viewmodel.DefaultSettings(), err
	}
	return v, nil
}

// Save implements viewmodel.SettingsStore.
func (s settings) Save(v viewmodel.Settings) error { return store.SaveSetting(s.desk, settingsName, v) }
