#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What is typed behind `ssh center@host`: the language of centerctl, its short forms, a container bound to the key or named by
# the client, and every line that is refused.

load gate

setup_file()
{
	host_start
	container forms-web base sleep 100000
	container forms-db base sleep 100000
	container forms-own dressed sleep 100000
	container exec base sleep 100000
	container forms-other base sleep 100000
	policy <<-END
		allow key:forms      to forms-web      as app       for exec,shell  with env=COLOUR
		allow key:forms      to forms-web      as root      for exec
		allow key:forms      to forms-db       as app       for exec
		allow key:forms      to forms-own      as nobody,app for exec
		allow key:forms      to exec           as app       for exec
		allow key:forms-one  to forms-web      as app       for exec,shell
		allow key:forms-bound to forms-web     as app       for exec,shell
		allow key:forms-bound to forms-db      as app       for exec,shell
		allow key:forms-argv to forms-*        as app       for exec
	END
	gate_key forms
	gate_key forms-one
	gate_key forms-argv
	gate_key forms-bound "--container forms-web"
}

teardown_file()
{
	containers_gone forms-web forms-db forms-own exec forms-other
	host_clean
}

teardown()
{
	mux_close
}

@test "exec runs a command in a container, as the first user that the rule names" {
	run gate_ssh forms exec forms-web id -un
	assert_status 0
	assert_output app
	run gate_ssh forms exec forms-web hostname
	assert_output "$(docker exec forms-web hostname)"
}

@test "without a user in the rule, the user is the container's own" {
	run gate_ssh forms exec forms-own id -un
	assert_output app
}

@test "exec takes centerctl's options" {
	run gate_ssh forms exec -u root forms-web id -un
	assert_output root
	run gate_ssh forms exec --user=app -w /tmp forms-web pwd
	assert_output /tmp
	run gate_ssh forms exec -e COLOUR=red forms-web sh -c "'echo \$COLOUR'"
	assert_output red
}

@test "a container's name alone is its shell" {
	run gate_ssh forms forms-web <<<'echo "$0 $(id -un)"'
	assert_status 0
	assert_output "/bin/sh app"
}

@test "a container's name and words run them" {
	run gate_ssh forms forms-web id -un
	assert_output app
	run gate_ssh forms forms-db id -un
	assert_output app
}

@test "words are split as a shell splits them, without any expansion" {
	# shellcheck disable=SC2016 # not for us
	run gate_ssh forms exec forms-db printf '"[%s]"' "'a  b'" '"c\"d"' 'e\ f' "''" "'\$HOME'" '\;' "'|'" 'g"h"i'\''j'\'
	assert_status 0
	assert_output '[a  b][c"d][e f][][$HOME][;][|][ghij]'
	run gate_ssh forms exec forms-db echo '*' '~' '?' '[a]' 'x=1' '#' '!'
	assert_output '* ~ ? [a] x=1 # !'
}

@test "what only a shell can read goes to the container's shell where the rule grants it" {
	# shellcheck disable=SC2016 # not for us
	run gate_ssh forms forms-web 'echo a | tr a b; echo $0 $(id -un); echo ~'
	assert_status 0
	assert_output $'b\nsh app\n/home/app'
	run gate_ssh forms forms-web 'echo one
		echo two'
	assert_output $'one\ntwo'
	# Behind exec too, where nothing else could be meant.
	run gate_ssh forms exec forms-web 'echo a | tr a b'
	assert_output b
}

@test "in the short form, a rule that grants a shell expands what a shell expands" {
	run gate_ssh forms forms-web 'cd /bin && echo bu*box ~'
	assert_output "busybox /home/app"
	run gate_ssh forms forms-web echo '~'
	assert_output /home/app
	# Where the words are an argument vector, nothing does.
	run gate_ssh forms exec forms-web echo '~'
	assert_output '~'
}

@test "what only a shell can read is refused with a hint where the rule grants no shell" {
	local line
	mux_open forms
	# shellcheck disable=SC2016 # not for us
	for line in 'echo a; id' 'echo a | cat' 'echo a & id' 'echo $HOME' 'echo $(id)' 'echo `id`' 'cat </etc/passwd' 'echo >/tmp/x' '(id)' $'echo a\nid'; do
		run "$mux" forms-db "$line"
		assert_gate_refused "shell"
		run "$mux" exec forms-db "$line"
		assert_gate_refused "shell"
		assert_silent_about uid=
	done
	run docker exec forms-db ls /tmp
	assert_output ""
}

@test "root is led to the engine that the policy names, where nothing else says which one and no other is there" {
	[ ! -e /run/docker.sock ] && [ ! -e /var/run/docker.sock ] && [ ! -e /run/podman/podman.sock ] || skip "an engine is at its usual place"
	run in_host env -u DOCKER_HOST "$host_prefix/bin/centerctl" exec forms-web echo in </dev/null
	assert_status 0
	assert_output in
	run as_user bob "$host_prefix/bin/centerctl" exec forms-web echo in </dev/null
	assert_status 125
}

@test "a word of docker, or a verb of the host, that was taken for a container's name is said to be none" {
	local word
	for word in ps doctor "docker ps" "kill forms-web" sessions; do
		# shellcheck disable=SC2086 # words
		run gate_ssh forms $word
		assert_gate_refused "not permitted, or there is no such container"
		assert_says "${word%% *} is no verb here, and was taken for a container's name: help shows the verbs"
	done
	run gate_ssh forms no-such-thing
	assert_silent_about "is no verb"
}

@test "a container's shell is refused where the rule grants none" {
	run gate_ssh forms forms-db </dev/null
	assert_status 125
	run gate_ssh forms exec forms-db </dev/null
	assert_status 125
}

