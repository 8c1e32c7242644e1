package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"zhengyan/assets"
)

// cleaning removes the specimens after the tests.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	code := c.M.Run()
	if assets.Font() != nil && !testing.Short() {
		if dir, _ := specimenDir(); dir != "" {
			os.RemoveAll(dir)
		}
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(cleaning{m}, map[string]func(){"zhengyan": main})
}

// The command line, topic by topic: testdata/script/TOPIC.txtar.
func TestScript(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the program and PDFium anew for every command; runs without -short")
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "en_US.UTF-8")
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("ZHENGYAN_CACHE", filepath.Join(os.TempDir(), "zhengyan-test-cache", "zhengyan"))
			if assets.Font() != nil {
				dir, err := specimenDir()
				if err != nil {
					return err
				}
				env.Setenv("SPECIMENS", dir)
			}
			return nil
		},
		Condition: func(cond string) (bool, error) { return cond == "font" && assets.Font() != nil, nil },
	})
}
