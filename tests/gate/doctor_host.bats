#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What doctor says of the host itself: each fault is made once, in mount namespaces of our own, and gone when it is mended.
# What this machine's kernel does not have (AppArmor, SELinux, a switch of another distribution) stands in a made /proc or /sys.

load gate

setup_file()
{
	host_start
	echo "allow user:alice to web as app for exec" | policy
	gcc -O1 -Wall -o "$BATS_FILE_TMPDIR/nosys" "$CENTERCTL_TOP/tests/engine/nosys.c"
	export nosys=$BATS_FILE_TMPDIR/nosys
}

teardown_file()
{
	host_clean
}

doctor()
{
	run in_host "$host_prefix/bin/centerctl" doctor "$@"
}

# with COMMANDS ARGS...: doctor, after these commands in a mount namespace of its own.
with()
{
	local commands=$1
	shift
	# shellcheck disable=SC2016 # for the inner shell
	run in_host unshare --mount --propagation private sh -c "$commands"' || exit 99; shift 0; exec "$@"' - "$host_prefix/bin/centerctl" doctor "$@"
	[ "$status" != 99 ]
}

# finding ID: what doctor says of it, as "SEVERITY SUBJECT", from --json.
finding()
{
	jq -r --arg id "$1" '.[] | select(.id == $id) | "\(.severity) \(.subject)"' <<<"$output"
}

@test "this kernel has every call" {
	doctor --only host -v --json
	[ "$(jq -r '[.[] | select(.id | startswith("kernel-")) | .severity] | unique | join(" ")' <<<"$output")" = ok ]
	[ "$(jq length <<<"$output")" -ge 12 ]
}

@test "a call that the kernel lacks is found" {
	local number id severity
	while read -r number id severity; do
		run in_host "$nosys" "$number" "$host_prefix/bin/centerctl" doctor --only host --json
		[ "$(finding "$id" | cut -d ' ' -f 1)" = "$severity" ] || { echo "$id: $(finding "$id")" >&2; false; }
		[ "$(jq -r --arg id "$id" '.[] | select(.id == $id) | (.why != "" and .fix != "")' <<<"$output")" = true ]
	done <<-END
		434 kernel-pidfd-open error
		308 kernel-setns-pidfd error
		436 kernel-close-range error
		437 kernel-openat2 error
		435 kernel-clone3 warning
		319 kernel-memfd error
		317 kernel-seccomp error
		444 kernel-landlock warning
		442 kernel-mount-setattr info
		428 kernel-open-tree warning
	END
}

@test "user namespaces that are off are found, with the command that turns them on" {
	echo 0 >"$BATS_TEST_TMPDIR/zero"
	with "mount --bind '$BATS_TEST_TMPDIR/zero' /proc/sys/user/max_user_namespaces" --only host --json
	assert_status 1
	[ "$(finding userns-max)" = "warning user.max_user_namespaces" ]
	[[ $(jq -r '.[] | select(.id == "userns-max") | .fix' <<<"$output") == "sysctl -w user.max_user_namespaces="* ]]
	doctor --only host --json
	[ "$(finding userns-max)" = "" ]
	# A made /proc/sys/kernel, with the switches of Debian's and of Ubuntu's kernels.
	local made="mount -t tmpfs none /proc/sys/kernel && cd /proc/sys/kernel"
	with "$made && echo 0 >unprivileged_userns_clone && echo 1 >apparmor_restrict_unprivileged_userns" --only host --json
	[ "$(finding userns-unprivileged)" = "info kernel.unprivileged_userns_clone" ]
	[ "$(finding userns-apparmor)" = "info kernel.apparmor_restrict_unprivileged_userns" ]
	with "$made && echo 1 >unprivileged_userns_clone && echo 0 >apparmor_restrict_unprivileged_userns" --only host --json
	[ "$(finding userns-unprivileged)$(finding userns-apparmor)" = "" ]
}

@test "the kind of cgroups is told, and none is an error" {
	with "umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup" --only host -v
	assert_says "ok: cgroups: v2 ["
	with "umount -R /sys/fs/cgroup; mount -t tmpfs none /sys/fs/cgroup" --only host
	assert_status 2
	assert_says "error: there are no cgroups at /sys/fs/cgroup [cgroup]"
	doctor --only host
	assert_silent_about "[cgroup]"
}

