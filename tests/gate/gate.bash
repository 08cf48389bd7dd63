# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Loaded by every file here: `load gate`. The host of ours with its sshd (tests/lib/host.bash), and what these tests share.

load ../lib/common
load ../lib/host

long()
{
	[ "${CENTERCTL_LONG:-}" = 1 ]
}

# A tenth of what SHA-256 takes.
sum()
{
	cksum | cut -d ' ' -f 1
}

# bytes MIB: nothing that repeats before 16 MiB and 1 byte; zeroes would be too easy.
bytes()
{
	local seed=${BATS_FILE_TMPDIR:?}/seed
	[ -s "$seed" ] || head -c $((16 * 1024 * 1024 + 1)) /dev/urandom >"$seed"
	while cat "$seed"; do :; done 2>/dev/null | head -c $(($1 * 1024 * 1024))
}

# put_program TREE FILE...: Debian's programs and the libraries that they load.
put_program()
{
	local tree=$1 file
	shift
	for file in "$@" $(ldd "$@" | grep -oE '/[^ ]+' | grep -v ':$' | sort -u); do
		mkdir -p "$tree${file%/*}"
		cp -L "$file" "$tree$file"
	done
}

# The image `tools`: base with the far sides of rsync, scp and git.
tools_image()
{
	local tree=$BATS_FILE_TMPDIR/tree name
	! docker image inspect tools >/dev/null 2>&1 || return 0
	mkdir -p "$tree/bin"
	tar -C "$tree" -xf "$CENTERCTL_STATE/base.tar"
	rm -f "$tree/bin/rsync"
	put_program "$tree" /usr/bin/rsync /usr/bin/scp /usr/bin/git
	for name in git-upload-pack git-receive-pack git-upload-archive; do
		ln -sf git "$tree/usr/bin/$name"
	done
	tar -C "$tree" -c . | docker import - tools >/dev/null
	rm -rf "$tree"
}

# mux_open KEY: one connection for many sessions; `"$mux" ARGS...` is a session of it.
mux_open()
{
	mux=$BATS_TEST_TMPDIR/session
	gate_ssh "$1" -M -S "$BATS_TEST_TMPDIR/mux" -N -f </dev/null 3>&-
	wait_until 5 test -S "$BATS_TEST_TMPDIR/mux"
	cat >"$mux" <<-END
		#!/bin/sh
		exec nsenter -t $(cat "$host/holder") --mount --net -- \
			ssh -F none -o LogLevel=ERROR -S "$BATS_TEST_TMPDIR/mux" center@127.0.0.1 "\$@"
	END
	chmod +x "$mux"
	export mux
}

mux_close()
{
	[ -z "${mux:-}" ] || in_host ssh -F none -S "$BATS_TEST_TMPDIR/mux" -O exit center@127.0.0.1 2>/dev/null || true
}

# The ssh that runs these words on the host of ours.
ssh_with()
{
	pgrep -f -- "^ssh -F none .*$*"
}

# assert_gate_refused WORDS: exit code 125, nothing but one message of ours, with these words.
assert_gate_refused()
{
	assert_status 125 || return 1
	output=${output//$'\r'/}
	if [[ $output != centerctl:\ * ]]; then
		printf 'not a message of ours:\n%s\n' "$output" >&2
		return 1
	fi
	assert_says "$1"
}
