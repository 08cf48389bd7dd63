#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 7: the PID is used again, or the container recreated, between the check and the entry (CVE-2013-4288,
# CVE-2019-6133).
# Proves: the pidfd that is taken first, reading through one /proc/PID descriptor, the question whether it still lives
# after the checks, and setns through that pidfd (lib/priv/target, lib/priv/ns).

load attack

setup_file()
{
	container decoy base sleep 100000
	docker exec decoy sh -c 'echo decoy >/marker'
}

teardown_file()
{
	containers_gone decoy victim
}

setup()
{
	make_victim
}

make_victim()
{
	docker rm -f victim >/dev/null 2>&1 || true
	container victim base sleep 100000
	docker exec victim sh -c 'echo victim >/marker'
}

# held POINT COMMAND...: starts an entry into victim, waits until it stands at POINT, and leaves it there.
held()
{
	gate=$BATS_TEST_TMPDIR/gate
	rm -f "$gate".*
	CENTERCTL_TEST_BARRIER=$1:$gate centerctl exec victim sh -c 'touch /entered; cat /marker' >"$gate.out" 2>&1 3>&- &
	entry=$!
	wait_until 10 test -e "$gate.reached"
}

# Lets it go on: nothing but a refusal may come of it.
released_and_refused()
{
	touch "$gate.go"
	status=0
	wait "$entry" || status=$?
	output=$(cat "$gate.out")
	assert_status 125
	assert_silent_about decoy
	run docker exec decoy test -e /entered
	assert_status 1
}

@test "an entry that is held and then let go works" {
	held checked
	touch "$gate.go"
	wait "$entry"
	[ "$(cat "$gate.out")" = victim ]
}

@test "a container that dies between check and entry is not entered" {
	local point
	for point in answered checked; do
		held "$point"
		docker kill victim >/dev/null
		released_and_refused
		make_victim
	done
}

@test "a container that is recreated in between is not entered" {
	local point
	for point in answered checked; do
		held "$point"
		make_victim
		released_and_refused
		run docker exec victim test -e /entered
		assert_status 1
	done
}

# A process in decoy that has the number that victim's had.
recycle()
{
	recycled=$(python3 - "$1" "$(container_pid decoy)" <<-'END'
		import os, sys
		number, decoy = int(sys.argv[1]), sys.argv[2]
		for i in range(500):
		    with open("/proc/sys/kernel/ns_last_pid", "w") as f:
		        f.write(str(number - 1))
		    child = os.fork()
		    if child == 0 and os.getpid() == number:
		        null = os.open("/dev/null", os.O_RDWR)
		        for fd in (0, 1, 2):
		            os.dup2(null, fd)
		        os.closerange(3, 256)
		        os.execvp("nsenter", ["nsenter", "-t", decoy, "-m", "-u", "-i", "-n", "-C", "--", "/bin/sleep", "3333"])
		    if child == 0:
		        os._exit(0)
		    if child == number:
		        print(child)
		        sys.exit(0)
		    os.waitpid(child, 0)
		sys.exit(1)
	END
	) || return
	into_cgroups_of_decoy "$recycled"
}

into_cgroups_of_decoy()
{
	local f
	find /sys/fs/cgroup -path "*$(container_id decoy)/cgroup.procs" | while read -r f; do
		echo "$1" >"$f"
	done
}

@test "a process of another container that got the same number is not entered" {
	local point number
	for point in answered checked; do
		number=$(container_pid victim)
		held "$point"
		docker kill victim >/dev/null
		wait_until_not 5 test -d "/proc/$number"
		recycle "$number" || skip_or_fail "the kernel does not give a number of our choice"
		released_and_refused
		# Known at once, not only because the cgroups are gone.
		[ "$point" != checked ] || grep -q "ended just now" "$gate.out"
		kill "$recycled"
		make_victim
	done
}

@test "an engine that is slow gives no way in: pause, rename and restart meanwhile" {
	held checked
	docker restart -t 0 victim >/dev/null
	released_and_refused
}

@test "restart loops never lead into a wrong container" {
	local loops=100 i entered=0 refused=0 stop=$BATS_TEST_TMPDIR/stop
	long && loops=1000
	docker rm -f victim >/dev/null
	(
		# victim is recreated all the time, decoy restarted, so that numbers are taken and given back.
		while [ ! -e "$stop" ]; do
			docker run -d --name victim --network none base sh -c 'echo victim >/marker; exec sleep 100000'
			docker restart -t 0 decoy
			docker rm -f victim
		done
	) >/dev/null 2>&1 3>&- &
	local churn=$!
	for ((i = 0; i < loops; i++)); do
		run timeout -k 1 20 centerctl exec victim sh -c 'cat /marker 2>/dev/null || echo victim'
		case $status:$output in
		0:victim) entered=$((entered + 1)) ;;
		125:*) refused=$((refused + 1)) ;;
		# Killed together with the container, while inside.
		137:*) [[ $output != *decoy* ]] ;;
		*)
			echo "loop $i: code $status: $output" >&2
			touch "$stop"
			return 1
			;;
		esac
	done
	touch "$stop"
	wait "$churn"
	echo "# $entered entered, $refused refused" >&3
	[ "$entered" -gt 0 ]
}
