#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# centerctl-gate started by hand, or with a word of sshd's that is not sshd's.

load gate

setup_file()
{
	host_start
	policy <<-END
		allow key:start to start as app for exec
	END
	gate_key start
}

setup()
{
	gate=$host_prefix/bin/centerctl-gate
	auth=/run/sshd/start
	in_host sh -c "rm -rf $auth; umask 077; printf 'publickey %s\n' '$(cut -d ' ' -f 1,2 "$host/keys/start.pub")' >$auth; chown center $auth"
}

teardown()
{
	in_host rm -rf "$auth" "$auth.2"
}

teardown_file()
{
	host_clean
}

# gate_as ACCOUNT [NAME=VALUE...] -- WORDS: as sshd would start it, but for the variables.
gate_as()
{
	local account=$1 variables=()
	shift
	while [ "$1" != -- ]; do
		variables+=("$1")
		shift
	done
	shift
	run in_host setpriv --reuid "$account" --regid "$account" --clear-groups --inh-caps=-all -- env -i PATH=/usr/bin:/bin "${variables[@]}" timeout 5 "$gate" "$@"
}

connection="SSH_CONNECTION=127.0.0.1 1 127.0.0.1 22"

@test "by hand it says what it is for, in one line" {
	gate_as center -- start
	assert_gate_refused "for sshd to run"
	[ "${#lines[@]}" = 1 ]
	gate_as center "SSH_ORIGINAL_COMMAND=exec start id" -- -c "$gate start"
	assert_gate_refused "for sshd to run"
	run in_host "$gate" --version
	assert_status 0
	assert_says centerctl-gate
	run in_host "$gate" --help
	assert_status 0
	assert_says usage
}

@test "it does not run as root" {
	gate_as root "$connection" "SSH_ORIGINAL_COMMAND=exec start id" -- start
	assert_gate_refused "does not run as root"
}

@test "what sshd did not write about the key is not believed" {
	# The good one gets as far as centerctl-enter, which sees no sshd.
	gate_as center "$connection" "SSH_USER_AUTH=$auth" "SSH_ORIGINAL_COMMAND=exec start id" -- start
	assert_gate_refused "not permitted"
	in_host chmod 640 "$auth"
	gate_as center "$connection" "SSH_USER_AUTH=$auth" -- start
	assert_gate_refused "SSH_USER_AUTH"
	in_host sh -c "chmod 600 $auth; ln $auth $auth.2"
	gate_as center "$connection" "SSH_USER_AUTH=$auth" -- start
	assert_gate_refused "SSH_USER_AUTH"
	in_host sh -c "rm $auth.2; ln -s $auth $auth.2"
	gate_as center "$connection" "SSH_USER_AUTH=$auth.2" -- start
	assert_gate_refused "SSH_USER_AUTH"
	in_host chown alice "$auth"
	gate_as center "$connection" "SSH_USER_AUTH=$auth" -- start
	assert_gate_refused "SSH_USER_AUTH"
}

@test "a pipe, a directory or nothing in its place is refused at once" {
	in_host sh -c "rm $auth; mkfifo -m 600 $auth; chown center $auth"
	gate_as center "$connection" "SSH_USER_AUTH=$auth" -- start
	assert_gate_refused "SSH_USER_AUTH"
	in_host sh -c "rm $auth; mkdir -m 700 $auth; chown center $auth"
	gate_as center "$connection" "SSH_USER_AUTH=$auth" -- start
	assert_gate_refused "SSH_USER_AUTH"
	in_host rmdir "$auth"
	gate_as center "$connection" "SSH_USER_AUTH=$auth" -- start
	assert_gate_refused "SSH_USER_AUTH"
	gate_as center "$connection" SSH_USER_AUTH= -- start
	assert_gate_refused "SSH_USER_AUTH"
}

@test "what is too long, cut or no text is refused" {
	local content
	for content in 'head -c 600000 /dev/zero | tr "\0" x' 'head -c 4096 /dev/urandom' 'printf "publickey ssh-ed25519 AAAA"' 'printf "publickey ssh-ed25519\n"'; do
		in_host sh -c "$content >$auth"
		gate_as center "$connection" "SSH_USER_AUTH=$auth" "SSH_ORIGINAL_COMMAND=exec start id" -- start
		assert_gate_refused "SSH_USER_AUTH"
	done
}

@test "a forced command that nobody could have meant is refused" {
	local words
	for words in "start other" "--no-such start" ".start" "--container a/b start" "-c" "-c x y"; do
		# shellcheck disable=SC2086 # words
		gate_as center "$connection" "SSH_ORIGINAL_COMMAND=ls" -- $words
		assert_status 125
		[[ $output == centerctl:* ]]
	done
	gate_as center "$connection" "SSH_ORIGINAL_COMMAND=ls" -- -c "exec start id"
	assert_gate_refused "runs nothing but the forced command"
	gate_as center "$connection" "SSH_ORIGINAL_COMMAND=ls" -- -c "/usr/old/centerctl-gate start"
	assert_gate_refused "the forced command is /usr/old/centerctl-gate, not $host_prefix/bin/centerctl-gate: correct it"
}

@test "a container that the client names must look like one" {
	local name
	for name in a/b ../x pid:1 '%66oo' 'a b' -x "$(printf 'a%.0s' {1..300})"; do
		gate_as center "$connection" "SSH_USER_AUTH=$auth" "CENTERCTL_CONTAINER=$name" "SSH_ORIGINAL_COMMAND=id" -- start
		assert_gate_refused "CENTERCTL_CONTAINER"
	done
	gate_as center "$connection" "SSH_USER_AUTH=$auth" CENTERCTL_CONTAINER=other "SSH_ORIGINAL_COMMAND=id" -- start --container start
	assert_gate_refused "bound to another container"
}

@test "what the client sets reaches nobody" {
	command -v strace >/dev/null || skip_or_fail "no strace"
	run in_host env -i PATH=/usr/bin:/bin strace -f -v -s 300 -e trace=execve -o "$BATS_TEST_TMPDIR/trace" setpriv --reuid center --regid center --clear-groups \
		env -i PATH=/evil "$connection" "SSH_USER_AUTH=$auth" "SSH_ORIGINAL_COMMAND=exec start id" TERM=xterm EVIL=1 LD_EVIL=1 TZ=evil "$gate" start
	grep 'execve(".*/centerctl-enter"' "$BATS_TEST_TMPDIR/trace" >"$BATS_TEST_TMPDIR/enter"
	run cat "$BATS_TEST_TMPDIR/enter"
	assert_says TERM=xterm
	assert_silent_about evil
	assert_silent_about EVIL
	assert_silent_about SSH_
}
