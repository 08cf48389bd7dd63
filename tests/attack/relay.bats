#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A caller who makes wait what relays, times and records a session: a channel or a socket that nobody reads, descriptors
# that are no streams, slack in every timer, a cgroup that is the caller's own, a limit on the size of files.
# Proves: message_send_by, lib/session/flow, stdfd_check_stranger, lib/priv/sanitize, cgroups_leave_delegated.

load attack

setup_file()
{
	host_start
	container relay base sleep 100000
	front mute >/dev/null
	cp "$CENTERCTL_TOP/tests/attack/relay.py" "$host/relay.py"
	cp "$(build_program slow_file)" "$host/slow_file"
	chmod 755 "$host/relay.py" "$host/slow_file"
}

setup()
{
	enter=$CENTERCTL_LIBEXEC/centerctl-enter
	granted
}

teardown()
{
	local dir
	for dir in ${cgroups:-}; do
		cgroup_gone "$dir"
	done
	# What waits for one of these goes on, too.
	pkill -f "^$host/mute |^/usr/bin/python3 $host/relay.py " || true
	[ -z "${listener:-}${ender:-}" ] || kill "${listener:-$ender}" 2>/dev/null || true
}

teardown_file()
{
	rm -f "$host/mute" "$host/relay.py" "$host/slow_file"
	containers_gone relay
	host_clean
}

# granted [WITH]: the rule for alice.
granted()
{
	policy <<-END
		allow user:alice to relay as app for exec,shell ${1:+with $1}
		allow user:bob   to relay as app for exec
	END
}

centerctl_root()
{
	in_host env "DOCKER_HOST=$DOCKER_HOST" "$host_prefix/bin/centerctl" "$@"
}

# The session whose arguments end with this word.
session_of()
{
	audit_all "select(.event == \"start\" and .argv[-1] == \"$1\") | .session" | tail -n 1
}

# end_of WORD: why that session ended; fails while there is no record of it.
end_of()
{
	local id
	id=$(session_of "$1")
	[ -n "$id" ] && audit_all "select(.event == \"end\" and .session == \"$id\") | .reason" | grep .
}

end_is()
{
	[ "$(end_of "$1")" = "$2" ]
}

# background NAME COMMAND...: as that account, with nothing of ours open.
background()
{
	host_exec=1 as_user "$@" </dev/null >/dev/null 2>&1 3>&- &
}

# ended SECONDS WORD REASON: the command whose last word that is ends in time, there is a record, and nothing is left.
ended()
{
	wait_until_not "$1" process_with sleep "$2"
	wait_until 3 end_of "$2" >/dev/null
	run end_of "$2"
	# shellcheck disable=SC2053 # a pattern
	[[ $output == $3 ]] || echo "ended for $output, not $3" >&2
	# shellcheck disable=SC2053
	[[ $output == $3 ]]
	wait_until 4 no_gates_left
}

# ends_in SECONDS WORD REASON: the same, and it begins first.
ends_in()
{
	wait_until 5 process_with sleep "$2"
	ended "$@"
}

@test "a channel that nobody reads does not hold the session" {
	granted timeout=1s
	background alice "$host/mute" before "$enter" relay sleep 44.01
	ends_in 5 44.01 '@(client-gone|timeout)'
	background alice "$host/mute" after "$enter" relay sleep 44.02
	ends_in 4 44.02 timeout
	granted idle=1s
	background alice "$host/mute" before "$enter" relay sleep 44.03
	ends_in 5 44.03 '@(client-gone|idle)'
	background alice "$host/mute" after "$enter" relay sleep 44.04
	ends_in 4 44.04 idle
}

@test "a session whose channel nobody reads can be ended, and leaves its place" {
	granted sessions=1
	local fill number=44.05
	for fill in before after; do
		background alice "$host/mute" $fill "$enter" relay sleep $number
		wait_until 5 process_with sleep $number
		elapsed_ms centerctl_root end "$(session_of $number)"
		[ "$fill" = before ] || assert_status 0
		assert_within_ms 4000
		ended 2 $number '@(client-gone|ended)'
		run as_user alice centerctl exec relay id -un
		assert_output app
		number=44.06
	done
}

