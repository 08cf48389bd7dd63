# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl stats`: what a container uses, from its cgroups, without asking its engine for it.

load ../lib/common
load ../lib/verbs

setup_file()
{
	for engine in $engines; do
		on "$engine"
		# 20 MiB that are touched, and stay.
		up stats-web --memory 200m --pids-limit 77 base sh -c 'x=$(head -c 20971520 /dev/zero | tr "\0" x); sleep 100000; echo "$x"'
		up stats-busy --cpus 0.3 base sh -c 'while :; do :; done'
		up stats-free base sleep 100000
	done
}

teardown()
{
	background_end
}

teardown_file()
{
	both_down stats-web stats-busy stats-free stats-paused stats-new
}

# cgroup_file NAME CONTROLLER V1FILE V2FILE: its content, whichever version has that controller.
cgroup_file()
{
	local pid path
	pid=$(eng_pid "$1")
	path=$(awk -F: -v c="$2" '{ n = split($2, a, ","); for (i = 1; i <= n; i++) if (a[i] == c) print $3 }' "/proc/$pid/cgroup")
	if [ -n "$path" ]; then
		cat "/sys/fs/cgroup/$2$path/$3"
	else
		path=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
		cat "/sys/fs/cgroup$path/$4"
	fi
}

# stat NAME: its document, whether one comes in a list or not.
stat_of()
{
	run ctl stats --json "$1"
	assert_status 0
	row=$(jq -ec 'if type == "array" then .[0] else . end' <<<"$output")
}

@test "--json has numbers and null where there is nothing, and no other members" {
	local use="cpu_ns throttled_ns cpus memory oom_kills pids read_bytes written_bytes received_bytes sent_bytes"
	for engine in $engines; do
		on "$engine"
		run ctl stats --json stats-web stats-busy stats-free
		assert_members "id=string name=string cpu_percent=number cpu_limit=number|null memory_limit=integer|null memory_percent=number|null pids_limit=integer|null $(printf '%s=integer|null ' $use | xargs)"
	done
}

@test "memory, its limit, and processes are what the cgroup counts" {
	for engine in $engines; do
		on "$engine"
		local used
		wait_until 5 settled stats-web
		stat_of stats-web
		used=$(cgroup_file stats-web memory memory.usage_in_bytes memory.current)
		jq -e --argjson u "$used" '.memory > 20971520 and .memory <= $u + 1048576' <<<"$row"
		jq -e '.memory_limit == 209715200 and .pids_limit == 77' <<<"$row"
		[ "$(jq .pids <<<"$row")" = "$(cgroup_file stats-web pids pids.current pids.current)" ]
		[ "$(jq -r .name <<<"$row")" = stats-web ]
		[ "$(jq -r .id <<<"$row")" = "$(eng_id stats-web)" ]
		stat_of stats-free
		jq -e '.memory_limit == null' <<<"$row"
	done
}

settled()
{
	[ "$(cgroup_file "$1" memory memory.usage_in_bytes memory.current)" -gt 20971520 ]
}

@test "processor time is what the cgroup counts, and grows" {
	for engine in $engines; do
		on "$engine"
		local before counted
		stat_of stats-busy
		before=$(jq .cpu_ns <<<"$row")
		counted=$(cgroup_file stats-busy cpuacct cpuacct.usage cpu.stat | awk '$1 == "usage_usec" { print $2 * 1000 } NF == 1 { print $1 }')
		[ "$before" -le "$counted" ]
		[ "$before" -gt $((counted - 2000000000)) ]
		sleep 0.3
		stat_of stats-busy
		[ "$(jq .cpu_ns <<<"$row")" -gt "$before" ]
	done
}

@test "docker says the same, as far as it can be held against it" {
	on docker
	local theirs ours
	stat_of stats-web
	ours=$(jq .memory <<<"$row")
	theirs=$(docker stats --no-stream --format '{{.MemUsage}}' stats-web | sed -E 's/MiB.*//')
	python3 -c 'import sys; sys.exit(abs(float(sys.argv[1]) * 2**20 - float(sys.argv[2])) > 2 * 2**20)' "$theirs" "$ours"
}

