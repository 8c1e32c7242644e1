package report

// Clean replaces what could steer a terminal in a stranger's text: control and bidirectional formatting characters.
func Clean(s string) string { return clean(s) }

// Pad fills a string with spaces to a width in terminal columns; East Asian wide characters take two.
func Pad(s string, columns int) string { return pad(s, columns) }
