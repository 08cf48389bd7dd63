# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl logs`: what a container wrote, byte for byte, its two streams apart, and following it through restarts.

load ../lib/common
load ../lib/verbs

setup_file()
{
	for engine in $engines; do
		on "$engine"
		up logs-two base sh -c 'for n in 1 2 3 4 5; do echo "out $n"; sleep 0.01; echo "err $n" >&2; sleep 0.01; done; exec sleep 100000'
		up logs-tty -t base sh -c 'echo on a terminal; echo to stderr >&2; exec sleep 100000'
		up logs-bytes base sh -c 'printf "first\nno end"; printf "x%.0s" $(seq 65536) >&2; printf "\n\000\001\033[31mred\n" >&2; exec sleep 100000'
		up logs-slow base sh -c 'n=0; while :; do n=$((n + 1)); echo "line $n"; sleep 0.2; done'
		up logs-done base sh -c 'printf "last words"; exit 4'
		eng create --name logs-new --network none base true >/dev/null
		# It adds to a file of its own each time, and says which line it is.
		up logs-again base sh -c 'touch /n; n=$(wc -l </n); echo x >>/n; for i in $(seq 50); do echo "start $n line $i"; done; exec sleep 100000'
	done
}

teardown()
{
	background_end
}

teardown_file()
{
	both_down logs-two logs-tty logs-bytes logs-slow logs-done logs-new logs-again logs-gone logs-large logs-none logs-local logs-fast logs-chatty
}

# logged N wc -l|-c NAME: the engine has so much of it.
logged()
{
	[ "$(eng logs "$4" 2>&1 | "$2" "$3")" -ge "$1" ]
}

# two ARGS...: stdout to $out, stderr to $err.
two()
{
	out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
	ctl logs "$@" >"$out" 2>"$err" </dev/null
}

@test "what went to stdout and to stderr comes out apart" {
	for engine in $engines; do
		on "$engine"
		wait_until 5 logged 10 wc -l logs-two
		two logs-two
		[ "$(cat "$out")" = "$(printf 'out %d\n' 1 2 3 4 5)" ]
		[ "$(cat "$err")" = "$(printf 'err %d\n' 1 2 3 4 5)" ]
	done
}

@test "-n gives the last lines, of both streams together" {
	local n
	for engine in $engines; do
		on "$engine"
		for n in 0 1 3 4 10 1000; do
			two -n "$n" logs-two
			[ "$(cat "$out")" = "$(eng logs --tail "$n" logs-two 2>/dev/null)" ]
			[ "$(cat "$err")" = "$(eng logs --tail "$n" logs-two 2>&1 >/dev/null)" ]
		done
		for n in all -1; do
			two -n "$n" logs-two
			[ "$(cat "$out" "$err" | wc -l)" = 10 ]
		done
		for n in -2 x '' 1x 99999999999999999999; do
			run ctl logs -n "$n" logs-two
			assert_status 125
		done
	done
}

@test "-t puts the time before each line, and --since and --until cut there" {
	local stamp re='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}) '
	for engine in $engines; do
		on "$engine"
		two -t logs-two
		[ "$(grep -cE "${re}out [1-5]\$" "$out")" = 5 ]
		[ "$(grep -cE "${re}err [1-5]\$" "$err")" = 5 ]
		# podman tells and takes whole seconds only.
		if [ "$engine" = docker ]; then
			stamp=$(sed -n '3s/ .*//p' "$out")
			two --since "$stamp" logs-two
			[ "$(cat "$out")" = "$(printf 'out %d\n' 3 4 5)" ]
			two --until "$stamp" logs-two
			[ "$(head -n 2 "$out")" = "$(printf 'out %d\n' 1 2)" ]
			run ! grep -q 'out [45]' "$out"
		fi
		two --since 1h logs-two
		[ "$(wc -l <"$out")" = 5 ]
		two --until 1h logs-two
		[ ! -s "$out" ] && [ ! -s "$err" ]
		two --since "$(date +%s)" --until "$(($(date +%s) + 100))" logs-two
		[ ! -s "$out" ]
		two --since "$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M)Z" logs-two
		[ "$(wc -l <"$out")" = 5 ]
		two --since "$(TZ=UTC-5 date -d '1 hour ago' +%Y-%m-%dT%H:%M:%S+05:00)" --until "$(TZ=UTC-5 date -d '1 hour' +%Y-%m-%dT%H:%M:%S+05:00)" logs-two
		[ "$(wc -l <"$out")" = 5 ]
		two --since "$(date -d tomorrow +%Y-%m-%d)" logs-two
		[ ! -s "$out" ]
	done
}

