#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threats 18 to 22, 38 and 41 from a caller who is not root and uses a setuid program: environment, signals, limits, closed
# descriptors, argument vectors, groups, no_new_privs, user namespaces, and a sandbox that poses as a container.
# Proves: lib/priv/sanitize before anything else, and that only what the engine and the kernel agree on is entered.

load attack

setup_file()
{
	host_start
	container unprivileged base sleep 100000
	policy <<-END
		allow user:alice to unprivileged as app  for exec,shell
		allow user:bob   to *            as root,app for exec,shell with privileged
	END
	mkdir -p "$host/trap"
	trap_library "$host/trap"
	chmod 777 "$host/trap"
}

teardown_file()
{
	rm -rf "$host/trap"
	containers_gone unprivileged unprivileged-named unprivileged-victim
	host_clean
}

setup()
{
	trap=$host/trap
	rm -f "$trap/sprung"
	(umask 0 && : >"$trap/sprung")
	plain=$(as_user alice centerctl exec unprivileged env | sort)
}

# launch PYTHON COMMAND...: as alice, after these statements.
launch()
{
	as_user alice python3 -c 'import os, resource, signal, sys, warnings
for s in (signal.SIGPIPE, signal.SIGXFSZ): signal.signal(s, signal.SIG_DFL)
exec(sys.argv[1])
os.execvp(sys.argv[2], sys.argv[2:])' "$@"
}

ignore_all='for s in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(s, signal.SIG_IGN)'
block_all='signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))'

@test "nothing of the caller's environment reaches the command or a program with privilege" {
	run as_user alice env FOO=bar LD_PRELOAD="$trap/trap.so" LD_LIBRARY_PATH="$trap" GLIBC_TUNABLES=glibc.malloc.check=3 \
		OPENSSL_CONF="$trap/x" SSLKEYLOGFILE="$trap/keys" TZ=:/etc/shadow TZDIR="$trap" LOCPATH="$trap" NLSPATH="$trap/%N" GCONV_PATH="$trap" MALLOC_TRACE="$trap/mtrace" \
		HOSTALIASES="$trap/x" RES_OPTIONS=debug LOCALDOMAIN=evil http_proxy=http://127.0.0.1:1 ALL_PROXY=socks5://127.0.0.1:1 NSS_X=1 BASH_ENV="$trap/x" ENV="$trap/x" \
		IFS=x SHELL=/evil HOME="$trap" XDG_CONFIG_HOME="$trap" TMPDIR="$trap" centerctl exec unprivileged env
	assert_status 0
	diff <(echo "$plain") <(sort <<<"$output")
	run cat "$trap/sprung"
	assert_silent_about centerctl-enter
	assert_silent_about centerctl-resol
	assert_silent_about centerctl-accou
	[ ! -e "$trap/keys" ]
	[ ! -e "$trap/mtrace" ]
}

@test "hooks that tests have do not work for anybody but root" {
	run as_user alice env CENTERCTL_LIBEXECDIR="$trap" CENTERCTL_TEST_FAIL=setresuid CENTERCTL_TEST_BARRIER="checked:$trap/barrier" CENTERCTL_TEST_RESOLVE=post \
		"$CENTERCTL_LIBEXEC/centerctl-enter" --channel=3
	[ "$status" -ne 0 ]
	run as_user alice env "CENTERCTL_TEST_BARRIER=checked:$trap/barrier" CENTERCTL_TEST_FAIL=setgroups:quiet CENTERCTL_TEST_RESOLVE=post centerctl exec unprivileged id -un
	assert_status 0
	assert_output app
	[ ! -e "$trap/barrier.reached" ]
}

