//go:build linux && (amd64 || arm64)

package architecture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// jailEnv turns the test binary into one of two small programs: "exec" walls itself in and becomes another program;
// "dial" opens a socket, to prove that the wall stands.
const jailEnv = "ZHENGYAN_TEST_JAIL"

func TestMain(m *testing.M) {
	switch os.Getenv(jailEnv) {
	case "exec":
		os.Setenv(jailEnv, "dial") // only matters if the program is this one again
		runtime.LockOSThread()
		if err := forbidSockets(); err != nil {
			fmt.Fprintln(os.Stderr, "no seccomp here:", err)
			os.Exit(99)
		}
		err := syscall.Exec(os.Args[1], os.Args[1:], os.Environ())
		fmt.Fprintln(os.Stderr, err)
		os.Exit(98)
	case "dial":
		c, err := net.Dial("udp", "127.0.0.1:9")
		fmt.Println("not stopped:", c, err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// forbidSockets makes the kernel end this process, and whatever it becomes, at its first socket(2).
func forbidSockets() error {
	arch := uint32(unix.AUDIT_ARCH_X86_64)
	if runtime.GOARCH == "arm64" {
		arch = unix.AUDIT_ARCH_AARCH64
	}
	const offsetNumber, offsetArch = 0, 4 // in struct seccomp_data
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offsetArch},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: arch, Jt: 0, Jf: 2},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offsetNumber},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_SOCKET, Jt: 1, Jf: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_KILL_PROCESS},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)), 0, 0)
}

// jailed runs a program that dies at its first socket.
func jailed(t *testing.T, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, self, append([]string{name}, args...)...)
	cmd.Env = append(os.Environ(), jailEnv+"=exec", "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"),
		"XDG_DATA_HOME="+filepath.Join(home, "data"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func killedBySocket(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGSYS
}

// TestNoNetwork runs the real command line over the specimens inside a wall that kills a process at its first socket,
// so that even an attempt that fails quietly is seen.
func TestNoNetwork(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, errs, err := jailed(t, self)
	if strings.Contains(errs, "no seccomp here") {
		t.Skipf("the wall around the program needs seccomp: %s", strings.TrimSpace(errs))
	}
	if !killedBySocket(err) {
		t.Fatalf("the wall does not stand: %v\n%s%s", err, out, errs)
	}

	cli := filepath.Join(t.TempDir(), "zhengyan")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", cli, "./cmd/zhengyan")
	build.Dir = root(t)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if msg, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the command line: %v\n%s", err, msg)
	}
	dir := filepath.Join(t.TempDir(), "specimens")
	if out, errs, err := jailed(t, cli, "specimen", dir); err != nil {
		t.Fatalf("specimen: network=%v: %v\n%s%s", killedBySocket(err), err, out, errs)
	}
	args := []string{"verify", "--json", "--data", filepath.Join(dir, "data"), "--trust", filepath.Join(dir, "trust"), dir}
	out, errs, err = jailed(t, cli, args...)
	if killedBySocket(err) {
		t.Fatalf("zhengyan verify opened a socket\n%s", errs)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := exitCode(exit); code != 0 && code != 10 && code != 20 && code != 65 {
		t.Fatalf("zhengyan verify: exit status %d\n%s", code, errs)
	}
	if n := strings.Count(out, "\n"); n < 60 {
		t.Errorf("zhengyan verify gave %d reports on the specimens, want at least 60\n%s", n, errs)
	}
}

func exitCode(e *exec.ExitError) int {
	if e == nil {
		return 0
	}
	return e.ExitCode()
}