@test "a socket as stdout that nobody reads does not hold the session" {
	local rule number
	for rule in timeout idle; do
		granted $rule=1s
		number=44.1${#rule}
		background alice "$host/relay.py" out unread centerctl exec relay sh -c "(while :; do echo line; done) & sleep $number"
		wait_until 5 process_with sleep "$number"
		wait_until_not 5 process_with sleep "$number"
		wait_until 4 no_gates_left
		run audit_last '[.event, .reason] | join(" ")'
		assert_output "end $rule"
	done
	granted
	background alice "$host/relay.py" out unread centerctl exec relay sh -c '(while :; do echo line; done) & sleep 44.15'
	wait_until 5 process_with sleep 44.15
	sleep 0.3
	local id
	id=$(audit_all 'select(.event == "start") | .session' | tail -n 1)
	elapsed_ms centerctl_root end "$id"
	assert_status 0
	assert_within_ms 4000
	run audit_last '[.event, .reason] | join(" ")'
	assert_output "end ended"
	run ! process_with sleep 44.15
}

# refused_as WAY KIND WORDS
refused_as()
{
	run timeout 10 "${as_alice[@]}" "$host/relay.py" "$1" "$2" centerctl exec -i relay "${command[@]}"
	echo "$1 $2: $status $output" >&2
	assert_status 125
	assert_silent_about given
	assert_says "centerctl: standard descriptor "
	assert_says "$3"
}

@test "a connection that lingers, sent where bytes are expected, does not hold the session" {
	granted timeout=1s
	background alice "$host/mute" channel "$enter" relay sleep 44.17
	# That may be over at once.
	wait_until 8 end_is 44.17 client-gone
	run ! process_with sleep 44.17
	background alice "$host/mute" stdin "$enter" relay sleep 44.18
	ends_in 4 44.18 timeout
	granted
	background alice "$host/mute" stdin "$enter" relay sleep 44.19
	wait_until 5 process_with sleep 44.19
	sleep 0.3
	elapsed_ms centerctl_root end "$(session_of 44.19)"
	assert_status 0
	ended 2 44.19 ended
}

# A /dev/fuse for everybody, as hosts have it.
everybodys_fuse()
{
	in_host sh -c '[ -c "$1" ] || mknod -m 666 "$1" c 10 229; mount --bind "$1" /dev/fuse' - "$host/fuse"
}

@test "a file whose content never comes does not hold the session, whatever it is seen through" {
	everybodys_fuse
	run as_user alice "$host/slow_file" stat -f -c %T /proc/self/fd/0
	[ "$output" = overlayfs ] || skip_or_fail "no FUSE, overlay or user namespace for everybody: $output"
	granted timeout=1s
	elapsed_ms as_user alice timeout -s KILL 8 "$host/slow_file" centerctl exec -i relay sleep 44.16
	echo "$elapsed ms: $output" >&2
	assert_status 125
	assert_says "put cat and a pipe in between"
	assert_within_ms 3000
	run ! process_with sleep 44.16
	# The same of a mount that is not the caller's.
	run as_user alice centerctl exec -i relay cat </etc/hostname
	assert_status 0
}

# So that timeout(1), which runs no function, can stand before it.
alice_words()
{
	as_alice=(nsenter -t "$(cat "$host/holder")" --mount --net -- setpriv --reuid alice --regid alice --init-groups --inh-caps=-all -- env -i
		"HOME=$host/home/alice" "PATH=$host_prefix/bin:/usr/bin:/bin" LC_ALL=C.UTF-8)
}

@test "what is neither a file, a pipe, a terminal nor a stream of the caller's own is refused" {
	alice_words
	local kind way command before
	before=$(audit_all 'select(.event == "start")' | wc -l)
	rm -f "$host/listener"
	python3 -c 'import os, socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
s.listen(64)
time.sleep(60)' "$host/listener" </dev/null >/dev/null 2>&1 3>&- &
	listener=$!
	wait_until 5 test -S "$host/listener"
	for way in in out; do
		command=(cat)
		[ $way = in ] || command=(echo given)
		for kind in eventfd timerfd epoll inotify signalfd random urandom ptmx datagram seqpacket netlink "$host/listener"; do
			refused_as $way "$kind" "is neither a file, a pipe, a terminal nor a stream socket of your own: put cat and a pipe in between"
		done
	done
	command=(cat)
	for kind in proc cgroup freezer sysfs; do
		refused_as in $kind "put cat and a pipe in between"
	done
	command=(echo 0)
	refused_as out oom "put cat and a pipe in between"
	rm -f "$host/listener"
	[ "$(audit_all 'select(.event == "start")' | wc -l)" = "$before" ]
}

@test "pipes, FIFOs, files, terminals, null devices, streams of the caller's own and of the network work both ways" {
	alice_words
	local kind
	for kind in pipe fifo file stream tcp own-listener; do
		run timeout 10 "${as_alice[@]}" "$host/relay.py" in $kind centerctl exec -i relay cat
		echo "in $kind: $status $output" >&2
		assert_status 0
		assert_output given
		run timeout 10 "${as_alice[@]}" "$host/relay.py" out $kind centerctl exec -i relay echo given
		echo "out $kind: $status $output" >&2
		assert_status 0
	done
	for kind in pipe fifo stream tcp own-listener pty; do
		run timeout 10 "${as_alice[@]}" "$host/relay.py" out $kind centerctl exec -i relay echo given
		echo "out $kind: $status $output" >&2
		assert_status 0
		assert_output given
	done
	run timeout 10 "${as_alice[@]}" "$host/relay.py" in pty centerctl exec -i relay head -c 5
	assert_output given
	run timeout 10 "${as_alice[@]}" "$host/relay.py" in zero centerctl exec -i relay sh -c 'head -c 100000 | wc -c'
	assert_output 100000
	run timeout 10 "${as_alice[@]}" "$host/relay.py" in null centerctl exec -i relay wc -c
	assert_output 0
	run timeout 10 "${as_alice[@]}" "$host/relay.py" out null centerctl exec relay echo given
	assert_status 0
	run timeout 10 "${as_alice[@]}" "$host/relay.py" out full centerctl exec relay echo given
	assert_status 125
	assert_says "output of the command was lost"
}

# as alice, with that slack: Python words before, then the command.
slack='import ctypes, os, sys
ctypes.CDLL(None).prctl(29, ctypes.c_ulong(12 * 10**9), 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:])'

