#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 25: files in the gate account's home, and variables that the client sends, run before the forced command does.
# Proves: the account's shell is centerctl-gate, which reads none of them, and PermitUserRC no.

load attack

setup_file()
{
	host_start
	container dotfiles base sleep 100000
	policy <<-END
		allow key:dotfiles to dotfiles as app for exec,shell
	END
	gate_key dotfiles
}

setup()
{
	home=$host_prefix/home/center
	marker=$BATS_TEST_TMPDIR/marker
	rm -f "$marker"
	chmod 777 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	plant
}

teardown()
{
	sshd_with
	rm -rf "${home:?}/".[a-z]*
	[ ! -e "$BATS_TEST_TMPDIR/passwd" ] || cat "$BATS_TEST_TMPDIR/passwd" >"$host/etc/passwd"
}

teardown_file()
{
	containers_gone dotfiles
	host_clean
}

plant()
{
	local file
	mkdir -p "$home/.ssh" "$home/.config/fish"
	for file in .bashrc .bash_profile .bash_login .profile .zshenv .zshrc .zprofile .kshrc .shrc .cshrc .tcshrc .login .config/fish/config.fish .ssh/rc .inputrc .rhosts .shosts .hushlogin \
		.bash_logout .pam_environment; do
		echo "touch $marker" >"$home/$file"
	done
	chmod +x "$home/.ssh/rc"
	printf 'BASH_ENV=%s/.bashrc\nENV=%s/.bashrc\nLD_PRELOAD=/tmp/x.so\n' "$home" "$home" >"$home/.ssh/environment"
}

# Logs in in every way that there is.
log_in()
{
	gate_ssh dotfiles "$@" exec dotfiles true
	gate_ssh dotfiles "$@" -tt exec dotfiles true
	gate_ssh dotfiles "$@" dotfiles true
	gate_ssh dotfiles "$@" </dev/null
	gate_ssh dotfiles "$@" ls
} >/dev/null 2>&1

@test "no file in the gate account's home runs" {
	log_in || true
	[ ! -e "$marker" ]
	run gate_ssh dotfiles exec dotfiles true
	assert_status 0
}

@test "no variable of the client's makes one run, even where sshd takes all of them" {
	sshd_with "AcceptEnv *" "PermitUserEnvironment yes"
	log_in -o "SetEnv=BASH_ENV=$home/.bashrc ENV=$home/.bashrc ZDOTDIR=$home SHELLOPTS=xtrace PS4=\$(touch\ $marker)" || true
	[ ! -e "$marker" ]
	run gate_ssh dotfiles -o "SetEnv=LD_PRELOAD=/tmp/x.so PATH=/tmp IFS=x" exec dotfiles env
	assert_status 0
	assert_silent_about /tmp
}

@test "even where sshd would run ~/.ssh/rc, the account's shell is the gate" {
	sshd_with "PermitUserRC yes"
	log_in || true
	[ ! -e "$marker" ]
}

@test "with a shell as its shell, which the documentation warns of, the same files run: the test can tell" {
	cp "$host/etc/passwd" "$BATS_TEST_TMPDIR/passwd"
	sed 's,^\(center:.*\):[^:]*$,\1:/bin/bash,' "$BATS_TEST_TMPDIR/passwd" >"$host/etc/passwd"
	in_host getent passwd center >&2
	log_in || true
	[ -e "$marker" ]
	# And then the gate is not believed.
	run gate_ssh dotfiles exec dotfiles id
	assert_status 125
	assert_silent_about uid=
}
