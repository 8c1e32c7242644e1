package pdfwrite

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// Attachment is a file that a PDF carries in an incremental update (ISO 32000-1, 7.5.6) behind all that is shown, so that
// it can name the bytes before it.
type Attachment struct {
	Name string // ASCII letters, digits, dots and hyphens
	// Data is called when all else is written, with its length and SHA-256.
	Data func(bytes int64, sha256 []byte) ([]byte, error)
}

// updateMark begins the update; one comment line that no stream of this writer holds by purpose.
const updateMark = "%Zhengyan-Data\n"

// update is what the incremental update is made of: with the file before it, it follows from these alone.
type update struct {
	at      int64 // where it begins
	size    int   // objects of the file before it, 0 included
	root    string
	id      string
	startAt int64 // the cross-reference table of the file before it
	name    string
	z       []byte // the data, deflated
}

// bytes writes the update: the data, its file specification (7.11.4), the catalog that names it, and their table.
func (u update) bytes() []byte {
	var b bytes.Buffer
	w := &writer{w: &b, n: u.at, offs: make([]int64, u.size+2)}
	fmt.Fprint(w, updateMark)
	file, spec := u.size, u.size+1
	w.encoded(file, "/Type /EmbeddedFile /Subtype /application#2Fjson", "FlateDecode", u.z)
	w.object(spec, fmt.Sprintf("<< /Type /Filespec /F (%s) /UF (%s) /AFRelationship /Data /EF << /F %d 0 R >> >>", u.name, u.name, file))
	w.object(catalogNumber, fmt.Sprintf("%s /AF [%d 0 R] /Names << /EmbeddedFiles << /Names [(%s) %d 0 R] >> >> >>", u.root, spec, u.name, spec))
	at := w.n
	fmt.Fprintf(w, "xref\n%d 1\n%010d 00000 n \n%d 2\n%010d 00000 n \n%010d 00000 n \n", catalogNumber, w.offs[catalogNumber], file, w.offs[file], w.offs[spec])
	fmt.Fprintf(w, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		u.size+2, catalogNumber, infoNumber, u.id, u.id, u.startAt, at)
	return b.Bytes()
}

// Errors of Attached.
var (
	// ErrNoAttachment says that the file carries no data of this writer.
	ErrNoAttachment = errors.New("the PDF carries no report data")
	// ErrAttachment is wrapped where the data cannot be taken out.
	ErrAttachment = errors.New("the report data of the PDF cannot be read")
)

var (
	catalogForm = regexp.MustCompile(`(?s)\A%PDF-1\.7\n%[^\n]{4}\n1 0 obj\n(<< /Type /Catalog [^\n]*) >>\nendobj\n`)
	endForm     = regexp.MustCompile(`trailer\n<< /Size (\d{1,7}) /Root 1 0 R /Info 3 0 R /ID \[<([0-9a-f]{32})> <[0-9a-f]{32}>\] >>\nstartxref\n(\d{1,12})\n%%EOF\n\z`)
	fileForm    = regexp.MustCompile(`\A` + updateMark + `\d+ 0 obj\n<< /Type /EmbeddedFile /Subtype /application#2Fjson /Filter /FlateDecode /Length (\d{1,10}) >>\nstream\n`)
	nameForm    = regexp.MustCompile(`/Type /Filespec /F \(([A-Za-z0-9.-]{1,80})\)`)
)

// Inflate unpacks deflated data to at most limit bytes. whole is false if anything stands behind them.
func Inflate(packed []byte, limit int64) (data []byte, whole bool, err error) {
	in := bytes.NewReader(packed) // read byte by byte, so that what is left is what stands behind
	r, err := zlib.NewReader(in)
	if err != nil {
		return nil, false, err
	}
	data, err = io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return data, in.Len() == 0, err
}

// Attached takes the data out of a file that was written with an Attachment; limit says how many bytes packed data may become. body is what the
// data names; whole is false if anything behind body, the data aside, is not as the writer leaves it. The error is
// ErrNoAttachment, or wraps ErrAttachment.
func Attached(file []byte, limit func(packed []byte) int64) (body, data []byte, whole bool, err error) {
	at := bytes.LastIndex(file, []byte(updateMark))
	if at < 0 {
		return nil, nil, false, ErrNoAttachment
	}
	body, tail := file[:at], file[at:]
	head := fileForm.FindSubmatchIndex(tail)
	if head == nil {
		return nil, nil, false, fmt.Errorf("%w: its beginning is not as it was written", ErrAttachment)
	}
	n, err := strconv.Atoi(string(tail[head[2]:head[3]]))
	if err != nil || n > len(tail)-head[1] {
		return nil, nil, false, fmt.Errorf("%w: it is cut off", ErrAttachment)
	}
	z := tail[head[1] : head[1]+n]
	data, whole, err = Inflate(z, limit(z))
	if err != nil {
		return nil, nil, false, fmt.Errorf("%w: %v", ErrAttachment, err)
	}
	name := nameForm.FindSubmatch(tail[head[1]+n:])
	root, end := catalogForm.FindSubmatch(body), endForm.FindSubmatch(body[max(0, len(body)-400):])
	if name == nil || root == nil || end == nil {
		return body, data, false, nil
	}
	size, _ := strconv.Atoi(string(end[1])) // the expressions bound them
	startAt, _ := strconv.ParseInt(string(end[3]), 10, 64)
	if size <= infoNumber || size > 1<<20 {
		return body, data, false, nil
	}
	u := update{int64(at), size, string(root[1]), string(end[2]), startAt, string(name[1]), z}
	return body, data, whole && bytes.Equal(u.bytes(), tail), nil
}
