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
	for verb in exec shell debug top which ls toolbox policy "policy check" "policy explain" "policy lint" audit sessions replay watch end keys doctor help version; do
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
	assert_refused 'unknown verb "--foo"; see centerctl --help'
	run centerctl help nothing
	assert_refused 'unknown verb "nothing"'
}

@test "help and version take no more words than they use" {
	run centerctl version now
	assert_refused "version takes fewer words"
	run centerctl help exec exec
	assert_refused "help takes fewer words"
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

@test "the page's sections have exactly the options of debug, top, which and toolbox, beside those of exec" {
	page=$top/man/centerctl.1.scd
	for verb in debug top which toolbox; do
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

# The long options that a shell's completion has for a verb. debug and shell have those of exec, too.
completions_of()
{
	local verb=$1 shell=$2 file=$3 condition
	case $verb in
	debug | shell) completions_of exec "$shell" "$file" ;;
	esac
	case $shell in
	bash) sed -n "/^_centerctl_${verb// /_}_options=/,/)\$/p" "$file" | grep -oE '\-\-[a-z-]+' | sed 's/^--//' ;;
	zsh) sed -n "/# $verb options/,/# end/p" "$file" | grep -oE "[,'*)]--[a-z-]+" | sed 's/^.--//' ;;
	fish)
		condition="'__centerctl_words_are $verb'"
		[ "$verb" != exec ] || condition=__centerctl_needs_option
		[ "$verb" != debug ] || condition=__centerctl_needs_debug_option
		grep -oE "^complete -c centerctl -n $condition .* ?-l [a-z-]+" "$file" | sed 's/.* -l //'
		;;
	esac
}

@test "the completions know exactly the options of each verb" {
	for verb in exec shell debug top which toolbox ls "policy explain" audit sessions replay watch end keys doctor; do
		want=$(options_of "$verb" | sort)
		for file in bash/centerctl zsh/_centerctl fish/centerctl.fish; do
			have=$(completions_of "$verb" "${file%%/*}" "$top/contrib/completions/$file" | sort -u)
			[ "$want" = "$have" ] || { echo "$verb, $file:" >&2; diff <(echo "$want") <(echo "$have") >&2; false; }
		done
	done
}

# bash_completes LINE: the words that bash offers for its last one.
bash_completes()
{
	bash -c '
		. "$1"
		COMP_WORDS=($2)
		[[ $2 == *" " ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_centerctl
		printf "%s\n" "${COMPREPLY[@]}"' - "$top/contrib/completions/bash/centerctl" "$1"
}

@test "bash completes verbs, options, values and containers, and nothing behind the target" {
	printf '#!/bin/sh\nprintf "web\\nweb2\\ndb\\n"\n' >bin/docker
	chmod +x bin/docker
	run bash_completes "centerctl ex"
	assert_output exec
	run bash_completes "centerctl e"
	assert_output "$(printf '%s\n' exec end)"
	run bash_completes "centerctl exec --pr"
	assert_output "$(printf '%s\n' --privileged --preserve-fds)"
	run bash_completes "centerctl exec w"
	assert_output "$(printf '%s\n' web web2)"
	run bash_completes "centerctl exec -it -u app d"
	assert_output db
	run bash_completes "centerctl exec --ns m"
	assert_output mnt
	run bash_completes "centerctl exec web l"
	assert_output ""
	run bash_completes "centerctl debug --to"
	assert_output --toolbox
	run bash_completes "centerctl debug web --gdbs"
	assert_output --gdbserver
	run bash_completes "centerctl debug --pid 1 w"
	assert_output "$(printf '%s\n' web web2)"
	run bash_completes "centerctl debug web --gdbserver s"
	assert_output stdio
	run bash_completes "centerctl debug web gdb --pi"
	assert_output ""
	run bash_completes "centerctl debug web -- --pi"
	assert_output ""
	run bash_completes "centerctl debug --host-pid 1 w"
	assert_output ""
	run bash_completes "centerctl shell w"
	assert_output "$(printf '%s\n' web web2)"
	run bash_completes "centerctl shell web --js"
	assert_output ""
	run bash_completes "centerctl top d"
	assert_output db
	run bash_completes "centerctl toolbox b"
	assert_output build
	mkdir -p boxes/gdb boxes/tools
	export CENTERCTL_TEST_TOOLBOXDIR=$PWD/boxes
	run bash_completes "centerctl toolbox rm t"
	assert_output tools
	run bash_completes "centerctl debug --toolbox g"
	assert_output gdb
	run bash_completes "centerctl policy e"
	assert_output explain
	run bash_completes "centerctl policy explain --as key:x --f"
	assert_output "$(printf '%s\n' --from --for --file)"
	run bash_completes "centerctl policy explain --for s"
	assert_output shell
	run bash_completes "centerctl policy explain --as key:x d"
	assert_output db
	run bash_completes "centerctl ls --j"
	assert_output --json
	rm bin/docker
	printf '#!/bin/sh\necho broken >&2\nexit 1\n' >bin/docker
	chmod +x bin/docker
	run bash_completes "centerctl exec w"
	assert_output ""
}

@test "zsh and fish accept their completions" {
	for shell in zsh fish; do
		command -v "$shell" >/dev/null || skip_or_fail "no $shell"
	done
	zsh -n "$top/contrib/completions/zsh/_centerctl"
	fish -n "$top/contrib/completions/fish/centerctl.fish"
	run fish -c "source $top/contrib/completions/fish/centerctl.fish; complete -C 'centerctl exec --preser'"
	assert_says "--preserve-fds"
	run fish -c "source $top/contrib/completions/fish/centerctl.fish; complete -C 'centerctl debug web --gdbs'"
	assert_says "--gdbserver"
	run fish -c "source $top/contrib/completions/fish/centerctl.fish; complete -C 'centerctl debug web gdb --gdbs'"
	assert_silent_about "--gdbserver"
	run fish -c "source $top/contrib/completions/fish/centerctl.fish; complete -C 'centerctl policy explain --own'"
	assert_says "--own-user"
	run fish -c "source $top/contrib/completions/fish/centerctl.fish; complete -C 'centerctl exec -u app web --preser'"
	assert_silent_about "--preserve-fds"
}
