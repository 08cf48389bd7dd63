# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What is left behind when somebody has debugged: nothing. The process runs on, untraced and not stopped, however the session
# ended; the container is as it was.

load ../../lib/common
load ../../lib/debug

setup_file()
{
	local kind
	debug_make
	for kind in dynamic static readonly app; do
		debug_kind leave "$kind"
	done
}

teardown_file()
{
	debug_kinds_gone leave dynamic static readonly app
}

# Nothing of a session: neither on the host nor in the container.
nothing_left()
{
	! pgrep -f -- "(centerctl debug|gdb|strace|gdbserver) .*$1" >/dev/null && one_process "$1"
}

one_process()
{
	[ "$(processes_of "$1" | wc -l)" -eq 1 ]
}

@test "many times in a row, strace and gdb in turns, and it still answers" {
	local n from rounds=15
	[ "${CENTERCTL_LONG:-}" != 1 ] || rounds=50
	from=$(ask leave-dynamic ping)
	for ((n = 0; n < rounds; n++)); do
		debug_in leave-dynamic strace -f -qq -e trace=none -p 1 --timeout 30ms >"$BATS_TEST_TMPDIR/out" 2>&1 || [ $? -eq 124 ]
		debug_in leave-dynamic gdb -p 1 -batch -ex 'print ticks > 0' >"$BATS_TEST_TMPDIR/out" 2>&1
		grep -qF '$1 = 1' "$BATS_TEST_TMPDIR/out"
		answers leave-dynamic
	done
	runs_free leave-dynamic
	[ "$(($(ask leave-dynamic ping | cut -d ' ' -f 2) - ${from#pong }))" -ge $((rounds + 1)) ]
	wait_until 3 one_process leave-dynamic
}

# during COMMAND...: begins to debug; sets $client and $helper, the processes of this side.
during()
{
	# A background job of a shell begins with SIGINT ignored.
	env --default-signal=INT centerctl debug leave-dynamic -- "$@" </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	client=$!
	wait_until 10 traced leave-dynamic
	helper=$(pgrep -P "$client" centerctl-enter || pgrep -f 'centerctl-enter.*--channel' | tail -n 1)
}

traced()
{
	grep -qsE '^TracerPid:[[:space:]][1-9]' "/proc/$(server_pid "$1")/status"
}

@test "a time limit ends strace and gdb, and the process runs on" {
	run centerctl debug --timeout 500ms leave-dynamic -- strace -f -p 1 </dev/null
	assert_status 124
	runs_free leave-dynamic
	run centerctl debug --timeout 1500ms leave-dynamic -- gdb -p 1 -batch -ex continue </dev/null
	assert_status 124
	runs_free leave-dynamic
	# gdb that stands still with everything stopped.
	run centerctl debug --timeout 1500ms leave-dynamic -- gdb -p 1 -batch -ex 'shell sleep 60' </dev/null
	assert_status 124
	wait_until 3 runs_free leave-dynamic
	run centerctl debug --timeout 2s leave-dynamic -- gdb -p 1 -batch -ex 'break tick_once' -ex 'commands 1
		silent
		continue
		end' -ex continue </dev/null
	wait_until 3 runs_free leave-dynamic
	wait_until 3 one_process leave-dynamic
}

@test "when our side is killed in the middle of strace, the process runs on" {
	local who
	for who in client helper both; do
		during strace -f -p 1
		case $who in
		client) kill -KILL "$client" ;;
		helper) kill -KILL "$helper" ;;
		both) kill -KILL "$client" "$helper" ;;
		esac
		wait "$client" || true
		wait_until_not 5 traced leave-dynamic
		wait_until 5 runs_free leave-dynamic
		wait_until 5 one_process leave-dynamic
	done
}

@test "when our side is killed while gdb has a breakpoint in a function that is called again and again, the process survives" {
	local who
	for who in client helper both; do
		during gdb -p 1 -batch -ex 'break tick_once if number < 0' -ex 'echo armed\n' -ex continue
		wait_until 10 grep -q armed "$BATS_TEST_TMPDIR/out"
		sleep 0.5
		case $who in
		client) kill -KILL "$client" ;;
		helper) kill -KILL "$helper" ;;
		both) kill -KILL "$client" "$helper" ;;
		esac
		wait "$client" || true
		wait_until_not 8 traced leave-dynamic
		sleep 0.3
		docker inspect -f '{{.State.Running}}' leave-dynamic | grep -q true
		wait_until 5 runs_free leave-dynamic
		wait_until 5 one_process leave-dynamic
	done
}

@test "Ctrl-C on this side detaches" {
	during strace -f -p 1
	kill -INT "$client"
	wait "$client" || true
	wait_until 5 runs_free leave-dynamic
	wait_until 5 one_process leave-dynamic
}

