#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 40, by a caller who is not root: whoever may debug has a tool take over what the engine starts in the container, be
# taken over by it, stay when the session is over, run what no rule names, or tell what there is.
# Proves: who has SYS_PTRACE, and the capability that makes the difference (cmd/centerctl-enter/tool.c), the end of all that is in
# a tool's mount namespace (lib/session/tree.c), the judge of toolboxes, static tools and shared PID namespaces
# (cmd/centerctl-enter/judge*.c), and the census (lib/priv/census.c).

load attack
load ../lib/debug

setup_file()
{
	local tree=$CENTERCTL_STATE/debug/power name
	host_start
	debug_make
	mkdir -p "$tree/power" "$toolboxes/power"
	cp "$(build_program tracer)" "$tree/power/"
	printf '%s\n' "$tree" "$toolboxes/default/root" >"$toolboxes/power/layers"
	for name in power-app power-root; do
		container $name --user "${name#power-}" --health-cmd true --health-interval 1s debug-dynamic
		give $name beside
	done
	docker cp "$(build_program tracer)" power-root:/tracer >/dev/null 2>&1
	docker exec -u 0 power-app sh -c 'printf "#!/bin/sh\necho the program of the container\n" >/bin/strace; chmod 755 /bin/strace'
	docker -H "$REMAP_HOST" run -d --name power-app --network none --user app debug-dynamic >/dev/null
	container power-host debug-dynamic
	container power-guest --pid container:power-host debug-dynamic
	container power-other debug-dynamic
	container power-paused debug-dynamic
	docker pause power-paused >/dev/null
	podman run -d --name power-podman --network none debug-dynamic >/dev/null
	wait_until 5 answers power-app
}

teardown_file()
{
	docker unpause power-paused >/dev/null || true
	containers_gone power-app power-root power-guest power-host power-other power-paused
	docker -H "$REMAP_HOST" rm -f power-app >/dev/null 2>&1 || true
	podman rm -f -t 0 power-podman >/dev/null 2>&1 || true
	rm -rf "$toolboxes/power"
	host_clean
}

setup()
{
	policy <<-'END'
		allow user:alice to power-app as app for debug with toolbox=power,rw
		allow user:alice to power-root as root for debug,top with toolbox=power,rw,cap-add=SYS_NICE
		allow user:alice to power-host,power-guest as root for debug with toolbox=power
		allow user:bob to power-app as app for debug with toolbox=power:busybox,privileged
		allow user:bob to power-host,power-guest as root for debug with toolbox=power,privileged
		allow user:mallory to power-app as app for debug run "strace -c -p ?*" with toolbox=default:busybox
	END
}

# What should have ended with its session, and did not, shall not fail other tests, too.
teardown()
{
	local pid
	for pid in $(pids_with /power/tracer hold 1) $(pids_with sleep 42.02); do
		kill -KILL "$pid" || true
	done
}

# tool USER CONTAINER [OPTIONS --] COMMAND...: in the toolbox with what attacks.
tool()
{
	local who=$1 name=$2 options=()
	shift 2
	if [[ " $* " == *" -- "* ]]; then
		while [ "$1" != -- ]; do
			options+=("$1")
			shift
		done
		shift
	fi
	if [ "$who" = root ]; then
		centerctl debug --toolbox power "${options[@]}" "$name" -- "$@" </dev/null
	else
		as_user "$who" centerctl debug --toolbox power "${options[@]}" "$name" -- "$@" </dev/null
	fi
}

