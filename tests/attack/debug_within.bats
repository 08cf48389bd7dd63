#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 40, from the tool's side: whoever may debug has a tool do more than look: write to the toolbox or the container, undo
# the mounts, use a device or a setuid program, reach the host's processes, sockets or descriptors.
# Threats 22 and 24 for what debugging adds: one capability and the calls of a tracer, and nothing else.
# Proves: the mounts' flags and the namespaces (lib/priv/toolroom.c), the capability sets (lib/priv/caps.c), the filter's variant
# (lib/oci/compile.c), and that the rest is as in exec (lib/priv/traveller.c).

load attack
load ../lib/debug

setup_file()
{
	local tree=$CENTERCTL_STATE/debug/attack
	debug_make
	mkdir -p "$tree/attack" "$toolboxes/attack"
	cp "$(build_program within)" "$(build_program attacker)" "$tree/attack/"
	install -m 6755 "$(build_program within)" "$tree/attack/raise"
	rm -f "$tree/attack/zero"
	mknod -m 666 "$tree/attack/zero" c 1 5
	printf '%s\n' "$tree" "$toolboxes/default/root" >"$toolboxes/attack/layers"
	container within-plain debug-dynamic
	container within-app --user 1000 debug-dynamic
	container within-bare --user 1000 --security-opt no-new-privileges --cap-drop ALL debug-dynamic
	container within-none --security-opt seccomp=unconfined debug-dynamic
	docker run -d --name within-net --network host debug-dynamic >/dev/null
	docker -H "$REMAP_HOST" run -d --name within-remap --network none debug-dynamic >/dev/null
	local name
	for name in within-plain within-app within-bare within-none; do
		give "$name" attacker
		docker cp "$(build_program within)" "$name:/srv/raise" >/dev/null 2>&1
		docker exec -u 0 "$name" sh -c 'chown 0:0 /srv/raise; chmod 6755 /srv/raise; mknod -m 666 /srv/zero c 1 5' 2>/dev/null || true
	done
}

teardown_file()
{
	containers_gone within-plain within-app within-bare within-none within-net
	docker -H "$REMAP_HOST" rm -f within-remap >/dev/null 2>&1 || true
	rm -rf "$toolboxes/attack"
}

# tool CONTAINER [OPTIONS --] COMMAND...: in the toolbox with what attacks.
tool()
{
	local name=$1 options=()
	shift
	if [[ " $* " == *" -- "* ]]; then
		while [ "$1" != -- ]; do
			options+=("$1")
			shift
		done
		shift
	fi
	# shellcheck disable=SC2046 # words
	centerctl debug $(debug_engine "$name") --toolbox attack "${options[@]}" "$name" -- "$@" </dev/null
}

@test "neither the toolbox nor the container can be written to" {
	local name
	for name in within-plain within-none within-remap; do
		run tool "$name" /attack/within write
		echo "$name: $output" >&2
		assert_status 0
		assert_silent_about "got "
		assert_says "no /usr/bin/x: EROFS"
		assert_says "no /.centerctl/x: EROFS"
		assert_says "no /target/opt/lib/libgreeting.so: EROFS"
		assert_says "no /target/tmp/x: EROFS"
		assert_says "no /target/dev/shm/x: EROFS"
	done
	# With --rw the container, and only that.
	run tool within-plain --rw -- /attack/within write
	assert_says "got /target/tmp/x"
	assert_says "no /usr/bin/x: EROFS"
	assert_says "no /.centerctl/x: EROFS"
	docker exec within-plain rm -f /x /etc/x /tmp/x /srv/x /dev/shm/x /dev/x
}

@test "mounts can be neither made, changed nor left" {
	local name
	for name in within-plain within-none within-app within-remap; do
		run tool "$name" /attack/within mounts
		echo "$name: $output" >&2
		assert_status 0
		# A user namespace of its own anybody may make whom no filter forbids it: what it may mount is seen by nobody else.
		run grep -v "got a user namespace" <<<"$output"
		assert_silent_about "got no "
		assert_silent_about "got a remount"
		assert_silent_about "got a bind"
		assert_silent_about "got a mount"
		assert_silent_about "got mount attributes"
		assert_silent_about "got the container's mount namespace"
		assert_silent_about "got another root"
	done
}

