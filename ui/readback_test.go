package ui

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/document"
)

// The files of a report are looked for where it names them and beside it: an archive once for all of its entries, a print with
// its original.
func TestFilesOfAReportAreFound(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a.pdf", "b.pdf", "print.jpg", "bids.zip"} {
		if err := os.WriteFile(at(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	row := func(name string) viewmodel.ReadBackRow {
		return viewmodel.ReadBackRow{Was: &verify.Report{Input: document.Info{Name: name}}}
	}
	pair := row("elsewhere/b.pdf")
	pair.Was.Evidence = &verify.Evidence{Print: &verify.Print{Input: document.Info{Name: "print.jpg"}}}
	rb := &viewmodel.ReadBack{Path: at("report.json"), Rows: []viewmodel.ReadBackRow{
		row("a.pdf"), pair, row("bids.zip!/1.pdf"), row("bids.zip!/2.pdf"), row("gone.pdf"), row(""), row(at("a.pdf")),
	}}
	if got, want := reported(rb), []string{at("a.pdf"), at("b.pdf"), at("print.jpg"), at("bids.zip")}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
