package seal

import (
	"bytes"
	"time"
)

// timestamp is an RFC 3161 token and what it says.
type timestamp struct {
	out     *outcome
	at      time.Time
	imprint []byte
	digest  *digestAlg
	ok      bool   // imprint and value hold and the signer may make timestamps
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
		t.why = "the digest of the imprint is not supported"
	case !bytes.Equal(t.digest.sum(message...), t.imprint):
		t.why = "the imprint is that of other bytes"
	case t.out.integrity == Unsupported:
		t.why = "the algorithm of the token is not supported"
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

// signatureTimestamp reads the timestamp attribute of a signer, which is over its value (RFC 3161, appendix A).
func signatureTimestamp(si *signerInfo, extra []*cert) *timestamp {
	vals, n := attr(si.unsigned, oidSigTST)
	if n == 0 || len(vals) == 0 {
		return nil
	}
	var first *timestamp
	for _, v := range vals[:min(len(vals), 8)] {
		t := readTimestamp(v.raw, [][]byte{si.value}, extra)
		if t.ok && (first == nil || !first.ok || t.at.Before(first.at)) {
			first = t
		} else if first == nil {
			first = t
		}
	}
	return first
}
