package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"zhengyan/verify"
)

func writeHTML(t *testing.T, rs []*verify.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, rs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTMLEdges(t *testing.T) {
	for name, c := range map[string]struct {
		rs   []*verify.Report
		want string
	}{
		"no file":     {nil, "没有核验任何文件"},
		"zero report": {[]*verify.Report{{}}, "无法确定"},
		"unreadable":  {[]*verify.Report{unreadable()}, "这个文件读不了。"},
		"english":     {[]*verify.Report{english(passed())}, "No network connection was made"},
		"no snapshot": {[]*verify.Report{indeterminate()}, "<dt>注册库快照</dt><dd>没有</dd>"},
	} {
		t.Run(name, func(t *testing.T) {
			if text := writeHTML(t, c.rs); !strings.Contains(text, c.want) || !strings.HasSuffix(text, "</html>\n") {
				t.Errorf("%q is missing, or the page ends early", c.want)
			}
		})
	}
}

// No text of a stranger becomes a tag, an attribute or a control; nothing is fetched from anywhere.
func TestHTMLHostile(t *testing.T) {
	r := failed()
	for _, p := range []*string{
		&r.Reason, &r.Next, &r.Certificate.Title, &r.Certificate.Number, &r.Input.SHA256, &r.Disclaimer, &r.Program, &r.Rules.Version,
		&r.Policy.Name, &r.Checks[0].Title, &r.Checks[0].Message, &r.Checks[0].Quote, &r.Checks[0].Clause, &r.Checks[0].Evidence[0].Name, &r.Checks[0].Evidence[0].Value,
		&r.Usage.Terms[0].Label, &r.Trust.Digest, &r.Snapshot.ID,
	} {
		*p = hostileName
	}
	text := writeHTML(t, []*verify.Report{r, r})
	for _, bad := range []string{"<script", "\x1b", "\u202e", "\u2066", "<img", "javascript:"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q got through", bad)
		}
	}
	if m := regexp.MustCompile(`(?i)(src|href)\s*=\s*"([^#"][^"]*)"|url\(|@import`).FindString(text); m != "" {
		t.Errorf("an outside resource: %q", m)
	}
	wellFormed(t, text)
}

// wellFormed checks that each element is closed, in order.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.Entity = true, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
	}
}

func TestHTMLIsWellFormed(t *testing.T) { wellFormed(t, writeHTML(t, batch())) }
