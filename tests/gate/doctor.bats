#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Threat 27, and what else weakens a gate account: each weakness is made once, and doctor says so.

load gate

setup_file()
{
	host_start
	docker version >/dev/null # it waits for the engine, which doctor tries
	gate_key doctor
	policy <<-END
		allow key:doctor to web as app for exec
	END
}

setup()
{
	cp "$host/etc/passwd" "$host/etc/shadow" "$host/etc/group" "$host/etc/ssh/sshd_config" "$BATS_TEST_TMPDIR"
}

teardown()
{
	local file
	for file in passwd shadow group; do
		cat "$BATS_TEST_TMPDIR/$file" >"$host/etc/$file"
	done
	cat "$BATS_TEST_TMPDIR/sshd_config" >"$host/etc/ssh/sshd_config"
	in_host chown root:root "$host_prefix/home/center"
	in_host sh -c "chmod 755 '$host_prefix/home/center' '$host_conf'; rm -rf '$host_prefix/home/center/.bashrc' /etc/keys.d; chmod 4711 '$CENTERCTL_LIBEXEC/centerctl-enter'"
}

teardown_file()
{
	host_clean
}

# sshd_lines [LINES]: sshd's configuration as contrib/authorized_keys has it, with these lines before. It is only read.
sshd_lines()
{
	host_sshd_config "$(
		printf '%s\n' "${1:-}"
		sed -n '/^Match/,$p' "$CENTERCTL_TOP/contrib/authorized_keys/10-centerctl.conf" | sed "1d; s,/etc/centerctl,$host_conf,"
	)"
	in_host /usr/sbin/sshd -t -f "$host/etc/ssh/sshd_config"
}

# doctor [ARGS]: of all groups that have to do with gates; for the others see doctor_host.bats, and doctor.bats of the engines.
doctor()
{
	run in_host "$host_prefix/bin/centerctl" doctor --only programs,policy,keys,audit,gate --sshd-config "$host/etc/ssh/sshd_config" "$@"
}

# finds SEVERITY WORDS: doctor has this finding, and its exit code says so.
finds()
{
	doctor
	if [ "$1" = error ]; then assert_status 2; else [ "$status" -ge 1 ]; fi
	assert_says "$1: "
	assert_says "$2"
	assert_says "  why:  "
}

@test "a host that is set up as the annotated files say has no findings" {
	sshd_lines
	doctor
	assert_status 0
	assert_says "gate accounts: center
0 errors, 0 warnings"
	assert_silent_about "warning: "
	doctor --json --min-severity warning
	assert_output "[]"
	doctor -v
	assert_says "ok: center is a gate account and nothing else [gate]"
}

@test "every setting of sshd that weakens a gate account is found" {
	local line
	while read -r severity line; do
		sshd_lines "$line"
		finds "$severity" "sshd: $line"
	done <<-END
		warning X11Forwarding yes
		warning AllowAgentForwarding yes
		error PermitTunnel yes
		warning PermitUserRC yes
		warning ExposeAuthInfo no
		error AcceptEnv *
		error AcceptEnv SSH_*
		warning AcceptEnv LD_*
		error ForceCommand /bin/sh
		warning ClientAliveInterval 0
		error PermitEmptyPasswords yes
	END
	sshd_lines "DisableForwarding no"
	finds error "AllowTcpForwarding yes"
	finds error "AllowStreamLocalForwarding yes"
	sshd_lines
	sed -i '1i PermitUserEnvironment yes' "$host/etc/ssh/sshd_config"
	finds error "sshd: PermitUserEnvironment yes"
}

@test "files of keys that others may write to are found" {
	in_host sh -c 'mkdir -m 777 /etc/keys.d; : >/etc/keys.d/center'
	sshd_lines "AuthorizedKeysFile $host_conf/authorized_keys /etc/keys.d/%u"
	finds error "/etc/keys.d can be written by others than root"
	in_host chown center "$host_prefix/home/center"
	sshd_lines "AuthorizedKeysFile $host_conf/authorized_keys .ssh/authorized_keys"
	finds error "$host_prefix/home/center belongs to user"
}

