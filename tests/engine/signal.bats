# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl signal`: to the first process, to one inside, to all of them, and to nobody else's.

load ../lib/common
load ../lib/verbs

setup_file()
{
	for engine in $engines; do
		on "$engine"
		# Each signal that it gets is a line of /got.
		up signal-taker base sh -c 'for s in 1 2 3 10 12 15 18 28 34 36 40 61 64; do trap "echo $s >>/got" $s; done; while :; do sleep 0.05; done'
		up signal-web base sh -c 'trap "exit 7" TERM; sleep 71001 & sleep 71002 & while :; do sleep 0.05; done'
	done
}

teardown()
{
	background_end
}

teardown_file()
{
	both_down signal-beside signal-taker signal-web signal-once signal-all signal-host
}

# got N: the taker had signal N since it was last asked.
got()
{
	grep -qxs "$1" "$taker/got"
}

# sends N WORDS...: centerctl signal with these words makes it signal N.
sends()
{
	local number=$1
	shift
	rm -f "$taker/got"
	run ctl signal "$@" signal-taker
	assert_status 0
	wait_until 3 got "$number"
	[ "$(wc -l <"$taker/got")" = 1 ]
}

@test "a signal goes to the first process, by number or by name, with SIG or without" {
	for engine in $engines; do
		on "$engine"
		taker=$(eng_root signal-taker)
		sends 15
		sends 1 -s HUP
		sends 10 -s SIGUSR1
		sends 12 -s 12
		sends 28 -s WINCH
		sends 2 --signal=INT
	done
}

@test "real-time signals go by number and by name, counted as the C library does" {
	for engine in $engines; do
		on "$engine"
		taker=$(eng_root signal-taker)
		sends 34 -s RTMIN
		sends 36 -s RTMIN+2
		sends 40 -s 40
		sends 61 -s SIGRTMAX-3
		sends 64 -s RTMAX
	done
}

@test "what is no signal is refused" {
	on docker
	local word
	taker=$(eng_root signal-taker)
	rm -f "$taker/got"
	for word in 0 65 -1 FOO SIG SIGSIG 1x RTMIN-1 RTMAX+1 RTMIN+31 RTMIN+ '' ' 15' 15.0 4294967311; do
		run ctl signal "--signal=$word" signal-taker
		assert_status 125
		[[ $output == centerctl:* ]]
	done
	[ ! -e "$taker/got" ]
}

@test "a process inside is named by its number there" {
	for engine in $engines; do
		on "$engine"
		local pid
		pid=$(host_pid_of signal-web sleep 71001)
		run ctl signal signal-web "$(inner "$pid")"
		assert_status 0
		wait_until 2 ended "$pid"
		has_process signal-web sleep 71002
		[ "$(eng inspect -f '{{.State.Running}}' signal-web)" = true ]
	done
}

@test "numbers of the host's processes, and such as are none, hit nobody" {
	local victim word
	in_background "$BATS_TEST_TMPDIR/victim" sleep 71010
	victim=$background
	for engine in $engines; do
		on "$engine"
		for word in "$victim" $$ "$(eng_pid signal-web)" "$(host_pid_of signal-web sleep 71002)" 999999 4194305 2147483648 4294967297; do
			run ctl signal -s KILL signal-web "$word"
			assert_status 125
			[[ $output == centerctl:* ]]
			[ "${#lines[@]}" = 1 ]
		done
		for word in 0 -1 +1 1x '' ' 1' 0x1 01x -; do
			run ctl signal -s KILL signal-web "$word"
			assert_status 125
		done
		has_process signal-web sleep 71002
		[ "$(eng inspect -f '{{.State.Running}}' signal-web)" = true ]
	done
	alive "$victim"
}

@test "--all reaches every process, the first one too" {
	for engine in $engines; do
		on "$engine"
		up signal-all base sh -c 'trap "echo got >>/got" USR1; (trap "echo inner >>/got" USR1; while :; do sleep 0.05; done) & while :; do sleep 0.05; done'
		wait_until 5 has_process signal-all sleep 0.05
		all=$(eng_root signal-all)
		run ctl signal --all -s 10 signal-all
		assert_status 0
		wait_until 3 all_got
		run ctl signal --all -s KILL signal-all
		assert_status 0
		wait_until 5 stopped signal-all
		[ "$(eng inspect -f '{{.State.ExitCode}}' signal-all)" = 137 ]
		down signal-all
		run ctl signal --all signal-web 1
		assert_status 125
	done
}

