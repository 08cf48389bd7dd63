# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What tests of `centerctl debug` share, loaded after common.bash: the server of tests/engine/debug in several makes, images
# of it, and toolboxes. All of it is made once for each run, by whoever asks first.
#
#   debug_make          programs, images and toolboxes; for setup_file
#   debug_dir           what was built: dynamic/ stripped/ static/ static-stripped/ musl/, each an image's tree
#   $toolboxes          the directory of toolboxes: `default` has gdb, gdbserver, strace, procps, tcpdump and busybox

debug_source=${CENTERCTL_TOP:?}/tests/engine/debug
debug_dir=${CENTERCTL_STATE:-/nonexistent}/debug
toolboxes=${CENTERCTL_LIBEXEC%/libexec/centerctl}/state/toolbox
debug_packages=(gdb gdbserver strace procps tcpdump busybox-static)

# The source's directory is called /build in the debugging information: nothing of the host's paths helps gdb.
debug_gcc()
{
	local compiler=$1 to=$2
	shift 2
	mkdir -p "${to%/*}"
	(cd "$debug_source" && "$compiler" -std=gnu11 -g -O0 -Wall -Wextra -Werror "-ffile-prefix-map=$debug_source=/build" -o "$to" "$@")
}

# debug_libraries TREE PROGRAM: what it loads, from the host.
debug_libraries()
{
	local file
	for file in $(LD_LIBRARY_PATH=$1/opt/lib ldd "$2" | grep -oE '/[^ ]+' | grep -v -e "^$1" -e ':$'); do
		mkdir -p "$1${file%/*}"
		cp -L "$file" "$1$file"
	done
}

debug_programs()
{
	local d=$debug_dir
	mkdir -p "$d/dynamic/opt/lib"
	tar -C "$d/dynamic" -xf "$CENTERCTL_STATE/base.tar"
	debug_gcc gcc "$d/dynamic/opt/lib/libgreeting.so" -fPIC -shared greeting.c || return
	debug_gcc gcc "$d/dynamic/srv/server" server.c -pthread "-L$d/dynamic/opt/lib" -lgreeting -Wl,-rpath,/opt/lib || return
	debug_libraries "$d/dynamic" "$d/dynamic/srv/server"
	cp -a "$d/dynamic" "$d/stripped"
	strip "$d/stripped/srv/server" "$d/stripped/opt/lib/libgreeting.so"
	debug_gcc gcc "$d/static/srv/server" -static -pthread server.c greeting.c || return
	mkdir -p "$d"/static/{proc,sys,dev}
	cp -a "$d/static" "$d/static-stripped"
	strip "$d/static-stripped/srv/server"
	debug_gcc musl-gcc "$d/musl/srv/server" -static server.c greeting.c || return
	mkdir -p "$d"/musl/{proc,sys,dev}
}

debug_images()
{
	local make command='CMD ["/srv/server"]'
	for make in dynamic stripped static static-stripped musl; do
		tar -C "$debug_dir/$make" -cf "$debug_dir/$make.tar" .
		docker import -c "$command" "$debug_dir/$make.tar" "debug-$make" >/dev/null || return
	done
	docker -H "$REMAP_HOST" import -c "$command" "$debug_dir/dynamic.tar" debug-dynamic >/dev/null || return
	podman import -q -c "$command" "$debug_dir/dynamic.tar" debug-dynamic >/dev/null
}

# The toolbox is built of Debian's packages once for a build directory, and copied from there: it stays when the
# installation of a run goes. Suites that run side by side share the build directory, and not the installation.
debug_toolbox()
{
	local kept made
	# shellcheck source=tests/lib/build.bash
	. "$CENTERCTL_TOP/tests/lib/build.bash"
	kept=$build_dir/toolbox
	# Built anew if it would be another.
	made="${debug_packages[*]} $(sha256sum <"$CENTERCTL_TOP/contrib/toolbox/build")"
	[ ! -e "$toolboxes/default" ] || return 0
	mkdir -p "$toolboxes" "$kept"
	(
		flock 9
		if [ "$(cat "$kept/made" 2>/dev/null)" != "$made" ]; then
			debug_toolbox_build "$kept" "$made"
		else
			cp -a "$kept/default" "$toolboxes/default"
		fi
	) 9>"$kept.lock"
}

debug_toolbox_build()
{
	rm -rf "$1/default" "$1/made"
	centerctl toolbox build default "${debug_packages[@]}" >"$1/log" 2>&1 </dev/null || {
		tail -n 30 "$1/log" >&2
		return 1
	}
	cp -a "$toolboxes/default" "$1/default" && echo "$2" >"$1/made"
}

