package ui

import (
	"context"
	"image/png"
	"os"
	"sync"
	"testing"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// memoryShelf keeps a shelf for a test. Like the real one it is asked from several goroutines.
type memoryShelf struct {
	mu    sync.Mutex
	items map[string]viewmodel.ShelfItem
}

func (s *memoryShelf) List(context.Context) (out []viewmodel.ShelfItem, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.items {
		out = append(out, it)
	}
	return out, nil
}

func (s *memoryShelf) Put(_ context.Context, it viewmodel.ShelfItem) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[it.SHA256] = it
	return nil
}

func (s *memoryShelf) Remove(_ context.Context, h string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, h)
	return nil
}

func TestShelfScreen(t *testing.T) {
	shelf := &memoryShelf{items: map[string]viewmodel.ShelfItem{}}
	r := newRigWith(t, one(vmtest.Named(vmtest.Good(), "样例", "京1112015201600132", "ab", "")), func(o *Options) { o.Screens, o.Font = append(o.Screens, ShelfScreen(shelf)), assets.Font() })
	r.Open([]string{"all"})
	r.until("all is read", func() bool { return r.session.Report() != nil })
	r.Show("shelf")
	s := r.current().(*shelfScreen)
	s.add()
	r.until("it is on the shelf", func() bool { return len(s.list) == 1 })
	r.wantText(s.root, "我的证书", "京1112015201600132", "还有 99 天")
	it := s.list[0]
	it.BidDay = vmtest.Day(2026, 8, 1)
	s.do(func(ctx context.Context) error { return shelf.Put(ctx, it) })
	r.until("the bid day is kept", func() bool { return len(s.list) == 1 && !s.list[0].BidDay.IsZero() })
	r.wantText(s.root, "距开标 122 天：需在开标前重新下载")
	if dir := os.Getenv("ZHENGYAN_KEEP"); dir != "" {
		f, err := os.Create(dir + "/shelf.png")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, r.win.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
	}
	s.do(func(ctx context.Context) error { return shelf.Remove(ctx, it.SHA256) })
	r.until("it is gone", func() bool { return len(s.list) == 0 })
}
