# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Sourced by tests/run: what a run leaves behind is one test of it, `the run leaves nothing behind`.
#
# Others work on the same machine, another tests/run perhaps. So little is told by what was there before and what is there
# after; whose it is must be seen. A lane has PID and mount namespaces of its own, and in them directories of its own at the places
# that programs write to whatever they are told: /tmp, /run, /var/lib and so on. Whatever process, mount or name is there when
# its tests and engines have ended is the lane's (traces_lane), and goes with it. What has no namespace here
# (cgroups, accounts) is known by names that are ours alone (traces_machine).

traces_places=(/tmp /var/tmp /dev/shm /run /var/lib)
# Of engines, of sshd and of centerctl: the machine's own are out of reach, and new ones are seen.
traces_hidden=('/run/centerctl*' '/var/lib/centerctl*' /run/{containerd,containers,crun,docker,docker.sock,libpod,lock,netns,podman,runc,sshd}
	/var/lib/{cni,containerd,containers,docker})
# Who logged in, which an sshd writes down.
traces_records=(/var/log/wtmp /var/log/btmp /var/log/lastlog)
# Of cgroups that only we made, but that are called as those of every engine (see engine.bash).
traces_group=61099
traces_accounts='alice|bob|mallory|center|made|foreign|ops|dockerish|dockremap'

# traces_places_make OWN KEEP...: in a mount namespace of our own, puts directories below OWN at those places. What else is there stays
# as it is in /run and /var/lib, by bind mounts, and so do the paths KEEP. What OWN/places has already is there, too.
#
# The mounts are moved to where they belong: none may be left below OWN, which is removed in the end with all that is in it.
traces_places_make()
{
	local own=$1 place new keep
	shift
	for place in "${traces_places[@]}"; do
		[ -d "$place" ] && [ ! -L "$place" ] || continue
		new=$own/places$place
		mkdir -p "$new" && chmod --reference="$place" "$new" && mount --bind "$new" "$new" || return
		traces_entries "$place" "$new" || return
		for keep in "$@"; do
			[[ $keep != "$place"/* ]] || traces_bind "$keep" "$new${keep#"$place"}" || return
		done
	done
	for keep in "${traces_records[@]}"; do
		[ ! -e "$keep" ] || { mkdir -p "$own/places${keep%/*}" && : >"$own/places$keep" && mount --bind "$own/places$keep" "$keep"; } || return
	done
	mkdir -p "$own/places/run/lock" && chmod 1777 "$own/places/run/lock" || return
	for place in "${traces_places[@]}"; do
		[ ! -d "$own/places$place" ] || mount --move "$own/places$place" "$place" || return
	done
}

traces_entries()
{
	local entry hidden
	[ "$1" = /run ] || [ "$1" = /var/lib ] || return 0
	for entry in "$1"/* "$1"/.[!.]*; do
		for hidden in "${traces_hidden[@]}"; do
			# shellcheck disable=SC2053 # a pattern
			[[ $entry != $hidden ]] || continue 2
		done
		if [ -L "$entry" ] || [ -f "$entry" ]; then
			cp -a "$entry" "$2/"
		elif [ -e "$entry" ]; then
			# Without one that cannot be had (mount says why) a lane is still a lane.
			traces_bind "$entry" "$2/${entry##*/}" || true
		fi
	done
}

traces_bind()
{
	if [ -d "$1" ]; then
		mkdir -p "$2"
	else
		mkdir -p "${2%/*}" && : >"$2"
	fi && mount --rbind "$1" "$2"
}

# traces_places_gone OWN: the machine's own directories again, and OWN removed, as long as nothing at all is mounted below it.
traces_places_gone()
{
	local place
	for place in /var/lib /run /dev/shm /var/tmp /tmp "${traces_records[@]}"; do
		! mountpoint -q "$place" || umount -l "$place"
	done
	if awk -v own="$1/" 'index($5, own) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
		echo "something is mounted below $1, which stays" >&2
		return 1
	fi
	rm -rf --one-file-system "$1"
}

# What there is in a lane, a line each: names, and mounts other than those that come from outside (their `master:`).
traces_look()
{
	local place
	for place in "${traces_places[@]}"; do
		find "$place" -mindepth 1 -maxdepth 1 -printf 'file %p, of %u, %y\n' 2>/dev/null
	done
	find /run/utmp "${traces_records[@]}" -printf 'login record %p, %s bytes\n' 2>/dev/null
	find /run/lock -mindepth 1 -printf 'file %p, of %u, %y\n' 2>/dev/null
	awk '$0 !~ / master:/ { print "mount " $5 }' /proc/self/mountinfo
	losetup -nl -O NAME,BACK-INO,BACK-FILE 2>/dev/null | while read -r name inode file; do
		[ "$(stat -c %i "$file" 2>/dev/null)" != "$inode" ] || echo "loop device $name of $file"
	done
}

# Our first process, ourselves and what we start are no trace.
traces_processes()
{
	local pid
	for pid in /proc/[0-9]*; do
		pid=${pid#/proc/}
		[ "$pid" != 1 ] && [ "$pid" != $$ ] && [ "$pid" != "$BASHPID" ] || continue
		[ "$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status" 2>/dev/null)" != "$BASHPID" ] || continue
		[ ! -e "/proc/$pid/cmdline" ] || echo "process $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | head -c 300) ($(cat "/proc/$pid/comm" 2>/dev/null))"
	done
}

# traces_lane BEFORE: what is there that was not in that file of traces_look. A process that was told to end may take its time.
traces_lane()
{
	local tries=50 left
	# shellcheck disable=SC2034 # to wait for
	while left=$(traces_processes) && [ -n "$left" ] && [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.2
	done
	[ -z "$left" ] || printf '%s\n' "$left"
	traces_look | sort | comm -13 <(sort "$1") -
}

# What is ours on the machine, whatever run made it: accounts, and cgroups of containers in which nobody is.
traces_known()
{
	local file
	for file in passwd group shadow gshadow subuid subgid; do
		grep -nE "^($traces_accounts):|:610[0-9]{2}:" "/etc/$file" 2>/dev/null | sed "s,^,/etc/$file:,"
	done
	find /etc -mindepth 1 -maxdepth 3 -name '*centerctl*' 2>/dev/null
	find /sys/fs/cgroup -type d -regextype egrep -regex ".*/([0-9a-f]{64}|libpod-[^/]*|centerctl-(relay|$build_tests_id)\.[^/]*)" 2>/dev/null |
		while read -r file; do
			[ -n "$(find "$file" -name cgroup.procs -exec cat {} + 2>/dev/null | head -n 1)" ] || echo "cgroup $file"
		done
	find /sys/fs/cgroup -type d -gid "$traces_group" -links 2 2>/dev/null | sed 's/^/cgroup /'
}

# traces_machine BEFORE: what is there that was not in that file of traces_known. A container of somebody else's, made at this
# moment, has a cgroup without a process, too, but soon has none or one.
traces_machine()
{
	local tries=25 left
	while left=$(traces_known | sort | comm -13 <(sort "$1") -) && [ -n "$left" ] && [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.2
	done
	[ -z "$left" ] || printf '%s\n' "$left"
}
