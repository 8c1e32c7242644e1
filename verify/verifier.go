package verify

import (
	"errors"
	"fmt"
	"time"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// Config is what a Verifier works with. Engine, Book, Tables and Now are needed.
type Config struct {
	Engine *document.Engine
	Book   *rules.Book
	Tables *fields.Tables
	Hosts  []qr.Host
	// Reader reads the print of scans and photos; nil where this installation cannot, which the evidence then says.
	Reader fields.PageReader
	// Anchors are the trust anchors in use; nil means none, so that every issuer is unknown.
	Anchors *seal.Anchors
	// Registry is the snapshot in use; nil means none, so that no registration is confirmed.
	Registry Registry
	// Searching, if set, is told how far the work on a long document is. It may be called from several goroutines.
	Searching func(name string, so Search)
	// Resume keeps where a cancelled search through a long document ended, in memory, so that it goes on there when the same
	// file is gathered again.
	Resume bool
	// Now is the computer's clock. It dates the evidence and is never the day judged.
	Now func() time.Time
	// Program is the program's name and version, for reports.
	Program string
	Limits  Limits
}

// Limits bound the work that Gather spends on one file.
type Limits struct {
	Wall time.Duration // whole file, but for pictures
	// Picture is the time for a file whose print is read off pictures, from when that begins.
	Picture    time.Duration
	TextPages  int           // pages whose text is read to find the certificate
	CodePages  int           // pages searched for codes if no certificate was found
	CodeBudget time.Duration // for the codes of one page
	RenderDPI  float64       // resolution at which a page is rendered for reading codes
	Images     int           // embedded pictures of a page that are searched for codes
	// PicturePages are the pages of a scan whose print is read to find the certificate.
	PicturePages int
	// BookPages is the length from which a document is searched for certificates; BookWorkers are the pages looked at side
	// by side, BookHits the certificates of one file that are judged, SealBytes the size up to which a long document's
	// seals are checked; of a larger one the report on its seals says that it is too large.
	BookPages, BookWorkers, BookHits int
	SealBytes                        int64
	// Book is the time for searching a long document, and as much again for judging what was found.
	Book time.Duration
}

// DefaultLimits are the limits of DESIGN §6 for a file: 20 s of wall time in all.
//
// SealBytes: verifying seals needs the file whole in memory, beside the nets that read its pages. These and the pages in work
// were measured at 0.68 GB, and 0.2 GB of file above them at 0.83 GB, so that the whole stays below 1 GB with some to spare.
func DefaultLimits() Limits {
	return Limits{
		Wall: 20 * time.Second, Picture: 60 * time.Second, TextPages: 60, CodePages: 3,
		CodeBudget: 1500 * time.Millisecond, RenderDPI: 200, Images: 24, PicturePages: 4,
		BookPages: 4, BookWorkers: 2, BookHits: 5000, SealBytes: 192 << 20, Book: 30 * time.Minute,
	}
}

// Verifier gathers evidence on files and judges it. It is safe for use by several goroutines.
type Verifier struct {
	cfg      Config
	searches unfinished
}

// New returns a Verifier, or an error that names what the Config lacks.
func New(cfg Config) (*Verifier, error) {
	var missing []error
	for _, x := range []struct {
		name string
		ok   bool
	}{{"Engine", cfg.Engine != nil}, {"Book", cfg.Book != nil}, {"Tables", cfg.Tables != nil}, {"Now", cfg.Now != nil}} {
		if !x.ok {
			missing = append(missing, fmt.Errorf("verify: Config.%s is not set", x.name))
		}
	}
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits()
	}
	return &Verifier{cfg: cfg}, nil
}

// ErrNoEngine is returned by Gather of a Verifier that NewJudge made.
var ErrNoEngine = errors.New("verify: this verifier can judge only: it has no document engine")

// NewJudge returns a Verifier that can judge evidence and cannot gather it: it needs the rule data alone.
func NewJudge(book *rules.Book, program string) *Verifier {
	return &Verifier{cfg: Config{Book: book, Program: program, Now: func() time.Time { return time.Time{} }}}
}

// Policies returns the names of the policy profiles.
func (v *Verifier) Policies() []string {
	var out []string
	for _, p := range v.cfg.Book.Policies {
		out = append(out, p.Name)
	}
	return out
}

// Book returns the rule data in use.
func (v *Verifier) Book() *rules.Book { return v.cfg.Book }

// RegistryInfo returns the snapshot in use, and false if there is none.
func (v *Verifier) RegistryInfo() (SnapshotInfo, bool) {
	if v.cfg.Registry == nil {
		return SnapshotInfo{}, false
	}
	return v.cfg.Registry.Snapshot(), true
}

// Trust returns the number of trust anchors in use and their digest.
func (v *Verifier) Trust() TrustInfo {
	if v.cfg.Anchors == nil {
		return TrustInfo{}
	}
	return TrustInfo{Anchors: v.cfg.Anchors.Len(), Digest: v.cfg.Anchors.Digest()}
}
