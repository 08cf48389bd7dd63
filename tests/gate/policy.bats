#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# The policy on a host: what `centerctl policy` says of it, and that sessions and `centerctl ls` say the same.

load gate

setup_file()
{
	host_start
	container policy-web base sleep 100000
	container policy-db --label team=blue --label sealed=true base sleep 100000
	container policy-shop --label com.docker.compose.project=shop --label com.docker.compose.service=cart base sleep 100000
	container policy-host -v /etc:/host base sleep 100000
}

setup()
{
	: >"$BATS_TEST_TMPDIR/empty"
	policy <<-END
		trust labels
		deny   *          to label:sealed=true for shell
		allow  user:alice to policy-web as app,root for exec run "echo hello *" run id
		deny   *          to policy-web as root
		allow  user:alice to policy-web,policy-db,policy-host as app for exec,shell
		allow  group:ops  to compose:shop/* as app for all with timeout=1m
		allow  key:dev    to policy-* as app for shell from 10.0.0.0/8
	END
}

teardown_file()
{
	containers_gone policy-web policy-db policy-shop policy-host
	host_clean
}

policy_tool()
{
	run in_host env "DOCKER_HOST=unix://$CENTERCTL_STATE/docker/docker.sock" centerctl policy "$@"
}

@test "check is content with a policy that is root's alone" {
	policy_tool check
	assert_status 0
	assert_output "$host_conf/centerctl.conf: no errors (6 rules in 1 file)"
	# Whoever may read it may check it.
	run as_user alice centerctl policy check
	assert_status 0
}

@test "check refuses what others than root could change, and so does every session" {
	in_host sh -c 'mkdir "$1/conf.d" && echo "deny key:x to *" >"$1/conf.d/a.conf" && echo "include conf.d/*.conf" >>"$1/centerctl.conf"' - "$host_conf"
	policy_tool check
	assert_output "$host_conf/centerctl.conf: no errors (7 rules in 2 files)"
	for file in centerctl.conf conf.d conf.d/a.conf .; do
		for change in "chmod o+w" "chmod g+w" "chown alice" "setfacl -m u:alice:rwx"; do
			in_host $change "$host_conf/$file"
			policy_tool check
			assert_refused "$host_conf"
			run as_user alice centerctl exec policy-web id <"$BATS_TEST_TMPDIR/empty"
			assert_status 125
			in_host sh -c 'setfacl -b "$1" && chmod go-w "$1" && chown root "$1"' - "$host_conf/$file"
			policy_tool check
			assert_status 0
		done
	done
	in_host sh -c 'mv "$1/conf.d/a.conf" "$1/real" && ln -s ../real "$1/conf.d/a.conf"' - "$host_conf"
	policy_tool check
	assert_refused "symbolic link"
	run as_user alice centerctl exec policy-web id <"$BATS_TEST_TMPDIR/empty"
	assert_status 125
}

@test "one error anywhere refuses everything, and counts from the next session on" {
	run as_user alice centerctl exec policy-web id <"$BATS_TEST_TMPDIR/empty"
	assert_status 0
	in_host sh -c 'echo "alow * to * as * for all" >>"$1/centerctl.conf"' - "$host_conf"
	run as_user alice centerctl exec policy-web id <"$BATS_TEST_TMPDIR/empty"
	assert_status 125
	policy_tool check
	assert_refused "$host_conf/centerctl.conf:10: \"alow\" is no rule or directive (did you mean allow?)"
	policy <<<"deny * to *"
	run as_user alice centerctl exec policy-web id <"$BATS_TEST_TMPDIR/empty"
	assert_status 125
	policy <<<"allow user:alice to policy-web as app for exec"
	run as_user alice centerctl exec policy-web id <"$BATS_TEST_TMPDIR/empty"
	assert_status 0
}

# explains STATUS WORD... : explain's exit code, and that the session of the one who asks (alice, bob) does the same.
explains()
{
	local want=$1 name=$2 subject=$3 user=$4 target=$5 got=0
	shift 5
	policy_tool explain --as "$subject" ${user:+--user "$user"} "$target" -- "$@"
	[ "$status" -eq "$want" ] || { echo "explain gives $status, not $want: $output" >&2; return 1; }
	run as_user "$name" centerctl exec ${user:+-u "$user"} "$target" "$@" <"$BATS_TEST_TMPDIR/empty"
	[ "$status" -eq 0 ] || got=1
	[ "$got" -eq "$want" ] || { echo "exec gives $status: $output" >&2; return 1; }
}

@test "explain says what a session does" {
	explains 0 alice user:alice "" policy-web id
	explains 0 alice user:alice app policy-web id
	explains 0 alice user:alice root policy-web id
	explains 0 alice user:alice root policy-web echo hello you
	explains 1 alice user:alice root policy-web echo goodbye
	explains 0 alice user:alice app policy-web echo goodbye
	explains 1 alice user:alice nobody policy-web id
	explains 0 alice user:alice "" policy-db id
	explains 1 alice user:alice "" policy-shop id
	explains 0 bob group:ops "" policy-shop id
	explains 1 bob group:ops "" policy-web id
	explains 1 alice user:alice "" policy-none id
}

@test "explain knows the container's labels, and its power" {
	policy_tool explain --as user:alice policy-db
	assert_status 1
	assert_says "$host_conf/centerctl.conf:4: deny: matches"
	policy_tool explain --as user:alice policy-host -- id
	assert_status 1
	assert_says "the container is as good as the host"
	assert_says "the rule lacks privileged: denied"
	policy_tool explain --as key:dev --from 10.1.1.1 policy-web
	assert_status 0
	assert_says "allowed, as app"
	policy_tool explain --as key:dev --from 192.0.2.1 policy-web
	assert_status 1
	assert_says "not from this address: it is from 10.0.0.0/8"
	policy_tool explain --as key:dev --from 10.1.1.1 policy-none
	assert_says "nothing but the container's name is assumed"
}

@test "ls says the same, to the caller and to root" {
	run as_user alice centerctl ls -q
	[ "$(sort <<<"$output")" = "$(printf '%s\n' policy-db policy-host policy-web)" ]
	run as_user bob centerctl ls
	assert_says "policy-shop"
	assert_says "all; with timeout=1m"
	assert_silent_about policy-web
	run as_user mallory centerctl ls
	assert_status 125
	run in_host env "DOCKER_HOST=unix://$CENTERCTL_STATE/docker/docker.sock" centerctl ls --as user:alice --json
	assert_status 0
	[ "$(jq -c 'map(select(.name == "policy-web"))[0].grants | map([.verbs, .users, .runs, .where])' <<<"$output")" = \
		"[[[\"exec\"],[\"app\",\"root\"],[\"echo hello *\",\"id\"],\"$host_conf/centerctl.conf:5\"],[[\"exec\",\"shell\"],[\"app\"],null,\"$host_conf/centerctl.conf:7\"]]" ]
	[ "$(jq -c 'map(select(.name == "policy-db"))[0].grants | map(.verbs)' <<<"$output")" = '[["exec"]]' ]
	run as_user alice centerctl ls --as user:bob
	assert_refused "--as is for root alone"
	run in_host env "DOCKER_HOST=unix://$CENTERCTL_STATE/docker/docker.sock" centerctl ls --json
	[ "$(jq -c 'map(select(.name == "policy-shop"))[0].grants' <<<"$output")" = null ]
}

@test "lint looks at accounts and keys, too" {
	gate_key policy-known
	key policy-loose
	registry_line <<<"command=\"$host_prefix/bin/centerctl-gate policy-loose\" $(cat "$host/keys/policy-loose.pub")"
	in_host sh -c 'sed "s/^dockerish:/docker:/; /^docker:x:[0-9]*:$/d" /etc/group >/tmp/group.$$ && cat /tmp/group.$$ >/etc/group; rm /tmp/group.$$'
	policy <<-END
		gate center
		allow user:mallory to policy-web as app for exec
		allow key:policy-known,key:policy-unknown to policy-web as app for exec
		deny user:policy-nobody,group:policy-none to *
		gate policy-gate
	END
	policy_tool lint
	in_host sed -i 's/^docker:x:61021:/dockerish:x:61021:/' /etc/group
	assert_status 1
	assert_says "centerctl.conf:3: mallory is in the group docker, which is as good as root"
	assert_says "centerctl.conf:4: key:policy-unknown: no key has this name"
	assert_silent_about "key:policy-known:"
	assert_says "centerctl.conf:5: user:policy-nobody: this host has no such account"
	assert_says "centerctl.conf:5: group:policy-none: this host has no such group"
	assert_says "gate policy-gate: this host has no such account"
	assert_says ": policy-loose: no rule is for this key"
	assert_silent_about " policy-known: no rule"
	assert_says "authorized_keys:"
}

@test "a policy of 20 000 rules decides as a small one, and a change of it counts" {
	{
		for i in $(seq 20000); do echo "allow key:k$i to c$i-* as app for exec"; done
		echo "allow user:alice to policy-web as app for exec"
	} | policy
	for _ in 1 2 3; do
		run as_user alice centerctl exec policy-web id -un <"$BATS_TEST_TMPDIR/empty"
		assert_output app
	done
	in_host sed -i '$d' "$host_conf/centerctl.conf"
	run as_user alice centerctl exec policy-web id -un <"$BATS_TEST_TMPDIR/empty"
	assert_status 125
}
