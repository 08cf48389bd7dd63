#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 3 for the verbs that move bytes (cp, backup, restore, sftp, dial, logs): the caller's descriptors reach the container, or
# are read and written with rights that the caller does not have.
# Proves: the rule of what may be handed over (lib/session), which holds for a service as for a command, and for what logs writes to; and
# that questions hand nothing on at all (enter_process_close_fds() in lib/client, and close_others() in lib/priv/sanitize.c).
#
# Which test is about which verb:
#   cp - T:, restore, dial, sftp         "a directory or an O_PATH descriptor as stdin ..."
#   cp T: -, backup, dial, sftp, logs    "a directory, an O_PATH descriptor, or one that cannot be written as stdout ...", "a full disk ..."
#   dial, sftp                           "what the service has open inside ...", "a file that is open for reading ..."
#   all of these                         "special files that an account may open ..."
#   ls, show, top, stats, wait, diff     "what only asks hands nothing of the caller's on", "closed 0, 1 and 2 ..."
#   signal                               "closed 0, 1 and 2 ..."
#   exec, shell; debug                   descriptors.bats, reach.bats; debug_within.bats

load attack

setup_file()
{
	host_start
	# Nobody answers there, and nobody hangs up.
	container vfds --cap-add SYS_PTRACE -v vfds-volume:/volume base sh -c 'echo logged; nc -ll -p 7000 -e sleep 75001'
	policy <<-END
		allow user:alice to vfds as app for all with privileged
	END
	head -c 10240 /dev/zero >"$BATS_FILE_TMPDIR/empty.tar"
}

teardown()
{
	[ -z "${client:-}" ] || kill -KILL "$client" 2>/dev/null || true
}

teardown_file()
{
	containers_gone vfds
	docker volume rm -f vfds-volume >/dev/null 2>&1 || true
	host_clean
}

# with_fd NUMBER FLAGS PATH COMMAND...: the command with that descriptor opened in a way that a shell has no word for.
with_fd()
{
	python3 -c 'import os, sys
flags = eval(sys.argv[2], vars(os))
fd = os.open(sys.argv[3], flags)
os.dup2(fd, int(sys.argv[1]))
os.execvp(sys.argv[4], sys.argv[4:])' "$@"
}

readers=("cp - vfds:/tmp" "restore vfds" "dial vfds 7000" "sftp vfds")
writers=("cp vfds:/etc/passwd -" "backup vfds" "dial vfds 7000" "sftp vfds" "logs vfds" "logs -f vfds")

@test "a directory or an O_PATH descriptor as stdin is refused by every verb that reads" {
	local words
	for words in "${readers[@]}"; do
		# shellcheck disable=SC2086 # words
		run timeout -k 1 10 centerctl $words </etc
		assert_refused "directory"
		# shellcheck disable=SC2086 # words
		run with_fd 0 O_PATH /etc/shadow timeout -k 1 10 centerctl $words
		assert_status 125
		# shellcheck disable=SC2086 # words
		run with_fd 0 'O_PATH | O_DIRECTORY' / timeout -k 1 10 centerctl $words
		assert_status 125
	done
}

@test "a directory, an O_PATH descriptor, or one that cannot be written as stdout is refused by every verb that writes" {
	local words
	for words in "${writers[@]}"; do
		# shellcheck disable=SC2086 # words
		run with_fd 1 'O_RDONLY | O_DIRECTORY' /etc timeout -k 1 10 centerctl $words </dev/null
		assert_status 125
		# shellcheck disable=SC2086 # words
		run with_fd 1 O_PATH /etc/shadow timeout -k 1 10 centerctl $words </dev/null
		assert_status 125
	done
	# Who is written to by nobody does not see it: dial waits for the server, sftp has been asked nothing.
	for words in "cp vfds:/etc/passwd -" "backup vfds" "logs vfds"; do
		echo "$words" >&2
		# shellcheck disable=SC2086 # words
		run with_fd 1 O_RDONLY /etc/passwd timeout -k 1 5 centerctl $words </dev/null
		[ "$status" -ne 0 ]
		[ "$status" -ne 124 ]
	done
}

