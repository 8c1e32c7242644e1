package seal

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhengyan/verify/page"
)

// Limits of an OFD package.
const (
	maxPackageParts = 10_000
	maxPartBytes    = 64 << 20
	maxPackageBytes = 512 << 20
	maxReferences   = 10_000
)

// The problems of OFD packages.
const (
	pPartChanged  = "PART_CHANGED"
	pPartMissing  = "PART_MISSING"
	pNotCovered   = "PART_NOT_SIGNED"
	pDuplicate    = "DUPLICATE_PART"
	pSealFile     = "SEAL_FILE_DIFFERS"
	pNotOFD       = "NOT_OFD"
	pPropertyInfo = "SIGNED_FILE_NAME_DIFFERS"
)

var errPart = errors.New("part missing or larger than the limit")

// ofdPackage is an OFD document (GB/T 33190-2016): a ZIP file of XML parts.
type ofdPackage struct {
	ctx   context.Context
	parts map[string]*zip.File // by path without the leading slash
	dup   []string
	cache map[string][]byte
	spent int64
	pages map[string]int // page identifier → index
	sums  map[string][]byte
}

func openOFD(ctx context.Context, data []byte) (*ofdPackage, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxPackageParts {
		return nil, errPart
	}
	p := &ofdPackage{ctx: ctx, parts: map[string]*zip.File{}, cache: map[string][]byte{}, pages: map[string]int{}, sums: map[string][]byte{}}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := partName("", f.Name)
		if p.parts[name] != nil {
			p.dup = append(p.dup, name)
			continue
		}
		p.parts[name] = f
	}
	return p, nil
}

// partName resolves a location (GB/T 33190-2016, 7.1, ST_Loc) against the part that holds it.
func partName(base, loc string) string {
	loc = strings.ReplaceAll(strings.TrimSpace(loc), "\\", "/")
	if !strings.HasPrefix(loc, "/") {
		loc = path.Join(path.Dir("/"+base), loc)
	}
	return strings.TrimPrefix(path.Clean(loc), "/")
}

// locate finds a part under a location; writers also give relative locations that count from the package's root.
func (p *ofdPackage) locate(base, loc string) string {
	n := partName(base, loc)
	if p.parts[n] == nil {
		if root := partName("", loc); p.parts[root] != nil {
			return root
		}
	}
	return n
}

func (p *ofdPackage) read(name string) ([]byte, error) {
	if b, ok := p.cache[name]; ok {
		return b, nil
	}
	f := p.parts[name]
	if f == nil || f.UncompressedSize64 > maxPartBytes || p.ctx.Err() != nil {
		return nil, errPart
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxPartBytes+1))
	if err != nil {
		return nil, err
	}
	if p.spent += int64(len(b)); len(b) > maxPartBytes || p.spent > maxPackageBytes {
		return nil, errPart
	}
	p.cache[name] = b
	return b, nil
}

func (p *ofdPackage) xml(name string, v any) error {
	b, err := p.read(name)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return d.Decode(v)
}

type ofdRoot struct {
	XMLName xml.Name `xml:"OFD"`
	Bodies  []struct {
		DocRoot    string `xml:"DocRoot"`
		Signatures string `xml:"Signatures"`
	} `xml:"DocBody"`
}

type ofdDocument struct {
	Pages []struct {
		ID string `xml:"ID,attr"`
	} `xml:"Pages>Page"`
}

type ofdSignatures struct {
	List []struct {
		ID   string `xml:"ID,attr"`
		Type string `xml:"Type,attr"`
		Loc  string `xml:"BaseLoc,attr"`
	} `xml:"Signature"`
}

type ofdSignature struct {
	Info struct {
		Provider struct {
			Name string `xml:"ProviderName,attr"`
		} `xml:"Provider"`
		Method string `xml:"SignatureMethod"`
		Time   string `xml:"SignatureDateTime"`
		Refs   struct {
			Check string `xml:"CheckMethod,attr"`
			List  []struct {
				File  string `xml:"FileRef,attr"`
				Value string `xml:"CheckValue"`
			} `xml:"Reference"`
		} `xml:"References"`
		Stamps []struct {
			Page     string `xml:"PageRef,attr"`
			Boundary string `xml:"Boundary,attr"`
		} `xml:"StampAnnot"`
		Seal struct {
			Loc string `xml:"BaseLoc"`
		} `xml:"Seal"`
	} `xml:"SignedInfo"`
	Value string `xml:"SignedValue"`
}

