#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 11 for each reader of a container's configuration: its /etc/passwd, /etc/group, /etc/hosts or /etc/resolv.conf is a FIFO, a
# device, or has no end.
# Proves, each alone, where another line of defence would do as well: is_right() and the time limit in lib/priv/peek.c; is_regular() and the
# limits in cmd/centerctl-inside/look.c; find_home() in sftp.c there; load() in cmd/centerctl-sftp/names.c. Nothing that is no file is
# ever opened, and of a file no more is read than there may be.

load attack

setup_file()
{
	container vinside --cap-add MKNOD base sleep 76201
	mkfifo "$BATS_FILE_TMPDIR/fifo"
	mknod "$BATS_FILE_TMPDIR/zero" c 1 5
	truncate -s 10G "$BATS_FILE_TMPDIR/huge"
	echo '127.0.0.1 found' >"$BATS_FILE_TMPDIR/sound"
}

teardown_file()
{
	containers_gone vinside
}

opened()
{
	"$CENTERCTL_TOP/tests/attack/opened.py" "$@"
}

# with_file PATH KIND COMMAND...: in mount and network namespaces where PATH is that; $output has what it said, and how often PATH was opened.
with_file()
{
	local path=$1 kind=$BATS_FILE_TMPDIR/$2
	shift 2
	# shellcheck disable=SC2016 # for the inner shell
	elapsed_ms unshare --mount --net -- bash -c 'ip link set lo up; path=$1 opened=$3; mount --bind "$2" "$path" || exit 99; shift 3
		ulimit -v 300000; "$opened" "$path" timeout -k 1 5 "$@" 2>&1' - "$path" "$kind" "$CENTERCTL_TOP/tests/attack/opened.py" "$@"
	[ "$status" != 99 ]
}

# times N: it was opened so often.
times()
{
	[ "${lines[-1]}" = "$1" ] || { echo "opened ${lines[-1]} times: $output" >&2; return 1; }
}

@test "dial: hosts and resolv.conf that are no files are not opened" {
	local kind inside=$CENTERCTL_LIBEXEC/centerctl-inside
	for kind in fifo zero; do
		with_file /etc/hosts $kind "$inside" dial -- found 9
		times 0
		assert_within_ms 2000
		with_file /etc/resolv.conf $kind "$inside" dial -- nowhere 9
		times 0
		assert_status 1
		assert_says "its /etc/resolv.conf is no regular file"
		assert_within_ms 2000
	done
	with_file /etc/hosts sound "$inside" dial -- found 9
	times 1
	assert_says "connection refused"
}

@test "dial: hosts and resolv.conf of 10 GiB are not read" {
	local inside=$CENTERCTL_LIBEXEC/centerctl-inside
	with_file /etc/hosts huge "$inside" dial -- found 9
	assert_status 1
	assert_within_ms 2000
	with_file /etc/resolv.conf huge "$inside" dial -- nowhere 9
	assert_status 1
	assert_says "its /etc/resolv.conf is"
	assert_within_ms 2000
}

@test "sftp: what answers for users and groups opens no passwd and no group that is none, nor one that is too large" {
	local path kind
	for path in /etc/passwd /etc/group; do
		for kind in fifo zero huge; do
			with_file $path $kind env "LD_PRELOAD=$CENTERCTL_LIBEXEC/centerctl-names.so" /bin/ls -ld /
			times 0
			assert_status 0
			assert_within_ms 2000
		done
		with_file $path sound env "LD_PRELOAD=$CENTERCTL_LIBEXEC/centerctl-names.so" /bin/ls -ld /
		times 1
	done
}

# A shell with root's rights in the container's file system, without an engine.
inside_sh()
{
	nsenter -t "$(container_pid vinside)" -m -p -- /bin/sh -c "$1"
}

@test "sftp: a passwd that became something else since it was looked at is not opened inside" {
	local barrier=$BATS_TEST_TMPDIR/barrier root kind
	root=/proc/$(container_pid vinside)/root
	inside_sh 'cp /etc/passwd /etc/passwd.good; mkfifo /etc/fifo; mknod /etc/zero c 1 5'
	for kind in fifo zero; do
		# shellcheck disable=SC2016 # for the inner shell
		CENTERCTL_TEST_BARRIER="checked:$barrier" opened "$root/etc/$kind" timeout -k 1 10 bash -c 'printf "\0\0\0\5\1\0\0\0\3" | centerctl sftp vinside' \
			>"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
		local client=$!
		wait_until 5 test -e "$barrier.reached"
		mv "$root/etc/$kind" "$root/etc/passwd"
		: >"$barrier.go"
		wait "$client"
		[ "$(tail -n 1 "$BATS_TEST_TMPDIR/out")" = 0 ] || { cat "$BATS_TEST_TMPDIR/out" >&2; false; }
		inside_sh 'rm /etc/passwd; cp /etc/passwd.good /etc/passwd'
		rm -f "$barrier".*
	done
}

@test "what looks up users for an entry opens no passwd and no group that is none" {
	local file kind root words
	root=/proc/$(container_pid vinside)/root
	inside_sh 'cp /etc/group /etc/group.good'
	for file in passwd group; do
		run opened "$root/etc/$file" centerctl exec -u app:audio vinside true
		times 1
		assert_status 0
		for kind in 'mkfifo' 'mknod c 1 5'; do
			# shellcheck disable=SC2086 # words
			inside_sh "rm /etc/$file; ${kind%% *} /etc/$file $([ "$kind" = mkfifo ] || echo ${kind#* })"
			for words in "exec -u app vinside true" "top vinside" "cp -u app vinside:/etc/hostname -"; do
				# shellcheck disable=SC2086 # words
				run opened "$root/etc/$file" timeout -k 1 5 centerctl $words
				echo "$words with $kind" >&2
				times 0
			done
			inside_sh "rm /etc/$file; cp /etc/$file.good /etc/$file"
		done
	done
}

# hangs DIRECTORY: a file system in the container of which nobody ever answers, until $hanging ends.
hangs()
{
	python3 - "$(container_pid vinside)" "$1" 3>&- <<-'END' &
		import ctypes, os, sys, time
		libc = ctypes.CDLL(None, use_errno=True)
		fd = os.open("/dev/fuse", os.O_RDWR)
		ns = os.open("/proc/%s/ns/mnt" % sys.argv[1], os.O_RDONLY)
		if libc.setns(ns, 0) < 0 or libc.mount(b"hangs", sys.argv[2].encode(), b"fuse", 0, b"fd=%d,rootmode=40000,user_id=0,group_id=0" % fd) < 0:
		    sys.exit("no fuse: " + os.strerror(ctypes.get_errno()))
		time.sleep(60)
	END
	hanging=$!
	wait_until 5 grep -q ' /etc .* fuse ' "/proc/$(container_pid vinside)/mountinfo"
}

@test "a file system that never answers is given up after two seconds" {
	hangs /etc
	elapsed_ms timeout -k 1 20 centerctl exec -u app vinside true
	kill "$hanging"
	inside_sh 'umount -l /etc'
	assert_refused "does not answer"
	assert_within_ms 4000
	wait_until 15 no_helpers_left || { ps -o pid,sid,etimes,stat,wchan:20,args -p "$(helpers_left | paste -sd,)" >&2; false; }
}
