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
	key cert-ca
	key cert-guest-ca
	key cert-reg
	policy <<-END
		allow principal:cert-oncall to cert-* as root,app for exec,shell
		allow principal:cert-web    to cert-web as app    for exec
		allow key:cert-named,key:cert-reg to cert-db as app for exec
		allow key:$(fingerprint cert-reg) to cert-db as app for exec
	END
	in_host sh -c "umask 022; cp '$host/keys/cert-ca.pub' '$host_conf/ca.pub'"
	sshd_with "TrustedUserCAKeys $host_conf/ca.pub
AuthorizedPrincipalsFile $host_conf/principals"
}

setup()
{
	gate=$host_prefix/bin/centerctl-gate
	: | registry
	# As annotated for people, with our paths and principals.
	sed "s,/usr/bin/,$host_prefix/bin/,; s/oncall/cert-oncall/g; s/\<dev\>/cert-web/g" "$host_top/contrib/authorized_keys/principals" | principals
}

teardown_file()
{
	containers_gone cert-web cert-db
	sshd_with
	host_clean
}

principals()
{
	in_host sh -c "umask 022; cat >'$host_conf/principals'"
}

# guests OPTIONS: the second authority, in the registry, with these options.
guests()
{
	echo "cert-authority,restrict,pty,principals=\"cert-web\"${1:+,$1} $(cat "$host/keys/cert-guest-ca.pub")" | registry
}

# certify CA NAME KEY-ID PRINCIPALS [ssh-keygen's options]: a certificate for a key that is there.
certify()
{
	local ca=$1 name=$2 id=$3 principals=$4
	shift 4
	ssh-keygen -q -s "$host/keys/$ca" -I "$id" -n "$principals" -V -1h:+1h "$@" "$host/keys/$name.pub"
}

# certified NAME KEY-ID PRINCIPALS [ssh-keygen's options]: a new key with a certificate.
certified()
{
	certified_by cert-ca "$@"
}

certified_by()
{
	rm -f "$host/keys/$2" "$host/keys/$2.pub" "$host/keys/$2-cert.pub"
	key "$2"
	certify "$@"
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

@test "the record has the certificate's ID and the principals that count" {
	certified cert-a alice@example cert-oncall,cert-other
	gate_ssh cert-a exec cert-web true
	run audit_all 'select(.event == "start") | [.cert_id, .gate] + .principals | join(" ")'
	assert_says "alice@example true cert-oncall"
	assert_silent_about cert-other
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

@test "a principal for which the authority is not trusted does not count, whatever else the certificate says" {
	local principals
	guests "command=\"$gate --principals cert-web\""
	for principals in cert-web,cert-oncall cert-oncall,cert-web; do
		certified_by cert-guest-ca cert-h guest "$principals"
		run gate_ssh cert-h exec cert-web id -un
		assert_output app
		run gate_ssh cert-h exec -u root cert-web id
		assert_status 125
		run gate_ssh cert-h exec cert-db id
		assert_status 125
	done
	# The same through the file of principals: sshd takes the first line that fits.
	echo "restrict,pty,command=\"$gate --principals cert-web\" cert-web" | principals
	certified cert-h guest cert-oncall,cert-web
	run gate_ssh cert-h exec cert-web id -un
	assert_output app
	run gate_ssh cert-h exec cert-db id
	assert_status 125
}

@test "several principals count together where the list has them" {
	echo "restrict,pty,command=\"$gate --principals cert-web,cert-oncall\" cert-web" | principals
	certified cert-i both cert-web,cert-oncall
	run gate_ssh cert-i exec -u root cert-db id -un
	assert_output root
	certified cert-i one cert-web
	run gate_ssh cert-i exec cert-db id
	assert_status 125
}

@test "without --principals one principal counts, and several are refused with what to do" {
	guests "command=\"$gate\""
	printf 'restrict,pty,command="%s" cert-web\n' "$gate" | principals
	local ca
	for ca in cert-guest-ca cert-ca; do
		certified_by "$ca" cert-j one cert-web
		run gate_ssh cert-j exec cert-web id -un
		assert_output app
		certified_by "$ca" cert-j several cert-web,cert-oncall
		run gate_ssh cert-j exec cert-web id
		assert_gate_refused "--principals LIST"
	done
	run in_host "$host_prefix/bin/centerctl" keys check
	assert_status 1
	assert_says "authorized_keys:1: there is no --principals"
	run in_host "$host_prefix/bin/centerctl" doctor
	assert_says "there is no --principals"
}

@test "a list that the client may have typed proves nothing" {
	# Nothing typed: there is no proof that the text is the forced command.
	certified cert-k several cert-web,cert-oncall
	run gate_ssh cert-k
	assert_gate_refused "type one"
	certified cert-k one cert-web
	run gate_ssh cert-k
	assert_says cert-web
	# No forced command: the text is the client's.
	guests
	certified_by cert-guest-ca cert-k guest cert-web,cert-oncall
	run gate_ssh cert-k "$gate --principals cert-web,cert-oncall --container cert-db"
	assert_gate_refused "type one"
	run gate_ssh cert-k "$gate cert-named --container cert-db"
	assert_status 125
}

@test "a forced command that the authority has put into the certificate proves nothing" {
	guests
	certified_by cert-guest-ca cert-l guest cert-web,cert-oncall -O "force-command=$gate --principals cert-web,cert-oncall"
	run gate_ssh cert-l exec cert-db id
	assert_gate_refused "forced command of its own"
	certified_by cert-guest-ca cert-l guest cert-web -O "force-command=$gate cert-named"
	run gate_ssh cert-l exec cert-db id
	assert_gate_refused "forced command of its own"
	certified_by cert-guest-ca cert-l guest cert-web -O "force-command=$gate"
	run gate_ssh cert-l exec cert-web id -un
	assert_output app
}

@test "a certificate of a registered key has neither its name nor its fingerprint's rights" {
	echo "restrict,pty,expiry-time=\"20200101\",from=\"192.0.2.1\",command=\"$gate cert-reg\" $(cat "$host/keys/cert-reg.pub")" | registry
	rm -f "$host/keys/cert-reg-cert.pub"
	run gate_ssh cert-reg exec cert-db id
	assert_status 255
	certify cert-ca cert-reg reg cert-web
	run gate_ssh cert-reg exec cert-web id -un
	assert_output app
	run gate_ssh cert-reg exec cert-db id
	assert_status 125
	# Nor through a forced command that has the name.
	echo "restrict,pty,command=\"$gate cert-reg --principals cert-web\" cert-web" | principals
	run gate_ssh cert-reg exec cert-db id
	assert_gate_refused "registered for another key"
	rm -f "$host/keys/cert-reg-cert.pub"
}

@test "the container of a registered key's line does not bind its certificate, but that of the forced command does" {
	# ssh would offer the plain key first, which sshd takes here.
	local certificate_only=(-o PubkeyAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com)
	gate_key cert-reg "--container cert-db"
	certify cert-ca cert-reg reg cert-web
	run gate_ssh cert-reg "${certificate_only[@]}" exec cert-web id -un
	assert_output app
	echo "restrict,pty,command=\"$gate --principals cert-web --container cert-db\" cert-web" | principals
	run gate_ssh cert-reg "${certificate_only[@]}" id -un
	assert_status 125
	rm -f "$host/keys/cert-reg-cert.pub"
}
