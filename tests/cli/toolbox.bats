# SPDX-License-Identifier: ISC
# shellcheck shell=bash
load cli

# Below a directory that is root's all the way up, as the real one is; /tmp is everybody's.
setup_file()
{
	export CENTERCTL_TEST_TOOLBOXDIR=/var/lib/centerctl-tests.cli.$$/toolbox
}

teardown_file()
{
	rm -rf "${CENTERCTL_TEST_TOOLBOXDIR%/toolbox}"
}

boxes()
{
	ls -A "$CENTERCTL_TEST_TOOLBOXDIR"
}

need_root()
{
	[ "$(id -u)" = 0 ] || skip_or_fail "toolboxes are root's"
	rm -rf "${CENTERCTL_TEST_TOOLBOXDIR%/toolbox}"
	above=${CENTERCTL_TEST_TOOLBOXDIR%/toolbox}
	mkdir -p "$above/fs/usr/bin"
}

# In place of the script that asks a distribution: it fills the directory that it is given.
script()
{
	printf '#!/bin/sh\n%s\n' "$1" >libexec/toolbox-build
	chmod +x libexec/toolbox-build
}

fills='mkdir "$1/root"; echo "$2" >"$1/root/file"; printf "made: now\npackages: %s\nsize: 5 KiB\n" "$2" >"$1/about"'

@test "a word that toolbox does not know is named, and so is what is missing" {
	run centerctl toolbox
	assert_refused "toolbox needs more words"
	run centerctl toolbox lst
	assert_refused 'toolbox does not know "lst" (did you mean ls?)'
	run centerctl toolbox add x
	assert_refused "usage: centerctl toolbox add NAME --directory DIR"
	run centerctl toolbox add x --directory /a --image b
	assert_refused "contradict each other"
	run centerctl toolbox build x --directory /a
	assert_refused "only for add"
	run centerctl toolbox ls --json -q
	assert_refused "contradict each other"
	run centerctl toolbox rm
	assert_refused "usage: centerctl toolbox rm"
}

@test "no name leaves the directory of toolboxes" {
	need_root
	for name in ../x a/b .x "" -- A "$(printf 'x%.0s' {1..65})"; do
		run centerctl toolbox rm -- "$name"
		assert_status 125
		run centerctl toolbox add --directory / -- "$name"
		assert_status 125
	done
	assert_says "no toolbox's name"
	[ -d "$above/fs" ]
	[ ! -e "$CENTERCTL_TEST_TOOLBOXDIR" ]
}

@test "only root changes toolboxes, and everybody lists them" {
	need_root
	script "$fills"
	centerctl toolbox build gdb x 2>/dev/null
	chmod 755 "$above"
	as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	cp -L bin/centerctl "$above/centerctl"
	cd /
	run as_nobody "$above/centerctl" toolbox rm gdb
	assert_refused "only root may change the toolboxes"
	run as_nobody "$above/centerctl" toolbox build gdb
	assert_refused "only root may change the toolboxes"
	run as_nobody "$above/centerctl" toolbox ls -q
	assert_output gdb
}

@test "a directory is taken by its path, and stays where it is" {
	need_root
	run centerctl toolbox add fs --directory "$above/fs//"
	assert_status 0
	[ "$(cat "$CENTERCTL_TEST_TOOLBOXDIR/fs/layers")" = "$above/fs" ]
	run centerctl toolbox rm fs
	assert_status 0
	[ -d "$above/fs/usr/bin" ]
	[ -z "$(boxes)" ]
}

@test "the host's own root is no toolbox, by whatever name" {
	need_root
	run centerctl toolbox add host --directory /
	assert_refused "the host's own root: its sockets, keys and configuration"
	mkdir "$above/bound"
	mount --bind / "$above/bound" || skip_or_fail "cannot mount here"
	run centerctl toolbox add host --directory "$above/bound"
	umount "$above/bound"
	assert_refused "the host's own root"
	[ -z "$(boxes)" ]
}

@test "a directory that others can change, or that is no root file system, is refused" {
	need_root
	run centerctl toolbox add x --directory "$above"
	assert_refused "is no root file system"
	chmod 777 "$above/fs"
	run centerctl toolbox add x --directory "$above/fs"
	assert_refused "can be written by others than root"
	chmod 755 "$above/fs"
	chown 1000 "$above/fs"
	run centerctl toolbox add x --directory "$above/fs"
	assert_refused "belongs to user 1000"
	ln -s "$above/fs" "$above/link"
	run centerctl toolbox add x --directory "$above/link"
	assert_refused "symbolic link"
	run centerctl toolbox add x --directory fs
	assert_refused "absolute path"
	run centerctl toolbox add x --directory "$above/a
b"
	assert_refused "line's end"
	[ -z "$(boxes)" ]
}

