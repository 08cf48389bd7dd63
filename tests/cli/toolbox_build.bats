#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# What builds toolboxes of packages (contrib/toolbox/build), with packages that are made here: the host's own sources are
# out of sight in the mount namespace in which apt runs.

load ../lib/common

setup()
{
	[ "$(id -u)" = 0 ] || skip_or_fail "toolboxes are root's"
	command -v apt-get >/dev/null && command -v ar >/dev/null || skip_or_fail "no apt here"
	build=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/contrib/toolbox/build
	# For apt's own user, too.
	here=$(mktemp -d /var/lib/centerctl-tests.build.XXXXXX)
	chmod 755 "$here"
	mkdir "$here"/{repository,box,outside}
	outside=$here/outside
}

teardown()
{
	rm -rf --one-file-system "${here:?}"
}

# tree NAME: the directory of what that package will hold.
tree()
{
	mkdir -p "$here/$1"
	echo "$here/$1"
}

# package NAME: makes it of its tree, and tells the repository. They are unpacked in the order of their names. By ar(1), since
# dpkg-deb makes no package of strange names, which others can.
package()
{
	local parts=$here/parts deb=$here/repository/$1_1_all.deb
	mkdir -p "$parts"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: of a test\n' "$1" >"$parts/control"
	echo 2.0 >"$parts/debian-binary"
	tar -C "$parts" -czf "$parts/control.tar.gz" ./control
	tar -C "$here/$1" --owner=0 --group=0 -czf "$parts/data.tar.gz" .
	ar rc "$deb" "$parts"/{debian-binary,control.tar.gz,data.tar.gz}
	{
		dpkg-deb -f "$deb"
		echo "Filename: ./${deb##*/}"
		echo "Size: $(stat -c %s "$deb")"
		echo "SHA256: $(sha256sum "$deb" | cut -d ' ' -f 1)"
		echo
	} >>"$here/repository/Packages"
}

# A package with all that a toolbox needs: a shell.
shell_package()
{
	local tree
	tree=$(tree shell)
	mkdir -p "$tree/usr/bin"
	cp "$(command -v busybox)" "$tree/usr/bin/sh"
	package shell
}

# build_of PACKAGE...: the toolbox, in $here/box.
build_of()
{
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount --propagation private sh -ec '
		mount -t tmpfs apt /etc/apt
		echo "deb [trusted=yes] copy:$1/repository ./" >/etc/apt/sources.list
		here=$1 build=$2
		shift 2
		exec "$build" "$here/box" "$@"' - "$here" "$build" shell "$@" </dev/null
	echo "$output" >&2
}

# Whatever became of it, apt brought the packages.
nothing_outside()
{
	assert_silent_about "has downloaded nothing" && assert_silent_about "cannot be" || return
	[ -z "$(find "$outside" ! -type d)" ]
}

@test "a toolbox is made of packages of a source" {
	local tree
	tree=$(tree hello)
	mkdir -p "$tree/usr/share/hello"
	echo hello >"$tree/usr/share/hello/text"
	shell_package
	package hello
	build_of hello
	assert_status 0
	[ "$(cat "$here/box/root/usr/share/hello/text")" = hello ]
	grep -qx 'packages: shell=1 hello=1' "$here/box/about"
}

@test "what a package has behind an absolute link of another's stays in the toolbox" {
	local a b
	a=$(tree a-link) b=$(tree b-file)
	mkdir -p "$a/usr/share" "$a$outside" "$b/usr/share/conf"
	ln -s "$outside" "$a/usr/share/conf"
	echo "from the package" >"$b/usr/share/conf/written"
	shell_package
	package a-link
	package b-file
	build_of a-link b-file
	nothing_outside
	assert_status 0
	[ "$(cat "$here/box/root/usr/share/conf/written")" = "from the package" ]
}

@test "a file of the toolbox's own is not written through a package's link" {
	local a name
	a=$(tree a-link)
	mkdir -p "$a/etc" "$a/var"
	for name in passwd group nsswitch.conf resolv.conf hosts ld.so.conf; do
		ln -s "$outside/$name" "$a/etc/$name"
	done
	ln -s "$outside" "$a/etc/ssl"
	shell_package
	package a-link
	build_of a-link
	nothing_outside
}

# behind LINK TARGET FILE: a package with that link, and one with a file behind it.
behind()
{
	local a b
	a=$(tree a-link) b=$(tree b-file)
	mkdir -p "$a/$(dirname "$1")" "$b/$(dirname "$3")"
	ln -s "$2" "$a/$1"
	echo "from the package" >"$b/$3"
	shell_package
	package a-link
	package b-file
	build_of a-link b-file
	nothing_outside
}

@test "a link that climbs out of the toolbox is refused, others are as they were" {
	local a
	a=$(tree a-link)
	mkdir -p "$a/usr/share/a" "$a/usr/lib/a"
	ln -s ../../lib/a "$a/usr/share/a/up"
	ln -s /usr/lib/a "$a/usr/share/a/absolute"
	ln -s a "$a/usr/lib/down"
	shell_package
	package a-link
	build_of a-link
	assert_status 0
	[ "$(readlink "$here/box/root/usr/share/a/up")" = ../../lib/a ]
	[ "$(readlink "$here/box/root/usr/share/a/absolute")" = ../../lib/a ]
	[ "$(readlink "$here/box/root/usr/lib/down")" = a ]
	rm -rf "$here"/{box,repository}/*
	ln -s ../../../outside "$a/usr/out"
	shell_package
	package a-link
	build_of a-link
	nothing_outside
	assert_status 1
	assert_says "out of the toolbox"
}

@test "nothing is unpacked behind a link that climbs out of the toolbox" {
	behind usr/share/conf ../../../../outside usr/share/conf/written
}

@test "nothing is unpacked behind a link that climbs out by another one" {
	local a
	a=$(tree a-link)
	mkdir -p "$a/usr"
	ln -s . "$a/usr/d"
	behind usr/x d/d/../../../outside usr/x/written
}

@test "a link that climbs out by one that comes with the file behind it leads nowhere" {
	local a b
	a=$(tree a-link) b=$(tree b-file)
	mkdir -p "$a/usr/x" "$b/usr/x"
	ln -s b/b/../../../../outside "$a/usr/x/y"
	ln -s . "$b/usr/x/b"
	mkdir "$b/usr/x/y"
	echo "from the package" >"$b/usr/x/y/written"
	shell_package
	package a-link
	package b-file
	build_of a-link b-file
	nothing_outside
}

# named_link NAME: a package whose link of that name leads out, and another one that has files below it.
named_link()
{
	local a b
	a=$(tree a-link) b=$(tree b-file)
	mkdir -p "$a/usr" "$b/$1"
	ln -s "$outside" "$a/$1"
	echo "from the package" >"$b/$1/written"
	shell_package
	package a-link
	package b-file
	build_of a-link b-file
	nothing_outside
}

@test "a link whose name has a line's end in it is one" {
	named_link $'usr/two\nlines'
}

@test "a link whose name has a tab in it is one" {
	named_link $'usr/two\twords'
}
