package report

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/report/pdfwrite"
)

// A PDF or HTML report says of itself whether anything that it shows was changed, and gives the reports of its run.
func TestCarriedReports(t *testing.T) {
	rs := batch()
	o := Options{Checkpoint: "zhengyan-audit/x\n3\nabc\n"}
	o.PDF.Font = testFont()
	for form, write := range map[string]func(io.Writer) error{
		"pdf":  func(w io.Writer) error { return o.WritePDF(w, rs) },
		"html": func(w io.Writer) error { return o.WriteHTML(w, rs) },
	} {
		t.Run(form, func(t *testing.T) {
			var out bytes.Buffer
			if err := write(&out); err != nil {
				t.Fatal(err)
			}
			file := out.Bytes()
			path := filepath.Join(t.TempDir(), "report")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if !IsReport(path) {
				t.Error("it is not known for a report")
			}
			b, err := ReadBatch(bytes.NewReader(file))
			if err != nil || b.Integrity != Unchanged || len(b.Reports) != len(rs) || b.Missing != 0 {
				t.Fatalf("%+v, %v", b, err)
			}
			for i, r := range b.Reports {
				if diff := Differences(rs[i], r.Report); len(diff) > 0 || r.Checkpoint != o.Checkpoint {
					t.Errorf("report %d: %v, checkpoint %q", i, diff, r.Checkpoint)
				}
			}
			// Any byte that is changed shows, wherever it lies: none of the answers is "unchanged".
			for at := 0; at < len(file); at += max(1, len(file)/400) {
				bad := bytes.Clone(file)
				bad[at] ^= 0x21
				if b, err := ReadBatch(bytes.NewReader(bad)); err == nil && b.Integrity == Unchanged {
					t.Errorf("byte %d of %d: %q was taken for %q", at, len(file), bad[at], file[at])
				}
			}
			for name, bad := range map[string][]byte{
				"behind the data": bytes.Replace(file, []byte("</template>"), []byte("</TEMPLATE><style>article{display:none}</style><h1>x</h1><template></template>"), 1),
				"in the data":     bytes.Replace(file, []byte("</template>"), []byte("\n</template>"), 1),
				"appended":        append(bytes.Clone(file), "\n% more\n"...),
				"doubled":         append(bytes.Clone(file), file...),
				"cut":             file[:len(file)-9],
			} {
				if bytes.Equal(bad, file) { // a PDF has no such element
					continue
				}
				if b, err := ReadBatch(bytes.NewReader(bad)); err == nil && b.Integrity == Unchanged {
					t.Errorf("%s: unchanged", name)
				}
			}
		})
	}
}

// A page that is taken from one report does not go with the data of another.
func TestCarriedDataOfAnotherReport(t *testing.T) {
	var one, two bytes.Buffer
	if err := errors.Join(WriteHTML(&one, batch()), WriteHTML(&two, batch()[:1])); err != nil {
		t.Fatal(err)
	}
	page, _, _ := strings.Cut(one.String(), htmlLead)
	_, data, _ := strings.Cut(two.String(), htmlLead)
	if b, err := ReadBatch(strings.NewReader(page + htmlLead + data)); err != nil || b.Integrity != Changed {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := ReadBatch(strings.NewReader(page + "</body></html>")); !errors.Is(err, ErrNoData) {
		t.Errorf("without its data: %v", err)
	}
	// The data alone, as a JSON file, are not the JSON report of the run.
	var carried []byte
	carried, err := Options{}.carried(batch(), "html", 3, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := ReadBatch(bytes.NewReader(carried)); err != nil || b.Integrity != Changed {
		t.Errorf("%+v, %v", b, err)
	}
}

// Programs that know nothing of this package find the data in the PDF, and no fault with it.
func TestPeersReadTheAttachment(t *testing.T) {
	if assets.Font() == nil {
		t.Skip("this build carries no Chinese font")
	}
	list, err := exec.LookPath("pdfdetach")
	if err != nil {
		t.Skip("pdfdetach is not installed")
	}
	file := filepath.Join(t.TempDir(), "r.pdf")
	if err := WriteFile(file, batch()); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "out.json")
	if b, err := exec.CommandContext(t.Context(), list, "-save", "1", "-o", to, file).CombinedOutput(); err != nil || len(b) > 0 {
		t.Fatalf("%v: %s", err, b)
	}
	if b, err := exec.CommandContext(t.Context(), "pdftotext", file, "-").CombinedOutput(); err != nil || !bytes.Contains(b, []byte("SHA-256")) {
		t.Fatalf("%v: %.200s", err, b)
	}
}

// A few kilobytes that unpack to very much, or to very many parts, are refused before they take the memory.
func TestCarriedBombs(t *testing.T) {
	many := []byte(`{"mediaType":"` + verify.MediaType + `","evidence":{},"checks":[` + strings.Repeat("{},", maxParts) + `{}]}`)
	if _, err := ReadBatch(bytes.NewReader(many)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("many parts: %v", err)
	}
	page := "<!DOCTYPE html>" + htmlGenerator + htmlLead + base64.StdEncoding.EncodeToString(pdfwrite.Deflate(make([]byte, 64<<20))) + htmlTail
	if _, err := ReadBatch(strings.NewReader(page)); !errors.Is(err, ErrNoData) {
		t.Errorf("%d bytes that unpack to 64 MB: %v", len(page), err)
	}
}

// What stands behind the data inside their stream shows.
func TestSlackBehindTheData(t *testing.T) {
	packed := pdfwrite.Deflate([]byte("{}"))
	if b, whole, err := pdfwrite.Inflate(packed, 10); string(b) != "{}" || !whole || err != nil {
		t.Errorf("%q, %v, %v", b, whole, err)
	}
	if _, whole, _ := pdfwrite.Inflate(append(packed, "more"...), 10); whole {
		t.Error("slack is taken for a part of the data")
	}
	if _, _, err := pdfwrite.Inflate(packed, 1); err == nil {
		t.Error("more than the limit is unpacked")
	}
}