@test "every mount of the tool's has the flags that it should have" {
	local line name
	for name in within-plain within-none within-app; do
		tool "$name" cat /proc/self/mountinfo >"$BATS_TEST_TMPDIR/mounts"
		grep -qE ' / / ro,nosuid,nodev' "$BATS_TEST_TMPDIR/mounts"
		while read -r line; do
			echo "$line" >&2
			[[ $line =~ \ /target[^\ ]*\ ro,nosuid,nodev ]]
		done < <(grep -E ' /target(/[^ ]*)? ' "$BATS_TEST_TMPDIR/mounts")
		run ! grep -E ' (shared|master|propagate_from|unbindable)' "$BATS_TEST_TMPDIR/mounts"
		# Everything else is of this list.
		run grep -vE ' /(|target(/[^ ]*)?|tmp|dev|dev/shm|dev/pts|proc(/[^ ]*)?|etc/resolv.conf|etc/hosts) (ro|rw),' "$BATS_TEST_TMPDIR/mounts"
		assert_output ""
	done
	tool within-plain --rw -- cat /proc/self/mountinfo >"$BATS_TEST_TMPDIR/mounts"
	grep -qE ' / / ro,nosuid,nodev' "$BATS_TEST_TMPDIR/mounts"
	grep -qE ' /target rw,nosuid,nodev' "$BATS_TEST_TMPDIR/mounts"
}

@test "device nodes work nowhere but in the tool's own dev" {
	run tool within-plain /attack/within devices
	assert_status 0
	assert_says "no /target/dev/zero: EACCES"
	assert_says "no /target/dev/null: E"
	assert_says "no /target/srv/zero: EACCES"
	assert_says "no /attack/zero: EACCES"
	[[ $output == *"and of its own"*"got /dev/null"*"got /dev/zero"*"got /dev/urandom"* ]]
	# Made in /tmp, they do not work either.
	assert_silent_about "got /tmp/zero"
}

@test "setuid programs raise nobody, neither the toolbox's nor the container's" {
	local program
	run docker exec -u 1000 within-app /srv/raise raised
	assert_output "euid 0 egid 0"
	for program in /attack/raise /target/srv/raise; do
		run tool within-app "$program" raised
		assert_output "euid 1000 egid 1000"
	done
}

