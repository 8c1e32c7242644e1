package ui

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/report"
)

// maxFound bounds the files of a report that are looked for by name.
const maxFound = 20_000

// ReadReport reads an exported report back in the background: it says whether the report was changed since it was
// written, and lays it beside what its evidence gives now.
func (w *Window) ReadReport(file string) {
	var rb *viewmodel.ReadBack
	w.background(func(ctx context.Context) error {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		b, err := report.ReadBatch(f)
		if err != nil {
			return err
		}
		rb, err = viewmodel.LayBeside(ctx, w.o.Engine, file, b)
		return err
	}, func(err error) {
		if err != nil {
			w.notify(w.m.T("readback.failed", "error", w.m.Error(err)), false)
			// A file that only says of itself that it is a report is verified like any other.
			if strings.EqualFold(filepath.Ext(file), ".pdf") {
				w.Open([]string{file})
			}
			return
		}
		w.showReadBack(rb)
	})
}

// showReadBack shows the answer, and what of the report is answered otherwise now.
func (w *Window) showReadBack(rb *viewmodel.ReadBack) {
	th, m := w.th, w.m
	k := th.Scale()
	table := newDataTable(th, []tableColumn{
		{m.T("readback.col.file"), 250 * k}, {m.T("readback.col.state"), 90 * k}, {m.T("readback.col.was"), 120 * k}, {m.T("readback.col.now"), 120 * k}, {m.T("readback.col.differs"), 440 * k},
	}, &readBackRows{w: w, rb: rb, row: -1}, w.typedKey, w.typedRune)
	adopt := newButtonWithIcon(m.T("readback.adopt"), theme.ViewRefreshIcon(), func() {
		w.closeDialog()
		n := w.session.Adopt(rb)
		w.notify(m.T("readback.adopted", "n", strconv.Itoa(n)), true)
		w.Show("verify")
	})
	again := newButtonWithIcon(m.T("readback.again"), theme.FolderOpenIcon(), func() { w.closeDialog(); w.openReported(rb) })
	shut := newButton(m.T("about.close"), w.closeDialog)
	shut.Importance = widget.HighImportance
	top := column(6, banner(th, rb.Shape(), rb.Title(m), rb.Text(m)))
	if rb.Checkpoint != "" {
		_, cp := clipped(th, m.T("readback.checkpoint", "text", strings.Join(strings.Fields(rb.Checkpoint), " ")), theme.SizeNameCaptionText, widget.LowImportance)
		top.Add(cp)
	}
	w.wide(m.T("readback.title", "file", filepath.Base(rb.Path)), container.NewBorder(top, nil, nil, nil, pad(table, 8, 0, 0, 0)), again, adopt, shut)
}

// openReported verifies the files of a report anew: those that lie where the report names them or beside it, else those of
// a folder that the person names.
func (w *Window) openReported(rb *viewmodel.ReadBack) {
	var found []string
	w.background(func(context.Context) error { found = reported(rb); return nil }, func(error) {
		if len(found) > 0 {
			w.Open(found)
			w.Show("batch")
			return
		}
		w.chooseFolder(w.m.T("readback.again.folder"), func(dir string) { w.Open([]string{dir}); w.Show("batch") })
	})
}

// reported are the files of a report that are to be found, originals and the prints that were judged with them. An archive's
// entry stands for the archive.
func reported(rb *viewmodel.ReadBack) []string {
	var out []string
	seen := map[string]bool{}
	var names []string
	for i := range rb.Rows[:min(len(rb.Rows), maxFound)] {
		was := rb.Rows[i].Was
		names = append(names, was.Input.Name)
		if was.Evidence != nil && was.Evidence.Print != nil {
			names = append(names, was.Evidence.Print.Input.Name)
		}
	}
	for _, name := range names {
		name, _, _ = strings.Cut(name, "!/")
		if name == "" {
			continue
		}
		dir := filepath.Dir(rb.Path)
		for _, p := range []string{name, filepath.Join(dir, filepath.FromSlash(name)), filepath.Join(dir, path.Base(filepath.ToSlash(name)))} {
			if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() && filepath.IsAbs(p) {
				if !seen[p] {
					seen[p] = true
					out = append(out, p)
				}
				break
			}
		}
	}
	return out
}

// readBackRows are the rows of the table, one a file of the report.
type readBackRows struct {
	w   *Window
	rb  *viewmodel.ReadBack
	row int
}

// Len implements tableSource.
func (r *readBackRows) Len() int { return len(r.rb.Rows) }

// Cell implements tableSource.
func (r *readBackRows) Cell(row, column int) tableCell {
	if row >= len(r.rb.Rows) {
		return tableCell{}
	}
	x, m := &r.rb.Rows[row], r.w.m
	verdict := func(rep *verify.Report) tableCell {
		text := m.Word(rep.Indication)
		if rep.Error != nil {
			text = m.T("state.unreadable")
		}
		return tableCell{Text: text, Shape: viewmodel.ShapeOf(rep.Indication), HasShape: true, Strong: true}
	}
	switch column {
	case 0:
		return tableCell{Text: path.Base(filepath.ToSlash(x.Was.Input.Name))}
	case 1:
		switch x.Integrity {
		case report.Unchanged:
			return tableCell{Text: m.T("readback.ok"), Shape: viewmodel.ShapePass, Strong: true}
		case report.Changed:
			return tableCell{Text: m.T("readback.bad"), Shape: viewmodel.ShapeFail, Strong: true}
		}
		return tableCell{Text: m.T("readback.none")}
	case 2:
		return verdict(x.Was)
	case 3:
		return verdict(x.Now)
	}
	return tableCell{Text: x.DiffersText(m)}
}

// Selected implements tableSource.
func (r *readBackRows) Selected() int { return r.row }

// Sorted implements tableSource.
func (r *readBackRows) Sorted() (int, bool) { return -1, false }

// Sort implements tableSource: the report's own order stays.
func (r *readBackRows) Sort(int) {}

// Select implements tableSource.
func (r *readBackRows) Select(row int) { r.row = row }
