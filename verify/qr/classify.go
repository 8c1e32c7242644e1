package qr

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The warning keys of Payload.Warnings.
const (
	WarnPlainHTTP    = "plain-http"
	WarnBareIP       = "bare-ip"
	WarnLookAlike    = "look-alike"
	WarnPunycode     = "punycode"
	WarnSpaceInKey   = "space-in-key"
	WarnUserinfo     = "userinfo"
	WarnCheckDigit   = "check-digit"
	WarnCertype      = "certype-mismatch"
	WarnUnknownPath  = "unknown-path"
	WarnOtherSystem  = "other-system"
	WarnEncryptedKey = "encrypted-key"
	WarnControl      = "control-characters"
)

// Classify says what kind of payload a code carries. The text is never opened or resolved; raw, if not nil, is the
// payload before any charset was applied and is looked at for control bytes only.
func Classify(text string, raw []byte, hosts []Host) Payload {
	if len(text) > maxTextBytes*utf8.UTFMax {
		text = text[:maxTextBytes]
	}
	p := Payload{Kind: PayloadOpaque}
	trimmed := strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == 0 })
	if hasControl(trimmed, raw) {
		p.warn(WarnControl)
	}
	if id, err := CheckEcertID(trimmed); err == nil {
		p.Kind = PayloadIdentifier
		p.setEcert(id)
		return p
	}
	if u, scheme, ok := splitURL(trimmed); ok {
		p.classifyURL(u, scheme, trimmed, hosts)
		return p
	}
	if f, guessed := readableFields(trimmed); len(f) > 0 {
		p.Kind, p.Fields, p.Guessed = PayloadFields, f, guessed
		if id, err := CheckEcertID(f["ecertID"]); err == nil {
			p.setEcert(id)
		}
	}
	return p
}

func (p *Payload) warn(key string) {
	if !slices.Contains(p.Warnings, key) {
		p.Warnings = append(p.Warnings, key)
	}
}

func (p *Payload) setEcert(id EcertID) {
	p.Ecert = &id
	if !id.CheckOK {
		p.warn(WarnCheckDigit)
	}
}

func hasControl(text string, raw []byte) bool {
	for _, r := range text {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7f ||
			r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0x200e || r == 0x200f {
			return true
		}
	}
	return slices.Contains(raw, 0)
}

// address is a URL taken apart leniently: what a phone would open, not what the standard allows.
type address struct {
	userinfo, host, port, path, query string
}

var (
	schemePattern = regexp.MustCompile(`^(?i)(https?)\s*:\s*[/\\]{2,}`)
	barePattern   = regexp.MustCompile(`^(?i)(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:cn|com|net|org|gov|top|xyz|cc|vip|info|site|online)(?:[/?#:].*)?$`)
)

