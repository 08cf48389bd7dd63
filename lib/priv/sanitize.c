/* SPDX-License-Identifier: ISC */
#include "sanitize.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "hook.h"
#include "lib/base/cleanup.h"
#include "resolver.h"
#include "sys.h"

enum { STACK_MIN = 256 << 10 };

extern char **environ;

int sanitize_stdio(void)
{
	for (;;) {
		int fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return -errno;
		if (fd > 2) {
			close(fd);
			return 0;
		}
	}
}

/* Whether fd is nothing but a handle on the very file that we execute. */
static bool is_own_executable(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat self, other;
	return flags >= 0 && (flags & O_PATH) && stat("/proc/self/exe", &self) == 0 && fstat(fd, &other) == 0 &&
	       self.st_dev == other.st_dev && self.st_ino == other.st_ino;
}

static int close_range_up_to(unsigned first, int end)
{
	if (end <= (int)first)
		return 0;
	return syscall(SYS_close_range, first, (unsigned)end - 1, 0) < 0 ? -errno : 0;
}

static int close_others(int channel, unsigned preserve, struct sanitize_kept *ret)
{
	int r = close_range_up_to(3 + preserve, channel);
	ret->executable = is_own_executable(channel + 1) ? channel + 1 : -EBADF;
	ret->resolver = resolver_is_inherited(channel + 2) ? channel + 2 : -EBADF;
	if (ret->executable < 0)
		close(channel + 1);
	if (ret->resolver < 0)
		close(channel + 2);
	return r < 0 ? r : sys_close_from((unsigned)channel + 3);
}

/*
 * An ignored SIGCHLD would take exit codes from us, a pending alarm would end us, an ignored SIGPIPE would be inherited
 * by the command. SIGPIPE and SIGXFSZ stay ignored here: writes report it.
 */
static void reset_signals(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	/* glibc keeps 32 and 33 for itself, and its posix_spawn(3) leaves them ignored: the command would inherit that.
	 */
	struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		uint64_t mask;
	} usual = {0};
	for (int sig = 32; sig <= 33; sig++)
		syscall(SYS_rt_sigaction, sig, &usual, NULL, sizeof(usual.mask));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	struct itimerval off = {0};
	setitimer(ITIMER_REAL, &off, NULL);
	setitimer(ITIMER_VIRTUAL, &off, NULL);
	setitimer(ITIMER_PROF, &off, NULL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A limit that the caller lowered must not stop us half-way. What cannot be raised is left: later steps fail cleanly.
 */
static void raise_limit(enum __rlimit_resource resource, rlim_t soft)
{
	struct rlimit now, wanted;
	if (getrlimit(resource, &now) < 0)
		return;
	wanted = (struct rlimit){.rlim_cur = soft, .rlim_max = now.rlim_max < soft ? soft : now.rlim_max};
	if (setrlimit(resource, &wanted) < 0) {
		now.rlim_cur = now.rlim_max < soft ? now.rlim_max : soft;
		setrlimit(resource, &now);
	}
}

static void reset_limits(void)
{
	raise_limit(RLIMIT_FSIZE, RLIM_INFINITY);
	raise_limit(RLIMIT_CPU, RLIM_INFINITY);
	raise_limit(RLIMIT_AS, RLIM_INFINITY);
	raise_limit(RLIMIT_DATA, RLIM_INFINITY);
	raise_limit(RLIMIT_NPROC, RLIM_INFINITY);
	raise_limit(RLIMIT_NOFILE, 1024);
	raise_limit(RLIMIT_STACK, 8 << 20);
	struct rlimit core;
	if (getrlimit(RLIMIT_CORE, &core) == 0) {
		core.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &core);
	}
}

/* Without CAP_SYS_RESOURCE a hard limit stays as it is, and running out of stack would be a crash half-way. */
static int check_stack(struct error *err)
{
	struct rlimit now;
	if (getrlimit(RLIMIT_STACK, &now) < 0 || now.rlim_cur >= STACK_MIN)
		return 0;
	return error_set(err, -ENOMEM,
			 "the stack is limited to %llu KiB, which cannot be raised: run centerctl with at least %d "
			 "(ulimit -s)",
			 (unsigned long long)now.rlim_cur / 1024, STACK_MIN / 1024);
}

static int check_file_size(struct error *err)
{
	struct rlimit now;
	if (getrlimit(RLIMIT_FSIZE, &now) < 0 || now.rlim_cur == RLIM_INFINITY)
		return 0;
	return error_set(
		err, -EFBIG,
		"the size of files is limited, which cannot be raised: records would be cut; run centerctl without "
		"that limit (ulimit -f unlimited)");
}

