#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 37: denials tell which containers exist, by their words or by their time.
# Proves: judge_deny and judge_delay in centerctl-enter: one text, and answers at steps of time.

load attack

setup_file()
{
	host_start
	container denials-there base sleep 100000
	# One with much to read, so that time would show.
	# shellcheck disable=SC2046 # words
	container denials-large $(for n in $(seq 200); do echo "--label l$n=$(printf 'x%.0s' {1..200})"; done) base sleep 100000
	policy <<-END
		allow user:alice to denials-other as app for exec
		allow user:bob   to denials-there as app for exec run nothing
		allow key:denials to denials-other as app for exec
	END
	gate_key denials
}

teardown_file()
{
	containers_gone denials-there denials-large
	host_clean
}

# denials COUNT WHO NAME...: for each of the names in turn, the text and the milliseconds of a denial.
denials()
{
	local count=$1 who=$2 n name from
	shift 2
	for ((n = 0; n < count; n++)); do
		for name in "$@"; do
			from=${EPOCHREALTIME/[.,]/}
			as_user "$who" centerctl exec "$name" id </dev/null >"$BATS_TEST_TMPDIR/said" 2>&1 || echo "code $?" >>"$BATS_TEST_TMPDIR/said"
			echo "$name $((${EPOCHREALTIME/[.,]/} - from))" >>"$BATS_TEST_TMPDIR/times"
			sed "s/^centerctl: $name:/centerctl: NAME:/" "$BATS_TEST_TMPDIR/said" >>"$BATS_TEST_TMPDIR/texts"
		done
	done
}

@test "denials say the same and take the same time, whether there is such a container or not" {
	local count=12
	! long || count=334
	agrees denials $count alice denials-there denials-absnt denials-large
	run sort -u "$BATS_TEST_TMPDIR/texts"
	assert_output "centerctl: NAME: not permitted, or there is no such container (ls shows what you may enter)
code 125"
}

@test "for one who may do something else there too" {
	local count=8
	! long || count=334
	agrees denials $count bob denials-there denials-absnt
	[ "$(sort -u "$BATS_TEST_TMPDIR/texts" | wc -l)" = 2 ]
}

@test "through a key too" {
	local name
	for name in denials-there denials-absnt "$(container_id denials-there)" "$(container_id denials-there | tr 0-9a-f 1-9a-f0)"; do
		gate_ssh denials exec "$name" id 2>&1 </dev/null | sed "s/^centerctl: $name:/centerctl: NAME:/" >>"$BATS_TEST_TMPDIR/texts" || true
	done
	[ "$(sort -u "$BATS_TEST_TMPDIR/texts" | wc -l)" = 1 ]
}

@test "a container that is stopped, paused or ambiguous says nothing of it either" {
	docker create --name denials-stopp base true >/dev/null
	docker pause denials-large >/dev/null
	local name id
	id=$(container_id denials-there)
	for name in denials-stopp denials-large denials-absnt "${id:0:1}" "${id:0:3}"; do
		as_user alice centerctl exec "$name" id 2>&1 </dev/null | sed "s/^centerctl: $name:/centerctl: NAME:/" >>"$BATS_TEST_TMPDIR/texts" || true
	done
	docker unpause denials-large >/dev/null
	docker rm -f denials-stopp >/dev/null
	cat "$BATS_TEST_TMPDIR/texts" >&2
	[ "$(sort -u "$BATS_TEST_TMPDIR/texts" | wc -l)" = 1 ]
}

@test "options and verbs do not tell either" {
	local name
	for name in denials-there denials-absnt; do
		as_user alice centerctl exec --show "$name" 2>&1 </dev/null | sed "s/^centerctl: $name:/centerctl: NAME:/" >>"$BATS_TEST_TMPDIR/texts" || true
		as_user alice centerctl exec --privileged "$name" id 2>&1 </dev/null | sed "s/^centerctl: $name:/centerctl: NAME:/" >>"$BATS_TEST_TMPDIR/texts" || true
		as_user alice centerctl exec -u root "$name" id 2>&1 </dev/null | sed "s/^centerctl: $name:/centerctl: NAME:/" >>"$BATS_TEST_TMPDIR/texts" || true
		as_user alice centerctl exec -e X=1 -w /x --ns mnt "$name" id 2>&1 </dev/null | sed "s/^centerctl: $name:/centerctl: NAME:/" >>"$BATS_TEST_TMPDIR/texts" || true
	done
	cat "$BATS_TEST_TMPDIR/texts" >&2
	[ "$(sort -u "$BATS_TEST_TMPDIR/texts" | wc -l)" = 1 ]
}
