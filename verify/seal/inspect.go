package seal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhengyan/verify/document/pdfraw"
)

// Limits bound what verifying one file may cost.
type Limits struct {
	// File is the greatest size of a file in bytes.
	File int64
	// Reader are the limits of the object reader.
	Reader pdfraw.Limits
	// Signatures is the number of signatures that are verified; further ones are named and left unverified.
	Signatures int
	// Wall is the time one file may take.
	Wall time.Duration
}

// DefaultLimits are the limits for a stranger's file.
func DefaultLimits() Limits {
	return Limits{File: 512 << 20, Reader: pdfraw.DefaultLimits(), Signatures: 100, Wall: 10 * time.Second}
}

// Options say what a file is verified against.
type Options struct {
	// Anchors are the certificates that are trusted; nil for none, so that no signature is trusted.
	Anchors *Anchors
	// At is the time for which a chain without trusted timestamp is judged; zero means the claimed signing time.
	At time.Time
	// Now is the present, against which claimed times in the future are noticed; zero leaves that out.
	Now time.Time
	// Limits; a zero value stands for DefaultLimits.
	Limits Limits
}

// The problems of files.
const (
	pEncrypted  = "ENCRYPTED"
	pUnreadable = "UNREADABLE"
	pTooLarge   = "LIMIT_PASSED"
	pInternal   = "INTERNAL"
	pLoop       = "STRUCTURE_BROKEN"
	pModified   = "MODIFIED_AFTER_SEAL"
	pFuture     = "SIGNED_IN_FUTURE"
	pVisualOnly = "VISUAL_SEAL_ONLY"
)

// Inspect verifies every signature and seal of a file, which may be a PDF or an OFD document. A file that cannot be read
// gives a report that says so; the error is that of the context alone. Inspect never panics and data is not changed.
func Inspect(ctx context.Context, data []byte, opts Options) (rep *Report, err error) {
	if opts.Limits == (Limits{}) {
		opts.Limits = DefaultLimits()
	}
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, opts.Limits.Wall)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			rep, err = unreadable(opts, pInternal, fmt.Sprint(r)), nil
		}
		if err == nil && outer.Err() != nil {
			rep, err = nil, outer.Err()
		}
	}()
	if int64(len(data)) > opts.Limits.File {
		return TooLarge(opts), nil
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return inspectOFD(ctx, data, opts), nil
	}
	doc, err := pdfraw.Open(ctx, data, opts.Limits.Reader)
	if err != nil {
		code := pUnreadable
		if errors.Is(err, pdfraw.ErrEncrypted) {
			code = pEncrypted
		}
		return unreadable(opts, code, err.Error()), nil
	}
	f := &file{ctx: ctx, data: data, doc: doc, opts: opts, loc: locate(doc)}
	return f.report(), nil
}

// TooLarge is the report on a file that is too large to be verified.
func TooLarge(opts Options) *Report { return unreadable(opts, pTooLarge, "file size") }

func newReport(opts Options) *Report {
	return &Report{Signatures: []Signature{}, Anchors: opts.Anchors.Len(), AnchorsDigest: opts.Anchors.Digest()}
}

func unreadable(opts Options, code, detail string) *Report {
	r := newReport(opts)
	r.Status, r.Overall = Unreadable, NoVerdict
	r.Problems = []Problem{{code, detail}}
	return r
}

// file is one PDF under inspection.
type file struct {
	ctx  context.Context
	data []byte
	doc  *pdfraw.Doc
	opts Options
	loc  *locator
	pool []*cert // certificates of the document security store
	dss  evidence
	done []*verified
}

// evidence are the revocation lists and responses that a file carries.
type evidence struct {
	crls  []*crl
	ocsps []*ocspResponse
}

// verified is a signature with what is needed to judge it among the others.
type verified struct {
	sig     Signature
	e       *entry
	out     *outcome
	cov     *covered
	changes []change
}

func (f *file) report() *Report {
	r := newReport(f.opts)
	for _, b := range f.loc.broken {
		r.Problems = append(r.Problems, Problem{pLoop, b})
	}
	if f.doc.Rebuilt {
		r.Problems = append(r.Problems, Problem{pLoop, "the cross-reference table"})
	}
	f.readDSS()
	for i, e := range f.loc.entries {
		if i >= f.opts.Limits.Signatures || f.ctx.Err() != nil {
			r.Problems = append(r.Problems, Problem{pTooLarge, "signatures"})
			break
		}
		f.done = append(f.done, f.verify(e))
	}
	f.copiedTimestamps()
	f.judgeTrust()
	for _, v := range f.done {
		r.Signatures = append(r.Signatures, v.sig)
	}
	f.sum(r)
	return r
}

