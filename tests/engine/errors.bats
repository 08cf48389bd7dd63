# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Each thing that can be in the way has a text of its own: one line, what failed, on what, and what to do about it.

load ../lib/common

setup_file()
{
	container err-web base sleep 100000
	container err-user --user app --cap-drop ALL base sleep 100000
	docker create --name err-created --network none base sleep 1000 >/dev/null
	container err-exited base sh -c 'exit 3'
	container err-paused base sleep 100000
	docker pause err-paused >/dev/null
	container err-restarting --restart always base sh -c 'exit 4'
}

teardown_file()
{
	docker unpause err-paused >/dev/null || true
	containers_gone err-web err-user err-created err-exited err-paused err-restarting
}

# refused REGEX COMMAND...: exit code 125, exactly one line, and it says this.
refused()
{
	local what=$1
	shift
	run timeout 10 "$@"
	assert_refused "" && assert_matches "$what"
}

certificates()
{
	export DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$CENTERCTL_STATE/certs DOCKER_HOST=tcp://127.0.0.1:2376
}

@test "no engine is running: the socket is not there" {
	DOCKER_HOST=unix:///no/such.sock refused '/no/such\.sock.*running' centerctl exec err-web true
}

@test "no engine is running: nobody listens on the socket" {
	python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])' "$BATS_TEST_TMPDIR/s"
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/s refused 'running' centerctl exec err-web true
}

@test "no engine is running: nobody listens on the port" {
	DOCKER_HOST=tcp://127.0.0.1:1 refused '127\.0\.0\.1 port 1 .*running' engine_net centerctl exec err-web true
}

@test "no engine is found anywhere" {
	unset DOCKER_HOST
	if [ -e /run/docker.sock ] || [ -e /run/podman/podman.sock ]; then
		# Only where the machine has an engine of its own: then it is found, and has no such container.
		refused 'err-web' centerctl exec err-web true
	else
		refused 'engine|docker' centerctl exec err-web true
	fi
}

@test "the socket is not a socket" {
	: >"$BATS_TEST_TMPDIR/file"
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/file refused "$BATS_TEST_TMPDIR/file" centerctl exec err-web true
}

@test "the caller is not root: the text says so" {
	command -v setpriv >/dev/null || skip_or_fail "no setpriv"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$(readlink -f "$(command -v centerctl)")" exec err-web true
	assert_refused ""
	assert_matches 'root|sudo|permission'
}

@test "TLS: a certificate, checked, is let in" {
	certificates
	run engine_net centerctl exec err-web echo inside
	assert_status 0
	assert_output inside
	DOCKER_HOST=tcp://localhost:2376 run engine_net centerctl exec err-web echo inside
	assert_status 0
}

@test "TLS: an unknown authority is refused" {
	certificates
	mkdir "$BATS_TEST_TMPDIR/certs"
	cp "$CENTERCTL_STATE"/certs/{cert,key}.pem "$BATS_TEST_TMPDIR/certs/"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=other \
		-keyout "$BATS_TEST_TMPDIR/other-key.pem" -out "$BATS_TEST_TMPDIR/certs/ca.pem" 2>/dev/null
	DOCKER_CERT_PATH=$BATS_TEST_TMPDIR/certs refused 'TLS|certificate' engine_net centerctl exec err-web true
}

@test "TLS: a certificate for another name is refused" {
	certificates
	# The server's certificate is for 127.0.0.1 and localhost.
	DOCKER_HOST=tcp://127.0.0.2:2376 run engine_net true
	engine_net socat TCP-LISTEN:2377,bind=127.0.0.2,fork,reuseaddr TCP:127.0.0.1:2376 3>&- &
	local relay=$!
	sleep 0.3
	DOCKER_HOST=tcp://127.0.0.2:2377 run engine_net timeout 10 centerctl exec err-web true
	kill "$relay"
	assert_refused ""
	assert_matches 'TLS|certificate'
}

@test "TLS: without a client certificate the engine refuses" {
	certificates
	mkdir "$BATS_TEST_TMPDIR/certs"
	cp "$CENTERCTL_STATE/certs/ca.pem" "$BATS_TEST_TMPDIR/certs/"
	DOCKER_CERT_PATH=$BATS_TEST_TMPDIR/certs refused 'TLS|certificate' engine_net centerctl exec err-web true
}

