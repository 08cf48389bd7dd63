#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 31: a policy that somebody else may write to, a symbolic link, an access control list, a file that is half written or
# replaced while it is read.
# Proves: lib/base/rootpath and lib/priv/policy_store: every component of the path is root's alone and no link; and that any error
# anywhere in it refuses everything (lib/policy/load).

load attack

setup_file()
{
	host_start
	container policy-file base sleep 100000
}

setup()
{
	file=$host_conf/centerctl.conf
	policy <<-END
		include conf.d/*.conf
		allow user:alice to policy-file as app for exec
	END
	in_host sh -c 'umask 022; mkdir -p "$1/conf.d"; echo "deny * to other-*" >"$1/conf.d/a.conf"' - "$host_conf"
	entered
}

teardown()
{
	in_host sh -c 'chown -h root:root "$1" "$1/conf.d"; chmod 755 "$1" "$1/conf.d"; setfacl -b "$1" "$1/conf.d" 2>/dev/null; true' - "$host_conf"
	in_host chmod 755 "$host_prefix/etc" "$host_prefix"
	in_host chown root "$host_prefix/etc"
	no_policy
}

teardown_file()
{
	containers_gone policy-file
}

try()
{
	run as_user alice centerctl exec policy-file id -un
}

entered()
{
	try
	assert_output app
}

# Nobody gets in, not by what it says, and the text names the file.
refused()
{
	try
	assert_status 125 || return
	[[ $output == centerctl:* && $output != *$'\n'* ]] || return
	assert_says "$1"
}

@test "a file that others may write to, or own, is refused" {
	local mode
	for mode in 666 664 646 602 620; do
		in_host chmod "$mode" "$file"
		refused centerctl.conf
	done
	in_host chmod 644 "$file"
	in_host chown alice "$file"
	refused centerctl.conf
	in_host chown root "$file"
	in_host chgrp alice "$file"
	entered
	in_host chgrp root "$file"
	entered
}

@test "a file that is included is held to the same" {
	in_host chmod 666 "$host_conf/conf.d/a.conf"
	refused a.conf
	in_host chmod 644 "$host_conf/conf.d/a.conf"
	in_host chown alice "$host_conf/conf.d/a.conf"
	refused a.conf
	in_host chown root "$host_conf/conf.d/a.conf"
	in_host ln -sf a.conf "$host_conf/conf.d/b.conf"
	refused b.conf
	in_host rm "$host_conf/conf.d/b.conf"
	in_host mkfifo "$host_conf/conf.d/b.conf"
	elapsed_ms as_user alice centerctl exec policy-file id -un
	assert_status 125
	assert_within_ms 3000
	in_host rm "$host_conf/conf.d/b.conf"
	entered
}

@test "a directory on the way that others may write to, or own, is refused" {
	local dir
	for dir in "$host_conf/conf.d" "$host_conf" "$host_prefix/etc"; do
		in_host chmod 777 "$dir"
		refused "${dir##*/}"
		in_host chmod 775 "$dir"
		refused "${dir##*/}"
		in_host chmod 755 "$dir"
		in_host chown alice "$dir"
		refused "${dir##*/}"
		in_host chown root "$dir"
		entered
	done
}

@test "a symbolic link is refused, as the file and on the way" {
	in_host mv "$file" "$host_conf/real"
	in_host ln -s real "$file"
	refused centerctl.conf
	in_host rm "$file"
	in_host mv "$host_conf/real" "$file"
	in_host mv "$host_conf/conf.d" "$host_conf/real.d"
	in_host ln -s real.d "$host_conf/conf.d"
	refused conf.d
	in_host rm "$host_conf/conf.d"
	in_host mv "$host_conf/real.d" "$host_conf/conf.d"
	entered
}

@test "an access control list that lets somebody write is refused" {
	in_host setfacl -m u:alice:rw "$file" 2>/dev/null || skip_or_fail "no access control lists on this file system"
	refused centerctl.conf
	in_host setfacl -b "$file"
	in_host setfacl -m u:alice:rwx "$host_conf"
	refused "${host_conf##*/}"
	in_host setfacl -b "$host_conf"
	in_host chmod 755 "$host_conf"
	in_host setfacl -m u:alice:r "$file"
	entered
	in_host setfacl -b "$file"
	entered
}

