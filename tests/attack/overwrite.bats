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

# watch NAME: lets the adversary loop inside, reporting to /NAME. (docker exec would show itself; nobody looks through it.)
watch()
{
	docker exec -d snoop sh -c "/snoop >/$1 2>&1"
	wait_until 5 grep -q watching "/proc/$(container_pid snoop)/root/$1"
}

report()
{
	run cat "/proc/$(container_pid snoop)/root/$1"
	echo "$output" | head -n 20
	assert_says watching
}

checksums()
{
	find "$(readlink -f "$(command -v centerctl)")" "$CENTERCTL_LIBEXEC" -type f -exec sha256sum {} + | sort
}

teardown()
{
	local pid
	for pid in $(pids_with /snoop); do
		! grep -q "$(container_id snoop)" "/proc/$pid/cgroup" || kill -KILL "$pid"
	done
	[ "$sums" = "$(checksums)" ]
}

@test "a command that is #!/proc/self/exe executes nothing of ours" {
	docker exec snoop sh -c 'printf "#!/proc/self/exe\n" >/trap; chmod 755 /trap'
	elapsed_ms timeout -k 1 20 centerctl exec snoop /trap
	[ "$status" -ne 0 ]
	assert_within_ms 5000
	docker exec snoop sh -c 'printf "#!/proc/self/exe --channel=0\n" >/trap'
	run timeout -k 1 20 centerctl exec snoop /trap </dev/null
	[ "$status" -ne 0 ]
}

@test "a command that is a link to proc self exe executes nothing of ours" {
	docker exec snoop ln -sf /proc/self/exe /link
	run timeout -k 1 20 centerctl exec snoop /link echo hello
	[ "$status" -ne 0 ]
	run timeout -k 1 20 centerctl exec snoop /proc/self/exe echo hello
	[ "$status" -ne 0 ]
}

@test "an interpreter or shell of the container's that is proc self exe executes nothing of ours" {
	docker exec snoop sh -c 'cp /etc/passwd /etc/passwd.good; echo "trap:x:1000:1000::/:/proc/self/exe" >>/etc/passwd'
	run timeout -k 1 20 centerctl exec -u trap snoop </dev/null
	[ "$status" -ne 0 ]
	docker exec snoop mv /etc/passwd.good /etc/passwd
}

@test "a loop that overwrites, traces and takes descriptors gets nothing over many entries" {
	local entries=80 i
	long && entries=10000
	watch report
	for ((i = 0; i < entries; i++)); do
		timeout -k 1 20 centerctl exec snoop true </dev/null >/dev/null 2>&1 || true
	done
	for i in 1 2 3 4 5; do
		timeout -k 1 20 centerctl exec -u 1000 snoop sleep 0.1 </dev/null >/dev/null 2>&1 || true
	done
	report report
	assert_silent_about WROTE
	assert_silent_about FOREIGN
	assert_silent_about POWER
}

@test "a working directory of ours is not seen inside, even for a moment" {
	local fd
	watch report3
	for fd in {3..30} {3..30} {3..30}; do
		timeout -k 1 20 centerctl exec -w "/proc/self/fd/$fd" snoop true </dev/null >/dev/null 2>&1 || true
	done
	report report3
	assert_silent_about FOREIGN
}

@test "the report shows what it should find" {
	# The same eyes on nsenter, which keeps root's capabilities and the caller's descriptors.
	watch report2
	nsenter -t "$(container_pid snoop)" -a -- /bin/sleep 0.5 </etc >/dev/null
	report report2
	assert_says POWER
	assert_says FOREIGN
}

@test "a program of ours is not dumpable while it has something to lose" {
	local pid
	centerctl exec snoop sleep 27.18 </dev/null 3>&- &
	wait_until 5 process_with sleep 27.18
	for pid in $(helpers_left); do
		# The owner of /proc/PID of a process that is not dumpable is root; only root runs it here, so look at the mode of exe.
		[ ! -w "/proc/$pid/exe" ] || run bash -c "echo >>/proc/$pid/exe"
	done
	kill "$(pids_with sleep 27.18 | tail -n 1)"
	wait $! || true
}

@test "what ran cannot be opened for writing afterwards, even by root of the host" {
	centerctl exec snoop sleep 27.18 </dev/null 3>&- &
	wait_until 5 process_with sleep 27.18
	# As the published trick does: open it for reading while it runs, and for writing when nothing keeps it busy.
	run python3 - "$(pids_with sleep 27.18 | tail -n 1)" $(pgrep -s 0 -f -- '(^|/)centerctl-enter( |$)') <<-'END'
		import os, signal, sys, time
		command, helpers = int(sys.argv[1]), sys.argv[2:]
		held = [os.open("/proc/%s/exe" % pid, os.O_RDONLY) for pid in helpers]
		os.kill(command, signal.SIGTERM)
		while any(os.path.exists("/proc/%s" % pid) for pid in helpers):
		    time.sleep(0.05)
		for fd in held:
		    try:
		        os.open("/proc/self/fd/%d" % fd, os.O_WRONLY)
		        print("opened for writing")
		    except OSError as e:
		        print("refused:", e.strerror)
	END
	wait $! || true
	assert_says refused
	assert_silent_about opened
	assert_silent_about busy
}
