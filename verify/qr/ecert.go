package qr

import (
	"errors"
	"fmt"
	"strings"
)

// ecertRoot is the OID under which e-certificate identifiers stand (GB/T 36904-2018).
const ecertRoot = "1.2.156.3005.2"

// EcertID is an e-certificate identifier 证照标识 (GB/T 36904-2018).
type EcertID struct {
	Root    string `json:"root,omitempty"` // the OID root if it was written
	Type    string `json:"type"`           // 证照类型代码: code of the defining authority (18) and three digits
	Issuer  string `json:"issuer"`         // 颁发机构代码: unified social credit code, or a region of six digits
	Serial  string `json:"serial"`         // 流水号
	Version string `json:"version"`        // 版本号, three digits
	Check   string `json:"check"`          // 校验位 as written
	// CheckOK reports whether the check character is that of MOD 37,36 (GB/T 17710-2008). Genuine identifiers with
	// a wrong one are known, so it is a warning and never a reason to call the certificate invalid.
	CheckOK bool `json:"checkOK"`
	// CheckWant is the check character that belongs to the identifier.
	CheckWant string `json:"checkWant"`
}

// TypeAuthority returns the 18-character code of the authority that defined the certificate type.
func (e EcertID) TypeAuthority() string { return e.Type[:len(e.Type)-3] }

// ErrNotEcertID is wrapped by every error of CheckEcertID.
var ErrNotEcertID = errors.New("not an e-certificate identifier (GB/T 36904)")

// CheckEcertID parses an e-certificate identifier, with or without the OID root, and computes its check character. It
// fails only where the form is wrong; a wrong check character is told by CheckOK.
func CheckEcertID(s string) (EcertID, error) {
	if len(s) > 200 {
		return EcertID{}, fmt.Errorf("%d characters: %w", len(s), ErrNotEcertID)
	}
	var e EcertID
	rest := strings.ToUpper(strings.TrimSpace(s))
	if r, ok := strings.CutPrefix(rest, ecertRoot+"."); ok {
		e.Root, rest = ecertRoot, r
	}
	part := strings.Split(rest, ".")
	if len(part) != 5 {
		return EcertID{}, fmt.Errorf("%d parts, want 5: %w", len(part), ErrNotEcertID)
	}
	for i, p := range part {
		for _, c := range []byte(p) {
			if value36(c) < 0 {
				return EcertID{}, fmt.Errorf("part %d has a character outside 0-9 and A-Z: %w", i+1, ErrNotEcertID)
			}
		}
	}
	e.Type, e.Issuer, e.Serial, e.Version, e.Check = part[0], part[1], part[2], part[3], part[4]
	switch {
	case len(e.Type) != 21 || !digits(e.Type[18:]):
		return EcertID{}, fmt.Errorf("certificate type %q, want 18 characters and 3 digits: %w", e.Type, ErrNotEcertID)
	case len(e.Issuer) != 18 && (len(e.Issuer) != 6 || !digits(e.Issuer)):
		return EcertID{}, fmt.Errorf("issuer %q, want 18 characters or 6 digits: %w", e.Issuer, ErrNotEcertID)
	case e.Serial == "" || len(e.Serial) > 64:
		return EcertID{}, fmt.Errorf("serial of %d characters: %w", len(e.Serial), ErrNotEcertID)
	case len(e.Version) != 3 || !digits(e.Version):
		return EcertID{}, fmt.Errorf("version %q, want 3 digits: %w", e.Version, ErrNotEcertID)
	case len(e.Check) != 1:
		return EcertID{}, fmt.Errorf("check character %q: %w", e.Check, ErrNotEcertID)
	}
	e.CheckWant = string(mod3736(e.Type + e.Issuer + e.Serial + e.Version))
	e.CheckOK = e.Check == e.CheckWant
	return e, nil
}

// mod3736 returns the check character of ISO/IEC 7064 MOD 37,36 over a string of digits and capital letters.
func mod3736(s string) byte {
	p := 36
	for i := range len(s) {
		p = (p + value36(s[i])) % 36
		if p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(37-p)%36]
}

func value36(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return -1
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
