# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# EXIT STATUS of centerctl(1), verb by verb, as far as the front decides it. Where each of the others is tried:
#
#   exec, shell          the command's, 124, 126, 127, 128+n   tests/engine/exec.bats, errors.bats; 128+n before: faults.bats
#   debug                the same, of tools                    tests/engine/debug/strace.bats
#   at the gate          the same; 255 for signals             tests/gate/bytes.bats
#   wait 124             tests/engine/wait.bats; with several  tests/cli/questions.bats
#   diff 0, 1, 125       tests/engine/diff.bats                tests/cli/questions.bats
#   cp 0, 1, 125         tests/engine/cp.bats                  tests/cli/copy.bats
#   backup, restore      tests/engine/cp.bats; sftp: tests/gate/sftp.bats
#   dial 0, 1, 125       tests/engine/dial.bats, with 124: tests/gate/verbs.bats
#   logs, top -w, ls -w  124 by a rule's timeout=: tests/gate/verbs.bats
#   policy 0, 1, 125     tests/cli/policy.bats
#   keys 0, 1, 125       tests/cli/keys.bats; centerctl-keys: tests/gate/keys.bats
#   audit 0, 1, 125      tests/cli/audit.bats
#   doctor 0, 1, 2       tests/gate/doctor_host.bats, tests/engine/doctor.bats
load cli

# ends CODE WORDS...: centerctl with these ends so when what it started does.
ends()
{
	local code=$1
	shift
	steps "for web exit $code"
	echo "$*" >&2
	run "-$code" timeout 5 centerctl "$@" </dev/null
}

@test "what enters ends as what ran in there, code by code" {
	local code words
	for code in 0 1 2 124 126 127 129 137 255; do
		for words in "exec web true" "shell web" "debug --static busybox web true" "cp web:/x -" "cp - web:/x" "backup web" "restore web" "sftp web" "dial web 80"; do
			# shellcheck disable=SC2086 # words
			ends "$code" $words
		done
	done
}

@test "what is over by its time is 124, with every verb that has one" {
	local words
	for words in "exec web true" "logs -f web" "top -w web" "ls -w" "wait web" "stats -w web"; do
		steps "error 124 over" "exit 124"
		# shellcheck disable=SC2086 # words
		run timeout 5 centerctl $words </dev/null
		assert_status 124
	done
}

@test "what was refused is 125, in one line, with every verb" {
	local words
	for words in "exec web true" "shell web" "debug web" "ls" "show web" "logs web" "signal web" "top web" "stats web" "wait web" "diff web" "cp web:/x -" "cp - web:/x" \
		"backup web" "restore web" "sftp web" "dial web 80" "which 1"; do
		steps "error 125 no such container: web" "exit 125"
		# shellcheck disable=SC2086 # words
		run timeout 5 centerctl $words </dev/null
		assert_refused "no such container: web"
	done
}

@test "what nobody can mean is 125 with every verb, and nothing is started" {
	local verb
	for verb in exec shell debug ls show logs signal top stats wait diff cp backup restore sftp dial forward which "toolbox add" "toolbox build" "toolbox ls" "policy check" \
		"policy explain" "policy lint" audit "audit verify" sessions replay watch end "keys add" "keys remove" "keys list" "keys check" doctor nonsense; do
		# shellcheck disable=SC2086 # two words are two
		run timeout 5 centerctl $verb --no-such-option </dev/null
		assert_status 125
		[[ ${lines[0]} == "centerctl: "* ]] || [[ ${lines[0]} == "Usage: "* ]] || { echo "$verb: $output" >&2; false; }
	done
	[ ! -e log ]
}

@test "doctor is 125 where it does not look" {
	local words
	for words in "--only weather" "--min-severity awful" "-v --min-severity info" "-H tcp://somewhere:1"; do
		# shellcheck disable=SC2086 # words
		run timeout 20 centerctl doctor $words </dev/null
		assert_status 125
	done
}

@test "an answer that cannot be written is 125" {
	local words
	steps listing "exit 0"
	run bash -c 'centerctl ls >/dev/full'
	assert_refused "No space left"
	for words in version help "exec --help"; do
		run bash -c 'centerctl "$@" >/dev/full' - $words
		assert_status 125
	done
}
