package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/spf13/pflag"

	"zhengyan/assets"
	"zhengyan/cmd/internal/places"
	"zhengyan/store"
	"zhengyan/ui"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
)

// kioskID names the kiosk's preferences, apart from those of the window.
const kioskID = appID + ".kiosk"

// kioskFlags are the options of an unattended screen.
type kioskFlags struct {
	on, windowed, setPIN bool
	watch                string
	mounts               []string
}

func (k *kioskFlags) add(fl *pflag.FlagSet) {
	fl.BoolVar(&k.on, "kiosk", false, "unattended full screen: drop, stick, scanner; see docs/kiosk.md")
	fl.BoolVar(&k.windowed, "kiosk-window", false, "the kiosk in a window, for trying it")
	fl.StringVar(&k.watch, "kiosk-watch", "", "folder that a scanner puts pages into; the kiosk REMOVES each file after showing its result")
	fl.StringArrayVar(&k.mounts, "kiosk-mounts", []string{"/media", "/run/media", "/mnt"}, "folders below which sticks are mounted; may be repeated")
	fl.BoolVar(&k.setPIN, "kiosk-set-pin", false, "read a PIN of 4 to 12 digits from standard input, keep its hash, and end")
}

// kioskKeeper keeps PIN and counters on the desk.
type kioskKeeper struct{ desk *store.Desk }

const kioskSetting = "kiosk"

// Load implements viewmodel.KioskKeeper.
func (k kioskKeeper) Load() (viewmodel.KioskKept, error) {
	v, _, err := store.LoadSetting[viewmodel.KioskKept](k.desk, kioskSetting)
	return v, err
}

// Save implements viewmodel.KioskKeeper.
func (k kioskKeeper) Save(v viewmodel.KioskKept) error {
	return store.SaveSetting(k.desk, kioskSetting, v)
}

// setPIN keeps a new PIN, and forgets wrong ones.
func setPIN(dir string, in io.Reader) error {
	s := bufio.NewScanner(io.LimitReader(in, 1<<10))
	s.Scan()
	pin, err := viewmodel.HashPIN(strings.TrimSpace(s.Text()), rand.Reader)
	if err != nil {
		return err
	}
	data, err := store.OpenData(dir)
	if err != nil {
		return err
	}
	desk, problem, err := data.OpenDesk()
	if err != nil {
		return errors.Join(problem, err)
	}
	k := kioskKeeper{desk}
	kept, err := k.Load()
	if err == nil {
		kept.PIN, kept.Wrong, kept.LockedUntil = pin, 0, time.Time{}
		err = k.Save(kept)
	}
	return err
}

// showKiosk opens the screen and returns when the staff ends it.
func showKiosk(o options, q verify.Question, book *rules.Book, getenv func(string) string, stderr io.Writer, now func() time.Time) error {
	dir := places.Data(o.data, getenv)
	tables, err := tables()
	if err != nil {
		return err
	}
	hosts, err := qr.LoadHosts(assets.Rules())
	if err != nil {
		return err
	}
	warn := func(err error) { fmt.Fprintf(stderr, "zhengyan-desktop: warning: %v\n", err) }
	debug.SetMemoryLimit(softMemory)
	font := assets.Font()
	e, err := open(sources{data: dir, trust: o.trust, cache: places.Cache(getenv), onnx: getenv("ZHENGYAN_ONNXRUNTIME")}, font, book, now, "Zhengyan "+version, warn)
	if err != nil {
		return err
	}
	warm, stop := context.WithCancel(context.Background())
	defer stop()
	go e.docs.Warm(warm)
	tmp, err := newTray("")
	if err != nil {
		return err
	}
	defer tmp.remove()
	data, err := store.OpenData(dir)
	if err != nil {
		return err
	}
	var k *ui.Kiosk
	resting := newRest(func() bool { return k.Still() })
	opt := ui.KioskOptions{
		Engine: e, Tables: tables, Lang: viewmodel.Chinese, Font: font, Now: now, Dispatch: resting.dispatch, Hosts: hosts, Windowed: o.kiosk.windowed,
		Question: func() verify.Question {
			if o.at == "" {
				q.At = verify.EndOfDay(viewmodel.DayOf(now()))
			}
			return q
		},
		Sound: player(warm),
	}
	if l := viewmodel.Lang(o.lang); tables[l] != nil {
		opt.Lang = l
	}
	if desk, problem, err := data.OpenDesk(); err != nil {
		warn(errors.Join(problem, err)) // without it there is no staff menu, but results are given all the same
	} else {
		opt.Keeper = kioskKeeper{desk}
	}
	in := newIntake(o.kiosk.mounts, o.kiosk.watch)
	opt.Intake = in
	opt.Wipe = func() {
		if err := errors.Join(tmp.wipe(), in.wipe()); err != nil {
			warn(err)
		}
		debug.FreeOSMemory()
	}
	opt.Scan = scanner(tmp)
	runtime.GOMAXPROCS(runtime.NumCPU() + windowThreads)
	a := app.NewWithID(kioskID)
	if icon, err := fs.ReadFile(assets.Icons(), "zhengyan.png"); err == nil {
		a.SetIcon(fyne.NewStaticResource("zhengyan.png", icon))
	}
	opt.App = a
	k = ui.NewKiosk(opt)
	a.Lifecycle().SetOnStarted(func() {
		k.Begin()
		resting.start()
	})
	k.Native().SetMaster()
	return untilClosed(k.Native(), func() { resting.stop(); k.Close() }, func() error { tmp.remove(); return e.Close() }, stderr)
}

// tray is a folder for pages that were scanned. It is emptied with every wipe.
type tray struct{ dir string }

func newTray(parent string) (*tray, error) {
	dir, err := os.MkdirTemp(parent, "zhengyan-kiosk-")
	return &tray{dir}, err
}

// wipe overwrites and removes what is in it. On disks that move data about the overwriting is no more than a try.
func (t *tray) wipe() error {
	list, err := os.ReadDir(t.dir)
	for _, x := range list {
		err = errors.Join(err, shred(filepath.Join(t.dir, x.Name())))
	}
	return err
}

func (t *tray) remove() {
	if t.wipe() == nil {
		os.Remove(t.dir)
	}
}

// shred overwrites a file with zeros and removes it.
func shred(path string) error {
	if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
		if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
			zeros := make([]byte, 64<<10)
			for left := st.Size(); left > 0; {
				n, err := f.Write(zeros[:min(left, int64(len(zeros)))])
				if err != nil {
					break
				}
				left -= int64(n)
			}
			_ = f.Sync() // the removal below counts
		}
		f.Close()
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
