package main

import (
	"errors"
	"time"

	"zhengyan/assets"
	"zhengyan/cmd/internal/places"
	"zhengyan/store"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
)

// sources are the folders that data and trust come from; trust "" is the data folder's. onnx names the library that
// evaluates the nets, "" for the one that is found. resume keeps in memory where a cancelled search ended.
type sources struct {
	data, trust, cache, onnx string
	resume                   bool
}

// open starts an engine that loads its data in the background. warn is called, from another goroutine, with what a person
// must know of the data.
func open(p sources, font []byte, book *rules.Book, now func() time.Time, program string, warn func(error)) (*engine, error) {
	docs, err := document.NewEngine(document.Config{CacheDir: p.cache, Font: font})
	if err != nil {
		return nil, err
	}
	// Judging, and saying that a file cannot be read, need neither tables nor trust anchors.
	judge, err := verify.New(verify.Config{Engine: docs, Book: book, Tables: &fields.Tables{}, Now: now, Program: program})
	if err != nil {
		return nil, err
	}
	e := &engine{ready: make(chan struct{}), judge: judge, docs: docs}
	go func() {
		defer close(e.ready)
		e.load(p, book, now, program, warn)
	}()
	return e, nil
}

func (e *engine) load(p sources, book *rules.Book, now func() time.Time, program string, warn func(error)) {
	cfg := verify.Config{Engine: e.docs, Book: book, Now: now, Program: program, Searching: e.searches.report, Resume: p.resume}
	// The nets that read pictures are loaded when the first picture comes.
	cfg.Reader = ocr.NewLazy(func() (*ocr.Reader, error) {
		installed, err := ocr.Installed(p.onnx, p.data, assets.Models())
		if err != nil {
			return nil, err
		}
		return ocr.Open(installed)
	})
	var err error
	cfg.Tables, err = fields.LoadTables(assets.Rules())
	if err == nil {
		cfg.Hosts, err = qr.LoadHosts(assets.Rules())
	}
	if err != nil {
		e.mu.Lock()
		e.err = err
		e.mu.Unlock()
		return
	}
	if cfg.Anchors, err = places.Anchors(p.data, p.trust, warn); err != nil {
		warn(err) // the window opens all the same: without anchors nobody is trusted, which every result says
	}
	opened, err := places.Snapshot(p.data, warn)
	if err != nil {
		warn(err)
		cfg.Registry = store.Unusable{Err: err} // damage is not the lack of a snapshot, and every result says so
	}
	if opened != nil {
		cfg.Registry = opened
		e.close = append(e.close, opened.Close)
	}
	e.set(cfg)
}

// set puts a configuration in force for the files that are read from now on.
func (e *engine) set(cfg verify.Config) {
	v, err := verify.New(cfg)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cfg, e.v, e.err = cfg, v, err
}

// reload takes trust anchors and registry snapshot up again after they were changed.
func (e *engine) reload(p sources, warn func(error)) error {
	<-e.ready
	a, err := places.Anchors(p.data, p.trust, warn)
	if err != nil {
		return err
	}
	e.mu.Lock()
	cfg := e.cfg
	e.mu.Unlock()
	cfg.Anchors, cfg.Registry = a, nil
	opened, err := places.Snapshot(p.data, warn)
	switch {
	case err != nil:
		cfg.Registry = store.Unusable{Err: err}
	case opened != nil:
		cfg.Registry = opened
		e.mu.Lock()
		e.close = append(e.close, opened.Close)
		e.mu.Unlock()
	}
	e.set(cfg)
	return err
}

// root names the snapshot in use, for the audit log; "" if there is none.
func (e *engine) root() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r, ok := e.cfg.Registry.(*places.Registry); ok {
		return r.Root()
	}
	return ""
}

// Close frees the registry snapshot. PDFium ends with the process: waiting for it would hold the window open while it starts.
func (e *engine) Close() error {
	select {
	case <-e.ready:
	default:
		return nil // still loading; nothing is held that the process's end does not free
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []error
	for _, c := range e.close {
		errs = append(errs, c())
	}
	e.close = nil
	return errors.Join(errs...)
}
