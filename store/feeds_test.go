package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhengyan/store/feed"
	"zhengyan/verify/rules"
)

// repo is a publisher with its feed and a machine that imports from it: the simulator of the attack tests.
type repo struct {
	t     *testing.T
	pub   *feed.Publisher
	root  []byte // the pinned root
	data  *Data
	files []string // snapshot files by publication
	rows  []Row
	// to and key are whom the snapshots are encrypted for, and what the publisher reads them with; nil: not encrypted.
	to  Recipients
	key *MachineKey
}

func newRepo(t *testing.T, withSM2 bool) *repo {
	t.Helper()
	keys, err := feed.GenerateKeys(3, withSM2)
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t: t, pub: &feed.Publisher{Dir: filepath.Join(t.TempDir(), "feed"), Keys: keys, Now: now}, data: openData(t), rows: someRows(60, 2)}
	r.must(r.pub.Begin("样例登记机构", 2))
	if r.root, err = r.pub.RootFile(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *repo) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// publish puts the next state of the registry into the feed, with a delta from the one before it.
func (r *repo) publish() {
	r.t.Helper()
	n := len(r.files)
	r.rows[n].Status = "注销"
	var path string
	if r.to == nil {
		path = fileOf(r.t, r.rows, testMeta().AsOf.AddDate(0, 0, n))
	} else {
		path = encrypted(r.t, r.rows, n, r.to)
	}
	deltas := map[string]string{}
	if n > 0 {
		delta := filepath.Join(r.t.TempDir(), fmt.Sprintf("%d.delta", n))
		f, err := os.Create(delta)
		r.must(err)
		head, err := WriteDelta(context.Background(), r.files[n-1], path, r.key, f)
		r.must(errors.Join(err, f.Close()))
		deltas[head.From] = delta
	}
	s := open(r.t, path)
	c, err := s.FeedContent(context.Background())
	r.must(err)
	r.pub.Now = r.pub.Now.AddDate(0, 0, 1)
	r.must(r.pub.Publish(context.Background(), path, c, deltas))
	r.files = append(r.files, path)
}

// copyFeed is a stick with the feed as it is now.
func (r *repo) copyFeed() string {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "stick")
	r.must(os.CopyFS(dir, os.DirFS(r.pub.Dir)))
	return dir
}

func (r *repo) importFrom(f feed.Fetcher) (GenerationInfo, error) {
	imp, _, err := r.data.StageFeed(context.Background(), f, r.root, ImportOptions{Now: r.pub.Now})
	if err != nil {
		return GenerationInfo{}, err
	}
	return imp.Commit()
}

func (r *repo) mustImport() GenerationInfo {
	r.t.Helper()
	i, err := r.importFrom(feed.Folder(r.pub.Dir))
	r.must(err)
	return i
}

func TestFeed(t *testing.T) {
	for _, withSM2 := range []bool{false, true} {
		r := newRepo(t, withSM2)
		r.publish()
		if i := r.mustImport(); i.Generation != 1 || i.SignedBy != "样例登记机构" {
			t.Errorf("%+v", i)
		}
		if _, err := r.importFrom(feed.Folder(r.pub.Dir)); !errors.Is(err, ErrSame) {
			t.Errorf("again: %v", err)
		}
		r.publish()
		var stages []string
		imp, _, err := r.data.StageFeed(context.Background(), feed.Folder(r.pub.Dir), r.root, ImportOptions{Now: now, Progress: func(s string, _, _ int64) { stages = append(stages, s) }})
		r.must(err)
		p, err := imp.Preview(context.Background())
		if err != nil || p.Changed != 1 {
			t.Errorf("%+v %v", p, err)
		}
		if strings.Contains(strings.Join(stages, " "), "copy") {
			t.Error("the delta was not used")
		}
		i, err := imp.Commit()
		if err != nil || i.SHA256 != mustSum(t, r.files[1]) {
			t.Errorf("%+v %v", i, err)
		}
		o := mustOpen(t, r.data)
		if o.Snapshot.Snapshot().SignedBy != "样例登记机构" {
			t.Error("the signer is not shown")
		}
		// With the publisher known, a file that nobody vouches for is not taken without a word.
		loose := fileOf(t, r.rows, now)
		if _, err := r.data.Import(context.Background(), loose, ImportOptions{Now: now}); !errors.Is(err, ErrUnsigned) {
			t.Errorf("unsigned: %v", err)
		}
		if _, err := r.data.Import(context.Background(), loose, ImportOptions{Now: now, AllowUnsigned: true}); err != nil {
			t.Errorf("unsigned, allowed: %v", err)
		}
	}
}

