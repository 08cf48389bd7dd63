#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 35 for the verbs that print what a container or an engine says (ls, show, top, stats, logs' messages, wait, diff), and what of
# callers is written down: escapes, ends of lines, invalid UTF-8 in names, argument vectors, images, states, mounts, users.
# Proves: cell_put and text_escape behind every table, cell_put_json behind every --json, the escapes of the audit log.
#
# Which test is about which verb:
#   top, which                            "top: names, words and users"
#   ls                                    "ls: ..."
#   show, stats, diff, wait               "show: ..."; with messages of the engine, and logs and cp: "messages of an engine ..."
#   cp, dial, sftp, backup, restore,      "what callers type is written down ..."; what is said beside streams: "what cp could not copy ...",
#   signal, logs, diff, ls                    tests/cli/copy.bats
#   logs: what a container wrote          is passed on as it is, as by docker logs (tests/engine/logs.bats)

load attack

# ESC, CSI as one byte and as a character, BEL, CR, a right-to-left override, and what is no UTF-8.
evil=$'\e]0;owned\a\e[2J\r\x9bx\xc2\x9b1m\xe2\x80\xae\xff\xc0\xaf"\\<'

setup_file()
{
	host_start
	container vlines base sleep 78001
	# What a process calls itself, and what its program is called.
	docker exec vlines sh -c 'cp /bin/busybox /bin/"$(printf "c\033[2Jomm")"; chmod 755 /bin/c*omm'
	docker exec -d vlines sh -c 'exec -a sleep /bin/c*omm 78003'
	docker exec -i vlines sh -c 'cat >>/etc/passwd' <<<"u${evil}ser:x:4321:4321::/:/bin/sh"
	docker exec -d -u 4321 vlines sleep 78004
	# A program's words are bytes that Docker's own interface cannot carry.
	docker exec -d vlines sh -c 'exec -a "$(printf "s\033[2J\r\nx\377\302\2331m\342\200\256")" sleep 78005'
	policy <<-END
		allow key:vlines to vlines as root for all
		allow user:alice to vlines as root for all
	END
	gate_key vlines
}

teardown()
{
	fake_stop
}

teardown_file()
{
	containers_gone vlines vlines-mounts
	host_clean
}

# harmless: $output has no byte that drives a terminal, and no half of a character; and it is as many lines as it should be.
harmless()
{
	printf '%s\n' "$output" | python3 -c '
import sys, unicodedata
text = sys.stdin.buffer.read()
decoded = text.decode("utf-8")
bad = [c for c in decoded if c != "\n" and unicodedata.category(c) == "Cc"]
if bad:
    print("bytes that a terminal acts on:", bad, ascii(decoded), file=sys.stderr)
sys.exit(bool(bad))'
}

whole_json()
{
	printf '%s\n' "$output" | python3 -c '
import json, sys
text = sys.stdin.buffer.read().decode("utf-8")
json.loads(text)
assert not [c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)], ascii(text)'
}

