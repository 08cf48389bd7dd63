# SPDX-License-Identifier: ISC
# shellcheck shell=bash
load cli

# start STEP...: a session in the background, with the signals that a shell makes its background jobs ignore as a person's
# shell has them; its process is $front.
start()
{
	steps "$@"
	env --default-signal=INT,QUIT centerctl exec web 2>err &
	front=$!
}

# finish CODE: it ends with this code.
finish()
{
	local code=0
	wait "$front" || code=$?
	[ "$code" = "$1" ] || { echo "exit code $code, not $1: $(cat err)" >&2; return 1; }
}

@test "the exit code is centerctl-enter's" {
	for code in 0 1 42 124 126 127 137 255; do
		steps "started 4" "exit $code"
		run -"$code" centerctl exec web
		assert_output ""
	done
	steps "started 4" "exit 125"
	run centerctl exec web
	assert_status 125
	assert_output ""
}

@test "why nothing was entered is said in one line" {
	steps "error 125 no such container: web" "exit 125"
	run centerctl exec web
	assert_refused "centerctl: no such container: web"
	steps "error 127 sh: not found in the container" "exit 127"
	run -127 centerctl exec web sh
	assert_output "centerctl: sh: not found in the container"
}

@test "a refusal before the request is read is heard" {
	steps early "error 125 must be root" "exit 125"
	run centerctl exec web
	assert_refused "must be root"
	args=()
	for _ in {1..20}; do args+=("$(printf 'x%.0s' {1..100000})"); done
	run centerctl exec web "${args[@]}"
	assert_refused "must be root"
}

@test "messages cannot write to the terminal what they like" {
	steps "$(printf 'error 125 a\\x1b b\e[31mc\x9b \xc3\xa9')" "exit 125"
	run centerctl exec web
	assert_output 'centerctl: a\x1b b\x1b[31mc\x9b é'
}

@test "warnings are said and do not end the session" {
	steps "warning something is odd" "started 4" "pause 200" "say hello" "exit 3"
	run centerctl exec web
	assert_status 3
	assert_output "$(printf 'centerctl: warning: something is odd\nhello')"
}

@test "a silent refusal still says something" {
	steps "exit 125"
	run centerctl exec web
	assert_refused "centerctl-enter refused without saying why"
}

@test "centerctl-enter's death by a signal is said" {
	steps "started 4" "kill 9"
	run centerctl exec web
	assert_refused "centerctl-enter died by signal 9 (Killed)"
	steps "kill 15"
	run centerctl exec web
	assert_refused "centerctl-enter died by signal 15 (Terminated)"
}

@test "messages that are none end the session" {
	steps "garbage" "until eof" "exit 125"
	run centerctl exec web
	assert_refused "centerctl-enter's messages cannot be understood"
}

@test "a centerctl-enter that is not there is said" {
	CENTERCTL_LIBEXECDIR=$PWD/none refuses "cannot run $PWD/none/centerctl-enter (is centerctl installed completely?): No such file" web
	mkdir none
	echo '#!/bin/sh' >none/centerctl-enter
	CENTERCTL_LIBEXECDIR=$PWD/none refuses "centerctl-enter (is centerctl installed completely?): Permission denied" web
}

@test "every signal that may be sent reaches the command" {
	start "started 4" "until signal 1" "until signal 2" "until signal 3" "until signal 15" "until signal 10" "until signal 12" \
		"until signal 14" "until signal 28" "until signal 18" "until signal 40" "until signal 6" "exit 7"
	wait_until 5 log_has "keys="
	sleep 0.2
	for number in 1 2 3 15 10 12 14 28 18 40 6; do
		kill -"$number" "$front"
		wait_until 5 log_has "signal $number"
	done
	finish 7
}

@test "signals that were ignored at the start stay ignored" {
	steps "started 4" until "exit 0"
	(
		trap '' HUP
		exec centerctl exec web
	) &
	front=$!
	wait_until 5 log_has "keys="
	sleep 0.1
	kill -HUP "$front"
	sleep 0.1
	run log_has "signal 1"
	[ "$status" != 0 ]
	kill -USR1 "$front"
	wait "$front"
	run grep '^signal' log
	assert_output "signal 10"
}

