package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"zhengyan/verify"
	"zhengyan/verify/report/pdfwrite"
)

// carriedName is the name of the JSON report inside a PDF report.
const carriedName = "zhengyan-report.json"

// shown names what a PDF or HTML report shows: all of the file before the data that it carries.
type shown struct {
	Form   string `json:"form"` // pdf or html
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// carried is the JSON report that a PDF or HTML report of the same run carries.
func (o Options) carried(rs []*verify.Report, form string, n int64, sum []byte) ([]byte, error) {
	var b bytes.Buffer
	err := o.encodeAll(&b, rs, &shown{form, n, hex.EncodeToString(sum)}, "")
	return b.Bytes(), err
}

// counted passes on what is written, and remembers how much and what.
type counted struct {
	w    io.Writer
	n    int64
	hash hash.Hash
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.hash.Write(p[:n])
	return n, err
}

// The data of an HTML report stands in an element that no browser shows or runs.
const (
	htmlLead = `<template id="zhengyan-data">`
	htmlTail = "</template>\n</body>\n</html>\n"
)

func (o Options) htmlTail(w io.Writer, rs []*verify.Report, page *counted) error {
	if len(rs) == 0 {
		_, err := io.WriteString(w, "</body>\n</html>\n")
		return err
	}
	data, err := o.carried(rs, "html", page.n, page.hash.Sum(nil))
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, htmlLead+base64.StdEncoding.EncodeToString(pdfwrite.Deflate(data))+htmlTail)
	return err
}

// sniffBytes is how far a report is known by its beginning.
const sniffBytes = 4096

// carrierOf says whether the file is a PDF ("pdf") or HTML ("html") report of this program, by how it begins; "" for
// neither. A report that was changed is one all the same.
func carrierOf(head []byte) string {
	head = head[:min(len(head), sniffBytes)]
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")) && bytes.Contains(head, []byte("/Producer (Zhengyan)")):
		return "pdf"
	case bytes.Contains(head, []byte(htmlGenerator)):
		return "html"
	}
	return ""
}

// htmlGenerator stands in the head of every HTML report.
const htmlGenerator = `<meta name="generator" content="Zhengyan"/>`

// IsReport says by the beginning of a file whether it is a PDF or HTML report, which ReadBatch reads. A file that cannot be
// read is none.
func IsReport(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, sniffBytes))
	return err == nil && carrierOf(head) != ""
}

func readCarried(form string, raw []byte) (*Batch, error) {
	body, data, whole, err := []byte(nil), []byte(nil), false, error(nil)
	if form == "pdf" {
		body, data, whole, err = pdfwrite.Attached(raw, inflated)
	} else {
		body, data, whole, err = htmlCarried(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoData, err)
	}
	sum := sha256.Sum256(body)
	b, err := readBatch(data, &shown{form, int64(len(body)), hex.EncodeToString(sum[:])})
	if err == nil && !whole {
		b.Integrity = Changed
	}
	return b, err
}

// ErrNoData is wrapped where a PDF or HTML report does not carry its data, or not in a form that can be read.
var ErrNoData = errors.New("a report without its data")

var errNoTemplate = errors.New("the page has no data")

func htmlCarried(raw []byte) (body, data []byte, whole bool, err error) {
	at := bytes.LastIndex(raw, []byte(htmlLead))
	if at < 0 {
		return nil, nil, false, errNoTemplate
	}
	text, rest, ok := bytes.Cut(raw[at+len(htmlLead):], []byte("</template>"))
	if !ok {
		return nil, nil, false, errors.New("the data are cut off")
	}
	// The text must be what the writer makes of the data and nothing else: a browser may see an end of the element where
	// this program sees none, and show what stands behind it.
	z, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil || base64.StdEncoding.EncodeToString(z) != string(text) {
		return nil, nil, false, errors.New("the data are not as they were written")
	}
	data, whole, err = pdfwrite.Inflate(z, inflated(z))
	return raw[:at], data, whole && string(rest) == htmlTail[len("</template>"):], err
}

// inflated bounds what packed data may become. Reports shrink to a sixth or less, so that 64 times is ample, and no small
// file takes all the memory.
func inflated(packed []byte) int64 { return min(MaxCarried, 64*int64(len(packed))+1<<20) }
