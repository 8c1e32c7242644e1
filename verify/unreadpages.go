package verify

import (
	"fmt"
	"slices"
	"strings"
)

// notRead is the code of pages that were left unread; the problem's detail names them, as pageList does.
const notRead = "pages-not-read"

// The list of unread pages: how its parts are set apart, and what stands for pages that are not named.
const (
	pageComma = ", "
	morePages = "…"
	mostRuns  = 40 // a file with more holes than that is for nobody to look through
)

// pageList names pages, counted from 0, as people count them: "3, 7–9"; more: there are others, not known which.
func pageList(pages []int, more bool) string {
	pages = slices.Clone(pages)
	slices.Sort(pages)
	pages = slices.Compact(pages)
	var runs []string
	for i := 0; i < len(pages); {
		if len(runs) == mostRuns {
			more = true
			break
		}
		k := i
		for k+1 < len(pages) && pages[k+1] == pages[k]+1 {
			k++
		}
		run := fmt.Sprint(pages[i] + 1)
		if k > i {
			run = fmt.Sprintf("%d–%d", pages[i]+1, pages[k]+1)
		}
		runs, i = append(runs, run), k+1
	}
	if more && len(runs) > 0 {
		runs = append(runs, morePages)
	}
	return strings.Join(runs, pageComma)
}

// unreadPages are the runs of pages that a problem of pageList names; more: there are others.
func unreadPages(p Problem) (runs []string, more bool) {
	if p.Code != notRead || p.Detail == "" {
		return nil, true
	}
	runs = strings.Split(p.Detail, pageComma)
	if n := len(runs) - 1; runs[n] == morePages {
		return runs[:n], true
	}
	return runs, false
}

// pagesFrom are the pages from one on, up to another.
func pagesFrom(from, to int) (pages []int) {
	for i := from; i < to; i++ {
		pages = append(pages, i)
	}
	return pages
}
