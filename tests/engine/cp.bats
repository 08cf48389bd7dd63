# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# `centerctl cp`, `backup` and `restore`: files and trees both ways, from images that have nothing; and what a container
# that is hostile can do to the host by them, which is nothing.

load ../lib/common
load ../lib/verbs

setup_file()
{
	export here=$BATS_FILE_TMPDIR
	mkdir "$here/bind"
	echo bound >"$here/bind/file"
	echo single >"$here/single.conf"
	for engine in $engines; do
		on "$engine"
		up cp-web -v cp-data:/data -v cp-more:/more -v "$here/bind:/etc/bound" -v "$here/single.conf:/etc/single.conf" base sleep 100000
		up cp-other base sleep 100000
	done
	on docker
	up cp-static static /probe sleep 100000
	up cp-readonly --read-only -v cp-data:/data base sleep 100000
	make_tree "$here/tree"
	head -c 3000001 /dev/urandom >"$here/big"
}

teardown_file()
{
	both_down cp-web cp-other cp-static cp-readonly
	docker volume rm cp-data cp-more >/dev/null 2>&1 || true
	podman volume rm cp-data cp-more >/dev/null 2>&1 || true
}

setup()
{
	on docker
	cd "$BATS_TEST_TMPDIR" || return
}

teardown()
{
	background_end
	eng exec cp-web sh -c 'rm -rf /tmp/* /data/* /more/*'
	rm -rf "$CENTERCTL_LIBEXEC.cp-hostile"
}

# Of everything that there is something, with names that hurt.
make_tree()
{
	local deep
	deep=$(printf 'd%.0s' {1..200})
	mkdir -p "$1/sub/$deep/$deep/$deep" "$1/closed"
	echo one >"$1/one"
	ln "$1/one" "$1/sub/hard"
	ln -s one "$1/sym"
	ln -s /etc/passwd "$1/absolute"
	mkfifo "$1/fifo"
	: >"$1/empty"
	echo deep >"$1/sub/$deep/$deep/$deep/file"
	echo odd >"$1/$(printf 'a\377b\nc \033[31m')"
	echo set >"$1/suid"
	chown 1234:4000000000 "$1/suid"
	chmod 4751 "$1/suid"
	echo ro >"$1/closed/f"
	chmod 400 "$1/closed/f"
	touch -d '2001-02-03 04:05:06.789012345' "$1/one" "$1/closed" "$1/closed/f"
	touch -d '1960-01-01 00:00:00.5' "$1/empty"
	truncate -s 9G "$1/sparse"
	printf middle | dd of="$1/sparse" bs=1 seek=5G conv=notrunc status=none
	python3 - "$1/one" <<-'END'
		import os, sys
		os.setxattr(sys.argv[1], 'user.note', b'kept\0')
		os.setxattr(sys.argv[1], 'security.capability', bytes.fromhex('0100000200040000000000000000000000000000'))
	END
	chmod 500 "$1/closed"
}

# about TREE: what of it has to be the same, without owners and setuid bits with `plain`.
about()
{
	(
		cd "$1" || exit
		find . -mindepth 1 ! -type d ! -type l ! -name sparse -printf '%p %y %s %n\n'
		if [ "${2:-}" = plain ]; then
			find . -mindepth 1 ! -type l -perm -4000 -printf 'setuid %p\n' | sed 's/.*//;/^$/d'
			find . -mindepth 1 ! -type l ! -name suid -printf '%p %m %T@\n'
		else
			find . -mindepth 1 ! -type l -printf '%p %m %U:%G %T@\n'
			python3 -c '
import os
for f in ("one", "sub/hard"):
    print(sorted((n, os.getxattr(f, n)) for n in os.listxattr(f)))'
		fi
		find . -type l -printf '%p -> %l\n'
		find . -type f ! -name sparse -exec sha256sum {} +
		stat -c '%s %n' sparse
		dd if=sparse bs=1 skip=5G count=6 status=none
		[ "$(du -k sparse | cut -f 1)" -lt 1000 ] && echo holes
		[ one -ef sub/hard ] && echo linked
	) | LC_ALL=C sort
}

same()
{
	diff <(about "$1" "${3:-}") <(about "$2" "${3:-}")
}

