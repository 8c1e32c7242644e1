package seal

import (
	_ "embed"
	"strings"
	"time"
)

//go:embed known.tsv
var knownTable string

// KnownCA is a certification authority that a public list names. Being known is not being trusted: it lets an anchor that
// somebody imports be called by its name, and be told from one that only looks like it.
type KnownCA struct {
	SHA256   string // of the certificate, hexadecimal in small letters
	Subject  string
	Issuer   string
	NotAfter time.Time
	Root     bool // one of the hierarchy's own roots
}

// KnownCAs lists the authorities that this version knows by fingerprint, the roots first.
func KnownCAs() []KnownCA {
	var out []KnownCA
	for _, l := range strings.Split(knownTable, "\n") {
		f := strings.Split(l, "\t")
		if len(f) != 4 || len(f[0]) != 64 {
			continue
		}
		t, _ := time.Parse(time.DateOnly, f[1])
		out = append(out, KnownCA{SHA256: f[0], NotAfter: t, Subject: f[2], Issuer: f[3], Root: f[2] == f[3]})
	}
	return out
}

// Known looks an authority up by the SHA-256 fingerprint of its certificate, as CertInfo has it.
func Known(sha256 string) (KnownCA, bool) {
	sha256 = strings.ToLower(strings.ReplaceAll(sha256, ":", ""))
	for _, k := range KnownCAs() {
		if k.SHA256 == sha256 {
			return k, true
		}
	}
	return KnownCA{}, false
}
