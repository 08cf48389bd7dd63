/* SPDX-License-Identifier: ISC */
/*
 * Says in a canonical text what a process is and may do: run in a container through `docker exec` and through
 * `centerctl exec`, the two texts must be equal. Static, and in need of nothing but /proc, so that it runs in every
 * image.
 *
 *   probe          the text
 *   probe exit N   exits with N
 *   probe kill N   sends itself signal N
 *   probe sleep N  sleeps N seconds
 *   probe cat      copies stdin to stdout
 *   probe count    reads stdin and says how many bytes there were
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static const char *const status_lines[] = {
	"Umask",
	"Uid",
	"Gid",
	"Groups",
	"NSsid",
	"Threads",
	"SigQ",
	"SigPnd",
	"ShdPnd",
	"SigBlk",
	"SigIgn",
	"SigCgt",
	"CapInh",
	"CapPrm",
	"CapEff",
	"CapBnd",
	"CapAmb",
	"NoNewPrivs",
	"Seccomp",
	"Seccomp_filters",
	"TracerPid",
	"CoreDumping",
	"Speculation_Store_Bypass",
	"SpeculationIndirectBranch",
};

/* SigQ counts what the whole user has pending, NSsid is a number of the PID namespace: only their presence matters. */
static bool is_varying(const char *name)
{
	return !strcmp(name, "SigQ") || !strcmp(name, "NSsid");
}

static void say_file(const char *name, const char *path)
{
	char line[4096];
	FILE *f = fopen(path, "re");

	if (!f) {
		printf("%s: %s\n", name, strerrorname_np(errno));
		return;
	}
	errno = 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		printf("%s: %s\n", name, line);
	}
	if (errno)
		printf("%s: read %s\n", name, strerrorname_np(errno));
	fclose(f);
}

static void say_status(void)
{
	char line[65536];
	FILE *f = fopen("/proc/self/status", "re");

	if (!f) {
		printf("status: %s\n", strerrorname_np(errno));
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = '\0';
		for (size_t i = 0; i < sizeof(status_lines) / sizeof(status_lines[0]); i++)
			if (!strcmp(line, status_lines[i]) && !is_varying(line)) {
				char *value = colon + 1;

				value[strcspn(value, "\n")] = '\0';
				while (isspace((unsigned char)*value))
					value++;
				for (size_t n = strlen(value); n && isspace((unsigned char)value[n - 1]); n--)
					value[n - 1] = '\0';
				printf("status %s: %s\n", line, value);
			}
	}
	fclose(f);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void say_environment(void)
{
	size_t n = 0;

	while (environ[n])
		n++;
	qsort(environ, n, sizeof(*environ), by_text);
	for (size_t i = 0; i < n; i++)
		printf("env: %s\n", environ[i]);
}

static void say_namespaces(void)
{
	static const char *const kinds[] = {
		"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char path[64], to[64];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
		n = readlink(path, to, sizeof(to) - 1);
		to[n < 0 ? 0 : n] = '\0';
		printf("ns %s: %s\n", kinds[i], n < 0 ? strerrorname_np(errno) : to);
	}
}

static void say_limits(void)
{
	for (int r = 0; r < RLIM_NLIMITS; r++) {
		struct rlimit l;

		if (getrlimit(r, &l) == 0)
			printf("limit %d: %llx %llx\n", r, (unsigned long long)l.rlim_cur,
			       (unsigned long long)l.rlim_max);
	}
}

/* `echo x >/dev/stderr` opens the descriptor again, with the rights of the command's user. */
static const char *reopened(int fd, int flags)
{
	char path[64];
	int again;

	if (flags & O_PATH)
		return "-";
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, (flags & O_ACCMODE) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (again < 0)
		return strerrorname_np(errno);
	close(again);
	return "works";
}

static void say_descriptor(int fd)
{
	static const char *const modes[] = {"r", "w", "rw", "path"};
	struct stat st;
	char kind[64] = "?";
	int flags = fcntl(fd, F_GETFL), fdflags = fcntl(fd, F_GETFD);

	if (fstat(fd, &st) < 0)
		snprintf(kind, sizeof(kind), "%s", strerrorname_np(errno));
	else if (S_ISFIFO(st.st_mode))
		snprintf(kind, sizeof(kind), "pipe");
	else if (S_ISSOCK(st.st_mode))
		snprintf(kind, sizeof(kind), "socket");
	else if (S_ISCHR(st.st_mode) && major(st.st_rdev) >= 136 && major(st.st_rdev) <= 143)
		snprintf(kind, sizeof(kind), "pts, owner %u:%u mode %o", st.st_uid, st.st_gid, st.st_mode & 07777);
	else if (S_ISCHR(st.st_mode))
		snprintf(kind, sizeof(kind), "character device %u:%u", major(st.st_rdev), minor(st.st_rdev));
	else if (S_ISREG(st.st_mode))
		snprintf(kind, sizeof(kind), "file");
	else if (S_ISDIR(st.st_mode))
		snprintf(kind, sizeof(kind), "directory");
	printf("fd %d: %s, %s%s%s%s, opening it again: %s\n", fd, kind,
	       flags & O_PATH ? "path" : modes[flags & O_ACCMODE], flags & O_NONBLOCK ? " nonblock" : "",
	       flags & O_APPEND ? " append" : "", fdflags & FD_CLOEXEC ? " cloexec" : "", reopened(fd, flags));
}

static void say_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	if (!d) {
		printf("fds: %s\n", strerrorname_np(errno));
		return;
	}
	while ((e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]) && atoi(e->d_name) != dirfd(d))
			say_descriptor(atoi(e->d_name));
	closedir(d);
}

