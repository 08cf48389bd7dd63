#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# What doctor says of engines: each fault is made with a real dockerd (or podman), and gone when it is mended. They run in network,
# mount and PID namespaces of our own, with an /etc of our own, so that doctor sees no other engine. No systemd runs here: its
# units are made ones, and its handing over of sockets is played by a few lines of Python.

load ../lib/common

setup_file()
{
	# Below the directory of the run, whose keeper ends what is left if this is killed.
	d=$(mktemp -d "$CENTERCTL_STATE/doctor.XXXX")
	export d
	chmod 755 "$d"
	mkdir "$d/docker"
	etc_of_ours
	# shellcheck disable=SC2016 # for the inner shell
	setsid unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- bash -c '
		ip link set lo up && mount --bind "$1/etc" /etc && mkdir -p /run/sshd && mount -t tmpfs -o mode=755 none /run || exit
		: >"$1/up"; exec -a "hold $1" sleep 2147483' - "$d" </dev/null >"$d/log" 2>&1 3>&- &
	echo $! >"$d/unshare"
	wait_until 10 test -e "$d/up"
	pgrep -P "$(cat "$d/unshare")" >"$d/holder"
	containerd_start
	certificates 300
}

teardown_file()
{
	engine_stop
	kill -KILL "$(cat "$d/unshare")"
	wait_until_not 5 alive "$(cat "$d/holder")" || true
	sleep 0.2
	findmnt -rno TARGET | grep "^$d/" | tac | xargs -r -n 1 umount -l
	rm -rf --one-file-system "$d"
}

teardown()
{
	engine_stop
	etc_of_ours
	rm -rf "${d:?}/home" "$d/daemon.json"
}

# The files of /etc that tests change, as they were; the directory itself is mounted.
etc_of_ours()
{
	[ -e "$d/etc" ] || cp -a /etc "$d/etc"
	rm -rf "$d/etc/docker" "$d"/etc/systemd/system/{docker,podman}.{socket,service}*
	mkdir -p "$d/etc/systemd/system"
	grep -vE '^(dockremap|mallory|prime|dockerish|docker|podman):' /etc/passwd >"$d/etc/passwd"
	grep -vE '^(dockremap|mallory|prime|dockerish|docker|podman):' /etc/group >"$d/etc/group"
	printf 'dockremap:x:64999:64999::/:/usr/sbin/nologin\nmallory:x:61003:61003::/:/bin/sh\nprime:x:61004:61021::/:/bin/sh\n' >>"$d/etc/passwd"
	printf 'dockremap:x:64999:\nmallory:x:61003:\ndockerish:x:61021:mallory\nlonely:x:61022:\n' >>"$d/etc/group"
	echo dockremap:200000:65536 | tee "$d/etc/subuid" >"$d/etc/subgid"
}

# In the background `inside_exec=1 inside COMMAND... &` makes $! the nsenter itself, whose child the command is: see away.
inside()
{
	${inside_exec:+exec} nsenter -t "$(cat "$d/holder")" --mount --net --pid -- "$@"
}

# away PID: what `inside` runs in the background; it has a child in the PID namespace.
away()
{
	local child
	child=$(pgrep -P "$1")
	[ -z "$child" ] || kill "$child"
	wait_until_not 5 alive "${child:-$1}"
}

containerd_start()
{
	cat >"$d/containerd.toml" <<-END
		version = 2
		root = "$d/containerd"
		state = "$d/containerd-state"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		  address = "$d/containerd.sock"
	END
	setsid nsenter -t "$(cat "$d/holder")" --mount --net --pid -- containerd --config "$d/containerd.toml" </dev/null >>"$d/log" 2>&1 3>&- &
	wait_until 20 test -S "$d/containerd.sock"
}

