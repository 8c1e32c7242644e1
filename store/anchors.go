package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zhengyan/verify/seal"
)

// Limits of the trust folder.
const (
	maxAnchorFile = 4 << 20
	maxAnchors    = 10_000
)

const anchorIndex = "index.json"

// Anchor is a file of the trust folder: certificates, or a revocation list.
type Anchor struct {
	File    string       `json:"file"`
	SHA256  string       `json:"sha256"`
	Purpose seal.Purpose `json:"purpose,omitempty"` // empty: trusted for every purpose
	CRL     bool         `json:"crl,omitempty"`
	AddedAt time.Time    `json:"addedAt,omitzero"`
	From    string       `json:"from,omitempty"`
	Note    string       `json:"note,omitempty"`
	// Certificates describes the content; it is read from the file, not from the index.
	Certificates []seal.CertInfo `json:"certificates,omitempty"`
	// Problem says why the file cannot be relied on: changed, gone, not added by this program.
	Problem string `json:"problem,omitempty"`
}

// Errors of the trust folder.
var (
	ErrAnchorKnown   = errors.New("is in the trust folder already")
	ErrAnchorUnknown = errors.New("no such file in the trust folder")
)

// Trust is the folder of trust anchors. It is read by seal.LoadAnchors; its index remembers when and from where each
// file came, and its hash, so that a file put there or changed by something else is seen.
type Trust struct {
	d   *Data
	dir string
}

// Trust returns the trust folder of the data folder. Nothing is created.
func (d *Data) Trust() *Trust { return &Trust{d: d, dir: filepath.Join(d.dir, "trust")} }

// Dir is the path of the folder.
func (t *Trust) Dir() string { return t.dir }

func (t *Trust) index() ([]Anchor, error) {
	b, err := readLimited(filepath.Join(t.dir, anchorIndex), maxAnchorFile)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Anchor
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", anchorIndex, err)
	}
	return list, nil
}

// List returns the files of the folder, in the order of their names, each with what is wrong with it.
func (t *Trust) List() ([]Anchor, error) {
	known, err := t.index()
	if err != nil { // the anchors themselves can still be listed
		known = nil
	}
	list := known
	for _, p := range t.files() {
		if !slices.ContainsFunc(known, func(a Anchor) bool { return a.File == p }) {
			list = append(list, Anchor{File: p, Problem: "was not added by this program"})
		}
	}
	for i := range list {
		a := &list[i]
		b, err := readLimited(filepath.Join(t.dir, filepath.FromSlash(a.File)), maxAnchorFile)
		if err != nil {
			a.Problem = "cannot be read: " + err.Error()
			continue
		}
		sum := sha256.Sum256(b)
		if a.SHA256 != "" && a.SHA256 != hex.EncodeToString(sum[:]) {
			a.Problem = "has been changed since it was added"
		}
		a.SHA256 = hex.EncodeToString(sum[:])
		set, crl, err := parseAnchor(b)
		if err != nil {
			a.Problem = err.Error()
			continue
		}
		a.CRL, a.Certificates = crl, set.List()
	}
	slices.SortFunc(list, func(a, b Anchor) int { return strings.Compare(a.File, b.File) })
	return list, err
}

// files are the certificates and lists in the folder, as paths with slashes.
func (t *Trust) files() (files []string) {
	for _, sub := range []string{"", "sign", "seal", "timestamp"} {
		names, err := os.ReadDir(filepath.Join(t.dir, sub))
		if err != nil {
			continue
		}
		for _, e := range names {
			ext := strings.ToLower(filepath.Ext(e.Name()))
			if e.Type().IsRegular() && slices.Contains([]string{".pem", ".crt", ".cer", ".der", ".p7b", ".p7c", ".crl"}, ext) {
				files = append(files, strings.TrimPrefix(sub+"/"+e.Name(), "/"))
			}
		}
	}
	return files
}