@test "slack that the caller gave to its timers does not put off the rule's limits, and does not reach the command" {
	granted timeout=2s
	elapsed_ms as_user alice python3 -c "$slack" centerctl exec relay sleep 44.21
	assert_status 124
	assert_within_ms 5000
	[ "$elapsed" -ge 2000 ]
	granted idle=1s
	elapsed_ms as_user alice python3 -c "$slack" centerctl exec relay sleep 44.22
	assert_status 124
	assert_within_ms 4000
	granted
	run as_user alice python3 -c "$slack" centerctl exec relay cat /proc/self/timerslack_ns
	assert_output "$(docker exec relay cat /proc/self/timerslack_ns)"
}

# cgroup_for NAME PATH: makes it and gives it, with all that is in it, to that account. Kept in $cgroups for the end.
cgroup_for()
{
	mkdir "$2"
	in_host chown -R "$1:" "$2"
	cgroups="$2 ${cgroups:-}"
}

cgroup_gone()
{
	local pid
	[ -d "$1" ] || return 0
	[ ! -e "$1/freezer.state" ] || echo THAWED >"$1/freezer.state"
	[ ! -e "$1/cgroup.freeze" ] || echo 0 >"$1/cgroup.freeze"
	while read -r pid; do
		kill -KILL "$pid" 2>/dev/null || true
	done <"$1/cgroup.procs"
	wait_until 3 rmdir "$1" 2>/dev/null
}

