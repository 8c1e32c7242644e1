package ink_test

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"strings"
	"testing"

	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/verifytest"
)

// TestSpecimens compares the scans and photos of the specimens with their own e-certificates.
func TestSpecimens(t *testing.T) {
	if testing.Short() {
		t.Skip("draws pages")
	}
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Skip(err)
	}
	want := map[verifytest.Ink]ink.Presence{
		verifytest.InkNone: ink.NoInk, verifytest.InkSame: ink.Ink, verifytest.InkOther: ink.Ink,
		verifytest.InkPasted:    ink.Ink, // it cannot be told from a copy, which CaveatCopy says
		verifytest.InkTwoStroke: ink.Unclear,
	}
	at := verifytest.PlacesAt(ink.ReferenceDPI)
	seen := map[verifytest.Ink]bool{}
	var other *ink.Reference
	for _, c := range verifytest.Catalog() {
		s := c.Spec
		if !strings.HasPrefix(c.File, "constructor/") || c.Raw != nil || s.Medium != fields.Electronic {
			continue
		}
		switch s.Carrier {
		case verifytest.CarrierScanPNG, verifytest.CarrierScanJPEG, verifytest.CarrierPhoto:
		case verifytest.CarrierScanPDF:
			s.Carrier = verifytest.CarrierScanJPEG
		default:
			continue
		}
		if seen[s.Ink] && s.Carrier == c.Spec.Carrier && s.Carrier != verifytest.CarrierPhoto {
			continue
		}
		seen[s.Ink] = true
		data, _, err := g.Image(s)
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		page, err := g.Sheet(s, ink.ReferenceDPI)
		if err != nil {
			t.Fatal(err)
		}
		ref := &ink.Reference{Page: page, DPI: ink.ReferenceDPI, Box: at.Box, Signature: at.Signature}
		res, err := ink.Examine(context.Background(), ink.Scan{Page: img, Kind: string(s.Kind)}, ref, ink.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if res.Presence != want[s.Ink] || !res.Registered {
			t.Errorf("%s: %s (%s), %.1f mm, registered %v; want %s", c.File, res.Presence, res.Reason, res.Length, res.Registered, want[s.Ink])
		}
		if res.CropPNG == nil || res.ReferencePNG == nil || res.OverlayPNG == nil {
			t.Errorf("%s: pictures are missing", c.File)
		}
		if res.Presence == ink.Ink && (res.Extracted == nil || !res.Extracted.Valid() || len(res.Caveats) == 0) {
			t.Errorf("%s: the writing or its caveat is missing", c.File)
		}
		if other != nil { // somebody else's e-certificate explains nothing
			res, err := ink.Examine(context.Background(), ink.Scan{Page: img, Kind: string(s.Kind)}, other, ink.Options{NoPictures: true})
			if err != nil {
				t.Fatal(err)
			}
			if res.Presence != ink.Unclear || res.Reason != ink.ReasonOtherReference {
				t.Errorf("%s with another person's e-certificate: %s (%s), want unclear", c.File, res.Presence, res.Reason)
			}
		}
		other = ref
	}
	if len(seen) < 4 {
		t.Errorf("only %d kinds of ink among the specimens", len(seen))
	}
}
