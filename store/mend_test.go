package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhengyan/store/feed"
	"zhengyan/verify/rules"
)

// flipLeaf changes a bit of the last byte of the first value of a tree.
func flipLeaf(t *testing.T, path string, tree byte) {
	t.Helper()
	s, err := OpenSnapshot(path)
	if err != nil {
		t.Fatal(err)
	}
	var value []byte
	err = s.read(func(r *reader) error {
		p := s.trees[tree]
		if !s.file.seek(p.at, 0, p.width, &r.cursor) {
			return errors.New("the tree is empty")
		}
		e, _ := r.cursor.element()
		value = bytes.Clone(e.value)
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, value)
	if at < 0 || len(value) < 20 {
		t.Fatal("the value is not in the file")
	}
	b[at+len(value)-1] ^= 1
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A machine whose snapshot, key or delta is damaged takes the whole snapshot of the feed, and is well again.
func TestFeedMendsTheMachine(t *testing.T) {
	for name, tt := range map[string]struct {
		plain bool
		harm  func(r *repo, feedDir string)
		aside bool // whether the old generation is set aside
		why   error
	}{
		"old rows damaged":        {harm: func(r *repo, _ string) { flipLeaf(r.t, r.data.path("000001.db"), treeRows) }, aside: true, why: ErrDamaged},
		"old words damaged":       {harm: func(r *repo, _ string) { flipLeaf(r.t, r.data.path("000001.db"), treeWords) }, aside: true, why: ErrDamaged},
		"old plain words damaged": {plain: true, harm: func(r *repo, _ string) { flipLeaf(r.t, r.data.path("000001.db"), treeWords) }, aside: true, why: ErrDamaged},
		"another machine key": {harm: func(r *repo, _ string) {
			r.must(os.Remove(filepath.Join(r.data.Dir(), machineKeyFile)))
			m, err := r.data.MakeMachineKey()
			r.must(err)
			r.to = append(r.to, recipients(r.t, m)...)
		}, why: ErrLocked},
		"keys of the delta damaged": {harm: func(r *repo, dir string) {
			names, err := filepath.Glob(filepath.Join(dir, "targets/*.delta.000"))
			r.must(err)
			for _, n := range names {
				b, err := os.ReadFile(n)
				r.must(err)
				at := bytes.Index(b, []byte(`"keys":"`)) + 100
				b[at] ^= 'A' ^ 'B' ^ 'C' ^ b[at]
				r.must(os.WriteFile(n, b, 0o644))
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			r := newRepo(t, false)
			if !tt.plain {
				m, err := r.data.MakeMachineKey()
				r.must(err)
				_, r.key = machine(t)
				r.to = recipients(t, r.key, m)
			}
			r.publish()
			r.mustImport()
			if name == "keys of the delta damaged" { // the feed is harmed after its second publication
				r.publish()
				tt.harm(r, r.pub.Dir)
			} else {
				tt.harm(r, r.pub.Dir)
				r.publish()
			}
			imp, _, err := r.data.StageFeed(ctx, feed.Folder(r.pub.Dir), r.root, ImportOptions{Now: r.pub.Now})
			if err != nil {
				t.Fatal(err)
			}
			if list, err := r.data.List(); err != nil || (list[0].Bad != "") != tt.aside {
				t.Errorf("set aside: %q %v", list[0].Bad, err)
			}
			p, err := imp.Preview(ctx)
			if err != nil || !errors.Is(p.Uncompared, tt.why) || p.Uncompared == nil && p.Changed != 1 {
				t.Errorf("preview: %+v %v", p, err)
			}
			if _, err := imp.Commit(); err != nil {
				t.Fatal(err)
			}
			o := mustOpen(t, r.data)
			if o.Info.SHA256 != mustSum(t, r.files[1]) {
				t.Error("another file is in use")
			}
			if a, err := o.Lookup(ctx, rules.RegistryQuery{Number: r.rows[1].Number}); err != nil || len(a.Records) != 1 || a.Records[0].Status != "注销" {
				t.Errorf("%+v %v", a, err)
			}
		})
	}
}

// Where the staged file is the damaged one, the preview is an error.
func TestPreviewOfADamagedFile(t *testing.T) {
	ctx := context.Background()
	d := openData(t)
	rows := someRows(50, 3)
	if _, err := d.Import(ctx, fileOf(t, rows, testMeta().AsOf), ImportOptions{Now: now}); err != nil {
		t.Fatal(err)
	}
	imp, err := d.Stage(ctx, fileOf(t, rows[1:], testMeta().AsOf.AddDate(0, 0, 1)), ImportOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Discard()
	flipLeaf(t, d.path(imp.tmp), treeRows)
	if p, err := imp.Preview(ctx); !errors.Is(err, ErrDamaged) {
		t.Errorf("%+v %v", p, err)
	}
}
