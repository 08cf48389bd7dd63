# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl diff`: how the container's first process is confined, beside what an exec would be, and beside what a session is.

load ../lib/common
load ../lib/verbs
load ../lib/host

# Sessions are known by their records, which a configuration asks for.
setup_file()
{
	host_start
	policy <<<"deny * to *"
	for engine in $engines; do
		on "$engine"
		up diff-web base sleep 100000
		up diff-dressed --user 1000 --cap-drop ALL --security-opt no-new-privileges base sleep 100000
	done
}

teardown()
{
	background_end
}

teardown_file()
{
	both_down diff-web diff-dressed
	host_clean
}

# Where that configuration is seen.
ctl()
{
	local verb=$1
	shift
	in_host "$host_prefix/bin/centerctl" "$verb" -H "$engine_url" "$@"
}

sessions()
{
	in_host "$host_prefix/bin/centerctl" sessions --json | jq -r '.[] | select(.running != false) | .session' | sort
}

# session_with WORDS...: centerctl with these words in the background, and its ID in $session.
session_with()
{
	local verb=$1 old
	shift
	old=$(sessions)
	in_background "$BATS_TEST_TMPDIR/session" nsenter -t "$(cat "$host/holder")" --mount --net -- "$host_prefix/bin/centerctl" "$verb" -H "$engine_url" "$@"
	wait_until 5 new_session "$old"
}

new_session()
{
	session=$(comm -13 <(echo "$1") <(sessions) | head -n 1)
	[ -n "$session" ]
}

@test "an exec is confined as the container is" {
	for engine in $engines; do
		on "$engine"
		for name in diff-web diff-dressed; do
			run ctl diff "$name"
			assert_status 0
			run ctl diff --json "$name"
			assert_status 0
			jq -e . <<<"$output" >/dev/null
		done
	done
}

@test "in a user namespace, too, and users are told as they are inside" {
	on docker
	engine_url=$REMAP_HOST
	DOCKER_HOST=$REMAP_HOST docker run -d --name diff-remap --network none --user 1000 base sleep 100000 >/dev/null
	run -0 ctl exec --show --json diff-remap
	outside=$(awk '$1 == "Uid:" { print $2 }' "/proc/$(DOCKER_HOST=$REMAP_HOST docker inspect -f '{{.State.Pid}}' diff-remap)/status")
	jq -e --argjson o "$outside" '.user.uid == {entry: 1000, init: 1000} and .user["uid on the host"] == {entry: $o, init: $o}' <<<"$output"
	run -0 ctl show --json diff-remap
	jq -e --argjson o "$outside" '.user.uid == 1000 and .user["uid on the host"] == $o and (.user.gid | type) == "number"' <<<"$output"
	run ctl diff diff-remap
	assert_status 0
	DOCKER_HOST=$REMAP_HOST docker rm -f diff-remap >/dev/null
}

@test "a running exec is beside its container as it should be" {
	for engine in $engines; do
		on "$engine"
		session_with exec diff-web sleep 72001
		run ctl diff diff-web "$session"
		assert_status 0
		background_end
	done
}

@test "a session with more power differs, and it is said in what" {
	for engine in $engines; do
		on "$engine"
		session_with exec --cap-add NET_ADMIN diff-web sleep 72002
		run ctl diff diff-web "$session"
		assert_status 1
		assert_matches net_admin
		run ctl diff --json diff-web "$session"
		assert_status 1
		jq -e 'tostring | ascii_downcase | contains("net_admin")' <<<"$output"
		background_end
		session_with exec -u 1000 diff-web sleep 72003
		run ctl diff diff-web "$session"
		assert_status 1
		assert_says 1000
		background_end
	done
}

@test "a privileged session differs" {
	on docker
	session_with exec --privileged diff-web sleep 72004
	run ctl diff diff-web "$session"
	assert_status 1
	assert_matches sys_admin
}

@test "a tool of debug differs" {
	on docker
	session_with debug --static busybox diff-web -- sleep 72005
	run ctl diff diff-web "$session"
	assert_status 1
}

@test "a session that is none, or another container's, is refused" {
	on docker
	run ctl diff diff-web aaaaaaaaaaaaaaaaaaaaaaaaaa
	assert_refused aaaaaaaaaaaaaaaaaaaaaaaaaa
	run ctl diff diff-web ../../etc/passwd
	assert_status 125
	session_with exec diff-dressed sleep 72006
	run ctl diff diff-web "$session"
	assert_status 125
	run ctl diff no-such-container
	assert_status 125
}
