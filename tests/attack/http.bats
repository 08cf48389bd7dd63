#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 30: hostile HTTP (CVE-2023-38039): what never ends, is too large, lies about its length, or leads elsewhere.
# Proves: the limits on time, headers and body, no redirect and no decoding (lib/engine/http), and the limit on the whole
# wait (cmd/centerctl-enter).

load attack

setup_file()
{
	container http base sleep 100000
}

teardown_file()
{
	containers_gone http
}

teardown()
{
	fake_stop
}

# Starts an engine and an entry for each mode at once, since many of them last until the limit.
start_all()
{
	local mode
	for mode; do
		fake_start --template "$(template http)" --mode "$mode"
		(
			from=$(now_ms)
			code=0
			timeout -k 1 20 centerctl exec -H "$fake" http sh -c 'echo entered' >"$BATS_TEST_TMPDIR/$mode.out" 2>&1 || code=$?
			echo "$code $(($(now_ms) - from))" >"$BATS_TEST_TMPDIR/$mode.code"
		) 3>&- &
		entries="${entries:-} $!"
	done
	# shellcheck disable=SC2086 # words
	wait $entries
}

# Each was refused with one line, in time.
refused_all()
{
	local limit=$1 mode code took text
	shift
	for mode; do
		read -r code took <"$BATS_TEST_TMPDIR/$mode.code"
		text=$(cat "$BATS_TEST_TMPDIR/$mode.out")
		if [ "$code" -ne 125 ] || [ "$took" -gt "$limit" ] || [[ $text != "centerctl: "* || $text == *$'\n'* ]]; then
			echo "$mode: code $code after $took ms: $text" >&2
			return 1
		fi
		if LC_ALL=C grep -q '[^ -~]' <<<"$text"; then
			echo "$mode: bytes for a terminal: $text" >&2
			return 1
		fi
	done
}

@test "an engine that hangs or trickles is given up after five seconds" {
	local modes=(hang hang-headers hang-body slow-headers slow-body)
	start_all "${modes[@]}"
	refused_all 7000 "${modes[@]}"
	wait_until 3 no_helpers_left
}

@test "an answer without an end is cut off" {
	local modes=(endless-headers endless-line endless-chunks endless-body tiny-chunks continues)
	start_all "${modes[@]}"
	refused_all 7000 "${modes[@]}"
}

@test "an answer that lies about its length is refused" {
	local modes=(length-long length-negative length-word bad-chunk)
	start_all "${modes[@]}"
	refused_all 7000 "${modes[@]}"
}

@test "an answer that ends too early is refused at once" {
	local modes=(close-at-once close-headers close-body close-chunk length-short empty)
	start_all "${modes[@]}"
	refused_all 4000 "${modes[@]}"
}

@test "what is not an answer of an engine is refused at once" {
	local modes=(http09 garbage ssh html gzip gzip-bomb huge-headers)
	start_all "${modes[@]}"
	refused_all 4000 "${modes[@]}"
}

@test "each status that is not 200 is refused with its meaning" {
	local modes=(101 204 206 304 400 401 403 404 409 500 500-huge)
	start_all "${modes[@]}"
	refused_all 6000 "${modes[@]}"
}

@test "a redirect is not followed, to wherever it leads" {
	local target
	fake_start --template "$(template http)"
	local second=$fake second_record=$fake_record
	for target in http://localhost/containers/http/json /containers/http/json "file:///etc/passwd" "$second" "http+unix://x" gopher://127.0.0.1; do
		fake_start --mode redirect --redirect "$target"
		run timeout -k 1 20 centerctl exec -H "$fake" http true
		assert_refused ""
		# Not tried and failed, but taken as the answer that it is.
		assert_says 302
		[ "$(grep -c ^GET "$fake_record")" -eq 1 ]
	done
	[ ! -s "$second_record" ]
}

@test "a length beyond all numbers, and two lengths, are refused or do not count" {
	local mode
	for mode in length-huge length-twice; do
		fake_start --template "$(template http)" --mode "$mode"
		elapsed_ms timeout -k 1 20 centerctl exec -H "$fake" http echo entered
		assert_within_ms 7000
		[ "$status" -eq 125 ] || assert_output entered
	done
}

@test "a second answer behind the first changes nothing" {
	fake_start --template "$(template http)" --mode two-answers
	run timeout -k 1 20 centerctl exec -H "$fake" http echo entered
	[ "$status" -eq 125 ] || assert_output entered
}

@test "the same over TCP and over TLS" {
	local modes=(hang hang-body endless-chunks redirect close-body garbage) mode
	local certs=$CENTERCTL_STATE/certs
	# All at once: the time limit of each is what takes time.
	local template pid pids=()
	template=$(template http)
	for mode in "${modes[@]}"; do
		fake_start --listen tcp:127.0.0.1:0 --template "$template" --mode "$mode"
		(
			elapsed_ms timeout -k 1 20 centerctl exec -H "$fake" http true
			echo "$mode: $output" >&2
			assert_refused "" && assert_within_ms 7000
		) 3>&- &
		pids+=($!)
		fake_start --listen tcp:127.0.0.1:0 --template "$template" --mode "$mode" --tls "$certs/server-cert.pem" "$certs/server-key.pem"
		(
			elapsed_ms env DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH="$certs" timeout -k 1 20 centerctl exec -H "$fake" http true
			echo "$mode, TLS: $output" >&2
			assert_refused "" && assert_within_ms 7000
		) 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}