@test "cut off at any byte, it never allows more" {
	policy_as_is <<-END
		engine unix://$CENTERCTL_STATE/docker/docker.sock
		deny user:alice to *
		allow user:alice,user:bob to policy-file as app for exec run "id -u" with no-tty
	END
	in_host cat "$file" >"$BATS_TEST_TMPDIR/whole"
	local n size step=7 line word
	! long || step=1
	size=$(stat -c %s "$BATS_TEST_TMPDIR/whole")
	for ((n = 0; n < size; n += step)); do
		head -c "$n" "$BATS_TEST_TMPDIR/whole" | policy_as_is
		as_user bob centerctl exec policy-file id -un </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 && return 1
		grep -q '^centerctl: ' "$BATS_TEST_TMPDIR/out"
	done
	# Between the words of the last rule, wherever that is.
	line=$(tail -n 1 "$BATS_TEST_TMPDIR/whole")
	for word in " run" ' "id' " with"; do
		head -c "$((size - ${#line} - 1))" "$BATS_TEST_TMPDIR/whole" >"$BATS_TEST_TMPDIR/cut"
		printf '%s' "${line%%"$word"*}" >>"$BATS_TEST_TMPDIR/cut"
		policy_as_is <"$BATS_TEST_TMPDIR/cut"
		run as_user bob centerctl exec policy-file id -un
		[ "$status" -ne 0 ]
	done
	policy_as_is <"$BATS_TEST_TMPDIR/whole"
	run as_user bob centerctl exec policy-file id -u
	assert_output 1000
}

@test "swapped while it is read, it is one or the other, or refused" {
	local loops=40 n bad=0 swapper
	! long || loops=2000
	# One allows alice app, the other root and denies app: a mixture would allow root as app's rule, or both.
	printf 'engine unix://%s/docker/docker.sock\nallow user:alice to policy-file as app for exec\n%s\n' "$CENTERCTL_STATE" "$(yes '# a comment that takes room' | head -n 3000)" |
		in_host sh -c 'umask 022; cat >"$1/one"' - "$host_conf"
	printf 'engine unix://%s/docker/docker.sock\ndeny user:alice to policy-file as app\n%s\nallow user:alice to policy-file as nobody for exec\n' "$CENTERCTL_STATE" \
		"$(yes '# a comment that takes room' | head -n 3000)" | in_host sh -c 'umask 022; cat >"$1/two"' - "$host_conf"
	host_exec=1 in_host sh -c 'cd "$1"; while [ -e one ]; do ln -f one new; mv new centerctl.conf; cp one in-place; ln -f two new; mv new centerctl.conf; done' - "$host_conf" \
		</dev/null >/dev/null 2>&1 3>&- &
	swapper=$!
	for ((n = 0; n < loops; n++)); do
		as_user alice centerctl exec policy-file id -un </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 || true
		case $(cat "$BATS_TEST_TMPDIR/out") in
		app | nobody | "centerctl: "*) ;;
		*) bad=1 ;;
		esac
	done
	in_host rm -f "$host_conf/one"
	wait "$swapper" || true
	in_host rm -f "$host_conf/two" "$host_conf/in-place" "$host_conf/new"
	[ $bad = 0 ]
}

@test "a change counts for the next session, whatever was kept of the old one" {
	local n
	for n in 1 2 3; do
		policy <<-END
			allow user:alice to policy-file as app for exec
		END
		try
		assert_output app
		policy <<-END
			allow user:alice to policy-file as nobody for exec
		END
		try
		assert_output nobody
		policy <<-END
			deny user:alice to policy-file
		END
		try
		assert_status 125
	done
}

@test "nothing is read from where the caller says" {
	as_user alice sh -c 'mkdir -p ~/etc/centerctl; printf "allow * to * as * for all with privileged\n" >~/etc/centerctl/centerctl.conf; cp ~/etc/centerctl/centerctl.conf ~/.centerctl.conf'
	policy <<-END
		deny user:alice to policy-file
	END
	run as_user alice env "XDG_CONFIG_HOME=$host/home/alice/etc" "CENTERCTL_CONFIG=$host/home/alice/etc/centerctl/centerctl.conf" "CENTERCTL_SYSCONFDIR=$host/home/alice/etc" \
		sh -c 'cd ~/etc/centerctl; exec centerctl exec policy-file id'
	assert_status 125
	assert_silent_about uid=
}
