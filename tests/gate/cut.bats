#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What is left when a connection ends in the middle: nothing inside within 2 s, and a closed record. And how much many
# sessions at once take.

load gate

setup_file()
{
	host_start
	container cut-web base sleep 100000
	policy <<-END
		allow key:cut to cut-web as app for exec,shell
	END
	gate_key cut
}

teardown_file()
{
	containers_gone cut-web
	host_clean
}

teardown()
{
	[ -z "${relay:-}" ] || kill -KILL "$relay" 2>/dev/null || true
	[ -z "${reconfigured:-}" ] || sshd_with
	rm -f -- "${auth_files[@]}"
}

# begin NUMBER [ssh's options]: a session that sleeps NUMBER seconds in the container; sets $ssh_pid.
begin()
{
	local number=$1
	shift
	host_exec=1 gate_ssh cut "$@" exec cut-web sleep "$number" </dev/null >/dev/null 2>&1 3>&- &
	wait_until 10 process_with sleep "$number"
	ssh_pid=$(pgrep -f "^ssh -F none .*sleep $number\$")
}

# gone NUMBER: within 2 s nothing of it is left inside, and its record is closed.
gone()
{
	wait_until_not 2 process_with sleep "$1"
	wait_until 2 closed "$1"
	wait_until 2 no_gates_left
}

closed()
{
	local session
	session=$(audit_all "select(.argv? == [\"sleep\", \"$1\"]) | .session" | tail -n 1)
	[ -n "$session" ] && [ "$(audit_all "select(.session == \"$session\") | .event" | tail -n 1)" = end ]
}

# PIDs of the two processes of sshd above the session that sleeps NUMBER seconds: that of the account, that of root. What they leave when
# they are killed is teardown's.
sshd_of()
{
	local gate
	gate=$(gate_pid)
	auth_files+=("$(host_auth_file "$gate")")
	account_sshd=$(awk '$1 == "PPid:" { print $2 }' "/proc/$gate/status")
	root_sshd=$(awk '$1 == "PPid:" { print $2 }' "/proc/$account_sshd/status")
	[ "$(awk '$1 == "Uid:" { print $2 }' "/proc/$root_sshd/status")" = 0 ]
	[ "$(cat "/proc/$account_sshd/comm")" = sshd ] || [ "$(cat "/proc/$account_sshd/comm")" = sshd-session ]
}

@test "nothing is left after ssh was killed" {
	begin 31.01
	kill -KILL "$ssh_pid"
	gone 31.01
	begin 31.02 -tt
	kill -KILL "$ssh_pid"
	gone 31.02
}

@test "nothing is left after sshd's process of the session was killed" {
	begin 31.03
	sshd_of
	kill -KILL "$account_sshd"
	gone 31.03
	begin 31.04 -tt
	sshd_of
	kill -KILL "$account_sshd"
	gone 31.04
}

@test "nothing is left after all of sshd's processes of the session were killed" {
	begin 31.05
	sshd_of
	kill -KILL "$root_sshd" "$account_sshd"
	gone 31.05
	begin 31.06 -tt
	sshd_of
	kill -KILL "$root_sshd" "$account_sshd"
	gone 31.06
}

@test "nothing is left after the gate was killed" {
	begin 31.07
	kill -KILL "$(gate_pid)"
	gone 31.07
}

# A link between client and sshd that can be cut.
relay_start()
{
	host_exec=1 in_host socat TCP-LISTEN:2222,bind=127.0.0.1,reuseaddr TCP:127.0.0.1:22 </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 in_host sh -c 'ss -Hltn "sport = :2222" | grep -q .'
	relay=$(pgrep -f '^socat TCP-LISTEN:2222')
	disown -a
}

@test "nothing is left after the connection was torn" {
	relay_start
	begin 31.08 -p 2222 -o HostKeyAlias=127.0.0.1
	kill -KILL "$relay"
	gone 31.08
}

@test "nothing is left after the link fell silent and sshd noticed" {
	reconfigured=1
	sshd_with "ClientAliveInterval 1
ClientAliveCountMax 1"
	relay_start
	begin 31.09 -tt -p 2222 -o HostKeyAlias=127.0.0.1
	kill -STOP "$relay"
	wait_until_not 6 process_with sleep 31.09
	wait_until 2 closed 31.09
	wait_until 2 no_gates_left
	kill -KILL "$relay"
}

@test "what ignores a hang-up inside is gone too" {
	host_exec=1 gate_ssh cut -tt exec cut-web sh -c "'trap \"\" HUP TERM INT; sleep 31.11; sleep 31.12'" </dev/null >/dev/null 2>&1 3>&- &
	wait_until 10 process_with sleep 31.11
	kill -KILL "$(pgrep -f '^ssh -F none .*sleep 31.11')"
	wait_until_not 2 process_with sleep 31.11
	run ! process_with sleep 31.12
	wait_until 2 no_gates_left
}

ptys()
{
	cat /proc/sys/kernel/pty/nr
}

ptys_at_most()
{
	[ "$(ptys)" -le "$1" ]
}

# Private memory of whatever of centerctl runs, in KiB.
gates_memory()
{
	local pid
	for pid in $(gates_left); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '/^Private_(Clean|Dirty):/ { n += $2 } END { print n + 0 }'
}

@test "many sessions at once all succeed, take at most 4 MiB each, and leave nothing" {
	local n count=60 before up=0 memory engine_fds
	! long || count=500
	before=$(ptys)
	engine_fds=$(find "/proc/$(cat "$CENTERCTL_STATE/docker/pids/dockerd")/fd" | wc -l)
	docker exec cut-web sh -c 'rm -f /hold; mkfifo /hold; chmod 666 /hold'
	for ((n = 0; n < count; n++)); do
		local tty=-T
		[ $((n % 3)) != 0 ] || tty=-tt
		host_exec=1 gate_ssh cut $tty exec cut-web sh -c "'echo up; read line </hold; exit 7'" </dev/null >"$BATS_TEST_TMPDIR/out.$n" 2>&1 3>&- &
		echo $! >>"$BATS_TEST_TMPDIR/pids"
	done
	wait_until 100 all_up $count
	memory=$(gates_memory)
	echo "$count sessions: $memory KiB private" >&2
	[ "$memory" -gt 0 ]
	[ $((memory / count)) -le 4096 ]
	docker exec cut-web sh -c ': >/hold'
	local pid bad=0
	while read -r pid; do
		n=0
		wait "$pid" || n=$?
		[ $n = 7 ] || bad=$((bad + 1))
	done <"$BATS_TEST_TMPDIR/pids"
	[ "$bad" = 0 ]
	wait_until 5 no_gates_left
	wait_until 10 ptys_at_most "$before"
	[ "$(find "/proc/$(cat "$CENTERCTL_STATE/docker/pids/dockerd")/fd" | wc -l)" -le $((engine_fds + 5)) ]
}

all_up()
{
	[ "$(grep -l up "$BATS_TEST_TMPDIR"/out.* | wc -l)" = "$1" ]
}
