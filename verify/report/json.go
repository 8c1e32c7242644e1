package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"zhengyan/verify"
)

// MaxBytes bounds a report that is read back.
const MaxBytes = 64 << 20

// Errors that Read wraps.
var (
	ErrNotReport = errors.New("not a Zhengyan report")
	ErrTooLarge  = errors.New("report is too large")
)

// WriteLine writes one report as one line of JSON, so that several make NDJSON.
func WriteLine(w io.Writer, r *verify.Report) error { return encode(w, r, "") }

// WriteJSON writes reports for a file: one report as an object, several as NDJSON.
func WriteJSON(w io.Writer, rs []*verify.Report) error {
	if len(rs) == 1 {
		return encode(w, rs[0], "  ")
	}
	for _, r := range rs {
		if err := encode(w, r, ""); err != nil {
			return err
		}
	}
	return nil
}

func encode(w io.Writer, v any, indent string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}

// Read reads the reports of an exported JSON file, one object or NDJSON. The error wraps ErrNotReport or ErrTooLarge.
func Read(r io.Reader) ([]*verify.Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MaxBytes)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	var out []*verify.Report
	for {
		rep := new(verify.Report)
		switch err := dec.Decode(rep); {
		case errors.Is(err, io.EOF) && len(out) > 0:
			return out, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%w: it is empty", ErrNotReport)
		case err != nil:
			return nil, fmt.Errorf("%w: %v", ErrNotReport, err)
		}
		if rep.MediaType != verify.MediaType {
			return nil, fmt.Errorf("%w: media type %q, this program reads %q", ErrNotReport, rep.MediaType, verify.MediaType)
		}
		if rep.Evidence == nil {
			return nil, fmt.Errorf("%w: it carries no evidence to judge", ErrNotReport)
		}
		out = append(out, rep)
	}
}
