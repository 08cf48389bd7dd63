#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 2: whoever runs something as the gate account says any key's name. (sshd writes the file that SSH_USER_AUTH names as
# that user.)
# Proves: lib/priv/identity (identity_prove_gate): the account's shell and home, the program that asks, and the two sshd
# processes above it; and that nobody else's claim counts.

load attack

setup_file()
{
	host_start
	container forged base sleep 100000
	policy <<-END
		allow key:forged-admin                      to forged as root for exec,shell
		allow key:$(key forged-admin; fingerprint forged-admin) to forged as root for exec,shell
		allow principal:oncall                      to forged as root for exec,shell
	END
	gate_key forged-admin
	forger >/dev/null
}

setup()
{
	enter=$CENTERCTL_LIBEXEC/centerctl-enter
	gate=$host_prefix/bin/centerctl-gate
	fingerprint=$(fingerprint forged-admin)
}

teardown()
{
	# shellcheck disable=SC2086 # words
	[ -z "${mine:-}" ] || kill $mine 2>/dev/null || true
	[ -z "${changed:-}" ] || host_account_restore
	[ -z "${reconfigured:-}" ] || sshd_with
}

teardown_file()
{
	containers_gone forged
	host_clean
}

as_center()
{
	in_host setpriv --reuid center --regid center --init-groups --inh-caps=-all -- env -i PATH=/usr/bin:/bin "$@"
}

# Nobody has been let in, and it was written down as what it was.
denied_and_recorded()
{
	[ "$status" -ne 0 ]
	assert_silent_about uid=
	run audit_last '[.event, .user, (.gate // false)] | map(tostring) | join(" ")'
	assert_output "deny $1 false"
}

@test "the key itself opens it" {
	run gate_ssh forged-admin exec forged id
	assert_says uid=0
}

@test "a claim of any account is only recorded" {
	local name
	for name in alice mallory; do
		run as_user "$name" "$host/forger" "$enter" forged-admin "$fingerprint" forged id
		denied_and_recorded "$name"
		run audit_last .claim.key
		assert_output forged-admin
	done
}

@test "the gate account's uid alone is not the gate" {
	run as_center "$host/forger" "$enter" forged-admin "$fingerprint" forged id
	denied_and_recorded center
	run as_center setsid -w "$host/forger" "$enter" forged-admin "$fingerprint" forged id
	denied_and_recorded center
}

@test "the gate that was not started by sshd says nothing that counts" {
	# The file that sshd would have written, by its own account's hand.
	echo "publickey $(cut -d ' ' -f 1,2 "$host/keys/forged-admin.pub")" | in_host sh -c "umask 077; cat >'$host/forged'; chown center '$host/forged'"
	local prefix
	for prefix in "" "setsid -w" "nice"; do
		# shellcheck disable=SC2086 # words
		run as_center env "SSH_USER_AUTH=$host/forged" "SSH_ORIGINAL_COMMAND=exec forged id" "SSH_CONNECTION=127.0.0.1 1 127.0.0.1 22" SSH_CLIENT=x \
			$prefix "$gate" forged-admin
		denied_and_recorded center
		# shellcheck disable=SC2086 # words
		run as_center env "SSH_USER_AUTH=$host/forged" "SSH_ORIGINAL_COMMAND=exec forged id" "SSH_CONNECTION=127.0.0.1 1 127.0.0.1 22" \
			$prefix "$gate" -c "$gate forged-admin"
		denied_and_recorded center
	done
	rm -f "$host/forged"
}

@test "su with another shell, and what would run from cron, do not help" {
	run in_host su -s /bin/sh center -c "SSH_ORIGINAL_COMMAND='exec forged id' $gate forged-admin"
	denied_and_recorded center
	run in_host su -s /bin/sh center -c "exec $host/forger $enter forged-admin $fingerprint forged id"
	denied_and_recorded center
	run in_host setsid -w su -s /bin/sh center -c "cd /; setsid -w $host/forger $enter forged-admin $fingerprint forged id"
	denied_and_recorded center
}

