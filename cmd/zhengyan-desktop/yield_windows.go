package main

import (
	"runtime"
	"syscall"
)

// belowNormal is THREAD_PRIORITY_BELOW_NORMAL of winbase.h.
const belowNormal = ^uintptr(0) // -1

// yieldToWindow lets the calling goroutine, which must keep its thread till it ends, stand back: where the processors do not
// suffice for files and window, the window is drawn first.
func yieldToWindow() {
	runtime.LockOSThread()
	kernel := syscall.NewLazyDLL("kernel32.dll")
	thread, set := kernel.NewProc("GetCurrentThread"), kernel.NewProc("SetThreadPriority")
	if thread.Find() != nil || set.Find() != nil {
		return
	}
	handle, _, _ := thread.Call()
	set.Call(handle, belowNormal) // without it all is as before
}
