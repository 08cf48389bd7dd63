# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# gdb of a toolbox in containers of every kind: it finds the process, its program, its libraries and its sources, and
# leaves it as it was.

load ../../lib/common
load ../../lib/debug

setup_file()
{
	local kind
	debug_make
	for kind in $debug_kinds; do
		debug_kind bt "$kind"
	done
}

teardown_file()
{
	# shellcheck disable=SC2086 # words
	debug_kinds_gone bt $debug_kinds deadlock crash late
}

# Functions and lines, and no complaint about what is missing.
complete()
{
	run backtrace "$1"
	assert_status 0
	names_threads
	assert_silent_about "No such file"
	assert_silent_about "unable to"
	assert_silent_about "(gdb)"
	runs_free "$1"
}

@test "threads, functions and lines of a program with a library of its own" {
	complete bt-dynamic
}

@test "the same of a static program in an image with nothing else" {
	complete bt-static
}

@test "the same where the root is read-only" {
	complete bt-readonly
}

@test "the same of a process of user 1000 without privilege, capability or new privileges" {
	complete bt-app
}

@test "the same in a container with user namespace" {
	complete bt-remap
}

@test "the same in a container of podman's" {
	complete bt-podman
}

@test "the libraries are the container's" {
	run debug_in bt-dynamic gdb -p 1 -batch -ex 'info sharedlibrary'
	assert_status 0
	assert_matches '/target/opt/lib/libgreeting.so'
	assert_matches '/target/(usr/)?lib/.*libc.so.6'
	assert_silent_about "Yes (*)         /target/opt"
	run debug_in bt-dynamic gdb -p 1 -batch -ex 'info symbol greeting_compose' -ex 'print ticks > 0' -ex 'print sizeof(pings)'
	assert_says "greeting_compose in section .text of /target/opt/lib/libgreeting.so"
	assert_says '$1 = 1'
	assert_says '$2 = 8'
}

@test "stripped programs are debugged without lines, and without failing" {
	local kind
	for kind in stripped static-stripped; do
		run backtrace "bt-$kind"
		assert_status 0
		[ "$(grep -c '^Thread ' <<<"$output")" -eq 4 ]
		assert_says '"ticker"'
		assert_silent_about server.c
		runs_free "bt-$kind"
	done
	run backtrace bt-stripped
	# What a library exports is known all the same.
	assert_says greeting_wait
	assert_says accept
}

@test "a static program of musl: threads, and functions with lines from a breakpoint" {
	run backtrace bt-musl
	assert_status 0
	[ "$(grep -c '^Thread ' <<<"$output")" -eq 4 ]
	assert_says '"dozer"'
	assert_says accept
	# musl's own functions carry nothing to unwind them by, the program's do.
	run debug_in bt-musl gdb -p 1 -batch -ex 'break tick_once' -ex continue -ex bt
	assert_status 0
	assert_matches 'tick_once \(number=[0-9]+\) at '
	assert_matches 'run_ticker \(arg=.*server.c:[0-9]+'
	assert_says "$(debug_line server.c tick)"
	runs_free bt-musl
}

@test "a deadlock is seen: who waits where" {
	local kind
	for kind in dynamic static; do
		debug_kinds_gone bt deadlock
		container bt-deadlock "debug-$kind"
		wait_until 5 answers bt-deadlock
		[ "$(ask bt-deadlock deadlock)" = locked ]
		run backtrace bt-deadlock
		assert_status 0
		assert_matches 'move_to_ledger \(\)'
		assert_matches 'move_to_account \(\)'
		assert_says '"debit"'
		assert_says '"credit"'
		assert_says "$(debug_line server.c ledger)"
		assert_says "$(debug_line server.c account)"
		assert_matches '(lll_lock_wait|pthread_mutex_lock)'
		runs_free bt-deadlock
	done
	# A mutex knows its owner.
	run debug_in bt-deadlock gdb -p 1 -batch -ex 'print account.__data.__owner' -ex 'info threads'
	local owner
	owner=$(sed -nE 's/^\$1 = ([0-9]+)$/\1/p' <<<"$output")
	assert_matches "LWP ${owner}[) ].*(debit|credit)"
}

