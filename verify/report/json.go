package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"zhengyan/verify"
)

// MaxBytes bounds the file of a report that is read back, page pictures and all; MaxCarried bounds its JSON, also the one that
// a PDF or HTML report carries: some 4,000 files.
const (
	MaxBytes   = 256 << 20
	MaxCarried = 64 << 20
)

// maxParts bounds the members of all arrays and objects, of which each costs memory of its own whatever its length.
const maxParts = 4_000_000

// Errors that Read wraps.
var (
	ErrNotReport = errors.New("not a Zhengyan report")
	ErrTooLarge  = errors.New("report is too large")
)

// place is a report's place in an exported batch: a line that is taken out, put in or moved breaks the chain.
type place struct {
	Number   int      `json:"number"` // from 1
	Of       int      `json:"of"`
	Previous string   `json:"previous,omitempty"` // the digest of the report before it
	Stopped  *Stopped `json:"stopped,omitempty"`
}

// exported is a report as it stands in a file. The digest is added behind it, see seal.
type exported struct {
	*verify.Report
	Batch      *place `json:"batch,omitempty"`
	Checkpoint string `json:"checkpoint,omitempty"`
	Shown      *shown `json:"shown,omitempty"`
}

// WriteLine writes one report as one line of JSON, so that several make NDJSON.
func WriteLine(w io.Writer, r *verify.Report) error {
	_, err := encode(w, exported{Report: r}, "")
	return err
}

// WriteJSON writes reports for a file: one report as an object, several as NDJSON.
func WriteJSON(w io.Writer, rs []*verify.Report) error { return Options{}.WriteJSON(w, rs) }

// WriteJSON is the function WriteJSON with the checkpoint of the audit log.
func (o Options) WriteJSON(w io.Writer, rs []*verify.Report) error {
	rs = WithoutHalves(rs)
	if len(rs) == 1 {
		return o.encodeAll(w, rs, nil, "  ")
	}
	return o.encodeAll(w, rs, nil, "")
}

func (o Options) encodeAll(w io.Writer, rs []*verify.Report, s *shown, indent string) error {
	previous := ""
	for i, r := range rs {
		digest, err := encode(w, exported{r, &place{i + 1, len(rs), previous, o.Stopped}, o.Checkpoint, s}, indent)
		if err != nil {
			return err
		}
		previous = digest
	}
	return nil
}

// The digest stands last in the object. It is of the object without it, in the shortest spelling.
const (
	digestLead = `,"digest":"`
	digestTail = `"}`
)

func digestOf(compact []byte) string {
	sum := sha256.Sum256(compact)
	return hex.EncodeToString(sum[:])
}

func encode(w io.Writer, v exported, indent string) (digest string, err error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	raw := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	digest = digestOf(raw)
	raw = append(raw[:len(raw)-1], digestLead+digest+digestTail...)
	if indent != "" {
		var wide bytes.Buffer
		if err := json.Indent(&wide, raw, "", indent); err != nil {
			return "", err
		}
		raw = wide.Bytes()
	}
	_, err = w.Write(append(raw, '\n'))
	return digest, err
}

// Integrity says whether an exported report fits its digest.
type Integrity string

// The answers. A digest has no key: it shows an accident, and neither who wrote the report nor that nobody changed
// both. Whoever wants to know that compares with the audit log of the machine that wrote it.
const (
	Unchanged Integrity = "unchanged"
	Changed   Integrity = "changed"
	Unmarked  Integrity = "unmarked" // it carries no digest: nothing can be said
)

// Back is a report read back.
type Back struct {
	*verify.Report
	Integrity  Integrity
	Digest     string // as it is written in the report
	Checkpoint string // the audit log's when the report was written, "" if none was kept
}

// Batch is a file of reports read back.
type Batch struct {
	Reports []Back
	// Integrity is Changed if any report is, or if one is missing, added or moved.
	Integrity Integrity
	// Missing is how many of the reports that were written are not there.
	Missing int
	// Stopped says that the run did not come to its end, nil where it did.
	Stopped *Stopped
}

// Read reads the reports of an exported JSON file, one object or NDJSON. The error wraps ErrNotReport or ErrTooLarge.
func Read(r io.Reader) ([]*verify.Report, error) {
	b, err := ReadBatch(r)
	if err != nil {
		return nil, err
	}
	out := make([]*verify.Report, len(b.Reports))
	for i := range b.Reports {
		out[i] = b.Reports[i].Report
	}
	return out, nil
}

// ReadBatch is Read with the answer whether anything was changed since the file was written. It reads the data that a PDF
// or HTML report carries as well; then the answer is of all that such a file shows.
func ReadBatch(r io.Reader) (*Batch, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MaxBytes)
	}
	if form := carrierOf(raw); form != "" {
		return readCarried(form, raw)
	}
	return readBatch(raw, nil)
}