# certificates DAYS: an authority and a server's certificate in $d/certs.
certificates()
{
	rm -rf "$d/certs"
	mkdir "$d/certs"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 300 -subj /CN=ca -keyout "$d/certs/ca-key.pem" -out "$d/certs/ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout "$d/certs/key.pem" -out "$d/certs/csr" 2>/dev/null
	openssl x509 -req -in "$d/certs/csr" -CA "$d/certs/ca.pem" -CAkey "$d/certs/ca-key.pem" -CAcreateserial -days "$1" \
		-extfile <(echo subjectAltName=IP:127.0.0.1) -out "$d/certs/cert.pem" 2>/dev/null
}

tls=(--tlsverify)
tls_files()
{
	tls=(--tlsverify --tlscacert "$d/certs/ca.pem" --tlscert "$d/certs/cert.pem" --tlskey "$d/certs/key.pem")
}

engine_answers()
{
	docker -H "unix://$d/docker/docker.sock" version >/dev/null 2>&1
}

# engine_start [BEFORE --] FLAGS...: dockerd with these.
engine_start()
{
	local before=()
	if [[ " $* " == *" -- "* ]]; then
		while [ "$1" != -- ]; do
			before+=("$1")
			shift
		done
		shift
	fi
	rm -f "$d/docker.pid" "$d/docker/docker.sock"
	[ -e "$d/daemon.json" ] || echo '{}' >"$d/daemon.json"
	setsid nsenter -t "$(cat "$d/holder")" --mount --net --pid -- "${before[@]}" /usr/sbin/dockerd --data-root "$d/data" --exec-root "$d/exec" \
		--pidfile "$d/docker.pid" --containerd "$d/containerd.sock" --config-file "$d/daemon.json" --shutdown-timeout 1 --bridge none --iptables=false \
		--ip6tables=false -H "unix://$d/docker/docker.sock" "$@" </dev/null >>"$d/log" 2>&1 3>&- &
	engine=$!
	wait_until 30 engine_answers
}

engine_stop()
{
	local pid
	[ -e "$d/docker.pid" ] || return 0
	pid=$(cat "$d/docker.pid")
	inside kill -CONT "$pid" 2>/dev/null || true
	inside kill -TERM "$pid" 2>/dev/null || true
	wait_until_not 15 inside test -d "/proc/$pid" || inside kill -KILL "$pid"
	rm -f "$d/docker.pid"
}

# doctor [ARGS]: about the engine alone.
doctor()
{
	run inside env -u DOCKER_HOST "HOME=$d/home" centerctl doctor --only engine "$@"
}

of_ours()
{
	doctor -H "unix://$d/docker/docker.sock" "$@"
}

@test "an engine that is as it should be has no findings, and says its version" {
	engine_start
	of_ours
	assert_status 0
	of_ours -v
	assert_says "ok: Docker/"
	assert_says "answers at $d/docker/docker.sock, with API 1."
	assert_says "is for its owner alone [engine-socket]"
}

@test "an engine that hangs, and one that is not there, are found in time" {
	engine_start
	inside kill -STOP "$(cat "$d/docker.pid")"
	elapsed_ms inside centerctl doctor -H "unix://$d/docker/docker.sock" --only engine,containers
	assert_status 2
	assert_says "error: no engine answers at $d/docker/docker.sock within 5 seconds [engine-silent]"
	assert_within_ms 15000
	# nsenter stops with its child, and does not go on with it.
	inside kill -CONT "$(cat "$d/docker.pid")"
	kill -CONT "$engine"
	of_ours
	assert_status 0
	# Its socket stays behind.
	inside kill -KILL "$(cat "$d/docker.pid")"
	engine_stop
	[ -S "$d/docker/docker.sock" ]
	of_ours
	assert_status 2
	assert_says "no engine answers at"
	rm "$d/docker/docker.sock"
	of_ours
	assert_status 2
	assert_says "no engine answers at $d/docker/docker.sock ["
}

