# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What else one does to a process: a core of it, a debugger elsewhere, its numbers, a shell where there is none; and what is
# refused, with which words.

load ../../lib/common
load ../../lib/debug

setup_file()
{
	local kind
	debug_make
	for kind in dynamic static readonly app remap; do
		debug_kind tools "$kind"
	done
}

teardown_file()
{
	debug_kinds_gone tools dynamic static readonly app remap killed
}

@test "gcore streams the core of a living process out, and gdb reads it" {
	local kind
	for kind in dynamic static app; do
		debug_in "tools-$kind" gcore -o - 1 >"$BATS_TEST_TMPDIR/core" 2>"$BATS_TEST_TMPDIR/err"
		runs_free "tools-$kind"
		file_is_core "$BATS_TEST_TMPDIR/core"
		run gdb -nx -batch -ex "set sysroot $debug_dir/$kind" -ex "set solib-search-path /nonexistent" -ex "file $debug_dir/$(program_of "$kind")/srv/server" \
			-ex "set sysroot $debug_dir/$(program_of "$kind")" -ex "core-file $BATS_TEST_TMPDIR/core" -ex 'thread apply all bt'
		assert_matches 'serve_all \(listener='
		assert_matches 'doze \(depth=0\)'
		assert_matches 'wait_in_library'
	done
}

program_of()
{
	if [ "$1" = static ]; then
		echo static
	else
		echo dynamic
	fi
}

# An ELF file of type core.
file_is_core()
{
	[ "$(od -An -c -N4 "$1" | tr -d ' ')" = '177ELF' ] && [ "$(od -An -tu2 -j16 -N2 "$1" | tr -d ' ')" = 4 ]
}

@test "-o FILE takes the core, 0600" {
	run centerctl debug -o "$BATS_TEST_TMPDIR/c" tools-static -- gcore -o - 1 </dev/null
	assert_status 0
	file_is_core "$BATS_TEST_TMPDIR/c"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/c")" = 600 ]
}

@test "a gdb of the host debugs through gdbserver's standard input and output" {
	local kind
	for kind in static dynamic; do
		run timeout -k 1 60 gdb -nx -batch -ex "set sysroot $debug_dir/$kind" -ex "file $debug_dir/$kind/srv/server" \
			-ex "target remote | centerctl debug tools-$kind --gdbserver stdio --pid 1" -ex 'thread apply all bt' -ex detach
		assert_status 0
		assert_matches 'serve_all \(listener='
		assert_matches 'doze \(depth=0\)'
		assert_says "$(debug_line server.c serve)"
		wait_until 5 runs_free "tools-$kind"
	done
}

@test "the client of gdbserver breaks, goes on and leaves" {
	run timeout -k 1 60 gdb -nx -batch -ex "set sysroot $debug_dir/static" -ex "file $debug_dir/static/srv/server" \
		-ex "target remote | centerctl debug --gdbserver stdio tools-static" -ex 'break tick_once' -ex continue -ex bt -ex 'print number > 0' -ex 'delete' -ex detach
	assert_status 0
	assert_matches 'tick_once \(number='
	assert_says '$1 = 1'
	wait_until 5 runs_free tools-static
}

@test "when the client of gdbserver is killed at a breakpoint, or its time is over, the process survives" {
	local args=(-nx -batch -ex "set sysroot $debug_dir/static" -ex "file $debug_dir/static/srv/server")
	container tools-killed debug-static
	wait_until 5 answers tools-killed
	timeout -s KILL 2 gdb "${args[@]}" -ex "target remote | centerctl debug --gdbserver stdio tools-killed" -ex 'break tick_once' -ex continue \
		-ex 'shell sleep 60' </dev/null >/dev/null 2>&1 3>&- || true
	wait_until 8 runs_free tools-killed
	timeout -k 1 20 gdb "${args[@]}" -ex "target remote | centerctl debug --timeout 2s --gdbserver stdio tools-killed" -ex 'break tick_once if number < 0' \
		-ex continue </dev/null >/dev/null 2>&1 3>&- || true
	wait_until 8 runs_free tools-killed
}

@test "gdbserver listens on a port of the container's network" {
	centerctl debug --gdbserver 4711 tools-static </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	local client=$! pid
	pid=$(server_pid tools-static)
	wait_until 10 listens "$pid" 4711
	run ! bash -c ': </dev/tcp/127.0.0.1/4711'
	run timeout -k 1 60 nsenter -t "$pid" -n -- gdb -nx -batch -ex "file $debug_dir/static/srv/server" -ex "target remote 127.0.0.1:4711" -ex bt -ex detach
	assert_matches 'serve_all \(listener='
	wait "$client" || true
	wait_until 5 runs_free tools-static
}

# listens PID PORT: somebody does, in the network namespace of that process.
listens()
{
	nsenter -t "$1" -n -- ss -Hltn "sport = :$2" | grep -q LISTEN
}

