# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The virtual machine of tests/vm, which sources this after build.bash.
#
# $vm/root          its root directory; what is compiled is compiled in there (vm_in_root)
# $vm/root.img      its first disk, made of that once, and never written to
# $vm/srv, srv.img  its second, /srv: the tree and the builds; made for each run
# $vm/key           lets in root, and `user`

vm=$build_dir/vm
packages_vm=(debootstrap:debootstrap qemu-system-x86_64:qemu-system-x86 mke2fs:e2fsprogs ssh:openssh-client ssh-keygen:openssh-client
	git:git chroot:coreutils unshare:util-linux)
# What a host has that runs containers and lets colleagues in, beside what build.bash names.
vm_packages=(linux-image-amd64 initramfs-tools zstd systemd-sysv dbus dbus-user-session libpam-systemd udev kmod openssh-server sudo
	apparmor docker.io podman crun uidmap slirp4netns fuse-overlayfs iputils-ping ca-certificates less vim-tiny)
vm_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Debian's own among the sources that apt has here, as lines of sources.list.
vm_sources()
{
	apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u
}

# The packages of the machine that apt knows, by name.
vm_wanted()
{
	local want package
	for want in "${vm_packages[@]}" "${packages_build[@]}" "${packages_unit[@]}" "${packages_engine[@]}" "${packages_debug[@]}" \
		"${packages_tests[@]}" "${packages_host[@]}" "${packages_packaging[@]}"; do
		package=${want##*:}
		[ "$package" = docker-cli ] && ! build_installable "$package" || echo "$package"
	done | sort -u
}

# vm_in_root SCRIPT [ARGUMENT...]: bash runs it in the machine's root directory, with the host's network, and $vm/srv as /srv. Mounts
# and processes end with it.
vm_in_root()
{
	# In the background, so that a signal ends us at once; what is in there ends with unshare, which ignores most signals.
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private --pid --fork --kill-child -- bash -euc '
		root=$1 srv=$2 path=$3
		shift 3
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		mount --rbind /sys "$root/sys"
		mount --bind "$srv" "$root/srv"
		for file in resolv.conf hosts; do
			[ ! -e "/etc/$file" ] || mount --bind "$(readlink -f "/etc/$file")" "$root/etc/$file"
		done
		exec chroot "$root" env -i "PATH=$path" HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			"http_proxy=${http_proxy:-}" "https_proxy=${https_proxy:-}" bash -euc "$@"' \
		- "$vm/root" "$vm/srv" "$vm_path" "$1" - "${@:2}" </dev/null &
	vm_inner=$!
	local status=0
	wait "$vm_inner" || status=$?
	vm_inner=
	return $status
}

# What it is made by: another one means another image.
vm_recipe()
{
	vm_sources
	vm_wanted
	declare -f vm_bootstrap vm_settle vm_image
}

vm_image()
{
	local recipe log=$vm/image.log
	recipe=$(vm_recipe | sha256sum | cut -d ' ' -f 1)
	[ "$(cat "$vm/made" 2>/dev/null)" != "$recipe" ] || return 0
	say "a virtual machine of Debian's packages (some minutes, once)"
	vm_remove_made
	mkdir -p "$vm/srv"
	ssh-keygen -q -t ed25519 -N '' -C centerctl-tests-vm -f "$vm/key" </dev/null || return
	if ! { vm_bootstrap && vm_settle; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		return 1
	fi
	cp "$(readlink -f "$vm/root/vmlinuz")" "$vm/vmlinuz" && cp "$(readlink -f "$vm/root/initrd.img")" "$vm/initrd.img" || return
	vm_disk root 12G && echo "$recipe" >"$vm/made"
}

vm_bootstrap()
{
	local release mirror
	# shellcheck source=/dev/null
	release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	mirror=$(vm_sources | awk -v r="$release" '$3 == r { print $2; exit }')
	if [ -z "$mirror" ]; then
		echo "apt knows no source of Debian's $release here"
		return 1
	fi
	debootstrap --variant=minbase "$release" "$vm/root" "$mirror" || return
	vm_sources >"$vm/root/etc/apt/sources.list"
	touch "$vm/root/etc/hosts" "$vm/root/etc/resolv.conf"
	# Scripts of packages start nothing; the initial ram disk only has what this machine needs.
	printf '#!/bin/sh\nexit 101\n' >"$vm/root/usr/sbin/policy-rc.d" && chmod 755 "$vm/root/usr/sbin/policy-rc.d"
	mkdir -p "$vm/root/etc/initramfs-tools/conf.d"
	echo MODULES=list >"$vm/root/etc/initramfs-tools/conf.d/vm"
	printf '%s\n' virtio_pci virtio_blk ext4 >"$vm/root/etc/initramfs-tools/modules"
	# shellcheck disable=SC2046 # names of packages hold no blanks
	vm_in_root 'apt-get -q update
		apt-get -qy -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io --no-install-recommends install "$@"
		apt-get -q clean' $(vm_wanted)
}

# What an installer would ask about: names, disks, network, who may log in.
vm_settle()
{
	local root=$vm/root
	rm -f "$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" "$root/etc/machine-id"
	: >"$root/etc/machine-id"
	: >"$root/etc/resolv.conf"
	echo vm >"$root/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.1.1 vm\n::1 localhost\n' >"$root/etc/hosts"
	printf '/dev/vda / ext4 defaults 0 0\n/dev/vdb /srv ext4 defaults 0 0\n' >"$root/etc/fstab"
	printf '[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\n' >"$root/etc/systemd/network/eth0.network"
	echo 'user ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/user"
	install -m 644 "$vm/key.pub" "$root/etc/ssh/vm_key.pub"
	echo 'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/vm_key.pub' >"$root/etc/ssh/sshd_config.d/vm.conf"
	vm_in_root 'useradd -m -s /bin/bash user
		systemctl enable systemd-networkd
		systemctl mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer man-db.timer dpkg-db-backup.timer'
}

# vm_disk NAME SIZE: $vm/NAME.img with what is below $vm/NAME.
vm_disk()
{
	rm -f "$vm/$1.img"
	mke2fs -q -t ext4 -d "$vm/$1" "$vm/$1.img" "$2" </dev/null >/dev/null
}

# vm_tree SUITES: puts the tree at /srv/centerctl, as it is here, and compiles for these suites what takes longest: in the machine
# that would be emulated.
vm_tree()
{
	say "the tree, compiled in the machine's root directory"
	mkdir -p "$vm/srv/centerctl" "$vm/srv/builds"
	find "$vm/srv/centerctl" -mindepth 1 -delete
	(cd "$top" && git ls-files -z --cached --others --exclude-standard | xargs -0 -r sh -c 'for f; do [ ! -f "$f" ] || printf "%s\\0" "$f"; done' - |
		tar -c --null --no-recursion -T -) | tar -x --no-same-owner -C "$vm/srv/centerctl" || return
	vm_in_root 'cd /srv/centerctl
		export CENTERCTL_BUILD_DIR=/srv/builds
		. tests/lib/build.bash
		. tests/lib/vm.bash
		[[ " $1 " != *" unit "* ]] || build_for_unit
		build_for_tests
		vm_toolbox
		build_tests_gone' "$1" || return
	vm_disk srv 16G
}

# In the machine's root directory: the toolbox that tests of debugging would fetch packages for.
vm_toolbox()
{
	export CENTERCTL_STATE=/nonexistent CENTERCTL_TOP=$build_top CENTERCTL_LIBEXEC=$build_tests_prefix/libexec/centerctl
	export PATH=$build_tests_prefix/bin:$PATH
	# shellcheck source=tests/lib/debug.bash
	. "$build_top/tests/lib/debug.bash"
	debug_toolbox
}

vm_ssh()
{
	ssh "${vm_ssh_options[@]}" "$@"
}

vm_runs()
{
	[ -n "${vm_pid:-}" ] && kill -0 "$vm_pid" 2>/dev/null
}

# vm_boot ACCELERATOR: what is written to the disks goes to files without a name.
vm_boot()
{
	local port cpu=host words=
	# Each system call would empty what QEMU knows of page tables, twice, for the sake of a processor that nobody has.
	[ "$1" = kvm ] || cpu=max words=mitigations=off
	port=$((RANDOM % 20000 + 30000))
	vm_ssh_options=(-F none -i "$vm/key" -p "$port" -o HostName=127.0.0.1 -o HostKeyAlias=vm -o "UserKnownHostsFile=$vm/known_hosts" -o GlobalKnownHostsFile=/dev/null
		-o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes -o LogLevel=ERROR -o ServerAliveInterval=60)
	echo "vm $(cut -d ' ' -f 1,2 "$vm/root/etc/ssh/ssh_host_ed25519_key.pub")" >"$vm/known_hosts"
	rm -f "$vm/console.log"
	TMPDIR=$vm setsid qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -M q35 -accel "$1" -cpu "$cpu" -m "$vm_memory" -smp "$vm_cpus" \
		-kernel "$vm/vmlinuz" -initrd "$vm/initrd.img" -append "root=/dev/vda rw console=ttyS0 net.ifnames=0 $words $vm_kernel" \
		-drive "file=$vm/root.img,format=raw,if=virtio,snapshot=on" -drive "file=$vm/srv.img,format=raw,if=virtio,snapshot=on" \
		-netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci \
		-serial "file:$vm/console.log" </dev/null >"$vm/qemu.log" 2>&1 5>&- 7>&- &
	vm_pid=$!
	disown
}

# vm_wait SECONDS COMMAND...: until it works, or the machine is gone.
vm_wait()
{
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		vm_runs && [ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.5
	done
}

# KVM may be there without the processor's help, and then runs kernels alone that were made for it.
vm_accelerators()
{
	if [ -n "$vm_accel" ]; then
		echo "$vm_accel"
		return
	fi
	[ ! -w /dev/kvm ] || ! grep -qwE 'vmx|svm' /proc/cpuinfo || echo kvm
	echo tcg
}

# A kernel that says nothing does not run.
vm_start()
{
	for vm_accel in $(vm_accelerators); do
		say "the machine starts ($vm_accel)"
		vm_boot "$vm_accel"
		vm_wait 30 grep -q 'Linux version' "$vm/console.log" && break
		vm_stop
	done
	if ! vm_runs; then
		cat "$vm/qemu.log" >&2
		return 1
	fi
	vm_wait 900 vm_ssh -o ConnectTimeout=20 root@vm true || return
	vm_ssh root@vm 'systemctl is-system-running --wait >/dev/null || systemctl --no-legend --failed
		printf "    %s, %s, cgroups on %s, modules %s\n" "$(uname -r)" "$(docker --version)" "$(stat -f -c %T /sys/fs/cgroup)" "$(cat /sys/kernel/security/lsm)"'
}

# Nothing is lost: what its disks have got is not kept.
vm_stop()
{
	[ -z "${vm_inner:-}" ] || kill -KILL "$vm_inner" 2>/dev/null
	vm_runs || return 0
	kill "$vm_pid"
	for _ in $(seq 100); do
		vm_runs || return 0
		sleep 0.1
	done
	kill -KILL "$vm_pid"
}

vm_remove_made()
{
	rm -rf --one-file-system "$vm"/{root,root.img,srv,srv.img,made,key,key.pub,known_hosts,vmlinuz,initrd.img}
}

vm_remove()
{
	if [ -e "$vm/lock" ] && ! flock -n "$vm/lock" true; then
		die "a machine of $vm is running"
	fi
	rm -rf --one-file-system "$vm"
}
