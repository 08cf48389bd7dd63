#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 3: the caller's descriptors reach the container, which then opens the host's files through /proc/self/fd.
# Threat 21: a caller that closed 0, 1 or 2, or gave no argument vector at all (CVE-2021-4034).
# Proves: the rule of what may be handed over (lib/session, stdio), closing everything else before entry
# (lib/priv/sanitize), and opening 0 to 2 where they are missing.

load attack

setup_file()
{
	container fds base sleep 100000
	give fds attacker
}

teardown_file()
{
	containers_gone fds
}

# with_stdin FLAGS PATH COMMAND...: the command with stdin opened in a way that a shell has no word for.
with_stdin()
{
	python3 -c 'import os, sys
flags = eval(sys.argv[1], vars(os))
fd = os.open(sys.argv[2], flags)
os.dup2(fd, 0)
os.execvp(sys.argv[3], sys.argv[3:])' "$@"
}

# What the inside may see behind 0 to 2, and nothing above.
only_pipes_and_terminals()
{
	local line
	while read -r line; do
		case $line in
		[012]' pipe '* | [012]' char '*' tty') ;;
		*)
			echo "inside there is: $line" >&2
			return 1
			;;
		esac
	done
}

@test "a directory as stdin is refused" {
	run centerctl exec fds /attacker fds </etc
	assert_refused "directory"
}

@test "a directory as stdout or stderr is refused" {
	# A shell cannot open a directory for writing, reading is enough to walk through it.
	run bash -c 'exec centerctl exec fds /attacker fds >&9 9</etc' 9</etc
	assert_status 125
	run bash -c 'centerctl exec fds /attacker fds 2>&9; echo "code $?"' 9</etc
	assert_says "code 125"
}

@test "an O_PATH descriptor as stdin is refused" {
	run with_stdin O_PATH /etc/shadow centerctl exec fds /attacker fds
	assert_status 125
	run with_stdin 'O_PATH | O_DIRECTORY' / centerctl exec fds /attacker fds
	assert_status 125
}

@test "a file that the caller reads arrives as a pipe" {
	echo content >"$BATS_TEST_TMPDIR/file"
	run centerctl exec fds /attacker fds <"$BATS_TEST_TMPDIR/file"
	assert_status 0
	only_pipes_and_terminals <<<"$output"
	run centerctl exec fds cat <"$BATS_TEST_TMPDIR/file"
	assert_output content
}

@test "a file that is open for reading is not rewritten through proc self fd" {
	echo content >"$BATS_TEST_TMPDIR/file"
	run centerctl exec fds sh -c 'echo owned >/proc/self/fd/0; echo owned >>/proc/1/fd/0; true' <"$BATS_TEST_TMPDIR/file"
	[ "$(cat "$BATS_TEST_TMPDIR/file")" = content ]
}

@test "files as stdout and stderr arrive as pipes and get every byte" {
	centerctl exec fds sh -c '/attacker fds; echo diagnostic >&2' >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	only_pipes_and_terminals <"$BATS_TEST_TMPDIR/out"
	[ "$(cat "$BATS_TEST_TMPDIR/err")" = diagnostic ]
}

@test "a block device as stdin does not reach the container" {
	local device
	device=$(find /dev -maxdepth 1 -type b | head -n 1)
	[ -n "$device" ] || skip_or_fail "there is no block device"
	run with_stdin O_RDONLY "$device" centerctl exec fds /attacker fds
	[ "$status" -eq 125 ] || only_pipes_and_terminals <<<"$output"
}

@test "the host's null device is not handed over, nor given to the container's user" {
	local before
	before=$(stat -c '%u:%g:%a:%Z' /dev/null)
	run centerctl exec -u 1000:1000 fds sh -c 'chown 1000 /proc/self/fd/0 /proc/self/fd/2; /attacker fds' </dev/null
	[ "$(stat -c '%u:%g:%a:%Z' /dev/null)" = "$before" ]
	# A null device inside is the container's own: on another file system than the host's.
	local host
	host=$(python3 -c 'import os; print("%x" % os.stat("/dev/null").st_dev)')
	assert_silent_about " $host:103"
}

@test "a device as stdout does not reach the container" {
	run bash -c 'centerctl exec fds sh -c "/attacker fds >&2" >/dev/zero'
	[ "$status" -eq 125 ] || only_pipes_and_terminals <<<"$output"
}

