# SPDX-License-Identifier: ISC
# shellcheck shell=bash
load cli

policy()
{
	printf '%s\n' "$@" >c.conf
}

explain()
{
	run centerctl policy explain --file c.conf "$@"
}

@test "check says that a policy has no errors, or the first one with its place" {
	policy 'gate center' 'deny * to vault' 'allow key:k to web as app for exec'
	run centerctl policy check c.conf
	assert_status 0
	assert_output "c.conf: no errors (2 rules in 1 file)"
	policy '' 'allow key:k to web as app for exce'
	run centerctl policy check c.conf
	assert_refused 'c.conf:2: "exce" is no thing to be allowed for (did you mean exec?)'
	run centerctl policy check nowhere.conf
	assert_refused "nowhere.conf: No such file or directory"
	run centerctl policy check .
	assert_refused ". is not a regular file"
	mkfifo fifo
	run timeout 5 centerctl policy check fifo
	assert_refused "fifo is not a regular file"
}

@test "check reads what is included, beside the file" {
	mkdir -p d/e
	echo 'include e/*.conf' >d/c.conf
	echo 'deny * to a' >d/e/1.conf
	echo 'deny * to b' >d/e/2.conf
	echo 'nonsense' >d/e/3.conf~
	run centerctl policy check d/c.conf
	assert_output "d/c.conf: no errors (2 rules in 3 files)"
	echo 'denny * to b' >d/e/2.conf
	run centerctl policy check d/c.conf
	assert_refused 'd/e/2.conf:1: "denny" is no rule or directive (did you mean deny?)'
}

@test "without a file, check is about the installed one" {
	run centerctl policy check
	[[ $status -eq 0 || $output == *"/centerctl.conf"* ]]
}

@test "explain names the deciding line, and why none before it decided" {
	policy 'deny * to label:sealed=true' 'allow key:dba to db as postgres for exec' 'allow key:k to web-* as app for exec run "ps *"'
	explain --as key:k --id 0123 web-1 -- ps aux
	assert_status 0
	assert_output "$(printf '%s\n' 'c.conf:1: deny: not to web-1: it is to label:sealed=true' \
		'c.conf:2: allow: not for key:k: it is for key:dba' 'c.conf:3: allow: matches' 'allowed, as app')"
	explain --as key:k --label sealed=true web-1 -- ps aux
	assert_status 1
	assert_output "$(printf '%s\n' 'c.conf:1: deny: matches' denied)"
	explain --as key:k --id 0123 web-1 ps
	assert_status 0
	explain --as key:k --id 0123 web-1
	assert_status 1
	assert_says "c.conf:3: allow: not for shell: it is for exec"
	explain --as key:k --user root --id 0123 web-1 ps
	assert_status 1
	assert_says "c.conf:3: allow: not as root: it is as app"
}

@test "explain takes place, time and verb from its options" {
	policy 'allow key:k to web as app for logs from 10.0.0.0/8 until 2027-01-31 hours 08:00-18:00'
	explain --as key:k --id 0 --for logs --from 10.1.2.3 --at 2027-01-31T17:59 web
	assert_status 0
	explain --as key:k --id 0 --for logs --from 10.1.2.3 --at 2027-01-31T18:00 web
	assert_status 1
	assert_says "not now: its hours are 08:00-18:00"
	explain --as key:k --id 0 --for logs --from 10.1.2.3 --at 2027-02-01T09:00 web
	assert_says "no longer: it ended with 2027-01-31"
	explain --as key:k --id 0 --for logs --from 192.0.2.1 --at 2027-01-31T09:00 web
	assert_says "not from this address"
	explain --as key:k --id 0 --for logs --at 2027-01-31T09:00 web
	assert_says "there is no client's address"
	TZ=UTC-5 explain --as key:k --id 0 --for logs --from 10.1.2.3 --at 2027-01-31T17:59 web
	assert_status 0
}

@test "the right to debug is explained with its toolboxes, and is no other right" {
	policy 'allow key:k to web as app for exec,shell' 'allow key:k to web as app for debug run "strace -c *" with toolbox=gdb:perf,rw' \
		'allow key:o to web as app for debug'
	explain --as key:k --id 0 --for debug web -- strace -c -p 1
	assert_status 0
	assert_output "$(printf '%s\n' 'c.conf:1: allow: not for debug: it is for exec,shell' 'c.conf:2: allow: matches' \
		'allowed, as app, with toolbox=gdb:perf,rw')"
	explain --as key:k --id 0 --for debug web -- gdb -p 1
	assert_status 1
	assert_says "not this command: it is to run strace -c *"
	explain --as key:k --id 0 --for debug web
	assert_status 1
	assert_says "not for a shell: it is to run strace -c *"
	explain --as key:o --id 0 --for debug web
	assert_status 0
	assert_says "allowed, as app, in the toolbox default"
	explain --as key:o --id 0 web -- strace -c -p 1
	assert_status 1
	policy 'allow key:k to web as app for debug with toolbox=/srv/tools'
	run centerctl policy check c.conf
	assert_refused 'c.conf:1: toolbox: "/srv/tools" is no toolbox'"'"'s name'
	policy 'gate center' 'allow key:k to web as app for exec with rw'
	run centerctl policy lint c.conf
	assert_says "rw never counts"
}

