#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 37 once more: what a denial tells by IDs that are cut, or through an engine that answers loosely. And attempts that
# leave no trace, or too large a one: what the gate itself refuses is written down, in nobody else's name.
# Proves: judge_container, explain_answer and ledger_deny in centerctl-enter, gate_report_refusal in centerctl-gate.

load attack

setup_file()
{
	host_start
	container refusals base sleep 100000
	container refusals-other base sleep 100000
	gate_key refusals
}

setup()
{
	granted
}

teardown()
{
	fake_stop
}

teardown_file()
{
	containers_gone refusals refusals-other
	host_clean
}

# granted [ENGINE]
granted()
{
	policy_as_is <<-END
		engine ${1:-unix://$CENTERCTL_STATE/docker/docker.sock}
		gate center
		allow user:alice   to refusals as app for exec,shell
		allow key:refusals to refusals as app for exec
	END
}

# denied WORD: the one text, for that word.
denied()
{
	assert_status 125
	assert_output "centerctl: $1: not permitted, or there is no such container (ls shows what you may enter)"
}

@test "less than twelve digits of an ID are denied as if there were none, and twelve name the container" {
	local id other n
	id=$(container_id refusals)
	other=$(tr 0-9a-f 1-9a-f0 <<<"$id")
	for n in 1 2 3 4 7 10 11; do
		run as_user alice centerctl exec "${id:0:n}" id -un
		denied "${id:0:n}"
		run as_user alice centerctl exec "${other:0:n}" id -un
		denied "${other:0:n}"
		run gate_ssh refusals exec "${id:0:n}" id -un
		denied "${id:0:n}"
	done
	for n in 12 13 40 64; do
		run as_user alice centerctl exec "${id:0:n}" id -un
		assert_status 0
		assert_output app
	done
	run gate_ssh refusals exec "${id:0:12}" id -un
	assert_output app
	# Root is not kept from it.
	run in_host env "DOCKER_HOST=$DOCKER_HOST" "$host_prefix/bin/centerctl" exec "${id:0:6}" echo root
	assert_output root
}

# loosely OPTIONS...: what alice and root are told by an engine that answers so.
loosely()
{
	fake_start "$@"
	granted "$fake"
	run as_user alice centerctl exec refusals id
	echo "$* -> $output" >&2
	denied refusals
	run audit_last '[.event, .user, .target] | join(" ")'
	assert_output "deny alice refusals"
	run audit_last .reason
	echo "$* -> $output" >&2
	[ ${#output} -gt 10 ]
	assert_silent_about "no rule"
	run in_host env "DOCKER_HOST=$fake" "$host_prefix/bin/centerctl" exec refusals id
	assert_status 125
	assert_silent_about "not permitted, or"
	fake_stop
}

@test "an engine that answers for another container, with garbage or with an error tells a caller nothing, and the log why" {
	printf '{"Id": 7, "garbage' >"$BATS_TEST_TMPDIR/garbage"
	loosely --template "$(template refusals-other)"
	loosely --raw "$BATS_TEST_TMPDIR/garbage"
	loosely --template "$(template refusals)" --set 'Id="short"'
	loosely --template "$(template refusals)" --drop Id
	local mode
	for mode in 500 garbage html empty close-at-once close-body length-negative redirect; do
		loosely --template "$(template refusals)" --mode $mode
	done
}

@test "asking for a process is written down" {
	local word
	for word in pid:1 pid:99999; do
		run as_user alice centerctl exec "$word" id
		assert_status 125
		assert_silent_about uid=
		run audit_last '[.event, .user, .target, .reason] | join(" ")'
		assert_output "deny alice $word $word: only root may enter by a process number: name the container"
	done
}

@test "a denial's record is short however much was typed" {
	local long before after
	long=$(printf 'x%.0s' {1..100000})
	before=$(in_host stat -c %s "$host_log/audit.jsonl")
	# shellcheck disable=SC2046 # words
	run as_user alice centerctl exec refusals-other "$long" $(seq 10000)
	assert_status 125
	after=$(in_host stat -c %s "$host_log/audit.jsonl")
	[ $((after - before)) -le 4500 ]
	[ "$(audit_last .cut)" = true ]
	[ "$(audit_last .argc)" = 10001 ]
	before=$after
	run gate_ssh refusals exec refusals-other "$long"
	assert_status 125
	run gate_ssh refusals "'$long"
	assert_status 125
	run as_user alice centerctl exec "$long" id
	assert_status 125
	after=$(in_host stat -c %s "$host_log/audit.jsonl")
	[ $((after - before)) -le 13500 ]
	# What was let in is recorded whole.
	run as_user alice centerctl exec refusals true $(seq 2000)
	assert_status 0
	run audit_all 'select(.event == "start") | .argv | length'
	[ "$(tail -n 1 <<<"$output")" = 2001 ]
}

# gate_refused REASON LINE: the last record says so, of that key.
gate_refused()
{
	assert_status 125
	run audit_last '[.event, .user, .gate, .fingerprint, .verb, .argv[0]] | map(tostring) | join(" ")'
	assert_output "deny center true $(fingerprint "${3:-refusals}") refused $2"
	run audit_last .reason
	assert_says "$1"
}

@test "what the gate itself refuses is written down with the key and the reason" {
	run gate_ssh refusals "exec 'refusals id"
	gate_refused "quot" "exec 'refusals id"
	[ "$(audit_last .key)" = refusals ]
	[ "$(audit_last .address)" = 127.0.0.1 ]
	run gate_ssh refusals exec --nonsense refusals id
	gate_refused "--nonsense" "exec --nonsense refusals id"
	[ "$(audit_last .key)" = refusals ]
	run gate_ssh refusals exec --preserve-fds 1 refusals id
	gate_refused "--preserve-fds" "exec --preserve-fds 1 refusals id"
	run gate_ssh refusals exec pid:1 id
	assert_status 125
	[ "$(audit_last '[.event, .key] | join(" ")')" = "deny refusals" ]
}

@test "keys whose lines disagree with the registry or have no command are written down" {
	key refusals-named
	key refusals-bare
	echo "restrict,pty,command=\"$host_prefix/bin/centerctl-gate refusals extra words\" $(cat "$host/keys/refusals-named.pub")" | registry_line
	run gate_ssh refusals-named exec refusals id
	assert_status 125
	gate_refused "centerctl-gate takes one name" "exec refusals id" refusals-named
	: | registry
	echo "restrict,pty,command=\"$host_prefix/bin/centerctl-gate --container refusals --container x/y refusals\" $(cat "$host/keys/refusals-named.pub")" | registry_line
	run gate_ssh refusals-named exec refusals id
	gate_refused "no container's name" "exec refusals id" refusals-named
	echo "restrict,pty $(cat "$host/keys/refusals-bare.pub")" | registry_line
	run gate_ssh refusals-bare exec refusals id
	gate_refused "" "exec refusals id" refusals-bare
}

@test "no account writes such records in a key's name" {
	local name
	for name in alice mallory; do
		run as_user "$name" env "FORGER_REFUSED=a line" "$(forger)" "$CENTERCTL_LIBEXEC/centerctl-enter" refusals "$(fingerprint refusals)" "a reason" x
		assert_status 125
		run audit_last '[.event, .user, (.gate // false), .key, .claim.key] | map(tostring) | join(" ")'
		assert_output "deny $name false null refusals"
		run audit_last .reason
		assert_output "this account is not a gate"
	done
}
