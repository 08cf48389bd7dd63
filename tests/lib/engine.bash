# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Private engines for one run of the tests: dockerd, dockerd --userns-remap, and podman's service, each with its own
# directories, containerd and network namespace, so that no engine that is already there is touched. Everything they
# need lies below one directory made by mktemp ($state); what carries that directory in its command line is ours, and
# nothing else is ever killed. The account that --userns-remap wants exists only in a private mount namespace.
#
# $state/ENGINE/pids/{net,containerd,dockerd}  who was started
# $state/ENGINE/docker.sock                    the API
# $state/env                                   what a test's shell sources

engine_note()
{
	echo "engine: $*" >&2
}

engine_wait()
{
	local tries=$(($1 * 50))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.02
	done
}

# The process is alive and was started by this run (a PID may have been used again).
engine_owns()
{
	[ -n "${1:-}" ] && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -qF "$state"
}

# Debian's docker if it is there: another one on PATH may be a newer client that expects a newer engine.
engine_docker_cli()
{
	if [ -x /usr/bin/docker ]; then
		echo /usr/bin/docker
	else
		command -v docker
	fi
}

# The body of `engine hold`: a process that only keeps a network namespace (for remap also a mount namespace with an /etc
# of its own that knows the account) open, so that an engine can be started there again.
engine_hold()
{
	local dir=$1
	ip link set lo up
	if [ "$2" = remap ]; then
		cp -a /etc "$dir/etc"
		grep -q ^dockremap: "$dir/etc/passwd" || echo dockremap:x:64999:64999::/:/usr/sbin/nologin >>"$dir/etc/passwd"
		grep -q ^dockremap: "$dir/etc/group" || echo dockremap:x:64999: >>"$dir/etc/group"
		echo dockremap:200000:65536 >"$dir/etc/subuid"
		echo dockremap:200000:65536 >"$dir/etc/subgid"
		mount --bind "$dir/etc" /etc
	fi
	echo $$ >"$dir/pids/net"
	exec -a "hold $dir" sleep 2147483
}

engine_namespaces()
{
	local dir=$state/$1
	mkdir -p "$dir/pids"
	if [ "$1" = remap ]; then
		setsid unshare --net --mount --propagation private -- "$self" hold "$dir" remap </dev/null >"$dir/log" 2>&1 &
	else
		setsid unshare --net -- "$self" hold "$dir" "$1" </dev/null >"$dir/log" 2>&1 &
	fi
	engine_wait 5 test -s "$dir/pids/net"
}

# engine_spawn ENGINE NAME COMMAND...: in the engine's namespaces, away from our terminal and its signals.
engine_spawn()
{
	local dir=$state/$1 name=$2 net
	shift 2
	net=$(cat "$dir/pids/net")
	local into=(-t "$net" --net)
	[ "${dir##*/}" != remap ] || into+=(--mount)
	setsid nsenter "${into[@]}" -- "$@" </dev/null >>"$dir/log" 2>&1 &
	echo $! >"$dir/pids/$name"
}

engine_containerd()
{
	local dir=$state/$1
	mkdir -p "$dir/containerd"
	cat >"$dir/containerd/config.toml" <<-END
		version = 2
		root = "$dir/containerd/root"
		state = "$dir/containerd/state"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		  address = "$dir/containerd/containerd.sock"
	END
	engine_spawn "$1" containerd containerd --config "$dir/containerd/config.toml"
	engine_wait 20 test -S "$dir/containerd/containerd.sock"
}

engine_dockerd()
{
	local dir=$state/$1
	local with=(--data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/docker.pid" -H "unix://$dir/docker.sock"
		--containerd "$dir/containerd/containerd.sock" --config-file "$dir/daemon.json"
		--bridge none --iptables=false --ip6tables=false)
	# daemon.json keeps the machine's own /etc/docker/daemon.json out, and where docker still makes a key, /etc/docker/key.json.
	if [ ! -e "$dir/daemon.json" ]; then
		if grep -qaF deprecated-key-path "$(command -v dockerd)"; then
			echo "{\"deprecated-key-path\": \"$dir/key.json\"}" >"$dir/daemon.json"
		else
			echo '{}' >"$dir/daemon.json"
		fi
	fi
	if [ "$1" = remap ]; then
		with+=(--userns-remap dockremap:dockremap)
	else
		with+=(--live-restore -H tcp://127.0.0.1:2376 --tlsverify --tlscacert "$state/certs/ca.pem"
			--tlscert "$state/certs/server-cert.pem" --tlskey "$state/certs/server-key.pem")
	fi
	engine_spawn "$1" dockerd dockerd "${with[@]}"
	engine_wait 30 "$docker" -H "unix://$dir/docker.sock" version
}