@test "an image is its layers, as centerctl-enter names them" {
	need_root
	steps "layers /var/lib/a /var/lib/b"
	run centerctl toolbox add image --image tools:1
	assert_status 0
	[ "$(cat "$CENTERCTL_TEST_TOOLBOXDIR/image/layers")" = "$(printf '%s\n' /var/lib/a /var/lib/b)" ]
	assert_logged verb 8
	assert_logged target tools:1
	run centerctl toolbox ls
	[[ ${lines[1]} =~ ^image\ +image\ .*tools:1$ ]]
}

@test "an image that is refused leaves nothing, and what has the name as it is" {
	need_root
	centerctl toolbox add x --directory "$above/fs"
	steps "error 125 no such image" "exit 125"
	run centerctl toolbox add x --image tools:1
	assert_refused "no such image"
	[ "$(cat "$CENTERCTL_TEST_TOOLBOXDIR/x/layers")" = "$above/fs" ]
	steps "layers relative"
	run centerctl toolbox add y --image tools:1
	assert_refused "a layer's path cannot be used"
	steps "layers"
	run centerctl toolbox add y --image tools:1
	assert_status 125
	[ "$(boxes)" = x ]
}

@test "a static program is copied, and only a static one of this machine" {
	need_root
	busybox=$(command -v busybox) || skip_or_fail "no busybox"
	file=$(readlink -f "$busybox")
	run centerctl toolbox add bb --static "$file"
	assert_status 0
	cmp "$file" "$CENTERCTL_TEST_TOOLBOXDIR/bb/tool"
	[ "$(stat -c %a "$CENTERCTL_TEST_TOOLBOXDIR/bb/tool")" = 755 ]
	run centerctl toolbox add ls --static /bin/ls
	assert_refused "is not linked statically"
	run centerctl toolbox add sh --static "$BATS_TEST_FILENAME"
	assert_refused "is no program"
	head -c 64 "$file" >shortened
	run centerctl toolbox add cut --static shortened
	assert_refused "is cut short"
	cp "$file" other
	printf '\xb7\x01' | dd of=other bs=1 seek=18 conv=notrunc status=none
	run centerctl toolbox add other --static other
	assert_refused "a program of another machine"
	run centerctl toolbox add dir --static /
	assert_refused "no regular file"
	mkfifo fifo
	run timeout 5 centerctl toolbox add fifo --static fifo
	assert_refused "no regular file"
	[ "$(boxes)" = bb ]
}

@test "build hands the packages to the script, and its work gets the name when it is done" {
	need_root
	script '[ "$2" = pkg ] && [ "$3" = other=1.2 ] && [ $# = 3 ] || exit 9; '"$fills"'; ls -A "${1%/*}" >'"$above/during"
	run centerctl toolbox build gdb pkg other=1.2
	assert_status 0
	assert_says "toolbox gdb is ready"
	[ "$(cat "$CENTERCTL_TEST_TOOLBOXDIR/gdb/root/file")" = pkg ]
	[ "$(stat -c %a "$CENTERCTL_TEST_TOOLBOXDIR/gdb")" = 755 ]
	[ "$(boxes)" = gdb ]
	run ! grep -x gdb "$above/during"
}

@test "a toolbox is replaced once the new one is whole, and the old one removed" {
	need_root
	script "$fills"
	centerctl toolbox build gdb one 2>/dev/null
	centerctl toolbox build gdb two 2>/dev/null
	[ "$(cat "$CENTERCTL_TEST_TOOLBOXDIR/gdb/root/file")" = two ]
	script 'mkdir "$1/root"; exit 1'
	run centerctl toolbox build gdb three
	assert_refused "what there was before is as it was"
	[ "$(cat "$CENTERCTL_TEST_TOOLBOXDIR/gdb/root/file")" = two ]
	[ "$(boxes)" = gdb ]
}

@test "a build that is ended by a signal leaves nothing, nor a process" {
	need_root
	script 'mkdir "$1/root"; echo $$ >'"$above/pid"'; sleep 60 & echo $! >>'"$above/pid"'; wait'
	centerctl toolbox build gdb &
	front=$!
	wait_until 5 test -s "$above/pid"
	from=$(now_ms)
	kill -TERM $front
	code=0
	wait $front || code=$?
	[ $code = 143 ]
	[ $(($(now_ms) - from)) -lt 10000 ]
	[ -z "$(boxes)" ]
	while read -r pid; do
		wait_until_not 5 kill -0 "$pid"
	done <"$above/pid"
}

