#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tests/lib/traces.bash, by which what tests leave behind is a failure: lanes of which each leaves one thing.

load ../lib/common

setup()
{
	export here=$BATS_TEST_TMPDIR
}

teardown()
{
	[ -z "${own:-}" ] || rm -rf --one-file-system "$own"
}

# lane COMMANDS: runs them where a lane would; prints what is left.
lane()
{
	own=$(mktemp -d /var/lib/centerctl-traces.XXXXXX)
	chmod 755 "$own"
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount --pid --fork --kill-child --mount-proc --propagation slave -- bash -c '
		build_tests_id=traces
		. "$1" && traces_places_make "$2" "$here" && traces_look >"$here/before" || exit
		cd /
		eval "$3" >/dev/null 2>&1 || exit
		traces_lane "$here/before"
		traces_places_gone "$2"' - "$BATS_TEST_DIRNAME/../lib/traces.bash" "$own" "$1" 3>&- 4>&-
	assert_status 0
	[ ! -e "$own" ]
}

@test "who leaves nothing is told nothing, and what was there is still there" {
	local place kept=()
	for place in /tmp /run /run/lock /var/lib "$here"; do
		mkdir "$place/centerctl-traces.$$" && echo kept >"$place/centerctl-traces.$$/kept"
		kept+=("$place/centerctl-traces.$$/kept")
	done
	lane 'echo x >/tmp/x; rm /tmp/x; sleep 0.3 & cat "$here"/centerctl-traces.*/kept >"$here/read"'
	assert_output ""
	[ "$(cat "${kept[@]}" "$here/read" | sort | uniq -c | xargs)" = "6 kept" ]
	rm -r "${kept[@]%/kept}"
}

@test "names in each of the places are, and none of them is on the machine" {
	local place
	for place in /tmp /var/tmp /dev/shm /run /run/lock /var/lib; do
		lane "mkdir $place/centerctl-traces.$$"
		assert_output "file $place/centerctl-traces.$$, of root, d"
		[ ! -e "$place/centerctl-traces.$$" ]
	done
}

@test "a process is, though it left every tree of parents" {
	lane 'setsid --fork sleep 76.43 3>&-'
	assert_matches '^process [0-9]+: sleep 76.43'
	run ! pgrep -fx 'sleep 76.43'
}

@test "a mount, and a login record" {
	lane 'mkdir /tmp/m && mount -t tmpfs left /tmp/m'
	assert_says "mount /tmp/m"
	[ -e /var/log/wtmp ] || return 0
	lane 'echo alice >>/var/log/wtmp'
	assert_output "login record /var/log/wtmp, 6 bytes"
}

@test "what others make on the machine meanwhile is not" {
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'until [ -e "$here/before" ]; do sleep 0.02; done; touch "/tmp/centerctl-traces.$0"; touch "$here/made"; exec sleep 76.44' $$ 3>&- 4>&- &
	lane 'until [ -e "$here/made" ]; do sleep 0.02; done'
	kill $!
	rm "/tmp/centerctl-traces.$$"
	assert_output ""
}

# left COMMANDS: what of ours is on the machine, where /etc and the cgroups' root are our own.
left()
{
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount --propagation private -- bash -c '
		build_tests_id=traces
		. "$1"
		mkdir -p "$2/etc" && cp /etc/{passwd,group,subuid} "$2/etc" && mount --bind "$2/etc" /etc && mount -t tmpfs cgroup /sys/fs/cgroup || exit
		traces_known | sort >"$2/before"
		eval "$3" >/dev/null 2>&1 || exit
		traces_machine "$2/before"' - "$BATS_TEST_DIRNAME/../lib/traces.bash" "$here" "$1"
	assert_status 0
}

@test "accounts, cgroups of containers, of tests and of our making are, on the machine" {
	local id
	id=$(printf %064d 7)
	left 'mkdir -p /sys/fs/cgroup/x/docker /etc/docker; echo other:x:1000:1000::/: >>/etc/passwd'
	assert_output ""
	left 'echo alice:x:1000:1000::/: >>/etc/passwd'
	assert_matches '^/etc/passwd:[0-9]+:alice:'
	left 'echo dockremap:200000:65536 >>/etc/subuid'
	assert_matches '^/etc/subuid:[0-9]+:dockremap:'
	left 'mkdir -p /etc/ssh/sshd_config.d; touch /etc/ssh/sshd_config.d/10-centerctl.conf'
	assert_output /etc/ssh/sshd_config.d/10-centerctl.conf
	left "mkdir -p /sys/fs/cgroup/pids/docker/$id"
	assert_output "cgroup /sys/fs/cgroup/pids/docker/$id"
	left "mkdir -p /sys/fs/cgroup/pids/docker/$id; echo 1 >/sys/fs/cgroup/pids/docker/$id/cgroup.procs"
	assert_output ""
	left 'mkdir -p /sys/fs/cgroup/pids/docker/centerctl-traces.x /sys/fs/cgroup/pids/docker/centerctl-another.x'
	assert_output "cgroup /sys/fs/cgroup/pids/docker/centerctl-traces.x"
	left 'mkdir -p /sys/fs/cgroup/pids/docker; chgrp "$traces_group" /sys/fs/cgroup/pids/docker'
	assert_output "cgroup /sys/fs/cgroup/pids/docker"
}
