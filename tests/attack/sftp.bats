#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Threats 10, 11, 14, 34, 37, where a program of the host's serves files of a container that is hostile, and where
# connections are made in its network.
# Proves: the loader without its /etc/ld.so.preload and with all libraries preloaded (cmd/centerctl-sftp/collect.c), the
# shim that answers for NSS (names.c), the look-up without NSS (cmd/centerctl-inside/look.c), read-only and ports= of rules.

load attack

setup_file()
{
	host_start
	policy <<-END
		allow key:sa-all  to sa-* as root for sftp,dial with ports=*/1-65535
		allow key:sa-app  to sa-* as app for sftp,dial
		allow key:sa-keep to sa-* as root for sftp with read-only
		allow key:sa-port to sa-* as root for dial with ports=7000:db/5432
		allow user:alice  to sa-host as root for dial
		allow user:bob    to sa-host as root for dial with privileged
		allow key:sa-exec to sa-* as root for exec,shell,cp
	END
	local key
	for key in sa-all sa-app sa-keep sa-port sa-exec; do
		gate_key "$key"
	done
	container sa-trap -e LD_PRELOAD=/trap.so -e LD_LIBRARY_PATH=/trap -e LD_AUDIT=/trap.so -e HOSTALIASES=/trap base sh -c 'nc -ll -p 7000 -e cat & nc -ll -p 7001 -e cat & sleep 74101'
	docker run -d --name sa-host --network host base sleep 100000 >/dev/null
	set_traps
	echo host >"$BATS_FILE_TMPDIR/canary"
}

teardown_file()
{
	containers_gone sa-trap sa-host
	podman rm -f -i -t 0 sa-first >/dev/null 2>&1 || true
	host_clean
}

# Whatever of these is loaded leaves /sprung.
set_traps()
{
	cat >"$BATS_FILE_TMPDIR/trap.c" <<-'END'
		#include <fcntl.h>
		#include <unistd.h>
		__attribute__((constructor)) static void sprung(void)
		{
			close(open("/tmp/sprung", O_CREAT | O_WRONLY, 0666));
		}
	END
	gcc -shared -fPIC -o "$BATS_FILE_TMPDIR/trap.so" "$BATS_FILE_TMPDIR/trap.c"
	docker cp "$BATS_FILE_TMPDIR/trap.so" sa-trap:/trap.so >/dev/null
	docker exec -e LD_PRELOAD= sa-trap sh -c '
		for d in /trap /lib /lib64 /usr/lib /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu; do
			mkdir -p $d/gconv
			for n in libnss_files.so.2 libnss_compat.so.2 libnss_evil.so.2 libnss_dns.so.2 libc.so.6 libresolv.so.2 ld-linux-x86-64.so.2 \
				libcrypto.so.3 libz.so.1 libgcc_s.so.1 centerctl-names.so; do
				cp /trap.so $d/$n
			done
			echo "module UTF-8// INTERNAL /trap 1" >$d/gconv/gconv-modules
		done
		for d in passwd group shadow initgroups hosts services; do echo "$d: evil files"; done >/etc/nsswitch.conf
		echo /trap.so >/etc/ld.so.preload
		echo "127.0.0.1 here" >/etc/hosts'
}

batch()
{
	local ssh_options key=$1 name=$2
	shift 2
	host_ssh_options "$key"
	printf '%s\n' "$@" | in_host sftp -q -b - -F none "${ssh_options[@]}" -s "sftp /$name" center@127.0.0.1
}

# With the probe's own eyes: the traps hold for a dynamic program of the container's.
@test "nothing of the container is loaded by its sftp-server or by a dial" {
	run batch sa-all sa-trap "ls -l /" "ls -l /home" "get /etc/passwd /dev/null" "df"
	assert_status 0
	run batch sa-app sa-trap "ls -l /"
	assert_status 0
	run gate_ssh sa-all dial sa-trap here:7000 <<<hello
	assert_output hello
	run gate_ssh sa-all dial sa-trap nowhere.example:7000 </dev/null
	assert_status 1
	[ ! -e "/proc/$(container_pid sa-trap)/root/tmp/sprung" ]
}

@test "links of the container lead to files of the container" {
	local up=../../../../../../../..
	docker exec -e LD_PRELOAD= sa-trap sh -c 'mkdir -p /srv/l; cd /srv/l
		ln -sf "$1" abs; ln -sf "$2$1" up; ln -sf "/proc/self/root$1" self; ln -sf "/proc/1/root$1" init; ln -sf "$2" top; echo inside >/etc/canary; ln -sf "$2/etc/canary" own' \
		- "$BATS_FILE_TMPDIR/canary" "$up"
	local name
	for name in abs up self init "top$BATS_FILE_TMPDIR/canary"; do
		run batch sa-all sa-trap "get /srv/l/$name $BATS_TEST_TMPDIR/got"
		[ "$status" -ne 0 ]
		[ ! -s "$BATS_TEST_TMPDIR/got" ]
	done
	batch sa-all sa-trap "get /srv/l/own $BATS_TEST_TMPDIR/own" "put $BATS_FILE_TMPDIR/canary $up/etc/canary2"
	[ "$(cat "$BATS_TEST_TMPDIR/own")" = inside ]
	[ ! -e /etc/canary2 ]
}

