#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What is left to read afterwards: recordings, the list of sessions, the chain of records; and what happens to a session
# whose record cannot be written.

load gate

setup_file()
{
	host_start
	container record-web base sleep 100000
	# A chain of its own, whatever was here before.
	in_host sh -c 'rm -rf "$1"/*' - "$host_log"
}

setup()
{
	recordings=$host_log/sessions
	policy <<-END
		allow key:record       to record-web as app for exec,shell with record
		allow key:record-input to record-web as app for exec,shell with record=input
		allow key:record-not   to record-web as app for exec,shell
	END
	gate_key record
	gate_key record-input
	gate_key record-not
}

teardown()
{
	in_host mount -o remount,size=256m "$host_log" 2>/dev/null || true
	in_host rm -f "$host_log/filler"
}

teardown_file()
{
	containers_gone record-web
	host_clean
}

centerctl_root()
{
	in_host env "DOCKER_HOST=$DOCKER_HOST" "$host_prefix/bin/centerctl" "$@"
}

# The session whose arguments end with this word.
session_of()
{
	audit_all "select(.event == \"start\" and .argv[-1] == \"$1\") | .session" | tail -n 1
}

ssh_pty()
{
	local key=$1 ssh_options steps=()
	shift
	host_ssh_options "$key"
	while [ "$1" != -- ]; do
		steps+=("$1")
		shift
	done
	shift
	pty "${steps[@]}" -- nsenter -t "$(cat "$host/holder")" --mount --net -- ssh -F none -tt "${ssh_options[@]}" center@127.0.0.1 "$@"
}

@test "a session with a terminal is recorded as asciicast v2, with its sizes and every byte of output" {
	run ssh_pty record size 30x100 expect ready size 40x120 pause 0.3 send 'go\r' -- \
		exec record-web sh -c "'echo ready; read x; stty size; printf \"\\303\\244\\377\\033[1mbold\\033[0m\\n\"; exit 5' marked-1"
	assert_status 5
	local session cast=$BATS_TEST_TMPDIR/cast
	session=$(session_of marked-1)
	in_host cat "$recordings/$session.cast" >"$cast"
	head -n 1 "$cast" | jq -e '.version == 2 and .width == 100 and .height == 30 and .timestamp > 1700000000'
	tail -n +2 "$cast" | jq -es 'all(.[]; length == 3 and (.[0] | type) == "number") and ([.[][0]] | . == sort)'
	tail -n +2 "$cast" | jq -es 'any(.[]; .[1] == "r" and .[2] == "120x40")'
	tail -n +2 "$cast" | jq -rs 'map(select(.[1] == "o") | .[2]) | join("")' >"$BATS_TEST_TMPDIR/shown"
	grep -q ready "$BATS_TEST_TMPDIR/shown"
	grep -q "40 120" "$BATS_TEST_TMPDIR/shown"
	grep -q "$(printf '\303\244')" "$BATS_TEST_TMPDIR/shown"
	# Nothing of what was typed but what the terminal showed of it.
	run jq -es 'any(.[1:][]; .[1] == "i")' "$cast"
	assert_output false
	[ "$(in_host stat -c '%a %U' "$recordings/$session.cast" "$recordings" | xargs)" = "600 root 700 root" ]
}

@test "replay shows it again, and asciinema plays it" {
	run ssh_pty record expect ready -- exec record-web sh -c "'echo ready; echo shown-again' marked-2"
	local session
	session=$(session_of marked-2)
	run centerctl_root replay --speed 100 "$session"
	assert_status 0
	assert_says shown-again
	in_host cat "$recordings/$session.cast" >"$BATS_TEST_TMPDIR/x.cast"
	run pty -- asciinema cat "$BATS_TEST_TMPDIR/x.cast"
	assert_status 0
	assert_says shown-again
}