@test "without a name all containers are told, and several by name" {
	for engine in $engines; do
		on "$engine"
		run ctl stats --json
		assert_status 0
		assert_json 'map(.name) | index("stats-web") != null and index("stats-free") != null'
		run ctl stats --json stats-web stats-free
		assert_json 'map(.name) == ["stats-web", "stats-free"]'
		run ctl stats stats-web stats-free
		assert_status 0
		assert_matches '^stats-web '
		assert_matches '^stats-free '
	done
}

@test "one that is paused is told too, and one that does not run is refused" {
	on docker
	up stats-paused base sleep 100000
	docker pause stats-paused >/dev/null
	elapsed_ms ctl stats --json stats-paused
	docker unpause stats-paused >/dev/null
	assert_status 0
	assert_within_ms 2000
	docker kill stats-paused >/dev/null
	run ctl stats stats-paused
	assert_refused stats-paused
	run ctl stats no-such-container
	assert_refused no-such-container
	down stats-paused
}

@test "-w tells it again and again, with rates" {
	for engine in $engines; do
		on "$engine"
		local to=$BATS_TEST_TMPDIR/w.$engine
		in_background "$to" centerctl stats -H "$engine_url" -w -n 0.3 --json stats-busy
		sleep 1.5
		kill -TERM "$background"
		wait_until 2 ended "$background"
		[ "$(jq -c . "$to" 2>/dev/null | wc -l)" -ge 3 ]
		# A busy loop takes a good part of a processor, and no more than one.
		last_json_is "$to" '(if type == "array" then .[0] else . end) as $s | ($s.cpu_percent // $s.cpu) | . > 5 and . < 130'
	done
}

@test "the engine is asked no more than who it is" {
	on docker
	listening_proxy "$DOCKER_HOST"
	run centerctl stats -H "$proxy" stats-web
	assert_status 0
	run ! grep -qE '/stats([ ?]|$)' "$proxy_record"
	[ "$(requests)" -le 2 ]
}

# watched NAME, unwatched NAME: it is, or is not, in what was told last.
watched()
{
	last_json_is "$to" "map(.name) | index(\"$1\") != null"
}

unwatched()
{
	last_json_is "$to" "map(.name) | index(\"$1\") == null"
}

# told_later FILTER: true of all that was told after the first $told answers.
told_later()
{
	tail -n "+$told" "$to" | sed '$d' | jq -se "$1" >/dev/null
}

@test "-w without a name takes up what starts, and leaves out what has gone" {
	for engine in $engines; do
		on "$engine"
		local told to=$BATS_TEST_TMPDIR/all.$engine
		in_background "$to" centerctl stats -H "$engine_url" -w -n 0.3 --json
		wait_until 10 watched stats-web
		unwatched stats-new
		up stats-new base sleep 100000
		wait_until 10 watched stats-new
		eng restart stats-new >/dev/null
		# Its new first process is looked at: there is no rate at first.
		told=$(wc -l <"$to")
		wait_until 10 told_later 'map(.[] | select(.name == "stats-new") | .cpu_percent) | index(null) != null and .[-1] != null'
		down stats-new
		wait_until 10 unwatched stats-new
		watched stats-web
		alive "$background"
		[ ! -s "$to.err" ]
		background_end
	done
}

@test "-w without a name asks the engine for each container once, and then only when something changes" {
	on docker
	listening_proxy "$DOCKER_HOST"
	local to=$BATS_TEST_TMPDIR/once before told
	in_background "$to" centerctl stats -H "$proxy" -w -n 0.2 --json
	wait_until 10 watched stats-free
	sleep 0.3
	before=$(requests)
	told=$(wc -l <"$to")
	sleep 1.2
	[ "$(wc -l <"$to")" -gt $((told + 2)) ]
	[ "$(requests)" = "$before" ]
}
