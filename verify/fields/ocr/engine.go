//go:build cgo

package ocr

import (
	"errors"
	"fmt"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

const haveEngine = true

// environment guards the loading of the library, which the process does once.
var environment sync.Mutex

// startEngine loads the first library of the list that can be loaded and returns its version. If one is loaded, it stays.
func startEngine(paths []string) (version string, err error) {
	environment.Lock()
	defer environment.Unlock()
	if ort.IsInitialized() {
		return ort.GetVersion(), nil
	}
	err = errors.New("none of these files exists")
	for _, p := range paths {
		ort.SetSharedLibraryPath(p)
		if err = ort.InitializeEnvironment(ort.WithLogLevelError()); err == nil {
			return ort.GetVersion(), nil
		}
		err = fmt.Errorf("%s: %w", p, err)
	}
	return "", err
}

// session is a net in ONNX Runtime. One session serves many goroutines.
type session struct {
	s *ort.DynamicAdvancedSession
}

// loadNet loads a net each of whose runs stays on its own thread.
func loadNet(model []byte) (net, error) { return loadNetOn(model, 1) }

// loadNetOn loads a net each of whose runs takes so many threads. Threads that have nothing to do sleep: a thread that waits busily
// takes its core from another file.
func loadNetOn(model []byte, threads int) (net, error) {
	in, out, err := ports(model)
	if err != nil {
		return nil, err
	}
	opts, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer opts.Destroy()
	err = errors.Join(
		opts.SetIntraOpNumThreads(threads),
		opts.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
		opts.SetInterOpNumThreads(1),
		// Without an arena a quarter of the time goes into fetching pages from the system; a plan of memory for every width of
		// line would only grow.
		opts.SetMemPattern(false),
		opts.SetCpuMemArena(true),
		opts.SetLogSeverityLevel(ort.LoggingLevelError),
	)
	if err != nil {
		return nil, err
	}
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{in}, []string{out}, opts)
	if err != nil {
		return nil, err
	}
	return &session{s}, nil
}

func (n *session) run(in []float32, shape [4]int) ([]float32, []int, error) {
	t, err := ort.NewTensor(ort.NewShape(int64(shape[0]), int64(shape[1]), int64(shape[2]), int64(shape[3])), in)
	if err != nil {
		return nil, nil, err
	}
	defer t.Destroy()
	outs := []ort.Value{nil}
	if err := n.s.Run([]ort.Value{t}, outs); err != nil {
		return nil, nil, err
	}
	defer outs[0].Destroy()
	res, ok := outs[0].(*ort.Tensor[float32])
	if !ok {
		return nil, nil, errors.New("the net gives other numbers than float32")
	}
	var dims []int
	for _, d := range res.GetShape() {
		dims = append(dims, int(d))
	}
	return res.GetData(), dims, nil // a copy that the wrapper made, on Go's side
}

func (n *session) close() { _ = n.s.Destroy() }