// inspectOFD verifies the signatures and seals of an OFD package (GB/T 33190-2016, 18).
func inspectOFD(ctx context.Context, data []byte, opts Options) *Report {
	p, err := openOFD(ctx, data)
	if err != nil {
		return unreadable(opts, pUnreadable, err.Error())
	}
	var root ofdRoot
	if err := p.xml("OFD.xml", &root); err != nil {
		return unreadable(opts, pNotOFD, "no OFD.xml that can be read")
	}
	r := newReport(opts)
	for _, d := range p.dup {
		r.Problems = append(r.Problems, Problem{pDuplicate, d})
	}
	type item struct{ id, kind, part, list string }
	var items []item
	for _, body := range root.Bodies {
		doc := p.locate("OFD.xml", body.DocRoot)
		var d ofdDocument
		if err := p.xml(doc, &d); err != nil {
			r.Problems = append(r.Problems, Problem{pPartMissing, doc})
		}
		for i, pg := range d.Pages {
			if _, ok := p.pages[pg.ID]; !ok {
				p.pages[pg.ID] = i
			}
		}
		if strings.TrimSpace(body.Signatures) == "" {
			continue
		}
		list := p.locate("OFD.xml", body.Signatures)
		var s ofdSignatures
		if err := p.xml(list, &s); err != nil {
			r.Problems = append(r.Problems, Problem{pPartMissing, list})
			continue
		}
		for _, x := range s.List {
			items = append(items, item{x.ID, x.Type, p.locate(list, x.Loc), list})
		}
	}
	if len(items) > opts.Limits.Signatures {
		items = items[:opts.Limits.Signatures]
		r.Problems = append(r.Problems, Problem{pTooLarge, "signatures"})
	}
	own := map[string]bool{"OFD.xml": true} // parts that make up the signatures themselves
	for _, x := range items {
		own[x.list], own[x.part] = true, true
		var s ofdSignature
		if p.xml(x.part, &s) == nil {
			own[p.locate(x.part, s.Value)] = true
			if s.Info.Seal.Loc != "" {
				own[p.locate(x.part, s.Info.Seal.Loc)] = true
			}
		}
	}
	clean := len(r.Problems) == 0
	for i, x := range items {
		names := map[string]bool{} // parts that a later signature covers
		for _, y := range items[i+1:] {
			p.named(y.part, names)
		}
		v := p.verify(x.part, own, names, i < len(items)-1)
		v.sig.Field = x.id
		v.sig.SubFilter = x.kind
		if v.sig.Integrity == Intact && v.out.signer != nil {
			judgeSigners(&v.sig, v.out, nil, evidence{}, opts)
		}
		clean = clean && v.clean()
		r.Signatures = append(r.Signatures, v.sig)
	}
	switch {
	case len(items) == 0 && len(r.Problems) > 0:
		r.Status, r.Overall = Unreadable, NoVerdict
	case len(items) == 0:
		r.Status, r.Overall = Unsigned, OverallUnsigned
	case clean:
		r.Status, r.Overall = Signed, Clean
	default:
		r.Status, r.Overall = Signed, Dirty
	}
	return r
}

