package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"zhengyan/cmd/internal/places"
	"zhengyan/store"
	"zhengyan/ui"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/verifytest"
)

// desk is what the window keeps on this machine.
type desk struct {
	data   *store.Data
	kept   *store.Desk // nil if it cannot be used
	chosen viewmodel.Settings
	audit  *auditor
	snap   *snapshots
	trust  *trustList
	now    func() time.Time
}

// openDesk opens what is kept. What cannot be used is said and left out; the window opens all the same.
func openDesk(o options, getenv func(string) string, now func() time.Time, e *engine, warn func(error)) (*desk, error) {
	p := sources{data: places.Data(o.data, getenv), trust: o.trust, cache: places.Cache(getenv), onnx: getenv("ZHENGYAN_ONNXRUNTIME")}
	data, err := store.OpenData(p.data)
	if err != nil {
		return nil, err
	}
	d := &desk{data: data, chosen: viewmodel.DefaultSettings(), now: now}
	kept, problem, err := data.OpenDesk()
	if problem != nil {
		warn(problem)
	}
	if err != nil {
		warn(err)
	} else {
		d.kept = kept
		if d.chosen, err = (settings{kept}).Load(); err != nil {
			warn(err)
			d.chosen = viewmodel.DefaultSettings()
		}
	}
	reload := func() error { return e.reload(p, warn) }
	d.audit = newAuditor(data, now, e.root, warn)
	d.audit.on.Store(d.chosen.Audit)
	d.snap = &snapshots{data: data, now: now, audit: d.audit, reload: reload}
	d.trust = &trustList{data: data, fixed: o.trust, now: now, audit: d.audit, reload: reload}
	return d, nil
}

// options gives the window what it keeps.
func (d *desk) options(o *ui.Options) {
	o.Recorder, o.Snapshots, o.Trust, o.Audit = d.audit, d.snap, d.trust, auditLog{d.data, d.audit}
	o.OnSettings = func(s viewmodel.Settings) { d.audit.on.Store(s.Audit) }
	if d.kept == nil {
		return
	}
	o.Settings = settings{d.kept}
	o.Screens = append(o.Screens, ui.ShelfScreen(shelf{d.kept}))
	if d.chosen.KeepBatch {
		o.Keeper = newKeeper(d.kept, d.now)
	} else if err := d.kept.RemoveBatch(batchID); err != nil {
		d.audit.warn(err)
	}
}

func (d *desk) close() {
	d.audit.close()
	if err := d.snap.Discard(); err != nil {
		d.audit.warn(err)
	}
}

// specimenFiles writes the tour's specimens, once, and returns their paths.
func specimenFiles(ctx context.Context, dir string) ([]string, error) {
	dir = filepath.Join(dir, "specimens")
	names := []string{"constructor/ok.pdf", "constructor/seal-edited-in-place.pdf", "constructor/usage-ended.pdf", "constructor/scan-signed.pdf"}
	var paths []string
	whole := true
	for _, n := range names {
		p := filepath.Join(dir, filepath.FromSlash(n))
		paths = append(paths, p)
		if _, err := os.Stat(p); err != nil {
			whole = false
		}
	}
	if whole {
		return paths, nil
	}
	_, err := verifytest.Write(ctx, dir, verifytest.WriteOptions{Only: func(f string) bool {
		for _, n := range names {
			if n == f {
				return true
			}
		}
		return false
	}})
	if errors.Is(err, verifytest.ErrNoFont) {
		return nil, errors.New("本版本未内置字体，不能制作样例 / this build carries no font to make specimens with")
	}
	return paths, err
}
