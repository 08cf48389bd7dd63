#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 27: sshd's configuration leaves something on for the gate account; threat 25: the account is more than a gate.
# Proves: `centerctl doctor` says so, for each of these, and is content with what contrib/authorized_keys has.

load attack

setup_file()
{
	host_start
	: | registry
	policy <<-END
		allow key:doctor to doctor as app for exec
	END
	gate_key doctor
	cp "$host/etc/passwd" "$BATS_FILE_TMPDIR/passwd"
	cp "$host/etc/group" "$BATS_FILE_TMPDIR/group"
}

teardown()
{
	cat "$BATS_FILE_TMPDIR/passwd" >"$host/etc/passwd"
	cat "$BATS_FILE_TMPDIR/group" >"$host/etc/group"
	in_host chmod 755 "$host_prefix/home/center"
	in_host chown root:root "$host_prefix/home/center"
	in_host chmod 644 "$host_conf/authorized_keys"
	rm -rf "$host_prefix/home/center/.ssh" "$host_prefix/home/center/.bashrc"
}

teardown_file()
{
	sshd_with
	: | registry
	no_policy
}

doctor()
{
	run in_host "$host_prefix/bin/centerctl" doctor "$@"
}

# says STATUS WORDS: its exit code is at least that, and it names this.
says()
{
	doctor
	echo "$output" >&2
	[ "$status" -ge "$1" ]
	grep -qi -- "$2" <<<"$output"
}

@test "with what the documentation says, all is well" {
	doctor
	echo "$output" >&2
	assert_status 0
	doctor --json
	jq -e . <<<"$output"
}

@test "each of sshd's settings that weakens the gate is named" {
	local setting word
	while IFS='|' read -r setting word; do
		# (sshd itself is not restarted: what is asked is what its configuration says.)
		host_sshd_config "$setting"
		echo "== $setting" >&2
		says 1 "$word"
	done <<-'END'
		DisableForwarding no|DisableForwarding
		PermitUserRC yes|PermitUserRC
		ExposeAuthInfo no|ExposeAuthInfo
		AcceptEnv *|AcceptEnv
		AcceptEnv LD_*|AcceptEnv
		AuthorizedKeysFile .ssh/authorized_keys|AuthorizedKeysFile
		PermitTunnel yes|PermitTunnel
		X11Forwarding yes|X11Forwarding
		ForceCommand /bin/sh|ForceCommand
		ClientAliveInterval 0|ClientAliveInterval
	END
	host_sshd_config "" "PermitUserEnvironment yes"
	says 1 PermitUserEnvironment
	host_sshd_config "" "StrictModes no"
	says 1 StrictModes
	host_sshd_config
}

@test "an account that is more than a gate is named" {
	sed -i 's,^\(center:.*\):[^:]*$,\1:/bin/bash,' "$host/etc/passwd"
	says 2 shell
	cat "$BATS_FILE_TMPDIR/passwd" >"$host/etc/passwd"
	sed -i 's/^dockerish:.*/&,center/; s/dockerish/docker/' "$host/etc/group"
	says 1 docker
	cat "$BATS_FILE_TMPDIR/group" >"$host/etc/group"
	in_host chown center "$host_prefix/home/center"
	says 2 home
	in_host chown root "$host_prefix/home/center"
	in_host chmod 777 "$host_prefix/home/center"
	says 2 home
}

@test "a registry that others may write to, and a line that permits too much, are named" {
	in_host chmod 666 "$host_conf/authorized_keys"
	says 2 authorized_keys
	in_host chmod 644 "$host_conf/authorized_keys"
	key doctor-free
	echo "command=\"$host_prefix/bin/centerctl-gate doctor-free\" $(cat "$host/keys/doctor-free.pub")" | registry_line
	says 1 restrict
	: | registry
	gate_key doctor
	echo "restrict,pty $(cat "$host/keys/doctor-free.pub")" | registry_line
	says 1 command
	: | registry
	gate_key doctor
}
