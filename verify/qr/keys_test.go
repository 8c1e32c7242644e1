package qr

import (
	"slices"
	"testing"
)

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		url  string
		want []string
	}{
		{"https://jzsgl.coc.gov.cn/q?o=U1BFQ0k=&v=1", []string{"U1BFQ0k=", "1"}},
		{"https://jzsgl.coc.gov.cn/q?v=1;k=U1 BF%2FQ0#k=later", []string{"U1+BF/Q0", "1"}},
		{"https://jzsgl.coc.gov.cn/q?o=%zz&=&k", []string{"%zz"}},
		{"https://jzsgl.coc.gov.cn/U1BFQ0k=", nil},
		{"", nil},
	} {
		if got := (&Payload{URL: tt.url}).Keys(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: want %q, got %q", tt.url, tt.want, got)
		}
	}
}

func TestIdentifiersAsText(t *testing.T) {
	for _, s := range []string{
		"1.2.156.3005.2.11100000000013338W999.11100000000013338W.202600001.001.X", "11100000000013338W999.110000.A1.002.0",
	} {
		id, err := CheckEcertID(s)
		if err != nil || id.Text() != s {
			t.Errorf("%s comes back as %s (%v)", s, id.Text(), err)
		}
	}
}
