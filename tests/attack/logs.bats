#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 30: hostile HTTP, where an answer has no limits: logs and events. A frame of 4 GiB, one that is cut, a header that
# is none, a line without an end, an engine that trickles or lies about its status, and more output than anybody reads.
# Proves: lib/engine/logs and lib/engine/events (nothing is kept but a timestamp, or one event), http_stream()'s limit on the
# time until an answer begins, and that a reader who sleeps holds the engine up (cmd/centerctl-resolve/stream.c).

load attack

setup_file()
{
	container stream base sleep 100000
	drive_resolve
}

teardown_file()
{
	containers_gone stream
}

teardown()
{
	local pid
	for pid in ${reader:-}; do
		kill "$pid" 2>/dev/null || true
	done
	fake_stop
}

stream()
{
	fake_start --template "$(template stream)" --stream "$1"
}

# logs: of the lying engine; $status, $err, and the file out.
logs()
{
	status=0
	timeout -k 1 30 centerctl logs -H "$fake" stream >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	err=$(cat "$BATS_TEST_TMPDIR/err")
}

# One line that a terminal shows as it is, and 125.
refused()
{
	if [ "$status" -ne 125 ] || [[ $err != *"centerctl: "*"$1"* ]] || LC_ALL=C grep -q '[^ -~]' <<<"$err"; then
		echo "status $status: $err" >&2
		return 1
	fi
}

# KiB of memory that the largest of a session's helpers has ever had; nothing when there are none.
peak()
{
	local pid
	for pid in $(below "$1"); do
		grep -qE 'centerctl-(ente|reso)' "/proc/$pid/comm" 2>/dev/null || continue
		sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" 2>/dev/null
	done | sort -n | tail -n 1
}

@test "a sound stream of the imitated engine comes out as it is" {
	stream frames
	logs
	[ "$status" -eq 0 ]
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = $'out\nmore' ]
	[ "$err" = err ]
	stream chunked
	logs
	[ "$status" -eq 0 ]
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = out ]
}

@test "a stream that breaks off, or is none, ends in an error" {
	local mode
	for mode in cut-header cut-frame cut-chunk bad-header json; do
		stream "$mode"
		logs
		refused "broke off" || { echo "$mode" >&2; return 1; }
		[ "$mode" = json ] || [ "$(head -n 1 "$BATS_TEST_TMPDIR/out")" = out ]
	done
}

@test "an engine that hangs up whenever it is followed is not asked all the time" {
	stream nothing
	centerctl logs -f -H "$fake" stream >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- &
	reader=$!
	sleep 1.8
	alive "$reader"
	kill "$reader"
	run grep -a -c '^GET [^ ]*/logs' "$fake_record"
	# At once, after 0.4 s, and 0.8 s later.
	[ "$output" -ge 2 ]
	[ "$output" -le 4 ]
}

@test "a refusal is told, and what is in it for a terminal is not" {
	stream 500
	logs
	refused "the engine answered 500: no "
	stream 404
	logs
	refused "the engine has no container"
}

@test "a stream that does not begin is given up, one that is slow is not" {
	local mode from
	for mode in hang slow-headers; do
		stream "$mode"
		from=$(now_ms)
		logs
		refused "the engine did not answer in time"
		[ $(($(now_ms) - from)) -lt 9000 ]
	done
	stream slow
	centerctl logs -H "$fake" stream >"$BATS_TEST_TMPDIR/slow" 2>&1 </dev/null 3>&- &
	reader=$!
	wait_until 15 grep -qx out "$BATS_TEST_TMPDIR/slow"
	kill -0 "$reader"
}

@test "however long a frame is, no memory is used for it" {
	stream frame-of-4-gib
	centerctl logs -H "$fake" stream 2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- > >(wc -c >"$BATS_TEST_TMPDIR/count") &
	reader=$!
	local most=0 now
	while kill -0 "$reader" 2>/dev/null; do
		now=$(peak "$reader")
		[ "${now:-0}" -le "$most" ] || most=$now
		sleep 0.05
	done
	wait_until 5 test -s "$BATS_TEST_TMPDIR/count"
	echo "at most $most KiB"
	[ "$most" -gt 0 ]
	[ "$most" -lt 32768 ]
	[ "$(cat "$BATS_TEST_TMPDIR/count")" -eq $((512 << 20)) ]
	grep -q "broke off" "$BATS_TEST_TMPDIR/err"
}

@test "who does not read holds the engine up, and no memory is used for them" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	stream asleep
	# Somebody who has it open for reading, and never reads.
	sleep 60 <>"$BATS_TEST_TMPDIR/fifo" 3>&- &
	local sleeper=$!
	centerctl logs -H "$fake" stream >"$BATS_TEST_TMPDIR/fifo" 2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- &
	reader=$!
	sleep 3
	local most
	most=$(peak "$reader")
	echo "at most $most KiB"
	[ "${most:-0}" -gt 0 ]
	[ "$most" -lt 32768 ]
	run ! grep -q "all of it" "$fake_record"
	# Whoever gives up is let go, and nothing stays.
	local helpers
	helpers=$(below "$reader")
	[ -n "$helpers" ]
	kill -TERM "$reader"
	gone() { local p; for p in $helpers; do [ ! -e "/proc/$p" ] || return 1; done; }
	wait_until 5 gone
	kill "$sleeper" || true
}

@test "a reader who leaves ends it" {
	stream asleep
	local from
	from=$(now_ms)
	centerctl logs -H "$fake" stream 2>/dev/null </dev/null | head -c 1000 | wc -c >"$BATS_TEST_TMPDIR/count"
	[ "$(cat "$BATS_TEST_TMPDIR/count")" -eq 1000 ]
	[ $(($(now_ms) - from)) -lt 10000 ]
}

@test "events that are none, or have no end, are given up" {
	local mode
	for mode in events-endless:"error 9" events-garbage:"error 9" events-deep:"error 5" events-blank:"error 4" events-others:"error 4" \
		events-slow:"error 4" hang:"error 4" 500:"error 3"; do
		stream "${mode%%:*}"
		run timeout 20 "$drive" "$resolve" events "${fake#unix://}" "" 0 2000
		[[ $output == "${mode#*:}"* ]] || { echo "$mode: $output" >&2; return 1; }
		[[ $output == *"exited with 0"* ]] || { echo "$mode: $output" >&2; return 1; }
	done
}
