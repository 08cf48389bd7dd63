#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 14: name services, character sets or libraries of the container are loaded after entry (CVE-2019-14271,
# CVE-2025-32463).
# Proves: centerctl-enter is static and opens next to nothing between setns and execve (lib/priv/traveller, lib/priv/pty).

load attack

setup_file()
{
	container trapped base sleep 100000
	mkdir -p "$BATS_FILE_TMPDIR/trap"
	cat >"$BATS_FILE_TMPDIR/trap/trap.c" <<-'END'
		#include <fcntl.h>
		#include <unistd.h>
		__attribute__((constructor)) static void sprung(void)
		{
			close(open("/sprung", O_CREAT | O_WRONLY, 0666));
		}
	END
	gcc -shared -fPIC -o "$BATS_FILE_TMPDIR/trap/trap.so" "$BATS_FILE_TMPDIR/trap/trap.c"
	docker cp "$BATS_FILE_TMPDIR/trap/trap.so" trapped:/trap.so >/dev/null
	docker exec trapped sh -c '
		for d in /lib /lib64 /usr/lib /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu; do
			mkdir -p $d
			for n in libnss_files.so.2 libnss_compat.so.2 libnss_evil.so.2 libnss_dns.so.2 libc.so.6 libcap.so.2 libgcc_s.so.1 ld-linux-x86-64.so.2; do
				cp /trap.so $d/$n
			done
			mkdir -p $d/gconv $d/locale
			cp /trap.so $d/gconv/UTF-16.so
			echo "module UTF-8// INTERNAL /trap 1" >$d/gconv/gconv-modules
		done
		printf "passwd: evil files\ngroup: evil files\nshadow: evil\ninitgroups: evil\nhosts: evil\n" >/etc/nsswitch.conf
		echo /trap.so >/etc/ld.so.preload
		echo "options evil" >/etc/resolv.conf
		echo "/" >/etc/ld.so.conf'
}

teardown_file()
{
	containers_gone trapped
}

@test "no trap of the container's libraries and name services is sprung" {
	local args
	for args in '' '-u app' '-u app:audio' '--group-add video' '-u 1000 -w /tmp'; do
		# shellcheck disable=SC2086 # words
		run centerctl exec $args trapped true
		assert_status 0
	done
	run pty -- centerctl exec -t -u app trapped true
	run docker exec trapped test -e /sprung
	assert_status 1
}

@test "centerctl-enter needs no loader and no library" {
	run readelf -lW "$CENTERCTL_LIBEXEC/centerctl-enter"
	assert_silent_about INTERP
	run readelf -dW "$CENTERCTL_LIBEXEC/centerctl-enter"
	assert_silent_about NEEDED
}

# What processes of centerctl-enter opened after their first setns and before their execve. A child that is made after
# setns starts where its parent was.
opened_inside()
{
	python3 - "$1" <<-'END'
		import re, sys
		inside, names = set(), []
		for line in open(sys.argv[1], errors="replace"):
		    m = re.match(r"(\d+) +(\w+)\((.*)", line)
		    if not m:
		        continue
		    pid, call, rest = m.groups()
		    if call == "setns":
		        inside.add(pid)
		    elif call in ("clone", "clone3", "fork", "vfork") and pid in inside:
		        child = re.search(r"= (\d+)$", line.strip())
		        if child:
		            inside.add(child.group(1))
		    elif call.startswith("execve") and pid in inside:
		        inside.discard(pid)
		    elif pid in inside and call in ("open", "openat", "openat2", "connect", "creat", "socket", "uselib"):
		        print(call, rest.strip())
	END
}

@test "between setns and execve nothing is opened but a short list" {
	command -v strace >/dev/null || skip_or_fail "strace is not installed"
	local trace=$BATS_TEST_TMPDIR/trace args
	for args in '' '-u app' '-u app:audio -w /tmp'; do
		# shellcheck disable=SC2086 # words
		strace -f -qq -o "$trace" -e trace=setns,execve,execveat,clone,clone3,fork,vfork,open,openat,openat2,connect,creat,socket \
			centerctl exec $args trapped true </dev/null
		grep -q 'setns(' "$trace"
		opened_inside "$trace" >"$trace.opened"
		# The working directory, and the container's null device for a stdin that is none.
		run grep -vE '"/dev/null"|"(/|/tmp)", .*O_(PATH|DIRECTORY)|"/proc/self/attr/' "$trace.opened"
		assert_output ""
	done
}

@test "with a terminal the list grows by the container's devpts only" {
	command -v strace >/dev/null || skip_or_fail "strace is not installed"
	local trace=$BATS_TEST_TMPDIR/trace
	pty -- strace -f -qq -o "$trace" -e trace=setns,execve,execveat,clone,clone3,fork,vfork,open,openat,openat2,connect,creat,socket \
		centerctl exec -t trapped true
	opened_inside "$trace" >"$trace.opened"
	run grep -vE '"/?(dev|dev/pts|dev/ptmx|dev/pts/ptmx|pts|ptmx|pts/ptmx)"|"/dev/null"|"/dev/tty"|"/", .*O_(PATH|DIRECTORY)|"/proc/self/attr/' "$trace.opened"
	assert_output ""
}
