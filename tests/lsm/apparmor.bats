# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What enters a container has its AppArmor profile, as what `docker exec` and `podman exec` start has. Only where the kernel enforces such
# profiles; tests/vm makes a machine on which it does.

load ../lib/common

setup_file()
{
	[ -e /sys/kernel/security/apparmor/profiles ] && command -v apparmor_parser >/dev/null || return 0
	# Neither attach_disconnected nor mediate_deleted, which docker-default has: what is executed has to have a path that AppArmor finds.
	cat >"$BATS_FILE_TMPDIR/profile" <<-'END'
		profile centerctl-test {
		  file,
		  deny /tmp/forbidden w,
		  deny /proc/sys/kernel/core_pattern w,
		  capability,
		  network,
		  signal,
		  ptrace peer=centerctl-test,
		}
	END
	apparmor_parser -r "$BATS_FILE_TMPDIR/profile"
	container lsm-default base sleep 100000
	container lsm-open --security-opt apparmor=unconfined base sleep 100000
	container lsm-own --security-opt apparmor=centerctl-test --security-opt no-new-privileges base sleep 100000
}

teardown_file()
{
	[ -e "$BATS_FILE_TMPDIR/profile" ] || return 0
	containers_gone lsm-default lsm-open lsm-own
	apparmor_parser -R "$BATS_FILE_TMPDIR/profile"
}

setup()
{
	[ -e /sys/kernel/security/apparmor/profiles ] || skip_or_fail "this kernel is without AppArmor (tests/vm has it)"
	command -v apparmor_parser >/dev/null || skip_or_fail "apparmor is not installed"
}

# label COMMAND...: what it says of itself.
label()
{
	"$@" cat /proc/self/attr/current </dev/null
}

@test "a command has the profile of its container" {
	[ "$(label centerctl exec lsm-default)" = "docker-default (enforce)" ]
	[ "$(label centerctl exec -u app lsm-default)" = "docker-default (enforce)" ]
	[ "$(label centerctl exec lsm-open)" = unconfined ]
	[ "$(label centerctl exec lsm-own)" = "centerctl-test (enforce)" ]
	[ "$(label centerctl exec -u app lsm-own)" = "centerctl-test (enforce)" ]
	run centerctl exec lsm-own cat /proc/1/attr/current
	assert_output "centerctl-test (enforce)"
}

@test "a command on a terminal has it, too, and can use the terminal" {
	run pty -- centerctl exec -it lsm-own sh -c 'cat /proc/self/attr/current; tty; echo typed >/dev/tty; ls -l /proc/self/fd/0'
	assert_status 0
	assert_says "centerctl-test (enforce)"
	assert_says /dev/pts/0
	assert_says typed
}

@test "what the profile denies is denied to whoever enters, and nothing else" {
	run centerctl exec lsm-own sh -c 'echo x >/tmp/allowed && echo x >/tmp/forbidden'
	assert_status 1
	assert_says "Permission denied"
	docker exec lsm-own test -e /tmp/allowed
	run ! docker exec lsm-own test -e /tmp/forbidden
}

@test "what copies, connects and serves files is under it" {
	echo data >"$BATS_TEST_TMPDIR/file"
	centerctl cp "$BATS_TEST_TMPDIR/file" lsm-own:/tmp/allowed
	centerctl cp lsm-own:/tmp/allowed "$BATS_TEST_TMPDIR/back"
	cmp "$BATS_TEST_TMPDIR/file" "$BATS_TEST_TMPDIR/back"
	run centerctl cp "$BATS_TEST_TMPDIR/file" lsm-own:/tmp/forbidden
	[ "$status" -ne 0 ]
	run ! docker exec lsm-own test -e /tmp/forbidden
	docker exec -d lsm-own nc -l -p 8080 -e cat /proc/self/attr/current
	wait_until 10 docker exec lsm-own sh -c 'netstat -ltn | grep -q :8080'
	run timeout -k 1 20 centerctl dial lsm-own 8080 </dev/null
	assert_output "centerctl-test (enforce)"
	run label centerctl debug --static busybox lsm-own
	assert_output "centerctl-test (enforce)"
}

@test "sftp runs where the profile knows what is in memory, and says what is missing where it does not" {
	# What is no message of sftp's; that the server says so shows that it runs.
	run timeout -k 1 20 centerctl sftp lsm-default <<<"no message"
	assert_says "bad message"
	run timeout -k 1 20 centerctl sftp lsm-own <<<"no message"
	assert_refused "attach_disconnected"
}

@test "exec --privileged keeps the profile, as the engine's does" {
	[ "$(label docker exec --privileged lsm-default)" = "docker-default (enforce)" ]
	[ "$(label centerctl exec --privileged lsm-default)" = "docker-default (enforce)" ]
}

@test "where the profile was unloaded, nothing is entered without it" {
	sed 's/centerctl-test/centerctl-test-gone/' "$BATS_FILE_TMPDIR/profile" >"$BATS_TEST_TMPDIR/gone"
	apparmor_parser -r "$BATS_TEST_TMPDIR/gone"
	container lsm-gone --security-opt apparmor=centerctl-test-gone base sleep 100000
	[ "$(label centerctl exec lsm-gone)" = "centerctl-test-gone (enforce)" ]
	apparmor_parser -R "$BATS_TEST_TMPDIR/gone"
	run label centerctl exec lsm-gone
	containers_gone lsm-gone
	assert_refused label
}

@test "podman's containers have podman's profile" {
	local theirs
	podman run -d --name lsm-podman --network none base sleep 100000 >/dev/null
	theirs=$(label podman exec lsm-podman)
	run env "DOCKER_HOST=$PODMAN_HOST" centerctl exec lsm-podman cat /proc/self/attr/current
	podman rm -f -t 0 lsm-podman >/dev/null
	[[ $theirs == containers-default-*" (enforce)" ]]
	assert_output "$theirs"
}

@test "in a user namespace of its own the profile holds" {
	DOCKER_HOST=$REMAP_HOST container lsm-remap base sleep 100000
	run env "DOCKER_HOST=$REMAP_HOST" centerctl exec lsm-remap cat /proc/self/attr/current
	DOCKER_HOST=$REMAP_HOST containers_gone lsm-remap
	assert_output "docker-default (enforce)"
}
