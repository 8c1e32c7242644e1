package viewmodel

import (
	"unicode"

	"zhengyan/verify/qr"
)

// diffCells bounds the work of differing; longer pairs are compared from both ends only.
const diffCells = 1 << 18

// differing marks the characters of two values that have no partner in the other one, by their longest common
// subsequence. Width, case and spaces do not count.
func differing(a, b string) (inA, inB []bool) {
	x, y := letters(a), letters(b)
	inA, inB = make([]bool, len(x)), make([]bool, len(y))
	lo := 0
	for lo < len(x) && lo < len(y) && x[lo] == y[lo] {
		lo++
	}
	hi := 0
	for hi < len(x)-lo && hi < len(y)-lo && x[len(x)-1-hi] == y[len(y)-1-hi] {
		hi++
	}
	n, k := len(x)-lo-hi, len(y)-lo-hi
	mark := func(in []bool, s []string, i int) { in[i] = s[i] != "" }
	if n*k > diffCells {
		for i := range n {
			mark(inA, x, lo+i)
		}
		for i := range k {
			mark(inB, y, lo+i)
		}
		return inA, inB
	}
	// common[i][j] is the length of the longest common subsequence of the rests from i and j on.
	common := make([][]int, n+1)
	for i := range common {
		common[i] = make([]int, k+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := k - 1; j >= 0; j-- {
			if x[lo+i] == y[lo+j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < n || j < k {
		switch {
		case i < n && j < k && x[lo+i] == y[lo+j]:
			i++
			j++
		case j == k || i < n && common[i+1][j] >= common[i][j+1]:
			mark(inA, x, lo+i)
			i++
		default:
			mark(inB, y, lo+j)
			j++
		}
	}
	return inA, inB
}

// letters returns each character in the spelling in which it is compared; a space is "".
func letters(s string) []string {
	var out []string
	for _, r := range s {
		c := qr.Spelling(string(r))
		if c == "" && !unicode.IsSpace(r) {
			c = string(r)
		}
		out = append(out, c)
	}
	return out
}

func either(a, b []bool) []bool {
	if a == nil {
		return b
	}
	for i := range min(len(a), len(b)) {
		a[i] = a[i] || b[i]
	}
	return a
}

// runs cuts a value into stretches of one mark; marks may be nil.
func runs(s string, marks []bool) []TextRun {
	var out []TextRun
	for i, r := range []rune(s) {
		d := i < len(marks) && marks[i]
		if n := len(out); n > 0 && out[n-1].Differs == d {
			out[n-1].Text += string(r)
		} else {
			out = append(out, TextRun{string(r), d})
		}
	}
	return out
}
