#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 19: inherited signal dispositions, masks and timers. Threat 20: the caller's limits.
# Threat 38: no_new_privs and user namespaces around us. Threat 39: keyring, umask, working directory, nice value, affinity.
# Proves: lib/priv/sanitize (sanitize_process), and what lib/priv/traveller takes from the container's first process.

load attack

setup_file()
{
	container inherit --security-opt seccomp=unconfined base sleep 100000
	give inherit attacker
}

teardown_file()
{
	containers_gone inherit
}

# launch PYTHON COMMAND...: executes the command after the statements.
launch()
{
	python3 -c 'import os, resource, signal, sys, time
for s in (signal.SIGPIPE, signal.SIGXFSZ): signal.signal(s, signal.SIG_DFL)
exec(sys.argv[1])
os.execvp(sys.argv[2], sys.argv[2:])' "$@"
}

ignore_all='for s in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(s, signal.SIG_IGN)'
block_all='signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))'

@test "with everything ignored exit codes are exact" {
	local code
	for code in 0 1 7 124 125 126 127 128 255; do
		status=0
		launch "$ignore_all" centerctl exec inherit sh -c "exit $code" || status=$?
		[ "$status" -eq "$code" ]
	done
	run launch "$ignore_all" centerctl exec inherit sh -c 'kill -TERM $$'
	assert_status 143
}

@test "with everything blocked exit codes are exact" {
	run launch "$block_all" centerctl exec inherit sh -c 'exit 7'
	assert_status 7
	run launch "$ignore_all; $block_all" centerctl exec inherit sh -c 'sleep 0.2; exit 9'
	assert_status 9
}

@test "a pending alarm of any length ends nothing" {
	local after
	for after in 0.001 0.002 0.005 0.01 0.02 0.05 0.1; do
		run launch "signal.signal(signal.SIGALRM, signal.SIG_IGN); signal.setitimer(signal.ITIMER_REAL, $after, 0.001)" centerctl exec inherit sh -c 'sleep 0.3; exit 7'
		assert_status 7
	done
	# Not ignored: the caller's alarm may end centerctl itself, but it is not the command's, and nothing is left behind.
	for after in 0.001 0.01 0.1; do
		run launch "signal.setitimer(signal.ITIMER_REAL, $after)" timeout 5 centerctl exec inherit sleep 11.11
		wait_until_not 4 process_with sleep 11.11
	done
}

@test "pending blocked signals do not arrive later" {
	run launch "$block_all
for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM, signal.SIGUSR1, signal.SIGCHLD): os.kill(os.getpid(), s)" \
		centerctl exec inherit sh -c 'sleep 0.2; exit 7'
	[ "$status" -eq 7 ] || [ "$status" -gt 128 ]
}

@test "the command begins with no signal ignored or blocked" {
	local theirs
	theirs=$(docker exec inherit grep -E '^Sig(Blk|Ign)' /proc/self/status)
	run launch "$ignore_all; $block_all" centerctl exec inherit grep -E '^Sig(Blk|Ign)' /proc/self/status
	assert_output "$theirs"
}

# The command's limits as docker gives them; a machine where limits cannot be raised may refuse instead.
same_limits_or_refused()
{
	if [ "$status" -eq 125 ]; then
		[[ $output == "centerctl: "* ]]
		return
	fi
	assert_status 0
	diff <(docker exec inherit cat /proc/self/limits) <(echo "$output")
}

@test "soft limits of the caller change nothing inside" {
	local limit
	for limit in FSIZE,1 NOFILE,16 STACK,1000000 CORE,0 CPU,600 MEMLOCK,0 NPROC,1 MSGQUEUE,0 SIGPENDING,0; do
		run launch "r = resource.RLIMIT_${limit%,*} if hasattr(resource, 'RLIMIT_${limit%,*}') else resource.RLIMIT_CORE
resource.setrlimit(r, (${limit#*,}, resource.getrlimit(r)[1]))" centerctl exec inherit cat /proc/self/limits
		echo "limit $limit"
		same_limits_or_refused
	done
}

@test "limits that leave us no room end in a refusal or a whole command" {
	local limit
	for limit in FSIZE,1 NOFILE,4 NPROC,1 CPU,1 AS,100000000 DATA,1000000; do
		run launch "resource.setrlimit(resource.RLIMIT_${limit%,*}, (${limit#*,},) * 2)" timeout -k 1 20 centerctl exec inherit sh -c 'echo whole'
		echo "limit $limit: $status $output"
		[ "$status" -ne 0 ] || assert_output whole
		[ "$status" -lt 128 ]
		wait_until 3 no_helpers_left
	done
}

@test "a file size limit does not cut what is relayed short without an error" {
	run launch 'resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))' \
		sh -c "centerctl exec inherit sh -c 'head -c 100000 /dev/zero' >$BATS_TEST_TMPDIR/out"
	[ "$status" -ne 0 ] || [ "$(stat -c %s "$BATS_TEST_TMPDIR/out")" -eq 100000 ]
}

@test "under no_new_privs nothing is entered, and the reason is said" {
	run setpriv --no-new-privs centerctl exec inherit true
	assert_refused no_new_privs
}

@test "in a user namespace of the caller's own nothing is entered" {
	run unshare -Ur centerctl exec inherit true
	assert_status 125
	[[ $output == "centerctl: "* ]]
	run setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Ur centerctl exec inherit true
	assert_status 125
}

@test "without root nothing is entered, and the reason is said" {
	run setpriv --reuid 65534 --regid 65534 --clear-groups centerctl exec inherit true
	assert_status 125
	[[ $output == "centerctl: "* && $output != *$'\n'* ]]
	run setpriv --reuid 65534 --regid 65534 --clear-groups centerctl exec "pid:$(container_pid inherit)" true
	assert_status 125
}

@test "root without capabilities is refused cleanly" {
	run setpriv --bounding-set -all --inh-caps -all centerctl exec inherit true
	assert_status 125
	[[ $output == "centerctl: "* ]]
}

@test "no key of the caller's keyrings can be found inside" {
	run "$(build_program attacker)" with-key centerctl-canary "$(build_program attacker)" key centerctl-canary
	assert_says "found in"
	run "$(build_program attacker)" with-key centerctl-canary centerctl exec inherit /attacker key centerctl-canary
	assert_status 0
	assert_silent_about "found in"
	# And it is not the same session keyring.
	[ "$(grep -c '^session' <<<"$output")" -eq 2 ]
	[ "$(grep '^session' <<<"$output" | sort -u | wc -l)" -eq 2 ]
}

@test "umask, working directory, nice value and affinity are those of the container" {
	local look='umask; pwd; cut -d" " -f19 /proc/self/stat; grep Cpus_allowed_list /proc/self/status; cat /proc/self/oom_score_adj; cat /proc/self/personality 2>/dev/null; true'
	local theirs
	theirs=$(docker exec inherit sh -c "$look")
	run bash -c 'umask 777; cd /tmp; exec nice -n 7 taskset 1 setarch -R centerctl exec inherit sh -c "$1"' - "$look"
	assert_output "$theirs"
}

@test "the scheduling of the caller does not come along" {
	local theirs
	theirs=$(docker exec inherit cut -d' ' -f40,41 /proc/self/stat)
	run chrt -b 0 centerctl exec inherit cut -d' ' -f40,41 /proc/self/stat
	assert_output "$theirs"
}

@test "a working directory that is gone is survived" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	run bash -c 'cd "$1"; rmdir "$1"; exec centerctl exec inherit pwd' - "$BATS_TEST_TMPDIR/gone"
	assert_status 0
	assert_output /
}
