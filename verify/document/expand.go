package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Expand turns paths into sources in input order: files as they are; folders as their files, sorted by name, folders
// below them likewise, hidden ones left out; ZIP archives as their entries. What can't be read comes as its own *Error
// in its place. A file that was named outright is never left out, whatever it is.
func Expand(ctx context.Context, paths []string, limits Limits) iter.Seq2[Source, error] {
	return ExpandTelling(ctx, paths, limits, nil)
}

// ExpandTelling is Expand and calls left with each file, folder and entry that it leaves out, before the sequence goes on. Of
// what the system itself puts into folders nothing is told.
func ExpandTelling(ctx context.Context, paths []string, limits Limits, left func(LeftOut)) iter.Seq2[Source, error] {
	e := &expander{ctx: ctx, limits: limits.orDefault(), left: left}
	return func(yield func(Source, error) bool) {
		e.yield = yield
		e.taken = 0
		for _, p := range paths {
			if !e.path(p, 0) {
				return
			}
		}
	}
}

type expander struct {
	ctx    context.Context
	limits Limits
	yield  func(Source, error) bool
	left   func(LeftOut)
	taken  int // files from folders
	// root is the folder that was named, walked are the folders below it and behind its links, by their real paths.
	root   string
	walked map[string]bool
}

func (e *expander) fail(code ErrorCode, name, detail string) bool {
	return e.yield(Source{}, fail(code, name, nil, "%s", detail))
}

// path expands one path; false stops.
func (e *expander) path(p string, depth int) bool {
	if e.ctx.Err() != nil {
		e.yield(Source{}, ctxError(e.ctx, p, "listing"))
		return false
	}
	src, err := SourceFile(p)
	if CodeOf(err) == ErrIsFolder {
		return e.folder(p, depth)
	}
	if err != nil {
		return e.yield(Source{}, err)
	}
	return e.file(src)
}

func (e *expander) folder(dir string, depth int) bool {
	if depth >= e.limits.FolderDepth {
		return e.fail(ErrFolderTooDeep, dir, "")
	}
	real := realPath(dir)
	if depth == 0 {
		e.root, e.walked = real, map[string]bool{}
	}
	if e.walked[real] { // a link has led here before
		return true
	}
	e.walked[real] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		if !e.yield(Source{}, fileError(dir, err)) {
			return false
		}
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	for _, entry := range entries {
		p := filepath.Join(dir, entry.Name())
		if hidden(entry.Name()) {
			e.leave(p, whyHidden(entry.Name(), entry.IsDir()))
			continue
		}
		if entry.Type()&fs.ModeSymlink != 0 && !e.follows(p) {
			continue
		}
		if !entry.IsDir() {
			if e.taken++; e.taken > e.limits.FolderEntries {
				e.fail(ErrFolderTooLarge, dir, "")
				return false
			}
		}
		if !e.path(p, depth+1) {
			return false
		}
	}
	return true
}

// follows reports whether a link is to be followed. One to a folder may run in a circle: a folder below the one that was named
// is found where it stands, and one above it holds what nobody named.
func (e *expander) follows(link string) bool {
	if st, err := os.Stat(link); err != nil || !st.IsDir() {
		return true
	}
	target := realPath(link)
	switch below, err := filepath.Rel(e.root, target); {
	case e.walked[target], err == nil && filepath.IsLocal(below) && !hiddenPath(filepath.ToSlash(below)):
		return false
	}
	if above, err := filepath.Rel(target, e.root); err == nil && filepath.IsLocal(above) {
		e.leave(link, LeftLinkUp)
		return false
	}
	return true
}

// realPath is a folder's path without links, as far as it can be told.
func realPath(dir string) string {
	if p, err := filepath.EvalSymlinks(dir); err == nil {
		dir = p
	}
	if p, err := filepath.Abs(dir); err == nil {
		dir = p
	}
	return dir
}

// hidden says which names nobody means when handing in a folder.
func hidden(name string) bool {
	return systemFile(name) || strings.EqualFold(name, "__macosx") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$")
}

// systemFile knows the files that systems put into every folder.
func systemFile(name string) bool {
	switch strings.ToLower(name) {
	case "thumbs.db", "desktop.ini", ".ds_store":
		return true
	}
	return false
}

// file gives a file, or the entries of a ZIP archive.
func (e *expander) file(src Source) bool {
	r, err := src.open()
	if err != nil {
		return e.yield(Source{}, named(err, src.Name, ErrNotReadable))
	}
	var head [4]byte
	_, _ = r.ReadAt(head[:], 0)
	if string(head[:]) != "PK\x03\x04" && string(head[:]) != "PK\x05\x06" {
		r.Close()
		return e.yield(src, nil)
	}
	defer r.Close()
	if src.Size > e.limits.ArchiveBytes {
		return e.fail(ErrTooLarge, src.Name, "archive")
	}
	z, err := listZIP(r, src.Size, e.limits)
	if err != nil {
		return e.yield(Source{}, named(err, src.Name, ErrDamaged))
	}
	if f, _ := zipFormat(z); f != FormatZIP {
		return e.yield(src, nil) // OFD, Office and the like: one file
	}
	return e.archive(src, z)
}

