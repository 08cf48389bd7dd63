# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# sftp through sshd, with the clients that people have: sftp, scp, sshfs. The images have no sftp-server.

load gate

setup_file()
{
	host_start
	policy <<-END
		allow key:sftp-all  to sftp-* as * for sftp
		allow key:sftp-one  to sftp-web as root for sftp
		allow key:sftp-exec to sftp-web as root for exec,shell
		allow key:sftp-keep to sftp-web as root for sftp with read-only
		allow key:sftp-app  to sftp-web as app for sftp
	END
	gate_key sftp-all
	gate_key sftp-one
	gate_key sftp-exec
	gate_key sftp-keep
	gate_key sftp-app
	gate_key sftp-bound "--container sftp-web"
	in_host sh -c 'echo "allow key:sftp-bound to sftp-web as root for sftp" >>"$1/centerctl.conf"' - "$host_conf"
	container sftp-web base sleep 100000
	container sftp-poor base sh -c 'mkdir -p /srv; sleep 100000'
	head -c 3000001 /dev/urandom >"$BATS_FILE_TMPDIR/seed"
}

teardown_file()
{
	containers_gone sftp-web sftp-poor sftp-bare sftp-tight
	host_clean
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

# client KEY PROGRAM WORDS...: sftp or scp, with what every ssh here has.
client()
{
	local ssh_options program=$2
	host_ssh_options "$1"
	shift 2
	# shellcheck disable=SC2016 # for the inner shell
	in_host sh -c 'cd "$1" && shift && exec "$@"' - "$PWD" "$program" -F none "${ssh_options[@]}" "$@"
}

# subsystem LINE: what sshd_config has for it.
subsystem()
{
	local wanted=$1
	eval "$(declare -f host_sshd_config | sed '1s/host_sshd_config/usual_sshd_config/')"
	host_sshd_config()
	{
		usual_sshd_config "$@"
		sed -i "s,^Subsystem .*,Subsystem sftp $wanted," "$host/etc/ssh/sshd_config"
	}
	sshd_with
}

# batch KEY CONTAINER LINES...: the verb, behind a slash.
batch()
{
	local key=$1 name=$2
	shift 2
	printf '%s\n' "$@" | client "$key" sftp -q -b - -s "sftp /$name" center@127.0.0.1
}

in_web()
{
	docker exec sftp-web "$@"
}

@test "sftp by the verb: files come and go, whole" {
	cp "$BATS_FILE_TMPDIR/seed" up
	batch sftp-all sftp-web "put up /srv/up" "get /srv/up down" "ls -l /srv" "rename /srv/up /srv/new" "chmod 640 /srv/new" "mkdir /srv/d" "rmdir /srv/d" \
		"symlink new /srv/link" "df /srv" >out
	cmp up down
	grep -q root out
	[ "$(in_web stat -c %a:%u:%s /srv/new)" = 640:0:3000001 ]
	[ "$(in_web readlink /srv/link)" = new ]
	in_web rm -r /srv/new /srv/link
}

@test "a session begins in the user's home, or in the directory that is named" {
	run batch sftp-all sftp-web pwd
	assert_says "/root"
	run client sftp-all sftp -q -b /dev/stdin -s 'sftp /sftp-web /etc' center@127.0.0.1 <<<pwd
	assert_says "Remote working directory: /etc"
	run client sftp-all sftp -q -b /dev/stdin -s 'sftp /sftp-web /nowhere' center@127.0.0.1 <<<pwd
	assert_says "centerctl: cannot go to /nowhere: No such file or directory"
}

@test "the subsystem is that of the bound container" {
	run client sftp-bound sftp -q -b /dev/stdin center@127.0.0.1 <<<"ls /proc/1/comm"
	assert_status 0
	assert_says /proc/1/comm
	run client sftp-all sftp -q -b /dev/stdin -o SetEnv=CENTERCTL_CONTAINER=sftp-poor center@127.0.0.1 <<<"ls /srv"
	assert_status 0
}

@test "the subsystem with any sftp-server in sshd_config" {
	(subsystem "/usr/lib/openssh/sftp-server -l INFO")
	run client sftp-bound sftp -q -b /dev/stdin center@127.0.0.1 <<<"mkdir /srv/by-path"
	assert_status 0
	in_web rmdir /srv/by-path
	(subsystem "internal-sftp -R")
	run client sftp-bound sftp -q -b /dev/stdin center@127.0.0.1 <<<"mkdir /srv/by-path"
	[ "$status" -ne 0 ]
	assert_says "Permission denied"
	sshd_with
}

@test "the subsystem is that of the only container; with more the client is told how to name one" {
	run client sftp-one sftp -q -b /dev/stdin center@127.0.0.1 <<<"ls /etc/passwd"
	assert_status 0
	run client sftp-all sftp -q -b /dev/stdin center@127.0.0.1 <<<pwd
	[ "$status" -ne 0 ]
	# sshd throws away what a subsystem has to say on stderr; not what a command has.
	run gate_ssh sftp-all internal-sftp
	assert_status 125
	assert_says "sftp -s 'sftp /NAME' HOST"
	run gate_ssh sftp-exec internal-sftp
	assert_status 125
	assert_says "there is no container whose files you may reach by sftp"
}

@test "a subsystem that is refused says why, in the protocol" {
	local denial="sftp-poor: not permitted, or there is no such container (ls shows what you may enter)"
	run client sftp-one sftp -q -b - -o SetEnv=CENTERCTL_CONTAINER=sftp-poor center@127.0.0.1 <<<pwd
	[ "$status" -ne 0 ]
	assert_says "$denial"
	denied=$output
	# Of one that there is not it says the same, after the same time.
	run client sftp-one sftp -q -b - -o SetEnv=CENTERCTL_CONTAINER=sftp-none center@127.0.0.1 <<<pwd
	assert_output "${denied//sftp-poor/sftp-none}"
	run client sftp-all sftp -q -b - center@127.0.0.1 <<<pwd
	[ "$status" -ne 0 ]
	assert_says "more than one container that you may reach by sftp"
	run client sftp-exec sftp -q -b - center@127.0.0.1 <<<pwd
	assert_says "there is no container whose files you may reach by sftp"
	run client sftp-bound sftp -q -b - -o SetEnv=CENTERCTL_CONTAINER=sftp-poor center@127.0.0.1 <<<pwd
	assert_says "this key is bound to another container"
	# scp has no words for it but its own.
	run client sftp-exec scp -q center@127.0.0.1:/etc/passwd down
	[ "$status" -ne 0 ]
	assert_says "Permission denied"
	[ ! -e down ]
	echo x >up
	run client sftp-exec scp -q up center@127.0.0.1:/srv/up
	[ "$status" -ne 0 ]
	assert_says "Permission denied"
}

# raw KEY: what the refused subsystem answers to the bytes on stdin, as hexadecimal digits.
raw()
{
	local ssh_options
	host_ssh_options "$1"
	in_host timeout 20 ssh -F none "${ssh_options[@]}" -s center@127.0.0.1 sftp 2>/dev/null | od -An -v -tx1 | tr -d ' \n'
}

@test "a client that does not keep to the protocol gets nothing out of a refused subsystem" {
	# INIT, and the version.
	[ "$(printf '\0\0\0\005\001\0\0\0\003' | raw sftp-exec)" = 000000050200000003 ]
	local bytes
	for bytes in '' '\0' '\0\0\0\004\001\0\0\0' '\377\377\377\377\001\0\0\0\003' '\0\0\0\005\002\0\0\0\003' '\0\0\0\005\001\0\0'; do
		# shellcheck disable=SC2059 # bytes are the format
		[ -z "$(printf "$bytes" | raw sftp-exec)" ]
	done
	# However much is asked, 64 answers are all.
	run raw sftp-exec < <(printf '\0\0\0\005\001\0\0\0\003'; for _ in $(seq 80); do printf '\0\0\0\011\020\0\0\0\007abcd'; done)
	[ "$(grep -o 650000000700000003 <<<"$output" | wc -l)" = 64 ]
	wait_until 3 no_gates_left
}

@test "scp in its default mode, both ways, trees, modes and times" {
	local with=(-q -o SetEnv=CENTERCTL_CONTAINER=sftp-web)
	mkdir -p tree/a/b
	cp "$BATS_FILE_TMPDIR/seed" tree/a/seed
	echo x >tree/a/b/x
	chmod 700 tree/a/b/x
	touch -d 2020-01-02 tree/a/b/x
	client sftp-all scp "${with[@]}" -rp tree center@127.0.0.1:/srv/
	[ "$(in_web stat -c %a:%Y /srv/tree/a/b/x)" = "700:$(stat -c %Y tree/a/b/x)" ]
	client sftp-all scp "${with[@]}" -rp center@127.0.0.1:/srv/tree back
	diff -r tree back
	client sftp-all scp "${with[@]}" center@127.0.0.1:/srv/tree/a/seed one
	cmp one "$BATS_FILE_TMPDIR/seed"
	# Relative names are below the home.
	client sftp-all scp "${with[@]}" one center@127.0.0.1:relative
	in_web rm -r /srv/tree /root/relative
}

@test "what broke off goes on, both ways" {
	cp "$BATS_FILE_TMPDIR/seed" up
	head -c 1000000 up | docker exec -i sftp-web sh -c 'cat >/srv/half'
	batch sftp-all sftp-web "reput up /srv/half"
	head -c 1000000 up >down
	batch sftp-all sftp-web "reget /srv/half down"
	cmp up down
	in_web rm /srv/half
}

@test "sshfs mounts a container" {
	command -v sshfs >/dev/null || skip "there is no sshfs here"
	grep -qw fuse /proc/filesystems || skip "there is no FUSE in this kernel"
	mkdir m
	local ssh_options
	host_ssh_options sftp-all
	in_host sshfs -o "ssh_command=ssh -F none ${ssh_options[*]}" -o "sftp_server=sftp /sftp-web" center@127.0.0.1:/ "$PWD/m" 3>&-
	# shellcheck disable=SC2016 # for the inner shell
	in_host sh -c 'cd "$2/m/srv" && cp "$1" fuse && cmp "$1" fuse && mv fuse fuse2 && ln -s fuse2 link && ls -l' - "$BATS_FILE_TMPDIR/seed" "$PWD"
	[ "$(in_web stat -c %s /srv/fuse2)" = 3000001 ]
	in_host umount "$PWD/m"
	in_web rm /srv/fuse2 /srv/link
}

@test "a container that has no file at all" {
	container sftp-bare static /probe sleep 100000
	local root entry
	root=/proc/$(docker inspect -f '{{.State.Pid}}' sftp-bare)/root
	for entry in "$root"/* "$root"/.[!.]*; do
		[ "${entry##*/}" = proc ] || rm -rf --one-file-system "$entry" 2>/dev/null || true
	done
	[ ! -e "$root/probe" ]
	[ ! -e "$root/etc" ]
	[ ! -e "$root/dev/null" ]
	run batch sftp-all sftp-bare "ls -la /" "mkdir /new" "put $BATS_FILE_TMPDIR/seed /new/seed" "get /new/seed down"
	assert_status 0
	cmp down "$BATS_FILE_TMPDIR/seed"
}

