#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What ssh to a container gives a script: exit codes, signals, half-closed streams and every byte, as ssh to a host.

load gate

setup_file()
{
	host_start
	container bytes-web base sleep 100000
	policy <<-END
		allow key:bytes to bytes-* as app for exec,shell
	END
	gate_key bytes
}

teardown_file()
{
	containers_gone bytes-web
	host_clean
}

teardown()
{
	mux_close
}

@test "the exit code is the command's, each of them" {
	mux_open bytes
	# shellcheck disable=SC2016 # for the inner shell
	run xargs -P 4 -I N bash -c '"$mux" exec bytes-web sh -c "\"exit N\"" </dev/null; code=$?; [ $code = N ] || echo "N gave $code"' < <(seq 0 255)
	assert_output ""
}

@test "the exit code is the command's without multiplexing and with a terminal" {
	for n in 0 7 125 127 255; do
		run "-$n" gate_ssh bytes exec bytes-web /probe exit "$n"
		assert_output ""
	done
	run gate_ssh bytes -tt exec bytes-web /probe exit 42
	assert_status 42
	assert_output ""
}

@test "a command that a signal ended is reported as a host reports it" {
	local n
	mux_open bytes
	# ssh exits with 255 for what ended by a signal, and says by which one. (SSH has no name for the others.)
	for n in 1 2 3 6 8 9 11 13 14 15; do
		run "$mux" -o LogLevel=DEBUG1 exec bytes-web /probe kill "$n"
		assert_status 255
	done
	run gate_ssh bytes -v exec bytes-web /probe kill 15
	assert_status 255
	assert_says "rtype exit-signal"
	# What somebody inside says of himself is no signal.
	run "$mux" exec bytes-web sh -c "'exit 143'"
	assert_status 143
	# And no other client of the gate: centerctl has a shell's way.
	run in_host env "DOCKER_HOST=$DOCKER_HOST" "$host_prefix/bin/centerctl" exec bytes-web /probe kill 15
	assert_status 143
}

@test "with a terminal too, and the terminal is as it was" {
	local ssh_options
	host_ssh_options bytes
	run python3 "$CENTERCTL_TOP/tests/lib/pty.py" raw -- nsenter -t "$(cat "$host/holder")" --mount --net -- \
		ssh -F none "${ssh_options[@]}" -tt center@127.0.0.1 exec bytes-web sh -c "'stty raw -echo; sleep 0.5; kill -9 \$\$'"
	assert_status 255
	wait_until 3 no_gates_left
}

@test "a session that succeeds has nothing on its streams but the command's" {
	run gate_ssh bytes exec bytes-web true
	assert_status 0
	assert_output ""
	run gate_ssh bytes -tt exec bytes-web true
	assert_status 0
	assert_output ""
	run gate_ssh bytes bytes-web true
	assert_output ""
	run gate_ssh bytes bytes-web </dev/null
	assert_status 0
	assert_output ""
}

@test "stdout and stderr stay apart" {
	gate_ssh bytes exec bytes-web sh -c "'echo out; echo err >&2'" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = out ]
	[ "$(cat "$BATS_TEST_TMPDIR/err")" = err ]
}

@test "a command without input ends, and one with input sees its end, every time" {
	local times=60
	! long || times=1000
	mux_open bytes
	# shellcheck disable=SC2016 # for the inner shell
	run xargs -P 4 -I N bash -c 'said=$(echo "line N" | timeout 20 "$mux" exec bytes-web cat) && [ "$said" = "line N" ] || echo "N: $? $said"
		said=$(timeout 20 "$mux" exec bytes-web cat </dev/null) && [ -z "$said" ] || echo "N without input: $? $said"' < <(seq $times)
	assert_output ""
}

@test "output goes on after input has ended" {
	run gate_ssh bytes exec bytes-web sh -c "'cat >/dev/null; sleep 0.5; echo after'" <<<"input"
	assert_status 0
	assert_output after
}

@test "input that nobody reads ends nothing badly" {
	run gate_ssh bytes exec bytes-web sh -c "'exit 3'" < <(head -c 10000000 /dev/zero)
	assert_status 3
}

@test "a reader that leaves early does not leave the command behind" {
	gate_ssh bytes exec bytes-web sh -c "'sleep 0.1; exec yes 28.14'" 2>/dev/null | head -n 1 >"$BATS_TEST_TMPDIR/first" || true
	[ "$(cat "$BATS_TEST_TMPDIR/first")" = 28.14 ]
	wait_until_not 3 process_with yes 28.14
}

@test "every byte value arrives in both directions" {
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/random"
	gate_ssh bytes exec bytes-web cat <"$BATS_TEST_TMPDIR/random" >"$BATS_TEST_TMPDIR/back"
	cmp "$BATS_TEST_TMPDIR/random" "$BATS_TEST_TMPDIR/back"
	# A terminal that is not asked for changes no newline.
	printf 'a\r\nb\n\x00\x03\x04\x1a\xff' >"$BATS_TEST_TMPDIR/odd"
	gate_ssh bytes exec bytes-web cat <"$BATS_TEST_TMPDIR/odd" | cmp - "$BATS_TEST_TMPDIR/odd"
}

# How much is much.
size()
{
	long && echo 1024 || echo 256
}

@test "256 MiB in have the sum that was sent" {
	local mib
	mib=$(size)
	run gate_ssh bytes exec bytes-web md5sum < <(bytes "$mib")
	assert_status 0
	assert_output "$(bytes "$mib" | md5sum)"
}

@test "256 MiB out have the sum that was read" {
	local mib
	mib=$(size)
	bytes 1 >/dev/null
	docker cp -q "$BATS_FILE_TMPDIR/seed" bytes-web:/seed 2>/dev/null || docker cp "$BATS_FILE_TMPDIR/seed" bytes-web:/seed
	docker exec bytes-web chmod 644 /seed
	[ "$(gate_ssh bytes exec bytes-web sh -c "'while cat /seed; do :; done 2>/dev/null | head -c $((mib * 1024 * 1024))'" | sum)" = \
		"$(bytes "$mib" | sum)" ]
}

@test "there and back at once, past a reader that sleeps" {
	local mib=64
	! long || mib=1024
	[ "$(bytes $mib | gate_ssh bytes exec bytes-web cat | { sleep 1; sum; })" = "$(bytes $mib | sum)" ]
}
