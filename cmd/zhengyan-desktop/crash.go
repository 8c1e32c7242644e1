package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// crashLog is where the runtime writes the last words of a program that ended unexpectedly.
const crashLog = "crash.log"

// maxCrashes is the number of old crash logs that are kept.
const maxCrashes = 20

// keepCrashes has the runtime write what it says of a crash into the data folder, and returns the log of the last crash, ""
// if the program ended as it should. The log holds code positions and no content of files.
func keepCrashes(dir string) (old string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, crashLog)
	if st, err := os.Stat(path); err == nil && st.Size() > 0 {
		for i := 1; i <= maxCrashes; i++ {
			name := filepath.Join(dir, fmt.Sprintf("crash-%d.log", i))
			if _, err := os.Lstat(name); errors.Is(err, os.ErrNotExist) || i == maxCrashes {
				if err := os.Rename(path, name); err != nil {
					return "", err
				}
				old = name
				break
			}
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return old, err
	}
	defer f.Close() // the runtime has its own handle
	return old, debug.SetCrashOutput(f, debug.CrashOptions{})
}

// noScreen turns a window that cannot be opened for want of OpenGL into an error that says what to do. Any other defect goes
// on to the crash log.
func noScreen(err *error) {
	p := recover()
	if p == nil {
		return
	}
	text := fmt.Sprint(p)
	for _, sign := range []string{"GLX", "GLFW", "OpenGL", "APIUnavailable", "VersionUnavailable", "EGL"} {
		if strings.Contains(text, sign) {
			*err = fmt.Errorf("窗口打不开：没有可用的 OpenGL（%s）。可设 LIBGL_ALWAYS_SOFTWARE=1 用软件绘制，或改用命令行：zhengyan verify 文件…\n"+
				"the window cannot be opened: no OpenGL (%s). Set LIBGL_ALWAYS_SOFTWARE=1 to draw in software, or use the command line: zhengyan verify FILE", text, text)
			return
		}
	}
	panic(p)
}
