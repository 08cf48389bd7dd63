#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Callers who are not root, on this host: what the policy grants them, and nothing more.

load gate

setup_file()
{
	host_start
	container setuid-web base sleep 100000
	container setuid-own dressed sleep 100000
	container setuid-db base sleep 100000
	container setuid-tty base sleep 100000
	container setuid-limits base sleep 100000
	container setuid-run base sleep 100000
	container setuid-labelled --label team=blue --label sealed=true base sleep 100000
}

setup()
{
	: >"$BATS_TEST_TMPDIR/empty"
	policy <<-END
		allow user:alice to setuid-web    as app,root for exec,shell with env=COLOUR:SIZE
		allow user:alice to setuid-own    as nobody,app for exec,shell
		allow user:alice to setuid-tty    as app      for exec       with tty
		allow user:alice to setuid-run    as app      for exec       run "echo hello *" run id
		allow user:alice to setuid-limits as app      for exec,shell with no-tty,timeout=1s,sessions=2
		allow group:ops  to setuid-*      as *        for exec       with ns=mnt:net,cap-add=NET_ADMIN,detach
		deny  *          to *
	END
}

teardown_file()
{
	containers_gone setuid-web setuid-own setuid-db setuid-tty setuid-limits setuid-run setuid-labelled
	host_clean
}

# enter NAME ARGS...: as that account.
enter()
{
	local name=$1
	shift
	run as_user "$name" centerctl exec "$@" <"$BATS_TEST_TMPDIR/empty"
}

# The one text of every denial, for a container of this name.
denied()
{
	assert_status 125 || return
	assert_output "centerctl: $1: not permitted, or there is no such container (ls shows what you may enter)"
}

@test "centerctl-enter is setuid root, and nothing else of the installation is" {
	[ "$(stat -c '%A %U' "$CENTERCTL_LIBEXEC/centerctl-enter")" = "-rws--x--x root" ]
	[ "$(find "$host_prefix" -perm /6000 -type f)" = "$CENTERCTL_LIBEXEC/centerctl-enter" ]
	[ -z "$(find "$host_prefix" ! -user root)" ]
	[ -z "$(find "$host_prefix" -perm /022 ! -type l)" ]
}

@test "who may enter what, as whom" {
	local who target as
	while read -r who target as said; do
		[ "$as" = - ] && enter "$who" "$target" id -un || enter "$who" -u "$as" "$target" id -un
		echo "$who $target as $as: $status $output" >&2
		if [ "$said" = denied ]; then
			denied "$target"
		else
			assert_status 0
			assert_output "$said"
		fi
	done <<-END
		alice setuid-web - root
		alice setuid-web app app
		alice setuid-web root root
		alice setuid-web nobody denied
		alice setuid-web 0 root
		alice setuid-own - app
		alice setuid-own app app
		alice setuid-own root denied
		alice setuid-db - denied
		alice setuid-db app denied
		alice no-such-thing - denied
		bob setuid-web - root
		bob setuid-own - app
		bob setuid-db nobody nobody
		bob setuid-db app app
		mallory setuid-web - denied
		mallory setuid-web app denied
		mallory setuid-db - denied
		mallory no-such-thing - denied
	END
}

@test "a container is meant by what it is, not by what was typed" {
	local id
	id=$(container_id setuid-web)
	enter alice "$id" id -un
	assert_output root
	enter alice "${id:0:12}" id -un
	assert_output root
	id=$(container_id setuid-db)
	enter alice "$id" id -un
	denied "$id"
}

@test "a rule for a shell does not hold for a command, nor the other way round" {
	policy <<-END
		allow user:alice to setuid-web as app for shell
		allow user:alice to setuid-own as app for exec
	END
	enter alice setuid-web id
	denied setuid-web
	run as_user alice centerctl exec setuid-web <<<'id -un'
	assert_output app
	enter alice setuid-own id -un
	assert_output app
	run as_user alice centerctl exec setuid-own <<<'id -un'
	denied setuid-own
}

