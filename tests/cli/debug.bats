# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the front does for debug, shell and which; tests/engine/debug.bats has the real thing.
load cli

# debug_refuses WORDS ARG...: as refuses(), for debug.
debug_refuses()
{
	local words=$1
	shift
	rm -f log
	run centerctl debug "$@"
	assert_refused "$words" || return 1
	[ ! -e log ] || { echo "centerctl-enter was started" >&2; return 1; }
}

# What jq would print, without it.
json_has()
{
	[[ $output == *"$1"* ]] && return 0
	printf 'no %s in:\n%s\n' "$1" "$output" >&2
	return 1
}

@test "debug asks for a toolbox beside the container" {
	centerctl debug --toolbox gdb --pid nginx -u 0 --rw --source /target/src web -- gdb -batch </dev/null
	assert_logged verb 1
	assert_logged debug 1
	assert_logged target web
	assert_logged toolbox gdb
	assert_logged pid nginx
	assert_logged rw 1
	assert_logged source /target/src
	assert_logged user 0
	assert_logged command "$(printf -- 'gdb\n-batch')"
	assert_logged fallback 0
	assert_logged collecting 0
	assert_logged engine unix
}

@test "a process of the host needs no target, but an engine" {
	centerctl debug --host-pid 4711 strace </dev/null
	assert_logged target ""
	assert_logged hostpid 4711
	assert_logged command strace
	assert_logged engine unix
}

@test "shell may fall back to a static one, and exec may not" {
	centerctl shell -u app web </dev/null
	assert_logged fallback 1
	assert_logged debug 0
	assert_logged user app
	assert_logged command ""
	rm log
	centerctl exec web </dev/null
	assert_logged fallback 0
	run centerctl shell web ls
	assert_refused "shell takes no command: centerctl exec web ls"
	run centerctl shell
	assert_refused "shell needs a container"
}

@test "what contradicts itself is refused before anything is started" {
	debug_refuses "debug needs a container"
	debug_refuses "--static and --pid contradict" --static busybox --pid 1 web
	debug_refuses "--gdbserver and COMMAND contradict" --gdbserver 1234 web ls
	debug_refuses "no TARGET stands beside it" web --host-pid 1
	debug_refuses "contradict -t (--tty)" --json -t web
	debug_refuses "contradict -d (--detach)" -o x -d web
	debug_refuses "a toolbox's name" --toolbox ../etc web
	[ ! -e x ]
}

@test "-o keeps the command's output, and nothing else, in a file of the caller" {
	steps "started 5" "say out" "moan err" "exit 3"
	umask 000
	run --separate-stderr centerctl debug -o kept web ls </dev/null
	assert_status 3
	[ -z "$output" ]
	[ "$stderr" = err ]
	[ "$(cat kept)" = out ]
	[ "$(stat -c %a kept)" = 600 ]
	assert_logged collecting 1
	assert_logged tty 0
	# Of the descriptors that the front has, only the three and the channel.
	assert_logged fd "$(printf '%s\n' 0 1 2 3)"
}

@test "-o empties a file that is there, keeps its mode, and - is stdout" {
	steps "say new"
	echo "something longer" >kept
	chmod 644 kept
	centerctl debug -o kept web ls </dev/null
	[ "$(cat kept)" = new ]
	[ "$(stat -c %a kept)" = 644 ]
	run centerctl debug -o - web ls </dev/null
	assert_output new
	assert_logged collecting "$(printf '1\n1')"
}

@test "a file that cannot be written is named, and nothing is started" {
	mkdir directory
	debug_refuses "--output directory: that is a directory" -o directory web
	debug_refuses "cannot write to nowhere/x: No such file" -o nowhere/x web
	debug_refuses "the file's name is empty" -o "" web
}

@test "--json tells what became of the command, and where its output is" {
	mkdir files
	export TMPDIR=$PWD/files
	steps "started 5" "say out" "moan err" "pause 50" "exit 7"
	run --separate-stderr centerctl debug --json web ls 'a"b' $'\xff' </dev/null
	assert_status 7
	json_has '"target": "web"'
	json_has '"command": ["ls", "a\"b", "'$'\xef\xbf\xbd''"]'
	json_has '"exit_code": 7, "signal": null, "timed_out": false'
	json_has '"started": true'
	[[ $output =~ \"duration_ms\":\ ([0-9]+), ]]
	[ "${BASH_REMATCH[1]}" -ge 45 ] && [ "${BASH_REMATCH[1]}" -lt 5000 ]
	[[ $output =~ \"stdout\":\ \"([^\"]+)\",\ \"stderr\":\ \"([^\"]+)\" ]]
	[ "$(cat "${BASH_REMATCH[1]}")" = out ]
	[ "$(cat "${BASH_REMATCH[2]}")" = err ]
	[ "$(stat -c %a "$(dirname "${BASH_REMATCH[1]}")")" = 700 ]
	[ -z "$stderr" ]
	command -v python3 >/dev/null && python3 -c 'import json, sys; json.loads(sys.argv[1])' "$output"
}

@test "--json with -o keeps both streams beside each other" {
	steps "started 5" "say out" "moan err"
	run centerctl debug --json -o kept web ls </dev/null
	assert_status 0
	json_has '"stdout": "kept", "stderr": "kept.err"'
	[ "$(cat kept)" = out ]
	[ "$(cat kept.err)" = err ]
}

@test "--json tells signals and timeouts" {
	mkdir files
	export TMPDIR=$PWD/files
	steps "started 5" "killed 11" "exit 139"
	run centerctl debug --json web ls </dev/null
	assert_status 139
	json_has '"exit_code": 139, "signal": 11, "timed_out": false'
	steps "started 5" "exit 124"
	run centerctl debug --json --timeout 1s web ls </dev/null
	assert_status 124
	json_has '"timed_out": true'
	# A command's own 124 is no timeout where there was none.
	run centerctl debug --json web ls </dev/null
	json_has '"timed_out": false'
}

@test "a refusal leaves no files behind that --json made for itself" {
	mkdir files
	export TMPDIR=$PWD/files
	steps "error 125 no such container" "exit 125"
	run --separate-stderr centerctl debug --json web ls </dev/null
	assert_status 125
	json_has '"stdout": null, "stderr": null, "started": false'
	[ "$stderr" = "centerctl: no such container" ]
	[ -z "$(ls files)" ]
}

@test "--show of debug prints and keeps nothing" {
	steps show
	run centerctl debug --show --json web </dev/null
	assert_status 0
	assert_says '"bounding"'
	assert_logged verb 2
	assert_logged collecting 0
}

@test "which names the container of a process" {
	steps which
	run centerctl which 4711
	assert_status 0
	assert_output 'NAME  ID            PID
web   0123456789ab  7'
	assert_logged verb 7
	assert_logged ns ff
	assert_logged hostpid 4711
	run centerctl which -q 4711
	assert_output web
	run centerctl which --json 4711
	json_has '"name": "web", "pid": 7}'
	for word in 0 -1 web 99999999; do
		run centerctl which -- "$word"
		assert_refused "is not the number of a process"
	done
}

@test "an answer to another question is none" {
	steps which
	run centerctl top web
	assert_refused "centerctl-enter's answer cannot be shown"
	steps "exit 0"
	run centerctl top web
	assert_refused "centerctl-enter sent no answer"
}
