package main

import (
	"strings"
	"testing"
)

// A file that a stage could not read raises the exit status as verify does, and is named; a picture carries no seal to look for.
func TestInspectSaysWhatItCouldNotRead(t *testing.T) {
	s := newShell(t)
	s.write("empty.pdf", "")
	s.write("notes.txt", "Nothing but words.")
	s.write("broken.pdf", "%PDF-1.7\n1 0 obj\n")
	s.write("small.pdf", smallPDF)
	for _, stage := range []string{"qr", "seal", "fields", "ink", "document"} {
		for name, why := range map[string]string{"empty.pdf": "empty", "notes.txt": "unsupported", "broken.pdf": "damaged", "missing.pdf": "not-found"} {
			if out, _ := s.run(exitUnreadable, "inspect "+stage+" --json @"+name); !strings.Contains(out, name+": "+why) {
				t.Errorf("%s %s: %s", stage, name, out)
			}
		}
	}
	if out, _ := s.run(exitOK, "inspect seal --json @small.pdf"); !strings.Contains(out, `"status":"unsigned"`) || strings.Contains(out, `"error"`) {
		t.Errorf("a PDF without a seal: %s", out)
	}
	s.write("photo.png", "\x89PNG\r\n\x1a\n")
	if out, _ := s.run(exitUnreadable, "inspect seal @photo.png"); !strings.Contains(out, "photo.png: this is a picture") {
		t.Errorf("a picture: %s", out)
	}
	if out, _ := s.run(exitUnreadable, "inspect seal --json @small.pdf @broken.pdf @small.pdf"); strings.Count(out, "\n") != 3 {
		t.Errorf("one row a file: %s", out)
	}
}

// smallPDF is a PDF of one empty page.
const smallPDF = `%PDF-1.4
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>
endobj
xref
0 4
0000000000 65535 f 
0000000009 00000 n 
0000000054 00000 n 
0000000105 00000 n 
trailer
<</Size 4/Root 1 0 R>>
startxref
170
%%EOF
`
