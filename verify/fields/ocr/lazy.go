package ocr

import (
	"context"
	"image"
	"sync"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Lazy is a fields.PageReader that loads its library and models when the first picture comes: a batch of electronic
// originals never pays for them. A reader that cannot be opened answers with the reason, which wraps fields.ErrNoReader.
type Lazy struct {
	open  func() (*Reader, error)
	once  sync.Once
	begun sync.Once // Warm has been called
	r     *Reader
	err   error
	inUse sync.RWMutex // held by calls; Close waits for them, since a net must not be freed while it runs
	gone  bool         // closed; guarded by inUse
}

var (
	_ fields.PageReader = (*Lazy)(nil)
	_ fields.Skimmer    = (*Lazy)(nil)
)

// NewLazy makes a reader of a call to Open that is not made yet.
func NewLazy(open func() (*Reader, error)) *Lazy { return &Lazy{open: open} }

func (l *Lazy) get() (*Reader, error) {
	l.once.Do(func() {
		defer caught(&l.err)
		l.r, l.err = l.open()
	})
	return l.r, l.err
}

// Warm begins to load in the background what the first picture will need, and returns at once. Close waits for it.
func (l *Lazy) Warm() {
	l.begun.Do(func() { go l.get() })
}

// with makes a call of the reader, or gives the error that there is none any more.
func with[T any](l *Lazy, call func(*Reader) (T, error)) (out T, err error) {
	l.inUse.RLock()
	defer l.inUse.RUnlock()
	r, err := l.get()
	if err == nil && l.gone {
		err = fields.ErrNoReader
	}
	if err != nil {
		return out, err
	}
	return call(r)
}

// ReadPage implements fields.PageReader.
func (l *Lazy) ReadPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	return with(l, func(r *Reader) (page.Text, error) { return r.ReadPage(ctx, img, index) })
}

// SkimPage implements fields.Skimmer.
func (l *Lazy) SkimPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	return with(l, func(r *Reader) (page.Text, error) { return r.SkimPage(ctx, img, index) })
}

// ReadLine implements fields.PageReader.
func (l *Lazy) ReadLine(ctx context.Context, img image.Image) (fields.Line, error) {
	return with(l, func(r *Reader) (fields.Line, error) { return r.ReadLine(ctx, img) })
}

// Name opens the reader and is "" where that fails.
func (l *Lazy) Name() string {
	name, err := with(l, func(r *Reader) (string, error) { return r.Name(), nil })
	if err != nil {
		return ""
	}
	return name
}

// Close frees what was loaded, once the calls that are under way have ended. Later ones fail with fields.ErrNoReader.
func (l *Lazy) Close() {
	l.inUse.Lock()
	defer l.inUse.Unlock()
	l.once.Do(func() { l.err = fields.ErrNoReader })
	if l.r != nil && !l.gone {
		l.r.Close()
	}
	l.gone = true
}
