//go:build !linux && !windows

package main

// yieldToWindow does nothing where a thread has no priority of its own.
func yieldToWindow() {}
