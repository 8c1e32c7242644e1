package verifytest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // adbe.x509.rsa_sha1 is SHA-1 by its definition
	"crypto/sha256"
	"encoding/asn1"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

// cmsOptions says how a SignedData is put together.
type cmsOptions struct {
	id       *Identity
	at       time.Time
	cades    bool // ESS signing-certificate-v2, no signingTime (ETSI EN 319 142-1)
	fault    SealFault
	sigOID   asn1.ObjectIdentifier // instead of the right one
	stamp    func(value []byte) ([]byte, error)
	econtent []byte // with econtentType: attached content (timestamp tokens)
	etype    asn1.ObjectIdentifier
}

func isSM2(id *Identity) bool { _, ok := id.Key.(*sm2.PrivateKey); return ok }

func digestOf(id *Identity, data []byte) ([]byte, asn1.ObjectIdentifier) {
	if isSM2(id) {
		h := sm3.Sum(data)
		return h[:], oidSM3
	}
	h := sha256.Sum256(data)
	return h[:], oidSHA256
}

// signBytes signs a message: RSA PKCS #1 v1.5 with SHA-256, or SM2 with SM3, Z and the default user identity.
func signBytes(id *Identity, msg []byte) ([]byte, error) {
	if key, ok := id.Key.(*sm2.PrivateKey); ok {
		return key.Sign(rand.Reader, msg, sm2.DefaultSM2SignerOpts)
	}
	h := sha256.Sum256(msg)
	return id.Key.Sign(rand.Reader, h[:], crypto.SHA256)
}

func algID(oid asn1.ObjectIdentifier) []byte {
	if oid.Equal(oidRSA) {
		return derSeq(derOID(oid), derNull())
	}
	return derSeq(derOID(oid))
}

func attribute(oid asn1.ObjectIdentifier, value []byte) []byte {
	return derSeq(derOID(oid), derSet(value))
}

func issuerAndSerial(c *smx509.Certificate) []byte {
	return derSeq(c.RawIssuer, derBig(c.SerialNumber))
}

// signCMS returns a ContentInfo with a SignedData over data (RFC 5652), detached unless o.econtent is set.
func signCMS(data []byte, o cmsOptions) ([]byte, error) {
	etype := oidData
	encap := derSeq(derOID(oidData))
	if o.econtent != nil {
		etype, data = o.etype, o.econtent
		encap = derSeq(derOID(etype), derExplicit(0, derOctets(o.econtent)))
	}
	digest, digestOID := digestOf(o.id, data)
	attrs := [][]byte{attribute(oidContentType, derOID(etype)), attribute(oidMessageDigest, derOctets(digest))}
	if o.cades || o.econtent != nil {
		h := sha256.Sum256(o.id.Cert.Raw)
		attrs = append(attrs, attribute(oidSigningCertV2, derSeq(derSeq(derSeq(derOctets(h[:]))))))
	}
	if !o.cades {
		attrs = append(attrs, attribute(oidSigningTime, derUTC(o.at)))
	}
	set := derSet(attrs...)
	value, err := signBytes(o.id, set)
	if err != nil {
		return nil, err
	}
	if o.fault == FaultValue || o.fault == FaultTimeForged {
		value = spoil(value)
	}
	sigOID := oidRSA
	if isSM2(o.id) {
		sigOID = oidSM2WithSM3
	}
	if o.sigOID != nil {
		sigOID = o.sigOID
	}
	implicit := append([]byte{0xa0}, set[1:]...) // signedAttrs are [0] IMPLICIT, signed as the SET
	info := [][]byte{derInt(1), issuerAndSerial(o.id.Cert), algID(digestOID), implicit, algID(sigOID), derOctets(value)}
	if o.stamp != nil {
		token, err := o.stamp(value)
		if err != nil {
			return nil, err
		}
		info = append(info, derExplicit(1, attribute(oidTimeStampToken, token)))
	}
	certs := append([]byte(nil), o.id.Cert.Raw...)
	for _, c := range o.id.Chain {
		certs = append(certs, c.Raw...)
	}
	version := int64(1)
	if o.econtent != nil {
		version = 3 // the content is not id-data
	}
	sd := derSeq(derInt(version), derSet(algID(digestOID)), encap, derTLV(0xa0, certs), derSet(derSeq(info...)))
	return derSeq(derOID(oidSignedData), derExplicit(0, sd)), nil
}

// spoil turns one bit of a signature value over. For an SM2 value the bit is inside the second integer, so that the
// structure stays right.
func spoil(v []byte) []byte {
	out := append([]byte(nil), v...)
	out[len(out)-5] ^= 0x10
	return out
}

// timestampToken returns an RFC 3161 token over a signature value.
func timestampToken(tsa *Identity, at time.Time, value []byte, fault SealFault) ([]byte, error) {
	h := sha256.Sum256(value)
	tst := derSeq(derInt(1), derOID(oidSpecimenPolicy), derSeq(derSeq(derOID(oidSHA256), derNull()), derOctets(h[:])),
		derInt(at.Unix()), derGeneralized(at))
	if fault != FaultTimeForged {
		fault = SealSound
	}
	return signCMS(nil, cmsOptions{id: tsa, at: at, econtent: tst, etype: oidTSTInfo, fault: fault})
}

// signX509SHA1 returns the /Contents of adbe.x509.rsa_sha1: a PKCS #1 value in an OCTET STRING (ISO 32000-1 §12.8.3.2).
func signX509SHA1(id *Identity, data []byte) ([]byte, error) {
	h := sha1.Sum(data) //nolint:gosec // as above
	key, ok := id.Key.(*rsa.PrivateKey)
	if !ok {
		return nil, smx509.ErrUnsupportedAlgorithm
	}
	v, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, h[:])
	return derOctets(v), err
}

// signGM returns the form that one Chinese product writes (DOMAIN §5.2): GM/T 0010 SignedData without signed attributes
// whose content is the SM3 digest of the signed bytes; the SM2 value is over that digest.
func signGM(id *Identity, data []byte) ([]byte, error) {
	digest := sm3.Sum(data)
	value, err := signBytes(id, digest[:])
	if err != nil {
		return nil, err
	}
	info := derSeq(derInt(1), issuerAndSerial(id.Cert), algID(oidSM3), algID(oidSM2WithSM3), derOctets(value))
	sd := derSeq(derInt(1), derSet(algID(oidSM3)), derSeq(derOID(oidGMData), derExplicit(0, derOctets(digest[:]))),
		derTLV(0xa0, id.Cert.Raw), derSet(info))
	return derSeq(derOID(oidGMSignedData), derExplicit(0, sd)), nil
}
