package rules

import (
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// SnapshotInfo names the registry snapshot that a lookup used.
type SnapshotInfo struct {
	ID         string    `json:"id"`
	Generation int       `json:"generation"`
	AsOf       time.Time `json:"asOf"` // the registry's state that the snapshot holds
	Rows       int       `json:"rows"`
	Source     string    `json:"source,omitempty"`
	SignedBy   string    `json:"signedBy,omitempty"`
	// WarnAge and RedAge are the publisher's ages at which data is called stale, and at which it no longer lets a
	// certificate pass. In JSON they are nanoseconds.
	WarnAge time.Duration `json:"warnAge"`
	RedAge  time.Duration `json:"redAge"`
}

// RegistryQuery asks a snapshot for a registration. Kind and Number are the key; the others narrow or widen.
type RegistryQuery struct {
	Kind    fields.Kind `json:"kind"`
	Number  string      `json:"number,omitempty"`
	Name    string      `json:"name,omitempty"`
	QRKey   string      `json:"qrKey,omitempty"`
	EcertID string      `json:"ecertID,omitempty"`
}

// RegistryAnswer is what a snapshot says. Found false means "not in this snapshot", never "does not exist".
type RegistryAnswer struct {
	Found   bool             `json:"found"`
	Records []RegistryRecord `json:"records,omitempty"`
}

// RegistryRecord is one registration or qualification as the registry had it.
type RegistryRecord struct {
	Kind        fields.Kind        `json:"kind"`
	Number      string             `json:"number"`
	Name        string             `json:"name"`
	Sex         string             `json:"sex,omitempty"`
	Birth       civil.Date         `json:"birth,omitzero"`
	Employer    string             `json:"employer,omitempty"`
	Specialties []fields.Specialty `json:"specialties,omitempty"`
	Valid       fields.Period      `json:"valid,omitzero"`
	// Status is the registry's own word (有效, 注销, 吊销, 撤销, 失效, 暂扣): the codes differ between systems.
	Status     string     `json:"status"`
	StatusDate civil.Date `json:"statusDate,omitzero"`
	Reason     string     `json:"reason,omitempty"`
	QRKey      string     `json:"qrKey,omitempty"`
	EcertID    string     `json:"ecertID,omitempty"`
	UpdatedAt  civil.Date `json:"updatedAt,omitzero"`
	// LatestUsageFrom is the start of the newest copy that the registry knows of.
	LatestUsageFrom civil.Date    `json:"latestUsageFrom,omitzero"`
	History         []FieldChange `json:"history,omitempty"`
}

// Absent is the field of a FieldChange by which a snapshot did not hold a record that a later one holds.
const Absent = "absent"

// FieldChange is an earlier value of a field: another had taken its place by the day Until, so that it held before that
// day at the latest. Field is the field's name in JSON, and Value its text; "valid" is written by FormatPeriod,
// "specialties" by FormatSpecialties. Of the field Absent the value is the day of a
// snapshot that did not hold the record.
type FieldChange struct {
	Field string     `json:"field"`
	Value string     `json:"value"`
	Until civil.Date `json:"until"`
}