// copiedTimestamps reports tokens that the file carries more than once: a timestamp is made for one value, and a second
// copy of it proves nothing of another. A single invalid token is no such thing; it is reported and left out of account
// (ETSI EN 319 102-1, 5.5).
func (f *file) copiedTimestamps() {
	where := map[[32]byte]*verified{}
	for _, v := range f.done {
		if v.e.source == fromBytes {
			continue
		}
		for _, sum := range v.out.tokens {
			if first := where[sum]; first != nil {
				v.sig.Problems = append(v.sig.Problems, Problem{pTimestampCopied, first.sig.Field})
			}
			where[sum] = v
		}
	}
}

// sum derives the status and the overall answer.
func (f *file) sum(r *Report) {
	counted, shown, clean := 0, 0, true
	for _, v := range f.done {
		// A dictionary that nothing leads to says that the file was signed once only if its signature holds.
		if v.sig.Counts || v.e.source != fromPermissions && v.sig.Integrity == Intact {
			shown++
		}
		if !v.sig.Counts {
			continue
		}
		counted++
		if !v.clean() {
			clean = false
		}
	}
	limited := false
	for _, p := range r.Problems {
		limited = limited || p.Code == pTooLarge
	}
	switch {
	case shown > 0:
		r.Status, r.Overall = Signed, Dirty
		if clean && counted > 0 && !limited && len(f.loc.broken) == 0 {
			r.Overall = Clean
		}
	case len(f.loc.broken) > 0 || f.doc.Exhausted() || limited:
		r.Status, r.Overall = Unreadable, NoVerdict
	case f.structLoop():
		r.Problems = append(r.Problems, Problem{pLoop, "a loop in the structure tree"})
		r.Status, r.Overall = Unreadable, NoVerdict
	default:
		r.Status, r.Overall = Unsigned, OverallUnsigned
		r.Problems = append(r.Problems, f.visualOnly()...)
	}
}

// visualOnly names what looks like a seal in a file without a signature: a stamp laid over a page, or the picture of a
// signature field that nobody signed.
func (f *file) visualOnly() []Problem {
	var out []Problem
	for i, p := range f.loc.pages {
		for _, o := range f.doc.Array(p.Dict["Annots"]) {
			if len(out) >= 10 || f.doc.Exhausted() {
				return out
			}
			d := f.doc.Dict(o)
			switch f.doc.Name(d["Subtype"]) {
			case "Stamp":
				out = append(out, Problem{pVisualOnly, fmt.Sprintf("stamp on page %d", i+1)})
			case "Widget":
				if f.doc.Name(d["FT"]) == "Sig" && f.doc.Dict(d["AP"]) != nil {
					out = append(out, Problem{pVisualOnly, fmt.Sprintf("signature field without a signature on page %d", i+1)})
				}
			}
		}
	}
	return out
}

// clean reports whether one signature by itself gives no reason for doubt.
func (v *verified) clean() bool {
	if v.sig.Integrity != Intact || !v.sig.Permitted || (v.sig.Coverage != CoverageWhole && v.sig.Coverage != CoverageRevision) {
		return false
	}
	for _, p := range v.sig.Problems {
		if Doubtful(p.Code) {
			return false
		}
	}
	return true
}

// Doubtful reports whether a problem keeps a signature whose mathematics holds from being clean.
func Doubtful(code string) bool {
	switch code {
	case pContradict, pTimestampCopied, pSealValue, pSealSigner, pSpoofed, pSealFile, pESS, pCertValue, pContentType, pNoAttributes:
		return true
	}
	return false
}

// structLoop reports a loop in the structure tree, which nothing else reads.
func (f *file) structLoop() bool {
	root := f.doc.Dict(f.doc.Catalog()["StructTreeRoot"])
	if root == nil {
		return false
	}
	state := map[int]int{} // 1 on the path, 2 done
	nodes := 0
	var walk func(o pdfraw.Object, depth int) bool
	walk = func(o pdfraw.Object, depth int) bool {
		if nodes++; nodes > 200_000 || depth > 500 {
			return false
		}
		if r, ok := o.(pdfraw.Ref); ok {
			if state[r.Num] == 1 {
				return true
			}
			if state[r.Num] == 2 {
				return false
			}
			state[r.Num] = 1
			defer func() { state[r.Num] = 2 }()
		}
		switch v := f.doc.Resolve(o).(type) {
		case pdfraw.Array:
			for _, k := range v {
				if walk(k, depth+1) {
					return true
				}
			}
		case pdfraw.Dict:
			if v["K"] != nil && f.doc.Name(v["Type"]) != "OBJR" {
				return walk(v["K"], depth+1)
			}
		}
		return false
	}
	return walk(root["K"], 0)
}

