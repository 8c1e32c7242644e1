package store

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/rules"
)

// valid is the registry's word for a registration that is in force.
const valid = "有效"

// maxExamples are the changes of each sort that a preview shows.
const maxExamples = 20

// Preview is what an import changes.
type Preview struct {
	Added, Removed, Changed, Same int
	// Lost counts registrations that were in force and are no longer, by the new status; Regained the other way.
	Lost     map[string]int
	Regained int
	// Examples are some of the changes, the losses first.
	Examples []Change
	// Uncompared is why nothing was counted, nil if all was: the snapshot in use is damaged or locked, while the staged one
	// is sound. It wraps ErrDamaged or ErrLocked, and must be shown. Commit mends it.
	Uncompared error
}

// Change is one registration that differs. Before is nil for a new one, After for one that is no longer listed.
type Change struct {
	Before, After *Row
	Fields        []string // what differs, by the keys of the columns
}

// rank orders examples: lost registrations first, then removals, changes, additions.
func (c Change) rank() int {
	switch {
	case c.Before != nil && c.After != nil && c.Before.Status == valid && c.After.Status != valid:
		return 0
	case c.After == nil:
		return 1
	case c.Before != nil:
		return 2
	}
	return 3
}

// Preview compares the staged snapshot with the current one, row by row. Where the current one cannot be read, it says so
// instead (Uncompared), for it is then that an import is needed most.
func (imp *Import) Preview(ctx context.Context) (*Preview, error) {
	staged, err := imp.d.openFor(imp.d.path(imp.tmp), imp.Info.From, false, imp.Info.KeySlot)
	if err != nil {
		return nil, err
	}
	defer staged.Close()
	if imp.Current == nil {
		return &Preview{Added: imp.Info.Rows, Lost: map[string]int{}}, nil
	}
	p, err := imp.compare(ctx, staged)
	if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLocked) {
		return p, err
	}
	if own := staged.Verify(ctx, nil); own != nil { // then nothing is known of the current one
		return nil, own
	}
	return &Preview{Lost: map[string]int{}, Uncompared: err}, nil
}

func (imp *Import) compare(ctx context.Context, staged *Snapshot) (*Preview, error) {
	current, err := imp.d.Open()
	if err != nil {
		return nil, err
	}
	defer current.Close()
	if _, locked := current.Encrypted(); locked != nil {
		return nil, locked
	}
	return Compare(ctx, current.Snapshot, staged)
}

// Compare tells what changes from one snapshot to another.
func Compare(ctx context.Context, before, after *Snapshot) (*Preview, error) {
	p := &Preview{Lost: map[string]int{}}
	var examples [4][]Change
	same, err := differences(ctx, before, after, func(a, b *Row) error {
		c := Change{Before: a, After: b}
		switch {
		case a == nil:
			p.Added++
		case b == nil:
			p.Removed++
		default:
			c.Fields = differing(a, b)
			if len(c.Fields) == 0 { // the day of the update, or what was kept as history
				p.Same++
				return nil
			}
			p.Changed++
			if a.Status == valid && b.Status != valid {
				p.Lost[b.Status]++
			}
			if a.Status != valid && b.Status == valid {
				p.Regained++
			}
		}
		if r := c.rank(); len(examples[r]) < maxExamples {
			examples[r] = append(examples[r], c)
		}
		return nil
	})
	p.Same += same
	for _, e := range examples {
		p.Examples = append(p.Examples, e[:min(len(e), maxExamples-len(p.Examples))]...)
	}
	return p, err
}

// pull turns a sequence into a function that returns nil at its end.
func pull(seq iter.Seq2[Row, error]) (next func() (*Row, error), stop func()) {
	n, stop := iter.Pull2(seq)
	return func() (*Row, error) {
		r, err, ok := n()
		if !ok || err != nil {
			return nil, err
		}
		return &r, nil
	}, stop
}

// compareKeys orders rows as they lie in the file.
func compareKeys(a, b *Row) int {
	return cmp.Or(strings.Compare(string(a.Kind)+"\x00", string(b.Kind)+"\x00"), strings.Compare(a.Number, b.Number))
}

