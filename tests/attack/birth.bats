#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threats 13 and 24: between its birth and execve(2) the command is a process that a container with CAP_SYS_PTRACE may
# stop, read and command. So at its very first moment it is as confined as the container, and knows nothing; and what is
# reported in its name is believed only as far as the kernel says who sent it.
# Proves: cgroups, capabilities and filter before clone(2) (lib/priv/traveller), the one late cgroup (may_move_late() in
# lib/priv/entry), SCM_CREDENTIALS of reports (on_report()), what receive_report() and run_attempt() leave open, and that keys are
# forgotten (cmd/centerctl-enter/lookup).
#
# The barrier "born" holds both the traveller and the command; its files lie inside, in /tmp.

load attack

setup_file()
{
	local refuse_setsid='{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["setsid"], "action": "SCMP_ACT_ERRNO"}]}'
	echo "$refuse_setsid" >"$BATS_FILE_TMPDIR/setsid.json"
	container birth --cap-add SYS_PTRACE base sleep 100000
	container birth-nnp --cap-add SYS_PTRACE --security-opt no-new-privileges base sleep 100000
	container birth-setsid --security-opt "seccomp=$BATS_FILE_TMPDIR/setsid.json" base sleep 100000
	docker -H "$REMAP_HOST" run -d --name birth-remap --network none --security-opt "seccomp=$BATS_FILE_TMPDIR/setsid.json" \
		base sleep 100000 >/dev/null
	give birth inmate
}

teardown_file()
{
	containers_gone birth birth-nnp birth-setsid birth-full
	docker -H "$REMAP_HOST" rm -f birth-remap >/dev/null
}

setup()
{
	entry=
}

teardown()
{
	[ -z "$entry" ] || kill "$entry" 2>/dev/null || true
	[ -z "${victim:-}" ] || kill "$victim" 2>/dev/null || true
}

# born CONTAINER [PREFIX...] -- WORDS...: an entry, `PREFIX centerctl exec WORDS`, that stands where its command was just
# made; sets $entry (the front), $command (the command's PID) and $out.
born()
{
	local name=$1 prefix=()
	shift
	while [ "$1" != -- ]; do
		prefix+=("$1")
		shift
	done
	shift
	gate=/proc/$(container_pid "$name")/root/tmp/gate
	rm -f "$gate".*
	out=$BATS_TEST_TMPDIR/out
	CENTERCTL_TEST_BARRIER=born:/tmp/gate "${prefix[@]}" centerctl exec "$@" >"$out" 2>&1 </dev/null 3>&- &
	entry=$!
	wait_until 5 test -e "$gate.reached"
	wait_until 2 find_command "$name"
}

# Not one of before, which has ended and was not collected yet.
find_command()
{
	command=$(pgrep -r D,R,S,T --ns "$(container_pid "$1")" --nslist pid -f centerctl-enter | head -n 1)
	[ -n "$command" ]
}

released()
{
	touch "$gate.go"
	status=0
	wait "$entry" || status=$?
	entry=
	output=$(cat "$out")
}

@test "at its birth the command has no more power than docker exec gives, and the filter" {
	local name theirs ours
	for name in birth birth-nnp; do
		theirs=$(docker exec "$name" cat /proc/self/status | powers)
		born "$name" -- "$name" echo inside
		ours=$(powers <"/proc/$command/status")
		no_more_than "$theirs" "$ours"
		grep -q '^Seccomp: 2' <<<"$ours"
		released
		assert_output inside
	done
}

@test "at its birth the command is in every cgroup of the container" {
	local ours theirs
	born birth -- birth echo inside
	ours=$(cat "/proc/$command/cgroup")
	theirs=$(cat "/proc/$(container_pid birth)/cgroup")
	released
	assert_output inside
	diff <(echo "$theirs") <(echo "$ours")
}

@test "at the limit of processes the command is outside of that cgroup alone, and joins it" {
	[ -d /sys/fs/cgroup/pids ] || skip "the pids controller has no hierarchy of its own"
	local pid ours theirs
	# Not from the start: the runtime needs some itself to start it.
	container birth-full --pids-limit 50 base sleep 100000
	docker update --pids-limit 1 birth-full >/dev/null
	pid=$(container_pid birth-full)
	theirs=$(cat "/proc/$pid/cgroup")
	born birth-full -- birth-full cat /proc/self/cgroup
	ours=$(cat "/proc/$command/cgroup")
	[[ $(grep ':pids:' <<<"$ours") != *$(container_id birth-full)* ]]
	released
	assert_status 0
	diff <(grep -v ':pids:' <<<"$theirs") <(grep -v ':pids:' <<<"$ours")
	# The command itself says that it was in all of them; with a cgroup namespace, each is the root.
	[ "$(grep -c ':/$' <<<"$output")" -eq "$(grep -c : <<<"$theirs")" ] || diff <(echo "$theirs") <(echo "$output")
	containers_gone birth-full
}

