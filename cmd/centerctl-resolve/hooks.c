/* SPDX-License-Identifier: ISC */
#include "hooks.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static const struct {
	const char *name;
	long number;
} calls[] = {
#define CALL(name)                \
	{                         \
#name, SYS_##name \
	}
#ifdef SYS_open
	CALL(open),
	CALL(creat),
	CALL(fork),
	CALL(vfork),
	CALL(unlink),
	CALL(rename),
	CALL(chmod),
	CALL(mkdir),
	CALL(stat),
	CALL(access),
	CALL(readlink),
	CALL(pipe),
	CALL(dup2),
#endif
	CALL(openat),
	CALL(openat2),
	CALL(open_by_handle_at),
	CALL(name_to_handle_at),
	CALL(newfstatat),
	CALL(statx),
	CALL(faccessat),
	CALL(readlinkat),
	CALL(getdents64),
	CALL(unlinkat),
	CALL(renameat2),
	CALL(linkat),
	CALL(symlinkat),
	CALL(mkdirat),
	CALL(mknodat),
	CALL(fchmodat),
	CALL(fchownat),
	CALL(utimensat),
	CALL(truncate),
	CALL(chdir),
	CALL(chroot),
	CALL(pivot_root),
	CALL(mount),
	CALL(umount2),
	CALL(fsopen),
	CALL(open_tree),
	CALL(move_mount),
	CALL(mount_setattr),
	CALL(memfd_create),
	CALL(pipe2),
	CALL(dup),
	CALL(dup3),
	CALL(ioctl),
	CALL(socket),
	CALL(socketpair),
	CALL(connect),
	CALL(bind),
	CALL(listen),
	CALL(accept),
	CALL(accept4),
	CALL(shutdown),
	CALL(clone),
	CALL(clone3),
	CALL(execve),
	CALL(execveat),
	CALL(kill),
	CALL(tkill),
	CALL(tgkill),
	CALL(pidfd_open),
	CALL(pidfd_getfd),
	CALL(pidfd_send_signal),
	CALL(ptrace),
	CALL(process_vm_readv),
	CALL(process_vm_writev),
	CALL(process_madvise),
	CALL(kcmp),
	CALL(prctl),
	CALL(seccomp),
	CALL(bpf),
	CALL(userfaultfd),
	CALL(perf_event_open),
	CALL(io_uring_setup),
	CALL(io_setup),
	CALL(unshare),
	CALL(setns),
	CALL(setuid),
	CALL(setgid),
	CALL(setresuid),
	CALL(setresgid),
	CALL(setgroups),
	CALL(capset),
	CALL(prlimit64),
	CALL(personality),
	CALL(keyctl),
	CALL(add_key),
	CALL(request_key),
	CALL(init_module),
	CALL(finit_module),
	CALL(kexec_load),
	CALL(reboot),
	CALL(swapon),
	CALL(sethostname),
	CALL(settimeofday),
	CALL(clock_settime),
	CALL(syslog),
	CALL(acct),
	CALL(shmget),
	CALL(msgget),
	CALL(semget),
	CALL(mq_open),
	CALL(inotify_init1),
	CALL(fanotify_init),
	CALL(timerfd_create),
	CALL(signalfd4),
	CALL(eventfd2),
	CALL(epoll_create1),
	CALL(rt_sigaction),
	CALL(setsid),
	CALL(setpgid),
	CALL(sched_setaffinity),
	CALL(landlock_create_ruleset),
	CALL(splice),
	CALL(sendfile),
	CALL(sendmmsg),
	CALL(wait4),
	CALL(getppid),
};

static int hook_failed(struct answer_error_info *why, const char *name)
{
	return answer_fail(why, ANSWER_FAILED, "hook %s came back: %s", name, error_name(errno));
}

static bool call(const char *name, struct answer_error_info *why)
{
	errno = 0;
	if (strcmp(name, "mmap-exec") == 0) {
		mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		return hook_failed(why, name);
	}
	if (strcmp(name, "mprotect-exec") == 0) {
		void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(page, 4096, PROT_READ | PROT_EXEC);
		return hook_failed(why, name);
	}
#ifdef __x86_64__
	if (strcmp(name, "i386") == 0) {
		/* read(-1, ...) of the 32-bit table; its number is that of close() in ours, which is allowed. */
		long result;
		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(3L), "b"(-1L), "c"(0L), "d"(0L)
				 : "memory", "r8", "r9", "r10", "r11");
		return hook_failed(why, name);
	}
	if (strcmp(name, "x32") == 0) {
		syscall(SYS_getpid | 1L << 30);
		return hook_failed(why, name);
	}
#endif
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (strcmp(name, calls[i].name) == 0) {
			syscall(calls[i].number, 0L, 0L, 0L, 0L, 0L, 0L);
			return hook_failed(why, name);
		}
	}
	return answer_fail(why, ANSWER_FAILED, "hook %s is unknown", name);
}

static int post(int engine, struct answer_error_info *why)
{
	static const char request[] = "POST /containers/create?name=escaped HTTP/1.1\r\nHost: localhost\r\n"
				      "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
	char reply[512] = "", shown[256];
	ssize_t sent = send(engine, request, sizeof(request) - 1, MSG_NOSIGNAL);
	ssize_t n = sent < 0 ? -1 : recv(engine, reply, sizeof(reply) - 1, 0);
	text_escape(shown, sizeof(shown), reply, n > 0 ? (size_t)n : 0);
	return answer_fail(why, ANSWER_FAILED, "hook post: sent %zd, got %zd: %s", sent, n, shown);
}

bool hook_run(const char *word, int engine, struct answer_error_info *why)
{
	const char *name = str_after(word, "hook-call-");
	if (name)
		return call(name, why);
	if (strcmp(word, "hook-post") == 0)
		return post(engine, why);
	return false;
}
