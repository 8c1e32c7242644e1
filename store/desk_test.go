package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

func openDesk(t testing.TB, dir string) *Desk {
	t.Helper()
	d, err := OpenData(dir)
	if err != nil {
		t.Fatal(err)
	}
	k, problem, err := d.OpenDesk()
	if problem != nil || err != nil {
		t.Fatal(problem, err)
	}
	return k
}

func shelfEntry(i int) ShelfEntry {
	return ShelfEntry{
		SHA256: fmt.Sprintf("%064x", i+1), Path: fmt.Sprintf("证书/样例%d.pdf", i), Kind: fields.Constructor1, Number: fmt.Sprintf("京11120152016%05d", i), Name: "样例",
		Usage:       fields.Period{From: civil.Must(2026, 5, 1), To: civil.Must(2026, 10, 28)},
		Specialties: []fields.Specialty{{Name: "建筑工程", Valid: fields.Period{To: civil.Must(2027, 1, 2)}}},
		BidDay:      civil.Must(2026, 6, 3), Note: strings.Repeat("样例 SPECIMEN ", i%7), Added: now.Add(time.Duration(i) * time.Second).UTC(), Indication: "INDETERMINATE",
	}
}

func TestDeskKeepsWhatItIsGiven(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	k := openDesk(t, dir)
	if list, err := k.Shelf(); err != nil || list != nil {
		t.Errorf("%v %v", list, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("reading made a folder")
	}
	for i := range 3 {
		if err := k.PutShelf(shelfEntry(2 - i)); err != nil {
			t.Fatal(err)
		}
	}
	again := shelfEntry(1)
	again.Note, again.Added = "改", again.Added.Add(time.Hour)
	if err := errors.Join(k.PutShelf(again), k.RemoveShelf(shelfEntry(0).SHA256), k.RemoveShelf("none")); err != nil {
		t.Fatal(err)
	}
	again.Added = shelfEntry(1).Added
	if list, err := openDesk(t, dir).Shelf(); err != nil || !reflect.DeepEqual(list, []ShelfEntry{again, shelfEntry(2)}) {
		t.Errorf("%+v %v", list, err)
	}

	type window struct{ Width, Height int }
	if err := errors.Join(SaveSetting(k, "window", window{3, 4}), SaveSetting(k, "lang", "zh"), RemoveSettingTwice(k)); err != nil {
		t.Fatal(err)
	}
	if v, ok, err := LoadSetting[window](k, "window"); err != nil || !ok || v != (window{3, 4}) {
		t.Errorf("%v %v %v", v, ok, err)
	}
	if v, ok, err := LoadSetting[string](k, "gone"); err != nil || ok || v != "" {
		t.Errorf("%v %v %v", v, ok, err)
	}
	if v, ok, err := LoadSetting[window](k, "lang"); err == nil || ok || v != (window{}) {
		t.Errorf("another type: %v %v", v, ok)
	}

	files := make([]BatchFile, 5)
	for i := range files {
		files[i] = BatchFile{Path: fmt.Sprint("bid/", i, ".pdf"), Size: int64(i)}
	}
	b := Batch{ID: "bid", Started: now.UTC(), At: now.UTC(), Policy: "strict"}
	other := Batch{ID: "bi", Started: now.Add(time.Hour).UTC()}
	if err := errors.Join(k.SaveBatch(b, append(files, files...)), k.SaveBatch(b, files), k.SaveBatch(other, files[:1])); err != nil {
		t.Fatal(err)
	}
	files[3].Done, files[3].Report = true, bytes.Repeat([]byte(`{"a":1}`), 1000)
	if err := k.SaveBatchFiles("bid", map[int]BatchFile{3: files[3]}); err != nil {
		t.Fatal(err)
	}
	if err := k.SaveBatchFiles("bid", map[int]BatchFile{1: {Path: "changed"}, 5: {}}); err == nil {
		t.Error("a file beyond the end was kept")
	}
	if got, err := k.BatchFiles("bid"); err != nil || !reflect.DeepEqual(got, files) {
		t.Errorf("%+v %v", got, err)
	}
	b.Total, b.Done, other.Total = 5, 1, 1
	if got, err := k.Batches(); err != nil || !reflect.DeepEqual(got, []Batch{other, b}) {
		t.Errorf("%+v %v", got, err)
	}
	if err := k.RemoveBatch("bi"); err != nil {
		t.Fatal(err)
	}
	if got, _ := k.Batches(); len(got) != 1 || got[0].Total != 5 {
		t.Errorf("%+v", got)
	}
	checkBolt(t, k.path())
}

func RemoveSettingTwice(k *Desk) error {
	return errors.Join(SaveSetting(k, "gone", 1), k.RemoveSetting("gone"), k.RemoveSetting("gone"))
}

func TestDeskLimits(t *testing.T) {
	k := openDesk(t, t.TempDir())
	long := strings.Repeat("x", maxDeskText+1)
	for name, err := range map[string]error{
		"hash":    k.PutShelf(ShelfEntry{SHA256: "12", Path: "x", Added: now}),
		"text":    k.PutShelf(func() ShelfEntry { e := shelfEntry(1); e.Note = long; return e }()),
		"path":    k.PutShelf(func() ShelfEntry { e := shelfEntry(1); e.Path = ""; return e }()),
		"utf8":    k.PutShelf(func() ShelfEntry { e := shelfEntry(1); e.Name = "\xff"; return e }()),
		"setting": SaveSetting(k, "x", strings.Repeat("x", maxDeskValue)),
		"name":    SaveSetting(k, "", 1),
		"batch":   k.SaveBatch(Batch{ID: "a\x00b", Started: now}, nil),
		"files":   k.SaveBatch(Batch{ID: "a", Started: now}, make([]BatchFile, maxBatchSize+1)),
		"report":  k.SaveBatch(Batch{ID: "a", Started: now}, []BatchFile{{Report: make([]byte, maxReport+1)}}),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for i := range maxBatches {
		if err := k.SaveBatch(Batch{ID: fmt.Sprint(i), Started: now}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.SaveBatch(Batch{ID: "one more", Started: now}, nil); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	if err := k.SaveBatch(Batch{ID: "0", Started: now}, nil); err != nil {
		t.Error(err)
	}
}

// Two programs, here two desks, write at the same time: nothing is lost.
func TestDeskShared(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for p := range 2 {
		k := openDesk(t, dir)
		wg.Go(func() {
			for i := range 20 {
				if err := k.PutShelf(shelfEntry(100*p + i)); err != nil && !errors.Is(err, ErrBusy) {
					t.Error(err)
				} else if err != nil {
					t.Log(err)
				}
			}
		})
	}
	wg.Wait()
	if list, err := openDesk(t, dir).Shelf(); err != nil || len(list) != 40 {
		t.Errorf("%d %v", len(list), err)
	}
}

// Damage of any kind is noticed, what can be read is kept, and the damaged file stays beside the new one.
func TestDeskDamage(t *testing.T) {
	dir := t.TempDir()
	k := openDesk(t, dir)
	for i := range 40 {
		if err := errors.Join(k.PutShelf(shelfEntry(i)), SaveSetting(k, fmt.Sprint("s", i), i)); err != nil {
			t.Fatal(err)
		}
	}
	good, err := os.ReadFile(k.path())
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(4, 4))
	changes := map[string]func(b []byte) []byte{
		"flip":  func(b []byte) []byte { b[rng.IntN(len(b))] ^= 1 << rng.IntN(8); return b },
		"cut":   func(b []byte) []byte { return b[:rng.IntN(len(b))] },
		"zero":  func(b []byte) []byte { p := rng.IntN(len(b)/pageSize) * pageSize; clear(b[p : p+pageSize]); return b },
		"empty": func([]byte) []byte { return nil },
	}
	problems, saved := 0, 0
	for name, change := range changes {
		for range soak(25, 500) {
			dir := t.TempDir()
			path := filepath.Join(dir, deskFile)
			if err := os.WriteFile(path, change(bytes.Clone(good)), 0o600); err != nil {
				t.Fatal(err)
			}
			d, err := OpenData(dir)
			if err != nil {
				t.Fatal(err)
			}
			k, problem, err := d.OpenDesk()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			list, err := k.Shelf()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, e := range list {
				var i int
				if _, err := fmt.Sscanf(e.Path, "证书/样例%d.pdf", &i); err != nil || !reflect.DeepEqual(e, shelfEntry(i)) {
					t.Errorf("%s: another entry: %+v", name, e)
				}
			}
			if problem == nil && len(list) != 40 {
				t.Errorf("%s: %d entries are gone silently", name, 40-len(list))
			}
			if problem != nil {
				problems++
				if len(list) > 0 {
					saved++
				}
				if _, err := os.Stat(filepath.Join(dir, "desk-1.bad")); err != nil {
					t.Errorf("%s: the damaged file is gone", name)
				}
			}
			if err := k.PutShelf(shelfEntry(77)); err != nil {
				t.Errorf("%s: after %v: %v", name, problem, err)
			}
			checkBolt(t, path)
		}
	}
	if problems == 0 || saved == 0 {
		t.Errorf("%d problems, %d of them with entries saved", problems, saved)
	}
}

func TestDeskOnReadOnlyMedia(t *testing.T) {
	dir := t.TempDir()
	k := openDesk(t, dir)
	if err := k.PutShelf(shelfEntry(1)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, deskLock)), os.Chmod(dir, 0o500)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	var list []ShelfEntry
	var problem, err error
	asNobody(t, dir, func() {
		if f, werr := os.Create(filepath.Join(dir, "probe")); werr == nil {
			f.Close()
			err = errors.New("the folder can be written to")
			return
		}
		var d *Data
		if d, err = OpenData(dir); err != nil {
			return
		}
		var k *Desk
		if k, problem, err = d.OpenDesk(); err == nil {
			list, err = k.Shelf()
		}
	})
	if err != nil || problem != nil || len(list) != 1 {
		t.Errorf("%v %v %v", list, problem, err)
	}
}