@test "AppArmor without docker-default, and SELinux that is permissive, are found (in a made /sys)" {
	local security="mount -t tmpfs none /sys/kernel/security && cd /sys/kernel/security && mkdir apparmor"
	with "$security && echo lockdown,apparmor,bpf >lsm && echo 'docker-default (complain)' >apparmor/profiles" --only host
	assert_says "warning: AppArmor's profile docker-default is not enforced [lsm-apparmor]"
	with "$security && echo lockdown,apparmor,bpf >lsm && echo 'docker-default (enforce)' >apparmor/profiles" --only host -v
	assert_says "ok: AppArmor's profile docker-default is enforced [lsm-apparmor]"
	local engine="mount -t tmpfs none /run && ln -s '$CENTERCTL_STATE/docker/docker.sock' /run/docker.sock"
	with "$engine; $security && echo lockdown,apparmor,bpf >lsm && echo 'man_filter (enforce)' >apparmor/profiles" --only host
	assert_says "warning: AppArmor's profile docker-default is not loaded [lsm-apparmor]"
	with "$security && echo lockdown,selinux >lsm && mount -t tmpfs none /sys/fs && mkdir /sys/fs/selinux && echo 0 >/sys/fs/selinux/enforce" --only host
	assert_says "warning: SELinux is permissive [lsm-selinux]"
	with "$security && echo lockdown,selinux >lsm && mount -t tmpfs none /sys/fs && mkdir /sys/fs/selinux && echo 1 >/sys/fs/selinux/enforce" --only host -v
	assert_says "ok: SELinux is enforcing [lsm-selinux]"
	assert_says "ok: security modules: lockdown,selinux [lsm]"
}

# with_programs COMMANDS: the same, where the programs are copies that may be changed.
with_programs()
{
	# shellcheck disable=SC2016 # for the inner shell
	with "cd '$host_prefix' && cp -a bin libexec '$BATS_TEST_TMPDIR' && mount --bind '$BATS_TEST_TMPDIR/bin' bin && mount --bind '$BATS_TEST_TMPDIR/libexec' libexec && cd libexec/centerctl && $1" --only programs
	rm -rf "${BATS_TEST_TMPDIR:?}"/{bin,libexec}
}