@test "top: names, words and users" {
	run centerctl top vlines
	assert_status 0
	assert_says 78003
	harmless
	local rows=$((${#lines[@]} - 1))
	run centerctl top --json vlines
	whole_json
	# One line each, whatever ends of lines are in their names.
	[ "$(jq length <<<"$output")" = "$rows" ]
	run centerctl which "$(pids_with 'sleep 78003')"
	assert_status 0
	harmless
	# pty.py gives it a terminal, where it may colour, and no more.
	run pty -- centerctl top vlines
	[[ $output != *$'\e]0'* ]]
	[[ $output != *$'\e[2J'* ]]
}

# rows FILE JSON: what an engine would answer to a list.
hostile_rows()
{
	python3 - "$1" <<-'END'
		import json, sys
		evil = "\x1b]0;owned\x07\x1b[2J\r\n\u009b1m\u202e\u2028\"\\<"
		row = {"Id": "%064x" % 1, "Names": ["/good"], "Image": "img" + evil, "ImageID": "sha256:" + "0" * 64, "Command": evil, "Created": 1700000000,
		    "State": "running", "Status": "Up" + evil, "Labels": {"l" + evil: evil}, "Ports": [], "Mounts": []}
		raw = json.dumps([row, dict(row, Id="%064x" % 2, Names=["/raw"], Image="RAW")]).encode()
		open(sys.argv[1], "wb").write(raw.replace(b"RAW", b"r\xff\xc0\xafaw"))
	END
}

@test "ls: image and status" {
	hostile_rows "$BATS_TEST_TMPDIR/rows"
	fake_start --list "$BATS_TEST_TMPDIR/rows"
	run centerctl ls -H "$fake" -a
	[ "$status" = 125 ] || [ "$(wc -l <<<"$output")" = 3 ]
	harmless
	run centerctl ls -H "$fake" -a --json
	if [ "$status" = 0 ]; then
		whole_json
		jq -e 'map(.name) | sort == ["good", "raw"]' <<<"$output"
	else
		harmless
	fi
	run centerctl ls -H "$fake" -q
	harmless
}

@test "ls: names and states that are none are no rows" {
	local name
	for name in '\u001b[2J' 'a\nb' '../x' '%41' 'a b' ''; do
		printf '[{"Id":"%064x","Names":["/%s"],"Image":"i","Created":1,"State":"running","Status":"Up"}]' 1 "$name" >"$BATS_TEST_TMPDIR/rows"
		fake_start --list "$BATS_TEST_TMPDIR/rows"
		run centerctl ls -H "$fake" -a
		harmless
		[ "$(wc -l <<<"$output")" -le 1 ]
		fake_stop
	done
	printf '[{"Id":"%064x","Names":["/ok"],"Image":"i","Created":1,"State":"run\\u001b[2Jning","Status":"Up"}]' 1 >"$BATS_TEST_TMPDIR/rows"
	fake_start --list "$BATS_TEST_TMPDIR/rows"
	run centerctl ls -H "$fake" -a
	harmless
	run centerctl ls -H "$fake" -a --json
	[ "$status" = 125 ] || whole_json
}

@test "show: mounts, host name, labels and users" {
	mkdir -p "$BATS_TEST_TMPDIR/"$'m\e[2Jount'
	docker run -d --name vlines-mounts --network none --hostname vlines-host --label $'evil=\e[2J\r\n\xe2\x80\xae' -e $'E=\e[2J' \
		-v "$BATS_TEST_TMPDIR/"$'m\e[2Jount:/d\e]0;owned\a' base sleep 78010 >/dev/null
	run centerctl show vlines-mounts
	assert_status 0
	harmless
	run centerctl show --json vlines-mounts
	whole_json
	run centerctl exec --show vlines-mounts
	harmless
	run centerctl stats vlines-mounts
	harmless
	run centerctl diff vlines-mounts
	harmless
	docker rm -f vlines-mounts >/dev/null
}

@test "show: what a lying engine says" {
	fake_start --template "$(template vlines)" --set 'Config.Image="i\u001b[2J\r\n"' --set 'State.StartedAt="\u001b]0;x\u0007"' --set 'Config.User="u\u009b1m"' \
		--set 'HostConfig.NetworkMode="\u001b[2J"' --set 'Config.Hostname="\u202e\u001b[2J"' --set 'HostConfig.Runtime="\u001b[2J"' \
		--set 'HostConfig.RestartPolicy={"Name":"\u001b[2J"}' --set 'State.Health={"Status":"\u001b[2J"}' \
		--set 'NetworkSettings.Networks={"\u001b[2J":{"IPAddress":"\u001b[2J"}}' --set 'NetworkSettings.Ports={"80/tcp\u001b[2J":[{"HostIp":"\u001b[2J","HostPort":"1"}]}'
	local words
	for words in "show vlines" "top vlines" "stats vlines" "diff vlines" "wait --timeout 200ms vlines"; do
		run timeout -k 1 20 centerctl "${words%% *}" -H "$fake" ${words#* } </dev/null
		harmless
	done
	run centerctl show -H "$fake" --json vlines
	[ "$status" = 125 ] || whole_json
}

@test "messages of an engine come escaped, in one line, from every verb" {
	local mode words
	for mode in 400 403 500 html garbage; do
		fake_start --template "$(template vlines)" --mode $mode
		for words in "logs vlines" "logs -f vlines" "ls -a" "wait vlines" "stats vlines" "show vlines" "top vlines" "diff vlines" "cp vlines:/etc/passwd -"; do
			# shellcheck disable=SC2086 # words
			run timeout -k 1 20 centerctl ${words%% *} -H "$fake" ${words#* } </dev/null
			assert_status 125
			[ "${#lines[@]}" = 1 ]
			harmless
		done
		fake_stop
	done
}

@test "what callers type is written down in one line each, that anybody can parse" {
	local before words
	before=$(audit_lines)
	local odd=$'x\e[2J\x9b\xff\xe2\x80\xae"\\'
	run as_user alice centerctl cp "vlines:/$odd" - </dev/null
	harmless
	run as_user alice centerctl cp "vlines:/"$'a\nb\r{"event":"forged"}' - </dev/null
	harmless
	run as_user alice centerctl dial vlines "$odd:80" </dev/null
	harmless
	run as_user alice centerctl sftp vlines "/$odd" </dev/null
	harmless
	run as_user alice centerctl backup --volume "$odd" vlines </dev/null
	harmless
	run as_user alice centerctl restore --volume "$odd" vlines </dev/null
	harmless
	run as_user alice centerctl signal -s "$odd" vlines </dev/null
	harmless
	run as_user alice centerctl signal vlines "$odd" </dev/null
	harmless
	run as_user alice centerctl logs --since "$odd" vlines </dev/null
	harmless
	run as_user alice centerctl diff vlines "$odd" </dev/null
	harmless
	run as_user alice centerctl ls --filter "name=$odd" </dev/null
	harmless
	run gate_ssh vlines "cp vlines:/'$odd' -" </dev/null
	harmless
	run gate_ssh vlines "dial vlines '$odd':80" </dev/null
	harmless
	in_host tail -n "+$((before + 1))" "$host_log/audit.jsonl" >"$BATS_TEST_TMPDIR/new"
	python3 - "$BATS_TEST_TMPDIR/new" <<-'END'
		import json, sys
		lines = open(sys.argv[1], "rb").read().split(b"\n")[:-1]
		assert len(lines) >= 4, len(lines)
		for line in lines:
		    record = json.loads(line.decode("utf-8"))
		    assert record["event"] in ("start", "end", "deny", "refused"), record
		    assert not [c for c in line.decode() if ord(c) < 32 or 127 <= ord(c) < 160], line
	END
	run in_host "$host_prefix/bin/centerctl" audit verify
	assert_status 0
	run in_host "$host_prefix/bin/centerctl" audit
	harmless
}

@test "what cp could not copy is named without a byte that drives a terminal" {
	docker exec vlines sh -c 'mkdir -p /tmp/odd; mkfifo "/tmp/odd/$(printf "f\033[2J\rx")" 2>/dev/null; echo x >"/tmp/odd/$(printf "g\033[2J\nx")"; chmod 000 /tmp/odd/g*'
	run bash -c 'centerctl cp -u app vlines:/tmp/odd - 2>&1 >/dev/null </dev/null'
	harmless
	run bash -c 'centerctl cp "vlines:/tmp/no$(printf "\033[2J")ne" - 2>&1 >/dev/null </dev/null'
	[ "$status" -ne 0 ]
	harmless
}
