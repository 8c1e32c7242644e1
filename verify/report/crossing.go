package report

import (
	"fmt"
	"strings"

	"zhengyan/verify"
)

// Crossing is a set of files of a batch that have something in common. It is a hint to look, never a verdict.
type Crossing struct {
	What  string // in words of the report's language
	Value string
	Files []string
}

// RosterLine is one line of a check against the list of people that a bid must show.
type RosterLine struct {
	State, Name, Number, Differs, File string
}

// Crossings compares the files of a batch: the same bytes, the same number, the same person, PDFs made from one another.
func Crossings(rs []*verify.Report) []Crossing {
	w := batchWords(rs)
	var out []Crossing
	told := map[string]bool{} // sets of files that were named already
	for _, kind := range []struct {
		what string
		key  func(*verify.Report) (key, value string)
	}{
		{w.say("同一文件（SHA-256 相同）", "the same file (SHA-256)"), func(r *verify.Report) (string, string) {
			if r.Evidence != nil && r.Evidence.Part != nil { // certificates of one document share its bytes
				return "", ""
			}
			return r.Input.SHA256, r.Input.SHA256
		}},
		{w.say("同一注册编号", "the same registration number"), func(r *verify.Report) (string, string) {
			if r.Certificate.Number == "" {
				return "", ""
			}
			return string(r.Certificate.Kind) + "\n" + r.Certificate.Number, r.Certificate.Number
		}},
		{w.say("同一人（姓名与出生日期相同）", "the same person (name and date of birth)"), func(r *verify.Report) (string, string) {
			if r.Certificate.Name == "" || r.Certificate.Birth.IsZero() {
				return "", ""
			}
			return r.Certificate.Name + "\n" + r.Certificate.Birth.String(), r.Certificate.Name
		}},
	} {
		groups := map[string][]*verify.Report{}
		var order []string
		values := map[string]string{}
		for _, r := range rs {
			k, v := kind.key(r)
			if k == "" {
				continue
			}
			if len(groups[k]) == 0 {
				order = append(order, k)
			}
			groups[k], values[k] = append(groups[k], r), v
		}
		for _, k := range order {
			if len(groups[k]) < 2 {
				continue
			}
			c := Crossing{What: kind.what, Value: clean(values[k])}
			set := ""
			for _, r := range groups[k] {
				c.Files = append(c.Files, clean(r.Input.Name))
				set += fmt.Sprintf("%p ", r)
			}
			if !told[set] {
				told[set] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// crossingNote says what the list is worth.
func (w words) crossingNote() string {
	return w.say("以下仅为提示，供人工查看，不影响结论。", "These are hints for a person to look at; no verdict rests on them.")
}

func (c Crossing) files() string { return strings.Join(c.Files, "\n") }
