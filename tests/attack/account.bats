#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 8: the container's passwd decides the uid (CVE-2016-3697, CVE-2024-40635).
# Proves: the grammar of user specifications and accounts (lib/oci/account), and the range check of what
# centerctl-resolve answers (lib/priv/creds).

load attack

setup_file()
{
	container account base sleep 100000
	inside account /bin/sh -c 'cp /etc/passwd /etc/passwd.good; cp /etc/group /etc/group.good'
}

teardown_file()
{
	containers_gone account
}

setup()
{
	inside account /bin/sh -c 'cp /etc/passwd.good /etc/passwd; cp /etc/group.good /etc/group'
}

# put FILE: stdin becomes the container's file. (The engine's own exec would not survive some of these.)
put()
{
	inside account /bin/sh -c "cat >$1"
}

# Either refused, or with an identity that the words themselves name.
refused_or_id()
{
	[ "$status" -eq 125 ] && return
	assert_status 0 && assert_output "$1"
}

@test "digits are never a name in passwd" {
	printf '1000:x:0:0::/root:/bin/sh\nroot:x:0:0::/root:/bin/sh\n' | put /etc/passwd
	run centerctl exec -u 1000 account sh -c "id -u 2>/dev/null"
	assert_output 1000
}

@test "digits are never a name in group" {
	printf '2000:x:0:\nroot:x:0:\n' | put /etc/group
	run centerctl exec -u 1000:2000 account sh -c "id -g 2>/dev/null"
	assert_output 2000
	run centerctl exec -u 1000 --group-add 2000 account sh -c "id -G 2>/dev/null"
	assert_status 0
	[[ " $output " != *" 0 "* ]]
	[[ " $output " == *" 2000 "* ]]
}

@test "numbers outside the range of a uid are refused" {
	local user
	for user in -1 4294967295 4294967296 4294967297 18446744073709551616 99999999999999999999999; do
		run centerctl exec "--user=$user" account sh -c "id -u 2>/dev/null"
		assert_status 125
	done
}

@test "spellings of zero that are not digits are names, and no such user" {
	local user
	for user in +0 +1 0x0 0b0 '0 ' ' 0' $'0\t' '0,' 0.0 '-0' $'0\n' '٠'; do
		run centerctl exec "--user=$user" account sh -c "id -u 2>/dev/null"
		assert_status 125
	done
}

@test "names in passwd that look like numbers are not to be asked for" {
	local user
	for user in +0 -0 +1 -1 0x0 0X1; do
		printf '%s:x:0:0::/root:/bin/sh\n' "$user" | put /etc/passwd
		run centerctl exec "--user=$user" account id
		assert_status 125
	done
}

@test "zeros before a number do not change it" {
	run centerctl exec -u 00 account sh -c "id -u 2>/dev/null"
	refused_or_id 0
	run centerctl exec -u 001000 account sh -c "id -u 2>/dev/null"
	refused_or_id 1000
}

@test "an empty half of USER:GROUP is refused or means the default, never root" {
	run centerctl exec -u '1000:' account sh -c "id -u 2>/dev/null"
	refused_or_id 1000
	run centerctl exec -u ':0' account sh -c "id -u 2>/dev/null"
	refused_or_id 0
	run centerctl exec -u 'app:1000:0' account sh -c "id -u 2>/dev/null"
	assert_status 125
	run centerctl exec -u ':' account sh -c "id -u 2>/dev/null"
	refused_or_id 0
}

@test "groups outside the range are refused" {
	local group
	for group in -1 4294967295 4294967296 +1 0x0; do
		run centerctl exec -u "1000:$group" account sh -c "id -g 2>/dev/null"
		assert_status 125
		run centerctl exec -u 1000 "--group-add=$group" account sh -c "id -G 2>/dev/null"
		assert_status 125
	done
}

@test "a passwd entry with an impossible uid gives nobody's rights away" {
	local uid
	for uid in -1 4294967295 4294967296 4294967297 0x0 '' ' 0' +0 99999999999999999999 abc; do
		printf 'evil:x:%s:%s::/:/bin/sh\n' "$uid" "$uid" | put /etc/passwd
		run centerctl exec -u evil account sh -c "id -u 2>/dev/null"
		assert_status 125
	done
}

@test "a passwd entry with an impossible gid gives nobody's rights away" {
	local gid
	for gid in -1 4294967295 4294967296 '' 0x0; do
		printf 'evil:x:1000:%s::/:/bin/sh\n' "$gid" | put /etc/passwd
		run centerctl exec -u evil account sh -c "id -g 2>/dev/null"
		assert_status 125
	done
}

@test "the first entry of a name counts, later ones change nothing" {
	printf 'app:x:1000:1000::/:/bin/sh\napp:x:0:0::/root:/bin/sh\n' | put /etc/passwd
	run centerctl exec -u app account sh -c "id -u 2>/dev/null"
	assert_output 1000
}

@test "the home of a uid is that of its first entry" {
	printf 'one:x:1000:1000::/one:/bin/sh\ntwo:x:1000:1000::/two:/bin/sh\n' | put /etc/passwd
	run centerctl exec -u 1000 account sh -c 'echo "$HOME"'
	assert_output /one
}

@test "bytes that end a line or a field early make no user" {
	printf 'app\0:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n' | put /etc/passwd
	run centerctl exec -u app account sh -c "id -u 2>/dev/null"
	refused_or_id 1000
	printf 'x:y\nx:x:1000:1000::/:/bin/sh' | put /etc/passwd
	run centerctl exec -u x account sh -c "id -u 2>/dev/null"
	refused_or_id 1000
	printf '+app::0:0:::\n-app::0:0:::\n+::0:0:::\n' | put /etc/passwd
	run centerctl exec -u app account sh -c "id -u 2>/dev/null"
	assert_status 125
}

@test "a home with a newline or an equals sign makes no further variable" {
	printf 'app:x:1000:1000::/a=b LD_PRELOAD=/evil:/bin/sh\n' | put /etc/passwd
	run centerctl exec -u app account env
	assert_status 0
	run grep -c '^LD_PRELOAD' <<<"$output"
	assert_output 0
}

@test "a line of a megabyte and a file of empty lines are bounded" {
	{
		printf 'app:x:0:0:'
		head -c 900000 /dev/zero | tr '\0' a
		printf ':/:/bin/sh\n'
	} | put /etc/passwd
	elapsed_ms centerctl exec -u app account sh -c "id -u 2>/dev/null"
	refused_or_id 0
	assert_within_ms 4000
	yes '' | head -c 1000000 | put /etc/passwd
	elapsed_ms centerctl exec -u app account sh -c "id -u 2>/dev/null"
	assert_status 125
	assert_within_ms 4000
}

@test "a shell of the container's passwd cannot be more than a path" {
	local shell
	for shell in '/bin/sh -c id' '../../bin/sh' "$(printf '/bin/sh\001')" sh; do
		printf 'app:x:1000:1000::/:%s\n' "$shell" | put /etc/passwd
		if output=$(centerctl exec -u app account </dev/null 2>/dev/null); then
			[ -z "$output" ]
		fi
	done
}
