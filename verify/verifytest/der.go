package verifytest

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"sort"
	"time"
)

// Small DER writers: specimens must be able to hold wrong structures too, so the values are put together by hand.

func derTLV(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := []byte{tag}
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, bytes.Join(parts, nil)...)
}

func derSeq(parts ...[]byte) []byte { return derTLV(0x30, parts...) }

// derSet is SET OF: its members stand in the order of their encodings (X.690 §11.6).
func derSet(parts ...[]byte) []byte {
	sorted := append([][]byte(nil), parts...)
	sort.Slice(sorted, func(i, j int) bool { return bytes.Compare(sorted[i], sorted[j]) < 0 })
	return derTLV(0x31, sorted...)
}

func derOctets(b []byte) []byte           { return derTLV(0x04, b) }
func derBits(b []byte) []byte             { return derTLV(0x03, []byte{0}, b) }
func derNull() []byte                     { return []byte{5, 0} }
func derIA5(s string) []byte              { return derTLV(0x16, []byte(s)) }
func derUTF8(s string) []byte             { return derTLV(0x0c, []byte(s)) }
func derInt(v int64) []byte               { return derBig(big.NewInt(v)) }
func derExplicit(n byte, b []byte) []byte { return derTLV(0xa0|n, b) }

func derBig(v *big.Int) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		panic(err) // unreachable: every integer can be encoded
	}
	return b
}

func derOID(o asn1.ObjectIdentifier) []byte {
	b, err := asn1.Marshal(o)
	if err != nil {
		panic(err) // unreachable: the identifiers are constants
	}
	return b
}

func derUTC(t time.Time) []byte { return derTLV(0x17, []byte(t.UTC().Format("060102150405Z"))) }
func derGeneralized(t time.Time) []byte {
	return derTLV(0x18, []byte(t.UTC().Format("20060102150405Z")))
}

// Object identifiers of RFC 5652, RFC 3161, RFC 5035, GM/T 0006 and GM/T 0010.
var (
	oidData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCertV2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStampToken = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidTSTInfo        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidTimeStamping   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidSpecimenPolicy = asn1.ObjectIdentifier{2, 25, 20260101}
	oidSHA256         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidRSA            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidSM3            = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}
	oidSM2WithSM3     = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}
	oidSM9Sign        = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 302, 1}
	oidGMData         = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 1}
	oidGMSignedData   = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 2}
)
