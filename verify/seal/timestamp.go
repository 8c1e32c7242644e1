package seal

import (
	"bytes"
	"crypto/sha256"
	"time"
)

// timestamp is an RFC 3161 token and what it says.
type timestamp struct {
	out     *outcome
	at      time.Time
	imprint []byte
	digest  *digestAlg
	ok      bool   // imprint and value hold and the signer may make timestamps
	unknown bool   // it cannot be told whether they do
	why     string // why not
}

// readTimestamp verifies a token over message: its value, the imprint, and that its signer's certificate is for
// timestamping (RFC 3161, 2.3 and 2.4.2).
func readTimestamp(token []byte, message [][]byte, extra []*cert) *timestamp {
	t := &timestamp{}
	sd, err := parseCMS(token)
	if err != nil {
		t.out = (&outcome{}).fail(Malformed, pFormat, "timestamp token")
		t.why = "the token is broken"
		return t
	}
	t.out = verifyCMS(sd, formToken, nil, extra)
	if err := t.parseInfo(sd.content); err != nil {
		t.why = "TSTInfo is broken"
		return t
	}
	switch {
	case t.digest == nil:
		t.unknown = true
		t.why = "the digest of the imprint is not supported"
	case !bytes.Equal(t.digest.sum(message...), t.imprint):
		t.why = "the imprint is that of other bytes"
	case t.out.integrity == Unsupported:
		t.unknown = true
		t.why = "its algorithm is not supported, or the certificate of the authority is missing"
	case t.out.integrity != Intact:
		t.why = "the value of the token does not verify"
	case t.out.signer == nil:
		t.why = "the certificate of the authority is missing"
	default:
		t.ok = true
		if t.out.signer.eku != nil && !t.out.signer.hasEKU(ekuTimeStamping) {
			t.ok, t.why = false, "the certificate of the authority is not for timestamping"
		}
	}
	return t
}

func (t *timestamp) parseInfo(b []byte) error {
	n, _, err := readNode(b)
	if err != nil {
		return err
	}
	f, err := n.kids()
	if err != nil || len(f) < 5 {
		return errBER
	}
	imp, err := f[2].kids()
	if err != nil || len(imp) != 2 {
		return errBER
	}
	alg, err := imp[0].kids()
	if err != nil || len(alg) == 0 {
		return errBER
	}
	t.digest, t.imprint = digestOID(alg[0].oid()), imp[1].body
	var ok bool
	if t.at, ok = f[4].time(); !ok {
		return errBER
	}
	return nil
}

// maxTimestamps bounds the tokens of one signer.
const maxTimestamps = 8

// signatureTimestamps reads the timestamp attribute of a signer, which is over its value (RFC 3161, appendix A). The
// earliest valid token proves the most; a false one among them is reported.
func (o *outcome) signatureTimestamps(si *signerInfo, extra []*cert) {
	vals, _ := attr(si.unsigned, oidSigTST)
	for _, v := range vals[:min(len(vals), maxTimestamps)] {
		t := readTimestamp(v.raw, [][]byte{si.value}, extra)
		o.tokens = append(o.tokens, sha256.Sum256(v.raw))
		if !t.ok && !t.unknown && o.badStamp == "" {
			o.badStamp = t.why
		}
		if o.stamp == nil || t.ok && (!o.stamp.ok || t.at.Before(o.stamp.at)) {
			o.stamp = t
		}
	}
}

// timestamps reads the timestamps of every signer of a container.
func (o *outcome) timestamps(sd *signedData, pool []*cert) {
	for i, x := range append([]*outcome{o}, o.others...) {
		if i < len(sd.signers) {
			x.signatureTimestamps(&sd.signers[i], append(append([]*cert(nil), sd.certs...), pool...))
		}
	}
}

// stamped takes over what the timestamps of a signer say.
func (s *Signature) stamped(o *outcome) {
	if o.stamp != nil {
		switch {
		case o.stamp.ok:
			s.Timestamp = o.stamp.at
		case o.stamp.unknown:
			s.Problems = append(s.Problems, Problem{pTimestampUnknown, o.stamp.why})
		case o.badStamp == "":
			s.Problems = append(s.Problems, Problem{pTimestamp, o.stamp.why})
		}
	}
	if o.badStamp != "" {
		s.Problems = append(s.Problems, Problem{pTimestamp, o.badStamp})
	}
}