@test "a tree goes in and comes back as it was, with -a" {
	for engine in $engines; do
		on "$engine"
		run ctl cp -a "$here/tree" cp-web:/tmp/tree
		assert_status 0
		assert_output ""
		run ctl cp -a cp-web:/tmp/tree "back-$engine"
		assert_status 0
		assert_output ""
		same "$here/tree" "back-$engine"
		run ctl exec cp-web stat -c '%a %u:%g' /tmp/tree/suid
		assert_output '4751 1234:4000000000'
		ctl exec cp-web sh -c 'rm -rf /tmp/*'
	done
}

@test "without -a owners, setuid bits and attributes stay behind, both ways" {
	centerctl cp "$here/tree" cp-web:/tmp/tree
	run centerctl exec cp-web stat -c '%a %u:%g' /tmp/tree/suid
	assert_output '751 0:0'
	centerctl cp -a "$here/tree" cp-web:/tmp/whole
	centerctl cp cp-web:/tmp/whole back
	run stat -c '%a %u:%g' back/suid
	assert_output '751 0:0'
	run python3 -c 'import os; print(os.listxattr("back/one"))'
	assert_output '[]'
	same "$here/tree" back plain
}

@test "an image without tar, shell and passwd is enough, and one container to the other" {
	centerctl cp "$here/big" cp-static:/big
	centerctl cp cp-static:/big big
	cmp "$here/big" big
	centerctl cp -a "$here/tree" cp-static:/
	centerctl cp -a cp-static:/tree cp-other:/tmp/
	centerctl cp -a cp-other:/tmp/tree tree
	same "$here/tree" tree
	centerctl exec cp-other rm -rf /tmp/tree
}

@test "what is called how follows docker cp, in a container and on this side" {
	mkdir -p dir full
	echo f >file
	echo g >dir/in
	# SRC and DST, and what is there then; ! what is refused.
	local cases='file new:new
		file full:full/file
		dir new:new/in
		dir full:full/dir/in
		dir/. new:new/in
		dir/. full:full/in
		dir/ full:full/dir/in
		file there:there
		file new/:!
		dir there:!
		file none/new:!
		gone new:!' from to want
	echo old >there
	run centerctl exec cp-web sh -c 'mkdir -p /tmp/s/dir && echo f >/tmp/s/file && echo g >/tmp/s/dir/in'
	while IFS=' :' read -r from to want; do
		centerctl exec cp-web sh -c 'rm -rf /tmp/w && mkdir -p /tmp/w/full && echo old >/tmp/w/there'
		rm -rf w && mkdir -p w/full && echo old >w/there
		echo "$from to $to" >&2
		run centerctl cp "$from" "cp-web:/tmp/w/$to"
		if [ "$want" = ! ]; then
			[ "$status" != 0 ]
			[[ $output == "centerctl: "* ]]
		else
			assert_status 0
			[ "$(centerctl exec cp-web cat "/tmp/w/$want")" = "$([ "$from" = file ] && echo f || echo g)" ]
		fi
		run centerctl cp "cp-web:/tmp/s/$from" "w/$to"
		if [ "$want" = ! ]; then
			[ "$status" != 0 ]
			[[ $output == "centerctl: "* ]]
		else
			assert_status 0
			[ "$(cat "w/$want")" = "$([ "$from" = file ] && echo f || echo g)" ]
		fi
		[ "$(cat w/there)" = old ] || [ "$want" = there ]
	done <<<"${cases//$'\t'/}"
}

@test "-L copies what a link leads to, and else the link is copied" {
	centerctl exec cp-web sh -c 'echo x >/tmp/f; ln -s f /tmp/l'
	centerctl cp cp-web:/tmp/l plain
	[ "$(readlink plain)" = f ]
	centerctl cp -L cp-web:/tmp/l followed
	[ ! -L followed ] && [ "$(cat followed)" = x ]
	ln -s "$here/big" link
	centerctl cp -L link cp-web:/tmp/big
	centerctl exec cp-web cat /tmp/big | cmp - "$here/big"
}

