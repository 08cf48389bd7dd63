# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# The core of a living process, of which there are more kinds than the server of these tests has: what is in it and what is
# not, and that the process goes on whatever becomes of the core.

load ../../lib/common
load ../../lib/debug

setup_file()
{
	local tree=$CENTERCTL_STATE/debug/hoard
	debug_make
	rm -rf "$tree"
	mkdir -p "$tree"/{proc,sys,dev}
	debug_gcc gcc "$tree/srv/hoard" -static -pthread hoard.c
	tar -C "$tree" -c . | docker import -c 'CMD ["/srv/hoard"]' - hoard >/dev/null
	container hoard hoard
	wait_until 5 has_spawned
}

teardown_file()
{
	containers_gone hoard
	docker rmi hoard >/dev/null 2>&1 || true
}

has_spawned()
{
	[ "$(find "/proc/$(container_pid hoard)/task" -mindepth 1 -maxdepth 1 | wc -l)" -ge 5 ]
}

# Threads that end while we look are none that is held.
goes_on()
{
	! cat "/proc/$(container_pid hoard)/task"/*/status 2>/dev/null | grep -qE '^State:[[:space:]][tT]|^TracerPid:[[:space:]][1-9]'
}

is_held()
{
	! goes_on
}

page_tables()
{
	awk '$1 == "VmPTE:" { print $2 }' "/proc/$(container_pid hoard)/status"
}

# First: page tables that are there stay.
@test "memory that was only reserved is not filled by looking at it" {
	local before
	before=$(page_tables)
	centerctl debug hoard -- gcore -o - 1 </dev/null >/dev/null
	[ "$(page_tables)" -le $((before + 64)) ]
}

@test "a core has all threads there were, and memory of every kind" {
	local core=$BATS_TEST_TMPDIR/core
	centerctl debug hoard -- gcore -o - 1 >"$core" </dev/null
	wait_until 2 goes_on
	run gdb -nx -batch -ex 'thread apply all bt' -ex 'print island' -ex 'print shared' -ex 'x/s cut' "$debug_dir/hoard/srv/hoard" "$core"
	assert_matches 'in main \(\) at hoard.c'
	[ "$(grep -c ' in spawn (arg=' <<<"$output")" -eq 4 ]
	assert_says 'island-in-the-sea'
	assert_says 'shared-with-others'
	assert_matches '<cut>|0x[0-9a-f]+:.*""'
}

@test "what the process wants in no core is in none, unless -a asks for it" {
	centerctl debug hoard -- gcore -o - 1 </dev/null | grep -qa island-in-the-sea
	run ! grep -qa secret-of-the-process <(centerctl debug hoard -- gcore -o - 1 </dev/null)
	centerctl debug hoard -- gcore -a -o - 1 </dev/null >"$BATS_TEST_TMPDIR/all"
	grep -qa secret-of-the-process "$BATS_TEST_TMPDIR/all"
}

@test "a reader that has gone, or reads no more and is killed, lets the process go on" {
	centerctl debug hoard -- gcore -o - 1 </dev/null 2>/dev/null | head -c 100000 >/dev/null
	wait_until 3 goes_on
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	sleep 60 9<"$BATS_TEST_TMPDIR/fifo" 3>&- &
	local reader=$! client
	centerctl debug hoard -- gcore -o - 1 </dev/null >"$BATS_TEST_TMPDIR/fifo" 2>/dev/null 3>&- &
	client=$!
	wait_until 5 is_held
	kill -KILL "$client"
	wait_until 8 goes_on
	kill "$reader"
	wait "$client" "$reader" || true
}

@test "a process that was stopped stays stopped, and its core is written" {
	kill -STOP "$(container_pid hoard)"
	centerctl debug hoard -- gcore -o - 1 </dev/null >"$BATS_TEST_TMPDIR/core"
	grep -qa island-in-the-sea "$BATS_TEST_TMPDIR/core"
	grep -q '^State:[[:space:]]T' "/proc/$(container_pid hoard)/status"
	kill -CONT "$(container_pid hoard)"
	wait_until 2 goes_on
}
