#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threats 13 and 40, from inside: the container's root attacks a tool with which somebody debugs it, to write to the toolbox
# or to reach the host through the tool's mounts.
# Proves: the capability that a tool has and the container's processes have not (lib/priv/caps), the mount namespace of the
# tool's own, its read-only overlay and its mounts that nobody else sees (lib/priv/toolroom.c, lib/priv/toolbox.c).

load attack
load ../lib/debug

setup_file()
{
	debug_make
	container beside-plain debug-dynamic
	container beside-ptrace --cap-add SYS_PTRACE debug-dynamic
	# Nothing but the mounts themselves is in the way of this one.
	container beside-open --cap-add SYS_PTRACE --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined debug-dynamic
	docker -H "$REMAP_HOST" run -d --name beside-remap --network none --cap-add SYS_PTRACE debug-dynamic >/dev/null
	local name
	for name in beside-plain beside-ptrace beside-open; do
		give "$name" beside
		give "$name" snoop
	done
	docker -H "$REMAP_HOST" cp "$(build_program beside)" beside-remap:/beside >/dev/null 2>&1
	mkdir -p "$BATS_FILE_TMPDIR/shared"
	mount -t tmpfs shared "$BATS_FILE_TMPDIR/shared"
	mount --make-shared "$BATS_FILE_TMPDIR/shared"
	container beside-shared -v "$BATS_FILE_TMPDIR/shared:/srv/shared:rshared" debug-dynamic
}

teardown_file()
{
	containers_gone beside-plain beside-ptrace beside-open beside-shared
	docker -H "$REMAP_HOST" rm -f beside-remap >/dev/null 2>&1 || true
	umount -l "$BATS_FILE_TMPDIR/shared"
}

# tool CONTAINER [OPTIONS]: somebody debugs it; sets $session, and $number, the tool's number inside.
tool()
{
	local name=$1
	shift
	# shellcheck disable=SC2046 # words
	centerctl debug $(debug_engine "$name") "$@" "$name" -- sleep 29.29 </dev/null >/dev/null 2>&1 3>&- &
	session=$!
	wait_until 10 process_with sleep 29.29
	host_tool=$(pids_with sleep 29.29 | tail -n 1)
	number=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$host_tool/status")
	inside_ns=$(readlink "/proc/$host_tool/ns/mnt")
}

tool_gone()
{
	kill "$(pids_with sleep 29.29 | tail -n 1)" || true
	wait "$session" || true
}

# attack CONTAINER: what its root gets from the tool.
attack()
{
	case $1 in
	*-remap) run docker -H "$REMAP_HOST" exec "$1" /beside "$number" "$CENTERCTL_STATE/base.tar" ;;
	*) run docker exec "$1" /beside "$number" "$CENTERCTL_STATE/base.tar" ;;
	esac
	tool_gone
	echo "$output" >&2
	assert_status 0
	assert_says "done"
}

# Whatever else: nothing that changes the toolbox, nothing of the host's.
nothing_gained()
{
	assert_silent_about "got changing"
	assert_silent_about "got writing its program"
	assert_silent_about "got a file of the host's"
	assert_silent_about "got a directory above"
}

@test "root of a container as docker makes them gets nothing of the tool" {
	tool beside-plain
	attack beside-plain
	assert_silent_about "got "
	assert_says "no root: EACCES"
	assert_says "no writing of mem: EACCES"
	assert_says "no tracing: EPERM"
	assert_says "no its memory: EPERM"
	assert_says "no descriptor of namespace mnt: E"
	# The tool is there: its number is one that its own kind may look at.
	tool beside-plain
	run docker exec beside-plain cat "/proc/$number/comm"
	assert_output sleep
	tool_gone
}

