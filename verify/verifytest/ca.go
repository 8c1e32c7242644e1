package verifytest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// SignerID names a holder of a seal in the virtual tree.
type SignerID string

// The holders. The seal names are the official texts, since the rules ask for them; the organisation in every
// certificate says that it is a specimen.
const (
	SignerConstructor  SignerID = "constructor"  // 一级建造师行政许可专用章
	SignerMinistry     SignerID = "ministry"     // the plain seal of the ministry
	SignerCommittee    SignerID = "committee"    // 全国注册建筑师管理委员会
	SignerDirector     SignerID = "director"     // the committee's 主任委员
	SignerCPTA         SignerID = "cpta"         // 专业技术人员职业资格证书专用章
	SignerAssociation  SignerID = "association"  // a body that issues certificates of its own
	SignerProvince     SignerID = "province"     // a trusted seal, but of another office
	SignerExpired      SignerID = "expired"      // constructor's seal, certificate ended 2023-12-31
	SignerRevoked      SignerID = "revoked"      // constructor's seal, certificate revoked 2026-02-01
	SignerRevokedLater SignerID = "revokedlater" // constructor's seal, certificate revoked 2026-05-01
	SignerWrongUse     SignerID = "wronguse"     // constructor's seal, certificate for time-stamping only
	SignerStranger     SignerID = "stranger"     // constructor's seal by name, from a tree that nobody trusts
	SignerTSA          SignerID = "tsa"          // time-stamping authority
	SignerSealMaker    SignerID = "sealmaker"    // 制章人 of GB/T 38540 seals
)

// SealAssociation is an invented issuing body.
const SealAssociation = "样例行业协会"

// SealProvince is an invented office.
const SealProvince = "样例省住房和城乡建设厅行政审批专用章"

type signerDef struct {
	id       SignerID
	name     string
	from, to string
	revoked  string
	stranger bool
	stamping bool // extended key usage time-stamping alone
}

func signerDefs() []signerDef {
	const from, to = "2020-01-01", "2035-12-31"
	return []signerDef{
		{id: SignerConstructor, name: SealConstructor, from: from, to: to},
		{id: SignerMinistry, name: SealMinistry, from: from, to: to},
		{id: SignerCommittee, name: SealCommittee, from: from, to: to},
		{id: SignerDirector, name: SealDirector, from: from, to: to},
		{id: SignerCPTA, name: SealCPTA, from: from, to: to},
		{id: SignerAssociation, name: SealAssociation, from: from, to: to},
		{id: SignerProvince, name: SealProvince, from: from, to: to},
		{id: SignerExpired, name: SealConstructor, from: from, to: "2023-12-31"},
		{id: SignerRevoked, name: SealConstructor, from: from, to: to, revoked: "2026-02-01"},
		{id: SignerRevokedLater, name: SealConstructor, from: from, to: to, revoked: "2026-05-01"},
		{id: SignerWrongUse, name: SealConstructor, from: from, to: to, stamping: true},
		{id: SignerStranger, name: SealConstructor, from: from, to: to, stranger: true},
		{id: SignerTSA, name: "样例时间戳服务 SPECIMEN TSA", from: from, to: to, stamping: true},
		{id: SignerSealMaker, name: "样例制章服务 SPECIMEN SEAL MAKER", from: from, to: to},
	}
}

// Algorithm is the kind of key of a tree.
type Algorithm string

// The trees.
const (
	RSA Algorithm = "rsa" // RSA-2048 with SHA-256
	SM2 Algorithm = "sm2" // SM2 with SM3
)

// Identity is a certificate with its private key.
type Identity struct {
	Cert *smx509.Certificate
	Key  crypto.Signer
	Name string // the seal's name
	// Chain are the certificates above Cert that a signature carries: the issuing authority.
	Chain []*smx509.Certificate
}

// CA is the virtual certification authority: two trees that the specimens' trust folder holds and two that it does not.
// It is safe for concurrent use; keys are made when they are first needed.
type CA struct {
	mu    sync.Mutex
	ids   map[string]*Identity
	nextN int64
}

// NewCA returns an authority with no keys yet.
func NewCA() *CA { return &CA{ids: map[string]*Identity{}, nextN: 1000} }

// specimenOrg marks every certificate.
const specimenOrg = "样例 SPECIMEN"

// Signer returns the identity of a seal holder in the tree of an algorithm.
func (ca *CA) Signer(id SignerID, alg Algorithm) (*Identity, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	key := string(id) + "/" + string(alg)
	if x := ca.ids[key]; x != nil {
		return x, nil
	}
	for _, d := range signerDefs() {
		if d.id != id {
			continue
		}
		issuer, err := ca.issuing(alg, d.stranger)
		if err != nil {
			return nil, err
		}
		t := &smx509.Certificate{
			Subject:   pkix.Name{Country: []string{"CN"}, Organization: []string{specimenOrg}, CommonName: d.name},
			NotBefore: Day(d.from).Start(), NotAfter: Day(d.to).AddDays(1).Start().Add(-time.Second),
			KeyUsage: smx509.KeyUsageDigitalSignature | smx509.KeyUsageContentCommitment, BasicConstraintsValid: true,
		}
		if d.stamping {
			t.ExtraExtensions = []pkix.Extension{timeStampingOnly()}
		}
		x, err := ca.issue(t, issuer, alg)
		if err != nil {
			return nil, err
		}
		x.Name, x.Chain = d.name, []*smx509.Certificate{issuer.Cert}
		ca.ids[key] = x
		return x, nil
	}
	return nil, fmt.Errorf("no signer %q", id)
}

