package verifytest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"
)

// contentsRoom is the number of bytes that a signature dictionary keeps free for the signature.
const contentsRoom = 12000

// sealBox returns where the i-th seal stands on the page: x, y, diameter.
func sealBox(s Spec, i int) (x, y, d float64) {
	if s.Seals[i].Shape == ShapeSquare {
		return 268, 236, 54
	}
	x, y = sealCX-sealD/2, sealCY-sealD/2
	if s.Kind == "qualification" {
		y = 156
	}
	return x + 24*float64(roundsBefore(s, i)), y, sealD
}

func roundsBefore(s Spec, i int) int {
	n := 0
	for _, q := range s.Seals[:i] {
		if q.Shape == ShapeRound {
			n++
		}
	}
	return n
}

func sealText(q Seal) string {
	if q.Text != "" {
		return q.Text
	}
	for _, d := range signerDefs() {
		if d.id == q.Signer {
			return d.name
		}
	}
	return ""
}

// drawSeal draws the picture of the i-th seal with its lower left corner at (x, y).
func (c *canvas) drawSeal(s Spec, i int, x, y, d float64) {
	if s.Seals[i].Shape == ShapeSquare {
		c.squareSeal(x, y, d, sealText(s.Seals[i]))
		return
	}
	c.roundSeal(x+d/2, y+d/2, d, sealText(s.Seals[i]), "样例 SPECIMEN")
}

// seal signs a file by an incremental update with a visible signature field.
func (g *Generator) seal(f *pdfFile, s Spec, i int) error {
	q := s.Seals[i]
	x, y, d := sealBox(s, i)
	ap := &canvas{w: d, h: d, face: g.face}
	ap.drawSeal(s, i, 0, 0, d)
	stream, res := f.content(ap, FontEmbedded, "") // paths only, so that text extraction finds nothing in a seal
	form := f.addStream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 %s %s] /Resources %s", num(d), num(d), res), stream, true)
	sigRef, sig := "", 0
	if q.Form != FormEmptyField {
		sig = f.alloc()
		sigRef = fmt.Sprintf(" /V %d 0 R", sig)
	}
	widget := f.add(fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal%d) /F 132 /Rect [%s %s %s %s] /P %d 0 R /AP << /N %d 0 R >>%s >>",
		i+1, num(x), num(y), num(x+d), num(y+d), objPage, form, sigRef))
	f.annots = append(f.annots, widget)
	f.fields = append(f.fields, widget)
	f.putPage()
	if sig == 0 {
		f.putCatalog()
		f.commit()
		return nil
	}
	dict, err := g.sigDict(q)
	if err != nil {
		return err
	}
	f.offs[sig] = f.buf.Len()
	fmt.Fprintf(&f.buf, "%d 0 obj\n%s\nendobj\n", sig, dict)
	f.putCatalog()
	f.commit()
	return g.fillSignature(f, s, i)
}

const rangeRoom = "/ByteRange [0 0000000000 0000000000 0000000000]"

// sigDict returns a signature dictionary with room for the range and the value.
func (g *Generator) sigDict(q Seal) (string, error) {
	filter, sub, more := "Adobe.PPKLite", "adbe.pkcs7.detached", ""
	switch q.Form {
	case FormCAdES:
		sub = "ETSI.CAdES.detached"
	case FormX509SHA1:
		sub = "adbe.x509.rsa_sha1"
		id, err := g.CA.Signer(q.Signer, RSA)
		if err != nil {
			return "", err
		}
		more = " /Cert [<" + hex.EncodeToString(id.Cert.Raw) + ">"
		for _, c := range id.Chain {
			more += " <" + hex.EncodeToString(c.Raw) + ">"
		}
		more += "]"
	case FormSES:
		filter, sub = "GM.PKILite", "GM.sm2seal"
	case FormGMDetached:
		filter, sub = "DJ.GMPkiLite", "GM.sm2cms.detached"
	}
	when := ""
	if !q.At.IsZero() {
		when = " /M (" + pdfDate(q.At) + ")"
	}
	return fmt.Sprintf("<< /Type /Sig /Filter /%s /SubFilter /%s%s /Name %s /Reason %s%s %s /Contents <%s> >>",
		filter, sub, when, pdfText(sealText(q)), pdfText("样例 SPECIMEN"), more, rangeRoom, strings.Repeat("0", 2*contentsRoom)), nil
}

