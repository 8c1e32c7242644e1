package document

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// leastOFD are the entries of an OFD package with one document.
func leastOFD() []string {
	return []string{
		"OFD.xml", `<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
		"Doc_0/Document.xml", "<ofd:Document/>", "Doc_0/Res/image.png", "\x89PNG\r\n\x1a\n", "Doc_0/Attachs/a.pdf", "%PDF-",
	}
}

// An entry that is called as a package's is does not hide the certificates that lie beside it.
func TestNamesMakeNoPackage(t *testing.T) {
	dir := t.TempDir()
	with := func(more ...string) []byte { return zipFile(t, slices.Concat(leastOFD(), more)...) }
	var stored bytes.Buffer
	z := zip.NewWriter(&stored)
	for _, h := range []zip.FileHeader{{Name: "mimetype"}, {Name: "content.xml"}, {Name: "Pictures/1.png"}} {
		w, err := z.CreateHeader(&h)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, "application/vnd.oasis.opendocument.text")
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const png = "\x89PNG\r\n\x1a\n"
	for _, c := range []struct {
		name string
		b    []byte
		want []string
	}{
		{"an OFD package", with("Doc_0/x.xml", "<x/>", "note.xml", "<x/>"), []string{"x.zip"}},
		{"one byte", zipFile(t, "a.pdf", "%PDF-", "ofd.XML", "x"), []string{"x.zip!/a.pdf", "x.zip!/ofd.XML"}},
		{"another root", zipFile(t, "OFD.xml", "<x/>", "a.pdf", "%PDF-"), []string{"x.zip!/OFD.xml", "x.zip!/a.pdf"}},
		{"no document", zipFile(t, "OFD.xml", leastOFD()[1], "a.pdf", "%PDF-"), []string{"x.zip!/OFD.xml", "x.zip!/a.pdf"}},
		{"a certificate beside a package", with("b.dat", "%PDF-"), []string{"x.zip!/OFD.xml", "x.zip!/Doc_0/Document.xml", "x.zip!/Doc_0/Res/image.png", "x.zip!/Doc_0/Attachs/a.pdf", "x.zip!/b.dat"}},
		{"a picture beside a package", zipFile(t, append(leastOFD()[:4], "B/b", png)...), []string{"x.zip!/OFD.xml", "x.zip!/Doc_0/Document.xml", "x.zip!/B/b"}},
		{"OpenDocument", stored.Bytes(), []string{"x.zip"}},
		{"mimetype not first", zipFile(t, "a.pdf", "%PDF-", "mimetype", "application/epub+zip"), []string{"x.zip!/a.pdf", "x.zip!/mimetype"}},
		{"Office", zipFile(t, "[Content_Types].xml", "<x/>", "word/media/1.png", png), []string{"x.zip"}},
		{"a certificate beside Office", zipFile(t, "[Content_Types].xml", "<x/>", "d/a.pdf", "%PDF-"), []string{"x.zip!/[Content_Types].xml", "x.zip!/d/a.pdf"}},
		{"a picture beside a program", zipFile(t, "META-INF/MANIFEST.MF", "x", "a.png", png), []string{"x.zip!/META-INF/MANIFEST.MF", "x.zip!/a.png"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := expanded(dir, Limits{}, write(t, c.b, dir, "x.zip")); !slices.Equal(got, c.want) {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

// An entry's name stays within its archive.
func TestEntryNamesStayInside(t *testing.T) {
	for raw, want := range map[string]string{
		"/../../B/scan.png": "B/scan.png", `..\..\up.pdf`: "up.pdf", "a/./b//c.pdf": "a/b/c.pdf", "a/../": "a/", "../": "/", "..": "unnamed", "a..b/..c": "a..b/..c",
	} {
		if got := entryName(&zip.File{FileHeader: zip.FileHeader{Name: raw}}); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}