# new_inside: processes in the container that a session of ours started.
new_inside()
{
	local pid
	for pid in $(pgrep --ns "$(container_pid vfds)" --nslist pid .); do
		case $(tr '\0' ' ' <"/proc/$pid/cmdline") in
		'sh -c '* | 'nc -ll'* | 'sleep 75001 '* | '') ;;
		*) echo "$pid" ;;
		esac
	done
}

is_inside()
{
	[ -n "$(new_inside)" ]
}

# nothing_of_ours: whatever runs inside for us has pipes, sockets of its own, memory and files of the container open, and no more.
nothing_of_ours()
{
	local pid fd to where
	for pid in $(new_inside); do
		for fd in "/proc/$pid/fd"/*; do
			to=$(readlink "$fd" 2>/dev/null) || continue
			case $to in
			pipe:* | anon_inode:* | /memfd:* | /proc/*) continue ;;
			socket:*)
				# Made in the container's network namespace, or a pair without a name.
				[ "${fd##*/}" -gt 2 ] || { echo "$pid $fd is a socket" >&2; return 1; }
				continue
				;;
			esac
			where=$(awk '$1 == "mnt_id:" { print $2 }' "/proc/$pid/fdinfo/${fd##*/}")
			grep -q "^$where " "/proc/$pid/mountinfo" || {
				echo "$pid $fd is $to, which is no file of the container's" >&2
				return 1
			}
		done
	done
}

@test "what the service has open inside is pipes and the container's own, whatever it was given" {
	local words file=$BATS_TEST_TMPDIR/file
	echo content >"$file"
	for words in "dial vfds 7000" "sftp vfds"; do
		# A file to read, one to write, and some more that nobody closed. Both ends of stdin stay open in the second turn.
		# shellcheck disable=SC2086 # words
		centerctl $words < <(exec sleep 75010) >"$file.out" 2>"$file.err" 3>&- 7<>"$file" 8</etc 9</etc/shadow &
		client=$!
		wait_until 5 is_inside
		nothing_of_ours
		kill -KILL "$client"
		wait_until_not 3 is_inside
		pkill -fx "sleep 75010" || true
	done
	# shellcheck disable=SC2016 # for the inner shell
	centerctl dial vfds 7000 <"$file" >"$file.out" 2>"$file.err" 3>&- &
	client=$!
	wait_until 5 is_inside
	nothing_of_ours
	kill -KILL "$client"
	wait_until_not 3 is_inside
	[ "$(cat "$file")" = content ]
}

# output_inside COMMAND...: the pipe that a service has as its standard output while ours is $pipe, and ends it.
output_inside()
{
	"$@" < <(exec sleep 75010) >&"$pipe" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	client=$!
	wait_until 5 is_inside || cat "$BATS_TEST_TMPDIR/err"
	readlink "/proc/$(new_inside | tail -n 1)/fd/1"
	kill "$client"
	wait_until_not 5 is_inside
	pkill -fx "sleep 75010" || true
}

@test "root's own pipe is the output of dial alone: what is read here, and whatever is another's, is relayed" {
	local pipe ours
	exec {pipe}> >(exec cat >/dev/null 3>&-)
	ours=$(readlink "/proc/self/fd/$pipe")
	[ "${ours%%:*}" = pipe ]
	[ "$(output_inside centerctl dial vfds 7000)" = "$ours" ]
	run output_inside centerctl sftp vfds
	[[ "$output" = pipe:* && "$output" != "$ours" ]]
	host_exec=1 run output_inside as_user alice centerctl dial vfds 7000
	[[ "$output" = pipe:* && "$output" != "$ours" ]]
	exec {pipe}>&-
}

@test "a file that is open for reading is not rewritten by who is inside" {
	echo content >"$BATS_TEST_TMPDIR/file"
	centerctl dial vfds 7000 <"$BATS_TEST_TMPDIR/file" >/dev/null 2>&1 3>&- &
	client=$!
	wait_until 5 is_inside
	docker exec vfds sh -c 'for p in /proc/[0-9]*; do [ "$p" = /proc/1 ] || for f in 0 1 2 3 4 5; do (echo owned >"$p/fd/$f") 2>/dev/null & done; done; sleep 0.3'
	[ "$(cat "$BATS_TEST_TMPDIR/file")" = content ]
}

