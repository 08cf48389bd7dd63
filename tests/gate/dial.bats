# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Ports of containers through sshd: dial, what stands on it (ProxyCommand), and forward --ssh.

load gate

setup_file()
{
	host_start
	policy <<-END
		allow key:dial-any  to dial-* as root for dial
		allow key:dial-some to dial-* as root for dial with ports=7000:other/80
	END
	gate_key dial-any
	gate_key dial-some
	container dial-web base sh -c 'mkdir -p /w; echo page >/w/index.html; httpd -p 127.0.0.1:80 -h /w; nc -ll -p 7000 -e cat & sleep 74203'
}

teardown_file()
{
	containers_gone dial-web
	host_clean
}

# An ssh that finds its way by itself, as a colleague's configuration has it.
own_ssh()
{
	local ssh_options
	host_ssh_options "$1"
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexec /usr/bin/ssh -F none %s "$@"\n' "${ssh_options[*]}" >"$BATS_TEST_TMPDIR/bin/ssh"
	chmod +x "$BATS_TEST_TMPDIR/bin/ssh"
}

@test "a port is reached, and no other than the rule names" {
	run gate_ssh dial-any dial dial-web 7000 <<<hello
	assert_output hello
	run gate_ssh dial-some dial dial-web localhost:7000 <<<hello
	assert_output hello
	run gate_ssh dial-some dial dial-web 80 </dev/null
	assert_gate_refused "ports="
	run gate_ssh dial-any dial dial-web other:80 </dev/null
	assert_gate_refused "ports="
	run gate_ssh dial-any dial dial-web 9 </dev/null
	assert_status 1
	assert_says "connection refused: does it listen there?"
}

@test "bytes arrive whole, both ways" {
	bytes 20 | gate_ssh dial-any dial dial-web 7000 | sum >"$BATS_TEST_TMPDIR/sum"
	[ "$(cat "$BATS_TEST_TMPDIR/sum")" = "$(bytes 20 | sum)" ]
}

@test "ProxyCommand: ssh through a port of a container" {
	# The container passes port 2222 on to nobody: an sshd is looked for, and the banner of what answers there is read.
	docker exec -d dial-web sh -c 'nc -ll -p 2222 -e /bin/echo SSH-1.5-banner'
	own_ssh dial-any
	run in_host env "PATH=$BATS_TEST_TMPDIR/bin:$PATH" /usr/bin/ssh -F none -o BatchMode=yes -o "ProxyCommand=ssh center@127.0.0.1 dial dial-web %p" -p 2222 dial-web true
	assert_status 255
	assert_says "Protocol major versions differ"
}

@test "forward --ssh: a browser's way, from another machine" {
	own_ssh dial-any
	local out=$BATS_TEST_TMPDIR/out port pid
	host_exec=1 in_host env "PATH=$BATS_TEST_TMPDIR/bin:$PATH" "$host_prefix/bin/centerctl" forward --ssh center@127.0.0.1 0:dial-web:80 >"$out" 2>"$out.err" </dev/null 3>&- &
	pid=$!
	wait_until 10 grep -q ^Forwarding "$out"
	port=$(sed -n 's/.*127.0.0.1:\([0-9]*\) -> dial-web:80$/\1/p' "$out")
	run in_host curl -s "http://127.0.0.1:$port/"
	assert_output page
	kill "$pid"
	wait "$pid"
	# What the gate refuses is known before anybody connects.
	run in_host timeout 20 env "PATH=$BATS_TEST_TMPDIR/bin:$PATH" "$host_prefix/bin/centerctl" forward --ssh center@127.0.0.1 0:dial-none:80
	assert_status 125
	assert_says dial-none
	assert_silent_about "Forwarding from"
}