@test "a datagram socket, an event counter and a memory file as stdin do not reach the container" {
	local make
	for make in 'socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].detach()' 'os.eventfd(0) if hasattr(os, "eventfd") else os.memfd_create("x")' \
		'os.memfd_create("x")' '(lambda e: os.dup(e.fileno()))(select.epoll())' 'os.pidfd_open(os.getpid())' 'os.open("/proc/self/ns/mnt", 0)'; do
		run python3 -c "import os, select, socket
keep = $make
os.dup2(keep, 0)
os.execvp('centerctl', ['centerctl', 'exec', 'fds', '/attacker', 'fds'])"
		[ "$status" -eq 125 ] || only_pipes_and_terminals <<<"$output"
	done
}

@test "a pipe is handed over, a stream socket relayed with every byte" {
	run bash -c 'echo through | centerctl exec fds cat | cat'
	assert_output through
	run python3 -c "import os, socket, subprocess
a, b = socket.socketpair()
a.sendall(b'through'); a.shutdown(socket.SHUT_WR)
print(subprocess.run(['centerctl', 'exec', 'fds', 'sh', '-c', '/attacker fds >&2; cat'], stdin=b).returncode)"
	assert_says "0 pipe"
	assert_silent_about socket
	assert_says through
}

@test "no descriptor above 2 gets in" {
	run bash -c 'exec 5</etc 6</etc/shadow 7<>/dev/null 100</; exec centerctl exec fds /attacker fds' </dev/null
	assert_status 0
	only_pipes_and_terminals < <(grep -v '^[012] char' <<<"$output")
}

@test "preserve-fds hands over exactly those that were named" {
	echo content >"$BATS_TEST_TMPDIR/file"
	run bash -c 'exec 3<"$1" 4</etc; exec centerctl exec --preserve-fds 1 fds sh -c "cat <&3; /attacker fds"' - "$BATS_TEST_TMPDIR/file" </dev/null
	assert_says content
	assert_says "3 file"
	assert_silent_about "4 directory"
}

@test "each of the eight ways to close 0, 1 and 2 is survived" {
	local i o e
	for i in '' '<&-'; do
		for o in '' '>&-'; do
			for e in '' '2>&-'; do
				run bash -c "centerctl exec fds sh -c 'exit 7' $i $o $e; echo \"code \$?\" >'$BATS_TEST_TMPDIR/code'"
				echo "with [$i $o $e]: $(cat "$BATS_TEST_TMPDIR/code")"
				[ "$(cat "$BATS_TEST_TMPDIR/code")" = "code 7" ]
			done
		done
	done
}

@test "with 0, 1 and 2 closed no descriptor of ours takes their place inside" {
	run bash -c "centerctl exec fds sh -c '/attacker fds >/seen' <&- >&- 2>&-"
	# Its own redirection is a file.
	run docker exec fds grep -vE '^([012] (pipe|char|socket)|1 file) ' /seen
	assert_output ""
}

# Executes a program without any argument, not even its name.
bare()
{
	python3 -c 'import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.execve(sys.argv[1].encode(), (ctypes.c_char_p * 1)(None), (ctypes.c_char_p * 2)(b"CENTERCTL=1", None))' "$1"
}

@test "an empty argument vector is a usage error of every program" {
	local program
	for program in "$(command -v centerctl)" "$CENTERCTL_LIBEXEC/centerctl-enter" "$CENTERCTL_LIBEXEC/centerctl-resolve"; do
		run timeout 5 python3 -c 'pass'
		run bare "$program"
		[ "$status" -ne 0 ]
		[ "$status" -lt 128 ]
	done
}

@test "centerctl-enter refuses a channel that is none" {
	local argument
	for argument in '' --channel --channel= --channel=0 --channel=-1 --channel=99 --channel=x --channel=4294967299 '--channel=3 extra'; do
		# shellcheck disable=SC2086 # words
		run timeout 5 "$CENTERCTL_LIBEXEC/centerctl-enter" $argument </dev/null
		assert_status 125
	done
}

@test "an argument vector of two MiB arrives whole or is refused cleanly" {
	run python3 -c "import subprocess
words = ['x' * 100000] * 18
r = subprocess.run(['centerctl', 'exec', 'fds', 'sh', '-c', 'echo \$#', *words], capture_output=True, text=True)
print(r.returncode, r.stdout.strip() or r.stderr.strip()[:200])"
	[[ $output == "0 17" || $output == "125 centerctl: "* ]]
}
