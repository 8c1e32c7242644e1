package document

import (
	"bytes"
	"errors"
	"image/jpeg"
	"image/png"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// iend is the chunk that ends a PNG (ISO/IEC 15948, 11.2.5).
const iend = "\x00\x00\x00\x00IEND\xaeB\x60\x82"

// missingEnd is what a picture's file lacks behind its pixels, nil where it may lack more than that: pixels that did not
// come over must not be taken for white paper.
func missingEnd(format Format, b []byte) []byte {
	switch format {
	case FormatJPEG:
		if !oneScan(b) {
			return nil
		}
		return []byte{0xff, 0xd9} // EOI; an 0xff before it is a fill byte (ISO/IEC 10918-1, B.1.1.2)
	case FormatPNG:
		for n := len(iend) - 1; n >= 0; n-- {
			if bytes.HasSuffix(b, []byte(iend[:n])) {
				return []byte(iend[n:])
			}
		}
	}
	return nil
}

// oneScan reports whether the first scan of a JPEG is all of the picture. A progressive one without its last scans decodes
// too, and is blurred.
func oneScan(b []byte) bool {
	components := 0
	for at := 2; at+10 <= len(b) && b[at] == 0xff; {
		switch marker := b[at+1]; marker {
		case 0xff: // fill byte
			at++
			continue
		case 0xc0, 0xc1: // sequential frames
			components = int(b[at+9])
		case 0xda: // start of a scan
			return components > 0 && int(b[at+4]) == components
		}
		at += 2 + int(b[at+2])<<8 + int(b[at+3])
	}
	return false
}

// whyNot tells a sound picture in a coding that the libraries do not read from a damaged one: nobody may say of a bidder's
// file that it is damaged when it is not. A JPEG's unknown marker is mostly bytes that were lost or changed.
func (p *picture) whyNot(err error) ErrorCode {
	var ofPNG png.UnsupportedError
	var ofJPEG jpeg.UnsupportedError
	var ofTIFF tiff.UnsupportedError
	switch {
	case errors.As(err, &ofPNG), errors.As(err, &ofTIFF), errors.Is(err, bmp.ErrUnsupported),
		errors.As(err, &ofJPEG) && ofJPEG != "unknown marker" && ofJPEG != "excessive DC component",
		p.format == FormatTIFF && strings.Contains(err.Error(), "ccitt: missing End-of-Line"), // Group 3 has forms without
		p.format == FormatWebP && animated(p.b):
		return ErrVariant
	}
	return ErrDamaged
}

// animated reports whether a WebP file holds several pictures, which the library takes for a fault (RFC 9649, 2.7.1).
func animated(b []byte) bool {
	return len(b) > 20 && string(b[12:16]) == "VP8X" && b[20]&2 != 0
}