@test "with read-only nothing changes" {
	local before after command root
	root=/proc/$(container_pid sa-trap)/root
	docker exec -e LD_PRELOAD= sa-trap sh -c 'mkdir -p /srv/ro/empty; echo keep >/srv/ro/file; chmod 600 /srv/ro/file'
	before=$(cd "$root/srv/ro" && find . -printf '%p %m %U %G %s %T@ %l\n' | sort)
	for command in "put $BATS_FILE_TMPDIR/canary /srv/ro/new" "put $BATS_FILE_TMPDIR/canary /srv/ro/file" "put -a $BATS_FILE_TMPDIR/canary /srv/ro/file" \
		"rm /srv/ro/file" "rmdir /srv/ro/empty" "mkdir /srv/ro/dir" "rename /srv/ro/file /srv/ro/file2" "rename -l /srv/ro/file /srv/ro/file2" \
		"ln /srv/ro/file /srv/ro/hard" "ln -s file /srv/ro/soft" "chmod 777 /srv/ro/file" "chown 1 /srv/ro/file" "chgrp 1 /srv/ro/file" \
		"copy /srv/ro/file /srv/ro/copy"; do
		run batch sa-keep sa-trap "$command"
		if [ "$status" -eq 0 ]; then
			echo "went through: $command" >&2
			return 1
		fi
	done
	python3 - "$BATS_TEST_TMPDIR/packets" <<-'END'
		import struct, sys
		def s(t): return struct.pack(">I", len(t)) + t
		def p(b): return struct.pack(">I", len(b)) + b
		f = s(b"/srv/ro/file")
		out = p(b"\x01" + struct.pack(">I", 3))
		out += p(b"\x03" + struct.pack(">I", 1) + f + struct.pack(">II", 0x02 | 0x10, 0))        # open, write and truncate
		out += p(b"\x03" + struct.pack(">I", 2) + f + struct.pack(">II", 0x01 | 0x10, 0))        # open, read and truncate
		out += p(b"\x03" + struct.pack(">I", 3) + s(b"/srv/ro/c") + struct.pack(">II", 0x01 | 0x08, 0))
		out += p(b"\x09" + struct.pack(">I", 4) + f + struct.pack(">IQ", 1, 0))                  # setstat, size 0
		out += p(b"\x09" + struct.pack(">I", 5) + f + struct.pack(">III", 8, 1, 1))              # setstat, times
		out += p(b"\x03" + struct.pack(">I", 6) + f + struct.pack(">II", 0x01, 0))
		out += p(b"\x0a" + struct.pack(">I", 7) + s(b"\0\0\0\0") + struct.pack(">IQ", 1, 0))     # fsetstat
		out += p(b"\x06" + struct.pack(">I", 8) + s(b"\0\0\0\0") + struct.pack(">Q", 0) + s(b"x"))
		for n, e in enumerate((b"posix-rename@openssh.com", b"hardlink@openssh.com")):
		    out += p(b"\xc8" + struct.pack(">I", 20 + n) + s(e) + f + s(b"/srv/ro/x"))
		out += p(b"\xc8" + struct.pack(">I", 30) + s(b"lsetstat@openssh.com") + f + struct.pack(">II", 4, 0o777))
		open(sys.argv[1], "wb").write(out)
	END
	gate_ssh sa-keep sftp sa-trap <"$BATS_TEST_TMPDIR/packets" >/dev/null
	after=$(cd "$root/srv/ro" && find . -printf '%p %m %U %G %s %T@ %l\n' | sort)
	if [ "$before" != "$after" ]; then
		diff <(echo "$before") <(echo "$after") >&2
		return 1
	fi
	batch sa-keep sa-trap "get /srv/ro/file $BATS_TEST_TMPDIR/file"
	[ "$(cat "$BATS_TEST_TMPDIR/file")" = keep ]
}

@test "the server holds nothing but its connection, and nobody beside it looks into it" {
	local pid n fd
	host_exec=1 gate_ssh sa-app sftp sa-trap < <(sleep 30) >/dev/null 3>&- &
	local client=$!
	wait_until 10 server_runs
	pid=$(server)
	for fd in /proc/"$pid"/fd/*; do
		n=${fd##*/}
		[ "$n" -le 2 ]
	done
	# Not dumpable: its /proc belongs to the container's root.
	[ "$(stat -c %u "/proc/$pid/environ")" = 0 ]
	[ -z "$(tr -d '\0' <"/proc/$pid/environ" | grep -a LD_)" ]
	kill "$client"
	wait_until_not 5 server_runs
}

