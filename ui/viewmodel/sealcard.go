package viewmodel

import (
	"strconv"
	"strings"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/page"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// SealCard is everything that is shown of a file's seals, as texts and shapes. The same card is the window's and, as
// text, that of `inspect seal`.
type SealCard struct {
	Title   string
	Shape   Shape
	Head    string // the answer in one sentence
	Anchors string // what was trusted
	Notes   []SealRow
	Seals   []SealView
}

// SealRow is one labelled line; Shape is ShapeWait where the line is neither good nor bad.
type SealRow struct {
	Key          string // stable: signer, name, algorithm, time ...
	Label, Value string
	Note         string
	Shape        Shape
}

// SealView is one seal or signature.
type SealView struct {
	Heading string
	Shape   Shape
	Word    string
	Rows    []SealRow
	Changes []SealChange
	Notes   []SealRow // its problems in words; Note is the stable code with its detail
	Counts  bool
	Page    int      // 0-based, -1 if it is not shown on a page
	Box     page.Box // its place on the page
	// Revision is the length in bytes of the file as it was sealed if something was added after it, else 0. The document
	// as it was sealed is the first Revision bytes of the file (seal.Signature.Revision).
	Revision    int64
	Picture     []byte // the seal's own picture, in the form that PictureType names
	PictureType string
}

// SealChange is one thing that was changed after a seal was made.
type SealChange struct {
	Text string
	Page int // 0-based, -1 if on no page
	Box  page.Box
}

// maxSealChanges is the number of changes of one seal that are shown.
const maxSealChanges = 30

// BuildSealCard makes the card of a report; nil gives the card of a file that could not be read.
func BuildSealCard(m *Messages, r *seal.Report) SealCard {
	if r == nil {
		r = &seal.Report{Status: seal.Unreadable, Overall: seal.NoVerdict}
	}
	c := SealCard{Title: m.T("sealcard.title"), Anchors: m.T("sealcard.anchors.none")}
	if r.Anchors > 0 {
		c.Anchors = m.T("sealcard.anchors", "n", strconv.Itoa(r.Anchors))
	}
	for _, p := range r.Problems {
		c.Notes = append(c.Notes, problemRow(m, p))
	}
	for i := range r.Signatures {
		c.Seals = append(c.Seals, sealView(m, &r.Signatures[i], i, r.Anchors))
	}
	c.Shape, c.Head = headline(m, r)
	return c
}

// headline is the answer in one sentence: the gravest thing that holds of a seal that counts.
func headline(m *Messages, r *seal.Report) (Shape, string) {
	switch r.Overall {
	case seal.OverallUnsigned:
		for _, p := range r.Problems {
			if p.Code == "VISUAL_SEAL_ONLY" {
				return ShapeUnknown, m.T("sealcard.head.visual")
			}
		}
		return ShapeUnknown, m.T("sealcard.head.unsigned")
	case seal.NoVerdict, "":
		return ShapeUnknown, m.T("sealcard.head.unreadable")
	}
	var broken, malformed, changed, partial, unsupported, bad, unknown, counted bool
	for i := range r.Signatures {
		s := &r.Signatures[i]
		if !s.Counts {
			continue
		}
		counted = true
		broken = broken || s.Integrity == seal.Broken
		malformed = malformed || s.Integrity == seal.Malformed
		unsupported = unsupported || s.Integrity == seal.Unsupported
		partial = partial || s.Coverage == seal.CoveragePartial || s.Coverage == seal.CoverageInvalid
		changed = changed || !s.Permitted && s.Changes != seal.ChangesNone
		bad = bad || s.Trust == seal.Revoked || s.Trust == seal.UntrustedUsage
		unknown = unknown || s.Trust != seal.Trusted
	}
	switch {
	case broken:
		return ShapeFail, m.T("sealcard.head.broken")
	case malformed:
		return ShapeFail, m.T("sealcard.head.malformed")
	case changed:
		return ShapeFail, m.T("sealcard.head.changed")
	case partial:
		return ShapeFail, m.T("sealcard.head.partial")
	case unsupported:
		return ShapeUnknown, m.T("sealcard.head.unsupported")
	case !counted:
		return ShapeUnknown, m.T("sealcard.head.uncounted")
	case r.Overall != seal.Clean:
		return ShapeUnknown, m.T("sealcard.head.doubt")
	case bad:
		return ShapeFail, m.T("sealcard.head.badsigner")
	case unknown:
		return ShapeUnknown, m.T("sealcard.head.intact")
	}
	return ShapePass, m.T("sealcard.head.trusted")
}

func sealView(m *Messages, s *seal.Signature, i, anchors int) SealView {
	v := SealView{
		Counts: s.Counts, Page: s.Page, Box: s.Box, Picture: s.SealPicture, PictureType: s.PictureType,
	}
	if s.Coverage == seal.CoverageRevision && s.RevisionEnd > 0 {
		v.Revision = s.RevisionEnd
	}
	n := strconv.Itoa(i + 1)
	switch s.Kind {
	case "timestamp":
		v.Heading = m.T("sealcard.seal.timestamp", "n", n)
	case "usage-rights":
		v.Heading = m.T("sealcard.seal.rights", "n", n)
	default:
		v.Heading = m.T("sealcard.seal.heading", "n", n)
	}
	if s.Field != "" && strings.Trim(s.Field, "0123456789") != "" { // the numbers that OFD gives say nothing
		v.Heading += " · " + s.Field
	}
	v.Heading += " · " + pageOr(m, s.Page)
	v.Shape, v.Word = sealWord(m, s)
	if !s.Counts {
		v.Shape = ShapeSkip
		v.Word = m.T("sealcard.seal.uncounted")
	}
	v.rows(m, s, anchors)
	for _, c := range s.Changed[:min(len(s.Changed), maxSealChanges)] {
		v.Changes = append(v.Changes, SealChange{Text: changeText(m, c), Page: c.Page, Box: c.Box})
	}
	if more := len(s.Changed) - maxSealChanges; more > 0 {
		v.Changes = append(v.Changes, SealChange{Text: m.T("sealcard.more", "n", strconv.Itoa(more)), Page: -1})
	}
	for _, p := range s.Problems {
		v.Notes = append(v.Notes, problemRow(m, p))
	}
	return v
}

func pageOr(m *Messages, i int) string {
	if i < 0 {
		return m.T("sealcard.seal.invisible")
	}
	return m.T("sealcard.seal.page", "page", strconv.Itoa(i+1))
}

func sealWord(m *Messages, s *seal.Signature) (Shape, string) {
	switch {
	case s.Integrity == seal.Unsupported:
		return ShapeUnknown, m.T("sealcard.word.unsupported")
	case s.Integrity != seal.Intact || !s.Permitted:
		return ShapeFail, m.T("sealcard.word.bad")
	case s.Coverage != seal.CoverageWhole && s.Coverage != seal.CoverageRevision:
		return ShapeFail, m.T("sealcard.word.bad")
	}
	for _, p := range s.Problems {
		if seal.Doubtful(p.Code) {
			return ShapeUnknown, m.T("sealcard.word.doubt")
		}
	}
	return ShapePass, m.T("sealcard.word.good")
}

// rows are the lines of one seal: who, which seal, how, when, what holds, what it covers, what was changed, whose it is.
func (v *SealView) rows(m *Messages, s *seal.Signature, anchors int) {
	add := func(key, value, note string, shape Shape) {
		v.Rows = append(v.Rows, SealRow{Key: key, Label: m.T("sealcard.row." + key), Value: value, Note: note, Shape: shape})
	}
	signer, issuer := s.Signer, ""
	if signer == "" {
		signer = m.T("sealcard.signer.unknown")
	} else if s.Integrity != seal.Intact {
		issuer = m.T("sealcard.signer.claimed")
	} else if len(s.Chain) > 0 {
		issuer = m.T("sealcard.signer.issuer", "issuer", shortName(s.Chain[0].Issuer))
	}
	add("signer", signer, issuer, ShapeWait)
	if s.SealName != "" {
		note := ""
		if s.Integrity != seal.Intact || s.Trust != seal.Trusted || !rules.NameProven(s) {
			note = m.T("sealcard.name.claimed")
		}
		add("name", s.SealName, note, ShapeWait)
	} else {
		add("name", m.T("sealcard.none"), m.T("sealcard.name.none"), ShapeWait)
	}
	alg := s.Algorithm
	if alg == "" {
		alg = m.T("sealcard.alg.unknown")
	}
	if s.Digest != "" && !strings.HasSuffix(alg, s.Digest) {
		alg += m.T("sealcard.join") + m.T("sealcard.alg.digest", "digest", s.Digest)
	}
	add("algorithm", alg, m.Or("sealcard.form."+s.Format, s.Format), ShapeWait)
	v.Rows = append(v.Rows, timeRow(m, s, anchors))
	shape := ShapePass
	switch s.Integrity {
	case seal.Intact:
	case seal.Unsupported:
		shape = ShapeUnknown
	default:
		shape = ShapeFail
	}
	add("integrity", m.Or("sealcard.integrity."+string(s.Integrity), string(s.Integrity)), "", shape)
	shape = ShapePass
	if s.Coverage != seal.CoverageWhole && s.Coverage != seal.CoverageRevision {
		shape = ShapeFail
	}
	add("coverage", m.Or("sealcard.coverage."+string(s.Coverage), string(s.Coverage)), "", shape)
	changes, note, shape := m.Or("sealcard.changes."+string(s.Changes), string(s.Changes)), "", ShapePass
	switch {
	case (s.Coverage == seal.CoveragePartial || s.Coverage == seal.CoverageInvalid) && s.Changes == seal.ChangesNone:
		changes, shape = m.T("sealcard.changes.unknown"), ShapeUnknown
	case s.Changes == seal.ChangesNone && s.Integrity == seal.Broken:
		changes, shape = m.T("sealcard.changes.inside"), ShapeWait
	case s.Changes == seal.ChangesNone:
	case s.Permitted:
		note = m.T("sealcard.permitted")
	default:
		note, shape = m.T("sealcard.forbidden"), ShapeFail
	}
	add("changes", changes, note, shape)
	trust, note, shape := m.Or("sealcard.trust."+string(s.Trust), string(s.Trust)), "", ShapeUnknown
	switch s.Trust {
	case seal.Trusted:
		shape = ShapePass
	case seal.Revoked, seal.UntrustedUsage:
		shape = ShapeFail
	case seal.TrustNotChecked:
		note = m.T("sealcard.trust.notintact")
		if anchors == 0 {
			note = m.T("sealcard.trust.noanchors")
		}
	}
	if s.Anchor != "" {
		note = m.T("sealcard.trust.anchor", "anchor", shortName(s.Anchor))
		if k, ok := seal.Known(s.Chain[len(s.Chain)-1].SHA256); ok {
			note += m.T("sealcard.join") + m.T("sealcard.trust.known", "name", shortName(k.Subject))
		}
	}
	add("trust", trust, note, shape)
	if s.Anchor != "" {
		v.Rows = append(v.Rows, revocationRow(m, s))
	}
	if s.Reason != "" {
		add("reason", s.Reason, "", ShapeWait)
	}
}

// timeRow says when, and who says so: a timestamp, or the signer alone.
func timeRow(m *Messages, s *seal.Signature, anchors int) SealRow {
	r := SealRow{Key: "time", Label: m.T("sealcard.row.time"), Shape: ShapeWait}
	switch {
	case !s.Timestamp.IsZero():
		r.Value, r.Note = instant(s.Timestamp), m.T("sealcard.time.stamped")
		if anchors == 0 {
			r.Note = m.T("sealcard.time.unproven")
		}
		if !s.SignedAt.IsZero() && s.Kind != "timestamp" {
			r.Note += m.T("sealcard.join") + m.T("sealcard.time.claimedtoo", "time", instant(s.SignedAt))
		}
	case !s.SignedAt.IsZero():
		r.Value, r.Note = instant(s.SignedAt), m.T("sealcard.time.claimed")
	default:
		r.Value = m.T("sealcard.time.none")
	}
	return r
}

func revocationRow(m *Messages, s *seal.Signature) SealRow {
	v := s.Revocation
	r := SealRow{Key: "revocation", Label: m.T("sealcard.row.revocation"), Shape: ShapeUnknown}
	r.Value = m.Or("sealcard.revocation."+v.Status, v.Status)
	switch v.Status {
	case "good":
		r.Shape = ShapePass
	case "revoked":
		r.Value = m.T("sealcard.revocation.revoked", "time", instant(v.RevokedAt))
		if s.Trust == seal.Revoked {
			r.Shape = ShapeFail
		}
	}
	if v.Source != "" {
		r.Note = m.T("sealcard.revocation.asof", "source", v.Source, "time", instant(v.AsOf))
	}
	return r
}

func problemRow(m *Messages, p seal.Problem) SealRow {
	return SealRow{
		Key: p.Code, Label: m.T("sealcard.row.note"), Value: m.Or("sealcard.problem."+p.Code, p.Code),
		Note: strings.TrimSpace(p.Code + " " + problemDetail(m, p)), Shape: ShapeUnknown,
	}
}

// instant writes a time as people in China read it, to the second, with the zone.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(civil.Shanghai()).Format("2006-01-02 15:04:05 -07:00")
}

// shortName is the common name of a distinguished name, else its organisation, else all of it.
func shortName(dn string) string {
	for _, key := range []string{"CN=", "OU=", "O="} {
		for _, part := range strings.Split(dn, ", ") {
			if v, ok := strings.CutPrefix(part, key); ok && v != "" {
				return v
			}
		}
	}
	return dn
}

// Text is the card as plain text, for the clipboard and for the terminal: label, value, and what stands behind it.
func (c SealCard) Text() string {
	var b strings.Builder
	b.WriteString(c.Head + "\n")
	b.WriteString(c.Anchors + "\n")
	row := func(r SealRow) {
		b.WriteString("  " + r.Label + ": " + r.Value)
		if r.Note != "" {
			b.WriteString(" · " + r.Note)
		}
		b.WriteString("\n")
	}
	for _, r := range c.Notes {
		row(r)
	}
	for _, s := range c.Seals {
		b.WriteString("\n" + s.Heading + " · " + s.Word + "\n")
		for _, r := range s.Rows {
			row(r)
			if r.Key == "changes" {
				for _, x := range s.Changes {
					b.WriteString("    · " + x.Text + "\n")
				}
			}
		}
		for _, r := range s.Notes {
			row(r)
		}
	}
	return b.String()
}
