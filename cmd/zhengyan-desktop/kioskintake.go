package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/document"
)

// Limits of what is looked at on a stick.
const (
	stickEntries = 5000
	stickDepth   = 4
	mountLines   = 4096
	watchEntries = 1000
)

// intake finds sticks that were mounted and files that were put into the watched folder, since it began to look.
type intake struct {
	roots  []string
	watch  string
	mounts func() (io.ReadCloser, error) // the mount table, in the form of /proc/self/mountinfo (proc(5))

	first bool
	there map[string]bool
	sizes map[string]int64 // of files in the watched folder: one is taken when it has stopped growing
	taken map[string]bool

	mu   sync.Mutex
	gone []string // files to be removed with the next wipe
}

func newIntake(roots []string, watch string) *intake {
	return &intake{
		roots: roots, watch: watch, first: true, there: map[string]bool{}, sizes: map[string]int64{}, taken: map[string]bool{},
		mounts: func() (io.ReadCloser, error) { return os.Open("/proc/self/mountinfo") },
	}
}

// Poll implements viewmodel.KioskIntake. What cannot be read is nothing new: a stick that is pulled out ends no kiosk.
func (in *intake) Poll() []viewmodel.KioskArrival {
	var out []viewmodel.KioskArrival
	now := in.sticks()
	for m := range in.there {
		if !now[m] {
			delete(in.there, m)
			out = append(out, viewmodel.KioskArrival{Key: m, Gone: true})
		}
	}
	for m := range now {
		if in.there[m] {
			continue
		}
		in.there[m] = true
		if in.first { // it was there before anybody came
			continue
		}
		if paths, others := certificatesIn(m); len(paths)+others > 0 {
			out = append(out, viewmodel.KioskArrival{Key: m, Paths: paths, Others: others})
		}
	}
	out = append(out, in.watched()...)
	in.first = false
	return out
}

