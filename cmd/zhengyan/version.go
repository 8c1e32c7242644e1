package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"zhengyan/assets"
)

func cmdVersion(_ context.Context, env *environment, args []string) int {
	fl := env.flags("version", "", "")
	if code, done := env.parse(fl, args); done {
		return code
	}
	book, err := ruleData()
	if err != nil {
		return env.fail(exitInternal, "version: %v", err)
	}
	font := "Noto Sans SC (SIL OFL 1.1)"
	if assets.Font() == nil {
		font = "missing in this build: make assets, then build again; without it PDFs that do not embed their fonts show no Chinese, and no specimens can be drawn"
	}
	fmt.Fprintf(env.Stdout, "zhengyan %s (%s, %s/%s)\nrule data %s, sha256 %s\nfont      %s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, book.Version, book.SHA256, font)
	if reader, err := env.printReader(folders{}); err != nil {
		fmt.Fprintf(env.Stdout, "images    %s\n", env.spoken(err))
	} else {
		fmt.Fprintf(env.Stdout, "images    %s\n", reader.Name())
		reader.Close()
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			switch d.Path {
			case "github.com/klippa-app/go-pdfium", "github.com/tetratelabs/wazero", "github.com/makiuchi-d/gozxing", "github.com/emmansun/gmsm", "github.com/pdfcpu/pdfcpu", "go.etcd.io/bbolt", "github.com/yalue/onnxruntime_go":
				fmt.Fprintf(env.Stdout, "library   %s %s\n", d.Path, d.Version)
			}
		}
	}
	return exitOK
}
