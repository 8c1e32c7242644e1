// Package ink looks at the place where the holder signs by hand: is there writing that the e-certificate does not carry?
// A machine does not decide whose hand it is, and it cannot tell ink from a copy of ink: a signature that was pasted into
// the file before printing, or a photocopy of a signed page, leaves writing too.
package ink

import (
	"image"

	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/page"
)

// Presence says whether there is writing that the e-certificate does not carry.
type Presence string

// The answers.
const (
	Ink         Presence = "ink"
	NoInk       Presence = "none"
	Unclear     Presence = "unclear"
	NotExamined Presence = "not-examined"
)

// Colour is what the writing's colour says; it confirms and never decides.
type Colour string

// The colours of pens that are told apart.
const (
	ColourUnknown Colour = "unknown" // a grey picture, too little writing, or neither of the others
	ColourBlue    Colour = "blue"
	ColourDark    Colour = "dark" // black or nearly so, as toner is
)

// Reasons are stable keys that say why an answer is not a plain ink or none, or what went into it.
const (
	ReasonNotExamined      = "not-examined"       // nobody looked
	ReasonNoBox            = "no-box"             // the place where the holder signs was not found
	ReasonBoxCutOff        = "box-cut-off"        // a part of it lies outside the picture
	ReasonTooCoarse        = "too-coarse"         // NeedDPI says the resolution that is needed
	ReasonTooFaint         = "too-faint"          // blurred, or print and paper hardly differ
	ReasonNotRegistered    = "not-registered"     // the e-certificate's page was not found in the picture
	ReasonOtherReference   = "reference-differs"  // the print carries another signature image than the e-certificate given
	ReasonNoReference      = "no-reference"       // no e-certificate was given to compare with
	ReasonNoReferenceImage = "no-reference-image" // the e-certificate carries no signature image
	ReasonPrintedPlaceOnly = "printed-place-only" // without an e-certificate: one writing only, which may be the printed image
	ReasonSecondWriting    = "second-writing"     // without an e-certificate: writing apart from the image's place
	ReasonShortMark        = "short-mark"         // more than a speck, too short for a signature
	ReasonStamp            = "stamp"              // a stamp or seal lies in the box and hides or resembles writing
	ReasonLine             = "line"               // a fold, a hair or a streak cannot be told from writing
	ReasonOutside          = "outside"            // writing near the box, not in it
	ReasonFaintMarks       = "faint-marks"        // marks close to what paper and toner leave
	ReasonLowRow           = "low-row"            // a row of characters at the lower edge: a date written high, or a name written low
)

// Caveats are stable keys of what an answer does not say.
const (
	// CaveatCopy: a signature pasted before printing, or a photocopy of a signed page, cannot be told from ink.
	CaveatCopy = "copy-not-told"
	// CaveatRed: red marks were left out of account as seals.
	CaveatRed = "red-marks"
	// CaveatDate: writing below the box, at the date, was left out of account.
	CaveatDate = "date-written"
	// CaveatHidden: much of the place is covered by print.
	CaveatHidden = "hidden"
)

// Reference is the e-certificate's page as rendered, with the place where the holder signs.
type Reference struct {
	Page image.Image
	DPI  float64
	// Box is the area in which the holder signs, in pixels of Page.
	Box page.Box
	// Signature is the place of the printed signature image in pixels of Page, zero if there is none.
	Signature page.Box
	// SignatureImage is that image in its own pixels, nil if there is none.
	SignatureImage image.Image
}

// Scan is a scanned or photographed print, upright; a photo's sheet is already rectified if it could be.
type Scan struct {
	Page image.Image
	DPI  float64 // 0 if not known
	// Label and Box are the label 个人签名 and the area in which the holder signs, in pixels of Page, as read from the
	// face; zero if they were not found.
	Label, Box page.Box
	// Kind is the certificate's kind as fields.Kind names it; its layout is used where there is no Reference.
	Kind string
}

// Options changes what Examine does; the zero value is right for a verifier.
type Options struct {
	// NoPictures leaves out the pictures, for measuring and for batches that keep none.
	NoPictures bool
	// NoLikeness leaves out the comparison with the printed signature image.
	NoLikeness bool
}

// Result is what was seen in the signature box.
type Result struct {
	Presence   Presence `json:"presence"`
	Confidence float64  `json:"confidence"` // 0..1
	// Likeness to the printed signature image, 0..1; nil if it was not measured.
	Likeness *float64 `json:"likeness,omitempty"`
	Band     string   `json:"band,omitempty"` // agrees, doubtful, differs
	// LikenessReason is a stable key for what limits or prevents the likeness, see package hand; Agreement tells where the
	// lines agree: hand.Rows rows of hand.Cols values 0..1, -1 where there is nothing to compare.
	LikenessReason string      `json:"likenessReason,omitempty"`
	Agreement      [][]float64 `json:"agreement,omitempty"`
	Page           int         `json:"page"`
	// Box is where the holder signs: pixels of Scan.Page as Examine gives it, page units in a report.
	Box    page.Box `json:"box"`
	Reason string   `json:"reason,omitempty"` // stable key, see the Reason constants
	// Caveats are stable keys of what the answer does not say, see the Caveat constants.
	Caveats []string `json:"caveats,omitempty"`

	// Length is the length of the writing that the e-certificate does not carry, in millimetres on the paper.
	Length float64 `json:"lengthMM,omitempty"`
	// Registered says that the e-certificate's page was found in the picture; RMS is how well it fits near the box, in
	// millimetres on the paper (root mean square).
	Registered bool    `json:"registered,omitempty"`
	RMS        float64 `json:"rmsMM,omitempty"`
	Colour     Colour  `json:"colour,omitempty"`
	// Hidden is the share 0..1 of the writing's area that the print covers: strokes there are unknown.
	Hidden float64 `json:"hidden,omitempty"`
	// DPI is the picture's resolution on the paper as measured; NeedDPI is set with ReasonTooCoarse.
	DPI     float64 `json:"dpi,omitempty"`
	NeedDPI float64 `json:"needDPI,omitempty"`

	// The pictures for a person's eyes as small PNG files, so that a report shows them without the input.
	CropPNG      []byte `json:"crop,omitempty"`
	ReferencePNG []byte `json:"referenceCrop,omitempty"`
	OverlayPNG   []byte `json:"overlay,omitempty"`
	AlignedPNG   []byte `json:"aligned,omitempty"`

	// Crop is the place in the scan's own pixels, ReferenceCrop the same place on the e-certificate, Overlay the scan laid
	// on the e-certificate with what was found coloured.
	Crop          image.Image `json:"-"`
	ReferenceCrop image.Image `json:"-"`
	Overlay       image.Image `json:"-"`
	// Aligned shows the writing laid over the printed signature image; nil if they were not compared.
	Aligned image.Image `json:"-"`
	// Extracted is the writing by itself; nil unless Presence is Ink or Unclear and something was found.
	Extracted *stroke.Mask `json:"-"`
}
