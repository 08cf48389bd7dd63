#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 3: a descriptor of the caller's gives more inside than it should: a socket belongs to the host's network
# namespace, a FIFO could be opened with rights that the caller's own descriptor has not.
# Threat 22: a process of the host that is confined by little (pid:N) is left with what it has, not given more.
# Proves: no socket is handed over (lib/priv/stdfd), flow_end_open() (lib/session/flow), a command's PID is kept until
# its session has ended (lib/session/session), plan_ns() and gather_process() (cmd/centerctl-enter), and the channel's
# kind (main.c).

load attack

setup_file()
{
	container reach base sleep 100000
	docker -H "$REMAP_HOST" run -d --name reach-remapped --network none base sleep 100000 >/dev/null
	give reach attacker
	give reach inmate
	head -c 3000000 /dev/urandom >"$BATS_FILE_TMPDIR/seed"
}

teardown_file()
{
	containers_gone reach
	docker -H "$REMAP_HOST" rm -f reach-remapped >/dev/null
}

teardown()
{
	[ -z "${lone:-}" ] || kill "$lone" 2>/dev/null || true
}

# over_socket KIND COMMAND...: the command inside, with one socket (unix, tcp) as stdin and stdout. What goes in is stdin,
# followed by the end of file in that direction only; what comes out is stdout.
over_socket()
{
	timeout -k 1 30 python3 -c 'import socket, subprocess, sys, threading
if sys.argv[1] == "unix":
    ours, theirs = socket.socketpair()
else:
    l = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(l.getsockname())
    theirs, _ = l.accept()
p = subprocess.Popen(["centerctl", "exec", "reach", *sys.argv[2:]], stdin=theirs, stdout=theirs)
theirs.close()
def feed():
    ours.sendall(sys.stdin.buffer.read())
    ours.shutdown(socket.SHUT_WR)
t = threading.Thread(target=feed)
t.start()
while data := ours.recv(65536):
    sys.stdout.buffer.write(data)
sys.stdout.buffer.flush()
sys.exit(p.wait())' "$@"
}

@test "a stream socket of the caller's is a pipe inside" {
	local kind
	for kind in unix tcp; do
		run over_socket "$kind" /attacker fds </dev/null
		assert_status 0
		assert_says "0 pipe"
		assert_says "1 pipe"
		assert_silent_about socket
		run over_socket "$kind" /inmate unconnect </dev/null
		assert_output ""
	done
	# As stderr alone, too.
	run python3 -c 'import os, socket, subprocess
a, b = socket.socketpair()
subprocess.run(["centerctl", "exec", "reach", "sh", "-c", "/attacker fds >&2"], stderr=b)
b.close()
print(a.recv(65536).decode())'
	assert_says "2 pipe"
	assert_silent_about socket
}

@test "a stream socket of the caller's carries every byte both ways, and the end of each" {
	local kind seed=$BATS_FILE_TMPDIR/seed
	for kind in unix tcp; do
		# cat writes while it reads; sha256sum says something only after the end has come.
		over_socket "$kind" cat <"$seed" | cmp - "$seed"
		run over_socket "$kind" sha256sum <"$seed"
		assert_output "$(sha256sum <"$seed")"
	done
}

@test "a FIFO that is open for reading is not written to" {
	local fifo=$BATS_TEST_TMPDIR/fifo
	mkfifo "$fifo"
	exec 8<>"$fifo" 9<"$fifo"
	run timeout -k 1 10 bash -c 'centerctl exec reach echo leaked >&9'
	run timeout 0.3 cat <&8
	exec 8>&- 9>&-
	assert_silent_about leaked
}

@test "a FIFO that is open for writing is not read from" {
	local fifo=$BATS_TEST_TMPDIR/fifo
	mkfifo "$fifo"
	exec 8<>"$fifo" 9>"$fifo"
	echo secret >&8
	run timeout -k 1 3 bash -c 'centerctl exec --timeout 1 reach head -n 1 <&9'
	exec 8>&- 9>&-
	assert_silent_about secret
}

