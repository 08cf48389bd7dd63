#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 16: a hostile /dev/ptmx, /dev/pts or /dev/console (CVE-2025-52565).
# Threat 17: the inside types into the caller's terminal (CVE-2016-2779, CVE-2023-1523).
# Proves: the checks of devpts and device numbers (lib/priv/pty), chown by descriptor, and that the caller's own terminal
# never gets in (lib/session).

load attack

setup_file()
{
	container terminal --cap-add MKNOD --cap-add SYS_ADMIN --security-opt seccomp=unconfined base sleep 100000
	give terminal attacker
}

teardown_file()
{
	containers_gone terminal
}

setup()
{
	inside_sh 'cd /dev; umount ptmx; umount pts/ptmx; rm -rf ptmx; ln -s pts/ptmx ptmx' 2>/dev/null || true
	inside_sh 'echo victim >/victim; chown 0:0 /victim; chmod 600 /victim'
}

inside_sh()
{
	nsenter -t "$(container_pid terminal)" -m -- /bin/sh -c "$1"
}

# With a terminal as user 1000: either a real one of the container's devpts, or refused, and soon.
real_or_refused()
{
	elapsed_ms timeout 20 python3 "$CENTERCTL_TOP/tests/lib/pty.py" -- centerctl exec -t -u 1000 terminal sh -c 'tty; stat -Lc "device %t" /proc/self/fd/0; stat -fc "on %T" /proc/self/fd/0'
	assert_within_ms 6000
	if [ "$status" -ne 125 ]; then
		assert_status 0
		assert_says /dev/pts/
		# Majors 136 to 143 are the slaves.
		assert_says "device 88"
	fi
	[ "$(inside_sh 'stat -c %u:%a /victim; cat /victim')" = $'0:600\nvictim' ]
}

@test "ptmx as it should be gives a terminal of the container" {
	real_or_refused
	assert_status 0
}

@test "ptmx as a FIFO does not hang" {
	inside_sh 'rm /dev/ptmx; mkfifo /dev/ptmx'
	real_or_refused
}

@test "ptmx as a file is not written to" {
	inside_sh 'rm /dev/ptmx; ln /victim /dev/ptmx || ln -s /victim /dev/ptmx'
	real_or_refused
	inside_sh 'rm /dev/ptmx; ln -s /victim /dev/ptmx'
	real_or_refused
}

@test "ptmx as another terminal is refused" {
	inside_sh 'rm /dev/ptmx; ln -s /dev/pts/0 /dev/ptmx'
	real_or_refused
	inside_sh 'rm /dev/ptmx; mknod /dev/ptmx c 136 0'
	real_or_refused
	inside_sh 'rm /dev/ptmx; mknod /dev/ptmx c 5 0'
	real_or_refused
	inside_sh 'rm /dev/ptmx; mknod /dev/ptmx c 1 3'
	real_or_refused
}

@test "ptmx of the host's devpts is not used" {
	# Device 5:2 outside of a devpts leads to whichever is mounted beside it.
	inside_sh 'rm /dev/ptmx; mknod /dev/ptmx c 5 2'
	local before
	before=$(find /dev/pts -mindepth 1 | sort)
	real_or_refused
	[ "$(find /dev/pts -mindepth 1 | sort)" = "$before" ]
}

@test "something mounted over ptmx is refused" {
	inside_sh 'mount --bind /victim /dev/pts/ptmx'
	real_or_refused
	inside_sh 'umount /dev/pts/ptmx; mount --bind /dev/null /dev/pts/ptmx'
	real_or_refused
	inside_sh 'umount /dev/pts/ptmx'
}

@test "a tmpfs with a ptmx of its own over dev pts is refused" {
	inside_sh 'mount -t tmpfs none /dev/pts; mkfifo /dev/pts/ptmx; for i in 0 1 2 3 4; do ln -s /victim /dev/pts/$i; done'
	real_or_refused
	assert_refused "no usable /dev/pts"
	inside_sh 'rm /dev/pts/ptmx; mknod /dev/pts/ptmx c 5 2'
	real_or_refused
	assert_refused "no usable /dev/pts"
	inside_sh 'umount /dev/pts'
}