@test "top shows both numbers of every process" {
	local worker host
	worker=$(ask tools-dynamic worker)
	run centerctl top tools-dynamic
	assert_status 0
	assert_matches "^1 +$(server_pid tools-dynamic) "
	assert_says /srv/server
	host=$(host_number tools-dynamic "$worker")
	assert_matches "^$worker +$host "
	run centerctl which "$host"
	assert_status 0
	assert_says tools-dynamic
	assert_says "$worker"
	kill -KILL "$host"
	run centerctl top -H "$REMAP_HOST" tools-remap
	assert_status 0
	assert_matches "^1 +$(server_pid tools-remap) "
}

@test "top and which as JSON" {
	run centerctl top --json tools-static
	assert_status 0
	jq -e . <<<"$output" >/dev/null
	jq -es --argjson p "$(server_pid tools-static)" '[.. | objects | select(.pid? == 1)] | length >= 1' <<<"$output"
	run centerctl which --json "$(server_pid tools-static)"
	assert_status 0
	assert_says tools-static
}

@test "which of a process that is in no container says so" {
	run centerctl which 1
	assert_status 125
	assert_says "1"
	run centerctl which $$
	assert_status 125
	run centerctl which 999999999
	assert_status 125
	run centerctl which x
	assert_status 125
}

@test "packets of the container's network are captured into a file of the caller's" {
	run centerctl debug -o "$BATS_TEST_TMPDIR/pcap" tools-static -- \
		sh -c 'tcpdump -i lo -c 2 -w - & sleep 1; busybox ping -c 2 127.0.0.1 >/dev/null; wait' </dev/null
	assert_status 0
	assert_says "2 packets captured"
	[ "$(head -c 4 "$BATS_TEST_TMPDIR/pcap" | od -An -tx1 | tr -d ' ')" = d4c3b2a1 ]
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/pcap")" -gt 150 ]
}

@test "a static program of the host runs in the container's own root, and leaves nothing" {
	run centerctl debug --static busybox tools-static -- ls -l / </dev/null
	assert_status 0
	assert_says srv
	assert_silent_about home
	run centerctl debug --static busybox tools-static -- ps </dev/null
	assert_status 0
	assert_matches '^ +1 .*server'
	run centerctl debug --static busybox tools-static -- cat /proc/1/cmdline </dev/null
	assert_says /srv/server
	run docker diff tools-static
	assert_output ""
	# Nobody in there can change what runs.
	run centerctl debug --static busybox tools-static -- sh -c 'echo x >/proc/self/exe' </dev/null
	[ "$status" -ne 0 ]
	assert_matches "busy|denied|permitted|read-only"
	run centerctl debug --static busybox --pid 1 tools-static -- ps </dev/null
	assert_refused --pid
	run centerctl debug --static no-such-program tools-static -- ps </dev/null
	assert_refused no-such-program
}

@test "a shell in an image that has none, with its applets" {
	run centerctl shell tools-static <<<'ls -d /srv; ps | grep server; echo $((6 * 7)); exit 3'
	assert_status 3
	assert_says /srv
	assert_says server
	assert_says 42
	run pty expect '[#$] ' send 'echo $((40+2))\r' expect '42' send 'exit\r' -- centerctl shell tools-static
	assert_status 0
	run docker diff tools-static
	assert_output ""
}

@test "a container that has a shell gets its own" {
	run centerctl shell tools-dynamic <<<'echo $0; readlink /proc/$$/exe'
	assert_status 0
	assert_output $'/bin/sh\n/bin/busybox'
}

@test "a process that somebody traces already: who does is said" {
	local pid said
	centerctl debug tools-static -- strace -qq -e trace=none -p 1 </dev/null >/dev/null 2>&1 3>&- &
	pid=$!
	wait_until 5 grep -qE "^TracerPid:[[:space:]][1-9]" "/proc/$(server_pid tools-static)/status"
	for said in "strace -p 1" "gdb -p 1 -batch -ex bt" "gcore -o - 1" "gdbserver stdio"; do
		# shellcheck disable=SC2086 # words
		run debug_in tools-static $said
		echo "$said: $output" >&2
		[ "$status" -ne 0 ]
		assert_matches "already traced by (PID|process) [0-9]+"
	done
	kill -TERM "$pid"
	wait "$pid" || true
	wait_until 5 runs_free tools-static
	# By one that is outside.
	env --default-signal=INT strace -qq -e trace=none -p "$(server_pid tools-static)" </dev/null >/dev/null 2>&1 3>&- &
	pid=$!
	wait_until 5 grep -qE "^TracerPid:[[:space:]]$pid" "/proc/$(server_pid tools-static)/status"
	run debug_in tools-static strace -p 1
	kill -INT "$pid"
	wait "$pid" || true
	[ "$status" -ne 0 ]
	assert_matches "traced"
	wait_until 5 runs_free tools-static
}

@test "a zombie is called one" {
	local zombie
	zombie=$(ask tools-dynamic zombie)
	run backtrace tools-dynamic "$zombie"
	[ "$status" -ne 0 ]
	assert_matches "zombie|has ended"
	assert_says "$zombie"
}

