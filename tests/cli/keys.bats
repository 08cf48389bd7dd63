# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# `centerctl keys`, on a file of its own.
load cli

# new NAME [ssh-keygen's options]
new()
{
	local name=$1
	shift
	[ $# -gt 0 ] || set -- -t ed25519
	ssh-keygen -q "$@" -N '' -C "$name@home" -f "$name"
}

keys()
{
	local word=$1
	shift
	run centerctl keys "$word" --file "$PWD/registry" "$@"
}

fingerprint()
{
	ssh-keygen -l -E sha256 -f "$1.pub" | cut -d ' ' -f 2
}

@test "a key is added from a file, from stdin and from words" {
	new anna
	new bob -t ecdsa
	new carol -t rsa -b 2048
	keys add anna anna.pub
	assert_status 0
	assert_output "added: anna $(fingerprint anna) (ED25519)"
	keys add bob - <bob.pub
	assert_status 0
	# shellcheck disable=SC2046 # words
	keys add carol $(cat carol.pub)
	assert_status 0
	keys add anna <(ssh-keygen -y -f anna)
	assert_says "there already"
	run cat registry
	[[ ${lines[0]} == 'restrict,pty,command="'*'/bin/centerctl-gate anna" ssh-ed25519 AAAA'*' anna@home' ]]
	[[ ${lines[2]} == *'centerctl-gate carol" ssh-rsa AAAA'*' carol@home' ]]
	[ "$(stat -c %a registry)" = 644 ]
	ssh-keygen -l -f registry >/dev/null
	keys check
	assert_status 0
	assert_output ""
}

@test "a key can be bound to a container" {
	new anna
	keys add anna anna.pub --container web-1
	assert_status 0
	assert_says ", bound to web-1"
	grep -q 'centerctl-gate anna --container web-1" ssh-ed25519' registry
	keys add bob --container 'we b' anna.pub
	assert_refused "no container's name"
}

@test "one key has one name, and one name one key" {
	new anna
	new bob
	keys add anna anna.pub
	keys add anna anna.pub
	assert_status 0
	assert_says "there already"
	cp registry before
	keys add mallory anna.pub
	assert_refused "this key is anna's already"
	keys add mallory anna.pub --replace
	assert_refused "this key is anna's already"
	keys add anna bob.pub
	assert_refused "anna has another key already"
	cmp registry before
	keys add anna bob.pub --replace
	assert_status 0
	keys list
	assert_says "$(fingerprint bob)"
	assert_silent_about "$(fingerprint anna)"
}

@test "what is no public key to rely on is refused" {
	new anna
	new old -t rsa -b 1024
	new dsa -t dsa 2>/dev/null || skip_or_fail "this ssh-keygen makes no DSA keys"
	keys add x anna
	assert_refused "private key"
	keys add x old.pub
	assert_refused "2048 bits"
	keys add x dsa.pub
	assert_refused "DSA"
	ssh-keygen -e -m RFC4716 -f anna.pub >rfc
	keys add x rfc
	assert_refused "ssh-keygen -i"
	ssh-keygen -q -s old -I id -n x anna.pub
	keys add x anna-cert.pub
	assert_refused "certificate"
	cat anna.pub old.pub >both
	keys add x both
	assert_refused "more than one line"
	echo "restrict $(cat anna.pub)" >options
	keys add x options
	assert_refused "something before the key"
	keys add x /dev/null
	assert_refused "there is no key"
	keys add x </dev/null
	assert_refused "no key on stdin"
	keys add x nowhere
	assert_refused "cannot read a public key from nowhere"
	keys add x "$(cut -c -41 anna.pub)"
	assert_refused "base64"
	[ ! -e registry ]
}

@test "names are plain words" {
	new anna
	local name
	for name in '' '-x' 'a b' 'a/b' 'a"b' $'a\nb' '*' "$(printf 'a%.0s' {1..65})"; do
		keys add -- "$name" anna.pub
		assert_status 125
	done
	[ ! -e registry ]
}

@test "a comment cannot become anything else" {
	new anna
	printf '%s %s\n' "$(cut -d ' ' -f 1,2 anna.pub)" $'x\e[31m\r"\\ssh-rsa AAAA #' >evil
	keys add anna evil
	assert_status 0
	[ "$(wc -l <registry)" = 1 ]
	run ! grep -q $'[\e\r]' registry
	keys list --json
	[ "$(jq -r '.[0].name' <<<"$output")" = anna ]
}

@test "lines that are not ours stay as they are" {
	new anna
	new bob
	printf '# by hand\n\nno key at all\n%s' "$(cat bob.pub)" >registry
	keys add anna anna.pub
	assert_status 0
	[ "$(head -n 4 registry)" = "$(printf '# by hand\n\nno key at all\n%s' "$(cat bob.pub)")" ]
	keys remove anna
	assert_status 0
	[ "$(cat registry)" = "$(printf '# by hand\n\nno key at all\n%s' "$(cat bob.pub)")" ]
	keys check
	assert_status 1
	assert_says "registry:3: sshd cannot use this line"
	assert_says "registry:4: there is no restrict"
	assert_says "registry:4: there is no command="
	run --separate-stderr centerctl keys list --file registry
	assert_status 0
	[[ $stderr == *"line 3"* ]]
}

@test "a key is removed by its name or its fingerprint" {
	new anna
	new bob
	keys add anna anna.pub
	keys add bob bob.pub
	keys remove carol
	assert_refused "there is no key"
	keys remove "$(fingerprint anna)"
	assert_status 0
	keys remove bob
	assert_status 0
	[ ! -s registry ]
	keys list --json
	assert_output "[]"
}

@test "list has a table and JSON" {
	new anna
	keys add anna anna.pub --container web
	keys list
	assert_says "NAME  TYPE     FINGERPRINT"
	assert_says "anna  ED25519  $(fingerprint anna)  web        anna@home"
	keys list --json
	[ "$(jq -c '.[0] | [.name, .type, .fingerprint, .container, .comment, .authority, .line]' <<<"$output")" = \
		"[\"anna\",\"ssh-ed25519\",\"$(fingerprint anna)\",\"web\",\"anna@home\",false,1]" ]
}

@test "the file is there, whole, at every moment" {
	new anna
	local n pids=()
	for n in {1..30}; do
		new "k$n"
	done
	keys add anna anna.pub
	for n in {1..30}; do
		centerctl keys add "k$n" "k$n.pub" --file registry >/dev/null &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		while alive "$n"; do
			grep -q 'centerctl-gate anna"' registry
			[ -z "$(tail -c 1 registry | tr -d '\n')" ]
		done
	done
	wait "${pids[@]}"
	[ "$(wc -l <registry)" = 31 ]
	keys check
	assert_status 0
	run ls -A
	assert_silent_about .registry.
}

@test "a disk that is full leaves the old file" {
	new anna
	new bob
	keys add anna anna.pub
	cp registry before
	run bash -c 'ulimit -f 0; trap "" XFSZ; centerctl keys add bob bob.pub --file registry'
	assert_status 125
	cmp registry before
	run ls -A
	assert_silent_about .registry.
}

@test "directories are made on the way" {
	new anna
	run centerctl keys add anna anna.pub --file "$PWD/a/b/registry"
	assert_status 0
	[ "$(stat -c %a a/b)" = 755 ]
	[ -s a/b/registry ]
	run centerctl keys add anna anna.pub --file /proc/no/registry
	assert_refused "cannot make the directory /proc/no"
}

@test "what stands beside a verb must belong to it" {
	run centerctl keys
	assert_refused "add, remove, list or check"
	run centerctl keys ad x
	assert_refused "did you mean add?"
	keys list --container web
	assert_refused "only for add"
	keys add x --json
	assert_refused "only for list"
	keys remove
	assert_refused "usage: centerctl keys remove"
	keys add
	assert_refused "usage: centerctl keys add"
	run centerctl keys check --no-such
	assert_refused "unknown option"
}

@test "the words that toolbox and docker have for list and remove lead to them" {
	keys ls
	assert_status 125
	assert_says 'keys does not know "ls" (did you mean list?)'
	keys rm anna
	assert_says 'keys does not know "rm" (did you mean remove?)'
}
