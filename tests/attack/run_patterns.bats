#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 33: a rule that allows certain commands is talked into others: a shell around them, options, other programs, variables,
# another directory. (What an allowed program may be made to do is not covered, and centerctl.conf(5) says so.)
# Proves: lib/policy/match (run_fits: word by word, argument vectors only), lib/policy/env, and --workdir refused where run decides.

load attack

setup_file()
{
	host_start
	container run-patterns base sleep 100000
	docker exec run-patterns sh -c 'printf "#!/bin/sh\necho evil\n" >/tmp/id; chmod 755 /tmp/id'
	policy <<-END
		allow user:alice,key:run to run-patterns as app for exec run id run "echo ok *" run "pg_dump --format=? *" run 'cat "a b"' with env=COLOUR
	END
	gate_key run
}

teardown_file()
{
	containers_gone run-patterns
	host_clean
}

# Each as argument vectors, words separated by |.
escapes="sh|-c|id
/bin/sh|-c|id
/bin/id
./id
../bin/id
bin/id
id|-u
id|
|id
 id
id 
id;id
id|;|id
ID
busybox|id
env|id
nice|id
nohup|id
sudo|id
timeout|1|id
xargs|id
echo|okay
echo|ok;id
echo
echo ok
echo ok|x
cat|a
cat|a|b
cat|/etc/passwd
pg_dump|--format=cc
pg_dump|--format=
pg_dump|--format|c
pg_dump
vi
-|id"

@test "as arguments of a local caller, none of the escapes runs" {
	local line words
	while IFS= read -r line; do
		IFS='|' read -ra words <<<"$line"
		[ "${line%|}" = "$line" ] || words+=("")
		run as_user alice centerctl exec run-patterns "${words[@]}"
		echo "<$line> $status $output" >&2
		assert_status 125
		assert_says "not permitted"
	done <<<"$escapes"
}

@test "as lines of a key, none of the escapes runs" {
	local line
	gate_ssh run -M -S "$BATS_TEST_TMPDIR/mux" -N -f </dev/null 3>&-
	while IFS= read -r line; do
		run gate_ssh run -S "$BATS_TEST_TMPDIR/mux" "exec run-patterns ${line//|/ }"
		case $line in
		"id " | " id" | "id|" | "|id" | "echo ok|x" | "echo ok") continue ;; # in a line, blanks only separate
		esac
		echo "<$line> $status $output" >&2
		assert_status 125
	done <<<"$escapes"
	for line in 'id | sh' 'id; sh' 'id && sh' '$(id)' '`id`' 'echo ok $(id)' 'echo ok `id`' 'echo ok "$(id)"' 'id >/tmp/x' 'id </etc/passwd' $'id\nsh' 'echo ok; id'; do
		run gate_ssh run -S "$BATS_TEST_TMPDIR/mux" exec run-patterns "$line"
		echo "<$line> $status $output" >&2
		[ "$status" = 125 ] || assert_says 'ok $(id)'
		assert_silent_about uid=
		run gate_ssh run -S "$BATS_TEST_TMPDIR/mux" run-patterns "$line"
		[ "$status" = 125 ] || assert_says 'ok $(id)'
		assert_silent_about uid=
	done
	gate_ssh run -S "$BATS_TEST_TMPDIR/mux" -O exit 2>/dev/null
}

@test "what is allowed runs, and its metacharacters are words" {
	run as_user alice centerctl exec run-patterns id -un
	assert_status 125
	run as_user alice centerctl exec run-patterns id
	assert_says uid=1000
	run as_user alice centerctl exec run-patterns echo ok '; id' '$(id)' '*'
	assert_output 'ok ; id $(id) *'
	run gate_ssh run exec run-patterns "echo ok '; id'"
	assert_output 'ok ; id'
	run as_user alice centerctl exec run-patterns cat "a b"
	assert_status 1
}

@test "neither a shell, nor a directory, nor a variable makes another command of it" {
	run as_user alice centerctl exec run-patterns </dev/null
	assert_status 125
	run as_user alice centerctl exec -w /tmp run-patterns id
	assert_status 125
	assert_silent_about evil
	local name
	for name in PATH LD_PRELOAD LD_LIBRARY_PATH BASH_ENV ENV IFS PYTHONPATH PERL5OPT GIT_SSH_COMMAND PAGER COLOUR2 colour; do
		run as_user alice centerctl exec -e "$name=/tmp" run-patterns id
		echo "$name: $output" >&2
		assert_status 125
		assert_silent_about evil
	done
	run as_user alice centerctl exec -e COLOUR=red run-patterns id
	assert_status 0
	run as_user alice centerctl exec -t run-patterns id </dev/null
	assert_silent_about evil
}

@test "a pattern for a variable that would run another command is an error of the file" {
	local pattern
	for pattern in PATH 'LD_*' '*' 'P*' BASH_ENV '?ATH' IFS; do
		policy <<-END
			allow user:alice to run-patterns as app for exec run id with env=$pattern
		END
		run as_user alice centerctl exec run-patterns id
		assert_status 125
		assert_says centerctl.conf
	done
	policy <<-END
		allow user:alice,key:run to run-patterns as app for exec run id run "echo ok *" run "pg_dump --format=? *" run 'cat "a b"' with env=COLOUR
	END
}
