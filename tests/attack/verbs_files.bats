#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threats 10 and 11 for the verbs that read files of a container from outside: top and show (its passwd), signal, cp, sftp and dial
# (their user), stats (cgroups, and nothing of the container).
# Proves: openat2 with RESOLVE_IN_ROOT, the checks for a regular file and its size, the helper that can be killed, for what asks for
# names alone, too.
#
# Which test is about which verb, where exec is not (files.bats):
#   top, show, signal, diff, stats           every_verb() and each of the tests
#   cp, sftp, dial, backup, restore          the same, for their user; verbs_inside.bats for what they read inside
#   cp, sftp: paths of the container         tests/engine/cp.bats ("... swaps directories for links ..."), sftp.bats
#   logs, ls, wait                           no file of a container is read

load attack

setup_file()
{
	container vfiles --cap-add MKNOD -v vfiles-volume:/volume base sleep 100000
	give vfiles swap
	docker exec vfiles sh -c 'cp /etc/passwd /etc/passwd.good; cp /etc/group /etc/group.good'
	canary=$BATS_FILE_TMPDIR/outside
	mkdir -p "$canary"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$canary"
	echo 'canary:x:0:0::/canary:/bin/sh' >"$canary/passwd"
	export canary
	head -c 10240 /dev/zero >"$BATS_FILE_TMPDIR/empty.tar"
	printf '\0\0\0\5\1\0\0\0\3' >"$BATS_FILE_TMPDIR/init"
}

teardown_file()
{
	containers_gone vfiles
	docker volume rm -f vfiles-volume >/dev/null 2>&1 || true
}

setup()
{
	inside_sh 'rm -rf /etc/passwd /etc/group; cp /etc/passwd.good /etc/passwd; cp /etc/group.good /etc/group'
}

# A shell with root's rights in the container's file system, without an engine.
inside_sh()
{
	nsenter -t "$(container_pid vfiles)" -m -p -- /bin/sh -c "$1"
}

# asks WORDS...: within 4 s, whatever the answer.
asks()
{
	elapsed_ms timeout -k 1 20 centerctl "$@" <"${input:-/dev/null}"
	echo "$*: $status, $elapsed ms" >&2
	assert_within_ms 4000
}

# every_verb: none of them hangs, and none shows the canary; those that need a user of that file are refused.
every_verb()
{
	local user
	asks top vfiles
	assert_status 0
	assert_says sleep
	assert_silent_about canary
	asks top --json vfiles
	assert_status 0
	jq -e . <<<"$output" >/dev/null
	asks show vfiles
	assert_silent_about canary
	asks stats vfiles
	assert_status 0
	asks signal -s CONT vfiles
	asks diff vfiles
	assert_silent_about canary
	for user in app canary; do
		asks cp -u "$user" vfiles:/etc/passwd.good -
		assert_refused ""
		input=$BATS_FILE_TMPDIR/empty.tar asks cp -u "$user" - vfiles:/tmp
		assert_refused ""
		input=$BATS_FILE_TMPDIR/init asks sftp -u "$user" vfiles
		assert_refused ""
		asks dial -u "$user" vfiles 7999
		assert_refused ""
		asks backup -u "$user" vfiles
		assert_refused ""
		input=$BATS_FILE_TMPDIR/empty.tar asks restore -u "$user" vfiles
		assert_refused ""
	done
	# Root is a number, and may do without. What sftp-server asks about users is asked of the container's file, in there.
	asks cp vfiles:/etc/passwd.good -
	[ "$status" = 0 ] || assert_refused passwd
	input=$BATS_FILE_TMPDIR/init asks sftp vfiles
	[[ $output != *canary* ]]
	wait_until 3 no_helpers_left
}

@test "passwd is a FIFO: nothing waits for it" {
	inside_sh 'rm -f /etc/passwd; mkfifo /etc/passwd'
	every_verb
}

@test "passwd is a device without an end: nothing reads it" {
	inside_sh 'rm -f /etc/passwd; mknod /etc/passwd c 1 5'
	every_verb
}

@test "passwd is 10 GiB: nothing reads it all" {
	inside_sh 'rm -f /etc/passwd; truncate -s 10G /etc/passwd'
	every_verb
}

@test "passwd is a directory, a socket or not there" {
	inside_sh 'rm -f /etc/passwd; mkdir /etc/passwd'
	every_verb
	inside_sh 'rm -rf /etc/passwd'
	asks top vfiles
	assert_status 0
	assert_matches '\b0\b.*sleep'
	asks cp vfiles:/etc/passwd.good -
	assert_status 0
}

@test "links lead top and show to no file of the host's" {
	local link
	for link in "$canary/passwd" "../../../../../../../../..$canary/passwd" "/proc/self/root$canary/passwd" "/proc/1/root$canary/passwd" "/proc/$$/root$canary/passwd"; do
		inside_sh "ln -sfn $link /etc/passwd"
		asks top vfiles
		assert_silent_about canary
		asks top --json vfiles
		assert_silent_about canary
		asks show vfiles
		assert_silent_about 'canary:'
		asks cp -u canary vfiles:/etc/passwd.good -
		assert_status 125
	done
}

@test "nor does a path that is swapped while it is walked" {
	local seconds=3 end
	long && seconds=60
	inside_sh "mkdir -p /hole/a/b /hole/c; ln -sfn /hole/a/b/../../../../../../../../..$canary/passwd /etc/passwd"
	docker exec -d vfiles /swap /hole/a /hole/c
	docker exec -d vfiles /swap /hole/a/b /tmp
	end=$(($(now_ms) + seconds * 1000))
	while [ "$(now_ms)" -lt "$end" ]; do
		run timeout -k 1 20 centerctl top vfiles
		assert_silent_about canary
		run timeout -k 1 20 centerctl cp -u canary vfiles:/etc/group.good -
		assert_status 125
	done
	docker exec vfiles sh -c 'for p in /proc/[0-9]*; do
		case $(tr "\0" " " <$p/cmdline) in /swap*) kill ${p#/proc/} ;; esac
	done'
}

@test "a passwd with a million lines, or lines without an end, is not a wait" {
	inside_sh 'yes "x:x:1:1::/:/bin/sh" | head -c 900000 >/etc/passwd'
	asks top vfiles
	assert_status 0
	inside_sh 'head -c 1000000 /dev/zero | tr "\0" a >/etc/passwd'
	asks top vfiles
	assert_status 0
	inside_sh 'head -c 1000000 /dev/urandom >/etc/passwd'
	asks top vfiles
	assert_status 0
	asks top --json vfiles
	jq -e . <<<"$output" >/dev/null
}

@test "a container that hides its processes from its own proc hides them from nobody" {
	inside_sh 'mount -t tmpfs none /proc 2>/dev/null; true'
	asks top vfiles
	assert_status 0
	assert_says sleep
	asks stats vfiles
	assert_status 0
	inside_sh 'umount /proc 2>/dev/null; true'
}