@test "files of authorities and principals are looked at as those of keys are" {
	in_host sh -c 'mkdir -m 755 /etc/keys.d; echo "# oncall" >/etc/keys.d/principals; echo >/etc/keys.d/ca'
	sshd_lines "TrustedUserCAKeys /etc/keys.d/ca
AuthorizedPrincipalsFile /etc/keys.d/principals"
	echo "restrict,command=\"$host_prefix/bin/centerctl-gate --principals oncall\" oncall" | in_host tee -a /etc/keys.d/principals
	doctor
	assert_status 0
	echo "restrict,command=\"$host_prefix/bin/centerctl-gate\" dev" | in_host tee -a /etc/keys.d/principals
	finds warning "/etc/keys.d/principals:3: there is no --principals"
	echo 'restrict,command="/usr/old/centerctl-gate --principals dev" ops' | in_host tee -a /etc/keys.d/principals
	finds error "/etc/keys.d/principals:4: the forced command is not the installed $host_prefix/bin/centerctl-gate"
	assert_says "sed -i '4s,command="
	in_host chmod 666 /etc/keys.d/ca
	finds error "/etc/keys.d/ca can be written by others"
	in_host chmod 644 /etc/keys.d/ca
	in_host chmod 777 /etc/keys.d
	finds error "from /etc/keys.d/principals, and /etc/keys.d can be written by others"
}

@test "a configuration that sshd refuses is an error" {
	sshd_lines
	echo "NoSuchKeyword yes" >>"$host/etc/ssh/sshd_config"
	finds error "sshd -T fails"
}

# passwd_field N VALUE: of the gate account's line.
passwd_field()
{
	awk -F: -v OFS=: -v n="$1" -v v="$2" '$1 == "center" { $n = v } { print }' "$BATS_TEST_TMPDIR/passwd" >"$host/etc/passwd"
}

@test "an account that is more than a gate is found" {
	sshd_lines
	passwd_field 7 /bin/bash
	finds error "the shell is /bin/bash"
	passwd_field 6 /nonexistent
	finds warning "the home /nonexistent is not there"
	in_host mkdir -m 777 /etc/keys.d
	passwd_field 6 /etc/keys.d
	finds error "/etc/keys.d can be written by others"
	passwd_field 3 0
	finds error "center is root"
	passwd_field 3 61004
	sed -i 's/^ops:.*/&,center/' "$host/etc/group"
	finds warning "center is in the group ops"
	echo docker:x:61030:center >>"$host/etc/group"
	finds error "center is in the group docker"
	in_host sh -c "echo x >'$host_prefix/home/center/.bashrc'"
	finds warning "/home/center/.bashrc"
}

@test "a password field that sshd refuses, or that lets somebody in, is found" {
	sshd_lines
	sed -i 's/^center:[^:]*:/center:!:/' "$host/etc/shadow"
	finds error "begins with !"
	sed -i 's/^center:[^:]*:/center::/' "$host/etc/shadow"
	finds error "empty password"
	sed -i 's/^center:[^:]*:/center:$6$x$y:/' "$host/etc/shadow"
	finds warning "there is a password"
}

@test "an account that has expired, or whose shell PAM refuses, is found" {
	sshd_lines
	sed -i 's/^\(center:[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:\)[^:]*/\110000/' "$host/etc/shadow"
	finds error "center: the account has expired [gate-expired]"
	cat "$BATS_TEST_TMPDIR/shadow" >"$host/etc/shadow"
	sed -i '1i UsePAM yes' "$host/etc/ssh/sshd_config"
	cp "$host/etc/pam.d/sshd" "$BATS_TEST_TMPDIR/pam"
	echo "auth required pam_shells.so" >>"$host/etc/pam.d/sshd"
	finds error "center: its shell is not in /etc/shells [gate-shells]"
	echo "$host_prefix/bin/centerctl-gate" >>"$host/etc/shells"
	doctor
	sed -i '$d' "$host/etc/shells"
	cat "$BATS_TEST_TMPDIR/pam" >"$host/etc/pam.d/sshd"
	assert_status 0
}