@test "replay leaves nothing that drives a terminal elsewhere" {
	run ssh_pty record expect ready -- exec record-web sh -c "'echo ready; printf \"\\033]0;title\\007\\033]52;c;ZXZpbA==\\007\\033P+q544e\\033\\\\\\\\\\033[6n\\033[c\"' marked-3"
	centerctl_root replay --speed 100 "$(session_of marked-3)" >"$BATS_TEST_TMPDIR/replayed"
	run ! grep -q $'\e]52' "$BATS_TEST_TMPDIR/replayed"
	run ! grep -q $'\e\\[6n' "$BATS_TEST_TMPDIR/replayed"
	run ! grep -q $'\eP' "$BATS_TEST_TMPDIR/replayed"
}

@test "input is recorded where the rule says so, and never while echo is off" {
	run ssh_pty record-input expect name send 'visible-name\r' expect password send 'secret-word\r' expect 'done' -- \
		exec record-web sh -c "'echo name; read a; stty -echo; echo password; read b; stty echo; echo done' marked-4"
	assert_status 0
	in_host cat "$recordings/$(session_of marked-4).cast" >"$BATS_TEST_TMPDIR/cast"
	run jq -rs 'map(select(type == "array" and .[1] == "i") | .[2]) | join("")' "$BATS_TEST_TMPDIR/cast"
	assert_says visible-name
	run cat "$BATS_TEST_TMPDIR/cast"
	assert_silent_about secret-word
}

@test "without a terminal nothing is recorded but how much went through, and data stays whole" {
	head -c 1000000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
	gate_ssh record exec record-web sh -c "'cat' marked-5" <"$BATS_TEST_TMPDIR/data" | cmp - "$BATS_TEST_TMPDIR/data"
	local session
	session=$(session_of marked-5)
	[ -n "$session" ]
	run in_host ls "$recordings"
	assert_silent_about "$session"
	run audit_all "select(.session == \"$session\" and .event == \"end\") | [.bytes_in, .bytes_out] | map(tostring) | join(\" \")"
	assert_output "1000000 1000000"
}

@test "a rule without record records nothing" {
	run ssh_pty record-not expect ready -- exec record-web sh -c "'echo ready' marked-6"
	run in_host ls "$recordings"
	assert_silent_about "$(session_of marked-6)"
}

@test "sessions lists what runs, watch shows it, end ends it" {
	ssh_pty record expect never-comes -- exec record-web sh -c "'while :; do echo tick; sleep 0.2; done' marked-7" >/dev/null 2>&1 </dev/null 3>&- &
	local session client=$!
	wait_until 5 sessions_say record-web
	session=$(session_of marked-7)
	run centerctl_root sessions --json
	[ "$(jq -r '.[] | select(.running != false) | .session' <<<"$output" | grep -c "$session")" = 1 ]
	run timeout 2 nsenter -t "$(cat "$host/holder")" --mount --net -- "$host_prefix/bin/centerctl" watch "$session"
	assert_says tick
	run centerctl_root end "$session"
	assert_status 0
	wait_until 3 session_closed "$session"
	run audit_all "select(.session == \"$session\" and .event == \"end\") | .reason"
	assert_output ended
	wait_until 3 no_gates_left
	wait "$client" || true
}

sessions_say()
{
	centerctl_root sessions | grep -q "$1"
}

