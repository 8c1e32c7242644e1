package viewmodel

import (
	"context"
	"sync"
)

// job is a file waiting to be read; epoch tells it from an earlier request for the same item.
type job struct {
	ctx   context.Context
	id    int
	epoch int
	file  File
	// pair is the print that the file is read with, corners where a person has put its sheet's; nil for neither.
	pair    *paired
	corners *cornered
}

// queue hands jobs to the workers in order. It may be paused, emptied, and told to take one job first.
type queue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	jobs   []job
	paused bool
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

// next waits for a job; ok is false once the queue is closed.
func (q *queue) next() (j job, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed && (q.paused || len(q.jobs) == 0) {
		q.cond.Wait()
	}
	if q.closed {
		return job{}, false
	}
	j = q.jobs[0]
	q.jobs = q.jobs[1:]
	return j, true
}

func (q *queue) push(j job) {
	q.mu.Lock()
	q.jobs = append(q.jobs, j)
	q.mu.Unlock()
	q.cond.Signal()
}

// promote moves the job of an item to the front: what the user looks at is read first, even while paused it stays first.
func (q *queue) promote(id int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, j := range q.jobs {
		if j.id == id {
			copy(q.jobs[1:i+1], q.jobs[:i])
			q.jobs[0] = j
			return
		}
	}
}

func (q *queue) clear() {
	q.mu.Lock()
	q.jobs = nil
	q.mu.Unlock()
}

func (q *queue) pause(on bool) {
	q.mu.Lock()
	q.paused = on
	q.mu.Unlock()
	q.cond.Broadcast()
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.jobs = nil
	q.mu.Unlock()
	q.cond.Broadcast()
}