@test "run allows the commands that it names, word by word" {
	enter alice setuid-run id
	assert_status 0
	enter alice setuid-run echo hello world
	assert_output "hello world"
	local command
	while read -r command; do
		# shellcheck disable=SC2086 # words
		enter alice setuid-run $command
		echo "$command" >&2
		denied setuid-run
	done <<-END
		id -u
		echo
		echo bye world
		/bin/id
		./id
		sh -c id
		env id
		busybox id
	END
	enter alice setuid-run "echo hello world"
	denied setuid-run
	enter alice setuid-run
	denied setuid-run
	enter alice -w /tmp setuid-run id
	assert_refused run
}

@test "options that name the engine are ignored or refused, and the engine of the configuration is asked" {
	local fake=$BATS_TEST_TMPDIR/fake
	mkdir -p "$fake"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR" "$fake" 2>/dev/null || true
	docker inspect setuid-db >"$fake/template"
	python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --listen "unix:$fake/sock" --ready "$fake/ready" --record "$fake/record" --template "$fake/template" \
		</dev/null >/dev/null 2>&1 3>&- &
	local pid=$!
	wait_until 5 test -s "$fake/ready"
	chmod 666 "$fake/sock"
	: >"$fake/record"
	run as_user alice env "DOCKER_HOST=unix://$fake/sock" centerctl exec setuid-web hostname
	assert_silent_about "$(docker exec setuid-db hostname)"
	run as_user alice env "CONTAINER_HOST=unix://$fake/sock" centerctl exec setuid-web hostname
	assert_silent_about "$(docker exec setuid-db hostname)"
	enter alice -H "unix://$fake/sock" setuid-web hostname
	assert_silent_about "$(docker exec setuid-db hostname)"
	kill "$pid"
	[ ! -s "$fake/record" ]
}

@test "what only root may ask is refused" {
	enter alice "pid:$(container_pid setuid-web)" id
	assert_refused root
	run as_user alice bash -c 'exec centerctl exec --preserve-fds 1 setuid-web id 3</etc/passwd'
	assert_refused preserve-fds
	run as_user alice centerctl ls --as user:bob
	assert_status 125
}

@test "variables, namespaces, capabilities and detaching as the rule grants them" {
	enter alice -e COLOUR=red -e SIZE=9 setuid-web sh -c 'echo $COLOUR $SIZE'
	assert_output "red 9"
	enter alice -e PATH=/tmp setuid-web id
	assert_refused PATH
	enter alice -e LD_PRELOAD=/tmp/x setuid-web id
	assert_refused LD_PRELOAD
	enter alice --ns mnt,pid setuid-web id
	assert_refused --ns
	enter alice --cap-add SYS_ADMIN setuid-web id
	assert_refused --cap-add
	enter alice --privileged setuid-web id
	assert_refused --privileged
	enter alice -d setuid-web id
	assert_refused detach
	enter alice --group-add audio setuid-web id
	assert_refused --group-add
	enter bob --cap-add NET_ADMIN setuid-web grep CapBnd /proc/self/status
	assert_status 0
	enter bob --cap-add SYS_ADMIN setuid-web id
	assert_refused --cap-add
	enter bob --group-add audio -u app setuid-web id -G
	assert_says 29
	enter bob -d setuid-web sleep 41.01
	assert_status 0
	process_with sleep 41.01
	kill "$(pids_with sleep 41.01)"
}

@test "a terminal is demanded or refused as the rule says" {
	enter alice setuid-tty id
	assert_refused tty
	run as_person alice -- centerctl exec -t setuid-tty id -un
	assert_status 0
	assert_says app
	run as_person alice -- centerctl exec -t setuid-limits id -un
	assert_status 125
	assert_says no-tty
}

@test "a rule's timeout ends the command, whatever the caller says" {
	elapsed_ms as_user alice centerctl exec setuid-limits sleep 41.02
	assert_status 124
	assert_within_ms 2500
	elapsed_ms as_user alice centerctl exec --timeout 1h setuid-limits sleep 41.02
	assert_status 124
	assert_within_ms 2500
	elapsed_ms as_user alice centerctl exec --timeout 200ms setuid-limits sleep 41.02
	assert_status 124
	assert_within_ms 1200
	run ! process_with sleep 41.02
	run audit_last .reason
	assert_output timeout
}

