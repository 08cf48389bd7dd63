# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The completions, in the shells that they are for.
load cli

# What the completions ask about containers, toolboxes and sessions is answered here; all else is centerctl's own.
completes_with()
{
	rm bin/centerctl
	cat >bin/centerctl <<-END
		#!/bin/sh
		case "\$*" in
		"ls -q --filter can=exec" | "ls -q --filter can=shell" | "ls -q --filter can=debug" | "ls -q --filter can=cp") printf 'web\nweb2\ndb\n' ;;
		"ls -q --filter can=dial" | "ls -q --filter can=top" | "ls -q --filter can=diff") printf 'web\nweb2\ndb\n' ;;
		"ls -a -q --filter can=wait" | "ls -q -a --filter can=wait") printf 'web\ndb\n' ;;
		"ls -a -q --filter can=logs" | "ls -q -a --filter can=logs") printf 'web\nold\n' ;;
		"ls -a -q" | "ls -q -a") printf 'web\nweb2\ndb\n' ;;
		"ls --json") echo '[{"name": "web", "grants": [{"verbs": ["exec"], "users": ["app", "postgres"], "where": ""}, {"users": ["*"]}]}]' ;;
		"toolbox ls -q") printf 'tools\ngdb\n' ;;
		sessions) printf 'SESSION                     STATE\nabcdefghijklmnopqrstuvwxyz  running\n' ;;
		"keys list") printf 'NAME  FINGERPRINT\ndev-laptop  x\n' ;;
		*) exec "$build/cmd/centerctl/centerctl" "\$@" ;;
		esac
	END
	chmod +x bin/centerctl
}

setup_shells()
{
	for shell in "$@"; do
		command -v "$shell" >/dev/null || skip_or_fail "no $shell"
	done
	completes_with
	: >afile
}