all_got()
{
	[ "$(sort -u "$all/got" | xargs)" = "got inner" ]
}

stopped()
{
	[ "$(eng inspect -f '{{.State.Running}}' "$1")" = false ]
}

@test "KILL ends the first process, and what has ended cannot be reached" {
	for engine in $engines; do
		on "$engine"
		up signal-once base sleep 100000
		run ctl signal -s KILL signal-once
		assert_status 0
		wait_until 5 stopped signal-once
		[ "$(eng inspect -f '{{.State.ExitCode}}' signal-once)" = 137 ]
		elapsed_ms ctl signal signal-once
		assert_refused signal-once
		assert_within_ms 2000
		down signal-once
	done
}

@test "a TERM that is handled restarts a service" {
	on docker
	up signal-once --restart always base sh -c 'trap "exit 0" TERM; while :; do sleep 0.02; done'
	local before
	before=$(eng_pid signal-once)
	run ctl signal signal-once
	assert_status 0
	wait_until 10 another_pid signal-once "$before"
	down signal-once
}

another_pid()
{
	local pid
	pid=$(eng_pid "$1")
	[ "$pid" != "$2" ] && [ "$pid" != 0 ]
}

@test "where two containers share a PID namespace, each is reached through its own name only" {
	for engine in $engines; do
		on "$engine"
		up signal-beside --pid container:signal-web base sleep 71020
		local mine theirs
		mine=$(inner "$(host_pid_of signal-web sleep 71020)")
		theirs=$(inner "$(host_pid_of signal-web sleep 71002)")
		run ctl signal -s KILL signal-web "$mine"
		assert_status 125
		run ctl signal -s KILL signal-beside "$theirs"
		assert_status 125
		run ctl signal -s KILL signal-beside 1
		assert_status 125
		run ctl signal -s USR2 --all signal-beside
		assert_status 0
		wait_until 3 stopped signal-beside
		has_process signal-web sleep 71002
		[ "$(eng inspect -f '{{.State.Running}}' signal-web)" = true ]
		down signal-beside
	done
}

@test "with the host's PID namespace, only the container's processes are reached" {
	on docker
	local victim
	up signal-host --pid host base sleep 71030
	in_background "$BATS_TEST_TMPDIR/victim" sleep 71031
	victim=$background
	run ctl signal -s KILL signal-host "$victim"
	assert_status 125
	alive "$victim"
	run ctl signal -s KILL signal-host 1
	assert_status 125
	run ctl signal -s TERM signal-host "$(eng_pid signal-host)"
	assert_status 0
	wait_until 3 stopped signal-host
	alive "$victim"
	down signal-host
}

@test "a paused container gets its signals later" {
	on docker
	taker=$(eng_root signal-taker)
	rm -f "$taker/got"
	docker pause signal-taker >/dev/null
	elapsed_ms ctl signal -s HUP signal-taker
	docker unpause signal-taker >/dev/null
	assert_within_ms 2000
	[ "$status" = 125 ] || wait_until 3 got 1
}

@test "a number that is used again is not hit for another" {
	# As fast as numbers can be given away: whoever is hit was the one that was named, or nobody.
	on docker
	local pid n
	docker exec -d signal-taker sh -c 'n=0; while [ $n -lt 300 ]; do sleep 0.01 & n=$((n + 1)); done; wait'
	for n in 1 2 3 4 5 6 7 8 9 10; do
		pid=$(docker exec signal-taker sh -c 'sleep 0 & echo $!')
		run ctl signal -s KILL signal-taker "$pid"
		[ "$status" = 125 ] || [ "$status" = 0 ]
	done
	[ "$(docker inspect -f '{{.State.Running}}' signal-taker)" = true ]
	[ "$(docker inspect -f '{{.State.Running}}' signal-web)" = true ]
}
