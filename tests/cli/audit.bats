# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What reads the audit: audit, audit verify, sessions, replay, watch, end. The files are written by audit-drive.c, as
# centerctl-enter writes them, in a directory that is root's alone up to /.
load cli
eval "$(declare -f setup | sed '1s/setup/cli_setup/')"

setup()
{
	cli_setup || return
	[ "$(id -u)" = 0 ] || skip_or_fail "audit logs are root's"
	ln -s "$build/tests/cli/audit-drive" bin/audit-drive
	private=$(mktemp -d /run/centerctl-bats.XXXXXX)
	export CENTERCTL_TEST_RUNDIR=$private/run TZ=UTC
	log=$private/audit.jsonl
	children=() mount_points=()
	configured CENTERCTL_LOGDIR logdir
}

teardown()
{
	local pid
	for pid in "${children[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	[ -z "${private:-}" ] || rm -rf "$private"
	[ -z "${mount_points:-}" ] || rmdir "${mount_points[@]}" 2>/dev/null || true
}

# configured NAME VARIABLE: a directory from the build's config.h, for a mount of the test's own; it is made if need be.
configured()
{
	local dir
	dir=$(sed -n "s/#define $1 \"\(.*\)\"/\1/p" "$build/config.h")
	if [ ! -d "$dir" ]; then
		mkdir -p "$dir"
		mount_points+=("$dir")
	fi
	declare -gx "$2=$dir"
}

id_of()
{
	printf "%s%0$((26 - ${#1}))d" "$1" 0 | tr 0 2
}

# Three sessions and two denials.
sample()
{
	local id
	audit-drive append "$log" start session="$(id_of a)" wall=1793170000000 gate=1 key=dev-laptop fingerprint=SHA256:abc uid=1001 user=center \
		address=192.0.2.7 verb=exec target=we container="$(printf 'ab%.0s' {1..32})" name=web as=app arg=psql arg=-c arg='select 1' \
		rule=/etc/centerctl/centerctl.conf:7 decision=allow record=1
	audit-drive append "$log" end session="$(id_of a)" wall=1793170065000 exit=0 duration=65000 in=12 out=34567 reason=exit
	audit-drive append "$log" deny session="$(id_of b)" wall=1793171000000 uid=1002 user=ci key=dev-laptop verb=shell target=db reason="no rule allows it"
	audit-drive append "$log" start session="$(id_of c)" wall=1793172000000 uid=0 user=root verb=shell name=db decision=root
	audit-drive append "$log" start session="$(id_of d)" wall=1793173000000 gate=1 key=dba-desk uid=1001 user=center verb=exec name=db as=postgres arg=true decision=allow
	audit-drive append "$log" end session="$(id_of d)" wall=1793173001500 signal=9 duration=1500 reason=client-gone
	audit-drive append "$log" deny session="$(id_of e)" wall=1793174000000 gate=1 key=dba-desk uid=1001 user=center verb=exec target=nothing arg=ls reason="no such container"
}

# The sessions that a list shows, as one word.
shown()
{
	centerctl audit --file "$log" "$@" | awk 'NR > 1 { printf "%s", substr($3, 1, 1) }'
}

assert_shown()
{
	local want=$1 have
	shift
	have=$(shown "$@")
	[ "$have" = "$want" ] && return 0
	echo "audit $* shows \"$have\", not \"$want\"" >&2
	return 1
}

# assert_found CODE WORDS FILE...: what verify says of the files.
assert_found()
{
	local code=$1 words=$2
	shift 2
	run centerctl audit verify "$@"
	assert_status "$code" && assert_says "$words"
}

