# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl forward`: ports of this side for ports of containers.

load ../lib/common
load ../lib/verbs

setup_file()
{
	local engine
	for engine in $engines; do
		on "$engine"
		up forward-web base sh -c 'mkdir -p /w; echo page >/w/index.html; httpd -p 127.0.0.1:80 -h /w; nc -ll -p 7000 -e cat & sleep 74202'
	done
}

teardown_file()
{
	both_down forward-web forward-new
}

teardown()
{
	background_end
}

# forward WORDS...: in the background; sets $port to the first one that it tells.
forward()
{
	out=$BATS_TEST_TMPDIR/out
	: >"$out"
	in_background "$out" centerctl forward -H "$engine_url" "$@"
	wait_until 10 grep -q '^Forwarding from ' "$out" || {
		cat "$out.err" >&2
		return 1
	}
	port=$(sed -n '1s/.*:\([0-9]*\) -> .*/\1/p' "$out")
}

@test "curl reaches a port that is not published" {
	for engine in $engines; do
		on "$engine"
		forward 0:forward-web:80
		grep -q "^Forwarding from 127.0.0.1:$port -> forward-web:80\$" "$out"
		run curl -s "http://127.0.0.1:$port/"
		assert_output page
		background_end
	done
}

@test "several ports, an address of their own, and many connections at once" {
	on docker
	forward 0:forward-web:80 127.0.0.2:0:forward-web:7000
	[ "$(grep -c . "$out")" = 2 ]
	local second i pids=()
	second=$(sed -n '2s/.*127.0.0.2:\([0-9]*\) -> .*/\1/p' "$out")
	for i in $(seq 12); do
		curl -s -o "$BATS_TEST_TMPDIR/got.$i" "http://127.0.0.1:$port/" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	for i in $(seq 12); do
		[ "$(cat "$BATS_TEST_TMPDIR/got.$i")" = page ]
	done
	[ "$(socat -t 5 - "TCP:127.0.0.2:$second" <<<hello)" = hello ]
}

@test "a connection that is refused ends no other" {
	on docker
	forward 0:forward-web:7000 0:forward-web:9
	local refused
	refused=$(sed -n '2s/.*:\([0-9]*\) -> .*/\1/p' "$out")
	exec 5<>"/dev/tcp/127.0.0.1/$port"
	echo one >&5
	read -r -t 10 line <&5
	[ "$line" = one ]
	run curl -s "http://127.0.0.1:$refused/"
	[ "$status" -ne 0 ]
	wait_until 5 said "$out.err" "connection refused: does it listen there?"
	echo two >&5
	read -r -t 10 line <&5
	[ "$line" = two ]
	exec 5>&-
}

@test "TERM ends it with all its connections" {
	on docker
	forward 0:forward-web:7000
	exec 5<>"/dev/tcp/127.0.0.1/$port"
	echo one >&5
	read -r -t 10 line <&5
	kill -TERM "$background"
	wait "$background"
	backgrounds=
	exec 5>&-
	[ -z "$(pgrep -f '^centerctl forward -H .*forward-web:7000')" ]
}

@test "fifty connections at once, which may say nothing for a while, all end with Ctrl-C" {
	on docker
	python3 - "$engine_url" "$([ "${CENTERCTL_LONG:-}" = 1 ] && echo 180 || echo 2)" <<-'END'
		import concurrent.futures, os, signal, socket, subprocess, sys, time

		def alone():
		    os.setsid()
		    signal.signal(signal.SIGINT, signal.SIG_DFL)

		forward = subprocess.Popen(["centerctl", "forward", "-H", sys.argv[1], "0:forward-web:7000"], stdout=subprocess.PIPE, text=True, preexec_fn=alone)
		port = int(forward.stdout.readline().split()[2].rsplit(":", 1)[1])

		def echo(number, s=None):
		    s = s or socket.create_connection(("127.0.0.1", port), 30)
		    said, heard = b"%d\n" % number, b""
		    s.sendall(said)
		    while len(heard) < len(said):
		        piece = s.recv(100)
		        assert piece, "connection %d ended" % number
		        heard += piece
		    assert heard == said, (heard, said)
		    return s

		with concurrent.futures.ThreadPoolExecutor(50) as pool:
		    sockets = list(pool.map(echo, range(50)))
		    time.sleep(float(sys.argv[2]))
		    list(pool.map(echo, range(50, 100), sockets))
		# As a terminal does it: to the whole job.
		began = time.monotonic()
		os.killpg(forward.pid, signal.SIGINT)
		forward.wait(10)
		for s in sockets:
		    try:
		        assert s.recv(1) == b""
		    except ConnectionResetError:
		        pass
		assert time.monotonic() - began < 5, "it took %.1f s" % (time.monotonic() - began)
	END
	wait_until 5 none_dialled
	# No far end is left in the container, either.
	wait_until 5 no_far_end
}

none_dialled()
{
	[ -z "$(pgrep -f '^centerctl forward -H .*forward-web:7000')" ] && [ -z "$(pgrep --ns "$(eng_pid forward-web)" --nslist pid centerctl)" ]
}

no_far_end()
{
	! has_process forward-web cat
}

@test "a container that is not there, or does not run, ends it at once" {
	for engine in $engines; do
		on "$engine"
		run timeout 10 centerctl forward -H "$engine_url" 0:forward-web:80 0:forward-none:80
		assert_refused forward-none
		assert_silent_about "Forwarding from"
		eng create --name forward-new --network none base true >/dev/null
		run timeout 10 centerctl forward -H "$engine_url" 0:forward-new:80
		assert_refused "forward-new"
		down forward-new
	done
}

@test "ports that cannot be had are named" {
	on docker
	forward 0:forward-web:80
	run centerctl forward -H "$engine_url" "$port:forward-web:80"
	assert_refused "something else does already"
	run centerctl forward -H "$engine_url" --bind 192.0.2.1 0:forward-web:80
	assert_refused "does not have that address"
	run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --ambient-caps=-all --bounding-set=-all "$(command -v centerctl)" forward 80:forward-web:80
	assert_refused "for root alone"
	run centerctl forward 8080:forward-web
	assert_refused "is no port"
	run centerctl forward --ssh -oProxyCommand=id 8080:web:80
	assert_refused "does not begin with -"
}