func parseAnchor(b []byte) (set *seal.Anchors, crl bool, err error) {
	set = &seal.Anchors{}
	if err = set.Add(b); err == nil {
		return set, false, nil
	}
	if e := (&seal.Anchors{}).AddCRL(b); e == nil {
		return set, true, nil
	}
	return nil, false, err
}

// Add puts the certificates or the revocation list of a file into the folder. purpose limits what they are trusted for;
// empty trusts them for everything.
func (t *Trust) Add(content []byte, purpose seal.Purpose, from, note string, now time.Time) (Anchor, error) {
	switch purpose {
	case "", seal.PurposeSign, seal.PurposeSeal, seal.PurposeTimestamp:
	default:
		return Anchor{}, fmt.Errorf("unknown purpose %q: there are sign, seal and timestamp", purpose)
	}
	if len(content) > maxAnchorFile {
		return Anchor{}, fmt.Errorf("file is larger than %d bytes", maxAnchorFile)
	}
	set, crl, err := parseAnchor(content)
	if err != nil {
		return Anchor{}, err
	}
	unlock, err := t.d.lock()
	if err != nil {
		return Anchor{}, err
	}
	defer unlock()
	index, err := t.index()
	if err != nil {
		return Anchor{}, err
	}
	if len(index) >= maxAnchors {
		return Anchor{}, fmt.Errorf("more than %d files of anchors", maxAnchors)
	}
	sum := sha256.Sum256(content)
	a := Anchor{SHA256: hex.EncodeToString(sum[:]), Purpose: purpose, CRL: crl, AddedAt: now.UTC().Truncate(time.Second), From: from, Note: note}
	ext := ".der"
	if blk, _ := pem.Decode(content); crl {
		ext = ".crl"
	} else if blk != nil {
		ext = ".pem"
	}
	a.File = strings.TrimPrefix(string(purpose)+"/"+a.SHA256[:16]+ext, "/")
	if slices.ContainsFunc(index, func(b Anchor) bool { return b.File == a.File }) {
		return a, fmt.Errorf("%s %w", a.File, ErrAnchorKnown)
	}
	sub := folder(filepath.Join(t.dir, string(purpose)))
	if err := replace(sub, filepath.Base(a.File), content); err != nil {
		return a, err
	}
	if err := t.writeIndex(append(index, a)); err != nil {
		return a, err
	}
	a.Certificates = set.List()
	return a, nil
}

// Remove takes a file, named as List names it or by the beginning of its hash, out of the folder.
func (t *Trust) Remove(name string) (Anchor, error) {
	unlock, err := t.d.lock()
	if err != nil {
		return Anchor{}, err
	}
	defer unlock()
	list, err := t.List()
	if err != nil {
		return Anchor{}, err
	}
	at := -1
	for i, a := range list {
		if a.File == name || (len(name) >= 8 && strings.HasPrefix(a.SHA256, strings.ToLower(name))) {
			if at >= 0 {
				return Anchor{}, fmt.Errorf("%q fits %s and %s", name, list[at].File, a.File)
			}
			at = i
		}
	}
	if at < 0 {
		return Anchor{}, fmt.Errorf("%q: %w", name, ErrAnchorUnknown)
	}
	gone := list[at]
	// The file goes first: an anchor that is no longer wanted must not stay because the index could not be written.
	path := filepath.Join(t.dir, filepath.FromSlash(gone.File))
	if err := ignoreMissing(os.Remove(path)); err != nil {
		return gone, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil && !missing(err) {
		return gone, err
	}
	index, err := t.index()
	if err != nil {
		return gone, err
	}
	return gone, t.writeIndex(slices.DeleteFunc(index, func(a Anchor) bool { return a.File == gone.File }))
}

func (t *Trust) writeIndex(list []Anchor) error {
	for i := range list {
		list[i].Certificates, list[i].Problem = nil, ""
	}
	b, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	return replace(folder(t.dir), anchorIndex, b)
}
