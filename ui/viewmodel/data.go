package viewmodel

import (
	"context"
	"time"
)

// The small interfaces through which the screens reach what is kept on disk. The program implements them over the store;
// every method may be slow and is called on a goroutine of its own. Texts of errors are shown to the user.

// SnapshotView is a generation of the registry snapshot.
type SnapshotView struct {
	Generation int
	ID         string
	AsOf       time.Time
	Imported   time.Time
	Rows       int
	Size       int64 // bytes
	Source     string
	SignedBy   string // "" if nobody vouches for it
	From       string // where it was imported from
	Root       string
	Current    bool
	Previous   bool
	Bad        string // why it is not used
	Encrypted  bool   // it opens on the machines only that its publisher named
	Locked     string // why it does not open on this one
	AgeDays    int    // as at today
	Freshness  string // FRESH, STALE, RED-LINE, CLOCK-SUSPECT, as at today

	WarnAge, RedAge time.Duration // ages from which it is stale, and from which nothing passes by it; 0 for none
}

// SnapshotPreview is what an import would change.
type SnapshotPreview struct {
	Next                          SnapshotView
	Current                       *SnapshotView
	Added, Removed, Changed, Same int
	Lost                          map[string]int // registrations no longer in force, by their new status
	Regained                      int
	Examples                      []SnapshotChange
	// Uncompared is why nothing was counted, "" if all was: the snapshot in use is damaged or cannot be read here.
	Uncompared string
}

// SnapshotChange is one registration that an import changes.
type SnapshotChange struct {
	Number, Name  string
	Before, After string // status, "" for none
	Fields        []string
}

// Snapshots manages the registry snapshots.
type Snapshots interface {
	List(ctx context.Context) ([]SnapshotView, error)
	// Stage copies and checks a snapshot file and says what it changes. Nothing is used before Commit. older lets older data
	// replace newer, unsigned lets a file in that nobody vouches for.
	Stage(ctx context.Context, path string, older, unsigned bool, progress func(stage string, done, total int64)) (SnapshotPreview, error)
	Commit(ctx context.Context) error
	Discard() error
	Revert(ctx context.Context) error
	// Scrub reads the current generation completely.
	Scrub(ctx context.Context, progress func(done, total int)) error
}

// MachineKeys is implemented by Snapshots that can be encrypted for this machine.
type MachineKeys interface {
	// MachineKey is the public half of this machine's key, as a publisher is told it; "" if there is none and it is not to
	// be made.
	MachineKey(ctx context.Context, create bool) (string, error)
}

// ImportRefusal is implemented by errors of Stage that a person may overrule.
type ImportRefusal interface {
	error
	Older() bool    // the file is older than what is in use
	Unsigned() bool // nobody vouches for the file
	Same() bool     // the file is in use already
}

// AnchorView is a file of the trust list.
type AnchorView struct {
	File         string
	SHA256       string
	Purpose      string // "" for every purpose
	CRL          bool
	Added        time.Time
	From, Note   string
	Certificates []AnchorCertificate
	Problem      string
}

// AnchorCertificate is a certificate of a file of the trust list.
type AnchorCertificate struct {
	Subject, Issuer     string
	NotBefore, NotAfter time.Time
	Fingerprint         string // SHA-256, hexadecimal
}

// TrustList manages the trust anchors.
type TrustList interface {
	List(ctx context.Context) ([]AnchorView, error)
	// Preview reads a certificate file or a revocation list without adding it.
	Preview(ctx context.Context, path string) (AnchorView, error)
	Add(ctx context.Context, path, note string) error
	Remove(ctx context.Context, file string) error
	// Fixed is the folder of the trust list if it was named on the command line and is not to be changed; else "".
	Fixed() string
}

// AuditView is an entry of the audit log.
type AuditView struct {
	Number     int64
	Time       time.Time
	Action     string
	File       string // SHA-256
	Indication string
	Rules      []string
	Decision   string
	Operator   string
	Note       string
	Clock      string
}

// AuditState is what a check of the log found.
type AuditState struct {
	Entries    int64
	Checkpoint string // "" for an empty log
	Key        string
	Broken     string // what is wrong, "" if the chain is intact
	None       bool   // there is no log yet
	Latest     time.Time
}

// AuditLog reads the audit log.
type AuditLog interface {
	Verify(ctx context.Context) (AuditState, error)
	// Last returns the newest entries, newest first.
	Last(ctx context.Context, n int) ([]AuditView, error)
	Export(ctx context.Context, path string) error
}

// Settings is what a person or an administrator has chosen for the machine.
type Settings struct {
	Policy       string `json:"policy,omitempty"`
	PolicyLocked bool   `json:"policyLocked,omitempty"` // set by an administrator; the window cannot unlock it
	Operator     string `json:"operator,omitempty"`
	Audit        bool   `json:"audit"` // every verdict and decision goes into the audit log
	KeepBatch    bool   `json:"keepBatch"`
	Workers      int    `json:"workers,omitempty"` // 0: as many as there are processors
	TextScale    int    `json:"textScale,omitempty"`
	Contrast     bool   `json:"contrast,omitempty"`
	TourSeen     bool   `json:"tourSeen,omitempty"`
	// Lang and Dark are the person's choice; Lang is "" until one was made.
	Lang Lang `json:"lang,omitempty"`
	Dark bool `json:"dark,omitempty"`
	// Window is what the window notes of itself when it closes.
	Window WindowState `json:"window"`
}

// WindowState is how a window was left; a zero value stands for the window's own choice.
type WindowState struct {
	Screen string     `json:"screen,omitempty"` // key of the screen that was shown
	Width  float32    `json:"width,omitempty"`  // in the toolkit's units
	Height float32    `json:"height,omitempty"` // in the toolkit's units
	Splits [2]float64 `json:"splits"`           // shares left of the two dividing lines of the view of one file, 0 to 1
}

// DefaultSettings are those of a new machine.
func DefaultSettings() Settings { return Settings{Audit: true, KeepBatch: true, TextScale: 100} }

// SettingsStore keeps the settings.
type SettingsStore interface {
	Load() (Settings, error)
	Save(Settings) error
}
