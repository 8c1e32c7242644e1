package store

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"zhengyan/store/feed"
	"zhengyan/verify/rules"
)

// tried counts the stanzas that an identity is tried on.
type tried struct {
	age.Identity
	n *int
}

func (t tried) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	*t.n += len(stanzas)
	return t.Identity.Unwrap(stanzas)
}

// The place of a machine's key is remembered, so that opening takes one trial; a place that is wrong costs one more than none.
func TestKeySlot(t *testing.T) {
	_, m := machine(t)
	_, other := machine(t)
	all := slices.Concat(slices.Repeat(recipients(t, other), maxStanzas+6), recipients(t, m), recipients(t, other))
	box, err := newLockbox(all, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	m.identities[0] = tried{m.identities[0], &n}
	place := maxStanzas + 7
	for _, tt := range []struct{ slot, want int }{
		{0, place},
		{place, 1},
		{3, place + 1},
		{place + 1, place + 1},
		{1 << 40, place}, // no such stanza
	} {
		slot := tt.slot
		n = 0
		if got, err := unwrap(box.info, box.wrapped, m, &slot); err != nil || !slices.Equal(got.Block, box.Block) {
			t.Fatalf("from %d: %v", tt.slot, err)
		}
		if n != tt.want || slot != place {
			t.Errorf("from %d: %d trials instead of %d, found at %d", tt.slot, n, tt.want, slot)
		}
	}
	slot := place
	if _, err := unwrap(box.info, box.wrapped[:0:0], m, &slot); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}

// The place is found at the import and used from then on; a machine whose key is replaced finds its new place by itself.
func TestKeySlotOfGenerations(t *testing.T) {
	r := newRepo(t, false)
	_, other := machine(t)
	key, err := r.data.MakeMachineKey()
	r.must(err)
	r.key = key
	r.to = slices.Concat(slices.Repeat(recipients(t, other), 8), recipients(t, key))
	for n := range 2 { // the whole snapshot, then a delta
		r.publish()
		if i := r.mustImport(); i.KeySlot != 9 {
			t.Errorf("import %d: slot %d", n, i.KeySlot)
		}
	}
	o, err := r.data.Open()
	r.must(err)
	defer o.Close()
	if a, err := o.Lookup(t.Context(), rules.RegistryQuery{Number: r.rows[0].Number}); err != nil || !a.Found || o.slot != 9 {
		t.Errorf("slot %d, %+v, %v", o.slot, a, err)
	}
	r.must(o.Close())
	// As if the key had been at another place.
	i := o.Info
	i.KeySlot = 2
	wrong, err := r.data.openFor(r.data.path(genName(i.Generation, "db")), "", false, i.KeySlot)
	r.must(err)
	defer wrong.Close()
	if _, locked := wrong.Encrypted(); locked != nil || wrong.slot != 9 {
		t.Errorf("slot %d, %v", wrong.slot, locked)
	}
}

// watched notes which targets of a feed are read.
type watched struct {
	feed.Fetcher
	read *[]string
}

func (w watched) Fetch(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	if strings.HasPrefix(name, "targets/") {
		*w.read = append(*w.read, name[strings.Index(name, ".")+1:])
	}
	return w.Fetcher.Fetch(ctx, name, offset)
}

// A machine that may not read a snapshot, or has use for another kind only, is refused before the snapshot is read.
func TestRefusedBeforeTheDownload(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, false)
	_, other := machine(t)
	r.to = recipients(t, other)
	r.publish()
	stage := func(d *Data) ([]string, error) {
		var read []string
		imp, _, err := d.StageFeed(ctx, watched{feed.Folder(r.pub.Dir), &read}, r.root, ImportOptions{Now: r.pub.Now})
		if err == nil {
			err = imp.Discard()
		}
		slices.Sort(read)
		return read, err
	}
	if read, err := stage(r.data); !errors.Is(err, ErrLocked) || !errors.Is(err, ErrNoMachineKey) || !slices.Equal(read, []string{"index.json", "keys.json"}) {
		t.Errorf("without a key: %v, %v", read, err)
	}
	key, err := r.data.MakeMachineKey()
	r.must(err)
	if read, err := stage(r.data); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), key.Recipient) || !slices.Equal(read, []string{"index.json", "keys.json"}) {
		t.Errorf("left out: %v, %v", read, err)
	}
	if read, err := stage(r.data.Persons()); !errors.Is(err, ErrKindOfFile) || !slices.Equal(read, []string{"index.json"}) {
		t.Errorf("of another kind: %v, %v", read, err)
	}
	r.to = recipients(t, other, key)
	r.key = other
	r.publish()
	if read, err := stage(r.data); err != nil || len(read) < 3 {
		t.Errorf("among the recipients: %v, %v", read, err)
	}
	// One that is left out later keeps what it has, and reads no delta either.
	if i := r.mustImport(); i.Generation != 1 {
		t.Errorf("%+v", i)
	}
	r.to = recipients(t, other)
	r.publish()
	if read, err := stage(r.data); !errors.Is(err, ErrLocked) || !slices.Equal(read, []string{"index.json", "keys.json"}) {
		t.Errorf("left out later: %v, %v", read, err)
	}
}

// A feed carries one kind of snapshot.
func TestFeedKeepsItsKind(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, false)
	r.publish()
	s := open(t, r.files[0])
	c, err := s.FeedContent(ctx)
	r.must(err)
	if c.Kind != feed.KindRegistry {
		t.Errorf("%+v", c)
	}
	r.must(r.pub.Fits(feed.KindRegistry))
	r.must(r.pub.Fits("")) // of a publisher who does not say
	if err := r.pub.Fits(feed.KindPersons); !errors.Is(err, feed.ErrOtherKind) {
		t.Error(err)
	}
	before := r.copyFeed()
	c.Kind = feed.KindPersons
	if err := r.pub.Publish(ctx, r.files[0], c, nil); !errors.Is(err, feed.ErrOtherKind) {
		t.Error(err)
	}
	for _, pattern := range []string{"metadata/*", "targets/*"} {
		a, _ := filepath.Glob(filepath.Join(before, pattern))
		b, _ := filepath.Glob(filepath.Join(r.pub.Dir, pattern))
		if len(a) != len(b) {
			t.Errorf("%s: %d files instead of %d", pattern, len(b), len(a))
		}
	}
	if i := r.mustImport(); i.Generation != 1 {
		t.Errorf("%+v", i)
	}
}
