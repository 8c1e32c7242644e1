package pdfraw

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// crypt opens documents of the standard security handler (7.6.4) that need no password to be read.
type crypt struct {
	key []byte

	v5        bool
	strAES    cryptMethod
	stmAES    cryptMethod
	self      int // object number of the encryption dictionary, which is not encrypted
	encryptMD bool
}

type cryptMethod uint8

const (
	cryptRC4 cryptMethod = iota
	cryptAES128
	cryptAES256
	cryptNone
)

var passwordPad = []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")

// openCrypt reads the encryption dictionary and tries the empty user password.
func (d *Doc) openCrypt(enc Object) error {
	e := d.Dict(enc)
	if e == nil || d.Name(e["Filter"]) != "Standard" {
		return ErrEncrypted
	}
	c := &crypt{encryptMD: true}
	if r, ok := enc.(Ref); ok {
		c.self = r.Num
	}
	v, _ := Int(d.Resolve(e["V"]))
	rev, _ := Int(d.Resolve(e["R"]))
	bits, ok := Int(d.Resolve(e["Length"]))
	if !ok {
		bits = 40
	}
	if bits < 40 && bits >= 5 {
		bits *= 8 // some writers give bytes
	}
	if b, ok := d.Resolve(e["EncryptMetadata"]).(bool); ok {
		c.encryptMD = b
	}
	switch v {
	case 1:
		bits = 40
	case 2, 3:
	case 4, 5:
		c.stmAES, c.strAES = d.cryptFilter(e, "StmF"), d.cryptFilter(e, "StrF")
		if v == 4 {
			bits = 128
		}
		c.v5 = v == 5
	default:
		return ErrEncrypted
	}
	if bits < 40 || bits > 256 || bits%8 != 0 {
		return ErrEncrypted
	}
	o, _ := d.Resolve(e["O"]).(String)
	u, _ := d.Resolve(e["U"]).(String)
	if c.v5 {
		ue, _ := d.Resolve(e["UE"]).(String)
		if !c.openV5(int(rev), u, ue) {
			return ErrEncrypted
		}
	} else {
		perm, _ := Int(d.Resolve(e["P"]))
		var id String
		if a := d.Array(d.Trailer["ID"]); len(a) > 0 {
			id, _ = d.Resolve(a[0]).(String)
		}
		if !c.openOld(int(rev), int(bits/8), o, u, id, uint32(perm)) {
			return ErrEncrypted
		}
	}
	d.crypt, d.Encrypted = c, true
	d.cache, d.objst = map[int]Object{}, map[int]*objStream{}
	return nil
}

func (d *Doc) cryptFilter(e Dict, key Name) cryptMethod {
	name := d.Name(e[key])
	if name == "" || name == "Identity" {
		return cryptNone
	}
	switch d.Name(d.Dict(d.Dict(e["CF"])[name])["CFM"]) {
	case "V2":
		return cryptRC4
	case "AESV2":
		return cryptAES128
	case "AESV3":
		return cryptAES256
	}
	return cryptNone
}

// openOld is algorithms 2, 4 and 5 (revisions 2 to 4) with the empty password.
func (c *crypt) openOld(rev, n int, o, u, id String, perm uint32) bool {
	if len(o) < 32 || len(u) < 32 {
		return false
	}
	h := md5.New()
	h.Write(passwordPad)
	h.Write([]byte(o[:32]))
	h.Write(binary.LittleEndian.AppendUint32(nil, perm))
	h.Write([]byte(id))
	if rev >= 4 && !c.encryptMD {
		h.Write([]byte{255, 255, 255, 255})
	}
	key := h.Sum(nil)
	n = min(n, 16)
	if rev >= 3 {
		for range 50 {
			s := md5.Sum(key[:n])
			key = s[:]
		}
	} else {
		n = 5
	}
	c.key = key[:n]
	if rev == 2 {
		return string(rc4Crypt(c.key, passwordPad)) == string(u[:32])
	}
	h.Reset()
	h.Write(passwordPad)
	h.Write([]byte(id))
	x := rc4Crypt(c.key, h.Sum(nil))
	for i := 1; i <= 19; i++ {
		k := bytes.Clone(c.key)
		for j := range k {
			k[j] ^= byte(i)
		}
		x = rc4Crypt(k, x)
	}
	return string(x[:16]) == string(u[:16])
}

// openV5 is algorithm 2.A (revisions 5 and 6) with the empty password.
func (c *crypt) openV5(rev int, u, ue String) bool {
	if len(u) < 48 || len(ue) < 32 {
		return false
	}
	hash := func(salt String) []byte {
		if rev < 6 {
			s := sha256.Sum256([]byte(salt))
			return s[:]
		}
		return hash2B([]byte(salt))
	}
	if string(hash(u[32:40])) != string(u[:32]) {
		return false
	}
	b, err := aes.NewCipher(hash(u[40:48]))
	if err != nil {
		return false
	}
	c.key = make([]byte, 32)
	cipher.NewCBCDecrypter(b, make([]byte, 16)).CryptBlocks(c.key, []byte(ue[:32]))
	return true
}

// hash2B is algorithm 2.B for the empty user password.
func hash2B(salt []byte) []byte {
	s := sha256.Sum256(salt)
	k := s[:]
	for i := 0; ; i++ {
		k1 := bytes.Repeat(k, 64)
		b, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		e := make([]byte, len(k1))
		cipher.NewCBCEncrypter(b, k[16:32]).CryptBlocks(e, k1)
		mod := 0
		for _, x := range e[:16] {
			mod += int(x)
		}
		switch mod % 3 {
		case 0:
			s := sha256.Sum256(e)
			k = s[:]
		case 1:
			s := sha512.Sum384(e)
			k = s[:]
		case 2:
			s := sha512.Sum512(e)
			k = s[:]
		}
		if i >= 63 && int(e[len(e)-1]) <= i-32 {
			return k[:32]
		}
	}
}

func rc4Crypt(key, b []byte) []byte {
	r, err := rc4.NewCipher(key)
	if err != nil {
		return b
	}
	out := make([]byte, len(b))
	r.XORKeyStream(out, b)
	return out
}

func (c *crypt) apply(r Ref, m cryptMethod, b []byte) []byte {
	if m == cryptNone {
		return b
	}
	key := c.key
	if !c.v5 {
		h := md5.New()
		h.Write(c.key)
		h.Write([]byte{byte(r.Num), byte(r.Num >> 8), byte(r.Num >> 16), byte(r.Gen), byte(r.Gen >> 8)})
		if m == cryptAES128 {
			h.Write([]byte("sAlT"))
		}
		key = h.Sum(nil)[:min(len(c.key)+5, 16)]
	}
	if m == cryptRC4 {
		return rc4Crypt(key, b)
	}
	if len(b) < 32 || len(b)%16 != 0 {
		return nil
	}
	blk, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(b)-16)
	cipher.NewCBCDecrypter(blk, b[:16]).CryptBlocks(out, b[16:])
	if n := int(out[len(out)-1]); n >= 1 && n <= 16 {
		out = out[:len(out)-n]
	}
	return out
}

func (c *crypt) str(r Ref, s String) String { return String(c.apply(r, c.strAES, []byte(s))) }

func (c *crypt) stream(r Ref, s *Stream) []byte {
	if s.Dict["Type"] == Name("Metadata") && !c.encryptMD {
		return s.Raw
	}
	return c.apply(r, c.stmAES, s.Raw)
}