// readBatch reads JSON objects that lie one behind the other. Those of a PDF or HTML report must name what is shown there.
func readBatch(raw []byte, want *shown) (*Batch, error) {
	if len(raw) > MaxCarried {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MaxCarried)
	}
	if bytes.Count(raw, []byte(",")) > maxParts {
		return nil, fmt.Errorf("%w: more than %d parts", ErrTooLarge, maxParts)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	out := &Batch{Integrity: Unchanged}
	previous, of := "", 0
	for {
		var one json.RawMessage
		switch err := dec.Decode(&one); {
		case errors.Is(err, io.EOF) && len(out.Reports) > 0:
			if out.Missing = max(0, of-len(out.Reports)); of > 0 && of != len(out.Reports) {
				out.Integrity = Changed
			}
			return out, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%w: it is empty", ErrNotReport)
		case err != nil:
			return nil, fmt.Errorf("%w: %v", ErrNotReport, err)
		}
		back, at, s, err := readOne(one)
		if err != nil {
			return nil, err
		}
		if want != nil && (s == nil || *s != *want) || want == nil && s != nil {
			out.Integrity = Changed
		}
		n := len(out.Reports)
		if at != nil {
			if at.Stopped != nil {
				out.Stopped = at.Stopped
			}
			if of = max(of, at.Of); at.Number != n+1 || n > 0 && at.Previous != previous || at.Of != of {
				out.Integrity = Changed
			}
		} else if of > 0 {
			out.Integrity = Changed
		}
		if back.Integrity == Changed || back.Integrity == Unmarked && out.Integrity == Unchanged {
			out.Integrity = back.Integrity
		}
		previous = back.Digest
		out.Reports = append(out.Reports, back)
	}
}

func readOne(raw json.RawMessage) (Back, *place, *shown, error) {
	v := exported{Report: new(verify.Report)}
	if err := json.Unmarshal(raw, &v); err != nil {
		return Back{}, nil, nil, fmt.Errorf("%w: %v", ErrNotReport, err)
	}
	if v.Report == nil || v.MediaType != verify.MediaType {
		found := ""
		if v.Report != nil {
			found = v.MediaType
		}
		return Back{}, nil, nil, fmt.Errorf("%w: media type %q, this program reads %q", ErrNotReport, found, verify.MediaType)
	}
	if v.Evidence == nil {
		return Back{}, nil, nil, fmt.Errorf("%w: it carries no evidence to judge", ErrNotReport)
	}
	b := Back{Report: v.Report, Integrity: Unmarked, Checkpoint: v.Checkpoint}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return Back{}, nil, nil, fmt.Errorf("%w: %v", ErrNotReport, err)
	}
	const hexLen = 2 * sha256.Size
	c := compact.Bytes()
	if at := len(c) - len(digestLead) - hexLen - len(digestTail); at > 0 && bytes.HasPrefix(c[at:], []byte(digestLead)) && bytes.HasSuffix(c, []byte(digestTail)) {
		b.Digest = string(c[at+len(digestLead) : at+len(digestLead)+hexLen])
		b.Integrity = Changed
		if c[at] = '}'; digestOf(c[:at+1]) == b.Digest {
			b.Integrity = Unchanged
		}
		return b, v.Batch, v.Shown, nil
	}
	var other struct {
		Digest *string `json:"digest"`
	}
	if json.Unmarshal(raw, &other) == nil && other.Digest != nil { // written again by another program
		b.Integrity, b.Digest = Changed, *other.Digest
	}
	return b, v.Batch, v.Shown, nil
}

// Differences names what another judgement of the same evidence says otherwise: the verdicts and checks by id. Judged as at
// the same day under the same policy and rules, an unchanged report has none.
func Differences(old, again *verify.Report) []string {
	var out []string
	note := func(name string, a, b any) {
		if a != b {
			out = append(out, fmt.Sprintf("%s: %v → %v", name, a, b))
		}
	}
	note("indication", old.Indication, again.Indication)
	note("copy", old.Copy.Indication, again.Copy.Indication)
	note("registration", old.Registration.Indication, again.Registration.Indication)
	note("name", clean(old.Certificate.Name), clean(again.Certificate.Name))
	note("number", clean(old.Certificate.Number), clean(again.Certificate.Number))
	note("sha256", clean(old.Input.SHA256), clean(again.Input.SHA256))
	statuses := func(cs []verify.Check) map[string]verify.Status {
		m := map[string]verify.Status{}
		for _, c := range cs {
			k := strings.TrimSpace(clean(c.ID) + " " + clean(c.Rule))
			for n, base := 2, k; m[k] != ""; n++ {
				k = fmt.Sprintf("%s (%d)", base, n)
			}
			m[k] = c.Status
		}
		return m
	}
	was, is := statuses(old.Checks), statuses(again.Checks)
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		note(k, was[k], is[k])
	}
	return out
}
