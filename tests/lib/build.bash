# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Sourced by tests/run, contrib/quickstart and tests/bench/run: what a fresh Debian lacks, and the builds.
#
# Every build lies below build/ of the source tree, which git ignores.

build_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build_dir=${CENTERCTL_BUILD_DIR:-$build_top/build}
# The installation that tests use lies where every account may reach it and nobody but root may write to a component of its
# path, since centerctl-enter is setuid there and the policy is below it. tests/run takes it away again.
build_tests_id=$(printf %s "$build_dir" | sha256sum | cut -c -12)
build_tests_prefix=/var/lib/centerctl-tests/$build_tests_id
build_tests_rundir=/run/centerctl-tests-$build_tests_id

# What is looked for, and the Debian package that brings it: `command:package`, `pc=module:package` for pkg-config,
# `file=path:package`. A docker or a compiler from elsewhere is as good as Debian's.
packages_build=(gcc:gcc file=/usr/include/stdlib.h:libc6-dev meson:meson ninja:ninja-build pkg-config:pkg-config
	pc=libcap:libcap-dev pc=libseccomp:libseccomp-dev pc=libcurl:libcurl4-openssl-dev pc=libcjson:libcjson-dev pc=libmd:libmd-dev scdoc:scdoc)
packages_unit=(pc=cmocka:libcmocka-dev)
packages_engine=(dockerd:docker.io docker:docker-cli containerd:containerd runc:runc docker-init:tini ip:iproute2
	iptables:iptables nsenter:util-linux pgrep:procps ps:procps)
# To debug and to be debugged: gdb and strace of this side, a C library other than glibc, and a busybox that `centerctl shell` can use.
packages_debug=(strace:strace gdb:gdb musl-gcc:musl-tools file=/bin/busybox:busybox-static dpkg-deb:dpkg ss:iproute2)
packages_tests=(git:git bats:bats podman:podman conmon:conmon python3:python3 socat:socat openssl:openssl curl:curl jq:jq
	strace:strace gdb:gdb setpriv:util-linux nproc:coreutils bash:bash zsh:zsh fish:fish man:man-db script:bsdutils
	capsh:libcap2-bin logrotate:logrotate asciinema:asciinema file=/usr/lib/openssh/sftp-server:openssh-sftp-server)
# What a host that colleagues reach through SSH needs. openssh-server comes apart from the rest, see install_sshd.
packages_host=(sshfs:sshfs ssh:openssh-client ssh-keygen:openssh-client rsync:rsync expect:expect tmux:tmux setfacl:acl jq:jq mke2fs:e2fsprogs
	asciinema:asciinema ss:iproute2 unshare:util-linux)
# What contrib/debian/build needs beyond a build, and what its package is held against.
packages_packaging=(file=/usr/share/build-essential/list:build-essential dpkg-buildpackage:dpkg-dev dh:debhelper fakeroot:fakeroot lintian:lintian)
packages_lint=(clang:clang clang-format:clang-format shellcheck:shellcheck cppcheck:cppcheck
	file=/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a:libclang-rt-dev)

build_has()
{
	case $1 in
	pc=*) pkg-config --exists "${1#pc=}" 2>/dev/null ;;
	file=*) compgen -G "${1#file=}" >/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# Is this name a package that apt can install? (Debian 12 has the docker command inside docker.io, Debian 13 beside it.)
build_installable()
{
	[ -n "$(apt-cache madison "$1" 2>/dev/null)" ]
}

# install_missing WANTS...: installs the packages of what is not there, after one apt-get update.
install_missing()
{
	local want missing=() package
	for want in "$@"; do
		build_has "${want%:*}" || missing+=("${want##*:}")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		echo "missing, and not to be installed from here (no apt-get, or not root): ${missing[*]}" >&2
		return 1
	fi
	echo "==> installing Debian packages: ${missing[*]}"
	apt-get -q update >/dev/null || return
	local wanted=()
	for package in "${missing[@]}"; do
		if build_installable "$package"; then
			wanted+=("$package")
		elif [ "$package" != docker-cli ]; then
			echo "no package $package" >&2
			return 1
		fi
	done
	DEBIAN_FRONTEND=noninteractive apt-get -qy -o Dpkg::Use-Pty=0 install --no-install-recommends "${wanted[@]}" >"$build_dir/apt.log" 2>&1 \
		</dev/null || {
		tail -n 20 "$build_dir/apt.log" >&2
		return 1
	}
}

# install_sshd: the program sshd, and no service. The package's scripts would start one and have it started at every boot;
# in the mount namespace in which they run here, what they call for that does nothing.
install_sshd()
{
	[ ! -x /usr/sbin/sshd ] || return 0
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private bash -c '
		for tool in /usr/sbin/invoke-rc.d /usr/sbin/update-rc.d /usr/bin/deb-systemd-invoke /usr/bin/deb-systemd-helper /bin/systemctl; do
			[ ! -e "$tool" ] || mount --bind /bin/true "$(readlink -f "$tool")" || exit
		done
		. "$1"
		install_missing file=/usr/sbin/sshd:openssh-server' - "${BASH_SOURCE[0]}"
}

# build_in NAME [meson setup's options]: configures build/NAME if need be and compiles, all or the targets in $build_targets; the log is
# build/NAME.log. One build at a time, whoever asks.
build_in()
{
	local dir=$build_dir/$1 log=$build_dir/$1.log
	shift
	mkdir -p "$build_dir"
	(
		flock 9
		if [ -e "$dir/build.ninja" ] && [ "$(cat "$dir/.options" 2>/dev/null)" != "$build_top $*" ]; then
			rm -rf "$dir"
		fi
		if [ ! -e "$dir/build.ninja" ]; then
			rm -rf "$dir"
			meson setup "$dir" "$build_top" "$@" || exit
			echo "$build_top $*" >"$dir/.options"
		fi
		# shellcheck disable=SC2086 # words
		ninja -C "$dir" ${build_targets:-}
	) >"$log" 2>&1 9>"$dir.lock" </dev/null || {
		echo "building $dir failed:" >&2
		grep -E -A4 'error|warning|ERROR|FAILED' "$log" | head -n 40 >&2
		return 1
	}
}

# The development build, with unit tests and the replay of fuzz corpora.
build_for_unit()
{
	build_in dev --native-file "$build_top/dev.ini" -Dtests=enabled
}

# The installation that bats tests use: optimised as a release, with test hooks.
build_for_tests()
{
	build_in tests --prefix="$build_tests_prefix" -Dtest_hooks=true -Dtests=disabled -Drundir="$build_tests_rundir" \
		-Dconfdir="$build_tests_prefix/etc/centerctl" -Dlogdir="$build_tests_prefix/log" -Dstatedir="$build_tests_prefix/state" || return
	build_tests_use || return
	(umask 022 && mkdir -p "$build_tests_prefix" && ninja -C "$build_dir/tests" install) >>"$build_dir/tests.log" 2>&1
}

# Takes it away, unless another run uses it: everybody who does holds a shared lock on this file.
build_tests_use()
{
	exec 7>"$build_dir/tests.use" && flock -s 7
}

build_tests_gone()
{
	flock -n -x 7 2>/dev/null || return 0
	rm -rf --one-file-system "$build_tests_prefix" "$build_tests_rundir"
	rmdir "${build_tests_prefix%/*}" 2>/dev/null
	exec 7>&-
}
