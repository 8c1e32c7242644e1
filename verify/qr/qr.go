// Package qr reads QR codes (ISO/IEC 18004, and model 1 of its first edition) from pixels and says what kind of payload they
// carry. It never opens or resolves what a code names: offline a QR is a pointer and proves nothing by itself.
//
// Symbols are found and sampled by this package; the version tables, block layout and the Reed-Solomon decoder are
// those of github.com/makiuchi-d/gozxing, used through gozxing.go only. What that library (v0.1.1) does badly is kept
// out of the way there, and this list is the place to look before using more of it:
//
//   - QRCodeMultiReader and the finder search of QRCodeReader are cubic in the number of finder-like squares and know
//     no deadline: 196 squares take a minute. Neither is called.
//   - NewLuminanceSourceFromImage allocates once a pixel. Not called; see gray.go.
//   - A byte segment's charset is guessed among UTF-8, Shift_JIS and ISO 8859-1 for each segment alone: GB18030 text
//     comes out as half-width kana, and a UTF-8 character that is split over two segments is destroyed (zxing issue
//     #708). Invalid bytes become U+FFFD without a word. The bit stream is parsed in bitstream.go, and charset.go
//     decides once over the whole payload.
//   - An unassigned ECI, GB18030:2005 (ECI 32) or binary (ECI 899) fails the symbol although error correction
//     succeeded; Hanzi subsets other than 1 are dropped without a word. Here the bytes are always kept.
//   - One alignment pattern, one candidate dimension, and version information within three bits (issue #67) are all
//     that its detector tries. Not called.
//   - The number of corrected errors is not reported (pull request #80), so nothing bounds a miscorrection. Here every
//     block is checked again after correction, and small symbols keep the misdecode reserve p of ISO/IEC 18004 table 9.
//   - The Reed-Solomon decoder makes a polynomial anew at each step, and most blocks that a search meets are beyond
//     correction. It is asked for those only whose errors, counted first, can be corrected.
package qr

import (
	"zhengyan/verify/page"
)

// Code is one decoded symbol.
type Code struct {
	Page     int           `json:"page"` // 0-based
	Text     string        `json:"text"`
	Bytes    []byte        `json:"bytes"` // the payload before any charset was applied; base64 in JSON
	Charset  string        `json:"charset,omitempty"`
	Guessed  bool          `json:"charsetGuessed,omitempty"` // the symbol names no charset; Charset is a guess
	Format   string        `json:"format"`                   // "QR_CODE"
	Corners  [4]page.Point `json:"corners"`                  // page units: top left, top right, bottom right, bottom left of the symbol as printed
	Strategy string        `json:"strategy"`
	Version  int           `json:"version,omitempty"`
	ECLevel  string        `json:"ecLevel,omitempty"`
	Errors   int           `json:"errorsCorrected,omitempty"` // codewords corrected by Reed-Solomon
	Inverted bool          `json:"inverted,omitempty"`        // light on dark
	Mirrored bool          `json:"mirrored,omitempty"`
	// Append places the symbol in a structured-append sequence; on a joined code Index is 0 and Joined is set.
	Append *Append `json:"append,omitempty"`
}

// Append is the place of a symbol in a structured-append sequence (ISO/IEC 18004, 8).
type Append struct {
	Index  int  `json:"index"` // 0-based
	Total  int  `json:"total"`
	Parity byte `json:"parity"`
	Joined bool `json:"joined,omitempty"` // all parts were found, in agreement with the parity, and their text is joined
}

// Conflict is one symbol that was read in two ways. Neither reading is among Result.Codes.
type Conflict struct {
	Readings []Code `json:"readings"`
}

// PayloadKind classifies what a code carries (DOMAIN: only an encrypted record key is known from real certificates).
type PayloadKind string

// The payload kinds.
const (
	PayloadKnownHost   PayloadKind = "url-known-host"
	PayloadUnknownHost PayloadKind = "url-unknown-host"
	PayloadIdentifier  PayloadKind = "ecert-identifier" // GB/T 36904 证照标识
	PayloadFields      PayloadKind = "fields"           // readable fields, separated by | or line breaks
	PayloadOpaque      PayloadKind = "opaque-text"
)

// Payload is the classification of a code's text.
type Payload struct {
	Kind PayloadKind `json:"kind"`
	// Host is the host of a URL as written; HostASCII its punycode form if the two differ.
	Host      string `json:"host,omitempty"`
	HostASCII string `json:"hostASCII,omitempty"`
	// For lists the certificate kinds (fields.Kind) for which the host is known; empty for PayloadUnknownHost.
	For []string `json:"for,omitempty"`
	// Owner is the name of the known host's operator, from the data.
	Owner string `json:"owner,omitempty"`
	// Fields are name=value pairs that the payload carries readable, by the names of fields.Field.
	Fields map[string]string `json:"fields,omitempty"`
	// Guessed lists the Fields that are told by their shape alone, or cut from the next label without a mark between them.
	Guessed []string `json:"guessed,omitempty"`
	// Warnings are stable keys: "plain-http", "bare-ip", "look-alike", "punycode", "space-in-key", "userinfo",
	// "check-digit", "certype-mismatch" (the type code is not one of the host's), "unknown-path" (the host is known, the
	// path is not), "other-system" (the host belongs to another certificate system), "encrypted-key" (the URL carries a
	// record key that only the issuer can read; nothing about the holder can be checked offline), "control-characters".
	Warnings []string `json:"warnings,omitempty"`
	// LookAlike is the known host that an unknown one resembles.
	LookAlike string `json:"lookAlike,omitempty"`
	// URL is the address in full, as the code spells it. It is for showing only.
	URL string `json:"url,omitempty"`
	// Ecert is the e-certificate identifier that the payload is or contains.
	Ecert *EcertID `json:"ecert,omitempty"`
	// TypeCode is the value of the URL parameter certype.
	TypeCode string `json:"typeCode,omitempty"`
}

// Host is a row of the dated host list (assets/rules/hosts.json).
type Host struct {
	Host  string   `json:"host"`
	For   []string `json:"for"`   // certificate kinds
	Owner string   `json:"owner"` // operator
	From  string   `json:"from,omitempty"`
	To    string   `json:"to,omitempty"`
	Note  string   `json:"note,omitempty"`
	// PathPrefix, if set, must begin the URL's path.
	PathPrefix string `json:"pathPrefix,omitempty"`
	// Source and Seen say where the row comes from and when it was last seen true.
	Source string `json:"source,omitempty"`
	Seen   string `json:"seen,omitempty"`
	// OtherSystem marks a host that is known not to belong to any certificate of this field.
	OtherSystem bool `json:"otherSystem,omitempty"`
	// Certype, if set, gives the certificate kind of each value of the URL parameter certype (type codes of GB/T 36904).
	Certype map[string]string `json:"certype,omitempty"`
}
