package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/pflag"

	"zhengyan/assets"
)

// flags starts a command's flag set with the help text that its -h prints.
func (env *environment) flags(name, synopsis, examples string) *pflag.FlagSet {
	fl := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fl.SetOutput(env.Stderr)
	fl.SortFlags = false
	fl.Usage = func() {
		fl.VisitAll(func(f *pflag.Flag) { f.Usage = env.say(f.Usage) })
		env.help(env.Stdout, name, synopsis, strings.ReplaceAll(fl.FlagUsages(), " (default ", env.say(" (default ")), examples)
	}
	return fl
}

// help prints how a command is called: its synopsis, the list of its options or sub-commands, and its examples.
func (env *environment) help(w io.Writer, name, synopsis, list, examples string) {
	fmt.Fprintln(w, strings.TrimRight(env.say("Usage: ")+"zhengyan "+name+" "+env.say(synopsis), " "))
	if list != "" {
		fmt.Fprint(w, "\n", list)
	}
	env.examples(w, examples)
}

// examples prints a command's examples. The commands, which are indented, are the same in all languages; what is said about them
// stands in paragraphs of its own.
func (env *environment) examples(w io.Writer, examples string) {
	for i, part := range strings.Split(strings.TrimRight(examples, "\n"), "\n\n") {
		switch {
		case part == "":
			continue
		case i == 0:
			fmt.Fprint(w, "\n", env.say("Examples:"), "\n")
		default:
			fmt.Fprintln(w)
		}
		if !strings.HasPrefix(part, " ") {
			if whole := strings.ReplaceAll(part, "\n", " "); env.say(whole) != whole {
				part = env.say(whole)
			}
		}
		fmt.Fprintln(w, part)
	}
}

// say gives what the program says in English in the language of the locale: a text, or the format of one.
func (env *environment) say(english string) string { return env.sayIn(env.language(""), english) }

// sayIn is say in a language that was asked for.
func (env *environment) sayIn(lang, english string) string {
	if lang != "zh" {
		return english
	}
	env.reading.Do(func() {
		if b, err := fs.ReadFile(assets.CommandLine(), "zh.json"); err == nil {
			_ = json.Unmarshal(b, &env.texts) // what has no translation is said in English
		}
	})
	if zh, ok := env.texts[english]; ok {
		return zh
	}
	return english
}

// flagError is an error of the flag library as one that can be said in Chinese.
func flagError(err error) error {
	var (
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		bad     *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		return speak("there is no option %s", dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames() != ""))
	case errors.As(err, &empty):
		return speak("the option %s needs a value", dashed(empty.GetFlag().Name, false))
	case errors.As(err, &bad):
		return speak("%q is no value of the option %s", bad.GetValue(), dashed(bad.GetFlag().Name, false))
	}
	return err
}

func dashed(name string, short bool) string {
	if short {
		return "-" + name
	}
	return "--" + name
}
