package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/seal"
)

// snapshots serves the data screen from the store.
type snapshots struct {
	data   *store.Data
	now    func() time.Time
	audit  *auditor
	reload func() error // takes the new snapshot up

	mu     sync.Mutex
	staged *store.Import
}

func (s *snapshots) view(i store.GenerationInfo) viewmodel.SnapshotView {
	return viewmodel.SnapshotView{
		Generation: i.Generation, ID: i.ID, AsOf: i.AsOf, Imported: i.ImportedAt, Rows: i.Rows, Size: i.Size, Source: i.Source, SignedBy: i.SignedBy,
		From: i.From, Root: i.Root, Current: i.Current, Previous: i.Previous, Bad: i.Bad, AgeDays: max(0, int(s.now().Sub(i.AsOf).Hours()/24)),
	}
}

// List implements viewmodel.Snapshots.
func (s *snapshots) List(ctx context.Context) ([]viewmodel.SnapshotView, error) {
	list, err := s.data.List()
	if err != nil && !errors.Is(err, store.ErrNoSnapshot) {
		return nil, err
	}
	out := make([]viewmodel.SnapshotView, 0, len(list))
	for _, i := range list {
		v := s.view(i)
		if i.Current {
			if o, err := s.data.Open(); err == nil {
				c, _ := clockOf(ctx, s.data, s.audit, s.now()) // its error is said where the clock is
				v.Freshness = freshness(s.data.Freshness(o, c.Latest, s.now()).State)
				info := o.Snapshot.Snapshot()
				v.WarnAge, v.RedAge = info.WarnAge, info.RedAge
				var locked error
				if v.Encrypted, locked = o.Encrypted(); locked != nil {
					v.Locked = locked.Error()
				}
				o.Close()
			} else {
				v.Bad = err.Error()
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// MachineKey implements viewmodel.MachineKeys.
func (s *snapshots) MachineKey(_ context.Context, create bool) (string, error) {
	get := s.data.MachineKey
	if create {
		get = s.data.MakeMachineKey
	}
	m, err := get()
	if errors.Is(err, store.ErrNoMachineKey) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return m.Recipient, nil
}

// freshness is the state under the name that reports give it.
func freshness(s store.State) string {
	switch s {
	case store.Fresh:
		return string(verify.Fresh)
	case store.Stale:
		return string(verify.Stale)
	case store.RedLine:
		return string(verify.RedLine)
	}
	return string(verify.ClockSuspect)
}

// refusal is an error of an import that a person may overrule.
type refusal struct{ error }

func (r refusal) Older() bool    { return errors.Is(r.error, store.ErrOlder) }
func (r refusal) Unsigned() bool { return errors.Is(r.error, store.ErrUnsigned) }
func (r refusal) Same() bool     { return errors.Is(r.error, store.ErrSame) }
func (r refusal) Unwrap() error  { return r.error }

// Stage implements viewmodel.Snapshots.
func (s *snapshots) Stage(ctx context.Context, path string, older, unsigned bool, progress func(string, int64, int64)) (viewmodel.SnapshotPreview, error) {
	if err := s.Discard(); err != nil {
		return viewmodel.SnapshotPreview{}, err
	}
	imp, err := s.data.Stage(ctx, path, store.ImportOptions{Now: s.now(), AllowOlder: older, AllowUnsigned: unsigned, Progress: progress})
	if err != nil {
		if errors.Is(err, store.ErrOlder) || errors.Is(err, store.ErrUnsigned) || errors.Is(err, store.ErrSame) {
			err = refusal{err}
		}
		return viewmodel.SnapshotPreview{}, err
	}
	p, err := imp.Preview(ctx)
	if err != nil {
		return viewmodel.SnapshotPreview{}, errors.Join(err, imp.Discard())
	}
	s.mu.Lock()
	s.staged = imp
	s.mu.Unlock()
	out := viewmodel.SnapshotPreview{Next: s.view(imp.Info), Added: p.Added, Removed: p.Removed, Changed: p.Changed, Same: p.Same, Lost: p.Lost, Regained: p.Regained}
	if imp.Current != nil {
		v := s.view(*imp.Current)
		out.Current = &v
	}
	if p.Uncompared != nil {
		out.Uncompared = p.Uncompared.Error()
	}
	for _, c := range p.Examples {
		x := viewmodel.SnapshotChange{Fields: c.Fields}
		if c.Before != nil {
			x.Number, x.Name, x.Before = c.Before.Number, c.Before.Name, c.Before.Status
		}
		if c.After != nil {
			x.Number, x.Name, x.After = c.After.Number, c.After.Name, c.After.Status
		}
		out.Examples = append(out.Examples, x)
	}
	return out, nil
}

func (s *snapshots) take() *store.Import {
	s.mu.Lock()
	defer s.mu.Unlock()
	imp := s.staged
	s.staged = nil
	return imp
}

// Commit implements viewmodel.Snapshots.
func (s *snapshots) Commit(context.Context) error {
	imp := s.take()
	if imp == nil {
		return errors.New("nothing is staged")
	}
	info, err := imp.Commit()
	if err != nil {
		return err
	}
	s.audit.note("import", fmt.Sprintf("generation %d, %s", info.Generation, info.ID))
	return s.reload()
}

// Discard implements viewmodel.Snapshots.
func (s *snapshots) Discard() error {
	if imp := s.take(); imp != nil {
		return imp.Discard()
	}
	return nil
}

// Revert implements viewmodel.Snapshots.
func (s *snapshots) Revert(ctx context.Context) error {
	info, err := s.data.Revert(ctx)
	if err != nil {
		return err
	}
	s.audit.note("revert", fmt.Sprintf("generation %d, %s", info.Generation, info.ID))
	return s.reload()
}

// Scrub implements viewmodel.Snapshots.
func (s *snapshots) Scrub(ctx context.Context, progress func(done, total int)) error {
	list, err := s.data.List()
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.Current {
			return s.data.Scrub(ctx, i.Generation, progress)
		}
	}
	return store.ErrNoSnapshot
}

// trustList serves the data screen from the trust folder.
type trustList struct {
	data   *store.Data
	fixed  string
	now    func() time.Time
	audit  *auditor
	reload func() error
}

// maxAnchorFile bounds what is read of a file that is offered as a trust anchor.
const maxAnchorFile = 4 << 20

// Fixed implements viewmodel.TrustList.
func (t *trustList) Fixed() string { return t.fixed }

func (t *trustList) view(a store.Anchor) viewmodel.AnchorView {
	v := viewmodel.AnchorView{File: a.File, SHA256: a.SHA256, Purpose: string(a.Purpose), CRL: a.CRL, Added: a.AddedAt, From: a.From, Note: a.Note, Problem: a.Problem}
	v.Certificates = certificates(a.Certificates)
	return v
}

func certificates(list []seal.CertInfo) []viewmodel.AnchorCertificate {
	var out []viewmodel.AnchorCertificate
	for _, c := range list {
		out = append(out, viewmodel.AnchorCertificate{Subject: c.Subject, Issuer: c.Issuer, NotBefore: c.NotBefore, NotAfter: c.NotAfter, Fingerprint: c.SHA256})
	}
	return out
}

// List implements viewmodel.TrustList.
func (t *trustList) List(context.Context) ([]viewmodel.AnchorView, error) {
	if t.fixed != "" {
		return t.listFixed()
	}
	list, err := t.data.Trust().List()
	out := make([]viewmodel.AnchorView, 0, len(list))
	for _, a := range list {
		out = append(out, t.view(a))
	}
	return out, err
}

// listFixed lists a folder that was named on the command line; it has no index.
func (t *trustList) listFixed() ([]viewmodel.AnchorView, error) {
	entries, err := os.ReadDir(t.fixed)
	if err != nil {
		return nil, err
	}
	var out []viewmodel.AnchorView
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		v, err := previewAnchor(filepath.Join(t.fixed, e.Name()))
		if err != nil {
			v.Problem = err.Error()
		}
		v.File = e.Name()
		out = append(out, v)
	}
	return out, nil
}

// Preview implements viewmodel.TrustList.
func (t *trustList) Preview(_ context.Context, path string) (viewmodel.AnchorView, error) {
	return previewAnchor(path)
}

func previewAnchor(path string) (viewmodel.AnchorView, error) {
	v := viewmodel.AnchorView{File: filepath.Base(path)}
	b, err := readSmall(path)
	if err != nil {
		return v, err
	}
	// A folder of its own in memory-sized scale: the same reader judges what the trust folder would hold.
	dir, err := os.MkdirTemp("", "zhengyan-anchor-*")
	if err != nil {
		return v, err
	}
	defer os.RemoveAll(dir) // a copy of the file that is shown
	d, err := store.OpenData(dir)
	if err != nil {
		return v, err
	}
	a, err := d.Trust().Add(b, "", filepath.Base(path), "", time.Unix(0, 0))
	if err != nil {
		return v, err
	}
	list, err := d.Trust().List()
	if err != nil || len(list) == 0 {
		return v, errors.Join(err, fmt.Errorf("%s: nothing in it", a.File))
	}
	v.SHA256, v.CRL, v.Certificates = list[0].SHA256, list[0].CRL, certificates(list[0].Certificates)
	return v, nil
}

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxAnchorFile+1))
	if err == nil && len(b) > maxAnchorFile {
		err = fmt.Errorf("%s: over %d bytes", filepath.Base(path), maxAnchorFile)
	}
	return b, err
}

// Add implements viewmodel.TrustList.
func (t *trustList) Add(_ context.Context, path, note string) error {
	b, err := readSmall(path)
	if err != nil {
		return err
	}
	a, err := t.data.Trust().Add(b, "", filepath.Base(path), note, t.now())
	if err != nil {
		return err
	}
	t.audit.note("trust-add", "sha256 "+a.SHA256)
	return t.reload()
}

// Remove implements viewmodel.TrustList.
func (t *trustList) Remove(_ context.Context, file string) error {
	a, err := t.data.Trust().Remove(strings.TrimSpace(file))
	if err != nil {
		return err
	}
	t.audit.note("trust-remove", "sha256 "+a.SHA256)
	return t.reload()
}
