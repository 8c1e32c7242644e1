package verify_test

import (
	"context"
	"errors"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/verifytest"
)

// The registry is asked by what the code carries too: the code of another certificate leads to another record.
func TestTheRegistryIsAskedByTheCode(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	v := verifierWith(t, func(c *verify.Config) {
		c.Registry, c.Hosts = knowing{}, []qr.Host{{Host: "jzsgl.coc.gov.cn", For: []string{"constructor-1"}}}
	})
	const id = "1.2.156.3005.2.11100000000013338W999.11100000000013338W.202600888.001.T"
	for _, tt := range []struct{ name, code, key, id string }{
		{"a key", "https://jzsgl.coc.gov.cn/specimen/check?v=1&o=T1RIRVJQRVJTT04tMDAwMQ==", "T1RIRVJQRVJTT04tMDAwMQ==", ""},
		{"the key of another host", "https://example.invalid/check?o=T1RIRVJQRVJTT04tMDAwMQ==", "", ""},
		{"an identifier", id, "", id},
	} {
		s := verifytest.Good(fields.Constructor1)
		s.ID, s.QR = "asked", tt.code
		b, err := gen.PDF(s)
		if err != nil {
			t.Fatal(err)
		}
		ev, err := v.Gather(t.Context(), document.SourceBytes("a.pdf", b))
		if err != nil {
			t.Fatal(err)
		}
		want := verify.RegistryQuery{Kind: s.Kind, Number: s.Number, Name: s.Name, QRKey: tt.key, EcertID: tt.id}
		if ev.Registry == nil || ev.Registry.Query != want {
			t.Errorf("%s: asked %+v, want %+v", tt.name, ev.Registry, want)
		}
	}
}

// shared is a snapshot in which a key belongs to more records than one lookup returns.
type shared struct{ knowing }

func (s shared) Lookup(ctx context.Context, q verify.RegistryQuery) (verify.RegistryAnswer, error) {
	if q.QRKey != "" {
		return verify.RegistryAnswer{}, errors.New("too many records fit")
	}
	return s.knowing.Lookup(ctx, q)
}

func TestAKeyOfTooManyRecordsHidesNoNumber(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	s := verifytest.Good(fields.Constructor1)
	s.ID = "shared"
	b, err := gen.PDF(s)
	if err != nil {
		t.Fatal(err)
	}
	v := verifierWith(t, func(c *verify.Config) {
		c.Registry, c.Hosts = shared{}, []qr.Host{{Host: "jzsgl.coc.gov.cn", For: []string{"constructor-1"}}}
	})
	ev, err := v.Gather(t.Context(), document.SourceBytes("a.pdf", b))
	if err != nil {
		t.Fatal(err)
	}
	if r := ev.Registry; r == nil || r.Error != "" || !r.Answer.Found || r.Query.QRKey != "" {
		t.Errorf("got %+v", r)
	}
}
