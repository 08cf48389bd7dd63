# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What goes wrong while we run: engines that are down, hang or die, containers that die, pause, or run out of things, and the
# violent ends of every one of our own processes. Each has a time limit, and leaves nothing running.

load ../lib/common

setup()
{
	export TERM=xterm
	web=fault-$BATS_TEST_NUMBER
	mark=$((10000 + RANDOM % 50000))
	ulimit -S -i "$mark"
}

teardown()
{
	docker unpause "$web" >/dev/null 2>&1 || true
	containers_gone "$web"
	[ -z "${fake:-}" ] || kill "$fake" 2>/dev/null || true
}

# fake_engine [options]: sets $fake, $fake_host.
fake_engine()
{
	python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --listen "unix:$BATS_TEST_TMPDIR/sock" --ready "$BATS_TEST_TMPDIR/ready" "$@" \
		</dev/null >/dev/null 2>&1 3>&- &
	fake=$!
	wait_until 5 test -s "$BATS_TEST_TMPDIR/ready"
	fake_host=unix://$BATS_TEST_TMPDIR/sock
}

# Our helper processes are told from those of other runs on this machine by a limit that they inherit.
helpers()
{
	local pid
	for pid in $(pgrep -f -- "centerctl-(enter|resolve)( |$)"); do
		grep -q "^Max pending signals *$mark " "/proc/$pid/limits" 2>/dev/null && echo "$pid"
	done
	return 0
}

some_left()
{
	[ -n "$(helpers)" ]
}

nothing_left()
{
	wait_until_not 2 some_left && return
	ps -o pid,ppid,stat,etime,args -p "$(helpers | paste -sd,)" >&2
	return 1
}

# session COMMAND...: starts centerctl exec in the background; sets $front. Its output is in $BATS_TEST_TMPDIR/out.
session()
{
	centerctl exec "$web" "$@" </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	front=$!
}

ended()
{
	status=0
	wait "$front" || status=$?
	output=$(cat "$BATS_TEST_TMPDIR/out")
}

enter_of()
{
	pgrep -P "$1" -f centerctl-enter
}

@test "an engine that is down is refused within a second" {
	for host in unix:///no/such.sock tcp://127.0.0.1:1; do
		DOCKER_HOST=$host elapsed_ms centerctl exec "$web" true
		assert_refused ""
		assert_within_ms 1000
	done
	nothing_left
}

@test "an engine that hangs is refused within five seconds" {
	local try
	fake_engine --mode hang
	# Beside the other lanes it may be the machine that was busy: once it has to be in time.
	for try in 1 2 3; do
		DOCKER_HOST=$fake_host elapsed_ms centerctl exec "$web" true
		[ "$elapsed" -gt 5500 ] || break
	done
	assert_refused ""
	assert_matches 'answer|time'
	assert_within_ms 5500
	nothing_left
}

@test "an engine that does not even accept is refused within five seconds" {
	python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(0)
held = []
for _ in range(8):
    c = socket.socket(socket.AF_UNIX); c.setblocking(False)
    try: c.connect(sys.argv[1])
    except BlockingIOError: break
    held.append(c)
open(sys.argv[2], "w").write("x"); time.sleep(60)' "$BATS_TEST_TMPDIR/sock" "$BATS_TEST_TMPDIR/ready" 3>&- &
	fake=$!
	wait_until 5 test -s "$BATS_TEST_TMPDIR/ready"
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/sock elapsed_ms centerctl exec "$web" true
	assert_refused ""
	assert_within_ms 5500
	nothing_left
}

@test "an engine that is killed in the middle of its answer: no part of it is used" {
	container "$web" base sleep 1000
	docker inspect "$web" >"$BATS_TEST_TMPDIR/template"
	local n size
	size=$(wc -c <"$BATS_TEST_TMPDIR/template")
	for n in 10 200 $((size / 2)) $((size - 3)); do
		{
			printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n' "$size"
			head -c "$n" "$BATS_TEST_TMPDIR/template"
		} >"$BATS_TEST_TMPDIR/part"
		rm -f "$BATS_TEST_TMPDIR/part.sock"
		socat "UNIX-LISTEN:$BATS_TEST_TMPDIR/part.sock" "SYSTEM:head -n 1 >/dev/null; cat '$BATS_TEST_TMPDIR/part'" 3>&- &
		wait_until 5 test -S "$BATS_TEST_TMPDIR/part.sock"
		DOCKER_HOST=unix://$BATS_TEST_TMPDIR/part.sock elapsed_ms centerctl exec "$web" echo entered
		assert_refused ""
		assert_silent_about entered
		assert_within_ms 2000
	done
	nothing_left
}