debug_make()
{
	# Several bats processes may want it at once.
	exec 8>"$CENTERCTL_STATE/debug.lock"
	flock 8
	local r=0
	if [ ! -e "$debug_dir/made" ]; then
		rm -rf --one-file-system "$debug_dir"
		debug_toolbox && debug_programs && debug_images && : >"$debug_dir/made" || r=$?
	fi
	exec 8>&-
	return $r
}

# debug_line FILE MARK: "FILE:LINE" of what is marked there, as gdb shows it.
debug_line()
{
	echo "$1:$(grep -n "mark: $2 \*/" "$debug_source/$1" | cut -d: -f1)"
}

# server_pid NAME: the container's first process, whichever engine has it.
server_pid()
{
	local pid
	for pid in "$(docker inspect -f '{{.State.Pid}}' "$1" 2>/dev/null)" "$(docker -H "$REMAP_HOST" inspect -f '{{.State.Pid}}' "$1" 2>/dev/null)" \
		"$(podman inspect -f '{{.State.Pid}}' "$1" 2>/dev/null)"; do
		if [ "${pid:-0}" != 0 ]; then
			echo "$pid"
			return
		fi
	done
	return 1
}

# ask CONTAINER WORD: what the server says to it.
ask()
{
	timeout -k 1 10 nsenter -t "$(server_pid "$1")" -n -- "$debug_dir/static/srv/server" ask "$2"
}

answers()
{
	[[ $(ask "$1" ping 2>/dev/null) == pong\ * ]]
}

# The host's numbers of a container's processes.
processes_of()
{
	pgrep --ns "$(server_pid "$1")" --nslist pid .
}

# host_number CONTAINER N: the host's number of its process N.
host_number()
{
	local pid
	for pid in $(processes_of "$1"); do
		[ "$(awk '$1 == "NSpid:" { print $NF }' "/proc/$pid/status")" != "$2" ] || echo "$pid"
	done
}

# runs_free CONTAINER: the server answers, and none of the container's processes is traced or stopped.
runs_free()
{
	local pid
	if ! answers "$1"; then
		echo "$1 does not answer" >&2
		return 1
	fi
	for pid in $(processes_of "$1"); do
		if grep -qsE '^State:[[:space:]][tT]|^TracerPid:[[:space:]][1-9]' "/proc/$pid"/task/*/status; then
			grep -sE '^(Name|State|TracerPid):' "/proc/$pid"/task/*/status >&2
			return 1
		fi
	done
}

# names_threads: the output is a backtrace of the server with everything that gdb can know.
names_threads()
{
	local what
	for what in '"ticker"' '"waiter"' '"dozer"' 'serve_all \(listener=' 'main \(argc=1' 'run_ticker \(arg=' 'run_waiter \(arg=' \
		'wait_in_library \(descriptor=' 'greeting_wait \(\)' 'doze \(depth=0\)' 'doze \(depth=3\)' 'run_dozer \(arg=' \
		"$(debug_line server.c serve)" "$(debug_line server.c doze)" "$(debug_line greeting.c library)"; do
		assert_matches "$what" || return
	done
}

# Containers of every kind that is debugged here; where their engine is, debug_in knows by the name.
debug_kinds="dynamic stripped static static-stripped musl readonly app remap podman"

# debug_kind PREFIX KIND: starts PREFIX-KIND.
debug_kind()
{
	local name=$1-$2
	case $2 in
	readonly) container "$name" --read-only debug-dynamic ;;
	app) container "$name" --user 1000 --security-opt no-new-privileges --cap-drop ALL debug-dynamic ;;
	remap) docker -H "$REMAP_HOST" run -d --name "$name" --network none debug-dynamic >/dev/null ;;
	podman) podman run -d --name "$name" --network none debug-dynamic >/dev/null ;;
	*) container "$name" "debug-$2" ;;
	esac
	wait_until 5 answers "$name"
}

debug_kinds_gone()
{
	local prefix=$1 kind
	shift
	for kind in "$@"; do
		case $kind in
		remap) docker -H "$REMAP_HOST" rm -f "$prefix-$kind" >/dev/null 2>&1 || true ;;
		podman) podman rm -f -t 0 "$prefix-$kind" >/dev/null 2>&1 || true ;;
		*) containers_gone "$prefix-$kind" ;;
		esac
	done
}

# debug_engine NAME: the options that lead to its engine.
debug_engine()
{
	case $1 in
	*-remap) echo "-H $REMAP_HOST" ;;
	*-podman) echo "-H $PODMAN_HOST" ;;
	esac
}

# debug_in NAME COMMAND...: in its default toolbox.
debug_in()
{
	# shellcheck disable=SC2046 # words
	centerctl debug $(debug_engine "$1") "$1" -- "${@:2}" </dev/null
}

# A backtrace of every thread of process $2, or of the first.
backtrace()
{
	debug_in "$1" gdb -p "${2:-1}" -batch -ex 'thread apply all bt'
}
