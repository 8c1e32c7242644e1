package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Purpose is what an anchor is trusted for.
type Purpose string

// The purposes. An anchor without a purpose is trusted for all.
const (
	PurposeSign      Purpose = "sign"      // signatures of documents
	PurposeSeal      Purpose = "seal"      // makers and users of electronic seals
	PurposeTimestamp Purpose = "timestamp" // timestamping authorities
)

// Anchors are the certificates that the user trusts, with the revocation lists at hand. No anchor is built in and none
// is guessed. The zero value is an empty set. An Anchors must not be changed while Inspect uses it.
type Anchors struct {
	list []anchor
	crls []*crl
}

type anchor struct {
	cert     *cert
	purposes []Purpose
}

// ErrNoCertificate says that a file holds no certificate that can be read.
var ErrNoCertificate = errors.New("seal: no certificate found")

// maxAnchorFile bounds one file of the trust folder.
const maxAnchorFile = 16 << 20

// NewAnchors makes a set from certificates in PEM or DER.
func NewAnchors(pems ...[]byte) (*Anchors, error) {
	a := &Anchors{}
	for i, p := range pems {
		if err := a.Add(p); err != nil {
			return nil, fmt.Errorf("anchor %d: %w", i+1, err)
		}
	}
	return a, nil
}

// Add adds the certificates of a file in PEM, DER or PKCS#7 form, root or intermediate, RSA, ECDSA, EdDSA or SM2. With
// purposes they are trusted for these alone. A certificate that is there already is not added twice.
func (a *Anchors) Add(b []byte, purposes ...Purpose) error {
	certs, err := readCerts(b)
	if err != nil {
		return err
	}
	for _, c := range certs {
		if !slices.ContainsFunc(a.list, func(x anchor) bool { return bytes.Equal(x.cert.raw, c.raw) }) {
			a.list = append(a.list, anchor{c, purposes})
		}
	}
	return nil
}

// AddCRL adds a certificate revocation list in PEM or DER.
func (a *Anchors) AddCRL(b []byte) error {
	if blk, _ := pem.Decode(b); blk != nil {
		b = blk.Bytes
	}
	c, err := parseCRL(b)
	if err != nil {
		return err
	}
	a.crls = append(a.crls, c)
	return nil
}

func readCerts(b []byte) ([]*cert, error) {
	var out []*cert
	blocks := 0
	for rest := b; ; blocks++ {
		var blk *pem.Block
		if blk, rest = pem.Decode(rest); blk == nil {
			break
		}
		switch blk.Type {
		case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
			c, err := parseCert(blk.Bytes)
			if err != nil {
				return nil, fmt.Errorf("certificate %d: %w", blocks+1, err)
			}
			out = append(out, c)
		case "PKCS7", "CMS":
			sd, err := parseCMS(blk.Bytes)
			if err != nil {
				return nil, err
			}
			out = append(out, sd.certs...)
		}
	}
	if blocks == 0 {
		if sd, err := parseCMS(b); err == nil {
			out = sd.certs
		} else if c, err := parseCert(b); err == nil {
			out = []*cert{c}
		}
	}
	if len(out) == 0 {
		return nil, ErrNoCertificate
	}
	for _, c := range out {
		if c.pub == nil {
			return nil, fmt.Errorf("%s: %w", c.commonName(), c.pubErr)
		}
	}
	return out, nil
}

// Len returns the number of anchors; it is 0 for nil.
func (a *Anchors) Len() int {
	if a == nil {
		return 0
	}
	return len(a.list)
}

// Digest names the set: SHA-256 in hexadecimal over its sorted certificates, purposes and revocation lists. It is empty
// for an empty set.
func (a *Anchors) Digest() string {
	if a.Len() == 0 && (a == nil || len(a.crls) == 0) {
		return ""
	}
	var lines []string
	for _, x := range a.list {
		s := sha256.Sum256(x.cert.raw)
		p := make([]string, len(x.purposes))
		for i := range p {
			p[i] = string(x.purposes[i])
		}
		slices.Sort(p)
		lines = append(lines, hex.EncodeToString(s[:])+" "+strings.Join(p, ","))
	}
	for _, c := range a.crls {
		s := sha256.Sum256(c.raw)
		lines = append(lines, "crl "+hex.EncodeToString(s[:]))
	}
	slices.Sort(lines)
	s := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(s[:])
}

