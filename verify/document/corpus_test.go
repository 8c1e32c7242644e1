package document

import (
	"context"
	"io/fs"
	"path/filepath"
	"testing"
)

// Files of other people's collections, some of them broken on purpose: each is read or refused with a reason, and what
// opens can be read to the end. One in sample is taken; the whole takes minutes.
func TestCorpus(t *testing.T) {
	for dir, sample := range map[string]int{"pdfsig": 8, "qr": 60} {
		t.Run(dir, func(t *testing.T) {
			root := corpus(t, dir)
			e := testEngine(t)
			n, opened := 0, 0
			err := filepath.WalkDir(root, func(p string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() || filepath.Ext(p) == ".tsv" {
					return err
				}
				if n++; n%sample != 0 {
					return nil
				}
				src, err := SourceFile(p)
				if err != nil {
					return err
				}
				d, err := e.Open(context.Background(), src)
				if err != nil {
					switch CodeOf(err) {
					case ErrEncrypted, ErrOFD, ErrDamaged, ErrUnsupported:
					default:
						t.Error(err)
					}
					return nil
				}
				defer d.Close()
				opened++
				if i := d.Info(); i.Pages < 1 || i.Kind == "" || i.KindReason == "" || len(i.SHA256) != 64 {
					t.Errorf("%+v", i)
				}
				s, err := d.PageSize(0)
				if err != nil {
					t.Error(err)
				}
				text, err := d.Text(context.Background(), 0)
				if err != nil || text.Width != s.Width || text.Height != s.Height {
					t.Errorf("%s: text %v, %v × %v of %v", p, err, text.Width, text.Height, s)
				}
				if _, err := d.Images(context.Background(), 0); err != nil {
					t.Error(err)
				}
				if _, err := d.Render(context.Background(), 0, 40); err != nil {
					t.Error(err)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if opened == 0 {
				t.Error("nothing was opened")
			}
		})
	}
}
