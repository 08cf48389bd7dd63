# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# gdbserver in a container: an interrupt is for the one process, and none of its breakpoints stays behind, whoever goes first.

load ../../lib/common
load ../../lib/debug

setup_file()
{
	debug_make
	container served debug-dynamic sh -c 'sleep 10000 & exec /srv/server'
	wait_until 5 answers served
}

teardown_file()
{
	containers_gone served
}

has_sleeper()
{
	local pid
	for pid in $(processes_of served); do
		[ "$(cat "/proc/$pid/comm")" != sleep ] || return 0
	done
	return 1
}

# gdb with the commands given, in the background; sets $client.
served_gdb()
{
	env --default-signal=INT gdb -nx -batch -ex "set sysroot $debug_dir/dynamic" -ex "file $debug_dir/dynamic/srv/server" \
		-ex 'target remote | centerctl debug served --gdbserver stdio --pid 1' "$@" </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	client=$!
}

is_held()
{
	grep -qsE '^TracerPid:[[:space:]][1-9]' "/proc/$(server_pid served)/status"
}

# gdb has said that it is about to continue, and the process runs on below it.
goes_on()
{
	grep -q '^going$' "$BATS_TEST_TMPDIR/out" && is_held && ! grep -qsE '^State:[[:space:]]t' "/proc/$(server_pid served)/status"
}

@test "an interrupt stops the process, and no other of the container hears of it" {
	served_gdb -ex 'echo going\n' -ex continue -ex 'echo interrupted\n' -ex 'thread apply all bt' -ex detach
	wait_until 30 goes_on
	# gdb has the signal for itself a moment after.
	sleep 0.5
	kill -INT "$client"
	wait "$client" || true
	output=$(cat "$BATS_TEST_TMPDIR/out")
	assert_says 'received signal SIGINT'
	assert_matches 'serve_all \(listener='
	has_sleeper
	wait_until 5 runs_free served
}

@test "a client that is killed while a breakpoint is hit again and again leaves none" {
	local signal
	for signal in KILL TERM; do
		served_gdb -ex 'break tick_once if number < 0' -ex 'echo going\n' -ex continue
		wait_until 30 goes_on
		# Some hits.
		sleep 1
		kill "-$signal" "$client"
		wait "$client" || true
		wait_until 5 runs_free served
	done
	# It is still called.
	sleep 0.3
	runs_free served
	has_sleeper
}