// verify verifies one signature of a package: its value over Signature.xml, and the digests in it over the parts.
func (p *ofdPackage) verify(part string, own, after map[string]bool, later bool) *verified {
	v := &verified{}
	s := &v.sig
	s.Kind, s.Counts, s.Page, s.Format = "signature", true, -1, "unknown"
	s.Coverage, s.Changes, s.Permitted, s.Trust = CoverageWhole, ChangesNone, true, TrustNotChecked
	s.Problems, s.Revocation.Status = []Problem{}, "not-checked"
	var x ofdSignature
	raw, err := p.read(part)
	if err == nil {
		err = p.xml(part, &x)
	}
	if err != nil {
		v.out = (&outcome{}).fail(Malformed, pPartMissing, part)
		s.Integrity, s.Coverage, s.Permitted = Malformed, CoverageInvalid, false
		s.Problems = append(s.Problems, v.out.problems...)
		return v
	}
	s.Filter = x.Info.Provider.Name
	v.out = p.value(v, part, raw, &x)
	o := v.out
	s.Integrity, s.Digest, s.Algorithm, s.SignedAt = o.integrity, o.digest, o.algorithm, o.signedAt
	s.Problems = append(s.Problems, o.problems...)
	if o.signer != nil {
		s.Signer, s.Chain = o.signer.commonName(), []CertInfo{o.signer.info()}
	}
	if o.seal != nil {
		s.SealName, s.SealPicture, s.PictureType = o.seal.name, o.seal.picture, o.seal.pictureExt
		if loc := x.Info.Seal.Loc; loc != "" {
			if b, err := p.read(p.locate(part, loc)); err != nil || !bytes.Equal(b, o.seal.raw) {
				s.Problems = append(s.Problems, Problem{pSealFile, loc})
			}
		}
	}
	s.stamped(o)
	if s.SignedAt.IsZero() {
		s.SignedAt = ofdTime(x.Info.Time)
	}
	p.place(s, &x)
	p.references(s, part, &x, own, after, later)
	return v
}

// named adds the parts that a signature covers to set.
func (p *ofdPackage) named(part string, set map[string]bool) {
	var x ofdSignature
	if p.xml(part, &x) != nil {
		return
	}
	for _, r := range x.Info.Refs.List[:min(len(x.Info.Refs.List), maxReferences)] {
		set[p.locate(part, r.File)] = true
	}
}

// value verifies SignedValue.dat over the bytes of Signature.xml.
func (p *ofdPackage) value(v *verified, part string, raw []byte, x *ofdSignature) *outcome {
	o := &outcome{}
	b, err := p.read(p.locate(part, x.Value))
	if err != nil || len(b) == 0 {
		return o.fail(Malformed, pEmpty, x.Value)
	}
	msg := [][]byte{raw}
	if ses, err := parseSES(b); err == nil {
		v.sig.Format = "ses"
		o := verifySES(ses, msg)
		if ses.property != "" && partName("", ses.property) != part {
			o.problem(pPropertyInfo, ses.property)
		}
		return o
	}
	sd, err := parseCMS(b)
	if err == nil {
		v.sig.Format = "cms"
		o := verifyCMS(sd, formDetached, msg, nil)
		o.timestamps(sd, nil)
		return o
	}
	if !errors.Is(err, errNotCMS) {
		v.sig.Format = "cms"
		return o.fail(Malformed, pFormat, err.Error())
	}
	if _, _, ok := parseRS(b, 32); ok {
		return o.fail(Unsupported, pNoSignerCert, "a bare value without a certificate")
	}
	return o.fail(Unsupported, pUnsupportedFormat, x.Info.Method)
}

// place puts the first stamp of a seal on its page. OFD measures in millimetres.
func (p *ofdPackage) place(s *Signature, x *ofdSignature) {
	for _, st := range x.Info.Stamps {
		i, ok := p.pages[st.Page]
		f := strings.Fields(st.Boundary)
		if !ok || len(f) != 4 {
			continue
		}
		var n [4]float64
		for k := range f {
			v, err := strconv.ParseFloat(f[k], 64)
			if err != nil {
				return
			}
			n[k] = v * 72 / 25.4
		}
		s.Page, s.Box = i, page.Box{X0: n[0], Y0: n[1], X1: n[0] + n[2], Y1: n[1] + n[3]}
		return
	}
}

