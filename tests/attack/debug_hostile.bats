#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 12 for debugging: a container whose /proc is another's, overmounted or none.
# Threat 16 for debugging: a hostile /dev/null, /dev/ptmx, /dev/pts or /dev/console in the container that is debugged.
# Threat 10 for debugging: links in the container where the tool's mounts or the host look for files.
# Proves: what is taken out of the container's mounts, and how it is checked (lib/priv/toolroom.c, lib/priv/pty).

load attack
load ../lib/debug

setup_file()
{
	debug_make
}

setup()
{
	# Like one that root of the container may do everything in, but without the host's devices.
	container hostile --cap-add SYS_ADMIN --cap-add MKNOD --security-opt seccomp=unconfined --security-opt apparmor=unconfined debug-dynamic
	wait_until 5 answers hostile
	inside_sh 'echo victim >/victim; chown 0:0 /victim; chmod 600 /victim'
}

teardown()
{
	containers_gone hostile
}

inside_sh()
{
	nsenter -t "$(container_pid hostile)" -m -- /bin/sh -c "$1"
}

# Either as if nothing were wrong, or one clear refusal, and soon; the victim is as it was.
works_or_refused()
{
	elapsed_ms timeout 20 centerctl debug hostile -- "$@" </dev/null
	echo "$output" >&2
	assert_within_ms 6000
	[ "$status" -eq 0 ] || assert_status 125
	[ "$(inside_sh 'stat -c %u:%a /victim; cat /victim')" = $'0:600\nvictim' ]
}

@test "a container as it should be is debugged" {
	works_or_refused cat /proc/1/comm
	assert_output server
}

@test "another file system at /proc, or a part of a procfs, is refused" {
	local what
	for what in 'mount -t tmpfs none /proc; mkdir -p /proc/1 /proc/self; echo fake >/proc/1/comm' 'mount --bind /srv /proc' 'mount --bind /proc/1 /proc' \
		'mount --bind /proc/sys /proc'; do
		inside_sh "$what"
		works_or_refused cat /proc/1/comm
		assert_refused "/proc"
		assert_silent_about fake
		inside_sh 'umount /proc' || containers_gone hostile
		docker inspect hostile >/dev/null 2>&1 || setup
	done
}

@test "a /proc that is a link or not there is refused" {
	# What is mounted cannot be renamed: take it away first.
	inside_sh 'umount -R /proc 2>/dev/null || umount -l /proc; rmdir /proc && ln -s /srv /proc; mkdir -p /srv/1; echo fake >/srv/1/comm'
	works_or_refused cat /proc/1/comm
	assert_status 125
	assert_silent_about fake
	inside_sh 'rm /proc'
	works_or_refused cat /proc/1/comm
	assert_status 125
}

@test "a procfs of another PID namespace is refused" {
	# A child's PID namespace, in which the numbers mean other processes.
	nsenter -t "$(container_pid hostile)" -m -p -- /bin/busybox unshare -p -f -- /bin/busybox sh -c 'mount -t proc proc /proc && exec sleep 33.33' 3>&- &
	wait_until 5 process_with sleep 33.33
	works_or_refused cat /proc/1/comm
	assert_status 125
	# The first process of a PID namespace ignores other signals.
	kill -KILL "$(pids_with sleep 33.33 | tail -n 1)"
	wait $! || true
}

@test "files bound over the processes' own are not believed where it counts, and harm nobody" {
	inside_sh 'echo "Pid: 1" >/srv/status; mount --bind /srv/status /proc/1/status; mount --bind /victim /proc/1/comm'
	works_or_refused cat /proc/self/comm
	inside_sh 'umount /proc/1/status; umount /proc/1/comm'
}

@test "a hostile /dev/null is neither the tool's nor written to" {
	local what
	for what in 'ln -s /victim /dev/null' 'ln /victim /dev/null || ln -s /victim /dev/null' 'mkfifo /dev/null' 'mkdir /dev/null' 'mknod /dev/null c 1 3; mount --bind /victim /dev/null'; do
		inside_sh "umount /dev/null 2>&1; rm -rf /dev/null; $what" >/dev/null
		works_or_refused sh -c 'echo x >/dev/null; stat -c %t:%T /dev/null'
		[ "$status" -ne 0 ] || assert_output 1:3
	done
}

