# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl exec` as a command in scripts and on terminals: options, exit codes, bytes, signals, the terminal.

load ../lib/common

setup_file()
{
	head -c $((16 * 1024 * 1024 + 1)) /dev/urandom >"$BATS_FILE_TMPDIR/seed"
	container exec-web base sleep 100000
	container exec-dressed dressed sleep 100000
	container exec-static static /probe sleep 100000
}

teardown_file()
{
	containers_gone exec-web exec-dressed exec-static
}

setup()
{
	export TERM=xterm
	unset PTY_PATIENCE
}

# A tenth of what SHA-256 takes.
sum()
{
	cksum | cut -d ' ' -f 1
}

# bytes MIB: nothing that repeats before 16 MiB and 1 byte; zeroes would be too easy.
bytes()
{
	while cat "$BATS_FILE_TMPDIR/seed"; do :; done 2>/dev/null | head -c $(($1 * 1024 * 1024))
}

@test "the exit code is the command's" {
	for n in 0 1 2 3 99 123 124 125 126 127 128 129 200 254 255; do
		run "-$n" centerctl exec exec-web /probe exit "$n"
		assert_output ""
	done
}

@test "a command that a signal ended gives 128 and its number" {
	for n in 1 2 3 6 9 11 13 14 15; do
		run centerctl exec exec-web /probe kill "$n"
		assert_status $((128 + n))
	done
}

@test "a command that is not there gives 127 and says so" {
	for command in no-such-command /no/such/command; do
		run -127 centerctl exec exec-web "$command"
		assert_status 127
		assert_says "centerctl: "
		assert_says "$command"
		[[ $output != *$'\n'* ]]
	done
	run -127 centerctl exec exec-static sh
	assert_status 127
	assert_says sh
}

@test "a command that cannot be executed gives 126 and says so" {
	for command in /etc /bin/noexec /etc/passwd; do
		run centerctl exec exec-web "$command"
		assert_status 126
		assert_says "centerctl: "
		assert_says "$command"
		[[ $output != *$'\n'* ]]
	done
	run centerctl exec exec-web /bin/badformat
	assert_status 126
}

@test "a command is found on the container's PATH, not on ours" {
	docker exec exec-web sh -c 'mkdir -p /opt/x && ln -sf /bin/busybox /opt/x/only-here && printf "#!/bin/sh\necho found\n" >/opt/x/only-here.sh && chmod +x /opt/x/only-here.sh'
	run -127 centerctl exec exec-web only-here.sh
	assert_status 127
	run centerctl exec -e PATH=/bin:/opt/x exec-web only-here.sh
	assert_status 0
	assert_output found
}

@test "a script runs with its interpreter" {
	run centerctl exec exec-web script
	assert_status 0
	assert_output script
}

@test "options after the container's name are the command's" {
	run centerctl exec exec-web echo -t -u nobody --help --
	assert_status 0
	assert_output "-t -u nobody --help --"
	run centerctl exec -- exec-web echo -n
	assert_status 0
}

@test "arguments arrive byte for byte" {
	run centerctl exec exec-web printf '[%s]' '' ' ' $'a\nb' '$HOME' '"' "'" "\\" '*' $'\xff\xfe' 'ü'
	assert_status 0
	assert_output "[][ ][a"$'\n'"b][\$HOME][\"]['][\\][*]["$'\xff\xfe'"][ü]"
}

@test "many and long arguments arrive" {
	local long
	long=$(head -c 100000 /dev/zero | tr '\0' x)
	run centerctl exec exec-web sh -c 'echo ${#1} ${#2} $#' sh "$long" "$long"
	assert_output "100000 100000 2"
	# shellcheck disable=SC2046 # words
	run centerctl exec exec-web sh -c 'echo $#' sh $(seq 20000)
	assert_output "20000"
}

@test "without a command, the user's shell of the container's passwd runs" {
	run bash -c 'echo "echo \$0 \$(id -u)" | centerctl exec exec-web'
	assert_output "/bin/sh 0"
	run bash -c 'echo "echo \$0 \$(id -u)" | centerctl exec -u ash exec-web'
	assert_output "/bin/ash 1003"
	run bash -c 'echo "echo \$0 \$(id -u)" | centerctl exec -u shellless exec-web'
	assert_output "/bin/sh 1002"
	run bash -c 'echo "echo \$0 \$(id -u)" | centerctl exec -u 4242 exec-web'
	assert_output "/bin/sh 4242"
}

