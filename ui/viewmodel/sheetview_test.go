package viewmodel

import (
	"strings"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/page"
)

// A sheet that was looked for and not found is no sheet that nobody looked for, and has no corners.
func TestSheetThatWasNotFound(t *testing.T) {
	for lang, words := range map[Lang][3]string{Chinese: {"没有在画面里找纸边", "没有找到纸边", "图片太小"}, English: {"No sheet was looked for", "were not found", "too small"}} {
		m, err := LoadMessages(assets.Translations(), lang)
		if err != nil {
			t.Fatal(err)
		}
		s := sheet.Sheet{Corners: [4]page.Point{{}, {X: 9}, {X: 9, Y: 9}, {Y: 9}}, Notes: []sheet.Note{sheet.TooSmall, sheet.NoSheet}}
		for i, p := range []*verify.Picture{{}, {Sheet: &sheet.Sheet{Notes: []sheet.Note{sheet.NoSheet}}}, {Sheet: &s}} {
			v := sheetView(m, p)
			if v.Corners != ([4]page.Point{}) || v.Doubtful != (i == 2) || !strings.Contains(v.Text, words[min(i, 1)]) || strings.Contains(v.Text, words[2]) != (i == 2) {
				t.Errorf("%s %d: %+v", lang, i, v)
			}
		}
	}
}