@test "explain knows every right by its name, and no user where nothing is entered" {
	local verb
	for verb in exec shell logs debug show top stats wait signal cp backup restore sftp dial diff; do
		policy "allow key:k to web as app for $verb"
		explain --as key:k --id 0 --for $verb web
		assert_status 0
		assert_says "c.conf:1: allow: matches"
		policy 'allow key:k to web as app for all'
		explain --as key:k --id 0 --for $verb web
		assert_status 0
	done
	policy 'deny * to * as root' 'allow key:k to web for logs'
	explain --as key:k --id 0 --own-user root --for logs web
	assert_status 0
	assert_output "$(printf '%s\n' 'c.conf:1: deny: nothing is entered, and it denies certain users only: root' \
		'c.conf:2: allow: matches' allowed)"
	explain --as key:k --id 0 --for log web
	assert_refused "did you mean logs?"
}

@test "explain holds a port against ports= and a signal against signals=" {
	policy 'allow key:k to web as app for dial,signal with ports=5432:db/6000-6009,signals=HUP:34' 'allow key:o to web as app for dial,signal'
	explain --as key:k --id 0 --for dial web -- 5432
	assert_status 0
	explain --as key:k --id 0 --for dial web -- 5433
	assert_status 1
	assert_says "port 5433 is not among the ports of the rule: denied"
	explain --as key:k --id 0 --for dial web -- db 6009
	assert_status 0
	explain --as key:k --id 0 --for dial web -- db 5432
	assert_status 1
	assert_says "port 5432 of db is not among the ports of the rule: denied"
	explain --as key:o --id 0 --for dial web -- db 5432
	assert_status 1
	explain --as key:o --id 0 --for dial web -- 5432
	assert_status 0
	assert_says "to the container's own ports"
	explain --as key:k --id 0 --for dial web -- 0
	assert_refused "expected [HOST] PORT"
	explain --as key:k --id 0 --for signal web -- SIGHUP
	assert_status 0
	explain --as key:k --id 0 --for signal web -- RTMIN
	assert_status 0
	explain --as key:k --id 0 --for signal web -- TERM
	assert_status 1
	assert_says "signal TERM is not among the signals of the rule: denied"
	explain --as key:k --id 0 --for signal web -- TURM
	assert_refused "expected one signal"
}

@test "what narrows a right is checked, and linted where the rule does not give that right" {
	policy 'allow key:k to web as app for dial with ports=80-'
	run centerctl policy check c.conf
	assert_refused 'c.conf:1: ports: "": expected a port of 1 to 65535'
	policy 'allow key:k to web as app for signal with signals=HUB'
	run centerctl policy check c.conf
	assert_refused 'c.conf:1: signals: "HUB" is no signal'
	policy 'allow key:k to web as app for cp with readonly'
	run centerctl policy check c.conf
	assert_refused "did you mean read-only?"
	policy 'allow key:k to web as app for cp,exec run ls'
	run centerctl policy check c.conf
	assert_refused "the rule is for exec and debug alone"
	policy 'gate center' 'allow key:k to web as app for exec with ports=80,signals=HUP,read-only' \
		'allow key:k to db as app for dial with ports=*/443'
	run centerctl policy lint c.conf
	assert_says "ports= never counts: the rule is not for dial"
	assert_says "signals= never counts: the rule is not for signal"
	assert_says "read-only never counts: the rule is for neither cp nor sftp"
	assert_says "ports=*/443: whoever dials reaches there"
}

