#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 1, inside: centerctl-resolve is taken over by what it parses, and tries to get out of its own process.
# Proves: cmd/centerctl-resolve/sandbox.c: sandbox_limit(), deny_files() and deny_calls().
#
# drive_resolve.c runs it as centerctl-enter does; a container's name that begins with "hook-" makes a build with test
# hooks act as if it were taken over (cmd/centerctl-resolve/hooks.h).

load attack

setup_file()
{
	drive_resolve
}

# Each system call of the list must end the program by SIGSYS.
killed_for()
{
	local name
	for name in "$@"; do
		run timeout 20 "$drive" "$resolve" inspect "hook-call-$name"
		if [ "$output" != "killed by SYS" ]; then
			echo "$name: $output" >&2
			return 1
		fi
	done
}

@test "resolve answers in its sandbox when nothing is wrong" {
	run "$drive" "$resolve" inspect hook-call-nosuchcall
	[ "${lines[0]}" = "error 0: hook nosuchcall is unknown" ]
	[ "${lines[1]}" = "exited with 0" ]
	run "$drive" "$resolve" profile a80425fb
	[[ ${lines[0]} == "bundle uid 0 bounding 0 filter "* ]]
	[ "${lines[1]}" = "exited with 0" ]
}

@test "resolve cannot open, look at, make or change a file" {
	killed_for openat openat2 open_by_handle_at name_to_handle_at newfstatat statx faccessat readlinkat getdents64 unlinkat \
		renameat2 linkat symlinkat mkdirat mknodat fchmodat fchownat utimensat truncate memfd_create inotify_init1 fanotify_init
}

@test "resolve cannot use the older calls for files" {
	[ "$(uname -m)" = x86_64 ] || skip_or_fail "only x86-64 has them"
	killed_for open creat unlink rename chmod mkdir stat access readlink pipe dup2 fork vfork
}

@test "resolve cannot move through file systems" {
	killed_for chdir chroot pivot_root mount umount2 fsopen open_tree move_mount mount_setattr swapon
}

@test "resolve cannot make a socket or a connection" {
	killed_for socket socketpair connect bind listen accept accept4 shutdown sendmmsg
}

@test "resolve cannot make a process or a thread, or execute a program" {
	killed_for clone clone3 execve execveat wait4 unshare setns
}

@test "resolve cannot reach other processes" {
	killed_for kill tkill tgkill pidfd_open pidfd_getfd pidfd_send_signal ptrace process_vm_readv process_vm_writev process_madvise kcmp \
		getppid setpgid setsid prlimit64 sched_setaffinity
}

@test "resolve cannot change who it is or how it is confined" {
	killed_for setuid setgid setresuid setresgid setgroups capset prctl seccomp landlock_create_ruleset personality rt_sigaction
}

@test "resolve cannot reach the kernel's far corners" {
	killed_for bpf userfaultfd perf_event_open io_uring_setup io_setup keyctl add_key request_key init_module finit_module kexec_load \
		reboot sethostname settimeofday clock_settime syslog acct shmget msgget semget mq_open timerfd_create signalfd4 eventfd2 \
		epoll_create1 splice sendfile pipe2 dup dup3 ioctl
}

@test "resolve cannot make memory executable" {
	killed_for mmap-exec mprotect-exec
}

@test "resolve cannot use the system call tables of other modes" {
	[ "$(uname -m)" = x86_64 ] || skip_or_fail "only x86-64 has them"
	killed_for i386 x32
}

@test "every system call that the hooks know is tried here" {
	local name missing=
	while read -r name; do
		grep -qE "(^|[[:space:]])$name([[:space:]]|\$)" "$BATS_TEST_FILENAME" || missing="$missing $name"
	done < <(sed -n '/define CALL/d; s/CALL(/\n&/gp' "$CENTERCTL_TOP/cmd/centerctl-resolve/hooks.c" | sed -nE 's/^CALL\(([a-z0-9_]+)\).*/\1/p')
	[ -z "$missing" ] || {
		echo "not tried:$missing" >&2
		return 1
	}
}

@test "Landlock takes every right to files away, where the kernel has it" {
	[ -e /sys/kernel/security/lsm ] || mount -t securityfs none /sys/kernel/security 2>/dev/null || true
	grep -q landlock /sys/kernel/security/lsm || skip_or_fail "this kernel is without Landlock"
	run strace -f -qq -e trace=landlock_create_ruleset,landlock_restrict_self,landlock_add_rule "$drive" "$resolve" profile 0
	grep -qE 'landlock_restrict_self\([0-9]+, 0\) += 0' <<<"$output"
	[[ $output != *landlock_add_rule* ]]
	grep -qE 'landlock_create_ruleset\(\{handled_access_fs=.*EXECUTE.*WRITE_FILE.*READ_FILE.*READ_DIR' <<<"$output"
}

@test "resolve parses nothing before it is confined" {
	run strace -f -qq -s 64 -e trace=recvmsg,prctl,seccomp,sendto,read,recvfrom "$drive" "$resolve" inspect web
	# After the first ask nothing is sent or read until the filter is there.
	sed -n '/prctl(PR_SET_DUMPABLE/,$p' <<<"$output" >"$BATS_TEST_TMPDIR/trace"
	local filter request
	filter=$(grep -nE 'PR_SET_SECCOMP, SECCOMP_MODE_FILTER.* = 0' "$BATS_TEST_TMPDIR/trace" | head -n 1 | cut -d: -f1)
	request=$(grep -n 'GET /containers/web/json' "$BATS_TEST_TMPDIR/trace" | head -n 1 | cut -d: -f1)
	[ -n "$filter" ] && [ -n "$request" ] && [ "$filter" -lt "$request" ]
}

@test "resolve has neither time nor memory nor files without end" {
	run strace -f -qq -e trace=prlimit64,setrlimit "$drive" "$resolve" profile 0
	local limit
	for limit in 'RLIMIT_CORE, {rlim_cur=0, rlim_max=0}' 'RLIMIT_NPROC, {rlim_cur=0, rlim_max=0}' 'RLIMIT_NOFILE, {rlim_cur=64, rlim_max=64}' \
		'RLIMIT_FSIZE, {rlim_cur=1024*1024, rlim_max=1024*1024}' 'RLIMIT_CPU, {rlim_cur=10, rlim_max=10}' \
		'RLIMIT_AS, {rlim_cur=524288*1024, rlim_max=524288*1024}'; do
		if ! grep -qF "$limit" <<<"$output"; then
			echo "not set: $limit" >&2
			return 1
		fi
	done
}

@test "resolve that is started by hand says what it is for" {
	run "$resolve" 3>&-
	[ "$status" -eq 125 ]
	[[ $output == *"started by centerctl only"* ]]
}

@test "a taken-over resolve cannot post to the engine" {
	container sandbox base sleep 100000
	fake_start --template "$(template sandbox)"
	run timeout -k 1 20 centerctl exec -H "$fake" hook-post true
	[ "$status" -eq 125 ]
	run cat -v "$fake_record"
	[[ $output != *POST* ]]
	fake_stop
	containers_gone sandbox
}