// verify verifies one signature dictionary.
func (f *file) verify(e *entry) *verified {
	v := &verified{e: e, cov: f.measured(e)}
	s := &v.sig
	name := func(k pdfraw.Name) string { return string(f.doc.Name(e.dict[k])) }
	s.Field, s.Filter, s.SubFilter = strings.Join(e.names, ", "), name("Filter"), name("SubFilter")
	s.Page, s.Box, s.Kind, s.Format = e.page, e.box, "signature", "unknown"
	s.Coverage, s.Problems, s.Trust = v.cov.coverage, append([]Problem{}, v.cov.problems...), TrustNotChecked
	s.Changes, s.Permitted, s.RevisionEnd = ChangesNone, true, int64(v.cov.end)
	s.Revocation.Status = "not-checked"
	s.Counts = e.source == fromField || e.source == fromAnnotation
	if isDocTimestamp(f.doc, e.dict) {
		s.Kind = "timestamp"
	}
	if e.source == fromPermissions {
		s.Kind = "usage-rights"
	}
	if t, ok := f.doc.Resolve(e.dict["Reason"]).(pdfraw.String); ok {
		s.Reason = pdfraw.Text(t)
	}
	v.out = f.container(v)
	o := v.out
	s.Integrity, s.Digest, s.Algorithm = o.integrity, o.digest, o.algorithm
	s.Problems = append(s.Problems, o.problems...)
	if o.signer != nil {
		s.Signer = o.signer.commonName()
		s.Chain = []CertInfo{o.signer.info()}
	}
	s.SignedAt = o.signedAt
	if t, ok := f.doc.Resolve(e.dict["M"]).(pdfraw.String); ok && s.SignedAt.IsZero() {
		s.SignedAt = pdfDate(pdfraw.Text(t))
	}
	if o.bareWeak && o.signer != nil && !o.signer.selfIssued() && !o.signer.weakIssued() && !s.SignedAt.Before(shattered()) {
		s.Problems = append(s.Problems, Problem{pNoAttributes, s.Digest})
	}
	if o.seal != nil {
		s.SealName, s.SealPicture, s.PictureType = o.seal.name, o.seal.picture, o.seal.pictureExt
	}
	s.stamped(o)
	for _, x := range o.others {
		var other Signature
		other.stamped(x)
		s.Problems = append(s.Problems, other.Problems...)
	}
	if !f.opts.Now.IsZero() && s.SignedAt.After(f.opts.Now.Add(24*time.Hour)) {
		s.Problems = append(s.Problems, Problem{pFuture, s.SignedAt.Format(time.RFC3339)})
	}
	if v.cov.coverage == CoverageRevision {
		f.changesAfter(v)
	}
	if v.cov.coverage == CoveragePartial || v.cov.coverage == CoverageInvalid {
		s.Permitted = false
	}
	return v
}

// shattered is the day on which two documents with one SHA-1 digest were published. A value made later over nothing but
// a SHA-1 digest, with no signed attribute to tie it to a certificate, does not say which document its signer saw. Where
// the certificate itself was still issued with SHA-1, or by nobody, no rule of an authority was broken by it.
func shattered() time.Time { return time.Date(2017, 2, 23, 0, 0, 0, 0, time.UTC) }

// measured gives the coverage of an entry, computed once.
func (f *file) measured(e *entry) *covered {
	if e.cov == nil {
		e.cov = measure(f.doc, e)
	}
	return e.cov
}

// container verifies what stands in /Contents, whatever Filter and SubFilter call it.
func (f *file) container(v *verified) *outcome {
	o := &outcome{}
	c := v.cov
	if len(bytes.Trim(c.contents, "\x00")) == 0 {
		return o.fail(Malformed, pEmpty, "")
	}
	if len(c.ranges) == 0 {
		return o.fail(Malformed, pByteRange, "nothing is signed")
	}
	s := &v.sig
	if s.SubFilter == "adbe.x509.rsa_sha1" {
		s.Format = "x509"
		return f.x509(v)
	}
	sd, err := parseCMS(c.contents)
	if err == nil {
		s.Format = "cms"
		if sd.contentType == oidTSTInfo && s.Kind == "signature" {
			// ISO 32000-2, 12.8.5: a token over the document stands in a DocTimeStamp dictionary and nowhere else.
			s.Kind = "timestamp"
			s.Problems = append(s.Problems, Problem{pContradict, "a timestamp token in the dictionary of a signature"})
		}
		if s.Kind == "timestamp" {
			return docTimestamp(c, f.pool)
		}
		form := formDetached
		if s.SubFilter == "adbe.pkcs7.sha1" {
			form = formSHA1
		}
		o := verifyCMS(sd, form, c.ranges, f.pool)
		o.timestamps(sd, f.pool)
		if len(sd.signers) > 1 && strings.HasPrefix(s.SubFilter, "ETSI.") {
			o.problem(pFormat, "more than one SignerInfo, where ETSI EN 319 142-1 allows one")
			if integrityRank(Malformed) > integrityRank(o.integrity) {
				o.integrity = Malformed
			}
		}
		return o
	}
	if !errors.Is(err, errNotCMS) {
		s.Format = "cms"
		return o.fail(Malformed, pFormat, err.Error())
	}
	if ses, err := parseSES(c.contents); err == nil {
		s.Format = "ses"
		return verifySES(ses, c.ranges)
	}
	if strings.HasPrefix(s.SubFilter, "adbe.") || strings.HasPrefix(s.SubFilter, "ETSI.") {
		return o.fail(Malformed, pFormat, "no CMS structure")
	}
	return o.fail(Unsupported, pUnsupportedFormat, s.Filter+" "+s.SubFilter)
}

