package document

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strconv"
	"strings"
	"time"
)

// exif is what this package wants of EXIF (CIPA DC-008) and TIFF 6.0 tags.
type exif struct {
	orientation int // 1 to 8; 0 if absent
	make, model string
	software    string
	taken       time.Time
	exposure    bool // exposure time, f-number, ISO or lens: a camera was at work
	dpi         float64
}

// Tags (TIFF 6.0; CIPA DC-008).
const (
	tagMake           = 0x010f
	tagModel          = 0x0110
	tagOrientation    = 0x0112
	tagXResolution    = 0x011a
	tagResolutionUnit = 0x0128
	tagSoftware       = 0x0131
	tagDateTime       = 0x0132
	tagExifIFD        = 0x8769
	tagExposureTime   = 0x829a
	tagFNumber        = 0x829d
	tagISO            = 0x8827
	tagTaken          = 0x9003
	tagFocalLength    = 0x920a
)

const (
	exifMaxEntries = 512
	exifMaxString  = 256
)

// tiffIFD reads directories of a TIFF structure with every offset checked.
type tiffIFD struct {
	b     []byte
	order binary.ByteOrder
}

type tiffEntry struct {
	tag, kind uint16
	n         uint32
	data      []byte // the value, wherever it stands; nil if it is outside of the bytes
}

func openIFD(b []byte) (t tiffIFD, first uint32, ok bool) {
	if len(b) < 8 {
		return t, 0, false
	}
	switch string(b[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return t, 0, false
	}
	t.b = b
	return t, t.order.Uint32(b[4:]), true
}

// entries reads the directory at off and the offset of the next one.
func (t tiffIFD) entries(off uint32) (list []tiffEntry, next uint32, ok bool) {
	at := uint64(off)
	size := uint64(len(t.b))
	if at+2 > size {
		return nil, 0, false
	}
	n := uint64(t.order.Uint16(t.b[at:]))
	if n > exifMaxEntries || at+2+n*12 > size {
		return nil, 0, false
	}
	for i := range n {
		e := t.b[at+2+i*12:][:12]
		v := tiffEntry{tag: t.order.Uint16(e), kind: t.order.Uint16(e[2:]), n: t.order.Uint32(e[4:])}
		width := uint64(0)
		switch v.kind {
		case 1, 2, 6, 7:
			width = 1
		case 3, 8:
			width = 2
		case 4, 9, 11, 13:
			width = 4
		case 5, 10, 12:
			width = 8
		}
		length := width * uint64(v.n)
		if length <= 4 {
			v.data = e[8 : 8+length]
		} else if from := uint64(t.order.Uint32(e[8:])); from < size && length <= size-from {
			v.data = t.b[from : from+length]
		}
		list = append(list, v)
	}
	if end := at + 2 + n*12; end+4 <= size {
		next = t.order.Uint32(t.b[end:])
	}
	return list, next, true
}

func (t tiffIFD) uint(e tiffEntry) (uint32, bool) {
	switch {
	case e.kind == 3 && len(e.data) >= 2:
		return uint32(t.order.Uint16(e.data)), true
	case (e.kind == 4 || e.kind == 13) && len(e.data) >= 4:
		return t.order.Uint32(e.data), true
	}
	return 0, false
}

func (t tiffIFD) rational(e tiffEntry) float64 {
	if e.kind != 5 || len(e.data) < 8 {
		return 0
	}
	den := t.order.Uint32(e.data[4:])
	if den == 0 {
		return 0
	}
	return float64(t.order.Uint32(e.data)) / float64(den)
}

func tiffString(e tiffEntry) string {
	if e.kind != 2 {
		return ""
	}
	s := e.data
	if i := bytes.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	return clean(string(s[:min(len(s), exifMaxString)]))
}

// clean makes a stranger's string fit for one line of a report.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// parseEXIF reads a TIFF structure's first directory and its EXIF directory. Anything odd is left out.
func parseEXIF(b []byte) exif {
	t, off, ok := openIFD(b)
	if !ok {
		return exif{}
	}
	return t.exif(off)
}

func (t tiffIFD) exif(off uint32) (x exif) {
	list, _, ok := t.entries(off)
	if !ok {
		return x
	}
	unit := uint32(2) // inch
	for _, e := range list {
		switch e.tag {
		case tagOrientation:
			if v, ok := t.uint(e); ok && v >= 1 && v <= 8 {
				x.orientation = int(v)
			}
		case tagMake:
			x.make = tiffString(e)
		case tagModel:
			x.model = tiffString(e)
		case tagSoftware:
			x.software = tiffString(e)
		case tagDateTime:
			if x.taken.IsZero() {
				x.taken = exifTime(tiffString(e))
			}
		case tagXResolution:
			x.dpi = t.rational(e)
		case tagResolutionUnit:
			if v, ok := t.uint(e); ok {
				unit = v
			}
		case tagExifIFD:
			if v, ok := t.uint(e); ok && v != off {
				t.camera(v, &x)
			}
		}
	}
	switch unit {
	case 2:
	case 3:
		x.dpi *= 2.54 // per centimetre
	default:
		x.dpi = 0
	}
	return x
}

func (t tiffIFD) camera(off uint32, x *exif) {
	list, _, _ := t.entries(off)
	for _, e := range list {
		switch e.tag {
		case tagExposureTime, tagFNumber, tagISO, tagFocalLength:
			x.exposure = true
		case tagTaken:
			if at := exifTime(tiffString(e)); !at.IsZero() {
				x.taken = at
			}
		}
	}
}

// exifTime reads "2006:01:02 15:04:05". EXIF gives no zone; the time is given as if in UTC.
func exifTime(s string) time.Time {
	at, err := time.Parse("2006:01:02 15:04:05", s)
	if err != nil {
		return time.Time{}
	}
	return at
}

// camera is make and model without saying the make twice.
func (x exif) camera() string {
	if strings.HasPrefix(strings.ToLower(x.model), strings.ToLower(x.make)) {
		return x.model
	}
	return strings.TrimSpace(x.make + " " + x.model)
}

// findEXIF reads the EXIF data of an image file, and its resolution from the format's own field where EXIF has none.
func findEXIF(f Format, b []byte) exif {
	switch f {
	case FormatJPEG:
		return jpegEXIF(b)
	case FormatPNG:
		return pngEXIF(b)
	case FormatWebP:
		return webpEXIF(b)
	case FormatTIFF:
		return parseEXIF(b)
	case FormatBMP:
		if len(b) >= 46 && binary.LittleEndian.Uint32(b[14:]) >= 40 {
			return exif{dpi: perMetre(binary.LittleEndian.Uint32(b[38:]))}
		}
	}
	return exif{}
}

func perMetre(v uint32) float64 { return float64(v) * 0.0254 }

// jpegSegments calls f for every marker segment before the first scan, until f returns false.
func jpegSegments(b []byte, f func(marker byte, data []byte) bool) {
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		marker := b[at+1]
		if marker == 0xff { // fill byte
			at++
			continue
		}
		n := int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xda || marker == 0xd9 || n < 2 || at+2+n > len(b) {
			return
		}
		if !f(marker, b[at+4:at+2+n]) {
			return
		}
		at += 2 + n
	}
}

