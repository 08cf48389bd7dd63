# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The front alone: centerctl from a build with test hooks, beside an imitation of centerctl-enter (fake-enter.c).
#
# CENTERCTL_BUILD names the build directory; otherwise it is that of tests/run, or the newest build* in the tree.
load ../lib/common
bats_require_minimum_version 1.5.0

build_directory()
{
	local dir
	if [ -n "${CENTERCTL_BUILD:-}" ]; then
		echo "$CENTERCTL_BUILD"
		return
	fi
	# shellcheck disable=SC2012 # names of build directories are ours
	dir=$(ls -td "$top"/build/tests/cmd/centerctl/centerctl "$top"/build*/cmd/centerctl/centerctl 2>/dev/null | head -n 1)
	echo "${dir%/cmd/centerctl/centerctl}"
}

# Nothing of the caller's own configuration counts in a test.
setup()
{
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export CENTERCTL_TOP=$top
	build=$(build_directory)
	fake=$build/tests/cli/fake-enter
	[ -x "$fake" ] || { echo "no fake-enter in $build: configure it with -Dtest_hooks=true" >&2; return 1; }
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p bin home libexec
	ln -s "$build/cmd/centerctl/centerctl" bin/centerctl
	ln -s "$fake" libexec/centerctl-enter
	PATH=$PWD/bin:$PATH
	unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS_VERIFY DOCKER_CERT_PATH XDG_RUNTIME_DIR FAKE_STEPS
	export PATH HOME=$PWD/home TERM=xterm-256color CENTERCTL_LIBEXECDIR=$PWD/libexec FAKE_LOG=$PWD/log
	# An address, so that no test depends on engines that this machine may have.
	export DOCKER_HOST=unix:///nowhere.sock
}

# Steps of fake-enter.c, one an argument.
steps()
{
	FAKE_STEPS=$(printf '%s\n' "$@")
	export FAKE_STEPS
}

# The values that fake-enter logged under a name, one a line.
logged()
{
	sed -n "s/^$1=//p" log
}

assert_logged()
{
	local is
	is=$(logged "$1")
	[ "$is" = "$2" ] && return 0
	printf '%s is "%s", not "%s"\n' "$1" "$is" "$2" >&2
	return 1
}

# A whole line, such as a message that came.
assert_log_has()
{
	grep -qx -- "$1" log && return 0
	printf 'no line "%s" in the log:\n%s\n' "$1" "$(cat log)" >&2
	return 1
}

# assert_sends NAME VALUE WORD...: `centerctl exec WORD...` succeeds and tells centerctl-enter so.
assert_sends()
{
	local name=$1 value=$2
	shift 2
	rm -f log
	run centerctl exec "$@"
	assert_status 0 && assert_logged "$name" "$value"
}

# refuses WORDS ARG...: `centerctl exec ARG...` fails with these words before anything is started.
refuses()
{
	local words=$1
	shift
	rm -f log
	run centerctl exec "$@"
	assert_refused "$words" || return 1
	[ ! -e log ] || { echo "centerctl-enter was started" >&2; return 1; }
}

log_has()
{
	grep -qx -- "$1" log 2>/dev/null
}
