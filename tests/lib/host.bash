# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A host of our own, for tests of what needs accounts and an sshd: a mount and a network namespace whose /etc has accounts
# that nobody else sees, whose configuration and logs of centerctl are empty file systems, and whose loopback has a port 22.
# Loaded after common.bash; `host_start` in setup_file starts it if this run has none yet, and it ends with the engines.
#
#   alice, bob, mallory   accounts with a shell; bob is in the group ops, mallory in the group dockerish
#   center                the gate account: its shell is centerctl-gate, its home is root's
#
# $host        its directory: keys/NAME{,.pub}, etc/ssh/sshd_config, sshd.log
# $host_conf   the directory of centerctl.conf, $host_log the one of audit.jsonl: to be seen from inside only (in_host)
#
# Everything in that mount namespace is ours; host_end kills nothing else.

host_paths()
{
	host=$CENTERCTL_STATE/host
	host_prefix=${CENTERCTL_LIBEXEC%/libexec/centerctl}
	host_conf=$host_prefix/etc/centerctl
	host_log=$host_prefix/log
	host_top=${CENTERCTL_TOP:?}
}

[ -z "${CENTERCTL_STATE:-}" ] || [ -z "${CENTERCTL_LIBEXEC:-}" ] || host_paths

# in_host COMMAND...: as root. In the background, `host_exec=1 in_host COMMAND... &`, and the same with whatever uses it here,
# makes $! the command's own PID.
in_host()
{
	${host_exec:+exec} nsenter -t "$(cat "$host/holder")" --mount --net -- "$@"
}

# as_user NAME COMMAND...: with nothing of ours in the environment. What else it should have: as_user NAME env A=B COMMAND.
as_user()
{
	local name=$1
	shift
	in_host setpriv --reuid "$name" --regid "$name" --init-groups --inh-caps=-all --ambient-caps=-all -- env -i "HOME=$host/home/$name" \
		"USER=$name" "LOGNAME=$name" SHELL=/bin/sh "PATH=$host_prefix/bin:/usr/bin:/bin" "TERM=${TERM:-xterm}" LC_ALL=C.UTF-8 "$@"
}