@test "a container that is named like a verb is reached through exec" {
	run gate_ssh forms exec exec id -un
	assert_output app
}

@test "ls says what may be entered, as whom and for what" {
	run gate_ssh forms ls
	assert_status 0
	assert_says forms-web
	assert_says forms-db
	assert_says app
	assert_silent_about forms-other
	run gate_ssh forms ls -q
	assert_status 0
	[ "$(sort <<<"$output" | xargs)" = "exec forms-db forms-own forms-web" ]
	run gate_ssh forms ls --json
	[ "$(jq -r '.[].name' <<<"$output" | sort | xargs)" = "exec forms-db forms-own forms-web" ]
	# Where a rule stands is the host's business.
	assert_silent_about centerctl.conf
}

@test "nothing typed opens the one permitted container's shell" {
	run gate_ssh forms-one <<<'echo "$0 $(id -un)"'
	assert_status 0
	assert_output "/bin/sh app"
}

@test "nothing typed lists the permitted ones where there are several" {
	run gate_ssh forms </dev/null
	assert_says forms-web
	assert_says forms-db
	assert_silent_about forms-other
}

@test "a bound key makes the whole line the command" {
	run gate_ssh forms-bound 'echo $0; id -un | tr a-z A-Z'
	assert_status 0
	assert_output $'sh\nAPP'
	run gate_ssh forms-bound <<<'id -un'
	assert_output app
	run -127 gate_ssh forms-bound exec forms-db id
	assert_status 127
	run gate_ssh forms-bound ls /etc/passwd
	assert_output /etc/passwd
	run gate_ssh forms-bound 'hostname'
	assert_output "$(docker exec forms-web hostname)"
}

@test "a client may name the container by SetEnv" {
	run gate_ssh forms -o SetEnv=CENTERCTL_CONTAINER=forms-web 'id -un | tr a-z A-Z'
	assert_output APP
	run gate_ssh forms -o SetEnv=CENTERCTL_CONTAINER=forms-db id -un
	assert_output app
	run gate_ssh forms -o SetEnv=CENTERCTL_CONTAINER=forms-web <<<'id -un'
	assert_output app
	run gate_ssh forms -o SetEnv=CENTERCTL_CONTAINER=forms-other id -un
	assert_status 125
}

@test "what a client names by SetEnv does not move a bound key" {
	run gate_ssh forms-bound -o SetEnv=CENTERCTL_CONTAINER=forms-db hostname
	assert_silent_about "$(docker exec forms-db hostname)"
}

@test "options that would weaken or redirect an entry are refused" {
	local line
	mux_open forms
	for line in '--preserve-fds 1 forms-web id' '-H tcp://127.0.0.1:2375 forms-web id' '--host unix:///x forms-web id' '--engine unix:///x forms-web id' \
		'--pid-file /tmp/evil forms-web id' '--env-file /etc/passwd forms-web env' '--no-such-option forms-web id' '--privileged forms-web id' \
		'--cap-add SYS_ADMIN forms-web id' '--context x forms-web id' '--tls forms-web id'; do
		run "$mux" exec "$line"
		assert_status 125
		assert_silent_about uid=
		assert_silent_about root:
	done
	[ ! -e "$host/etc/evil" ]
	[ ! -e /tmp/evil ]
}

@test "verbs that are not for the gate are refused" {
	local line
	mux_open forms
	for line in 'policy check' 'policy explain --as root forms-web' 'audit' 'audit verify' 'sessions' 'replay x' 'watch x' 'end x' 'keys list' 'doctor'; do
		run "$mux" "$line"
		assert_status 125
		[[ $output == centerctl:* ]]
	done
}

@test "targets that name a process or a path are refused" {
	local line
	mux_open forms
	for line in pid:1 "pid:$(container_pid forms-web)" /forms-web ../forms-web forms-web/ '%66orms-web' FORMS-WEB 'forms-*' ''; do
		run "$mux" exec "'$line'" id
		assert_status 125
		assert_silent_about uid=
	done
}

@test "control bytes and unfinished quotes are refused" {
	local line
	mux_open forms
	for line in $'exec forms-db echo a\x01b' $'exec forms-db echo \e[2J' $'exec forms-db echo a\x7f' $'exec forms-db echo a\rb' "exec forms-db echo 'a" 'exec forms-db echo "a' 'exec forms-db echo a\'; do
		run "$mux" "$line"
		assert_status 125
		[[ $output == centerctl:* && $output != *[$'\x01\e\x7f']* ]]
	done
}

@test "a line longer than 64 KiB is refused, one of 60000 bytes is not" {
	local long
	long=$(head -c 60000 /dev/zero | tr '\0' x)
	run gate_ssh forms exec forms-db sh -c "'echo \${#1}'" - "$long"
	assert_output 60000
	long=$(head -c 70000 /dev/zero | tr '\0' x)
	run gate_ssh forms exec forms-db echo "$long"
	assert_status 125
	[ ${#output} -lt 1000 ]
}

@test "a terminal is there if and only if the client asks for one" {
	run gate_ssh forms exec forms-web sh -c "'test -t 0 || echo none'"
	assert_output none
	run gate_ssh forms -tt exec forms-web tty
	assert_says /dev/pts/
	run pty size 33x99 -- nsenter -t "$(cat "$host/holder")" --mount --net -- ssh -F none -tt -i "$host/keys/forms" -o "UserKnownHostsFile=$host/known_hosts" \
		-o LogLevel=ERROR center@127.0.0.1 exec forms-web stty size
	assert_says "33 99"
}
