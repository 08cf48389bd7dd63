# SPDX-License-Identifier: ISC
# shellcheck shell=bash
load cli

@test "without options the request holds the defaults" {
	assert_sends target web web true </dev/null
	assert_logged verb 1
	assert_logged command true
	assert_logged engine unix
	assert_logged engine.path /nowhere.sock
	assert_logged user ""
	assert_logged workdir ""
	assert_logged tty 0
	assert_logged stdin 1
	assert_logged detach 0
	assert_logged privileged 0
	assert_logged caps 0
	assert_logged ns ff
	assert_logged explicit 0
	assert_logged timeout 0
	assert_logged keys ""
	assert_logged env ""
	assert_logged term ""
}

@test "the command's own options stay its own" {
	assert_sends command "$(printf -- 'ls\n-l\n--user\n--help')" web ls -l --user --help
	assert_logged user ""
}

@test "words of the command arrive byte for byte" {
	assert_sends command "$(printf 'a b\n$HOME "\xff')" web 'a b' $'$HOME "\xff'
}

@test "without a command there is none in the request" {
	assert_sends command "" web
}

@test "two dashes end the options, before the target and behind it" {
	assert_sends command "$(printf -- 'sh\n-c\nx')" -- web sh -c x
	assert_sends command "$(printf -- 'sh\n-c\nx')" web -- sh -c x
	assert_sends command "$(printf -- 'a\n--\nb')" web a -- b
}

@test "targets are names, IDs and processes" {
	for target in web Web_1.x-y 0 0123abcd pid:1 pid:4194304; do
		assert_sends target "$target" "$target" true
	done
}

@test "anything else is no target" {
	for target in /db a/b %76ictim "" .hidden -- "a b" "$(printf 'x%.0s' {1..256})" a:b é; do
		refuses "" -- "$target" true
	done
	refuses '"/db" is no container' /db
	refuses "the container's name is empty" ""
	refuses "exec needs a container"
	refuses "exec needs a container" -it
}

@test "a process number is a number from 1 on" {
	for target in pid: pid:0 pid:-1 pid:1x pid:+1 pid:0x1 pid:4194305 pid:99999999999999999999; do
		refuses "after pid: comes the number of a process" "$target"
	done
}

@test "a process needs no engine" {
	export DOCKER_HOST=ssh://nobody DOCKER_CONTEXT=nothing
	assert_sends engine none pid:1 true
}

@test "-t and -T choose the terminal" {
	assert_sends tty 1 -t web
	assert_logged rows 24
	assert_logged cols 80
	assert_logged term xterm-256color
	assert_sends tty 1 --tty web
	assert_sends tty 1 --tty=true web
	assert_sends tty 0 --tty=false web
	assert_sends tty 0 -T web
	assert_sends tty 0 --no-tty web
	assert_sends tty 1 --no-tty=false web
}

@test "docker's groups of letters work" {
	for words in -it -ti "-i -t" "-itu app" "-ituapp" "--interactive --tty" "--interactive=true --tty=1"; do
		# shellcheck disable=SC2086
		assert_sends tty 1 $words web
		assert_logged stdin 1
	done
	assert_logged user ""
	assert_sends user app -ituapp web
	assert_sends user app -itu app web
}

@test "TERM is passed on only with a terminal, and only if it is one's name" {
	assert_sends term "" -T web
	TERM='x;rm -rf /' assert_sends term "" -t web
	TERM=$(printf 'x%.0s' {1..33}) assert_sends term "" -t web
	TERM='' assert_sends term "" -t web
}

@test "-n leaves stdin alone" {
	assert_sends stdin 0 -n web
	assert_sends stdin 0 --no-stdin web
	assert_sends stdin 0 --interactive=false web
	assert_sends stdin 1 --no-stdin=false web
	assert_sends stdin 1 -i web
}

@test "user, groups and directory are passed on" {
	for words in "-u app:adm" "-uapp:adm" "--user app:adm" "--user=app:adm" "-u x -u app:adm"; do
		# shellcheck disable=SC2086
		assert_sends user app:adm $words web
	done
	assert_sends group "$(printf 'a\n12')" --group-add a --group-add=12 web
	assert_sends workdir /srv -w /srv web
	assert_sends workdir /srv --workdir=/srv web
	refuses "--workdir srv: a directory in the container begins with /" -w srv web
	refuses "--group-add: the group's name is empty" --group-add= web
	refuses "--user: the value is longer than 4096 bytes" -u "$(printf 'x%.0s' {1..4097})" web
}

