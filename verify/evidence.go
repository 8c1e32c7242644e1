package verify

import (
	"time"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// Evidence is everything that Gather read, and no opinion on it. It is complete: Judge needs nothing else, so a
// certificate can be judged again as at another day without its file.
type Evidence struct {
	Input      document.Info       `json:"input"`
	Metadata   document.Metadata   `json:"metadata"`
	PageSizes  []document.PageSize `json:"pageSizes,omitempty"` // page units; at most the first 50 pages
	GatheredAt time.Time           `json:"gatheredAt"`
	// Fields is nil if the face was not read; Others are further readings of certificates in the same file,
	// which may be of the same one.
	Fields *fields.Result   `json:"fields,omitempty"`
	Others []*fields.Result `json:"others,omitempty"`
	// Unshown: Fields rests on text that no reader of the pages sees.
	Unshown bool         `json:"unshown,omitempty"`
	Seal    *seal.Report `json:"seal,omitempty"`
	Codes   []Code       `json:"codes"`
	Ink     *ink.Result  `json:"ink,omitempty"`
	// Picture says how the print of a scan or photo was read; nil where no page was read as a picture.
	Picture *Picture `json:"picture,omitempty"`
	// Print is the certificate's print, where one was read together with this file; see GatherPair.
	Print *Print `json:"print,omitempty"`
	// Part is the part of the file that this evidence is on; nil for the whole file.
	Part     *Part           `json:"part,omitempty"`
	Registry *RegistryLookup `json:"registry,omitempty"` // nil: no snapshot is loaded
	Problems []Problem       `json:"problems,omitempty"`
	// Failure is set if the file could not be read at all.
	Failure *Problem `json:"failure,omitempty"`
	// NetworkUsed is always false: gathering opens no connection. Reports print it.
	NetworkUsed bool               `json:"networkUsed"`
	Timings     map[string]float64 `json:"timings,omitempty"` // milliseconds by stage
}

// Part is the place of one certificate in a file of many.
type Part struct {
	Page int `json:"page"` // 0-based
	// Box is the certificate's place on the page, zero for the whole page.
	Box page.Box `json:"box"`
	// PageSize is that page's size in page units, nil where it is not known.
	PageSize *document.PageSize `json:"pageSize,omitempty"`
	// Of is the number of certificates that were found in the file, Index this one's place among them, from 0.
	Of    int `json:"of"`
	Index int `json:"index"`
	// SealInFirst is set where the report on the seals of the file stands whole with the first of these certificates; the
	// evidence on this one has its state, and the signatures on its own page without chains and changes.
	SealInFirst bool `json:"sealInFirst,omitempty"`
}

// Code is a decoded QR with its classification.
type Code struct {
	qr.Code
	Payload qr.Payload `json:"payload"`
}

// RegistryLookup is a question to the registry snapshot and its answer.
type RegistryLookup struct {
	Snapshot rules.SnapshotInfo   `json:"snapshot"`
	Query    rules.RegistryQuery  `json:"query"`
	Answer   rules.RegistryAnswer `json:"answer"`
	// Error is a stable key if the snapshot could not answer: "damaged", "no-key" (the face gave nothing to ask for), ...
	Error string `json:"error,omitempty"`
}

// Problem is a stage's failure that Gather survived. The checks that need the stage become INCONCLUSIVE.
type Problem struct {
	Stage  string `json:"stage"` // document, fields, ocr, seal, qr, ink, registry
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}
