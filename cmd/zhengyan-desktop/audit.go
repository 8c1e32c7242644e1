package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
)

// auditIdle is how long the log stays open after the last entry: while it is open, no other program can read it.
const auditIdle = 2 * time.Second

// auditQueue is the number of entries that may wait; a worker that is faster than the disk waits for it.
const auditQueue = 64

// auditor appends to the audit log, in an order of its own, and lets go of it when there is nothing to write.
type auditor struct {
	data *store.Data
	now  func() time.Time
	root func() string // of the snapshot in use
	warn func(error)
	on   atomic.Bool
	ch   chan store.AuditEntry
	let  chan chan struct{} // asks for the log to be let go of
	done chan struct{}

	mu     sync.Mutex
	closed bool
	failed bool // said once
}

func newAuditor(data *store.Data, now func() time.Time, root func() string, warn func(error)) *auditor {
	a := &auditor{data: data, now: now, root: root, warn: warn, ch: make(chan store.AuditEntry, auditQueue), let: make(chan chan struct{}), done: make(chan struct{})}
	go a.run()
	return a
}

// Verdict implements viewmodel.Recorder.
func (a *auditor) Verdict(rep *verify.Report) { a.add(store.EntryOf(rep, a.root(), a.now())) }

// Decision implements viewmodel.Recorder.
func (a *auditor) Decision(rep *verify.Report) {
	e := store.EntryOf(rep, a.root(), a.now())
	e.Action = "decide"
	if e.Decision == "" {
		e.Decision = "taken back"
	}
	a.add(e)
}

// note records a change of the data that verdicts rest on.
func (a *auditor) note(action, text string) {
	a.add(store.AuditEntry{Time: a.now().UTC().Truncate(time.Second), Action: action, Note: text})
}

func (a *auditor) add(e store.AuditEntry) {
	if !a.on.Load() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.ch <- e
	}
}

// release lets go of the log, so that it can be read, once what waits was written.
func (a *auditor) release() {
	if a == nil {
		return
	}
	answer := make(chan struct{})
	select {
	case a.let <- answer:
		<-answer
	case <-a.done:
	}
}

// close writes what waits.
func (a *auditor) close() {
	a.mu.Lock()
	if !a.closed {
		a.closed = true
		close(a.ch)
	}
	a.mu.Unlock()
	<-a.done
}

func (a *auditor) run() {
	defer close(a.done)
	var log *store.Audit
	letGo := func() {
		if log != nil {
			log.Close() // every entry is on the disk already
			log = nil
		}
	}
	defer letGo()
	idle := time.NewTimer(auditIdle)
	defer idle.Stop()
	for {
		select {
		case <-idle.C:
			letGo()
		case answer := <-a.let:
			letGo()
			close(answer)
		case e, ok := <-a.ch:
			if !ok {
				return
			}
			var err error
			if log == nil {
				log, err = a.data.OpenAudit(rand.Reader)
			}
			if err == nil {
				_, _, err = log.Append(e)
			}
			if err != nil && !a.failed {
				a.failed = true
				a.warn(err)
			}
			idle.Reset(auditIdle)
		}
	}
}

// auditLog serves the audit screen.
type auditLog struct {
	data   *store.Data
	writer *auditor // may be nil
}

func (l auditLog) read() (*store.Audit, error) { return readLog(l.data, l.writer) }

// Verify implements viewmodel.AuditLog.
func (l auditLog) Verify(ctx context.Context) (viewmodel.AuditState, error) {
	var s viewmodel.AuditState
	a, err := l.read()
	if errors.Is(err, fs.ErrNotExist) {
		s.None = true
		return s, nil
	}
	if errors.Is(err, store.ErrAudit) {
		s.Broken = err.Error()
		return s, nil
	}
	if err != nil {
		return s, err
	}
	defer a.Close()
	s.Key = a.VerifierKey()
	s.Entries, err = a.Verify(ctx, "")
	if errors.Is(err, store.ErrAudit) {
		s.Broken = err.Error()
		return s, nil
	}
	if err != nil {
		return s, err
	}
	if s.Checkpoint, err = a.Checkpoint(); err != nil {
		return s, err
	}
	if s.Entries > 0 {
		err = a.Entries(ctx, s.Entries-1, func(_ int64, e store.AuditEntry) error { s.Latest = e.Time; return nil })
	}
	return s, err
}

// Last implements viewmodel.AuditLog.
func (l auditLog) Last(ctx context.Context, n int) ([]viewmodel.AuditView, error) {
	a, err := l.read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer a.Close()
	total, err := a.Len()
	if err != nil {
		return nil, err
	}
	var out []viewmodel.AuditView
	err = a.Entries(ctx, max(0, total-int64(n)), func(i int64, e store.AuditEntry) error {
		out = append([]viewmodel.AuditView{{
			Number: i, Time: e.Time, Action: e.Action, File: e.FileSHA256, Indication: e.Indication, Rules: e.Rules, Decision: e.Decision,
			Operator: e.Operator, Note: e.Note, Clock: e.Clock,
		}}, out...)
		return nil
	})
	return out, err
}

// Export implements viewmodel.AuditLog.
func (l auditLog) Export(ctx context.Context, path string) (err error) {
	a, err := l.read()
	if err != nil {
		return err
	}
	defer a.Close()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(a.Export(ctx, f, 0), f.Close())
}
