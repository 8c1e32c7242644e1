package seal

import (
	"encoding/hex"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/emmansun/gmsm/sm2"
)

func unhexT(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The value that gmsm before 0.44.1 refused on processors with BMI2 and ADX (emmansun/gmsm issue 560).
func TestSM2KnownDefect(t *testing.T) {
	spki, err := parseNode(unhexT(t, "3059301306072a8648ce3d020106082a811ccf5501822d03420004ef4de57af00ae424c00c4caadff7193f804a19dd73a7e2954db9d0d15ab4cbba67728c3f4572878b7a674735da9fde1682fe2d9e0799c4a5cde57e3d473039a2"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := parseSPKI(spki)
	if err != nil {
		t.Fatal(err)
	}
	r, s, ok := parseRS(unhexT(t, "3046022100BE0EA64E1EC06F0D247093F3CCBBADCFB6260224272F86DDB78326E7CD6C7560022100E9F6AB2FCC48A2CEF94838E66B5C7E21FD8E4DE25990DD98CA5243F4966F2853"), 32)
	if !ok {
		t.Fatal("the value does not parse")
	}
	e := make([]byte, 32)
	if !k.crv.verifySM2(k.x, k.y, r, s, e) {
		t.Error("plain arithmetic refuses the value")
	}
	e[31] = 1
	if k.crv.verifySM2(k.x, k.y, r, s, e) {
		t.Error("plain arithmetic accepts another digest")
	}
}

// The example of GB/T 32918.5-2017, annex A.2.
func TestSM2StandardExample(t *testing.T) {
	c := sm2Curve()
	x := hexInt("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020")
	y := hexInt("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13")
	k := &pubKey{alg: "SM2", crv: c, x: x, y: y}
	if !c.on(x, y) {
		t.Fatal("the public key is not on the curve")
	}
	sig := append(unhexT(t, "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"), unhexT(t, "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")...)
	if !k.verifySM2([][]byte{[]byte("message digest")}, sig) {
		t.Error("the example does not verify")
	}
	if k.verifySM2([][]byte{[]byte("message digesT")}, sig) {
		t.Error("another message verifies")
	}
}

// Values that the algorithm forbids, and the two encodings.
func TestSM2Edges(t *testing.T) {
	p := key("sm2-signer").sm2
	k := &pubKey{alg: "SM2", crv: sm2Curve(), x: p.X, y: p.Y}
	msg := [][]byte{[]byte("样例")}
	good := key("sm2-signer").sign([]byte("样例"))
	r, s, _ := parseRS(good, 32)
	n := k.crv.n
	enc := func(r, s *big.Int) []byte { return seq(integerDER(r), integerDER(s)) }
	tests := []struct {
		name string
		sig  []byte
		want bool
	}{
		{"sequence", good, true},
		{"r‖s", append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), true},
		{"zeros behind the sequence", append(append([]byte(nil), good...), 0, 0), true},
		{"r = 0", enc(new(big.Int), s), false},
		{"s = 0", enc(r, new(big.Int)), false},
		{"r = n", enc(n, s), false},
		{"s = n", enc(r, n), false},
		{"r + n", enc(new(big.Int).Add(r, n), s), false},
		{"s = n − r", enc(r, new(big.Int).Sub(n, r)), false},
		{"short", good[:20], false},
		{"empty", nil, false},
	}
	for _, tt := range tests {
		if got := k.verifySM2(msg, tt.sig); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	other, _ := p.SignWithSM2(nil0{}, []byte("somebody@else"), []byte("样例"))
	if other != nil && k.verifySM2(msg, other) {
		t.Error("a value under another identity verifies")
	}
	if _, err := parseEC(point(p.X, new(big.Int).Add(p.Y, big.NewInt(1))), oidSM2); err == nil {
		t.Error("a point off the curve is taken as a key")
	}
}

// nil0 is a source of numbers that are not random; the value made with it is thrown away.
type nil0 struct{}

func (nil0) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i + 1)
	}
	return len(b), nil
}

