// Command zhengyan verifies electronic professional certificates on the command line, with the same engine as the
// desktop program. Standard output is data, standard error is talk.
//
// The exit status of verify and judge is the worst over a batch: 0 all passed, 10 some indeterminate, 20 some
// failed, 64 usage, 65 an input could not be read, or was left when the work was stopped, 70 internal, 130 ended at
// once by a second Ctrl-C. 1 and 2 are what a crash gives, so no verdict uses them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/term"
)

// The exit statuses.
const (
	exitOK            = 0
	exitIndeterminate = 10
	exitFailed        = 20
	exitUsage         = 64
	exitUnreadable    = 65
	exitInternal      = 70
	exitInterrupted   = 130 // as of a shell: by a second Ctrl-C
)

// memoryTarget is the size in bytes from which the collector works harder, so that a hostile file stays under 1 GB.
const memoryTarget = 700 << 20

// version is set at build time.
var version = "dev"

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryTarget)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	env := &environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Getenv: os.Getenv,
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())), StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		env.Width = w
	}
	go func() {
		<-signals
		cancel()
		<-signals // a second Ctrl-C ends the program at once, also while it writes what was finished
		env.abandon()
		os.Exit(exitInterrupted)
	}()
	os.Exit(run(ctx, env, os.Args[1:]))
}

// environment is everything that the commands take from the process, so that tests can stand in for it.
type environment struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Getenv         func(string) string
	StdoutTerminal bool
	StderrTerminal bool
	Width          int // columns of the terminal, 0 if unknown

	partial atomic.Pointer[os.File] // the file in which a report is written until it is whole

	reading sync.Once
	texts   map[string]string // what the command line says, from English; read when it is first needed
}

// abandon removes what of a report is written.
func (env *environment) abandon() {
	if f := env.partial.Load(); f != nil {
		f.Close()           // or Windows would keep it
		os.Remove(f.Name()) // gone by now if it became whole
	}
}

// command is one verb of the program, or of a verb that has some of its own.
type command struct {
	name, about string
	run         func(ctx context.Context, env *environment, args []string) int
}

func commands() []command {
	return []command{
		{"verify", "judge certificate files, folders or ZIPs", cmdVerify},
		{"judge", "judge again from an exported report", cmdJudge},
		{"inspect", "one stage alone: qr, seal, fields, ink, document", cmdInspect},
		{"specimen", "write a set of specimen certificates with known answers", cmdSpecimen},
		{"rules", "list the rules with their clauses", cmdRules},
		{"version", "version, rule data, font and licences", cmdVersion},
	}
}

func run(ctx context.Context, env *environment, args []string) int {
	cmds := append(commands(), dataCommands()...)
	if len(args) == 0 {
		usage(env, env.Stderr, cmds)
		return exitUsage
	}
	name := args[0]
	switch name {
	case "-h", "--help", "help":
		if len(args) > 1 {
			return run(ctx, env, []string{args[1], "--help"})
		}
		usage(env, env.Stdout, cmds)
		return exitOK
	case "--version":
		name = "version"
	}
	for _, c := range cmds {
		if c.name == name {
			return guarded(ctx, env, c, args[1:])
		}
	}
	var names []string
	for _, c := range cmds {
		names = append(names, c.name)
	}
	return env.failHint(exitUsage, "commands: "+strings.Join(names, ", "), "unknown command %q", name)
}

// guarded turns a defect of our own into its own exit status, so that a crash is never read as a verdict.
func guarded(ctx context.Context, env *environment, c command, args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			code = env.failHint(exitInternal, "this is a defect of the program; please report what you ran", "%s: internal error: %v", c.name, r)
		}
	}()
	return c.run(ctx, env, args)
}

func usage(env *environment, w io.Writer, cmds []command) {
	fmt.Fprintf(w, "%s\n\n%szhengyan %s\n\n", env.say("Zhengyan verifies electronic professional certificates offline."), env.say("Usage: "), env.say("COMMAND [options] FILE..."))
	env.list(w, 10, cmds)
	env.examples(w, usageExamples)
}

const usageExamples = `  zhengyan verify certificate.pdf
  zhengyan verify --at 2026-03-01T09:30 --specialty 建筑工程 bids/

zhengyan COMMAND -h shows the options and examples of that command.
`

// list prints what each command is for, with so many columns for the names.
func (env *environment) list(w io.Writer, names int, cmds []command) {
	for _, c := range cmds {
		fmt.Fprintf(w, "  %-*s %s\n", names, c.name, env.say(c.about))
	}
}

// language returns "zh" or "en": as asked, else by the locale of messages.
func (env *environment) language(asked string) string {
	if asked == "zh" || asked == "en" {
		return asked
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

// errUsage marks errors of the command line's own form.
var errUsage = errors.New("usage")