# An /etc of its own, and the accounts in it.
host_accounts()
{
	local name number=61000 home
	cp -a /etc "$host/etc"
	sed -i -E '/^(alice|bob|mallory|center|ops|dockerish):/d' "$host"/etc/{passwd,group,shadow}
	mkdir -p "$host/home" "$host_prefix/home/center"
	for name in alice bob mallory center; do
		number=$((number + 1))
		home=$host/home/$name
		echo "$name:x:$number:" >>"$host/etc/group"
		echo "$name:*:20000:0:99999:7:::" >>"$host/etc/shadow"
		if [ "$name" = center ]; then
			echo "$name:x:$number:$number::$host_prefix/home/center:$host_prefix/bin/centerctl-gate" >>"$host/etc/passwd"
		else
			echo "$name:x:$number:$number::$home:/bin/sh" >>"$host/etc/passwd"
			mkdir -p "$home"
			chown "$number:$number" "$home"
		fi
	done
	printf 'ops:x:61020:bob\ndockerish:x:61021:mallory\n' >>"$host/etc/group"
	grep -q ^sshd: "$host/etc/passwd" || echo sshd:x:64998:65534::/run/sshd:/usr/sbin/nologin >>"$host/etc/passwd"
	rm -f "$host/etc/nologin" "$host"/etc/ssh/sshd_config.d/*
	mount --bind "$host/etc" /etc
}

# Who logs in here is nothing that the machine's own records have to say.
host_records()
{
	mount -t tmpfs -o mode=755 records /var/log && touch /var/log/{wtmp,btmp,lastlog} || return
	[ ! -e /run/utmp ] || { : >"$host/utmp" && mount --bind "$host/utmp" /run/utmp; }
}

# The body of the process that keeps the namespaces open.
host_hold()
{
	local fd
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || [ "$fd" = 255 ] || eval "exec $fd>&-"
	done
	ip link set lo up
	host_accounts || return
	mkdir -p "$host_conf" "$host_log" /run/sshd
	mount -t tmpfs -o mode=755 conf "$host_conf" && mount -t tmpfs -o mode=755,size=256m log "$host_log" || return
	host_records || return
	echo $$ >"$host/holder.new"
	mv "$host/holder.new" "$host/holder"
	exec -a "hold $host" sleep 2147483
}

# What contrib/authorized_keys tells people to have, below what costs least time; $1: further lines of the Match block, $2: further ones for all; both
# win over those here.
host_sshd_config()
{
	printf '%s\n' "${2:-}" >"$host/etc/ssh/sshd_config"
	cat >>"$host/etc/ssh/sshd_config" <<-END
		Port 22
		ListenAddress 127.0.0.1
		ListenAddress ::1
		HostKey /etc/ssh/host_key
		PidFile none
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		AuthorizedKeysFile none
		KexAlgorithms curve25519-sha256
		Ciphers aes128-gcm@openssh.com
		LogLevel VERBOSE
		PrintMotd no
		MaxStartups 2000
		MaxSessions 1000
		Subsystem sftp internal-sftp
	END
	[ -z "${1:-}" ] || printf 'Match User center\n%s\n' "$1" >>"$host/etc/ssh/sshd_config"
	sed "s,/etc/centerctl,$host_conf,g" "$host_top/contrib/authorized_keys/10-centerctl.conf" >>"$host/etc/ssh/sshd_config"
}

host_answers()
{
	in_host bash -c ': </dev/tcp/127.0.0.1/22' 2>/dev/null
}

host_sshd_stop()
{
	wait_until 20 host_silent
}

# Whom sshd has just forked for a connection has the listener's title, and its socket, too: whoever looks like one is told to
# end until nobody listens. With one PID, taken at the start, the old sshd now and then stayed, and what was tested was it.
host_silent()
{
	local pids
	# shellcheck disable=SC2086 # several
	! pids=$(host_listener) || kill -TERM $pids 2>/dev/null || true
	! in_host sh -c 'ss -Hltn "sport = :22" | grep -q .'
}

# sshd_with [LINES [GLOBAL LINES]]: restarts sshd with these lines for the account center; running sessions stay.
# shellcheck disable=SC2120 # by the tests
sshd_with()
{
	host_sshd_stop
	host_sshd_config "${1:-}" "${2:-}"
	in_host /usr/sbin/sshd -t -f "$host/etc/ssh/sshd_config" || return
	# Nothing of bats's may stay open in what outlives a test, or bats waits for it; sshd closes all but 0 to 2 by itself.
	in_host setsid --fork /usr/sbin/sshd -D -e -f "$host/etc/ssh/sshd_config" </dev/null >>"$host/sshd.log" 2>&1
	wait_until 10 host_listens
}

# sshd answers from listen(2) on. The title by which it is found comes later: a look in between found nobody, and the next
# sshd_with left it there, with its old configuration.
host_listens()
{
	host_answers && host_listener >/dev/null
}

# PIDs: sshd that listens, and what it has forked a moment ago.
host_listener()
{
	pgrep -fx -- "sshd: /usr/sbin/sshd -D -e -f $host/etc/ssh/sshd_config \[listener\].*"
}

host_start()
{
	# Several bats processes may want it at once.
	exec 8>"$CENTERCTL_STATE/host.lock"
	flock 8
	local r=0
	[ -e "$host/up" ] || host_up || r=$?
	exec 8>&-
	return $r
}

host_up()
{
	mkdir -p "$host/keys"
	# shellcheck disable=SC2016 # for the inner shell
	CENTERCTL_LIBEXEC=$CENTERCTL_LIBEXEC setsid --fork unshare --net --mount --propagation slave -- \
		bash -c '. "$1"; host_hold' - "$host_top/tests/lib/host.bash" </dev/null >"$host/log" 2>&1
	if ! wait_until 10 test -s "$host/holder"; then
		cat "$host/log" >&2
		return 1
	fi
	ssh-keygen -q -t ed25519 -N '' -C host -f "$host/etc/ssh/host_key" || return
	echo "127.0.0.1,::1 $(cut -d ' ' -f 1,2 "$host/etc/ssh/host_key.pub")" >"$host/known_hosts"
	in_host sh -c "umask 022; : >'$host_conf/authorized_keys'"
	sshd_with || return
	: >"$host/up"
}

# host_end STATE: whatever is in the mount namespace of the host of that run, and nothing else.
host_end()
{
	local holder ns pid tries auth=()
	holder=$(cat "$1/host/holder" 2>/dev/null) || return 0
	ns=$(readlink "/proc/$holder/ns/mnt") || return 0
	[ "$ns" != "$(readlink /proc/self/ns/mnt)" ] || return 0
	tr '\0' ' ' <"/proc/$holder/cmdline" | grep -qF "hold $1/host" || return 0
	for tries in 1 2 3; do
		for pid in /proc/[0-9]*; do
			[ "$(readlink "$pid/ns/mnt" 2>/dev/null)" = "$ns" ] || continue
			auth+=("$(host_auth_file "${pid#/proc/}")")
			kill -KILL "${pid#/proc/}" 2>/dev/null
		done
		sleep 0.1
	done
	rm -f -- "${auth[@]}"
}

# host_auth_file PID: the file in /tmp with which sshd's ExposeAuthInfo tells a gate which key it was. An sshd that is killed leaves it there.
host_auth_file()
{
	tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | sed -n 's,^SSH_USER_AUTH=\(/tmp/sshauth\.[0-9A-Za-z]*\)$,\1,p'
}

# policy: makes what is on stdin the policy. `engine` and `gate` are put before it, unless the text has them.
policy()
{
	local text
	text=$(cat)
	{
		grep -q '^engine' <<<"$text" || echo "engine unix://$CENTERCTL_STATE/docker/docker.sock"
		grep -q '^gate' <<<"$text" || echo "gate center"
		printf '%s\n' "$text"
	} | in_host sh -c 'umask 022; mkdir -p "$1"; rm -rf "$1/centerctl.conf"; cat >"$1/centerctl.conf"' - "$host_conf"
}

# policy_as_is: the same without anything before it.
policy_as_is()
{
	in_host sh -c 'umask 022; mkdir -p "$1"; rm -rf "$1/centerctl.conf"; cat >"$1/centerctl.conf"' - "$host_conf"
}

no_policy()
{
	in_host find "$host_conf" -mindepth 1 ! -name authorized_keys -delete
}

# No policy and no key: for teardown_file.
host_clean()
{
	no_policy
	: | registry
}

# key NAME: makes a key that nobody knows.
key()
{
	[ -s "$host/keys/$1" ] || ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$host/keys/$1"
}

fingerprint()
{
	ssh-keygen -l -E sha256 -f "$host/keys/$1.pub" | cut -d ' ' -f 2
}

# registry: replaces the registry by the lines on stdin.
registry()
{
	in_host sh -c 'umask 022; cat >"$1/authorized_keys"' - "$host_conf"
}

registry_line()
{
	in_host sh -c 'umask 022; cat >>"$1/authorized_keys"' - "$host_conf"
}

# gate_key NAME [WORDS]: a key that the registry knows as NAME; WORDS follow the name in its forced command.
gate_key()
{
	key "$1"
	in_host grep -qF "$(cut -d ' ' -f 2 "$host/keys/$1.pub")" "$host_conf/authorized_keys" ||
		echo "restrict,pty,command=\"$host_prefix/bin/centerctl-gate $1${2:+ $2}\" $(cat "$host/keys/$1.pub")" | registry_line
}

# What every ssh of the tests is called with: nothing of the caller's configuration, one key, one known host.
host_ssh_options()
{
	ssh_options=(-i "$host/keys/$1" -o IdentitiesOnly=yes -o IdentityAgent=none -o "UserKnownHostsFile=$host/known_hosts"
		-o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=10)
}

# gate_ssh KEY [ssh's options] [WORDS...]: what a colleague types.
gate_ssh()
{
	local ssh_options
	host_ssh_options "$1"
	shift
	in_host ssh -F none "${ssh_options[@]}" center@127.0.0.1 "$@"
}

# ssh_block KEY CONTAINER...: a client's configuration in which each container is a host; prints the file's name.
ssh_block()
{
	local name file=$host/ssh_config.$1 key=$1
	shift
	: >"$file"
	for name in "$@"; do
		cat >>"$file" <<-END
			Host $name
			HostName 127.0.0.1
			User center
			SetEnv CENTERCTL_CONTAINER=$name
			IdentityFile $host/keys/$key
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $host/known_hosts
			GlobalKnownHostsFile /dev/null
			BatchMode yes
			LogLevel ERROR
		END
	done
	echo "$file"
}

# audit [JQ FILTER]: of the last line of the audit log.
audit_last()
{
	in_host tail -n 1 "$host_log/audit.jsonl" | jq -rc "${1:-.}"
}

# audit_all FILTER: of every line.
audit_all()
{
	in_host cat "$host_log/audit.jsonl" | jq -rc "$1"
}

audit_lines()
{
	in_host sh -c 'cat "$1" 2>/dev/null | wc -l' - "$host_log/audit.jsonl"
}

# Whatever of centerctl runs on that host.
gates_left()
{
	local pid ns
	ns=$(readlink "/proc/$(cat "$host/holder")/ns/mnt")
	for pid in $(pgrep '^centerctl-'); do
		[ "$(readlink "/proc/$pid/ns/mnt")" != "$ns" ] || echo "$pid"
	done
}

# The gate of a session, where there is one session only.
gate_pid()
{
	local pid
	for pid in $(gates_left); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != centerctl-gate ] || echo "$pid"
	done | head -n 1
}

no_gates_left()
{
	[ -z "$(gates_left)" ]
}

# as_person NAME STEPS... -- COMMAND...: that account at a terminal, see pty.py.
as_person()
{
	local name=$1 steps=()
	shift
	while [ "$1" != -- ]; do
		steps+=("$1")
		shift
	done
	shift
	python3 "$host_top/tests/lib/pty.py" "${steps[@]}" -- nsenter -t "$(cat "$host/holder")" --mount --net -- setpriv --reuid "$name" --regid "$name" \
		--init-groups --inh-caps=-all -- env -i "HOME=$host/home/$name" "PATH=$host_prefix/bin:/usr/bin:/bin" TERM=xterm LC_ALL=C.UTF-8 "$@"
}
