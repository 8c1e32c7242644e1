package seal

import (
	"math/big"

	"github.com/emmansun/gmsm/sm3"
)

// curve is a short Weierstrass curve y² = x³ + ax + b over GF(p) with a base point of prime order n and cofactor 1. Its
// arithmetic is plain math/big: it only ever sees public values, so it need not run in constant time. It serves the
// curves that the standard library does not have and checks SM2 answers independently of the fast implementation.
type curve struct {
	name       string
	p, a, b, n *big.Int
	gx, gy     *big.Int
}

func hexInt(s string) *big.Int {
	v, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("seal: bad constant")
	}
	return v
}

func newCurve(name, p, a, b, gx, gy, n string) *curve {
	return &curve{name: name, p: hexInt(p), a: hexInt(a), b: hexInt(b), gx: hexInt(gx), gy: hexInt(gy), n: hexInt(n)}
}

// sm2Curve is the curve of GB/T 32918.5-2017.
func sm2Curve() *curve {
	return newCurve("SM2",
		"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF",
		"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC",
		"28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93",
		"32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7",
		"BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0",
		"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123")
}

// oidCurve returns the named curves that are computed here: brainpool (RFC 5639) and secp256k1 (SEC 2).
func oidCurve(oid string) *curve {
	switch oid {
	case "1.3.36.3.3.2.8.1.1.7":
		return newCurve("brainpoolP256r1",
			"A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
			"7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
			"26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
			"8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262",
			"547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997",
			"A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7")
	case "1.3.36.3.3.2.8.1.1.11":
		return newCurve("brainpoolP384r1",
			"8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53",
			"7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8C7DD22CE2826",
			"04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB78696FA504C11",
			"1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87B2E247D4AF1E",
			"8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C5315",
			"8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565")
	case "1.3.36.3.3.2.8.1.1.13":
		return newCurve("brainpoolP512r1",
			"AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3",
			"7830A3318B603B89E2327145AC234CC594CBDD8D3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CA",
			"3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CADC083E67984050B75EBAE5DD2809BD638016F723",
			"81AEE4BDD82ED9645A21322E9C4C6A9385ED9F70B5D916C1B43B62EEF4D0098EFF3B1F78E2D0D48D50D1687B93B97D5F7C6D5047406A5E688B352209BCB9F822",
			"7DDE385D566332ECC0EABFA9CF7822FDF209F70024A57B1AA000C55B881F8111B2DCDE494A5F485E5BCA4BD88A2763AED1CA2B2FA8F0540678CD1E0F3AD80892",
			"AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330870553E5C414CA92619418661197FAC10471DB1D381085DDADDB58796829CA90069")
	case "1.3.132.0.10":
		return newCurve("secp256k1",
			"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F", "0", "7",
			"79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798",
			"483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8",
			"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141")
	}
	return nil
}

// on reports whether (x, y) is a point of the curve.
func (c *curve) on(x, y *big.Int) bool {
	if x.Sign() < 0 || y.Sign() < 0 || x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 {
		return false
	}
	l := new(big.Int).Mul(y, y)
	r := new(big.Int).Mul(x, x)
	r.Add(r, c.a).Mul(r, x).Add(r, c.b)
	return l.Sub(l, r).Mod(l, c.p).Sign() == 0
}

// jac is a point in Jacobian coordinates; z = 0 is the point at infinity.
type jac struct{ x, y, z *big.Int }

func (c *curve) double(q jac) jac {
	if q.z.Sign() == 0 || q.y.Sign() == 0 {
		return jac{big.NewInt(1), big.NewInt(1), new(big.Int)}
	}
	m := func(a, b *big.Int) *big.Int { r := new(big.Int).Mul(a, b); return r.Mod(r, c.p) }
	y2 := m(q.y, q.y)
	s := m(q.x, y2)
	s.Lsh(s, 2).Mod(s, c.p)
	z2 := m(q.z, q.z)
	t := m(c.a, m(z2, z2))
	w := m(q.x, q.x)
	t.Add(t, w).Add(t, w).Add(t, w).Mod(t, c.p)
	x := m(t, t)
	x.Sub(x, s).Sub(x, s).Mod(x, c.p)
	y4 := m(y2, y2)
	y := m(t, new(big.Int).Sub(s, x))
	y.Sub(y, y4.Lsh(y4, 3)).Mod(y, c.p)
	z := m(q.y, q.z)
	z.Lsh(z, 1).Mod(z, c.p)
	return jac{x, y, z}
}