# bash_completes LINE: what bash offers for its end, through the function that `complete -p` names. The words are split as
# readline does it, with = and : as words of their own.
bash_completes()
{
	bash --norc -c '
		. "$1"
		[[ $(complete -p centerctl) == "complete -F _centerctl centerctl" ]] || exit 1
		COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=()
		rest=$2
		while [[ $rest =~ ^[[:space:]]*([^[:space:]=:]+|[=:]+)(.*)$ ]]; do
			COMP_WORDS+=("${BASH_REMATCH[1]}")
			rest=${BASH_REMATCH[2]}
		done
		[[ $2 == *[[:space:]=:] ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_centerctl
		[ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' - "$top/contrib/completions/bash/centerctl" "$1" | sort
}

fish_completes()
{
	fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$top/contrib/completions/fish/centerctl.fish" "$1" | cut -f 1 | sort
}

# zsh takes a moment to start: what it offers for all lines of a test is asked at once.
zsh_asks()
{
	zsh -f "$top/tests/cli/complete.zsh" "$top/contrib/completions/zsh" "$@" >zsh.said
}

zsh_completes()
{
	grep -qxF "== $1" zsh.said || { echo "zsh was not asked about \"$1\"" >&2; return 1; }
	awk -v line="== $1" '/^== / { on = $0 == line; next } on' zsh.said | sort
}

# offers SHELL LINE WORD...: exactly these.
offers()
{
	local shell=$1 line=$2 is want
	shift 2
	is=$("${shell}_completes" "$line")
	want=$(printf '%s\n' "$@" | sort)
	[ "$is" = "$want" ] || {
		printf '%s offers for "%s":\n%s\nnot:\n%s\n' "$shell" "$line" "$is" "$want" >&2
		return 1
	}
}

options_of()
{
	# shellcheck disable=SC2086 # two words are two
	"$build/cmd/centerctl/centerctl" $1 --help | sed -nE 's/^  (-.,|   ) (--[a-z-]+).*/\2/p'
}

verbs()
{
	"$build/cmd/centerctl/centerctl" help | sed -nE 's/^  ([a-z]+) .*/\1/p'
}

# What all of them have to offer. `-` stands for nothing.
in_every_shell()
{
	local line shell lines=()
	setup_shells bash zsh fish
	cat >wanted
	while IFS='|' read -r line _; do
		lines+=("$line")
	done <wanted
	zsh_asks "${lines[@]}"
	for shell in bash zsh fish; do
		while IFS='|' read -r line words; do
			[ "$words" != - ] || words=
			# shellcheck disable=SC2086 # words
			offers $shell "$line" $words
		done <wanted
	done
}

@test "every shell offers every verb, and every long option of each" {
	{
		echo "centerctl |$(verbs | tr '\n' ' ')"
		for verb in $(verbs) "policy explain"; do
			case $verb in
			help | version | policy) continue ;;
			esac
			echo "centerctl $verb --|$(options_of "$verb" | tr '\n' ' ')"
		done
	} >lines
	[ "$(wc -l <lines)" -ge 16 ]
	in_every_shell <lines
}

@test "every shell offers containers that may be entered, and nothing of its own behind the target" {
	in_every_shell <<-'END'
		centerctl exec |web web2 db
		centerctl exec w|web web2
		centerctl exec -itu app d|db
		centerctl exec --user app d|db
		centerctl exec web |-
		centerctl exec web --pr|-
		centerctl shell w|web web2
		centerctl shell web --js|-
		centerctl debug --pid 1 w|web web2
		centerctl debug web --gdbs|--gdbserver
		centerctl debug web gdb --pi|-
		centerctl top d|db
		centerctl policy explain --as key:x d|db
	END
}

@test "every shell offers values where it knows them: users, toolboxes, namespaces, subjects" {
	in_every_shell <<-'END'
		centerctl exec -u |app postgres
		centerctl exec --user p|postgres
		centerctl debug --toolbox |tools gdb
		centerctl toolbox rm t|tools
		centerctl debug web --gdbserver |stdio
		centerctl policy explain --for sh|shell show
		centerctl ls --as u|user:
		centerctl signal -s HU|HUP
		centerctl keys remove |dev-laptop
		centerctl keys add --container w|web web2
	END
}

@test "every shell offers the IDs of sessions, and words behind a verb" {
	in_every_shell <<-'END'
		centerctl end |abcdefghijklmnopqrstuvwxyz
		centerctl watch |abcdefghijklmnopqrstuvwxyz
		centerctl toolbox |build add ls rm
		centerctl policy |check explain lint
		centerctl keys |add remove list check
		centerctl help sess|sessions
		centerctl ex|exec
	END
}

@test "both sides of cp and the middle of forward are containers, with the colon that follows" {
	in_every_shell <<-'END'
		centerctl cp we|web: web2:
		centerctl cp a we|web: web2:
		centerctl cp web:|-
		centerctl forward we|web: web2:
		centerctl wait web d|db
		centerctl logs |web old
		centerctl logs -n 3 -f |web old
		centerctl diff web |abcdefghijklmnopqrstuvwxyz
	END
	offers bash "centerctl forward 8080:d" db:
	offers fish "centerctl forward 8080:d" 8080:db:
}

@test "values behind = are completed, and options end at --" {
	setup_shells bash fish
	offers bash "centerctl exec --ns=m" mnt
	offers bash "centerctl exec --user=p" postgres
	offers bash "centerctl doctor --only=ho" host
	# What its trap takes is no signal of a process.
	offers bash "centerctl signal -s E"
	offers bash "centerctl signal -s J"
	offers fish "centerctl doctor --only=ho" --only=host
	offers fish "centerctl exec --ns=mn" --ns=mnt
	for shell in bash fish; do
		offers $shell "centerctl debug web -- --pi"
		offers $shell "centerctl exec -- w" web web2
		# shellcheck disable=SC2046 # words
		offers $shell "centerctl exec -T --" $(options_of exec)
	done
}

@test "a centerctl that fails, or is not there, offers nothing and says nothing" {
	setup_shells bash zsh fish
	printf '#!/bin/sh\necho broken >&2\nexit 1\n' >bin/centerctl
	zsh_asks "centerctl exec " "centerctl ex"
	for shell in bash fish zsh; do
		run "${shell}_completes" "centerctl exec "
		assert_output ""
		run "${shell}_completes" "centerctl ex"
		assert_output ""
	done
}

@test "at a real prompt, bash completes with a tab" {
	setup_shells bash
	run -0 python3 "$top/tests/lib/pty.py" send ". $top/contrib/completions/bash/centerctl\\r" send "centerctl exec --priv\\t" expect "--privileged" send "\\x15" send "centerctl forward 8080:d\\t" expect "8080:db:" send "\\x15exit\\r" -- bash --norc -i
	assert_says "--privileged"
}
