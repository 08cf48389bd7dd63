# SPDX-License-Identifier: ISC
# shellcheck shell=bats
# A command entered through centerctl is what it would be through `docker exec` (or podman's): tests/engine/probe.c runs
# both ways in containers of many shapes, and what it says must be equal, but for what differences.txt lists.

load ../lib/common

setup()
{
	export TERM=xterm
	made=()
}

teardown()
{
	[ ${#made[@]} -eq 0 ] || containers_gone "${made[@]}"
}

# made NAME [docker run's options] IMAGE [COMMAND]: as container, removed after the test.
make()
{
	made+=("$1")
	container "$@"
}

# What is left of a text without the lines that may differ.
without_differences()
{
	local tests lines reason args=()
	while IFS='|' read -r tests lines reason; do
		case $tests in
		'#'* | '') continue ;;
		esac
		tests=${tests// /}
		lines=${lines# }
		# shellcheck disable=SC2053 # a pattern
		[[ $1 == $tests ]] && args+=(-e "${lines% }")
	done <"$CENTERCTL_TOP/tests/engine/differences.txt"
	if [ ${#args[@]} -gt 0 ]; then
		grep -vE "${args[@]}" || true
	else
		cat
	fi
}

# says ENGINE'S-COMMAND...: the probe's text and the exit code, with pipes as stdin, stdout and stderr.
says()
{
	{
		set +e
		: | "$@" 2>&1
		echo "exit ${PIPESTATUS[1]}"
	} | cat
}

equal()
{
	local name=$1
	without_differences "$name" <"$BATS_TEST_TMPDIR/theirs.all" >"$BATS_TEST_TMPDIR/theirs"
	without_differences "$name" <"$BATS_TEST_TMPDIR/ours.all" >"$BATS_TEST_TMPDIR/ours"
	[ -s "$BATS_TEST_TMPDIR/theirs" ]
	if [ "$(wc -l <"$BATS_TEST_TMPDIR/ours")" -lt 5 ] && [ "$(wc -l <"$BATS_TEST_TMPDIR/theirs")" -gt 100 ]; then
		cat "$BATS_TEST_TMPDIR/ours" >&2
		return 1
	fi
	diff -U0 --label "the engine's exec" --label centerctl "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours" >&2
}

# same CONTAINER [options for both] [-- COMMAND...]: compares, without -- /probe.
same()
{
	local name=$1 options=() command=(/probe)
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	if [ "${1:-}" = -- ]; then
		shift
		command=("$@")
	fi
	says "${theirs[@]:-docker}" exec -i "${options[@]}" "$name" "${command[@]}" >"$BATS_TEST_TMPDIR/theirs.all"
	says centerctl exec "${options[@]}" "$name" "${command[@]}" >"$BATS_TEST_TMPDIR/ours.all"
	grep -q '^status CapBnd' "$BATS_TEST_TMPDIR/theirs.all" || [ "${command[*]}" != /probe ]
	equal "$name"
}

# The same on a terminal.
same_tty()
{
	local name=$1
	shift
	pty -- docker exec -it "$@" "$name" /probe >"$BATS_TEST_TMPDIR/theirs.all"
	pty -- centerctl exec -it "$@" "$name" /probe >"$BATS_TEST_TMPDIR/ours.all"
	equal "$name"
}

# Every capability of the kernel that this machine has, as options of docker run; --privileged itself where it works.
privileged_options()
{
	if docker run --rm --privileged --network none static /probe exit 0 2>/dev/null; then
		echo --privileged
		return
	fi
	local bounding names=() i name
	bounding=$((16#$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)))
	for i in chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service \
		net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin \
		sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override \
		mac_admin syslog wake_alarm block_suspend audit_read; do
		names+=("$i")
	done
	for i in "${!names[@]}"; do
		name=${names[i]}
		[ $((bounding >> i & 1)) = 0 ] || printf -- '--cap-add %s ' "$name"
	done
	echo --security-opt seccomp=unconfined --security-opt systempaths=unconfined
}

@test "a default container" {
	make diff-default base sleep 1000
	same diff-default
}

@test "without stdin" {
	make diff-nostdin base sleep 1000
	docker exec diff-nostdin /probe </dev/null 2>&1 | cat >"$BATS_TEST_TMPDIR/theirs.all"
	centerctl exec -n diff-nostdin /probe </dev/null 2>&1 | cat >"$BATS_TEST_TMPDIR/ours.all"
	equal diff-nostdin
}

@test "stdin from /dev/null and output to a file reach the container as pipes, as docker's do" {
	make diff-file base sleep 1000
	docker exec -i diff-file /probe </dev/null >"$BATS_TEST_TMPDIR/theirs.all" 2>&1
	centerctl exec diff-file /probe </dev/null >"$BATS_TEST_TMPDIR/ours.all" 2>&1
	equal diff-file
}

@test "a container that runs as user 1000" {
	make diff-user --user 1000 base sleep 1000
	same diff-user
	same diff-user -u 0
}

@test "users by name, with their groups" {
	make diff-names --user app base sleep 1000
	same diff-names
	same diff-names -u root
	same diff-names -u app
	same diff-names -u lost
	same diff-names -u app:extra
	same diff-names -u app:2000
	same diff-names -u 1000:1000
	same diff-names -u 1001:audio
	same diff-names -u 0:0
	same diff-names -u nobody
}

@test "a number that passwd does not know" {
	make diff-number base sleep 1000
	same diff-number -u 4242
	same diff-number -u 4242:4343
	same diff-number -u 2147483647
}

@test "cap-drop ALL" {
	make diff-capless --cap-drop ALL base sleep 1000
	same diff-capless
	same diff-capless -u app
}

@test "cap-drop ALL and some back" {
	make diff-capfew --cap-drop ALL --cap-add CHOWN --cap-add SETUID --user app base sleep 1000
	same diff-capfew
	same diff-capfew -u 0
}

@test "cap-add NET_ADMIN and SYS_PTRACE" {
	make diff-capadd --cap-add NET_ADMIN --cap-add SYS_PTRACE base sleep 1000
	same diff-capadd
	same diff-capadd -u 1000
}

@test "cap-add SYS_ADMIN, which opens parts of the seccomp profile" {
	make diff-sysadmin --cap-add SYS_ADMIN --cap-add SYS_TIME --cap-add SYSLOG base sleep 1000
	same diff-sysadmin
	same diff-sysadmin -u app
}

@test "privileged, or as near to it as this machine allows" {
	local options
	read -ra options < <(privileged_options)
	make diff-privileged "${options[@]}" base sleep 1000
	same diff-privileged
	same diff-privileged -u app
}

@test "exec --privileged" {
	make diff-execprivileged base sleep 1000
	if docker exec --privileged diff-execprivileged true 2>/dev/null; then
		same diff-execprivileged --privileged
		same diff-execprivileged --privileged -u app
	else
		# docker asks for a capability that this machine has not: then all those that there are. The filter stays, as
		# docker's does.
		run centerctl exec --privileged diff-execprivileged /probe
		assert_status 0
		assert_says "status Seccomp: 2"
		assert_says "status CapEff: $(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)"
		assert_says "status CapBnd: $(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)"
	fi
}

@test "no-new-privileges" {
	make diff-nnp --security-opt no-new-privileges base sleep 1000
	same diff-nnp
	same diff-nnp -u app
}

@test "seccomp unconfined" {
	make diff-unconfined --security-opt seccomp=unconfined base sleep 1000
	same diff-unconfined
	same diff-unconfined -u app
}

@test "a seccomp profile of its own, with arguments, errnos and killing" {
	cat >"$BATS_TEST_TMPDIR/profile.json" <<-'END'
		{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], "syscalls": [
		{"names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13,
			"args": [{"index": 0, "value": 131072, "op": "SCMP_CMP_EQ"}]},
		{"names": ["keyctl", "add_key"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
		{"names": ["unshare"], "action": "SCMP_ACT_ERRNO", "errnoRet": 7,
			"args": [{"index": 0, "value": 268435456, "valueTwo": 268435456, "op": "SCMP_CMP_MASKED_EQ"}]},
		{"names": ["kcmp"], "action": "SCMP_ACT_KILL_PROCESS"},
		{"names": ["quotactl"], "action": "SCMP_ACT_KILL"},
		{"names": ["get_mempolicy"], "action": "SCMP_ACT_TRAP"},
		{"names": ["bpf"], "action": "SCMP_ACT_TRACE"},
		{"names": ["swapon", "acct"], "action": "SCMP_ACT_ERRNO"},
		{"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 93,
			"args": [{"index": 0, "value": 16, "op": "SCMP_CMP_GE"}, {"index": 1, "value": 3, "op": "SCMP_CMP_EQ"}]},
		{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"},
		{"names": ["ptrace"], "action": "SCMP_ACT_LOG"}]}
	END
	make diff-seccomp --security-opt "seccomp=$BATS_TEST_TMPDIR/profile.json" base sleep 1000
	same diff-seccomp
	same diff-seccomp -u app
}

# Besides what runc needs, poll and setsid: see HACKING.md on when the filter is loaded.
@test "a seccomp profile that allows little, for one architecture" {
	cat >"$BATS_TEST_TMPDIR/profile.json" <<-'END'
		{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
		{"action": "SCMP_ACT_ALLOW", "names": ["access", "faccessat", "faccessat2", "arch_prctl",
		"brk", "capget", "capset", "chdir", "chown", "clone",
		"close", "close_range", "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "execve", "exit", "exit_group",
		"fchdir", "fchown", "fcntl", "fstat", "fstatfs", "futex", "getcwd", "getdents64", "getegid", "geteuid", "getgid",
		"getitimer", "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getrandom", "getrlimit", "getsid", "gettid",
		"getuid", "ioctl", "ioprio_get", "kill", "lseek", "mmap", "mprotect", "mremap", "munmap", "nanosleep", "clock_nanosleep", "poll", "setsid",
		"newfstatat", "open", "openat", "pipe2", "poll", "prctl", "prlimit64", "read", "readlink", "readlinkat", "restart_syscall",
		"rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_getscheduler", "sched_yield",
		"set_robust_list", "set_tid_address", "setgid", "setgroups", "setresgid", "setresuid", "setsid", "setuid", "sigaltstack", "stat",
		"statfs", "tgkill", "uname", "wait4", "write", "writev"]}]}
	END
	make diff-strict --security-opt "seccomp=$BATS_TEST_TMPDIR/profile.json" base sleep 1000
	same diff-strict
}

@test "a seccomp profile with no_new_privs" {
	make diff-seccompnnp --security-opt no-new-privileges --cap-drop ALL --user app base sleep 1000
	same diff-seccompnnp
}

@test "read-only" {
	make diff-readonly --read-only base sleep 1000
	same diff-readonly
}

@test "pid=host" {
	make diff-pidhost --pid host base sleep 1000
	same diff-pidhost
}

@test "net=host" {
	made+=(diff-nethost)
	docker run -d --name diff-nethost --network host base sleep 1000 >/dev/null
	same diff-nethost
}

@test "ipc=host" {
	make diff-ipchost --ipc host base sleep 1000
	same diff-ipchost
}

@test "uts=host" {
	make diff-utshost --uts host base sleep 1000
	same diff-utshost
}

@test "all of the host's namespaces that docker can share" {
	made+=(diff-allhost)
	docker run -d --name diff-allhost --network host --pid host --ipc host --uts host --cgroupns host base sleep 1000 >/dev/null
	same diff-allhost
}

@test "ipc, pid and network of another container" {
	make diff-owner --ipc shareable base sleep 1000
	made+=(diff-shared)
	docker run -d --name diff-shared --ipc container:diff-owner --pid container:diff-owner --network container:diff-owner \
		base sleep 1000 >/dev/null
	same diff-shared
}

@test "cgroup namespace of its own" {
	make diff-cgroupprivate --cgroupns private base sleep 1000
	same diff-cgroupprivate
}

@test "cgroup namespace of the host" {
	make diff-cgrouphost --cgroupns host base sleep 1000
	same diff-cgrouphost
}

@test "a cgroup parent" {
	make diff-parent --cgroup-parent /centerctl-tests/parent base sleep 1000
	same diff-parent
	containers_gone diff-parent
	find /sys/fs/cgroup -depth -type d -path '*/centerctl-tests*' -exec rmdir {} + 2>/dev/null || true
}

@test "--init" {
	make diff-init --init base sleep 1000
	same diff-init
}

@test "limits" {
	make diff-limits --ulimit nofile=100:200 --ulimit core=0:0 --ulimit fsize=1000000:2000000 --ulimit nproc=300:400 \
		--ulimit stack=4194304:8388608 base sleep 1000
	same diff-limits
	same diff-limits -u app
}

@test "memory, pids and cpu limits" {
	make diff-resources --memory 64m --pids-limit 50 --cpuset-cpus 0 --cpu-shares 100 base sleep 1000
	same diff-resources
}

@test "oom-score-adj" {
	make diff-oom --oom-score-adj 500 base sleep 1000
	same diff-oom
}

@test "an image with environment, working directory and user" {
	make diff-dressed dressed sleep 1000
	same diff-dressed
	same diff-dressed -u root
}

@test "working directories" {
	make diff-workdir -w /srv/made/by/docker base sleep 1000
	same diff-workdir
	same diff-workdir -w /tmp
	same diff-workdir -u app -w /home/app
}

@test "environments" {
	make diff-env -e A=1 -e 'B=two words' -e EMPTY= -e HOME=/elsewhere -e 'C=a=b' base sleep 1000
	export FROM_OUTSIDE=yes
	printf 'FILE=from a file\n# no\nFROM_OUTSIDE\n' >"$BATS_TEST_TMPDIR/env"
	same diff-env
	same diff-env -u app
	same diff-env -e A=2 -e NEW=x -e FROM_OUTSIDE -e NOT_THERE
	same diff-env -e A=2 -e A=3
	same diff-env -e HOME=/mine -e PATH=/bin
	same diff-env --env-file "$BATS_TEST_TMPDIR/env"
}

@test "a container with a terminal" {
	make diff-ttycontainer -t base sleep 1000
	same diff-ttycontainer
}

@test "a command with a terminal" {
	make diff-tty base sleep 1000
	same_tty diff-tty
	same_tty diff-tty -u app
	same_tty diff-tty -e TERM=linux
}

@test "a command with a terminal in a container with a terminal" {
	make diff-tty-both -t base sleep 1000
	same_tty diff-tty-both
}

@test "no passwd, no group" {
	make diff-nopasswd static /probe sleep 1000
	same diff-nopasswd
	same diff-nopasswd -u 1000
	same diff-nopasswd -u 1000:1000
}

@test "a damaged passwd" {
	make diff-oddpasswd base sleep 1000
	docker exec -i diff-oddpasswd sh -c 'cat >/etc/passwd' <<-'END'

		root:x:0:0
		app:x:1000:1000:::/bin/sh
		:x:7:7::/:
		no colons at all
		twice:x:3000:3000::/one:/bin/sh
		twice:x:3001:3001::/two:/bin/sh
	END
	same diff-oddpasswd
	same diff-oddpasswd -u app
	same diff-oddpasswd -u twice
	same diff-oddpasswd -u 3001
}

@test "a static image" {
	make diff-static --user 7:8 --read-only --cap-drop ALL static /probe sleep 1000
	same diff-static
}

@test "tmpfs and bind mounts" {
	make diff-mounts --tmpfs /scratch:size=1m,mode=1777 -v "$BATS_TEST_TMPDIR:/outside:ro" --shm-size 1m base sleep 1000
	same diff-mounts -w /scratch
	same diff-mounts -w /outside
}

@test "additional groups" {
	make diff-groups --group-add 3000 --group-add audio --user app base sleep 1000
	same diff-groups
	same diff-groups -u 0
	same diff-groups -u 1001:1001
}

@test "sysctls and a host name" {
	make diff-sysctl --sysctl kernel.shm_rmid_forced=1 --hostname named --domainname example.org base sleep 1000
	same diff-sysctl
}

@test "a device" {
	make diff-device --device /dev/null:/dev/nothing base sleep 1000
	same diff-device
}

@test "the same container after a restart" {
	make diff-restart base sleep 1000
	same diff-restart
	docker restart -t 0 diff-restart >/dev/null
	same diff-restart
}

@test "userns-remap" {
	export DOCKER_HOST=$REMAP_HOST
	make diff-remap base sleep 1000
	same diff-remap
	same diff-remap -u app
	same diff-remap -u 4242
}

@test "userns-remap, with more and with less" {
	export DOCKER_HOST=$REMAP_HOST
	make diff-remapmore --cap-add SYS_ADMIN --cap-add NET_ADMIN base sleep 1000
	same diff-remapmore
	make diff-remapless --cap-drop ALL --security-opt no-new-privileges --user app base sleep 1000
	same diff-remapless
	same diff-remapless -u 0
}

@test "userns-remap, on a terminal" {
	export DOCKER_HOST=$REMAP_HOST
	make diff-remap-tty base sleep 1000
	same_tty diff-remap-tty
	same_tty diff-remap-tty -u app
}

@test "userns=host on a remapping engine" {
	export DOCKER_HOST=$REMAP_HOST
	make diff-remaphost --userns host base sleep 1000
	same diff-remaphost
}

@test "podman" {
	podman run -d --name diff-podman --network none base sleep 1000 >/dev/null
	theirs=(podman)
	DOCKER_HOST=$PODMAN_HOST same diff-podman
	DOCKER_HOST=$PODMAN_HOST same diff-podman -u app
	DOCKER_HOST=$PODMAN_HOST same diff-podman -u 4242 -w /tmp -e A=1
	podman rm -f -t 0 diff-podman >/dev/null
}

@test "podman, with a user, capabilities and an umask" {
	podman run -d --name diff-podmanuser --network none --user app --cap-drop all --cap-add chown --umask 0077 \
		--security-opt no-new-privileges base sleep 1000 >/dev/null
	theirs=(podman)
	DOCKER_HOST=$PODMAN_HOST same diff-podmanuser
	DOCKER_HOST=$PODMAN_HOST same diff-podmanuser -u root
	podman rm -f -t 0 diff-podmanuser >/dev/null
}

@test "podman, unconfined, with --pid host and an annotation" {
	podman run -d --name diff-podmanopen --network none --security-opt seccomp=unconfined --pid host --annotation a=b \
		base sleep 1000 >/dev/null
	theirs=(podman)
	DOCKER_HOST=$PODMAN_HOST same diff-podmanopen
	podman rm -f -t 0 diff-podmanopen >/dev/null
}

@test "podman, preserved descriptors" {
	podman run -d --name diff-podmanfds --network none base sleep 1000 >/dev/null
	theirs=(podman)
	(
		exec 3< <(sleep 5) 4> >(cat >/dev/null)
		DOCKER_HOST=$PODMAN_HOST same diff-podmanfds --preserve-fds 2
	)
	podman rm -f -t 0 diff-podmanfds >/dev/null
}

@test "exit codes" {
	local n
	make diff-codes base sleep 1000
	for n in 0 1 3 124 125 126 127 128 200 255; do
		same diff-codes -- /probe exit $n
	done
	for n in 1 2 3 6 9 13 14 15; do
		same diff-codes -- /probe kill $n
	done
}