@test "times that are none are refused" {
	local word
	on docker
	for word in yesterday 10x 2026-13-01 2026-02-30 2026-01-31T25:00 2026-01-31T10:00+99:00 '' '1 h' -5m; do
		run ctl logs "--since=$word" logs-two
		assert_status 125
		run ctl logs "--until=$word" logs-two
		assert_status 125
	done
}

@test "a container with a terminal has one stream" {
	for engine in $engines; do
		on "$engine"
		wait_until 5 logged 2 wc -l logs-tty
		two logs-tty
		[ "$(cat "$out")" = $'on a terminal\r\nto stderr\r' ]
		[ ! -s "$err" ]
	done
}

@test "bytes come through: no end of line, 64 KiB in one, NUL and ESC" {
	for engine in $engines; do
		on "$engine"
		wait_until 5 logged 65550 wc -c logs-bytes
		two logs-bytes
		[ "$(head -n 1 "$out")" = first ]
		[ "$(head -n 1 "$err" | wc -c)" = 65537 ]
		tail -n 1 "$err" | cmp - <(printf '\000\001\033[31mred\n')
	done
}

@test "with a log driver that keeps bytes, every byte comes back" {
	on docker
	head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/blob"
	eng create --name logs-local --network none --log-driver local base cat /blob >/dev/null
	docker cp "$BATS_TEST_TMPDIR/blob" logs-local:/blob 2>/dev/null
	eng start -a logs-local >/dev/null
	two logs-local
	cmp "$out" "$BATS_TEST_TMPDIR/blob"
}

@test "what has ended, and what never began, has its logs too" {
	for engine in $engines; do
		on "$engine"
		two logs-done
		[ "$(cat "$out")" = "last words" ]
		run ctl logs logs-new
		assert_status 0
		assert_output ""
		run ctl logs no-such-container
		assert_status 125
	done
}

@test "a log that cannot be read is said to be so" {
	on docker
	up logs-none --log-driver none base sleep 100000
	run ctl logs logs-none
	assert_refused "log"
}

@test "-f shows what is written, as it is written" {
	for engine in $engines; do
		on "$engine"
		local to=$BATS_TEST_TMPDIR/f.$engine
		in_background "$to" centerctl logs -H "$engine_url" -f -n 1 logs-slow
		wait_until 5 test -s "$to"
		local first
		first=$(sed -nE '1s/line //p' "$to")
		wait_until 5 said "$to" "line $((first + 5))"
		# Each line once, in order.
		[ "$(head -n 6 "$to")" = "$(seq -f 'line %g' "$first" $((first + 5)))" ]
		background_end
	done
}

@test "-f goes on when the container is restarted, with no line twice and none missing" {
	for engine in $engines; do
		on "$engine"
		local to=$BATS_TEST_TMPDIR/r.$engine n
		in_background "$to" centerctl logs -H "$engine_url" -f logs-again
		wait_until 5 said "$to" "start 0 line 50"
		for n in 1 2; do
			eng restart logs-again >/dev/null
			wait_until 10 said "$to" "start $n line 50"
		done
		[ "$(cat "$to")" = "$(eng logs logs-again)" ]
		[ "$(wc -l <"$to")" = 150 ]
		[ ! -s "$to.err" ]
		background_end
	done
}

@test "-f with -t and -n goes on likewise" {
	on docker
	local to=$BATS_TEST_TMPDIR/rt before
	before=$(docker logs logs-again | wc -l)
	in_background "$to" centerctl logs -H "$engine_url" -f -t -n 2 logs-again
	wait_until 5 said_lines "$to" 2
	eng restart logs-again >/dev/null
	wait_until 10 said_lines "$to" 52
	[ "$(sed -E 's/^[^ ]+ //' "$to")" = "$(docker logs logs-again | tail -n +$((before - 1)))" ]
}

