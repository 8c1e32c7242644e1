package viewmodel_test

import (
	"context"
	"testing"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
)

// unread is an engine that can spoil the reading of a pair.
type unread struct {
	*vmtest.Images
	spoil func(*verify.Evidence)
}

func (e *unread) GatherPair(ctx context.Context, original, print viewmodel.File) (*verify.Evidence, error) {
	ev, err := e.Images.GatherPair(ctx, original, print)
	if err == nil && e.spoil != nil {
		e.spoil(ev)
	}
	return ev, err
}

// A pair of which nothing was read is not one of two copies: it is read again with the next start.
func TestPairThatCouldNotBeReadIsTriedAgain(t *testing.T) {
	for about, spoil := range map[string]func(*verify.Evidence){
		"the original is locked": func(ev *verify.Evidence) {
			ev.Failure, ev.Print = &verify.Problem{Stage: "document", Code: "read"}, nil
		},
		"no reader": func(ev *verify.Evidence) {
			*ev.Print = verify.Print{Input: document.Info{Kind: document.InputScan}, Problems: []verify.Problem{{Stage: "ocr", Code: "no-reader"}}}
		},
		"a text layer alone": func(ev *verify.Evidence) {
			*ev.Print = verify.Print{Input: document.Info{Kind: document.InputScan}, Fields: &fields.Result{Source: fields.SourceText}}
		},
	} {
		t.Run(about, func(t *testing.T) {
			kept := &shelf{kept: map[string]viewmodel.Kept{}}
			e := &unread{halves(), spoil}
			s, l := imageSession(t, e, kept)
			s.Open([]string{"all"})
			l.until("the pair was tried", func() bool { return !s.Counts().Working() && !s.Expanding() && e.Pairs.Load() == 1 })
			if s.Item(1).Folded() || s.Item(0).Folded() {
				t.Error("the halves are one")
			}
			s.Close()

			e.spoil = nil
			s, l = imageSession(t, e, kept)
			back := false
			s.Restore(func(_, waiting int) {
				if back = true; waiting != 1 {
					t.Errorf("%d wait, want the pair", waiting)
				}
			})
			l.until("the batch came back", func() bool { return back })
			l.until("the pair is read", func() bool { return !s.Counts().Working() })
			if !s.Item(1).Folded() {
				t.Error("the pair was not read again")
			}
		})
	}
}