# answers_with TEXT: something at $d/fake.sock that says this, whatever it is asked, and doctor of it.
answers_with()
{
	inside_exec=1 inside python3 - "$d/fake.sock" "$1" <<-'END' 3>&- &
		import os, socket, sys
		s = socket.socket(socket.AF_UNIX)
		if os.path.exists(sys.argv[1]): os.unlink(sys.argv[1])
		s.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o600); s.listen()
		c = s.accept()[0]
		c.recv(4096)
		text = sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
		try:
		    if text == b"endless":
		        while True: c.sendall(b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nX: " + b"x" * 65536)
		    c.sendall(text)
		except OSError: pass
	END
	local pid=$!
	wait_until 5 test -S "$d/fake.sock"
	elapsed_ms inside centerctl doctor --only engine -H "unix://$d/fake.sock" -v
	away "$pid" 2>/dev/null || true
	rm -f "$d/fake.sock"
}

@test "an engine that is too old, and what is no engine, are found, and harm nobody" {
	answers_with 'HTTP/1.1 200 OK\r\nApi-Version: 1.24\r\nServer: Docker/1.12.6 (linux)\r\n\r\n'
	assert_status 2
	assert_says "Docker/1.12.6 (linux) at $d/fake.sock has API 1.24, which is older than 1.40 [engine-api]"
	answers_with 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Libpod/4.3.1 (linux)\r\n\r\n'
	assert_says "ok: Libpod/4.3.1 (linux) answers"
	answers_with 'HTTP/1.1 200 OK\r\napi-version: 1.41\r\nSERVER: a\x1b]0;evil\x07\xff\r\n\r\n'
	assert_says "ok: a?]0;evil?? answers"
	for text in endless 'HTTP/1.1 500 no\r\nApi-Version: 1.41\r\n\r\n' 'SSH-2.0-OpenSSH\r\n' 'HTTP/1.1 200 OK\r\nApi-Version: 9999999999.1\r\n\r\n'; do
		answers_with "$text"
		assert_status 2
		assert_says "[engine-silent]"
		assert_within_ms 12000
	done
}

