# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# strace of a toolbox in containers of every kind, and what scripts get of it.

load ../../lib/common
load ../../lib/debug

setup_file()
{
	local kind
	debug_make
	for kind in $debug_kinds; do
		debug_kind st "$kind"
	done
}

teardown_file()
{
	# shellcheck disable=SC2086 # words
	debug_kinds_gone st $debug_kinds
}

@test "the system calls of every thread are seen, in containers of every kind" {
	local kind
	for kind in $debug_kinds; do
		run debug_in "st-$kind" strace -f -e trace=access,faccessat,faccessat2 -p 1 --timeout 400ms
		echo "$kind" >&2
		assert_status 124
		assert_matches 'f?access(at2?)?\((AT_FDCWD, )?"/no/such/tick", F_OK\) += -1 ENOENT'
		assert_matches '\[pid +[0-9]+\]'
		assert_silent_about "(gdb)"
		runs_free "st-$kind"
	done
}

@test "what a client asks is seen while it is asked" {
	centerctl debug --timeout 2s st-dynamic -- strace -f -s 100 -e trace=network,read,write -p 1 </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	wait_until 10 grep -q attached "$BATS_TEST_TMPDIR/out"
	[ "$(ask st-dynamic "greet somebody")" = "hello somebody" ]
	wait $! || [ $? -eq 124 ]
	run cat "$BATS_TEST_TMPDIR/out"
	assert_matches 'accept4?\(3'
	assert_says '"greet somebody"'
	assert_says '"hello somebody\n"'
	runs_free st-dynamic
}

@test "a summary with a time limit, as it is typed" {
	run debug_in st-dynamic strace -f -c -p 1 --timeout 700ms
	assert_status 124
	assert_matches '^% time +seconds +usecs/call'
	assert_matches ' (access|faccessat2?)$| access$'
	assert_says total
	runs_free st-dynamic
}

@test "-o takes the trace to a file of the caller's, 0600, and nothing is printed" {
	local file=$BATS_TEST_TMPDIR/trace
	run centerctl debug --timeout 400ms -o "$file" st-dynamic -- strace -f -p 1 </dev/null
	assert_status 124
	[ "$(stat -c %a "$file")" = 600 ]
	grep -q /no/such/tick "$file"
	assert_silent_about /no/such/tick
	# -: to stdout, and stderr is free of it.
	run --separate-stderr centerctl debug --timeout 400ms -o - st-dynamic -- strace -f -p 1 </dev/null
	assert_says /no/such/tick
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr != */no/such/tick* ]]
}

@test "-o of a file that is there writes it anew and leaves its mode; what cannot be written is refused before anything runs" {
	local file=$BATS_TEST_TMPDIR/old
	head -c 100000 /dev/zero >"$file"
	chmod 644 "$file"
	run centerctl debug -o "$file" st-dynamic -- echo new </dev/null
	assert_status 0
	[ "$(cat "$file")" = new ]
	[ "$(stat -c %a "$file")" = 644 ]
	run centerctl debug -o "$BATS_TEST_TMPDIR/no/such/directory/file" st-dynamic -- echo new </dev/null
	assert_refused "no/such/directory"
}

@test "--json says how it went, in one object, with the paths of what was said" {
	local file=$BATS_TEST_TMPDIR/out
	run centerctl debug --json -o "$file" st-dynamic -- sh -c 'echo said; echo complained >&2; exit 7' </dev/null
	assert_status 7
	[ "$(wc -l <<<"$output")" -eq 1 ] || jq -e . <<<"$output"
	jq -e '.target == "st-dynamic" and .exit_code == 7 and .timed_out == false and (.duration_ms | type) == "number"' <<<"$output"
	jq -e '.command == ["sh", "-c", "echo said; echo complained >&2; exit 7"]' <<<"$output"
	[ "$(cat "$(jq -r .stdout <<<"$output")")" = said ]
	[ "$(cat "$(jq -r .stderr <<<"$output")")" = complained ]
	[ "$(jq -r .stdout <<<"$output")" = "$file" ]
	[ "$(jq -r .stderr <<<"$output")" = "$file.err" ]
}

@test "--json without -o makes a directory of its own below TMPDIR" {
	mkdir "$BATS_TEST_TMPDIR/t"
	run env "TMPDIR=$BATS_TEST_TMPDIR/t" centerctl debug --json --timeout 400ms st-dynamic -- strace -f -p 1 </dev/null
	assert_status 124
	jq -e '.timed_out == true and .exit_code == 124 and .duration_ms >= 300' <<<"$output"
	local out
	out=$(jq -r .stdout <<<"$output")
	[[ $out == "$BATS_TEST_TMPDIR/t/"* ]]
	[ "$(stat -c %a "${out%/*}")" = 700 ]
	cat "$out" "$(jq -r .stderr <<<"$output")" | grep -q /no/such/tick
	run env "TMPDIR=$BATS_TEST_TMPDIR" centerctl debug --json st-dynamic -- sh -c 'kill -9 $$' </dev/null
	assert_status 137
	jq -e '.signal == 9 or .signal == "KILL" or .signal == "SIGKILL"' <<<"$output"
}

@test "a program is started under strace in the container's namespaces" {
	run debug_in st-dynamic strace -f -e trace=execve,exit_group -o /dev/stdout echo hello
	assert_status 0
	assert_says 'execve("'
	assert_says hello
	assert_says 'exit_group(0)'
	# What the container's root has stands at /target.
	run debug_in st-dynamic ls /target/srv/server
	assert_output /target/srv/server
}

@test "a tool that the toolbox has not gives 127, and what cannot be executed 126" {
	run -127 centerctl debug st-dynamic -- no-such-tool </dev/null
	assert_status 127
	assert_says no-such-tool
	assert_says default
	run centerctl debug st-dynamic -- /etc </dev/null
	assert_status 126
	# The container's own commands are not on the path.
	run -127 centerctl debug st-dynamic -- server </dev/null
	assert_status 127
	run -127 centerctl debug st-dynamic -- /srv/server </dev/null
	assert_status 127
}

@test "exit codes, bytes and arguments are those of exec" {
	local n
	for n in 0 1 124 125 126 127 255; do
		run "-$n" centerctl debug st-dynamic -- sh -c "exit $n" </dev/null
		assert_status "$n"
	done
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/bytes"
	[ "$(centerctl debug st-dynamic -- cat <"$BATS_TEST_TMPDIR/bytes" | sha256sum)" = "$(sha256sum <"$BATS_TEST_TMPDIR/bytes")" ]
	run centerctl debug st-dynamic -- printf '[%s]' '' ' ' '$HOME' "'" '*' --pid -o </dev/null
	assert_output "[][ ][\$HOME]['][*][--pid][-o]"
}

@test "the environment is the toolbox's own, with what -e gives" {
	run env -i PATH="$PATH" SECRET=1 DOCKER_HOST="$DOCKER_HOST" centerctl debug -e GIVEN=2 st-dynamic -- env </dev/null
	assert_status 0
	assert_says "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	assert_says "HOME=/tmp"
	assert_says "LANG=C.UTF-8"
	assert_says "CENTERCTL_TARGET=st-dynamic"
	assert_says "GIVEN=2"
	assert_silent_about SECRET
	assert_silent_about DOCKER
}

@test "procps of the toolbox shows the container's processes" {
	run debug_in st-dynamic ps -eo pid,args
	assert_status 0
	assert_matches '^ +1 /srv/server$'
	assert_silent_about containerd
	assert_silent_about dockerd
	run debug_in st-dynamic pgrep -x server
	assert_says 1
}