static void say_terminal(void)
{
	char name[64];
	struct winsize size;
	struct termios t;
	int fd;

	if (ttyname_r(0, name, sizeof(name)) == 0) {
		/* Which pts it is does not matter, that it has a name inside does. */
		name[strcspn(name, "0123456789")] = '\0';
		printf("tty name: %sN\n", name);
	} else {
		printf("tty name: %s\n", strerrorname_np(errno));
	}
	if (ioctl(0, TIOCGWINSZ, &size) == 0)
		printf("tty size: %u %u\n", size.ws_row, size.ws_col);
	if (tcgetattr(0, &t) == 0)
		printf("tty modes: %x %x %x %x\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	printf("controlling tty: %s\n", fd < 0 ? strerrorname_np(errno) : "yes");
	if (fd >= 0) {
		printf("foreground: %s\n", tcgetpgrp(fd) == getpgrp() ? "yes" : "no");
		close(fd);
	}
}

static void say_process(void)
{
	struct utsname u;
	struct itimerval timer;
	cpu_set_t cpus;
	char cwd[4096];
	struct stat st;
	int value = 0;

	printf("cwd: %s\n", getcwd(cwd, sizeof(cwd)) ? cwd : strerrorname_np(errno));
	if (stat("/", &st) == 0)
		printf("root: %x:%llu\n", (unsigned)st.st_dev, (unsigned long long)st.st_ino);
	printf("session leader: %s, group leader: %s\n", getsid(0) == getpid() ? "yes" : "no",
	       getpgrp() == getpid() ? "yes" : "no");
	printf("parent: %s\n", getppid() == 0 ? "outside" : "inside");
	if (uname(&u) == 0)
		printf("uname: %s %s %s %s\n", u.nodename, u.domainname, u.release, u.machine);
	printf("nice: %d, policy: %d, io priority: %ld\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0),
	       syscall(SYS_ioprio_get, 1, 0));
	CPU_ZERO(&cpus);
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		printf("cpus: %d\n", CPU_COUNT(&cpus));
	printf("dumpable: %d, securebits: %x, keepcaps: %d, timer slack: %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
	       prctl(PR_GET_SECUREBITS, 0, 0, 0, 0), prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0),
	       prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
	prctl(PR_GET_PDEATHSIG, &value, 0, 0, 0);
	printf("parent death signal: %d\n", value);
	prctl(PR_GET_CHILD_SUBREAPER, &value, 0, 0, 0);
	printf("subreaper: %d\n", value);
	printf("thp disabled: %d, mce kill: %d\n", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0),
	       prctl(PR_MCE_KILL_GET, 0, 0, 0, 0));
	for (int t = ITIMER_REAL; t <= ITIMER_PROF; t++)
		if (getitimer(t, &timer) == 0)
			printf("timer %d: %s\n", t,
			       timer.it_value.tv_sec || timer.it_value.tv_usec ? "running" : "none");
}

/* Each call is made in a child: a filter may kill. */
static void say_call(const char *name, long (*call)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		printf("call %s: fork %s\n", name, strerrorname_np(errno));
		return;
	}
	if (pid == 0) {
		long r;
		const char *said;

		errno = 0;
		r = call();
		said = strerrorname_np(errno);
		dprintf(1, "call %s: %s\n", name, r < 0 ? (said ? said : "?") : "done");
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		printf("call %s: killed by %s\n", name, sigabbrev_np(WTERMSIG(status)));
}

#define CALL(name, expression)             \
	static long call_##name(void)      \
	{                                  \
		return (long)(expression); \
	}

static long clone_with(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid;
}

static long clone3_plain(void)
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	} args = {.exit_signal = SIGCHLD};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid;
}

