#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Debugging by those who are not root, with a key or an account: what a rule grants, and how it is written down.

load gate
load ../lib/debug

setup_file()
{
	local name small=$toolboxes/gate-small/root
	host_start
	debug_make
	mkdir -p "$small/bin"
	cp "$CENTERCTL_STATE/trees/base/bin/busybox" "$small/bin/busybox"
	for name in sh cat echo id ls; do
		ln -sf busybox "$small/bin/$name"
	done
	container debug-web debug-dynamic
	container debug-db debug-static
	container debug-power --pid host debug-static
	container debug-tty debug-dynamic
	container debug-app --user 1000 debug-dynamic
}

setup()
{
	policy <<-END
		allow key:tracer  to debug-web   as app  for debug,top
		allow key:tracer  to debug-db    as root for debug with toolbox=gate-small:default,rw,cap-add=SYS_NICE
		allow key:tracer  to debug-app   as app  for debug
		allow key:master  to debug-web   as app  for debug with privileged
		allow key:writer  to debug-*     as root for exec,shell
		allow key:counter to debug-web   as root for debug run "strace -c *" run "gdbserver stdio" with timeout=20s
		allow key:taped   to debug-tty   as root for debug with record
		allow user:alice  to debug-web   as root for debug with toolbox=gate-small
		allow user:alice  to debug-db    as root for debug,top
		allow user:alice  to debug-power as root for debug
		allow user:bob    to debug-*     as root for debug with privileged
	END
	local name
	for name in tracer master writer counter taped; do
		gate_key "$name"
	done
}

teardown_file()
{
	containers_gone debug-web debug-db debug-power debug-tty debug-app
	rm -rf "$toolboxes/gate-small"
	host_clean
}

denied()
{
	assert_status 125 || return
	assert_output "centerctl: $1: not permitted, or there is no such container (ls shows what you may enter)"
}

@test "a key whose rule has debug traces a process through ssh" {
	run gate_ssh tracer debug debug-app -- strace -f -e trace=access,faccessat,faccessat2 -p 1 --timeout 400ms
	assert_status 124
	assert_matches '"/no/such/tick"'
	wait_until 5 runs_free debug-app
	run gate_ssh tracer "debug debug-app -- gdb -p 1 -batch -ex 'thread apply all bt'"
	assert_status 0
	names_threads
	wait_until 5 runs_free debug-app
}

@test "another user's process is not its to trace, and it is said whose it is" {
	local words
	for words in "strace -p 1" "gdb -p 1 -batch -ex bt" "gcore -o - 1" "gdbserver stdio" "sh -c 'strace -p 1'"; do
		run gate_ssh tracer "debug --timeout 3s debug-web -- $words" </dev/null
		echo "$words: $output" >&2
		[ "$status" -ne 0 ]
		[ "$status" -ne 124 ]
		assert_silent_about serve_all
		case $words in
		sh*) ;;
		*) assert_says "user 0" ;;
		esac
	done
	wait_until 5 runs_free debug-web
}

