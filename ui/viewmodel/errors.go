package viewmodel

import (
	"context"
	"errors"
	"io/fs"

	"zhengyan/verify/report"
)

// NameErrors gives the table the program's own errors: key returns the key of an error's text, "" for none.
func (m *Messages) NameErrors(key func(error) string) { m.errorKey = key }

// Error is an error in the table's language; one that has no words of its own is given as it is.
func (m *Messages) Error(err error) string {
	if err == nil {
		return ""
	}
	key := ""
	if m.errorKey != nil {
		key = m.errorKey(err)
	}
	if key == "" {
		key = commonError(err)
	}
	if key == "" || !m.Has(key) {
		return err.Error()
	}
	text := m.T(key)
	var at *fs.PathError
	if errors.As(err, &at) {
		text += m.T("error.at", "path", at.Path)
	}
	return text
}

// commonError is the key of an error that is not the store's.
func commonError(err error) string {
	for _, x := range []struct {
		err error
		key string
	}{
		{report.ErrNotReport, "error.notreport"},
		{report.ErrNoData, "error.nodata"},
		{report.ErrTooLarge, "error.reportlarge"},
		{report.ErrNoFont, "export.nofont"},
		{ErrNothing, "export.none"},
		{ErrRosterFormat, "error.roster.format"},
		{ErrRosterHeader, "error.roster.header"},
		{ErrRosterLarge, "error.roster.large"},
		{ErrOwnReport, "readback.kinds"},
		{context.DeadlineExceeded, "error.timeout"},
		{context.Canceled, "error.cancelled"},
		{fs.ErrNotExist, "error.notfound"},
		{fs.ErrPermission, "error.permission"},
	} {
		if errors.Is(err, x.err) {
			return x.key
		}
	}
	return ""
}