func (c *curve) add(q, r jac) jac {
	if q.z.Sign() == 0 {
		return r
	}
	if r.z.Sign() == 0 {
		return q
	}
	m := func(a, b *big.Int) *big.Int { r := new(big.Int).Mul(a, b); return r.Mod(r, c.p) }
	sub := func(a, b *big.Int) *big.Int { r := new(big.Int).Sub(a, b); return r.Mod(r, c.p) }
	qz2, rz2 := m(q.z, q.z), m(r.z, r.z)
	u1, u2 := m(q.x, rz2), m(r.x, qz2)
	s1, s2 := m(q.y, m(rz2, r.z)), m(r.y, m(qz2, q.z))
	h, t := sub(u2, u1), sub(s2, s1)
	if h.Sign() == 0 {
		if t.Sign() == 0 {
			return c.double(q)
		}
		return jac{big.NewInt(1), big.NewInt(1), new(big.Int)}
	}
	h2 := m(h, h)
	h3 := m(h2, h)
	v := m(u1, h2)
	x := sub(sub(sub(m(t, t), h3), v), v)
	y := sub(m(t, sub(v, x)), m(s1, h3))
	return jac{x, y, m(h, m(q.z, r.z))}
}

// sum returns the affine x of u·G + v·Q; ok is false for the point at infinity.
func (c *curve) sum(u, v, qx, qy *big.Int) (*big.Int, bool) {
	g, q := jac{c.gx, c.gy, big.NewInt(1)}, jac{qx, qy, big.NewInt(1)}
	gq := c.add(g, q)
	acc := jac{big.NewInt(1), big.NewInt(1), new(big.Int)}
	for i := max(u.BitLen(), v.BitLen()) - 1; i >= 0; i-- {
		acc = c.double(acc)
		switch u.Bit(i) | v.Bit(i)<<1 {
		case 1:
			acc = c.add(acc, g)
		case 2:
			acc = c.add(acc, q)
		case 3:
			acc = c.add(acc, gq)
		}
	}
	if acc.z.Sign() == 0 {
		return nil, false
	}
	zi := new(big.Int).ModInverse(acc.z, c.p)
	zi.Mul(zi, zi)
	return zi.Mul(zi, acc.x).Mod(zi, c.p), true
}

func (c *curve) inRange(v *big.Int) bool { return v.Sign() > 0 && v.Cmp(c.n) < 0 }

// verifyECDSA is FIPS 186-5, 6.4.2.
func (c *curve) verifyECDSA(qx, qy, r, s *big.Int, digest []byte) bool {
	if !c.inRange(r) || !c.inRange(s) || !c.on(qx, qy) {
		return false
	}
	e := new(big.Int).SetBytes(digest)
	if k := len(digest)*8 - c.n.BitLen(); k > 0 {
		e.Rsh(e, uint(k))
	}
	w := new(big.Int).ModInverse(s, c.n)
	u := new(big.Int).Mul(e, w)
	v := new(big.Int).Mul(r, w)
	x, ok := c.sum(u.Mod(u, c.n), v.Mod(v, c.n), qx, qy)
	return ok && x.Mod(x, c.n).Cmp(r) == 0
}

// verifySM2 is GB/T 32918.2-2016, 7.1, with e already computed.
func (c *curve) verifySM2(qx, qy, r, s *big.Int, e []byte) bool {
	if !c.inRange(r) || !c.inRange(s) || !c.on(qx, qy) {
		return false
	}
	t := new(big.Int).Add(r, s)
	if t.Mod(t, c.n).Sign() == 0 {
		return false
	}
	x, ok := c.sum(s, t, qx, qy)
	if !ok {
		return false
	}
	x.Add(x, new(big.Int).SetBytes(e)).Mod(x, c.n)
	return x.Cmp(r) == 0
}

// sm2UserID is the default user identity of GM/T 0009-2012.
const sm2UserID = "1234567812345678"

// sm2Z is the digest of the signer's identity and key that SM2 puts before the message (GB/T 32918.2-2016, 5.5).
func sm2Z(c *curve, qx, qy *big.Int, uid string) []byte {
	h := sm3.New()
	h.Write([]byte{byte(len(uid) * 8 >> 8), byte(len(uid) * 8)})
	h.Write([]byte(uid))
	for _, v := range []*big.Int{c.a, c.b, c.gx, c.gy, qx, qy} {
		h.Write(v.FillBytes(make([]byte, 32)))
	}
	return h.Sum(nil)
}