@test "nor of the tool of somebody with less: an account whose rule names root, or the user whose processes attack" {
	local user
	host_start
	policy <<-END
		allow user:alice to beside-plain as root,app for debug
	END
	for user in root app; do
		as_user alice centerctl debug -u "$user" beside-plain -- sleep 29.29 </dev/null >/dev/null 2>&1 3>&- &
		session=$!
		wait_until 10 process_with sleep 29.29
		host_tool=$(pids_with sleep 29.29 | tail -n 1)
		number=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$host_tool/status")
		# SYS_PTRACE is not lent to either.
		[ $((16#$(awk '$1 == "CapEff:" { print $2 }' "/proc/$host_tool/status") & 1 << 19)) -eq 0 ]
		run docker exec -u "$user" beside-plain /beside "$number" "$CENTERCTL_STATE/base.tar"
		tool_gone
		echo "$user: $output" >&2
		assert_says "done"
		assert_silent_about "got "
	done
	host_clean
}

@test "root with SYS_PTRACE sees what it could see of any process, and changes nothing of the toolbox" {
	tool beside-ptrace
	attack beside-ptrace
	nothing_gained
	assert_says "no changing usr/bin/x below root: EROFS"
	assert_says "no changing usr/bin/strace below root: EROFS"
	assert_says "no changing .centerctl/gdbinit below root: EROFS"
	assert_silent_about "got into namespace"
	assert_silent_about "got a copy of its mounts"
}

@test "root with SYS_PTRACE in a user namespace of its own gets nothing of the tool" {
	tool beside-remap
	attack beside-remap
	nothing_gained
	assert_silent_about "got into namespace"
	assert_silent_about "got a copy of its mounts"
}

@test "root with SYS_ADMIN, SYS_PTRACE and without a filter cannot write to the toolbox either, nor make it writable" {
	tool beside-open
	attack beside-open
	nothing_gained
	assert_says "no changing usr/bin/strace below root: EROFS"
	# From within the tool's mounts, with every means.
	tool beside-open
	run docker exec beside-open sh -c "nsenter -t $number -m -- /bin/sh -c '
		mount -o remount,rw / && echo got remounted; mount -o remount,rw,bind / && echo got remounted bound
		echo x >/usr/bin/x && echo got written; cat $CENTERCTL_STATE/base.tar >/dev/null && echo got host; echo tried'"
	tool_gone
	assert_silent_about "got remounted"$'\n'
	assert_silent_about "got written"
	assert_silent_about "got host"
	[ ! -e "$toolboxes/default/root/usr/bin/x" ]
}

@test "what attacks finds something where there is something" {
	# The same eyes on another process of the container's, as a tool would be without a capability more and a place of its own.
	docker exec -d beside-plain sleep 29.30
	wait_until 5 process_with sleep 29.30
	number=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$(pids_with sleep 29.30 | tail -n 1)/status")
	run docker exec beside-plain /beside "$number"
	kill "$(pids_with sleep 29.30 | tail -n 1)"
	assert_says "got root"
	assert_says "got changing x below root"
	assert_says "got tracing"
	assert_says "got writing of mem"
}

@test "over many sessions no moment is found in which more could be had" {
	local entries=60 i
	long && entries=3000
	docker exec -d beside-plain sh -c "/snoop >/report 2>&1"
	wait_until 5 grep -q watching "/proc/$(container_pid beside-plain)/root/report"
	for ((i = 0; i < entries; i++)); do
		timeout -k 1 20 centerctl debug beside-plain -- true </dev/null >/dev/null 2>&1 || true
	done
	centerctl debug --static busybox beside-plain -- sleep 0.2 </dev/null
	run cat "/proc/$(container_pid beside-plain)/root/report"
	kill "$(pids_with /snoop | tail -n 1)"
	assert_says watching
	assert_silent_about WROTE
	assert_silent_about FOREIGN
	# One capability more is what a tool has, and no other.
	run grep POWER <<<"$output"
	run grep -vE ' 80000$' <<<"$output"
	assert_silent_about POWER
}

@test "a loop that takes what it can of each tool that comes gets nothing" {
	local entries=60 i
	long && entries=3000
	docker exec -d beside-plain sh -c "/beside loop true >/report2 2>&1"
	wait_until 5 grep -q watching "/proc/$(container_pid beside-plain)/root/report2"
	for ((i = 0; i < entries; i++)); do
		timeout -k 1 20 centerctl debug beside-plain -- true </dev/null >/dev/null 2>&1 || true
	done
	run grep -a -m 5 "^got" "/proc/$(container_pid beside-plain)/root/report2"
	kill "$(pids_with /beside loop true | tail -n 1)"
	assert_output ""
}

@test "nothing of the tool's mounts is in the container's, and nothing mounted later comes to either" {
	local before
	before=$(cat "/proc/$(container_pid beside-shared)/mountinfo")
	tool beside-shared
	[ "$(cat "/proc/$(container_pid beside-shared)/mountinfo")" = "$before" ]
	[ "$inside_ns" != "$(readlink "/proc/$(container_pid beside-shared)/ns/mnt")" ]
	[ "$inside_ns" != "$(readlink /proc/self/ns/mnt)" ]
	# Private, each of them.
	run ! grep -E ' (shared|master|propagate_from):' "/proc/$host_tool/mountinfo"
	# A mount of the host's that the container gets by propagation, and the tool does not.
	mkdir -p "$BATS_FILE_TMPDIR/shared/later"
	mount -t tmpfs later "$BATS_FILE_TMPDIR/shared/later"
	grep -q /srv/shared/later "/proc/$(container_pid beside-shared)/mountinfo"
	run grep later "/proc/$host_tool/mountinfo"
	umount "$BATS_FILE_TMPDIR/shared/later"
	tool_gone
	assert_output ""
	[ "$(cat "/proc/$(container_pid beside-shared)/mountinfo")" = "$before" ]
}

@test "what the tool mounts never shows on the host, also where the container's mounts are shared with it" {
	local before
	before=$(cat /proc/self/mountinfo)
	tool beside-shared
	[ "$(cat /proc/self/mountinfo)" = "$before" ]
	tool_gone
	[ "$(cat /proc/self/mountinfo)" = "$before" ]
}

@test "a static program of the host's in the container cannot be overwritten by its root" {
	local name busybox
	busybox=$(sha256sum /bin/busybox)
	for name in beside-plain beside-open; do
		centerctl debug --static busybox "$name" -- sleep 29.31 </dev/null >/dev/null 2>&1 3>&- &
		session=$!
		wait_until 10 process_with sleep 29.31
		number=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$(pids_with sleep 29.31 | tail -n 1)/status")
		run docker exec "$name" /beside "$number"
		docker exec "$name" sh -c "{ kill $number; sleep 0.3; printf x | dd of=/proc/self/fd/9 conv=notrunc bs=1 count=1 && echo got it; } 9</proc/$number/exe" >"$BATS_TEST_TMPDIR/out" 2>&1 || true
		kill "$(pids_with sleep 29.31 | tail -n 1)" || true
		wait "$session" || true
		assert_silent_about "got writing its program"
		run cat "$BATS_TEST_TMPDIR/out"
		assert_silent_about "got it"
	done
	[ "$(sha256sum /bin/busybox)" = "$busybox" ]
}
