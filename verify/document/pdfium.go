package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// pdfiumPool compiles PDFium once and hands out instances. An instance belongs to one document and is thrown away with
// it, so nothing of one stranger's file can reach another's.
type pdfiumPool struct {
	cfg  Config
	slow bool // use wazero's own way of ending calls, for tests
	// make compiles PDFium with a cache or, for nil, without; it is init but in tests.
	make func(wazero.CompilationCache) error

	once  sync.Once
	ready chan struct{} // closed when pool or err is set
	pool  pdfium.Pool
	cache wazero.CompilationCache
	note  string // why the compile cache is not in use, if it is not
	err   error
}

func newPDFiumPool(cfg Config) *pdfiumPool {
	p := &pdfiumPool{cfg: cfg, ready: make(chan struct{})}
	p.make = p.init
	return p
}

// start begins compiling in the background; it returns at once.
func (p *pdfiumPool) start() {
	p.once.Do(func() {
		go func() {
			defer close(p.ready)
			defer func() {
				if r := recover(); r != nil {
					p.err = fmt.Errorf("PDFium: %v", r)
				}
			}()
			p.err = p.compile()
		}()
	})
}

// wait starts the pool and waits until it is ready or ctx ends.
func (p *pdfiumPool) wait(ctx context.Context) error {
	p.start()
	select {
	case <-p.ready:
		return p.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// compile tries the compile cache, then a fresh cache in place of a damaged one, then none.
func (p *pdfiumPool) compile() error {
	if p.cfg.CacheDir != "" {
		for range 2 {
			err := p.compileCached()
			if err == nil {
				p.note = ""
				return nil
			}
			p.note = err.Error()
			removeCompiled(p.cfg.CacheDir)
		}
	}
	return p.make(nil)
}

func (p *pdfiumPool) compileCached() error {
	dir := p.cfg.CacheDir
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return fmt.Errorf("compile cache: %w", err)
	}
	if err = checkCompiled(dir); err == nil {
		err = p.make(cache)
	}
	if err != nil {
		cache.Close(context.Background())
		return fmt.Errorf("compile cache: %w", err)
	}
	p.cache = cache
	sealCompiled(dir)
	return nil
}

// init compiles PDFium. It must be possible to end any call: by the stop flag, or else by wazero itself.
func (p *pdfiumPool) init(cache wazero.CompilationCache) (err error) {
	defer recovered(&err)
	dir := ""
	if cache != nil {
		dir = p.cfg.CacheDir
	}
	var wasm []byte
	if !p.slow {
		wasm = stoppablePDFium(dir)
	}
	rc := wazero.NewRuntimeConfig().
		WithCloseOnContextDone(wasm == nil).
		WithMemoryLimitPages(p.cfg.Limits.InstancePages)
	if cache != nil {
		rc = rc.WithCompilationCache(cache)
	}
	p.pool, err = webassembly.Init(webassembly.Config{
		WASM:          wasm, // nil: go-pdfium's own
		MaxTotal:      p.cfg.Limits.Instances,
		FSConfig:      sandboxFS(p.cfg.Font),
		RuntimeConfig: rc,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
	return err
}

// sandboxFS is all that PDFium sees of a file system: one font, where PDFium looks for fonts on Linux. Without this
// go-pdfium would mount the host's root.
func sandboxFS(font []byte) wazero.FSConfig {
	root := fstest.MapFS{}
	if font != nil {
		root["usr/share/fonts/NotoSansSC-Regular.ttf"] = &fstest.MapFile{Data: font, Mode: 0o444, ModTime: time.Unix(0, 0)}
	}
	return wazero.NewFSConfig().WithFSMount(root, "/")
}

func (p *pdfiumPool) close() error {
	p.once.Do(func() { close(p.ready) })
	<-p.ready
	var err error
	if p.pool != nil {
		err = p.pool.Close()
	}
	if p.cache != nil {
		err = errors.Join(err, p.cache.Close(context.Background()))
	}
	return err
}

// instance is one PDFium in its own WebAssembly memory. It is not safe for concurrent use; after any error of the
// engine itself it is dead and is never used again.
type instance struct {
	pdfium pdfium.Pdfium
	mod    api.Module
	mem    api.Memory
	stop   api.MutableGlobal // ends the running call when it is set; nil if wazero watches the context itself
	fns    map[string]api.Function
	stack  [16]uint64
	args   uint32 // 256 bytes for out parameters
	dead   error
}

const argBytes = 256

// errEngine marks errors of the engine itself: a trap, memory at its limit, a killed call.
type errEngine struct {
	fn  string
	err error
}

func (e *errEngine) Error() string {
	why, _, _ := strings.Cut(e.err.Error(), "\n") // wazero adds a stack trace
	if strings.HasSuffix(why, "unreachable") {    // how PDFium ends itself
		why = "out of memory, or a fault"
	}
	return "PDFium " + e.fn + ": " + why
}

func (e *errEngine) Unwrap() error { return e.err }

func (p *pdfiumPool) instance(ctx context.Context) (*instance, error) {
	if err := p.wait(ctx); err != nil {
		return nil, err
	}
	if p.pool == nil {
		return nil, errors.New("PDFium: closed")
	}
	inst, err := p.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, err
	}
	mod, err := moduleOf(inst)
	if err != nil {
		inst.Close()
		return nil, err
	}
	in := &instance{pdfium: inst, mod: mod, mem: mod.Memory(), fns: map[string]api.Function{}}
	in.stop, _ = mod.ExportedGlobal(stopGlobal).(api.MutableGlobal)
	ptr, err := in.call(ctx, "malloc", argBytes)
	if err != nil || ptr == 0 {
		in.close()
		return nil, errors.Join(err, errors.New("PDFium: no memory"))
	}
	in.args = uint32(ptr)
	return in, nil
}

// moduleOf reaches the WebAssembly module below go-pdfium's API. Its own calls take no context and cross the border
// up to twenty times a character; calling the exports with the caller's context makes every call killable.
func moduleOf(inst pdfium.Pdfium) (mod api.Module, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("go-pdfium: %v", r)
		}
	}()
	mod, ok := reflect.ValueOf(inst.GetImplementation()).Elem().FieldByName("Module").Interface().(api.Module)
	if !ok || mod.Memory() == nil {
		return nil, errors.New("go-pdfium: no WebAssembly module")
	}
	return mod, nil
}