@test "a session survives restarts of the engine" {
	local n rounds=3
	[ "${CENTERCTL_LONG:-}" != 1 ] || rounds=20
	container "$web" base sleep 1000
	session sh -c 'trap "echo end; exit 6" TERM; echo ready; while :; do sleep 0.05; done'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	for ((n = 0; n < rounds; n++)); do
		"$CENTERCTL_TOP/tests/lib/engine" restart "$CENTERCTL_STATE" docker 3>&-
		# Whose end it was, if it was one.
		kill -0 "$front" || { docker inspect -f '{{json .State}}' "$web"; cat "$BATS_TEST_TMPDIR/out"; false; } >&2
	done
	kill -TERM "$front"
	ended
	assert_status 6
	assert_says end
	run centerctl exec "$web" true
	assert_status 0
}

@test "while the engine is down, running sessions go on and pid: still enters" {
	container "$web" base sleep 1000
	local pid
	pid=$(container_pid "$web")
	session sh -c 'echo ready; sleep 2; echo after'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	"$CENTERCTL_TOP/tests/lib/engine" kill "$CENTERCTL_STATE" docker
	elapsed_ms centerctl exec "$web" true
	local refused=$status took=$elapsed
	run centerctl exec "pid:$pid" echo entered
	local entered=$output
	ended
	"$CENTERCTL_TOP/tests/lib/engine" restart "$CENTERCTL_STATE" docker 3>&-
	[ "$refused" -eq 125 ]
	[ "$took" -le 1000 ]
	[ "$entered" = entered ]
	assert_status 0
	assert_says after
}

@test "a container that dies ends the session with 137 within a second, its output drained" {
	container "$web" base sleep 1000
	session sh -c 'seq 1000; echo ready; sleep 1000'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	local from
	from=$(now_ms)
	docker kill "$web" >/dev/null
	ended
	[ $(($(now_ms) - from)) -le 1500 ]
	assert_status 137
	assert_says 1000
	nothing_left
}

@test "a container that dies leaves the caller's terminal as it was" {
	container "$web" base sleep 1000
	run pty expect '# ' raw send 'echo re""ady\r' expect ready -- bash -c '
		(sleep 1; docker kill "$1" >/dev/null) & centerctl exec "$1" sh; exit $?' x "$web"
	assert_status 137
}

@test "a container that is removed and made again is another one" {
	container "$web" base sleep 1000
	session sleep 4407
	wait_until 3 process_with sleep 4407
	local first second
	first=$(container_id "$web")
	docker rm -f "$web" >/dev/null
	ended
	assert_status 137
	container "$web" base sleep 1000
	second=$(container_id "$web")
	[ "$first" != "$second" ]
	run centerctl exec "$web" hostname
	assert_output "${second:0:12}"
}

@test "a container that is paused after the start lets the client leave" {
	container "$web" base sleep 1000
	session sh -c 'echo ready; sleep 4408'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	docker pause "$web" >/dev/null
	sleep 0.2
	local left=yes
	kill -TERM "$front"
	sleep 0.2
	kill -HUP "$front" 2>/dev/null || true
	wait_until 5 bash -c "! kill -0 $front 2>/dev/null" || left=no
	[ $left = yes ] || kill -KILL "$front"
	ended
	docker unpause "$web" >/dev/null
	wait_until_not 3 process_with sleep 4408
	nothing_left
	[ $left = yes ]
}

@test "a container that is paused after the start, and the client is killed: gone after it is unpaused" {
	container "$web" base sleep 1000
	session sh -c 'echo ready; sleep 4401'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	docker pause "$web" >/dev/null
	kill -KILL "$front"
	sleep 1
	docker unpause "$web" >/dev/null
	wait_until_not 3 process_with sleep 4401
	nothing_left
}

@test "pids.max reached: the command gets in all the same, or the message names the limit" {
	container "$web" --pids-limit 2 base sh -c 'sleep 1000 & wait'
	wait_until 3 bash -c '[ "$(docker top "$1" | wc -l)" -eq 3 ]' x "$web"
	elapsed_ms centerctl exec "$web" echo in
	assert_within_ms 2000
	if [ "$status" -eq 0 ]; then
		# cgroup v1 counts whom it is given, and refuses only forks: just what somebody who comes to help needs.
		assert_output in
		run centerctl exec "$web" sh -c 'true & wait'
		[ "$status" -ne 0 ]
	else
		assert_refused ""
		assert_matches 'pids.max'
		assert_matches 'limit of 2'
	fi
	nothing_left
}