@test "- is a tar stream on stdout and stdin, with its owners" {
	tar -C "$here" --format=pax -S --xattrs --xattrs-include='*' -cf tree.tar tree
	centerctl cp - cp-web:/tmp <tree.tar
	centerctl cp cp-web:/tmp/tree - | tar --xattrs --xattrs-include='*' -xpf -
	same "$here/tree" tree
	run centerctl cp - cp-web:/tmp/none <tree.tar
	assert_status 125
	assert_says "/tmp/none is no directory"
	run centerctl cp - cp-web:/tmp < <(gzip -c tree.tar)
	assert_status 125
	assert_says "gunzip -c"
	run centerctl cp - cp-web:/tmp < <(head -c 5000 tree.tar)
	assert_status 125
	assert_says "ended early"
	run centerctl cp - cp-web:/tmp <<<junk
	assert_status 125
	assert_output "centerctl: what came is no tar stream"
	run centerctl cp - cp-web:/tmp </dev/null
	assert_status 125
	assert_output "centerctl: nothing came: the tar stream is empty"
	# Where nothing is sent, since there is no such container, that alone is said.
	run centerctl cp cp-none:/x cp-web:/tmp
	assert_status 125
	assert_says cp-none
	[ "${#lines[@]}" = 1 ]
	run centerctl cp nosuchfile cp-web:/tmp
	assert_status 1
	run centerctl cp cp-web:/nosuchfile .
	assert_status 1
}

@test "GNU's sparse files and long names are understood" {
	tar -C "$here" --format=gnu -S -cf gnu.tar tree
	centerctl cp - cp-web:/tmp <gnu.tar
	centerctl cp -a cp-web:/tmp/tree back
	[ "$(stat -c %s back/sparse)" = $((9 << 30)) ]
	[ "$(dd if=back/sparse bs=1 skip=5G count=6 status=none)" = middle ]
	[ "$(du -k back/sparse | cut -f 1)" -lt 1000 ]
	[ "$(cat back/sub/d*/d*/d*/file)" = deep ]
}

@test "a user of the container reads and writes what that user may" {
	centerctl exec cp-web sh -c 'mkdir -p /tmp/mixed; echo open >/tmp/mixed/open; echo shut >/tmp/mixed/shut; chmod 600 /tmp/mixed/shut'
	run centerctl cp -u app cp-web:/tmp/mixed got
	assert_status 1
	assert_says "cannot open mixed/shut: Permission denied"
	[ "$(cat got/open)" = open ] && [ ! -e got/shut ]
	run centerctl cp -u app "$here/big" cp-web:/root/big
	[ "$status" != 0 ]
	assert_says "Permission denied"
	centerctl cp -u app -a "$here/tree" cp-web:/tmp/apps
	run centerctl exec cp-web stat -c %u:%g /tmp/apps/suid
	assert_output 1000:1000
}

@test "a root that cannot be written is said, and read from" {
	run centerctl cp "$here/big" cp-readonly:/tmp/big
	[ "$status" != 0 ]
	assert_says "Read-only file system"
	centerctl cp cp-readonly:/etc/passwd passwd
	cmp passwd "$CENTERCTL_STATE/trees/base/etc/passwd"
	centerctl cp "$here/big" cp-readonly:/data/big
}

@test "files that are mounted by themselves are written in place" {
	echo new >hosts
	centerctl cp hosts cp-web:/etc/single.conf
	[ "$(cat "$here/single.conf")" = new ]
}

@test "what is mounted and made up as it is read is left out, but for what is named" {
	run timeout 60 centerctl cp cp-web:/ all
	[ "$status" -le 1 ]
	[ -d all/proc ] && [ -z "$(ls all/proc)" ]
	[ -e all/etc/passwd ]
	centerctl cp cp-web:/proc/1/status status
	grep -q ^Name: status
}

@test "files that change while they are read never break the stream" {
	centerctl exec cp-web sh -c 'mkdir /tmp/live; head -c 100000000 /dev/zero >/tmp/live/log'
	in_background loop centerctl exec cp-web sh -c 'while :; do echo more >>/tmp/live/log; head -c 50000000 /dev/zero >/tmp/live/cut; : >/tmp/live/cut; echo x >/tmp/live/gone; rm /tmp/live/gone; done'
	local i said=0
	for i in {1..10}; do
		run centerctl cp cp-web:/tmp/live "live$i"
		[ "$status" -le 1 ]
		[ "$status" = 0 ] || said=1
		[[ $output != *"ended early"* ]]
		[ -s "live$i/log" ]
	done
	[ "$said" = 1 ]
}

@test "names are never printed raw" {
	centerctl exec cp-web sh -c 'mkdir /tmp/n; touch "/tmp/n/$(printf "\033]0;x\007\n")"; chmod 0 /tmp/n/*'
	run centerctl cp -u app cp-web:/tmp/n n
	assert_status 1
	assert_says '\x1b]0;x\x07'
	assert_silent_about $'\033'
	[ "${#lines[@]}" = 1 ]
}