@test "a link instead of dev pts or its ptmx is refused" {
	inside_sh 'mkdir /elsewhere; mount -t tmpfs none /elsewhere; mkfifo /elsewhere/ptmx; mount --bind /elsewhere /dev/pts'
	real_or_refused
	assert_refused "no usable /dev/pts"
	# A devpts of the container's making beside the real one, through a link.
	inside_sh 'rm /elsewhere/ptmx; mkdir /second; mount -t devpts -o newinstance,ptmxmode=0666 none /second; ln -s /second/ptmx /elsewhere/ptmx'
	real_or_refused
	assert_refused "no usable /dev/pts"
	inside_sh 'umount /second; umount /dev/pts; umount /elsewhere; rmdir /elsewhere /second'
}

@test "a file over dev pts N is neither given away nor opened" {
	local n
	# A number has to exist to be mounted over: hold one open through a session of our own.
	for n in 0 1 2 3 4 5; do
		inside_sh "[ -e /dev/pts/$n ] && mount --bind /victim /dev/pts/$n" 2>/dev/null || true
	done
	pty -- centerctl exec -t terminal sleep 14.14 >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 14.14
	for n in 0 1 2 3 4 5; do
		inside_sh "[ -e /dev/pts/$n ] && mount --bind /victim /dev/pts/$n" 2>/dev/null || true
	done
	kill "$(pids_with sleep 14.14 | tail -n 1)"
	wait $! || true
	real_or_refused
	for n in 0 1 2 3 4 5; do
		inside_sh "umount /dev/pts/$n" 2>/dev/null || true
	done
}

@test "a console of the container's is not touched" {
	inside_sh 'rm -f /dev/console; ln -s /victim /dev/console'
	real_or_refused
}

# Runs the command on a terminal of ours, and prints what it shows, then what can be read from that terminal as input.
typed_into_ours()
{
	python3 - "$@" <<-'END'
		import fcntl, os, pty, struct, subprocess, sys, termios, threading, time, tty
		master, slave = os.openpty()
		tty.setraw(slave)
		shown = bytearray()
		def pump():
		    while True:
		        try:
		            data = os.read(master, 4096)
		        except OSError:
		            return
		        shown.extend(data)
		threading.Thread(target=pump, daemon=True).start()
		def own():
		    os.setsid()
		    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
		child = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=slave, preexec_fn=own)
		child.wait(20)
		time.sleep(0.3)
		left = struct.unpack("i", fcntl.ioctl(slave, termios.FIONREAD, b"\0\0\0\0"))[0]
		print("code", child.returncode)
		print("shown", shown.decode(errors="replace").strip())
		print("left", left)
	END
}

@test "bytes can be typed into a terminal of ours at all on this machine" {
	[ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ] || skip_or_fail "dev.tty.legacy_tiocsti is 0"
	run typed_into_ours "$(build_program attacker)" inject
	assert_silent_about "left 0"
}

@test "an injector with a terminal leaves no byte on the caller's" {
	run typed_into_ours centerctl exec -t terminal /attacker inject
	assert_says "code 0"
	assert_says "typed"
	assert_says "left 0"
}

@test "an injector without a terminal reaches none" {
	run typed_into_ours centerctl exec -T terminal /attacker inject
	assert_says "typed 0"
	assert_says "left 0"
	run typed_into_ours sh -c 'centerctl exec terminal /attacker inject | cat'
	assert_says "left 0"
	run typed_into_ours sh -c 'centerctl exec terminal /attacker inject </dev/null 2>&1 | cat'
	assert_says "typed 0"
	assert_says "left 0"
}

@test "the caller's terminal is not among the descriptors inside" {
	run typed_into_ours centerctl exec -T terminal /attacker fds
	assert_silent_about tty
	run typed_into_ours centerctl exec -d terminal sh -c '/attacker fds >/tmp/fds; /attacker inject >/tmp/typed'
	wait_until 5 docker exec terminal test -s /tmp/typed
	run docker exec terminal cat /tmp/fds /tmp/typed
	assert_silent_about tty
	assert_says "typed 0"
}
