package seal

import (
	"crypto"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"hash"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	//lint:ignore SA1019 old signatures are verified with it, none is made
	"golang.org/x/crypto/ripemd160"
)

// digestAlg is a digest algorithm.
type digestAlg struct {
	name string
	id   crypto.Hash // zero for SM3
	new  func() hash.Hash
	weak string // since when it must no longer be used for signatures, and by whom; empty while it may
}

func (d *digestAlg) sum(parts ...[]byte) []byte {
	h := d.new()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func sha3of(f func() *sha3.SHA3) func() hash.Hash { return func() hash.Hash { return f() } }

func sm3Digest() *digestAlg { return &digestAlg{name: "SM3", new: sm3.New} }

const (
	weakMD5 = "since 2004 (collisions; RFC 6151)"
	// RIPEMD-160 was left out of the catalogue of the Bundesnetzagentur for signatures made from 2016 on.
	weakRIPEMD = "since 2016-01-01 (Algorithmenkatalog 2015)"
	weakSHA1   = "since 2014-01-01 (NIST SP 800-131A)"
	// minRSABits is the least RSA key length: 2048 bits since 2014 (NIST SP 800-131A).
	minRSABits = 2048
	weakRSA    = "below 2048 bits, since 2014-01-01 (NIST SP 800-131A)"
)

func digestByName(name string) *digestAlg {
	switch name {
	case "MD5":
		return &digestAlg{name, crypto.MD5, md5.New, weakMD5}
	case "SHA-1":
		return &digestAlg{name, crypto.SHA1, sha1.New, weakSHA1}
	case "SHA-224":
		return &digestAlg{name, crypto.SHA224, sha256.New224, ""}
	case "SHA-256":
		return &digestAlg{name, crypto.SHA256, sha256.New, ""}
	case "SHA-384":
		return &digestAlg{name, crypto.SHA384, sha512.New384, ""}
	case "SHA-512":
		return &digestAlg{name, crypto.SHA512, sha512.New, ""}
	case "SHA-512/256":
		return &digestAlg{name, crypto.SHA512_256, sha512.New512_256, ""}
	case "SHA3-224":
		return &digestAlg{name, crypto.SHA3_224, sha3of(sha3.New224), ""}
	case "SHA3-256":
		return &digestAlg{name, crypto.SHA3_256, sha3of(sha3.New256), ""}
	case "SHA3-384":
		return &digestAlg{name, crypto.SHA3_384, sha3of(sha3.New384), ""}
	case "SHA3-512":
		return &digestAlg{name, crypto.SHA3_512, sha3of(sha3.New512), ""}
	case "RIPEMD-160":
		return &digestAlg{name, crypto.RIPEMD160, ripemd160.New, weakRIPEMD}
	case "SM3":
		return sm3Digest()
	case "SHAKE256":
		return &digestAlg{name, 0, newShake256, ""}
	}
	return nil
}

// shake256 is SHAKE256 with 512 bits of output, the digest that goes with Ed448 (RFC 8419).
type shake256 struct{ *sha3.SHAKE }

func newShake256() hash.Hash { return &shake256{sha3.NewSHAKE256()} }

func (s *shake256) Size() int { return 64 }
func (s *shake256) Sum(b []byte) []byte {
	var out [64]byte
	s.SHAKE.Read(out[:])
	return append(b, out[:]...)
}

// digestOID names the digest algorithms by object identifier.
func digestOID(oid string) *digestAlg {
	switch oid {
	case "1.2.840.113549.2.5":
		return digestByName("MD5")
	case "1.3.14.3.2.26":
		return digestByName("SHA-1")
	case "2.16.840.1.101.3.4.2.4":
		return digestByName("SHA-224")
	case "2.16.840.1.101.3.4.2.1":
		return digestByName("SHA-256")
	case "2.16.840.1.101.3.4.2.2":
		return digestByName("SHA-384")
	case "2.16.840.1.101.3.4.2.3":
		return digestByName("SHA-512")
	case "2.16.840.1.101.3.4.2.6":
		return digestByName("SHA-512/256")
	case "2.16.840.1.101.3.4.2.7":
		return digestByName("SHA3-224")
	case "2.16.840.1.101.3.4.2.8":
		return digestByName("SHA3-256")
	case "2.16.840.1.101.3.4.2.9":
		return digestByName("SHA3-384")
	case "2.16.840.1.101.3.4.2.10":
		return digestByName("SHA3-512")
	case "2.16.840.1.101.3.4.2.12", "2.16.840.1.101.3.4.2.18":
		return digestByName("SHAKE256")
	case "1.3.36.3.2.1":
		return digestByName("RIPEMD-160")
	case "1.2.156.10197.1.401", "1.2.156.10197.1.401.1":
		return digestByName("SM3")
	}
	return nil
}

// sigScheme is what a signature algorithm identifier says.
type sigScheme struct {
	key    string // RSA, RSA-PSS, ECDSA, SM2, Ed25519, Ed448, DSA; empty if it names only a digest
	digest string // empty if the identifier does not name one
	plain  bool   // r‖s rather than a sequence (BSI TR-03111)
}

// The identifiers of GM/T 0006-2012 and GM/T 0010-2012.
const (
	oidSM2         = "1.2.156.10197.1.301"
	oidSM2Sign     = "1.2.156.10197.1.301.1"
	oidSM2WithSM3  = "1.2.156.10197.1.501"
	oidGMData      = "1.2.156.10197.6.1.4.2.1"
	oidGMSigned    = "1.2.156.10197.6.1.4.2.2"
	oidData        = "1.2.840.113549.1.7.1"
	oidSignedData  = "1.2.840.113549.1.7.2"
	oidTSTInfo     = "1.2.840.113549.1.9.16.1.4"
	oidContentType = "1.2.840.113549.1.9.3"
	oidMsgDigest   = "1.2.840.113549.1.9.4"
	oidSigningTime = "1.2.840.113549.1.9.5"
	oidCertV1      = "1.2.840.113549.1.9.16.2.12"
	oidCertV2      = "1.2.840.113549.1.9.16.2.47"
	oidSigTST      = "1.2.840.113549.1.9.16.2.14"
	oidAdobeRev    = "1.2.840.113583.1.1.8"
	oidPSS         = "1.2.840.113549.1.1.10"
	oidRSA         = "1.2.840.113549.1.1.1"
)

func sigOID(oid string) (sigScheme, bool) {
	switch oid {
	case oidRSA:
		return sigScheme{key: "RSA"}, true
	case "1.2.840.113549.1.1.4":
		return sigScheme{key: "RSA", digest: "MD5"}, true
	case "1.2.840.113549.1.1.5", "1.3.14.3.2.29":
		return sigScheme{key: "RSA", digest: "SHA-1"}, true
	case "1.2.840.113549.1.1.14":
		return sigScheme{key: "RSA", digest: "SHA-224"}, true
	case "1.2.840.113549.1.1.11":
		return sigScheme{key: "RSA", digest: "SHA-256"}, true
	case "1.2.840.113549.1.1.12":
		return sigScheme{key: "RSA", digest: "SHA-384"}, true
	case "1.2.840.113549.1.1.13":
		return sigScheme{key: "RSA", digest: "SHA-512"}, true
	case "1.2.840.113549.1.1.16":
		return sigScheme{key: "RSA", digest: "SHA-512/256"}, true
	case "1.3.36.3.3.1.2":
		return sigScheme{key: "RSA", digest: "RIPEMD-160"}, true
	case oidPSS:
		return sigScheme{key: "RSA-PSS"}, true
	case "1.2.840.10045.2.1", "1.2.840.10045.4.3":
		return sigScheme{key: "ECDSA"}, true
	case "1.2.840.10045.4.1":
		return sigScheme{key: "ECDSA", digest: "SHA-1"}, true
	case "1.2.840.10045.4.3.1":
		return sigScheme{key: "ECDSA", digest: "SHA-224"}, true
	case "1.2.840.10045.4.3.2":
		return sigScheme{key: "ECDSA", digest: "SHA-256"}, true
	case "1.2.840.10045.4.3.3":
		return sigScheme{key: "ECDSA", digest: "SHA-384"}, true
	case "1.2.840.10045.4.3.4":
		return sigScheme{key: "ECDSA", digest: "SHA-512"}, true
	case oidSM2, oidSM2Sign:
		return sigScheme{key: "SM2"}, true
	case oidSM2WithSM3:
		return sigScheme{key: "SM2", digest: "SM3"}, true
	case "1.2.156.10197.1.504":
		return sigScheme{key: "RSA", digest: "SM3"}, true
	case "1.3.101.112":
		return sigScheme{key: "Ed25519"}, true
	case "1.3.101.113":
		return sigScheme{key: "Ed448"}, true
	case "1.2.840.10040.4.1":
		return sigScheme{key: "DSA"}, true
	case "1.2.840.10040.4.3":
		return sigScheme{key: "DSA", digest: "SHA-1"}, true
	case "2.16.840.1.101.3.4.3.1":
		return sigScheme{key: "DSA", digest: "SHA-224"}, true
	case "2.16.840.1.101.3.4.3.2":
		return sigScheme{key: "DSA", digest: "SHA-256"}, true
	}
	if tail, ok := strings.CutPrefix(oid, "2.16.840.1.101.3.4.3."); ok {
		names := map[string]sigScheme{
			"9": {key: "ECDSA", digest: "SHA3-224"}, "10": {key: "ECDSA", digest: "SHA3-256"},
			"11": {key: "ECDSA", digest: "SHA3-384"}, "12": {key: "ECDSA", digest: "SHA3-512"},
			"13": {key: "RSA", digest: "SHA3-224"}, "14": {key: "RSA", digest: "SHA3-256"},
			"15": {key: "RSA", digest: "SHA3-384"}, "16": {key: "RSA", digest: "SHA3-512"},
		}
		s, ok := names[tail]
		return s, ok
	}
	if tail, ok := strings.CutPrefix(oid, "0.4.0.127.0.7.1.1.4.1."); ok { // ecdsa-plain-signatures, BSI TR-03111
		names := map[string]string{"1": "SHA-1", "2": "SHA-224", "3": "SHA-256", "4": "SHA-384", "5": "SHA-512"}
		d, ok := names[tail]
		return sigScheme{key: "ECDSA", digest: d, plain: true}, ok
	}
	return sigScheme{}, false
}
