package main

import (
	"runtime"
	"syscall"
)

// workerNice is by how much the threads that read files stand back behind those of the window (setpriority(2)).
const workerNice = 5

// yieldToWindow lets the calling goroutine, which must keep its thread till it ends, stand back: where the processors do not
// suffice for files and window, the window is drawn first.
func yieldToWindow() {
	runtime.LockOSThread()
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, workerNice) // of this thread alone, on Linux; without it all is as before
}
