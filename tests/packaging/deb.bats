# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# contrib/debian: the package is built with Debian's tools, held against Debian's rules, and installed and purged in a root that is
# thrown away. No package database of this machine is written to.
load ../lib/common
load root

setup_file()
{
	command -v dh >/dev/null && command -v lintian >/dev/null || skip_or_fail "no debhelper, or no lintian"
	export debs=$CENTERCTL_STATE/debs
	mkdir -p "$debs"
	DEB_BUILD_OPTIONS="noautodbgsym parallel=$(nproc)" SOURCE_DATE_EPOCH=1700000000 "$CENTERCTL_TOP/contrib/debian/build" "$debs" >"$debs/log" 2>&1 || {
		tail -n 40 "$debs/log" >&2
		return 1
	}
	cp "$debs"/centerctl_*_*.deb "$debs/centerctl.deb"
	# The same, as it would be later.
	dpkg-deb -R "$debs/centerctl.deb" "$debs/later"
	sed -i -E 's/^(Version: .*)/\1+later/' "$debs/later/DEBIAN/control"
	dpkg-deb -b --root-owner-group -Znone "$debs/later" "$debs/later.deb" >/dev/null
	rm -rf "$debs/later"
	container demo base sleep 1000000
}

teardown_file()
{
	containers_gone demo
	rm -rf "$debs"
}

@test "lintian finds no error and no warning in the package, and every override is of use" {
	# It leaves files there.
	TMPDIR=$BATS_TEST_TMPDIR run lintian --allow-root --tag-display-limit 0 --fail-on error,warning -I "$debs"/centerctl_*.changes
	echo "$output"
	[ "$status" = 0 ]
	[[ $output != *unused-override* ]]
}

@test "the package has the setuid helper with mode 4711, root's, and no other file with such a bit" {
	run dpkg-deb -c "$debs/centerctl.deb"
	[ "$(grep -E '^.{3}[sS]|^.{6}[sS]|^.{9}[tT]' <<<"$output" | awk '{ print $1, $2, $6 }')" = "-rws--x--x root/root ./usr/libexec/centerctl/centerctl-enter" ]
	[ -z "$(awk '$2 != "root/root"' <<<"$output")" ]
	for file in usr/bin/centerctl usr/bin/centerctl-gate usr/libexec/centerctl/centerctl-inside usr/lib/tmpfiles.d/centerctl.conf \
		usr/share/bash-completion/completions/centerctl usr/share/zsh/vendor-completions/_centerctl usr/share/fish/vendor_completions.d/centerctl.fish \
		usr/share/man/man1/centerctl.1.gz usr/share/man/man5/centerctl.conf.5.gz usr/share/man/man8/centerctl-enter.8.gz; do
		grep -qE " \./$file\$" <<<"$output" || { echo "$file is missing" >&2; return 1; }
	done
}

@test "what nobody may look into, not even from its first instruction on, can be read by nobody in the package either" {
	local name
	run dpkg-deb -c "$debs/centerctl.deb"
	for name in bin/centerctl-gate libexec/centerctl/centerctl-account libexec/centerctl/centerctl-resolve libexec/centerctl/centerctl-sftp; do
		grep -qE "^-rwx--x--x root/root .* \./usr/$name\$" <<<"$output" || { grep "$name" <<<"$output" >&2; return 1; }
	done
}

@test "what is in the package was compiled for a release: no hooks of tests, stripped, at most 1 MiB in the helper" {
	dpkg-deb -x "$debs/centerctl.deb" "$BATS_TEST_TMPDIR/x"
	enter=$BATS_TEST_TMPDIR/x/usr/libexec/centerctl/centerctl-enter
	run -1 grep -c CENTERCTL_TEST_ "$enter"
	[ "$(stat -c %s "$enter")" -le 1048576 ]
	run readelf -SW "$enter"
	[[ $output != *.symtab* && $output != *.debug_info* ]]
}

@test "it installs, enters a container, and purged leaves nothing behind" {
	in_new_root "$debs" <<-'END'
		install_deb "$debs/centerctl.deb"
		[[ "$(centerctl version)" == "centerctl "* ]] || fail version
		[ "$(stat -c '%a %U %G' /usr/libexec/centerctl/centerctl-enter)" = "4711 root root" ] || fail mode
		[ "$(dpkg -V centerctl)" = "" ] || fail "dpkg -V"
		man -w centerctl >/dev/null
		centerctl exec demo hostname
		r=0
		centerctl doctor >/tmp/doctor 2>&1 || r=$?
		[ "$r" != 125 ] || fail "doctor: $(cat /tmp/doctor)"
		! grep /usr/libexec/centerctl /tmp/doctor || fail "doctor about our own files"
		rm /tmp/doctor
		mkdir -p /var/lib/centerctl/toolbox/x/root && : >/var/lib/centerctl/toolbox/x/root/file
		echo record >/var/log/centerctl/audit.jsonl
		purge_deb
		! dpkg -s centerctl >/dev/null 2>&1 || fail "dpkg still has it"
		[ -z "$(find /run -name '*centerctl*')" ] || fail "/run: $(find /run -name '*centerctl*')"
	END
}

