#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What one local user does, or whoever makes one container or image, must not keep others from being served, nor root from
# taking a right back.
# Proves: locks that nobody else can take (lib/client/lock_file.c); lists of containers of which one cannot be used
# (lib/engine/list.c); and files that are written as who opened them would write (creds_write_as()).

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
	in_host sh -c '! mountpoint -q "$1" || umount "$1"' - "$host/home/alice/disk"
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

# many NAME LABELS SIZE VARIABLES: a container that has so many of each, the labels of so many bytes.
many()
{
	python3 -c 'import json, sys
labels, size, variables = map(int, sys.argv[1:])
print(json.dumps({"Image": "base", "Cmd": ["sleep", "1000"], "Labels": {str(i): "x" * size for i in range(labels)}, "Env": ["V%d=" % i for i in range(variables)]}))' "${@:2}" | create "$1"
}

@test "nor do labels or variables, however many, keep root from being shown how a container is confined" {
	many others-large 300 4000 1
	run in_host centerctl show --json others-large
	assert_status 0
	[ "$(jq '.container.label | length' <<<"$output")" = 300 ]
	docker rm -f others-large >/dev/null
	many others-large 5000 1 5000
	docker start others-large >/dev/null
	run in_host centerctl show others-large
	assert_status 0
	assert_says "as good as the host"
	run in_host centerctl show --json others-large
	assert_status 0
	[ "$(jq -c '[.container["labels left out"], (.container.label | length)]' <<<"$output")" = '[4000,1000]' ]
	run in_host centerctl exec --show --json others-large true
	assert_status 0
	[ "$(jq '.environment | length' <<<"$output")" = 1000 ]
	[ "$(jq '.command["variables left out"].entry' <<<"$output")" -ge 4000 ]
}

@test "nor do processes with long arguments keep them from being listed" {
	local long
	long=$(printf 'x%.0s' {1..3900})
	docker exec -d others sh -c 'mkfifo /tmp/wait; exec 3<>/tmp/wait; i=0; while [ $i -lt 300 ]; do sh -c "read x; : $0" <&3 & i=$((i + 1)); done; wait' "$long"
	all_listed()
	{
		run in_host centerctl top --json others
		[ "$status" -ne 0 ] || [ "$(grep -c xxxxxxxx <<<"$output")" -ge 300 ]
	}
	wait_until 60 all_listed
	assert_status 0
	docker restart -t 0 others >/dev/null
}

# The file is bob's, setuid, and writable for everybody: a write takes the bit away, unless root writes.
@test "what a command writes to a file takes its setuid bit away, as its caller's own write does" {
	local file=$host/home/alice/tool how
	for how in '' '-t'; do
		install -m 755 /dev/null "$file"
		chown 61002 "$file"
		chmod 6777 "$file"
		run as_user alice sh -c 'centerctl exec $1 others echo evil >>"$2"' - "$how" "$file"
		assert_status 0
		grep -q evil "$file"
		[ "$(stat -c %a "$file")" = 777 ]
	done
	# By the second way, of a command whose output is not spliced.
	chmod 6777 "$file"
	run as_user alice sh -c 'centerctl exec others sh -c "echo evil >&2" 2>>"$1"' - "$file"
	assert_status 0
	[ "$(stat -c %a "$file")" = 777 ]
	rm -f "$file"
}

@test "a command does not fill what a disk keeps for root, where the next audit record would go" {
	local disk=$host/home/alice/disk before
	in_host mkdir -p "$disk"
	in_host truncate -s 8M "$disk.img"
	in_host mke2fs -q -t ext4 -m 50 "$disk.img"
	in_host mount -o loop "$disk.img" "$disk" || skip_or_fail "no loop device, or no ext4, on this machine"
	in_host chmod 777 "$disk"
	run as_user alice dd if=/dev/zero "of=$disk/own" bs=64k
	[ "$status" -ne 0 ]
	before=$(in_host stat -f -c %f "$disk")
	[ "$before" -gt 500 ]
	run as_user alice sh -c 'centerctl exec others dd if=/dev/zero bs=64k count=100 >"$1"' - "$disk/more"
	assert_says "No space left on device"
	[ "$(in_host stat -f -c %f "$disk")" -gt $((before - 100)) ]
}
