package store

import (
	"slices"
	"time"

	"zhengyan/verify"
)

// EntryOf is what the audit log keeps of a report: hashes, verdicts and the rules that decided, nothing that names a
// person. root is that of the snapshot in use, "" if there is none.
func EntryOf(r *verify.Report, root string, now time.Time) AuditEntry {
	e := AuditEntry{
		Time: now.UTC().Truncate(time.Second), Action: "verify", FileSHA256: r.Input.SHA256, At: r.At.UTC(), Policy: r.Policy.Name,
		Indication: string(r.Indication), Copy: string(r.Copy.Indication), Registration: string(r.Registration.Indication), Program: r.Program,
	}
	if s := r.Snapshot; s != nil {
		e.Snapshot, e.Generation, e.Root, e.Staleness = s.ID, s.Generation, root, string(s.Freshness)
		if s.Freshness == verify.ClockSuspect || now.Add(clockSlack).Before(s.AsOf) {
			e.Clock = "suspect"
		}
	}
	for _, c := range r.Checks {
		if c.Rule != "" && c.Action == verify.Enforce && (c.Status == verify.Failed || c.Status == verify.Inconclusive) && !slices.Contains(e.Rules, c.Rule) {
			e.Rules = append(e.Rules, c.Rule)
		}
	}
	for _, id := range sortedKeys(r.Human) {
		e.Decision += id + "=" + r.Human[id].Answer + ";"
		if e.Operator == "" {
			e.Operator = r.Human[id].Who
		}
	}
	if r.Error != nil {
		e.Note = "unreadable: " + r.Error.Code
	}
	return e
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
