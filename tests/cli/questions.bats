# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the front does for ls, show, logs, signal, top, stats, wait and diff; tests/engine has the real thing.
load cli

# asks VERB WORDS...: it succeeds, and the log is of this one.
asks()
{
	rm -f log
	run centerctl "$@"
	assert_status 0
}

# refused_at_once WORDS VERB ARG...: it fails with these words before anything is started.
refused_at_once()
{
	local words=$1
	shift
	rm -f log
	run centerctl "$@"
	assert_refused "$words" || return 1
	[ ! -e log ] || { echo "centerctl-enter was started" >&2; return 1; }
}

# on_terminal WORDS...: what it writes to a terminal.
on_terminal()
{
	run script -qec "$(printf '%q ' "$@")" /dev/null </dev/null
}

@test "top shows both numbers, and nothing of a container reaches the terminal as it is" {
	steps top
	asks top web
	assert_output 'PID  HOST-PID  USER  %CPU  RSS  TIME      STAT  COMMAND
1    4711      1000  0.0   0B   00:00:00  S     /srv/web a b \x1b[31m\xff"
7    4712      -     0.0   0B   00:00:00  Z     [a\x0ab]'
	assert_logged verb 6
	assert_logged target web
	assert_logged ns ff
	assert_logged watch 0
	asks top --json web
	jq -e '.[0] | .pid == 1 and .host_pid == 4711 and .user == 1000 and .user_name == null and .command[1] == "a b"' <<<"$output"
	jq -e '.[1] | .user == null and .state == "Z" and .name == "a\nb" and .command == []' <<<"$output"
	asks top web -w -n 0.5
	assert_logged watch 1
	assert_logged interval 500
	refused_at_once "top needs more words" top
	refused_at_once "aux: the options of ps are not taken; top has columns of its own, and more with --json" top web aux
	refused_at_once "-ef: the options of ps are not taken; top has columns of its own, and more with --json" top web -ef
	refused_at_once "options of ps are not taken" top -o web
	refused_at_once "is no container" top /db
	refused_at_once "for -w (--watch)" top -n 1 web
	for word in 0 0.1 x 1x '' -1 99999999; do
		refused_at_once "seconds are expected" top -w "--interval=$word" web
	done
}

@test "what comes again and again is one line of JSON each, or a table each" {
	steps top top
	asks top -w --json web
	[ "${#lines[@]}" = 2 ]
	jq -e 'length == 2' <<<"${lines[1]}"
	steps listing "pause 50" listing
	asks ls -w --json
	[ "$(jq -rs 'map(.[0].name) | join(" ")' <<<"$output")" = "web web" ]
	asks ls -w -q
	assert_output "$(printf 'web\nweb')"
	asks ls -w
	[ "$(cut -d ' ' -f 1 <<<"$output" | xargs -d '\n')" = "NAME web   NAME web " ]
	steps top top
	asks top -w web
	[ "$(cut -d ' ' -f 1 <<<"$output" | tr '\n' ,)" = "PID,1,7,,PID,1,7," ]
	steps "stats 100" "stats 200"
	asks stats -w -n 0.3 web
	[ "$(cut -d ' ' -f 1 <<<"$output" | tr '\n' ,)" = "NAME,web,,NAME,web," ]
}

@test "on a terminal the heading is bold, states have colours, and a table is drawn over the last one" {
	steps listing
	on_terminal centerctl ls -a
	assert_says $'\e[1mNAME\e[0m'
	assert_says $'\e[32mrunning\e[0m'
	assert_says $'\e[31mexited\e[0m'
	NO_COLOR=1 on_terminal centerctl ls
	assert_says NAME
	assert_silent_about $'\e['
	TERM=dumb on_terminal centerctl ls
	assert_silent_about $'\e['
	NO_COLOR='' on_terminal centerctl ls
	assert_says $'\e[1m'
	on_terminal centerctl ls --json
	assert_silent_about $'\e['
	steps listing listing
	on_terminal centerctl ls -w
	assert_says $'\e[2J\e[H'
	assert_says $'\e[K\r\n\e[J\e[H'
}

@test "elsewhere there is a heading, but no colour, and nothing where there is no row" {
	steps listing
	asks ls
	assert_silent_about $'\e'
	[[ ${lines[0]} == "NAME  STATE    STATUS      IMAGE    USER  MAY"* ]]
	[[ ${lines[1]} == "web   running  Up 3 hours  nginx:1  app   exec,shell" ]]
	asks ls --filter name=none
	assert_output ""
}

@test "ls leaves out what does not run, and what the filters say" {
	steps listing
	asks ls -q
	assert_output web
	assert_logged verb 3
	assert_logged watch 0
	asks ls -aq
	assert_output "$(printf 'web\nold')"
	asks ls -q --filter state=exited
	assert_output old
	asks ls -q --filter status=exited
	assert_output old
	asks ls -aq -f name=e
	assert_output web
	asks ls -aq -f 'name=e*'
	assert_output ""
	asks ls -aq -f 'name=w*' -f image=busybox
	assert_output ""
	asks ls -aq --filter can=shell
	assert_output "$(printf 'web\nold')"
	asks ls -q --filter can=diff
	assert_output ""
	asks ls -a --format json
	json=$output
	asks ls -a --json
	assert_output "$json"
	jq -e '.[0].status == "Up 3 hours" and .[0].created == "2023-11-14T22:13:20Z" and .[1].created == null' <<<"$json"
	asks ls -aq -f 'name=^web$'
	assert_output web
	asks ls -aq -f 'name=^eb$'
	assert_output ""
	refused_at_once "no regular expression is taken but ^ and $ at its ends" ls -f 'name=web|old'
	refused_at_once "there is no pattern behind the =" ls -f 'name=^$'
	refused_at_once "write name=PATTERN" ls --filter colour=red
	refused_at_once "state is one of created, running" ls --filter state=asleep
	refused_at_once "can is one of exec, shell" ls --filter can=fly
	refused_at_once "table or json" ls --format yaml
	refused_at_once "--format {{.Names}}: it is table or json; what a template would pick, jq picks out of --json" ls --format '{{.Names}}'
	refused_at_once "contradict" ls --format table --json
	refused_at_once "what a template would pick, jq picks out of --json" show -f '{{.State.Pid}}' web
	refused_at_once "what a template would pick, jq picks out of --json" stats --no-stream --format '{{.Name}}' web
	refused_at_once "contradict" ls -q --json
	refused_at_once "ls takes fewer words" ls web
}

@test "show prints groups, and JSON with a list where a name comes again" {
	steps describe
	asks show web
	assert_output 'container
  name               web
  label              a=1\x1b
  label              b=2

network
  address            bridge 172.17.0.2'
	assert_logged verb 9
	asks show -f json web
	json=$output
	asks show --json web
	assert_output "$json"
	jq -e '.container.label == ["a=1\u001b", "b=2"] and .network.address == [{"network": "bridge", "addresses": ["172.17.0.2"]}]' <<<"$output"
	refused_at_once "show needs more words" show
	refused_at_once "unknown option -w" show -w web
}

@test "diff prints what differs, and its exit code says whether" {
	steps "diff x"
	rm -f log
	run centerctl diff web
	assert_status 1
	assert_output 'capabilities
  bounding           entry: chown,net_admin
                     init:  chown'
	assert_logged verb 14
	assert_logged session ""
	run centerctl diff --json web 0123abcd
	assert_status 1
	jq -e 'keys == ["capabilities"]' <<<"$output"
	[ "$(logged session | tail -n 1)" = 0123abcd ]
	steps diff
	asks diff web
	assert_output ""
	asks diff --json web
	assert_output "{}"
	steps "error 125 no such container: web" "exit 125"
	run centerctl diff web
	assert_refused "no such container"
	for id in ../../etc/passwd 'a b' '' a/b; do
		refused_at_once "is no session's ID" diff web "$id"
	done
}

@test "logs passes on what is asked for, and stdout and stderr stay apart" {
	steps "say out" "moan err"
	rm -f log
	run --separate-stderr centerctl logs web
	assert_status 0
	[ "$output" = out ] && [ "$stderr" = err ]
	assert_logged verb 10
	assert_logged tail -1
	assert_logged since 0
	assert_logged watch 0
	assert_logged timestamps 0
	asks logs -f -t -n 5 --since 2026-01-31T10:00:00.5Z --until 1800000000.25 web
	assert_logged tail 5
	assert_logged since 1769853600500000000
	assert_logged until 1800000000250000000
	assert_logged watch 1
	assert_logged timestamps 1
	for word in all -1; do
		asks logs --tail "$word" web
		assert_logged tail -1
	done
	asks logs web --tail=0
	assert_logged tail 0
	TZ=XXX-2 asks logs --since 2026-01-31T10:00 web
	assert_logged since 1769846400000000000
	asks logs --since 10m web
	local since
	since=$(logged since)
	[ $((since / 1000000000)) -ge $(($(date +%s) - 605)) ] && [ $((since / 1000000000)) -le $(($(date +%s) - 600)) ]
	for word in yesterday 10x 2026-02-30 '' -5m; do
		refused_at_once "is no time" logs "--since=$word" web
		refused_at_once "--until" logs "--until=$word" web
	done
	for word in -2 x '' 1x 99999999999999999999; do
		refused_at_once "number of lines" logs "--tail=$word" web
	done
	refused_at_once "--since is later than --until" logs --since 1m --until 2m web
}

@test "signal knows names and numbers, and says how many only where it is asked" {
	steps "signaled 3"
	asks signal web
	assert_output ""
	assert_logged verb 11
	assert_logged number 15
	assert_logged pid ""
	assert_logged all 0
	local pair
	for pair in HUP:1 SIGHUP:1 hup:1 1:1 KILL:9 SIGRTMIN+3:37 34:34 RTMAX:64 RTMAX-2:62 CLD:17 64:64; do
		asks signal -s "${pair%:*}" web 7
		assert_logged number "${pair#*:}"
		assert_logged pid 7
	done
	asks signal --all --signal=USR1 web
	assert_output "USR1 was sent to 3 processes"
	assert_logged all 1
	asks signal --json -s 35 web
	jq -e '.target == "web" and .signal == 35 and .name == "RTMIN+1" and .signaled == 3' <<<"$output"
	for word in 65 -1 '' FOO SIG RTMIN+31 RTMIN-1 9x 1.5; do
		refused_at_once "kill -l has them" signal "--signal=$word" web
	done
	for word in 0 x 1x 4194305; do
		refused_at_once "is not the number of a process in the container" signal web "$word"
	done
	refused_at_once "HUP is taken for a container's name: write signal -s HUP web" signal HUP web
	refused_at_once "SIGHUP is taken for the number of a process in the container: write signal -s SIGHUP web" signal web SIGHUP
	# As kill(1) has it; -H alone is the engine.
	for pair in -9:9 -HUP:1 -SIGTERM:15 -1:1 -INT:2 -RTMIN+3:37; do
		asks signal "${pair%:*}" web 7
		assert_logged number "${pair#*:}"
		assert_logged pid 7
		assert_logged engine.path /nowhere.sock
	done
	asks signal --all -H unix:///x.sock -s 9 web
	assert_logged engine.path /x.sock
	assert_logged number 9
	asks signal -USR1 -H unix:///x.sock web
	assert_logged engine.path /x.sock
	assert_logged number 10
	refused_at_once "unknown option -9" signal -99 web
	asks signal --help
	for word in "-s 0" -0 --signal=0; do
		# shellcheck disable=SC2086 # two words are two
		refused_at_once "centerctl top tells" signal $word web
	done
	refused_at_once "contradict" signal --all web 1
	refused_at_once "signal takes fewer words" signal web 1 2
}

@test "wait prints exit codes in the order of the containers" {
	steps "for a pause 300" "for a waited 3" "for b waited 137" "for c waited -1"
	asks wait a b
	assert_output "$(printf '3\n137')"
	[ "$(grep -c ^verb=12 log)" = 2 ]
	asks wait --json a c
	jq -e '. == [{"target": "a", "exit_code": 3}, {"target": "c", "exit_code": null}]' <<<"$output"
	asks wait --timeout 1.5s b
	assert_logged timeout 1500
	refused_at_once "wait needs more words" wait
	refused_at_once "not a duration" wait --timeout x web
	refused_at_once "is no container" wait web /db
	refused_at_once "web stands there twice" wait web db web
	# shellcheck disable=SC2046 # words
	refused_at_once "more than 64" wait $(seq -f 'c%g' 65)
}

@test "wait tells what it knows where a container is refused or time is over" {
	steps "for a waited 3" "for b error 125 no such container: b" "for b exit 125"
	run --separate-stderr centerctl wait a b
	assert_status 125
	[ "$output" = 3 ]
	[ "$stderr" = "centerctl: no such container: b" ]
	steps "for a waited 3" "for b error 124 container b still runs" "for b exit 124"
	run --separate-stderr centerctl wait --timeout 1s a b
	assert_status 124
	[ "$output" = 3 ]
	# Even if centerctl-enter forgets the time.
	steps "pause 2500"
	run centerctl wait --timeout 100ms a
	assert_status 124
}

@test "stats takes two samples, of each of the containers" {
	steps "stats 100" "for b pause 200" "stats 600" "pause 2500"
	asks stats b a
	assert_output 'NAME  CPU %   MEM USAGE / LIMIT  MEM %   NET I/O  BLOCK I/O    PIDS
b     50.00%  1.5MiB / 6MiB      25.00%  -        1.26kB / 0B  7
a     50.00%  1.5MiB / 6MiB      25.00%  -        1.26kB / 0B  7'
	shown=$output
	asks stats --no-stream b a
	assert_output "$shown"
	refused_at_once "contradict" stats --no-stream -w a
	[ ! -e log ]
	asks stats b a
	[ "$(logged interval | sort -u)" = 500 ]
	[ "$(logged watch | sort -u)" = 1 ]
	asks stats --no-stream --format json a
	jq -e '.[0].name == "a"' <<<"$output"
	asks stats --json a
	jq -e '.[0] | .name == "a" and .cpu_percent == 50 and .memory == 1572864 and .received_bytes == null and .pids_limit == null' <<<"$output"
}

@test "stats without a container is of all that run, and that the rule grants it for" {
	# The grants of fake-enter are exec and shell.
	steps "for  listing"
	asks stats
	assert_output ""
	[ "$(grep -c ^verb log)" = 1 ]
	asks stats --json
	assert_output "[]"
}

@test "stats that watches has a line for each look, and one that is refused does not stop the others" {
	steps "stats 100" "stats 600" "stats 700"
	asks stats -w -n 0.3 --json a
	[ "$(jq -c '.[0].cpu_percent' <<<"$output" | xargs)" = "null 50 10" ]
	assert_logged interval 300
	steps "for b error 125 b is not running" "for b exit 125" "stats 100" "stats 600" "pause 2500"
	run --separate-stderr centerctl stats a b
	assert_status 125
	[[ ${lines[1]} == "a     50.00%"* ]]
	[ "$stderr" = "centerctl: b is not running" ]
}

@test "a reader that has gone away ends it without a word" {
	steps listing "pause 2500"
	run --separate-stderr timeout 5 bash -c 'centerctl ls -w -q | head -n 1; echo "${PIPESTATUS[0]}"'
	assert_status 0
	[ "${lines[0]}" = web ]
	[ "${lines[1]}" = 141 ]
	[ -z "$stderr" ]
	steps "say out" "until eof"
	run --separate-stderr timeout 5 bash -c 'centerctl logs -f web | head -n 1; echo "${PIPESTATUS[0]}"'
	assert_status 0
	[ "${lines[0]}" = out ]
	[ "${lines[1]}" = 141 ]
	[ -z "$stderr" ]
}

@test "an engine is root's to name, and a process of the host needs none" {
	steps top
	DOCKER_HOST=ssh://nobody asks top pid:1
	assert_logged engine none
	asks top -H unix:///x.sock web
	assert_logged engine.path /x.sock
	steps listing
	asks ls --as key:x
	assert_logged as key:x
}

@test "an answer to another question is none" {
	local verb
	for verb in ls "show web" "signal web" "top web" "stats web" "wait web" "diff web"; do
		steps which
		# shellcheck disable=SC2086 # two words are two
		run centerctl $verb
		assert_refused "centerctl-enter's answer cannot be shown"
		steps garbage "pause 100"
		# shellcheck disable=SC2086 # two words are two
		run centerctl $verb
		assert_refused "centerctl-enter's messages cannot be understood"
	done
	for verb in ls "show web" "signal web" "top web" "diff web"; do
		steps "exit 0"
		# shellcheck disable=SC2086 # two words are two
		run centerctl $verb
		assert_refused "centerctl-enter sent no answer"
	done
}
