package fields

import (
	"testing"

	"zhengyan/verify/page"
)

// TestDoubles: two boxes around the same print are read once, and what they read differently is not believed.
func TestDoubles(t *testing.T) {
	tab := tables(t)
	plain := func(x, y float64, s string, conf float64) box {
		b := boxes([]item{{"", x, y, 12, s}})[0]
		return b.trusted(conf)
	}
	rest := boxes(with(constructorFace(), map[string]string{"issue": ""}))
	date := func(s string, conf float64) box { return plain(370, 732, s, conf) }
	whole := date("签发日期：2024年3月12日", 0.99)
	for _, c := range []struct {
		name string
		bs   []box
		want string
		most float64 // confidence
	}{
		{"one box", []box{whole}, "2024-03-12", 1},
		{"twice", []box{whole, whole.shifted(0.1, 0.1)}, "2024-03-12", 1},
		{"twice, half a line apart", []box{whole, whole.shifted(0.1, 0.5)}, "2024-03-12", 1},
		{"the value once more", []box{whole, whole.part(5, 15).shifted(0, 0.1)}, "2024-03-12", 1},
		{"the value once more, poorly", []box{whole, whole.with(13, '口', 0.6).part(5, 15).trusted(0.6)}, "2024-03-12", poorCeiling},
		{"the value once more, another day", []box{whole, whole.with(13, '7', 0.98).part(5, 15)}, "", 1},
		{"one has a digit less", append([]box{whole}, whole.part(5, 15).without(7, 8)...), "2024-03-12", 1},
		{"two that share the middle", []box{whole.part(0, 11), whole.part(7, 15).shifted(0, 0.3)}, "2024-03-12", 1},
		{"lettering of a seal across", []box{whole, plain(400, 735, "章专", 0.6)}, "", 1},
	} {
		r := Read([]page.Text{boxText(append(rest[:len(rest):len(rest)], c.bs...))}, tab)
		if got := r.Certificate.IssueDate.String(); got != c.want && !(c.want == "" && r.Certificate.IssueDate.IsZero()) {
			t.Errorf("%s: %q, not %q; %+v", c.name, got, c.want, r.Problems)
		}
		for _, f := range r.Fields {
			if f.Name == "issueDate" && f.Value != "" && f.Confidence > c.most {
				t.Errorf("%s: %v", c.name, f.Confidence)
			}
		}
	}
	// Lines of a form are not taken for each other, however near their boxes come.
	near := boxes(constructorFace())
	for i := range near {
		near[i].y, near[i].h = near[i].y-0.2*near[i].h, 1.4*near[i].h
	}
	if r := Read([]page.Text{boxText(near)}, tab); len(r.Certificate.Specialties) != 2 || len(r.Problems) != 0 {
		t.Errorf("%+v %+v", r.Certificate, r.Problems)
	}
}
