package viewmodel

import (
	"image"

	"zhengyan/verify"
)

// File is a file that the engine can read. Key is the engine's own handle on it and is never looked at here.
type File struct {
	Name string // shown in the list, without folders
	Path string // where it is; inside an archive "archive.zip!/name"
	Key  any    // nil for a file of a batch that was kept: the engine finds it again by its path
	// Bidder is the group that the file belongs to; "" is filled in from the folder, see BidderOf.
	Bidder string
	// Part is which certificate of a long document it is, from 1; 0 for the first, and for a file of one.
	Part int
}

// State is how far the work on a file has come.
type State int

// The states of a file.
const (
	Waiting State = iota
	Reading
	Done
	Cancelled
)

// Item is a file of the list.
type Item struct {
	ID     int
	File   File
	State  State
	Bidder string
	Row    Row
	Facts  Facts  // what the file is compared with others by; zero until Done
	packed []byte // the evidence, compressed; nil until Done
	// Human holds a person's decisions on this file by check id.
	Human map[string]verify.HumanDecision

	root    int   // id of the file's own row
	page    int   // of the certificate in its file, from 0
	into    *Item // the original in whose row this print is judged, nil for none
	pairing bool  // it is being read together with its print
	halved  bool  // that was cancelled: its verdict is on it alone
	// apart are the paths of prints that were read with it and are not of this copy.
	apart  []string
	search verify.Search // how far the work on a long document is
}

// Judged reports whether the file was read, so that it can be judged.
func (it *Item) Judged() bool { return it.packed != nil }

// Row is what the list shows of a file.
type Row struct {
	Shape        Shape
	Indication   verify.Indication // "" until judged
	Title        string            // the file's name
	Subtitle     string            // the verdict's word and why, or the state of the work
	Reason       string
	Person       string
	Number       string
	Kind         string
	Unreadable   bool
	Copy         verify.Indication
	Registration verify.Indication
	// Cells are the columns of the table, made once so that drawing a row formats nothing.
	Cells [Columns]string
	find  string // what a search looks through
	keys  [Columns]string
	// Second is the shape of the verdict as at the second day, if one is asked for.
	Second Shape
	// Doubt says why a person should look at the file; "" if none need.
	Doubt Doubt
}

// Picture is a page as it is to be shown.
type Picture struct {
	Item  int
	Page  int
	Scale float64 // pixels a page unit that were asked for
	End   int64   // the file's first bytes that were drawn, 0 for all
	Image image.Image
	Err   error
}

// Counts are the numbers over the list.
type Counts struct {
	Total, Waiting, Reading, Passed, Failed, Indeterminate, Unreadable, Cancelled int
	// Pairing are the originals that are being read once more, with their prints.
	Pairing int
	// Halved are the originals of which that was cancelled.
	Halved int
}

// Finished is the number of files that need no more work.
func (c Counts) Finished() int { return c.Total - c.Waiting - c.Reading }

// Working reports whether files are being read or wait to be.
func (c Counts) Working() bool { return c.Waiting+c.Reading+c.Pairing > 0 }

// Left reports whether something was cancelled that Resume takes up again.
func (c Counts) Left() bool { return c.Cancelled+c.Halved > 0 }

// Filter narrows the list to one kind of result.
type Filter int

// The filters.
const (
	ShowAll Filter = iota
	ShowFailed
	ShowIndeterminate
	ShowPassed
	ShowUnreadable
	ShowDoubtful
)

func (f Filter) matches(it *Item) bool {
	switch f {
	case ShowFailed:
		return it.Row.Indication == verify.TotalFailed
	case ShowIndeterminate:
		return it.Row.Indication == verify.Indeterminate && !it.Row.Unreadable
	case ShowPassed:
		return it.Row.Indication == verify.TotalPassed
	case ShowUnreadable:
		return it.Row.Unreadable
	case ShowDoubtful:
		return it.Row.Doubt != NoDoubt
	}
	return true
}
