package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// simDisk is a folder whose power can be cut. Written data lasts when the file is synced, names last when the folder is
// synced. At a cut, each change of names since then is kept or lost on its own, and data since then is kept, lost, torn
// or turned into zeros.
type simDisk struct {
	files   map[string]*simInode
	durable map[string]*simInode
	pending []simChange
	ops     int
	cutAt   int   // the operation at which the power goes; 0 = never
	fullAt  int   // the operation from which on nothing fits; 0 = never
	err     error // set once the power is gone
}

type simInode struct{ data, synced []byte }

type simChange struct {
	from, to string // to == "": removal; from == "": creation
	inode    *simInode
}

var errPowerCut = errors.New("power cut")

func newSimDisk() *simDisk {
	return &simDisk{files: map[string]*simInode{}, durable: map[string]*simInode{}}
}

func (d *simDisk) step(writes bool) error {
	if d.err != nil {
		return d.err
	}
	d.ops++
	if d.cutAt > 0 && d.ops >= d.cutAt {
		d.err = errPowerCut
		return d.err
	}
	if writes && d.fullAt > 0 && d.ops >= d.fullAt {
		return syscall.ENOSPC
	}
	return nil
}

func (d *simDisk) create(name string) (diskFile, error) {
	if err := d.step(true); err != nil {
		return nil, err
	}
	if d.files[name] != nil {
		return nil, fs.ErrExist
	}
	i := &simInode{}
	d.files[name] = i
	d.pending = append(d.pending, simChange{to: name, inode: i})
	return &simFile{d, i}, nil
}

func (d *simDisk) rename(from, to string) error {
	if err := d.step(false); err != nil {
		return err
	}
	i := d.files[from]
	if i == nil {
		return fs.ErrNotExist
	}
	delete(d.files, from)
	d.files[to] = i
	d.pending = append(d.pending, simChange{from: from, to: to, inode: i})
	return nil
}

func (d *simDisk) remove(name string) error {
	if err := d.step(false); err != nil {
		return err
	}
	if d.files[name] == nil {
		return fs.ErrNotExist
	}
	delete(d.files, name)
	d.pending = append(d.pending, simChange{from: name})
	return nil
}

func (d *simDisk) sync() error {
	if err := d.step(false); err != nil {
		return err
	}
	d.durable, d.pending = maps.Clone(d.files), nil
	return nil
}

func (d *simDisk) names() ([]string, error) { return slices.Sorted(maps.Keys(d.files)), nil }

func (d *simDisk) read(name string, limit int) ([]byte, error) {
	if d.files[name] == nil {
		return nil, fs.ErrNotExist
	}
	return d.files[name].data, nil
}

func (d *simDisk) size(name string) (int64, error) {
	if d.files[name] == nil {
		return 0, fs.ErrNotExist
	}
	return int64(len(d.files[name].data)), nil
}

type simFile struct {
	d *simDisk
	i *simInode
}

func (f *simFile) Write(p []byte) (int, error) {
	if err := f.d.step(true); err != nil {
		return 0, err
	}
	f.i.data = append(f.i.data, p...)
	return len(p), nil
}

func (f *simFile) Sync() error {
	if err := f.d.step(false); err != nil {
		return err
	}
	f.i.synced = bytes.Clone(f.i.data)
	return nil
}

func (f *simFile) Close() error { return nil }

// afterCut is what the next start of the machine may find.
func (d *simDisk) afterCut(rng *rand.Rand) *simDisk {
	next := newSimDisk()
	maps.Copy(next.files, d.durable)
	for _, c := range d.pending {
		if rng.IntN(2) == 0 {
			continue
		}
		if c.from != "" {
			delete(next.files, c.from)
		}
		if c.to != "" {
			next.files[c.to] = c.inode
		}
	}
	for name, i := range next.files {
		data := bytes.Clone(i.data)
		if !bytes.Equal(i.synced, i.data) {
			switch rng.IntN(4) {
			case 0:
				data = bytes.Clone(i.synced)
			case 1:
				data = data[:rng.IntN(len(data)+1)]
			case 2:
				clear(data[rng.IntN(len(data)+1):])
			}
		}
		next.files[name] = &simInode{data: data, synced: bytes.Clone(data)}
	}
	next.durable = maps.Clone(next.files)
	return next
}

func wholeOn(d disk) func(GenerationInfo) error {
	return func(i GenerationInfo) error {
		b, err := d.read(genName(i.Generation, "db"), 1<<20)
		if sum := sha256.Sum256(b); err == nil && hex.EncodeToString(sum[:]) != i.SHA256 {
			err = ErrDamaged
		}
		return err
	}
}

// installOn imports content as the next generation, as Data does.
func installOn(d disk, content []byte) (int, error) {
	g := generations{d}
	names, err := d.names()
	if err != nil {
		return 0, err
	}
	for _, n := range leftovers(names) {
		if err := d.remove(n); err != nil {
			return 0, err
		}
	}
	n, err := g.next()
	if err != nil {
		return 0, err
	}
	tmp := genName(n, "db") + ".tmp"
	size, sum, err := g.receive(context.Background(), tmp, bytes.NewReader(content), 1<<20, nil)
	if err != nil {
		return 0, err
	}
	return n, g.install(tmp, GenerationInfo{Generation: n, Size: size, SHA256: hexSum(sum), AsOf: time.Unix(int64(n), 0).UTC()})
}

