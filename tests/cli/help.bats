# SPDX-License-Identifier: ISC
# shellcheck shell=bash
load cli

# The long options of a verb, from its table by way of --help.
options_of()
{
	# shellcheck disable=SC2086 # two words are two
	centerctl $1 --help | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\2/p'
}

letters_of()
{
	# shellcheck disable=SC2086 # two words are two
	centerctl $1 --help | sed -nE 's/^  -(.), --.*/\1/p'
}

@test "centerctl alone shows short help on stderr and fails with 125" {
	run centerctl
	assert_status 125
	assert_says "Usage: centerctl VERB"
	[ -z "$(centerctl 2>/dev/null || true)" ]
}

@test "help goes to stdout" {
	run bash -c 'centerctl --help 2>/dev/null'
	assert_status 0
	assert_says "  exec "
	run bash -c 'centerctl help 2>/dev/null'
	assert_says "  exec "
	run bash -c 'centerctl exec --help 2>/dev/null'
	assert_status 0
	assert_says "--preserve-fds N"
	help=$output
	run centerctl help exec
	assert_output "$help"
	run centerctl exec -h
	assert_output "$help"
}

@test "every verb has help that names its options" {
	for verb in exec shell debug ls show logs signal top stats wait diff cp backup restore sftp dial forward which toolbox policy "policy check" "policy explain" "policy lint" audit sessions replay watch end keys doctor help version; do
		# shellcheck disable=SC2086 # two words are two
		run centerctl $verb --help
		assert_status 0
		assert_says "Usage: centerctl $verb"
		assert_says "--help"
	done
}

@test "version is the project's" {
	want="centerctl $(sed -nE "s/^  version: '(.*)',/\1/p" "$top/meson.build")"
	for words in --version -V version; do
		run centerctl $words
		assert_status 0
		assert_output "$want"
	done
}

@test "an unknown verb is named, with the one that was meant" {
	run centerctl exce web
	assert_refused 'unknown verb "exce" (did you mean exec?); see centerctl --help'
	run centerctl --foo
	assert_refused '--foo stands before the verb: options come behind it, as in centerctl exec -H URL web'
	run centerctl -H unix:///run/docker.sock exec web true
	assert_refused '-H stands before the verb: options come behind it'
	run centerctl help nothing
	assert_refused 'unknown verb "nothing"'
}

@test "words of docker, kubectl and ssh lead to the verb that does the same" {
	local pair
	for pair in start:signal pause:signal rm:signal tail:logs journalctl:logs describe:show events:ls get:ls kill:signal stop:signal restart:signal inspect:show ps:ls ps:top attach:shell enter:exec run:exec sh:shell bash:shell ssh:shell \
		copy:cp scp:cp port-forward:forward export:backup save:backup log:logs monitor:stats port:show port:forward container:ls; do
		run centerctl "${pair%:*}" web
		assert_refused "unknown verb \"${pair%:*}\": what is meant may be centerctl "
		assert_matches "centerctl ${pair#*:}([^a-z]|\$)"
	done
	run centerctl stop web
	assert_says "starting and stopping a container is its engine's"
	run centerctl expor
	assert_silent_about "what is meant"
}

@test "help and version take no more words than they use" {
	run centerctl version now
	assert_refused "version takes fewer words"
	run centerctl help exec exec
	assert_refused 'exec has no "exec": centerctl help exec shows what it has'
	run centerctl help policy check all
	assert_refused "help takes fewer words"
	run centerctl help policy --json
	assert_refused 'policy has no "--json"'
	want=$(centerctl policy explain --help)
	run centerctl help policy explain
	assert_status 0
	assert_output "$want"
	run centerctl version --foo
	assert_refused "unknown option --foo; see centerctl version --help"
}

@test "help that cannot be written is an error" {
	run bash -c 'centerctl exec --help >/dev/full'
	assert_status 125
	assert_says "cannot write the output: No space left on device"
}

@test "every option of exec is in the man page and every one in the page exists" {
	page=$top/man/centerctl.1.scd
	help=$(options_of exec | sort)
	[ -n "$help" ]
	in_page=$(sed -n '/^# OPTIONS/,/^# EXIT STATUS/p' "$page" | grep '^\*-' | grep -oE '\*--[a-z-]+\*' | tr -d '*' | sed 's/^--//' | sort)
	[ "$help" = "$in_page" ] || { diff <(echo "$help") <(echo "$in_page") >&2; false; }
	for letter in $(letters_of exec); do
		grep -qE "^\*-$letter\*" "$page" || { echo "-$letter is not in the page" >&2; false; }
	done
}

@test "the page's sections have exactly the options of their verbs, beside those of exec" {
	page=$top/man/centerctl.1.scd
	for verb in debug which toolbox ls show logs signal top stats wait diff cp backup restore sftp dial forward; do
		if [ $verb = debug ]; then
			of_page=$(comm -23 <(options_of debug | sort) <(options_of exec | grep -vx json | sort))
		else
			of_page=$(options_of $verb | grep -vx help | sort)
		fi
		in_page=$(sed -n "/^## centerctl $verb\$/,/^##* [^c]/p" "$page" | sed "1d; /^## /,\$d" | grep '^\*-' |
			grep -oE '\*--[a-z-]+\*' | tr -d '*' | sed 's/^--//' | sort)
		[ "$of_page" = "$in_page" ] || { echo "$verb:" >&2; diff <(echo "$of_page") <(echo "$in_page") >&2; false; }
	done
}

@test "every verb of the help is in the page's synopsis" {
	page=$top/man/centerctl.1.scd
	for verb in $(centerctl help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		sed -n '/^# SYNOPSIS/,/^# DESC/p' "$page" | grep -qE "^\*centerctl ${verb}[ *]" || { echo "no $verb" >&2; false; }
	done
}
