#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 30, where it costs memory: a reader that sleeps, in front of a container that writes for ever, and questions that are answered
# again and again. (For logs: tests/engine/logs.bats, and logs.bats here.)
# Proves: that whatever is between the two holds the other one up (lib/session/flow, cmd/centerctl-inside/relay.c, stream.c of
# centerctl-resolve), and that an answer leaves nothing behind (cmd/centerctl-enter/tell.c, judge_list.c).

load attack

setup_file()
{
	container vmem base sh -c 'truncate -s 100M /large; nc -ll -p 7000 -e yes'
	wait_until 10 dials
}

dials()
{
	[ "$(centerctl dial vmem 7000 2>/dev/null </dev/null | head -c 2)" = y ]
}

teardown()
{
	# shellcheck disable=SC2086 # several of them
	[ -z "$clients" ] || kill -KILL $clients 2>/dev/null || true
	exec 9<&-
}

teardown_file()
{
	containers_gone vmem
}

clients=

# no_hoard NAME...: no process of $client's has ever had more than 16 MiB; of each of these names there is one.
no_hoard()
{
	local pid kib name seen=
	for pid in "$client" $(below "$client"); do
		name=$(tr '\0' '\n' <"/proc/$pid/cmdline" | head -n 1)
		name=${name##*/}
		kib=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status")
		echo "$pid $name $kib KiB" >&2
		seen+=" $name "
		[ "${kib:-0}" -lt 16384 ] || return 1
	done
	for name in "$@"; do
		[[ $seen == *" $name "* ]] || { echo "no $name" >&2; return 1; }
	done
}

# sleeps_over WORDS...: as $client, with a reader who takes a megabyte, and sleeps. Stdin is 8.
sleeps_over()
{
	mkfifo "$BATS_TEST_TMPDIR/out"
	centerctl "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" <&8 3>&- &
	client=$! clients=$!
	exec 9<"$BATS_TEST_TMPDIR/out"
	[ "$(timeout 5 head -c 1000000 <&9 | wc -c)" = 1000000 ]
	# Whatever would run ahead has time to.
	sleep 0.7
	alive "$client"
}

@test "dial: what is sent for ever to a reader that sleeps is in no process of ours" {
	exec 8</dev/null
	sleeps_over dial vmem 7000
	no_hoard centerctl centerctl-enter centerctl-inside
}

@test "sftp: answers that nobody reads are in no process of ours" {
	python3 - >"$BATS_TEST_TMPDIR/asks" <<-'END'
		import struct, sys
		def packet(b): return struct.pack(">I", len(b)) + b
		def text(t): return struct.pack(">I", len(t)) + t
		out = packet(b"\1" + struct.pack(">I", 3)) + packet(b"\3" + struct.pack(">I", 1) + text(b"/large") + struct.pack(">II", 1, 0))
		for n in range(3000):
		    out += packet(b"\5" + struct.pack(">I", 2 + n) + text(struct.pack(">I", 0)) + struct.pack(">QI", n * 32768, 32768))
		sys.stdout.buffer.write(out)
	END
	exec 8< <(cat "$BATS_TEST_TMPDIR/asks"; sleep 20)
	sleeps_over sftp vmem
	no_hoard centerctl centerctl-enter sftp-server
}

# heaps: of each process of the clients', its size of data.
heaps()
{
	local pid
	# shellcheck disable=SC2086 # several of them
	for pid in $(for client in $clients; do echo "$client"; below "$client"; done); do
		echo "$(cat "/proc/$pid/comm") $(awk '$1 == "VmData:" { print $2 }' "/proc/$pid/status")"
	done
}

# answers N FILE...: so many are in each of them.
answers()
{
	local n=$1 file
	shift
	for file in "$@"; do
		[ "$(wc -l <"$file")" -ge "$n" ] || return 1
	done
}

@test "stats -w and top -w need no more memory the longer they last" {
	local stats=$BATS_TEST_TMPDIR/stats top=$BATS_TEST_TMPDIR/top before
	centerctl stats -w -n 0.2 --json vmem >"$stats" 2>&1 </dev/null 3>&- &
	clients+=" $!"
	centerctl top -w -n 0.2 --json vmem >"$top" 2>&1 </dev/null 3>&- &
	clients+=" $!"
	wait_until 8 answers 4 "$stats" "$top"
	before=$(heaps)
	wait_until 8 answers 10 "$stats" "$top"
	echo "before: $before" >&2
	[ "$(heaps)" = "$before" ]
}

@test "nor does ls -w, however many lists it has told" {
	local before n
	answers=$BATS_TEST_TMPDIR/answers
	centerctl ls -a -w --json >"$answers" 2>&1 </dev/null 3>&- &
	clients=$!
	wait_until 5 answers 1 "$answers"
	change 1
	before=$(heaps | grep enter)
	for n in 2 3 4; do
		change "$n"
	done
	[ "$(heaps | grep enter)" = "$before" ]
}

# change N: two lists more are told.
change()
{
	docker pause vmem >/dev/null
	wait_until 5 answers $((2 * $1)) "$answers"
	docker unpause vmem >/dev/null
	wait_until 5 answers $((2 * $1 + 1)) "$answers"
}