@test "every policy in the manual page is one that check takes" {
	local page=$CENTERCTL_TOP/man/centerctl.conf.5.scd n=0 text
	mkdir -p examples/conf.d
	# Blocks between ``` of EXAMPLES; those of commands are for a shell.
	awk '/^# EXAMPLES/ {on = 1} /^# SECURITY/ {on = 0} on && /^```/ {inside = !inside; if (inside) n++; next}
		on && inside {print > ("examples/" n ".conf")}' "$page"
	for text in examples/*.conf; do
		grep -q '^centerctl ' "$text" && continue
		n=$((n + 1))
		run centerctl policy check "$text"
		[ "$status" -eq 0 ] || { echo "$text: $output" >&2; cat "$text" >&2; return 1; }
	done
	[ "$n" -ge 8 ]
}

@test "explain refuses what it cannot mean" {
	policy 'deny * to *'
	explain --as dev web
	assert_refused '"dev": expected key:NAME'
	explain --as user:ci --from 10.0.0.1 web
	assert_refused "only sessions of gates have an address"
	explain --as key:k --from host web
	assert_refused "--from host: expected an address"
	explain --as key:k --for exce web
	assert_refused "did you mean exec?"
	explain --as key:k --at yesterday web
	assert_refused "--at yesterday: expected a date"
	explain --as key:k --label x web
	assert_refused "--label x: expected KEY=VALUE"
	explain --as key:k pid:7
	assert_refused "only root may enter by a process number"
	explain --as key:k a/b
	assert_refused "is no container's name"
	explain --as key:k web --for exec
	assert_refused "options stand before web"
	run centerctl policy explain --as key:k --file nowhere web
	assert_refused "nowhere: No such file"
	run centerctl policy explian
	assert_refused 'unknown word "explian" behind policy (did you mean explain?)'
}

@test "explain asks the engine as root, and says when it could not" {
	[ "$(id -u)" -eq 0 ] || skip_or_fail "not root"
	policy 'allow key:k to label:team=red as * for all' 'trust labels'
	steps "facts "
	explain --as key:k web
	assert_status 0
	assert_log_has verb=4
	assert_log_has target=web
	# What the container says does not reach the terminal as it is.
	assert_says 'own user (www\x1b[31m)'
	steps "facts it is privileged"
	explain --as key:k web
	assert_status 1
	assert_says "the container is as good as the host (it is privileged), and the rule lacks privileged: denied"
	steps "error 125 no such container: web" "exit 125"
	explain --as key:k web
	assert_status 1
	assert_says "no such container: web"
	assert_says "nothing but the container's name is assumed"
	explain web
	assert_refused "root needs no rule: say for whom with --as"
	DOCKER_HOST=nonsense explain --as key:k web
	assert_status 1
	assert_says "nothing but the container's name is assumed"
}

@test "explain without --as is about the caller" {
	[ "$(id -u)" -eq 0 ] || skip_or_fail "not root"
	policy 'allow user:nobody to web as app for shell'
	# Where nobody can read it; the test's own directory is closed.
	install -m 644 c.conf "/tmp/centerctl-cli-$$.conf"
	run setpriv --reuid nobody --regid nogroup --clear-groups "$build/cmd/centerctl/centerctl" policy explain --file "/tmp/centerctl-cli-$$.conf" web
	rm "/tmp/centerctl-cli-$$.conf"
	assert_status 0
	assert_says "nothing but its name is assumed"
	assert_says "allowed, as app"
}

@test "lint finds what is probably not meant, and says so by its exit code" {
	policy 'gate center' 'allow key:k to web as app for exec run uptime'
	run centerctl policy lint c.conf
	assert_status 0
	assert_output ""
	policy 'allow key:k to web as app for exec run vi' 'deny key:k to web for exec until 2020-01-01'
	run centerctl policy lint c.conf
	assert_status 1
	assert_says 'c.conf:1: never matches: keys and principals are those of gate accounts'
	assert_says 'c.conf:1: run "vi": whoever may run this can make it run anything else'
	assert_says 'c.conf:2: never matches any more: it ended with 2020-01-01'
	policy 'allow'
	run centerctl policy lint c.conf
	assert_refused "c.conf:1: a rule is: allow SUBJECTS to TARGETS"
}

@test "ls prints a table, names, or JSON" {
	steps listing
	run centerctl ls
	assert_status 0
	assert_log_has verb=3
	assert_says "web   running  Up 3 hours  nginx:1  app   exec,shell"
	assert_says "exec: pg_dump *; with record"
	run centerctl ls -q
	assert_output web
	run centerctl ls --json
	assert_says '"where": "/c:7"'
	python3 -c 'import json, sys; json.loads(sys.argv[1])' "$output"
	run centerctl ls -q --json
	assert_refused "contradict each other"
	run centerctl ls web
	assert_refused "ls takes fewer words"
	steps "error 125 you may enter no container here" "exit 125"
	run centerctl ls
	assert_refused "you may enter no container here"
	steps "exit 0"
	run centerctl ls
	assert_refused "centerctl-enter sent no answer"
}

@test "ls for somebody else is root's question" {
	[ "$(id -u)" -eq 0 ] || skip_or_fail "not root"
	steps listing
	run centerctl ls --as key:k -H unix:///x.sock
	assert_status 0
	assert_log_has as=key:k
	assert_log_has engine.path=/x.sock
	rm log
	run setpriv --reuid nobody --regid nogroup --clear-groups "$build/cmd/centerctl/centerctl" ls --as key:k
	assert_refused "--as is for root alone"
	run setpriv --reuid nobody --regid nogroup --clear-groups "$build/cmd/centerctl/centerctl" ls -H unix:///x.sock
	assert_refused "--engine is for root alone"
	[ ! -e log ]
}
