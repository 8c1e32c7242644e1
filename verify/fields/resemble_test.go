package fields

import "testing"

func TestResembles(t *testing.T) {
	tab := tables(t)
	for text, want := range map[string]bool{
		"一级建造师注册证书":       true,
		"中华人民共和国一级建造师":    true,  // the first of two lines
		"注册证书":            true,  // the second
		"级建适师主册证节":        true,  // some characters misread
		"专 业 技 术 人 员 职 业": true,  // spaced
		"投标文件":            false, // no title's words
		"聘用企业：样例建设有限公司":   false,
		"2024-05-14":      false,
		"":                false,
		"\xff\xfe证书":      true, // bytes that are no text harm nothing
	} {
		if got := tab.Resembles(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
