#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 40: gdb executes code that the container's author or its root left for it: scripts beside a program or in a section
# of it, a .gdbinit, a libthread_db, a program that is a script.
# Proves: the settings that the launcher gives gdb, and the gdbinit that lies above every toolbox (cmd/centerctl-tool,
# contrib/toolbox/base/gdbinit).

load attack
load ../lib/debug

setup_file()
{
	local tree=$CENTERCTL_STATE/debug/bait script="print('CANARY beside')" library
	debug_make
	rm -rf "$tree"
	cp -a "$debug_dir/dynamic" "$tree"
	gcc -g -O0 -pthread -o "$tree/srv/bait" "$CENTERCTL_TOP/tests/attack/bait.c"
	debug_libraries "$tree" "$tree/srv/bait"
	library=$(find "$tree" -name libc.so.6 | head -n 1)
	gcc -shared -fPIC -DLIBRARY -o "${library%/*}/libthread_db.so.1" "$CENTERCTL_TOP/tests/attack/bait.c"
	echo "$script" >"$tree/srv/bait-gdb.py"
	echo "echo CANARY beside\\n" >"$tree/srv/bait-gdb.gdb"
	echo "$script" >"$library-gdb.py"
	echo "print('CANARY named')" >"$tree/srv/bait-script.py"
	cp "$tree/srv/bait-script.py" "$tree/bait-script.py"
	echo 'echo CANARY gdbinit\n' >"$tree/srv/.gdbinit"
	cp "$tree/srv/.gdbinit" "$tree/.gdbinit"
	mkdir -p "$tree/root" "$tree/tmp" "$tree/etc/gdb" "$tree/usr/share/gdb/auto-load/srv" "$tree/usr/lib/debug/srv" "$tree/usr/share/gdb/python/gdb"
	cp "$tree/srv/.gdbinit" "$tree/root/.gdbinit"
	cp "$tree/srv/.gdbinit" "$tree/tmp/.gdbinit"
	cp "$tree/srv/.gdbinit" "$tree/etc/gdb/gdbinit"
	echo "$script" >"$tree/usr/share/gdb/auto-load/srv/bait-gdb.py"
	# $debugdir is a place that gdb trusts, and here it is below /target.
	mkdir -p "$tree/usr/lib/debug/target/srv"
	echo "$script" >"$tree/usr/lib/debug/srv/bait-gdb.py"
	echo "$script" >"$tree/usr/lib/debug/target/srv/bait-gdb.py"
	echo "print('CANARY python')" >"$tree/usr/share/gdb/python/gdb/__init__.py"
	tar -C "$tree" -c . | docker import -c 'CMD ["/srv/bait"]' -c 'WORKDIR /srv' -c 'ENV PYTHONSTARTUP=/srv/bait-script.py PYTHONPATH=/srv LD_LIBRARY_PATH=/srv LD_PRELOAD=/srv/x GDBHISTFILE=/srv/x HOME=/srv' - bait >/dev/null
	container bait bait
}

teardown_file()
{
	containers_gone bait
	docker rmi bait >/dev/null 2>&1 || true
}

commands=(-batch -ex 'info threads' -ex 'thread apply all bt' -ex 'info auto-load')

@test "what lies there as bait is taken by a gdb without our settings" {
	# By another name the launcher gives it none of them.
	run centerctl debug bait -- sh -c 'ln -s /usr/bin/gdb /tmp/plain; exec /tmp/plain -nx -iex "set auto-load safe-path /" \
		-iex "set sysroot /target" -iex "set libthread-db-search-path \$pdir:\$sdir" -p 1 -batch -ex "info threads"' </dev/null
	assert_says "CANARY beside"
	assert_says "CANARY section"
	assert_says "CANARY thread_db"
	# In a directory of which it does not believe that its files are others'.
	run centerctl debug -w /target/srv bait -- sh -c 'HOME=/target/srv; export HOME; ln -s /usr/bin/gdb /tmp/plain; exec /tmp/plain -iex "set auto-load safe-path /" -batch' </dev/null
	[[ $output == *"CANARY gdbinit"* ]] || skip_or_fail "this gdb reads no .gdbinit of HOME"
}

@test "nothing of it is executed in a gdb that centerctl started" {
	run centerctl debug bait -- gdb -p 1 "${commands[@]}" </dev/null
	assert_status 0
	assert_says "Thread 2"
	assert_silent_about CANARY
	run centerctl debug -w /target/srv bait -- gdb -p 1 "${commands[@]}" </dev/null
	assert_status 0
	assert_silent_about CANARY
	run centerctl debug -w /target bait -- gdb -p 1 "${commands[@]}" </dev/null
	assert_status 0
	assert_silent_about CANARY
	run centerctl debug --source /target/srv bait -- gdb -p 1 "${commands[@]}" </dev/null
	assert_silent_about CANARY
}

@test "nor when the program is named, opened by hand, or gdb is started by a path, a shell or by another tool" {
	local words
	for words in "gdb -batch -ex 'file /target/srv/bait' -ex 'attach 1' -ex bt" "gdb /target/srv/bait 1 -batch -ex bt" "gdb /target/srv/bait -p 1 -batch -ex bt" \
		"gdb -batch -ex 'exec-file /target/srv/bait' -ex 'symbol-file /target/srv/bait' -ex 'attach 1' -ex 'info threads'" "/usr/bin/gdb -p 1 -batch -ex bt" \
		"env gdb -p 1 -batch -ex bt" "sh -c 'cd /target/srv && gdb -p 1 -batch -ex bt'" "gcore -o - 1"; do
		run bash -c "centerctl debug bait -- $words" </dev/null
		echo "$words" >&2
		assert_silent_about CANARY
	done
}

@test "nor for a user of the container, nor with a terminal, nor through gdbserver" {
	run centerctl debug -u 1000 bait -- gdb -p 1 "${commands[@]}" </dev/null
	assert_silent_about CANARY
	run pty expect '[(]gdb[)] ' send 'info threads\r' expect 'Thread' send 'detach\r' expect 'detached' send 'quit\r' -- centerctl debug -w /target/srv bait gdb -p 1
	assert_silent_about CANARY
	run timeout -k 1 30 centerctl debug bait --gdbserver stdio </dev/null
	assert_silent_about CANARY
}

@test "auto-load says that it is off" {
	run centerctl debug bait -- gdb -batch -ex 'show auto-load' -ex 'show libthread-db-search-path' </dev/null
	assert_matches 'auto-loading of (canned sequences of commands|gdb) scripts.* (is )?off'
	assert_matches 'auto-loading of python.* (is )?off'
	assert_matches 'auto-loading of .*libthread_db is off'
	assert_silent_about '$pdir'
}

@test "the container's environment does not come to the tool" {
	run centerctl debug bait -- env </dev/null
	assert_silent_about PYTHON
	assert_silent_about LD_
	assert_silent_about GDBHIST
	assert_says HOME=/tmp
}

@test "strace and others take no files of the container's for their own" {
	run centerctl debug -w /target/srv bait -- strace -qq -f -e trace=none -p 1 --timeout 200ms </dev/null
	assert_silent_about CANARY
	docker exec bait sh -c 'printf "#!/bin/sh\necho CANARY path\n" >/bin/strace; printf "#!/bin/sh\necho CANARY path\n" >/srv/gdb; chmod 755 /bin/strace /srv/gdb'
	run centerctl debug -w /target/srv bait -- strace -V </dev/null
	assert_silent_about CANARY
	run centerctl debug -w /target/srv bait -- gdb -batch -ex 'print 1' </dev/null
	assert_silent_about CANARY
}