# An authority, a server certificate for 127.0.0.1 and localhost, and a client certificate.
engine_certificates()
{
	local dir=$state/certs name use
	mkdir -p "$dir"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 60 -subj "/CN=centerctl tests" \
		-keyout "$dir/ca-key.pem" -out "$dir/ca.pem" 2>/dev/null
	for name in server client; do
		use=${name}Auth
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$dir/$name-key.pem" \
			-out "$dir/$name.csr" 2>/dev/null
		openssl x509 -req -in "$dir/$name.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca-key.pem" -CAcreateserial -days 60 \
			-extfile <(printf 'extendedKeyUsage=%s\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n' "$use") \
			-out "$dir/$name-cert.pem" 2>/dev/null
	done
	cp "$dir/client-cert.pem" "$dir/cert.pem"
	cp "$dir/client-key.pem" "$dir/key.pem"
}

engine_podman_config()
{
	local dir=$state/podman
	mkdir -p "$dir/tmp"
	cat >"$dir/storage.conf" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$dir/root"
		runroot = "$dir/run"
	END
	# The limits: a machine without CAP_SYS_RESOURCE cannot raise a hard limit to podman's defaults. Locks in a file:
	# podman's default is one shared memory segment for the whole machine.
	cat >"$dir/containers.conf" <<-END
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		lock_type = "file"
		static_dir = "$dir/static"
		volume_path = "$dir/volumes"
		tmp_dir = "$dir/tmp"
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
	END
	cat >"$state/bin/podman" <<-END
		#!/bin/sh
		CONTAINERS_STORAGE_CONF=$dir/storage.conf CONTAINERS_CONF=$dir/containers.conf
		export CONTAINERS_STORAGE_CONF CONTAINERS_CONF
		unset CONTAINER_HOST
		exec $(command -v podman) --runroot $dir/run "\$@"
	END
	chmod +x "$state/bin/podman"
}

engine_podman()
{
	local dir=$state/podman
	"$state/bin/podman" import -q "$state/base.tar" base >/dev/null
	engine_spawn podman service "$state/bin/podman" system service --time=0 "unix://$dir/podman.sock"
	engine_wait 20 test -S "$dir/podman.sock"
}

engine_busybox()
{
	local b dir=$state/busybox
	for b in /bin/busybox /usr/bin/busybox; do
		if [ -x $b ] && ! ldd $b >/dev/null 2>&1; then
			echo $b
			return
		fi
	done
	# Debian's busybox and busybox-static exclude each other: leave the installed one alone.
	mkdir -p "$dir"
	(cd "$dir" && apt-get download busybox-static >&2 && dpkg-deb -x busybox-static_*.deb .) || return
	for b in "$dir/bin/busybox" "$dir/usr/bin/busybox"; do
		if [ -x "$b" ]; then
			echo "$b"
			return
		fi
	done
	return 1
}

