# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# Engines over TLS with client certificates, and over plain TCP, for root: every verb that asks, follows or copies; and what goes wrong
# in the middle.

load ../lib/common
load ../lib/verbs

setup_file()
{
	on docker
	up tls-web -v tls-data:/data base sh -c 'n=$(wc -l </n 2>/dev/null || echo 0); echo x >>/n; echo "start $n"; exec sleep 100000'
	wait_until 5 logged "start 0"
	make_certificate ended server localhost 20200101000000Z 20200102000000Z
	make_certificate other server elsewhere.example 20200101000000Z 20900101000000Z
	make_certificate sound server localhost,IP:127.0.0.1 20200101000000Z 20900101000000Z
	cut_a_follower
}

teardown()
{
	background_end
}

teardown_file()
{
	xargs -r kill -KILL <"$BATS_FILE_TMPDIR/stays" 2>/dev/null || true
	both_down tls-web tls-ticks
	docker volume rm -f tls-data >/dev/null 2>&1 || true
}

logged()
{
	docker logs tls-web 2>&1 | grep -qx "$1"
}

# make_certificate NAME USE HOST[,...] FROM TO: NAME.pem and NAME-key.pem of the run's authority.
make_certificate()
{
	local dir=$BATS_FILE_TMPDIR/ca from=$4 to=$5
	mkdir -p "$dir"
	: >"$dir/index"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$BATS_FILE_TMPDIR/$1-key.pem" -out "$dir/csr" 2>/dev/null
	printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s\nrand_serial=yes\nnew_certs_dir=%s\npolicy=p\ndefault_md=sha256\nunique_subject=no\n[p]\ncommonName=supplied\n[x]\nextendedKeyUsage=%s\nsubjectAltName=DNS:%s\n' \
		"$dir/index" "$dir" "$2Auth" "$3" >"$dir/conf"
	openssl ca -batch -notext -config "$dir/conf" -extensions x -startdate "$from" -enddate "$to" -cert "$CENTERCTL_STATE/certs/ca.pem" \
		-keyfile "$CENTERCTL_STATE/certs/ca-key.pem" -in "$dir/csr" -out "$BATS_FILE_TMPDIR/$1.pem" 2>/dev/null
}

