#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# A `Host web` block in a client's ssh_config makes a container look like a host: ssh, rsync, scp -O, git, and what Ansible
# does.

load gate

setup_file()
{
	host_start
	tools_image
	container clients-web tools sleep 100000
	container clients-other base sleep 100000
	policy <<-END
		allow key:clients to clients-web as app for exec,shell
	END
	gate_key clients
	ssh_block clients clients-web >/dev/null
	export config=$host/ssh_config.clients
}

teardown_file()
{
	containers_gone clients-web clients-other
	host_clean
}

setup()
{
	config=$host/ssh_config.clients
	docker exec clients-web sh -c 'rm -rf /tmp/* && mkdir -p /home/app && chown -R app:app /home/app'
}

# A tree with what file transfers get wrong.
tree()
{
	mkdir -p "$1/a dir/deep" "$1/empty"
	printf 'x' >"$1/a file with  spaces"
	printf '' >"$1/empty file"
	head -c 3000000 /dev/urandom >"$1/a dir/deep/random"
	printf '#!/bin/sh\n' >"$1/executable"
	chmod 750 "$1/executable"
	ln -s 'a file with  spaces' "$1/link"
	touch "$1/$(printf 'quote\047 and "double" and $dollar and \\')"
	touch -d '2001-02-03 04:05:06' "$1/executable"
}

# The names, modes, sizes, times and sums of a tree.
listed()
{
	(cd "$1" && find . -printf '%P %y %m %l\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

@test "ssh NAME runs a command line, a script, and a shell" {
	run in_host ssh -F "$config" clients-web 'id -un; echo "a b" | wc -c'
	assert_status 0
	assert_output $'app\n4'
	run in_host ssh -F "$config" clients-web <<<'echo $((1 + 2)); exit 5'
	assert_status 5
	assert_output 3
	run in_host ssh -F "$config" clients-web sh -s one two <<<'echo $2 $1'
	assert_output "two one"
}

@test "ssh NAME with a terminal is a shell in the container" {
	run pty expect '[$#] ' send 'id -un; exit 6\r' -- nsenter -t "$(cat "$host/holder")" --mount --net -- ssh -F "$config" clients-web
	assert_status 6
	assert_says app
}

@test "rsync -a copies a tree there and back" {
	tree "$BATS_TEST_TMPDIR/from"
	run in_host rsync -a -e "ssh -F $config" "$BATS_TEST_TMPDIR/from/" clients-web:/tmp/to/
	assert_status 0
	assert_output ""
	run in_host rsync -a -e "ssh -F $config" clients-web:/tmp/to/ "$BATS_TEST_TMPDIR/back/"
	assert_status 0
	diff <(listed "$BATS_TEST_TMPDIR/from") <(listed "$BATS_TEST_TMPDIR/back")
	# Nothing has changed: nothing is to do.
	run in_host rsync -ai -e "ssh -F $config" "$BATS_TEST_TMPDIR/from/" clients-web:/tmp/to/
	assert_output ""
}

@test "scp -O copies there and back" {
	tree "$BATS_TEST_TMPDIR/from"
	run in_host scp -O -q -F "$config" -r "$BATS_TEST_TMPDIR/from/a dir" clients-web:/tmp/
	assert_status 0
	run in_host scp -O -q -F "$config" "$BATS_TEST_TMPDIR/from/a file with  spaces" clients-web:"'/tmp/b file'"
	assert_status 0
	mkdir "$BATS_TEST_TMPDIR/back"
	run in_host scp -O -q -F "$config" -r clients-web:"'/tmp/a dir'" "$BATS_TEST_TMPDIR/back/"
	assert_status 0
	cmp "$BATS_TEST_TMPDIR/from/a dir/deep/random" "$BATS_TEST_TMPDIR/back/a dir/deep/random"
	[ "$(docker exec clients-web cat '/tmp/b file')" = x ]
}

@test "git clones from and pushes to a repository in the container" {
	local repo=$BATS_TEST_TMPDIR/repo git=(git -c user.name=a -c user.email=a@b -c init.defaultBranch=main)
	docker exec -u app clients-web git init -q --bare /tmp/r.git
	"${git[@]}" init -q "$repo"
	echo content >"$repo/file"
	"${git[@]}" -C "$repo" add file
	"${git[@]}" -C "$repo" commit -qm one
	run in_host env GIT_SSH_COMMAND="ssh -F $config" git -C "$repo" push -q clients-web:/tmp/r.git HEAD:refs/heads/main
	assert_status 0
	run in_host env GIT_SSH_COMMAND="ssh -F $config" git clone -q -b main clients-web:/tmp/r.git "$BATS_TEST_TMPDIR/clone"
	assert_status 0
	cmp "$repo/file" "$BATS_TEST_TMPDIR/clone/file"
}

@test "what Ansible's raw, script and copy type works" {
	local words dir='/tmp/.ansible/tmp/ansible-tmp-1700000000.12-34-56'
	# raw
	run in_host ssh -F "$config" -C -o ControlMaster=no clients-web "/bin/sh -c 'echo ~app && sleep 0'"
	assert_output /home/app
	# A module's temporary directory, as the plugin sh.py makes it.
	words="/bin/sh -c '( umask 77 && mkdir -p \"\` echo /tmp/.ansible/tmp \`\"&& mkdir \"\` echo $dir \`\" && echo ansible-tmp=\"\` echo $dir \`\" ) && sleep 0'"
	run in_host ssh -F "$config" clients-web "$words"
	assert_status 0
	assert_output "ansible-tmp=$dir"
	# copy, by the transfer method piped and by scp.
	head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
	run in_host ssh -F "$config" clients-web "dd of=$dir/data bs=65536" <"$BATS_TEST_TMPDIR/data"
	assert_status 0
	docker exec clients-web cat "$dir/data" | cmp - "$BATS_TEST_TMPDIR/data"
	printf '#!/bin/sh\necho script "$@"; exit 3\n' >"$BATS_TEST_TMPDIR/script"
	run in_host scp -O -q -F "$config" "$BATS_TEST_TMPDIR/script" "clients-web:$dir/script"
	assert_status 0
	run in_host ssh -F "$config" -tt clients-web "/bin/sh -c 'chmod u+x $dir/script && $dir/script '\"'\"'a b'\"'\"' && sleep 0'"
	assert_status 3
	assert_says "script a b"
	run in_host ssh -F "$config" clients-web "/bin/sh -c 'rm -f -r $dir/ > /dev/null 2>&1 && sleep 0'"
	assert_status 0
	run docker exec clients-web ls /tmp/.ansible/tmp
	assert_output ""
}

@test "tar through a pipe arrives whole" {
	tree "$BATS_TEST_TMPDIR/from"
	tar -C "$BATS_TEST_TMPDIR/from" -c . | in_host ssh -F "$config" clients-web 'mkdir /tmp/t && tar -C /tmp/t -x'
	mkdir "$BATS_TEST_TMPDIR/back"
	in_host ssh -F "$config" clients-web 'tar -C /tmp/t -c .' | tar -C "$BATS_TEST_TMPDIR/back" -x
	diff <(listed "$BATS_TEST_TMPDIR/from") <(listed "$BATS_TEST_TMPDIR/back")
}

@test "a name that the rule does not hold for is no host" {
	ssh_block clients clients-web clients-other clients-none >/dev/null
	local said
	run in_host ssh -F "$config" clients-other id
	assert_status 125
	said=$output
	run in_host ssh -F "$config" clients-none id
	assert_status 125
	assert_output "${said/clients-other/clients-none}"
}