@test "a user namespace is not left out" {
	local ns
	for ns in mnt mnt,pid all,-user; do
		run centerctl exec -H "$REMAP_HOST" --ns "$ns" reach-remapped id -u
		assert_refused "user namespace"
	done
	run centerctl exec -H "$REMAP_HOST" --ns mnt,user reach-remapped id -u
	assert_output 0
}

# alone COMMAND...: a process of the host with nothing of its own but a UTS namespace; sets $lone.
alone()
{
	unshare --uts -- "$@" </dev/null >/dev/null 2>&1 3>&- &
	lone=$!
	wait_until 5 grep -qxF sleep "/proc/$lone/comm"
}

@test "a process without filter and label is entered" {
	alone sleep 100000
	run centerctl exec "pid:$lone" readlink /proc/self/ns/uts
	assert_status 0
	assert_output "$(readlink "/proc/$lone/ns/uts")"
}

@test "a process with another root in our own mount namespace is entered there" {
	local root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/bin"
	cp "$CENTERCTL_STATE/trees/base/bin/busybox" "$root/bin/"
	ln -s busybox "$root/bin/sleep"
	touch "$root/here"
	alone chroot "$root" /bin/sleep 100000
	run centerctl exec "pid:$lone" /bin/busybox ls /
	assert_status 0
	assert_output $'bin\nhere'
	kill "$lone"
	alone chroot "$root" /bin/busybox sh -c 'cd /bin && exec /bin/sleep 100000'
	run centerctl exec "pid:$lone" /bin/busybox pwd
	assert_output /bin
}

@test "a root process that gave its capabilities up is entered without them" {
	alone capsh --no-new-privs --caps= --shell=/bin/sleep -- 100000
	grep -q '^CapPrm:.*0000000000000000$' "/proc/$lone/status"
	grep -q '^CapBnd:.*[1-9a-f]' "/proc/$lone/status"
	run centerctl exec "pid:$lone" cat /proc/self/status
	assert_status 0
	no_more_than "$(powers <"/proc/$lone/status")" "$(powers <<<"$output")"
	grep -q '^CapPrm:.*0000000000000000$' <<<"$output"
	grep -q '^CapEff:.*0000000000000000$' <<<"$output"
}

@test "a command that has ended keeps its number until its output is drained" {
	local file=$BATS_TEST_TMPDIR/pid pid
	centerctl exec --pid-file "$file" reach sh -c 'sleep 31.5 & exit 0' >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null 3>&- &
	local front=$!
	wait_until 5 test -s "$file"
	pid=$(cat "$file")
	wait_until_not 5 alive "$pid"
	sleep 0.3
	grep -q '^State:.Z' "/proc/$pid/status"
	wait "$front"
	[ ! -e "/proc/$pid" ]
}

@test "a stack of a few KiB is made larger, or refused" {
	local size
	for size in 40 56 128; do
		run bash -c "ulimit -s $size; exec centerctl exec reach echo inside"
		assert_silent_about "died by signal"
		[ "$status" -eq 0 ] || assert_refused "stack"
		run bash -c "ulimit -S -s $size; exec centerctl exec reach echo inside"
		assert_output inside
	done
}

# What is at this descriptor is no channel: said so at once, and nothing is written to it.
refused_channel()
{
	run timeout -k 1 5 "$CENTERCTL_LIBEXEC/centerctl-enter" --channel=3 </dev/null
	assert_status 125
	assert_says "started by centerctl"
}

@test "a channel that is no stream socket of this host is refused" {
	local file=$BATS_TEST_TMPDIR/file kind
	: >"$file"
	refused_channel 3<>"$file"
	[ ! -s "$file" ]
	mkfifo "$file.fifo"
	refused_channel 3<>"$file.fifo"
	for kind in 'AF_INET, socket.SOCK_STREAM' 'AF_INET, socket.SOCK_DGRAM' 'AF_UNIX, socket.SOCK_DGRAM' 'AF_UNIX, socket.SOCK_SEQPACKET'; do
		run timeout -k 1 5 python3 -c "import os, socket, sys
s = socket.socket(socket.$kind)
os.dup2(s.fileno(), 3)
os.execv(sys.argv[1], ['centerctl-enter', '--channel=3'])" "$CENTERCTL_LIBEXEC/centerctl-enter"
		assert_status 125
		assert_says "started by centerctl"
	done
}
