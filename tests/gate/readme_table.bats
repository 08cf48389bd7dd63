#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# README's table of what replaces an sshd in the container: each line is typed as it stands there, by somebody with a key that has the one
# right that the line names. A line that nobody here knows how to check is a failure.

load gate
load ../lib/debug

# column N: of every line of the table, as it is meant: without backticks, and with | for \|.
lines()
{
	sed -n '/^<!-- table:/,/^<!-- \/table -->/p' "$CENTERCTL_TOP/README.md" | grep '^| ' | sed '1d' |
		sed 's/\\|/\x01/g; s/^| //; s/ |$//; s/ | /\x02/g; s/`//g; s/\x01/|/g' | tr '\002' '\t'
}

# What the function that checks a line is called.
check_name()
{
	echo "line_$(tr A-Z a-z <<<"$1" | tr -cs a-z _ | sed 's/_*$//')"
}

setup_file()
{
	host_start
	debug_make
	tools_image
	table_images
	docker volume create table-data >/dev/null
	container web --add-host inner:127.0.0.1 --stop-signal KILL table-web
	container db -v table-data:/data table-web sh -c 'nc -ll -p 5432 -e cat & sleep 76001'
	container job base sh -c 'while [ ! -e /finish ]; do sleep 0.05; done; exit 3'
	table_home
	# Everybody's, as udev makes it.
	cp -a /dev/fuse "$host/fuse"
	chmod 666 "$host/fuse"
	in_host mount --bind "$host/fuse" /dev/fuse
}

# web: a service that reloads on HUP, a page on its own localhost, and processes with known numbers.
table_images()
{
	local tree=$BATS_FILE_TMPDIR/web
	mkdir -p "$tree"
	docker export "$(docker create --network none tools true)" | tar -C "$tree" -x
	docker rm "$(docker ps -aq -f ancestor=tools -f status=created)" >/dev/null
	mkdir -p "$tree/srv/site" "$tree/data"
	chown -R 1000:1000 "$tree/srv/site"
	echo 'the page' >"$tree/srv/site/index.html"
	echo 'colour = blue' >"$tree/etc/app.conf"
	chmod 666 "$tree/etc/app.conf"
	echo 'postgres:x:70:70::/tmp:/bin/sh' >>"$tree/etc/passwd"
	printf '#!/bin/sh\necho "dump of $1 by $(id -un)"\n' >"$tree/bin/pg_dump"
	cat >"$tree/bin/service" <<-'END'
		#!/bin/sh
		trap 'echo reloaded' HUP
		echo started
		httpd -f -p 127.0.0.1:80 -h /srv/site &
		sleep 76003 &
		# One that has the number 42.
		last=$!
		while [ $last -lt 41 ]; do : & last=$!; wait $last; done
		sleep 76042 &
		while :; do sleep 76000 & wait $!; done
	END
	chmod 755 "$tree/bin/pg_dump" "$tree/bin/service"
	tar -C "$tree" -c . | docker import -c 'CMD ["/bin/service"]' - table-web >/dev/null
	rm -rf "$tree"
}

# The colleague: alice's home, with the configuration that README describes.
table_home()
{
	local home=$host/home/alice name
	key table
	mkdir -p "$home/.ssh"
	cp "$host/keys/table" "$home/.ssh/id_ed25519"
	sed 's/^[^ ]* /host,inner,127.0.0.1 /' "$host/known_hosts" >"$home/.ssh/known_hosts"
	for name in host web; do
		printf 'Host %s\nHostName 127.0.0.1\nHostKeyAlias host\n' "$name"
		[ "$name" = host ] || printf 'User center\nSetEnv CENTERCTL_CONTAINER=web\n'
	done >"$home/.ssh/config"
	echo 'LogLevel ERROR' >>"$home/.ssh/config"
	chmod 700 "$home/.ssh"
	chmod 600 "$home/.ssh/id_ed25519"
	chown -R alice: "$home/.ssh" 2>/dev/null || chown -R "$(in_host id -u alice):$(in_host id -g alice)" "$home/.ssh"
}

setup()
{
	work=$host/home/alice/work
	rm -rf "$work"
	mkdir -p "$work/site" "$work/mnt"
	echo 'another page' >"$work/site/index.html"
	echo more >"$work/site/more.html"
	chown -R "$(in_host id -u alice):$(in_host id -g alice)" "$work"
}