func jpegEXIF(b []byte) (x exif) {
	var dpi float64
	jpegSegments(b, func(marker byte, d []byte) bool {
		switch {
		case marker == 0xe0 && len(d) >= 12 && string(d[:5]) == "JFIF\x00":
			v := float64(binary.BigEndian.Uint16(d[8:]))
			switch d[7] {
			case 1:
				dpi = v
			case 2:
				dpi = v * 2.54
			}
		case marker == 0xe1 && bytes.HasPrefix(d, []byte("Exif\x00\x00")):
			x = parseEXIF(d[6:])
			return false
		}
		return true
	})
	if x.dpi == 0 {
		x.dpi = dpi
	}
	return x
}

// jpegScans counts the scans of a JPEG. Each one costs a pass over all pixels in a progressive file.
func jpegScans(b []byte) int { return bytes.Count(b, []byte("\xff\xda")) }

func pngEXIF(b []byte) (x exif) {
	var dpi float64
	software := ""
	for at := 8; at+12 <= len(b); {
		n := int64(binary.BigEndian.Uint32(b[at:]))
		kind := string(b[at+4 : at+8])
		if n > int64(len(b)-at-12) || kind == "IDAT" || kind == "IEND" {
			break
		}
		d := b[at+8 : at+8+int(n)]
		if crc32.ChecksumIEEE(b[at+4:at+8+int(n)]) == binary.BigEndian.Uint32(b[at+8+int(n):]) {
			switch kind {
			case "eXIf":
				x = parseEXIF(d)
			case "pHYs":
				if len(d) == 9 && d[8] == 1 {
					dpi = perMetre(binary.BigEndian.Uint32(d))
				}
			case "tEXt":
				if v, ok := bytes.CutPrefix(d, []byte("Software\x00")); ok {
					software = clean(string(v[:min(len(v), exifMaxString)]))
				}
			}
		}
		at += 12 + int(n)
	}
	if x.dpi == 0 {
		x.dpi = dpi
	}
	if x.software == "" {
		x.software = software
	}
	return x
}

func webpEXIF(b []byte) exif {
	for at := 12; at+8 <= len(b); {
		n := int64(binary.LittleEndian.Uint32(b[at+4:]))
		if n > int64(len(b)-at-8) {
			break
		}
		d := b[at+8 : at+8+int(n)]
		if string(b[at:at+4]) == "EXIF" {
			return parseEXIF(bytes.TrimPrefix(d, []byte("Exif\x00\x00")))
		}
		at += 8 + int(n+n&1)
	}
	return exif{}
}

// pdfTime reads a PDF date (ISO 32000-2, 7.9.4): D:YYYYMMDDHHmmSSOHH'mm, everything after the year optional.
func pdfTime(s string) time.Time {
	s = strings.TrimPrefix(strings.TrimSpace(s), "D:")
	n := 0
	for n < len(s) && n < 14 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	digits, rest := s[:n], s[n:]
	full := "00000101000000"
	if n < 4 || n%2 != 0 {
		return time.Time{}
	}
	at, err := time.Parse("20060102150405", digits+full[n:])
	if err != nil {
		return time.Time{}
	}
	if rest == "" || n < 14 {
		return at
	}
	sign := map[byte]int{'+': 1, '-': -1}[rest[0]]
	hm := strings.ReplaceAll(rest[1:], "'", "")
	if sign == 0 || len(hm) < 2 {
		return at // Z, or a zone that is not given
	}
	h, err := strconv.Atoi(hm[:2])
	if err != nil || h > 23 {
		return at
	}
	zone := sign * h * 3600
	if m, err := strconv.Atoi(hm[2:min(4, len(hm))]); err == nil && m < 60 {
		zone += sign * m * 60
	}
	return at.Add(-time.Duration(zone) * time.Second).In(time.FixedZone("", zone))
}
