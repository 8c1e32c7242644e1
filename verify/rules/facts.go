package rules

import (
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/seal"
)

// Facts is what the rules look at: what was read from one file, the day that counts, and what was asked.
// A nil part was not examined, which is never taken for a good answer.
type Facts struct {
	Day        civil.Date // the day judged, in Asia/Shanghai (rule G-01)
	Instant    time.Time  // the instant judged
	GatheredAt time.Time  // the computer's clock when the file was read
	Specialty  string     // the specialty relied on, "" if not asked
	Employer   string     // the bidder's name, "" if not asked

	Input     document.Info
	FileError string         // document.ErrorCode if the file could not be read
	Face      *fields.Result // nil: not read
	Unshown   bool           // Face rests on text that no reader of the page sees
	Unread    string         // why pages were left unread, "" if all were read
	// UnreadPages names those pages as people count them, singly or by a run ("7–9"); UnreadMore: there are others, not known
	// which.
	UnreadPages []string
	UnreadMore  bool
	Picture     string // why the print of a picture was not read, a stable key; "" if it was, or if there is none
	Others      int    // certificates in the same file that are other ones than Face
	Seal        *seal.Report
	Codes       []Code
	QRFailed    bool // reading codes failed or ran out of time, so "no code" is not known
	// SecondSheet: a photo shows another sheet than the one that was read.
	SecondSheet bool
	// SheetNotes are what else is to be known of the sheet in a photo, as sheet.Note.
	SheetNotes []string
	// QRConflict: a code was read in two ways and neither reading was taken.
	QRConflict bool
	Ink        *ink.Result
	// Print is a print of this very certificate that was scanned or photographed and read beside the electronic original;
	// Ink is then the print's. nil if the file stands alone.
	Print    *Print
	Registry *Lookup // nil: no snapshot is loaded
	Human    map[string]string
}

// Code is a decoded QR with its classification.
type Code struct {
	qr.Code
	Payload qr.Payload
}

// Print is what a print of the certificate says beside its electronic original.
type Print struct {
	Name string // the picture's file name
	// Pages: of the print, pages or a second sheet were left unread.
	Pages bool
	// Others are further certificates in the print's file.
	Others int
	// Codes are the print's codes.
	Codes []Code
	// SignDate is 签名日期 on the print, where it could be read.
	SignDate civil.Date
	Compared []Compared // every fact that the original has
}

// Compared is one fact of the original beside the same fact on its print.
type Compared struct {
	Field    string        `json:"field"` // fields.Field.Name
	Original string        `json:"original"`
	Print    string        `json:"print,omitempty"`
	State    ComparedState `json:"state"`
}

// ComparedState is the outcome of a comparison with something read off a picture.
type ComparedState string

// The outcomes. A reading that is not sure, and a name that differs in a character which reading programs confuse, is
// not readable; it is never different.
const (
	ComparedEqual       ComparedState = "equal"
	ComparedDifferent   ComparedState = "different"
	ComparedNotReadable ComparedState = "not-readable"
)

// Lookup is what the registry snapshot answered.
type Lookup struct {
	Snapshot SnapshotInfo
	Answer   RegistryAnswer
	Error    string // "" if the snapshot could answer
}

// Fact is one piece of evidence shown with a finding.
type Fact struct {
	Name  string    `json:"name"` // stable key, see the translation tables
	Value string    `json:"value"`
	Page  int       `json:"page,omitempty"` // 0-based, meaningful with Box
	Box   *page.Box `json:"box,omitempty"`
}

// Finding is a rule that spoke, or a step of the ladder in which none did.
type Finding struct {
	Step   string
	Rule   *Rule // nil only for a skipped step
	Status Status
	Action Action
	Sub    SubIndication
	Vars   []string // name, value pairs for the message's {name}s
	Facts  []Fact
	Skip   string // for Skipped: the reason's key in Book.SkipReasons
	// Doubt: the rule's words are met, but by a reading that is not sure enough to fail anyone; Status says INCONCLUSIVE.
	Doubt bool
	// Leads: the rule's Leads, where there is no certificate that is judged.
	Leads bool
}

// certificate returns the certificate on the face; the zero Certificate of unknown kind if none was read.
func (f *Facts) certificate() *fields.Certificate {
	if f.Face == nil {
		return &fields.Certificate{Kind: fields.UnknownKind, Medium: fields.UnknownMedium}
	}
	return &f.Face.Certificate
}

// original reports whether the file is an electronic original, the only input that can carry a live seal.
func (f *Facts) original() bool { return f.Input.Kind == document.InputOriginal }

// boundIn reports whether the certificate is a page of text in a larger file: its facts stand there, its seal does not.
func (f *Facts) boundIn() bool { return f.Input.KindReason == document.ReasonPart }

// field returns the printed field of that name, for evidence.
func (f *Facts) field(name string) (fields.Field, bool) {
	if f.Face == nil {
		return fields.Field{}, false
	}
	for _, x := range f.Face.Fields {
		if x.Name == name {
			return x, true
		}
	}
	return fields.Field{}, false
}

// SnapshotAge returns the whole days between the snapshot and the day judged, or the day of reading if that is
// earlier: a snapshot cannot be blamed for not knowing the future. It is never negative.
func SnapshotAge(s SnapshotInfo, day civil.Date, gatheredAt time.Time) int {
	ref := day
	if !gatheredAt.IsZero() {
		ref = civil.Min(day, civil.Of(gatheredAt))
	}
	return max(0, ref.Sub(civil.Of(s.AsOf)))
}
