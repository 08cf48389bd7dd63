# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl ls`: which containers, in which state, filters, formats, and watching the engine.

load ../lib/common
load ../lib/verbs

setup_file()
{
	for engine in $engines; do
		on "$engine"
		up ls-run base sleep 100000
		up ls-paused base sleep 100000
		up ls-done base sh -c 'exit 3'
		eng pause ls-paused >/dev/null
		eng create --name ls-new --network none base true >/dev/null
	done
}

teardown()
{
	background_end
}

teardown_file()
{
	for engine in $engines; do
		eng unpause ls-paused >/dev/null 2>&1 || true
		down ls-run ls-paused ls-done ls-new ls-moved ls-late
	done
}

# Those of this file, sorted, in one line.
ours()
{
	grep '^ls-' <<<"$output" | sort | xargs
}

@test "without -a what runs and what is paused is shown, with it the rest too, each with its state" {
	for engine in $engines; do
		on "$engine"
		run ctl ls -q
		assert_status 0
		[ "$(ours)" = "ls-paused ls-run" ]
		run ctl ls -a -q
		[ "$(ours)" = "ls-done ls-new ls-paused ls-run" ]
		run ctl ls -a --json
		assert_status 0
		[ "$(json 'map(select(.name | startswith("ls-")) | {(.name): .state}) | add')" = \
			'{"ls-done":"exited","ls-new":"created","ls-paused":"paused","ls-run":"running"}' ] ||
			[ "$(json 'map(select(.name | startswith("ls-")) | {(.name): .state}) | add | to_entries | sort_by(.key) | map(.value) | join(" ")')" = \
				'"exited created paused running"' ]
		run ctl ls
		assert_matches '^ls-run .*running'
		assert_matches '^ls-paused .*paused'
		assert_silent_about ls-done
	done
}

@test "--json has the full ID, the image and since when" {
	for engine in $engines; do
		on "$engine"
		run ctl ls --json
		local row
		row=$(json 'map(select(.name == "ls-run"))[0]')
		[ "$(jq -r .id <<<"$row")" = "$(eng_id ls-run)" ]
		jq -e '.image | test("base")' <<<"$row"
		# Whoever is root needs no rule.
		jq -e '.grants == null' <<<"$row"
		local created
		created=$(date -d "$(eng inspect -f '{{.Created}}' ls-run | sed -E 's/^([^ ]+) ([0-9:]+)[^ ]* ([+-][0-9]+).*/\1T\2\3/')" +%s)
		jq -e --argjson c "$created" '(.created | fromdate) - $c | fabs <= 1' <<<"$row"
		# But for the engine's "Up 3 seconds".
		[ "$(ctl ls --format json | jq 'map(del(.status))')" = "$(ctl ls --json | jq 'map(del(.status))')" ]
	done
}

@test "--json has numbers, times and null where there is nothing, and no other members" {
	for engine in $engines; do
		on "$engine"
		run ctl ls -a --json
		assert_members "id=string name=string image=string state=string status=string created=time grants=null"
	done
}

@test "filters narrow by name, image, state and right, all of them together" {
	for engine in $engines; do
		on "$engine"
		run ctl ls -a -q --filter 'name=ls-p*'
		assert_output ls-paused
		run ctl ls -a -q --filter name=ls-run
		assert_output ls-run
		run ctl ls -a -q --filter name=s-pause
		assert_output ls-paused
		run ctl ls -a -q --filter state=exited
		[ "$(ours)" = ls-done ]
		run ctl ls -a -q --filter status=exited
		[ "$(ours)" = ls-done ]
		run ctl ls -a -q --filter 'name=ls-*' --filter state=created
		assert_output ls-new
		run ctl ls -a -q --filter 'name=ls-*' --filter 'image=*base*'
		[ "$(ours)" = "ls-done ls-new ls-paused ls-run" ]
		run ctl ls -a -q --filter 'image=no-such-image'
		assert_status 0
		assert_output ""
		# Root may do everything.
		run ctl ls -q --filter can=signal --filter name=ls-run
		assert_output ls-run
	done
}

@test "filters and formats that are none are refused with those that are" {
	on docker
	run ctl ls --filter colour=red
	assert_refused colour
	run ctl ls --filter name
	assert_refused name
	run ctl ls --filter state=asleep
	assert_refused asleep
	run ctl ls --filter can=fly
	assert_refused fly
	run ctl ls --format yaml
	assert_refused yaml
}

