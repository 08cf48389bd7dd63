#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 37 for every verb: a denial says the same and takes the same time, whether there is such a container or not, whether it
# runs, and whether something else is permitted there.
# Proves: judge_deny and the rounding of denials in centerctl-enter, for verbs that enter nothing as for those that do.

load attack

typed=("show NAME" "logs NAME" "signal NAME" "top NAME" "stats NAME" "wait NAME" "diff NAME" "cp NAME:/etc/hostname -" "cp - NAME:/tmp" "backup NAME"
	"restore NAME" "sftp NAME" "dial NAME 7000")

setup_file()
{
	host_start
	container vdenied base sleep 77001
	# shellcheck disable=SC2046 # words
	container vdenied-large $(for n in $(seq 200); do echo "--label l$n=$(printf 'x%.0s' {1..200})"; done) base sleep 77002
	docker create --name vdenied-stopped --network none base true >/dev/null
	policy <<-END
		allow user:alice to vdenied-nobody as app for all
		allow user:bob   to vdenied        as app for exec
		allow user:mallory to vdenied-shown as app for show
	END
}

teardown_file()
{
	containers_gone vdenied vdenied-large vdenied-stopped vdenied-shown
	host_clean
}

# denials COUNT WHO NAME...: every verb with each of the names in turn; the text, and the microseconds.
denials()
{
	local count=$1 who=$2 n words name from
	shift 2
	for ((n = 0; n < count; n++)); do
		for words in "${typed[@]}"; do
			for name in "$@"; do
				from=${EPOCHREALTIME/[.,]/}
				# shellcheck disable=SC2086 # words
				as_user "$who" centerctl ${words//NAME/$name} </dev/null >"$BATS_TEST_TMPDIR/said" 2>&1 || echo "code $?" >>"$BATS_TEST_TMPDIR/said"
				echo "$name $((${EPOCHREALTIME/[.,]/} - from)) $words" >>"$BATS_TEST_TMPDIR/times"
				sed "s/^centerctl: $name:/centerctl: NAME:/" "$BATS_TEST_TMPDIR/said" >>"$BATS_TEST_TMPDIR/texts"
			done
		done
	done
}

# Each for itself: rounded up, none comes before the first step of time, which is as long as all work on the way together.
none_is_early()
{
	run awk '$2 < 100000' "$BATS_TEST_TMPDIR/times"
	assert_output ""
}

one_text()
{
	run sort -u "$BATS_TEST_TMPDIR/texts"
	assert_output "centerctl: NAME: not permitted, or there is no such container (ls shows what you may enter)
code 125"
}

@test "no verb tells whether there is such a container, by words or by time" {
	local count=1
	! long || count=50
	agrees denials $count alice vdenied vdenied-none vdenied-large
	one_text
	none_is_early
}

@test "nor to one who may do something else there" {
	local count=1
	! long || count=50
	agrees denials $count bob vdenied vdenied-none
	one_text
	none_is_early
}

@test "nor whether it runs" {
	denials 1 alice vdenied-stopped vdenied-none
	docker pause vdenied >/dev/null
	denials 1 alice vdenied
	docker unpause vdenied >/dev/null
	one_text
	none_is_early
}

@test "several words in one question tell no more" {
	run as_user alice centerctl stats vdenied vdenied-none </dev/null
	assert_status 125
	assert_silent_about "no such container: "
	local first=${output//vdenied-none/X}
	run as_user alice centerctl stats vdenied-none vdenied </dev/null
	[ "${first//vdenied/X}" = "$(sed 's/vdenied-none/X/g; s/vdenied/X/g' <<<"$output")" ]
	run as_user alice centerctl ls -a </dev/null
	assert_silent_about vdenied
	run as_user bob centerctl ls -a -q </dev/null
	assert_output vdenied
	run as_user bob centerctl ls -q --filter can=logs </dev/null
	assert_output ""
}

lists()
{
	[ "$(wc -l <"$BATS_TEST_TMPDIR/watched")" -ge "$1" ]
}

@test "who watches is not told that something happened to a container of others" {
	# Young, so that what the engine says of its age is another thing each second.
	docker restart -t 0 vdenied >/dev/null
	host_exec=1 as_user bob centerctl ls -w --json >"$BATS_TEST_TMPDIR/watched" 2>&1 </dev/null 3>&- &
	local client=$!
	wait_until 5 lists 1
	sleep 1.1
	docker pause vdenied-large >/dev/null
	docker unpause vdenied-large >/dev/null
	sleep 0.6
	[ "$(wc -l <"$BATS_TEST_TMPDIR/watched")" = 1 ]
	docker pause vdenied >/dev/null
	wait_until 5 lists 2
	docker unpause vdenied >/dev/null
	kill "$client"
}

@test "show tells who is not root neither labels, in which passwords stand, nor what is where on the host" {
	container vdenied-shown --label "auth=hunter2" -v "$BATS_TEST_TMPDIR:/mounted" base sleep 77003
	run centerctl show vdenied-shown
	assert_says hunter2
	assert_says "$BATS_TEST_TMPDIR"
	local json
	for json in "" --json; do
		# shellcheck disable=SC2086 # none is none
		run as_user mallory centerctl show $json vdenied-shown </dev/null
		assert_status 0
		assert_says /mounted
		assert_silent_about hunter2
		assert_silent_about "$BATS_TEST_TMPDIR"
	done
}