@test "TLS: a missing certificate file is named" {
	certificates
	DOCKER_CERT_PATH=$BATS_TEST_TMPDIR/nowhere refused "$BATS_TEST_TMPDIR/nowhere" engine_net centerctl exec err-web true
}

@test "plain HTTP to a TLS port is recognised" {
	DOCKER_HOST=tcp://127.0.0.1:2376 refused 'TLS' engine_net centerctl exec err-web true
}

@test "TLS to a plain port is recognised" {
	certificates
	DOCKER_HOST=tcp://127.0.0.1:2375 refused 'TLS' engine_net centerctl exec err-web true
}

@test "plain TCP on loopback works" {
	DOCKER_HOST=tcp://127.0.0.1:2375 run engine_net centerctl exec err-web echo inside
	assert_status 0
	assert_output inside
}

@test "plain TCP to anything but loopback is refused, with the reason" {
	for host in 192.0.2.1 10.0.0.1 0.0.0.0 203.0.113.9; do
		elapsed_ms timeout 10 env "DOCKER_HOST=tcp://$host:2375" centerctl exec err-web true
		assert_refused "$host"
		assert_matches 'TLS|loopback'
		assert_within_ms 1000
	done
}

@test "no such container: near names are given" {
	refused 'no such container.*err-wep.*err-web' centerctl exec err-wep true
	refused 'no such container: nothing-like-this-at-all \(centerctl ls shows' centerctl exec nothing-like-this-at-all true
}

@test "an ambiguous prefix lists its candidates" {
	local id other n names=()
	id=$(container_id err-web)
	# Sixteen first digits: with enough containers two of them share theirs.
	for n in $(seq 20); do
		names+=("err-many$n")
		docker create --name "err-many$n" --network none base true >/dev/null
	done
	other=$(docker ps -aq --no-trunc | cut -c 1 | sort | uniq -d | head -n 1)
	[ -n "$other" ]
	run centerctl exec "$other" true
	containers_gone "${names[@]}"
	assert_refused ""
	assert_matches 'ambiguous|several|more than one'
	assert_matches "${other}[0-9a-f]{11}"
}

@test "a prefix that no container has" {
	refused 'no such container' centerctl exec ffffffffffffffffffff true
}

@test "created: not started yet" {
	refused 'err-created.*(created|not started)' centerctl exec err-created true
}

@test "exited: with its exit code" {
	wait_until 5 bash -c '[ "$(docker inspect -f "{{.State.Status}}" err-exited)" = exited ]'
	refused 'err-exited.*exited.*3' centerctl exec err-exited true
}

@test "paused: says how to go on" {
	elapsed_ms timeout 10 centerctl exec err-paused true
	assert_refused ""
	assert_matches 'err-paused.*paused'
	assert_says 'docker or podman unpause err-paused'
	assert_within_ms 1000
}

@test "restarting" {
	wait_until 20 bash -c '[ "$(docker inspect -f "{{.State.Status}}" err-restarting)" = restarting ]'
	refused 'err-restarting.*restarting' centerctl exec err-restarting true
}

@test "dead" {
	docker inspect err-exited >"$BATS_TEST_TMPDIR/template"
	python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --listen "unix:$BATS_TEST_TMPDIR/sock" --ready "$BATS_TEST_TMPDIR/ready" \
		--template "$BATS_TEST_TMPDIR/template" --set 'State.Status="dead"' --set State.Dead=true 3>&- &
	local fake=$!
	wait_until 5 test -s "$BATS_TEST_TMPDIR/ready"
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/sock run timeout 10 centerctl exec err-exited true
	kill "$fake"
	assert_refused ""
	assert_matches 'err-exited.*dead'
}

@test "a user or group that the container does not know" {
	refused 'user.*nosuchuser' centerctl exec -u nosuchuser err-web true
	refused 'group.*nosuchgroup' centerctl exec -u root:nosuchgroup err-web true
	refused 'group.*nosuchgroup' centerctl exec --group-add nosuchgroup err-web true
}

@test "a user that is not one" {
	for user in -1 4294967295 4294967296 99999999999999999999 1: :0x; do
		refused "" centerctl exec -u "$user" err-web true
	done
}

@test "a working directory that is missing, no directory, or closed to the user" {
	refused '/no/such' centerctl exec -w /no/such err-web true
	refused '/etc/passwd' centerctl exec -w /etc/passwd err-web true
	docker exec err-web sh -c 'mkdir -p /closed && chmod 700 /closed'
	refused '/closed' centerctl exec --privileged=false -u app -w /closed/inside err-web true
}