@test "a process that is not there is named, with a hint where to look" {
	local command
	for command in "gdb -p 31998 -batch -ex bt" "strace -p 31998"; do
		# shellcheck disable=SC2086 # words
		run debug_in tools-static $command
		[ "$status" -ne 0 ]
		assert_says 31998
		assert_says "centerctl top"
	done
}

@test "toolboxes that are not there or have no such name are refused" {
	run centerctl debug --toolbox nothere tools-static -- true </dev/null
	assert_refused nothere
	local name
	for name in ../default . .. Default a/b '' "$(printf 'x%.0s' {1..65})"; do
		run centerctl debug --toolbox "$name" tools-static -- true </dev/null
		assert_status 125
	done
	run centerctl toolbox ls
	assert_status 0
	assert_says default
}

@test "a directory is a toolbox for root, and by name once it was added" {
	local tree=$debug_dir/small
	mkdir -p "$tree"/{bin,tmp,proc,dev,target}
	cp "$CENTERCTL_STATE/trees/base/bin/busybox" "$tree/bin/busybox"
	for name in sh ls cat echo; do
		ln -sf busybox "$tree/bin/$name"
	done
	run centerctl debug --toolbox "$tree" tools-static -- sh -c 'echo of a directory; ls -d /target/srv' </dev/null
	assert_status 0
	assert_output $'of a directory\n/target/srv'
	centerctl toolbox rm small 2>/dev/null || true
	run centerctl toolbox add small --directory "$tree"
	assert_status 0
	run centerctl debug --toolbox small tools-static -- ls /bin </dev/null
	assert_status 0
	assert_says busybox
	run centerctl toolbox rm small
	assert_status 0
	run centerctl debug --toolbox small tools-static -- ls /bin </dev/null
	assert_refused small
}

@test "an image of the engine is a toolbox: its layers, without a container" {
	local before
	before=$(docker ps -aq | sort)
	centerctl toolbox rm image 2>/dev/null || true
	run centerctl toolbox add image --image base
	assert_status 0
	run centerctl debug --toolbox image tools-static -- sh -c 'cat /etc/passwd; ls -d /target/srv/server' </dev/null
	assert_status 0
	assert_says shellless
	assert_says /target/srv/server
	centerctl toolbox rm image
	# Two layers, of which the upper one hides a file of the lower one's.
	docker run --name tools-layer --network none base sh -c 'rm /etc/group; echo upper >/etc/passwd'
	docker commit tools-layer two-layers >/dev/null
	docker rm tools-layer >/dev/null
	run centerctl toolbox add layered --image two-layers
	assert_status 0
	run centerctl debug --toolbox layered tools-static -- sh -c 'cat /etc/passwd; ls /etc/group' </dev/null
	assert_says upper
	assert_says "/etc/group: No such file"
	centerctl toolbox rm layered
	docker rmi two-layers >/dev/null
	[ "$(docker ps -aq | sort)" = "$before" ]
	run centerctl toolbox add none --image no-such-image
	assert_status 125
	assert_says no-such-image
}

@test "a toolbox that others could write to is not used" {
	local tree=$debug_dir/open
	mkdir -p "$tree/bin"
	cp "$CENTERCTL_STATE/trees/base/bin/busybox" "$tree/bin/sh"
	chmod 777 "$tree"
	run centerctl debug --toolbox "$tree" tools-static -- sh -c 'echo used' </dev/null
	assert_refused "$tree"
	chmod 755 "$tree"
	chown 1000 "$tree"
	run centerctl debug --toolbox "$tree" tools-static -- sh -c 'echo used' </dev/null
	assert_refused "$tree"
	rm -rf "$tree"
}

@test "--show says what a debug session would be, and enters nothing" {
	run centerctl debug --show tools-app </dev/null
	assert_status 0
	assert_matches 'toolbox'
	assert_matches 'sys_ptrace'
}

@test "without a command there is a shell of the toolbox" {
	run centerctl debug tools-static <<<'readlink /proc/$$/exe; ls -d /target/srv; exit 4'
	assert_status 4
	assert_says /target/srv
	run pty expect '[#$] ' send 'echo $((40+2))\r' expect '42' send 'exit\r' -- centerctl debug tools-static
	assert_status 0
	assert_silent_about "job control"
}

@test "options that contradict one another are refused" {
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words
		run centerctl debug $words </dev/null
		echo "$words: $output" >&2
		assert_status 125
		[[ $output == centerctl:* ]]
	done <<-'END'
		--host-pid 1 --pid 1 -- true
		--gdbserver 0 tools-static
		--gdbserver 70000 tools-static
		--gdbserver x tools-static
		--gdbserver stdio tools-static -- true
		--static busybox --toolbox default tools-static
		--static busybox --source /tmp tools-static
		--pid 0 tools-static
		--pid -1 tools-static
		--source no/such tools-static -- true
		-d -o /tmp/x tools-static -- true
	END
}
