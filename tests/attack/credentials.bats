#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 9: a call that gives privilege up fails or does nothing, and the command runs all the same (CVE-2019-14287).
# Threat 22: groups or capabilities leak or come back (CVE-2022-36109, CVE-2022-29162).
# Threat 23: a user namespace gives them back (CVE-2016-8649).
# Proves: every check of a return value and every read-back in lib/priv/creds, the order of the drop, and the empty
# inheritable and ambient sets.

load attack

setup_file()
{
	container powers base sleep 100000
	container user1000 -u 1000:1000 --group-add 2000 base sleep 100000
	container nocaps --cap-drop ALL --security-opt no-new-privileges base sleep 100000
	docker -H "$REMAP_HOST" run -d --name remapped --network none base sleep 100000 >/dev/null
}

teardown_file()
{
	containers_gone powers user1000 nocaps
	docker -H "$REMAP_HOST" rm -f remapped >/dev/null
}

# Fails unless the command `touch` never ran, whatever was said.
never_executed()
{
	docker exec powers rm -f /tmp/ran
	CENTERCTL_TEST_FAIL=$1 run centerctl exec "${@:2}" powers sh -c 'touch /tmp/ran; chmod 666 /tmp/ran'
	if docker exec powers test -e /tmp/ran; then
		echo "with a failing $1 the command ran" >&2
		return 1
	fi
	assert_refused ""
}

@test "without a failing call the build with hooks runs the command" {
	docker exec powers rm -f /tmp/ran
	run centerctl exec powers touch /tmp/ran
	assert_status 0
	docker exec powers test -e /tmp/ran
}

@test "each call that gives privilege up is fatal when it fails" {
	local call
	for call in setgroups setresgid setresuid capset bounding creds-prove seccomp keyring; do
		never_executed "$call" -u 1000:1000
		never_executed "$call"
	done
}

@test "a setting of no_new_privs that fails is fatal" {
	CENTERCTL_TEST_FAIL=nnp run centerctl exec nocaps sh -c 'echo ran'
	assert_refused ""
}

@test "joining a cgroup or a namespace that fails is fatal" {
	never_executed cgroup
	never_executed setns
}

@test "a call that succeeds and does nothing is noticed by reading back" {
	local call
	for call in setgroups setresgid setresuid capset bounding; do
		never_executed "$call:quiet" -u 1000:1000
	done
}

@test "a build for release has none of the hooks" {
	plain_build
	local program
	for program in "$plain"/cmd/centerctl/centerctl "$plain"/cmd/centerctl-gate/centerctl-gate "$plain"/cmd/centerctl-enter/centerctl-enter "$plain"/cmd/centerctl-resolve/centerctl-resolve; do
		run grep -acE "CENTERCTL_(TEST|LIBEXECDIR)" "$program"
		assert_output 0
	done
}

# The powers of a command through docker and through us.
same_powers()
{
	local theirs ours
	theirs=$(docker "${engine[@]}" exec "$@" cat /proc/self/status | powers)
	ours=$(centerctl exec "${engine[@]}" "$@" cat /proc/self/status | powers)
	[ -n "$ours" ] || return 1
	diff <(echo "$theirs") <(echo "$ours")
}

@test "capabilities, ids and groups are those that docker exec gives" {
	local engine=()
	same_powers powers
	same_powers -u 1000 powers
	same_powers -u app powers
	same_powers -u app:audio powers
	same_powers user1000
	same_powers -u 0 user1000
	same_powers nocaps
	engine=(-H "$REMAP_HOST")
	same_powers remapped
	same_powers -u app remapped
}

@test "inheritable and ambient capabilities are empty for root and for a user" {
	local args
	for args in powers '-u 1000 powers' user1000 nocaps; do
		# shellcheck disable=SC2086 # words
		run centerctl exec $args grep -E '^Cap(Inh|Amb):' /proc/self/status
		assert_status 0
		[[ $(tr -d ' \t\n' <<<"$output") == CapInh:0000000000000000CapAmb:0000000000000000 ]]
	done
}

@test "none of the caller's supplementary groups is there inside" {
	run setpriv --groups 4,24,4711 centerctl exec powers id -G
	assert_status 0
	[[ " $output " != *" 4711 "* ]]
	[[ " $output " != *" 24 "* ]]
	run setpriv --groups 4711 centerctl exec -u 1000 powers id -G
	[[ " $output " != *" 4711 "* ]]
	run setpriv --groups 4711 centerctl exec -H "$REMAP_HOST" remapped id -G
	[[ " $output " != *" 4711 "* && " $output " != *" 65534 "* ]]
}

@test "the primary group is among the supplementary ones" {
	run centerctl exec -u app powers id -G
	[[ " $output " == *" 1000 "* ]]
	[[ " $output " == *" 29 "* ]]
	run centerctl exec -u 1000:2000 powers id -G
	[[ " $output " == *" 2000 "* ]]
}

@test "the caller's inheritable and ambient capabilities do not come along" {
	run setpriv --inh-caps +sys_admin,+net_admin --ambient-caps +sys_admin,+net_admin \
		centerctl exec -u 1000 powers grep -E '^Cap(Prm|Eff|Inh|Amb):' /proc/self/status
	assert_status 0
	run grep -cv 0000000000000000 <<<"$output"
	assert_output 0
}

@test "the caller's securebits do not come along" {
	run setpriv --securebits +noroot,+no_setuid_fixup centerctl exec powers grep ^CapEff /proc/self/status
	[ "$status" -eq 125 ] || {
		local theirs
		theirs=$(docker exec powers grep ^CapEff /proc/self/status)
		assert_output "$theirs"
	}
}

@test "root cannot be had back" {
	run centerctl exec -u 1000 powers sh -c 'busybox su -c id root </dev/null; cat /proc/self/status'
	run grep -E '^Uid:' <<<"$output"
	[[ $(tr -s ' \t' ' ' <<<"$output") == "Uid: 1000 1000 1000 1000" ]]
}

@test "in a remapped container the sets, the map and the ids equal init's" {
	local theirs ours pid
	pid=$(docker -H "$REMAP_HOST" inspect -f '{{.State.Pid}}' remapped)
	ours=$(centerctl exec -H "$REMAP_HOST" remapped sh -c 'cat /proc/self/uid_map /proc/self/gid_map; grep ^Cap /proc/self/status')
	theirs=$(cat "/proc/$pid/uid_map" "/proc/$pid/gid_map"; grep ^Cap "/proc/$pid/status")
	diff <(tr -s ' \t' ' ' <<<"$theirs" | sed 's/^.* \([0-9]* [0-9]*\)$/\1/') <(tr -s ' \t' ' ' <<<"$ours" | sed 's/^.* \([0-9]* [0-9]*\)$/\1/')
	# On the host it is the mapped root.
	centerctl exec -H "$REMAP_HOST" remapped sleep 31.41 &
	wait_until 5 process_with sleep 31.41
	pid=$(pids_with sleep 31.41 | tail -n 1)
	[ "$(stat -c %u "/proc/$pid")" = 200000 ]
	kill "$pid"
	wait $! || true
}

@test "in a remapped container the caller's ids are nobody" {
	run centerctl exec -H "$REMAP_HOST" -u 65536 remapped id -u
	assert_status 125
}
