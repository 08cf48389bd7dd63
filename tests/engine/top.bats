# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl top`: the processes of a container, by both of their numbers, and what they use.

load ../lib/common
load ../lib/verbs

setup_file()
{
	for engine in $engines; do
		on "$engine"
		up top-web base sh -c 'sleep 73001 & while :; do sleep 0.2; done'
		up top-app --user app base sleep 73002
		up top-busy --cpus 0.3 base sh -c 'while :; do :; done'
		up top-static --user 4242 base sleep 73003
		eng exec top-web rm -f /etc/group
	done
	docker -H "$REMAP_HOST" run -d --name top-remap --network none base sleep 73004 >/dev/null
}

teardown()
{
	background_end
}

teardown_file()
{
	both_down top-web top-app top-busy top-static top-shared top-many
	docker -H "$REMAP_HOST" rm -f top-remap >/dev/null 2>&1 || true
}

@test "every process of the container is there, with both of its numbers and those of its parent" {
	for engine in $engines; do
		on "$engine"
		local host
		host=$(host_pid_of top-web sleep 73001)
		run ctl top --json top-web
		assert_status 0
		[ "$(json 'map(select(.host_pid == '"$host"'))[0] | [.pid, .ppid]')" = "[$(inner "$host"),1]" ]
		[ "$(json 'map(select(.pid == 1))[0].host_pid')" = "$(eng_pid top-web)" ]
		assert_json 'map(select(.pid == 1))[0].ppid == 0'
		# Nothing of anybody else's.
		local pid
		for pid in $(json '.[].host_pid'); do
			[ ! -d "/proc/$pid" ] || [ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink "/proc/$(eng_pid top-web)/ns/pid")" ]
		done
		run ctl top top-web
		assert_status 0
		assert_matches "^ *$(inner "$host") .*sleep 73001"
		assert_matches "\b$host\b.*sleep 73001"
	done
}

@test "--json has numbers, lists and null where there is nothing, and no other members" {
	for engine in $engines; do
		on "$engine"
		local name
		for name in top-web top-static; do
			run ctl top --json $name
			assert_members "pid=integer host_pid=integer ppid=integer user=integer user_name=string|null state=string cpu_percent=number cpu_ms=integer age_ms=integer resident=integer name=string command=array"
			assert_json 'all(.[].command[]; type == "string")'
		done
	done
	run centerctl top -H "$REMAP_HOST" --json top-remap
	assert_json 'length > 0 and all(.[].user; type == "number")'
}

@test "users are called as the container calls them, and by number where it calls them nothing" {
	for engine in $engines; do
		on "$engine"
		run ctl top top-web
		assert_matches 'root.*sleep 73001'
		run ctl top top-app
		assert_matches '\bapp\b.*sleep 73002'
		run ctl top --json top-app
		assert_json '.[0] | tostring | contains("1000") and contains("\"app\"")'
		run ctl top top-static
		assert_matches '\b4242\b.*sleep 73003'
	done
	# As it is inside, not on the host.
	run centerctl top -H "$REMAP_HOST" --json top-remap
	assert_status 0
	assert_json '.[0] | tostring | contains("\"root\"")'
	assert_silent_about 200000
}

@test "memory and processor time are those of proc" {
	for engine in $engines; do
		on "$engine"
		local host rss
		host=$(eng_pid top-app)
		rss=$(awk '$1 == "VmRSS:" { print $2 * 1024 }' "/proc/$host/status")
		run ctl top --json top-app
		assert_json ".[0].resident | . >= $rss / 2 and . <= $rss * 2 + 65536"
		run ctl top --json top-busy
		assert_json '.[0].cpu_ms > 20'
		assert_json '.[0].age_ms >= .[0].cpu_ms - 200'
		assert_json '.[0].state == "R"'
		local before
		before=$(json '.[0].cpu_ms')
		sleep 0.3
		run ctl top --json top-busy
		assert_json ".[0].cpu_ms > $before"
	done
}

@test "-w tells it again and again, as often as asked" {
	for engine in $engines; do
		on "$engine"
		local to=$BATS_TEST_TMPDIR/w.$engine
		in_background "$to" centerctl top -H "$engine_url" -w -n 0.2 --json top-web
		wait_until 5 last_json_is "$to" 'any(.[]; .argv == ["sleep", "73001"] or (.command? // "" | tostring | test("sleep 73001")))'
		eng exec -d top-web sleep 73050
		wait_until 5 last_json_is "$to" 'tostring | contains("73050")'
		kill "$(host_pid_of top-web sleep 73050)"
		wait_until 5 last_json_is "$to" 'tostring | contains("73050") | not'
		kill -TERM "$background"
		wait_until 2 ended "$background"
		[ ! -s "$to.err" ]
	done
}

@test "-w ends with the container, and with its reader" {
	on docker
	up top-many base sleep 73060
	in_background "$BATS_TEST_TMPDIR/w" centerctl top -H "$engine_url" -w -n 0.2 top-many
	wait_until 5 said "$BATS_TEST_TMPDIR/w" "sleep 73060"
	down top-many
	wait_until 3 ended "$background"
	local to=$BATS_TEST_TMPDIR/fifo pid
	mkfifo "$to"
	centerctl top -H "$engine_url" -w -n 0.2 top-web >"$to" 2>/dev/null </dev/null 3>&- &
	pid=$!
	head -n 2 <"$to" >/dev/null
	wait_until 2 ended "$pid"
}

@test "in a shared PID namespace only the container's own are told" {
	on docker
	up top-shared --pid container:top-web base sleep 73070
	run ctl top --json top-shared
	assert_json 'length == 1'
	assert_says 73070
	run ctl top top-web
	assert_silent_about 73070
	down top-shared
}

@test "seconds that are none are refused, and what does not run has no processes" {
	on docker
	local word
	for word in 0 -1 x '' 0.01 1e9; do
		run ctl top -w "--interval=$word" top-web
		[ "$status" -eq 125 ]
		run ctl top -w -n "$word" top-web
		assert_status 125
	done
	docker create --name top-many --network none base true >/dev/null
	run ctl top top-many
	assert_refused top-many
}
