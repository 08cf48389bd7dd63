#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 1, from outside: with forwarding, a key for one container reaches docker.sock, which is root on the host.
# Proves: `restrict` in the registry's lines, and DisableForwarding in sshd's block for the gate account; either of them is enough.

load attack

setup_file()
{
	host_start
	container forwarding base sleep 100000
	policy <<-END
		allow key:forwarding to forwarding as app for exec,shell
		allow key:forwarding-free to forwarding as app for exec,shell
	END
	gate_key forwarding
	# A line as somebody might have written it.
	key forwarding-free
	echo "command=\"$host_prefix/bin/centerctl-gate forwarding-free\" $(cat "$host/keys/forwarding-free.pub")" | registry_line
	host_exec=1 in_host socat "UNIX-LISTEN:$host/fake-docker.sock,fork,mode=666" EXEC:'echo reached' </dev/null >/dev/null 2>&1 3>&- &
	host_exec=1 in_host socat TCP-LISTEN:2375,bind=127.0.0.1,fork,reuseaddr EXEC:'echo reached' </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 in_host socat -u TCP:127.0.0.1:2375 STDOUT
}

teardown_file()
{
	pkill -f "^socat (UNIX-LISTEN:$host/fake-docker.sock|TCP-LISTEN:2375,bind=127.0.0.1,fork,reuseaddr EXEC)" || true
	rm -f "$host/fake-docker.sock"
	containers_gone forwarding
	sshd_with
	host_clean
}

# forwards KEY ssh's OPTION: what comes through the local end, if there is one.
forwards()
{
	local end=$BATS_TEST_TMPDIR/end ssh_options ssh
	rm -f "$end"
	host_ssh_options "$1"
	host_exec=1 in_host ssh -F none "${ssh_options[@]}" -o ExitOnForwardFailure=yes -N "${@:2}" center@127.0.0.1 </dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	ssh=$!
	wait_until 2 in_host sh -c "test ! -e /proc/$ssh || test -S '$end' || ss -Hltn 'sport = :9900' | grep -q ." || true
	if [ -S "$end" ]; then
		in_host timeout 3 socat -u "UNIX-CONNECT:$end" STDOUT 2>/dev/null || true
	else
		in_host timeout 3 socat -u TCP:127.0.0.1:9900 STDOUT 2>/dev/null || true
	fi
	kill "$ssh" 2>/dev/null || true
	wait "$ssh" || true
}

nothing_forwarded()
{
	local key
	for key in "$@"; do
		run forwards "$key" -L 9900:127.0.0.1:2375
		assert_silent_about reached
		run forwards "$key" -L "9900:$host/fake-docker.sock"
		assert_silent_about reached
		run forwards "$key" -L "$BATS_TEST_TMPDIR/end:$host/fake-docker.sock"
		assert_silent_about reached
		run forwards "$key" -R 9900:127.0.0.1:2375
		assert_silent_about reached
		run forwards "$key" -R "/tmp/centerctl-forwarded:127.0.0.1:2375"
		[ ! -e /tmp/centerctl-forwarded ]
		socks "$key"
		run gate_ssh "$key" -W 127.0.0.1:2375
		assert_silent_about reached
		run gate_ssh "$key" -o Tunnel=yes -w any:any exec forwarding true
		run in_host ip link
		assert_silent_about tun
	done
}

socks()
{
	local ssh
	host_exec=1 gate_ssh "$1" -N -D 9901 </dev/null >/dev/null 2>&1 3>&- &
	ssh=$!
	wait_until 3 in_host sh -c "ss -Hltn 'sport = :9901' | grep -q ."
	run in_host timeout 3 curl -s --socks5 127.0.0.1:9901 http://127.0.0.1:2375/
	assert_silent_about reached
	kill "$ssh"
	wait "$ssh" || true
}

@test "with the documented configuration nothing is forwarded, whatever the key's line says" {
	nothing_forwarded forwarding forwarding-free
}

@test "with a restricted key nothing is forwarded, whatever sshd's configuration says" {
	sshd_with "DisableForwarding no
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
PermitTunnel yes
GatewayPorts yes"
	nothing_forwarded forwarding
	# And the test can tell: without both, everything is.
	run forwards forwarding-free -L 9900:127.0.0.1:2375
	assert_says reached
	sshd_with
}

@test "neither agent nor display come along" {
	local agent=$BATS_TEST_TMPDIR/agent pid
	pid=$(ssh-agent -a "$agent" | sed -nE 's/.*SSH_AGENT_PID=([0-9]+);.*/\1/p')
	run in_host env "SSH_AUTH_SOCK=$agent" DISPLAY=:7 ssh -F none -A -X -i "$host/keys/forwarding" -o "UserKnownHostsFile=$host/known_hosts" -o LogLevel=ERROR \
		center@127.0.0.1 exec forwarding env
	kill "$pid"
	assert_status 0
	assert_silent_about SSH_
	assert_silent_about DISPLAY
}

@test "the gate account is in no group but its own, and no engine answers it" {
	[ "$(in_host id -Gn center)" = center ]
	run in_host setpriv --reuid center --regid center --init-groups curl -s --unix-socket "$CENTERCTL_STATE/docker/docker.sock" http://x/version
	[ "$status" -ne 0 ]
	assert_output ""
}
