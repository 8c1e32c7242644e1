package verify

import (
	"context"

	"zhengyan/verify/rules"
)

// Types of the registry contract; they live beside the rules that read them.
type (
	SnapshotInfo   = rules.SnapshotInfo
	RegistryQuery  = rules.RegistryQuery
	RegistryAnswer = rules.RegistryAnswer
	RegistryRecord = rules.RegistryRecord
	FieldChange    = rules.FieldChange
)

// Registry is a snapshot of registrations. A nil Registry means that no snapshot is loaded. An error from Lookup means
// that the snapshot cannot answer (damage, cancelled): the verdict is then INCONCLUSIVE, never "not found".
type Registry interface {
	Snapshot() SnapshotInfo
	Lookup(ctx context.Context, q RegistryQuery) (RegistryAnswer, error)
}