@test "-f of a terminal, or of nothing so far, does not begin anew after a restart" {
	for engine in $engines; do
		on "$engine"
		local to=$BATS_TEST_TMPDIR/n.$engine
		up logs-gone -t base sh -c 'touch /n; n=$(wc -l </n); echo x >>/n; echo "start $n"; exec sleep 100000'
		wait_until 5 logged 1 wc -l logs-gone
		in_background "$to" centerctl logs -H "$engine_url" -f logs-gone
		wait_until 5 said "$to" "start 0"
		eng restart logs-gone >/dev/null
		wait_until 10 said "$to" "start 1"
		[ "$(tr -d '\r' <"$to")" = $'start 0\nstart 1' ]
		background_end
		in_background "$to" centerctl logs -H "$engine_url" -f -n 0 logs-gone
		sleep 0.5
		eng restart logs-gone >/dev/null
		wait_until 10 said "$to" "start 2"
		[ "$(tr -d '\r' <"$to")" = "start 2" ]
		background_end
		down logs-gone
	done
}

said_lines()
{
	[ "$(wc -l <"$1")" -ge "$2" ]
}

@test "-f ends when the container is removed" {
	for engine in $engines; do
		on "$engine"
		local to=$BATS_TEST_TMPDIR/g.$engine
		up logs-gone base sh -c 'echo here; exec sleep 100000'
		in_background "$to" centerctl logs -H "$engine_url" -f logs-gone
		wait_until 5 said "$to" here
		down logs-gone
		wait_until 5 ended "$background"
		wait "$background" || { cat "$to.err" >&2; false; }
		[ "$(cat "$to")" = here ]
	done
}

@test "a reader that goes away ends it, and nothing is left" {
	on docker
	up logs-chatty base sh -c 'while :; do echo again; sleep 0.02; done'
	local to=$BATS_TEST_TMPDIR/fifo pid
	mkfifo "$to"
	centerctl logs -H "$engine_url" -f logs-chatty >"$to" 2>/dev/null </dev/null 3>&- &
	pid=$!
	head -n 3 <"$to" >/dev/null
	wait_until 2 ended "$pid"
	wait_until 2 none_of "$pid"
	down logs-chatty
}

# none_of PID: whoever it was the session or the parent of is gone.
none_of()
{
	! pgrep -P "$1" >/dev/null && ! pgrep -fx -- ".*centerctl-(enter|resolve).*logs-chatty.*" >/dev/null
}

@test "a full disk ends it, and is no success" {
	on docker
	run bash -c 'timeout -k 1 5 centerctl logs -H "$1" -f logs-slow >/dev/full' - "$engine_url"
	assert_status 125
	assert_says "No space left"
}

@test "INT and TERM end it" {
	on docker
	local signal
	for signal in INT TERM HUP; do
		in_background "$BATS_TEST_TMPDIR/s" env --default-signal=INT,HUP centerctl logs -H "$engine_url" -f logs-slow
		wait_until 5 test -s "$BATS_TEST_TMPDIR/s"
		kill -"$signal" "$background"
		wait_until 2 ended "$background"
	done
}

# most_of PID NAME: the most KiB that a process there or below it, which is called so, has ever had.
most_of()
{
	local pid most=0 kib
	for pid in "$1" $(below "$1"); do
		[[ $(tr '\0' ' ' <"/proc/$pid/cmdline") != *"$2"* ]] || kib=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status")
		[ "${kib:-0}" -le "$most" ] || most=$kib
	done
	echo "$most"
}

@test "100 MB with a slow reader cost no memory, and arrive whole" {
	on docker
	up logs-large --log-driver local --log-opt max-size=300m base sh -c \
		'yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 | head -n 1000000; echo the end'
	[ "$(docker wait logs-large)" = 0 ]
	local to=$BATS_TEST_TMPDIR/slow pid held=0
	mkfifo "$to"
	centerctl logs -H "$engine_url" logs-large >"$to" 2>"$to.err" </dev/null 3>&- &
	pid=$!
	exec 9<"$to"
	head -c 1000000 <&9 | wc -c
	# Whatever would run ahead has time to.
	sleep 1
	for name in "centerctl logs" centerctl-enter centerctl-resolve; do
		held=$(most_of "$pid" "$name")
		echo "$name: $held KiB" >&2
		[ "$held" -gt 0 ]
		[ "$held" -lt 16384 ]
	done
	[ "$(wc -c <&9)" = $((101000000 + 8 - 1000000)) ]
	exec 9<&-
	wait "$pid"
	[ ! -s "$to.err" ]
	down logs-large
}
