package fields

// Codes of Problem. They are stable: the messages shown to users and the rules refer to them.
const (
	NoCertificate    = "no-certificate"    // no page carries the title or the labels of a certificate
	NoTitle          = "no-title"          // the labels are there, the title is not; the kind is unknown
	MissingLabel     = "missing-label"     // a label that this face must carry was not found
	MissingValue     = "missing-value"     // the label was found, nothing stands beside or under it
	BadDate          = "bad-date"          // no date of the calendar; the value is left empty
	BadPeriod        = "bad-period"        // no span of two days, or its end is before its begin; the value is left empty
	BadNumber        = "bad-number"        // not of a registration number's form; the value is as printed
	BadSex           = "bad-sex"           // neither 男 nor 女; the value is left empty
	BadID            = "bad-id"            // identity number with an impossible date or check character; as printed
	Ambiguous        = "ambiguous"         // two values for one field; the value is left empty
	Overprinted      = "overprinted"       // different characters at one place; the value is left empty
	Unclear          = "unclear"           // print of a picture that could not be read with any confidence; the value is left empty
	UnmappedText     = "unmapped-text"     // characters of which the file does not say what they are
	NotEmbedded      = "font-not-embedded" // Detail is the font's name; the text can be used, its look cannot
	NoToUnicode      = "no-tounicode"      // Detail is the font's name; its text is not used
	UnknownSpecialty = "unknown-specialty" // not in the data; the name is as printed
	LevelMismatch    = "level-mismatch"    // the registration number's level is not the title's
	Contradiction    = "contradiction"     // two facts of the face exclude each other
	TooMuchText      = "too-much-text"     // the page has more characters than are looked at
	Internal         = "internal"          // the reader failed on this page
)
