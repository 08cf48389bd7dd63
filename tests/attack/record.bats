#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 35: what a caller types forges lines of the log, or reaches the terminal of who reads it.
# Threat 36: the recorder is led to another file, or writes where others may write. Threat 20 where it concerns writing.
# Faults: a full disk, a clock that jumps, a writer that is killed, a syslog daemon that hangs, 500 writers at once.
# Proves: the escapes of lib/audit/event, the opening of files in lib/audit/place, O_EXCL and the grammar of IDs in
# lib/audit/recorder and running, taking back and locking in lib/audit/log, MSG_DONTWAIT in lib/audit/syslog.
#
# tests/cli/audit-drive.c does what centerctl-enter does, as root.

load attack

setup_file()
{
	export DRIVE=$BATS_FILE_TMPDIR/audit-drive
	local config
	config=$(dirname "$(find "${CENTERCTL_BUILD_DIR:-$CENTERCTL_TOP/build}" -maxdepth 2 -name config.h | head -n 1)")
	(cd "$CENTERCTL_TOP" && gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -I. -I"$config" -o "$DRIVE" tests/cli/audit-drive.c \
		lib/audit/{event,log,place,recorder,running,syslog}.c lib/proto/*.c lib/base/*.c -lmd)
}

setup()
{
	# Root's alone up to /, which bats's own directory below /tmp is not.
	private=$(mktemp -d /run/centerctl-bats.XXXXXX)
	log=$private/log/audit.jsonl
	id=$(printf 'a%.0s' {1..26})
	export private log id
}

teardown()
{
	local pid
	# Not every job is ours: bats has one, too.
	for pid in $(jobs -p); do
		! grep -qs "$DRIVE" "/proc/$pid/cmdline" || kill -KILL "$pid" 2>/dev/null || true
	done
	rm -rf "$private"
}

drive()
{
	timeout -k 1 20 "$DRIVE" "$@"
}

note()
{
	drive append "$log" deny reason="${1:-x}"
}

# refused WORDS COMMAND...: it fails with these words within 2 s.
refused()
{
	local words=$1
	shift
	elapsed_ms "$@"
	assert_status 1
	assert_says "$words"
	assert_within_ms 2000
}

# Whether the log is whole, by a second implementation of the chain; the numbers that it has, in one line.
numbers()
{
	python3 - "$@" <<-'END'
		import hashlib, json, sys
		before, numbers = "0" * 64, []
		for name in sys.argv[1:]:
		    for line in open(name, "rb").read().split(b"\n")[:-1]:
		        record = json.loads(line)
		        assert record["prev"] == before, record
		        before = hashlib.sha256(line).hexdigest()
		        numbers.append(record["seq"])
		assert numbers == list(range(1, len(numbers) + 1)), numbers
		end = open(sys.argv[-1] + ".chain").read().split()
		assert int(end[0]) == len(numbers) and end[1] == before, end
		print(len(numbers))
	END
}

@test "the log is chained as anybody can recompute it" {
	for i in 1 2 3; do
		note "$i"
	done
	mv "$log" "$log.1"
	note 4
	run numbers "$log.1" "$log"
	assert_output 4
}

@test "a symbolic link in the place of log, chain or directory is refused, and its target left alone" {
	mkdir -m 700 "$private/log" "$private/elsewhere"
	echo precious >"$private/target"
	for name in audit.jsonl audit.jsonl.chain; do
		rm -f "$log" "$log.chain"
		ln -s "$private/target" "$private/log/$name"
		refused "symbolic link" note
	done
	rm -f "$log" "$log.chain"
	ln -s "$private/nowhere" "$log"
	refused "symbolic link" note
	[ ! -e "$private/nowhere" ]
	[ "$(cat "$private/target")" = precious ]
	rm -r "$private/log"
	ln -s "$private/elsewhere" "$private/log"
	refused "symbolic link" note
	[ -z "$(ls "$private/elsewhere")" ]
}

@test "FIFOs, devices, directories and second names are refused, and nobody waits for them" {
	mkdir -m 700 "$private/log"
	mkfifo -m 600 "$log"
	refused "is not a regular file" note
	rm "$log" && mkdir "$log"
	refused "$log" note
	rmdir "$log"
	if mknod -m 600 "$log" c 1 3; then
		refused "is not a regular file" note
	fi
	rm -f "$log" "$log.chain"
	echo precious >"$private/target"
	ln "$private/target" "$log"
	refused "second name" note
	[ "$(cat "$private/target")" = precious ]
	rm "$log" "$log.chain"
	mkfifo -m 600 "$log.chain"
	refused "is not a regular file" note
}

@test "places that others own or may write to are refused" {
	command -v setfacl >/dev/null || skip_or_fail "no setfacl"
	note
	for mode in 0777 0770 0720 1777; do
		chmod "$mode" "$private/log"
		refused "can be written by others than root" note
	done
	chmod 700 "$private/log"
	if setfacl -m u:65534:rwx "$private/log"; then
		refused "can be written by others than root" note
	fi
	setfacl -b "$private/log"
	chmod 0700 "$private/log"
	chmod 777 "$private"
	refused "can be written by others than root" note
	chmod 700 "$private"
	chown 65534 "$private/log"
	refused "belongs to user 65534" note
	chown 0 "$private/log"
	for file in "$log" "$log.chain"; do
		chown 65534 "$file"
		refused "belongs to user 65534" note
		chown 0 "$file"
		chmod 602 "$file"
		refused "can be written by others than root" note
		chmod 600 "$file"
	done
	note
	run numbers "$log"
	assert_output 2
}

@test "what is made is root's alone, whatever the umask" {
	for mask in 000 022 077; do
		rm -rf "$private/log" "$private/rec" "$private/run"
		(umask "$mask" && note && drive record "$private/rec" "$id" o:x end)
		run stat -c %a "$private/log" "$log" "$log.chain" "$private/rec" "$private/rec/$id.cast"
		assert_output "$(printf '%s\n' 700 600 600 700 600)"
	done
}

@test "a recording is led nowhere by links, IDs or what is there already" {
	drive record "$private/rec" "$id" o:mine end
	refused "File exists" drive record "$private/rec" "$id" o:other end
	grep -q mine "$private/rec/$id.cast"
	for wrong in ../../etc/passwd "../$id" "$id/x" "" . "${id}a" "${id^^}" "$id"$'\n'; do
		refused "is no session's ID" drive record "$private/rec" "$wrong" o:x end
		[ ${#wrong} -gt 26 ] || refused "is no session's ID" drive run "$private/run" "$wrong" key=x
	done
	[ "$(find "$private" -name '*.cast' | wc -l)" = 1 ]
	echo precious >"$private/target"
	chmod 600 "$private/target"
	rm "$private/rec/$id.cast"
	ln -s "$private/target" "$private/rec/$id.cast"
	refused "" drive record "$private/rec" "$id" o:x end
	rm "$private/rec/$id.cast"
	ln -s "$private/nowhere" "$private/rec/$id.cast"
	refused "" drive record "$private/rec" "$id" o:x end
	[ ! -e "$private/nowhere" ]
	[ "$(cat "$private/target")" = precious ]
	mv "$private/rec" "$private/real"
	ln -s "$private/real" "$private/rec"
	rm -f "$private/real/$id.cast"
	refused "symbolic link" drive record "$private/rec" "$id" o:x end
	[ -z "$(ls "$private/real")" ]
}

@test "a directory of recordings is closed to everybody else" {
	mkdir "$private/rec"
	for mode in 0777 0750 0701 0711 0740; do
		chmod "$mode" "$private/rec"
		refused "$private/rec" drive record "$private/rec" "$id" o:x end
	done
	chmod 700 "$private/rec"
	chown 65534 "$private/rec"
	refused "belongs to user 65534" drive record "$private/rec" "$id" o:x end
	mkdir -p "$private/run"
	chmod 711 "$private/run"
	mkdir -m 755 "$private/run/sessions"
	refused "is not closed to others" drive run "$private/run" "$id" key=x
}

@test "the list of running sessions is led nowhere by links" {
	mkdir -m 700 "$private/run" "$private/elsewhere"
	ln -s "$private/elsewhere" "$private/run/sessions"
	refused "symbolic link" drive run "$private/run" "$id" key=x
	rm "$private/run/sessions" && mkdir -m 700 "$private/run/sessions"
	ln -s "$private/elsewhere/x" "$private/run/sessions/$id"
	refused "" drive run "$private/run" "$id" key=x
	[ -z "$(ls "$private/elsewhere")" ]
}

# on_small_disk SIZE: the rest of the test's commands, from stdin, in a mount namespace where $private is that small.
on_small_disk()
{
	unshare --mount --propagation private bash -c "
		mount -t tmpfs -o size=$1,mode=700 none \"\$private\" || exit 9
		$(declare -f drive note numbers)
		$(cat)
	"
}

@test "on a full disk a record is written whole or not at all, and the log goes on when there is room" {
	run on_small_disk 64k <<-'END'
		note first
		cat /dev/zero >"$private/filler" 2>/dev/null
		written=1
		while note "$(printf 'x%.0s' {1..900})" 2>"$private/../said.$$"; do
			written=$((written + 1))
			[ $written -lt 100 ] || break
		done
		cat "$private/../said.$$"
		rm "$private/../said.$$"
		before=$(stat -c %s "$log")
		for i in 1 2 3; do
			note "$(printf 'y%.0s' {1..900})" && echo "was written"
		done
		[ "$before" = "$(stat -c %s "$log")" ] && echo "same size"
		[ "$(numbers "$log")" = $written ] && echo "whole when full"
		rm "$private/filler"
		note last
		[ "$(numbers "$log")" = $((written + 1)) ] && echo "whole after"
	END
	assert_says "cannot write the audit log $log: No space left on device"
	assert_says "same size"
	assert_says "whole when full"
	assert_says "whole after"
	assert_silent_about "was written"
}

@test "without a free inode, or on a file system that is read-only, nothing is said to be written" {
	run on_small_disk 64k,nr_inodes=2 <<-'END'
		mkdir -m 700 "$private/log"
		note && echo "was written"
		exit 0
	END
	assert_says "No space left on device"
	assert_silent_about "was written"
	run on_small_disk 64k <<-'END'
		note one
		mount -o remount,ro "$private"
		note two && echo "was written"
		drive record "$private/rec" "$id" o:x end && echo "was written"
		[ "$(numbers "$log")" = 1 ] && echo whole
	END
	assert_says "Read-only file system"
	assert_says whole
	assert_silent_about "was written"
}

@test "a limit of file sizes takes no half records" {
	note first
	size=$(stat -c %s "$log")
	for more in 1 20 100; do
		run prlimit --fsize=$((size + more)) "$DRIVE" append "$log" deny reason=x
		assert_status 1
		assert_says "File too large"
		[ "$(stat -c %s "$log")" = "$size" ]
	done
	note last
	run numbers "$log"
	assert_output 2
}

@test "on a full disk a recording ends at a whole line, within 2 s, and says that it was cut" {
	run on_small_disk 256k <<-'END'
		steps=()
		for i in {1..400}; do
			steps+=("o:$(printf '\e%.0s' {1..1000})")
		done
		SECONDS=0
		drive record "$private/rec" "$id" "${steps[@]}" end
		echo "code $? after $SECONDS s"
		python3 -c '
		import json, sys
		lines = open(sys.argv[1]).read().split("\n")
		assert lines.pop() == ""
		events = [json.loads(line) for line in lines]
		assert events[0]["version"] == 2 and len(events) > 20, len(events)
		print(events[-1][1:])' "$private/rec/$id.cast"
	END
	assert_says "cannot record: No space left on device"
	assert_matches "code 1 after [01] s"
	assert_says "['x', 'cut']"
}

@test "a record has both clocks, and a clock that jumps takes no recording apart" {
	unshare --time true 2>/dev/null || skip_or_fail "no time namespaces"
	note now
	unshare --time --boottime 86400 --monotonic 86400 "$DRIVE" append "$log" deny reason=later
	run jq -rs '.[1].boot_ms - .[0].boot_ms >= 86400000 and .[1].boot_ms - .[0].boot_ms < 86460000' "$log"
	assert_output true
	run jq -rs '(.[0].time | length) == 24 and .[0].time[0:16] <= .[1].time[0:16]' "$log"
	assert_output true
	unshare --time --monotonic 864000 "$DRIVE" record "$private/rec" "$id" o:a sleep:200 o:b end
	run jq -rs '.[1][0] < 0.1 and .[2][0] >= 0.2 and .[2][0] < 1' "$private/rec/$id.cast"
	assert_output true
}

@test "writers that are killed leave nothing that stops the next one, and no forged line" {
	local rounds=40
	! long || rounds=400
	for ((i = 0; i < rounds; i++)); do
		"$DRIVE" append "$log" deny reason="$(printf 'x%.0s' {1..3000})" times=100000 3>&- &
		sleep "0.0$((RANDOM % 50 + 10))"
		kill -KILL $!
		wait $! || true
		note "after $i"
	done 2>/dev/null
	# A line may be torn where a kill hit the write; then it stands there by itself, and its number is missing.
	run python3 - "$log" <<-'END'
		import hashlib, json, sys
		before, last, torn = "0" * 64, 0, 0
		for line in open(sys.argv[1], "rb").read().split(b"\n")[:-1]:
		    try:
		        record = json.loads(line)
		        assert record["prev"] == before, (before, record)
		        assert last < record["seq"] <= last + 2, (last, record["seq"])
		        last = record["seq"]
		    except ValueError:
		        torn += 1
		    before = hashlib.sha256(line).hexdigest()
		print("whole" if torn <= 40 else "torn")
	END
	assert_output whole
	[ "$(grep -c '"after ' "$log")" = "$rounds" ]
}

@test "500 writers at once are all served, on disk, in one chain" {
	local failed=0 pid pids=()
	for ((i = 0; i < 500; i++)); do
		"$DRIVE" append "$log" start reason="$i" sync=1 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=$((failed + 1))
	done
	[ "$failed" = 0 ]
	run numbers "$log"
	assert_output 500
}

@test "a killed session frees its place at once, and never more run than the rule allows" {
	mkdir -m 700 "$private/run"
	"$DRIVE" run "$private/run" "$id" rule=slot limit=1 >/dev/null 3>&- &
	wait_until 5 test -s "$private/run/sessions/$id"
	refused "1 sessions of this rule run already" drive run "$private/run" "$(tr a b <<<"$id")" rule=slot limit=1
	kill -KILL $!
	wait $! 2>/dev/null || true
	"$DRIVE" run "$private/run" "$(tr a b <<<"$id")" rule=slot limit=1 >"$private/said" 3>&- &
	wait_until 5 grep -q running "$private/said"
	kill -KILL $!
}

@test "whatever bytes are typed, they are one line, and they are told" {
	run python3 - "$DRIVE" "$log" <<-'END'
		import json, os, random, subprocess, sys
		drive, log = sys.argv[1:]
		random.seed(35)
		pieces = [b"\n", b"\r", b'"', b"\\", b"\\u000a", b'","seq":9,"prev":"', b"\x1b[2J", b"\xc2\x9b", b"\x9b", b"\xff", b"\xe2\x80\xa8",
		          b"\xe2\x80\xae", b"\xee\xb2\x80", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"a", b" ", b"\x7f", b"{", b"}", b"\x01"]
		words = [[b"".join(random.choices(pieces, k=random.randint(0, 12))) for _ in range(3)] for _ in range(300)]
		for three in words:
		    subprocess.run([drive, "append", log, "start"] + [b"arg=" + w for w in three], check=True)
		lines = open(log, "rb").read().split(b"\n")[:-1]
		assert len(lines) == 300, len(lines)
		def told(text):
		    out = b""
		    for c in text:
		        out += bytes([ord(c) & 255]) if 0xec80 <= ord(c) <= 0xecff else c.encode()
		    return out
		for line, three in zip(lines, words):
		    assert all(0x20 <= b != 0x7f for b in line), line
		    assert not any(0x80 <= ord(c) < 0xa0 or c in "\u2028\u2029\u202e" for c in line.decode()), line
		    assert [told(w) for w in json.loads(line)["argv"]] == three, (line, three)
		print("told")
	END
	assert_output told
}

# with_syslog answers|hangs COMMANDS: in a mount namespace with a /dev/log of its own, where a daemon in Python answers for it.
with_syslog()
{
	rm -f "$private/said.ready"
	unshare --mount --propagation private bash -c '
		mount -t tmpfs -o mode=755 none /dev || exit 9
		python3 - "$1" "$private/said" <<-END &
			import socket, sys, time
			s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
			s.bind("/dev/log")
			open(sys.argv[2] + ".ready", "w")
			if sys.argv[1] == "hangs":
			    time.sleep(60)
			while True:
			    data = s.recv(1 << 20)
			    open(sys.argv[2], "ab").write(data + b"\n")
		END
		daemon=$!
		until [ -e "$private/said.ready" ]; do sleep 0.02; done
		eval "$2"
		sleep 0.3
		kill $daemon
	' - "$1" "$2" 3>&-
}

@test "syslog gets each record in one datagram, as authpriv, with nothing of a caller's that ends a line" {
	run with_syslog answers '
		"$DRIVE" syslog start session="$id" user="$(printf "a\nb\e")"
		"$DRIVE" syslog deny arg="$(printf "\377%.0s" {1..30000})" arg=x user="$(printf "\377%.0s" {1..9000})"
	'
	assert_status 0
	run cat "$private/said"
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} =~ ^\<86\>centerctl\[[0-9]+\]:\ \{ ]]
	[[ ${lines[1]} =~ ^\<85\>centerctl\[[0-9]+\]:\ \{ ]]
	[ "${#lines[1]}" -lt 8192 ]
	jq -e .user <<<"${lines[0]#*: }"
	jq -e '.cut and .argc == 2' <<<"${lines[1]#*: }"
}

@test "nobody waits for a syslog daemon that hangs or is not there" {
	local many='
		from=${EPOCHREALTIME/[.,]/}
		for i in {1..100}; do timeout 5 "$DRIVE" syslog deny reason="$(printf "x%.0s" {1..400})" || echo "code $?"; done
		echo "$(((${EPOCHREALTIME/[.,]/} - from) / 1000))"
	'
	run with_syslog answers "$many"
	local alone=$output
	# The queue of a socket has room for some ten.
	run with_syslog hangs "$many"
	[ "$output" -lt $((2 * alone + 3000)) ] || { echo "$output ms beside $alone ms"; false; }
	assert_silent_about code
	run drive syslog deny reason=x
	assert_status 0
}
