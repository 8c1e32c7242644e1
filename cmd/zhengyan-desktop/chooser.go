package main

import (
	"context"
	"errors"

	"github.com/ncruces/zenity"

	"zhengyan/ui"
)

// desktopChooser asks for files by the system's own dialogs on Windows and macOS, elsewhere by those of the desktop, for
// which one of the programs zenity, matedialog or qarma must be there. nil where there is none.
func desktopChooser() ui.Chooser {
	if !zenity.IsAvailable() {
		return nil
	}
	return chooser{}
}

type chooser struct{}

// Files implements ui.Chooser.
func (chooser) Files(ctx context.Context, title string) ([]string, error) {
	paths, err := zenity.SelectFileMultiple(zenity.Context(ctx), zenity.Title(title))
	return paths, chosen(err)
}

// Folder implements ui.Chooser.
func (chooser) Folder(ctx context.Context, title string) (string, error) {
	path, err := zenity.SelectFile(zenity.Context(ctx), zenity.Title(title), zenity.Directory())
	return path, chosen(err)
}

// Save implements ui.Chooser.
func (chooser) Save(ctx context.Context, title, name string) (string, error) {
	path, err := zenity.SelectFileSave(zenity.Context(ctx), zenity.Title(title), zenity.Filename(name), zenity.ConfirmOverwrite())
	return path, chosen(err)
}

// chosen is nil for a person who closes the dialog.
func chosen(err error) error {
	if errors.Is(err, zenity.ErrCanceled) {
		return nil
	}
	return err
}