@test "with everything ignored, blocked or pending exit codes are exact" {
	local code
	for code in 0 7 127 255; do
		status=0
		launch "$ignore_all; $block_all" centerctl exec unprivileged sh -c "exit $code" || status=$?
		[ "$status" -eq "$code" ]
	done
	local after
	for after in 0.001 0.005 0.02 0.1; do
		run launch "signal.signal(signal.SIGALRM, signal.SIG_IGN); signal.setitimer(signal.ITIMER_REAL, $after, 0.001)" centerctl exec unprivileged sh -c 'sleep 0.2; exit 7'
		assert_status 7
	done
	run launch "$ignore_all; $block_all" centerctl exec unprivileged grep -E '^Sig(Blk|Ign)' /proc/self/status
	assert_output "$(docker exec unprivileged grep -E '^Sig(Blk|Ign)' /proc/self/status)"
}

# Whether centerctl-enter can raise what a caller lowered for good. (Many sandboxes lack CAP_SYS_RESOURCE.)
can_raise()
{
	capsh --has-p=cap_sys_resource 2>/dev/null
}

@test "hard limits of the caller end in a whole entry with whole records, or in a clean refusal without any" {
	local limit before
	for limit in FSIZE,1 FSIZE,0 NOFILE,8 NOFILE,4 NPROC,1 CPU,1 AS,100000000 DATA,1000000 STACK,65536 MEMLOCK,0; do
		before=$(audit_lines)
		# (Not through run, which warns of 127: that is what the loader of the caller's own part may say.)
		status=0
		output=$(launch "resource.setrlimit(resource.RLIMIT_${limit%,*}, (${limit#*,},) * 2)" centerctl exec unprivileged sh -c 'echo whole' 2>&1) || status=$?
		echo "limit $limit: $status $output" >&2
		[ "$status" -lt 128 ]
		[ "$status" -ne 0 ] || assert_output whole
		wait_until 3 no_gates_left
		in_host tail -n +$((before + 1)) "$host_log/audit.jsonl" >"$BATS_TEST_TMPDIR/records"
		jq -es '(map(select(.event == "start")) | length) == (map(select(.event == "end")) | length)' "$BATS_TEST_TMPDIR/records" >/dev/null
		[ "$status" -ne 0 ] || [ "$(wc -l <"$BATS_TEST_TMPDIR/records")" = 2 ]
		# What makes the caller's own part fail is the caller's affair; file sizes and processor time are not.
		case $limit in
		FSIZE,* | CPU,* | MEMLOCK,*) [ "$status" -eq 0 ] || ! can_raise ;;
		esac
	done
}

@test "soft limits of the caller change nothing" {
	local limit
	for limit in FSIZE,1 NOFILE,16 MEMLOCK,0 CORE,0 SIGPENDING,0; do
		run launch "r = getattr(resource, 'RLIMIT_${limit%,*}', 11); resource.setrlimit(r, (${limit#*,}, resource.getrlimit(r)[1]))" centerctl exec unprivileged cat /proc/self/limits
		echo "limit $limit: $status" >&2
		assert_status 0
		diff <(docker exec unprivileged cat /proc/self/limits) <(echo "$output")
		[ "$(audit_last .event)" = end ]
	done
}

@test "any of the descriptors 0 to 2 may be closed, of centerctl and of the helper itself" {
	local closed
	for closed in '0' '1' '2' '0, 1' '0, 2' '1, 2' '0, 1, 2'; do
		status=0
		launch "[os.close(n) for n in ($closed,)]" centerctl exec unprivileged sh -c 'exit 7' || status=$?
		[ "$status" -eq 7 ]
		run launch "[os.close(n) for n in ($closed,)]" timeout 10 "$CENTERCTL_LIBEXEC/centerctl-enter" --channel=3
		[ "$status" -ne 0 ]
		[ "$status" -lt 128 ]
	done
}