// List describes the anchors in the order in which they were added, each named if a public list names it.
func (a *Anchors) List() []CertInfo {
	out := []CertInfo{}
	if a.Len() == 0 {
		return out
	}
	known := map[string]string{}
	for _, k := range KnownCAs() {
		known[k.SHA256] = k.Subject
	}
	for _, x := range a.list {
		i := x.cert.info()
		i.Known = known[i.SHA256]
		out = append(out, i)
	}
	return out
}

// find returns the anchor that is this certificate, or that has its key and name.
func (a *Anchors) find(c *cert) *anchor {
	if a == nil {
		return nil
	}
	for i := range a.list {
		if bytes.Equal(a.list[i].cert.raw, c.raw) {
			return &a.list[i]
		}
	}
	for i := range a.list {
		if bytes.Equal(a.list[i].cert.spki, c.spki) && sameName(a.list[i].cert.subjectN, c.subjectN) {
			return &a.list[i]
		}
	}
	return nil
}

// pinsMaker reports whether that certificate itself, no authority above it, is an anchor for seals by name. An authority
// certifies those who use seals as well as those who make them, and an anchor for all purposes does not tell them apart.
func (a *Anchors) pinsMaker(c *cert) bool {
	return slices.ContainsFunc(a.list, func(x anchor) bool {
		return slices.Contains(x.purposes, PurposeSeal) &&
			(bytes.Equal(x.cert.raw, c.raw) || bytes.Equal(x.cert.spki, c.spki) && sameName(x.cert.subjectN, c.subjectN))
	})
}

func (x *anchor) allows(p Purpose) bool {
	return len(x.purposes) == 0 || slices.Contains(x.purposes, p)
}

// FileError is a file of a trust folder that could not be used.
type FileError struct {
	File string
	Err  error
}

func (e FileError) Error() string { return e.File + ": " + e.Err.Error() }
func (e FileError) Unwrap() error { return e.Err }

// LoadAnchors reads a trust folder: *.pem, *.crt, *.cer, *.der, *.p7b, *.p7c and *.crl. Sub-folders named sign, seal and
// timestamp hold anchors for that purpose alone. Files that cannot be used are left out and reported.
func LoadAnchors(fsys fs.FS) (*Anchors, []FileError, error) {
	a := &Anchors{}
	var bad []FileError
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if p == "." {
				return err
			}
			bad = append(bad, FileError{p, err})
			return nil
		}
		if d.IsDir() {
			return nil
		}
		ext := strings.ToLower(path.Ext(p))
		if !slices.Contains([]string{".pem", ".crt", ".cer", ".der", ".p7b", ".p7c", ".crl"}, ext) {
			return nil
		}
		b, err := readBounded(fsys, p)
		if err == nil {
			if ext == ".crl" {
				err = a.AddCRL(b)
			} else {
				err = a.Add(b, folderPurpose(p)...)
				if blk, _ := pem.Decode(b); err != nil && blk != nil && blk.Type == "X509 CRL" {
					err = a.AddCRL(b)
				}
			}
		}
		if err != nil {
			bad = append(bad, FileError{p, err})
		}
		return nil
	})
	if err != nil {
		return nil, bad, err
	}
	return a, bad, nil
}

func folderPurpose(p string) []Purpose {
	for _, part := range strings.Split(path.Dir(p), "/") {
		switch q := Purpose(strings.ToLower(part)); q {
		case PurposeSign, PurposeSeal, PurposeTimestamp:
			return []Purpose{q}
		}
	}
	return nil
}

func readBounded(fsys fs.FS, p string) ([]byte, error) {
	info, err := fs.Stat(fsys, p)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxAnchorFile {
		return nil, fmt.Errorf("larger than %d bytes", maxAnchorFile)
	}
	return fs.ReadFile(fsys, p)
}
