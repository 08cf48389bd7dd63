# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Loaded by every bats file that needs an engine: `load ../lib/common`. The engines themselves belong to the whole run:
# see engine.bash, and setup_suite in suite.bash. What is set when a test runs:
#
#   PATH                 begins with a directory holding centerctl, docker, podman (private storage), python3, engine_net
#   DOCKER_HOST          the private engine; live-restore, no bridge
#   REMAP_HOST           the same with --userns-remap
#   PODMAN_HOST          podman's service for the storage that `podman` uses
#   CENTERCTL_STATE      directory of the run; STATE/certs has ca.pem cert.pem key.pem for the TLS port 2376 of the engine's
#                        own network namespace, where plain 2375 answers too: `engine_net COMMAND...`
#   CENTERCTL_LIBEXEC    where centerctl-enter and centerctl-resolve are
#   CENTERCTL_TOP        the source tree

# shellcheck source=tests/lib/processes.bash
. "${BASH_SOURCE[0]%/*}/processes.bash"

# `run -N`, without which bats warns of each command that is expected to exit with 127.
bats_require_minimum_version 1.5.0

# Says why a test cannot run here. With CENTERCTL_MUST_WORK=1 nothing may be left out silently.
skip_or_fail()
{
	if [ "${CENTERCTL_MUST_WORK:-}" = 1 ]; then
		echo "would be skipped, but CENTERCTL_MUST_WORK=1: $*" >&2
		return 1
	fi
	skip "$*"
}

now_ms()
{
	local t=${EPOCHREALTIME/[.,]/}
	echo $((t / 1000))
}

# elapsed_ms COMMAND...: sets $elapsed and, as bats's run, $status and $output.
elapsed_ms()
{
	local from
	from=$(now_ms)
	run "$@"
	elapsed=$(($(now_ms) - from))
}

# wait_until SECONDS COMMAND...: repeats the command until it succeeds, at first soon, then less often, since looking at all processes
# takes time that others need; fails when it never did.
wait_until()
{
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) pause=2
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
		sleep "0.0$pause"
		[ $pause -ge 6 ] || pause=$((pause + 1))
	done
}

# wait_until, the other way round.
wait_until_not()
{
	wait_until "$1" fails "${@:2}"
}

fails()
{
	! "$@"
}

# A container that lasts as long as the file's tests: container NAME [docker run's options] IMAGE [COMMAND...]
container()
{
	local name=$1
	shift
	runs docker --name "$name" --network none "$@"
}

# runs ENGINE --name NAME ARGS...: `docker run -d`. On a machine that is very busy docker's own hook, which says to its daemon which network
# namespace the container has, fails now and then. Nothing of the container has run by then, nor has anything of ours: it is
# tried again, twice, and what the daemon has to say is shown. Any other failure is one.
runs()
{
	local tries=3 said
	until said=$("$1" run -d "${@:2}" 2>&1 >/dev/null); do
		printf '%s\n' "$said" >&2
		tries=$((tries - 1))
		[[ $1 == docker && $said == *"error running hook #0"* && $tries -gt 0 ]] || return 1
		tail -n 5 "$CENTERCTL_STATE/docker/log" >&2
		docker rm -f "$3" >/dev/null
	done
	[ -z "$said" ] || printf '%s\n' "$said" >&2
}

# Removes what setup_file made: containers_gone NAME...
containers_gone()
{
	docker rm -f -v "$@" >/dev/null 2>&1 || true
}

container_pid()
{
	docker inspect -f '{{.State.Pid}}' "$1"
}

container_id()
{
	docker inspect -f '{{.Id}}' "$1"
}

# PIDs on the host of the processes, in a container or not, whose whole argument vector is these words.
pids_with()
{
	pgrep -fx -- "$*"
}

process_with()
{
	pids_with "$@" >/dev/null
}

alive()
{
	[ -d "/proc/$1" ] && [ "$(awk '$1 == "State:" { print $2 }' "/proc/$1/status" 2>/dev/null)" != Z ]
}

# Asserts with a message that says what was there instead.
assert_status()
{
	[ "$status" -eq "$1" ] && return 0
	echo "exit code is $status, not $1; output: $output" >&2
	return 1
}

assert_output()
{
	[ "$output" = "$1" ] && return 0
	printf 'output is\n%s\nand not\n%s\n' "$output" "$1" >&2
	return 1
}

# assert_says WORDS: the output contains these words.
assert_says()
{
	[[ $output == *"$1"* ]] && return 0
	printf 'output does not say "%s":\n%s\n' "$1" "$output" >&2
	return 1
}

assert_silent_about()
{
	[[ $output != *"$1"* ]] && return 0
	printf 'output says "%s":\n%s\n' "$1" "$output" >&2
	return 1
}

# assert_refused WORDS: exit code 125 and exactly one line `centerctl: …` with these words.
assert_refused()
{
	assert_status 125 || return 1
	if [[ $output != centerctl:\ * || $output == *$'\n'* ]]; then
		printf 'not one line that begins with "centerctl: ":\n%s\n' "$output" >&2
		return 1
	fi
	assert_says "$1"
}

# assert_members "NAME=TYPE[|TYPE...] ...": $output is JSON, an array of objects with these members and no others. Beside jq's types:
# integer, time (RFC 3339).
assert_members()
{
	jq -e --arg spec "$1" '
		def kinds: [type]
			+ if type == "number" and floor == . then ["integer"] else [] end
			+ if type == "string" and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$") then ["time"]
			else [] end;
		($spec | split(" ") | map(split("=") | {(.[0]): (.[1] | split("|"))}) | add) as $want
		| length > 0 and all(.[]; . as $row | keys == ($want | keys) and all(keys[]; . as $name | $want[$name] - ($row[$name] | kinds) != $want[$name]))
	' <<<"$output" >/dev/null && return 0
	printf 'other members than %s:\n%s\n' "$1" "$output" >&2
	return 1
}

assert_within_ms()
{
	[ "$elapsed" -le "$1" ] && return 0
	echo "took $elapsed ms, more than $1; output: $output" >&2
	return 1
}

# pty.py drives a command on a real pseudo-terminal; see there.
pty()
{
	python3 "$CENTERCTL_TOP/tests/lib/pty.py" "$@"
}

# assert_matches REGEX: the output contains it, whatever the case.
assert_matches()
{
	grep -qiE -- "$1" <<<"$output" && return 0
	printf 'output does not match /%s/:\n%s\n' "$1" "$output" >&2
	return 1
}