@test "a crash is caught where it happens" {
	container bt-crash debug-dynamic
	wait_until 5 answers bt-crash
	debug_in bt-crash gdb -p 1 -batch -ex 'echo ready\n' -ex continue -ex 'thread apply all bt' >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	wait_until 20 grep -q ready "$BATS_TEST_TMPDIR/out"
	sleep 0.5
	ask bt-crash crash || true
	# It was the container's first process: gdb ends with the container.
	wait $! || [ $? -eq 137 ]
	run cat "$BATS_TEST_TMPDIR/out"
	assert_says "SIGSEGV"
	assert_matches 'crash_here \(nothing=0x0\) at .*'"$(debug_line server.c crash)"
	assert_matches 'obey \(word=0x.* "crash"'
}

@test "sources are read from --source" {
	run centerctl debug --source "$debug_source" bt-dynamic -- gdb -p 1 -batch -ex 'list serve_all' </dev/null
	assert_status 0
	assert_says "int client = accept(listener, NULL, NULL)"
	run debug_in bt-dynamic gdb -p 1 -batch -ex 'list serve_all'
	assert_silent_about "int client"
}

@test "sources that are in the image are read from there" {
	docker exec bt-dynamic mkdir -p /build
	docker cp -q "$debug_source/server.c" bt-dynamic:/build/ 2>/dev/null || docker cp "$debug_source/server.c" bt-dynamic:/build/
	run centerctl debug --source /target/build bt-dynamic -- gdb -p 1 -batch -ex 'list serve_all' </dev/null
	assert_status 0
	assert_says "int client = accept(listener, NULL, NULL)"
}

@test "a process that is not the first, by number and by name" {
	local number
	number=$(ask bt-dynamic worker)
	run backtrace bt-dynamic "$number"
	assert_status 0
	assert_matches 'work_for_ever \(\)'
	run centerctl debug --pid worker bt-dynamic -- gdb -batch -ex bt </dev/null
	assert_status 0
	assert_matches 'work_for_ever \(\)'
	run centerctl debug --pid "$number" bt-dynamic -- gdb -batch -ex bt </dev/null
	assert_matches 'work_for_ever \(\)'
	ask bt-dynamic worker >/dev/null
	run centerctl debug --pid worker bt-dynamic -- gdb -batch -ex bt </dev/null
	assert_status 125
	assert_says worker
	assert_says "$number"
	run centerctl debug --pid nobody-is-called-so bt-dynamic -- gdb -batch -ex bt </dev/null
	assert_refused nobody-is-called-so
	run centerctl debug --pid 31999 bt-dynamic -- gdb -batch -ex bt </dev/null
	assert_refused 31999
}

@test "the container of a process of the host is found" {
	run centerctl debug --host-pid "$(server_pid bt-static)" -- gdb -batch -ex 'thread apply all bt' </dev/null
	assert_status 0
	names_threads
	run centerctl debug --host-pid 1 -- true </dev/null
	assert_status 125
	run centerctl debug --host-pid 999999999 -- true </dev/null
	assert_status 125
}

@test "gdb asks nothing and shows no prompt without a terminal" {
	local said
	for said in "" $'bt\nquit\n'; do
		run centerctl debug bt-dynamic -- gdb -p 1 -batch <<<"$said"
		assert_status 0
		assert_silent_about "(gdb)"
		assert_silent_about "(y or n)"
	done
	# Commands on stdin are obeyed, and that is the end.
	run timeout -k 1 30 centerctl debug bt-dynamic -- gdb -p 1 <<<$'bt\n'
	assert_status 0
	assert_says serve_all
	assert_silent_about "(gdb)"
	assert_silent_about "(y or n)"
	runs_free bt-dynamic
}
