package qr

import "slices"

// joinAppended replaces the symbols of a structured-append sequence by one code with their joined text, if all parts
// are there and the parity data is that of the whole message. Incomplete sequences stay as they are.
func joinAppended(res *Result) {
	type key struct {
		total  int
		parity byte
	}
	groups := map[key][]int{}
	for i, c := range res.Codes {
		if c.Append != nil && c.Append.Total > 1 {
			k := key{c.Append.Total, c.Append.Parity}
			groups[k] = append(groups[k], i)
		}
	}
	drop := map[int]bool{}
	for k, idx := range groups {
		parts := make([]int, k.total)
		for i := range parts {
			parts[i] = -1
		}
		twice := false
		for _, i := range idx {
			n := res.Codes[i].Append.Index
			if n >= k.total {
				continue
			}
			if parts[n] >= 0 && string(res.Codes[parts[n]].Bytes) != string(res.Codes[i].Bytes) {
				twice = true
			}
			parts[n] = i
		}
		if twice || slices.Contains(parts, -1) {
			continue
		}
		joined := res.Codes[parts[0]]
		joined.Bytes, joined.Text = nil, ""
		for _, i := range parts {
			joined.Bytes = append(joined.Bytes, res.Codes[i].Bytes...)
		}
		var parity byte
		for _, b := range joined.Bytes {
			parity ^= b
		}
		if parity != k.parity {
			continue
		}
		whole := &payload{segments: []segment{{kind: byteSegment, eci: noECI, data: joined.Bytes}}}
		// Parts that name their charset have been read in it; otherwise a character may be cut in two between parts.
		if stated(res.Codes, parts) {
			for _, i := range parts {
				joined.Text += res.Codes[i].Text
			}
		} else {
			joined.Text, joined.Charset, joined.Guessed = whole.text()
		}
		joined.Append = &Append{Total: k.total, Parity: k.parity, Joined: true}
		res.Codes[parts[0]] = joined
		for _, i := range idx {
			if i != parts[0] {
				drop[i] = true
			}
		}
	}
	if len(drop) > 0 {
		kept := res.Codes[:0]
		for i, c := range res.Codes {
			if !drop[i] {
				kept = append(kept, c)
			}
		}
		res.Codes = kept
	}
}

// stated reports whether all parts name one charset.
func stated(codes []Code, parts []int) bool {
	for _, i := range parts {
		if codes[i].Guessed || codes[i].Charset != codes[parts[0]].Charset || codes[i].Charset == charsetASCII {
			return false
		}
	}
	return true
}
