package qr

import (
	"net/url"
	"slices"
	"strings"
)

// Keys are the values of the parameters of the payload's address, the longest first: one of them may be the key of a
// record at the host. A '+' of Base64 that became a space on the way is a '+' again.
func (p *Payload) Keys() []string {
	_, query, _ := strings.Cut(p.URL, "?")
	query, _, _ = strings.Cut(query, "#")
	var keys []string
	for _, kv := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		_, v, _ := strings.Cut(kv, "=")
		if d, err := url.PathUnescape(v); err == nil {
			v = d
		}
		if v = strings.ReplaceAll(strings.TrimSpace(v), " ", "+"); v != "" {
			keys = append(keys, v)
		}
	}
	slices.SortStableFunc(keys, func(a, b string) int { return len(b) - len(a) })
	return keys
}

// Text is the identifier as GB/T 36904 writes it.
func (e EcertID) Text() string {
	root := strings.TrimSuffix(e.Root, ".")
	if root != "" {
		root += "."
	}
	return root + strings.Join([]string{e.Type, e.Issuer, e.Serial, e.Version, e.Check}, ".")
}

// Same reports whether two identifiers name the same certificate in the same version. The root may be left out, and the
// check character says nothing more.
func (e EcertID) Same(o EcertID) bool {
	return e.Type == o.Type && e.Issuer == o.Issuer && e.Serial == o.Serial && e.Version == o.Version
}
