#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threats 8 and 22 for signal: whose process it is that a rule's user reaches; and a signal of which nobody would know.
# Proves: is_within_reach() and the record before anything is sent, in cmd/centerctl-enter/deliver.c.

load attack

setup_file()
{
	host_start
	container vsignals base sleep 76301
	policy <<<"allow user:alice to vsignals as app for signal"
	cat >"$BATS_FILE_TMPDIR/lowered.c" <<-'END'
		#define _GNU_SOURCE
		#include <stdlib.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			(void)argc;
			if (setresuid(atoi(argv[1]), atoi(argv[2]), atoi(argv[3])) < 0)
				return 1;
			pause();
		}
	END
	gcc -O1 -Wall -Werror -static -o "$BATS_FILE_TMPDIR/lowered" "$BATS_FILE_TMPDIR/lowered.c"
	docker cp "$BATS_FILE_TMPDIR/lowered" vsignals:/lowered 2>/dev/null
}

teardown()
{
	in_host rm -f "$host_log/filler"
}

teardown_file()
{
	containers_gone vsignals
	host_clean
}

# lowered REAL EFFECTIVE SAVED: a process with these users; sets $pid, and $inner, its number in there.
lowered()
{
	docker exec -d vsignals /lowered "$@"
	wait_until 5 process_with /lowered "$@"
	pid=$(pids_with /lowered "$@")
	wait_until 5 grep -qP "^Uid:\t$1\t$2\t$3\t" "/proc/$pid/status"
	inner=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$pid/status")
}

@test "a process that has lowered its effective user for a moment is not that user's" {
	lowered 0 1000 0
	run as_user alice centerctl signal -s KILL vsignals "$inner" </dev/null
	assert_status 125
	assert_says "your rule does not reach it"
	run as_user alice centerctl signal --all -s KILL vsignals </dev/null
	sleep 0.1
	alive "$pid"
	# As kill(2) has it, by the real or the saved one.
	lowered 1000 0 0
	run as_user alice centerctl signal -s KILL vsignals "$inner" </dev/null
	assert_status 0
	wait_until_not 3 alive "$pid"
	lowered 0 0 1000
	run as_user alice centerctl signal --all -s KILL vsignals </dev/null
	assert_status 0
	wait_until_not 3 alive "$pid"
}

@test "without room for a record no signal is sent" {
	local n refused=0
	lowered 1000 1000 1000
	in_host sh -c 'cat /dev/zero >"$1/filler" 2>/dev/null' - "$host_log" || true
	# What is left of the log's last page takes some records still.
	for n in 1 2 3 4 5 6 7 8; do
		run as_user alice centerctl signal -s CONT vsignals "$inner" </dev/null
		[ "$status" != 125 ] || { refused=1 && break; }
	done
	[ $refused = 1 ]
	run as_user alice centerctl signal -s KILL vsignals "$inner" </dev/null
	assert_status 125
	assert_says "record"
	sleep 0.1
	alive "$pid"
	in_host rm "$host_log/filler"
	run as_user alice centerctl signal -s KILL vsignals "$inner" </dev/null
	assert_status 0
	wait_until_not 3 alive "$pid"
}