@test "a crontab of the account is found" {
	sshd_lines
	in_host sh -c 'mount -t tmpfs none /var/spool && mkdir -p /var/spool/cron/crontabs && : >/var/spool/cron/crontabs/center'
	finds error "center has a crontab"
	in_host umount /var/spool
}

@test "an account that is no gate, or is not there, is one finding, and nothing is proposed to be done to it" {
	sshd_lines
	local account
	while read -r account words; do
		doctor "$account"
		assert_status 2
		assert_says "$words"
		assert_says "did you mean center?"
		assert_says "gate accounts: center"
		assert_says "1 error, "
		[[ $output != *usermod* && $output != *"rm -r"* && $output != *sshd* ]]
	done <<-END
		root root is root
		alice alice is no gate account
		centre there is no account centre
	END
}

@test "programs, policy and registry are looked at" {
	sshd_lines
	in_host chmod 711 "$CENTERCTL_LIBEXEC/centerctl-enter"
	finds error "centerctl-enter is not setuid"
	in_host chmod 4711 "$CENTERCTL_LIBEXEC/centerctl-enter"
	in_host chmod 775 "$host_conf"
	finds error "can be written by others than root"
	in_host chmod 755 "$host_conf"
	key doctor-bare
	registry_line <"$host/keys/doctor-bare.pub"
	finds warning "authorized_keys:2: there is no restrict"
	registry_line <<<"restrict,pty,command=\"/usr/old/centerctl-gate old\" $(<"$host/keys/doctor-bare.pub")"
	finds error "authorized_keys:3: the forced command is not the installed"
	in_host sh -c "$(sed -n "s/^  fix:  \(sed -i '3s.*\)/\1/p" <<<"$output")"
	in_host grep -qF "command=\"$host_prefix/bin/centerctl-gate old\"" "$host_conf/authorized_keys"
	policy <<-END
		engine unix:///run/nobody.sock
		allow key:doctor to web as app for exec
	END
	run in_host "$host_prefix/bin/centerctl" doctor --only engine
	assert_status 2
	assert_says "error: no engine answers at /run/nobody.sock [engine-silent]"
	assert_says "engine unix://PATH"
	echo "nonsense" | policy
	finds error "centerctl.conf:3"
	policy <<-END
		allow key:doctor to web as app for exec
	END
	gate_key doctor
}

@test "doctor changes nothing" {
	sshd_lines "X11Forwarding yes"
	local before after
	before=$(in_host sh -c "cat /etc/passwd /etc/shadow /etc/group '$host_conf'/*; ls -laR '$host_conf' '$host_prefix/home'" | sha256sum)
	run in_host "$host_prefix/bin/centerctl" doctor --sshd-config "$host/etc/ssh/sshd_config"
	after=$(in_host sh -c "cat /etc/passwd /etc/shadow /etc/group '$host_conf'/*; ls -laR '$host_conf' '$host_prefix/home'" | sha256sum)
	[ "$before" = "$after" ]
}

@test "keys without restrict are found in every file that sshd takes for the account" {
	key doctor-bare
	in_host sh -c 'mkdir -m 755 /etc/keys.d; cat >/etc/keys.d/center' <"$host/keys/doctor-bare.pub"
	sshd_lines "AuthorizedKeysFile $host_conf/authorized_keys /etc/keys.d/%u"
	finds warning "/etc/keys.d/center:1: there is no restrict"
	assert_says "[key-restrict]"
	in_host sed -i "s,^,restrict\,command=\"$host_prefix/bin/centerctl-gate bare\" ," /etc/keys.d/center
	doctor
	assert_silent_about "/etc/keys.d/center"
}

@test "without a terminal no session can have one, and doctor says so" {
	sshd_lines "PermitTTY no"
	finds warning "sshd: PermitTTY no, for center [sshd-tty]"
	sshd_lines
	doctor
	assert_silent_about sshd-tty
}