@test "an sshd of the gate account's own is not root's" {
	local dir=$host/own-sshd
	mkdir -p "$dir"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host_key"
	cut -d ' ' -f 1,2 "$host/keys/forged-admin.pub" >"$dir/keys"
	cat >"$dir/config" <<-END
		Port 2244
		ListenAddress 127.0.0.1
		HostKey $dir/host_key
		PidFile none
		UsePAM no
		StrictModes no
		AuthorizedKeysFile $dir/keys
		ExposeAuthInfo yes
		ForceCommand $gate forged-admin
	END
	in_host chown -R center "$dir"
	host_exec=1 as_center /usr/sbin/sshd -D -e -f "$dir/config" </dev/null >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	wait_until 5 in_host bash -c ': </dev/tcp/127.0.0.1/2244'
	mine=$(pgrep -f "sshd: /usr/sbin/sshd -D -e -f $dir/config")
	run in_host ssh -F none -p 2244 -i "$host/keys/forged-admin" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		center@127.0.0.1 exec forged id
	rm -rf "$dir"
	[ "$(audit_last .event)" = deny ]
	denied_and_recorded center
}

@test "programs that are called sshd are not sshd" {
	local dir=$host/called
	mkdir -p "$dir"
	cp /bin/bash "$dir/sshd"
	in_host chown center "$dir/sshd"
	run as_center "$dir/sshd" -c "SSH_ORIGINAL_COMMAND='exec forged id' $gate forged-admin; exit \$?"
	denied_and_recorded center
	# Root's own copy, with nothing of root's above it.
	in_host chown root "$dir/sshd"
	run as_center "$dir/sshd" -c "SSH_ORIGINAL_COMMAND='exec forged id' $gate forged-admin; exit \$?"
	denied_and_recorded center
	rm -rf "$dir"
}

# host_account SHELL HOME: the gate account is another one for a while.
host_account()
{
	changed=1
	cp "$host/etc/passwd" "$BATS_FILE_TMPDIR/passwd"
	awk -F: -v OFS=: -v s="$1" -v h="$2" '$1 == "center" { if (s) $7 = s; if (h) $6 = h } { print }' "$BATS_FILE_TMPDIR/passwd" >"$host/etc/passwd"
}

host_account_restore()
{
	cat "$BATS_FILE_TMPDIR/passwd" >"$host/etc/passwd"
}

@test "an account with another shell is no gate, even below sshd" {
	local shell
	# (bash executes a command that is alone in place of itself, and sshd is the gate's parent then.)
	for shell in /bin/sh /bin/bash; do
		host_account $shell ""
		run gate_ssh forged-admin exec forged id
		denied_and_recorded center
		host_account_restore
	done
	host_account /bin/sh ""
	reconfigured=1
	sshd_with "ForceCommand $host/forger $enter forged-admin $fingerprint forged id"
	run gate_ssh forged-admin
	denied_and_recorded center
}

@test "an account whose home is its own, or that it may write to, is no gate" {
	mkdir -p "$host/home/center"
	in_host chown center "$host/home/center"
	host_account "" "$host/home/center"
	run gate_ssh forged-admin exec forged id
	denied_and_recorded center
	in_host sh -c "chown root '$host/home/center'; chmod 777 '$host/home/center'"
	run gate_ssh forged-admin exec forged id
	denied_and_recorded center
}

@test "an account that the policy does not name is no gate" {
	policy_as_is <<-END
		engine unix://$CENTERCTL_STATE/docker/docker.sock
		gate somebody
		allow key:forged-admin to forged as root for exec,shell
	END
	run gate_ssh forged-admin exec forged id
	denied_and_recorded center
}

@test "the gate cannot be attached to by its own account" {
	policy <<-END
		allow key:forged-admin to forged as root for exec,shell
	END
	host_exec=1 gate_ssh forged-admin exec forged sleep 43.01 </dev/null >/dev/null 2>&1 3>&- &
	wait_until 10 process_with sleep 43.01
	local pid
	pid=$(gate_pid)
	run as_center timeout 5 strace -p "$pid"
	[ "$status" -ne 0 ]
	assert_says "ermitted"
	run as_center cat "/proc/$pid/environ" "/proc/$pid/maps"
	[ "$status" -ne 0 ]
	kill "$(pids_with sleep 43.01)"
}

@test "a preloaded library does not speak for the gate" {
	cat >"$BATS_TEST_TMPDIR/evil.c" <<-'END'
		#include <unistd.h>
		__attribute__((constructor)) static void evil(void) { write(2, "sprung\n", 7); }
	END
	gcc -w -shared -fPIC -o "$host/evil.so" "$BATS_TEST_TMPDIR/evil.c"
	run as_center env "LD_PRELOAD=$host/evil.so" "LD_LIBRARY_PATH=$host" "SSH_ORIGINAL_COMMAND=exec forged id" "$gate" forged-admin
	rm -f "$host/evil.so"
	# env itself is the account's own program, and says it once.
	[ "$(grep -c sprung <<<"$output")" -le 1 ]
}
