# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Loaded by every file here: `load attack`. Adds to tests/lib/common.bash and tests/lib/host.bash engines that lie, programs for the inside, and a
# build with test hooks. Each file's head names the threat, and the line of defence that its tests prove.
#
# CENTERCTL_LONG=1 makes races and loops run for their full time.

load ../lib/common
load ../lib/host

# build_program NAME: compiles tests/attack/NAME.c, static, and prints where it is. It runs in any container.
build_program()
{
	local to=${BATS_FILE_TMPDIR:?}/bin
	mkdir -p "$to"
	[ -x "$to/$1" ] || gcc -std=gnu11 -O1 -Wall -Werror -static -I "$CENTERCTL_TOP" -o "$to/$1" "$CENTERCTL_TOP/tests/attack/$1.c" >&2
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
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
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

# The tests run a build with test hooks. plain_build: one without, as it would be released; sets $plain to its build directory, which is the
# one in which warnings are looked for.
plain_build()
{
	# shellcheck source=tests/lib/build.bash
	. "$CENTERCTL_TOP/tests/lib/build.bash"
	build_in gcc -Dwerror=true -Dtests=disabled || return
	plain=$build_dir/gcc
}

# The lines of a /proc/PID/status on stdin that say what the process may do.
powers()
{
	grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp|Uid|Gid|Groups):' | tr -s ' \t' ' '
}

long()
{
	[ "${CENTERCTL_LONG:-}" = 1 ]
}

# PIDs of helpers that are left of this run's entries.
helpers_left()
{
	pgrep -s 0 -f -- '(^|/)centerctl-(enter|resolve)( |$)' || true
}

no_helpers_left()
{
	[ -z "$(helpers_left)" ]
}

# no_more_than THEIRS OURS: what powers() printed of both: no capability more, no confinement less, the same user.
no_more_than()
{
	python3 - "$1" "$2" <<-'END'
		import sys
		def read(text):
		    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
		theirs, ours = read(sys.argv[1]), read(sys.argv[2])
		bad = not ours
		for key, value in ours.items():
		    if key.startswith("Cap"):
		        # Within the bounding set; what init has of the others may be less than what a new process gets.
		        bad |= bool(int(value, 16) & ~int(theirs["CapBnd"], 16))
		    elif key in ("NoNewPrivs", "Seccomp"):
		        bad |= int(value) < int(theirs[key])
		    else:
		        bad |= value != theirs[key]
		if bad:
		    print("theirs:", sys.argv[1], "ours:", sys.argv[2], sep="\n", file=sys.stderr)
		sys.exit(bad)
	END
}

# trap_library DIR: makes DIR/trap.so, which writes into DIR/sprung the name of each program that it is loaded into.
trap_library()
{
	cat >"$1/trap.c" <<-'END'
		#include <fcntl.h>
		#include <unistd.h>
		__attribute__((constructor)) static void sprung(void)
		{
			char name[64] = "";
			int comm = open("/proc/self/comm", O_RDONLY);
			int n = read(comm, name, sizeof(name));
			int to = open(TRAP, O_WRONLY | O_CREAT | O_APPEND, 0666);
			write(to, name, n > 0 ? n : 0);
			close(to);
			close(comm);
		}
	END
	gcc -w -shared -fPIC "-DTRAP=\"$1/sprung\"" -o "$1/trap.so" "$1/trap.c"
}

# In $evil: centerctl-enter beside hostile.c in the place of centerctl-resolve. For setup_file.
take_resolve_over()
{
	export evil=$BATS_FILE_TMPDIR/libexec
	mkdir -p "$evil"
	cp "$CENTERCTL_LIBEXEC/centerctl-enter" "$evil/"
	# shellcheck source=tests/lib/build.bash
	. "$CENTERCTL_TOP/tests/lib/build.bash"
	gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -I "$CENTERCTL_TOP" -I "$build_dir/tests" -DREAL="\"$CENTERCTL_LIBEXEC/centerctl-resolve\"" -o "$evil/centerctl-resolve" \
		"$CENTERCTL_TOP/tests/attack/hostile.c" "$CENTERCTL_TOP"/lib/proto/*.c "$CENTERCTL_TOP"/lib/base/*.c
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$evil"
}

# front NAME: builds tests/attack/NAME.c, a front of our own, where every account of the host of ours may run it, and prints where
# that is.
front()
{
	# shellcheck source=tests/lib/build.bash
	. "$CENTERCTL_TOP/tests/lib/build.bash"
	[ -x "$host/$1" ] || gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Werror -static -I "$CENTERCTL_TOP" -I "$build_dir/tests" -o "$host/$1" \
		"$CENTERCTL_TOP/tests/attack/$1.c" "$CENTERCTL_TOP"/lib/proto/{message,request,wire}.c "$CENTERCTL_TOP"/lib/base/*.c >&2
	chmod 755 "$host/$1"
	echo "$host/$1"
}

forger()
{
	front forger
}

# drive_resolve: for setup_file, what asks centerctl-resolve without centerctl-enter (drive_resolve.c) as $drive, and a copy of that
# program as $resolve. Nobody must be able to execute it.
drive_resolve()
{
	export drive=$BATS_FILE_TMPDIR/drive_resolve
	gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -I "$CENTERCTL_TOP" -o "$drive" "$CENTERCTL_TOP/tests/attack/drive_resolve.c" \
		"$CENTERCTL_TOP"/lib/proto/*.c "$CENTERCTL_TOP"/lib/base/*.c
	export resolve=$BATS_FILE_TMPDIR/centerctl-resolve
	cp "$CENTERCTL_LIBEXEC/centerctl-resolve" "$resolve"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$resolve"
}

# medians_agree: of lines "NAME MICROSECONDS ..." in times, the medians of all names lie within 10 % of each other.
# agrees COMMAND...: takes times with it, and more of them while their medians differ, as on a busy machine they may. What tells a caller
# something goes on telling it.
agrees()
{
	local lots
	for lots in 1 2 3 4; do
		"$@"
		medians_agree && return
		echo "# $lots times" >&2
	done
	return 1
}

medians_agree()
{
	python3 - "$BATS_TEST_TMPDIR/times" <<-'END'
		import collections, statistics, sys
		times = collections.defaultdict(list)
		for line in open(sys.argv[1]):
		    name, us = line.split()[:2]
		    times[name].append(int(us))
		medians = {name: statistics.median(t) for name, t in times.items()}
		print(medians)
		sys.exit(max(medians.values()) > 1.1 * min(medians.values()))
	END
}
