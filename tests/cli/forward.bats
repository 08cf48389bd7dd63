# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the front does for forward before somebody connects; tests/engine and tests/gate have the real thing.
load cli

teardown()
{
	[ -z "${forwarding:-}" ] || kill "$forwarding"
}

# forwards WORDS...: in the background, until it has said what it does.
forwards()
{
	centerctl forward "$@" >out 2>err </dev/null 3>&- &
	forwarding=$!
	wait_until 5 grep -q '^Forwarding from ' out
}

@test "a container that cannot be dialled ends it at once, before anything is said to be forwarded" {
	steps "error 125 no such container: web" "exit 125"
	run timeout 5 centerctl forward 0:web:80
	assert_status 125
	assert_output "centerctl: no such container: web"
	steps "for db error 125 container db is not running" "for db exit 125"
	run timeout 5 centerctl forward 0:web:80 0:db:5432
	assert_status 125
	assert_output "centerctl: container db is not running"
}

@test "each port of each container is asked for once" {
	steps show
	forwards -u app 0:web:80 0:web:80 0:web:db:5432 0:db:80
	[ "$(logged target | xargs)" = "web web db" ]
	[ "$(logged command | xargs)" = "80 db 5432 80" ]
	[ "$(logged user | sort -u)" = app ]
	# Shown, not dialled; and nothing of it is printed.
	[ "$(logged verb | sort -u)" = 2 ]
	[ "$(grep -vc ^Forwarding out)" = 0 ]
	[ ! -s err ]
}

@test "through ssh each container is asked for once" {
	printf '#!/bin/sh\necho "$*" >>%s/ssh.log\ncase $* in *bad*) echo refused >&2; exit 125 ;; esac\n' "$PWD" >bin/ssh
	chmod +x bin/ssh
	run timeout 5 centerctl forward --ssh center@host 0:bad:80
	assert_status 125
	assert_output refused
	forwards --ssh center@host -u app 0:web:80 0:web:81
	[ "$(tail -n 1 ssh.log)" = "-T -- center@host dial --show -u app web 80" ]
	[ "$(wc -l <ssh.log)" = 2 ]
	[ ! -e log ]
}

@test "where the container was forgotten, the form is shown" {
	run centerctl forward 8000:8000
	assert_refused '"8000:8000" names no container: [[ADDRESS:]LOCAL:]TARGET:[HOST:]PORT is expected, as in 8000:web:8000'
	[ ! -e log ]
	forwards 0:8000:80
	assert_logged target 8000
}

@test "the words of kubectl and ssh are taken, or lead to ours" {
	run centerctl forward web 8080:80
	assert_refused "the container's name stands beside each port: write 8080:web:80"
	run centerctl forward pod/web 80 5432
	assert_refused "the container's name stands beside each port: write web:80"
	[ ! -e log ]
	forwards --address 127.0.0.2 0:web:80 localhost:0:web:81
	grep -q '^Forwarding from 127\.0\.0\.2:[0-9]* -> web:80$' out
	grep -q '^Forwarding from 127\.0\.0\.1:[0-9]* -> web:81$' out
}