@test "before the command runs, a signal gives up" {
	for signal in INT:2 TERM:15 HUP:1 QUIT:3; do
		rm -f log
		start "until eof" "error 125 the caller has gone" "exit 125"
		wait_until 5 log_has "keys="
		kill -"${signal%:*}" "$front"
		finish $((128 + ${signal#*:}))
		[ ! -s err ]
		assert_log_has eof
	done
}

@test "a second signal does not wait for a centerctl-enter that hangs" {
	start "until eof" "pause 3000"
	wait_until 5 log_has "keys="
	kill -TERM "$front"
	wait_until 5 log_has eof
	from=$(now_ms)
	kill -TERM "$front"
	finish 143
	[ $(($(now_ms) - from)) -lt 2000 ]
}

@test "other signals wait until the command runs" {
	start "pause 300" "started 4" until "exit 0"
	wait_until 5 log_has "keys="
	kill -USR2 "$front"
	finish 0
	assert_log_has "signal 12"
}

@test "detaching ends the front alone" {
	steps "started 4" detached "pause 500" "say late"
	elapsed_ms centerctl exec -d web >/dev/null
	assert_status 0
	start "started 4" detached "until eof" "pause 200" "exit 9"
	finish 0
	wait_until 2 log_has eof
}

@test "the pid file holds the command's process once it runs" {
	steps "started 4711" "exit 0"
	umask 077
	run centerctl exec --pid-file p web
	assert_status 0
	[ "$(cat p)" = 4711 ]
	[ "$(stat -c %a p)" = 644 ]
	steps "started 4712" "exit 0"
	centerctl exec --pid-file p web
	[ "$(cat p)" = 4712 ]
	[ "$(ls)" = "$(printf '%s\n' bin home libexec log p)" ]
}

@test "no pid file is left when nothing was entered" {
	steps "error 125 no" "exit 125"
	run centerctl exec --pid-file p web
	assert_status 125
	[ "$(ls)" = "$(printf '%s\n' bin home libexec log)" ]
}

@test "a pid file that cannot be written is an error before anything is entered" {
	mkdir d
	refuses "cannot write --pid-file none/p: No such file or directory" --pid-file none/p web
	refuses "--pid-file d is there already, and no regular file" --pid-file d web
	refuses "--pid-file /dev/null is there already" --pid-file /dev/null web
	ln -s target link
	refuses "--pid-file link is there already" --pid-file link web
	refuses "--pid-file: the file's name is empty" --pid-file= web
}

@test "what would be entered is shown as text" {
	steps show
	run centerctl exec --show web
	assert_status 0
	assert_logged verb 2
	assert_logged tty 0
	assert_logged stdin 0
	want=$(cat <<'T'
target
  name               web
  id                 0123"\\\x1b[31m

capabilities
  bounding           chown,kill                                    = init
  effective                                                        init: chown
T
	)
	assert_output "$want"
}

@test "what would be entered is shown as JSON" {
	steps show
	run centerctl exec --show --json web
	assert_status 0
	run jq -c . <<<"$output"
	assert_output '{"target":{"name":{"entry":"web","init":null},"id":{"entry":"0123\"\\\u001b[31m","init":null}},"capabilities":{"bounding":{"entry":["chown,kill"],"init":["chown,kill"]},"effective":{"entry":[],"init":["chown"]}}}'
}

@test "output that nobody takes is an error" {
	steps show
	run bash -c 'centerctl exec --show web >/dev/full'
	assert_refused "cannot be shown: No space left on device"
}

@test "a waiting session costs little private memory" {
	! grep -q __asan_init "$build/cmd/centerctl/centerctl" || skip "ASan has its own memory"
	start "started 4" until "exit 0"
	wait_until 5 log_has "keys="
	sleep 0.1
	# Pages of the program itself are the page cache's: they count here only as long as nobody else runs it.
	kib=$(awk '/^Private_Dirty/ { n += $2 } END { print n }' "/proc/$front/smaps_rollup")
	kill -TERM "$front"
	finish 0
	echo "$kib KiB" >&2
	[ "$kib" -gt 0 ]
	[ "$kib" -lt 250 ]
}