@test "backup writes what is in the volumes, and restore puts it back" {
	for engine in $engines; do
		on "$engine"
		ctl exec cp-web sh -c 'mkdir /data/d; echo one >/data/d/one; ln /data/d/one /data/two; chown -R 1000:1000 /data/d; chmod 2750 /data/d; echo m >/more/m'
		ctl backup cp-web >all.tar
		run tar tf all.tar
		assert_says cp-data/d/one
		assert_says cp-more/m
		assert_silent_about bound
		ctl backup --volume cp-data cp-web >data.tar
		run tar tf data.tar
		assert_silent_about cp-more
		ctl exec cp-web sh -c 'rm -rf /data/* /more/*; echo stays >/data/new'
		ctl restore cp-web <all.tar
		run ctl exec cp-web sh -c 'cat /data/d/one /data/new /more/m; stat -c "%a %u" /data/d; stat -c %h /data/two'
		assert_output $'one\nstays\nm\n2750 1000\n2'
		ctl exec cp-web sh -c 'rm -rf /data/* /more/*'
		run ctl restore --volume cp-more cp-web <all.tar
		assert_status 1
		assert_says "belongs to none of the volumes"
		run ctl exec cp-web sh -c 'ls /data /more'
		assert_output $'/data:\n\n/more:\nm'
		ctl backup --volume /etc/bound --volume /etc/single.conf cp-web >bound.tar
		echo other >"$here/bind/file"
		ctl restore --volume /etc/bound --volume /etc/single.conf cp-web <bound.tar
		[ "$(cat "$here/bind/file")" = bound ]
		echo bound >"$here/bind/file"
	done
}

@test "no volumes, no such volume, and a terminal are said" {
	run centerctl backup cp-other
	assert_status 125
	assert_says "no volumes"
	run centerctl backup --volume nope cp-web
	assert_status 125
	assert_says "no volume nope"
	run pty -- centerctl backup cp-web
	assert_says "is a terminal"
	run pty -- centerctl cp cp-web:/etc -
	assert_says "not written to a terminal"
}

# hostile: a libexec directory whose centerctl-inside says what /hostile.tar in the container holds, as if the container
# had taken it over.
hostile()
{
	# Beside the real one: it has to be where root alone can write, and others can read.
	export CENTERCTL_LIBEXECDIR=$CENTERCTL_LIBEXEC.cp-hostile
	rm -rf "$CENTERCTL_LIBEXECDIR"
	cp -a "$CENTERCTL_LIBEXEC" "$CENTERCTL_LIBEXECDIR"
	cat >say.c <<-'END'
		#include <fcntl.h>
		#include <unistd.h>
		int main(void)
		{
			char b[65536];
			ssize_t n;
			int fd = open("/tmp/hostile.tar", O_RDONLY);
			int slow = access("/tmp/slow", F_OK) == 0;
			if (slow && write(2, "total 3000001 1\n\33[31mraw\n", 26) != 26)
				return 1;
			for (int i = 0; (n = read(fd, b, sizeof(b))) > 0; i++) {
				if (write(1, b, n) != n)
					return 1;
				if (slow && i == 23) /* half of it */
					sleep(2);
			}
			return 0;
		}
	END
	gcc -O1 -static -o "$CENTERCTL_LIBEXECDIR/centerctl-inside" say.c
}

# tar_of PYTHON: entries, as add(name, type, content, **more) makes them.
tar_of()
{
	python3 - <<-END
		import io, tarfile
		t = tarfile.open("hostile.tar", "w", format=tarfile.PAX_FORMAT)
		def add(name, type=tarfile.REGTYPE, content=b"dead", **more):
		    i = tarfile.TarInfo(name)
		    i.type, i.mode = type, 0o644
		    for k, v in more.items():
		        setattr(i, k, v)
		    if type == tarfile.REGTYPE:
		        i.size = len(content)
		    t.addfile(i, io.BytesIO(content) if type == tarfile.REGTYPE else None)
		D, S, L, C = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE
		add("x", D, mode=0o755)
		$1
		add("x/last")
		t.close()
	END
	centerctl cp hostile.tar cp-web:/tmp/hostile.tar
}

