#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# contrib/authorized_keys: the script that makes the gate account, and the files that sshd is to read.

load gate

setup_file()
{
	host_start
}

setup()
{
	script=$CENTERCTL_TOP/contrib/authorized_keys/gate-account
	gate=$host_prefix/bin/centerctl-gate
	host_quiet_lib
}

teardown()
{
	in_host "$script" --remove made >/dev/null 2>&1 || true
	in_host sh -c 'userdel foreign; umount /var/lib/centerctl-gate' >/dev/null 2>&1 || true
}

# The homes that the script makes are nobody else's business.
host_quiet_lib()
{
	in_host sh -c 'mkdir -p /var/lib/centerctl-gate && mount -t tmpfs -o mode=755 gate /var/lib/centerctl-gate'
}

account()
{
	in_host getent passwd made
}

@test "the account that is made is a gate" {
	run in_host "$script" --gate "$gate" made
	assert_status 0
	[ "$(account | cut -d : -f 5-7)" = "centerctl gate account:/var/lib/centerctl-gate/made:$gate" ]
	[ "$(in_host getent shadow made | cut -d : -f 2)" = '*' ]
	[ "$(in_host id -Gn made)" = made ]
	[ "$(in_host stat -c '%U:%G %a' /var/lib/centerctl-gate/made)" = "root:root 755" ]
	echo "gate made" | policy
	run in_host "$host_prefix/bin/centerctl" doctor --json --only gate made
	[ "$(jq -r '.[].what' <<<"$output" | grep '^made')" = "" ]
	no_policy
}

@test "making it twice changes nothing, and making it again mends it" {
	in_host "$script" --gate "$gate" made
	local before
	before=$(account; in_host getent shadow made)
	run in_host "$script" --gate "$gate" made
	assert_status 0
	[ "$(account; in_host getent shadow made)" = "$before" ]
	in_host sh -c "usermod -aG ops -s /bin/sh -d /tmp -p '!' made; chown made /var/lib/centerctl-gate/made; chmod 777 /var/lib/centerctl-gate/made"
	run in_host "$script" --gate "$gate" made
	assert_status 0
	[ "$(account; in_host getent shadow made)" = "$before" ]
	[ "$(in_host id -Gn made)" = made ]
	[ "$(in_host stat -c '%U:%G %a' /var/lib/centerctl-gate/made)" = "root:root 755" ]
}

@test "it is taken away again, once and for all" {
	in_host "$script" --gate "$gate" made
	run in_host "$script" --remove made
	assert_status 0
	run ! account
	run ! in_host getent group made
	run in_host "$script" --remove made
	assert_status 0
	assert_says "no such account"
}

@test "an account that it did not make is not touched" {
	in_host useradd --system --shell /bin/sh foreign
	local before
	before=$(in_host cat /etc/passwd /etc/shadow /etc/group)
	run in_host "$script" --gate "$gate" foreign
	assert_status 1
	assert_says "somebody else's"
	run in_host "$script" --remove foreign
	assert_status 1
	assert_says "left alone"
	run in_host "$script" --gate "$gate" root
	assert_status 1
	[ "$(in_host cat /etc/passwd /etc/shadow /etc/group)" = "$before" ]
}

@test "a name or a program that cannot be is refused" {
	local name
	for name in '' -x 'a b' ../x A 'x;id' "$(printf 'a%.0s' {1..33})"; do
		run in_host "$script" --gate "$gate" "$name"
		[ "$status" -ne 0 ]
	done
	run in_host "$script" --gate /nonexistent made
	assert_status 1
	run ! account
	run as_user alice "$script" made
	assert_status 1
	assert_says "only root"
}

@test "sshd takes the annotated files" {
	local file
	for file in "$CENTERCTL_TOP"/contrib/authorized_keys/10-*.conf; do
		{
			echo "HostKey /etc/ssh/host_key"
			cat "$file"
		} >"$host/etc/ssh/tried"
		run in_host /usr/sbin/sshd -T -f /etc/ssh/tried -C user=center,host=localhost,addr=127.0.0.1
		assert_status 0
		assert_says "exposeauthinfo yes"
	done
	rm "$host/etc/ssh/tried"
}

@test "the annotated lines are lines, but for their keys" {
	key account
	sed "s,AAAA\.\.\.,$(cut -d ' ' -f 2 "$host/keys/account.pub"),; s,ecdsa-sha2-nistp256,ssh-ed25519,; s,/usr/bin,$host_prefix/bin," \
		"$CENTERCTL_TOP/contrib/authorized_keys/authorized_keys" >"$BATS_TEST_TMPDIR/keys"
	run in_host "$host_prefix/bin/centerctl" keys list --json --file "$BATS_TEST_TMPDIR/keys"
	assert_status 0
	[ "$(jq -r '.[].name' <<<"$output" | xargs)" = "dev-laptop deploy dba" ]
	run in_host "$host_prefix/bin/centerctl" keys check --file "$BATS_TEST_TMPDIR/keys"
	# The same key three times, here.
	[ "$(grep -vc 'the key SHA256:.* is in line' <<<"$output")" = 0 ]
}
