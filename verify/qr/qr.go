// Package qr reads QR codes from pixels and says what kind of payload they carry. It never opens or resolves what a
// code names: offline a QR is a pointer and proves nothing by itself.
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
	// Warnings are stable keys: "plain-http", "bare-ip", "look-alike", "punycode", "space-in-key", "userinfo",
	// "check-digit", "certype-mismatch".
	Warnings []string `json:"warnings,omitempty"`
	// LookAlike is the known host that an unknown one resembles.
	LookAlike string `json:"lookAlike,omitempty"`
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
}
