# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl wait`: the exit code of a container's first process, when it comes.

load ../lib/common
load ../lib/verbs

setup_file()
{
	for engine in $engines; do
		on "$engine"
		up wait-long base sleep 100000
		up wait-done base sh -c 'exit 3'
		up wait-killed base sleep 100000
		eng kill wait-killed >/dev/null
		up wait-zero base true
	done
}

teardown()
{
	background_end
}

teardown_file()
{
	both_down wait-long wait-done wait-killed wait-zero wait-a wait-b wait-rm
}

# up_on_demand NAME CODE: ends with that code as soon as /go is there.
up_on_demand()
{
	local name=$1 code=$2
	shift 2
	up "$name" "$@" base sh -c "until [ -e /go ]; do sleep 0.05; done; exit $code"
}

go()
{
	touch "$(eng_root "$1")/go"
}

@test "the exit code is printed when the container ends, as docker wait does" {
	for engine in $engines; do
		on "$engine"
		local code
		for code in 0 255; do
			up_on_demand wait-a "$code"
			in_background "$BATS_TEST_TMPDIR/out" centerctl wait -H "$engine_url" wait-a
			sleep 0.3
			alive "$background"
			[ ! -s "$BATS_TEST_TMPDIR/out" ]
			go wait-a
			wait_until 5 ended "$background"
			wait "$background" || { cat "$BATS_TEST_TMPDIR/out.err" >&2; false; }
			[ "$(cat "$BATS_TEST_TMPDIR/out")" = "$code" ]
			down wait-a
		done
	done
}

@test "a signal that ended it is 128 and its number" {
	for engine in $engines; do
		on "$engine"
		up wait-a base sleep 100000
		in_background "$BATS_TEST_TMPDIR/out" centerctl wait -H "$engine_url" wait-a
		sleep 0.3
		eng kill wait-a >/dev/null
		wait_until 5 ended "$background"
		[ "$(cat "$BATS_TEST_TMPDIR/out")" = 137 ]
		down wait-a
	done
}

@test "what has ended already is told at once" {
	for engine in $engines; do
		on "$engine"
		elapsed_ms ctl wait wait-done
		assert_status 0
		assert_output 3
		assert_within_ms 1500
		run ctl wait wait-killed
		assert_output 137
		run ctl wait wait-zero
		assert_output 0
	done
}

@test "several are waited for, one line each, in the order in which they were named" {
	for engine in $engines; do
		on "$engine"
		up_on_demand wait-a 11
		up_on_demand wait-b 12
		in_background "$BATS_TEST_TMPDIR/out" centerctl wait -H "$engine_url" wait-a wait-b wait-done
		sleep 0.3
		go wait-b
		sleep 0.3
		alive "$background"
		go wait-a
		wait_until 5 ended "$background"
		[ "$(xargs <"$BATS_TEST_TMPDIR/out")" = "11 12 3" ]
		down wait-a wait-b
	done
}

@test "--timeout ends the wait with 124" {
	for engine in $engines; do
		on "$engine"
		elapsed_ms ctl wait --timeout 500ms wait-long
		assert_status 124
		assert_within_ms 2000
		[ "$elapsed" -ge 500 ]
		[ "$(eng inspect -f '{{.State.Running}}' wait-long)" = true ]
	done
}

@test "a container that removes itself is waited for, too" {
	for engine in $engines; do
		on "$engine"
		up_on_demand wait-rm 9 --rm
		in_background "$BATS_TEST_TMPDIR/out" centerctl wait -H "$engine_url" wait-rm
		sleep 0.3
		go wait-rm
		wait_until 5 ended "$background"
		run cat "$BATS_TEST_TMPDIR/out"
		# The kernel tells nobody but its parent, and the engine has forgotten it.
		[ "$output" = 9 ] || [ "$output" = -1 ] || { cat "$BATS_TEST_TMPDIR/out.err" >&2; [ -s "$BATS_TEST_TMPDIR/out.err" ]; }
	done
}

@test "it ends by a signal, and when its caller goes" {
	on docker
	in_background "$BATS_TEST_TMPDIR/out" centerctl wait -H "$engine_url" wait-long
	sleep 0.2
	kill -TERM "$background"
	wait_until 2 ended "$background"
}

@test "no container, or none of this name, is refused" {
	on docker
	run ctl wait
	assert_status 125
	run ctl wait no-such-container
	assert_refused no-such-container
	run ctl wait --timeout x wait-long
	assert_status 125
}
