#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 24: the filter is missing, is the wrong one, or covers only one architecture.
# Threat 6, from the other side: a bundle that grants more than the kernel says of the container's first process.
# Proves: all architectures of the profile are compiled (lib/oci/seccomp), failure to load is fatal, notify is refused, and
# the bounds of a bundle (cmd/centerctl-enter).

load attack

setup_file()
{
	container filtered base sleep 100000
	container unfiltered --security-opt seccomp=unconfined base sleep 100000
	give filtered attacker
	give unfiltered attacker
}

teardown_file()
{
	containers_gone filtered unfiltered edited
}

@test "what the filter answers is what it answers through docker exec, in every architecture" {
	local name theirs
	for name in filtered unfiltered; do
		theirs=$(docker exec "$name" /attacker calls)
		run centerctl exec "$name" /attacker calls
		assert_status 0
		diff <(echo "$theirs") <(echo "$output")
	done
}

@test "the filter is the same for a user" {
	local theirs
	theirs=$(docker exec -u 1000 filtered /attacker calls)
	run centerctl exec -u 1000 filtered /attacker calls
	diff <(echo "$theirs") <(echo "$output")
}

@test "a second entry, from what was kept, is filtered the same" {
	local first
	first=$(centerctl exec filtered /attacker calls)
	run centerctl exec filtered /attacker calls
	assert_output "$first"
	run centerctl exec filtered grep -E '^Seccomp' /proc/self/status
	local theirs
	theirs=$(docker exec filtered grep -E '^Seccomp' /proc/self/status)
	assert_output "$theirs"
}

# edit_bundle PYTHON: a new container `edited`, whose config.json c the statement changes; $run_args for docker run.
edit_bundle()
{
	local pid bundle
	containers_gone edited
	# shellcheck disable=SC2086 # words
	container edited ${run_args:-} base sleep 100000
	pid=$(container_pid edited)
	bundle=$(readlink "/proc/$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")/cwd")/config.json
	[ -f "$bundle" ] || skip_or_fail "no bundle at $bundle"
	truth=$(docker exec edited cat /proc/self/status | powers)
	python3 - "$bundle" "$1" <<-'END'
		import json, sys
		c = json.load(open(sys.argv[1]))
		s = c.get("linux", {}).get("seccomp") or {}
		exec(sys.argv[2])
		text = c if isinstance(c, str) else json.dumps(c)
		open(sys.argv[1], "w").write(text)
	END
	run timeout -k 1 20 centerctl exec edited cat /proc/self/status
}

refused_bundle()
{
	edit_bundle "$1"
	[ "$status" -eq 125 ] && return
	echo "with $1: code $status: $(powers <<<"$output")" >&2
	return 1
}

# Refused, or no more than the truth.
bounded_bundle()
{
	edit_bundle "$1"
	[ "$status" -eq 125 ] || no_more_than "$truth" "$(powers <<<"$output")"
}

@test "a profile that cannot be compiled is refused" {
	refused_bundle 's["defaultAction"] = "SCMP_ACT_EVIL"'
	refused_bundle 's["syscalls"][0]["action"] = "SCMP_ACT_EVIL"'
	refused_bundle 's["architectures"] = ["SCMP_ARCH_EVIL"]'
	refused_bundle 's["syscalls"].append({"names": ["mount"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 9, "value": 1, "op": "SCMP_CMP_EQ"}]})'
	refused_bundle 's["syscalls"].append({"names": ["mount"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EVIL"}]})'
	refused_bundle 's["syscalls"].append({"names": "mount", "action": "SCMP_ACT_ALLOW"})'
	refused_bundle 's["flags"] = ["SECCOMP_FILTER_FLAG_EVIL"]'
}

@test "a profile that wants a notify listener is refused with its name" {
	refused_bundle 's["syscalls"].append({"names": ["mount"], "action": "SCMP_ACT_NOTIFY"}); s["listenerPath"] = "/nonexistent"'
	assert_says SCMP_ACT_NOTIFY
	refused_bundle 's["defaultAction"] = "SCMP_ACT_NOTIFY"'
}

@test "a bundle without a filter, of a container that is filtered, is refused" {
	refused_bundle 'del c["linux"]["seccomp"]'
	refused_bundle 'c["linux"]["seccomp"] = None'
}

@test "a bundle with more capabilities than the container's first process raises nothing" {
	local set
	bounded_bundle 'for k in c["process"]["capabilities"]: c["process"]["capabilities"][k] = ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_BPF", "CAP_CHOWN"]'
	for set in bounding permitted effective inheritable ambient; do
		bounded_bundle "c['process']['capabilities'].setdefault('$set', []).append('CAP_SYS_ADMIN')"
	done
	bounded_bundle 'c["process"]["capabilities"]["bounding"].append("CAP_EVIL")'
	bounded_bundle 'del c["process"]["capabilities"]'
}

@test "a bundle without no_new_privs, of a container that has it, raises nothing" {
	run_args='--security-opt no-new-privileges'
	bounded_bundle 'c["process"]["noNewPrivileges"] = False'
	bounded_bundle 'c["process"].pop("noNewPrivileges")'
}

@test "a bundle with another user namespace or other maps raises nothing" {
	bounded_bundle 'c["linux"]["uidMappings"] = [{"containerID": 0, "hostID": 0, "size": 65536}]'
	bounded_bundle 'c["linux"]["namespaces"] = []'
	bounded_bundle 'c["linux"]["namespaces"].append({"type": "user", "path": "/proc/1/ns/user"})'
}

@test "a bundle with another cgroup path leads nowhere else" {
	edit_bundle 'c["linux"]["cgroupsPath"] = "/"'
	run centerctl exec edited cat /proc/self/cgroup
	[ "$status" -eq 125 ] || diff <(docker exec edited cat /proc/self/cgroup) <(echo "$output")
}

@test "a bundle that is no JSON, is too large, or is nested is refused" {
	refused_bundle 'c = "{"'
	refused_bundle 'c = ""'
	refused_bundle 'c = json.dumps(c) + "x"'
	refused_bundle 'c = json.dumps(c) + " " * (8 << 20)'
	refused_bundle 'c["process"]["args"] = None; c = json.dumps(c).replace("null", "[" * 1000 + "]" * 1000)'
	refused_bundle 'c = json.dumps(c).replace("\"linux\"", "\"linux\": {}, \"linux\"", 1)'
}

@test "a bundle of another container is refused or harmless" {
	bounded_bundle 'c = json.load(open(sys.argv[1].replace("'"$(container_id edited 2>/dev/null)"'", "'"$(container_id unfiltered)"'")))'
}
