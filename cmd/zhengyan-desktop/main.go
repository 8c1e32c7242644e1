// Command zhengyan-desktop verifies electronic professional certificates in a window, with the same engine as the command
// line. It opens files and folders named as arguments, chosen in a dialog or dropped on it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/spf13/pflag"

	"zhengyan/assets"
	"zhengyan/cmd/internal/places"
	"zhengyan/ui"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/rules"
)

// The exit statuses, as on the command line.
const (
	exitUsage    = 64
	exitInternal = 70
)

// appID names the program's preferences.
const appID = "cn.zhengyan.desktop"

// softMemory is where the collector begins to work harder, in bytes: the parsed font takes some 110 MB for good, and each
// file that is read some 60 MB while it is. A limit that a batch reaches makes the collector stop the window all the time,
// since code that reads a page cannot be interrupted; so it is there for the hostile file only.
const softMemory = 1 << 30

// version is set at build time.
var version = "dev"

func main() { os.Exit(run(os.Args[1:], os.Getenv, os.Stdout, os.Stderr, time.Now)) }

// options are the command line's.
type options struct {
	data, trust, at, lang, policy, stats string
	paths                                []string
	kiosk                                kioskFlags
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	fl := pflag.NewFlagSet("zhengyan-desktop", pflag.ContinueOnError)
	fl.SetOutput(io.Discard)
	fl.SortFlags = false
	fl.StringVar(&o.data, "data", "", "data folder with the registry snapshot and trust anchors (default: the platform's)")
	fl.StringVar(&o.trust, "trust", "", "folder of trust anchors and revocation lists, instead of the data folder's")
	fl.StringVar(&o.at, "at", "", "day or time that counts: 2026-03-01 (its end) or 2026-03-01T09:30, Shanghai time (default: now)")
	fl.StringVar(&o.lang, "lang", "", "language of the window: zh or en (default: the one chosen last, zh at first)")
	fl.StringVar(&o.policy, "policy", "", "strict, standard or audit (default: the one chosen in the settings, standard at first)")
	fl.StringVar(&o.stats, "stats", "", "write how long the window took to start and to answer to this file when it closes")
	o.kiosk.add(fl)
	fl.Usage = func() {
		fmt.Fprintf(out, "Usage: zhengyan-desktop [options] [PATH...]      PATH: file, folder or ZIP\n\n%s\nThe command line is a program of its own: zhengyan -h\n", fl.FlagUsages())
	}
	err := fl.Parse(args)
	o.paths = fl.Args()
	return o, err
}

// display reports whether there is a screen to show a window on. Windows and macOS always have one.
func display(goos string, getenv func(string) string) bool {
	return goos == "windows" || goos == "darwin" || getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}

func run(args []string, getenv func(string) string, stdout, stderr io.Writer, now func() time.Time) int {
	o, err := parse(args, stdout)
	if errors.Is(err, pflag.ErrHelp) {
		return 0
	}
	fail := func(code int, format string, a ...any) int {
		fmt.Fprintf(stderr, "zhengyan-desktop: "+format+"\n", a...)
		return code
	}
	if err != nil {
		return fail(exitUsage, "%v\nsee: zhengyan-desktop -h", err)
	}
	book, err := rules.Load(assets.Rules())
	if err != nil {
		return fail(exitInternal, "rule data: %v", err)
	}
	q, err := question(o, book, now)
	if err != nil {
		return fail(exitUsage, "%v", err)
	}
	for name, dir := range map[string]string{"--data": o.data, "--trust": o.trust} {
		if st, err := os.Stat(dir); dir != "" && (err != nil || !st.IsDir()) {
			return fail(exitUsage, "%s %s: not a folder", name, dir)
		}
	}
	if o.kiosk.setPIN {
		if err := setPIN(places.Data(o.data, getenv), os.Stdin); err != nil {
			return fail(exitUsage, "--kiosk-set-pin: %v", err)
		}
		return 0
	}
	if !display(runtime.GOOS, getenv) {
		return fail(exitUsage, "没有可用的屏幕（DISPLAY 和 WAYLAND_DISPLAY 都未设置）。请用命令行：zhengyan verify 文件…\n"+
			"there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set). Use the command line instead: zhengyan verify FILE...")
	}
	if o.kiosk.on || o.kiosk.windowed {
		if err := showKiosk(o, q, book, getenv, stderr, now); err != nil {
			return fail(exitInternal, "%v", err)
		}
		return 0
	}
	if err := show(o, q, book, getenv, stderr, now); err != nil {
		return fail(exitInternal, "%v", err)
	}
	return 0
}

func question(o options, book *rules.Book, now func() time.Time) (verify.Question, error) {
	q := verify.Question{At: now(), Policy: o.policy}
	if o.at != "" {
		t, err := verify.ParseInstant(o.at)
		if err != nil {
			return q, fmt.Errorf("--at: %w", err)
		}
		q.At = t
	} else {
		q.At = verify.EndOfDay(viewmodel.DayOf(q.At))
	}
	if q.Policy == "" {
		q.Policy = "standard"
	}
	if _, ok := book.Policy(o.policy); !ok {
		return q, fmt.Errorf("--policy %q: there are strict, standard and audit", o.policy)
	}
	if o.lang != "" && o.lang != "zh" && o.lang != "en" {
		return q, fmt.Errorf("--lang %q: there are zh and en", o.lang)
	}
	return q, nil
}