# within DIRECTORIES... -- COMMAND...: in these cgroups, from the beginning.
within()
{
	local dir
	while [ "$1" != -- ]; do
		echo "$BASHPID" >"$1/cgroup.procs" || return
		shift
	done
	shift
	"$@"
}

cgroup_paths()
{
	freezer=/sys/fs/cgroup/freezer/centerctl-relay.$$ unified=/sys/fs/cgroup/unified/centerctl-relay.$$
	if [ ! -d /sys/fs/cgroup/freezer ] || [ ! -d /sys/fs/cgroup/unified ]; then
		skip_or_fail "no freezer of v1 beside v2"
	fi
}

# The one centerctl-enter that keeps a session (its watcher is its child), in the cgroup hierarchy of that name.
enter_cgroup()
{
	sed -n "s/^[0-9]*:$2://p" "/proc/$1/cgroup"
}

@test "whoever owns a cgroup can neither freeze nor kill what runs there as root for it" {
	cgroup_paths
	local id pid
	cgroup_for alice "$freezer"
	cgroup_for alice "$unified"
	granted timeout=3s
	(within "$freezer" "$unified" -- as_user alice centerctl exec relay sleep 44.31) </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 44.31
	for pid in $(gates_left); do
		[ "$(enter_cgroup "$pid" freezer)" = / ]
		[ "$(enter_cgroup "$pid" '')" = / ]
	done
	as_user alice sh -c "echo FROZEN >$freezer/freezer.state; echo 1 >$unified/cgroup.freeze"
	# Somebody else's entries go on meanwhile.
	elapsed_ms as_user bob centerctl exec relay id -un
	assert_output app
	assert_within_ms 2000
	ended 6 44.31 timeout
	as_user alice sh -c "echo THAWED >$freezer/freezer.state; echo 0 >$unified/cgroup.freeze"
	# Moved there at once, nothing is frozen that anybody waits for.
	granted
	(within "$freezer" "$unified" -- as_user alice centerctl exec relay sleep 44.32) </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 44.32
	if [ -e "$unified/cgroup.kill" ]; then
		as_user alice sh -c "echo 1 >$unified/cgroup.kill"
	else
		while read -r pid; do kill -KILL "$pid"; done <"$unified/cgroup.procs"
	fi
	ended 5 44.32 client-gone
	run as_user bob centerctl exec relay id -un
	assert_output app
}

@test "a recording goes on and is complete when the caller's cgroup is frozen" {
	cgroup_paths
	cgroup_for alice "$freezer"
	granted record,timeout=2s
	(within "$freezer" -- as_person alice -- centerctl exec -t relay sh -c 'while sleep 0.2; do echo tick; done; : 44.33') </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sh -c 'while sleep 0.2; do echo tick; done; : 44.33'
	as_user alice sh -c "echo FROZEN >$freezer/freezer.state"
	wait_until_not 6 process_with sh -c 'while sleep 0.2; do echo tick; done; : 44.33'
	local id
	id=$(audit_all 'select(.event == "start") | .session' | tail -n 1)
	wait_until 3 audit_has_end "$id"
	run audit_last .reason
	assert_output timeout
	run centerctl_root audit verify
	assert_status 0
	[ "$(in_host grep -c tick "$host_log/sessions/$id.cast")" -ge 5 ]
}