@test "a tool's capabilities are those of exec and SYS_PTRACE" {
	local name set ours theirs
	for name in within-plain within-app within-bare within-none; do
		centerctl exec "$name" cat /proc/self/status </dev/null >"$BATS_TEST_TMPDIR/exec"
		tool "$name" cat /proc/self/status >"$BATS_TEST_TMPDIR/tool"
		for set in Prm Eff Bnd Inh Amb; do
			theirs=$((16#$(awk -v s="Cap$set:" '$1 == s { print $2 }' "$BATS_TEST_TMPDIR/exec")))
			ours=$((16#$(awk -v s="Cap$set:" '$1 == s { print $2 }' "$BATS_TEST_TMPDIR/tool")))
			echo "$name $set: exec $theirs, tool $ours" >&2
			# SYS_PTRACE is bit 19.
			[ $((ours & ~(1 << 19))) -eq "$theirs" ]
			case $set in
			Prm | Eff | Bnd) [ $((ours & (1 << 19))) -ne 0 ] ;;
			esac
		done
		diff <(grep -E '^(Uid|Gid|Groups|NoNewPrivs|Seccomp):' "$BATS_TEST_TMPDIR/exec") <(grep -E '^(Uid|Gid|Groups|NoNewPrivs|Seccomp):' "$BATS_TEST_TMPDIR/tool")
	done
}

@test "a call that the container's filter refuses, it refuses to a tool, too" {
	local name
	for name in within-plain within-app within-bare; do
		diff <(centerctl exec "$name" /attacker calls </dev/null) <(tool "$name" /attack/attacker calls)
	done
	run tool within-plain grep '^Seccomp:' /proc/self/status
	assert_matches 'Seccomp:[[:space:]]2'
}

@test "cgroup, limits, namespaces and label are exec's; only the mounts are another's; memory that runs out takes the tool first" {
	local name ns
	for name in within-plain within-app within-bare; do
		diff <(centerctl exec "$name" cat /proc/self/cgroup </dev/null) <(tool "$name" cat /proc/self/cgroup)
		diff <(centerctl exec "$name" cat /proc/self/limits </dev/null) <(tool "$name" cat /proc/self/limits)
		for ns in pid net ipc uts cgroup user time; do
			[ "$(centerctl exec "$name" readlink "/proc/self/ns/$ns" </dev/null)" = "$(tool "$name" readlink "/proc/self/ns/$ns")" ]
		done
		[ "$(centerctl exec "$name" readlink /proc/self/ns/mnt </dev/null)" != "$(tool "$name" readlink /proc/self/ns/mnt)" ]
		run tool "$name" cat /proc/self/oom_score_adj
		assert_output 1000
	done
}

@test "no descriptor of ours is the tool's" {
	run bash -c 'exec 5</etc/passwd 6</ 7>/dev/null; centerctl debug --toolbox attack within-plain -- /attack/attacker fds </etc/passwd | cat' 2>&1
	assert_status 0
	local line
	while read -r line; do
		[[ $line =~ ^[012]\ (pipe|socket)\  ]] || {
			echo "there is: $line" >&2
			return 1
		}
	done <<<"$output"
	run centerctl debug --toolbox attack within-plain -- /attack/attacker fds </etc
	assert_refused directory
}

@test "processes of the host are not there for a tool" {
	run tool within-plain /attack/within process $$
	assert_silent_about "got "
	run tool within-plain /attack/within process "$(server_pid within-plain)"
	assert_silent_about "got "
	run tool within-plain sh -c 'ls -d /proc/[0-9]* | wc -l'
	[ "$output" -lt 8 ]
}

@test "abstract sockets of the host are reached only where the container's network is the host's" {
	local socket=debug-within-$$ pid
	engine_net socat "ABSTRACT-LISTEN:$socket,fork" EXEC:true </dev/null >/dev/null 2>&1 3>&- &
	socat "ABSTRACT-LISTEN:$socket,fork" EXEC:true </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 engine_net grep -q "@$socket" /proc/net/unix
	wait_until 5 grep -q "@$socket" /proc/net/unix
	run tool within-plain /attack/within socket "$socket"
	assert_output "no the socket: ECONNREFUSED"
	run tool within-net /attack/within socket "$socket"
	assert_output "got the socket"
	for pid in $(pgrep -f "socat ABSTRACT-LISTEN:$socket"); do
		kill "$pid"
	done
}

@test "a tool that runs as a user may trace that container's processes, and no others" {
	# SYS_PTRACE is over all of the container's user namespace: root's processes of it, too. That is what the right gives.
	run tool within-plain -u 1000 -- strace -qq -e trace=none -p 1 --timeout 100ms
	assert_status 124
	run tool within-plain -u 1000 -- cat /proc/self/status
	assert_matches 'Uid:[[:space:]]1000[[:space:]]1000[[:space:]]1000'
	assert_matches 'CapEff:[[:space:]]0000000000080000'
	run tool within-plain -u 1000 -- cat /target/etc/shadow-of-root
	[ "$status" -ne 0 ]
}

# watch_execs COMMAND...: what a tool that waits for the engine's own processes in the container gets of them.
watch_execs()
{
	local i watcher
	"$@" -- /attack/within init </dev/null >"$BATS_TEST_TMPDIR/got" 2>&1 3>&- &
	watcher=$!
	wait_until 10 grep -q watching "$BATS_TEST_TMPDIR/got"
	for ((i = 0; i < 25; i++)); do
		docker exec within-plain true || true
	done
	kill -KILL "$(pids_with /attack/within init | tail -n 1)"
	wait "$watcher" || true
	run sort -u "$BATS_TEST_TMPDIR/got"
	echo "$output" >&2
}

@test "docker exec's own process, which comes with all capabilities, is not an account's to take over" {
	host_start
	policy <<-END
		allow user:alice to within-plain as root for debug with toolbox=attack
	END
	watch_execs as_user alice centerctl debug within-plain
	host_clean
	# Seen it has been.
	assert_says "no a process with more: EPERM"
	assert_silent_about "TAKEN OVER"
}

@test "root's own tool has SYS_PTRACE, with which it is: so that the test above would see it" {
	watch_execs centerctl debug --toolbox attack within-plain
	assert_says "TAKEN OVER"
}

@test "a core pattern, a keyring and the terminal of the host are not the tool's" {
	run tool within-plain sh -c 'echo x >/proc/sys/kernel/core_pattern'
	[ "$status" -ne 0 ]
	run tool within-plain sh -c 'echo 1 >/proc/sysrq-trigger'
	[ "$status" -ne 0 ]
	run tool within-plain sh -c 'cat /dev/tty'
	[ "$status" -ne 0 ]
}