@test "variables are set, or passed on from the caller" {
	export GIVEN=value EMPTY=
	assert_sends env "$(printf 'A=1\nB=x=y z\nGIVEN=value\nEMPTY=\nC=')" -e A=1 --env 'B=x=y z' -e GIVEN -e EMPTY -e NOT_SET_HERE -e C= web
	assert_sends env "A=2" -e A=1 -e A=2 web
	refuses "--env =x: there is no variable's name" -e =x web
	refuses "there is no variable's name" -e "" web
}

@test "variables come from files in docker's format" {
	export GIVEN=value
	printf '\xef\xbb\xbfA=1\n# comment\n   # comment\n\n  B= two words \r\nGIVEN\nNOT_SET_HERE\nQ="quoted"\nE=\nLAST=x=#y' >vars
	assert_sends env "$(printf 'A=1\nB= two words \nGIVEN=value\nQ="quoted"\nE=\nLAST=x=#y')" --env-file vars web
	printf 'A=file\nZ=1\n' >vars2
	assert_sends env "$(printf 'A=option\nB= two words \nGIVEN=value\nQ="quoted"\nE=\nLAST=x=#y\nZ=1')" \
		-e A=option --env-file vars --env-file=vars2 web
	assert_sends env "P=pipe" --env-file <(echo P=pipe) web
}

@test "a file's errors name the line" {
	printf 'A=1\n\nB C=2\n' >vars
	refuses "vars:3: the variable's name \"B C\" has white space in it" --env-file vars web
	printf '=x\n' >vars
	refuses 'vars:1: "=x" has no variable' --env-file vars web
	printf 'A=1\nB=\0\n' >vars
	refuses "vars:2: a NUL byte" --env-file vars web
	refuses "--env-file: cannot open missing: No such file or directory" --env-file missing web
	refuses "--env-file: cannot read .: Is a directory" --env-file . web
	truncate -s 5M vars
	refuses "vars is larger than" --env-file vars web
}

@test "detaching connects no stdin" {
	steps "started 4" detached
	assert_sends detach 1 -d web
	assert_logged stdin 0
	assert_sends detach 1 --detach web
	assert_sends tty 1 -dt web
	assert_output ""
}

@test "detach keys are docker's" {
	assert_sends keys 1011 --detach-keys ctrl-p,ctrl-q web
	assert_sends keys 61621b1c1d1e1f00 --detach-keys 'a,b,ctrl-[,ctrl-\,ctrl-],ctrl-^,ctrl-_,ctrl-@' web
	assert_sends keys "" --detach-keys= web
	refuses '"ctrl-pp" is no key' --detach-keys ctrl-pp web
	refuses '"ab" is no key' --detach-keys ab web
	refuses '"" is no key' --detach-keys a,,b web
	refuses '"é" is no key' --detach-keys é web
	refuses "more than 16 keys" --detach-keys a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q web
	refuses "--detach-keys and -n (--no-stdin) contradict each other" -n --detach-keys a web
}

@test "capabilities have names" {
	assert_sends privileged 1 --privileged web
	assert_sends caps 1 --cap-add CHOWN web
	assert_sends caps 201001 --cap-add cap_chown --cap-add=Net_Admin,SYS_ADMIN web
	run centerctl exec --cap-add all web
	[[ $(logged caps | tail -n 1) =~ ^1?[137f]f+$ ]]
	refuses '"FOO" is no capability' --cap-add FOO web
	refuses '"12" is no capability' --cap-add 12 web
	refuses '"" is no capability' --cap-add "" web
}

@test "namespaces are listed" {
	assert_sends ns ff --ns all web
	assert_logged explicit 0
	assert_sends ns f7 --ns all,-net web
	assert_logged explicit 0
	assert_sends ns 11 --ns mnt,pid web
	assert_logged explicit 1
	assert_sends ns 80 --ns=time web
	refuses '"foo" is no namespace' --ns foo web
	refuses '"" is no namespace' --ns "" web
	refuses "write either the namespaces to enter (mnt,pid), or all without some (all,-net)" --ns -net web
	refuses "write either" --ns all,net web
	refuses '"all" is no namespace' --ns mnt,all web
}

@test "a time limit is a duration" {
	assert_sends timeout 1500 --timeout 1.5s web
	assert_sends timeout 30000 --timeout 30 web
	assert_sends timeout 7200000 --timeout=2h web
	for value in "" x -1 1w 1.2345s 11000d; do
		refuses "not a duration" --timeout="$value" web
	done
}

@test "what contradicts itself is refused" {
	refuses "-t (--tty) and -T (--no-tty) contradict each other" -t -T web
	refuses "-t (--tty) and -T (--no-tty) contradict each other" --no-tty --tty web
	refuses "-i (--interactive) and -n (--no-stdin) contradict each other" -in web
	refuses "--json is only for --show" --json web
	refuses "-d (--detach) and --show contradict each other" -d --show web
	refuses "--pid-file and --show contradict each other" --pid-file x --show web
}

