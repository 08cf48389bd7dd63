#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 1: the parser is taken over and uses its connection to the engine, or its messages, to gain what it may not.
# Threat 6, from the inside: what such a centerctl-resolve answers is bounded by the kernel.
# Proves: the filter that lets one GET through (lib/priv or cmd/centerctl-enter, the engine connection), strict decoding
# (lib/proto/answer), and that a centerctl-resolve that misbehaves ends the entry in bounded time.
#
# A program of ours (hostile.c) takes the place of centerctl-resolve: CENTERCTL_LIBEXECDIR of a build with test hooks.

load attack

setup_file()
{
	container filter base sleep 100000
	container beside base sleep 100000
	give filter attacker
	give beside attacker
	take_resolve_over
}

teardown_file()
{
	containers_gone filter beside
}

teardown()
{
	fake_stop
}

# taken_over HOW [ARGUMENT]: an entry whose centerctl-resolve does HOW; the engine is the fake one, which records.
taken_over()
{
	fake_start --template "$(template filter)"
	# It finds out what to do from a file, as its environment and arguments are constant.
	printf '%s\n' "$@" >"$evil/how"
	elapsed_ms env CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl exec -H "$fake" filter sh -c 'echo entered; hostname'
	kill "$fake_pid"
}

@test "an entry through the program in its place works when it does what it should" {
	taken_over honest
	assert_status 0
	assert_says entered
}

@test "no other request than the one GET reaches the engine" {
	local name
	for name in create delete get-other get-list get-exec post-after pipelined lowercase prefix query absolute header body huge split-crlf http10 tab-space \
		second-get upgrade fragment version-evil nul; do
		taken_over request "$name"
		run cat -v "$fake_record"
		if [ -n "$output" ] && ! grep -qE '^GET (/v[0-9.]+)?/containers/filter/json HTTP/1.1' <<<"$(head -n 1 <<<"$output")"; then
			echo "request $name reached the engine: $output" >&2
			return 1
		fi
		# And nothing behind it.
		[ "$(grep -cE '^(GET|POST|PUT|DELETE|HEAD|PATCH|CONNECT|get|post) ?' <<<"$output")" -le 1 ]
		assert_silent_about create
		assert_silent_about evil
		assert_silent_about Upgrade
	done
}

@test "a parser that says nothing, half a message, or too much is given up in bounded time" {
	local how own pids=()
	fake_start --template "$(template filter)"
	# All at once: most of them are waited for. Each has a directory of its own, since what to do stands beside the program.
	for how in silent exit half-header half-payload flood huge-length bad-magic wrong-type twice extra-fd stop; do
		own=$BATS_FILE_TMPDIR/$how
		cp -a "$evil" "$own"
		echo "$how" >"$own/how"
		(
			elapsed_ms env CENTERCTL_LIBEXECDIR="$own" timeout -k 1 20 centerctl exec -H "$fake" filter sh -c 'echo entered; hostname'
			echo "$how: $output" >&2
			assert_status 125 && assert_within_ms 9000 && assert_silent_about entered
		) 3>&- &
		pids+=($!)
	done
	for how in "${pids[@]}"; do
		wait "$how"
	done
	wait_until 3 no_helpers_left
}

@test "a parser that names another process gets no entry" {
	local pid
	for pid in 1 "$$" 0 -1 2 "$(container_pid beside)" 4294967297 99999999; do
		taken_over pid "$pid"
		assert_status 125
		assert_silent_about entered
	done
}

@test "a parser that gives a container another's process gets no entry" {
	taken_over id "$(container_id beside)" "$(container_pid filter)"
	assert_status 125
	assert_silent_about entered
	taken_over id "$(container_id filter)" "$(container_pid beside)"
	assert_status 125
	assert_silent_about entered
	# Both of another container, consistently, is not to be told from the truth: SECURITY.md says so. It is entered as itself.
	taken_over id "$(container_id beside)" "$(container_pid beside)"
	[ "$status" -eq 125 ] || assert_says "$(container_id beside | head -c 12)"
}

@test "a parser that grants every capability and no filter grants nothing" {
	local truth grant
	truth=$(docker exec filter cat /proc/self/status | powers)
	for grant in caps no-caps nnp no-seccomp empty-filter allow-filter root; do
		fake_start --template "$(template filter)"
		printf '%s\n' bundle "$grant" >"$evil/how"
		run env CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl exec -H "$fake" filter cat /proc/self/status
		kill "$fake_pid"
		[ "$status" -eq 125 ] || no_more_than "$truth" "$(powers <<<"$output")" || {
			echo "grant: $grant" >&2
			return 1
		}
	done
}

@test "a filter from a parser that was taken over is kept for no other container" {
	# The kernel cannot say what a filter allows, so one that is wrong is used; it belongs to this container and start alone.
	docker restart -t 0 filter >/dev/null
	local truth
	truth=$(centerctl exec beside /attacker calls)
	fake_start --template "$(template filter)" --set "State.Pid=$(container_pid filter)"
	printf '%s\n' bundle allow-filter >"$evil/how"
	run env CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl exec -H "$fake" filter true
	run centerctl exec beside /attacker calls
	assert_output "$truth"
	docker restart -t 0 filter >/dev/null
	run centerctl exec filter /attacker calls
	assert_output "$truth"
	rm -f "$BATS_FILE_TMPDIR/filter.json"
}

@test "a parser's user is bounded: none outside the range, none that was not asked for by number" {
	taken_over user -1
	assert_status 125
	fake_start --template "$(template filter)"
	printf '%s\n' user 0 >"$evil/how"
	run env CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl exec -H "$fake" -u 1000 filter id -u
	[ "$status" -eq 125 ] || assert_output 1000
}

@test "a parser sees no descriptor but its socket and no environment of the caller's" {
	fake_start --template "$(template filter)"
	echo look >"$evil/how"
	chmod 777 "$evil"
	run env CANARY=1 CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl exec -H "$fake" filter true 7</etc/shadow
	run cat "$evil/seen"
	assert_says "uid 65534"
	assert_says "no_new_privs 1"
	assert_silent_about "descriptor 4"
	assert_silent_about "descriptor 7"
	assert_silent_about CANARY
	run grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb):' "$evil/seen"
	[ "$(grep -vc 0000000000000000 <<<"$(grep -v Bnd <<<"$output")")" -eq 0 ]
}
