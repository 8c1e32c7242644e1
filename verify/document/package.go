package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	// maxRootXML is how much of an OFD package's OFD.xml is read, which lists its documents.
	maxRootXML = 1 << 20
	// maxBeside bounds the entries outside of a package's own folders that are looked at. No package needs as many.
	maxBeside = 64
)

// zipFormat classifies an archive by its entries. A name alone makes no package: one empty entry of that name would turn an
// archive of certificates into a single file that is never judged.
func zipFormat(z *zip.Reader) (Format, string) {
	names := make([]string, len(z.File))
	for i, f := range z.File {
		names[i] = entryName(f)
	}
	if folders, ok := ofdFolders(z, names); ok {
		if holdsMore(z, names, func(name string) bool {
			top, _, found := strings.Cut(name, "/")
			return found && folders[top]
		}) {
			return FormatZIP, ""
		}
		return FormatOFD, ""
	}
	detail := otherPackage(z, names)
	if detail == "" || holdsMore(z, names, func(name string) bool {
		return strings.Contains(name, "/") && !strings.EqualFold(path.Ext(name), ".pdf")
	}) {
		return FormatZIP, ""
	}
	return FormatUnknown, detail
}

// otherPackage names the kind of a package that is not OFD; "" for a plain archive.
func otherPackage(z *zip.Reader, names []string) string {
	for i, f := range z.File {
		switch names[i] {
		case "[Content_Types].xml":
			return "msoffice"
		case "mimetype":
			// OpenDocument 1.3 part 2, 3.3, and EPUB OCF, 4.3: the first entry, stored.
			if b, err := head(f, 64); i == 0 && f.Method == zip.Store && err == nil && strings.HasPrefix(string(b), "application/") {
				return "package"
			}
		case "META-INF/MANIFEST.MF", "AndroidManifest.xml":
			return "program"
		}
	}
	return ""
}

// ofdRoot is the part of OFD.xml (GB/T 33190-2016, 7.4) that says where the documents are.
type ofdRoot struct {
	XMLName xml.Name `xml:"OFD"`
	Bodies  []struct {
		DocRoot string `xml:"DocRoot"`
	} `xml:"DocBody"`
}

// ofdFolders gives the folders of an OFD package's documents. ok is false where its OFD.xml names no document that is there.
func ofdFolders(z *zip.Reader, names []string) (folders map[string]bool, ok bool) {
	at := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, "OFD.xml") })
	if at < 0 {
		return nil, false
	}
	b, err := head(z.File[at], maxRootXML)
	if err != nil {
		return nil, false
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = false
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(charset), "gb") {
			return simplifiedchinese.GB18030.NewDecoder().Reader(in), nil
		}
		return in, nil
	}
	var root ofdRoot
	if d.Decode(&root) != nil {
		return nil, false
	}
	there := make(map[string]bool, len(names))
	for _, name := range names {
		there[name] = true
	}
	folders = map[string]bool{}
	for _, body := range root.Bodies {
		doc := withoutDots(strings.ReplaceAll(strings.TrimSpace(body.DocRoot), `\`, "/"))
		if !there[doc] {
			continue
		}
		ok = true
		if top, _, found := strings.Cut(doc, "/"); found {
			folders[top] = true
		}
	}
	return folders, ok
}

// holdsMore reports whether an archive holds files that can be judged, or might be, beside those of a package.
func holdsMore(z *zip.Reader, names []string, inside func(name string) bool) bool {
	n := 0
	for i, f := range z.File {
		name := names[i]
		if strings.HasSuffix(name, "/") || hiddenPath(name) || inside(name) {
			continue
		}
		if n++; n > maxBeside {
			return true
		}
		b, err := head(f, headerWindow)
		if err != nil || strings.HasPrefix(string(b), "PK\x03\x04") { // an archive is not looked into from here
			return true
		}
		if format, _ := Sniff(b); format != FormatUnknown {
			return true
		}
	}
	return false
}

var errNotPlain = errors.New("the entry is not stored or deflated in the open")

// head reads up to n bytes of an entry.
func head(f *zip.File, n int64) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, errNotPlain
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	switch f.Method {
	case zip.Store:
	case zip.Deflate:
		r = inflate(r)
	default:
		return nil, errNotPlain
	}
	return readAll(io.LimitReader(r, n), 0)
}