// Plain arithmetic and the fast implementation agree, also on values that were bent.
func TestSM2TwoImplementations(t *testing.T) {
	p := key("sm2-other").sm2
	k := &pubKey{alg: "SM2", crv: sm2Curve(), x: p.X, y: p.Y}
	for i := range 24 {
		msg := []byte{byte(i), 'x'}
		r, s, _ := parseRS(key("sm2-other").sign(msg), 32)
		e := sm3Digest().sum(sm2Z(k.crv, k.x, k.y, sm2UserID), msg)
		if i%3 == 1 {
			e[i] ^= 0x80
		}
		if i%3 == 2 {
			s.Add(s, big.NewInt(1))
		}
		fast := sm2.Verify(&p.PublicKey, e, r, s)
		if plain := k.crv.verifySM2(k.x, k.y, r, s, e); plain != fast || plain != (i%3 == 0) {
			t.Errorf("%d: plain %v, fast %v", i, plain, fast)
		}
	}
}

// The curves that are computed here have their base points on them, and of the right order.
func TestCurveConstants(t *testing.T) {
	for _, c := range []*curve{sm2Curve(), oidCurve("1.3.36.3.3.2.8.1.1.7"), oidCurve("1.3.36.3.3.2.8.1.1.11"), oidCurve("1.3.36.3.3.2.8.1.1.13"), oidCurve("1.3.132.0.10")} {
		if !c.p.ProbablyPrime(20) || !c.n.ProbablyPrime(20) || !c.on(c.gx, c.gy) {
			t.Errorf("%s: constants are wrong", c.name)
		}
		if _, ok := c.sum(c.n, new(big.Int), c.gx, c.gy); ok {
			t.Errorf("%s: n·G is not the point at infinity", c.name)
		}
	}
}

// Explicit parameters are taken only for those of a named curve.
func TestExplicitParameters(t *testing.T) {
	e := key("p256-signer")
	c := fromStandard(e.ec.Curve)
	spki := func(c *curve, base []byte) []byte {
		params := seq(intDER(1), seq(oidDER("1.2.840.10045.1.1"), integerDER(c.p)), seq(octet(c.a.Bytes()), octet(c.b.FillBytes(make([]byte, 32)))), octet(base), integerDER(c.n), intDER(1))
		return seq(seq(oidDER("1.2.840.10045.2.1"), params), bitString(point(e.ec.X, e.ec.Y)))
	}
	k, err := parseSPKI(mustNode(t, spki(c, point(c.gx, c.gy))))
	if err != nil || k.name != "P-256" {
		t.Fatalf("%v %v", k, err)
	}
	if ok, err := k.verify(sigInput{scheme: sigScheme{key: "ECDSA"}, digest: digestByName("SHA-256"), message: [][]byte{[]byte("x")}, value: e.sign([]byte("x"))}); !ok || err != nil {
		t.Error(err)
	}
	other := *c
	other.b = new(big.Int).Add(c.b, big.NewInt(1))
	if _, err := parseSPKI(mustNode(t, spki(&other, point(c.gx, c.gy)))); err == nil {
		t.Error("a curve of somebody's own is taken")
	}
	if _, err := parseSPKI(mustNode(t, spki(c, point(e.ec.X, e.ec.Y)))); err == nil {
		t.Error("a base point of somebody's own is taken")
	}
}

// openssl is asked about the same values, as an implementation that shares nothing with this one.
func TestSM2AgainstOpenSSL(t *testing.T) {
	bin, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not on this machine")
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		f := filepath.Join(dir, name)
		if err := os.WriteFile(f, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	k := key("sm2-signer")
	pub := write("pub.der", k.spki())
	pk, err := parseSPKI(mustNode(t, k.spki()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		msg := []byte{'m', byte(i)}
		sig := k.sign(msg)
		if i%2 == 1 {
			msg[0] = 'n'
		}
		cmd := exec.Command(bin, "dgst", "-sm3", "-keyform", "DER", "-verify", pub, "-signature", write("sig", sig), "-sigopt", "distid:"+sm2UserID, write("msg", msg))
		out, err := cmd.CombinedOutput()
		if i == 0 && err != nil {
			t.Skipf("openssl does not do SM2 here: %s", out)
		}
		if got := pk.verifySM2([][]byte{msg}, sig); got != (err == nil) {
			t.Errorf("value %d: here %v, openssl %v %s", i, got, err == nil, out)
		}
	}
}

func mustNode(t testing.TB, b []byte) node {
	n, err := parseNode(b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