@test "a container is found by name, by ID and by a unique prefix" {
	local id
	id=$(container_id exec-web)
	for word in exec-web "$id" "${id:0:12}" "${id:0:20}"; do
		run centerctl exec "$word" hostname
		assert_status 0
		assert_output "${id:0:12}"
	done
}

@test "pid:N enters the container of a process, without any engine" {
	local pid
	pid=$(container_pid exec-web)
	DOCKER_HOST=unix:///no/such/socket run centerctl exec "pid:$pid" hostname
	assert_status 0
	assert_output "$(docker exec exec-web hostname)"
	DOCKER_HOST=unix:///no/such/socket run centerctl exec "pid:$pid" sh -c 'grep -E "^(Cap|Seccomp:|NoNew)" /proc/self/status'
	assert_status 0
	assert_output "$(docker exec exec-web sh -c 'grep -E "^(Cap|Seccomp:|NoNew)" /proc/self/status')"
}

@test "pid:N refuses what is no container" {
	for pid in 0 1 -1 99999999 x "$$" ''; do
		run centerctl exec "pid:$pid" true
		assert_refused ""
	done
}

@test "the environment is the container's, then -e, over it HOME and TERM only where nothing is set" {
	run centerctl exec exec-dressed env
	assert_says FROM_IMAGE=yes
	assert_says COLOUR=blue
	assert_says HOME=/home/app
	assert_says PATH=/bin:/usr/bin
	assert_silent_about CENTERCTL
	assert_silent_about DOCKER_HOST
	run centerctl exec -e COLOUR=red -e NEW=1 -e HOME=/h exec-dressed sh -c 'echo $COLOUR $NEW $HOME'
	assert_output "red 1 /h"
	GIVEN=away run centerctl exec -e GIVEN -e NOT_SET_ANYWHERE exec-web env
	assert_says GIVEN=away
	assert_silent_about NOT_SET_ANYWHERE
	printf 'A=from file\n#comment\nB=\n' >"$BATS_TEST_TMPDIR/file"
	run centerctl exec --env-file "$BATS_TEST_TMPDIR/file" -e A=later exec-web sh -c 'echo "$A,$B"'
	assert_output "later,"
}

@test "-w sets the working directory, and one that is not there is refused" {
	run centerctl exec -w /srv/work exec-web pwd
	assert_output /srv/work
	run centerctl exec exec-dressed pwd
	assert_output /srv/work
	run centerctl exec -w /not/there exec-web pwd
	assert_refused /not/there
	run centerctl exec -w /etc/passwd exec-web pwd
	assert_refused /etc/passwd
}

@test "-u and --group-add decide who the command is" {
	run centerctl exec -u app --group-add extra --group-add 3456 exec-web sh -c 'id -u; id -g; id -G'
	assert_output $'1000\n1000\n1000 29 44 2000 3456'
	run centerctl exec -u 5:6 exec-web sh -c 'id -u; id -g; id -G; echo $HOME'
	assert_output $'5\n6\n6\n/'
}

@test "--cap-add gives a capability beyond the container's" {
	run centerctl exec --cap-add NET_ADMIN exec-web sh -c 'grep CapEff /proc/self/status'
	assert_status 0
	assert_says 00000000a80435fb
}

@test "--ns chooses what is entered" {
	local pid outside inside
	pid=$(container_pid exec-web)
	run centerctl exec --ns all,-net exec-web readlink /proc/self/ns/net
	assert_output "$(readlink /proc/self/ns/net)"
	run centerctl exec --ns mnt,pid exec-web sh -c 'readlink /proc/self/ns/uts; readlink /proc/self/ns/mnt'
	assert_status 0
	outside=$(readlink /proc/self/ns/uts)
	inside=$(readlink "/proc/$pid/ns/mnt")
	assert_output "$outside"$'\n'"$inside"
	run centerctl exec --ns nonsense exec-web true
	assert_refused nonsense
}

@test "--timeout ends the command with 124" {
	elapsed_ms centerctl exec --timeout 1s exec-web sleep 4321
	assert_status 124
	assert_within_ms 2500
	[ "$elapsed" -ge 1000 ]
	wait_until_not 2 process_with sleep 4321
}

