#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 28 for every verb: words that are no name, prefixes of IDs, a container that is called like another's ID.
# Proves: the grammar before an engine is asked, and that its answer has to be the one that was asked for (enter's look-up), in the
# verbs that came later as in exec.
#
# Each test is about all the verbs in $typed, where it does not say which; exec and shell have identity.bats, and ls takes no container:
# "names and states that are none are no rows" in verbs_lines.bats. `which` takes a number (debug_power.bats).

load attack

# What each verb is typed like, with NAME for the container.
typed=("show NAME" "logs NAME" "signal -s CONT NAME" "top NAME" "stats NAME" "wait --timeout 200ms NAME" "diff NAME" "cp NAME:/etc/hostname -"
	"cp - NAME:/tmp" "backup NAME" "restore NAME" "sftp NAME" "dial NAME 7000" "debug --static busybox NAME true")

setup_file()
{
	host_start
	container vnames base sh -c 'echo mine; exec sleep 76001'
	container vnames-other base sh -c 'echo theirs; exec sleep 76002'
	policy <<-END
		allow user:alice  to vnames as root for all
		allow key:vnames  to vnames as root for all
	END
	gate_key vnames
}

teardown()
{
	fake_stop
}

teardown_file()
{
	containers_gone vnames vnames-other vnames-victim
	host_clean
}

# type_it WHO WORDS NAME: sets $output, which must show nothing of a container.
type_it()
{
	local who=$1 words=() word
	for word in $2; do
		words+=("${word//NAME/$3}")
	done
	if [ "$who" = root ]; then
		run timeout -k 1 10 centerctl "${words[@]}" </dev/null
	else
		run as_user "$who" timeout -k 1 10 centerctl "${words[@]}" </dev/null
	fi
}

nothing_told()
{
	assert_status 125 || { echo "$*" >&2; return 1; }
	assert_silent_about mine
	assert_silent_about theirs
	assert_silent_about 7600
}

@test "what is no name is refused by every verb before any engine is asked" {
	local words name turn=0
	fake_start --template "$(template vnames)"
	for words in "${typed[@]}"; do
		for name in 'a/b' '%76names' '../vnames' 'vnames?x=1' 'vnames#' $'vn\names' $'vnames\r\nHost: x' 'vnames json' '.' '..' '-vnames' \
			"$(printf 'a%.0s' {1..300})" 'vnämes' $'v\xff'; do
			local split=() word
			turn=$((turn + 1))
			# Each name with a third of the verbs, each verb with a third of the names.
			[ $((turn % 3)) = 0 ] || long || continue
			for word in $words; do
				split+=("${word//NAME/$name}")
			done
			run timeout -k 1 10 centerctl "${split[0]}" -H "$fake" "${split[@]:1}" </dev/null
			nothing_told "${split[@]}"
		done
	done
	[ ! -s "$fake_record" ] || { cat "$fake_record" >&2; false; }
}

@test "an engine's slash before the name is no name but for sftp at the gate" {
	local words
	for words in "${typed[@]}"; do
		[[ $words != *stats* ]] || continue
		type_it root "$words" /vnames
		nothing_told "$words"
		[[ $words != sftp* ]] || continue
		# shellcheck disable=SC2086 # words
		run gate_ssh vnames ${words//NAME//vnames} </dev/null
		nothing_told "$words at the gate"
	done
}

@test "short prefixes of an ID are denied to those who are not root, by every verb" {
	local words id n
	id=$(container_id vnames)
	for words in "${typed[@]}"; do
		n=3
		type_it alice "$words" "${id:0:n}"
		nothing_told "$words"
		assert_says "not permitted, or there is no such container"
		n=11
		type_it alice "$words" "${id:0:n}"
		nothing_told "$words"
	done
	type_it alice "logs NAME" "${id:0:12}"
	assert_output mine
}

@test "the ID of one that is not permitted gets nobody anywhere" {
	local words id
	id=$(container_id vnames-other)
	for words in "${typed[@]}"; do
		type_it alice "$words" "$id"
		nothing_told "$words"
		type_it alice "$words" "${id:0:12}"
		nothing_told "$words"
	done
}

@test "a container that is called like the beginning of another's ID is not taken for it" {
	local words id
	id=$(container_id vnames)
	# The engine prefers a full ID, then a name, then a prefix.
	docker rename vnames-other "${id:0:12}"
	type_it alice "logs NAME" "${id:0:12}"
	[ "$status" = 125 ] || assert_output mine
	assert_silent_about theirs
	type_it alice "top NAME" "${id:0:12}"
	assert_silent_about 76002
	type_it alice "cp NAME:/etc/hostname -" "${id:0:12}"
	assert_silent_about "$(docker inspect -f '{{.Config.Hostname}}' "${id:0:12}")"
	docker rename "${id:0:12}" "$(tr 0-9a-f 1-9a-f0 <<<"$id" | cut -c 1-64)"
	type_it alice "logs NAME" "$id"
	assert_output mine
	docker rename "$(tr 0-9a-f 1-9a-f0 <<<"$id" | cut -c 1-64)" vnames-other
}

@test "an engine that answers for another is believed by no verb" {
	local words
	fake_start --template "$(template vnames-other)"
	for words in "${typed[@]}"; do
		local split=() word
		for word in $words; do
			split+=("${word//NAME/vnames}")
		done
		run timeout -k 1 20 centerctl "${split[0]}" -H "$fake" "${split[@]:1}" </dev/null
		nothing_told "${split[@]}"
	done
	# And none of them asked for anything after that.
	run ! grep -q -a -E '^(POST|PUT|DELETE)' "$fake_record"
	run ! grep -q -a /logs "$fake_record"
}

@test "pid: is no way around the policy" {
	local words pid
	pid=$(container_pid vnames)
	for words in "${typed[@]}"; do
		[[ $words != cp* ]] || continue
		type_it alice "$words" "pid:$pid"
		nothing_told "$words"
		type_it alice "$words" pid:1
		nothing_told "$words"
	done
}

@test "case counts" {
	local words
	for words in "${typed[@]}"; do
		type_it alice "$words" VNAMES
		nothing_told "$words"
	done
}