@test "a terminal: gdb has its prompt there, and leaving it lets the process run" {
	run pty expect '[(]gdb[)] ' send 'detach\r' expect 'detached' send 'quit\r' -- centerctl debug leave-dynamic gdb -p 1
	assert_status 0
	assert_says "(gdb)"
	runs_free leave-dynamic
}

@test "a process that was stopped before stays stopped, and one that was not runs" {
	local worker host
	worker=$(ask leave-dynamic worker)
	host=$(host_number leave-dynamic "$worker")
	kill -STOP "$host"
	centerctl debug --timeout 400ms leave-dynamic -- strace -p "$worker" </dev/null >/dev/null 2>&1 || true
	sleep 0.3
	[ "$(awk '$1 == "State:" { print $2 }' "/proc/$host/status")" = T ]
	kill -KILL "$host"
	runs_free leave-dynamic
	docker restart -t 0 leave-dynamic >/dev/null
	wait_until 5 answers leave-dynamic
}

# What the container is, as far as somebody who debugs could change it.
state_of()
{
	local pid
	pid=$(server_pid "$1")
	docker diff "$1"
	docker inspect -f '{{.Id}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}' "$1"
	cat "/proc/$pid/mountinfo" "/proc/$pid/limits" "/proc/$pid/oom_score_adj" "/proc/$pid/cgroup"
	readlink "/proc/$pid/ns/"*
	find "/proc/$pid/root/" -xdev -newer "$BATS_TEST_TMPDIR/begin" ! -type d
	grep -E '^(Cap|Seccomp|NoNew|Uid|Gid|Threads|TracerPid)' "/proc/$pid/status"
}

@test "image, root, mounts, limits and namespaces of the container are as before" {
	local kind
	: >"$BATS_TEST_TMPDIR/begin"
	for kind in dynamic readonly app; do
		state_of "leave-$kind" >"$BATS_TEST_TMPDIR/before"
		backtrace "leave-$kind" >/dev/null
		debug_in "leave-$kind" strace -f -p 1 --timeout 300ms >/dev/null 2>&1 || true
		debug_in "leave-$kind" sh -c 'echo x >/tmp/x; echo x >/dev/shm/x; ls /target >/dev/null; gcore -o /tmp/core 1' >/dev/null 2>&1 || true
		state_of "leave-$kind" >"$BATS_TEST_TMPDIR/after"
		diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
		runs_free "leave-$kind"
	done
}

@test "the toolbox cannot be written to, nor the container's files without --rw; /tmp is private and goes" {
	local where
	for where in /x /usr/bin/x /target/x /target/tmp/x /target/srv/x /.centerctl/x; do
		run debug_in leave-dynamic sh -c "echo x >$where"
		[ "$status" -ne 0 ]
		assert_says "Read-only file system"
	done
	run debug_in leave-dynamic sh -c 'echo mine >/tmp/mine; echo mine >/dev/shm/mine; cat /tmp/mine /dev/shm/mine; ls /target/tmp /target/dev/shm'
	assert_output $'mine\nmine\n/target/dev/shm:\n\n/target/tmp:'
	run debug_in leave-dynamic ls /tmp /dev/shm
	assert_silent_about mine
}

@test "--rw lets root write to the container's files, and not to the toolbox" {
	run centerctl debug --rw leave-dynamic -- sh -c 'echo put >/target/tmp/put; echo x >/usr/bin/x' </dev/null
	assert_says "Read-only file system"
	run docker exec leave-dynamic cat /tmp/put
	assert_output put
	docker exec leave-dynamic rm /tmp/put
	# What the container has read-only stays so.
	run centerctl debug --rw leave-readonly -- sh -c 'echo put >/target/put' </dev/null
	[ "$status" -ne 0 ]
	assert_says "Read-only file system"
}

# The kernel gives the lowest number that is free.
@test "a mount namespace that is made when the tool has ended is not taken for the tool's" {
	local n pid gate=$BATS_TEST_TMPDIR/gate others=() number
	CENTERCTL_TEST_BARRIER=ended:$gate centerctl debug leave-dynamic -- readlink /proc/self/ns/mnt </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	client=$!
	wait_until 10 test -e "$gate.reached"
	number=$(cat "$BATS_TEST_TMPDIR/out")
	[[ $number == mnt:* ]]
	for ((n = 0; n < 30; n++)); do
		unshare --mount sleep 60 </dev/null >/dev/null 2>&1 3>&- &
		others+=($!)
	done
	for pid in "${others[@]}"; do
		wait_until 20 grep -qx sleep "/proc/$pid/comm"
		[ "$(readlink "/proc/$pid/ns/mnt")" != "$number" ] || echo "$pid has $number, too" >&2
	done
	touch "$gate.go"
	wait "$client"
	for pid in "${others[@]}"; do
		alive "$pid"
		kill "$pid"
	done
}
