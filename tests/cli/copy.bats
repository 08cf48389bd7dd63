# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the front does for cp, backup, restore and sftp; tests/engine has the real thing.
load cli

# on_terminal WORDS...: a command line whose stderr is a terminal.
on_terminal()
{
	run script -qec "$*" /dev/null </dev/null
}

@test "a file that is not there is the same exit code on either side" {
	run centerctl cp nosuchfile web:/
	assert_status 1
	assert_output "centerctl: cannot copy nosuchfile: No such file or directory"
	[ ! -e log ]
}

@test "where the first of two containers sends nothing, its reason alone is told" {
	steps "for a error 125 no such container: a" "for a exit 125" "for web moan nothing came" "for web exit 125"
	run centerctl cp a:b web:/tmp
	assert_status 125
	assert_output "centerctl: no such container: a"
	assert_logged target a
	steps "for a say data" "for web exit 0"
	rm -f log
	run centerctl cp a:b web:/tmp
	[ "$(logged target | sort | xargs)" = "a web" ]
}

@test "what a container says beside a stream reaches no terminal as it is" {
	local words
	steps "moan centerctl: x"$'\e'"[31my"
	for words in "backup web" "cp web:/x -"; do
		on_terminal "centerctl $words >/dev/null"
		assert_status 0
		assert_says 'centerctl: x\x1b[31my'
	done
	for words in "restore web" "cp - web:/x"; do
		on_terminal "centerctl $words </dev/null"
		assert_status 0
		assert_says 'centerctl: x\x1b[31my'
		assert_silent_about $'\e'
	done
	# Elsewhere it is passed on.
	run --separate-stderr centerctl backup web
	[ "$stderr" = "centerctl: x"$'\e'"[31my" ]
	# Nor does who talks keep the stream open.
	steps "say tar" "exit 3"
	on_terminal "{ centerctl backup web; echo left with \$?; } | cat"
	assert_says tar
	assert_says "left with 3"
}

# With nobody left who would write into it; without a limit it would be waited for as long as it stays open.
@test "a stream that is kept open after the session's end is waited for until nothing more comes" {
	steps hold
	run timeout -k 1 20 env CENTERCTL_TEST_STALLED_MS=300 centerctl cp web:/x in
	kill "$(logged held)"
	assert_status 125
	assert_output "centerctl: the tar stream ended early: not all was copied"
	[ ! -e in ]
}

@test "sftp at a terminal says what it is for" {
	on_terminal centerctl sftp web
	assert_status 125
	assert_says 'sftp -D "centerctl sftp web"'
	[ ! -e log ]
	on_terminal centerctl sftp --show web
	assert_status 0
	on_terminal centerctl sftp --help
	assert_status 0
	run centerctl sftp web </dev/null
	assert_status 0
}
