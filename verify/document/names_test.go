package document_test

import (
	"testing"

	"zhengyan/verify/document"
)

func TestPictureName(t *testing.T) {
	for name, want := range map[string]bool{"a.PNG": true, "dir/照片.jpeg": true, "a.tif": true, "a.pdf": false, "jpg": false, "a.jpg.zip": false, "": false} {
		if got := document.PictureName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