// docTimestamp verifies a document timestamp (ISO 32000-2, 12.8.5): the imprint is of the signed ranges.
func docTimestamp(c *covered, pool []*cert) *outcome {
	t := readTimestamp(c.contents, c.ranges, pool)
	o := t.out
	if o.integrity == Intact && t.digest != nil && !bytes.Equal(t.digest.sum(c.ranges...), t.imprint) {
		o.fail(Broken, pHash, "imprint of the timestamp")
	}
	if o.integrity == Intact && t.digest == nil {
		o.fail(Unsupported, pUnsupported, t.why)
	}
	if t.digest != nil {
		o.digest = t.digest.name
		if t.digest.weak != "" {
			o.problem(pWeakDigest, t.digest.name+" "+t.digest.weak)
		}
	}
	o.signedAt, o.stamp = t.at, t
	o.tokens = append(o.tokens, sha256.Sum256(bytes.TrimRight(c.contents, "\x00")))
	return o
}

// x509 verifies adbe.x509.rsa_sha1 (ISO 32000-1, 12.8.3.2): a PKCS#1 value in an octet string, certificates in /Cert.
func (f *file) x509(v *verified) *outcome {
	o := &outcome{integrity: Intact}
	var ders []pdfraw.Object
	switch c := f.doc.Resolve(v.e.dict["Cert"]).(type) {
	case pdfraw.String:
		ders = []pdfraw.Object{c}
	case pdfraw.Array:
		ders = c
	}
	for _, d := range ders[:min(len(ders), maxCertsInCMS)] {
		if s, ok := f.doc.Resolve(d).(pdfraw.String); ok {
			if c, err := parseCert([]byte(s)); err == nil {
				o.certs = append(o.certs, c)
			}
		}
	}
	n, _, err := readNode(v.cov.contents)
	if err != nil || !n.is(classUniversal, tagOctetString) {
		return o.fail(Malformed, pFormat, "the value is no octet string")
	}
	if o.value, err = n.octets(); err != nil {
		return o.fail(Malformed, pFormat, "the value is no octet string")
	}
	if len(o.certs) == 0 {
		return o.fail(Unsupported, pNoSignerCert, "")
	}
	o.signer = o.certs[0]
	if o.signer.pub == nil || o.signer.pub.n == nil {
		return o.fail(Unsupported, pUnsupported, "the key is no RSA key")
	}
	oid, sum := o.signer.pub.rsaDigest(o.value)
	d := digestOID(oid)
	if d == nil {
		return o.fail(Broken, pValue, "")
	}
	o.digest, o.algorithm = d.name, algorithmName(o.signer.pub, d, nil)
	got := d.sum(v.cov.ranges...)
	if !bytes.Equal(got, sum) {
		return o.fail(Broken, pHash, "")
	}
	if !o.signer.pub.verifyPKCS1(d, got, o.value) {
		return o.fail(Broken, pValue, "")
	}
	if d.weak != "" {
		o.problem(pWeakDigest, d.name+" "+d.weak)
	}
	if o.signer.pub.weak != "" {
		o.problem(pWeakKey, o.signer.pub.weak)
	}
	return o
}

// pdfDate reads a date of ISO 32000-2, 7.9.4; zero if it is none.
func pdfDate(s string) time.Time {
	s = strings.TrimPrefix(strings.TrimSpace(s), "D:")
	s = strings.ReplaceAll(s, "'", "")
	if len(s) < 4 {
		return time.Time{}
	}
	for _, l := range []string{"20060102150405Z0700", "20060102150405-0700", "20060102150405", "200601021504", "20060102", "200601", "2006"} {
		if t, err := time.Parse(l, strings.TrimSuffix(strings.Replace(s, "Z0000", "Z", 1), "\x00")); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