@test "no user of that number, a read-only root, no new privileges, no capabilities" {
	docker run -d --name sftp-tight --network none --read-only --tmpfs /tmp:mode=1777 --user 12345:12345 --cap-drop ALL --security-opt no-new-privileges \
		base sleep 100000 >/dev/null
	run batch sftp-all sftp-tight pwd "put $BATS_FILE_TMPDIR/seed /tmp/seed" "get /tmp/seed down" "ls -l /tmp"
	assert_status 0
	assert_says "Remote working directory: /"
	assert_says " 12345 "
	cmp down "$BATS_FILE_TMPDIR/seed"
	run batch sftp-all sftp-tight "put $BATS_FILE_TMPDIR/seed /seed"
	[ "$status" -ne 0 ]
	assert_says "dest open \"/seed\""
}

@test "the rule's user is the one whose files they are" {
	run batch sftp-app sftp-web "put $BATS_FILE_TMPDIR/seed /tmp/of-app"
	assert_status 0
	[ "$(in_web stat -c %U /tmp/of-app)" = app ]
	run batch sftp-app sftp-web "put $BATS_FILE_TMPDIR/seed /etc/of-app"
	[ "$status" -ne 0 ]
	run client sftp-app sftp -q -b /dev/stdin -s 'sftp -u root /sftp-web' center@127.0.0.1 <<<pwd
	[ "$status" -ne 0 ]
	in_web rm /tmp/of-app
}

@test "what was asked for is written down" {
	batch sftp-all sftp-web pwd
	run audit_all 'select(.event == "start") | [.key, .verb, .name, .as_uid]'
	[ "${lines[-1]}" = '["sftp-all","sftp","sftp-web",0]' ]
}
