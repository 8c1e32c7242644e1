package verify

import "testing"

func TestPageLists(t *testing.T) {
	every := make([]int, 0, 100)
	for i := range 100 {
		every = append(every, 2*i)
	}
	for _, tt := range []struct {
		pages []int
		more  bool
		list  string
		runs  int
		open  bool
	}{
		{nil, false, "", 0, true},
		{nil, true, "", 0, true},
		{[]int{100, 200}, false, "101, 201", 2, false},
		{[]int{8, 7, 2, 6, 2}, false, "3, 7–9", 2, false},
		{[]int{0}, true, "1, …", 1, true},
	} {
		list := pageList(tt.pages, tt.more)
		runs, open := unreadPages(Problem{Stage: "fields", Code: notRead, Detail: list})
		if list != tt.list || len(runs) != tt.runs || open != tt.open {
			t.Errorf("%v: %q, %q, %v", tt.pages, list, runs, open)
		}
	}
	runs, open := unreadPages(Problem{Stage: "fields", Code: notRead, Detail: pageList(every, false)})
	if len(runs) != mostRuns || !open {
		t.Errorf("%d runs, more: %v", len(runs), open)
	}
	// What another problem says is no list of pages.
	if runs, open := unreadPages(Problem{Stage: "fields", Code: "timeout", Detail: "a, b"}); runs != nil || !open {
		t.Errorf("%q, %v", runs, open)
	}
}