session_closed()
{
	[ -n "$(audit_all "select(.session == \"$1\" and .event == \"end\") | .session")" ]
}

@test "each record carries the hash of the one before, and verify finds a change and a gap" {
	local n copy=$BATS_TEST_TMPDIR/log
	for n in 1 2 3; do gate_ssh record-not exec record-web true; done
	run centerctl_root audit verify
	assert_status 0
	in_host cp -a "$host_log" "$host_log.copy"
	in_host sh -c 'sed -i "2s/boot_ms\":/&1/" "$1"' - "$host_log/audit.jsonl"
	run centerctl_root audit verify
	[ "$status" -ne 0 ]
	assert_says 2
	in_host sh -c 'cat "$2" >"$1"; sed -i 2d "$1"' - "$host_log/audit.jsonl" "$host_log.copy/audit.jsonl"
	run centerctl_root audit verify
	[ "$status" -ne 0 ]
	in_host sh -c 'cat "$2" >"$1"; sed -i "\$d" "$1"' - "$host_log/audit.jsonl" "$host_log.copy/audit.jsonl"
	run centerctl_root audit verify
	[ "$status" -ne 0 ]
	in_host sh -c 'cat "$2" >"$1"' - "$host_log/audit.jsonl" "$host_log.copy/audit.jsonl"
	in_host rm -rf "$host_log.copy"
	run centerctl_root audit verify
	assert_status 0
}

@test "the log may be rotated in the middle of a session" {
	host_exec=1 gate_ssh record-not exec record-web sleep 42.01 </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 42.01
	in_host mv "$host_log/audit.jsonl" "$host_log/audit.jsonl.1"
	kill "$(pids_with sleep 42.01)"
	wait $! || true
	wait_until 3 in_host test -s "$host_log/audit.jsonl"
	run audit_last .event
	assert_output end
	gate_ssh record-not exec record-web true
	run centerctl_root audit verify
	assert_status 0
	in_host sh -c 'cat "$1.1" "$1" >"$1.2"; cat "$1.2" >"$1"; rm "$1.1" "$1.2"' - "$host_log/audit.jsonl"
}

@test "audit prints what people ask for" {
	gate_ssh record-not exec record-web true
	run centerctl_root audit --since 1h --key record-not --container record-web
	assert_status 0
	assert_says record-web
	run centerctl_root audit --key no-such-key
	assert_silent_about record-web
	run centerctl_root audit --json --key record-not
	[ "$(head -n 1 <<<"$output" | jq -r .key)" = record-not ]
}

# fill: leaves no room under the log.
fill()
{
	in_host sh -c 'cat /dev/zero >"$1/filler" 2>/dev/null' - "$host_log" || true
}

@test "with a full disk nothing is entered" {
	local n before refused=0
	fill
	# What is left of the last page of the log still takes some records: whoever is let in is among them.
	for n in 1 2 3 4 5 6 7 8 9 10; do
		before=$(audit_lines)
		run gate_ssh record-not exec record-web touch "/tmp/entered-$n"
		if [ "$status" = 0 ]; then
			[ "$(audit_lines)" -gt "$before" ]
			continue
		fi
		assert_status 125
		run ! docker exec record-web test -e "/tmp/entered-$n"
		refused=1
	done
	[ $refused = 1 ]
	in_host rm "$host_log/filler"
	run gate_ssh record-not exec record-web true
	assert_status 0
	run centerctl_root audit verify
	assert_status 0
}

@test "a recording that cannot go on ends the session within 2 s" {
	ssh_pty record expect never-comes -- exec record-web sh -c "'while :; do head -c 20000 /dev/zero | tr \"\\\\0\" x; sleep 0.05; done' marked-8" >/dev/null 2>&1 </dev/null 3>&- &
	local session client=$!
	wait_until 5 sessions_say record-web
	session=$(session_of marked-8)
	fill
	wait_until 3 no_gates_left
	in_host rm "$host_log/filler"
	wait "$client" || true
	[ -n "$session" ]
}

@test "what was killed from outside is unterminated for the next reader" {
	host_exec=1 gate_ssh record-not exec record-web sleep 42.02 </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 42.02
	local session
	session=$(audit_all 'select(.argv? == ["sleep", "42.02"]) | .session' | tail -n 1)
	# shellcheck disable=SC2046 # words
	kill -KILL $(gates_left)
	wait_until_not 2 process_with sleep 42.02
	run centerctl_root sessions -a
	assert_says "$session"
	assert_matches "$session.*unterminated|unterminated.*$session"
}
