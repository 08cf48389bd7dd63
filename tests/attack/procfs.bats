#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 12: a fake or overmounted /proc, and label writes that are led elsewhere (CVE-2015-1334, CVE-2019-16884,
# CVE-2019-19921, CVE-2025-52881).
# Proves: the procfs that is opened and verified before entry, files below it that refuse what is mounted over them
# (lib/priv/target, proc_open_root and proc_open), and that no /proc is read inside.

load attack

setup_file()
{
	container proc --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined base sleep 100000
}

teardown_file()
{
	containers_gone proc
}

setup()
{
	pid=$(container_pid proc)
	truth=$(docker exec proc cat /proc/self/status | powers)
}

# The entry is refused, or exactly as confined as it should be.
refused_or_true()
{
	[ "$status" -eq 125 ] && return
	assert_status 0
	diff <(echo "$truth") <(powers <<<"$output")
}

# over SCRIPT: an entry in a mount namespace of its own, after the script has mounted things there.
over()
{
	run timeout 20 unshare -m --propagation private -- bash -c "$1; exec centerctl exec proc cat /proc/self/status"
}

@test "a tmpfs over the container's proc changes nothing, or is refused" {
	inside proc mount -t tmpfs none /proc
	# Without a /proc of its own the container cannot show its status; it is read from outside.
	run timeout -k 1 20 centerctl exec proc sh -c 'echo entered'
	local code=$status said=$output
	inside proc umount /proc
	[ "$code" -eq 125 ] || [ "$said" = entered ]
}

@test "files over the container's proc self attr get nothing written to" {
	local target
	for target in /proc/self/attr/exec /proc/thread-self/attr/exec /proc/1/attr/current /proc/sys/kernel/core_pattern; do
		inside proc sh -c "echo untouched >/tmp/bait; mount --bind /tmp/bait $target" 2>/dev/null || continue
		run timeout -k 1 20 centerctl exec proc cat /tmp/bait
		inside proc umount "$target" || true
		[ "$status" -eq 125 ] || assert_output untouched
	done
}

@test "a tmpfs over the container's proc self attr gets nothing written to" {
	inside proc sh -c 'mount -t tmpfs none /proc/1/attr 2>/dev/null; touch /proc/1/attr/exec 2>/dev/null' || true
	run timeout -k 1 20 centerctl exec proc cat /proc/self/status
	refused_or_true
	[ ! -s "/proc/$pid/root/proc/1/attr/exec" ] || ! inside proc test -s /proc/1/attr/exec
	inside proc umount /proc/1/attr 2>/dev/null || true
}

# with_proc SCRIPT: an entry after the script has filled the tmpfs at $copy, which then lies over /proc. What
# centerctl-enter asks it about itself first has the right answers.
with_proc()
{
	run timeout -k 1 20 unshare -m --propagation private -- bash -c '
		copy=$1; mkdir -p "$copy"; mount -t tmpfs none "$copy"; mkdir -p "$copy/self/fd"
		mount --bind "$2" "$2"; mount -o remount,bind,ro "$2"; ln -s "$2" "$copy/self/exe"; '"$1"'
		mount --move "$copy" /proc; exec centerctl exec proc true' - "$BATS_TEST_TMPDIR/copy" "$CENTERCTL_LIBEXEC/centerctl-enter"
	assert_refused /proc
}

@test "a tmpfs over the host's proc is refused" {
	run timeout -k 1 20 unshare -m --propagation private -- bash -c 'mount -t tmpfs none /proc; exec centerctl exec proc true'
	assert_refused /proc
	with_proc :
}

@test "a copy of the truth over the host's proc is refused" {
	with_proc "mkdir -p \$copy/$pid/ns
		for f in status stat cgroup uid_map gid_map limits oom_score_adj; do cat /proc/$pid/\$f >\$copy/$pid/\$f; cat /proc/self/\$f >\$copy/self/\$f; done"
	assert_says "not a procfs"
}

@test "a procfs of another PID namespace over the host's proc is refused" {
	run timeout -k 1 20 unshare -m --propagation private -- bash -c '
		unshare -p -f --kill-child sh -c "mount -t proc proc /proc; touch $1; sleep 5" >/dev/null 2>&1 3>&- &
		until [ -e "$1" ]; do sleep 0.05; done
		exec centerctl exec proc true' - "$BATS_TEST_TMPDIR/mounted"
	assert_refused /proc
	# The other way round: we are in a PID namespace, and /proc numbers the processes of the host.
	run timeout -k 1 20 unshare -p -f centerctl exec proc true
	assert_refused "another PID namespace"
}

@test "a status file over that of the container's init raises nothing" {
	over "sed 's/^Cap\(.*\):.*/Cap\1:\t000001ffffffffff/; s/^Seccomp:.*/Seccomp:\t0/; s/^NoNewPrivs:.*/NoNewPrivs:\t0/' /proc/$pid/status >$BATS_TEST_TMPDIR/status
		mount --bind $BATS_TEST_TMPDIR/status /proc/$pid/status"
	refused_or_true
	[ "$status" -eq 125 ]
}

@test "files over what is read of the container's init are refused" {
	local f
	for f in status stat cgroup uid_map gid_map limits oom_score_adj; do
		over "cat /proc/$pid/$f >$BATS_TEST_TMPDIR/$f; mount --bind $BATS_TEST_TMPDIR/$f /proc/$pid/$f"
		refused_or_true
		[ "$f" = limits ] || [ "$f" = oom_score_adj ] || [ "$status" -eq 125 ]
	done
}

@test "a cgroup file that makes a process of the host the container's is refused" {
	sleep 1000 3>&- &
	local mine=$!
	fake_start --template "$(template proc)" --set "State.Pid=$mine"
	run timeout 20 unshare -m --propagation private -- bash -c "
		cat /proc/$pid/cgroup >$BATS_TEST_TMPDIR/cgroup
		mount --bind $BATS_TEST_TMPDIR/cgroup /proc/$mine/cgroup
		exec centerctl exec -H '$fake' proc echo entered"
	kill "$mine"
	fake_stop
	assert_refused ""
}

@test "a bind over the namespaces of the container's init is refused or without effect" {
	local ns
	for ns in mnt pid net user; do
		over "touch $BATS_TEST_TMPDIR/ns; mount --bind /proc/1/ns/$ns /proc/$pid/ns/$ns"
		refused_or_true
	done
}

@test "labels are written through an attr that is the kernel's, or not at all" {
	# No LSM of this machine gives labels, so the container's bundle is made to ask for one.
	[ ! -e /sys/kernel/security/apparmor ] || skip "AppArmor is there: the differential suite compares labels"
	local bundle
	bundle=$(readlink "/proc/$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")/cwd")/config.json
	[ -f "$bundle" ] || skip_or_fail "no bundle at $bundle"
	cp "$bundle" "$BATS_TEST_TMPDIR/config.json"
	python3 - "$bundle" <<-'END'
		import json, sys
		c = json.load(open(sys.argv[1]))
		c["process"]["apparmorProfile"] = "docker-default"
		json.dump(c, open(sys.argv[1], "w"))
	END
	run timeout -k 1 20 centerctl exec proc cat /proc/self/status
	cp "$BATS_TEST_TMPDIR/config.json" "$bundle"
	assert_refused ""
}
