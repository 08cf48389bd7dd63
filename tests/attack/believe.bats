#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 6: the engine names a process whose parent, inside, plays the container's supervisor. Threat 1: the parser that
# was taken over by the engine's answer chooses the filter, which the kernel cannot check, for this and later entries.
# Threat 8: a file system of the container's own that never answers.
# Proves: is_outside_and_roots() (lib/priv/bundle), the second centerctl-resolve that compiles (cmd/centerctl-enter/gather),
# and that no file system is asked what it is (always_answers() in lib/priv/peek).

load attack

setup_file()
{
	container believe base sleep 100000
	give believe attacker
	give believe inmate
	take_resolve_over
}

teardown_file()
{
	containers_gone believe silent
}

teardown()
{
	fake_stop
}

@test "a supervisor inside the container is not believed" {
	local pid id child
	pid=$(container_pid believe)
	id=$(container_id believe)
	docker exec believe sh -c "mkdir -p /$id && cp /inmate /containerd-shim-evil"
	# The container's own bundle, but for a filter that lets everything through.
	python3 - "/proc/$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")/cwd/config.json" >"/proc/$pid/root/$id/config.json" <<-'END'
		import json, sys
		c = json.load(open(sys.argv[1]))
		c["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW"}
		print(json.dumps(c))
	END
	docker exec -d believe /containerd-shim-evil shim "/$id" /bin/sleep 100004
	wait_until 5 process_with /bin/sleep 100004
	child=$(pids_with /bin/sleep 100004)
	fake_start --template "$(template believe)" --set "State.Pid=$child"
	run centerctl exec -H "$fake" believe /attacker calls
	assert_refused "bundle"
}

@test "a filter is compiled where no engine was heard, and only that one is kept" {
	local truth
	truth=$(docker exec believe /attacker calls)
	fake_start --template "$(template believe)"
	printf '%s\n' bundle-after-engine allow-filter >"$evil/how"
	run env CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl exec -H "$fake" believe /attacker calls
	assert_output "$truth"
	# From what was kept.
	run centerctl exec believe /attacker calls
	assert_output "$truth"
	run env CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl exec -H "$fake" believe /attacker calls
	assert_output "$truth"
}

says_ready()
{
	docker logs "$1" 2>&1 | grep -q ready
}

# Not through run, which would wait for whatever hangs for good with its output.
@test "a root file system that does not say what it is holds nobody" {
	local code=0 from
	[ -e /dev/fuse ] || skip_or_fail "the kernel has no FUSE"
	docker create --name silent --network none --cap-add SYS_ADMIN --device /dev/fuse --security-opt apparmor=unconfined base /inmate fuse >/dev/null
	give silent inmate
	docker start silent >/dev/null
	wait_until 5 says_ready silent
	from=$(now_ms)
	timeout -k 1 8 centerctl exec silent /anything >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null 3>&- || code=$?
	elapsed=$(($(now_ms) - from))
	output=$(cat "$BATS_TEST_TMPDIR/out")
	docker rm -f silent >/dev/null
	assert_within_ms 7000
	status=$code
	assert_status 127
	assert_says "/anything"
}