@test "who makes the program is not looked into by others that run as nobody" {
	[ "$(stat -c %a:%u "$CENTERCTL_LIBEXEC/centerctl-sftp")" = 711:0 ]
}

server()
{
	pgrep -f '^sftp-server --inhibit-cache' --ns "$(container_pid sa-trap)" --nslist pid | head -n 1
}

server_runs()
{
	[ -n "$(server)" ] && [ "$(stat -c %s "/proc/$(server)/exe" 2>/dev/null)" != "" ] && grep -q libc "/proc/$(server)/maps"
}

@test "files that are none hold nothing up" {
	local root
	root=/proc/$(container_pid sa-trap)/root
	# From the host: an engine's own exec would wait for a writer.
	mv "$root/etc/group" "$root/etc/group.was"
	mkfifo "$root/etc/group"
	elapsed_ms batch sa-all sa-trap "ls -l /"
	rm "$root/etc/group"
	mv "$root/etc/group.was" "$root/etc/group"
	[ "$elapsed" -lt 10000 ]
}

@test "ports= is what can be reached, and nothing else" {
	run gate_ssh sa-port dial sa-trap 7000 <<<hello
	assert_output hello
	local words
	for words in 7001 localhost:7001 127.0.0.1:7001 '[::1]:7001' 127.0.0.2:7000 0.0.0.0:7000 here:7000 '[::ffff:127.0.0.1]:7000' db:5433 DB:5432 127.1:7000 2130706433:7000; do
		run gate_ssh sa-port dial sa-trap "'$words'" <<<hello
		if [ "$status" -ne 125 ] || [[ $output == *hello* ]]; then
			echo "$words: $status: $output" >&2
			return 1
		fi
	done
}

in_engines_net()
{
	local name=$1
	shift
	in_host nsenter "--net=/proc/$(cat "$CENTERCTL_STATE/docker/pids/net")/ns/net" setpriv --reuid "$name" --regid "$name" --init-groups --inh-caps=-all \
		--ambient-caps=-all -- env -i "$host_prefix/bin/centerctl" "$@" <<<hello
}

@test "the host's loopback is not reached through a container that has the host's network" {
	local pid
	nsenter "--net=/proc/$(cat "$CENTERCTL_STATE/docker/pids/net")/ns/net" socat TCP-LISTEN:7999,bind=127.0.0.1,fork,reuseaddr EXEC:cat </dev/null >/dev/null 2>&1 3>&- &
	pid=$!
	wait_until 5 engine_net bash -c ': </dev/tcp/127.0.0.1/7999'
	# For these tests the engine's network is the host's.
	run in_engines_net alice dial sa-host 7999
	assert_status 125
	assert_silent_about hello
	run in_engines_net bob dial sa-host 7999
	assert_says hello
	kill "$pid"
}

@test "without the right the answer is the one for a container that does not exist" {
	local words one two
	for words in "sftp" "dial"; do
		local port=
		[ "$words" = sftp ] || port=7000
		run gate_ssh sa-exec "$words" sa-trap "$port" </dev/null
		assert_status 125
		one=${output//sa-trap/NAME}
		run gate_ssh sa-exec "$words" sa-none "$port" </dev/null
		assert_status 125
		two=${output//sa-none/NAME}
		[ "$one" = "$two" ]
		run gate_ssh sa-exec "$words" other "$port" </dev/null
		assert_status 125
		two=${output//other/NAME}
		[ "$one" = "$two" ]
	done
}

@test "nor is that of the host's first process, for who was put into another network" {
	readlink /proc/1/ns/net || skip "process 1 has capabilities that we have not: its network cannot be looked at (it can in a lane)"
	# podman starts its containers itself, from here: what it calls the host's network is that of process 1.
	podman run -d --name sa-first --network host base sleep 100000 >/dev/null
	[ "/proc/$(podman inspect -f '{{.State.Pid}}' sa-first)/ns/net" -ef /proc/1/ns/net ]
	run ! in_host test /proc/self/ns/net -ef /proc/1/ns/net
	policy <<-END
		engine unix://$CENTERCTL_STATE/podman/podman.sock
		allow user:alice  to sa-first as root for dial
		allow user:bob    to sa-first as root for dial with privileged
	END
	run as_user alice centerctl dial sa-first 9 </dev/null
	assert_status 125
	assert_says "the network of this host"
	run as_user bob centerctl dial sa-first 9 </dev/null
	assert_status 1
	assert_says refused
}
