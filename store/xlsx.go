package store

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits on workbooks: what excelize may unpack.
const (
	maxXLSX      = 4 << 30   // bytes unpacked
	maxXLSXSheet = 256 << 20 // bytes of a sheet kept in memory; larger ones go to temporary files
)

// ReadXLSX reads the first sheet of a workbook. Cells are read as they are shown, so dates must be shown with four-digit
// years; a cell that shows only a serial number is a bad row.
func ReadXLSX(ctx context.Context, r io.Reader) *Source {
	s := &Source{}
	s.Rows = func(yield func(Row, error) bool) {
		inside := false // the panic of a caller is not ours to catch
		defer func() {
			if inside {
				return
			}
			if p := recover(); p != nil { // excelize on a hostile workbook
				yield(Row{}, fmt.Errorf("workbook cannot be read: %v", p))
			}
		}()
		s.readXLSX(ctx, r, func(row Row, err error) bool {
			inside = true
			more := yield(row, err)
			inside = false
			return more
		})
	}
	return s
}

func (s *Source) readXLSX(ctx context.Context, r io.Reader, yield func(Row, error) bool) {
	f, err := excelize.OpenReader(r, excelize.Options{UnzipSizeLimit: maxXLSX, UnzipXMLSizeLimit: maxXLSXSheet})
	if err != nil {
		yield(Row{}, fmt.Errorf("workbook: %w", err))
		return
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		yield(Row{}, fmt.Errorf("%w: workbook without a sheet", ErrBadRow))
		return
	}
	rows, err := f.Rows(sheets[0])
	if err != nil {
		yield(Row{}, err)
		return
	}
	defer rows.Close()
	var set []func(*Row, string) error
	for line := 1; rows.Next(); line++ {
		if ctx.Err() != nil {
			yield(Row{}, ctx.Err())
			return
		}
		cells, err := rows.Columns()
		if err != nil {
			s.bad(line, err, "")
			continue
		}
		switch {
		case strings.TrimSpace(strings.Join(cells, "")) == "":
		case set == nil:
			if set, err = header(cells); err != nil {
				yield(Row{}, err)
				return
			}
		case !s.give(line, set, cells, yield):
			return
		}
	}
	if err := rows.Error(); err != nil {
		yield(Row{}, err)
	} else if set == nil {
		yield(Row{}, fmt.Errorf("%w: no header", ErrBadRow))
	}
}
