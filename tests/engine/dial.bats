# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl dial`: connections from a container's network on standard input and output.

load ../lib/common
load ../lib/verbs

setup_file()
{
	local engine
	for engine in $engines; do
		on "$engine"
		up dial-web base sh -c 'mkdir -p /w; echo page >/w/index.html; httpd -p 127.0.0.1:80 -h /w; nc -ll -p 7000 -e cat & sleep 74201'
		wait_until 10 answers dial-web
	done
	docker -H "$REMAP_HOST" run -d --name dial-remap --network none --user 12345 --cap-drop ALL --security-opt no-new-privileges --read-only base nc -ll -p 7000 -e cat >/dev/null
}

answers()
{
	[ "$(ctl dial "$1" 7000 <<<x 2>/dev/null)" = x ]
}

teardown_file()
{
	both_down dial-web dial-bare
	docker -H "$REMAP_HOST" rm -f dial-remap >/dev/null 2>&1 || true
}

@test "a port that listens on the container's loopback alone" {
	for engine in $engines; do
		on "$engine"
		run ctl dial dial-web 80 <<<"GET /index.html HTTP/1.0"$'\r\n\r'
		assert_status 0
		assert_says page
	done
}

@test "host names are the container's, addresses of both families work" {
	local words
	on docker
	for words in 7000 localhost:7000 127.0.0.1:7000 127.0.0.2:7000 '[::ffff:127.0.0.1]:7000'; do
		run ctl dial dial-web "$words" <<<hello
		assert_output hello
	done
	docker exec dial-web sh -c 'echo "127.0.0.1 here Alias" >>/etc/hosts'
	run ctl dial dial-web alias:7000 <<<hello
	assert_output hello
}

@test "nobody listens, no such name, no such port" {
	on docker
	run ctl dial dial-web 9 </dev/null
	assert_status 1
	assert_output "centerctl: cannot connect to port 9 of dial-web: connection refused: does it listen there?"
	run ctl dial dial-web nowhere.invalid:9 </dev/null
	assert_status 1
	assert_says "cannot connect to nowhere.invalid:9 from dial-web"
	run ctl dial dial-web 65536
	assert_refused "is no port"
	run ctl dial dial-web
	assert_refused "dial takes"
	run ctl dial dial-nobody 80
	assert_status 125
}

@test "the end of what is sent is passed on, and what comes afterwards is read" {
	on docker
	# cat of the other side ends when it has seen the end.
	run ctl dial dial-web 7000 < <(echo one; sleep 0.3; echo two)
	assert_output $'one\ntwo'
	# The other side ends first: so do we, though nothing has ended here.
	elapsed_ms ctl dial dial-web 80 < <(
		printf 'GET /index.html HTTP/1.0\r\n\r\n'
		exec sleep 6 2>/dev/null 3>&-
	)
	assert_status 0
	assert_says page
	[ "$elapsed" -lt 5000 ]
}

@test "bytes arrive whole, both ways" {
	local seed=$BATS_TEST_TMPDIR/seed
	head -c 33554433 /dev/urandom >"$seed"
	for engine in $engines; do
		on "$engine"
		ctl dial dial-web 7000 <"$seed" | cmp - "$seed"
	done
}

@test "no reader any more: it ends" {
	on docker
	run timeout 10 bash -c 'yes | centerctl dial dial-web 7000 | head -n 1'
	assert_status 0
	assert_output y
}

@test "a user namespace, a user that nobody knows, no capabilities, a read-only root" {
	run centerctl dial -H "$REMAP_HOST" dial-remap 7000 <<<hello
	assert_status 0
	assert_output hello
}

@test "sftp through podman and in a user namespace" {
	on podman
	run sftp -q -b - -D "centerctl sftp -H $PODMAN_HOST dial-web" <<<"ls /w/index.html"
	assert_status 0
	assert_says /w/index.html
	run sftp -q -b - -D "centerctl sftp -H $REMAP_HOST -u 0 dial-remap" <<<"ls -l /etc/passwd"
	assert_status 0
	assert_says root
}

@test "--show enters nothing" {
	on docker
	run ctl dial --show --json dial-web 80
	assert_status 0
	json .
}
