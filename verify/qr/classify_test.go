package qr

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"zhengyan/assets"
)

func loadHosts(t testing.TB) []Host {
	t.Helper()
	h, err := LoadHosts(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestClassify(t *testing.T) {
	hosts := loadHosts(t)
	for _, tc := range []struct {
		name, text string
		kind       PayloadKind
		forKinds   string
		warnings   string
		lookAlike  string
	}{
		{"constructor site", "https://jzsgl.coc.gov.cn/archisearch/x?id=1", PayloadKnownHost, "constructor-1", "", ""},
		{"upper case and trailing dot", "HTTPS://WWW.COC.GOV.CN./a", PayloadKnownHost, "constructor-1", "", ""},
		{"port", "https://jzsc.mohurd.gov.cn:8443/data", PayloadKnownHost, "architect-1", "", ""},
		{"qualification", "http://www.cpta.com.cn/certQuery.html", PayloadKnownHost, "qualification", "plain-http", ""},
		{
			"Beijing constructor", "http://zjw.beijing.gov.cn/cyry/PersonnelFile/CertCheckJZS.aspx?o=Zm9vYmFyMTIzNDU2Nzg5MA==",
			PayloadKnownHost, "constructor-2", "plain-http encrypted-key", "",
		},
		{
			"plus became space", "http://zjw.beijing.gov.cn/cyry/PersonnelFile/CertCheckJZS.aspx?o=Zm9v YmFyMTIz NDU2Nzg5MA==",
			PayloadKnownHost, "constructor-2", "plain-http space-in-key encrypted-key", "",
		},
		{"Beijing other path", "https://zjw.beijing.gov.cn/elsewhere?o=1", PayloadKnownHost, "", "unknown-path", ""},
		{"old bare address", "http://210.75.213.233/exam/PersonnelFile/CertCheck.aspx?o=abcd", PayloadKnownHost, "other", "plain-http bare-ip", ""},
		{
			"certype safety", "https://zlaq.mohurd.gov.cn/fwmh/middlepage.html?ID=1&k=2&certype=11100000000013338W011&province=110000",
			PayloadKnownHost, "other", "", "",
		},
		{
			"certype constructor", "https://zlaq.mohurd.gov.cn/fwmh/middlepage.html?certype=11100000000013338W001",
			PayloadKnownHost, "constructor-2", "", "",
		},
		{
			"certype unknown", "https://zlaq.mohurd.gov.cn/fwmh/middlepage.html?certype=11100000000013338W999",
			PayloadKnownHost, "", "certype-mismatch", "",
		},
		{"other system", "https://zscx.osta.org.cn/", PayloadKnownHost, "", "other-system", ""},
		{"subdomain trick", "https://jzsc.mohurd.gov.cn.evil.com/a", PayloadUnknownHost, "", "look-alike", "jzsc.mohurd.gov.cn"},
		{"hyphen trick", "https://jzsc-mohurd-gov-cn.com/a", PayloadUnknownHost, "", "look-alike", "jzsc.mohurd.gov.cn"},
		{"typing error", "https://jzsc.mohrud.gov.cn/a", PayloadUnknownHost, "", "look-alike", "jzsc.mohurd.gov.cn"},
		{"digit for letter", "https://jzsc.m0hurd.gov.cn/a", PayloadUnknownHost, "", "look-alike", "jzsc.mohurd.gov.cn"},
		{"rn for m", "https://jzsc.rnohurd.gov.cn/a", PayloadUnknownHost, "", "look-alike", "jzsc.mohurd.gov.cn"},
		{"Cyrillic", "https://www.сос.gov.cn/a", PayloadUnknownHost, "", "punycode look-alike", "www.coc.gov.cn"},
		{"punycode", "https://www.xn--1-7sbn.gov.cn/a", PayloadUnknownHost, "", "punycode", "*"},
		{"full width", "https://ｊzsc.mohurd.gov.cn/a", PayloadKnownHost, "architect-1", "punycode", ""},
		{"userinfo", "https://jzsc.mohurd.gov.cn@evil.example/a", PayloadUnknownHost, "", "userinfo look-alike", "jzsc.mohurd.gov.cn"},
		{"backslash ends the host", `https://evil.example\@jzsc.mohurd.gov.cn/a`, PayloadUnknownHost, "", "", ""},
		{"bare address", "http://192.0.2.7/x", PayloadUnknownHost, "", "plain-http bare-ip", ""},
		{"address as one number", "http://3221225991/x", PayloadUnknownHost, "", "plain-http bare-ip", ""},
		{"IPv6", "http://[2001:db8::1]:80/x", PayloadUnknownHost, "", "plain-http bare-ip", ""},
		{"unknown", "https://www.example.com/cert?id=5", PayloadUnknownHost, "", "", ""},
		{"another ministry host", "https://other.mohurd.gov.cn/x", PayloadUnknownHost, "", "", ""},
		{"no scheme", "www.cpta.com.cn/certQuery.html", PayloadKnownHost, "qualification", "", ""},
		{"identifier", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", PayloadIdentifier, "", "", ""},
		{"identifier, wrong check", "11100000000013338W011.11430000006122244L.20230000403.001.V", PayloadIdentifier, "", "check-digit", ""},
		{"labels", "姓名：张三丰\n注册编号：京1112015201600001\n有效期：2024-01-01至2026-12-31", PayloadFields, "", "", ""},
		{"bars", "一级建造师注册证书|张三丰|京1112015201600001|建筑工程|某某建设有限公司|2026-01-01|9f8e", PayloadFields, "", "", ""},
		{"opaque", "Zm9vYmFyMTIzNDU2Nzg5MA==", PayloadOpaque, "", "", ""},
		{"empty", "", PayloadOpaque, "", "", ""},
		{"control", "abc\x00def", PayloadOpaque, "", "control-characters", ""},
		{"javascript", "javascript:alert(1)", PayloadOpaque, "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := Classify(tc.text, []byte(tc.text), hosts)
			if p.Kind != tc.kind {
				t.Errorf("kind %s, want %s", p.Kind, tc.kind)
			}
			if got := strings.Join(p.For, " "); got != tc.forKinds {
				t.Errorf("for %q, want %q", got, tc.forKinds)
			}
			w := slices.Clone(p.Warnings)
			if tc.lookAlike == "*" {
				w = slices.DeleteFunc(w, func(s string) bool { return s == WarnLookAlike })
			}
			slices.Sort(w)
			want := strings.Fields(tc.warnings)
			slices.Sort(want)
			if !slices.Equal(w, want) {
				t.Errorf("warnings %q, want %q", w, want)
			}
			if tc.lookAlike != "*" && p.LookAlike != tc.lookAlike {
				t.Errorf("looks like %q, want %q", p.LookAlike, tc.lookAlike)
			}
		})
	}
}

func TestClassifyFields(t *testing.T) {
	for _, tc := range []struct{ text, name, value string }{
		{"姓名：张三丰\n注册编号：京1112015201600001", "number", "京1112015201600001"},
		{"姓名:张三丰;性别:男", "sex", "男"},
		{"一级建造师注册证书|张三丰|京1112015201600001|建筑工程|某某建设有限公司|2026-01-01|9f8e", "name", ""},
		{"一级建造师注册证书|张三丰|京1112015201600001|建筑工程|某某建设有限公司|2026-01-01|9f8e", "employer", "某某建设有限公司"},
		{"证照标识：11100000000013338W011.11430000006122244L.20230000403.001.U", "ecertID", "11100000000013338W011.11430000006122244L.20230000403.001.U"},
	} {
		p := Classify(tc.text, nil, nil)
		if p.Fields[tc.name] != tc.value {
			t.Errorf("%q: %s = %q, want %q", tc.text, tc.name, p.Fields[tc.name], tc.value)
		}
	}
}

// A value ends where the next label begins, and a bare word is nobody's name.
func TestReadableFields(t *testing.T) {
	const n = "京1112015201600001"
	for _, tc := range []struct{ text, want string }{
		{"姓名：张三丰 性别：男 注册编号：" + n, "name=张三丰 number=" + n + " sex=男"},
		{"注册编号:" + n + " 姓名:张三丰", "name=张三丰 number=" + n},
		{"注册编号:" + n + "姓名:张三丰", "name=张三丰 number=" + n},
		{"姓名:张三丰、注册编号:" + n, "name=张三丰 number=" + n},
		{"【姓名】：张三丰【注册编号】：" + n, "name=张三丰 number=" + n},
		{"姓 名：张三丰 性 别：男", "name=张三丰 sex=男"},
		{"姓名:张三丰注册编号:" + n, "name=张三丰? number=" + n},
		{"姓名：张三丰 原聘用企业：甲公司 聘用企业：乙公司", "employer=乙公司 name=张三丰"},
		{"原聘用企业：甲公司；姓名：张三丰", "name=张三丰"},
		{"姓名:张三丰 状态:有效", "name=张三丰"},
		{"企业名称：样例（北京） 建设有限公司，注册专业：建筑工程、市政公用工程", "employer=样例（北京） 建设有限公司 specialty=建筑工程、市政公用工程"},
		{"注册编号=" + n + "|建筑工程", "number=" + n},
		{n + "|一级|有效", "number=" + n + "?"},
		{"住建部|" + n + "|2027-05-13", "date=2027-05-13? number=" + n + "?"},
		{"甲|乙|丙", ""},
		{"姓名:", ""},
	} {
		p := Classify(tc.text, nil, nil)
		var got []string
		for k, v := range p.Fields {
			if slices.Contains(p.Guessed, k) {
				v += "?"
			}
			got = append(got, k+"="+v)
		}
		slices.Sort(got)
		if g := strings.Join(got, " "); g != tc.want {
			t.Errorf("%q: %s, want %s", tc.text, g, tc.want)
		}
	}
}

func TestLoadHosts(t *testing.T) {
	hosts := loadHosts(t)
	if len(hosts) < 10 {
		t.Errorf("only %d hosts", len(hosts))
	}
	for _, bad := range []string{
		``, `{}`, `{"version":"1","hosts":[]}`, `{"hosts":[{"host":"a.cn","owner":"x"}]}`,
		`{"version":"1","hosts":[{"host":"A.cn","owner":"x"}]}`, `{"version":"1","hosts":[{"host":"https://a.cn","owner":"x"}]}`,
		`{"version":"1","hosts":[{"host":"a.cn"}]}`,
	} {
		if _, err := LoadHosts(fstest.MapFS{hostsFile: {Data: []byte(bad)}}); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	if _, err := LoadHosts(fstest.MapFS{}); err == nil {
		t.Error("a missing list was accepted")
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("https://jzsc.mohurd.gov.cn@evil.example/a?o=ab cd")
	f.Add("姓名：张三丰|性别：男")
	f.Add("https://[::1%25]:/\\?=&;certype")
	f.Add("姓 名：张三丰注册编号:京1 【原聘用企业】=：")
	hosts := loadHosts(f)
	f.Fuzz(func(t *testing.T, s string) {
		p := Classify(s, []byte(s), hosts)
		if p.Kind == "" {
			t.Fatal("no kind")
		}
		if p.Kind == PayloadKnownHost && p.Owner == "" {
			t.Fatal("a known host without an owner")
		}
	})
}