teardown()
{
	[ ! -s "$work/out" ] || cat "$work/out"
	[ -z "${background:-}" ] || kill -KILL "$background" 2>/dev/null || true
	[ ! -e "$work/sshd.pid" ] || kill "$(cat "$work/sshd.pid")" 2>/dev/null || true
	in_host umount -l "$work/mnt" 2>/dev/null || true
}

teardown_file()
{
	containers_gone web db job
	docker volume rm -f table-data >/dev/null 2>&1 || true
	rm -rf "$host/home/alice/work" "$host/home/alice/.ssh"
	host_clean
}

# may RIGHT: the colleague's one rule.
may()
{
	[ "$1" != any ] || set -- wait
	background=
	policy <<-END
		allow key:table to web,db,job as root,app,postgres for $1
	END
	gate_key table
}

# typed: types the line's command in a shell of the colleague's, in the directory `work`.
typed()
{
	run as_user alice env EDITOR='sed -i s/blue/green/' sh -c "cd '$work' && $command"
	echo "\$ $command"
	echo "$output"
}

# A local port that the command listens on, once something answers there.
answers()
{
	in_host bash -c ": </dev/tcp/127.0.0.1/$1" 2>/dev/null
}

in_background()
{
	host_exec=1 as_user alice sh -c "cd '$work' && exec $command" </dev/null >"$work/out" 2>&1 3>&- &
	background=$!
}

line_what_may_i_do_here()
{
	typed
	assert_status 0 && assert_says web && assert_says job
}

line_a_shell()
{
	run as_person alice expect '[#$] ' send 'echo in-$((40+2)); tty\r' expect 'in-42' expect /dev/pts/ send 'exit 7\r' -- sh -c "$command"
	assert_status 7
}

line_one_command_for_a_script()
{
	typed
	assert_status 0 && assert_says 'sleep 76003'
}

line_a_line_for_its_shell()
{
	typed
	assert_status 0 && assert_says 'sleep 76003'
}

line_what_it_wrote()
{
	in_background
	wait_until 5 grep -qx started "$work/out"
	docker exec web sh -c 'echo written now >/proc/1/fd/1'
	wait_until 5 grep -qx 'written now' "$work/out"
	kill "$background"
}

line_what_runs_in_it()
{
	typed
	assert_status 0 && assert_says 'sleep 76003'
}

line_what_it_uses()
{
	typed
	assert_status 0 && assert_says web
}

line_what_it_is_and_how_confined()
{
	typed
	assert_status 0 && assert_says table-web && assert_says seccomp
}

line_have_a_service_reload()
{
	typed
	assert_status 0
	wait_until 5 reloaded
}

reloaded()
{
	docker logs web 2>&1 | grep -qx reloaded
}

line_kill_a_process()
{
	docker exec web grep -q 76042 /proc/42/cmdline
	typed
	assert_status 0
	wait_until 5 gone_inside 42
}

gone_inside()
{
	! docker exec web test -e "/proc/$1/exe"
}

line_wait_for_a_job()
{
	in_background
	sleep 0.3
	kill -0 "$background"
	docker exec job touch /finish
	wait "$background"
	[ "$(cat "$work/out")" = 3 ]
}

line_copy_out_of_it()
{
	typed
	assert_status 0
	[ "$(cat "$work/site/index.html")" = "the page" ]
}

line_copy_into_it()
{
	typed
	assert_status 0
	[ "$(docker exec web cat /srv/site/index.html)" = "another page" ]
}

line_the_same_without_an_sftp_client()
{
	echo 'with tar' >"$work/site/tar.html"
	typed
	assert_status 0
	[ "$(docker exec web cat /srv/site/tar.html)" = "with tar" ]
}

line_look_around_in_its_files()
{
	command+=' <<END
cd /srv/site
ls
get index.html got
END'
	typed
	assert_status 0 && assert_says index.html
	[ -s "$work/got" ]
}

line_edit_a_file()
{
	typed
	assert_status 0
	[ "$(docker exec web cat /etc/app.conf)" = 'colour = green' ]
}

