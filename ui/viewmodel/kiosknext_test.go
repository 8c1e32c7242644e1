package viewmodel_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/rules"
)

// told is an engine that answers with one report.
type told struct {
	visitors
	rep *verify.Report
}

func (e *told) Judge(*verify.Evidence, verify.Question) *verify.Report { return e.rep }

// A visitor is told no step that only the staff can take, whichever rule decides, and every other one as it is.
func TestKioskTellsVisitorsWhatTheyCanDo(t *testing.T) {
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	staffs := map[viewmodel.Lang]*regexp.Regexp{
		viewmodel.Chinese: regexp.MustCompile(`zhengyan |窗口的|管理员|更新快照|吊销列表|识别组件|系统时间|重新启动|读取权限|文件没有被移走|较空闲的计算机`),
		viewmodel.English: regexp.MustCompile(`zhengyan |the window's page|administrator|update the snapshot|revocation list|install|clock|start the program|right to read|was not moved|Try again; `),
	}
	for lang, staff := range staffs {
		m := messages(t, lang)
		instead := 0
		for i := range book.Rules {
			r := &book.Rules[i]
			next := r.Next.In(string(lang))
			if next == "" {
				continue
			}
			codes := []string{""}
			if r.ID == "D-01" {
				codes = append(codes, r.Params.Words...)
			}
			ev := &verify.Evidence{}
			if r.Condition == "picture-unread" {
				ev.Problems = []verify.Problem{{Stage: "ocr", Code: "no-reader"}}
			}
			for _, code := range codes[min(1, len(codes)-1):] {
				rep := &verify.Report{
					Indication: verify.Indeterminate, Reason: "why", Next: next, Evidence: ev, Checks: []verify.Check{
						{Rule: r.ID, ID: r.Step, Sub: r.Sub, Message: "another", Next: "another"},
						{Rule: r.ID, ID: r.Step, Sub: r.Sub, Message: "why", Next: next},
					},
				}
				if code != "" {
					rep.Error = &verify.FileError{Code: code, Message: "why", Next: next}
				}
				s := newStand(t, &told{rep: rep})
				s.k.Close()
				s.start(&told{rep: rep}, m)
				s.k.Open("", []string{"a.pdf"})
				s.answer()
				got := s.k.Result().Next
				if staff.MatchString(got) {
					t.Errorf("%s %s %s: a visitor is told %q", lang, r.ID, code, got)
				}
				if staff.MatchString(next) {
					instead++
					if !slices.ContainsFunc([]string{"工作人员", "staff"}, func(w string) bool { return strings.Contains(got, w) }) {
						t.Errorf("%s %s %s: %q names nobody to ask", lang, r.ID, code, got)
					}
				} else if got != next {
					t.Errorf("%s %s %s: %q for %q", lang, r.ID, code, got, next)
				}
			}
		}
		if instead < 15 {
			t.Errorf("%s: %d steps for the staff", lang, instead)
		}
	}
}