@test "500 containers cost one request, and no time" {
	python3 - >"$BATS_TEST_TMPDIR/rows" <<-'END'
		import json
		print(json.dumps([{"Id": "%064x" % (i + 1), "Names": ["/many-%d" % i], "Image": "base", "ImageID": "sha256:" + "0" * 64, "Command": "sleep",
		    "Created": 1700000000 + i, "State": "running", "Status": "Up 2 hours", "Labels": {"a": "b" * 200}, "Ports": [],
		    "HostConfig": {"NetworkMode": "none"}, "NetworkSettings": {"Networks": {}}, "Mounts": []} for i in range(500)]))
	END
	python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --listen "unix:$BATS_TEST_TMPDIR/sock" --ready "$BATS_TEST_TMPDIR/ready" \
		--record "$BATS_TEST_TMPDIR/record" --list "$BATS_TEST_TMPDIR/rows" </dev/null >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	backgrounds+=" $!"
	wait_until 5 test -s "$BATS_TEST_TMPDIR/ready"
	elapsed_ms centerctl ls -H "unix://$BATS_TEST_TMPDIR/sock" -q
	assert_status 0
	assert_within_ms 1000
	[ "${#lines[@]}" = 500 ]
	[ "$(grep -c '^GET ' "$BATS_TEST_TMPDIR/record")" = 1 ]
	run centerctl ls -H "unix://$BATS_TEST_TMPDIR/sock" --json
	assert_json 'length == 500 and .[499].name == "many-499" or (map(.name) | index("many-499")) != null'
	run centerctl ls -H "unix://$BATS_TEST_TMPDIR/sock" -q --filter 'name=many-49?'
	[ "${#lines[@]}" = 10 ]
	# One for each of the three.
	[ "$(grep -c '^GET ' "$BATS_TEST_TMPDIR/record")" = 3 ]
}

@test "-w shows what starts, pauses, is renamed and stops, on the engine's events" {
	local to=$BATS_TEST_TMPDIR/out
	for engine in $engines; do
		on "$engine"
		: >"$to"
		in_background "$to" centerctl ls -H "$engine_url" -a -w --json
		wait_until 5 last_json_is "$to" 'map(.name) | index("ls-run") != null'
		up ls-late base sleep 100000
		wait_until 5 last_json_is "$to" 'any(.[]; .name == "ls-late" and .state == "running")'
		eng pause ls-late
		wait_until 5 last_json_is "$to" 'any(.[]; .name == "ls-late" and .state == "paused")'
		eng unpause ls-late
		wait_until 5 last_json_is "$to" 'any(.[]; .name == "ls-late" and .state == "running")'
		eng rename ls-late ls-moved
		wait_until 5 last_json_is "$to" 'any(.[]; .name == "ls-moved")'
		eng kill ls-moved >/dev/null
		wait_until 5 last_json_is "$to" 'any(.[]; .name == "ls-moved" and .state == "exited")'
		down ls-moved
		wait_until 5 last_json_is "$to" 'map(.name) | index("ls-moved") == null'
		background_end
		run cat "$to.err"
		assert_output ""
	done
}

@test "-w asks the engine only when something happened" {
	on docker
	listening_proxy "$DOCKER_HOST"
	local to=$BATS_TEST_TMPDIR/out before
	in_background "$to" centerctl ls -H "$proxy" -w --json
	wait_until 5 last_json_is "$to" 'map(.name) | index("ls-run") != null'
	wait_until 5 said "$proxy_record" /events
	before=$(requests)
	sleep 1.2
	[ "$(requests)" -le $((before + 1)) ]
	eng pause ls-run
	wait_until 5 last_json_is "$to" 'any(.[]; .name == "ls-run" and .state == "paused")'
	eng unpause ls-run
	wait_until 5 last_json_is "$to" 'any(.[]; .name == "ls-run" and .state == "running")'
	[ "$(requests)" -le $((before + 8)) ]
}

@test "-w ends when its reader goes away, and by a signal" {
	on docker
	local to=$BATS_TEST_TMPDIR/fifo pid
	mkfifo "$to"
	centerctl ls -H "$engine_url" -w -q >"$to" 2>/dev/null </dev/null 3>&- &
	pid=$!
	head -n 1 <"$to" >/dev/null
	# The pipe's end shows with the next event, or at once.
	eng pause ls-run
	eng unpause ls-run
	wait_until 2 ended "$pid"
	in_background "$BATS_TEST_TMPDIR/out" centerctl ls -H "$engine_url" -w -q
	wait_until 5 said "$BATS_TEST_TMPDIR/out" ls-run
	kill -TERM "$background"
	wait_until 2 ended "$background"
}

@test "a heading stands everywhere, colour is for a terminal, and not with NO_COLOR or a dumb one" {
	on docker
	run ctl ls
	[[ $output != *$'\e'* ]]
	[[ ${lines[0]} == NAME* ]]
	run ctl ls -q
	assert_silent_about NAME
	run pty -- centerctl ls -H "$DOCKER_HOST"
	assert_status 0
	assert_says NAME
	assert_says $'\e['
	NO_COLOR=1 run pty -- centerctl ls -H "$DOCKER_HOST"
	[[ $output != *$'\e['*m* ]]
	NO_COLOR='' run pty -- centerctl ls -H "$DOCKER_HOST"
	assert_says $'\e['
	TERM=dumb run pty -- centerctl ls -H "$DOCKER_HOST"
	[[ $output != *$'\e['*m* ]]
}
