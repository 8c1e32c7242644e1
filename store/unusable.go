package store

import (
	"context"

	"zhengyan/verify/rules"
)

// Unusable stands in for a snapshot that is there but cannot be read: every question is answered by the error, so that
// damage is never taken for "no snapshot" or "not found".
type Unusable struct{ Err error }

// Snapshot says nothing: nothing of the file can be relied on.
func (Unusable) Snapshot() rules.SnapshotInfo { return rules.SnapshotInfo{} }

// Lookup returns the error.
func (u Unusable) Lookup(context.Context, rules.RegistryQuery) (rules.RegistryAnswer, error) {
	return rules.RegistryAnswer{}, u.Err
}
