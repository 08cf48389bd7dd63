#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What one local user does, or whoever makes one container or image, must not keep others from being served, nor root from
# taking a right back.
# Proves: locks that nobody else can take (lib/client/lock_file.c), and lists of containers of which one cannot be used
# (lib/engine/list.c).

load attack

setup_file()
{
	host_start
	container others base sleep 100000
	policy <<-END
		allow user:alice to others as app for exec
	END
}

teardown_file()
{
	containers_gone others others-nul others-large
	host_clean
}

# Held by alice until the test's end: hold DIRECTORY.
hold()
{
	host_exec=1 as_user alice flock "$1" sh -c 'echo $$ >"$HOME/held"; exec sleep 1000' 3>&- &
	holder=$!
	wait_until 10 test -s "$host/home/alice/held"
}

teardown()
{
	rm -f "$host/home/alice/held"
	# shellcheck disable=SC2046 # several of them
	[ -z "${holder:-}" ] || kill "$holder" $(below "$holder") 2>/dev/null || true
	docker rm -f others-nul others-large >/dev/null 2>&1 || true
}

@test "a lock on the directory of the keys does not keep root from taking one back" {
	gate_key lost
	hold "$host_conf"
	run in_host timeout 60 centerctl keys remove lost
	assert_status 0
	run in_host centerctl keys list
	assert_silent_about lost
	run in_host ls -A "$host_conf"
	assert_silent_about lock
}

@test "nor can the lock that is taken be opened by others, or be put there as a link" {
	in_host sh -c 'umask 077; : >"$1/.authorized_keys.lock"' - "$host_conf"
	run as_user alice flock "$host_conf/.authorized_keys.lock" true
	[ "$status" -ne 0 ]
	gate_key lost
	run in_host centerctl keys remove lost
	assert_status 0
	in_host ln -s "$host/home/alice/elsewhere" "$host_conf/.authorized_keys.lock"
	gate_key lost
	run in_host centerctl keys remove lost
	in_host rm -f "$host_conf/.authorized_keys.lock"
	assert_refused "cannot lock"
	[ ! -e "$host/home/alice/elsewhere" ]
}

@test "two who change the keys at once both succeed" {
	local i pids=() pid
	for i in 1 2 3 4 5 6; do
		key "many$i"
		host_exec=1 in_host centerctl keys add "many$i" "$host/keys/many$i.pub" 3>&- >/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	run in_host centerctl keys list
	for i in 1 2 3 4 5 6; do
		assert_says "many$i"
	done
}

@test "a lock on the directory of the toolboxes does not keep root from removing one" {
	in_host mkdir -p -m 755 "$host_prefix/state/toolbox"
	hold "$host_prefix/state/toolbox"
	run in_host timeout 60 centerctl toolbox rm none
	assert_refused 'there is no toolbox "none"'
}

# create JSON: a container of that configuration, as whoever may make one can have it.
create()
{
	curl -sS --fail --unix-socket "${DOCKER_HOST#unix://}" -H 'Content-Type: application/json' -d @- "http://x/containers/create?name=$1" >/dev/null
}

assert_others_are_listed()
{
	run as_user alice centerctl ls -q
	assert_status 0
	assert_output others
	run in_host centerctl ls -a
	assert_status 0
	assert_says others
	assert_says "1 container is left out"
	run in_host centerctl doctor
	assert_says "1 container is left out"
}

@test "a NUL in one container's label or command does not hide the others" {
	echo '{"Image": "base", "Cmd": ["true"], "Labels": {"a": "x\u0000y"}}' | create others-nul
	assert_others_are_listed
	docker rm -f others-nul >/dev/null
	echo '{"Image": "base", "Cmd": ["x\u0000y"]}' | create others-nul
	assert_others_are_listed
}

@test "nor do ten megabytes of labels" {
	python3 -c 'import json; print(json.dumps({"Image": "base", "Cmd": ["true"], "Labels": {str(i): "x" * 50000 for i in range(200)}}))' | create others-large
	assert_others_are_listed
}

@test "who is not root is not told that there is one more" {
	echo '{"Image": "base", "Cmd": ["true"], "Labels": {"a": "x\u0000y"}}' | create others-nul
	run as_user alice centerctl ls
	assert_status 0
	assert_silent_about "left out"
}
