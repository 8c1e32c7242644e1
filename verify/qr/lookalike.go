package qr

import (
	"strings"
)

// lookAlike returns the known host that an unknown one resembles, or "": the same after confusable characters are
// folded, one or two edits away, or a known name put in front of another domain (jzsc.mohurd.gov.cn.example.com), into
// the user part, or written with hyphens for dots.
func lookAlike(uni, ascii, userinfo string, hosts []Host) string {
	folded := fold(uni)
	best, bestEdits := "", 3
	for _, h := range hosts {
		if isAddress(h.Host) || h.OtherSystem {
			continue
		}
		known := fold(h.Host)
		hyphen := strings.ReplaceAll(known, ".", "-")
		squeezed := strings.NewReplacer(".", "", "-", "").Replace
		switch {
		case folded == known,
			strings.HasPrefix(folded, known+"."),
			strings.HasPrefix(folded, hyphen+"."), strings.HasPrefix(folded, hyphen+"-"),
			strings.HasPrefix(folded, known+"-"),
			strings.Contains(folded, "."+known+"."),
			squeezed(folded) == squeezed(known),
			strings.Contains(strings.ToLower(userinfo), h.Host):
			return h.Host
		}
		// The registrable part of a government host put elsewhere: mohurd.gov.cn → mohurd-gov.cn, mohurd.gov.cn.xyz.
		if part := agency(known); part != "" && !strings.HasSuffix(folded, "."+part) && folded != part {
			if strings.Contains(folded, part) || strings.Contains(folded, strings.ReplaceAll(part, ".", "-")) {
				return h.Host
			}
			if tail := lastLabels(folded, strings.Count(part, ".")+1); edits(tail, part, 1) <= 1 {
				return h.Host
			}
		}
		// A short name is a few edits from anything; compare in proportion.
		if limit := min(bestEdits-1, max(1, len(known)/7)); limit > 0 {
			if d := edits(folded, known, limit); d <= limit {
				best, bestEdits = h.Host, d
			}
		}
	}
	return best
}

// agency returns the part of a host that belongs to the agency: mohurd.gov.cn of jzsc.mohurd.gov.cn.
func agency(host string) string {
	l := strings.Split(host, ".")
	n := 2
	if len(l) >= 3 && len(l[len(l)-1]) == 2 && len(l[len(l)-2]) <= 3 {
		n = 3
	}
	if len(l) < n || len(l[len(l)-n]) < 4 {
		return ""
	}
	return strings.Join(l[len(l)-n:], ".")
}

func lastLabels(host string, n int) string {
	l := strings.Split(host, ".")
	return strings.Join(l[max(0, len(l)-n):], ".")
}

// fold maps characters that look alike onto one of them: letters of other scripts, full-width forms, and digits that
// pass for letters.
func fold(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 0xff01 && r <= 0xff5e:
			r -= 0xfee0
		case r == '\u3002' || r == '\uff61':
			r = '.'
		}
		b.WriteRune(foldRune(r))
	}
	return strings.NewReplacer("rn", "m", "vv", "w", "cl", "d").Replace(b.String())
}

// confusables lists characters of other scripts and accented forms behind the letter that they pass for.
const confusables = "aаąàáâãäåɑα,cсçćϲ,dԁď,eеёęèéêëė,gɡց,hһհ,iıіìíîï,lĺӏ1|,jј,kκ,mӎм,nոη,oοօо0òóôõöø,pρр,sѕšś,tτт," +
	"uùúûüսυ,vνѵ,wшѡ,xхχ,yуýÿ,zᴢžźż"

func foldRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r == ',' {
		return r
	}
	i := strings.IndexRune(confusables, r)
	if i < 0 {
		return r
	}
	start := strings.LastIndexByte(confusables[:i], ',') + 1
	return rune(confusables[start])
}

// edits returns the number of insertions, deletions, changes and neighbour swaps that turn a into b, or limit+1 if more.
func edits(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > limit || -d > limit {
		return limit + 1
	}
	prev2, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		low := i
		for j := 1; j <= len(y); j++ {
			c := 1
			if x[i-1] == y[j-1] {
				c = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+c)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
			low = min(low, cur[j])
		}
		if low > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(y)], limit+1)
}