// references checks the digests of the parts that a signature names, and that it names every part that can be shown.
func (p *ofdPackage) references(s *Signature, part string, x *ofdSignature, own, after map[string]bool, later bool) {
	d := ofdDigest(x.Info.Refs.Check)
	if d == nil {
		if s.Integrity == Intact {
			s.Integrity = Unsupported
		}
		s.Problems = append(s.Problems, Problem{pUnsupported, "digest of the parts " + x.Info.Refs.Check})
		return
	}
	if d.weak != "" {
		s.Problems = append(s.Problems, Problem{pWeakDigest, d.name + " " + d.weak})
	}
	if len(x.Info.Refs.List) > maxReferences {
		s.Coverage, s.Permitted = CoverageInvalid, false
		return
	}
	named := map[string]bool{}
	for _, r := range x.Info.Refs.List {
		if p.ctx.Err() != nil {
			s.Coverage, s.Permitted = CoverageInvalid, false
			s.Problems = append(s.Problems, Problem{pTooLarge, "time"})
			return
		}
		name := p.locate(part, r.File)
		named[name] = true
		want, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(r.Value), ""))
		b, rerr := p.read(name)
		switch {
		case rerr != nil:
			p.changed(s, name, pPartMissing, false)
		case err != nil || !bytes.Equal(p.digest(name, d, b), want):
			// The list of signatures, and the root that leads to it, grow with every further signature.
			p.changed(s, name, pPartChanged, later && own[name] && !strings.HasSuffix(name, "Signature.xml"))
		}
	}
	var open []string
	for name := range p.parts {
		if named[name] || own[name] || !shown(name) {
			continue
		}
		if after[name] { // added, and signed by somebody later
			p.added(s, name)
			continue
		}
		open = append(open, name)
	}
	if len(open) > 0 || len(named) == 0 {
		s.Coverage, s.Permitted = CoveragePartial, false
		for i, n := range slices.Sorted(slices.Values(open)) {
			if i < 10 {
				s.Problems = append(s.Problems, Problem{pNotCovered, n})
			}
		}
	} else if later {
		s.Coverage = CoverageRevision
	}
}

// digest computes each part's digest once, however many signatures name it.
func (p *ofdPackage) digest(name string, d *digestAlg, b []byte) []byte {
	key := d.name + "\x00" + name
	if sum, ok := p.sums[key]; ok {
		return sum
	}
	sum := d.sum(b)
	p.sums[key] = sum
	return sum
}

// shown reports whether a part can change what a reader shows. Attachments and custom data are not pages.
func shown(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext != ".dat" && ext != ".esl" && !strings.HasPrefix(path.Base(name), ".") && !strings.Contains(name, "Attach") && !strings.Contains(name, "/Tags/") && !strings.Contains(name, "CustomTag")
}

// added records a part that came after a signature and is covered by a later one. OFD has no certification that would
// allow it, so it is a change that this signer did not agree to.
func (p *ofdPackage) added(s *Signature, name string) {
	class := ChangesContent
	if strings.Contains(name, "Annot") {
		class = ChangesAnnotation
	}
	if s.Changes != ChangesContent {
		s.Changes = class
	}
	s.Permitted = false
	s.Changed = append(s.Changed, Change{Class: class, What: name, Page: -1})
	s.Problems = append(s.Problems, Problem{pModified, name})
}

func (p *ofdPackage) changed(s *Signature, name, code string, growth bool) {
	if growth {
		s.Changed = append(s.Changed, Change{Class: ChangesForm, What: name, Page: -1})
		if s.Changes == ChangesNone {
			s.Changes = ChangesForm
		}
		return
	}
	s.Changes, s.Permitted = ChangesContent, false
	if len(s.Changed) < maxChanges {
		s.Changed = append(s.Changed, Change{Class: ChangesContent, What: name, Page: -1})
		s.Problems = append(s.Problems, Problem{code, name})
	}
}

// ofdDigest reads CheckMethod: a name or an object identifier. The standard's default is MD5.
func ofdDigest(m string) *digestAlg {
	switch m = strings.TrimSpace(m); strings.ToUpper(m) {
	case "":
		return digestByName("MD5")
	case "MD5", "SM3":
		return digestByName(strings.ToUpper(m))
	case "SHA1", "SHA-1":
		return digestByName("SHA-1")
	case "SHA256", "SHA-256":
		return digestByName("SHA-256")
	case "1.2.156.10197.1.401.2": // SM3 with a key in the register, written for plain SM3
		return sm3Digest()
	}
	return digestOID(m)
}

func ofdTime(s string) time.Time {
	for _, f := range []string{"20060102150405Z0700", "20060102150405.999Z0700"} {
		if t, err := time.Parse(f, strings.TrimSpace(s)); err == nil {
			return t.UTC()
		}
	}
	china := time.FixedZone("UTC+8", 8*3600)
	for _, f := range []string{time.DateTime, "2006-01-02T15:04:05", time.DateOnly, "20060102150405"} {
		if t, err := time.ParseInLocation(f, strings.TrimSpace(s), china); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