# caps_are EXTRA: what the tool's status in $output says is what exec's in $1 says, and this one capability. Who is not 0 has
# it from the ambient set.
caps_are()
{
	python3 - "$1" "$output" "$2" <<-'END'
		import sys
		def read(text):
		    words = (line.split() for line in text.splitlines() if line.startswith(("Cap", "Uid")))
		    return {w[0]: int(w[1], 16) for w in words}
		theirs, ours, extra = read(sys.argv[1]), read(sys.argv[2]), 1 << int(sys.argv[3])
		sets = {"CapPrm:", "CapEff:", "CapBnd:"} | ({"CapInh:", "CapAmb:"} if ours["Uid:"] else set())
		bad = [k for k in ours if k.startswith("Cap") and ours[k] != theirs[k] | (extra if k in sets else 0)]
		if bad:
		    print(bad, sys.argv[1], sys.argv[2], sep="\n", file=sys.stderr)
		sys.exit(bool(bad))
	END
}

# CAP_SYS_PTRACE and CAP_WAKE_ALARM.
trace=19 alarm=35

@test "a judged caller's tool has the container's capabilities, and one that is worth nothing" {
	local name exec
	for name in power-app power-root; do
		exec=$(centerctl exec $name cat /proc/self/status </dev/null)
		run tool alice $name cat /proc/self/status
		caps_are "$exec" $alarm
	done
}

@test "with privileged in the rule, or as root, it has SYS_PTRACE and no other" {
	local exec
	exec=$(centerctl exec power-app cat /proc/self/status </dev/null)
	run tool bob power-app cat /proc/self/status
	caps_are "$exec" $trace
	run tool root power-app cat /proc/self/status
	caps_are "$exec" $trace
}

@test "in a container with a user namespace of its own it has SYS_PTRACE" {
	local exec
	policy <<-END
		engine $REMAP_HOST
		allow user:alice to power-app as app for debug with toolbox=power
	END
	exec=$(centerctl exec -H "$REMAP_HOST" power-app cat /proc/self/status </dev/null)
	run tool alice power-app cat /proc/self/status
	caps_are "$exec" $trace
}

@test "without SYS_PTRACE it traces what has its user" {
	local name
	for name in power-app power-root; do
		run tool alice $name gdb -p 1 -batch -ex 'thread apply all bt'
		assert_status 0
		names_threads
		wait_until 5 runs_free $name
		run tool alice $name strace -f -e trace=access,faccessat,faccessat2 -p 1 --timeout 400ms
		assert_matches '"/no/such/tick"'
		wait_until 5 runs_free $name
	done
}

# busily COMMAND...: while the engine executes in both containers as root and as their own users; the health checks go on, too.
busily()
{
	local pids=() name user r=0
	for name in power-app power-root; do
		for user in 0 1000; do
			while docker exec -u $user $name true; do :; done </dev/null >/dev/null 2>&1 3>&- &
			pids+=($!)
		done
	done
	"$@" || r=$?
	kill "${pids[@]}"
	wait "${pids[@]}" || true
	return $r
}

@test "what the engine starts in the container cannot be caught by it" {
	local name seconds=5
	long && seconds=120
	for name in power-app power-root; do
		run busily tool alice $name /power/tracer catch $seconds
		echo "$name: $output" >&2
		assert_status 0
		assert_silent_about caught
		[ "$(sed -n 's/^tried //p' <<<"$output")" -ge $((seconds * 2)) ]
	done
}

caught()
{
	run busily tool "$1" "$2" "${@:3}" -- /power/tracer catch 4
	[[ $output == *"caught "*runc*traced* ]]
}

@test "the same catcher catches it with SYS_PTRACE" {
	wait_until 40 caught root power-app
	wait_until 40 caught root power-root
	wait_until 40 caught bob power-app
}

# begin USER CONTAINER NUMBER: somebody's tool is there; sets $session, $host_tool, and $number, the tool's number inside.
begin()
{
	tool "$1" "$2" sleep "$3" >/dev/null 2>&1 3>&- &
	session=$!
	wait_until 10 process_with sleep "$3"
	host_tool=$(pids_with sleep "$3" | tail -n 1)
	number=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$host_tool/status")
}