@test "each program's owner, mode and file system is looked at" {
	local lib=$CENTERCTL_LIBEXEC build_rundir
	build_rundir=/run/centerctl-tests-${host_prefix##*/}
	with_programs true
	assert_status 0
	with_programs "chmod 755 centerctl-enter"
	assert_status 2
	assert_says "$lib/centerctl-enter is not setuid [program-not-setuid]"
	assert_says "fix:  chmod 4711 $lib/centerctl-enter"
	with_programs "chmod 4755 centerctl-enter"
	assert_says "warning: $lib/centerctl-enter has the mode 4755 [program-mode]"
	local program
	for program in resolve account sftp; do
		with_programs "chmod 755 centerctl-$program"
		assert_status 1
		assert_says "warning: $lib/centerctl-$program has the mode 0755 [program-mode]"
		assert_says "fix:  chmod 711 $lib/centerctl-$program"
	done
	with_programs "chmod 755 ../../bin/centerctl-gate"
	assert_status 1
	assert_says "centerctl-gate has the mode 0755 [program-mode]"
	with_programs "chmod 4755 centerctl-resolve"
	assert_says "error: $lib/centerctl-resolve is setuid or setgid (4755) [program-setuid]"
	with_programs "chmod 750 centerctl-keys"
	assert_says "error: $lib/centerctl-keys has the mode 0750 [program-mode]"
	with_programs "chown 61001 centerctl-account"
	assert_says "[program-owner]"
	assert_says "centerctl-account belongs to user 61001"
	with_programs "chmod 777 ."
	assert_says "can be written by others than root"
	with_programs "rm centerctl-resolve"
	assert_says "[program-missing]"
	with_programs "mkdir -p $build_rundir && mount -t tmpfs -o mode=755 none $build_rundir"
	assert_status 1
	assert_says "warning: $build_rundir has the mode 0755 [directory-mode]"
	with_programs "mount -o remount,bind,nosuid '$host_prefix/libexec'"
	assert_status 2
	assert_says "is mounted nosuid [program-nosuid]"
}

@test "the policy: missing, broken, and what lint finds" {
	doctor --only policy
	assert_status 0
	echo "allow user:nobody-is-called-that to web as app for exec" | policy
	doctor --only policy
	assert_status 1
	assert_says "centerctl policy lint finds 1 thing; the first: "
	assert_says "this host has no such account [policy-lint]"
	echo "allow everybody" | policy
	doctor --only policy
	assert_status 2
	assert_says "[policy-error]"
	no_policy
	doctor --only policy
	assert_says "[policy-missing]"
	echo "allow user:alice to web as app for exec" | policy
}

@test "the audit log: its directory, its mode, its space and its chain" {
	in_host sh -c 'rm -rf "$1"/* && chmod 700 "$1"' - "$host_log"
	doctor --only audit
	assert_status 0
	in_host chmod 777 "$host_log"
	doctor --only audit
	assert_status 2
	assert_says "can be written by others than root"
	in_host sh -c 'chmod 700 "$1" && mkdir -m 755 "$1/sessions"' - "$host_log"
	doctor --only audit
	assert_status 2
	assert_says "error: $host_log/sessions has the mode 0755 [audit-directory]"
	in_host chmod 700 "$host_log/sessions"
	# A denial is a record.
	run as_user alice "$host_prefix/bin/centerctl" exec no-such true
	[ "$(audit_lines)" -ge 1 ]
	run as_user alice "$host_prefix/bin/centerctl" exec no-such true
	doctor --only audit -v
	assert_status 0
	assert_says "its chain is whole"
	in_host sed -i '1s/no-such/another/' "$host_log/audit.jsonl"
	doctor --only audit
	assert_status 2
	assert_says "error: the chain is broken: $host_log/audit.jsonl:2: "
	in_host sed -i '1s/another/no-such/' "$host_log/audit.jsonl"
	doctor --only audit
	assert_status 0
	in_host chmod 666 "$host_log/audit.jsonl"
	doctor --only audit
	assert_says "[audit-file]"
	in_host chmod 600 "$host_log/audit.jsonl"
	with "mount -t tmpfs -o size=20m,mode=700 none '$host_log'" --only audit
	assert_status 1
	assert_says "MiB are left [audit-space]"
	with "mount -t tmpfs -o size=1m,mode=700 none '$host_log'" --only audit
	assert_status 2
	assert_says "error: $host_log: 1 MiB are left"
	in_host sh -c 'rm -rf "$1"/*; chmod 755 "$1"' - "$host_log"
}

@test "sftp-server and toolboxes" {
	local empty="mkdir -p /usr/lib/openssh /usr/libexec/openssh && mount -t tmpfs none /usr/lib/openssh && mount -t tmpfs none /usr/libexec/openssh"
	with "$empty" --only tools
	assert_status 0
	assert_says "info: there is no sftp-server on this host, nor in a toolbox [sftp]"
	doctor --only tools
	assert_silent_about "[sftp]"
	local box=$host_prefix/state/toolbox
	in_host sh -c 'mkdir -p "$1/old" "$1/gone" && printf "packages: gdb\nmade: 2024-01-31T10:00:00Z\n" >"$1/old/about" && echo /var/lib/docker/overlay2/no-such/diff >"$1/gone/layers"' - "$box"
	doctor --only tools
	assert_status 1
	assert_says "info: the toolbox old was made "
	assert_says "centerctl toolbox build old"
	assert_says "warning: the toolbox gone: its layer /var/lib/docker/overlay2/no-such/diff is not there [toolbox-stale]"
	rm -rf "$box/old" "$box/gone"
	doctor --only tools
	assert_status 0
}

@test "others than root are told what was not looked at" {
	run as_user alice "$host_prefix/bin/centerctl" doctor --json --only audit,keys,gate,containers
	assert_status 0
	[ "$(jq -r '[.[] | .id] | unique | join(" ")' <<<"$output")" = not-checked ]
	[ "$(jq length <<<"$output")" -ge 5 ]
	[ "$(jq -r '.[0].fix' <<<"$output")" = "sudo centerctl doctor" ]
	run as_user alice "$host_prefix/bin/centerctl" doctor --only host,programs,tools
	[ "$status" -le 1 ]
	assert_silent_about "error: "
}

@test "each finding has its members, and severities its exit codes" {
	doctor --json -v --only host,audit,tools
	[ "$(jq -c '[.[] | keys_unsorted | join(",")] | unique' <<<"$output")" = '["id,group,severity,subject,what,why,fix"]' ]
	assert_members "id=string group=string severity=string subject=string what=string why=string fix=string|null"
	echo 0 >"$BATS_TEST_TMPDIR/zero"
	local off="mount --bind '$BATS_TEST_TMPDIR/zero' /proc/sys/user/max_user_namespaces"
	with "$off" --only host
	assert_status 1
	with "$off" --only host --min-severity error
	assert_status 0
	assert_silent_about "max_user_namespaces"
	doctor --only hots
	assert_refused "did you mean host?"
	doctor -H tcp://127.0.0.1:2375
	assert_refused "doctor looks at engines of this host, as unix:///run/docker.sock"
	doctor --min-severity loud
	assert_refused "--min-severity loud: expected ok, info, warning or error"
}

@test "colours are for terminals alone, and not with NO_COLOR" {
	doctor --only tools -v
	[[ $output != *$'\e['* ]]
	run script -qec "nsenter -t $(cat "$host/holder") --mount --net -- env TERM=xterm '$host_prefix/bin/centerctl' doctor --only tools -v" /dev/null
	[[ $output == *$'\e['* ]]
	run script -qec "nsenter -t $(cat "$host/holder") --mount --net -- env TERM=xterm NO_COLOR=1 '$host_prefix/bin/centerctl' doctor --only tools -v" /dev/null
	[[ $output != *$'\e['* ]]
}

@test "doctor runs nothing out of its caller's PATH" {
	local program bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	for program in sshd openssl sh env; do
		printf '#!/bin/bash\n: >%s/ran\n' "$BATS_TEST_TMPDIR" >"$bin/$program"
		chmod 755 "$bin/$program"
	done
	run in_host /usr/bin/env "PATH=$bin" "$host_prefix/bin/centerctl" doctor
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}
