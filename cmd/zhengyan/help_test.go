package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhengyan/assets"
)

// helped runs a command line under a locale and gives what it wrote to both outputs.
func helped(t *testing.T, lang string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	env := &environment{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Now: func() time.Time { return time.Unix(0, 0) },
		Getenv: func(name string) string { return map[string]string{"LANG": lang, "HOME": t.TempDir()}[name] },
	}
	run(context.Background(), env, args)
	return out.String()
}

// TestHelpInChinese: under a Chinese locale the help of every command says everything in Chinese but the commands themselves, and
// every text of the table is one that the program says.
func TestHelpInChinese(t *testing.T) {
	var lines [][]string
	verbs := regexp.MustCompile(`(?m)^  ([a-z-]+) +\S`)
	option := regexp.MustCompile(`^ +(?:-\w, )?--[\w-]+(?: (?:string|strings|stringArray|int|uint|uint32))? {2,}`)
	for _, c := range append(commands(), dataCommands()...) {
		lines = append(lines, []string{c.name})
		if c.name == "snapshot" || c.name == "trust" || c.name == "audit" {
			list, _, _ := strings.Cut(helped(t, "C", c.name, "-h"), "Examples:")
			for _, m := range verbs.FindAllStringSubmatch(list, -1) {
				lines = append(lines, []string{c.name, m[1]})
			}
		}
	}
	if len(lines) < 30 {
		t.Fatalf("only %d commands", len(lines))
	}
	han := regexp.MustCompile(`\p{Han}`)
	for _, args := range lines {
		zh := helped(t, "zh_CN.UTF-8", append(args, "-h")...)
		if !strings.HasPrefix(zh, "用法：zhengyan "+args[0]) {
			t.Errorf("%v: %s", args, zh)
		}
		options, examples, _ := strings.Cut(zh, "\n例：\n")
		commands := regexp.MustCompile(`(?m)^  .*$`).ReplaceAllString(examples, "")
		for _, l := range strings.Split(options+"\n"+commands, "\n") {
			if l != "" && !han.MatchString(option.ReplaceAllString(l, "")) {
				t.Errorf("%v: not in Chinese: %q", args, l)
			}
		}
	}
}

// TestSaidIsSaid: every English text of the table stands in the program as it is.
func TestSaidIsSaid(t *testing.T) {
	b, err := fs.ReadFile(assets.CommandLine(), "zh.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(b, &texts); err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
			b, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			source.Write(b)
		}
	}
	all := strings.Join(strings.Fields(source.String()), " ")
	verbs := regexp.MustCompile(`%[a-z]`)
	for en, zh := range texts {
		quoted, _ := json.Marshal(en)
		form := strings.TrimSpace(strings.Trim(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(quoted)), `"`))
		if !strings.Contains(all, form) {
			t.Errorf("nothing says %q", en)
		}
		if a, b := verbs.FindAllString(en, -1), verbs.FindAllString(zh, -1); strings.Join(a, "") != strings.Join(b, "") {
			t.Errorf("%q has %v, its translation %v", en, a, b)
		}
	}
}

// TestErrorsInChinese: what stops a reviewer's command is said in the language of the locale.
func TestErrorsInChinese(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		en, zh string
	}{
		{[]string{"verify"}, "error: verify: no file named\nzhengyan: hint: zhengyan verify -h", "错误：verify：没有指定文件\nzhengyan: 提示：zhengyan verify -h"},
		{[]string{"verify", "--at", "tomorrow", file}, `"tomorrow" is no day`, `"tomorrow" 不是日期`},
		{[]string{"verify", "--policy", "x", file}, "there are strict", "规则方案有 strict"},
		{[]string{"verify", "--lang", "fr", file}, "there are zh and en", "语言有 zh 和 en"},
		{[]string{"verify", "--report", "x.txt", file}, "the name must end in", "文件名须以"},
		{[]string{"verify", "--report", dir + "/no/x.pdf", file}, "--report ", "--report "},
		{[]string{"verify", "--trust", file, file}, "not a folder", "不是文件夹"},
		{[]string{"verify", "--data", file, file}, "not a folder", "不是文件夹"},
		{[]string{"verify", "--wrong", file}, "there is no option --wrong", "没有选项 --wrong"},
		{[]string{"verify", "-x", file}, "there is no option -x", "没有选项 -x"},
		{[]string{"verify", "--workers", "many", file}, `"many" is no value of the option --workers`, `"many" 不能用作选项 --workers 的值`},
		{[]string{"verify", file, "--at"}, "the option --at needs a value", "选项 --at 需要一个值"},
		{[]string{"forge"}, `unknown command "forge"`, `没有命令 "forge"`},
	} {
		if got := helped(t, "C", c.args...); !strings.Contains(got, c.en) {
			t.Errorf("%v: %q", c.args, got)
		}
		if got := helped(t, "zh_CN.UTF-8", c.args...); !strings.Contains(got, c.zh) {
			t.Errorf("%v: %q", c.args, got)
		}
	}
}
