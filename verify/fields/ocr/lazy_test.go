package ocr

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"zhengyan/verify/fields"
)

// freed is a net that knows whether it was freed.
type freed struct{ gone atomic.Int32 }

func (f *freed) run([]float32, [4]int) ([]float32, []int, error) { return nil, nil, nil }
func (f *freed) close()                                          { f.gone.Add(1) }

// TestCloseWaits: a net is not freed under a call, is freed once, and later calls are refused.
func TestCloseWaits(t *testing.T) {
	n := &freed{}
	l := NewLazy(func() (*Reader, error) { return &Reader{det: n}, nil })
	begun, release, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := with(l, func(*Reader) (int, error) {
			close(begun)
			<-release
			return 0, nil
		})
		ended <- err
	}()
	<-begun
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		l.Close()
	}()
	for l.inUse.TryRLock() { // until Close waits
		l.inUse.RUnlock()
		runtime.Gosched()
	}
	if n.gone.Load() != 0 {
		t.Error("freed under a call")
	}
	close(release)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	<-closed
	l.Close()
	if n.gone.Load() != 1 {
		t.Errorf("freed %d times", n.gone.Load())
	}
	if _, err := l.ReadLine(t.Context(), nil); !errors.Is(err, fields.ErrNoReader) {
		t.Errorf("after the end: %v", err)
	}
	if l.Name() != "" {
		t.Error("a closed reader has a name")
	}
}