@test "files as stdin and stdout carry every byte" {
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/blob"
	tar -C "$BATS_TEST_TMPDIR" -cf "$BATS_TEST_TMPDIR/in.tar" blob
	centerctl cp - vfds:/tmp <"$BATS_TEST_TMPDIR/in.tar"
	centerctl cp vfds:/tmp/blob - >"$BATS_TEST_TMPDIR/out.tar"
	tar -xOf "$BATS_TEST_TMPDIR/out.tar" blob | cmp - "$BATS_TEST_TMPDIR/blob"
	centerctl logs vfds >"$BATS_TEST_TMPDIR/log"
	[ "$(cat "$BATS_TEST_TMPDIR/log")" = logged ]
}

@test "special files that an account may open are not read or written with root's rights" {
	local words
	for words in "${writers[@]}"; do
		# shellcheck disable=SC2086 # words
		run as_user alice bash -c 'exec timeout -k 1 10 centerctl "$@" >/proc/self/comm' - $words </dev/null
		assert_status 125
		# shellcheck disable=SC2086 # words
		run as_user alice bash -c 'exec timeout -k 1 10 centerctl "$@" >/proc/self/oom_score_adj' - $words </dev/null
		assert_status 125
	done
	for words in "${readers[@]}"; do
		# shellcheck disable=SC2086 # words
		run as_user alice bash -c 'exec timeout -k 1 10 centerctl "$@" </proc/self/environ' - $words
		assert_status 125
	done
}

@test "a full disk under what logs and cp write is an error, and no silence" {
	local words
	for words in "cp vfds:/etc/passwd -" "backup vfds" "logs vfds"; do
		echo "$words" >&2
		# shellcheck disable=SC2086 # words
		run bash -c 'timeout -k 1 5 centerctl "$@" >/dev/full' - $words </dev/null
		[ "$status" -ne 0 ]
		[ "$status" -ne 124 ]
	done
}

@test "closed 0, 1 and 2 are no way in for another file" {
	local words
	for words in "logs vfds" "cp vfds:/etc/passwd -" "top vfds" "stats vfds" "show vfds" "diff vfds" "signal -s CONT vfds"; do
		# shellcheck disable=SC2086 # words
		bash -c 'timeout -k 1 10 centerctl "$@" <&- >&- 2>&-' - $words || true
		# shellcheck disable=SC2086 # words
		run bash -c 'timeout -k 1 10 centerctl "$@" <&-' - $words
		assert_status 0
	done
	# shellcheck disable=SC2086 # words
	run bash -c 'timeout -k 1 10 centerctl cp - vfds:/tmp <&-'
	[ "$status" -ne 124 ]
}

asks()
{
	[ "$(below "$1" | wc -l)" -ge 2 ]
}

@test "what only asks hands nothing of the caller's on" {
	local words pid
	echo content >"$BATS_TEST_TMPDIR/file"
	for words in "ls -w" "top -w vfds" "stats -w vfds" "wait vfds"; do
		echo "$words" >&2
		# shellcheck disable=SC2086 # words
		centerctl $words <"$BATS_TEST_TMPDIR/file" >/dev/null 2>"$BATS_TEST_TMPDIR/file.err" 3>&- 7<"$BATS_TEST_TMPDIR" 8</etc/shadow 9<>"$BATS_TEST_TMPDIR/file" &
		client=$!
		wait_until 5 asks "$client"
		for pid in $(below "$client"); do
			# centerctl-enter has 0 to 2 as they are, and starts nobody with them.
			run bash -c 'ls -l "/proc/$1/fd" | awk -v from="$2" "NF > 8 && \$9 >= from"' - "$pid" $(($(grep -cx centerctl-enter "/proc/$pid/comm") * 3))
			assert_silent_about /etc/shadow
			assert_silent_about "$BATS_TEST_TMPDIR"
		done
		kill -KILL "$client"
		wait "$client" || true
	done
}