@test "the tool runs as the rule says; SYS_PTRACE comes with the word privileged alone" {
	run gate_ssh tracer debug debug-web -- sh -c "'id -u; grep ^CapEff /proc/self/status'"
	assert_status 0
	assert_matches '^1000$'
	# SYS_PTRACE is bit 19. One that the container has not keeps its processes from tracing the tool.
	local ours theirs
	ours=$((16#$(awk '/CapEff/ { print $2 }' <<<"$output")))
	theirs=$((16#$(awk '/CapBnd/ { print $2 }' "/proc/$(server_pid debug-web)/status")))
	[ $((ours & 1 << 19)) -eq 0 ]
	[ $((ours & ~theirs)) -ne 0 ]
	[ $((ours & theirs)) -eq 0 ]
	run gate_ssh tracer debug -u root debug-web -- id -u
	denied debug-web
	run gate_ssh tracer debug debug-db -- id -u
	assert_output 0
	run gate_ssh master debug debug-web -- grep ^CapEff /proc/self/status
	assert_matches 'CapEff:[[:space:]]0000000000080000'
	run gate_ssh master debug debug-web -- strace -f -p 1 --timeout 400ms
	assert_status 124
	assert_matches '"/no/such/tick"'
	wait_until 5 runs_free debug-web
}

@test "exec does not give debug, and debug does not give exec" {
	local line before
	before=$(audit_lines)
	run gate_ssh writer debug --timeout 3s debug-web -- strace -p 1
	denied debug-web
	run audit_last '[.event, .verb, .decision] | join(" ")'
	assert_output "deny debug deny"
	run gate_ssh writer debug no-such-container -- strace -p 1
	denied no-such-container
	for line in "debug debug-web" "debug --static busybox debug-web" "debug --static busybox debug-web -- id" "debug --gdbserver stdio debug-web" \
		"debug --show debug-web"; do
		run gate_ssh writer "$line" </dev/null
		echo "$line" >&2
		denied debug-web
	done
	for line in "exec debug-web id" "shell debug-web" "debug-web id"; do
		run gate_ssh tracer "$line" </dev/null
		echo "$line" >&2
		assert_status 125
		assert_silent_about uid=
	done
	[ "$(audit_lines)" -gt "$before" ]
}

@test "run patterns hold for the tool's command, word by word" {
	run gate_ssh counter debug debug-web -- strace -c -f -p 1 --timeout 300ms
	assert_says total
	local line
	while read -r line; do
		run gate_ssh counter "debug debug-web -- $line" </dev/null
		echo "$line" >&2
		assert_status 125
		assert_matches 'not permitted|no such container'
	done <<-'END'
		strace -p 1
		strace -f -c -p 1
		gdb -p 1
		sh
		/usr/bin/strace -c -p 1
		gdbserver 4711
	END
	run gate_ssh counter "debug debug-web" </dev/null
	denied debug-web
	wait_until 5 runs_free debug-web
}

@test "gdb at somebody's desk debugs through ssh and gdbserver" {
	local ssh_options
	host_ssh_options counter
	run in_host timeout -k 1 60 gdb -nx -batch -ex "set sysroot $debug_dir/dynamic" -ex "file $debug_dir/dynamic/srv/server" \
		-ex "target remote | ssh -F none ${ssh_options[*]} center@127.0.0.1 debug debug-web --gdbserver stdio --pid 1" -ex 'thread apply all bt' -ex detach
	assert_status 0
	assert_matches 'serve_all \(listener='
	assert_matches 'wait_in_library \(descriptor='
	wait_until 5 runs_free debug-web
}

@test "a core comes through ssh" {
	gate_ssh tracer debug debug-db --toolbox default -- gcore -o - 1 >"$BATS_TEST_TMPDIR/core"
	run gdb -nx -batch -ex "file $debug_dir/static/srv/server" -ex "core-file $BATS_TEST_TMPDIR/core" -ex 'thread apply all bt'
	assert_matches 'serve_all \(listener='
	wait_until 5 runs_free debug-db
}

@test "toolbox= names those that may be used; without --toolbox it is the first" {
	run gate_ssh tracer debug debug-db -- ls /bin
	assert_status 0
	assert_says busybox
	assert_silent_about bash
	run gate_ssh tracer debug --toolbox default debug-db -- ls /bin
	assert_says bash
	run gate_ssh tracer debug --toolbox gate-small debug-web -- ls /bin
	assert_refused gate-small
	run gate_ssh tracer debug --toolbox /tmp debug-db -- ls /bin
	assert_status 125
	run gate_ssh tracer debug --toolbox ../toolbox/default debug-db -- ls /bin
	assert_status 125
	run as_user alice centerctl debug --toolbox default debug-web -- ls /bin
	assert_refused default
	run as_user alice centerctl debug --toolbox "$toolboxes/default/root" debug-db -- ls /bin
	assert_status 125
}

@test "--rw and --cap-add only where the rule has them" {
	run gate_ssh tracer debug --rw debug-web -- true
	assert_refused rw
	run gate_ssh tracer debug --cap-add SYS_NICE debug-web -- true
	assert_refused cap-add
	run gate_ssh tracer debug --cap-add SYS_ADMIN debug-db -- true
	assert_refused cap-add
	run gate_ssh tracer debug --rw debug-db -- sh -c "'echo put >/target/put && cat /target/put'"
	assert_status 0
	assert_output put
	run gate_ssh tracer debug debug-db -- sh -c "'echo put >/target/put'"
	[ "$status" -ne 0 ]
	run gate_ssh tracer debug --cap-add SYS_NICE --toolbox default debug-db -- grep CapEff /proc/self/status
	assert_status 0
	# SYS_NICE is bit 23.
	[ $((16#$(awk '{ print $2 }' <<<"$output") & 1 << 23)) -ne 0 ]
}

@test "what belongs to the caller's host is refused at the gate, with a sentence" {
	local words
	for words in "-o /tmp/x debug-web -- true" "--json debug-web -- true" "--source /etc debug-web -- true" "--host-pid 1 -- true"; do
		run gate_ssh tracer "debug $words"
		echo "$words: $output" >&2
		assert_status 125
		[[ $output == centerctl:* ]]
		[ ! -e /tmp/x ]
	done
	run gate_ssh tracer "which 1"
	assert_status 125
	run gate_ssh tracer "toolbox ls"
	assert_status 125
}

@test "start and end are recorded, with the toolbox and the right" {
	run gate_ssh tracer debug debug-web -- sh -c "'exit 7' marked-debug"
	assert_status 7
	local session
	session=$(audit_all 'select(.event == "start" and .argv[-1] == "marked-debug") | .session' | tail -n 1)
	[ -n "$session" ]
	run audit_all "select(.session == \"$session\" and .event == \"start\") | [.verb, .toolbox, .as, .name, .key] | map(tostring) | join(\" \")"
	assert_output "debug default app debug-web tracer"
	run audit_all "select(.session == \"$session\" and .event == \"end\") | [.exit, .reason] | map(tostring) | join(\" \")"
	assert_output "7 exit"
}

@test "a session with a terminal is recorded where the rule says so, and can be played again" {
	local ssh_options session
	host_ssh_options taped
	run pty expect '[(]gdb[)] ' send 'print 40+2\r' expect '42' send 'detach\r' expect 'detached' send 'quit\r' -- \
		nsenter -t "$(cat "$host/holder")" --mount --net -- ssh -F none -tt "${ssh_options[@]}" center@127.0.0.1 debug debug-tty gdb -p 1
	assert_status 0
	session=$(audit_all 'select(.event == "start" and .verb == "debug" and .name == "debug-tty") | .session' | tail -n 1)
	run in_host cat "$host_log/sessions/$session.cast"
	assert_says '"width"'
	assert_says "print 40+2"
	run in_host "$host_prefix/bin/centerctl" replay --speed 1000 "$session"
	assert_says 42
	wait_until 5 runs_free debug-tty
}

@test "the rule's time limit detaches" {
	policy <<-END
		allow key:counter to debug-web as root for debug with timeout=1s
	END
	elapsed_ms gate_ssh counter debug debug-web -- strace -f -p 1
	assert_status 124
	assert_within_ms 4000
	wait_until 5 runs_free debug-web
}

@test "when the connection is cut in the middle of it, the process runs on" {
	host_exec=1 gate_ssh tracer debug --toolbox default debug-db -- gdb -p 1 -batch -ex "'break tick_once if number < 0'" -ex "'echo armed\\n'" -ex continue \
		</dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	local client=$!
	wait_until 20 grep -q armed "$BATS_TEST_TMPDIR/out"
	sleep 0.3
	kill -KILL "$client"
	wait "$client" || true
	wait_until 10 runs_free debug-db
	wait_until 5 no_gates_left
}

@test "an account of the host debugs by the same rules" {
	run as_user alice centerctl debug debug-db -- gdb -p 1 -batch -ex 'thread apply all bt' </dev/null
	assert_status 0
	names_threads
	run as_user alice centerctl debug debug-web -- id -u </dev/null
	assert_output 0
	run as_user mallory centerctl debug debug-db -- id -u </dev/null
	denied debug-db
	run as_user alice centerctl exec debug-db id </dev/null
	denied debug-db
	wait_until 5 runs_free debug-db
	# Files of the caller's, with the caller's rights.
	run as_user alice centerctl debug -o "$host/home/alice/trace" --timeout 300ms debug-db -- strace -f -p 1 </dev/null
	assert_status 124
	[ "$(in_host stat -c '%U %a' "$host/home/alice/trace")" = "alice 600" ]
	run as_user alice centerctl debug -o /etc/trace debug-db -- strace -V </dev/null
	assert_refused /etc/trace
}

@test "an account cannot name what is root's to name" {
	local words
	for words in "--source /root debug-db -- true" "--source /etc debug-db -- cat /source/shadow" "--toolbox / debug-db -- true" "--static /bin/busybox debug-db -- id"; do
		# shellcheck disable=SC2086 # words
		run as_user alice centerctl debug $words </dev/null
		echo "$words: $output" >&2
		assert_status 125
	done
	run as_user alice centerctl toolbox add x --directory / </dev/null
	assert_status 125
	run as_user alice centerctl toolbox rm default </dev/null
	assert_status 125
	[ -d "$toolboxes/default" ]
}

@test "a target as good as the host needs the word privileged to be debugged" {
	run as_user alice centerctl debug debug-power -- id </dev/null
	assert_status 125
	assert_says privileged
	assert_silent_about uid=
	run as_user bob centerctl debug debug-power -- id -u </dev/null
	assert_output 0
	# SYS_PTRACE and the host's processes: a container with pid=host is one.
	run as_user alice centerctl debug --static busybox debug-power -- id </dev/null
	assert_status 125
	assert_silent_about uid=
}

@test "a container in whose PID namespace another's processes are needs the word, too: these could be traced" {
	docker run -d --name debug-shared --network none --pid container:debug-db debug-static >/dev/null
	policy <<-END
		allow user:alice to debug-shared,debug-db as root for debug
		allow user:bob   to debug-shared,debug-db as root for debug with privileged
	END
	local name
	for name in debug-shared debug-db; do
		run as_user alice centerctl debug "$name" -- id -u </dev/null
		echo "$name: $output" >&2
		assert_status 125
		assert_says privileged
		run as_user bob centerctl debug "$name" -- id -u </dev/null
		assert_output 0
	done
	containers_gone debug-shared
	run as_user alice centerctl debug debug-db -- id -u </dev/null
	assert_output 0
}

@test "top and which show an account only what it may enter" {
	run as_user alice centerctl top debug-db </dev/null
	assert_status 0
	assert_says /srv/server
	run as_user mallory centerctl top debug-db </dev/null
	assert_status 125
	assert_silent_about /srv/server
	run as_user alice centerctl which "$(server_pid debug-db)" </dev/null
	assert_says debug-db
	run as_user mallory centerctl which "$(server_pid debug-db)" </dev/null
	assert_status 125
	assert_silent_about debug-db
	run gate_ssh tracer top debug-web
	assert_status 0
	assert_says /srv/server
	run gate_ssh taped top debug-web
	assert_status 125
	assert_silent_about /srv/server
}

@test "ls names the right" {
	run gate_ssh tracer ls
	assert_status 0
	assert_matches 'debug-web.*debug'
}

@test "shell at the gate: the container's own, or busybox where there is none" {
	run gate_ssh writer shell debug-web <<<'readlink /proc/$$/exe; exit 3'
	assert_status 3
	assert_output /bin/busybox
	run gate_ssh writer shell debug-db <<<'ls -d /srv; exit 4'
	assert_status 4
	assert_output /srv
}
