#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# The limits of a rule for who waits and watches: these enter nothing, and yet each is a process of root's until it ends.

load gate

setup_file()
{
	host_start
	container limits-web base sh -c 'echo ready; exec sleep 74301'
	gate_key limits
	mkfifo "$BATS_FILE_TMPDIR/held"
}

teardown()
{
	# shellcheck disable=SC2086 # several of them
	[ -z "${clients:-}" ] || kill -KILL $clients 2>/dev/null || true
}

teardown_file()
{
	containers_gone limits-web
	host_clean
}

clients=
waiting=("wait limits-web" "stats -w limits-web" "top -w limits-web")

# lasts WORDS: as the key; sets $client.
lasts()
{
	# shellcheck disable=SC2086 # words
	host_exec=1 gate_ssh limits $1 </dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	client=$!
	clients+=" $client"
}

# listed VERB: a running session of this verb's; sets $session.
listed()
{
	session=$(in_host "$host_prefix/bin/centerctl" sessions --json | jq -r --arg v "$1" '.[] | select(.running != false and .verb == $v) | .session' | head -n 1)
	[ -n "$session" ]
}

client_has_ended()
{
	! alive "$client"
}

@test "sessions= counts who waits or watches, and each is listed and can be ended" {
	local words other
	policy <<<"allow key:limits to limits-web as root for all with sessions=1"
	for words in "${waiting[@]}"; do
		echo "$words" >&2
		lasts "$words"
		wait_until 5 listed "${words%% *}"
		for other in "wait limits-web" "exec limits-web true"; do
			# shellcheck disable=SC2086 # words
			run gate_ssh limits $other </dev/null
			assert_status 125
			assert_says "your rule allows 1 sessions at once"
		done
		# What is over at once takes no place.
		run gate_ssh limits top limits-web </dev/null
		assert_status 0
		run in_host "$host_prefix/bin/centerctl" end "$session"
		assert_status 0
		wait_until 3 client_has_ended
	done
	wait_until 2 no_gates_left
}

lists()
{
	in_host "$host_prefix/bin/centerctl" sessions --json | jq '[.[] | select(.verb == "list" and .who == "key:limits")] | length'
}

some_lists()
{
	[ "$(lists)" = "$1" ]
}

@test "everybody may watch 16 lists, each is listed, and can be ended" {
	local n
	policy <<<"allow key:limits to limits-web as root for all with sessions=1"
	for ((n = 0; n < 16; n++)); do
		lasts "ls -w"
	done
	wait_until 15 some_lists 16
	# In the background, since it would last if it were granted.
	lasts "ls -w"
	wait_until 10 client_has_ended
	status=0
	wait "$client" || status=$?
	output=$(cat "$BATS_TEST_TMPDIR/err")
	assert_status 125
	assert_says "everybody may watch 16 lists at once, and that many are running"
	# Neither a list that is over at once, nor a session, is one of them.
	run gate_ssh limits ls </dev/null
	assert_status 0
	run gate_ssh limits exec limits-web true </dev/null
	assert_status 0
	listed list
	run in_host "$host_prefix/bin/centerctl" end "$session"
	assert_status 0
	some_lists 15
	# shellcheck disable=SC2086 # several of them
	kill -TERM $clients
	clients=
	wait_until 5 some_lists 0
	wait_until 2 no_gates_left
}

@test "one question is about 64 containers at most, and about each of them once" {
	policy <<<"allow key:limits to limits-web as root for all"
	local verb
	for verb in wait "stats -w"; do
		# shellcheck disable=SC2046,SC2086 # words
		run gate_ssh limits $verb $(seq -f 'limits-%g' 65) </dev/null
		assert_status 125
		assert_says "more than 64 containers"
		# shellcheck disable=SC2086 # words
		run gate_ssh limits $verb limits-web limits-web </dev/null
		assert_status 125
		assert_says twice
	done
}
