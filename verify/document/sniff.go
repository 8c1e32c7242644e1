package document

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
)

// headerWindow is how far into a file "%PDF-" may stand (ISO 32000-2, 7.5.2 with the usual tolerance of readers).
const headerWindow = 1024

// Sniff says what the bytes are, whatever the name says. For FormatUnknown the detail names a format that is not
// read here, where it is known.
func Sniff(b []byte) (f Format, detail string) {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return FormatPNG, ""
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return FormatJPEG, ""
	case bytes.HasPrefix(b, []byte("II*\x00")), bytes.HasPrefix(b, []byte("MM\x00*")):
		return FormatTIFF, ""
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return FormatWebP, ""
	case isBMP(b):
		return FormatBMP, ""
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("PK\x05\x06")):
		return sniffZIP(b)
	}
	if i := pdfHeader(b); i >= 0 {
		return FormatPDF, ""
	}
	return FormatUnknown, foreign(b)
}

// pdfHeader returns where "%PDF-" stands, or -1.
func pdfHeader(b []byte) int { return bytes.Index(b[:min(len(b), headerWindow)], []byte("%PDF-")) }

func isBMP(b []byte) bool {
	if len(b) < 26 || b[0] != 'B' || b[1] != 'M' {
		return false
	}
	switch binary.LittleEndian.Uint32(b[14:]) { // size of the DIB header
	case 12, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

// foreign names formats that people send by mistake, so that the answer can tell them what to do.
func foreign(b []byte) string {
	has := func(at int, s string) bool { return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s }
	switch {
	case has(0, "GIF8"):
		return "gif"
	case has(4, "ftyp"):
		switch brand := string(b[8:min(12, len(b))]); brand {
		case "heic", "heix", "hevc", "mif1", "msf1", "heim", "heis":
			return "heic"
		case "avif", "avis":
			return "avif"
		default:
			return "video"
		}
	case has(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return "msoffice"
	case has(0, "Rar!"):
		return "rar"
	case has(0, "7z\xbc\xaf\x27\x1c"):
		return "7z"
	case has(0, "\x1f\x8b"):
		return "gzip"
	case has(0, "II+\x00"), has(0, "MM\x00+"):
		return "bigtiff"
	case has(0, "%!PS"):
		return "postscript"
	case has(0, "\x00\x00\x00\x0cjP  "), has(0, "\xff\x4f\xff\x51"):
		return "jpeg2000"
	case has(0, "MZ"), has(0, "\x7fELF"):
		return "program"
	}
	head := strings.ToLower(string(bytes.TrimLeft(b[:min(len(b), 512)], "\ufeff \t\r\n")))
	switch {
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"):
		return "html"
	case strings.HasPrefix(head, "<svg"), strings.HasPrefix(head, "<?xml") && strings.Contains(head, "<svg"):
		return "svg"
	case strings.HasPrefix(head, "<?xml"):
		return "xml"
	case strings.HasPrefix(head, `{\rtf`):
		return "rtf"
	}
	return ""
}

// sniffZIP tells OFD and other packages that only use ZIP as a container from plain archives.
func sniffZIP(b []byte) (Format, string) {
	z, err := listZIP(bytes.NewReader(b), int64(len(b)), DefaultLimits())
	if err != nil {
		return FormatZIP, ""
	}
	return zipFormat(z)
}

// contradicts reports the name's extension if it promises another format than the content is.
func contradicts(name string, f Format) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(strings.ReplaceAll(name, `\`, "/")), "."))
	var says Format
	switch ext {
	case "pdf":
		says = FormatPDF
	case "png":
		says = FormatPNG
	case "jpg", "jpeg", "jpe", "jfif":
		says = FormatJPEG
	case "tif", "tiff":
		says = FormatTIFF
	case "bmp", "dib":
		says = FormatBMP
	case "webp":
		says = FormatWebP
	case "ofd":
		says = FormatOFD
	case "zip":
		says = FormatZIP
	case "doc", "docx", "xls", "xlsx", "txt", "gif", "heic", "html", "htm", "xml", "rar", "7z", "exe":
		says = FormatUnknown
	default:
		return "" // no extension, or one that promises nothing
	}
	if says == f {
		return ""
	}
	return ext
}

// tailWindow is how far from its end a PDF's end-of-file marker may stand, as readers tolerate it.
const tailWindow = 2048

// endless reports a PDF that does not end as ISO 32000-2, 7.5.5 wants: most likely it was cut off.
func endless(b []byte) bool {
	return !bytes.Contains(b[max(0, len(b)-tailWindow):], []byte("%%EOF"))
}
