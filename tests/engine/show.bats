# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl show`: what a container is and how it is confined, held against its engine's word and the kernel's.

load ../lib/common
load ../lib/verbs

setup_file()
{
	for engine in $engines; do
		on "$engine"
		up show-web --hostname show-host --memory 200m --pids-limit 77 --ulimit nofile=512:512 --ulimit nproc=1000:1000 --cap-drop ALL --cap-add NET_BIND_SERVICE \
			--security-opt no-new-privileges --user 1000 -v /srv:/data:ro --label team=blue base sleep 100000
		up show-plain base sleep 100000
	done
	docker run -d --name show-power --network host --pid host -v /:/host base sleep 100000 >/dev/null
}

teardown_file()
{
	both_down show-web show-plain show-power show-new
}

# show NAME: $output as one line of JSON without what differs in spelling alone.
shown()
{
	run ctl show --json "$1"
	assert_status 0
	jq -e 'type == "object" and all(.[]; type == "object")' <<<"$output" >/dev/null
	all=$(jq -c . <<<"$output")
}

# says WORDS: somewhere in it.
says()
{
	[[ ${all,,} == *"${1,,}"* ]] || {
		printf 'no "%s" in %s\n' "$1" "$all" >&2
		return 1
	}
}

@test "name, ID, image, state, user and PID are the engine's" {
	for engine in $engines; do
		on "$engine"
		shown show-web
		says "$(eng_id show-web)"
		says '"show-web"'
		says base
		jq -e '.container.user == "1000"' <<<"$all"
		jq -e --arg p "$(eng_pid show-web)" '[.. | scalars | tostring] | index($p) != null' <<<"$all"
		says running
	done
}

@test "namespaces are those of its first process" {
	for engine in $engines; do
		on "$engine"
		local kind pid
		shown show-web
		pid=$(eng_pid show-web)
		for kind in mnt uts ipc net pid; do
			says "$(readlink "/proc/$pid/ns/$kind" | tr -dc 0-9)"
		done
	done
}

@test "capabilities are named, and so are no_new_privs and the filter" {
	for engine in $engines; do
		on "$engine"
		shown show-web
		says net_bind_service
		jq -e '.capabilities.bounding == ["cap_net_bind_service"]' <<<"$all"
		# Podman makes what it adds for another user than root ambient.
		[ "$engine" = podman ] || jq -e '.capabilities.ambient == []' <<<"$all"
		[[ ${all,,} != *sys_admin* ]]
		shown show-plain
		says chown
		says seccomp
		run ctl show show-plain
		assert_status 0
		assert_matches 'chown'
	done
}

@test "mounts, limits and cgroups are there" {
	for engine in $engines; do
		on "$engine"
		shown show-web
		says /data
		says /srv
		says 209715200 || says "200 MiB" || says "200M"
		says 77
		says 512
		says "$(eng_id show-web)"
	done
}

@test "numbers are numbers, and what is yes or no a boolean" {
	for engine in $engines; do
		on "$engine"
		shown show-web
		jq -e --argjson pid "$(eng_pid show-web)" '.container.pid == $pid and .container["as good as the host"] == []' <<<"$all"
		jq -e '.limits.memory == 209715200 and .limits.processors == null and .limits.processes == 77' <<<"$all"
		jq -e '.["resource limits"].nofile == {soft: 512, hard: 512} and (.["resource limits"] | all(.[]; has("soft")))' <<<"$all"
		jq -e '.user.uid == 1000 and (.user.groups | all(.[]; type == "number")) and .confinement.no_new_privs == true' <<<"$all"
		jq -e '.mounts["/data"] == {type: "bind", source: "/srv", writable: false}' <<<"$all"
		jq -e --argjson ns "$(readlink "/proc/$(eng_pid show-web)/ns/net" | tr -dc 0-9)" '.namespaces.net == {inode: $ns, "of the host": false}' <<<"$all"
		jq -e '.container.started | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}")' <<<"$all"
	done
	on docker
	shown show-power
	jq -e '.namespaces.pid["of the host"] == true and (.container["as good as the host"] | length) > 0' <<<"$all"
	run centerctl exec --show --json -H "$engine_url" show-web
	assert_json '.user.uid == {entry: 1000, init: 1000} and .["resource limits"].nofile.entry.soft == 512 and .entered.net.entry == true'
	assert_json '.capabilities.bounding.init == ["cap_net_bind_service"] and .container.pid.init == null and .confinement.no_new_privs.entry == true'
}

@test "how near it is to the host is said" {
	on docker
	shown show-power
	says "good as the host"
	shown show-plain
	jq -e '.container["as good as the host"] == []' <<<"$all"
}

@test "what does not run is told as far as the engine knows it, or refused" {
	for engine in $engines; do
		on "$engine"
		eng create --name show-new --network none base true >/dev/null
		run ctl show --json show-new
		[ "$status" = 125 ] || assert_json .
		# Neither a time when it was not started, nor an address that it has not got.
		assert_silent_about 0001-01-01
		assert_json '.network.address == null'
		run ctl show no-such-container
		assert_refused no-such-container
		down show-new
	done
}

@test "nothing is entered and nothing is executed for it" {
	on docker
	local before
	before=$(docker top show-plain | wc -l)
	run strace -f -e trace=setns -o "$BATS_TEST_TMPDIR/trace" centerctl show -H "$engine_url" show-plain
	run ! grep -q 'setns(.*) = 0' "$BATS_TEST_TMPDIR/trace"
	[ "$(docker top show-plain | wc -l)" = "$before" ]
}
