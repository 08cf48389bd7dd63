#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 34: the target itself is as good as the host. (In this version a message; later, a right of its own.)
# Proves: the warnings of --show (cmd/centerctl-enter).

load attack

teardown()
{
	containers_gone asgood
}

# warns WORDS [docker run's options]
warns()
{
	local words=$1
	shift
	containers_gone asgood
	container asgood "$@" base sleep 100000
	run centerctl exec --show asgood
	assert_status 0
	assert_says "$words" || {
		echo "with: $*" >&2
		return 1
	}
}

@test "show says that a container with the engine's socket is as good as the host" {
	warns "as good as the host" -v "$CENTERCTL_STATE/docker/docker.sock:/var/run/docker.sock"
	warns "as good as the host" -v /run:/host-run
}

@test "show says that a container with the host's file system is as good as the host" {
	warns "as good as the host" -v /:/host
	warns "as good as the host" -v /etc:/host-etc
	warns "as good as the host" -v /proc:/host-proc
}

@test "show says that a container with SYS_ADMIN, SYS_MODULE or SYS_PTRACE and the host's processes is as good as the host" {
	warns "as good as the host" --cap-add SYS_ADMIN
	warns "as good as the host" --cap-add SYS_MODULE
	warns "as good as the host" --pid host --cap-add SYS_PTRACE
}

@test "show says that the host's process IDs are shared" {
	warns "as good as the host" --pid host
}

@test "show does not say so of an ordinary container" {
	container asgood base sleep 100000
	run centerctl exec --show asgood
	assert_status 0
	assert_silent_about "as good as the host"
}
