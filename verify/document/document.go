// Package document turns a stranger's file into pages: pixels, text with places, embedded images and facts about the
// file itself. It holds no opinion on the certificate. Everything in it is bounded by the limits of limits.go and by
// the caller's context.
package document

import (
	"image"
	"time"

	"zhengyan/verify/page"
)

// Format is what the bytes of a file are, whatever its name says.
type Format string

// The formats that are told apart.
const (
	FormatPDF     Format = "pdf"
	FormatPNG     Format = "png"
	FormatJPEG    Format = "jpeg"
	FormatTIFF    Format = "tiff"
	FormatBMP     Format = "bmp"
	FormatWebP    Format = "webp"
	FormatOFD     Format = "ofd" // GB/T 33190-2016, recognised
	FormatZIP     Format = "zip"
	FormatUnknown Format = "unknown"
)

// InputKind is how the file came to be. It caps what can be checked: only an original electronic file carries a
// live seal, only a scan or photo carries ink.
type InputKind string

// The kinds of input.
const (
	InputOriginal   InputKind = "original"   // original electronic file 原始电子件
	InputScan       InputKind = "scan"       // printed and scanned 打印扫描件
	InputPhoto      InputKind = "photo"      // 照片
	InputScreenshot InputKind = "screenshot" // 截屏
	InputUnknown    InputKind = "unknown"
)

// IsPicture reports whether a file is known to show a certificate as a picture, whatever text lies under it.
func (k InputKind) IsPicture() bool { return k == InputScan || k == InputPhoto || k == InputScreenshot }

// Info is what is known of a file without looking at its content.
type Info struct {
	Name       string    `json:"name"`
	Size       int64     `json:"size"`   // bytes
	SHA256     string    `json:"sha256"` // lower-case hexadecimal
	Format     Format    `json:"format"`
	Kind       InputKind `json:"kind"`
	KindReason string    `json:"kindReason"` // a stable key, for example "text-layer", "full-page-image", "exif-camera"
	Pages      int       `json:"pages"`
	Extension  string    `json:"extension,omitempty"` // set only if the name's extension contradicts Format
}

// MayBePrint reports whether a file may show a print, the only thing that is signed by hand: a scan or photo, and what tells
// nothing of its making, as photos that came by a chat program do. A page of text in a longer file is not known to be one.
func (i Info) MayBePrint() bool {
	switch i.Kind {
	case InputScan, InputPhoto:
		return true
	case InputUnknown:
		return i.KindReason != ReasonPart
	}
	return false
}

// Metadata is what a PDF or image says of its own making. Nothing in it is proof.
type Metadata struct {
	Producer string    `json:"producer,omitempty"`
	Creator  string    `json:"creator,omitempty"`
	Title    string    `json:"title,omitempty"`
	Created  time.Time `json:"created,omitzero"`
	Modified time.Time `json:"modified,omitzero"`
	// IDs are the two halves of a PDF's trailer /ID in hexadecimal.
	IDs         []string     `json:"ids,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Camera      string       `json:"camera,omitempty"` // EXIF make and model
}

// Attachment is a file embedded in a PDF. Its content is not read.
type Attachment struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes, as the PDF claims; -1 if it claims nothing
}

// PageSize is the size of a page as it is shown, in page units (see package page).
type PageSize struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Image is a picture that a PDF page carries, at its own resolution.
type Image struct {
	Page int // 0-based
	// Box is where the page shows the picture; zero if that could not be told.
	Box    page.Box
	Pixels image.Image
	Name   string // the resource name or object number, for the evidence
}