static long open_perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static long make_map(void)
{
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

static long peek_at_init(void)
{
	char byte;
	struct iovec local = {&byte, 1}, remote = {(void *)0x1000, 1};

	return syscall(SYS_process_vm_readv, 1, &local, 1, &remote, 1, 0);
}

static long raise_limit(void)
{
	struct rlimit l;

	getrlimit(RLIMIT_NOFILE, &l);
	l.rlim_max++;
	return setrlimit(RLIMIT_NOFILE, &l);
}

#ifdef __x86_64__
static long int80(long number, long a)
{
	long r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "0"(number), "b"(a), "c"(0L), "d"(0L), "S"(0L), "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	if ((int)r >= 0)
		return (int)r;
	errno = -(int)r;
	return -1;
}

CALL(i386_getpid, int80(20, 0))
CALL(i386_unshare, int80(310, CLONE_NEWUSER))
CALL(i386_keyctl, int80(288, 0))
CALL(i386_personality, int80(136, 0x20000))
CALL(x32_getpid, syscall(0x40000000 | 39))
CALL(x32_unshare, syscall(0x40000000 | 272, CLONE_NEWUSER))
CALL(iopl, syscall(SYS_iopl, 0))
CALL(ioperm, syscall(SYS_ioperm, 0x80, 1, 1))
CALL(modify_ldt, syscall(SYS_modify_ldt, 0, NULL, 0))
#endif

CALL(mount, mount("none", "/nowhere", "tmpfs", 0, NULL))
CALL(umount, umount2("/nowhere", 0))
CALL(unshare_user, unshare(CLONE_NEWUSER))
CALL(unshare_mount, unshare(CLONE_NEWNS))
CALL(unshare_files, unshare(CLONE_FILES))
CALL(clone_mount, clone_with(CLONE_NEWNS))
CALL(clone_user, clone_with(CLONE_NEWUSER))
CALL(clone3, clone3_plain())
CALL(setns, syscall(SYS_setns, -1, 0))
CALL(keyctl, syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0))
CALL(add_key, syscall(SYS_add_key, "user", "probe", "x", 1, KEY_SPEC_PROCESS_KEYRING))
CALL(request_key, syscall(SYS_request_key, "user", "probe", NULL, 0))
CALL(bpf, make_map())
CALL(perf_event_open, open_perf())
CALL(ptrace_traceme, ptrace(PTRACE_TRACEME, 0, NULL, NULL))
CALL(process_vm_readv, peek_at_init())
CALL(kexec_load, syscall(SYS_kexec_load, 0, 1, NULL, -1L))
CALL(init_module, syscall(SYS_init_module, NULL, 0, ""))
CALL(reboot, syscall(SYS_reboot, 1, 2, 3, NULL))
CALL(swapon, syscall(SYS_swapon, "/nowhere", 0))
CALL(pivot_root, syscall(SYS_pivot_root, "/nowhere", "/nowhere"))
CALL(chroot, chroot("/"))
CALL(sethostname, syscall(SYS_sethostname, "x", -1))
CALL(settimeofday, syscall(SYS_settimeofday, (void *)1, NULL))
CALL(clock_settime, syscall(SYS_clock_settime, 99, NULL))
CALL(userfaultfd, syscall(SYS_userfaultfd, 0))
CALL(io_uring_setup, syscall(SYS_io_uring_setup, 0, NULL))
CALL(personality_read, syscall(SYS_personality, 0xffffffffUL))
CALL(personality_set, syscall(SYS_personality, 0x20000UL))
CALL(syslog, syscall(SYS_syslog, 10, NULL, 0))
CALL(mknod, mknod("/tmp/probe-device", S_IFCHR | 0600, makedev(1, 3)) | unlink("/tmp/probe-device"))
CALL(open_by_handle_at, syscall(SYS_open_by_handle_at, -1, NULL, 0))
CALL(name_to_handle_at, syscall(SYS_name_to_handle_at, -1, "", NULL, NULL, 0))
CALL(fanotify_init, syscall(SYS_fanotify_init, 0, 0))
CALL(get_mempolicy, syscall(SYS_get_mempolicy, NULL, NULL, 0, NULL, 0))
CALL(kcmp, syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0))
CALL(quotactl, syscall(SYS_quotactl, 0, NULL, 0, NULL))
CALL(acct, syscall(SYS_acct, "/nowhere"))
CALL(seccomp_size, syscall(SYS_seccomp, 3, 0, NULL))
CALL(unknown_999, syscall(999))
CALL(newest_mount, syscall(SYS_open_tree, -1, "", 0))
CALL(setuid_0, setuid(0))
CALL(setgid_0, setgid(0))
CALL(setgroups, syscall(SYS_setgroups, 0, NULL))
CALL(chown, chown("/proc/self/cmdline", 0, 0))
CALL(nice, syscall(SYS_setpriority, PRIO_PROCESS, 0, -1))
CALL(realtime, sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1}))
CALL(raise_limit, raise_limit())
CALL(socket_packet, socket(AF_PACKET, SOCK_RAW, 0))
CALL(socket_raw, socket(AF_INET, SOCK_RAW, 1))
CALL(socket_netlink, socket(AF_NETLINK, SOCK_RAW, 0))
CALL(socket_vsock, socket(AF_VSOCK, SOCK_STREAM, 0))
CALL(socket_alg, socket(AF_ALG, SOCK_SEQPACKET, 0))
CALL(kill_init, kill(1, 0))
CALL(chmod_setuid, chmod("/nowhere", 04755))
CALL(memfd_create, syscall(SYS_memfd_create, "probe", 0))

