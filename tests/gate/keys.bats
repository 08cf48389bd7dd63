#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Whose key it is: the registry and what sshd says decide, and no name that the client could have typed.

load gate

setup_file()
{
	host_start
	container keys-web base sleep 100000
	container keys-db base sleep 100000
}

setup()
{
	gate=$host_prefix/bin/centerctl-gate
	: | registry
	key keys-a
	key keys-b
	key keys-c
	policy <<-END
		allow key:keys-a to keys-web as app  for exec,shell
		allow key:keys-b to keys-db  as root for exec,shell
		allow key:$(fingerprint keys-c) to keys-web as app for exec
	END
	gate_key keys-a
	gate_key keys-b
}

teardown()
{
	[ -z "${reconfigured:-}" ] || sshd_with
}

teardown_file()
{
	containers_gone keys-web keys-db
	host_clean
}

# line NAME COMMAND: a registry line for a key, with this forced command or none.
line()
{
	echo "restrict,pty${2:+,command=\"$2\"} $(cat "$host/keys/$1.pub")"
}

@test "each key opens what its rule says, and nothing else" {
	run gate_ssh keys-a exec keys-web id -un
	assert_output app
	run gate_ssh keys-a exec keys-db id -un
	assert_status 125
	run gate_ssh keys-b exec keys-db id -un
	assert_output root
	run gate_ssh keys-b exec keys-web id -un
	assert_status 125
}

@test "a key that nobody registered does not get in" {
	key keys-unknown
	run gate_ssh keys-unknown exec keys-web id
	assert_status 255
	assert_says "Permission denied"
}

@test "no password, no other method" {
	run in_host ssh -F none -o "UserKnownHostsFile=$host/known_hosts" -o PubkeyAuthentication=no -o BatchMode=yes -o LogLevel=ERROR center@127.0.0.1 ls
	assert_status 255
}

@test "a key whose forced command has no name is known by its fingerprint" {
	line keys-c "$gate" | registry_line
	run gate_ssh keys-c exec keys-web id -un
	assert_output app
	run gate_ssh keys-c exec keys-db id -un
	assert_status 125
}

@test "a key without a forced command can claim no name, whatever is typed" {
	line keys-c '' | registry_line
	local typed
	for typed in "" "exec keys-web id" "exec keys-db id" "keys-db"; do
		run gate_ssh keys-c "$typed" <<<'id'
		[ "$status" -ne 0 ]
		assert_silent_about "uid=0"
	done
	for typed in "$gate keys-b" "$gate keys-b --container keys-db" "centerctl-gate keys-b" "keys-b" "-c '$gate keys-b'" "$gate -c '$gate keys-b'"; do
		run gate_ssh keys-c "$typed" <<<'id'
		[ "$status" -ne 0 ]
		assert_silent_about uid=
		run env SSH_ORIGINAL_COMMAND="exec keys-db id" nsenter -t "$(cat "$host/holder")" --mount --net -- ssh -F none -i "$host/keys/keys-c" \
			-o "UserKnownHostsFile=$host/known_hosts" -o SendEnv=SSH_ORIGINAL_COMMAND -o LogLevel=ERROR center@127.0.0.1 "$typed"
		assert_silent_about uid=
	done
}

@test "a forced command that differs from the registry's name is refused" {
	reconfigured=1
	line keys-a "$gate keys-b" | in_host sh -c "umask 022; cat >'$host_conf/other_keys'"
	sshd_with "AuthorizedKeysFile $host_conf/other_keys"
	run gate_ssh keys-a exec keys-db id
	assert_status 125
	assert_silent_about uid=
	run gate_ssh keys-a exec keys-web id
	assert_status 125
	assert_silent_about uid=
}

@test "a forced command cannot have the name of a key that is somebody else's" {
	reconfigured=1
	line keys-c "$gate keys-b" | in_host sh -c "umask 022; cat >'$host_conf/other_keys'"
	sshd_with "AuthorizedKeysFile $host_conf/other_keys"
	run gate_ssh keys-c exec keys-db id
	assert_status 125
	assert_silent_about uid=
}

@test "without ExposeAuthInfo the name in the forced command counts, and a key without one opens nothing" {
	reconfigured=1
	sshd_with "ExposeAuthInfo no"
	run gate_ssh keys-a exec keys-web id -un
	assert_output app
	line keys-c "$gate" | registry_line
	run gate_ssh keys-c exec keys-web id -un
	assert_status 125
	line keys-c '' | registry
	run gate_ssh keys-c "$gate keys-b" <<<id
	assert_status 125
	assert_silent_about uid=
	gate_key keys-a
	# Nothing typed: whether that text is a forced command or the client's own cannot be told then.
	run gate_ssh keys-a <<<id
	assert_status 125
	assert_says ExposeAuthInfo
}

@test "ForceCommand works as a forced command does" {
	reconfigured=1
	{
		line keys-a ''
		line keys-c ''
	} | registry
	sshd_with "ForceCommand $gate"
	run gate_ssh keys-c exec keys-web id -un
	assert_output app
	run gate_ssh keys-a exec keys-web id -un
	assert_status 125
}

@test "a registry that cannot be read, or that is not root's alone, lets nobody in" {
	in_host chmod 666 "$host_conf/authorized_keys"
	run gate_ssh keys-a exec keys-web id
	[ "$status" -ne 0 ]
	assert_silent_about uid=
	in_host chmod 644 "$host_conf/authorized_keys"
	run gate_ssh keys-a exec keys-web id -un
	assert_output app
}

@test "centerctl keys add makes the line that works, and remove takes it away" {
	local name=$BATS_TEST_NUMBER
	key "keys-new$name"
	policy <<-END
		allow key:new-laptop to keys-web as app for exec
	END
	run in_host "$host_prefix/bin/centerctl" keys add new-laptop "$host/keys/keys-new$name.pub"
	assert_status 0
	run gate_ssh "keys-new$name" exec keys-web id -un
	assert_output app
	run in_host "$host_prefix/bin/centerctl" keys list
	assert_status 0
	assert_says new-laptop
	# The same key under another name is somebody else's.
	run in_host "$host_prefix/bin/centerctl" keys add other-name "$host/keys/keys-new$name.pub"
	assert_status 125
	run in_host "$host_prefix/bin/centerctl" keys remove new-laptop
	assert_status 0
	run gate_ssh "keys-new$name" exec keys-web id -un
	assert_status 255
}

@test "centerctl-keys serves sshd's AuthorizedKeysCommand" {
	reconfigured=1
	sshd_with "AuthorizedKeysFile none
AuthorizedKeysCommand $(in_host sh -c "ls $host_prefix/bin/centerctl-keys $host_prefix/libexec/centerctl/centerctl-keys 2>/dev/null" | head -n 1) %u %t %k
AuthorizedKeysCommandUser nobody"
	run gate_ssh keys-a exec keys-web id -un
	assert_status 0
	assert_output app
	key keys-unknown
	run gate_ssh keys-unknown exec keys-web id
	assert_status 255
}

@test "the record names key, fingerprint and address" {
	gate_ssh keys-a exec keys-web true
	run audit_all 'select(.event == "start") | [.key, .fingerprint, .address, .gate, .user, .name, .as] | join(" ")'
	assert_says "keys-a $(fingerprint keys-a) 127.0.0.1 true center keys-web app"
}
