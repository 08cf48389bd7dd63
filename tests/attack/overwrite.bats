#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 13: the helper is attacked from inside: its binary overwritten through /proc/PID/exe (CVE-2019-5736,
# CVE-2016-9962), its memory traced, its descriptors taken.
# Proves: execution from a read-only detached mount (lib/priv/sanitize), the drop of privilege and the close of every
# descriptor before the process is seen inside (lib/priv/traveller).

load attack

setup_file()
{
	# SYS_PTRACE, so that nothing but what we do keeps our processes from being looked into.
	container snoop --cap-add SYS_PTRACE --security-opt seccomp=unconfined --security-opt apparmor=unconfined base sleep 100000
	give snoop snoop
}

teardown_file()
{
	containers_gone snoop
}

setup()
{
	sums=$(checksums)
}

checksums()
{
	sha256sum "$(readlink -f "$(command -v centerctl)")" "$CENTERCTL_LIBEXEC"/*
}

teardown()
{
	[ "$sums" = "$(checksums)" ]
}

@test "a command that is #!/proc/self/exe executes nothing of ours" {
	docker exec snoop sh -c 'printf "#!/proc/self/exe\n" >/trap; chmod 755 /trap'
	elapsed_ms timeout 20 centerctl exec snoop /trap
	[ "$status" -ne 0 ]
	assert_within_ms 5000
	docker exec snoop sh -c 'printf "#!/proc/self/exe --channel=0\n" >/trap'
	run timeout 20 centerctl exec snoop /trap </dev/null
	[ "$status" -ne 0 ]
}

@test "a command that is a link to proc self exe executes nothing of ours" {
	docker exec snoop ln -sf /proc/self/exe /link
	run timeout 20 centerctl exec snoop /link echo hello
	[ "$status" -ne 0 ]
	run timeout 20 centerctl exec snoop /proc/self/exe echo hello
	[ "$status" -ne 0 ]
}

@test "an interpreter or shell of the container's that is proc self exe executes nothing of ours" {
	docker exec snoop sh -c 'cp /etc/passwd /etc/passwd.good; echo "trap:x:1000:1000::/:/proc/self/exe" >>/etc/passwd'
	run timeout 20 centerctl exec -u trap snoop </dev/null
	[ "$status" -ne 0 ]
	docker exec snoop mv /etc/passwd.good /etc/passwd
}

@test "a loop that overwrites, traces and takes descriptors gets nothing over many entries" {
	local entries=200 i
	long && entries=10000
	docker exec -d snoop sh -c '/snoop >/report 2>&1'
	wait_until 5 docker exec snoop test -s /report
	for ((i = 0; i < entries; i++)); do
		timeout 20 centerctl exec snoop true </dev/null >/dev/null 2>&1 || true
	done
	for i in 1 2 3 4 5; do
		timeout 20 centerctl exec -u 1000 snoop sleep 0.1 </dev/null >/dev/null 2>&1 || true
	done
	run docker exec snoop cat /report
	echo "$output" | head -n 20
	assert_says watching
	assert_silent_about WROTE
	assert_silent_about FOREIGN
	assert_silent_about POWER
}

@test "a working directory of ours is not seen inside, even for a moment" {
	local fd
	docker exec -d snoop sh -c '/snoop >/report3 2>&1'
	wait_until 5 docker exec snoop test -s /report3
	for fd in {3..30} {3..30} {3..30}; do
		timeout 20 centerctl exec -w "/proc/self/fd/$fd" snoop true </dev/null >/dev/null 2>&1 || true
	done
	run docker exec snoop cat /report3
	assert_says watching
	assert_silent_about FOREIGN
}

@test "the report shows what it should find" {
	# The same eyes on nsenter, which keeps root's capabilities and the caller's descriptors.
	docker exec -d snoop sh -c '/snoop >/report2 2>&1'
	wait_until 5 docker exec snoop test -s /report2
	nsenter -t "$(container_pid snoop)" -a -- /bin/sleep 0.5 </etc >/dev/null
	run docker exec snoop cat /report2
	assert_says POWER
	assert_says FOREIGN
}

@test "a program of ours is not dumpable while it has something to lose" {
	local pid
	centerctl exec snoop sleep 27.18 </dev/null 3>&- &
	wait_until 5 process_with sleep 27.18
	for pid in $(pgrep -f 'centerctl-enter'); do
		# The owner of /proc/PID of a process that is not dumpable is root; only root runs it here, so look at the mode of exe.
		[ ! -w "/proc/$pid/exe" ] || run bash -c "echo >>/proc/$pid/exe"
	done
	kill "$(pids_with sleep 27.18 | tail -n 1)"
	wait
}

@test "what runs cannot be opened for writing, even by root of the host" {
	centerctl exec snoop sleep 27.18 </dev/null 3>&- &
	wait_until 5 process_with sleep 27.18
	local pid found=0
	for pid in $(pgrep -f 'centerctl-enter'); do
		found=1
		run python3 -c 'import os, sys
path = "/proc/%s/exe" % sys.argv[1]
fd = os.open(path, os.O_RDONLY)
for again in (path, "/proc/self/fd/%d" % fd):
    try:
        os.open(again, os.O_WRONLY)
        print("opened")
    except OSError as e:
        print(e.errno)' "$pid"
		assert_silent_about opened
		# EROFS or EPERM for good, not ETXTBSY, which ends when the process does.
		assert_silent_about 26
	done
	kill "$(pids_with sleep 27.18 | tail -n 1)"
	wait
	[ $found -eq 1 ]
}