@test "what an engine answers is read by nobody, with read and write alone" {
	local calls=$BATS_TEST_TMPDIR/calls pid
	engine_start
	run inside strace -f -o "$calls" -e trace=connect,setresuid,prctl,read,exit_group centerctl doctor --only engine -H "unix://$d/docker/docker.sock"
	assert_status 0
	pid=$(awk '/connect\(.*docker.sock/ { print $1; exit }' "$calls")
	# Of that process, from its connection on.
	run awk -v pid="$pid" '$1 == pid && /connect\(.*docker.sock/ { seen = 1 } $1 == pid && seen' "$calls"
	[[ ${output%%HTTP/1*} == *"setresuid(65534, 65534, 65534)"*"PR_SET_NO_NEW_PRIVS"*"SECCOMP_MODE_STRICT"* ]]
	[[ ${output#*SECCOMP_MODE_STRICT} != *exit_group* ]]
}

@test "who may write to the socket is root, and is named" {
	engine_start -G dockerish
	of_ours
	assert_status 1
	assert_says "docker.sock is open to the group dockerish: these are root: mallory, prime [engine-group]"
	assert_says "gpasswd --delete USER dockerish"
	inside chgrp lonely "$d/docker/docker.sock"
	of_ours -v
	assert_status 0
	assert_says "is for root and the group lonely, in which nobody is"
	chmod 666 "$d/docker/docker.sock"
	of_ours
	assert_status 2
	assert_says "error: $d/docker/docker.sock is open to every account of this host (0666) [engine-socket-mode]"
	chmod 600 "$d/docker/docker.sock"
	chown 61003 "$d/docker/docker.sock"
	of_ours
	assert_status 2
	assert_says "belongs to user 61003 [engine-socket-owner]"
	chown 0 "$d/docker/docker.sock"
	chmod 777 "$d/docker"
	of_ours
	assert_says "[engine-socket-directory]"
	chmod 755 "$d/docker"
	of_ours
	assert_status 0
}

@test "TCP without TLS is found on any port, in either family" {
	engine_start -H tcp://127.0.0.1:2375 -H "tcp://[::1]:12375"
	of_ours
	assert_status 2
	assert_says "answers at 127.0.0.1:2375 without TLS [engine-tcp]"
	assert_says "answers at [::1]:12375 without TLS [engine-tcp]"
	assert_says "every account and every container with the host's network"
	engine_stop
	tls_files
	engine_start "${tls[@]}" -H tcp://127.0.0.1:2376
	of_ours -v
	assert_status 0
	assert_says "at 127.0.0.1:2376 answers nobody without TLS"
	assert_says "for clients with a certificate [engine-tls]"
}

@test "TLS that asks for no certificate is found" {
	engine_start --tls --tlscacert "$d/certs/ca.pem" --tlscert "$d/certs/cert.pem" --tlskey "$d/certs/key.pem" -H tcp://127.0.0.1:2376
	of_ours
	assert_status 2
	assert_says "is to listen at tcp://127.0.0.1:2376 with TLS, and asks no client for a certificate (tlsverify) [engine-tls-unverified]"
}

@test "a proxy to the engine is found at its port" {
	engine_start
	inside_exec=1 inside socat TCP-LISTEN:2375,bind=127.0.0.1,fork,reuseaddr "UNIX-CONNECT:$d/docker/docker.sock" 3>&- &
	local pid=$!
	wait_until 5 inside sh -c 'ss -ltn | grep -q :2375'
	of_ours
	assert_status 2
	assert_says "error: an engine answers at 127.0.0.1:2375 without TLS [engine-tcp]"
	away "$pid"
	wait_until_not 5 inside sh -c 'ss -ltn | grep -q :2375'
	of_ours
	assert_status 0
}

# activate PORT FLAGS...: dockerd as systemd starts it, with a TCP socket as descriptor 3. -H unix stands beside it, for the tests.
activate()
{
	local port=$1
	shift
	cat >"$d/activate.py" <<-'END'
		import os, socket, sys
		s = socket.socket()
		s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
		if s.fileno() != 3: os.dup2(s.fileno(), 3)
		os.set_inheritable(3, True)
		os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
		os.execv(sys.argv[2], sys.argv[2:])
	END
	engine_start python3 "$d/activate.py" "$port" -- -H fd:// "$@"
}

@test "sockets that are handed over are looked at by asking them (socket activation, played)" {
	local plain
	activate 12376
	of_ours
	assert_status 2
	assert_says "answers at 127.0.0.1:12376 without TLS [engine-tcp]"
	engine_stop
	tls_files
	activate 12376 "${tls[@]}"
	plain=$(inside curl -s -o /dev/null -w '%{http_code}' --max-time 5 http://127.0.0.1:12376/_ping || true)
	of_ours -v
	if [ "$plain" = 200 ]; then
		assert_says "answers at 127.0.0.1:12376 without TLS, though its configuration asks for it [engine-tls-ineffective]"
	else
		assert_says "at 127.0.0.1:12376 answers nobody without TLS"
	fi
}

@test "units of systemd that listen on TCP are found, and TLS that protects nothing (made units)" {
	local units=$d/etc/systemd/system
	printf '[Socket]\nListenStream=/run/docker.sock\n' >"$units/docker.socket"
	printf '[Service]\nExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock\n' >"$units/docker.service"
	doctor
	assert_status 0
	mkdir "$units/docker.socket.d"
	printf '[Socket]\nListenStream=2375\n' >"$units/docker.socket.d/tcp.conf"
	doctor
	assert_status 2
	assert_says "error: docker.socket listens on TCP at 2375, and dockerd has no tlsverify [engine-socket-unit]"
	mkdir "$d/etc/docker"
	echo '{"tlsverify": true, "tlscacert": "/etc/docker/ca.pem"}' >"$d/etc/docker/daemon.json"
	cp "$d/certs/ca.pem" "$d/etc/docker/ca.pem"
	doctor
	assert_status 1
	assert_says "warning: docker.socket listens on TCP at 2375, and whether dockerd's TLS holds there"
	printf '[Socket]\nListenStream=\nListenStream=/run/docker.sock\n' >"$units/docker.socket.d/tcp.conf"
	doctor
	assert_status 1
	assert_says "warning: docker, which does not run has TLS set, and listens where systemd says (-H fd://), which is nowhere on TCP [engine-tls-ineffective]"
	echo '{}' >"$d/etc/docker/daemon.json"
	doctor
	assert_status 0
	printf '[Socket]\nListenStream=127.0.0.1:8888\n' >"$units/podman.socket"
	doctor
	assert_status 2
	assert_says "podman.socket listens on TCP at 127.0.0.1:8888, where podman knows no TLS [engine-socket-unit]"
}

@test "daemon.json: what it says of an engine that does not run, who may change it, and what it cannot be" {
	mkdir "$d/etc/docker"
	echo '{"hosts": ["unix:///run/docker.sock", "tcp://0.0.0.0:2375"]}' >"$d/etc/docker/daemon.json"
	doctor
	assert_status 2
	assert_says "docker, which does not run is to listen at tcp://0.0.0.0:2375 without TLS [engine-tcp]"
	echo '{"hosts": ["unix:///run/docker.sock"]}' >"$d/etc/docker/daemon.json"
	doctor
	assert_status 0
	chmod 666 "$d/etc/docker/daemon.json"
	doctor
	assert_status 2
	assert_says "[engine-config]"
	assert_says "can be written by others than root"
	chmod 644 "$d/etc/docker/daemon.json"
	echo '{"hosts": ' >"$d/etc/docker/daemon.json"
	doctor
	assert_status 2
	assert_says "[engine-config]"
	rm -f "$d/etc/docker/daemon.json"
	mkfifo "$d/etc/docker/daemon.json"
	elapsed_ms inside centerctl doctor --only engine
	assert_within_ms 5000
}

@test "what only calls itself an engine counts for nothing" {
	mkdir "$d/liar"
	printf '#include <unistd.h>\nint main(void) { for (;;) pause(); }\n' >"$d/liar/dockerd.c"
	gcc -static -o "$d/liar/dockerd" "$d/liar/dockerd.c"
	# Of a user: an account of the host, with the name and the words of an engine.
	inside_exec=1 inside setpriv --reuid 61003 --regid 61003 --clear-groups "$d/liar/dockerd" -H tcp://0.0.0.0:2375 --config-file "$d/liar/daemon.json" 3>&- &
	local user=$!
	# Of root, in a container.
	engine_start
	docker -H "unix://$d/docker/docker.sock" import "$CENTERCTL_STATE/base.tar" base >/dev/null
	docker -H "unix://$d/docker/docker.sock" run -d --name liar --network none -v "$d/liar:/liar" base /liar/dockerd -H tcp://0.0.0.0:2375 --userns-remap nobody-known >/dev/null
	of_ours -v
	assert_status 0
	assert_silent_about "0.0.0.0:2375"
	assert_silent_about "nobody-known"
	docker -H "unix://$d/docker/docker.sock" rm -f liar >/dev/null
	away "$user"
	# Root's own does count.
	inside_exec=1 inside "$d/liar/dockerd" -H tcp://0.0.0.0:2375 --tls 3>&- &
	user=$!
	wait_until 5 process_with "$d/liar/dockerd" -H tcp://0.0.0.0:2375 --tls
	of_ours
	assert_says "is to listen at tcp://0.0.0.0:2375 with TLS, and asks no client for a certificate"
	away "$user"
	rm -r "$d/liar"
}

@test "DOCKER_HOST over TCP without TLS is found" {
	run inside env DOCKER_HOST=tcp://127.0.0.1:2375 centerctl doctor --only engine
	assert_status 1
	assert_says "warning: DOCKER_HOST is tcp://127.0.0.1:2375, without DOCKER_TLS_VERIFY [engine-docker-host]"
	run inside env DOCKER_HOST=tcp://127.0.0.1:2376 DOCKER_TLS_VERIFY=1 centerctl doctor --only engine
	assert_status 0
	run inside env DOCKER_HOST=ssh://host centerctl doctor --only engine
	assert_status 0
}

@test "certificates that are about to end, that have ended and that are none are found" {
	mkdir -p "$d/etc/docker" "$d/home/.docker"
	printf '{"tlsverify": true, "hosts": ["tcp://127.0.0.1:2376"], "tlscacert": "%s/certs/ca.pem", "tlscert": "%s/certs/cert.pem"}' "$d" "$d" >"$d/etc/docker/daemon.json"
	doctor -v
	assert_status 0
	assert_matches "ok: $d/certs/cert.pem lasts another (299|300) days \\[certificate\\]"
	certificates 10
	doctor
	assert_status 1
	assert_matches "warning: $d/certs/cert.pem: the certificate of docker, which does not run ends in (9|10) days \\[certificate-ending\\]"
	certificates 0
	doctor
	assert_status 2
	assert_says "[certificate-expired]"
	certificates 300
	cp "$d/certs/ca.pem" "$d/home/.docker/cert.pem"
	doctor -v
	assert_matches "ok: $d/home/.docker/cert.pem lasts another (299|300) days"
	echo nothing >"$d/home/.docker/cert.pem"
	doctor
	assert_status 1
	assert_says "$d/home/.docker/cert.pem: openssl x509 finds no certificate in it [certificate-unreadable]"
	rm "$d/home/.docker/cert.pem"
	mkfifo "$d/home/.docker/cert.pem"
	doctor
	assert_status 0
	chmod 666 "$d/certs/ca.pem"
	doctor
	assert_status 2
	assert_says "[certificate-file]"
	chmod 644 "$d/certs/ca.pem"
}

@test "userns-remap with ranges that are there, missing, short, overlapping or an account's" {
	engine_start --userns-remap dockremap
	of_ours -v
	assert_status 0
	assert_says "dockremap has 65536 IDs in /etc/subuid [remap]"
	echo other:250000:65536 >>"$d/etc/subuid"
	of_ours
	assert_status 1
	assert_says "/etc/subuid: the ranges of dockremap (line 1) and other (line 2) overlap [subid-overlap]"
	echo dockremap:200000:65536 >"$d/etc/subuid"
	of_ours
	assert_status 0
	: >"$d/etc/subgid"
	of_ours
	assert_status 2
	assert_says "has --userns-remap dockremap, and /etc/subgid gives dockremap 0 IDs [remap-missing]"
	echo dockremap:200000:1000 >"$d/etc/subgid"
	of_ours
	assert_status 1
	assert_says "/etc/subgid gives dockremap 1000 IDs [remap-short]"
	echo dockremap:200000:65536 >"$d/etc/subgid"
	echo far:61000:10 >>"$d/etc/subuid"
	of_ours
	assert_says "in the range of far lies the account mallory [subid-account]"
	echo dockremap:200000:65536 >"$d/etc/subuid"
	echo "no range" >>"$d/etc/subuid"
	of_ours
	assert_says "/etc/subuid:2: this line is not NAME:FIRST:COUNT [subid-line]"
	chmod 666 "$d/etc/subuid"
	of_ours
	assert_status 2
	assert_says "[subid-file]"
	chmod 644 "$d/etc/subuid"
}

@test "containers that are as good as the host are named, with the reason" {
	engine_start
	local c=(docker -H "unix://$d/docker/docker.sock") host_power=(centerctl doctor --only containers -H "unix://$d/docker/docker.sock")
	"${c[@]}" import "$CENTERCTL_STATE/base.tar" base >/dev/null
	"${c[@]}" run -d --name plain --network none base sleep 1000 >/dev/null
	run inside "${host_power[@]}" -v
	assert_status 0
	assert_says "ok: plain is kept apart from the host [container]"
	"${c[@]}" run -d --name pid --network none --pid host base sleep 1000 >/dev/null
	"${c[@]}" run -d --name etc --network none -v /etc:/host base sleep 1000 >/dev/null
	"${c[@]}" run -d --name engine --network none -v "$d/docker/docker.sock:/docker.sock" base sleep 1000 >/dev/null
	"${c[@]}" run -d --name admin --network none --cap-add SYS_ADMIN base sleep 1000 >/dev/null
	run inside "${host_power[@]}"
	assert_status 1
	assert_says "the container pid is as good as the host: it shares the host's PID namespace [container-host]"
	assert_says "the container etc is as good as the host: /etc"
	assert_says "the container engine is as good as the host: "
	assert_says "the container admin is as good as the host: it has cap_sys_admin"
	assert_silent_about "container plain"
	"${c[@]}" rm -f pid etc engine admin >/dev/null
	run inside "${host_power[@]}"
	assert_status 0
	"${c[@]}" rm -f plain >/dev/null
}

@test "podman: what it listens on, and who may ask it" {
	local pid podman=(env "CONTAINERS_STORAGE_CONF=$CENTERCTL_STATE/podman/storage.conf" "CONTAINERS_CONF=$CENTERCTL_STATE/podman/containers.conf" /usr/bin/podman --runroot "$CENTERCTL_STATE/podman/run")
	inside_exec=1 inside "${podman[@]}" system service --time=0 tcp://127.0.0.1:8888 >/dev/null 2>&1 3>&- &
	pid=$!
	wait_until 10 inside curl -s -o /dev/null http://127.0.0.1:8888/_ping
	doctor
	assert_status 2
	assert_says "podman (PID "
	assert_says "answers at 127.0.0.1:8888 without TLS [engine-tcp]"
	away "$pid"
	inside_exec=1 inside "${podman[@]}" system service --time=0 "unix://$d/podman.sock" >/dev/null 2>&1 3>&- &
	pid=$!
	wait_until 10 test -S "$d/podman.sock"
	chmod 600 "$d/podman.sock"
	doctor -H "unix://$d/podman.sock" -v
	assert_status 0
	assert_says "ok: Libpod/"
	chmod 666 "$d/podman.sock"
	doctor -H "unix://$d/podman.sock"
	assert_says "[engine-socket-mode]"
	away "$pid"
	rm -f "$d/podman.sock"
}

@test "a rootless engine's owner is told of subordinate IDs that are missing" {
	inside install -d -o 61003 -g 61003 -m 700 /run/user/61003
	inside_exec=1 inside setpriv --reuid 61003 --regid 61003 --clear-groups python3 -c '
import socket, time
s = socket.socket(socket.AF_UNIX); s.bind("/run/user/61003/docker.sock"); s.listen()
while True:
    c = s.accept()[0]; c.recv(4096); c.sendall(b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n\r\n"); c.close()' 3>&- &
	local pid=$!
	wait_until 5 inside test -S /run/user/61003/docker.sock
	local as=(inside setpriv --reuid 61003 --regid 61003 --clear-groups env -u DOCKER_HOST HOME=/ centerctl doctor --only engine)
	run "${as[@]}"
	assert_says "warning: mallory has fewer than 65536 IDs in /etc/subuid [rootless-ids]"
	echo mallory:300000:65536 | tee -a "$d/etc/subuid" >>"$d/etc/subgid"
	run "${as[@]}" -v
	assert_silent_about "[rootless-ids]"
	assert_says "ok: Docker/20.10.24 (linux) answers at /run/user/61003/docker.sock"
	away "$pid"
	inside rm -rf /run/user/61003
}