@test "pids.max reached later is the command's own trouble" {
	container "$web" --pids-limit 4 base sleep 1000
	run centerctl exec "$web" sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; echo on'
	[ "$status" -ne 125 ]
	run centerctl exec "$web" echo again
	assert_output again
}

@test "out of memory inside: 137, and the reason" {
	container "$web" --memory 24m --memory-swap 24m base sleep 1000
	elapsed_ms centerctl exec "$web" sh -c 'tail /dev/zero'
	[ "$status" -eq 137 ] || [ "$status" -eq 1 ] || [ "$status" -eq 143 ]
	run centerctl exec "$web" tail /dev/zero
	assert_status 137
	assert_matches 'memory'
	run centerctl exec "$web" echo still
	assert_output still
}

@test "centerctl gets HUP: what it started is gone within two seconds" {
	container "$web" base sleep 1000
	session sh -c 'trap "" HUP; echo ready; sleep 4402'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	kill -HUP "$front"
	kill -KILL "$front"
	wait_until_not 2 process_with sleep 4402
	nothing_left
}

@test "centerctl is killed: what it started gets HUP first, and is gone within two seconds" {
	container "$web" base sleep 1000
	session sh -c 'trap "echo hup >/tmp/hup" HUP; echo ready; while :; do sleep 0.05; done'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	local from
	from=$(now_ms)
	kill -KILL "$front"
	wait_until 2 docker exec "$web" test -e /tmp/hup
	wait_until_not 3 pgrep -f 'echo hup >/tmp/hup'
	[ $(($(now_ms) - from)) -le 2600 ]
	nothing_left
}

@test "centerctl is killed: its background children in the session are gone too" {
	container "$web" base sleep 1000
	session sh -c 'sleep 4403 & sleep 4403 & echo ready; wait'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	kill -KILL "$front"
	wait_until_not 2 process_with sleep 4403
}

@test "the terminal hangs up: what was started is gone within two seconds" {
	container "$web" base sleep 1000
	run pty expect '# ' send 'trap "" HUP; sleep 4404\r' pause 0.5 hangup pause 2 -- centerctl exec "$web" sh
	wait_until_not 1 process_with sleep 4404
	nothing_left
}

@test "centerctl-enter is killed: what it started is gone within two seconds, and the front says so" {
	container "$web" base sleep 1000
	session sh -c 'echo ready; sleep 4405'
	wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
	kill -KILL "$(enter_of "$front")"
	local from
	from=$(now_ms)
	ended
	[ $(($(now_ms) - from)) -le 1500 ]
	assert_status 125
	assert_matches 'centerctl: .*(kill|signal|died|ended)'
	wait_until_not 2 process_with sleep 4405
	nothing_left
}

@test "centerctl-resolve is killed while it is asked: a clean refusal" {
	container "$web" base sleep 1000
	fake_engine --mode hang
	DOCKER_HOST=$fake_host session true
	local resolve
	sleep 0.5
	for resolve in $(helpers); do
		[ "$(cat "/proc/$resolve/comm")" != centerctl-resol ] || kill -KILL "$resolve"
	done
	local from
	from=$(now_ms)
	ended
	[ $(($(now_ms) - from)) -le 1500 ]
	assert_refused ""
	nothing_left
}

@test "signals before the command has started end us cleanly" {
	container "$web" base sleep 1000
	local n delay
	for n in 0 1 2 3 4 5 6 8 10 15; do
		session sleep 4406
		delay=$(printf '0.%03d' "$n")
		sleep "$delay"
		kill -TERM "$front"
		wait_until 3 bash -c "! kill -0 $front 2>/dev/null"
		ended
		[ "$status" -eq 143 ] || [ "$status" -eq 125 ]
	done
	wait_until_not 2 process_with sleep 4406
	nothing_left
}

@test "a full disk under stdout is the command's trouble, not a hang" {
	container "$web" base sleep 1000
	elapsed_ms bash -c 'timeout 10 centerctl exec "$1" yes >/dev/full </dev/null' x "$web"
	[ "$status" -ne 0 ]
	[ "$status" -ne 124 ]
	nothing_left
}
