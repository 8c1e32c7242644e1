package seal

import (
	"bytes"
	"crypto/elliptic"
	"math/big"
)

// namedByParameters finds the named curve that explicit parameters describe (SEC 1, C.2; ECParameters). All of them must
// be those of a curve that is known: parameters of somebody's own choosing would let anybody make a key that fits a value.
func namedByParameters(n node) string {
	f, err := n.kids()
	if err != nil || len(f) < 5 {
		return ""
	}
	field, err := f[1].kids()
	if err != nil || len(field) != 2 || field[0].oid() != "1.2.840.10045.1.1" {
		return ""
	}
	p, ok1 := field[1].integer()
	order, ok2 := f[4].integer()
	ab, err := f[2].kids()
	if !ok1 || !ok2 || err != nil || len(ab) < 2 {
		return ""
	}
	base := f[3].body
	for _, c := range []struct {
		oid   string
		curve *curve
	}{
		{"1.3.132.0.33", fromStandard(elliptic.P224())},
		{"1.2.840.10045.3.1.7", fromStandard(elliptic.P256())},
		{"1.3.132.0.34", fromStandard(elliptic.P384())},
		{"1.3.132.0.35", fromStandard(elliptic.P521())},
		{oidSM2, sm2Curve()},
		{"1.3.36.3.3.2.8.1.1.7", oidCurve("1.3.36.3.3.2.8.1.1.7")},
		{"1.3.36.3.3.2.8.1.1.11", oidCurve("1.3.36.3.3.2.8.1.1.11")},
		{"1.3.36.3.3.2.8.1.1.13", oidCurve("1.3.36.3.3.2.8.1.1.13")},
		{"1.3.132.0.10", oidCurve("1.3.132.0.10")},
	} {
		k := c.curve
		if p.Cmp(k.p) == 0 && order.Cmp(k.n) == 0 && new(big.Int).SetBytes(ab[0].body).Cmp(k.a) == 0 &&
			new(big.Int).SetBytes(ab[1].body).Cmp(k.b) == 0 && k.isBase(base) {
			return c.oid
		}
	}
	return ""
}

// fromStandard gives the parameters of a NIST curve, whose a is −3.
func fromStandard(e elliptic.Curve) *curve {
	q := e.Params()
	return &curve{name: q.Name, p: q.P, a: new(big.Int).Sub(q.P, big.NewInt(3)), b: q.B, n: q.N, gx: q.Gx, gy: q.Gy}
}

// isBase reports whether octets are the base point, compressed or not.
func (c *curve) isBase(b []byte) bool {
	size := (c.p.BitLen() + 7) / 8
	x, y := c.gx.FillBytes(make([]byte, size)), c.gy.FillBytes(make([]byte, size))
	if len(b) == 2*size+1 && b[0] == 4 {
		return bytes.Equal(b[1:1+size], x) && bytes.Equal(b[1+size:], y)
	}
	return len(b) == size+1 && b[0] == 2+byte(c.gy.Bit(0)) && bytes.Equal(b[1:], x)
}