@test "a command that is missing or not executable" {
	run -127 centerctl exec err-web no-such-command
	assert_status 127
	assert_matches '^centerctl: .*no-such-command'
	run centerctl exec err-web /etc/passwd
	assert_status 126
	assert_matches '^centerctl: .*/etc/passwd'
	run centerctl exec err-web /bin/badinterp
	assert_matches '^centerctl: .*badinterp'
	docker exec -u 0 err-user sh -c 'printf "#!/bin/sh\n" >/root-only && chmod 700 /root-only'
	run centerctl exec err-user /root-only
	assert_status 126
	assert_matches '^centerctl: .*/root-only.*(permission|executable)'
}

@test "a namespace that was asked for and is not there to be entered" {
	container err-utshost --uts host base sleep 1000
	run centerctl exec --ns mnt,uts err-utshost true
	containers_gone err-utshost
	assert_refused uts
}

@test "a kernel that is too old: the call that it lacks is named" {
	local nosys=$BATS_TEST_TMPDIR/nosys
	gcc -O1 -o "$nosys" "$CENTERCTL_TOP/tests/engine/nosys.c"
	container err-old base sleep 1000
	# The numbers are the same on every architecture: they are newer than the common table.
	refused 'too old.*pidfd_open' "$nosys" 434 centerctl exec err-old true
	refused 'too old.*close_range' "$nosys" 436 centerctl exec err-old true
	refused 'too old.*openat2' "$nosys" 437 centerctl exec err-old true
	containers_gone err-old
}

@test "a namespace that may not be entered is named" {
	container err-perm base sleep 1000
	refused 'not permitted.*mnt namespace' setpriv --bounding-set=-sys_admin centerctl exec err-perm true
	containers_gone err-perm
}

@test "a seccomp profile that refuses what entering needs" {
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["setsid"], "action": "SCMP_ACT_ERRNO"}]}' \
		>"$BATS_TEST_TMPDIR/profile.json"
	container err-seccomp --security-opt "seccomp=$BATS_TEST_TMPDIR/profile.json" base sleep 1000
	run timeout 10 centerctl exec err-seccomp echo in
	containers_gone err-seccomp
	# Where the filter can wait until execve, nothing is in the way.
	if [ "$status" -ne 0 ]; then
		assert_refused ""
		assert_matches 'seccomp.*setsid'
	fi
}

@test "a process of the host is no container" {
	refused 'container' centerctl exec "pid:$$" true
	refused 'process.*99999999|99999999.*process|no such process' centerctl exec pid:99999999 true
}

@test "an engine whose process numbers are not ours" {
	local fake
	docker inspect err-web >"$BATS_TEST_TMPDIR/template"
	python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --listen "unix:$BATS_TEST_TMPDIR/sock" --ready "$BATS_TEST_TMPDIR/ready" \
		--template "$BATS_TEST_TMPDIR/template" --set State.Pid=4194000 3>&- &
	fake=$!
	wait_until 5 test -s "$BATS_TEST_TMPDIR/ready"
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/sock run timeout 10 centerctl exec err-web true
	kill "$fake"
	assert_refused ""
	assert_matches 'host|PID namespace'
}

@test "the container's cgroup is gone" {
	# A machine that shows us other hierarchies than the container was put into, as clumsy bind mounts do.
	local h=/sys/fs/cgroup/freezer
	[ -d $h/docker ] || h=/sys/fs/cgroup
	mkdir "$h/centerctl-tests-empty"
	run unshare --mount timeout 10 bash -c 'mount --bind "$1/centerctl-tests-empty" "$1" && exec centerctl exec err-web true' x "$h"
	rmdir "$h/centerctl-tests-empty"
	assert_refused ""
	assert_matches 'cgroup'
}

@test "usage errors are 125 and one line" {
	for words in "exec" "exec --no-such-option err-web" "nonsense" "exec -e"; do
		# shellcheck disable=SC2086 # words
		run centerctl $words
		assert_status 125
		[[ ${lines[0]} == *centerctl* ]]
	done
}

@test "control bytes in names do not reach the terminal" {
	run centerctl exec $'a\e[2Jb' true
	assert_refused ""
	[[ $output != *$'\e'* ]]
	run -127 centerctl exec err-web $'no\e[2Jsuch'
	assert_status 127
	[[ $output != *$'\e'* ]]
}