// timeStampingOnly is the extended key usage of a TSA, which RFC 3161 §2.3 wants alone and critical.
func timeStampingOnly() pkix.Extension {
	return pkix.Extension{Id: []int{2, 5, 29, 37}, Critical: true, Value: derSeq(derOID(oidTimeStamping))}
}

// authority returns a root or an issuing authority. The caller holds the lock.
func (ca *CA) authority(alg Algorithm, stranger, root bool) (*Identity, error) {
	kind, cn := "issuing", "样例签章CA SPECIMEN "+string(alg)
	if root {
		kind, cn = "root", "样例根CA SPECIMEN "+string(alg)
	}
	if stranger {
		cn = "样例无信任CA SPECIMEN UNTRUSTED " + kind + " " + string(alg)
	}
	key := fmt.Sprintf("%s/%s/%t", kind, alg, stranger)
	if x := ca.ids[key]; x != nil {
		return x, nil
	}
	t := &smx509.Certificate{
		Subject:   pkix.Name{Country: []string{"CN"}, Organization: []string{specimenOrg}, CommonName: cn},
		NotBefore: Day("2019-01-01").Start(), NotAfter: Day("2045-12-31").Start(),
		KeyUsage: smx509.KeyUsageCertSign | smx509.KeyUsageCRLSign, BasicConstraintsValid: true, IsCA: true,
	}
	var parent *Identity
	if !root {
		var err error
		if parent, err = ca.authority(alg, stranger, true); err != nil {
			return nil, err
		}
		t.MaxPathLenZero = true
	}
	x, err := ca.issue(t, parent, alg)
	if err == nil {
		ca.ids[key] = x
	}
	return x, err
}

func (ca *CA) issuing(alg Algorithm, stranger bool) (*Identity, error) {
	return ca.authority(alg, stranger, false)
}

// issue makes a key and a certificate; without an issuer it is self-signed.
func (ca *CA) issue(t *smx509.Certificate, issuer *Identity, alg Algorithm) (*Identity, error) {
	var key crypto.Signer
	var err error
	if alg == SM2 {
		key, err = sm2.GenerateKey(rand.Reader)
	} else {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return nil, err
	}
	ca.nextN++
	t.SerialNumber = big.NewInt(ca.nextN)
	t.SignatureAlgorithm = smx509.SHA256WithRSA
	if alg == SM2 {
		t.SignatureAlgorithm = smx509.SM2WithSM3
	}
	parent, parentKey := t, key
	if issuer != nil {
		parent, parentKey = issuer.Cert, issuer.Key
	}
	der, err := smx509.CreateCertificate(rand.Reader, t, parent, key.Public(), parentKey)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", t.Subject.CommonName, err)
	}
	cert, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Identity{Cert: cert, Key: key}, nil
}

// TrustFiles returns the files of a trust folder: the two roots, the issuing authorities that seals of GB/T 38540 do
// not carry, and the revocation lists, by file name.
func (ca *CA) TrustFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, alg := range []Algorithm{RSA, SM2} {
		// Made before the list, so that their serial numbers are on it.
		var revoked []*Identity
		var when []time.Time
		for _, d := range signerDefs() {
			if d.revoked == "" {
				continue
			}
			x, err := ca.Signer(d.id, alg)
			if err != nil {
				return nil, err
			}
			revoked, when = append(revoked, x), append(when, Day(d.revoked).Start())
		}
		if err := ca.trustOf(alg, files, revoked, when); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (ca *CA) trustOf(alg Algorithm, files map[string][]byte, revoked []*Identity, when []time.Time) error {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	root, err := ca.authority(alg, false, true)
	if err != nil {
		return err
	}
	issuing, err := ca.issuing(alg, false)
	if err != nil {
		return err
	}
	t := &smx509.RevocationList{
		Number: big.NewInt(7), ThisUpdate: Day("2026-05-20").Start(), NextUpdate: Day("2027-05-20").Start(),
		SignatureAlgorithm: smx509.SHA256WithRSA,
	}
	if alg == SM2 {
		t.SignatureAlgorithm = smx509.SM2WithSM3
	}
	for i, x := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, smx509.RevocationListEntry{
			SerialNumber: x.Cert.SerialNumber, RevocationTime: when[i], ReasonCode: 5, // cessationOfOperation
		})
	}
	crl, err := smx509.CreateRevocationList(rand.Reader, t, issuing.Cert, issuing.Key)
	if err != nil {
		return fmt.Errorf("revocation list: %w", err)
	}
	files["specimen-root-"+string(alg)+".pem"] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Cert.Raw})
	files["specimen-issuing-"+string(alg)+".pem"] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: issuing.Cert.Raw})
	files["specimen-issuing-"+string(alg)+".crl"] = pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: crl})
	return nil
}