@test "--timeout kills what ignores TERM" {
	export PTY_PATIENCE=20
	elapsed_ms centerctl exec --timeout 1 exec-web sh -c 'trap "" TERM; sleep 4322; sleep 4322'
	assert_status 124
	assert_within_ms 15000
	run centerctl exec --timeout 20s exec-web sh -c 'exit 7'
	assert_status 7
}

@test "-d leaves the command running, and --pid-file says where" {
	elapsed_ms centerctl exec -d --pid-file "$BATS_TEST_TMPDIR/pid" exec-web sleep 4323
	assert_status 0
	local pid
	pid=$(cat "$BATS_TEST_TMPDIR/pid")
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 4323 " ]
	grep -q "$(container_id exec-web)" "/proc/$pid/cgroup"
	sleep 2.5
	alive "$pid"
	kill -KILL "$pid"
	wait_until_not 2 alive "$pid"
}

@test "-d says when the command cannot be started" {
	run -127 centerctl exec -d exec-web no-such-command
	assert_status 127
}

@test "--pid-file has the host's PID while the command runs" {
	centerctl exec --pid-file "$BATS_TEST_TMPDIR/pid" exec-web sleep 4324 </dev/null >/dev/null 2>&1 3>&- &
	local front=$! pid
	wait_until 3 test -s "$BATS_TEST_TMPDIR/pid"
	pid=$(cat "$BATS_TEST_TMPDIR/pid")
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 4324 " ]
	kill -TERM "$front"
	wait "$front" || status=$?
	assert_status 143
}

@test "--preserve-fds passes pipes on" {
	run bash -c 'echo three | { centerctl exec --preserve-fds 1 exec-web sh -c "cat <&3" 3<&0 </dev/null; }'
	assert_output three
}

@test "descriptors beyond 2 do not reach the command" {
	exec 7</etc/shadow 8</
	run centerctl exec exec-web sh -c 'ls /proc/self/fd'
	exec 7<&- 8<&-
	assert_output $'0\n1\n2\n3'
}

@test "stdin is given without -i, and -n withholds it" {
	run bash -c 'echo words | centerctl exec exec-web cat'
	assert_output words
	run bash -c 'echo words | centerctl exec -i exec-web cat'
	assert_output words
	run bash -c 'echo words | centerctl exec -n exec-web cat'
	assert_output ""
}

@test "stdout and stderr stay apart" {
	centerctl exec exec-web sh -c 'echo out; echo err >&2' >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = out ]
	[ "$(cat "$BATS_TEST_TMPDIR/err")" = err ]
}

@test "64 MiB each way are byte-exact, through pipes" {
	local want
	want=$(bytes 64 | sum)
	[ "$(bytes 64 | centerctl exec exec-web md5sum)" = "$(bytes 64 | md5sum)" ]
	[ "$(bytes 64 | centerctl exec exec-web cat | sum)" = "$want" ]
}

@test "64 MiB each way are byte-exact, from and to files" {
	local want
	bytes 64 >"$BATS_TEST_TMPDIR/in"
	want=$(sum <"$BATS_TEST_TMPDIR/in")
	centerctl exec exec-web cat <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	[ "$(sum <"$BATS_TEST_TMPDIR/out")" = "$want" ]
	# Appending keeps what was there.
	echo before >"$BATS_TEST_TMPDIR/log"
	centerctl exec exec-web echo after >>"$BATS_TEST_TMPDIR/log" </dev/null
	[ "$(cat "$BATS_TEST_TMPDIR/log")" = $'before\nafter' ]
}

@test "1 GiB each way is byte-exact" {
	local want
	want=$(bytes 1024 | sum)
	[ "$(bytes 1024 | centerctl exec exec-web cat | sum)" = "$want" ]
}

@test "bytes of every value pass unchanged, without and with a socket" {
	local all=$BATS_TEST_TMPDIR/all
	for n in $(seq 0 255); do printf '%b' "\\0$(printf %o "$n")"; done >"$all"
	[ "$(centerctl exec exec-web cat <"$all" | sum)" = "$(sum <"$all")" ]
	# socat gives both ends of a socket pair.
	[ "$(socat -t 5 - EXEC:'centerctl exec exec-web cat' <"$all" | sum)" = "$(sum <"$all")" ]
}

