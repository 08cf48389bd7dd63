# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Loaded by every file here: `load attack`. Adds to tests/lib/common.bash engines that lie, programs for the inside, and a
# build with test hooks. Each file's head names the threat, and the line of defence that its tests prove.
#
# CENTERCTL_LONG=1 makes races and loops run for their full time.

load ../lib/common

# build_program NAME: compiles tests/attack/NAME.c, static, and prints where it is. It runs in any container.
build_program()
{
	local to=${BATS_FILE_TMPDIR:?}/bin
	mkdir -p "$to"
	[ -x "$to/$1" ] || gcc -std=gnu11 -O1 -Wall -Werror -static -o "$to/$1" "$CENTERCTL_TOP/tests/attack/$1.c" >&2
	echo "$to/$1"
}

# give CONTAINER NAME: the compiled program as /NAME in the container.
give()
{
	docker cp -q "$(build_program "$2")" "$1:/$2" 2>/dev/null || docker cp "$(build_program "$2")" "$1:/$2" >/dev/null
}

# inside CONTAINER COMMAND...: with root's rights, and the host's programs, in the mount namespace of the container only.
inside()
{
	local pid
	pid=$(container_pid "$1")
	shift
	nsenter -t "$pid" -m -- "$@"
}

# fake_start [options of fake-engine.py]: starts an engine that lies; sets $fake to its URL and $fake_pid.
# $fake_record has what was said to it.
fake_start()
{
	local dir
	dir=$(mktemp -d "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/fake.XXXXXX")
	fake_record=$dir/record
	: >"$fake_record"
	case " $* " in
	*" --listen "*) ;;
	*) set -- --listen "unix:$dir/sock" "$@" ;;
	esac
	python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --ready "$dir/ready" --record "$fake_record" "$@" \
		</dev/null >"$dir/log" 2>&1 3>&- &
	fake_pid=$!
	if ! wait_until 5 test -s "$dir/ready"; then
		cat "$dir/log" >&2
		return 1
	fi
	read -r fake <"$dir/ready"
	case $fake in
	/*) fake=unix://$fake ;;
	*) fake=tcp://$fake ;;
	esac
	fake_pids="${fake_pids:-} $fake_pid"
}

fake_stop()
{
	local pid
	for pid in ${fake_pids:-}; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	fake_pids=
}

# template CONTAINER: a file with what the real engine says of it, for --template.
template()
{
	local file=${BATS_FILE_TMPDIR:?}/$1.json
	[ -s "$file" ] || docker inspect "$1" >"$file"
	echo "$file"
}

# hooks_build: an installation with test hooks, made once a run; sets $hooked to its centerctl and $hooked_libexec.
hooks_build()
{
	local dir=$CENTERCTL_STATE/hooks
	if [ ! -e "$dir/done" ]; then
		(
			meson setup "$dir/build" "$CENTERCTL_TOP" --prefix="$dir/inst" -Dtest_hooks=true -Dman=disabled \
				-Dtests=disabled -Dcompletions=false -Drundir="$dir/run" &&
				ninja -C "$dir/build" install && touch "$dir/done"
		) >"$dir.log" 2>&1 || {
			tail -n 30 "$dir.log" >&2
			return 1
		}
	fi
	hooked=$dir/inst/bin/centerctl
	hooked_libexec=$dir/inst/libexec/centerctl
}

# status_of WORDS: the lines of /proc/self/status on stdin that say what a process may do.
powers()
{
	grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp|Uid|Gid|Groups):' | tr -s ' \t' ' '
}

# more_than HEX HEX: the first set has a bit that the second has not.
more_than()
{
	[ $((16#$1 & ~16#$2)) -ne 0 ]
}

long()
{
	[ "${CENTERCTL_LONG:-}" = 1 ]
}

# no_trace_of WORDS: no centerctl-enter or centerctl-resolve that this test started is left.
helpers_left()
{
	local pid
	for pid in $(pgrep -f -- 'centerctl-(enter|resolve)'); do
		[ "$(tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -c "^BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR$")" -gt 0 ] && echo "$pid"
	done
	return 0
}
