#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Certificates of an authority: the principals that it wrote down decide, and nothing that the client says.

load gate

setup_file()
{
	host_start
	container cert-web base sleep 100000
	container cert-db base sleep 100000
	policy <<-END
		allow principal:cert-oncall to cert-* as root,app for exec,shell
		allow principal:cert-web    to cert-web as app    for exec
		allow key:cert-named        to cert-db as app     for exec
	END
	key cert-ca
	in_host sh -c "umask 022; cp '$host/keys/cert-ca.pub' '$host_conf/ca.pub'"
	printf 'restrict,pty,command="%s/bin/centerctl-gate" %s\n' "$host_prefix" cert-oncall "$host_prefix" cert-web |
		in_host sh -c "umask 022; cat >'$host_conf/principals'"
	sshd_with "TrustedUserCAKeys $host_conf/ca.pub
AuthorizedPrincipalsFile $host_conf/principals"
}

teardown_file()
{
	containers_gone cert-web cert-db
	sshd_with
	host_clean
}

# certified NAME KEY-ID PRINCIPALS [ssh-keygen's options]: a key with a certificate.
certified()
{
	local name=$1 id=$2 principals=$3
	shift 3
	rm -f "$host/keys/$name" "$host/keys/$name.pub" "$host/keys/$name-cert.pub"
	key "$name"
	ssh-keygen -q -s "$host/keys/cert-ca" -I "$id" -n "$principals" -V -1h:+1h "$@" "$host/keys/$name.pub"
}

@test "a principal opens what its rule says" {
	certified cert-a alice@example cert-oncall
	run gate_ssh cert-a exec cert-web id -un
	assert_status 0
	assert_output root
	run gate_ssh cert-a exec -u app cert-db id -un
	assert_output app
	certified cert-b bob@example cert-web
	run gate_ssh cert-b exec cert-web id -un
	assert_output app
	run gate_ssh cert-b exec cert-db id -un
	assert_status 125
}

@test "the record has the certificate's ID and principals" {
	certified cert-a alice@example cert-oncall,cert-other
	gate_ssh cert-a exec cert-web true
	run audit_all 'select(.event == "start") | [.cert_id, .gate] + .principals | join(" ")'
	assert_says "alice@example true cert-oncall cert-other"
}

@test "a principal that no rule names opens nothing" {
	certified cert-c carol@example cert-nobody
	run gate_ssh cert-c exec cert-web id
	[ "$status" -ne 0 ]
	assert_silent_about uid=
}

@test "an expired certificate and one of another authority open nothing" {
	certified cert-d dave@example cert-oncall -V -2h:-1h
	run gate_ssh cert-d exec cert-web id
	assert_status 255
	key cert-evil-ca
	rm -f "$host/keys/cert-e" "$host/keys/cert-e-cert.pub"
	key cert-e
	ssh-keygen -q -s "$host/keys/cert-evil-ca" -I evil -n cert-oncall "$host/keys/cert-e.pub"
	run gate_ssh cert-e exec cert-web id
	assert_status 255
}

@test "a key ID that looks like somebody's name is not that name" {
	certified cert-f cert-named cert-web
	run gate_ssh cert-f exec cert-db id
	assert_status 125
	certified cert-f "key:cert-named,principal:cert-oncall" cert-web
	run gate_ssh cert-f exec cert-db id
	assert_status 125
	certified cert-f $'x\nprincipals: cert-oncall' cert-web
	run gate_ssh cert-f exec cert-db id
	assert_status 125
}

@test "a principal with odd bytes is not another one" {
	certified cert-g odd "cert-web,cert-oncal,CERT-ONCALL,cert-oncall*,*"
	run gate_ssh cert-g exec cert-db id
	assert_status 125
	run gate_ssh cert-g exec cert-web id -un
	assert_output app
}
