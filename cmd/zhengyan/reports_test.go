package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A report never replaces a file that is to be judged, however it is named and whatever --force says.
func TestReportSparesTheInput(t *testing.T) {
	s := newShell(t)
	const kept = "evidence"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("x.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(kept)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.path("@d"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.write("c.pdf", kept)
	s.write("d/ok.pdf", kept)
	s.write("packed.html", b.String())
	s.write("d/damaged.xlsx", b.String()[:40])
	if err := os.Link(s.path("@c.pdf"), s.path("@same.pdf")); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"--report @c.pdf @c.pdf", "--report @d/ok.pdf @d", "--report @same.pdf @c.pdf", "--report @d/../c.pdf @d @c.pdf",
		"--report @packed.html @packed.html", "--report @d/damaged.xlsx @d", "--report @new.html --report @c.pdf @c.pdf",
	} {
		out, errs := s.run(exitUsage, "verify --force "+line)
		s.contains(errs, "that is one of the files to be judged", "hint: ")
		if out != "" {
			t.Errorf("%s: work was begun:\n%s", line, out)
		}
	}
	for _, name := range []string{"c.pdf", "d/ok.pdf"} {
		if got, err := os.ReadFile(filepath.Join(s.dir, name)); err != nil || string(got) != kept {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	s.write("old.html", "an older report")
	s.run(exitUnreadable, "verify --force --report @old.html @d")
	s.run(exitUnreadable, "verify --report @d/new.html @d/ok.pdf")
}

// Who is handed a report alone learns that not all of what was opened was read.
func TestReportsSayWhatWasLeftOut(t *testing.T) {
	s := newShell(t)
	if err := os.Mkdir(s.path("@d"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.write("d/a.txt", "no certificate")
	notes := map[string]string{"zh": "另有 2 项未核验：隐藏文件、临时文件", "en": "Left out: 2 (hidden files, temporary files)"}
	for _, more := range [][]string{nil, {".b.pdf", "~$a.docx"}} {
		for _, name := range more {
			s.write("d/"+name, "no certificate")
		}
		for lang, note := range notes {
			s.run(exitUnreadable, "verify --force --lang "+lang+" --report @r.html @d")
			b, err := os.ReadFile(s.path("@r.html"))
			if said := bytes.Contains(b, []byte(note)); err != nil || said != (more != nil) {
				t.Errorf("%s, besides %q: said %t, %v", lang, more, said, err)
			}
		}
	}
}