@test "an idle session ends" {
	policy <<-END
		allow user:alice to setuid-web as app for exec,shell with idle=1s
	END
	elapsed_ms as_person alice -- centerctl exec -t setuid-web sh -c 'echo begun; sleep 41.03'
	assert_within_ms 4000
	run ! process_with sleep 41.03
	run audit_last .reason
	assert_output idle
	# Output is not idleness.
	run as_person alice -- centerctl exec -t setuid-web sh -c 'for i in 1 2 3 4 5 6; do echo $i; sleep 0.4; done; echo whole'
	assert_status 0
	assert_says whole
}

@test "sessions=2 lets two in, and the third when one has gone" {
	policy <<-END
		allow user:alice to setuid-limits as app for exec with sessions=2
		allow user:bob   to setuid-limits as app for exec with sessions=2
	END
	host_exec=1 as_user alice centerctl exec setuid-limits sleep 41.04 </dev/null >/dev/null 2>&1 3>&- &
	host_exec=1 as_user alice centerctl exec setuid-limits sleep 41.05 </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 41.04
	wait_until 5 process_with sleep 41.05
	enter alice setuid-limits id
	assert_status 125
	[[ $output == centerctl:* ]]
	# Not somebody else's.
	enter bob setuid-limits id -un
	assert_output app
	kill "$(pids_with sleep 41.04)"
	wait_until 3 alice_may
	kill "$(pids_with sleep 41.05)"
}

alice_may()
{
	as_user alice centerctl exec setuid-limits true </dev/null 2>/dev/null
}

@test "sessions=N holds when many come at once" {
	policy <<-END
		allow user:alice to setuid-limits as app for exec with sessions=3
	END
	local n
	for n in $(seq 12); do
		host_exec=1 as_user alice centerctl exec setuid-limits sleep 41.06 </dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/err.$n" 3>&- &
	done
	wait_until 10 process_with sleep 41.06
	wait_until 10 nine_refused
	[ "$(pids_with sleep 41.06 | wc -l)" -eq 3 ]
	# shellcheck disable=SC2046 # words
	kill $(pids_with sleep 41.06)
}

nine_refused()
{
	[ "$(grep -l '^centerctl:' "$BATS_TEST_TMPDIR"/err.* | wc -l)" -eq 9 ]
}

@test "labels count only where the configuration says so" {
	policy <<-END
		allow user:alice to label:team=blue as app for exec
	END
	enter alice setuid-labelled id
	assert_status 125
	policy <<-END
		trust labels
		deny  user:bob   to label:sealed=true
		allow user:bob   to *               as app for exec
		allow user:alice to label:team=blue as app for exec
	END
	enter alice setuid-labelled id -un
	assert_output app
	enter bob setuid-labelled id -un
	denied setuid-labelled
	enter bob setuid-web id -un
	assert_output app
	enter alice setuid-web id
	denied setuid-web
}

@test "ls shows what the caller may enter" {
	run as_user alice centerctl ls -q
	[ "$(sort <<<"$output" | xargs)" = "setuid-limits setuid-own setuid-run setuid-tty setuid-web" ]
	run as_user mallory centerctl ls
	assert_silent_about setuid-web
	run in_host "$host_prefix/bin/centerctl" ls --as user:alice -q
	[ "$(sort <<<"$output" | xargs)" = "setuid-limits setuid-own setuid-run setuid-tty setuid-web" ]
}

@test "without a configuration everybody but root is refused with a sentence that says how to begin" {
	no_policy
	enter alice setuid-web id
	assert_refused centerctl.conf
	run in_host env "DOCKER_HOST=$DOCKER_HOST" "$host_prefix/bin/centerctl" exec setuid-web id -un
	assert_output root
}

