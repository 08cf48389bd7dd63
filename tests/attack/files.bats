#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 10: symbolic links of the container lead reads on the host's side out of it (CVE-2018-15664).
# Threat 11: the container's passwd is a FIFO, a device, a directory, or has no end.
# Proves: openat2 with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS, the check for a regular file, the cap on its size and
# the limit on the time of the helper that opens it (lib/priv, account files).

load attack

setup_file()
{
	container files --cap-add MKNOD base sleep 100000
	give files swap
	docker exec files cp /etc/passwd /etc/passwd.good
	# The canary: an account that only a file of the host knows.
	canary=$BATS_FILE_TMPDIR/outside
	mkdir -p "$canary"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$canary"
	echo 'canary:x:0:0::/canary:/bin/sh' >"$canary/passwd"
	export canary
}

teardown_file()
{
	containers_gone files
}

setup()
{
	inside_sh 'rm -rf /etc/passwd; cp /etc/passwd.good /etc/passwd'
}

# A shell with root's rights in the container's file system, without an engine: `docker exec` would hang on some of these.
inside_sh()
{
	nsenter -t "$(container_pid files)" -m -p -- /bin/sh -c "$1"
}

no_canary()
{
	run timeout -k 1 20 centerctl exec -u canary files id -u
	assert_status 125
}

# passwd is something that cannot be read: bounded, clear, and nothing is left behind.
bounded()
{
	local args
	for args in '-u app' '-u 1000' ''; do
		# shellcheck disable=SC2086 # words
		elapsed_ms timeout -k 1 20 centerctl exec $args files true
		assert_within_ms 4000
		[ "$status" -eq 0 ] || assert_refused passwd
	done
	elapsed_ms timeout -k 1 20 centerctl exec -u app files true
	assert_refused passwd
	wait_until 3 no_helpers_left
}

@test "an absolute link of the container stays in the container" {
	inside_sh "ln -sf $canary/passwd /etc/passwd"
	no_canary
}

@test "a link that climbs stays in the container" {
	inside_sh "ln -sf ../../../../../../../../..$canary/passwd /etc/passwd"
	no_canary
}

@test "a directory that is a link stays in the container" {
	inside_sh "ln -sfn $canary /linked; ln -sf /linked/passwd /etc/passwd"
	no_canary
	inside_sh "ln -sfn .. /up; ln -sf /up/up/up/../../up$canary/passwd /etc/passwd"
	no_canary
}

@test "a link inside the container is followed" {
	inside_sh 'ln -sf /etc/passwd.good /etc/passwd'
	run centerctl exec -u app files id -u
	assert_output 1000
}

@test "magic links are not followed" {
	local link
	for link in /proc/self/root "/proc/$$/root" /proc/1/root /proc/self/cwd /proc/self/fd/3 /proc/self/fd/4 /proc/1/cwd; do
		inside_sh "ln -sfn $link$canary/passwd /etc/passwd"
		no_canary
		inside_sh "ln -sfn $link /etc/passwd"
		run timeout -k 1 20 centerctl exec -u app files id -u
		assert_status 125
	done
}

@test "swapping directories and links under the path never shows the host's file" {
	local seconds=4 end tries=0
	long && seconds=60
	# /etc/passwd -> /hole/a/b/../../../../../.. + canary, with `a` swapped for a link and moved out of the tree.
	inside_sh "mkdir -p /hole/a/b /hole/c; ln -sfn /hole/a/b/../../../../../../../../..$canary/passwd /etc/passwd"
	docker exec -d files /swap /hole/a /hole/c
	docker exec -d files /swap /hole/a/b /tmp
	end=$(($(now_ms) + seconds * 1000))
	while [ "$(now_ms)" -lt "$end" ]; do
		run timeout -k 1 20 centerctl exec -u canary files id
		tries=$((tries + 1))
		assert_status 125
		assert_silent_about "uid=0"
	done
	docker exec files sh -c 'for p in /proc/[0-9]*; do
		case $(tr "\0" " " <$p/cmdline) in /swap*) kill ${p#/proc/} ;; esac
	done 2>/dev/null; true'
	[ "$tries" -gt 10 ]
}

@test "passwd as a FIFO is a clear error" {
	inside_sh 'rm /etc/passwd; mkfifo /etc/passwd'
	bounded
}

@test "passwd as a FIFO that somebody writes to slowly is a clear error" {
	inside_sh 'rm /etc/passwd; mkfifo /etc/passwd'
	docker_less_writer=
	nsenter -t "$(container_pid files)" -m -- /bin/sh -c 'exec 9<>/etc/passwd; while sleep 0.2; do printf a >&9; done' >/dev/null 2>&1 3>&- &
	docker_less_writer=$!
	bounded
	kill "$docker_less_writer"
}

@test "passwd as an endless device is a clear error" {
	inside_sh 'rm /etc/passwd; mknod /etc/passwd c 1 5'
	bounded
}

@test "passwd as a terminal is a clear error" {
	inside_sh 'rm /etc/passwd; mknod /etc/passwd c 5 2'
	bounded
}

@test "passwd as a block device is a clear error" {
	inside_sh 'rm /etc/passwd; mknod /etc/passwd b 7 0'
	bounded
}

@test "passwd as a directory is a clear error" {
	inside_sh 'rm /etc/passwd; mkdir /etc/passwd'
	bounded
}

@test "passwd as a socket is a clear error" {
	inside_sh 'rm /etc/passwd; rm -f /tmp/s; (busybox nc -lU /tmp/s & sleep 0.3; kill $!) 2>/dev/null; true'
	nsenter -t "$(container_pid files)" -m -- "$(build_program swap)" --socket /etc/passwd 2>/dev/null ||
		inside_sh '/swap --socket /etc/passwd'
	bounded
}

@test "passwd of ten GiB is a clear error" {
	inside_sh 'rm /etc/passwd; truncate -s 10G /etc/passwd'
	bounded
}

@test "passwd of two MiB is a clear error, though every line of it is good" {
	inside_sh 'cp /etc/passwd.good /etc/passwd; yes "x:x:1:1::/:/bin/sh" | head -c 2097152 >>/etc/passwd'
	bounded
}

@test "a loop of links is a clear error" {
	inside_sh 'ln -sfn /etc/loop /etc/passwd; ln -sfn /etc/passwd /etc/loop'
	bounded
	inside_sh 'rm /etc/loop'
}

@test "group as a FIFO is a clear error" {
	inside_sh 'cp /etc/group /etc/group.good; rm /etc/group; mkfifo /etc/group'
	elapsed_ms timeout -k 1 20 centerctl exec -u app:audio files true
	assert_within_ms 4000
	assert_refused group
	inside_sh 'rm /etc/group; mv /etc/group.good /etc/group'
}

@test "a file that grows while it is read has an end" {
	nsenter -t "$(container_pid files)" -m -- /bin/sh -c 'while :; do echo "x:x:1:1::/:/bin/sh"; done >>/etc/passwd' 3>&- &
	local writer=$!
	sleep 0.3
	elapsed_ms timeout -k 1 20 centerctl exec -u app files true
	kill "$writer"
	assert_within_ms 4000
}