@test "audit shows one line for each session and each denial" {
	sample
	run centerctl audit --file "$log"
	assert_status 0
	[ "${#lines[@]}" = 6 ]
	[[ ${lines[0]} == TIME*SESSION*WHO*FROM*CONTAINER*AS*RESULT*DURATION*BYTES*COMMAND ]]
	[[ ${lines[1]} =~ ^2026-10-28\ 06:46:40\ +a2222222\ +key:dev-laptop\ +192.0.2.7\ +web\ +app\ +exit\ 0\ +1m05s\ +12\ in,\ 34.5k\ out\ +exec\ psql\ -c\ \'select\ 1\'$ ]]
	[[ ${lines[2]} =~ user:ci\ +-\ +db\ +-\ +denied\ .*shell\ \(no\ rule\ allows\ it\)$ ]]
	[[ ${lines[3]} =~ \ root\ +-\ +db\ +-\ +-\ +-\ +-\ +shell$ ]]
	[[ ${lines[4]} =~ key:dba-desk\ .*postgres\ +signal\ 9,\ client-gone\ +1.5s ]]
}

@test "audit finds sessions by time, key, user, container and ID" {
	sample
	assert_shown abcde
	assert_shown bcde --since "2026-10-28 07:00"
	assert_shown cde --since 2026-10-28T07:10:00Z
	assert_shown "" --since 1m
	assert_shown a --key dev-laptop
	assert_shown a --key key:dev-laptop
	assert_shown a --key SHA256:abc
	assert_shown de --key dba-desk
	assert_shown b --user ci
	assert_shown ade --user 1001
	assert_shown a --container web
	assert_shown a --container abab
	assert_shown bcd --container db
	assert_shown d --session d
	assert_shown be --denied
	assert_shown de -n 2
	assert_shown d --key dba-desk --container db --last 1
}

@test "a key that is only claimed is nobody's" {
	sample
	run centerctl audit --file "$log" --key dev-laptop
	assert_silent_about "user:ci"
	run bash -c 'centerctl audit --file "$1" --denied --json | head -n 1 | jq -c "[.key, .claim.key]"' - "$log"
	assert_output '[null,"dev-laptop"]'
}

@test "audit --json gives the records as they are in the log" {
	sample
	run centerctl audit --file "$log" --json
	assert_output "$(cat "$log")"
	run bash -c 'centerctl audit --file "$1" --json --key dba-desk | jq -r .event | tr "\n" " "' - "$log"
	assert_output "start end deny "
}

@test "audit reads a log from stdin and several files" {
	sample
	head -n 2 "$log" >"$private/1" && tail -n +3 "$log" >"$private/2"
	run bash -c 'cat "$1" | centerctl audit --file -' - "$log"
	[ "${#lines[@]}" = 6 ]
	run centerctl audit --file "$private/1" --file "$private/2"
	[ "${#lines[@]}" = 6 ]
}

@test "nothing that a caller chose reaches the terminal" {
	audit-drive append "$log" start session="$(id_of a)" verb=exec user=$'x\e]0;t\a' uid=5 name=$'web\r\n\e[2J' arg=$'\xc2\x9b6n\xff' arg=$'\u202e'
	run centerctl audit --file "$log"
	[ "${#lines[@]}" = 2 ]
	[[ $output != *[$'\e\a\r']* && $output != *$'\xc2\x9b'* ]]
	assert_says 'user:x\x1b]0;t\x07'
	[ "$(wc -l <"$log")" = 1 ]
	[ "$(jq -r '.argv[1]' "$log")" = $'\u202e' ]
}

@test "lines that are no records are left out, and that is said" {
	sample
	sed -i '2s/.*/garbage/' "$log"
	run --separate-stderr centerctl audit --file "$log"
	assert_status 0
	[ "${#lines[@]}" = 6 ]
	[[ $stderr == "centerctl: warning: 1 lines are no records and were left out: see centerctl audit verify" ]]
}

@test "wrong words are refused" {
	run centerctl audit --since yesterday
	assert_refused '--since: "yesterday" is no time'
	run centerctl audit --since 2026-02-30
	assert_refused '"2026-02-30" is no time'
	run centerctl audit -n 0
	assert_refused "a number from 1 on"
	run centerctl audit prove
	assert_refused 'audit does not know "prove" (only verify)'
	run centerctl audit verify --json x
	assert_refused "audit verify takes files and no options"
	run centerctl audit --file "$private/nothing"
	assert_refused "cannot read $private/nothing: No such file or directory"
	run centerctl replay --speed fast x
	assert_refused "--speed fast"
	run centerctl replay
	assert_refused "replay needs more words"
	run centerctl end '../../etc/passwd'
	assert_refused 'is no session'
	run centerctl watch A
	assert_refused 'is no session'
}

@test "verify finds an untouched log whole" {
	sample
	assert_found 0 "whole: records 1 to 7" "$log"
	assert_silent_about "not known"
	tail -n +3 "$log" >"$private/rest"
	assert_found 0 "whole: records 3 to 7; whether others followed is not known" "$private/rest"
	assert_says "records before 3 are not among these files"
}

@test "verify finds a changed byte, and names the line" {
	sample
	sed -i '3s/no rule/NO rule/' "$log"
	assert_found 1 "$log:4: does not carry the hash of the line before: line 3 of $log was changed" "$log"
	assert_says "7 lines read, 1 finding: the log is not whole"
}

@test "verify finds a changed last line" {
	sample
	sed -i '7s/no such/No such/' "$log"
	assert_found 1 "$log: the last line is not the one of which $log.chain has the hash" "$log"
}

@test "verify finds a line that was removed" {
	sample
	sed -i 4d "$log"
	assert_found 1 "$log:4: record 4 is missing before this one" "$log"
}

@test "verify finds lines that changed places" {
	sample
	sed -i '3{h;d};4{G}' "$log"
	assert_found 1 "$log:3: record 3 is missing before this one" "$log"
	assert_says "$log:4: is record 3, but stands behind record 4: it was moved, put in or doubled"
}

@test "verify finds a cut end" {
	sample
	cp "$log" "$private/copy"
	head -n 5 "$private/copy" >"$log"
	assert_found 1 "$log: the last records, 6 to 7, are missing" "$log"
	head -c -1 "$private/copy" >"$log"
	assert_found 1 "$log:7: is cut off: the last line has no end" "$log"
	head -c -30 "$private/copy" >"$log"
	assert_found 1 "is cut off" "$log"
	: >"$log"
	assert_found 1 "$log: the last records, 1 to 7, are missing" "$log"
}

@test "verify finds a line that was put in" {
	sample
	sed -i '4i {"time":"2026-10-28T07:00:00.000Z","event":"deny","seq":4,"prev":"'"$(printf '0%.0s' {1..64})"'"}' "$log"
	assert_found 1 "$log:4: does not carry the hash of the line before" "$log"
	assert_says "$log:5: is record 4, but stands behind record 4"
}

@test "verify reads rotated files in their order" {
	sample
	mv "$log" "$log.1"
	audit-drive append "$log" deny reason=x
	mv "$log.1" "$log.2" && mv "$log" "$log.1"
	audit-drive append "$log" deny reason=y
	assert_found 0 "whole: records 1 to 9" "$log.2" "$log.1" "$log"
	assert_found 1 "$log.2:1: is record 1, but stands behind record 8" "$log.1" "$log.2" "$log"
	assert_found 1 "$log:1: record 8 is missing before this one" "$log.2" "$log"
	sed -i '7s/no such/No such/' "$log.2"
	assert_found 1 "$log.1:1: does not carry the hash of the line before: line 7 of $log.2 was changed" "$log.2" "$log.1" "$log"
}

@test "verify cannot read what is not there" {
	run centerctl audit verify "$private/nothing"
	assert_refused "cannot read $private/nothing"
}

# The log in its usual place, in a mount namespace of its own: CENTERCTL_LOGDIR is the build's.
at_home()
{
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private sh -c 'mount -t tmpfs -o mode=700 none "$logdir" && cd "$logdir" && . "$1"' - "$1"
}

@test "audit and verify find the log and its rotated files by themselves" {
	cat >script <<-'END'
		centerctl audit; echo "code $?"
		audit-drive append "$logdir/audit.jsonl" deny reason=one
		mv audit.jsonl audit.jsonl.1
		centerctl audit verify; echo "code $?"
		centerctl audit | tail -n +2 | wc -l
		audit-drive append "$logdir/audit.jsonl" deny reason=two
		echo x >audit.jsonl.3.gz
		centerctl audit verify; echo "code $?"
		rm audit.jsonl.1
		mv audit.jsonl audit.jsonl-20270101
		centerctl audit verify; echo "code $?"
		rm audit.jsonl-20270101
		centerctl audit verify; echo "code $?"
	END
	run at_home "$PWD/script"
	assert_says "centerctl: there is no audit log"
	[ "${lines[1]}" = "code 125" ]
	[ "${lines[2]}" = "whole: records 1 to 1" ]
	[ "${lines[4]}" = 1 ]
	[[ ${lines[5]} == "centerctl: 1 older files are compressed"* ]]
	[ "${lines[6]}" = "whole: records 1 to 2" ]
	[ "${lines[9]}" = "whole: records 2 to 2" ]
	[[ ${lines[-2]} == *"there is no audit log"* ]]
}

@test "audit goes where the configuration says, and nowhere if that has an error" {
	command -v unshare >/dev/null || skip_or_fail "no unshare"
	configured CENTERCTL_SYSCONFDIR confdir
	export log private
	sample
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount --propagation private bash -c '
		mount -t tmpfs -o mode=755 none "$confdir" || exit 9
		printf "audit %s\nrecord %s\n" "$log" "$private/rec" >"$confdir/centerctl.conf"
		centerctl audit verify
		audit-drive record "$private/rec" "$(printf "a%.0s" {1..26})" o:here end
		centerctl replay a; echo
		echo "allow somebody" >>"$confdir/centerctl.conf"
		centerctl audit verify; echo "code $?"'
	[ "${lines[0]}" = "whole: records 1 to 7" ]
	[ "${lines[1]}" = here ]
	[[ ${lines[2]} == "centerctl: $confdir/centerctl.conf:3: "* ]]
	[ "${lines[3]}" = "code 125" ]
}

@test "logrotate with our snippet loses nothing while records are written" {
	command -v logrotate >/dev/null || skip_or_fail "no logrotate"
	sed "s,^/var/log/centerctl,$private," "$top/contrib/logrotate/centerctl" >conf
	chmod 644 conf
	audit-drive append "$log" deny reason=first
	audit-drive append "$log" deny reason=x times=1500 3>&- &
	for i in 1 2 3 4 5; do
		logrotate -f -s "$private/status" conf
		sleep 0.05
	done
	wait $!
	audit-drive append "$log" deny reason=last
	for file in "$log".*.gz; do
		gunzip "$file"
	done
	mapfile -t files < <(ls -v -r "$log".[0-9]*)
	assert_found 0 "whole: records 1 to 1502" "${files[@]}" "$log"
}

assert_between_ms()
{
	[ "$elapsed" -ge "$1" ] || { echo "took $elapsed ms, less than $1" >&2; return 1; }
	assert_within_ms "$2"
}

# start_session ID NAME=VALUE...: one that runs until it is told to end; its PID in $pid.
start_session()
{
	local id=$1
	shift
	audit-drive run "$private/run" "$id" key=key:x container=abcdef name=web as=app verb=exec "$@" >"run.$id" 3>&- &
	pid=$!
	children+=("$pid")
	wait_until 5 grep -q running "run.$id"
}

@test "sessions lists those that run, as long as they run" {
	run centerctl sessions
	assert_status 0
	[ "${#lines[@]}" = 1 ]
	start_session "$(id_of a)" recording=/x address=192.0.2.9
	run centerctl sessions
	[[ ${lines[1]} =~ ^$(id_of a)\ +running\ .*key:x\ +192.0.2.9\ +web\ +app\ +exec\ +yes$ ]]
	run bash -c 'centerctl sessions --json | jq -r ".[] | [.session, .state, .recorded, .pid] | @tsv"'
	assert_output "$(printf '%s\trunning\ttrue\t%s' "$(id_of a)" "$pid")"
	kill -KILL "$pid"
	wait "$pid" || true
	run centerctl sessions
	[ "${#lines[@]}" = 1 ]
	[ -z "$(ls "$private/run/sessions")" ]
}

@test "sessions -a tells what ended, what was killed and what runs" {
	declare -fx id_of
	export private
	cat >script <<-'END'
		log=$logdir/audit.jsonl
		for id in a b c; do
			audit-drive append "$log" start session="$(id_of $id)" uid=0 verb=exec name=web decision=root
		done
		audit-drive append "$log" end session="$(id_of a)" exit=3 reason=exit
		audit-drive append "$log" deny session="$(id_of e)" reason=no
		audit-drive append "$log" start session="$(id_of f)" verb=list decision=allow
		centerctl sessions -a | sed 's/  */ /g' | cut -d ' ' -f 1-3
	END
	sed -i '1i #!/bin/bash' script
	start_session "$(id_of b)"
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount --propagation private bash -c 'mount -t tmpfs -o mode=700 none "$logdir" && . ./script'
	[ "${lines[1]}" = "$(id_of a) exit 3" ]
	[[ ${lines[2]} == "$(id_of c) unterminated "* ]]
	[[ ${lines[3]} == "$(id_of b) running "* ]]
	[ "${#lines[@]}" = 4 ]
}

@test "replay shows what was shown, without what could harm this terminal" {
	audit-drive record "$private/rec" "$(id_of a)" $'o:\e[1mbold\e[0m \e]52;c;eA==\a\e[6n\e[21t\eP$qm\e\\' $'o:\xe2\x82' $'o:\xac\xff\r\n' i:secret r:30x100 end
	run bash -c 'centerctl replay --dir "$1/rec" a | od -An -c | tr -d " \n"' - "$private"
	assert_output '033[1mbold033[0m342202254357277275\r\n'
	run bash -c 'centerctl replay --raw --dir "$1/rec" a | od -An -c | tr -d " \n"' - "$private"
	assert_output '033[1mbold033[0m033]52;c;eA==\a033[6n033[21t033P$qm033\342202254377\r\n'
	run centerctl replay "$private/rec/$(id_of a).cast"
	assert_status 0
	assert_says bold
}

@test "replay keeps the time of the recording, faster and with shorter waits if asked" {
	audit-drive record "$private/rec" "$(id_of a)" o:one sleep:1000 o:two end
	elapsed_ms centerctl replay --speed 1 --dir "$private/rec" a
	assert_output onetwo
	assert_between_ms 1000 2000
	elapsed_ms centerctl replay --speed 4 --dir "$private/rec" a
	assert_between_ms 250 700
	elapsed_ms centerctl replay --speed 1 --idle-limit 200ms --dir "$private/rec" a
	assert_between_ms 200 700
	elapsed_ms centerctl replay --dir "$private/rec" a
	assert_output onetwo
	[ "$elapsed" -lt 500 ]
}

@test "replay into a pipe that nobody reads ends as any program does" {
	steps=()
	for i in {1..200}; do
		steps+=("o:$(printf 'x%.0s' {1..2000})")
	done
	audit-drive record "$private/rec" "$(id_of a)" "${steps[@]}" end
	run bash -c 'centerctl replay --dir "$1/rec" a | head -c 10; echo " ${PIPESTATUS[0]}"' - "$private"
	assert_output "xxxxxxxxxx 141"
}

@test "replay says when a recording was cut or never ended" {
	audit-drive record "$private/rec" "$(id_of a)" o:one cut
	audit-drive record "$private/rec" "$(id_of b)" o:two
	run centerctl replay --dir "$private/rec" a
	assert_status 0
	assert_says "the recording could not go on here"
	run centerctl replay --dir "$private/rec" b
	assert_says "the recording has no end"
	printf '[3, "o", "cu' >>"$private/rec/$(id_of b).cast"
	run centerctl replay --dir "$private/rec" b
	assert_status 0
	echo 'x' >>"$private/rec/$(id_of b).cast"
	run centerctl replay --dir "$private/rec" b
	assert_status 125
	assert_says "$(id_of b).cast: line 3 is no event"
}

@test "replay takes a unique beginning of an ID, and no path for one" {
	audit-drive record "$private/rec" "$(id_of ab)" o:one end
	audit-drive record "$private/rec" "$(id_of ac)" o:two end
	run centerctl replay --dir "$private/rec" ac
	assert_output two
	run centerctl replay --dir "$private/rec" a
	assert_refused "2 of them begin with a: "
	assert_says "$(id_of ab)"
	run centerctl replay --dir "$private/rec" zz
	assert_refused "no recording begins with zz"
	run centerctl replay --dir "$private/rec" "../rec/$(id_of ab).cast"
	assert_refused "cannot read ../rec/"
	run centerctl replay --dir "$private/rec" AB
	assert_refused '"AB" is no session'
}

@test "replay obeys keys, and puts the terminal back" {
	audit-drive record "$private/rec" "$(id_of a)" $'o:\e[?1049h\e[?25lone' sleep:800 o:two sleep:30000 o:three end 3>&- &
	children+=("$!")
	wait_until 5 grep -q two "$private/rec/$(id_of a).cast"
	kill "$!"
	echo '[900.000000, "o", "three"]' >>"$private/rec/$(id_of a).cast"
	run pty size 24x80 expect one raw send ' ' pause 1.2 send ' ' expect two send q -- centerctl replay --dir "$private/rec" a
	assert_status 0
	assert_says $'\e[?1049l'
	assert_silent_about three
	run pty size 24x80 expect one raw send '\x03' -- centerctl replay --dir "$private/rec" a
	assert_status 0
	run pty size 24x80 expect two signal TERM -- centerctl replay --dir "$private/rec" a
	assert_status 143
	run pty size 20x70 expect 'recorded on 80 columns and 24 rows, and this terminal has 70 and 20' send q -- centerctl replay --dir "$private/rec" a
	assert_status 0
}

@test "asciinema plays a recording" {
	command -v asciinema >/dev/null || skip_or_fail "no asciinema"
	audit-drive record "$private/rec" "$(id_of a)" $'o:\e[1mb\xffold\e[0m\r\n' o:last r:30x100 end
	export LC_ALL=C.UTF-8
	run pty size 24x80 -- asciinema play "$private/rec/$(id_of a).cast"
	assert_status 0
	assert_says old
	assert_says last
	run pty size 24x80 -- asciinema cat "$private/rec/$(id_of a).cast"
	assert_status 0
	assert_says last
}

@test "replay plays what asciinema recorded" {
	command -v asciinema >/dev/null || skip_or_fail "no asciinema"
	export LC_ALL=C.UTF-8
	pty size 24x80 -- asciinema rec -q -c 'printf "gr\303\274n \377\n"' theirs.cast >/dev/null
	run centerctl replay theirs.cast
	assert_status 0
	assert_says "grün"
	assert_silent_about centerctl
}

@test "watch follows a session until it ends" {
	start_session "$(id_of a)" recording="$private/rec/$(id_of a).cast"
	audit-drive record "$private/rec" "$(id_of a)" o:one sleep:700 $'o:\e]52;c;eA==\atwo' sleep:300 end 3>&- &
	children+=("$!")
	wait_until 5 grep -q one "$private/rec/$(id_of a).cast"
	run centerctl watch a
	assert_status 0
	assert_output "$(printf 'onetwocenterctl: the session has ended')"
}

@test "watch leaves when the session was killed, or q is typed" {
	start_session "$(id_of a)" recording="$private/rec/$(id_of a).cast"
	audit-drive record "$private/rec" "$(id_of a)" o:one
	run pty expect one raw send q -- centerctl watch a
	assert_status 0
	kill -KILL "$pid"
	start_session "$(id_of b)" recording="$private/rec/$(id_of a).cast"
	(sleep 0.5; kill -KILL "$pid") 3>&- &
	elapsed_ms centerctl watch b
	assert_says "the session was cut off"
	assert_within_ms 4000
}

@test "watch says that a session is not recorded, or not there" {
	start_session "$(id_of a)"
	run centerctl watch a
	assert_refused "session $(id_of a) is not recorded"
	run centerctl watch b
	assert_refused "no session that runs begins with b"
}

# In a namespace where the log is our own: `end` notes who did it.
end_at_home()
{
	printf '%s\n' "centerctl end $*; echo \"code \$?\"; cat audit.jsonl 2>/dev/null || true" >script
	run at_home "$PWD/script"
}

@test "end ends a session, and says in the log who did it and why" {
	start_session "$(id_of ab)"
	start_session "$(id_of ac)"
	end_at_home a
	assert_says "2 of them begin with a"
	end_at_home --reason "'too long'" ac
	[ "${lines[0]}" = "session $(id_of ac) has ended" ]
	[ "${lines[1]}" = "code 0" ]
	[ "$(jq -r '[.event, .session, .uid, .reason] | join(" ")' <<<"${lines[2]}")" = "ending $(id_of ac) 0 too long" ]
	run centerctl sessions
	[ "${#lines[@]}" = 2 ]
	assert_says "$(id_of ab)"
}

@test "end says when a session does not end" {
	start_session "$(id_of a)" stubborn=1
	local from
	from=$(now_ms)
	end_at_home a
	elapsed=$(($(now_ms) - from))
	assert_between_ms 5000 8000
	[[ ${lines[0]} == "centerctl: session $(id_of a) was told to end, and has not after 5 s: process $pid" ]]
	[ "${lines[1]}" = "code 125" ]
}

@test "end does not end a process that only has the number" {
	start_session "$(id_of a)"
	# Another start time in the file, as if the number had been given again.
	printf '\001' | dd of="$private/run/sessions/$(id_of a)" bs=1 seek=12 conv=notrunc status=none
	end_at_home a
	assert_says "process $pid is not session $(id_of a) any more"
	[ "${lines[1]}" = "code 125" ]
	alive "$pid"
}

@test "others than root are told that they may not look" {
	command -v setpriv >/dev/null || skip_or_fail "no setpriv"
	cp "$build/cmd/centerctl/centerctl" "$private/centerctl"
	chmod 755 "$private"
	for words in audit "audit verify" sessions "watch a" "replay a" "end a"; do
		# shellcheck disable=SC2086 # words
		run setpriv --reuid 65534 --regid 65534 --clear-groups "$private/centerctl" $words
		assert_refused "only root may see"
	done
}

@test "every option of these verbs is in the man page" {
	page=$top/man/centerctl.1.scd
	for verb in audit replay; do
		in_page=$(sed -n "/^## centerctl $verb\$/,/^## /p" "$page" | grep '^\*-' | grep -oE '\*--[a-z-]+\*' | tr -d '*' | sed 's/^--//' | sort)
		help=$(centerctl "$verb" --help | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\2/p' | grep -v '^help$' | sort)
		[ -n "$help" ]
		[ "$help" = "$in_page" ] || { diff <(echo "$help") <(echo "$in_page") >&2; false; }
	done
}