@test "a reader that sleeps for a second loses nothing" {
	local want
	want=$(bytes 8 | sum)
	[ "$(bytes 8 | centerctl exec exec-web cat | { sleep 1; sum; })" = "$want" ]
	centerctl exec exec-web sh -c 'head -c 3000000 /dev/zero' </dev/null | { sleep 1; [ "$(wc -c)" -eq 3000000 ]; }
	# A slow reader of a short answer: the command has long ended.
	[ "$(centerctl exec exec-web seq 20000 </dev/null | { sleep 1; sum; })" = "$(seq 20000 | sum)" ]
}

@test "the end of stdin reaches the command, every time" {
	local n rounds=200
	[ "${CENTERCTL_LONG:-}" != 1 ] || rounds=1000
	run timeout 5 centerctl exec exec-web cat </dev/null
	assert_status 0
	for ((n = 0; n < rounds; n++)); do
		[ "$(echo "x$n" | timeout 5 centerctl exec exec-web cat)" = "x$n" ]
	done
}

@test "output after the end of stdin still arrives" {
	[ "$(echo in | timeout 5 centerctl exec exec-web sh -c 'cat; sleep 0.3; echo late')" = $'in\nlate' ]
}

@test "a command that does not read stdin does not hold us" {
	elapsed_ms bash -c 'sleep 5 | centerctl exec exec-web true'
	# bash waits for the sleep; centerctl itself must have ended at once.
	run bash -c '(sleep 30 & echo $! >"$1"; wait) | { centerctl exec exec-web true; echo "$? done" >&2; kill "$(cat "$1")"; }' x "$BATS_TEST_TMPDIR/pid"
	assert_says "0 done"
}

@test "a reader that goes away ends the command" {
	elapsed_ms bash -c 'centerctl exec exec-web yes 4332 </dev/null | head -n 1'
	assert_output 4332
	assert_within_ms 3000
	wait_until_not 2 process_with yes 4332
}

# A file is relayed: then it is us who wait. A pipe is handed over: then it is its reader who does, as with any program.
@test "a background child that keeps stdout holds us for two seconds at most" {
	elapsed_ms bash -c 'centerctl exec exec-web sh -c "sleep 4325 & echo started" </dev/null >"$1" 2>&1; exit $?' x "$BATS_TEST_TMPDIR/out"
	assert_status 0
	assert_within_ms 2500
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = started ]
	local pid
	for pid in $(pids_with sleep 4325); do kill "$pid"; done
}

@test "a daemon that has left the session stays after a normal end" {
	elapsed_ms centerctl exec exec-web sh -c 'setsid sleep 4326 >/dev/null 2>&1 </dev/null & sleep 0.2; exit 5'
	assert_status 5
	sleep 2.5
	process_with sleep 4326
	local pid
	for pid in $(pids_with sleep 4326); do kill "$pid"; done
}

@test "signals sent to centerctl reach the command" {
	local name front
	for name in HUP INT TERM USR1 USR2 QUIT; do
		rm -f "$BATS_TEST_TMPDIR/out"
		# A shell's background commands ignore INT and QUIT, and centerctl leaves ignored what it finds ignored.
		env --default-signal centerctl exec exec-web sh -c "trap 'echo got $name; exit 9' $name; echo ready; while :; do sleep 0.05; done" \
			</dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
		front=$!
		wait_until 3 grep -q ready "$BATS_TEST_TMPDIR/out"
		kill "-$name" "$front"
		status=0
		wait "$front" || status=$?
		assert_status 9
		grep -q "got $name" "$BATS_TEST_TMPDIR/out"
	done
}

@test "a signal that ends the command is told as 128 and its number" {
	centerctl exec exec-web sleep 4327 </dev/null >/dev/null 2>&1 3>&- &
	local front=$!
	wait_until 3 process_with sleep 4327
	kill -TERM "$front"
	status=0
	wait "$front" || status=$?
	assert_status 143
}

@test "--show says what would be entered, beside init, and enters nothing" {
	run centerctl exec --show exec-web no-such-command
	assert_status 0
	assert_says "$(container_id exec-web)"
	assert_says a80425fb
	assert_says seccomp
	run centerctl exec --show --json exec-web
	assert_status 0
	jq -e . <<<"$output" >/dev/null
	[[ $output == *"$(container_id exec-web)"* ]]
}

