package viewmodel

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"

	"zhengyan/verify"
	"zhengyan/verify/page"
)

// openedEvidence is the number of files whose evidence is held unpacked: those that were looked at last.
const openedEvidence = 32

// maxEvidence bounds what kept evidence may unpack to, in bytes: it is read from a file that others could have written.
const maxEvidence = 32 << 20

// packed is what is kept of evidence: all of it, with the places that its JSON leaves out.
type packed struct {
	Evidence       *verify.Evidence `json:"e"`
	SignatureBox   page.Box         `json:"b,omitzero"`
	SignatureLabel page.Box         `json:"l,omitzero"`
}

// pack compresses evidence to some 3 KB a certificate, a tenth of what it takes in memory, so that ten thousand files
// stay small and can be kept over a restart.
func pack(ev *verify.Evidence) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed) // the error is for levels that do not exist
	if err := json.NewEncoder(w).Encode(whole(ev)); err != nil {
		return pack(&verify.Evidence{Input: ev.Input, Failure: &verify.Problem{Stage: "document", Code: "internal", Detail: "evidence cannot be kept: " + err.Error()}})
	}
	_ = w.Close() // writes to memory
	return bytes.Clone(b.Bytes())
}

// unpack is the other way round. What cannot be unpacked is evidence of that.
func unpack(b []byte, f File) *verify.Evidence {
	var p packed
	if err := json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxEvidence)).Decode(&p); err != nil {
		return broken(f, "kept evidence cannot be read: "+err.Error())
	}
	if p.Evidence == nil {
		return broken(f, "kept evidence is empty")
	}
	if p.Evidence.Fields != nil {
		p.Evidence.Fields.Certificate.SignatureBox, p.Evidence.Fields.Certificate.SignatureLabel = p.SignatureBox, p.SignatureLabel
	}
	return p.Evidence
}

func whole(ev *verify.Evidence) packed {
	p := packed{Evidence: ev}
	if ev.Fields != nil {
		p.SignatureBox, p.SignatureLabel = ev.Fields.Certificate.SignatureBox, ev.Fields.Certificate.SignatureLabel
	}
	return p
}

// cache holds the evidence that was used last.
type cache struct {
	most  int
	order []int
	held  map[int]*verify.Evidence
}

func newCache(most int) *cache { return &cache{most: most, held: map[int]*verify.Evidence{}} }

func (c *cache) get(id int) *verify.Evidence { return c.held[id] }

func (c *cache) put(id int, ev *verify.Evidence) {
	c.drop(id)
	c.held[id] = ev
	c.order = append(c.order, id)
	if len(c.order) > c.most {
		delete(c.held, c.order[0])
		c.order = c.order[1:]
	}
}

func (c *cache) drop(id int) {
	if c.held[id] == nil {
		return
	}
	delete(c.held, id)
	for i, o := range c.order {
		if o == id {
			c.order = append(c.order[:i:i], c.order[i+1:]...)
			return
		}
	}
}
