#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# README's commands that make a gate, as they stand there, and what it says that the colleague types.

load gate

setup_file()
{
	host_start
	container web base sleep 100000
}

setup()
{
	cp "$host"/etc/{passwd,shadow,group} "$BATS_TEST_TMPDIR"
	work=$BATS_TEST_TMPDIR/clone
	mkdir -p "$work"
	cp -r "$CENTERCTL_TOP/contrib" "$work/"
}

teardown()
{
	local file
	in_host "$CENTERCTL_TOP/contrib/authorized_keys/gate-account" --remove center >/dev/null 2>&1 || true
	for file in passwd shadow group; do
		cat "$BATS_TEST_TMPDIR/$file" >"$host/etc/$file"
	done
	rm -f "$host/etc/ssh/sshd_config.d/10-centerctl.conf"
	sshd_with
}

teardown_file()
{
	containers_gone web
	host_clean
}

# The paths of an installation in /usr become those of this one; that the engine is not Docker's own, too. What doctor would say of
# other engines of this machine is not for the made host.
readme_commands()
{
	sed -n '/^<!-- gate -->/,/^<!-- \/gate -->/p' "$CENTERCTL_TOP/README.md" | sed '/^<!--/d; s/^    //' |
		sed "s,/etc/centerctl,$host_conf,g; s,systemctl reload ssh,:,; s/^centerctl doctor/& --only host,programs,policy,keys,audit,gate,tools/; s,'gate center,'engine unix://$CENTERCTL_STATE/docker/docker.sock\ngate center,"
}

@test "the commands make a gate through which the colleague gets what the rule says" {
	# A host as it is before: no such account, and Debian's sshd_config.
	sed -i '/^center:/d' "$host"/etc/{passwd,shadow,group}
	sed -i "s,/etc/centerctl,$host_conf,g" "$work"/contrib/authorized_keys/*.conf
	key dev-laptop
	cp "$host/keys/dev-laptop.pub" "$work/"
	[ "$(readme_commands | grep -vc '^allow ')" -ge 5 ]
	sed '/^Match/,$d' "$host/etc/ssh/sshd_config" >"$BATS_TEST_TMPDIR/sshd_config"
	mkdir -p "$host/etc/ssh/sshd_config.d"
	{
		echo "Include /etc/ssh/sshd_config.d/*.conf"
		cat "$BATS_TEST_TMPDIR/sshd_config"
	} >"$host/etc/ssh/sshd_config"
	readme_commands >"$work/commands"
	run in_host env "PATH=$host_prefix/bin:$PATH" bash -euc 'cd "$1"; . ./commands' - "$work"
	echo "$output" >&2
	assert_status 0
	in_host getent passwd center | grep -q "$host_prefix/bin/centerctl-gate"
	host_sshd_stop
	in_host setsid --fork /usr/sbin/sshd -D -e -f "$host/etc/ssh/sshd_config" </dev/null >>"$host/sshd.log" 2>&1
	wait_until 10 host_answers

	run gate_ssh dev-laptop ls -q
	assert_output web
	run gate_ssh dev-laptop exec web id -un
	assert_output app
	run gate_ssh dev-laptop web 'echo x | tr x y'
	assert_output y
	run gate_ssh dev-laptop -tt exec web tty
	assert_says /dev/pts/
	[ -n "$(in_host ls "$host_log/sessions")" ]
	run gate_ssh dev-laptop exec -u root web id
	assert_status 125
}