@test "the engine is found through -H, DOCKER_HOST and podman's socket" {
	local host=$DOCKER_HOST
	DOCKER_HOST=unix:///no/such/socket run centerctl exec -H "$host" exec-web true
	assert_status 0
	DOCKER_HOST=unix:///no/such/socket run centerctl exec "--engine=$host" exec-web true
	assert_status 0
	podman run -d --name exec-pod --network none base sleep 1000 >/dev/null
	run centerctl exec -H "$PODMAN_HOST" exec-pod hostname
	assert_status 0
	podman rm -f -t 0 exec-pod >/dev/null
}

@test "the engine is found through the current docker context" {
	local host=$DOCKER_HOST
	unset DOCKER_HOST
	mkdir "$BATS_TEST_TMPDIR/docker"
	export DOCKER_CONFIG=$BATS_TEST_TMPDIR/docker
	docker context create private --docker "host=$host" >/dev/null
	DOCKER_CONTEXT=private run centerctl exec exec-web true
	assert_status 0
	docker context use private >/dev/null
	run centerctl exec exec-web true
	assert_status 0
	DOCKER_CONTEXT=nonsense run centerctl exec exec-web true
	assert_refused nonsense
}

@test "a terminal is given when stdin and stdout are terminals, and shown inside" {
	run pty expect '# ' raw send 'tty\r' expect '/dev/pts/[0-9]+' expect '# ' send 'ps | grep tty-mark\r' expect '# ' send 'exit 3\r' -- \
		centerctl exec exec-web sh
	assert_status 3
	run pty -- centerctl exec exec-web sh -c 'tty; ps -o tty,args | grep "[p]s -o"'
	assert_status 0
	[[ $output =~ /dev/pts/[0-9]+ ]]
	[[ $output =~ 136,[0-9]+ ]]
}

@test "-T gives no terminal, -t gives one anyway" {
	run pty -- centerctl exec -T exec-web sh -c 'tty'
	assert_says "not a tty"
	run centerctl exec -t exec-web tty </dev/null
	assert_says /dev/pts/
	run bash -c 'centerctl exec exec-web tty </dev/null | cat'
	assert_says "not a tty"
}

@test "the terminal's size is there before the command starts" {
	run pty size 41x123 -- centerctl exec exec-web stty size
	assert_status 0
	assert_output $'41 123\r'
}

@test "resizes are followed, and after a thousand the size is exact" {
	run pty size 24x80 expect '# ' send 'trap "stty size" WINCH; echo re""ady\r' expect 'ready' expect '# ' \
		times 1000 47x111 pause 0.5 send '\rstty size; echo si""zed\r' expect '47 111\r\nsized' send 'exit\r' -- centerctl exec exec-web sh
	assert_status 0
}

@test "TERM is that of the caller's terminal, unless the container sets one" {
	TERM=screen-256color run pty -- centerctl exec exec-web sh -c 'echo "[$TERM]"'
	assert_says '[screen-256color]'
	TERM=screen run pty -- centerctl exec exec-dressed sh -c 'echo "[$TERM]"'
	assert_says '[vt220]'
	TERM=screen run pty -- centerctl exec -e TERM=linux exec-dressed sh -c 'echo "[$TERM]"'
	assert_says '[linux]'
	TERM='bad;rm -rf' run pty -- centerctl exec exec-web sh -c 'echo "[$TERM]"'
	assert_silent_about 'rm -rf'
	TERM=screen run centerctl exec exec-web sh -c 'echo "[$TERM]"' </dev/null
	assert_says '[]'
}

@test "Ctrl-C, Ctrl-Z, Ctrl-\\ and Ctrl-D work as on a local shell" {
	run pty expect '# ' raw send 'sleep 4328\r' pause 0.3 send '\x03' expect '\^C' expect '# ' send 'echo code=$?\r' expect 'code=130' \
		send 'sleep 4329\r' pause 0.3 send '\x1a' expect 'Stopped' expect '# ' send 'jobs\r' expect 'Stopped +sleep 4329' \
		send 'kill %1; fg\r' pause 0.3 expect '# ' send 'cat\r' pause 0.2 send 'hello\r\x04' expect 'hello\r\nhello' expect '# ' \
		send '\x04' -- centerctl exec exec-web sh
	assert_status 0
}