@test "an empty argument vector, odd words and 2 MiB of them are survived by the helper" {
	local words
	# shellcheck disable=SC2016 # python
	for words in '[]' '[""]' '["x"]' '["x", "--channel="]' '["x", "--channel=0"]' '["x", "--channel=1"]' '["x", "--channel=-1"]' '["x", "--channel=999999999999999999999"]' \
		'["x", "--channel=3", "--preserve-fds=2"]' '["x", "--channel=3", "--channel=4"]' '["x"] + ["y" * 100000] * 18' '["x", "--\udcff"]' '["x", "--help"]'; do
		run as_user alice timeout 10 python3 -c 'import ctypes, os, sys
words = [os.fsencode(w) for w in eval(sys.argv[2])]
vec = (ctypes.c_char_p * (len(words) + 1))(*words, None)
ctypes.CDLL(None).execve(sys.argv[1].encode(), vec, (ctypes.c_char_p * 1)(None))
sys.exit(77)' "$CENTERCTL_LIBEXEC/centerctl-enter" "$words"
		echo "$words: $status ${output:0:200}" >&2
		[ "$status" -ne 0 ]
		[ "$status" -lt 128 ]
		assert_silent_about "uid="
	done
	wait_until 2 no_gates_left
}

@test "a channel that is something else, or says nothing sensible, ends in an error" {
	local how
	for how in 'os.dup2(os.open("/etc/passwd", os.O_RDONLY), 3)' 'os.dup2(os.open("/dev/null", os.O_RDWR), 3)' 'os.dup2(os.pipe()[0], 3)' \
		'import socket; a, b = socket.socketpair(); os.dup2(a.fileno(), 3); b.send(b"\xff" * 5000); os.set_inheritable(3, True); b.close()'; do
		run launch "$how; os.set_inheritable(3, True)" timeout 15 "$CENTERCTL_LIBEXEC/centerctl-enter" --channel=3
		[ "$status" -ne 0 ]
		[ "$status" -lt 124 ] || [ "$status" -eq 125 ]
	done
}

@test "the command has the container's groups and no capability that is inheritable or ambient" {
	run as_user bob centerctl exec -u app unprivileged grep -E '^(Uid|Gid|Groups|Cap...):' /proc/self/status
	assert_output "$(docker exec -u app unprivileged grep -E '^(Uid|Gid|Groups|Cap...):' /proc/self/status)"
	assert_silent_about 61020
}

@test "under no_new_privs and in a user namespace of the caller's own nothing is entered, and the reason is said" {
	run as_user alice setpriv --no-new-privs centerctl exec unprivileged id
	assert_status 125
	assert_says "centerctl: "
	assert_silent_about uid=
	run as_user alice unshare -Ur centerctl exec unprivileged id
	assert_status 125
	assert_silent_about uid=
	run as_user alice unshare -Urm "$CENTERCTL_LIBEXEC/centerctl-enter" --channel=3
	[ "$status" -ne 0 ]
}

@test "mounts of the caller's own user namespace do not change what is read" {
	run as_user alice unshare -Urm sh -c "mount --bind $trap $host_conf && printf 'allow * to * as root for all\n' >$host_conf/centerctl.conf; exec centerctl exec -u root unprivileged id"
	assert_status 125
	assert_silent_about uid=0
}

