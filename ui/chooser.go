package ui

import (
	"context"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
)

// Chooser asks for files and folders by the dialogs of the person's own desktop. No path and no error say that none was
// chosen. After an error the toolkit's own dialog is shown instead.
type Chooser interface {
	Files(ctx context.Context, title string) ([]string, error)
	Folder(ctx context.Context, title string) (string, error)
	// Save asks where a file is to be written, name being what it would be called.
	Save(ctx context.Context, title, name string) (string, error)
}

func (w *Window) openFile() {
	title := w.m.T("open.title")
	w.choose(func(ctx context.Context) ([]string, error) { return w.o.Chooser.Files(ctx, title) },
		func() { w.ownFile(title, func(path string) { w.OpenAny([]string{path}) }) }, w.OpenAny)
}

func (w *Window) openFolder() {
	w.chooseFolder(w.m.T("open.folder"), func(path string) { w.Open([]string{path}) })
}

// chooseFile asks for a file and hands its path to done; a person who picks none changes nothing.
func (w *Window) chooseFile(title string, done func(path string)) {
	w.choose(func(ctx context.Context) ([]string, error) { return w.o.Chooser.Files(ctx, title) },
		func() { w.ownFile(title, done) }, first(done))
}

// chooseFolder asks for a folder and hands its path to done.
func (w *Window) chooseFolder(title string, done func(path string)) {
	w.choose(func(ctx context.Context) ([]string, error) { return single(w.o.Chooser.Folder(ctx, title)) },
		func() { w.ownFolder(title, done) }, first(done))
}

// saveFile asks where a file is to be written and hands the path to done.
func (w *Window) saveFile(name string, done func(path string)) {
	w.choose(func(ctx context.Context) ([]string, error) {
		return single(w.o.Chooser.Save(ctx, w.m.T("save.title"), name))
	},
		func() { w.ownSave(name, done) }, first(done))
}

// choose asks by the desktop's dialog where there is one, else by the toolkit's. One is shown at a time.
func (w *Window) choose(native func(context.Context) ([]string, error), own func(), done func(paths []string)) {
	if w.o.Chooser == nil {
		own()
		return
	}
	if w.choosing {
		return
	}
	w.choosing = true
	var paths []string
	w.background(func(ctx context.Context) (err error) {
		paths, err = native(ctx)
		return err
	}, func(err error) {
		w.choosing = false
		switch {
		case err != nil:
			own()
		case len(paths) > 0:
			done(paths)
		}
	})
}

func first(done func(string)) func([]string) { return func(paths []string) { done(paths[0]) } }

func single(path string, err error) ([]string, error) {
	if path == "" {
		return nil, err
	}
	return []string{path}, err
}

func (w *Window) ownFile(title string, done func(path string)) {
	d := dialog.NewFileOpen(pathOf[fyne.URIReadCloser](w, done), w.win)
	d.SetTitleText(title)
	w.showFileDialog(d)
}

func (w *Window) ownFolder(title string, done func(path string)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		switch {
		case err != nil:
			w.notify(w.m.Error(err), false)
		case u != nil:
			done(u.Path())
		}
	}, w.win)
	d.SetTitleText(title)
	w.showFileDialog(d)
}

func (w *Window) ownSave(name string, done func(path string)) {
	d := dialog.NewFileSave(pathOf[fyne.URIWriteCloser](w, done), w.win)
	d.SetFileName(name)
	w.showFileDialog(d)
}

// pathOf makes what the toolkit's dialogs of files call: only the path of the file that they open is wanted.
func pathOf[F interface {
	io.Closer
	URI() fyne.URI
}](w *Window, done func(path string)) func(F, error) {
	return func(f F, err error) {
		picked := any(f) != nil
		if picked && err == nil {
			err = f.Close()
		}
		switch {
		case err != nil:
			w.notify(w.m.Error(err), false)
		case picked:
			done(f.URI().Path())
		}
	}
}

// showFileDialog shows a dialog at a size that shows many files. It can be given one only when it is there: before that,
// and in a sandbox that shows a dialog of its own, the toolkit breaks on the attempt.
func (w *Window) showFileDialog(d *dialog.FileDialog) {
	d.Show()
	defer func() { _ = recover() }()
	d.Resize(w.dialogSize())
}

func (w *Window) dialogSize() fyne.Size {
	s := w.win.Canvas().Size()
	return fyne.NewSize(min(940, s.Width-80), min(640, s.Height-80))
}
