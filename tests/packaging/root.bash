# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A root of its own to install packages into: what is below / here, as an overlay whose upper side is memory, with an empty /run.
# What is written there, dpkg's database included, is gone with the mount namespace. Services are not touched (policy-rc.d).
#
# in_new_root DIRECTORY: runs the script on stdin there, with DIRECTORY at the same place; it finds DIRECTORY/before.deb and
# so on. The script may use what is below.

in_new_root()
{
	local dir=$1
	cat >"$dir/script"
	# shellcheck disable=SC2016 # for the inner shell
	CENTERCTL_STATE=$CENTERCTL_STATE DOCKER_HOST=$DOCKER_HOST TMPDIR=/tmp unshare --mount --propagation private -- \
		bash -c '. "$1"; root_run "$2"' - "${BASH_SOURCE[0]}" "$dir" </dev/null
}

# A layer in which there is nothing of a centerctl that this machine itself has: overlayfs takes a device 0:0 for a file that was removed.
root_mask()
{
	local path
	for path in /etc/centerctl /var/lib/centerctl /var/lib/centerctl-gate /var/log/centerctl /etc/ssh/sshd_config.d/10-centerctl.conf; do
		[ -e "$path" ] || continue
		mkdir -p "$1${path%/*}" && mknod "$1$path" c 0 0 || return
	done
}

root_run()
{
	local dir=$1 over place
	over=$dir/over
	mkdir -p "$over"
	mount -t tmpfs -o mode=755 over "$over" && mkdir "$over"/{upper,work,root,mask} || return
	root_mask "$over/mask" || return
	mount -t overlay -o "lowerdir=$over/mask:/,upperdir=$over/upper,workdir=$over/work" overlay "$over/root" || return
	mkdir -p "$over/root/run" && mount -t tmpfs -o mode=755 run "$over/root/run" && mkdir "$over/root/run/lock" || return
	for place in /proc /sys /dev; do
		mount --rbind "$place" "$over/root$place" || return
	done
	# Sockets are where they are, and the packages are outside of what is compared.
	for place in "$CENTERCTL_STATE" "$dir"; do
		mkdir -p "$over/root$place" && mount --bind "$place" "$over/root$place" || return
	done
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	unset CENTERCTL CENTERCTL_LIBEXEC CENTERCTL_BUILD CENTERCTL_TOP
	cd / && chroot "$over/root" bash -euc '. "$1"; cd /; root_prepare; . "$2"' - "$(cp "${BASH_SOURCE[0]}" "$dir/root.bash" && echo "$dir/root.bash")" \
		"$dir/script" || return
	root_left "$over/upper"
}

# The index of manual pages takes longer than all the rest.
root_prepare()
{
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
	rm -f /var/lib/man-db/auto-update
	! dpkg -s centerctl >/dev/null 2>&1 || dpkg --purge centerctl >/dev/null
}

install_deb()
{
	apt-get -qq -o Dpkg::Use-Pty=0 -o APT::Sandbox::User=root -o DPkg::Lock::Timeout=30 --no-install-recommends --allow-downgrades install "$@"
}

purge_deb()
{
	apt-get -qq -y -o Dpkg::Use-Pty=0 purge centerctl
}

fail()
{
	echo "$*" >&2
	exit 1
}

# What the upper side of the overlay has beside the databases, logs and caches of apt, dpkg and debconf, and the copies that
# shadow's tools make of what they change: nothing may be there that was not there before, or is different.
root_left()
{
	local upper=$1 path left=0
	while IFS= read -r -d '' path; do
		path=${path#"$upper"}
		case $path in
		'' | /usr/sbin/policy-rc.d | /var/lib/man-db/auto-update) continue ;;
		/var/lib/dpkg/* | /var/lib/apt/* | /var/cache/apt/* | /var/cache/debconf/* | /var/cache/man/* | /var/log/apt/* | /var/log/dpkg.log | /var/log/alternatives.log) continue ;;
		/etc/passwd- | /etc/group- | /etc/shadow- | /etc/gshadow- | /etc/.pwd.lock | /var/log/faillog | /var/log/lastlog) continue ;;
		/var/cache/ldconfig/* | /etc/ld.so.cache | /root/.* | /tmp) continue ;;
		esac
		# Below is what was there; a directory above a bind mount is not of the package's making.
		if [ -d "$upper$path" ]; then
			[ ! -d "$path" ] || continue
		elif [ -f "$upper$path" ] && [ -f "$path" ] && cmp -s "$upper$path" "$path" &&
			[ "$(stat -c '%a %u %g' "$upper$path")" = "$(stat -c '%a %u %g' "$path")" ]; then
			continue
		fi
		echo "left behind, or changed: $path" >&2
		left=1
	done < <(find "$upper" -print0)
	return $left
}
