package pdfwrite

import "zhengyan/verify/internal/truetype"

// ErrFont is wrapped by every error of ParseFace.
var ErrFont = truetype.ErrFont

// Face is a TrueType font that a File embeds in part.
type Face struct{ *truetype.Face }

// ParseFace reads a TrueType font with glyf outlines; fonts with CFF outlines and collections are refused. The error wraps
// ErrFont.
func ParseFace(data []byte) (*Face, error) {
	f, err := truetype.Parse(data)
	if err != nil {
		return nil, err
	}
	return &Face{f}, nil
}