int sanitize_process(int channel, unsigned preserve, struct sanitize_kept *ret, struct error *err)
{
	if (geteuid() != 0)
		return error_set(err, -EPERM,
				 "centerctl-enter needs root: use sudo, and see no_new_privs and user namespaces "
				 "in centerctl-enter(8) if it is installed setuid");
	/* The command would inherit it, and would not be confined as the container is but otherwise. */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return error_set(err, -EPERM,
				 "started under no_new_privs, which the command would inherit: run centerctl "
				 "outside of setpriv --no-new-privs or NoNewPrivileges=yes");
	/* A gap among them would be filled by a descriptor of ours, and handed to the command. */
	for (unsigned fd = 3; fd < 3 + preserve; fd++)
		if (fcntl((int)fd, F_GETFD) < 0)
			return error_set(err, -EBADF, "descriptor %u, which is to be preserved, is not open", fd);
	int r = close_others(channel, preserve, ret);
	if (r == -ENOSYS)
		return sys_missing(err, "close_range", "5.9");
	if (r < 0)
		return error_errno(err, r, "cannot close inherited descriptors");
	environ = NULL;
	reset_signals();
	reset_limits();
	/* Slack that the caller chose would put every limit of time off by as much: PR_SET_TIMERSLACK(2const). */
	prctl(PR_SET_TIMERSLACK, 50000UL, 0, 0, 0);
	r = check_stack(err);
	if (r == 0)
		r = check_file_size(err);
	if (r < 0)
		return r;
	umask(077);
	if (prctl(PR_SET_SECUREBITS, 0) < 0 && prctl(PR_GET_SECUREBITS) != 0)
		return error_set(err, -EPERM, "started with locked securebits, which the command would inherit");
	if (chdir("/") < 0)
		return error_errno(err, -errno, "cannot enter /");
	return 0;
}

void sanitize_job_signals(bool stopping_too)
{
	static const int signals[] = {SIGINT,  SIGQUIT, SIGHUP,	 SIGTERM, SIGTSTP, SIGUSR1,
				      SIGUSR2, SIGALRM, SIGPIPE, SIGTTIN, SIGTTOU};
	size_t count = stopping_too ? ARRAY_SIZE(signals) : ARRAY_SIZE(signals) - 2;
	for (size_t i = 0; i < count; i++)
		signal(signals[i], SIG_IGN);
}

void sanitize_caller(void)
{
	enum { IOPRIO_WHO_PROCESS = 1 };
	const struct sched_param usual = {0};
	sanitize_job_signals(true);
	sched_setscheduler(0, SCHED_OTHER, &usual);
	setpriority(PRIO_PROCESS, 0, 0);
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0);
	cleanup_fd int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)!write(fd, "0", 1);
}

int sanitize_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0;
}

static bool runs_read_only(int exe)
{
	struct statvfs fs;
	if (fstatvfs(exe, &fs) == 0 && (fs.f_flag & ST_RDONLY))
		return true;
	int seals = fcntl(exe, F_GET_SEALS);
	return seals >= 0 && (seals & F_SEAL_WRITE);
}

static int read_only_clone(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	if (hook_fails("open-tree"))
		return -errno;
	cleanup_fd int tree = sys_open_tree(AT_FDCWD, path, 0);
	if (tree < 0 || sys_mount_setattr(tree, 0, MOUNT_ATTR_RDONLY) < 0)
		return -errno;
	/* The path might name another file by now. */
	struct stat self, clone;
	if (stat("/proc/self/exe", &self) < 0 || fstat(tree, &clone) < 0)
		return -errno;
	if (self.st_dev != clone.st_dev || self.st_ino != clone.st_ino)
		return -ESTALE;
	return steal_fd(&tree);
}

int sanitize_executable(char *const argv[], char *const environment[], bool again, int channel, int resolver,
			struct error *err)
{
	cleanup_fd int exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (exe < 0)
		return error_errno(err, -errno, "cannot open /proc/self/exe: is /proc mounted");
	if (runs_read_only(exe))
		return 0;
	if (again)
		return error_set(err, -ELOOP,
				 "this process runs from a file that could be written to although it was made not to: "
				 "is /proc a procfs");
	cleanup_fd int mount = read_only_clone();
	cleanup_fd int copy = mount < 0 ? sys_sealed_copy(exe, "centerctl-enter") : -EBADF;
	int found = mount >= 0 ? mount : copy;
	if (found < 0)
		return error_errno(err, found,
				   "cannot make a copy of centerctl-enter that a container could not write to");
	/* Above the places where they go, which one of them may hold by now. */
	cleanup_fd int safe = fcntl(found, F_DUPFD_CLOEXEC, channel + 3);
	cleanup_fd int talk = fcntl(resolver, F_DUPFD_CLOEXEC, channel + 3);
	if (safe < 0 || talk < 0 || (mount >= 0 && dup2(safe, channel + 1) < 0) || dup2(talk, channel + 2) < 0)
		return error_errno(err, -errno, "cannot keep a descriptor");
	syscall(SYS_execveat, safe, "", argv, environment, AT_EMPTY_PATH);
	return error_errno(err, -errno, "cannot execute the protected centerctl-enter");
}
