#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 15: escape through the working directory (CVE-2024-21626).
# Proves: descriptors are closed before the working directory is entered, and getcwd must begin with a slash
# (lib/priv/traveller).

load attack

setup_file()
{
	container workdir base sleep 100000
}

teardown_file()
{
	containers_gone workdir
}

# The directory that was entered, if one was, is of the container: its root has the container's own mark.
inside_or_refused()
{
	if [ "$status" -eq 125 ]; then
		assert_silent_about "at "
		return
	fi
	assert_status 0
	[[ $output == "at /"* && $output != *unreachable* ]] || return 1
	# Climbing from there ends at the container's root, not at the host's.
	[[ $output == *"mark: workdir"* ]]
}

setup()
{
	docker exec workdir sh -c 'echo workdir >/mark'
}

look='echo "at $(busybox pwd -P)"; cd ../../../../../../../..; echo "mark: $(cat mark)"'

@test "no descriptor of ours can be the working directory" {
	local fd
	for fd in {3..40}; do
		run centerctl exec -w "/proc/self/fd/$fd" workdir sh -c "$look"
		inside_or_refused
		run centerctl exec -w "/proc/self/fd/$fd/.." workdir sh -c "$look"
		inside_or_refused
		run centerctl exec -w "/proc/thread-self/fd/$fd/" workdir sh -c "$look"
		inside_or_refused
	done
}

@test "descriptors that the caller left open cannot be the working directory" {
	local fd
	for fd in 47 49 51; do
		run centerctl exec -w "/proc/self/fd/$fd" workdir sh -c "$look" 47</ 49</etc 51</proc/self/ns
		inside_or_refused
	done
	run bash -c 'exec centerctl exec --preserve-fds 5 -w /proc/self/fd/7 workdir sh -c "$1" 7</' - "$look"
	inside_or_refused
}

@test "a link to a descriptor cannot be the working directory" {
	local fd
	for fd in {3..20}; do
		docker exec workdir ln -sfn "/proc/self/fd/$fd" /link
		run centerctl exec -w /link workdir sh -c "$look"
		inside_or_refused
	done
	docker exec workdir ln -sfn /proc/self/cwd /link
	run centerctl exec -w /link workdir sh -c "$look"
	inside_or_refused
	docker exec workdir ln -sfn /proc/self/root /link
	run centerctl exec -w /link/srv workdir sh -c "$look"
	inside_or_refused
}

@test "a working directory that was deleted is refused" {
	docker exec -d workdir sh -c 'mkdir -p /gone; cd /gone; exec sleep 16.18'
	wait_until 5 process_with sleep 16.18
	docker exec workdir rmdir /gone
	local pid
	pid=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$(pids_with sleep 16.18 | tail -n 1)/status")
	run centerctl exec -w "/proc/$pid/cwd" workdir sh -c "$look"
	assert_refused "has been deleted"
	run centerctl exec -w /gone workdir true
	assert_refused /gone
}

@test "a working directory of the container's configuration is checked the same way" {
	local fd
	for fd in 7 8 9; do
		docker rm -f "workdir$fd" >/dev/null 2>&1 || true
		docker run -d --name "workdir$fd" --network none -w "/proc/self/fd/$fd" base sleep 100000 >/dev/null 2>&1 || continue
		run centerctl exec "workdir$fd" sh -c 'echo "at $(pwd -P)"; ls /mark'
		docker rm -f "workdir$fd" >/dev/null
		[ "$status" -eq 125 ] || assert_silent_about "at /etc"
	done
}

@test "a working directory that the user may not enter is refused, not entered with root's rights" {
	docker exec workdir sh -c 'mkdir -p /secret/deep; chmod 700 /secret'
	run centerctl exec -u 1000 -w /secret/deep workdir pwd
	local theirs
	theirs=$(docker exec -u 1000 -w /secret/deep workdir pwd 2>/dev/null) || theirs=
	[ "$status" -eq 125 ] || [ "$output" = "$theirs" ]
}

@test "a relative working directory stays inside" {
	local dir
	for dir in . .. ../../../etc srv '' ' '; do
		run centerctl exec -w "$dir" workdir sh -c "$look"
		inside_or_refused
	done
}
