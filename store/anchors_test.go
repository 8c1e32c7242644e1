package store

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"zhengyan/verify/seal"
)

func certificate(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, NotBefore: now, NotAfter: now.AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestTrustFolder(t *testing.T) {
	tr := openData(t).Trust()
	if list, err := tr.List(); err != nil || len(list) != 0 {
		t.Fatalf("%v %v", list, err)
	}
	if _, err := os.Stat(tr.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Error("listing has created the folder")
	}
	root := certificate(t, "样例 根证书")
	a, err := tr.Add(root, seal.PurposeSeal, "root.pem", "from the stick", now)
	if err != nil || len(a.Certificates) != 1 {
		t.Fatalf("%+v %v", a, err)
	}
	if _, err := tr.Add(root, seal.PurposeSeal, "again.pem", "", now); !errors.Is(err, ErrAnchorKnown) {
		t.Errorf("twice: %v", err)
	}
	if _, err := tr.Add([]byte("no certificate"), "", "x", "", now); err == nil {
		t.Error("junk was added")
	}
	if _, err := tr.Add(root, "everything", "x", "", now); err == nil {
		t.Error("unknown purpose")
	}
	der, _ := pem.Decode(certificate(t, "B"))
	b, err := tr.Add(der.Bytes, "", "b.der", "", now)
	if err != nil {
		t.Fatal(err)
	}
	set, bad, err := seal.LoadAnchors(os.DirFS(tr.Dir()))
	if err != nil || len(bad) != 0 || set.Len() != 2 {
		t.Errorf("loaded %d, %v %v", set.Len(), bad, err)
	}

	// What was not put there by this program, or was changed, is shown.
	if err := os.WriteFile(filepath.Join(tr.Dir(), "stranger.pem"), certificate(t, "C"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tr.Dir(), filepath.FromSlash(a.File)), certificate(t, "D"), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := tr.List()
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v %v", list, err)
	}
	for _, x := range list {
		if wrong := x.File != b.File; (x.Problem != "") != wrong {
			t.Errorf("%s: problem %q", x.File, x.Problem)
		}
	}
	if _, err := tr.Remove("nothing"); !errors.Is(err, ErrAnchorUnknown) {
		t.Error(err)
	}
	for _, name := range []string{a.File, b.SHA256[:12], "stranger.pem"} {
		if _, err := tr.Remove(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := tr.List(); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}