// splitURL takes an http or https address apart; a host without a scheme counts if it looks like one.
func splitURL(s string) (address, string, bool) {
	var a address
	scheme, rest := "", s
	if m := schemePattern.FindStringSubmatchIndex(s); m != nil {
		scheme, rest = strings.ToLower(s[m[2]:m[3]]), s[m[1]:]
	} else if !barePattern.MatchString(s) {
		return a, "", false
	}
	// Browsers end the authority at a backslash as well as at a slash.
	authority := rest
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		authority, rest = rest[:i], rest[i:]
	} else {
		rest = ""
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		a.userinfo, authority = authority[:i], authority[i+1:]
	}
	a.host = authority
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.Contains(authority[i:], "]") {
		a.host, a.port = authority[:i], authority[i+1:]
	}
	if i := strings.IndexByte(rest, '#'); i >= 0 {
		rest = rest[:i]
	}
	a.path, a.query, _ = strings.Cut(rest, "?")
	a.path = strings.ReplaceAll(a.path, `\`, "/")
	return a, scheme, a.host != ""
}

func (p *Payload) classifyURL(a address, scheme, text string, hosts []Host) {
	p.Kind, p.URL, p.Host = PayloadUnknownHost, text, a.host
	host, ascii, odd := normalHost(a.host)
	if ascii != a.host && !strings.EqualFold(ascii, a.host) {
		p.HostASCII = ascii
	}
	if odd || strings.Contains(ascii, "xn--") {
		p.warn(WarnPunycode)
	}
	if scheme == "http" {
		p.warn(WarnPlainHTTP)
	}
	if a.userinfo != "" {
		p.warn(WarnUserinfo)
	}
	if isAddress(ascii) {
		p.warn(WarnBareIP)
	}
	p.classifyQuery(a.query)

	var known []Host
	for _, h := range hosts {
		if h.Host == ascii {
			known = append(known, h)
		}
	}
	if len(known) > 0 {
		p.knownHost(known, a)
		return
	}
	if l := lookAlike(host, ascii, a.userinfo, hosts); l != "" {
		p.LookAlike = l
		p.warn(WarnLookAlike)
	}
}

func (p *Payload) knownHost(rows []Host, a address) {
	p.Kind, p.Owner = PayloadKnownHost, rows[0].Owner
	for _, h := range rows {
		if h.OtherSystem {
			p.warn(WarnOtherSystem)
			return
		}
		if !strings.HasPrefix(a.path, h.PathPrefix) {
			continue
		}
		p.Owner, p.For = h.Owner, slices.Clone(h.For)
		if h.Certype != nil && p.TypeCode != "" {
			if kind, ok := h.Certype[p.TypeCode]; ok {
				p.For = []string{kind}
			} else {
				p.For = nil
				p.warn(WarnCertype)
			}
		}
		return
	}
	p.warn(WarnUnknownPath)
}

var (
	keyName    = regexp.MustCompile(`^(?i)(?:o|k|id|key|code|sign|data|token|t|p|q|s)$`)
	cipherText = regexp.MustCompile(`^[A-Za-z0-9+/_=\s-]{12,}$`)
)

// classifyQuery looks at the parameters: the type code, and keys that only the issuer can read. A '+' of Base64 may have
// become a space on the way (the official servers repair that themselves).
func (p *Payload) classifyQuery(query string) {
	for _, kv := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		k, v, _ := strings.Cut(kv, "=")
		if strings.EqualFold(k, "certype") {
			p.TypeCode = v
			continue
		}
		if strings.ContainsRune(v, ' ') || strings.Contains(v, "%20") {
			p.warn(WarnSpaceInKey)
		}
		if d, err := url.PathUnescape(v); err == nil {
			v = d
		}
		if keyName.MatchString(k) && cipherText.MatchString(v) {
			p.warn(WarnEncryptedKey)
		}
		if id, err := CheckEcertID(v); err == nil {
			p.setEcert(id)
		}
	}
}

// normalHost returns the host in lower case with its Unicode and its ASCII spelling, and whether it was written with
// anything but plain ASCII.
func normalHost(h string) (uni, ascii string, odd bool) {
	low := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(h)), ".")
	for _, r := range low {
		odd = odd || r >= 0x80
	}
	ascii = low
	if a, err := idna.Lookup.ToASCII(low); err == nil && a != "" {
		ascii = a
	} else if a, err := idna.Punycode.ToASCII(low); err == nil && a != "" {
		ascii = a
	}
	uni = low
	if u, err := idna.Punycode.ToUnicode(ascii); err == nil && u != "" {
		uni = u
	}
	return uni, ascii, odd
}

// isAddress reports whether a host is an IP address, also in the forms that only browsers accept (one decimal or
// hexadecimal number).
func isAddress(h string) bool {
	if _, err := netip.ParseAddr(strings.Trim(h, "[]")); err == nil {
		return true
	}
	if h == "" {
		return false
	}
	for _, part := range strings.Split(h, ".") {
		hex := strings.TrimPrefix(part, "0x")
		if part == "" || strings.Trim(hex, "0123456789abcdef") != "" || hex == part && !digits(part) {
			return false
		}
	}
	return true
}
