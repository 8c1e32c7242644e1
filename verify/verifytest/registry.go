package verifytest

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// RegistryRow is what the invented registry says of one holder. Its fields and JSON names are those of
// rules.RegistryRecord, which this package must not import: tests of the stages import it.
type RegistryRow struct {
	Kind        fields.Kind        `json:"kind"`
	Number      string             `json:"number"`
	Name        string             `json:"name"`
	Sex         string             `json:"sex,omitempty"`
	Birth       civil.Date         `json:"birth,omitzero"`
	Employer    string             `json:"employer,omitempty"`
	Specialties []fields.Specialty `json:"specialties,omitempty"`
	Valid       fields.Period      `json:"valid,omitzero"`
	Status      string             `json:"status"` // 有效, 注销, 吊销, 撤销, 失效, 暂扣
	StatusDate  civil.Date         `json:"statusDate,omitzero"`
	Reason      string             `json:"reason,omitempty"`
	QRKey       string             `json:"qrKey,omitempty"`
	EcertID     string             `json:"ecertID,omitempty"`
	UpdatedAt   civil.Date         `json:"updatedAt,omitzero"`
	// LatestUsageFrom is the start of the newest copy that the registry knows of.
	LatestUsageFrom civil.Date `json:"latestUsageFrom,omitzero"`
}

// RegistryMeta says what a registry snapshot is.
type RegistryMeta struct {
	Name   string     `json:"name"`
	Source string     `json:"source"`
	AsOf   civil.Date `json:"asOf"`
	Rows   int        `json:"rows"`
	// WarnDays and RedDays are the ages at which the data is called stale, and at which it no longer lets a
	// certificate pass.
	WarnDays int `json:"warnDays"`
	RedDays  int `json:"redDays"`
}

// RegistryAsOf is the day of the specimens' registry snapshot. The answers hold for a snapshot that its publisher calls
// stale after RegistryWarnDays and unfit to pass on after RegistryRedDays.
const (
	RegistryAsOf     = "2026-06-01"
	RegistryWarnDays = 90
	RegistryRedDays  = 120
)

// Row returns the registry's row for a sound specimen: it agrees with the certificate in everything.
func (s Spec) Row() RegistryRow {
	r := RegistryRow{
		Kind: s.Kind, Number: s.Number, Name: s.Name, Sex: s.Sex, Birth: s.Birth, Employer: s.Employer, Status: "有效",
		Valid: s.Valid, EcertID: s.EcertID, UpdatedAt: s.IssueDate, LatestUsageFrom: s.Usage.From,
	}
	for _, sp := range s.Specialties {
		sp.Raw = ""
		r.Specialties = append(r.Specialties, sp)
	}
	if s.Kind == fields.Qualification {
		r.UpdatedAt, r.LatestUsageFrom, r.Specialties = s.Approved, civil.Date{}, nil
	}
	if _, key, ok := strings.Cut(s.QR, "="); ok {
		r.QRKey = key
	}
	return r
}

// WriteRegistryCSV writes the rows with a header, as zhengyan snapshot build takes them.
func WriteRegistryCSV(w io.Writer, rows []RegistryRow) error {
	c := csv.NewWriter(w)
	recs := [][]string{{
		"kind", "number", "name", "sex", "birth", "employer", "specialties", "validFrom", "validTo",
		"status", "statusDate", "reason", "qrKey", "ecertID", "updatedAt", "latestUsageFrom",
	}}
	for _, r := range rows {
		recs = append(recs, []string{
			string(r.Kind), r.Number, r.Name, r.Sex, r.Birth.String(), r.Employer, rules.FormatSpecialties(r.Specialties),
			r.Valid.From.String(), r.Valid.To.String(), r.Status, r.StatusDate.String(), r.Reason, r.QRKey, r.EcertID,
			r.UpdatedAt.String(), r.LatestUsageFrom.String(),
		})
	}
	return c.WriteAll(recs)
}

// WriteRegistryJSON writes the snapshot's description and rows as one JSON object {meta, rows}.
func WriteRegistryJSON(w io.Writer, rows []RegistryRow) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Meta RegistryMeta  `json:"meta"`
		Rows []RegistryRow `json:"rows"`
	}{RegistryMeta{"specimen", "样例 SPECIMEN registry of invented people", Day(RegistryAsOf), len(rows), RegistryWarnDays, RegistryRedDays}, rows})
}
