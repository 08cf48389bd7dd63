#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Every verb through ssh: which right allows it, what narrows it, how it is written down, and what is left when the client goes.

load gate

verbs="exec shell logs debug show top stats wait signal cp backup restore sftp dial diff"

setup_file()
{
	host_start
	docker volume create verbs-volume >/dev/null
	container verbs-web -v verbs-volume:/volume base sh -c 'echo ready; nc -ll -p 7000 -e cat & nc -ll -p 7001 -e cat & sleep 74001'
	# Writes for ever.
	container verbs-loud base sh -c 'while :; do echo again; sleep 0.05; done'
	local verb
	{
		for verb in $verbs; do
			echo "allow key:verbs-$verb to verbs-web as root for $verb$([ "$verb" != debug ] || echo ' with toolbox=busybox')"
		done
		echo "allow key:verbs-all to verbs-web as root for all with toolbox=busybox"
		echo "allow key:verbs-all to verbs-loud as root for all"
	} >"$BATS_FILE_TMPDIR/rules"
	policy <"$BATS_FILE_TMPDIR/rules"
	for verb in $verbs all with; do
		gate_key "verbs-$verb"
	done
	# An archive with nothing in it.
	head -c 10240 /dev/zero >"$BATS_FILE_TMPDIR/empty.tar"
}

teardown()
{
	# shellcheck disable=SC2086 # several of them
	[ -z "${clients:-}" ] || kill -KILL $clients 2>/dev/null || true
}

teardown_file()
{
	containers_gone verbs-web verbs-loud verbs-new verbs-other
	docker volume rm -f verbs-volume >/dev/null 2>&1 || true
	host_clean
}

# not_by_rule ITEM: whoever may do it with other values is told which item of the rule stands in the way.
not_by_rule()
{
	assert_status 125 || return
	assert_says "your rule does not allow" || return
	assert_says "($1=)"
}