@test "a broken configuration refuses everything, and names file, line and word" {
	local broken
	for broken in 'alow user:alice to *' 'allow user:alice to * as app for exce' 'allow user:alice' 'allow user:alice to * as app with recrod' 'include nothere/../../x' \
		'allow user:"alice to *' 'engine ftp://x' 'allow alice to *' 'allow user:alice to * as app for exec from 10.0.0.0/99'; do
		policy_as_is <<-END
			engine unix://$CENTERCTL_STATE/docker/docker.sock
			allow user:alice to setuid-web as app for exec
			$broken
		END
		enter alice setuid-web id
		echo "$broken: $output" >&2
		assert_refused "$host_conf/centerctl.conf:3"
		run in_host env "DOCKER_HOST=$DOCKER_HOST" "$host_prefix/bin/centerctl" exec setuid-web id -un
		assert_refused "$host_conf/centerctl.conf:3"
	done
}

@test "conditions of time and of source" {
	policy <<-END
		allow user:alice to setuid-web as app for exec until 2020-01-01
		allow user:alice to setuid-own as app for exec after 2020-01-01
		allow user:alice to setuid-db  as app for exec from 10.0.0.0/8
	END
	enter alice setuid-web id
	denied setuid-web
	enter alice setuid-own id -un
	assert_output app
	enter alice setuid-db id
	denied setuid-db
}

@test "start and end are recorded with all that was decided" {
	enter alice -u root setuid-web sh -c 'echo out; exit 7'
	local session
	session=$(audit_all 'select(.event == "start" and .argv == ["sh", "-c", "echo out; exit 7"]) | .session' | tail -n 1)
	[ -n "$session" ]
	run audit_all "select(.session == \"$session\" and .event == \"start\") | [.user, .uid, .verb, .name, .container, .as, .as_uid, .decision, .rule] | map(tostring) | join(\" \")"
	assert_output "alice 61001 exec setuid-web $(container_id setuid-web) root 0 allow $host_conf/centerctl.conf:3"
	run audit_all "select(.session == \"$session\" and .event == \"end\") | [.exit, .reason] | map(tostring) | join(\" \")"
	assert_output "7 exit"
	run audit_all "select(.session == \"$session\" and .event == \"start\") | [.pid, .ns, .image, .time, .boot_ms] | map(type) | join(\" \")"
	assert_output "number array string string number"
	run audit_all "select(.session == \"$session\" and .event == \"start\") | .pid"
	assert_output "$(container_pid setuid-web)"
}

@test "denials are recorded with their reason, which the caller is not told" {
	enter mallory setuid-web id
	denied setuid-web
	run audit_last '[.event, .user, .target, .decision] | join(" ")'
	assert_output "deny mallory setuid-web deny"
	run audit_last .reason
	[ ${#output} -gt 5 ]
}

@test "only root reads the records" {
	local verb
	enter alice setuid-web true
	for verb in audit "audit verify" sessions "replay x" "watch x" "end x"; do
		# shellcheck disable=SC2086 # words
		run as_user alice centerctl $verb
		assert_status 125
		[[ $output == centerctl:* ]]
	done
	run as_user alice cat "$host_log/audit.jsonl"
	[ "$status" -ne 0 ]
	run as_user alice ls "$host_log/sessions"
	[ "$status" -ne 0 ]
}

@test "the caller's own groups do not come along, and the container's do" {
	enter bob -u app setuid-web id -G
	assert_output "$(docker exec -u app setuid-web id -G)"
	enter bob -u app setuid-web grep -E '^(Uid|Gid|Groups|CapInh|CapAmb):' /proc/self/status
	assert_output "$(docker exec -u app setuid-web grep -E '^(Uid|Gid|Groups|CapInh|CapAmb):' /proc/self/status)"
}

@test "when the caller's centerctl dies, so does what it started" {
	host_exec=1 as_user alice centerctl exec setuid-web sleep 41.07 </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 41.07
	kill -KILL "$(pgrep -fx 'centerctl exec setuid-web sleep 41.07')"
	wait_until_not 2 process_with sleep 41.07
	wait_until 2 no_gates_left
	run audit_last .reason
	assert_output client-gone
}