static void say_calls(void)
{
#define SAY(name) say_call(#name, call_##name)
	SAY(mount), SAY(umount), SAY(unshare_user), SAY(unshare_mount), SAY(unshare_files), SAY(clone_mount);
	SAY(clone_user), SAY(clone3), SAY(setns), SAY(keyctl), SAY(add_key), SAY(request_key), SAY(bpf);
	SAY(perf_event_open), SAY(ptrace_traceme), SAY(process_vm_readv), SAY(kexec_load), SAY(init_module),
		SAY(reboot);
	SAY(swapon), SAY(pivot_root), SAY(chroot), SAY(sethostname), SAY(settimeofday), SAY(clock_settime);
	SAY(userfaultfd), SAY(io_uring_setup), SAY(personality_read), SAY(personality_set), SAY(syslog), SAY(mknod);
	SAY(open_by_handle_at), SAY(name_to_handle_at), SAY(fanotify_init), SAY(get_mempolicy), SAY(kcmp),
		SAY(quotactl);
	SAY(acct), SAY(seccomp_size), SAY(unknown_999), SAY(newest_mount), SAY(setuid_0), SAY(setgid_0), SAY(setgroups);
	SAY(chown), SAY(nice), SAY(realtime), SAY(raise_limit), SAY(socket_packet), SAY(socket_raw),
		SAY(socket_netlink);
	SAY(socket_vsock), SAY(socket_alg), SAY(kill_init), SAY(chmod_setuid), SAY(memfd_create);
#ifdef __x86_64__
	SAY(i386_getpid), SAY(i386_unshare), SAY(i386_keyctl), SAY(i386_personality), SAY(x32_getpid), SAY(x32_unshare);
	SAY(iopl), SAY(ioperm), SAY(modify_ldt);
#endif
}

/* Which session keyring: another one than the host's, and whose. Its serial number differs every time. */
static void say_keyring(void)
{
	char text[256];
	long n = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof(text));

	if (n < 0 || n > (long)sizeof(text))
		printf("session keyring: %s\n", strerrorname_np(errno));
	else
		printf("session keyring: %s\n", text);
}

static int say_all(char **argv)
{
	printf("argv: %s\n", argv[0]);
	say_descriptors();
	say_status();
	say_file("cgroup", "/proc/self/cgroup");
	say_namespaces();
	say_environment();
	say_limits();
	say_file("oom_score_adj", "/proc/self/oom_score_adj");
	say_file("label", "/proc/self/attr/current");
	say_file("exec label", "/proc/self/attr/exec");
	say_file("loginuid", "/proc/self/loginuid");
	say_file("coredump_filter", "/proc/self/coredump_filter");
	say_file("personality", "/proc/self/personality");
	say_file("uid_map", "/proc/self/uid_map");
	say_file("gid_map", "/proc/self/gid_map");
	say_file("setgroups", "/proc/self/setgroups");
	say_file("comm", "/proc/self/comm");
	say_process();
	say_terminal();
	say_keyring();
	say_calls();
	return fflush(stdout) ? 1 : 0;
}

static int copy(void)
{
	static char buf[1 << 16];
	ssize_t n;

	while ((n = read(0, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n;) {
			ssize_t m = write(1, buf + at, (size_t)(n - at));

			if (m < 0)
				return 1;
			at += m;
		}
	return n < 0;
}

static int count(void)
{
	static char buf[1 << 16];
	unsigned long long total = 0;
	ssize_t n;

	while ((n = read(0, buf, sizeof(buf))) > 0)
		total += (unsigned long long)n;
	printf("%llu\n", total);
	return n < 0 || fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "exit"))
		return atoi(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "kill")) {
		signal(atoi(argv[2]), SIG_DFL);
		raise(atoi(argv[2]));
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "sleep"))
		return (int)sleep((unsigned)atoi(argv[2]));
	if (argc == 2 && !strcmp(argv[1], "cat"))
		return copy();
	if (argc == 2 && !strcmp(argv[1], "count"))
		return count();
	return say_all(argv);
}
