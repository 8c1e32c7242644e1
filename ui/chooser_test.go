package ui

import (
	"context"
	"errors"
	"testing"

	"zhengyan/ui/viewmodel/vmtest"
)

// desk answers as a person at the desktop's dialog does.
type desk struct {
	paths []string
	err   error
	asked int
	saved string
}

func (d *desk) Files(context.Context, string) ([]string, error) { d.asked++; return d.paths, d.err }

func (d *desk) Folder(context.Context, string) (string, error) {
	d.asked++
	if len(d.paths) == 0 {
		return "", d.err
	}
	return d.paths[0], d.err
}

func (d *desk) Save(_ context.Context, _, name string) (string, error) {
	d.saved = name
	return d.Folder(context.Background(), "")
}

func TestDesktopsOwnDialogs(t *testing.T) {
	d := &desk{}
	r := newRigWith(t, one(vmtest.Good()), func(o *Options) { o.Chooser = d })
	r.openFile()
	r.openFile() // while it is open, no second one opens
	r.settle()
	if d.asked != 1 || r.session.Counts().Total != 0 || len(r.win.Canvas().Overlays().List()) != 0 {
		t.Errorf("nothing was chosen: asked %d times, %d files", d.asked, r.session.Counts().Total)
	}
	d.paths = []string{"/bids/a.pdf"}
	r.openFile()
	r.until("the file is listed", func() bool { return r.session.Counts().Total == 1 })
	got := ""
	r.chooseFolder("题", func(p string) { got = p })
	r.settle()
	if got != "/bids/a.pdf" {
		t.Errorf("the folder is %q", got)
	}
	r.saveFile("a.ics", func(p string) { got = p })
	r.settle()
	if d.saved != "a.ics" {
		t.Errorf("the name offered is %q", d.saved)
	}

	d.paths, d.err = nil, errors.New("no display")
	r.openFile()
	r.until("the toolkit's dialog is shown", func() bool { return len(r.win.Canvas().Overlays().List()) > 0 })
}