// tables are the window's words in every language.
func tables() (map[viewmodel.Lang]*viewmodel.Messages, error) {
	all := map[viewmodel.Lang]*viewmodel.Messages{}
	for _, l := range viewmodel.Langs() {
		m, err := viewmodel.LoadMessages(assets.Translations(), l)
		if err != nil {
			return nil, err
		}
		m.NameErrors(errorKey)
		all[l] = m
	}
	return all, nil
}

// show opens the window and returns when it is closed.
func show(o options, q verify.Question, book *rules.Book, getenv func(string) string, stderr io.Writer, now func() time.Time) (err error) {
	defer noScreen(&err)
	started := now()
	tables, err := tables()
	if err != nil {
		return err
	}
	program := "Zhengyan " + version
	warnings := make(chan error, 64)
	debug.SetMemoryLimit(softMemory)
	font := assets.Font()
	report := func(err error) {
		fmt.Fprintf(stderr, "zhengyan-desktop: warning: %v\n", err)
		select {
		case warnings <- err:
		default: // the rest is on standard error
		}
	}
	if old, err := keepCrashes(places.Data(o.data, getenv)); err != nil {
		report(err)
	} else if old != "" {
		report(fmt.Errorf("上次意外退出，记录在 / the program ended unexpectedly last time, see %s", old))
	}
	e, err := open(sources{data: places.Data(o.data, getenv), trust: o.trust, cache: places.Cache(getenv), onnx: getenv("ZHENGYAN_ONNXRUNTIME"), resume: true}, font, book, now, program, report)
	if err != nil {
		return err
	}
	d, err := openDesk(o, getenv, now, e, report)
	if err != nil {
		return err
	}
	defer d.close() // also where the window does not open
	if o.policy == "" {
		o.policy = d.chosen.Policy
	}
	if d.chosen.PolicyLocked && d.chosen.Policy != "" {
		q.Policy = d.chosen.Policy
	} else if _, ok := book.Policy(o.policy); ok && o.policy != "" {
		q.Policy = o.policy
	}

	a := app.NewWithID(appID)
	if icon, err := fs.ReadFile(assets.Icons(), "zhengyan.png"); err == nil {
		a.SetIcon(fyne.NewStaticResource("zhengyan.png", icon))
	}
	lang := d.chosen.Lang
	if o.lang != "" {
		lang = viewmodel.Lang(o.lang)
	}
	if tables[lang] == nil {
		lang = viewmodel.Chinese
	}
	workers := d.chosen.Workers
	if workers <= 0 {
		workers = runtime.NumCPU()
	}
	// Reading a page runs code that the scheduler cannot interrupt; threads beyond those of the workers keep the window awake.
	runtime.GOMAXPROCS(runtime.NumCPU() + windowThreads)
	var w *ui.Window
	resting := newRest(func() bool { return w.Still() })
	opt := ui.Options{
		App: a, Engine: e, Tables: tables, Lang: lang, Font: font, Question: q, Policies: policies(book),
		Now: now, Dispatch: resting.dispatch, Workers: workers, OnWorker: yieldToWindow, About: about(program, book, font != nil), Rules: ruleGroups(book),
		Idle:   debug.FreeOSMemory, // a batch leaves a heap of its own size behind; give it back
		Chosen: d.chosen, Clock: func(ctx context.Context) viewmodel.ClockState {
			c, err := clockOf(ctx, d.data, d.audit, now())
			if err != nil {
				report(err)
			}
			return c
		},
		ConfirmClock: func(ctx context.Context, operator string) (viewmodel.ClockState, error) {
			return confirmClock(ctx, d.data, d.audit, operator, now())
		},
		Chooser:   desktopChooser(),
		Specimens: func(ctx context.Context) ([]string, error) { return specimenFiles(ctx, d.data.Dir()) },
	}
	d.options(&opt)
	w = ui.New(opt)
	var m *meter
	if o.stats != "" {
		m = startMeter(started, func(f func()) { resting.dispatch(func() {}); fyne.DoAndWait(f) })
	}
	life, end := context.WithCancel(context.Background())
	defer end()
	a.Lifecycle().SetOnStarted(func() {
		w.Restore()
		w.Begin(o.paths...)
		resting.start()
		go settle(life, e, places.Cache(getenv))
		go tell(e, warnings, func(errs []error) { resting.dispatch(func() { w.NotifyErrors(errs) }) })
	})
	w.Native().SetMaster()
	return untilClosed(w.Native(), func() { resting.stop(); w.Close() }, func() error { d.close(); return errors.Join(m.write(o.stats), e.Close()) }, stderr)
}

// windowThreads are the threads beyond one a processor.
const windowThreads = 2

// tell shows what there is to know of the data, once it is loaded.
func tell(e *engine, warnings chan error, notify func([]error)) {
	<-e.ready
	var errs []error
	for {
		select {
		case err := <-warnings:
			errs = append(errs, err)
			continue
		default:
		}
		break
	}
	if len(errs) > 0 {
		notify(errs)
	}
}

func policies(book *rules.Book) []string {
	var out []string
	for _, p := range book.Policies {
		out = append(out, p.Name)
	}
	return out
}
