# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# pty.py ends with 98 when the terminal's modes at the end are not those of the beginning.
load cli

front_process()
{
	logged front
}

@test "a terminal at both ends gives the command one, of the same size" {
	steps "exit 0"
	run pty size 33x101 -- centerctl exec web
	assert_status 0
	assert_logged tty 1
	assert_logged rows 33
	assert_logged cols 101
	assert_logged term xterm-256color
}

@test "without a terminal at one end the command gets none" {
	steps "exit 0"
	for words in "web </dev/null" "web | cat" "-T web" "-n web" "-d web"; do
		rm -f log
		run pty -- sh -c "centerctl exec $words"
		assert_status 0
		assert_logged tty 0
	done
	rm log
	run pty -- sh -c "centerctl exec -t web </dev/null"
	assert_logged tty 1
}

@test "the size comes from whichever terminal there is" {
	steps "exit 0"
	run pty size 44x90 -- sh -c 'centerctl exec -t web </dev/null >out 2>&1'
	assert_logged rows 24
	rm log
	run pty size 44x90 -- sh -c 'centerctl exec -t web </dev/null >out'
	assert_logged rows 44
}

@test "the terminal is raw while the command runs, and restored afterwards" {
	steps ignore "pause 100" mode "started 4" "until ready" mode "say in" "until signal 10" "exit 5"
	run pty expect in raw signal USR1 -- centerctl exec web
	assert_status 5
	assert_log_has "mode cooked"
	assert_log_has "mode raw"
}

@test "the terminal is restored when centerctl-enter is killed" {
	steps ignore "started 4" "until ready" "kill 9"
	run pty -- centerctl exec web
	assert_status 125
	assert_says "centerctl-enter died by signal 9 (Killed)"
}

@test "the terminal is restored before an error is written" {
	steps ignore "started 4" "until ready" "error 125 it went away" "pause 100" mode "exit 125"
	run pty -- centerctl exec web
	assert_status 125
	assert_says "$(printf 'centerctl: it went away\r')"
	assert_log_has "mode cooked"
}

@test "a warning on a raw terminal begins the next line at its left" {
	steps ignore "started 4" "until ready" "warning odd" "pause 100" "say x" "exit 0"
	run pty -- centerctl exec web
	assert_says "$(printf 'centerctl: warning: odd\r')"
}

@test "the terminal is restored after a crash of our own" {
	! grep -q __asan_init "$build/cmd/centerctl/centerctl" || skip "ASan has its own handlers"
	for signal in SEGV BUS FPE; do
		steps ignore "started 4" "until ready" "say in" "until eof"
		run pty expect in raw signal "$signal" -- centerctl exec web
		assert_status $((128 + $(kill -l "$signal")))
	done
}

@test "the terminal is restored after detaching" {
	steps ignore "started 4" "until ready" "say in" detached "until eof"
	run pty expect in -- centerctl exec --detach-keys ctrl-p web
	assert_status 0
}

@test "without stdin the terminal stays as it is, and Ctrl-C is a signal" {
	steps ignore "started 4" "until ready" mode "say in" "until signal 2" "exit 3"
	run pty expect in cooked send '\x03' -- centerctl exec -n -t web
	assert_status 3
	assert_log_has "mode cooked"
}

@test "Ctrl-C reaches a command without a terminal as a signal" {
	steps ignore "started 4" "say in" "until signal 2" "exit 130"
	run pty expect in send '\x03' -- centerctl exec -T web
	assert_status 130
}

@test "a new size reaches the command" {
	steps ignore "started 4" "until ready" "say in" "until resize 50x100" "say more" "until resize 20x60" "exit 0"
	run pty expect in size 50x100 expect more size 20x60 -- centerctl exec web
	assert_status 0
}

@test "after a storm of sizes the last one is right" {
	steps ignore "started 4" "until ready" "say in" "until resize 61x133" "exit 0"
	run pty expect in times 1000 61x133 -- centerctl exec web
	assert_status 0
}

@test "a size that changed before the command ran is made good" {
	steps ignore "say in" "pause 300" "started 4" "until resize 40x70" "until ready" "exit 0"
	run pty expect in size 40x70 -- centerctl exec web
	assert_status 0
}

@test "after STOP and CONT the terminal is raw again and the size is told" {
	steps ignore "started 4" "until ready" "say in" "pause 300" cook mode "say cooked" "until resize 24x80" "until signal 18" \
		"pause 100" mode "exit 0"
	run pty expect in raw signal STOP expect cooked pause 0.1 signal CONT raw -- centerctl exec web
	assert_status 0
	[ "$(grep '^mode' log)" = "$(printf 'mode cooked\nmode raw')" ]
}

@test "Ctrl-Z stops a command that has no terminal, and fg continues it" {
	steps ignore "started 4" "say in" "until signal 19" "until signal 18" "say on" "until signal 2" "exit 0"
	# shellcheck disable=SC2016
	run pty expect 'ready> ' send 'centerctl exec -T web\r' expect 'in\r' send '\x1a' expect 'Stopped' expect 'ready> ' \
		send 'fg\r' expect 'on\r' send '\x03' expect 'ready> ' send 'echo code=$?\r' expect 'code=0' send 'exit\r' \
		-- env PS1='ready> ' bash --norc --noprofile -i
	assert_status 0
}

@test "a stop from outside gives the terminal back until the job continues" {
	steps ignore "started 4" "until ready" "say in" "until signal 18" "say on" "until signal 10" "exit 0"
	(
		wait_until 5 log_has ready
		sleep 0.2
		kill -TSTP "$(front_process)"
		wait_until 10 log_has "signal 18"
		sleep 0.2
		kill -USR1 "$(front_process)"
	) &
	run pty expect 'ready> ' send 'centerctl exec web\r' expect 'in\n' raw expect 'Stopped' expect 'ready> ' send 'stty -a\r' \
		expect ' icanon' expect 'ready> ' send 'fg\r' expect 'on\n' raw expect 'ready> ' send 'exit\r' \
		-- env PS1='ready> ' bash --norc --noprofile --noediting -i
	assert_status 0
}

@test "a session that begins in the background waits for fg" {
	steps ignore "started 4" "until ready" "say in" "until signal 10" "exit 0"
	(
		wait_until 10 log_has ready
		sleep 0.2
		kill -USR1 "$(front_process)"
	) &
	run pty expect 'ready> ' send 'centerctl exec web &\r' expect 'ready> ' pause 0.5 send '\r' expect 'Stopped' send 'fg\r' expect 'in\n' \
		raw expect 'ready> ' send 'exit\r' -- env PS1='ready> ' bash --norc --noprofile --noediting -i
	assert_status 0
}

@test "a signal for stopping does no harm where nobody could continue" {
	steps ignore "started 4" "say in" "until signal 18" "exit 0"
	run pty expect in signal TSTP -- centerctl exec -T web
	assert_status 0
	assert_log_has "signal 19"
}

@test "a hang-up of the terminal ends the session" {
	steps ignore "started 4" "until ready" "say in" "until eof" "exit 129"
	run pty expect in hangup -- centerctl exec web
	assert_status 129
	assert_log_has "signal 1"
	assert_log_has eof
	rm log
	steps ignore "started 4" "say in" "until eof" "exit 129"
	run pty expect in hangup -- centerctl exec -T web
	assert_status 129
	assert_log_has "signal 1"
}

@test "HUP from somebody is a signal like others" {
	steps ignore "started 4" "until ready" "say in" "until signal 1" "until signal 10" "exit 0"
	run pty expect in signal HUP pause 0.2 signal USR1 -- centerctl exec web
	assert_status 0
}
