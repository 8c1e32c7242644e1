# Shared by the scripts in this folder; sourced, never run. Bash, coreutils and dpkg only.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
BUILD="$ROOT/build"

# Packages that the window needs to be built (tag x11, so no Wayland headers), and to be shown.
DESKTOP_PACKAGES=(gcc libc6-dev pkg-config libgl1-mesa-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev)
DESKTOP_TAGS="x11,gles,no_emoji,migrated_fynedo"
# Tests that draw without a screen: Fyne's software driver, hence no cgo and no X.
TEST_TAGS="ci,no_emoji,migrated_fynedo"
# A real window on a virtual screen, driven and photographed.
WINDOW_PACKAGES=(xvfb openbox xdotool imagemagick libgl1-mesa-dri)
# Independent implementations that tests compare with, and what an example of the README pipes into.
PEER_PACKAGES=(poppler-utils python3)
# The usual tool chain that `make bench-chain` is measured against.
BENCH_PACKAGES=(poppler-utils zbar-tools time)

# A version stamp would need git to trust the folder's owner; the version is passed by -ldflags instead.
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
warn() { printf '\033[33mwarning:\033[0m %s\n' "$*" >&2; }
die() {
	printf '\033[31merror:\033[0m %s\n' "$*" >&2
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

has_display() { [[ -n "${DISPLAY:-}" || -n "${WAYLAND_DISPLAY:-}" ]]; }

# as_root COMMAND...: runs it as root, through sudo if this is not root already, and says so.
as_root() {
	if [[ "$(id -u)" -eq 0 ]]; then
		"$@"
	elif have sudo; then
		note "needs root: sudo $*"
		sudo "$@"
	else
		die "this needs root, and there is no sudo here. As root, run: $*"
	fi
}

# installed PACKAGE: whether dpkg has it, configured.
installed() {
	[[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# need_packages WHY PACKAGE...: installs by apt the ones that are missing, and only those.
need_packages() {
	local why="$1" missing=() p
	shift
	if ! have dpkg-query || ! have apt-get; then
		note "not a Debian or Ubuntu: for $why this needs what Debian calls: $*"
		return 0
	fi
	for p in "$@"; do
		installed "$p" || missing+=("$p")
	done
	[[ ${#missing[@]} -eq 0 ]] && return 0
	say "installing for $why: ${missing[*]}"
	if ! apt_quietly install -y --no-install-recommends "${missing[@]}"; then
		note "refreshing the list of packages first"
		apt_quietly update || warn "apt-get update failed; trying with the list that is here"
		apt_quietly install -y --no-install-recommends "${missing[@]}" ||
			die "apt-get could not install: ${missing[*]} (its log: build/apt.log)"
	fi
}

apt_quietly() {
	mkdir -p "$BUILD"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >>"$BUILD/apt.log" 2>&1
}

# need_go: a Go that can read go.mod. Go 1.21 and later fetch the newer toolchain that go.mod asks for by themselves.
need_go() {
	have go || die "Go is missing. Install Go $(go_wanted) or newer and put it on PATH."
	(cd "$ROOT" && go version >/dev/null 2>&1) ||
		die "this $(cd / && go version 2>/dev/null || echo Go) is too old and could not fetch Go $(go_wanted)"
}

go_wanted() { sed -n 's/^go //p' "$ROOT/go.mod"; }

# version: what `git describe` says of this tree, or "devel" outside a checkout.
version() {
	git -C "$ROOT" -c safe.directory="$ROOT" describe --tags --always --dirty 2>/dev/null || echo devel
}

# BUILD_FLAGS: more flags for go build. Not -trimpath by default: it would compile everything once more than `go test` does.

# has_cc: a C compiler is there, so that cgo works and with it ONNX Runtime, which reads the print of images.
has_cc() { have "${CC:-cc}" || have gcc || have clang; }

# build_cli [OUT]: the command line; with cgo where there is a C compiler, so that it reads images, else the static one.
build_cli() {
	local out="${1:-$BUILD/zhengyan}"
	if ! has_cc; then
		note "no C compiler here: this command line will not read the print of images"
		build_cli_static "$out"
		return
	fi
	mkdir -p "$(dirname "$out")"
	say "building the command line: ${out#"$ROOT"/}"
	# shellcheck disable=SC2086
	(cd "$ROOT" && CGO_ENABLED=1 go build ${BUILD_FLAGS:-} -ldflags "-s -w -X main.version=$(version)" -o "$out" ./cmd/zhengyan)
}

# build_cli_static [OUT]: the command line, one static binary without cgo; it does not read the print of images.
build_cli_static() {
	local out="${1:-$BUILD/zhengyan}"
	mkdir -p "$(dirname "$out")"
	say "building the command line without cgo: ${out#"$ROOT"/}"
	# shellcheck disable=SC2086
	(cd "$ROOT" && CGO_ENABLED=0 go build ${BUILD_FLAGS:-} -ldflags "-s -w -X main.version=$(version)" -o "$out" ./cmd/zhengyan)
}

# build_desktop [OUT]: the window. The first build compiles the graphics bindings, about a minute and a half on 2 cores.
build_desktop() {
	local out="${1:-$BUILD/zhengyan-desktop}"
	mkdir -p "$(dirname "$out")"
	say "building the desktop program: ${out#"$ROOT"/} (the first time takes a few minutes)"
	# shellcheck disable=SC2086
	(cd "$ROOT" && CGO_ENABLED=1 go build ${BUILD_FLAGS:-} -tags "$DESKTOP_TAGS" -ldflags "-s -w -X main.version=$(version)" \
		-o "$out" ./cmd/zhengyan-desktop)
}

# write_specimens: specimen certificates with known answers, anew each time so that they fit this build.
write_specimens() {
	local dir="$BUILD/specimens"
	say "writing specimen certificates: build/specimens"
	rm -rf "$dir"
	"$BUILD/zhengyan" specimen "$dir" >"$BUILD/specimens.log" || die "zhengyan specimen failed"
}

# The tools that judge the source, at versions that work with the Go of go.mod. They live in build/tools, outside go.mod.
TOOLS="$BUILD/tools"
GOFUMPT=mvdan.cc/gofumpt@v0.9.2
STATICCHECK=honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOVULNCHECK=golang.org/x/vuln/cmd/govulncheck@v1.3.0

# tool NAME: builds the pinned tool unless that very version is there.
tool() {
	local module name="$1"
	case "$name" in
	gofumpt) module="$GOFUMPT" ;;
	staticcheck) module="$STATICCHECK" ;;
	govulncheck) module="$GOVULNCHECK" ;;
	*) die "unknown tool: $name" ;;
	esac
	[[ -x "$TOOLS/$name" && "$(cat "$TOOLS/$name.version" 2>/dev/null)" == "$module $(go env GOVERSION)" ]] && return 0
	say "building $module"
	mkdir -p "$TOOLS"
	# Outside the module, so that go.mod stays as it is.
	(cd "$TOOLS" && GOBIN="$TOOLS" CGO_ENABLED=0 go install "$module") || return 1
	printf '%s' "$module $(go env GOVERSION)" >"$TOOLS/$name.version"
}

# gofumpt_files: every Go file of the tree, separated by NUL.
gofumpt_files() { find "$ROOT" \( -path "$BUILD" -o -name testdata -o -name '.git' \) -prune -o -name '*.go' -print0; }
