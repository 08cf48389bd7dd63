#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threats 10 and 13 for cp where a container speaks in place of the program that serves there: it names files that were not asked for,
# in another container too, keeps the stream open when the session is over, or looks into that program.
# Proves, each line alone: add_asked() in cmd/centerctl/copy.c with the one name that `write` takes; that what a service brings is relayed
# (make_one() in cmd/centerctl-enter/streams.c); PR_SET_DUMPABLE in cmd/centerctl-inside/main.c; the capability in tool_plan_caps().

load attack

setup_file()
{
	container vcopies-from base sh -c 'mkdir /dst; exec sleep 76101'
	container vcopies-to base sh -c 'mkdir /dst; exec sleep 76102'
	# With all that tells a service from it, so that its processes may look into one that lets itself be looked into.
	container vcopies-holds --cap-add WAKE_ALARM --cap-add BLOCK_SUSPEND --cap-add LEASE base sleep 76103
	docker cp "$CENTERCTL_LIBEXEC/centerctl-inside" vcopies-to:/inside 2>/dev/null
	export hostile=$CENTERCTL_LIBEXEC.copies
	make_hostile
}

teardown_file()
{
	containers_gone vcopies-from vcopies-to vcopies-holds
	rm -rf "$CENTERCTL_LIBEXEC.copies"
}

# Our programs with a centerctl-inside that says what /stream holds, and ends when /stay is gone. What writes is the real one.
make_hostile()
{
	rm -rf "$hostile"
	cp -a "$CENTERCTL_LIBEXEC" "$hostile"
	cat >"$BATS_FILE_TMPDIR/say.c" <<-'END'
		#include <fcntl.h>
		#include <string.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			char b[4096];
			ssize_t n;
			if (argc > 1 && strcmp(argv[1], "write") == 0)
				execv("/inside", argv);
			int fd = open("/stream", O_RDONLY);
			while ((n = read(fd, b, sizeof(b))) > 0)
				if (write(1, b, n) != n)
					return 1;
			for (n = 0; n < 500 && access("/stay", F_OK) == 0; n++)
				usleep(10000);
			return 0;
		}
	END
	gcc -O1 -static -o "$hostile/centerctl-inside" "$BATS_FILE_TMPDIR/say.c"
}

@test "between two containers, who is read does not say what is written in the other one" {
	mkdir -p "$BATS_TEST_TMPDIR/x" "$BATS_TEST_TMPDIR/y"
	echo asked >"$BATS_TEST_TMPDIR/x/f"
	echo evil >"$BATS_TEST_TMPDIR/.profile"
	echo evil >"$BATS_TEST_TMPDIR/y/f"
	tar -C "$BATS_TEST_TMPDIR" -cf "$BATS_TEST_TMPDIR/stream" .profile x y
	docker cp "$BATS_TEST_TMPDIR/stream" vcopies-from:/stream 2>/dev/null
	CENTERCTL_LIBEXECDIR=$hostile run timeout -k 1 10 centerctl cp vcopies-from:/x vcopies-to:/dst
	assert_status 1
	assert_says "not asked for"
	run docker exec vcopies-to find /dst
	assert_output $'/dst\n/dst/x\n/dst/x/f'
}

# The process that serves in a container, by its first word: its number there.
serving()
{
	served=$(docker exec "$1" sh -c 'for p in /proc/[0-9]*; do case $(tr "\0" " " <$p/cmdline 2>/dev/null) in centerctl-inside*) echo "${p#/proc/}" ;; esac; done')
	[ -n "$served" ]
}

# begin CONTAINER: a copy out of it that stays until /stay is gone; sets $copying and $served.
begin()
{
	docker exec "$1" sh -c 'head -c 100 /dev/zero | tr "\0" x >/stream; : >/stay'
	CENTERCTL_LIBEXECDIR=$hostile timeout -k 1 15 centerctl cp "$1:/x" "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null 3>&- &
	copying=$!
	wait_until 5 serving "$1"
}

@test "a stream that a process of the container holds open ends with the session" {
	local from
	begin vcopies-holds
	docker exec -d vcopies-holds sh -c "exec 9>/proc/$served/fd/1; : >/held; sleep 76104"
	wait_until 5 docker exec vcopies-holds test -e /held
	docker exec vcopies-holds rm /stay
	from=$(now_ms)
	status=0
	wait "$copying" || status=$?
	elapsed=$(($(now_ms) - from)) output=$(cat "$BATS_TEST_TMPDIR/said")
	assert_status 125
	assert_within_ms 4000
	process_with sleep 76104
}

@test "a program that lets itself be looked into is out of reach of the container's root by what it may" {
	begin vcopies-from
	run docker exec vcopies-from sh -c "readlink /proc/$served/exe; readlink /proc/$served/fd/1; cat /proc/$served/maps 2>/dev/null | head -n 1; : >/proc/$served/fd/1"
	docker exec vcopies-from rm /stay
	wait "$copying" || true
	[ "$status" -ne 0 ]
	assert_silent_about memfd
	assert_silent_about pipe
	# That one lets itself be looked into, where nothing is in the way.
	begin vcopies-holds
	run docker exec vcopies-holds readlink "/proc/$served/exe"
	docker exec vcopies-holds rm /stay
	wait "$copying" || true
	assert_says memfd
}

@test "and the real one does not let itself be looked into by others of its user" {
	mkfifo "$BATS_TEST_TMPDIR/held"
	chmod 666 "$BATS_TEST_TMPDIR/held"
	exec 9<>"$BATS_TEST_TMPDIR/held"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$CENTERCTL_LIBEXEC/centerctl-inside" write -- /tmp <&9 3>&- &
	local pid=$!
	wait_until 3 grep -qx centerctl-insid "/proc/$pid/comm"
	wait_until 3 reads "$pid"
	run setpriv --reuid 65534 --regid 65534 --clear-groups readlink "/proc/$pid/exe"
	kill "$pid"
	exec 9>&-
	assert_status 1
	assert_output ""
}

# Waits for what comes: all that it does first is done.
reads()
{
	[ "$(awk '$1 == "State:" { print $2 }' "/proc/$1/status")" = S ]
}
