#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tests/lib/watchdog, by which a test that hangs is a failure: bats below bats, on files that hang in every way there is.

load ../lib/common

# watched FILE: runs bats with a limit of 2 s on it, looked after; sets $status, $output (what bats says) and $said (what the
# watchdog says).
watched()
{
	local log=$BATS_TEST_TMPDIR/log pid
	: >"$log"
	# Without what the outer bats has set, which the inner one would take for its own.
	env -i PATH="${PATH/"$BATS_LIBEXEC":/}" TMPDIR="$BATS_TEST_TMPDIR" BATS_TEST_TIMEOUT=2 "$BATS_ROOT/bin/bats" --tap "$1" </dev/null >"$log" 2>&1 3>&- 4>&- &
	pid=$!
	timeout 60 "$BATS_TEST_DIRNAME/../lib/watchdog" "$pid" "$log" 2 1 5 >"$BATS_TEST_TMPDIR/said" 3>&- 4>&-
	kill -KILL "$pid" 2>/dev/null || true
	status=0
	wait "$pid" || status=$?
	output=$(cat "$log")
	said=$(cat "$BATS_TEST_TMPDIR/said")
	echo "$output"
	echo "$said"
}

# file LINE...: a bats file whose commands wait for ever; what they run is named $marker, which is nobody else's.
file()
{
	marker=$BATS_TEST_TMPDIR/hangs
	cp "$(command -v sleep)" "$marker"
	printf '%s\n' "${@//HANG/$marker 1000}" >"$BATS_TEST_TMPDIR/hangs.bats"
	watched "$BATS_TEST_TMPDIR/hangs.bats"
}

nothing_left()
{
	! pgrep -f "^$marker" >/dev/null
}

teardown()
{
	[ -z "${marker:-}" ] || pkill -KILL -f "^$marker" || true
}

@test "a command below the one that a test runs" {
	file '@test "hangs" { run sh -c "HANG; :"; }' '@test "next" { true; }'
	[ "$status" = 1 ] || { echo "$output"; false; }
	[[ $output == *"not ok 1 hangs"*"ok 2 next"* ]]
	[[ $said == *"what it waits for"*"test_hangs"*"$marker 1000"* ]]
	nothing_left
}

@test "a command that ignores SIGTERM" {
	file '@test "hangs" { bash -c "trap \"\" TERM; HANG; :"; }' '@test "next" { true; }'
	[ "$status" = 1 ] || { echo "$output"; false; }
	[[ $output == *"not ok 1 hangs"*"ok 2 next"* ]]
	nothing_left
}

@test "a process that nobody waits for holds the pipe that a test reads" {
	file '@test "hangs" { run sh -c "setsid HANG & :"; }' '@test "next" { true; }'
	[ "$status" = 1 ] || { echo "$output"; false; }
	[[ $output == *"not ok 1 hangs"*"ok 2 next"* ]]
	nothing_left
}

@test "a teardown that hangs after its test did" {
	file 'teardown() { sh -c "HANG; :"; }' '@test "hangs" { run sh -c "HANG; :"; }' '@test "next" { true; }'
	[ "$status" = 1 ] || { echo "$output"; false; }
	[[ $output == *"not ok 1 hangs"*"not ok 2 next"* ]]
	nothing_left
}

@test "setup_file and teardown_file" {
	file 'setup_file() { sh -c "HANG; :"; }' '@test "never" { true; }'
	[ "$status" = 1 ] || { echo "$output"; false; }
	[[ $output == *"not ok 1 setup_file failed"* ]]
	file 'teardown_file() { sh -c "HANG; :"; }' '@test "fine" { true; }'
	[ "$status" = 1 ] || { echo "$output"; false; }
	[[ $output == *"ok 1 fine"*"teardown_file failed"* ]]
	nothing_left
}

@test "a process that a test left behind with bats's output" {
	file '@test "leaves" { setsid HANG & }'
	[[ $output == *"ok 1 leaves"* ]]
	[[ $said == *"bats has said nothing"*"$marker 1000"* ]]
	nothing_left
}

@test "nothing is ended that takes its time within the limits" {
	file '@test "slow" { sleep 1.5; }' '@test "beside" { "'"$BATS_TEST_TMPDIR/hangs"'" 1 3>&- & wait $!; }'
	[ "$status" = 0 ]
	[ -z "$said" ]
}
