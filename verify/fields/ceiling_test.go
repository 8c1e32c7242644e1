package fields

import (
	"encoding/json"
	"io/fs"
	"testing"

	"zhengyan/assets"
)

// TestCeilings: what was inferred is never a sure reading in the sense of the book of rules.
func TestCeilings(t *testing.T) {
	b, err := fs.ReadFile(assets.Rules(), "book.json")
	if err != nil {
		t.Fatal(err)
	}
	var book struct {
		SureReading float64 `json:"sureReading"`
	}
	if err := json.Unmarshal(b, &book); err != nil {
		t.Fatal(err)
	}
	if !(nearCeiling < book.SureReading) {
		t.Errorf("what was inferred has up to %.2f, a sure reading has %.2f", nearCeiling, book.SureReading)
	}
	if surelyRead != book.SureReading {
		t.Errorf("the tests take %.2f for a sure reading, the book has %.2f", surelyRead, book.SureReading)
	}
}
