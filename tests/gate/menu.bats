#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Nothing typed, with a terminal: a numbered menu of what may be entered.

load gate

setup_file()
{
	host_start
	container menu-one base sleep 100000
	container menu-two base sleep 100000
	container menu-stopped base true
	container menu-other base sleep 100000
	policy <<-END
		deny  *            to menu-other
		allow key:menu     to menu-*       as app  for exec,shell
		allow key:menu-one to menu-one     as app  for exec,shell
		allow key:menu-two to menu-no-such as app  for shell
	END
	gate_key menu
	gate_key menu-one
	gate_key menu-two
}

teardown_file()
{
	containers_gone menu-one menu-two menu-stopped menu-other
	host_clean
}

# person KEY STEPS...: somebody at a terminal who types `ssh center@host`.
person()
{
	local key=$1 ssh_options
	shift
	host_ssh_options "$key"
	pty "$@" -- nsenter -t "$(cat "$host/holder")" --mount --net -- ssh -F none "${ssh_options[@]}" center@127.0.0.1
}

# The number that the menu gives a container.
number_of()
{
	sed -nE "s/^[^0-9]*([0-9]+)[^0-9A-Za-z]+$1.*/\1/p" <<<"${output//$'\r'/}" | head -n 1
}

@test "the menu names the permitted containers with numbers and states, and opens the chosen one's shell" {
	run person menu expect menu-two expect '[:>?] *$' pause 0.2 send 'q\r'
	assert_says menu-one
	assert_says menu-stopped
	assert_matches 'menu-one.*running'
	assert_matches 'menu-stopped.*exited'
	assert_silent_about menu-other
	local two
	two=$(number_of menu-two)
	[ -n "$two" ]
	run person menu expect menu-two pause 0.2 send "$two\\r" expect '[$] ' send 'hostname; id -un; exit 9\r'
	assert_status 9
	assert_says "$(docker exec menu-two hostname)"
	assert_says app
}

@test "a wrong number opens nothing" {
	run person menu expect menu-two pause 0.2 send '77\r' pause 0.5 send '\x04'
	[ "$status" -ne 99 ]
	assert_silent_about "$ "
	run person menu expect menu-two pause 0.2 send 'menu-other\r' pause 0.5 send '\x04'
	[ "$status" -ne 99 ]
	assert_silent_about "$ "
	wait_until 2 no_gates_left
}

@test "Ctrl-C and Ctrl-D at the menu leave" {
	run person menu expect menu-two pause 0.2 send '\x03'
	[ "$status" -ne 99 ]
	run person menu expect menu-two pause 0.2 send '\x04'
	[ "$status" -ne 99 ]
	wait_until 2 no_gates_left
}

@test "with one permitted container there is no menu" {
	run person menu-one expect '[$] ' send 'hostname; exit 8\r'
	assert_status 8
	assert_says "$(docker exec menu-one hostname)"
}

@test "with none permitted the answer is a sentence" {
	run person menu-two
	assert_status 125
	assert_says "centerctl: "
	assert_silent_about menu-one
}

@test "a hang-up at the menu leaves nothing" {
	run person menu expect menu-two hangup
	wait_until 2 no_gates_left
}

@test "expect can drive the menu" {
	cat >"$BATS_TEST_TMPDIR/drive" <<-'END'
		set timeout 10
		spawn -noecho {*}$argv
		expect {
			-re {([0-9]+)[^0-9a-zA-Z\r\n]+menu-one.*\): $} { set number $expect_out(1,string) }
			timeout { exit 99 }
		}
		send "$number\r"
		expect {
			-re {\$ } { }
			timeout { exit 98 }
		}
		send "echo in-\$(hostname)\r"
		expect -re {in-[0-9a-f]+\r\n}
		send "exit 4\r"
		expect eof
		exit [lindex [wait] 3]
	END
	local ssh_options
	host_ssh_options menu
	run expect "$BATS_TEST_TMPDIR/drive" nsenter -t "$(cat "$host/holder")" --mount --net -- ssh -F none "${ssh_options[@]}" center@127.0.0.1
	assert_status 4
	assert_says "in-$(docker exec menu-one hostname)"
}
