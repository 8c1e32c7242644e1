package seal

import (
	"os"
	"path/filepath"
	"testing"
)

func TestKnown(t *testing.T) {
	list := KnownCAs()
	if len(list) != 88 {
		t.Fatalf("%d authorities", len(list))
	}
	seen := map[string]bool{}
	roots := 0
	for _, k := range list {
		if seen[k.SHA256] || k.Subject == "" || k.NotAfter.Year() < 2020 {
			t.Errorf("%+v", k)
		}
		seen[k.SHA256] = true
		if k.Root {
			roots++
		}
	}
	if roots != 2 || !list[0].Root || !list[1].Root {
		t.Errorf("%d roots", roots)
	}
	if _, ok := Known("00"); ok {
		t.Error("an unknown fingerprint is known")
	}
	if k, ok := Known("9C28D3847414BFFF1A5749E7E2381146F82842083E8C592E16A612D04A5BA8CD"); !ok || k.Subject != "C=CN,O=NRCAC,CN=ROOTCA" {
		t.Errorf("%+v %v", k, ok)
	}
}

// The two roots, where they are at hand, are those of the list, and hold what their names say.
func TestKnownRootsFiles(t *testing.T) {
	dir := filepath.Join(corpusDir(t), "..", "..", "roots")
	for _, n := range []string{"NRCAC_ROOTCA.pem", "NRCAC_Civil_Servant_ROOT.pem"} {
		b, err := os.ReadFile(filepath.Join(dir, n))
		if err != nil {
			t.Skip(err)
		}
		a, err := NewAnchors(b)
		if err != nil {
			t.Fatal(err)
		}
		c := a.List()[0]
		k, ok := Known(c.SHA256)
		if !ok || !k.Root || c.Known != k.Subject || c.KeyAlg != "SM2" || k.NotAfter.Format("2006-01-02") != c.NotAfter.Format("2006-01-02") {
			t.Errorf("%s: %+v, %+v", n, c, k)
		}
		if ok, err := a.list[0].cert.signedBy(a.list[0].cert); !ok || err != nil {
			t.Errorf("%s does not sign itself: %v", n, err)
		}
	}
}