@test "an unknown option is named, with the one that was meant" {
	refuses "unknown option --usr (did you mean --user?); see centerctl exec --help" --usr x web
	refuses "unknown option --detatch (did you mean --detach?)" --detatch web
	refuses "unknown option --nothing-like-it; see" --nothing-like-it=3 web
	refuses 'unknown option -x; see centerctl exec --help' -x web
	refuses 'unknown option -q in "-iq"' -iq web
}

@test "who asks for JSON as other programs spell it is told how it is spelled here" {
	local verb
	for verb in show stats wait which diff sessions doctor audit "keys list" "toolbox ls"; do
		# shellcheck disable=SC2086 # words
		run centerctl $verb --format json web
		# These two take docker's word.
		[[ $verb == show || $verb == stats ]] || assert_refused "unknown option --format (did you mean --json?); see centerctl"
		# shellcheck disable=SC2086
		run centerctl $verb -o json web
		assert_refused "unknown option -o (did you mean --json?); see centerctl"
	done
	# Where --json is about --show alone, something else was meant: docker save -o.
	for verb in backup cp dial exec; do
		run centerctl $verb -o web.tar web
		assert_refused "unknown option -o; see centerctl $verb --help"
	done
	run centerctl ls --output=json
	assert_refused "unknown option --output (did you mean --json?); see centerctl ls --help"
	run centerctl top -o json web
	assert_refused "--json"
	run centerctl logs --format json web
	assert_refused "unknown option --format; see centerctl logs --help"
	run centerctl logs -o json web
	assert_refused "unknown option -o; see centerctl logs --help"
}

@test "abbreviations are no options" {
	refuses "unknown option --tim (did you mean --timeout?)" --tim 3 web
	refuses "unknown option --env-f (did you mean --env-file?)" --env-f=x web
	refuses "unknown option --detach-k" --detach-k=a web
}

@test "a missing value is said" {
	refuses "option -u (--user) needs a value: USER[:GROUP]" -u
	refuses "option --timeout needs a value: DURATION" --timeout
	refuses "--tty=maybe: a switch is true or false" --tty=maybe web
}

@test "an error shows control bytes instead of sending them to the terminal" {
	refuses '\x1b[31m' $'web\e[31m'
	refuses '\x9b' $'web\xc2\x9b1m'
}

@test "preserved descriptors are handed down and nothing else is" {
	run bash -c 'exec 3</dev/null 4</dev/null 5</dev/null 9</dev/null; centerctl exec --preserve-fds 2 web'
	assert_status 0
	assert_logged arg "$(printf -- '--channel=5\n--preserve-fds=2')"
	assert_logged fd "$(printf '%s\n' 0 1 2 3 4 5)"
	assert_logged preserve 2
	rm log
	run bash -c 'exec 3</dev/null 4</dev/null 9</dev/null; centerctl exec web'
	assert_logged arg "--channel=3"
	assert_logged fd "$(printf '%s\n' 0 1 2 3)"
}

@test "a descriptor that is to be preserved must be open" {
	rm -f log
	run bash -c 'exec 3</dev/null 4<&-; centerctl exec --preserve-fds 2 web'
	assert_refused "--preserve-fds 2: descriptor 4 is not open"
	[ ! -e log ]
	refuses "not a number from 0 to" --preserve-fds x web
	refuses "not a number from 0 to" --preserve-fds -1 web
	refuses "not a number from 0 to" --preserve-fds 4294967296 web
}

@test "closed standard descriptors are opened before anything else" {
	for closed in '<&-' '>&-' '<&- >&-' '2>&-' '<&- >&- 2>&-'; do
		rm -f log
		bash -c "centerctl exec web $closed"
		assert_logged fd "$(printf '%s\n' 0 1 2 3)"
		assert_logged arg "--channel=3"
	done
}

@test "no arguments at all, not even a name, do no harm" {
	run python3 -c 'import ctypes, sys; ctypes.CDLL(None).execv(sys.argv[1].encode(), (ctypes.c_char_p * 1)())' \
		"$build/cmd/centerctl/centerctl"
	assert_status 125
	assert_says "Usage: centerctl VERB"
}

@test "signals reach centerctl-enter in their default state" {
	run python3 - <<'P'
import os, signal
for n in (signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE, signal.SIGUSR1):
    signal.signal(n, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2, signal.SIGALRM})
os.execvp("centerctl", ["centerctl", "exec", "web"])
P
	assert_status 0
	assert_logged ignored ""
	assert_logged blocked ""
}

@test "a command that is too long is refused, not cut" {
	words=$(printf 'x%.0s' {1..100000})
	args=()
	for _ in {1..45}; do args+=("$words"); done
	(ulimit -s 65536 && refuses "longer than 4194304 bytes" web "${args[@]}")
}