@test "a hostile dev, ptmx or pts: a terminal of the container's devpts, or none" {
	local what
	for what in 'rm /dev/ptmx; mkfifo /dev/ptmx' 'rm /dev/ptmx; ln -s /victim /dev/ptmx' 'rm /dev/ptmx; mknod /dev/ptmx c 5 2' \
		'mount --bind /victim /dev/pts/ptmx' 'mount -t tmpfs none /dev/pts; mkfifo /dev/pts/ptmx; ln -s /victim /dev/pts/0' \
		'umount -l /dev/pts; rm -rf /dev/pts; ln -s /srv /dev/pts' 'mount -t tmpfs none /dev' ': >/dev/console; mount --bind /victim /dev/console' \
		'rm -f /dev/tty; ln -s /victim /dev/tty'; do
		inside_sh "$what"
		echo "$what" >&2
		elapsed_ms timeout 20 python3 "$CENTERCTL_TOP/tests/lib/pty.py" -- centerctl debug -t hostile -- sh -c 'tty; stat -Lc "device %t" /proc/self/fd/0'
		echo "$status: $output" >&2
		assert_within_ms 6000
		if [ "$status" -ne 125 ]; then
			assert_status 0
			assert_says /dev/pts/
			assert_says "device 88"
		fi
		[ "$(inside_sh 'stat -c %u:%a /victim; cat /victim')" = $'0:600\nvictim' ]
		# Without a terminal nothing of it matters.
		works_or_refused cat /proc/1/comm
		containers_gone hostile
		setup
	done
}

@test "links in the container lead the tool to files of the container only" {
	local secret=$BATS_TEST_TMPDIR/secret
	echo "of the host" >"$secret"
	inside_sh "mkdir -p $(dirname "$secret"); ln -s $secret /etc/hosts.new; umount /etc/hosts /etc/resolv.conf 2>/dev/null; rm -f /etc/hosts /etc/resolv.conf; ln -s $secret /etc/hosts; ln -s /proc/1/root/victim /etc/resolv.conf"
	works_or_refused sh -c "cat /etc/hosts /etc/resolv.conf /target/etc/hosts $secret /target$secret; true"
	assert_silent_about "of the host"
	inside_sh 'rm /etc/hosts; mkfifo /etc/hosts'
	works_or_refused cat /proc/1/comm
	assert_status 0
}

@test "a directory of sources that is a link of the container's leads nowhere else" {
	echo "of the host" >"$BATS_TEST_TMPDIR/secret"
	inside_sh "ln -s /../../../..$BATS_TEST_TMPDIR /srv/escape; ln -s /proc/1/root /srv/magic"
	works_or_refused true
	local dir
	for dir in /srv/escape /srv/magic; do
		run centerctl debug --source "/target$dir" hostile -- sh -c "cat /target$dir/secret /source/secret /target/srv/escape/secret" </dev/null
		assert_silent_about "of the host"
	done
}

@test "mounts without end in the container do not keep the tool from its place, or it is said why" {
	inside_sh 'i=0; mkdir -p /m; while [ $i -lt 300 ]; do mkdir /m/$i; mount --bind /srv /m/$i; i=$((i+1)); done'
	works_or_refused cat /proc/1/comm
	run centerctl debug hostile -- awk '$5 ~ "^/target" && $6 !~ "^ro,nosuid,nodev" { print }' /proc/self/mountinfo </dev/null
	assert_status 0
	assert_output ""
}

@test "root directories and mount points that change all the time give no way out" {
	local i
	docker exec -d hostile sh -c 'while :; do mount --bind /srv /opt; umount /opt; mount -t tmpfs none /opt; umount /opt; mv /srv /srv2; ln -s / /srv; rm /srv; mv /srv2 /srv; done'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		works_or_refused sh -c "cat $CENTERCTL_STATE/base.tar /target$CENTERCTL_STATE/base.tar 2>/dev/null | head -c 1 | wc -c"
		[ "$status" -ne 0 ] || assert_output 0
		run centerctl debug hostile -- awk '$5 ~ "^/target" && $6 !~ "^ro,nosuid,nodev" { print }' /proc/self/mountinfo </dev/null
		[ "$status" -ne 0 ] || assert_output ""
	done
}