// Mutants of the protocol, as disks that leave something out. Each must make the test below fail.
type noFileSync struct{ disk }

func (m noFileSync) create(name string) (diskFile, error) {
	f, err := m.disk.create(name)
	return lazyFile{f}, err
}

type lazyFile struct{ diskFile }

func (lazyFile) Sync() error { return nil }

type noFolderSync struct{ disk }

func (noFolderSync) sync() error { return nil }

type deletesFirst struct{ disk }

func (m deletesFirst) create(name string) (diskFile, error) {
	names, _ := m.disk.names()
	for _, n := range names {
		if _, ext := genNumber(n); ext == "json" || ext == "db" {
			if err := m.disk.remove(n); err != nil {
				return nil, err
			}
		}
	}
	return m.disk.create(name)
}

// powerCuts runs installs whose power is cut and counts what the next start has lost: everything, or a generation that
// had been acknowledged.
func powerCuts(rounds int, seed uint64, wrap func(disk) disk) (states, lostAll, rolledBack int) {
	rng := rand.New(rand.NewPCG(seed, 3))
	for states < rounds {
		d := newSimDisk()
		acked := 0
		for gen := range 4 {
			if gen == 1+rng.IntN(3) { // power fails in this install; two generations at the earliest
				d.cutAt = d.ops + 1 + rng.IntN(16)
			}
			n, err := installOn(wrap(d), bytes.Repeat([]byte(fmt.Sprint("generation ", gen, seed)), 50))
			if err == nil {
				acked = n
			}
			if d.err != nil {
				break
			}
		}
		if acked == 0 {
			continue
		}
		for range 8 { // the same cut, other luck
			states++
			after := d.afterCut(rng)
			i, _, err := generations{after}.choose(wholeOn(after))
			switch {
			case err != nil:
				lostAll++
			case i.Generation < acked:
				rolledBack++
			default: // and the machine must be able to go on from here
				if _, err := installOn(after, []byte("after the cut")); err != nil {
					lostAll++
				}
			}
		}
	}
	return states, lostAll, rolledBack
}

func TestPowerCutsLoseNothing(t *testing.T) {
	states, lost, back := powerCuts(soak(5_000, 60_000), 1, func(d disk) disk { return d })
	t.Logf("%d power cuts: %d lost everything, %d rolled back", states, lost, back)
	if lost != 0 || back != 0 {
		t.Errorf("of %d power cuts %d lost everything and %d rolled back", states, lost, back)
	}
}

func TestPowerCutTestCatchesBrokenProtocols(t *testing.T) {
	for name, wrap := range map[string]func(disk) disk{
		"files not synced":        func(d disk) disk { return noFileSync{d} },
		"folder not synced":       func(d disk) disk { return noFolderSync{d} },
		"old ones deleted before": func(d disk) disk { return deletesFirst{d} },
	} {
		states, lost, back := powerCuts(2000, 2, wrap)
		t.Logf("%s: of %d power cuts %d lost everything, %d rolled back", name, states, lost, back)
		if lost+back == 0 {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// A disk that runs full at any step leaves the generation before it in use, and works again when there is room.
func TestDiskFullAtEveryStep(t *testing.T) {
	for at := 1; ; at++ {
		d := newSimDisk()
		if _, err := installOn(d, []byte("first")); err != nil {
			t.Fatal(err)
		}
		d.fullAt = d.ops + at
		_, err := installOn(d, bytes.Repeat([]byte("second"), 100))
		if err == nil {
			if at < 4 {
				t.Fatalf("only %d steps were tried", at)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("step %d: %v", at, err)
		}
		i, _, err := generations{d}.choose(wholeOn(d))
		if err != nil || i.Generation != 1 {
			t.Fatalf("step %d: generation %d, %v", at, i.Generation, err)
		}
		d.fullAt = 0
		if n, err := installOn(d, []byte("third")); err != nil || n < 2 {
			t.Fatalf("step %d: afterwards %v", at, err)
		}
		names, _ := d.names()
		if s := strings.Join(names, " "); strings.Contains(s, "tmp") {
			t.Errorf("step %d leaves %s", at, s)
		}
	}
}

func TestReceiveBoundsAndPassesErrorsOn(t *testing.T) {
	d := newSimDisk()
	g := generations{d}
	if _, _, err := g.receive(context.Background(), "x.tmp", io.LimitReader(zeros{}, 1<<30), 4<<20, nil); err == nil {
		t.Error("an endless source was taken")
	}
	pulled := errors.New("stick pulled")
	if _, _, err := g.receive(context.Background(), "x.tmp", io.MultiReader(strings.NewReader("abc"), errReader{pulled}), 1<<20, nil); !errors.Is(err, pulled) {
		t.Error(err)
	}
	if names, _ := d.names(); len(names) != 0 {
		t.Errorf("leaves %v", names)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }
