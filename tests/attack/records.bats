#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 35: names, arguments, TERM and output that write into the log of the one who reads it, or drive their terminal.
# Threat 36: the recorder's path, its permissions, and what must not be in a recording.
# Proves: lib/audit/event (one line each, everything unfit escaped), lib/audit/log and recorder (a directory of root's alone, O_EXCL,
# O_NOFOLLOW, random names), and that what is printed for people is escaped again.

load attack

setup_file()
{
	host_start
	container records base sleep 100000
	policy <<-END
		allow user:alice to records as app for exec,shell with record
		allow key:records to records as app for exec,shell with record
		allow user:bob to records as * for exec
	END
	gate_key records
}

teardown_file()
{
	containers_gone records
	in_host sh -c 'rm -rf "$1"/*' - "$host_log"
	host_clean
}

setup()
{
	in_host sh -c 'rm -rf "$1"/* "$2"/evil*' - "$host_log" "$host/home/alice"
}

centerctl_root()
{
	in_host "$host_prefix/bin/centerctl" "$@"
}

# Every byte but NUL, and what turns, hides or breaks text.
nasty()
{
	python3 -c 'import sys
sys.stdout.buffer.write(bytes(range(1, 256)) + "\u202e\u2066\u200b\u2028\u2029\ufeff\U000e0041\u0085\u009b31m".encode() + b"\xed\xa0\x80\xc0\xaf\xf4\x90\x80\x80")'
}

@test "arguments of every byte are one line of JSON that gives them back" {
	local text
	text=$(nasty; echo .)
	text=${text%.}
	as_user alice centerctl exec records true "$text" $'\n{"event":"start"}\n' "$(printf 'x%.0s' {1..40000})"
	[ "$(audit_lines)" = 2 ]
	in_host cat "$host_log/audit.jsonl" >"$BATS_TEST_TMPDIR/log"
	# Nothing in it that a terminal or another reader would take for anything.
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$BATS_TEST_TMPDIR/log"
	python3 - "$BATS_TEST_TMPDIR/log" <(printf %s "$text") <<-'END'
		import json, sys
		data = open(sys.argv[1], "rb").read()
		text = data.decode("utf-8")
		for c in text:
		    assert c == "\n" or (c.isprintable() and not 0x200b <= ord(c) <= 0x206f and ord(c) < 0xe000), hex(ord(c))
		line = json.loads(text.split("\n")[0])
		assert line["argv"][2] == "\n{\"event\":\"start\"}\n"
		# U+EC80 to U+ECFF stand for the bytes that are no UTF-8.
		got = b"".join(bytes([ord(c) - 0xec00]) if 0xec80 <= ord(c) <= 0xecff else c.encode() for c in line["argv"][1])
		assert got == open(sys.argv[2], "rb").read(), got
		assert line.get("cut") is True
	END
}

@test "what is denied is written the same way" {
	run as_user alice centerctl exec $'records\n{"event":"start","session":"x"}' id
	run as_user alice centerctl exec -u $'root\e[2J\n{"x":1}' records id
	run as_user alice env TERM=$'x\n{"evil":1}' centerctl exec no-such-thing $'\e]0;evil\a'
	in_host cat "$host_log/audit.jsonl" >"$BATS_TEST_TMPDIR/log"
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$BATS_TEST_TMPDIR/log"
	run jq -r .event "$BATS_TEST_TMPDIR/log"
	assert_silent_about start
	[ "$(grep -c deny <<<"$output")" = "$(wc -l <"$BATS_TEST_TMPDIR/log")" ]
}

@test "what people are shown of it drives no terminal" {
	as_user alice centerctl exec records true $'\e]0;evil\a' $'\e[2J\e[1;1H' $'\xc2\x9b31m' $'a\rb' $'\xe2\x80\xae'
	local verb
	for verb in "audit" "sessions -a" "audit verify"; do
		# shellcheck disable=SC2086 # words
		centerctl_root $verb >"$BATS_TEST_TMPDIR/shown"
		run ! grep -qP '\x1b|\x07|\x0d|\xc2\x9b|\xe2\x80\xae' "$BATS_TEST_TMPDIR/shown"
	done
	run as_user alice centerctl exec $'no\e]0;evil\a' id
	[[ $output != *$'\e'* && $output != *$'\a'* ]]
}

@test "syslog gets one line for each record" {
	local dev=$host/home/dev-log
	rm -f "$dev"
	host_exec=1 in_host socat -u "UNIX-RECVFROM:$dev,fork" "OPEN:$BATS_TEST_TMPDIR/syslog,creat,append" </dev/null >/dev/null 2>&1 3>&- &
	local listener=$!
	wait_until 5 test -S "$dev"
	if ! in_host sh -c 'test -e /dev/log || { : >/dev/log; }' 2>/dev/null || ! in_host mount --bind "$dev" /dev/log; then
		kill "$listener"
		skip_or_fail "no /dev/log can be put in place here"
	fi
	as_user alice centerctl exec records true $'one\nline'
	sleep 0.3
	in_host umount /dev/log
	[ -s /dev/log ] || [ -S /dev/log ] || rm -f /dev/log
	kill "$listener"
	grep -q centerctl "$BATS_TEST_TMPDIR/syslog"
	run ! grep -qP 'one\nline' "$BATS_TEST_TMPDIR/syslog"
	# authpriv.notice or .info, in the priority at the front.
	grep -qE '^<8[0-7]>' "$BATS_TEST_TMPDIR/syslog"
}

@test "log and recordings are root's alone, whatever the caller's umask is" {
	run as_person alice expect begun -- sh -c "umask 0; exec centerctl exec -t records sh -c 'echo begun'"
	assert_status 0
	[ "$(in_host find "$host_log" -mindepth 1 \( -perm /077 -o ! -user root \) | wc -l)" = 0 ]
	[ "$(in_host find "$host_log/sessions" -name '*.cast' | wc -l)" = 1 ]
	in_host find "$host_log/sessions" -name '*.cast' -printf '%f\n' | grep -qxE '[a-z2-7]{26}\.cast'
}

@test "planted links and directories of others are refused, and what they point to stays as it is" {
	echo precious >"$host/home/alice/evil-target"
	in_host ln -s "$host/home/alice/evil-target" "$host_log/audit.jsonl"
	run as_user alice centerctl exec records id
	assert_status 125
	assert_silent_about uid=
	[ "$(cat "$host/home/alice/evil-target")" = precious ]
	in_host rm "$host_log/audit.jsonl"
	mkdir -p "$host/home/alice/evil-dir"
	in_host ln -s "$host/home/alice/evil-dir" "$host_log/sessions"
	run as_person alice -- centerctl exec -t records id
	assert_status 125
	assert_silent_about uid=
	[ -z "$(ls "$host/home/alice/evil-dir")" ]
	in_host rm "$host_log/sessions"
	in_host mkdir "$host_log/sessions"
	in_host chown alice "$host_log/sessions"
	run as_person alice -- centerctl exec -t records id
	assert_status 125
	in_host rm -r "$host_log/sessions"
	in_host mkdir "$host_log/sessions"
	in_host chmod 777 "$host_log/sessions"
	run as_person alice -- centerctl exec -t records id
	assert_status 125
	in_host rm -r "$host_log/sessions"
	run as_user alice centerctl exec records id -u
	assert_output 1000
}

@test "a session's ID that is a path is no session" {
	local id
	for id in ../../etc/passwd /etc/passwd .. . '' ../audit.jsonl "$(printf 'a%.0s' {1..26})" "$(printf 'a%.0s' {1..25})/" '*'; do
		run centerctl_root replay "$id"
		[ "$status" -ne 0 ]
		assert_silent_about root:x
		run centerctl_root end "$id"
		[ "$status" -ne 0 ]
		run timeout 5 nsenter -t "$(cat "$host/holder")" --mount --net -- "$host_prefix/bin/centerctl" watch "$id"
		[ "$status" -ne 0 ]
		[ "$status" -ne 124 ]
	done
}

@test "a password that is not shown is in no recording" {
	run as_person alice expect word: send 'hunter2-secret\r' expect 'done' -- centerctl exec -t records sh -c 'stty -echo; echo -n word:; read x; stty echo; echo done'
	assert_status 0
	run in_host grep -rl hunter2-secret "$host_log"
	assert_output ""
}

@test "groups that were asked for beside the user are in the record" {
	as_user bob centerctl exec --group-add 4242 --group-add audio -u app records true
	run audit_all 'select(.event == "start") | .options'
	assert_output '["group-add=4242","group-add=audio"]'
}