# way tls|tcp: sets $over, which goes before a command.
way()
{
	over=(engine_net env DOCKER_HOST=tcp://127.0.0.1:2375)
	[ "$1" = tcp ] || over=(engine_net env DOCKER_HOST=tcp://127.0.0.1:2376 DOCKER_TLS_VERIFY=1 "DOCKER_CERT_PATH=${certs:-$CENTERCTL_STATE/certs}")
	echo "over $1" >&2
}

# does CODE WORDS COMMAND...
does()
{
	local code=$1 words=$2
	shift 2
	echo "$*" >&2
	run timeout 20 "${over[@]}" centerctl "$@" </dev/null
	assert_status "$code" && assert_says "$words"
}

@test "every verb works over TLS with a client certificate, and over plain TCP" {
	local w
	for w in tls tcp; do
		way "$w"
		does 0 "start 0" logs tls-web
		does 0 tls-web ls -q --filter name=tls-web
		does 0 '"tls-web"' show --json tls-web
		does 0 "sleep 100000" top tls-web
		does 0 tls-web stats --json tls-web
		does 124 "still runs" wait --timeout 100ms tls-web
		does 0 "" signal -s CONT tls-web
		does 0 "" diff tls-web
		does 1 "connection refused" dial tls-web 9
		does 0 "" cp "$BATS_FILE_TMPDIR/template" "tls-web:/tmp/$w"
		does 0 "" cp "tls-web:/tmp/$w" "$BATS_TEST_TMPDIR/$w"
		cmp "$BATS_FILE_TMPDIR/template" "$BATS_TEST_TMPDIR/$w"
		"${over[@]}" centerctl backup tls-web >"$BATS_TEST_TMPDIR/tar"
		"${over[@]}" centerctl restore tls-web <"$BATS_TEST_TMPDIR/tar"
		[ "$({ printf '\0\0\0\5\1\0\0\0\3'; sleep 0.3; } | "${over[@]}" centerctl sftp tls-web | head -c 5 | od -An -tu1 | awk '{ print $5 }')" = 2 ]
	done
}

@test "logs -f and ls -w follow over TLS and over plain TCP, through a restart of the container" {
	local w dir=$BATS_TEST_TMPDIR
	for w in tls tcp; do
		way "$w"
		in_background "$dir/logs.$w" "${over[@]}" centerctl logs -f tls-web
		in_background "$dir/ls.$w" "${over[@]}" centerctl ls -a -w --json --filter name=tls-web
	done
	for w in tls tcp; do
		wait_until 5 said "$dir/logs.$w" "start 0"
		wait_until 5 last_json_is "$dir/ls.$w" '.[0].state == "running"'
	done
	docker restart -t 0 tls-web >/dev/null
	docker pause tls-web >/dev/null
	for w in tls tcp; do
		wait_until 10 said "$dir/logs.$w" "start 1"
		[ "$(cat "$dir/logs.$w")" = $'start 0\nstart 1' ]
		wait_until 5 last_json_is "$dir/ls.$w" '.[0].state == "paused"'
		[ ! -s "$dir/logs.$w.err" ] && [ ! -s "$dir/ls.$w.err" ]
	done
	docker unpause tls-web >/dev/null
}

# consecutive FILE: its lines are numbers, each one more than the one before.
consecutive()
{
	awk 'NR > 1 && $1 != last + 1 { print last, $1; bad = 1 } { last = $1 } END { exit bad || NR < 2 }' "$1"
}

@test "logs -f goes on when the engine itself is restarted, over TLS and through its socket" {
	local w dir=$BATS_TEST_TMPDIR last
	on docker
	up tls-ticks base sh -c 'n=0; while :; do n=$((n + 1)); echo $n; sleep 0.1; done'
	for w in tls socket; do
		[ "$w" = tls ] && way tls || over=()
		in_background "$dir/$w" "${over[@]}" centerctl logs -f tls-ticks
	done
	for w in tls socket; do
		wait_until 5 test -s "$dir/$w"
	done
	"$CENTERCTL_TOP/tests/lib/engine" restart "$CENTERCTL_STATE" docker 3>&-
	last=$(docker logs --tail 1 tls-ticks)
	for w in tls socket; do
		echo "$w: $(cat "$dir/$w.err")" >&2
		wait_until 12 said "$dir/$w" "$((last + 5))"
		consecutive "$dir/$w"
		[ ! -s "$dir/$w.err" ]
	done
}

# What follows, what asks, and what looks up before it enters.
asking=("logs -f tls-web" "ls -w" "show tls-web" "cp tls-web:/etc/passwd -")

# refused_by_all WORDS: by each of these, in one line, soon.
refused_by_all()
{
	local words
	for words in "${asking[@]}"; do
		echo "$words" >&2
		# shellcheck disable=SC2086 # words
		elapsed_ms timeout 20 "${over[@]}" centerctl $words </dev/null
		assert_refused "" && assert_matches "$1" && assert_within_ms 2000 || return
	done
}

@test "a client certificate that the engine does not accept, or none, is refused by every verb" {
	local certs=$BATS_TEST_TMPDIR/certs
	mkdir "$certs"
	cp "$CENTERCTL_STATE/certs/ca.pem" "$certs/"
	way tls
	refused_by_all 'TLS|certificate'
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=stranger -keyout "$certs/key.pem" -out "$certs/cert.pem" 2>/dev/null
	refused_by_all 'TLS|certificate'
	# A server's is no client's.
	cp "$BATS_FILE_TMPDIR/sound.pem" "$certs/cert.pem"
	cp "$BATS_FILE_TMPDIR/sound-key.pem" "$certs/key.pem"
	refused_by_all 'TLS|certificate'
}

# tls_engine CERTIFICATE [options of fake-engine.py]: an imitation with that certificate, on $port or any; sets $over, $port, $record and $imitation.
tls_engine()
{
	local name=$1 ready=$BATS_FILE_TMPDIR/ready
	shift
	rm -f "$ready"
	record=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/record
	: >"$record"
	docker inspect tls-web >"$BATS_FILE_TMPDIR/template"
	python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --listen "tcp:127.0.0.1:${port:-0}" --ready "$ready" --record "$record" --template "$BATS_FILE_TMPDIR/template" \
		--tls "$BATS_FILE_TMPDIR/$name.pem" "$BATS_FILE_TMPDIR/$name-key.pem" --client-ca "$CENTERCTL_STATE/certs/ca.pem" "$@" </dev/null >/dev/null 2>&1 3>&- &
	imitation=$!
	backgrounds+=" $imitation"
	wait_until 5 test -s "$ready"
	port=$(sed 's/.*://' "$ready")
	over=(env "DOCKER_HOST=tcp://localhost:$port" DOCKER_TLS_VERIFY=1 "DOCKER_CERT_PATH=$CENTERCTL_STATE/certs")
}

tls_engine_end()
{
	kill -KILL "$imitation"
	wait "$imitation" || true
}

@test "an engine whose certificate has ended, or is for another name, is told nothing by any verb" {
	local name
	for name in ended other; do
		tls_engine "$name"
		refused_by_all 'certificate'
		# Not even what was asked for.
		[ ! -s "$record" ]
		tls_engine_end
	done
}

asked_for()
{
	[ "$(grep -a -c "^GET [^ ]*$1" "$record")" -ge "$2" ]
}

# It takes ten seconds to give an engine up, in which the other tests are made: its connection is cut some times, and then there is an
# engine whose certificate has ended in the place of that one.
cut_a_follower()
{
	local port logs=$BATS_FILE_TMPDIR/follower
	tls_engine sound --stream cut-frame
	{
		"${over[@]}" centerctl logs -f tls-web >"$logs" 2>"$logs.err" </dev/null || echo $? >"$logs.code"
	} 3>&- &
	wait_until 5 asked_for /logs 3
	[ ! -s "$logs.err" ]
	tls_engine_end
	tls_engine ended
	echo "$imitation" >"$BATS_FILE_TMPDIR/stays"
	backgrounds=
}

@test "ls -w ends when the engine does not come back, and says why" {
	local ls=$BATS_TEST_TMPDIR/ls pid
	printf '[{"Id":"%064x","Names":["/some"],"Image":"i","Created":1,"State":"running","Status":"Up"}]' 1 >"$BATS_TEST_TMPDIR/rows"
	tls_engine sound --list "$BATS_TEST_TMPDIR/rows" --stream events-slow
	in_background "$ls" "${over[@]}" centerctl ls -w -q
	pid=$background
	wait_until 5 asked_for /events 1
	[ "$(head -n 1 "$ls")" = some ]
	tls_engine_end
	tls_engine ended
	wait_until 5 ended "$pid"
	status=0
	wait "$pid" || status=$?
	output=$(cat "$ls.err")
	assert_refused "certificate"
}

@test "a connection that is cut while it is followed is made again, and what makes that impossible is told" {
	local logs=$BATS_FILE_TMPDIR/follower
	grep -q "^out$" "$logs"
	wait_until 13 test -s "$logs.code"
	status=$(cat "$logs.code") output=$(cat "$logs.err")
	assert_refused "certificate"
	# What does not follow says at once where it was cut.
	tls_engine sound --stream cut-frame
	run timeout 20 bash -c '"$@" 2>&1 >/dev/null' - "${over[@]}" centerctl logs tls-web
	assert_refused "broke off in the middle"
}