@test "the container's processes of the same user cannot take it over, nor look into it" {
	local name what
	for name in power-root power-app; do
		begin alice $name 42.01
		run docker exec $name /beside "$number" "$CENTERCTL_STATE/base.tar"
		kill "$host_tool"
		wait $session || true
		echo "$name: $output" >&2
		assert_says "done"
		assert_silent_about "got "
		for what in environ maps mem; do
			assert_says "no reading of $what: EACCES"
		done
		assert_says "no writing of mem: EACCES"
		assert_says "no an entry of fd: EACCES"
		assert_says "no root: EACCES"
		assert_says "no cwd: EACCES"
		assert_says "no tracing: EPERM"
	done
}

@test "nor in any moment of its beginning" {
	local i entries=40 name
	long && entries=2000
	for name in power-root power-app; do
		docker exec -d $name sh -c 'exec /beside loop true >/tmp/taken 2>&1'
		wait_until 5 grep -q watching "/proc/$(container_pid $name)/root/tmp/taken"
		for ((i = 0; i < entries; i++)); do
			tool alice $name true >/dev/null 2>&1 || true
		done
		run grep -a -m 5 '^got' "/proc/$(container_pid $name)/root/tmp/taken"
		kill "$(pids_with /beside loop true | tail -n 1)"
		assert_output ""
	done
}

# held: the container's first process is stopped by what has left the session.
held()
{
	grep -qsE '^TracerPid:[[:space:]][1-9]' "/proc/$(container_pid power-app)/status" && process_with /power/tracer hold 1
}

# nothing_held: that has ended, and the process runs.
nothing_held()
{
	wait_until_not 8 process_with /power/tracer hold 1 || return
	wait_until 3 runs_free power-app || return
	[ "$(awk '$1 == "State:" { print $2 }' "/proc/$(container_pid power-app)/status")" = S ]
}

# during USER [OPTIONS]: a tool that leaves something behind, and then goes on.
during()
{
	local who=$1
	shift
	tool "$who" power-app "$@" -- sh -c '/power/tracer hold 1; sleep 42.02' >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	session=$!
	wait_until 10 grep -q held "$BATS_TEST_TMPDIR/out"
	wait_until 5 process_with sleep 42.02
	held
}

@test "what a tool leaves behind ends when its command does" {
	local who
	for who in alice root; do
		run tool $who power-app sh -c '/power/tracer hold 1; exec cat /proc/1/status'
		assert_status 0
		assert_says held
		assert_matches 'TracerPid:[[:space:]][1-9]'
		nothing_held
	done
}

@test "it ends by the time limit" {
	local who
	for who in alice root; do
		run tool $who power-app --timeout 1s -- sh -c '/power/tracer hold 1; sleep 42.02'
		assert_status 124
		assert_says held
		nothing_held
	done
}

@test "it ends by centerctl end" {
	during alice
	in_host "$host_prefix/bin/centerctl" end "$(audit_all 'select(.event == "start") | .session' | tail -n 1)"
	nothing_held
	wait $session || true
}

@test "it ends when the part outside is killed" {
	local pid
	during alice
	for pid in $(gates_left); do
		[ "$(cat "/proc/$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")/comm")" != centerctl ] || kill -KILL "$pid"
	done
	nothing_held
	wait $session || true
	wait_until 5 no_gates_left
}

@test "the host's busybox runs in the container where the rule names it, and nowhere else" {
	run as_user alice centerctl debug --static busybox power-app -- id -u </dev/null
	assert_refused "toolbox busybox: your rule does not allow it (toolbox=)"
	run audit_last '.event + " " + .reason'
	assert_says "deny toolbox busybox"
	policy <<-END
		allow user:alice to power-app as app for debug
	END
	run as_user alice centerctl debug --static busybox power-app -- id -u </dev/null
	assert_refused "toolbox busybox: your rule does not allow it (toolbox=)"
	policy <<-END
		allow user:alice to power-app as app for debug with toolbox=default:busybox
	END
	run as_user alice centerctl debug --static busybox power-app -- id -u </dev/null
	assert_status 0
	assert_output 1000
}