@test "a stream of a hostile container changes nothing beside its destination" {
	local canary=$BATS_TEST_TMPDIR/canary
	mkdir -p in
	tar_of "
add('.bashrc')
add('xx/f')
for n in ('../canary', 'x/../../canary', '$canary', '..', 'x/..'): add(n)
add('x/up', S, linkname='../..')
add('x/up/canary')
add('x/abs', S, linkname='$canary')
add('x/abs')
add('x/etc', S, linkname='$BATS_TEST_TMPDIR')
add('x/etc', D, mode=0o777)
add('x/etc/canary')
add('x/hard', L, linkname='$canary')
add('x/hard', L, linkname='x/../../canary')
add('x/hard', L, linkname='x/up/canary')
add('x/hard')
add('x/dev', C, devmajor=1, devminor=1, mode=0o666)
add('x/suid', mode=0o6755, uid=0, gid=0)
add('x/' + 'n' * 300)
add('x/' + 'a/' * 9000 + 'f')"
	hostile
	local given
	for given in "" -a; do
		echo alive >canary
		chmod 640 canary
		rm -rf in/x
		# shellcheck disable=SC2086 # none is none
		run timeout 60 centerctl cp $given cp-web:/x in
		assert_status 1
		[ "$(cat canary)" = alive ]
		[ "$(stat -c '%a %h' canary)" = "640 1" ]
		[ "$(ls)" = $'canary\nhostile.tar\nin\nsay.c' ]
		[ -f in/x/last ]
		[ "$(ls -A in)" = x ] # and nothing else that was not asked for
		[ ! -e in/x/dev ]
		[ -f in/x/abs ] && [ ! -L in/x/abs ]
		[ -L in/x/up ] && [ -L in/x/etc ]
		assert_says "refused"
		[ -n "$given" ] || [ "$(stat -c %a in/x/suid)" = 755 ]
	done
	# The caller's umask counts.
	(umask 077 && centerctl cp cp-web:/x masked) || [ "$(stat -c %a masked)" = 700 ]
}

@test "a stream that goes on for ever or is cut can be ended, and says so" {
	head -c 70000 /dev/urandom >hostile.tar
	centerctl cp hostile.tar cp-web:/tmp/hostile.tar
	hostile
	run timeout 60 centerctl cp cp-web:/x in
	assert_status 125
	assert_says "no tar stream"
	[ ! -e in ]
	tar -C "$here" -cf - big | head -c 1000000 >hostile.tar
	CENTERCTL_LIBEXECDIR=$CENTERCTL_LIBEXEC centerctl cp hostile.tar cp-web:/tmp/hostile.tar
	run timeout 60 centerctl cp cp-web:/x in
	assert_status 125
	assert_says "ended early"
}

@test "on a terminal there is a bar, but not with -q, and what the other side says is not shown raw" {
	tar -C "$here" -cf hostile.tar big
	centerctl cp hostile.tar cp-web:/tmp/hostile.tar
	centerctl exec cp-web touch /tmp/slow
	hostile
	export TERM=xterm
	run pty -- centerctl cp cp-web:/big in
	assert_status 0
	assert_matches '5[0-9]% .*0:0[1-4] left'
	assert_says '\x1b[31mraw'
	assert_silent_about $'\033[31m'
	cmp in "$here/big"
	run pty -- centerctl cp -q cp-web:/big in
	assert_silent_about %
	TERM=dumb run pty -- centerctl cp cp-web:/big in
	assert_silent_about %
	run centerctl cp cp-web:/big in
	assert_silent_about %
}

@test "a container that swaps directories for links gains nothing of root's copies" {
	local i
	mkdir -p "$here/bind/dir" secret mine
	echo mine >mine/canary
	echo alive >secret/canary
	chmod 600 secret/canary
	# What is written to lies in a directory that the container writes to as well.
	in_background loop centerctl exec cp-web sh -c "cd /etc/bound; while :; do mv dir d2; ln -s $BATS_TEST_TMPDIR/secret dir; rm dir; mv d2 dir; done"
	centerctl exec cp-web sh -c 'mkdir -p /tmp/t/dir/more; echo evil >/tmp/t/dir/canary; echo evil >/tmp/t/dir/more/canary'
	for i in {1..40}; do
		run centerctl cp cp-web:/tmp/t/. "$here/bind"
		run centerctl cp mine/. cp-web:/etc/bound/dir
		run centerctl cp cp-web:/etc/bound/dir "out$i"
		[ ! -e "out$i" ] || ! grep -rqs alive "out$i"
	done
	[ "$(cat secret/canary)" = alive ]
	[ "$(ls secret)" = canary ]
	background_end
	rm -rf "$here/bind/dir" "$here/bind/d2"
}
