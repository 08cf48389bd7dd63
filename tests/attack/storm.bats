#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 4: the caller stops, kills, traces or starves the setuid helper, to widen a race or to lose the end of the record.
# Proves: centerctl-enter's uids are all root's before anything else (lib/priv/sanitize), and the record is closed however the
# caller's own part ends.

load attack

setup_file()
{
	host_start
	container storm base sleep 100000
	policy <<-END
		allow user:alice to storm as app for exec,shell
	END
}

teardown_file()
{
	containers_gone storm
	host_clean
}

# begin NUMBER: a session of alice's; sets $helpers to the PIDs outside of the container that are not alice's.
begin()
{
	host_exec=1 as_user alice centerctl exec storm sleep "$1" </dev/null >/dev/null 2>&1 3>&- &
	wait_until 10 process_with sleep "$1"
	# Those that stay: what prepares an entry is gone in a moment.
	sleep 0.3
	helpers=$(gates_left)
	[ -n "$helpers" ]
}

@test "no signal of the caller's reaches the helper" {
	begin 44.01
	local pid signal
	# (Anybody in the same session may send SIGCONT, which does nothing to what cannot be stopped.)
	for pid in $helpers; do
		for signal in STOP KILL HUP TERM INT QUIT ALRM USR1 USR2 PIPE ABRT SEGV TSTP RTMIN+6 CHLD 0; do
			run as_user alice sh -c "kill -$signal $pid"
			[ "$status" -ne 0 ]
			assert_says "ermitted"
		done
		[ "$(awk '$1 == "State:" { print $2 }' "/proc/$pid/status")" != T ]
	done
	kill "$(pids_with sleep 44.01)"
	wait $! || true
	run audit_last .event
	assert_output end
}

@test "the helper can be neither traced, read, renamed nor starved by its caller" {
	begin 44.02
	local pid
	for pid in $helpers; do
		run as_user alice timeout 5 strace -p "$pid"
		assert_says "ermitted"
		run as_user alice cat "/proc/$pid/environ"
		[ "$status" -ne 0 ]
		run as_user alice ls "/proc/$pid/fd"
		[ "$status" -ne 0 ]
		run as_user alice sh -c "echo x >/proc/$pid/comm"
		[ "$status" -ne 0 ]
		run as_user alice sh -c "echo 1000 >/proc/$pid/oom_score_adj"
		[ "$status" -ne 0 ]
		run as_user alice renice -n 19 -p "$pid"
		[ "$status" -ne 0 ]
		run as_user alice prlimit --pid "$pid" --nofile=3:3
		[ "$status" -ne 0 ]
		run as_user alice taskset -p 1 "$pid"
		[ "$status" -ne 0 ]
		run as_user alice chrt -b -p 0 "$pid"
		[ "$status" -ne 0 ]
	done
	kill "$(pids_with sleep 44.02)"
	wait $! || true
}

@test "in a storm of signals from the first moment on, every record that was begun is ended" {
	local rounds=8 round before storm
	! long || rounds=1000
	before=$(audit_lines)
	# Whatever is called centerctl and may be reached gets it, as fast as it goes.
	host_exec=1 as_user alice python3 -c '
import os, signal, sys, time
numbers = [signal.SIGSTOP, signal.SIGHUP, signal.SIGKILL, signal.SIGCONT, signal.SIGTERM, signal.SIGALRM, signal.SIGUSR1]
end = time.monotonic() + float(sys.argv[1])
n = 0
while time.monotonic() < end:
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and int(pid) != os.getpid() and b"centerctl-enter" in open(f"/proc/{pid}/cmdline", "rb").read():
                n += 1
                os.kill(int(pid), numbers[n % len(numbers)])
        except OSError:
            pass
' "$((rounds / 4 + 3))" 3>&- &
	storm=$!
	for ((round = 0; round < rounds; round++)); do
		as_user alice timeout -s KILL 2 centerctl exec storm sh -c 'exit 7' >/dev/null 2>&1 </dev/null || true
	done
	wait "$storm"
	# Before its first step a setuid program still has its caller's real uid, and may have been stopped there, where nothing
	# is begun. Nobody is left who waits for it.
	as_user alice pkill -CONT -U alice || true
	wait_until 3 no_gates_left
	in_host tail -n +$((before + 1)) "$host_log/audit.jsonl" >"$BATS_TEST_TMPDIR/records"
	jq -es '(map(select(.event == "start") | .session) | sort) == (map(select(.event == "end") | .session) | sort)' "$BATS_TEST_TMPDIR/records"
}

@test "a caller who kills its own part leaves a closed record and nothing inside" {
	local signal front
	for signal in KILL TERM ABRT; do
		host_exec=1 as_user alice centerctl exec storm sh -c 'trap "" HUP TERM; sleep 44.03' </dev/null >/dev/null 2>&1 3>&- &
		wait_until 10 process_with sleep 44.03
		front=$(pgrep -f '^centerctl exec storm')
		as_user alice kill "-$signal" "$front"
		# What can be caught is passed on to the command, and ignored there.
		as_user alice kill -KILL "$front" 2>/dev/null || true
		wait_until_not 3 process_with sleep 44.03
		wait_until 3 no_gates_left
		[ "$(audit_last .event)" = end ]
	done
}

@test "a caller who stops its own part does not keep the record open past its end" {
	begin 44.04
	local front
	front=$(pgrep -fx 'centerctl exec storm sleep 44.04')
	as_user alice kill -STOP "$front"
	kill "$(pids_with sleep 44.04)"
	wait_until 3 last_is_end
	as_user alice kill -KILL "$front"
	wait_until 3 no_gates_left
}

last_is_end()
{
	[ "$(audit_last .event)" = end ]
}