// call calls an export of PDFium and gives its only result. ctx kills it while it runs.
func (in *instance) call(ctx context.Context, name string, args ...uint64) (res uint64, err error) {
	if in.dead != nil {
		return 0, in.dead
	}
	defer func() {
		if r := recover(); r != nil {
			err = &errEngine{name, fmt.Errorf("%v", r)}
		}
		if err != nil {
			in.dead = err
		}
	}()
	fn := in.fns[name]
	if fn == nil {
		if fn = in.mod.ExportedFunction(name); fn == nil {
			return 0, &errEngine{name, errors.New("not exported")}
		}
		in.fns[name] = fn
	}
	stack := in.stack[:max(len(args), 1)]
	stack[0] = 0
	copy(stack, args)
	if in.stop != nil && ctx.Done() != nil {
		unwatch := context.AfterFunc(ctx, func() { in.stop.Set(1) })
		defer func() {
			if !unwatch() && in.dead == nil { // too late for this call; it would end the next one
				in.dead = &errEngine{name, context.Cause(ctx)}
			}
		}()
	}
	if err := fn.CallWithStack(ctx, stack); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return 0, &errEngine{name, err}
	}
	return stack[0], nil
}

// quick calls an export that only looks something up, without watching a context. Callers check theirs every so often.
func (in *instance) quick(name string, args ...uint64) (uint64, error) {
	return in.call(context.Background(), name, args...)
}

// alloc copies b into PDFium's memory.
func (in *instance) alloc(ctx context.Context, b []byte) (uint32, error) {
	ptr, err := in.call(ctx, "malloc", uint64(max(len(b), 1)))
	if err != nil {
		return 0, err
	}
	if uint32(ptr) == 0 {
		in.dead = &errEngine{"malloc", errors.New("memory limit")}
		return 0, in.dead
	}
	if !in.mem.Write(uint32(ptr), b) {
		in.dead = &errEngine{"malloc", errors.New("outside of memory")}
		return 0, in.dead
	}
	return uint32(ptr), nil
}

func (in *instance) free(ptr uint32) { in.quick("free", uint64(ptr)) }

// f32, f64 and i32 read an out parameter at the n-th 8 bytes (f32s: 4 bytes) of the argument area.
func (in *instance) f32(n int) float64 {
	v, _ := in.mem.ReadFloat32Le(in.args + uint32(4*n))
	return float64(v)
}

func (in *instance) i32(n int) int {
	v, _ := in.mem.ReadUint32Le(in.args + uint32(4*n))
	return int(int32(v))
}
func (in *instance) arg(n int) uint64 { return uint64(in.args + uint32(4*n)) }

// text reads a string that fn writes as UTF-16LE with a terminator and whose length in bytes it returns. The buffer
// and its length are appended to args.
func (in *instance) text(ctx context.Context, fn string, args ...uint64) (string, error) {
	b, err := in.bytesOf(ctx, fn, args...)
	return utf16le(b), err
}

// bytesOf is text for functions that write bytes.
func (in *instance) bytesOf(ctx context.Context, fn string, args ...uint64) ([]byte, error) {
	const most = 1 << 16 // names and metadata; longer values are cut off by not being read
	n, err := in.call(ctx, fn, append(args[:len(args):len(args)], 0, 0)...)
	if err != nil || uint32(n) == 0 || uint32(n) > most {
		return nil, err
	}
	buf, err := in.alloc(ctx, make([]byte, uint32(n)))
	if err != nil {
		return nil, err
	}
	defer in.free(buf)
	if _, err := in.call(ctx, fn, append(args[:len(args):len(args)], uint64(buf), uint64(uint32(n)))...); err != nil {
		return nil, err
	}
	b, _ := in.mem.Read(buf, uint32(n))
	return append([]byte(nil), b...), nil
}

// close throws the instance away. It must not run beside a call.
func (in *instance) close() {
	defer func() { recover() }() // an instance that trapped may not even close
	in.pdfium.Kill()
}