@test "the terminal is raw only while the command has it, and restored after it" {
	run pty expect '# ' raw send 'exit 0\r' -- centerctl exec exec-web sh
	assert_status 0
	run -127 pty -- centerctl exec exec-web no-such-command
	assert_status 127
	run pty -- centerctl exec no-such-container sh
	assert_status 125
	run pty cooked expect ready -- centerctl exec -T exec-web sh -c 'echo ready; sleep 0.3'
	assert_status 0
}

@test "the terminal is restored when centerctl gets TERM, and when centerctl-enter is killed" {
	run pty expect ready raw signal TERM -- centerctl exec exec-web sh -c 'echo ready; exec sleep 4333'
	assert_status 143
	run pty expect ready raw pause 0.2 -- bash -c '
		(until [ -s "$1" ]; do sleep 0.05; done; sleep 0.7; kill -KILL $(pgrep -P $$ -x centerctl-enter)) &
		exec centerctl exec --pid-file "$1" exec-web sh -c "echo ready; sleep 4330"' x "$BATS_TEST_TMPDIR/pid"
	assert_status 125
	wait_until_not 2 process_with sleep 4330
}

@test "a session that is stopped and continued goes on, byte-exact" {
	local want front
	bytes 256 >"$BATS_TEST_TMPDIR/in"
	want=$(sum <"$BATS_TEST_TMPDIR/in")
	centerctl exec exec-web cat <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
	front=$!
	for _ in 1 2 3 4 5; do
		kill -STOP "$front" 2>/dev/null || true
		sleep 0.05
		kill -CONT "$front" 2>/dev/null || true
		sleep 0.02
	done
	wait "$front"
	[ "$(sum <"$BATS_TEST_TMPDIR/out")" = "$want" ]
}

@test "a terminal session that is stopped and continued goes on" {
	run pty expect '# ' raw signal STOP send 'echo a""b\r' pause 0.5 signal CONT expect ab expect '# ' send 'exit 4\r' -- \
		centerctl exec exec-web sh
	assert_status 4
}

@test "output through a terminal is complete" {
	run pty -- centerctl exec exec-web sh -c 'stty -opost; seq 50000'
	assert_status 0
	[ "$(printf '%s\n' "$output" | sum)" = "$(seq 50000 | sum)" ]
}

@test "the detach keys end the session and leave the command" {
	run pty expect ready send '\x10\x11' -- centerctl exec --detach-keys ctrl-p,ctrl-q exec-web sh -c 'echo ready; exec sleep 4331'
	assert_status 0
	sleep 2.2
	process_with sleep 4331
	local pid
	for pid in $(pids_with sleep 4331); do kill -KILL "$pid"; done
}

@test "without --detach-keys nothing eats Ctrl-P" {
	run pty expect ready send '\x10\x11\x10\r' -- centerctl exec exec-web sh -c 'stty -echo -ixon; echo ready; head -n 1 | od -An -tx1'
	assert_status 0
	assert_says "10 11 10 0a"
}

@test "a user without rights gets a terminal of its own" {
	run pty -- centerctl exec -u app exec-web sh -c 'ls -ln $(tty) | cut -c 1-10; echo x >$(tty) && stat -c %u $(tty)'
	assert_status 0
	assert_says 1000
}

echo_through()
{
	[ "$(echo "$1" | centerctl exec exec-web cat)" = "$1" ]
}

@test "thirty-two sessions at once all succeed" {
	local n pids=() failed=0
	for ((n = 0; n < 32; n++)); do
		echo_through "line $n" 3>&- &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		wait "$n" || failed=$((failed + 1))
	done
	[ $failed -eq 0 ]
}

@test "the kernel's audit log goes on naming whoever logged in and asked" {
	[ -e /proc/self/loginuid ] || skip_or_fail "this kernel keeps no login user IDs"
	run bash -c 'echo 4711 >/proc/self/loginuid && exec centerctl exec exec-web cat /proc/self/loginuid'
	assert_status 0
	assert_output 4711
}

@test "nothing of ours is left in the container, and no process outside" {
	local before
	before=$(docker exec exec-web ps | wc -l)
	for _ in 1 2 3 4 5; do
		centerctl exec exec-web true </dev/null
	done
	[ "$(docker exec exec-web ps | wc -l)" -eq "$before" ]
	run pgrep -f -- "$CENTERCTL_LIBEXEC/centerctl-(enter|resolve)"
	assert_status 1
}
