#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Threats 1, 2 and 13 for what is asked of containers beside entering them: requests that no client of ours sends, and
# processes of the container that get at what serves the caller in there.
# Proves: is_of_its_verb() in lib/proto/request.c and the order in own_right() (cmd/centerctl-enter/judge.c); the
# capability of services in tool_plan_caps(), beside the dumpable flag, each of which is enough for the second.

load attack

# enum verb of lib/proto/request.h
told="6 9 10 11 12 13 14"

setup_file()
{
	host_start
	policy <<-END
		allow user:alice to vr-* as root for dial with ports=80
		allow user:bob to vr-* as root for debug with toolbox=busybox
		allow user:alice to vr-logs for logs
		allow user:mallory to vr-* as root for cp,sftp with read-only
	END
	container vr-web base sh -c 'echo secret of the log; exec sleep 100000'
	container vr-logs base sh -c 'echo a log; exec sleep 100000'
	forger >/dev/null
}

teardown_file()
{
	containers_gone vr-web vr-logs
	host_clean
}

# asked USER VARIABLES...: what centerctl-enter says to a made request about $target, with $words.
asked()
{
	local user=$1
	shift
	run as_user "$user" timeout -k 1 10 env "$@" "$(forger)" "$CENTERCTL_LIBEXEC/centerctl-enter" "" "" "${target:-vr-web}" "${words[@]:-x}"
}

refused()
{
	[ "$status" = 125 ] || { echo "$*: $status $output" >&2; return 1; }
	[[ $output = *"not permitted"* || $output = *"cannot be understood"* ]] || { echo "$*: $output" >&2; return 1; }
	[[ $output != *secret* ]]
}

# tries USER VARIABLES...: asked, beside the others that are tried; a denial takes its time.
tries()
{
	tried=$((tried + 1))
	{
		asked "$@"
		refused "$*" || echo "$*" >"$BATS_TEST_TMPDIR/failed.$tried"
		: >"$BATS_TEST_TMPDIR/tried.$tried"
	} 3>&- &
	trying+=" $!"
}

@test "no service and no debug lends its right to another verb" {
	local verb service words tried=0 trying=
	for verb in $told; do
		for service in 1 2 3 4 5 6; do
			words=()
			[ "$service" != 6 ] || words=(80)
			tries alice "FORGER_VERB=$verb" "FORGER_SERVICE=$service"
			tries mallory "FORGER_VERB=$verb" "FORGER_SERVICE=$service"
		done
		words=()
		tries bob "FORGER_VERB=$verb" FORGER_DEBUG=yes
		tries bob "FORGER_VERB=$verb" FORGER_DEBUG=static
		tries alice "FORGER_VERB=$verb"
		# shellcheck disable=SC2086 # several of them
		wait $trying
		trying=
	done
	[ "$(find "$BATS_TEST_TMPDIR" -name 'tried.*' | wc -l)" = "$tried" ]
	[ -z "$(cat "$BATS_TEST_TMPDIR"/failed.* 2>/dev/null)" ]
	# What the forger asks is understood: with the right, it is granted.
	target=vr-logs asked alice FORGER_VERB=10
	assert_output "a log"
	words=(81)
	asked alice FORGER_VERB=1 FORGER_SERVICE=6
	assert_says "ports="
}

@test "a service takes its own options and no other, and no other is written down" {
	local before option
	before=$(audit_lines)
	words=(/etc/passwd)
	for option in --privileged --user=0 --no-owner --volume=x=/etc --name=x --read-only --follow=x --fol --; do
		asked mallory FORGER_VERB=1 FORGER_SERVICE=1 "FORGER_OPTION=$option"
		assert_status 125
		assert_matches "does not take|cannot be understood"
	done
	run bash -c 'tail -n +$(($2 + 1)) "$1"' - <(in_host cat "$host_log/audit.jsonl") "$before"
	assert_silent_about privileged
	asked mallory FORGER_VERB=1 FORGER_SERVICE=1 FORGER_OPTION=--follow
	assert_status 0
}

@test "what serves the caller inside cannot be looked into by the container's root" {
	local pid seen
	exec 8> >(as_user mallory timeout 20 centerctl sftp vr-web >/dev/null 2>&1)
	wait_until 5 serving
	pid=$(docker exec vr-web sh -c 'grep -l "inhibit[-]cache" /proc/[0-9]*/cmdline | head -n 1 | cut -d/ -f3')
	[ -n "$pid" ]
	seen=$(docker exec vr-web sh -c "readlink /proc/$pid/exe; readlink /proc/$pid/fd/0; readlink /proc/$pid/fd/1; cat /proc/$pid/maps; true" 2>/dev/null)
	exec 8>&-
	echo "$seen" | head -n 5 >&2
	[ -z "$seen" ]
	# Its own processes it may look at.
	[ -n "$(docker exec vr-web readlink /proc/1/exe)" ]
}

serving()
{
	docker exec vr-web sh -c 'cat /proc/[0-9]*/cmdline' | tr '\0' ' ' | grep -q "sftp-server --inhibit"
}

@test "a service is told as many words as it knows, and no more" {
	local service least most count made
	policy <<<"allow user:bob to vr-* as root for all"
	made="$(forger) $CENTERCTL_LIBEXEC/centerctl-enter"
	while read -r service least most; do
		for count in $((least - 1)) $((most + 1)); do
			[ "$count" -ge 0 ] || continue
			# shellcheck disable=SC2046 # words
			run as_user bob timeout -k 1 10 env FORGER_VERB=2 "FORGER_SERVICE=$service" $made "" "" vr-web $(yes 80 | head -n "$count")
			echo "service $service, $count words: $status $output" >&2
			assert_status 125
			assert_says "too many or too few words"
		done
		for count in $least $most; do
			# shellcheck disable=SC2046 # words
			run as_user bob timeout -k 1 10 env FORGER_VERB=2 "FORGER_SERVICE=$service" $made "" "" vr-web $(yes 80 | head -n "$count")
			echo "service $service, $count words: $status $output" >&2
			assert_silent_about "words"
		done
	done <<-END
		1 1 1024
		2 1 2
		3 0 1024
		4 0 1024
		5 0 1
		6 1 2
	END
}
