package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"zhengyan/verify"
)

// machine is the machine's answer on the handwriting, for a cell.
func (b *workbook) machine(r *verify.Report) string {
	h := b.handwriting(r)
	if h == nil {
		return ""
	}
	lines := []string{h.Presence}
	for _, s := range []string{h.Why, h.Band, h.Details} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

func (b *workbook) paired(r *verify.Report) string {
	if t := b.printTable(r); t != nil {
		return t.Name + " · " + t.Summary
	}
	return ""
}

// PartSheets are the names of the sheets that a workbook has only where there is something to put on them: handwriting,
// originals beside their prints, duplicates and crossings, and the check against a list of people.
func PartSheets(lang string) (hand, pair, crossings, roster string) {
	w := wordsOf(lang)
	return w.say("手写签名", "Handwriting"), w.say("原件与打印件", "Prints"), w.say("重复与交叉", "Duplicates"), w.say("人员名单核对", "Roster")
}

// more writes the sheets that only some batches have.
func (b *workbook) more(rs []*verify.Report) error {
	hand, pair, crossings, roster := PartSheets(b.lang())
	if err := b.handSheet(hand, rs); err != nil {
		return err
	}
	var rows [][]any
	for _, r := range rs {
		t := b.printTable(r)
		if t == nil {
			continue
		}
		for _, x := range t.Rows {
			rows = append(rows, []any{
				b.cell(r.Input.Name), b.cell(t.Name), b.cell(x.Field), b.cell(x.Original), b.cell(x.Print),
				excelize.Cell{StyleID: b.tint[x.Indication], Value: shape(x.Indication) + " " + x.State},
				b.code(t.SHA256), b.cell(t.Read),
			})
		}
	}
	if err := b.extra(pair, "Prints", rs, rows, []column{
		{b.say("原件文件", "Original file"), 34},
		{b.say("打印件文件", "Print file"), 34},
		{b.say("事项", "Fact"), 16},
		{b.say("原件", "Original"), 34},
		{b.say("打印件", "Print"), 34},
		{b.say("比对", "State"), 14},
		{b.say("打印件 SHA-256", "SHA-256 of the print"), 68},
		{b.say("识读", "Reading"), 40},
	}); err != nil {
		return err
	}
	rows = nil
	for _, c := range Crossings(rs) {
		rows = append(rows, []any{b.cell(c.What), b.cell(c.Value), b.lines(c.files()), b.cell(b.crossingNote())})
	}
	if err := b.extra(crossings, "Duplicates", rs, rows, []column{
		{b.say("相同之处", "In common"), 30}, {b.say("值", "Value"), 40}, {b.say("文件", "Files"), 60}, {b.say("说明", "Note"), 40},
	}); err != nil {
		return err
	}
	rows = nil
	for _, l := range b.options.Roster {
		rows = append(rows, []any{b.cell(l.State), b.cell(l.Name), b.cell(l.Number), b.lines(l.Differs), b.cell(l.File)})
	}
	return b.extra(roster, "Roster", rs, rows, []column{
		{b.say("结果", "State"), 14}, {b.say("姓名", "Name"), 14}, {b.say("编号", "Number"), 24}, {b.say("不符之处", "Differs"), 50}, {b.say("文件", "File"), 50},
	})
}

// extra adds a sheet if there are rows for it.
func (b *workbook) extra(sheet, name string, rs []*verify.Report, rows [][]any, cols []column) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := b.NewSheet(sheet); err != nil {
		return err
	}
	if err := b.printed(rs, sheet); err != nil {
		return err
	}
	t, err := b.table(sheet, 1, cols)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := t.add(r...); err != nil {
			return err
		}
	}
	return t.done(name)
}

// maxSheetPictures bounds the pictures of signatures in one workbook.
const maxSheetPictures = 600

// handSheet has a row a signature with its pictures.
func (b *workbook) handSheet(sheet string, rs []*verify.Report) error {
	const pictureHeight = 96.0 // points
	heads := []column{
		{b.say("文件", "File"), 34},
		{b.say("姓名", "Name"), 12},
		{b.say("机器所见", "Machine"), 36},
		{b.say("人工判断", "Person's decision"), 30},
		{b.say("说明", "Note"), 40},
		{"1", 40},
		{"2", 40},
		{"3", 40},
		{"4", 40},
	}
	row, pictures := 1, 0
	for _, r := range rs {
		h := b.handwriting(r)
		if h == nil {
			continue
		}
		if row == 1 {
			if _, err := b.NewSheet(sheet); err != nil {
				return err
			}
			if err := b.printed(rs, sheet); err != nil {
				return err
			}
			for i, c := range heads {
				letter, err := excelize.ColumnNumberToName(i + 1)
				if err != nil {
					return err
				}
				if err := b.SetColWidth(sheet, letter, letter, c.width); err != nil {
					return err
				}
				name := c.name
				if i >= 5 {
					name = b.say("图 ", "picture ") + name
				}
				if err := b.put(sheet, letter+"1", excelize.Cell{StyleID: b.head, Value: name}); err != nil {
					return err
				}
			}
		}
		row++
		for i, c := range []excelize.Cell{b.cell(fileOf(r)), b.cell(r.Certificate.Name), b.lines(b.machine(r)), b.cell(h.Person), b.lines(strings.Join(h.Caveats, "\n"))} {
			if err := b.put(sheet, fmt.Sprintf("%c%d", 'A'+i, row), c); err != nil {
				return err
			}
		}
		if len(h.Pictures) > 0 {
			if err := b.SetRowHeight(sheet, row, pictureHeight); err != nil {
				return err
			}
		}
		for i, pic := range h.Pictures {
			if pictures++; pictures > maxSheetPictures {
				break
			}
			if err := b.AddPictureFromBytes(sheet, fmt.Sprintf("%c%d", 'F'+i, row), &excelize.Picture{
				Extension: ".png", File: pic.PNG,
				Format: &excelize.GraphicOptions{AutoFit: true, LockAspectRatio: true, AltText: pic.Title, Positioning: "oneCell"},
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *workbook) put(sheet, at string, c excelize.Cell) error {
	if err := b.SetCellValue(sheet, at, c.Value); err != nil {
		return err
	}
	return b.SetCellStyle(sheet, at, at, c.StyleID)
}
