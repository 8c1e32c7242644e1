package report

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"zhengyan/verify/document"
	"zhengyan/verify/verifytest/reportschema"
)

// What a file of reports adds to each, and the second file of a pair, are what the published schema says; the rest of a report is
// held against it where certificates are judged.
func TestFilesAreAsTheSchemaSays(t *testing.T) {
	parts := map[string]*jsonschema.Schema{}
	for _, name := range []string{"print", "batch"} {
		parts[name] = reportschema.Of(t, "#/properties/"+name)
	}
	rs := batch()
	rs[0].Print = &document.Info{
		Name: "批次一/样例（打印）.jpg", Size: 4711, SHA256: rs[0].Input.SHA256, Format: document.FormatJPEG, Kind: document.InputPhoto,
		KindReason: document.ReasonEXIFCamera, Pages: 1,
	}
	o := Options{Stopped: &Stopped{Done: 5, Of: 12}}
	var out bytes.Buffer
	if err := o.WriteJSON(&out, rs); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	if len(lines) != len(rs) {
		t.Fatalf("%d lines of %d reports", len(lines), len(rs))
	}
	for i, line := range lines {
		read, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		of := read.(map[string]any)
		for name, schema := range parts {
			part, has := of[name]
			if want := name == "batch" || i == 0; has != want {
				t.Errorf("report %d: %s: %v", i+1, name, has)
			} else if !has {
				continue
			}
			if err := schema.Validate(part); err != nil {
				t.Errorf("report %d: %s: %v", i+1, name, err)
			}
		}
		if stopped := of["batch"].(map[string]any)["stopped"]; stopped == nil {
			t.Errorf("report %d does not say that the run was stopped", i+1)
		}
	}
}