audit_has_end()
{
	[ -n "$(audit_all "select(.event == \"end\" and .session == \"$1\")")" ]
}

@test "it goes no further than to the nearest cgroup that is root's, and stays where all are" {
	cgroup_paths
	local pid
	mkdir "$freezer" "$unified"
	cgroups="$freezer $unified"
	(within "$freezer" "$unified" -- as_user alice centerctl exec relay sleep 44.34) </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 44.34
	for pid in $(gates_left); do
		[ "$(enter_cgroup "$pid" freezer)" = "${freezer#/sys/fs/cgroup/freezer}" ]
		[ "$(enter_cgroup "$pid" '')" = "${unified#/sys/fs/cgroup/unified}" ]
	done
	pkill -fx 'sleep 44.34'
	wait_until 4 no_gates_left
	# alice's below root's, and root's below alice's.
	cgroup_for alice "$freezer/hers"
	mkdir "$freezer/hers/roots"
	cgroups="$freezer/hers/roots $cgroups"
	(within "$freezer/hers/roots" "$unified" -- as_user alice centerctl exec relay sleep 44.35) </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 44.35
	for pid in $(gates_left); do
		[ "$(enter_cgroup "$pid" freezer)" = "${freezer#/sys/fs/cgroup/freezer}" ]
	done
	pkill -fx 'sleep 44.35'
	wait_until 4 no_gates_left
}

# end_at_once DIRECTORY TIMES: sends what `centerctl end` sends as soon as a session has said that it is there.
end_at_once()
{
	in_host python3 - "$@" <<-'END'
		import os, signal, struct, sys, time
		where, times, until = sys.argv[1], int(sys.argv[2]), time.monotonic() + 60
		seen = set(os.listdir(where))
		while times and time.monotonic() < until:
		    for name in set(os.listdir(where)) - seen:
		        text = b""
		        while len(text) < 8:
		            text = open(where + "/" + name, "rb").read()
		        seen.add(name)
		        times -= 1
		        # Not at the same moment every time.
		        time.sleep(times % 6 * 0.0005)
		        os.kill(struct.unpack_from("<q", text)[0], signal.SIGRTMIN + 6)
	END
}

@test "a session that is ended in its first moment has both its records, and no command is left" {
	local before n times=30 directory
	! long || times=300
	# shellcheck source=tests/lib/build.bash
	directory=$(. "$CENTERCTL_TOP/tests/lib/build.bash" && echo "$build_tests_rundir/sessions")
	as_user bob centerctl exec relay true
	before=$(audit_lines)
	host_exec=1 end_at_once "$directory" $times </dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/ender" 3>&- &
	ender=$!
	wait_until 5 test -e "/proc/$ender"
	sleep 0.3
	for ((n = 0; n < times; n++)); do
		run as_user alice centerctl exec relay sleep 44.40
		assert_status 125
		assert_says "this session was ended by an administrator"
	done
	wait $ender
	run ! process_with sleep 44.40
	run audit_all '[.event, .reason] | join(" ")'
	[ "$(tail -n $((2 * times)) <<<"$output" | grep -cx 'end ended')" = $times ]
	[ "$(audit_lines)" = $((before + 2 * times)) ]
}

@test "a command that was left running with its terminal can be ended, too" {
	granted detach
	as_user alice centerctl exec -d -t relay sleep 44.51
	wait_until 5 process_with sleep 44.51
	local id
	id=$(session_of 44.51)
	elapsed_ms centerctl_root end "$id"
	assert_status 0
	assert_within_ms 3000
	run ! process_with sleep 44.51
	wait_until 3 no_gates_left
}

@test "a limit on the size of files that cannot be raised is refused, and says so" {
	local size before
	before=$(audit_lines)
	for size in 0 1 100000000; do
		run in_host setpriv --reuid alice --regid alice --init-groups --inh-caps=-all --bounding-set=-sys_resource -- env -i "PATH=$host_prefix/bin:/usr/bin:/bin" \
			prlimit --fsize=$size:$size centerctl exec relay id
		assert_refused "the size of files is limited, which cannot be raised: records would be cut; run centerctl without that limit (ulimit -f unlimited)"
	done
	[ "$(audit_lines)" = "$before" ]
	# A soft one is raised.
	run as_user alice prlimit --fsize=100: centerctl exec relay sh -c 'ulimit -f; echo whole'
	assert_output "unlimited
whole"
}