// sticks are the mount points below the roots.
func (in *intake) sticks() map[string]bool {
	out := map[string]bool{}
	f, err := in.mounts()
	if err != nil {
		return out
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 0; s.Scan() && n < mountLines; n++ {
		fields := strings.Fields(s.Text())
		if len(fields) < 5 {
			continue
		}
		point := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(fields[4])
		for _, root := range in.roots {
			if strings.HasPrefix(point, strings.TrimSuffix(root, "/")+"/") {
				out[point] = true
			}
		}
	}
	return out
}

func readable(name string) bool {
	return !strings.HasPrefix(name, ".") &&
		(document.PictureName(name) || slices.Contains([]string{".pdf", ".ofd", ".zip"}, strings.ToLower(filepath.Ext(name))))
}

// systemFolder knows the folders of a stick that systems keep for themselves.
func systemFolder(name string) bool {
	return strings.HasPrefix(name, ".") || strings.EqualFold(name, "System Volume Information") || strings.EqualFold(name, "$RECYCLE.BIN")
}

// certificatesIn lists files of a stick that may be certificates, those nearest to its root first, one more than are read so
// that it is known that there are more, and counts the others.
func certificatesIn(dir string) (out []string, others int) {
	seen := 0
	for level := []string{dir}; len(level) > 0 && strings.Count(level[0], "/")-strings.Count(dir, "/") < stickDepth; {
		var next []string
		for _, d := range level {
			list, _ := os.ReadDir(d) // what can be read of it
			for _, x := range list {
				if seen++; seen > stickEntries || len(out) > viewmodel.KioskFiles {
					return out, others
				}
				path := filepath.Join(d, x.Name())
				switch {
				case x.IsDir() && !systemFolder(x.Name()):
					next = append(next, path)
				case x.Type().IsRegular() && readable(x.Name()):
					out = append(out, path)
				case x.Type().IsRegular() && !strings.HasPrefix(x.Name(), "."):
					others++
				}
			}
		}
		level = next
	}
	return out, others
}

func (in *intake) watched() []viewmodel.KioskArrival {
	if in.watch == "" {
		return nil
	}
	d, err := os.Open(in.watch)
	if err != nil {
		return nil
	}
	list, _ := d.ReadDir(watchEntries)
	d.Close()
	var out []viewmodel.KioskArrival
	is := map[string]int64{}
	for _, x := range list {
		path := filepath.Join(in.watch, x.Name())
		st, err := x.Info()
		if err != nil || !st.Mode().IsRegular() || !readable(x.Name()) {
			continue
		}
		is[path] = st.Size()
		before, known := in.sizes[path]
		switch {
		case in.first: // it was there before: not a visitor's, and not ours to remove
			in.taken[path] = true
		case in.taken[path], !known, before != st.Size(), st.Size() == 0:
		default:
			in.taken[path] = true
			in.mu.Lock()
			in.gone = append(in.gone, path)
			in.mu.Unlock()
			out = append(out, viewmodel.KioskArrival{Key: path, Paths: []string{path}})
		}
	}
	for p := range in.taken {
		if _, ok := is[p]; !ok {
			delete(in.taken, p)
		}
	}
	in.sizes = is
	return out
}

// wipe removes the files of the watched folder that were shown.
func (in *intake) wipe() (err error) {
	in.mu.Lock()
	list := in.gone
	in.gone = nil
	in.mu.Unlock()
	for _, p := range list {
		if e := shred(p); e != nil {
			err = e
		}
	}
	return err
}

// scanTime is how long a scanner may take for a page.
const scanTime = 90 * time.Second

// scanner fetches a page with SANE's scanimage; nil where it is not installed.
func scanner(t *tray) func(context.Context) (string, error) {
	program, err := exec.LookPath("scanimage")
	if err != nil {
		return nil
	}
	return func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, scanTime)
		defer cancel()
		f, err := os.CreateTemp(t.dir, "page-*.png")
		if err != nil {
			return "", err
		}
		cmd := exec.CommandContext(ctx, program, "--format=png", "--resolution", "300", "--mode", "Color")
		cmd.Stdout, cmd.WaitDelay = f, time.Second
		var said bytes.Buffer
		cmd.Stderr = &said
		err = cmd.Run()
		st, serr := f.Stat()
		f.Close()
		if err == nil && (serr != nil || st.Size() == 0) {
			err = fs.ErrInvalid
		}
		if err != nil {
			_ = shred(f.Name())
			return "", fmt.Errorf("scanimage: %w: %.200s", err, said.String())
		}
		return f.Name(), nil
	}
}

// player plays a short sound for each result through aplay or pw-cat where one is installed; nil where none is.
func player(ctx context.Context) func(viewmodel.Shape) {
	for _, p := range [][]string{{"aplay", "-q", "-"}, {"pw-cat", "-p", "-"}} {
		program, err := exec.LookPath(p[0])
		if err != nil {
			continue
		}
		return func(s viewmodel.Shape) {
			go func() {
				ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
				defer cancel()
				cmd := exec.CommandContext(ctx, program, p[1:]...)
				cmd.Stdin = bytes.NewReader(tone(s))
				_ = cmd.Run() // a machine without a sound card is silent
			}()
		}
	}
	return nil
}

// tone is a WAV file of two notes (8 kHz, 16 bit): rising for a pass, level for no answer, falling and longer for a failure.
func tone(s viewmodel.Shape) []byte {
	const rate = 8000
	notes, each := [2]float64{660, 660}, 0.16
	switch s {
	case viewmodel.ShapePass:
		notes = [2]float64{660, 990}
	case viewmodel.ShapeFail:
		notes, each = [2]float64{330, 220}, 0.32
	}
	n := int(each * rate)
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // a buffer takes all
	b.WriteString("RIFF")
	put(uint32(36 + 4*n))
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16)} {
		put(v)
	}
	b.WriteString("data")
	put(uint32(4 * n))
	for _, f := range notes {
		for i := range n {
			fade := math.Min(1, math.Min(float64(i), float64(n-i))/200)
			put(int16(9000 * fade * math.Sin(2*math.Pi*f*float64(i)/rate)))
		}
	}
	return b.Bytes()
}
