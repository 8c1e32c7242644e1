package document

// ReadAll returns the source's bytes, for readers that work on a whole file. The error is an *Error: too-large beyond
// limit bytes, else what opening or reading gave.
func (s Source) ReadAll(limit int64) ([]byte, error) { return s.bytes(limit) }