line_its_files_as_a_directory()
{
	command+=" && ls mnt/site && echo through >mnt/site/through && fusermount3 -u mnt"
	typed
	assert_status 0 && assert_says index.html
	[ "$(docker exec web cat /srv/site/through)" = through ]
}

line_rsync_which_the_image_has()
{
	typed
	assert_status 0
	[ "$(docker exec web cat /srv/site/more.html)" = more ]
}

line_a_dump_of_a_database()
{
	typed
	assert_status 0
	[ "$(zcat "$work/app.sql.gz")" = "dump of app by postgres" ]
}

line_back_its_volumes_up()
{
	docker exec db sh -c 'echo precious >/data/file'
	typed
	assert_status 0
	tar -xOf "$work/db.tar" table-data/file | grep -qx precious
	cp "$work/db.tar" "$BATS_FILE_TMPDIR/db.tar"
}

# What the line before has made.
line_bring_them_back()
{
	cp "$BATS_FILE_TMPDIR/db.tar" "$work/db.tar"
	docker exec db rm /data/file
	typed
	assert_status 0
	[ "$(docker exec db cat /data/file)" = precious ]
}

line_a_browser_for_a_port_that_is_not_published()
{
	docker exec web sh -c 'echo "the page" >/srv/site/index.html'
	in_background
	wait_until 5 answers 8080
	[ "$(in_host curl -s http://127.0.0.1:8080/index.html)" = "the page" ]
	kill "$background"
}

line_psql_for_one_that_listens_on_its_localhost_alone()
{
	in_background
	wait_until 5 answers 5432
	[ "$(in_host socat -t 2 - TCP:127.0.0.1:5432 <<<hello)" = hello ]
	kill "$background"
}

line_one_request_to_a_port()
{
	typed
	assert_status 0 && assert_says '200 OK'
}

# Something in the container's network that knows bob: an sshd there.
line_a_jump_host_into_its_network()
{
	policy <<-END
		allow key:table to web as root for dial with ports=inner/22
	END
	mkdir -p "$host/etc/ssh/inner"
	cp "$host/keys/table.pub" "$host/etc/ssh/inner/bob"
	cat >"$host/etc/ssh/inner/config" <<-END
		ListenAddress 127.0.0.1
		HostKey /etc/ssh/host_key
		PidFile $work/sshd.pid
		UsePAM no
		AuthorizedKeysFile /etc/ssh/inner/%u
	END
	nsenter -t "$(cat "$host/holder")" --mount nsenter --net="/proc/$(container_pid web)/ns/net" setsid --fork /usr/sbin/sshd -f "/etc/ssh/inner/config" </dev/null >/dev/null 2>&1
	wait_until 5 test -s "$work/sshd.pid"
	command+=' id -un'
	typed
	kill "$(cat "$work/sshd.pid")"
	assert_status 0 && assert_says bob
}

line_a_debugger()
{
	typed
	assert_status 124 && assert_says 'attached'
}

@test "every line of README's table is known here, and nothing else" {
	[ "$(lines | wc -l)" -ge 20 ]
	while IFS=$'\t' read -r reason command right; do
		declare -F "$(check_name "$reason")" >/dev/null || { echo "nothing here checks \"$reason\": $command" >&2; return 1; }
		[ -n "$right" ] && [ -n "$command" ]
	done < <(lines)
	lines | cut -f 1 | while read -r reason; do check_name "$reason"; done | sort >"$BATS_TEST_TMPDIR/names"
	[ "$(sort -u "$BATS_TEST_TMPDIR/names")" = "$(declare -F | sed -n 's/^declare -f \(line_\)/\1/p' | sort)" ]
}

# A test for each part of the table, so that none of them takes long. Between them all lines have been run.
run_lines()
{
	local reason command right number=0 from=$1 to=$2
	while IFS=$'\t' read -r reason command right <&4; do
		number=$((number + 1))
		[ $number -ge "$from" ] && [ $number -le "$to" ] || continue
		setup
		may "$right"
		echo "line $number: $reason: $command ($right)" >&2
		"$(check_name "$reason")"
	done 4< <(lines)
}

@test "README's lines about what is there, and about processes, do what they say" {
	run_lines 1 11
}

@test "README's lines about files do what they say" {
	run_lines 12 21
}

@test "README's lines about ports, debugging, and all that come after do what they say" {
	run_lines 22 1000
}