// Each attack of the table: refused, and the snapshot in use stays.
func TestFeedAttacks(t *testing.T) {
	edit := func(dir, glob string, f func([]byte) []byte) error {
		names, err := filepath.Glob(filepath.Join(dir, glob))
		if err != nil || len(names) == 0 {
			return errors.Join(fmt.Errorf("%s: nothing", glob), err)
		}
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				return err
			}
			if err := os.WriteFile(n, f(b), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
	flip := func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 1; return b }
	type attack struct {
		old, new string // copies of the feed: before and after the second publication
		r        *repo
	}
	for name, tt := range map[string]struct {
		sm2  bool
		do   func(a attack) error // changes a.new, from which is imported
		want error
	}{
		"rollback": {do: func(a attack) error {
			a.r.must(os.RemoveAll(a.new))
			return os.CopyFS(a.new, os.DirFS(a.old))
		}, want: ErrSameOrRollback},
		"old snapshot mixed in": {do: func(a attack) error {
			return copyOver(a.old, a.new, "metadata/1.snapshot.json", "metadata/2.snapshot.json")
		}},
		"old targets mixed in": {do: func(a attack) error {
			return copyOver(a.old, a.new, "metadata/1.targets.json", "metadata/2.targets.json")
		}},
		"index flipped": {do: func(a attack) error { return edit(a.new, "targets/*.index.json", flip) }},
		"targets edited": {do: func(a attack) error {
			return edit(a.new, "metadata/2.targets.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"length":`), []byte(`"length":1`), 1) })
		}},
		"timestamp flipped": {do: func(a attack) error { return edit(a.new, "metadata/timestamp.json", flip) }},
		"timestamp empty": {do: func(a attack) error {
			return edit(a.new, "metadata/timestamp.json", func([]byte) []byte { return nil })
		}},
		"timestamp endless": {do: func(a attack) error {
			return edit(a.new, "metadata/timestamp.json", func(b []byte) []byte { return append(b, make([]byte, 1<<20)...) })
		}},
		"snapshot and delta flipped": {do: func(a attack) error {
			return errors.Join(edit(a.new, "targets/*.delta.000", flip), edit(a.new, "targets/*.r.db.000", flip))
		}},
		"snapshot cut, delta gone": {do: func(a attack) error {
			names, _ := filepath.Glob(filepath.Join(a.new, "targets/*.delta.000"))
			return errors.Join(os.Remove(names[0]), edit(a.new, "targets/*.r.db.000", func(b []byte) []byte { return b[:len(b)/2] }))
		}},
		"other publisher": {do: func(a attack) error {
			e := newRepo(a.r.t, false)
			e.publish()
			e.publish()
			e.publish()
			a.r.must(os.RemoveAll(a.new))
			return os.CopyFS(a.new, os.DirFS(e.pub.Dir))
		}},
		"root of another publisher appended": {do: func(a attack) error {
			e := newRepo(a.r.t, false)
			k, err := feed.GenerateKeys(3, false)
			a.r.must(err)
			a.r.must(e.pub.Rotate(k, 2))
			return copyOver(e.pub.Dir, a.new, "metadata/2.root.json", "metadata/2.root.json")
		}},
		"SM2 signature missing": {sm2: true, do: func(a attack) error { return os.Remove(filepath.Join(a.new, "metadata/2.targets.json.sm2")) }},
		"SM2 signature of the older targets": {sm2: true, do: func(a attack) error {
			return copyOver(a.old, a.new, "metadata/1.targets.json.sm2", "metadata/2.targets.json.sm2")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t, tt.sm2)
			r.publish()
			a := attack{old: r.copyFeed(), r: r}
			first := r.mustImport()
			if name == "rollback" {
				r.publish()
				first = r.mustImport()
			} else {
				r.publish()
			}
			a.new = r.copyFeed()
			r.must(tt.do(a))
			_, err := r.importFrom(feed.Folder(a.new))
			if err == nil {
				t.Fatal("imported")
			}
			if tt.want == ErrSameOrRollback && !errors.Is(err, feed.ErrRollback) {
				t.Errorf("error %v", err)
			}
			t.Log(err)
			if o := mustOpen(t, r.data); o.Info.SHA256 != first.SHA256 || len(o.Problems) != 0 {
				t.Errorf("in use: %+v %v", o.Info, o.Problems)
			}
			// And the honest feed is still taken.
			if _, err := r.importFrom(feed.Folder(r.pub.Dir)); err != nil && !errors.Is(err, ErrSame) {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// ErrSameOrRollback marks the row of the table above whose error must be ErrRollback.
var ErrSameOrRollback = errors.New("rollback")

func copyOver(fromDir, toDir, from, to string) error {
	b, err := os.ReadFile(filepath.Join(fromDir, filepath.FromSlash(from)))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(toDir, filepath.FromSlash(to)), b, 0o644)
}

// A thief with the keys of the first root: after the rotation he can neither bring back the old root nor go on signing.
func TestRevokedKeys(t *testing.T) {
	r := newRepo(t, false)
	r.publish()
	r.mustImport()
	thief := &feed.Publisher{Dir: r.copyFeed(), Keys: r.pub.Keys, Now: r.pub.Now}
	next, err := feed.GenerateKeys(3, false)
	r.must(err)
	r.must(r.pub.Rotate(next, 2))
	r.publish()
	if i := r.mustImport(); i.Generation != 2 {
		t.Fatalf("after the rotation: %+v", i)
	}
	evil := fileOf(t, someRows(5, 77), now.AddDate(1, 0, 0))
	s := open(t, evil)
	st, _ := os.Stat(evil)
	thief.Now = now.AddDate(1, 0, 0)
	for range 5 {
		r.must(thief.Publish(context.Background(), evil, feed.Content{ID: "evil", Root: s.Root(), AsOf: thief.Now, Rows: 5, Size: st.Size(), SHA256: mustSum(t, evil)}, nil))
	}
	// The machine passes the root that came with it, version 1; the newer one that it remembers counts.
	if _, err := r.importFrom(feed.Folder(thief.Dir)); !errors.Is(err, feed.ErrRefused) {
		t.Errorf("revoked keys: %v", err)
	}
	// The thief's run-up versions on a machine that had met him before the rotation do not lock the publisher out.
	victim := &repo{t: t, pub: r.pub, root: r.root, data: openData(t)}
	if _, err := victim.importFrom(feed.Folder(thief.Dir)); err != nil {
		t.Fatal(err)
	}
	imp, _, err := victim.data.StageFeed(context.Background(), feed.Folder(r.pub.Dir), r.root, ImportOptions{Now: now, AllowOlder: true})
	if err != nil {
		t.Fatalf("no way back: %v", err)
	}
	if _, err := imp.Commit(); err != nil {
		t.Fatal(err)
	}
}

// Going back to an older generation does not open the way for an older feed; a lost state file is made up for.
func TestFeedStateLasts(t *testing.T) {
	r := newRepo(t, false)
	r.publish()
	old := r.copyFeed()
	r.mustImport()
	r.publish()
	r.mustImport()
	if _, err := r.data.Revert(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := r.importFrom(feed.Folder(old)); !errors.Is(err, feed.ErrRollback) {
			t.Errorf("old stick: %v", err)
		}
		r.must(os.WriteFile(r.data.path(feedState), nil, 0o644)) // the power went
	}
	if i := r.mustImport(); i.Generation != 3 {
		t.Errorf("forward again: %+v", i)
	}
	if _, _, err := openData(t).StageFeed(context.Background(), feed.Folder(r.pub.Dir), nil, ImportOptions{}); !errors.Is(err, feed.ErrNoRoot) {
		t.Errorf("without a root: %v", err)
	}
}

// cutting is a stick that is pulled after some bytes of the snapshot.
type cutting struct {
	feed.Fetcher
	left   int64
	served int64
}

func (c *cutting) Fetch(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	r, err := c.Fetcher.Fetch(ctx, name, offset)
	if err != nil || !strings.Contains(name, ".db.") {
		return r, err
	}
	return &pulled{r, c}, nil
}

type pulled struct {
	io.ReadCloser
	c *cutting
}

func (p *pulled) Read(b []byte) (int, error) {
	if p.c.left <= 0 {
		return 0, fs.ErrClosed
	}
	n, err := p.ReadCloser.Read(b[:min(int64(len(b)), p.c.left)])
	p.c.left -= int64(n)
	p.c.served += int64(n)
	return n, err
}

func TestDownloadGoesOn(t *testing.T) {
	r := newRepo(t, false)
	r.publish()
	size := int64(0)
	st, err := os.Stat(r.files[0])
	r.must(err)
	size = st.Size()
	c := &cutting{Fetcher: feed.Folder(r.pub.Dir), left: size / 2}
	if _, err := r.importFrom(c); err == nil {
		t.Fatal("imported half a file")
	}
	c.left = size
	if _, err := r.importFrom(c); err != nil {
		t.Fatal(err)
	}
	if c.served != size {
		t.Errorf("%d bytes were read for %d", c.served, size)
	}
}

func TestFreshness(t *testing.T) {
	i := rules.SnapshotInfo{AsOf: now, WarnAge: 30 * 24 * time.Hour, RedAge: 90 * 24 * time.Hour}
	r := newRepo(t, false)
	r.publish()
	r.mustImport()
	s, err := r.data.FeedState()
	r.must(err)
	issued, expires := s.Issued()
	if issued.IsZero() || !expires.After(issued) {
		t.Fatalf("issued %v, expires %v", issued, expires)
	}
	for _, tt := range []struct {
		at   time.Time
		s    feed.State
		want Freshness
	}{
		{now, feed.State{}, Freshness{State: Fresh}},
		{now.Add(-time.Minute), feed.State{}, Freshness{State: Fresh}},
		{now.AddDate(0, 0, -1), feed.State{}, Freshness{ClockSuspect, now}},
		{now, s, Freshness{ClockSuspect, issued}},
		{issued, s, Freshness{State: Fresh}},
		{expires, s, Freshness{Stale, expires}},
		{now.AddDate(0, 0, 30), feed.State{}, Freshness{Stale, now.AddDate(0, 0, 30)}},
		{now.AddDate(0, 0, 90), s, Freshness{RedLine, now.AddDate(0, 0, 90)}},
	} {
		if got := FreshnessOf(i, tt.s, tt.at); got.State != tt.want.State || !got.Since.Equal(tt.want.Since) {
			t.Errorf("at %v: %+v, want %+v", tt.at, got, tt.want)
		}
	}
}