@test "a request that is of debug and of a shell at once is refused" {
	local enter=$CENTERCTL_LIBEXEC/centerctl-enter words
	for words in fallback "static fallback"; do
		run as_user mallory timeout -k 1 10 env "FORGER_DEBUG=$words" "$(forger)" "$enter" "" "" power-app strace -c -p 1
		echo "$words: $output" >&2
		assert_status 125
		assert_says "the request has what only a shell takes"
		assert_silent_about "the program of the container"
	done
	# What the forger asks is understood: without the contradiction it is granted.
	run as_user bob env FORGER_DEBUG=static "$(forger)" "$enter" "" "" power-app true
	assert_status 0
}

@test "a container full of empty arguments is listed in time" {
	docker exec -d power-root /tracer many 900
	wait_until 30 grows power-root 900
	elapsed_ms as_user alice centerctl top power-root
	kill "$(pids_with /tracer many 900 | tail -n 1)"
	docker restart -t 0 power-root >/dev/null
	assert_status 0
	[ "$(wc -l <<<"$output")" -ge 901 ]
	assert_within_ms 4000
}

grows()
{
	[ "$(processes_of "$1" | wc -l)" -gt "$2" ]
}

@test "which does not tell of what process one may not know" {
	local number text ids
	ids=$(docker ps -q --no-trunc; docker -H "$REMAP_HOST" ps -q --no-trunc; podman ps -q --no-trunc)
	[ "$(wc -l <<<"$ids")" -ge 5 ]
	for number in "$(container_pid power-other)" "$(container_pid power-paused)" "$(server_pid power-podman)" $$ "$(cat "$host/holder")" 1 4194303; do
		for text in which "debug --host-pid"; do
			# shellcheck disable=SC2086 # words
			run as_user alice centerctl $text "$number" </dev/null
			echo "$output" >&2
			assert_refused "process $number: not permitted, or there is no such container (ls shows what you may enter)"
			[ "$output" = "centerctl: process $number: not permitted, or there is no such container (ls shows what you may enter)" ]
			run ! grep -qE '[0-9a-f]{12}' <<<"$output"
		done
	done
	run as_user alice centerctl which "$(container_pid power-app)"
	assert_status 0
	assert_says power-app
}

# options_of WORD: of the last record of this kind.
options_of()
{
	audit_all "select(.event == \"$1\") | .options" | tail -n 1
}

@test "the record of a session names what it had beyond others" {
	as_user alice centerctl debug --toolbox power --rw --pid 1 power-root -- true </dev/null
	[ "$(options_of start)" = '["rw","pid=1"]' ]
	as_user alice centerctl debug --toolbox power --cap-add SYS_NICE -w /tmp --source /target/srv power-root -- true </dev/null
	[ "$(options_of start)" = '["cap-add=0x800000","workdir=/tmp","source=/target/srv"]' ]
	as_user bob centerctl debug --static busybox power-app -- true </dev/null
	[ "$(options_of start)" = '["static"]' ]
	as_user alice centerctl debug --toolbox power --host-pid "$(container_pid power-app)" -- true </dev/null
	[[ $(options_of start) == *"\"host-pid=$(container_pid power-app)\""* ]]
	as_user alice centerctl debug --toolbox power power-app -- true </dev/null
	[ "$(options_of start)" = null ]
	run as_user bob centerctl debug --rw power-app -- true </dev/null
	assert_status 125
	[ "$(options_of deny)" = '["rw"]' ]
}

@test "where another container's processes are in the PID namespace, a rule must say privileged, on either side" {
	local name
	for name in power-host power-guest; do
		run tool alice $name true
		assert_refused "could be traced from it, which your rule does not allow (privileged)"
		run audit_last .event
		assert_output deny
		run tool bob $name cat /proc/1/comm
		assert_status 0
		assert_output server
	done
	# Alone again, it is like any other.
	docker stop -t 0 power-guest >/dev/null
	run tool alice power-host true
	assert_status 0
}