# The trees that images are made of; there is no registry anywhere near.
#   base    busybox with passwd and group, /probe
#   static  nothing but /probe: no shell, no passwd, no /etc
engine_trees()
{
	local base=$state/trees/base static=$state/trees/static busybox applet
	mkdir -p "$base"/{bin,etc,tmp,proc,sys,dev,root,run,usr/bin,home/app,srv/work} "$static"/{proc,sys,dev}
	busybox=$(engine_busybox) || return
	cp "$busybox" "$base/bin/busybox"
	for applet in $("$busybox" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$base/bin/$applet"
	done
	chmod 1777 "$base/tmp"
	cat >"$base/etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		daemon:x:1:1:daemon:/usr/sbin:/bin/false
		app:x:1000:1000:An application,,,:/home/app:/bin/sh
		lost:x:1001:1001::/home/nowhere:/bin/sh
		shellless:x:1002:1002::/home/app:
		ash:x:1003:1003::/home/app:/bin/ash
		nobody:x:65534:65534:nobody:/nonexistent:/bin/false
	END
	cat >"$base/etc/group" <<-END
		root:x:0:
		daemon:x:1:
		wheel:x:10:root
		audio:x:29:app,lost
		video:x:44:app
		app:x:1000:
		lost:x:1001:
		extra:x:2000:
		nogroup:x:65534:
	END
	printf '#!/bin/sh\necho script\n' >"$base/bin/script"
	chmod 755 "$base/bin/script"
	printf 'not a program\n' >"$base/bin/noexec"
	chmod 644 "$base/bin/noexec"
	printf '#!/no/such/interpreter\n' >"$base/bin/badinterp"
	chmod 755 "$base/bin/badinterp"
	printf 'neither ELF nor script\n' >"$base/bin/badformat"
	chmod 755 "$base/bin/badformat"
	gcc -O1 -Wall -static -o "$base/probe" "$tests/engine/probe.c" || return
	cp "$base/probe" "$static/probe"
	tar -C "$base" -cf "$state/base.tar" .
	tar -C "$static" -cf "$state/static.tar" .
}

engine_images()
{
	local d=("$docker" -H "unix://$state/$1/docker.sock")
	"${d[@]}" import "$state/base.tar" base >/dev/null &&
		"${d[@]}" import "$state/static.tar" static >/dev/null &&
		"${d[@]}" import -c 'ENV FROM_IMAGE=yes PATH=/bin:/usr/bin COLOUR=blue TERM=vt220' -c 'WORKDIR /srv/work' -c 'USER app' \
			"$state/base.tar" dressed >/dev/null
}

# What a test's shell sources.
engine_env()
{
	ln -s "$prefix/bin/centerctl" "$state/bin/centerctl"
	ln -s "$docker" "$state/bin/docker"
	if [ -x /usr/bin/python3 ]; then
		ln -s /usr/bin/python3 "$state/bin/python3"
	fi
	cat >"$state/bin/engine_net" <<-END
		#!/bin/sh
		exec nsenter -t "\$(cat $state/docker/pids/net)" -n -- "\$@"
	END
	chmod +x "$state/bin/engine_net"
	mkdir -p "$state/docker-config"
	echo '{}' >"$state/docker-config/config.json"
	cat >"$state/env" <<-END
		export CENTERCTL_STATE=$state CENTERCTL_TOP=$top CENTERCTL_LIBEXEC=$prefix/libexec/centerctl
		export PATH=$state/bin:\$PATH
		export DOCKER_HOST=unix://$state/docker/docker.sock REMAP_HOST=unix://$state/remap/docker.sock
		export PODMAN_HOST=unix://$state/podman/podman.sock DOCKER_CONFIG=$state/docker-config
		export LC_ALL=C.UTF-8
		unset DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION CONTAINER_HOST DOCKER_DEFAULT_PLATFORM
	END
}

engine_start_docker()
{
	engine_namespaces docker && engine_certificates && engine_containerd docker && engine_dockerd docker &&
		engine_images docker || return
	# Plain TCP, for those who want to see it answered: loopback of the engine's own network namespace.
	engine_spawn docker plain socat "TCP-LISTEN:2375,bind=127.0.0.1,fork,reuseaddr" "UNIX-CONNECT:$state/docker/docker.sock"
}

engine_start_remap()
{
	engine_namespaces remap && engine_containerd remap && engine_dockerd remap && engine_images remap
}

engine_start_podman()
{
	engine_namespaces podman && engine_podman
}

engine_up()
{
	local job jobs=()
	mkdir -p "$state"/{bin,docker,remap,podman}
	engine_trees || return
	engine_podman_config
	engine_env
	for job in ${CENTERCTL_ENGINES:-docker remap podman}; do
		"engine_start_$job" &
		jobs+=($!)
	done
	for job in "${jobs[@]}"; do
		wait "$job" || return
	done
	: >"$state/up"
}

engine_end_process()
{
	local pid
	pid=$(cat "$1" 2>/dev/null) || return 0
	engine_owns "$pid" || return 0
	kill -TERM "$pid" 2>/dev/null
	engine_wait "$2" engine_gone "$pid" || kill -KILL "$pid" 2>/dev/null
}

engine_gone()
{
	! engine_owns "$1"
}

# IDs of all containers that the engines of this run still have.
engine_containers()
{
	local d
	for d in "$state"/{docker,remap}/data/containers/* "$state"/remap/data/*/containers/* \
		"$state"/podman/root/overlay-containers/*; do
		d=${d##*/}
		[[ $d =~ ^[0-9a-f]{64}$ ]] && echo "$d"
	done
}