@test "what a killed build left is removed by the next one, but not under a script that works on" {
	need_root
	script 'mkdir "$1/root"; trap "" TERM; echo $$ >'"$above/pid"'; for i in $(seq 100); do [ ! -e '"$above/go"' ] || exit; sleep 0.1; done'
	centerctl toolbox build gdb &
	front=$!
	wait_until 5 test -s "$above/pid"
	kill -KILL $front
	wait $front || true
	left=$(boxes)
	[[ $left == .gdb.* ]]
	centerctl toolbox add fs --directory "$above/fs"
	[ -d "$CENTERCTL_TEST_TOOLBOXDIR/$left/root" ]
	touch "$above/go"
	script=$(cat "$above/pid")
	wait_until_not 5 kill -0 "$script"
	centerctl toolbox add fs --directory "$above/fs"
	[ "$(boxes)" = fs ]
}

@test "other hidden names beside toolboxes are left alone" {
	need_root
	centerctl toolbox add fs --directory "$above/fs"
	mkdir "$CENTERCTL_TEST_TOOLBOXDIR/.snapshot" "$CENTERCTL_TEST_TOOLBOXDIR/.gdb.0123abcd" "$CENTERCTL_TEST_TOOLBOXDIR/.gdb.0123abcd.old"
	centerctl toolbox add fs --directory "$above/fs"
	[ "$(boxes)" = "$(printf '%s\n' .snapshot fs)" ]
}

@test "rm follows no link and crosses no mount" {
	need_root
	script "$fills"
	centerctl toolbox build gdb one 2>/dev/null
	mkdir "$above/precious"
	touch "$above/precious/file"
	ln -s "$above/precious" "$CENTERCTL_TEST_TOOLBOXDIR/gdb/root/link"
	ln -s "$above/precious" "$CENTERCTL_TEST_TOOLBOXDIR/linked"
	run centerctl toolbox rm gdb linked
	assert_status 0
	[ -e "$above/precious/file" ]
	[ -z "$(boxes)" ]
	centerctl toolbox build gdb one 2>/dev/null
	mkdir "$CENTERCTL_TEST_TOOLBOXDIR/gdb/root/mnt"
	mount --bind "$above/precious" "$CENTERCTL_TEST_TOOLBOXDIR/gdb/root/mnt" || skip_or_fail "cannot mount here"
	run centerctl toolbox rm gdb
	umount "$CENTERCTL_TEST_TOOLBOXDIR"/.gdb.*/root/mnt
	assert_refused "something is mounted below"
	[ -e "$above/precious/file" ]
	run centerctl toolbox rm gdb
	assert_refused 'there is no toolbox "gdb"'
	[ -z "$(boxes)" ]
}

@test "ls tells names, kinds and contents, and shows no control characters" {
	need_root
	run centerctl toolbox ls
	assert_output "NAME  KIND  SIZE  MADE  CONTENT"
	run centerctl toolbox ls --json
	assert_output "[]"
	script "$fills"
	centerctl toolbox build b $'x' 2>/dev/null
	centerctl toolbox add a --directory "$above/fs"
	printf 'image: evil\033[31m\n' >"$CENTERCTL_TEST_TOOLBOXDIR/a/about"
	mkdir "$CENTERCTL_TEST_TOOLBOXDIR/c" "$CENTERCTL_TEST_TOOLBOXDIR/NotOne"
	run centerctl toolbox ls
	assert_status 0
	[[ ${lines[1]} =~ ^a\ +image\ .*'evil\x1b[31m'$ ]]
	[[ ${lines[2]} =~ ^b\ +packages\ +5\ KiB\ +now\ +x$ ]]
	[[ ${lines[3]} =~ ^c\ +broken ]]
	[ ${#lines[@]} = 4 ]
	run centerctl toolbox ls -q
	assert_output "$(printf '%s\n' a b c)"
	run centerctl toolbox ls --json
	assert_says '"image": "evil\u001b[31m"'
	assert_says '{"name": "c", "kind": "broken"'
}

@test "the installed script refuses words that are no packages, and says what to do without apt" {
	script=$top/contrib/toolbox/build
	for word in -o --x 'a b' 'a;b' '$(id)' ../x; do
		run "$script" /nowhere "$word"
		assert_status 1
		assert_says "is no package's name"
	done
	run "$script"
	assert_says "usage: toolbox-build DIR"
	mkdir empty
	for tool in sh dirname; do ln -s "$(command -v $tool)" empty/$tool; done
	sed "s|^PATH=.*|PATH=$PWD/empty|" "$script" >script
	run sh script /nowhere
	assert_status 1
	assert_says "there is no apt-get here"
	assert_says "centerctl toolbox add NAME --directory DIR"
}
