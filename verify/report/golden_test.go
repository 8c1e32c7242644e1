package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"zhengyan/verify"
)

// The golden files are written anew by `go test ./verify/report -run Golden -update`; look at them before committing.
func TestGolden(t *testing.T) {
	update := flag.Lookup("update") != nil && flag.Lookup("update").Value.String() == "true"
	full := func(r *verify.Report) func(*bytes.Buffer) error {
		return func(b *bytes.Buffer) error { return Full(b, r, Style{Width: 80}) }
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"passed.txt":     full(passed()),
		"failed.txt":     full(failed()),
		"failed-en.txt":  full(english(failed())),
		"unreadable.txt": full(unreadable()),
		"lines.txt": func(b *bytes.Buffer) error {
			for _, r := range batch() {
				if err := Line(b, r, Style{Width: 80}); err != nil {
					return err
				}
			}
			return nil
		},
		"batch.html": func(b *bytes.Buffer) error {
			err := WriteHTML(b, batch())
			b.Truncate(bytes.LastIndex(b.Bytes(), []byte(htmlLead))) // what is shown; the data that follow are tested apart
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if update {
				if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("differs from %s; it now reads\n%s", file, got.Bytes())
			}
		})
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden files anew")
	flag.Parse()
	os.Exit(m.Run())
}