# matrix RIGHT...: each verb with the key of each right: lines "RIGHT VERB CODE", and what it said where it was refused in other
# words than those of a denial.
matrix()
{
	local ssh_options right
	host_ssh_options verbs-all
	for right in "$@"; do
		host_ssh_options "verbs-$right"
		in_host ssh -F none "${ssh_options[@]}" -M -S "$host/mux.$right" -N -f center@127.0.0.1 </dev/null 3>&-
	done
	in_host python3 - "$host" "$BATS_FILE_TMPDIR/empty.tar" "$@" <<-'END'
		import concurrent.futures, subprocess, sys
		host, empty, rights = sys.argv[1], open(sys.argv[2], "rb").read(), sys.argv[3:]
		# What is typed, what it reads, and with which code it ends where it is allowed.
		init = b"\0\0\0\5\1\0\0\0\3"
		typed = {
		    "exec": ("exec verbs-web true", b"", 0), "shell": ("shell verbs-web", b"exit 0\n", 0), "logs": ("logs -n 1 verbs-web", b"", 0),
		    "debug": ("debug --static busybox verbs-web -- true", b"", 0), "show": ("show verbs-web", b"", 0), "top": ("top verbs-web", b"", 0),
		    "stats": ("stats verbs-web", b"", 0), "wait": ("wait --timeout 100ms verbs-web", b"", 124), "signal": ("signal -s WINCH verbs-web", b"", 0),
		    "cp": ("cp verbs-web:/etc/passwd -", b"", 0), "backup": ("backup verbs-web", b"", 0), "restore": ("restore verbs-web", empty, 0),
		    "sftp": ("sftp verbs-web", init, 0), "dial": ("dial verbs-web 7000", b"echo\n", 0), "diff": ("diff verbs-web", b"", 0)}
		denial = b"centerctl: verbs-web: not permitted, or there is no such container (ls shows what you may enter)\n"
		def one(job):
		    right, verb = job
		    words, said, want = typed[verb]
		    try:
		        p = subprocess.run(["ssh", "-F", "none", "-o", "LogLevel=ERROR", "-S", host + "/mux." + right, "center@127.0.0.1", words], input=said,
		            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
		    except subprocess.TimeoutExpired:
		        return right, verb, "hangs", b""
		    allowed = p.returncode == want and not (p.returncode == 125 or b"not permitted" in p.stderr)
		    refused = p.returncode == 125 and p.stderr == denial and not p.stdout
		    return right, verb, "allowed" if allowed else "denied" if refused else "odd", b"code %d: " % p.returncode + p.stderr
		with concurrent.futures.ThreadPoolExecutor(8) as pool:
		    for right, verb, what, said in pool.map(one, [(r, v) for r in rights for v in typed]):
		        want = "allowed" if right in (verb, "all") else "denied"
		        print(right, verb, what, "" if what == want else "BAD " + repr(said[:300]))
	END
	for right in "$@"; do
		in_host ssh -F none -S "$host/mux.$right" -O exit center@127.0.0.1 2>/dev/null || true
	done
}

@test "each right allows its own verb and no other, and all allows every one" {
	local before
	before=$(audit_lines)
	# shellcheck disable=SC2086 # words
	run matrix $verbs all
	echo "$output" | grep BAD >&2 || true
	[ "${#lines[@]}" = $((16 * 15)) ]
	assert_silent_about BAD
	# Each denial is written down by the verb's name.
	run bash -c 'tail -n +'$((before + 1))' "$1" | jq -r "select(.event == \"deny\") | .verb" | sort | uniq -c | sort -k 2' - \
		<(in_host cat "$host_log/audit.jsonl")
	local verb
	for verb in $verbs; do
		assert_matches "^ *14 $verb\$"
	done
	# And what was allowed begins and ends.
	run bash -c 'tail -n +'$((before + 1))' "$1" | jq -r "select(.decision == \"allow\" and .event != \"end\") | .verb" | sort | uniq -c' - \
		<(in_host cat "$host_log/audit.jsonl")
	for verb in $verbs; do
		assert_matches "^ *2 $verb\$"
	done
}

@test "ls shows exactly the rights, and can= finds by them" {
	local verb
	for verb in logs signal sftp dial; do
		run gate_ssh "verbs-$verb" ls --json
		assert_status 0
		[ "$(jq -c 'map([.name, (.grants | map(.verbs))])' <<<"$output")" = "[[\"verbs-web\",[[\"$verb\"]]]]" ]
		run gate_ssh "verbs-$verb" ls -q --filter "can=$verb"
		assert_output verbs-web
		run gate_ssh "verbs-$verb" ls -q --filter can=exec
		assert_output ""
	done
	run gate_ssh verbs-all ls --json
	[ "$(jq -c 'map(select(.name == "verbs-web"))[0].grants[0].verbs | length' <<<"$output")" = 15 ]
	run gate_ssh verbs-all ls
	assert_matches 'verbs-web.* all'
}

# with RULE...: the policy for the key verbs-with.
with()
{
	{
		cat "$BATS_FILE_TMPDIR/rules"
		printf 'allow key:verbs-with to %s\n' "$@"
	} | policy
}

@test "read-only: cp and sftp only out of the container" {
	with "verbs-web as root for cp,sftp with read-only"
	docker exec verbs-web rm -rf /tmp/planted
	mkdir -p "$BATS_TEST_TMPDIR/tree"
	echo x >"$BATS_TEST_TMPDIR/tree/planted"
	gate_ssh verbs-with cp verbs-web:/etc/passwd - | tar -xO passwd | grep -q ^root:
	tar -C "$BATS_TEST_TMPDIR/tree" -c planted >"$BATS_TEST_TMPDIR/x.tar"
	run gate_ssh verbs-with cp - verbs-web:/tmp <"$BATS_TEST_TMPDIR/x.tar"
	assert_status 125
	run docker exec verbs-web ls /tmp/planted
	[ "$status" -ne 0 ]
	sftp_batch verbs-with "get /etc/passwd $BATS_TEST_TMPDIR/got"
	grep -q ^root: "$BATS_TEST_TMPDIR/got"
	local command
	for command in "put $BATS_TEST_TMPDIR/tree/planted /tmp/planted" "rm /etc/passwd" "mkdir /tmp/dir" "rename /etc/group /etc/group2" "chmod 777 /etc/group" \
		"symlink /etc /tmp/link"; do
		run sftp_batch verbs-with "$command"
		[ "$status" -ne 0 ]
	done
	run docker exec verbs-web sh -c 'ls /tmp/planted /tmp/dir /tmp/link /etc/group2 2>/dev/null; ls /etc/passwd'
	assert_output /etc/passwd
	# Without the word both ways are open.
	with "verbs-web as root for cp,sftp"
	gate_ssh verbs-with cp - verbs-web:/tmp <"$BATS_TEST_TMPDIR/x.tar"
	docker exec verbs-web cat /tmp/planted
	sftp_batch verbs-with "rm /tmp/planted"
	run docker exec verbs-web ls /tmp/planted
	[ "$status" -ne 0 ]
}

# sftp_batch KEY COMMAND: OpenSSH's client, with the verb.
sftp_batch()
{
	local ssh_options
	host_ssh_options "$1"
	in_host sftp -q -b - -F none "${ssh_options[@]}" -s 'sftp /verbs-web' center@127.0.0.1 <<<"$2"
}

@test "ports=: the named ones, and of no other host" {
	with "verbs-web as root for dial with ports=7000:8000-8100:db/5432"
	run gate_ssh verbs-with dial verbs-web 7000 <<<hello
	assert_status 0
	assert_output hello
	run gate_ssh verbs-with dial verbs-web 7001 <<<hello
	not_by_rule ports
	run gate_ssh verbs-with dial verbs-web 127.0.0.1:7001 <<<hello
	not_by_rule ports
	run gate_ssh verbs-with dial verbs-web db:5433 <<<hello
	not_by_rule ports
	run gate_ssh verbs-with dial verbs-web 192.0.2.1:7000 <<<hello
	not_by_rule ports
	# Permitted, but nobody is there.
	run gate_ssh verbs-with dial verbs-web 8050 </dev/null
	assert_status 1
	assert_says 8050
	# Without ports= every port of the container itself, and of no other host.
	with "verbs-web as root for dial"
	run gate_ssh verbs-with dial verbs-web 7001 <<<hello
	assert_output hello
	run gate_ssh verbs-with dial verbs-web 192.0.2.1:7000 <<<hello
	not_by_rule ports
	with "verbs-web as root for dial with ports=*/7001"
	run gate_ssh verbs-with dial verbs-web 127.0.0.1:7001 <<<hello
	assert_output hello
	local port
	for port in 0 65536 -1 x 7000x '' 07000 +7000 7000-7001; do
		run gate_ssh verbs-with dial verbs-web "'$port'" </dev/null
		assert_status 125
	done
}

@test "signals=: the named ones" {
	with "verbs-web as root for signal with signals=WINCH:CONT:36"
	local word
	for word in WINCH SIGWINCH 28 CONT RTMIN+2 36; do
		run gate_ssh verbs-with signal -s "$word" verbs-web 99999999
		assert_silent_about "not permitted"
	done
	run gate_ssh verbs-with signal -s WINCH verbs-web
	assert_status 0
	for word in TERM KILL 35 RTMIN+3; do
		run gate_ssh verbs-with signal -s "$word" verbs-web
		not_by_rule signals
		run gate_ssh verbs-with signal --all -s "$word" verbs-web
		not_by_rule signals
	done
	# The default is one, too.
	run gate_ssh verbs-with signal verbs-web
	not_by_rule signals
}

@test "a signal goes to the processes of the rule's user only" {
	with "verbs-web as app for signal"
	docker exec -d -u app verbs-web sleep 74010
	docker exec -d verbs-web sleep 74011
	wait_until 5 process_with sleep 74011
	local mine theirs
	wait_until 5 process_with sleep 74010
	mine=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$(pids_with sleep 74010)/status")
	theirs=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$(pids_with sleep 74011)/status")
	run gate_ssh verbs-with signal -s KILL verbs-web "$theirs"
	assert_status 125
	process_with sleep 74011
	run gate_ssh verbs-with signal -s KILL verbs-web
	assert_status 125
	run gate_ssh verbs-with signal -s KILL verbs-web "$mine"
	assert_status 0
	wait_until_not 3 process_with sleep 74010
	docker exec -d -u app verbs-web sleep 74012
	wait_until 5 process_with sleep 74012
	run gate_ssh verbs-with signal --all -s KILL verbs-web
	assert_status 0
	wait_until_not 3 process_with sleep 74012
	process_with sleep 74011
	process_with sleep 74001
	kill "$(pids_with sleep 74011)"
}

@test "a signal has no filter compiled for it" {
	with "verbs-* as root for signal,exec"
	container verbs-new base sleep 100000
	local kept
	kept=/run/centerctl-tests-${host_prefix##*/}/seccomp/$(container_id verbs-new)
	gate_ssh verbs-with signal -s WINCH verbs-new
	[ -z "$(compgen -G "$kept*")" ]
	gate_ssh verbs-with exec verbs-new true
	[ -n "$(compgen -G "$kept*")" ]
	containers_gone verbs-new
}

@test "stats -w without a container takes up those that the rule grants it for" {
	with "verbs-new as root for stats" "verbs-other as root for exec"
	local to=$BATS_TEST_TMPDIR/stats
	host_exec=1 gate_ssh verbs-with stats -w -n 0.3 --json </dev/null >"$to" 2>"$to.err" 3>&- &
	clients+=" $!"
	wait_until 10 test -s "$to"
	[ "$(head -n 1 "$to")" = "[]" ]
	container verbs-other base sleep 100000
	container verbs-new base sleep 100000
	wait_until 10 grep -q '"name": "verbs-new"' "$to"
	containers_gone verbs-new
	wait_until 10 last_is "$to" "[]"
	containers_gone verbs-other
	run ! grep -q verbs-other "$to"
	[ ! -s "$to.err" ]
	kill "${clients##* }"
}

# last_is FILE LINE
last_is()
{
	[ "$(tail -n 1 "$1")" = "$2" ]
}

@test "stats -w without a container ends when the rule's time is over" {
	with "verbs-web as root for stats with timeout=1s"
	elapsed_ms gate_ssh verbs-with stats -w -n 0.3 --json </dev/null
	assert_status 124
	assert_says "your rule allows to watch no longer (timeout=)"
	assert_within_ms 6000
}

# lasts WORDS...: a session of the key verbs-with that does not end by itself, with stdin held open; sets $client, whose messages are
# in err.
lasts()
{
	host_exec=1 gate_ssh verbs-with "$@" <"$BATS_TEST_TMPDIR/held" >/dev/null 2>>"$BATS_TEST_TMPDIR/err" 3>&- &
	client=$!
	clients+=" $client"
	typed[client]=$*
}

typed=()
clients=

# held_open: a pipe that nobody writes to and nobody ends.
held_open()
{
	mkfifo "$BATS_TEST_TMPDIR/held"
	exec 9<>"$BATS_TEST_TMPDIR/held"
}

lasting=("logs -f verbs-loud" "top -w verbs-loud" "stats -w verbs-loud" "wait verbs-loud" "dial verbs-web 7000" "sftp verbs-web" "cp - verbs-web:/tmp" "restore verbs-web" "ls -w")

@test "timeout= ends what would go on for ever" {
	held_open
	with "verbs-* as root for all with timeout=1s"
	local words
	for words in "${lasting[@]}"; do
		[ "$words" = "ls -w" ] || lasts "$words"
	done
	for client in $clients; do
		echo "${typed[client]}" >&2
		wait_until 5 ended_client
		status=0
		wait "$client" || status=$?
		[ "$status" = 124 ] || { cat "$BATS_TEST_TMPDIR"/err* >&2; false; }
	done
	wait_until 2 no_gates_left
	exec 9>&-
}

ended_client()
{
	! alive "$client"
}

@test "idle= ends what says nothing, and not what does" {
	held_open
	with "verbs-* as root for all with idle=1s"
	local words
	for words in "logs -f verbs-web" "dial verbs-web 7000" "sftp verbs-web" "cp - verbs-web:/tmp"; do
		lasts "$words"
	done
	local idle=$clients
	lasts "logs -f verbs-loud"
	local loud=$client
	for client in $idle; do
		echo "${typed[client]}" >&2
		wait_until 5 ended_client
	done
	client=$loud
	sleep 0.5
	alive "$client"
	kill -KILL "$client"
	wait_until 3 no_gates_left
	exec 9>&-
}

@test "sessions= counts them, and each is listed, ended and written down by its verb" {
	held_open
	with "verbs-* as root for all with sessions=1"
	local words verb
	for words in "logs -f verbs-loud" "dial verbs-web 7000" "sftp verbs-web" "cp - verbs-web:/tmp"; do
		echo "$words" >&2
		verb=${words%% *}
		lasts "$words"
		wait_until 5 listed "$verb"
		run gate_ssh verbs-with logs -n 1 verbs-web
		assert_status 125
		run in_host "$host_prefix/bin/centerctl" end "$session"
		assert_status 0
		wait_until 3 ended_client
		wait_until 3 closed "$session"
		run audit_all "select(.session == \"$session\" and .event == \"end\") | .reason"
		assert_output ended
	done
	wait_until 2 no_gates_left
	run gate_ssh verbs-with logs -n 1 verbs-web
	assert_status 0
	exec 9>&-
}

# listed VERB: a running session of this verb's; sets $session.
listed()
{
	session=$(in_host "$host_prefix/bin/centerctl" sessions --json | jq -r --arg v "$1" '.[] | select(.running != false and .verb == $v) | .session' | head -n 1)
	[ -n "$session" ]
}

closed()
{
	[ -n "$(audit_all "select(.session == \"$1\" and .event == \"end\") | .session")" ]
}

@test "the client's death ends it within 2 s, and leaves no process, here or in the container" {
	held_open
	policy <"$BATS_FILE_TMPDIR/rules"
	with "verbs-* as root for all"
	local words before
	before=$(docker top verbs-web | wc -l)
	for words in "${lasting[@]}"; do
		lasts "$words"
	done
	wait_until 10 entries ${#lasting[@]}
	sleep 0.3
	for client in $clients; do
		echo "${typed[client]}" >&2
		alive "$client"
	done
	# shellcheck disable=SC2086 # several of them
	kill -KILL $clients
	wait_until 2 no_gates_left || { gates_left | xargs ps -o pid,stat,wchan:30,args -p >&2; false; }
	wait_until 2 as_many "$before"
	exec 9>&-
}

# entries N: so many gates have begun one.
entries()
{
	[ "$(gates_left | xargs -r ps -o comm= -p 2>/dev/null | grep -c '^centerctl-gate')" -ge "$1" ]
}

as_many()
{
	[ "$(docker top verbs-web | wc -l)" -le "$1" ]
}

@test "accounts have the same verbs with the same rights" {
	{
		echo "allow user:alice to verbs-web as app for logs,top"
	} | policy
	run as_user alice centerctl logs -n 1 verbs-web </dev/null
	assert_status 0
	assert_output ready
	run as_user alice centerctl top verbs-web </dev/null
	assert_says "sleep 74001"
	local words
	for words in "show verbs-web" "stats verbs-web" "wait verbs-web" "signal verbs-web" "cp verbs-web:/etc/passwd -" "backup verbs-web" "dial verbs-web 7000" \
		"sftp verbs-web" "diff verbs-web"; do
		# shellcheck disable=SC2086 # words
		run as_user alice centerctl $words </dev/null
		assert_status 125
		assert_output "centerctl: verbs-web: not permitted, or there is no such container (ls shows what you may enter)"
	done
	run as_user mallory centerctl logs verbs-web </dev/null
	assert_status 125
	run as_user alice centerctl stats </dev/null
	assert_silent_about verbs-loud
	process_with sleep 74001
}

@test "what only sshd's client can ask for, a subsystem, is the same sftp" {
	with "verbs-web as root for sftp with read-only"
	gate_key verbs-bound "--container verbs-web"
	{
		cat "$BATS_FILE_TMPDIR/rules"
		echo "allow key:verbs-bound to verbs-web as app for sftp"
	} | policy
	local ssh_options
	host_ssh_options verbs-bound
	in_host sftp -q -b - -F none "${ssh_options[@]}" center@127.0.0.1 <<<"get /etc/passwd $BATS_TEST_TMPDIR/bound"
	grep -q ^app: "$BATS_TEST_TMPDIR/bound"
	echo x >"$BATS_TEST_TMPDIR/file"
	in_host scp -q -F none "${ssh_options[@]}" "$BATS_TEST_TMPDIR/file" center@127.0.0.1:/tmp/by-scp
	[ "$(docker exec verbs-web stat -c %u /tmp/by-scp)" = 1000 ]
	in_host scp -q -F none "${ssh_options[@]}" center@127.0.0.1:/tmp/by-scp "$BATS_TEST_TMPDIR/back"
	cmp "$BATS_TEST_TMPDIR/file" "$BATS_TEST_TMPDIR/back"
	run audit_all 'select(.identity.key? == "verbs-bound" or .key? == "verbs-bound") | .verb'
	assert_says sftp
}
