package verify

import (
	"sync"

	"zhengyan/verify/finder"
)

// Search is how far the work on a long document is: its pages are looked through first, then the certificates found there are examined.
type Search struct {
	Pages, OfPages  int
	Examined, Found int // Found is 0 until the search is over
}

// progress is how far the search through a long document came: the pages before next were looked at.
type progress struct {
	next     int // 0-based
	unread   int // pages before next that no reader could read
	hits     []finder.Hit
	problems []Problem
	damaged  []int // pages that could not be looked at
}

// unfinished keeps the searches that were cancelled, so that they go on where they ended when the same file is gathered
// again. Files are told by their content. It is safe for use by several goroutines.
type unfinished struct {
	mu    sync.Mutex
	by    map[string]progress // by SHA-256
	order []string            // the oldest first
}

// mostUnfinished is the number of searches that are kept; each has its hits, at most Limits.BookHits.
const mostUnfinished = 64

func (u *unfinished) keep(sum string, p progress) {
	if sum == "" || p.next == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.by == nil {
		u.by = map[string]progress{}
	}
	if was, ok := u.by[sum]; ok && was.next > p.next {
		return
	} else if !ok {
		if len(u.order) == mostUnfinished {
			delete(u.by, u.order[0])
			u.order = u.order[1:]
		}
		u.order = append(u.order, sum)
	}
	u.by[sum] = p
}

// take gives what was kept of a file, once.
func (u *unfinished) take(sum string) (p progress) {
	u.mu.Lock()
	defer u.mu.Unlock()
	p, ok := u.by[sum]
	if !ok {
		return progress{}
	}
	delete(u.by, sum)
	for i, s := range u.order {
		if s == sum {
			u.order = append(u.order[:i:i], u.order[i+1:]...)
			break
		}
	}
	return p
}