# Directories of a container in every cgroup hierarchy.
engine_cgroups()
{
	find /sys/fs/cgroup -mindepth 2 -type d \( -name "$1" -o -name "libpod-$1" -o -name "libpod-conmon-$1" \) 2>/dev/null
}

engine_down()
{
	local id ids d pid e mounts
	host_end "$state"
	ids=$(engine_containers)
	for e in docker remap; do
		if [ -S "$state/$e/docker.sock" ] && [ -e "$state/$e/data" ]; then
			# shellcheck disable=SC2046 # words
			timeout 20 "$docker" -H "unix://$state/$e/docker.sock" rm -f -v \
				$(timeout 5 "$docker" -H "unix://$state/$e/docker.sock" ps -aq) >/dev/null 2>&1
		fi
	done
	if [ -d "$state/podman/root" ]; then
		timeout 30 "$state/bin/podman" rm -fa -t 0 >/dev/null 2>&1
	fi
	for e in docker remap podman; do
		for d in service plain dockerd containerd; do
			engine_end_process "$state/$e/pids/$d" 10
		done
	done
	# What an engine left behind: processes of containers, then shims, conmons and whatever else names our directory.
	for id in $ids; do
		for d in $(engine_cgroups "$id"); do
			xargs -r kill -KILL <"$d/cgroup.procs" 2>/dev/null
		done
	done
	for pid in $(pgrep -f -- "$state/" 2>/dev/null); do
		[ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] || engine_is_ancestor "$pid" || kill -KILL "$pid" 2>/dev/null
	done
	sleep 0.1
	for id in $ids; do
		for d in $(engine_cgroups "$id" | sort -r); do
			rmdir "$d" 2>/dev/null
		done
	done
	engine_leave_parents
	# The innermost mount last in the table comes off first. (Those of a private mount namespace are gone with it.)
	mounts=$(awk -v s="$state/" 'index($5, s) == 1 { print $5 }' /proc/self/mountinfo | tac)
	for d in $mounts; do
		umount -l "$d" 2>/dev/null
	done
	rm -rf --one-file-system "$state"
}

engine_is_ancestor()
{
	local p=$$
	while [ "$p" -gt 1 ]; do
		p=$(awk '$1 == "PPid:" { print $2 }' "/proc/$p/status" 2>/dev/null) || return 1
		[ "$p" != "$1" ] || return 0
	done
	return 1
}

# Cgroups that engines make for all their containers. Where there is none yet, we make it, and its group says so. As long as this run
# lasts it holds a child of ours: whose end comes last takes them away, whoever made them, and none that was there before.
engine_take_parents()
{
	local hold parent
	for parent in $(engine_parents); do
		hold=$parent/$(engine_hold_name)
		until mkdir "$hold" 2>/dev/null; do
			if mkdir "$parent" 2>/dev/null; then
				chgrp "$traces_group" "$parent"
			elif [ ! -d "$parent" ]; then
				break
			fi
		done
	done
	for parent in /run/containerd/s /run/containerd /run/libpod /run/runc /run/crun /run/docker /run/sshd /var/lib/cni /var/lib/docker \
		/var/lib/containers /etc/docker; do
		[ -e "$parent" ] || echo "$parent"
	done >"$state/new-parents"
}

engine_hold_name()
{
	echo "centerctl-$build_tests_id.${state##*.}"
}

engine_parents()
{
	local h
	for h in /sys/fs/cgroup /sys/fs/cgroup/*/; do
		[ ! -e "$h/cgroup.procs" ] || printf '%s\n' "${h%/}/docker" "${h%/}/libpod_parent"
	done
}

# rmdir takes only empty ones.
engine_leave_parents()
{
	local d
	for d in $(engine_parents); do
		rmdir "$d/$(engine_hold_name)" 2>/dev/null
		[ "$(stat -c %g "$d" 2>/dev/null)" != "$traces_group" ] || rmdir "$d" 2>/dev/null
	done
	while read -r d; do
		# podman's, of layers that it copied; no option names another place.
		[ "$d" != /var/lib/containers ] || rm -f "$d"/cache/blob-info-cache-v1.{boltdb,sqlite}
		[ ! -d "$d" ] || find "$d" -depth -type d -exec rmdir {} + 2>/dev/null
	done <"$state/new-parents"
}