// fillSignature computes the byte range of the last signature dictionary and puts the signature in.
func (g *Generator) fillSignature(f *pdfFile, s Spec, i int) error {
	b := f.buf.Bytes()
	ri := bytes.LastIndex(b, []byte(rangeRoom))
	ci := ri + bytes.Index(b[ri:], []byte("/Contents <")) + len("/Contents ")
	end := ci + 2 + 2*contentsRoom
	tail := len(b) - end
	if s.Seals[i].Fault == FaultPartial {
		tail -= 300
	}
	copy(b[ri:], fmt.Sprintf("/ByteRange [0 %-10d %-10d %-10d]", ci, end, tail))
	data := append(append([]byte(nil), b[:ci]...), b[end:end+tail]...)
	value, err := g.signature(s, i, data)
	if err != nil {
		return err
	}
	if len(value) > contentsRoom {
		return fmt.Errorf("%s: a signature of %d bytes does not fit", s.ID, len(value))
	}
	hex.Encode(b[ci+1:], value)
	return nil
}

// signature makes the bytes of /Contents over the signed bytes.
func (g *Generator) signature(s Spec, i int, data []byte) ([]byte, error) {
	q := s.Seals[i]
	if q.Fault == FaultMalformed {
		return []byte("SPECIMEN: these bytes are no ASN.1 structure"), nil
	}
	alg := RSA
	if q.Form == FormCMSSM2 || q.Form == FormSES || q.Form == FormGMDetached {
		alg = SM2
	}
	id, err := g.CA.Signer(q.Signer, alg)
	if err != nil {
		return nil, err
	}
	var stamp func([]byte) ([]byte, error)
	if q.Timestamp {
		tsa, err := g.CA.Signer(SignerTSA, RSA)
		if err != nil {
			return nil, err
		}
		stamp = func(v []byte) ([]byte, error) { return timestampToken(tsa, q.At.Add(2*time.Second), v, q.Fault) }
	}
	o := cmsOptions{id: id, at: q.At, stamp: stamp}
	if q.Fault == FaultValue {
		o.fault = FaultValue
	}
	switch q.Form {
	case FormCAdES:
		o.cades = true
	case FormUnsupported:
		o.sigOID = oidSM9Sign
	case FormX509SHA1:
		return signX509SHA1(id, data)
	case FormGMDetached:
		return signGM(id, data)
	case FormSES:
		maker, err := g.CA.Signer(SignerSealMaker, SM2)
		if err != nil {
			return nil, err
		}
		pic, err := g.sealPicture(s, i)
		if err != nil {
			return nil, err
		}
		return signSES(data, sesOptions{id: id, maker: maker, name: id.Name, at: q.At, picture: pic, w: 42, h: 42, fault: q.Fault, stamp: stamp})
	}
	return signCMS(data, o)
}

// sealPicture paints the seal as the PNG that an electronic seal carries.
func (g *Generator) sealPicture(s Spec, i int) ([]byte, error) {
	c := &canvas{w: 120, h: 120, face: g.face}
	c.drawSeal(s, i, 1, 1, 118)
	img := c.paint(72)
	const levels = 16 // of red, from clear to full, so that the picture stays small
	var pal color.Palette
	for a := range levels {
		pal = append(pal, color.NRGBA{217, 26, 26, uint8(a * 255 / (levels - 1))})
	}
	out := image.NewPaletted(img.Rect, pal)
	for k := range out.Pix {
		out.Pix[k] = uint8((int(255-img.Pix[4*k+1])*(levels-1) + 127) / 255)
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&b, out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
