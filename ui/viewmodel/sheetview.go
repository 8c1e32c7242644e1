package viewmodel

import (
	"image"
	"math"
	"strconv"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/page"
)

// SheetView is the sheet of paper in a photo or scan, whose corners a person may set.
type SheetView struct {
	Page    int
	Corners [4]page.Point // page units, clockwise; zero where none were found
	Label   string        // for a button
	Text    string        // what is known of the corners
	// ByHand is set where a person has put the corners.
	ByHand bool
	// Doubtful is set where a person should look at the corners.
	Doubtful bool
}

// sheetView is nil where the page was not read as a picture.
func sheetView(m *Messages, p *verify.Picture) *SheetView {
	if p == nil {
		return nil
	}
	v := &SheetView{Page: p.Page, Label: m.T("corners.button")}
	if p.Sheet == nil {
		v.Text = m.T("corners.none")
		return v
	}
	found := p.Flattened()
	if found {
		v.Corners = p.Sheet.Corners
	}
	var notes []string
	for _, n := range p.Sheet.Notes {
		if n != sheet.ByHand && n != sheet.NoSheet {
			notes = append(notes, m.Or("sheet."+string(n), string(n)))
		}
	}
	score := strconv.FormatFloat(math.Round(p.Sheet.Score*100)/100, 'f', 2, 64)
	switch {
	case !found:
		v.Text = m.T("corners.notfound")
	case p.Sheet.Has(sheet.ByHand):
		v.Text, v.ByHand = m.T("corners.byhand"), true
	default:
		v.Text = m.T("corners.score", "score", score)
		v.Label = m.T("corners.button.score", "score", score)
		v.Doubtful = p.Sheet.Score < sheet.MinScore
	}
	if v.Doubtful {
		v.Text += m.T("corners.doubtful")
	}
	if len(notes) > 0 {
		v.Doubtful = true
		v.Text += m.T("corners.notes", "notes", strings.Join(notes, m.T("list.comma")))
	}
	return v
}

// SheetCorners reports whether four places can be the corners of a sheet, clockwise.
func SheetCorners(at [4]page.Point) bool {
	_, err := sheet.Set(at, image.Rect(0, 0, 1, 1))
	return err == nil
}
