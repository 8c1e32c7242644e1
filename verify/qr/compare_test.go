package qr

import "testing"

func TestCompare(t *testing.T) {
	p := Classify("姓名：张三丰\n注册编号：京1112015201600001\n出生日期：1980年1月2日\n聘用企业：某某建设（集团）有限公司\n性别：男", nil, nil)
	got := Compare(p, map[string]string{
		"name": "张 三丰", "number": "京1112015201600002", "birth": "1980-01-02", "employer": "某某建设(集团)有限公司",
	})
	want := []Comparison{
		{"birth", "1980年1月2日", "1980-01-02", Agrees},
		{"employer", "某某建设（集团）有限公司", "某某建设(集团)有限公司", Agrees},
		{"name", "张三丰", "张 三丰", Agrees},
		{"number", "京1112015201600001", "京1112015201600002", Differs},
		{"sex", "男", "", Unstated},
	}
	if len(got) != len(want) {
		t.Fatalf("%d comparisons, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
	if c := Compare(Classify("https://www.coc.gov.cn/?o=Zm9vYmFyMTIzNDU2", nil, nil), map[string]string{"name": "张三丰"}); len(c) != 0 {
		t.Errorf("an encrypted key was compared: %+v", c)
	}
}