@test "a sandbox of a caller's own is no container, and an engine of a caller's own is not asked" {
	host_exec=1 as_user alice unshare -Urmpf --mount-proc sh -c "echo root:x:0:0::/:/bin/sh >/dev/null; exec sleep 45.01" </dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 process_with sleep 45.01
	local pid
	pid=$(pids_with sleep 45.01 | head -n 1)
	docker inspect unprivileged >"$trap/template"
	host_exec=1 as_user alice python3 "$CENTERCTL_TOP/tests/lib/fake-engine.py" --listen "unix:$trap/sock" --ready "$trap/ready" --template "$trap/template" --set "State.Pid=$pid" \
		</dev/null >/dev/null 2>&1 3>&- &
	wait_until 5 test -s "$trap/ready"
	chmod 666 "$trap/sock"
	run as_user bob env "DOCKER_HOST=unix://$trap/sock" centerctl exec unprivileged readlink /proc/self/ns/mnt
	[ "$output" != "$(readlink "/proc/$pid/ns/mnt")" ]
	run as_user bob centerctl exec -H "unix://$trap/sock" unprivileged readlink /proc/self/ns/mnt
	[ "$output" != "$(readlink "/proc/$pid/ns/mnt")" ]
	# And where centerctl itself would not ask it to.
	run as_user bob env "FORGER_ENGINE=$trap/sock" "$(forger)" "$CENTERCTL_LIBEXEC/centerctl-enter" "" "" unprivileged readlink /proc/self/ns/mnt
	assert_output "$(docker exec unprivileged readlink /proc/self/ns/mnt)"
	run as_user bob centerctl exec "pid:$pid" id
	assert_status 125
	# Not even when root's own configuration names that engine.
	policy_as_is <<-END
		engine unix://$trap/sock
		allow user:bob to * as root for exec,shell with privileged
	END
	run as_user bob centerctl exec unprivileged id
	assert_status 125
	assert_silent_about uid=
	policy <<-END
		allow user:alice to unprivileged as app  for exec,shell
		allow user:bob   to *            as root,app for exec,shell with privileged
	END
	# To the first process of a PID namespace no other signal comes.
	kill -KILL "$pid"
	pkill -f "^python3 $CENTERCTL_TOP/tests/lib/fake-engine.py --listen unix:$trap/sock" || true
}

@test "root's number in the container's passwd is root, whatever its name there (threat 8)" {
	container unprivileged-named base sleep 1000
	docker exec unprivileged-named sh -c 'sed -i "s/^app:x:1000:1000/app:x:0:0/" /etc/passwd'
	policy <<-END
		allow user:alice to unprivileged-* as app      for exec,shell
		allow user:bob   to unprivileged-* as app,root for exec
	END
	run as_user alice centerctl exec unprivileged-named id
	assert_status 125
	assert_silent_about uid=
	run as_user alice centerctl exec -u app unprivileged-named id
	assert_status 125
	run audit_last .reason
	[ ${#output} -gt 5 ]
	run as_user bob centerctl exec -u app unprivileged-named id -u
	assert_status 0
	assert_output 0
	local word
	for word in 0 +0 00 0x0 -1 4294967295 4294967296 1000:0 app:root app:0 :0 '' root 'app ' 1000:wheel; do
		docker exec unprivileged-named sh -c 'sed -i "s/^app:x:0:0/app:x:1000:1000/" /etc/passwd'
		run as_user alice centerctl exec "--user=$word" unprivileged-named id
		echo "$word: $output" >&2
		assert_silent_about uid=0
		assert_silent_about gid=0
		assert_silent_about wheel
	done
	containers_gone unprivileged-named
	policy <<-END
		allow user:alice to unprivileged as app  for exec,shell
		allow user:bob   to *            as root,app for exec,shell with privileged
	END
}

@test "a name that is somebody else's ID, or the beginning of one, opens nobody else's container (threat 28)" {
	local id name victim=unprivileged-victim
	container $victim base sleep 1000
	docker exec $victim touch /victim
	id=$(container_id $victim)
	policy <<-END
		allow user:alice to $id          as app for exec
		allow user:alice to ${id:0:12}   as app for exec
		allow user:alice to ${id:0:3}    as app for exec
		allow user:alice to unprivileged as app for exec
	END
	container "${id:0:12}" base sleep 1000
	container "${id:0:3}" base sleep 1000
	for name in "$id" "${id:0:12}" "${id:0:3}" "${id:0:20}" "/$victim" "%75nprivileged-victim" UNPRIVILEGED-VICTIM ./unprivileged-victim; do
		run as_user alice centerctl exec "$name" ls /victim
		echo "$name: $status $output" >&2
		[ "$output" != /victim ]
	done
	containers_gone $victim
	docker rm -f "$(docker ps -aqf "name=^${id:0:12}$")" "$(docker ps -aqf "name=^${id:0:3}$")" >/dev/null
	policy <<-END
		allow user:alice to unprivileged as app  for exec,shell
		allow user:bob   to *            as root,app for exec,shell with privileged
	END
}
