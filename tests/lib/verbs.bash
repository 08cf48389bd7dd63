# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What tests of the verbs beside exec, shell and debug share, loaded after common.bash: the same test with a container of
# docker's and with one of podman's.
#
#   for engine in $engines; do
#       on "$engine"
#       up web base sleep 100000          a container of that engine's
#       run ctl logs web                  centerctl, asking that engine
#       eng pause web                     docker, or podman

engines="docker podman"

# on ENGINE: whom eng, up, down and ctl are about from now on. What it prints shows only where a test fails.
on()
{
	engine=$1
	engine_url=$DOCKER_HOST
	[ "$1" = docker ] || engine_url=$PODMAN_HOST
	echo "engine: $1" >&2
}

eng()
{
	case $1 in
	# Nothing here minds being killed.
	stop | restart) "$engine" "$1" -t 0 "${@:2}" ;;
	*) "$engine" "$@" ;;
	esac
}

# up NAME [run's options] IMAGE [COMMAND...]
up()
{
	local name=$1 with=(--network none)
	shift
	[ "$engine" = docker ] || with+=(--log-driver k8s-file)
	runs "$engine" --name "$name" "${with[@]}" "$@"
}

# down NAME...: for teardown too, where they may be gone already.
down()
{
	if [ "$engine" = docker ]; then
		docker rm -f -v "$@" >/dev/null 2>&1 || true
	else
		podman rm -f -v -i -t 0 "$@" >/dev/null 2>&1 || true
	fi
}

# both_down NAME...: with either engine.
both_down()
{
	for engine in $engines; do
		down "$@"
	done
}

ctl()
{
	local verb=$1
	shift
	centerctl "$verb" -H "$engine_url" "$@"
}

# in_background FILE COMMAND...: stdout to FILE, stderr to FILE.err; sets $background, which background_end ends.
in_background()
{
	local to=$1
	shift
	"$@" >"$to" 2>"$to.err" </dev/null 3>&- &
	background=$!
	backgrounds+=" $background"
}

backgrounds=

# For teardown.
background_end()
{
	local pid
	for pid in $backgrounds; do
		kill -TERM "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	backgrounds=
}

# ended PID: it has, however.
ended()
{
	! alive "$1"
}

# said FILE WORDS
said()
{
	grep -qF -- "$2" "$1"
}

# said_count FILE WORDS N: so many lines have them.
said_count()
{
	[ "$(grep -cF -- "$2" "$1")" -eq "$3" ]
}

# eng_pid NAME: its first process.
eng_pid()
{
	eng inspect -f '{{.State.Pid}}' "$1"
}

eng_id()
{
	eng inspect -f '{{.Id}}' "$1"
}

# eng_root NAME: its root, as the host sees it, which is faster than asking an engine to execute something there.
eng_root()
{
	echo "/proc/$(eng_pid "$1")/root"
}

# inner PID: the innermost number of a process of the host's.
inner()
{
	awk '$1 == "NSpid:" { print $NF }' "/proc/$1/status"
}

# The host's number of a container's process: of NAME, which has this argument vector.
host_pid_of()
{
	local name=$1 pid
	shift
	pid=$(pgrep --ns "$(eng_pid "$name")" --nslist pid -fx -- "$*" | head -n 1)
	[ -n "$pid" ] && echo "$pid"
}

has_process()
{
	[ -n "$(host_pid_of "$@")" ]
}

# json FILTER: of $output; every --json has to be one document.
json()
{
	jq -ec "$1" <<<"$output" || {
		printf 'no %s in:\n%s\n' "$1" "$output" >&2
		return 1
	}
}

# assert_json FILTER: it is true.
assert_json()
{
	json "$1" >/dev/null
}

# last_json FILE: the last whole document of several.
last_json()
{
	python3 - "$1" <<-'END'
		import json, sys
		text, last, at = open(sys.argv[1], encoding="utf-8").read(), None, 0
		while True:
		    while at < len(text) and text[at].isspace():
		        at += 1
		    try:
		        last, at = json.JSONDecoder().raw_decode(text, at)
		    except ValueError:
		        break
		print(json.dumps(last))
	END
}

# last_json_is FILE FILTER: is true of it.
last_json_is()
{
	last_json "$1" | jq -e "$2" >/dev/null 2>&1
}

# listening_proxy TARGET: an engine's socket in front of TARGET, which writes down each request's first line; sets $proxy to
# its URL, $proxy_record, and $background.
listening_proxy()
{
	local dir
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/proxy.XXXXXX")
	proxy_record=$dir/record
	: >"$proxy_record"
	in_background "$dir/ready" python3 "$CENTERCTL_TOP/tests/lib/engine-proxy.py" "$dir/sock" "${1#unix://}" "$proxy_record"
	wait_until 5 test -s "$dir/ready"
	proxy=unix://$dir/sock
}

# requests: how many the proxy has seen.
requests()
{
	wc -l <"$proxy_record"
}