func (e *expander) archive(src Source, z *zip.Reader) bool {
	var total int64
	n := 0
	for _, f := range z.File {
		name := entryName(f)
		if strings.HasSuffix(name, "/") {
			continue
		}
		if hiddenPath(name) {
			e.leave(src.Name+"!/"+name, whyHiddenPath(name))
			continue
		}
		if e.ctx.Err() != nil {
			e.yield(Source{}, ctxError(e.ctx, src.Name, "listing"))
			return false
		}
		full := src.Name + "!/" + name
		size := int64(f.UncompressedSize64)
		n++
		switch {
		case n > e.limits.ArchiveEntries:
			return e.fail(ErrZIPEntries, src.Name, "")
		case f.Flags&1 != 0:
			if !e.fail(ErrZIPEncrypted, full, "archive entry") {
				return false
			}
			continue
		case size < 0 || size > e.limits.FileBytes:
			if !e.fail(ErrTooLarge, full, "archive entry") {
				return false
			}
			continue
		case size > e.limits.ArchiveRatioFrom && size/e.limits.ArchiveRatio > int64(f.CompressedSize64):
			if !e.fail(ErrZIPBomb, full, "archive entry") {
				return false
			}
			continue
		case !f.Mode().IsRegular():
			if !e.fail(ErrNotAFile, full, "archive entry") {
				return false
			}
			continue
		}
		if total += size; total > e.limits.ArchiveTotal {
			return e.fail(ErrZIPBomb, src.Name, "unpacked size of all entries")
		}
		if !e.yield(e.entry(src, f, full), nil) {
			return false
		}
	}
	if n == 0 {
		return e.fail(ErrNoFiles, src.Name, "")
	}
	return true
}

// entry is the source of an archive's entry, unpacked when it is opened.
func (e *expander) entry(src Source, f *zip.File, name string) Source {
	limit := e.limits.FileBytes
	offset, err := f.DataOffset()
	return Source{Name: name, Size: int64(f.UncompressedSize64), open: func() (reader, error) {
		if err != nil {
			return nil, fail(ErrDamaged, name, err, "archive entry")
		}
		b, err := unpack(src, f, offset, limit)
		if err != nil {
			return nil, named(err, name, ErrDamaged)
		}
		if format, _ := Sniff(b); format == FormatZIP {
			return nil, fail(ErrZIPNested, name, nil, "")
		}
		return nopCloser{bytes.NewReader(b)}, nil
	}}
}

// unpack reads one entry through the archive opened anew, so that no archive stays open between entries.
func unpack(src Source, f *zip.File, offset, limit int64) ([]byte, error) {
	r, err := src.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	packed := io.NewSectionReader(r, offset, int64(f.CompressedSize64))
	var in io.Reader
	switch f.Method {
	case zip.Store:
		in = packed
	case zip.Deflate:
		in = inflate(packed)
	default:
		return nil, fail(ErrUnsupported, "", nil, "archive entry, compression method %d", f.Method)
	}
	size := int64(f.UncompressedSize64)
	b, err := readAll(io.LimitReader(in, min(size, limit)+1), min(size, 1<<20))
	if err != nil {
		return nil, fail(ErrDamaged, "", err, "archive entry")
	}
	if int64(len(b)) != size {
		return nil, fail(ErrDamaged, "", nil, "archive entry is not as long as the archive says")
	}
	if checksum(b) != f.CRC32 {
		return nil, fail(ErrDamaged, "", nil, "archive entry, checksum")
	}
	return b, nil
}

// listZIP reads an archive's directory, which is bounded because every entry costs memory.
func listZIP(r io.ReaderAt, size int64, limits Limits) (z *zip.Reader, err error) {
	defer recovered(&err)
	b := &budgetReader{r: r, left: limits.ArchiveDirectory}
	z, err = zip.NewReader(b, size)
	if b.left < 0 {
		return nil, fail(ErrZIPEntries, "", nil, "directory over %d bytes", limits.ArchiveDirectory)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are only shown, nothing is written
		return nil, fail(ErrDamaged, "", err, "archive")
	}
	b.left = 1 << 62 // entries have limits of their own
	return z, nil
}

// budgetReader fails once more than its budget was read.
type budgetReader struct {
	r    io.ReaderAt
	left int64
}

func (b *budgetReader) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errors.New("over the limit")
	}
	return b.r.ReadAt(p, off)
}

// entryName decodes an entry's name: the Unicode extra field, UTF-8 with or without its flag, else GB 18030, which is
// what Windows in Chinese writes without saying so.
func entryName(f *zip.File) string {
	raw := f.Name
	if u, ok := unicodePath(f); ok {
		raw = u
	} else if f.NonUTF8 && !utf8.ValidString(raw) {
		raw = decodeGB([]byte(raw))
	}
	if name := withoutDots(clean(strings.ReplaceAll(raw, `\`, "/"))); name != "" {
		return name
	}
	return "unnamed"
}

// withoutDots drops the segments of a path that name no folder of their own. With ".." left in it an entry's name could
// claim the folder of another archive, and its certificate be paired with a print that lies there.
func withoutDots(name string) string {
	var kept []string
	for part := range strings.SplitSeq(name, "/") {
		if part != "" && part != "." && part != ".." {
			kept = append(kept, part)
		}
	}
	if strings.HasSuffix(name, "/") {
		return strings.Join(kept, "/") + "/" // a folder stays one
	}
	return strings.Join(kept, "/")
}

// unicodePath reads Info-ZIP's Unicode Path extra field (0x7075), valid only for the name it was made for.
func unicodePath(f *zip.File) (string, bool) {
	for x := f.Extra; len(x) >= 4; {
		id, n := uint16(x[0])|uint16(x[1])<<8, int(x[2])|int(x[3])<<8
		if 4+n > len(x) {
			break
		}
		d := x[4 : 4+n]
		if id == 0x7075 && n > 5 && d[0] == 1 && le32(d[1:]) == checksum([]byte(f.Name)) && utf8.Valid(d[5:]) {
			return string(d[5:]), true
		}
		x = x[4+n:]
	}
	return "", false
}

func hiddenPath(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if hidden(part) {
			return true
		}
	}
	return false
}

// decodeGB decodes GB 18030 unless the bytes are UTF-8 already.
func decodeGB(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(s)
}
