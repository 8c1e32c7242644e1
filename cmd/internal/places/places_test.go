package places

import (
	"path/filepath"
	"testing"
)

func TestFolders(t *testing.T) {
	env := map[string]string{}
	get := func(k string) string { return env[k] }
	if got := Data("", get); got != "zhengyan-data" {
		t.Errorf("with no environment: %q", got)
	}
	if got := Cache(get); got != "" {
		t.Errorf("cache with no environment: %q", got)
	}
	env["HOME"] = "h"
	if got := Data("", get); got != filepath.Join("h", ".local", "share", "zhengyan") {
		t.Errorf("with HOME: %q", got)
	}
	env["XDG_DATA_HOME"] = "x"
	env["ZHENGYAN_CACHE"] = "c"
	if got := Data("", get); got != filepath.Join("x", "zhengyan") {
		t.Errorf("with XDG_DATA_HOME: %q", got)
	}
	if got := Cache(get); got != "c" {
		t.Errorf("with ZHENGYAN_CACHE: %q", got)
	}
	if got := Data("mine", get); got != "mine" {
		t.Errorf("with --data: %q", got)
	}
}