@test "directories of systemd-tmpfiles are those that centerctl demands" {
	command -v systemd-tmpfiles >/dev/null || skip "no systemd-tmpfiles"
	in_new_root "$debs" <<-'END'
		install_deb "$debs/centerctl.deb"
		[ "$(stat -c '%a %U' /run/centerctl /var/log/centerctl /var/lib/centerctl | tr '\n' ' ')" = "700 root 700 root 755 root " ] || fail modes
		purge_deb
	END
}

@test "an upgrade keeps the configuration, and the mode that an administrator gave the helper" {
	in_new_root "$debs" <<-'END'
		install_deb "$debs/centerctl.deb"
		echo 'allow user:root to demo as * for all' >/etc/centerctl/centerctl.conf
		mkdir /etc/centerctl/more
		echo key >/etc/centerctl/authorized_keys
		dpkg-statoverride --update --add root root 0700 /usr/libexec/centerctl/centerctl-enter
		install_deb "$debs/later.deb"
		[[ $(centerctl version) == "centerctl "* ]]
		[ "$(cat /etc/centerctl/centerctl.conf /etc/centerctl/authorized_keys)" = "allow user:root to demo as * for all
		key" ] || fail configuration
		[ -d /etc/centerctl/more ] || fail directory
		[ "$(stat -c %a /usr/libexec/centerctl/centerctl-enter)" = 700 ] || fail "mode after an upgrade"
		centerctl exec demo true
		dpkg-statoverride --remove /usr/libexec/centerctl/centerctl-enter
		install_deb --reinstall "$debs/later.deb"
		[ "$(stat -c %a /usr/libexec/centerctl/centerctl-enter)" = 4711 ] || fail "mode without the override"
		apt-get -qq -y -o Dpkg::Use-Pty=0 remove centerctl
		[ -e /etc/centerctl/centerctl.conf ] || fail "remove took the configuration"
		purge_deb
	END
}

@test "nobody who did not ask for it gets a gate account" {
	in_new_root "$debs" <<-'END'
		install_deb "$debs/centerctl.deb"
		! getent passwd center || fail "there is an account"
		[ -z "$(ls -A /etc/centerctl)" ] || fail "there is a configuration"
		[ ! -e /etc/ssh/sshd_config.d/10-centerctl.conf ] || fail "sshd was told"
		purge_deb
	END
}

@test "on request there is a gate account that doctor finds nothing wrong with; a later no takes it away, and so does purge" {
	in_new_root "$debs" <<-'END'
		cp -a /etc/ssh /tmp/ssh
		mkdir -p /run/sshd /etc/ssh/sshd_config.d
		echo 'centerctl centerctl/gate-account boolean true' | debconf-set-selections
		install_deb "$debs/centerctl.deb"
		[ "$(getent passwd center | cut -d : -f 5-)" = "centerctl gate account:/var/lib/centerctl-gate/center:/usr/bin/centerctl-gate" ] || fail account
		[ "$(cat /etc/centerctl/centerctl.conf)" = "# centerctl.conf(5) has the words.
		gate center" ] || fail policy
		centerctl policy check
		cmp /usr/share/centerctl/10-centerctl.conf /etc/ssh/sshd_config.d/10-centerctl.conf
		ssh-keygen -q -t ed25519 -N '' -f /tmp/key
		centerctl keys add dev /tmp/key.pub
		rm /tmp/key*
		[ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
		grep -q '^Include /etc/ssh/sshd_config.d' /etc/ssh/sshd_config || echo 'Include /etc/ssh/sshd_config.d/*.conf' >>/etc/ssh/sshd_config
		echo "engine $DOCKER_HOST" >>/etc/centerctl/centerctl.conf
		centerctl doctor center >/tmp/doctor || true
		# Of engines and their certificates it may say what it likes, and that there is no rule yet is true.
		! grep -E '^(error|warning)' /tmp/doctor | grep -E '/usr/|/etc/|/var/lib/centerctl-gate|sshd|account|center:' | grep -vE 'policy-lint|dockerd' ||
			fail "doctor: $(cat /tmp/doctor)"
		rm /tmp/doctor
		# An upgrade changes nothing about it.
		echo '# mine' >>/etc/ssh/sshd_config.d/10-centerctl.conf
		install_deb "$debs/later.deb"
		tail -n 1 /etc/ssh/sshd_config.d/10-centerctl.conf | grep -qx '# mine' || fail "an upgrade changed sshd's file"
		echo 'centerctl centerctl/gate-account boolean false' | debconf-set-selections
		dpkg-reconfigure -f noninteractive centerctl
		! getent passwd center || fail "the account is still there"
		! getent group center || fail "the group is still there"
		[ ! -e /etc/ssh/sshd_config.d/10-centerctl.conf ] || fail "sshd's file is still there"
		echo 'centerctl centerctl/gate-account boolean true' | debconf-set-selections
		dpkg-reconfigure -f noninteractive centerctl
		getent passwd center >/dev/null || fail "no account the second time"
		purge_deb
		! getent passwd center || fail "purge left the account"
		! debconf-show centerctl | grep . || fail "purge left the answer"
		[ ! -e /etc/ssh/sshd_config.d/10-centerctl.conf ] || fail "purge left sshd's file"
		rm -rf /etc/ssh && mv /tmp/ssh /etc/ssh
	END
}