@test "a report that is forged inside names no process of the host" {
	sleep 100000 &
	victim=$!
	born birth -- birth echo inside
	run docker exec birth /inmate forge centerctl-enter "$victim"
	assert_output forged
	released
	assert_status 125
	assert_silent_about inside
	alive "$victim"
	assert_says "none of ours"
	wait_until_not 5 alive "$command"
}

# burdened WHAT...: the container's root has sent these reports, see inmate.c.
burdened()
{
	docker exec birth rm -f /forged
	docker exec -d birth sh -c "echo \$\$ >/burden; exec /inmate burden centerctl-enter $* >/forged 2>&1"
	wait_until 5 docker exec birth grep -q . /forged
	run docker exec birth cat /forged
	assert_output forged
}

# To close the last descriptor of a connection that lingers takes a minute here: nobody may have to, neither while reports are read nor
# when some of them are left.
@test "a report that brings a descriptor holds nobody" {
	local what from outside
	for what in heavy "report heavy" "report report heavy" "empty heavy"; do
		born birth -- birth echo inside
		# So that all of them come before the first is read.
		outside=$(pgrep -P "$entry" -x centerctl-enter)
		kill -STOP "$outside"
		burdened "$what"
		from=$(now_ms)
		kill -CONT "$outside"
		released
		elapsed=$(($(now_ms) - from))
		echo "$what: $elapsed ms: $output" >&2
		docker exec birth sh -c 'kill "$(cat /burden)"'
		assert_status 125
		assert_silent_about inside
		assert_within_ms 40000
		wait_until_not 5 alive "$command"
	done
}

@test "a report without a byte does not make a command that begins out of one that is held" {
	born birth -- birth echo inside
	kill -STOP "$command"
	touch "$gate.go"
	burdened empty
	wait_until_not 15 alive "$command"
	released
	docker exec birth sh -c 'kill "$(cat /burden)"'
	assert_status 125
	assert_says nonsense
	assert_silent_about inside
}

@test "the key of a TLS engine is in no process of the entry when there is a command" {
	local needle pid certs=$BATS_TEST_TMPDIR/certs found=0
	mkdir "$certs"
	cp "$CENTERCTL_STATE"/certs/{ca,cert}.pem "$certs"
	needle=$(sed -n 3p "$CENTERCTL_STATE/certs/key.pem")
	[ ${#needle} -gt 20 ]
	# Text around the key is allowed. So much of it that what is freed and not wiped is not written over by chance.
	{
		yes "around the key" | head -n 1500
		cat "$CENTERCTL_STATE/certs/key.pem"
		yes "around the key" | head -n 1500
	} >"$certs/key.pem"
	born birth env DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH="$certs" DOCKER_HOST=tcp://127.0.0.1:2376 \
		nsenter -t "$(cat "$CENTERCTL_STATE/docker/pids/net")" -n -- birth echo inside
	for pid in $(pgrep -x centerctl-enter); do
		if ! alive "$pid" || ! is_below "$entry" "$pid"; then
			continue
		fi
		found=$((found + 1))
		run memory_has "$pid" "$needle"
		assert_output "no"
	done
	released
	assert_output inside
	# The main process, the traveller and the command.
	[ "$found" -ge 3 ]
}

# Whether a process descends from another.
is_below()
{
	local p=$2
	while [ "$p" -gt 1 ]; do
		[ "$p" != "$1" ] || return 0
		p=$(awk '$1 == "PPid:" { print $2 }' "/proc/$p/status" 2>/dev/null) || return 1
	done
	return 1
}

# Looks for the whole needle and for its first half, in all that can be read of a process.
memory_has()
{
	python3 - "$1" "$2" <<-'END'
		import sys
		pid, needle = sys.argv[1], sys.argv[2].encode()
		read = 0
		with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
		    for line in maps:
		        span, mode = line.split()[:2]
		        start, end = (int(x, 16) for x in span.split("-"))
		        if mode[0] != "r" or end - start > 1 << 28:
		            continue
		        try:
		            mem.seek(start)
		            data = mem.read(end - start)
		        except (OSError, ValueError, OverflowError):
		            continue
		        read += len(data)
		        if needle[: len(needle) // 2] in data:
		            print("yes, in", line.strip())
		            sys.exit()
		print("no" if read > 100000 else "nothing was read")
	END
}

@test "a profile that refuses setsid is refused by name, but behind a user namespace it is loaded late" {
	run centerctl exec birth-setsid echo inside
	assert_refused "setsid"
	assert_says "seccomp profile"
	run centerctl exec -H "$REMAP_HOST" birth-remap grep ^Seccomp: /proc/self/status
	assert_output $'Seccomp:\t2'
}