// facts are the fields of a row whose earlier values are kept, as text. Package rules reads them by these keys.
var facts = []struct {
	key string
	get func(*Row) string
}{
	{"name", func(r *Row) string { return r.Name }},
	{"sex", func(r *Row) string { return r.Sex }},
	{"birth", func(r *Row) string { return r.Birth.String() }},
	{"employer", func(r *Row) string { return r.Employer }},
	{"specialties", func(r *Row) string { return rules.FormatSpecialties(r.Specialties) }},
	{"valid", func(r *Row) string { return rules.FormatPeriod(r.Valid) }},
	{"status", func(r *Row) string { return r.Status }},
	{"statusDate", func(r *Row) string { return r.StatusDate.String() }},
	{"reason", func(r *Row) string { return r.Reason }},
	{"qrKey", func(r *Row) string { return r.QRKey }},
	{"ecertID", func(r *Row) string { return r.EcertID }},
	{"latestUsageFrom", func(r *Row) string { return r.LatestUsageFrom.String() }},
}

// differing names the facts in which two rows of one key differ.
func differing(a, b *Row) (keys []string) {
	for _, f := range facts {
		if f.get(a) != f.get(b) {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// withHistory adds to b the values that a had and b has not: they held until the day on which b was updated, or where
// the registry does not say when, until the day of the snapshot.
func withHistory(a, b *Row, asOf civil.Date) {
	b.History = slices.Concat(a.History, ownHistory(a.History, b.History))
	day := asOf
	if !b.UpdatedAt.IsZero() && !b.UpdatedAt.After(asOf) && (a.UpdatedAt.IsZero() || b.UpdatedAt.After(a.UpdatedAt)) {
		day = b.UpdatedAt
	}
	for _, f := range facts {
		old := f.get(a)
		if old == f.get(b) {
			continue
		}
		until := day
		if ofStatus(f.key) && b.StatusDate.HasDay() && !b.StatusDate.After(asOf) && b.StatusDate != a.StatusDate && a.Status != b.Status {
			until = b.StatusDate
		}
		for len(old) > maxString {
			old = old[:strings.LastIndex(old[:maxString], "；")]
		}
		b.History = append(b.History, rules.FieldChange{Field: f.key, Value: old, Until: until})
	}
	if n := len(b.History) - maxHistory; n > 0 {
		b.History = b.History[n:]
	}
}

// newlyListed notes that the snapshot before, of the day last, did not hold the row: what the registry says of it now may not reach
// back to then.
func newlyListed(r *Row, last, asOf civil.Date) {
	day := asOf
	if r.UpdatedAt.HasDay() && r.UpdatedAt.After(last) && !r.UpdatedAt.After(asOf) {
		day = r.UpdatedAt
	}
	if len(r.History) < maxHistory {
		r.History = append(slices.Clip(r.History), rules.FieldChange{Field: rules.Absent, Value: last.String(), Until: day})
	}
}

// ofStatus reports whether a fact goes with the status: an earlier status, its day and its reason were true together.
func ofStatus(key string) bool { return key == "status" || key == "statusDate" || key == "reason" }

// ownHistory is what a source gives beyond what is known already.
func ownHistory(known, given []rules.FieldChange) []rules.FieldChange {
	return slices.DeleteFunc(slices.Clone(given), func(g rules.FieldChange) bool { return slices.Contains(known, g) })
}

// historySource joins sorted rows with the snapshot before them.
type historySource struct {
	source
	previous *Snapshot
	asOf     civil.Date
	births   bool // whether birth dates may stay in the history
}

func (h historySource) dictionaries(ctx context.Context) (words, employers []string, err error) {
	return collectWords(ctx, h.each)
}

func (h historySource) each(ctx context.Context, f func(*Row) error) error {
	next, stop := pull(h.previous.All(ctx))
	defer stop()
	old, err := next()
	if err != nil {
		return err
	}
	return h.source.each(ctx, func(r *Row) error {
		for old != nil && compareKeys(old, r) < 0 {
			if old, err = next(); err != nil {
				return err
			}
		}
		if old != nil && compareKeys(old, r) == 0 {
			withHistory(old, r, h.asOf)
		} else {
			newlyListed(r, civil.Of(h.previous.Snapshot().AsOf), h.asOf)
		}
		if !h.births {
			r.History = slices.DeleteFunc(r.History, func(c rules.FieldChange) bool { return c.Field == "birth" })
		}
		return f(r)
	})
}
