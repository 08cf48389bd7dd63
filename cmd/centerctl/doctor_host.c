/* SPDX-License-Identifier: ISC */
/* The kernel: what it can do, what it was told to do, and which security modules it has. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "doctor_within.h"
#include "file.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"

enum { SMALL_FILE = 1 << 20, CALLS_MS = 2000, KERNEL_MAJOR = 5, KERNEL_MINOR = 10 };

/* Each tries a call in a way that changes nothing and says whether the kernel has it. */
static bool has_pidfd_open(void)
{
	return syscall(SYS_pidfd_open, getpid(), 0) >= 0 || errno != ENOSYS;
}

/* Into the namespace in which we are: a kernel that takes no pidfd there says EINVAL, one that does, 0 or EPERM. */
static bool has_setns_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	return fd >= 0 && (syscall(SYS_setns, fd, CLONE_NEWUTS) == 0 || (errno != EINVAL && errno != ENOSYS));
}

static bool has_close_range(void)
{
	return syscall(SYS_close_range, ~0U, ~0U, 0) == 0 || errno != ENOSYS;
}

static bool has_openat2(void)
{
	return syscall(SYS_openat2, -1, "", NULL, 0) >= 0 || errno != ENOSYS;
}

static bool has_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS;
}

static bool has_mount_setattr(void)
{
	return syscall(SYS_mount_setattr, -1, NULL, 0, NULL, 0) >= 0 || errno != ENOSYS;
}

static bool has_open_tree(void)
{
	return syscall(SYS_open_tree, -1, "", ~0U) >= 0 || errno != ENOSYS;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static bool has_seccomp(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static bool has_memfd(void)
{
	return syscall(SYS_memfd_create, "doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING) >= 0;
}

static const struct call {
	const char *id, *name;
	bool (*there)(void);
	enum severity severity;
	const char *why, *fix;
} calls[] = {
	{"kernel-pidfd-open", "pidfd_open(2)", has_pidfd_open, SEVERITY_ERROR,
	 "a container's process is held by it, so that no other one can take its place", "a kernel from 5.10 on"},
	{"kernel-setns-pidfd", "setns(2) by pidfd", has_setns_pidfd, SEVERITY_ERROR,
	 "that is how namespaces are entered all at once", "a kernel from 5.10 on"},
	{"kernel-close-range", "close_range(2)", has_close_range, SEVERITY_ERROR,
	 "descriptors of the host are kept from containers by it", "a kernel from 5.10 on"},
	{"kernel-openat2", "openat2(2)", has_openat2, SEVERITY_ERROR,
	 "paths are resolved inside a container's root by it", "a kernel from 5.10 on"},
	{"kernel-clone3", "clone3(2)", has_clone3, SEVERITY_WARNING,
	 "processes are made in a container's cgroup by it, where that is on cgroup v2", "a kernel from 5.10 on"},
	{"kernel-memfd", "memfd_create(2)", has_memfd, SEVERITY_ERROR,
	 "programs run from sealed copies, which no container can write to",
	 "a kernel from 5.10 on, with CONFIG_MEMFD_CREATE"},
	{"kernel-seccomp", "seccomp filters", has_seccomp, SEVERITY_ERROR,
	 "a container's filter could not be put on what enters it", "a kernel with CONFIG_SECCOMP_FILTER"},
	{"kernel-landlock", "Landlock", has_landlock, SEVERITY_WARNING,
	 "what parses the engine's answers is kept from files by its seccomp filter and its user alone",
	 "landlock in the kernel's parameter lsm= (a kernel from 5.13 on, with CONFIG_SECURITY_LANDLOCK)"},
	{"kernel-mount-setattr", "mount_setattr(2)", has_mount_setattr, SEVERITY_INFO,
	 "centerctl-enter runs from a copy in memory instead, and debug cannot make /target read-only",
	 "a kernel from 5.12 on"},
	{"kernel-open-tree", "open_tree(2)", has_open_tree, SEVERITY_WARNING,
	 "toolboxes are put together with it: debug does not work", "a kernel from 5.10 on"},
};

/* One byte for each: in a child, as descriptors are made. */
static int try_calls(void *arg, int out)
{
	char answers[ARRAY_SIZE(calls)];
	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		answers[i] = calls[i].there() ? 'y' : 'n';
	return write_full(out, answers, sizeof(answers));
}

static void look_at_calls(struct doctor *d)
{
	cleanup_buf struct buf said = {0};
	if (within(CALLS_MS, try_calls, NULL, &said) < 0 || said.len != ARRAY_SIZE(calls)) {
		finding_add(&d->findings, SEVERITY_WARNING, "kernel-calls", "kernel",
			    "a process that tried them was ended", "which system calls there are is not known");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct call *c = &calls[i];
		if (said.data[i] == 'y') {
			finding_ok(&d->findings, c->id, c->name, "the kernel has %s", c->name);
			continue;
		}
		finding_add(&d->findings, c->severity, c->id, c->name, c->why, "the kernel has no %s", c->name);
		finding_fix(&d->findings, "%s", c->fix);
	}
}

static void look_at_version(struct doctor *d)
{
	struct utsname u;
	unsigned major, minor;
	if (uname(&u) < 0 || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return;
	if (major > KERNEL_MAJOR || (major == KERNEL_MAJOR && minor >= KERNEL_MINOR)) {
		finding_ok(&d->findings, "kernel-version", u.release, "Linux %s", u.release);
		return;
	}
	finding_add(&d->findings, SEVERITY_ERROR, "kernel-version", u.release, "centerctl needs 5.10 or later",
		    "this is Linux %s", u.release);
	finding_fix(&d->findings, "a kernel from 5.10 on");
}

/* -ENOENT where the kernel has no such switch. */
static int read_switch(const char *path, uint64_t *ret)
{
	cleanup_free char *text = NULL;
	int r = file_read(AT_FDCWD, path, SMALL_FILE, &text);
	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	return parse_u64(text, UINT64_MAX, ret);
}

static void look_at_user_namespaces(struct doctor *d)
{
	static const struct {
		const char *path, *name;
		bool off_if_zero;
		uint64_t on;
		enum severity severity;
		const char *id, *why;
	} switches[] = {
		{"/proc/sys/user/max_user_namespaces", "user.max_user_namespaces", true, 15000, SEVERITY_WARNING,
		 "userns-max",
		 "userns-remap and rootless engines cannot start containers, and some seccomp profiles cannot be "
		 "loaded "
		 "without a user namespace to do it in"},
		{"/proc/sys/kernel/unprivileged_userns_clone", "kernel.unprivileged_userns_clone", true, 1,
		 SEVERITY_INFO, "userns-unprivileged",
		 "rootless engines cannot start containers; nothing else needs it"},
		{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
		 "kernel.apparmor_restrict_unprivileged_userns", false, 0, SEVERITY_INFO, "userns-apparmor",
		 "rootless engines need an AppArmor profile that permits userns; nothing else needs it"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		uint64_t value;
		if (read_switch(switches[i].path, &value) < 0)
			continue;
		if ((value == 0) != switches[i].off_if_zero) {
			finding_ok(&d->findings, switches[i].id, switches[i].name, "%s is %llu", switches[i].name,
				   (unsigned long long)value);
			continue;
		}
		finding_add(&d->findings, switches[i].severity, switches[i].id, switches[i].name, switches[i].why,
			    "user namespaces are %s: %s is %llu", value == 0 ? "off" : "restricted", switches[i].name,
			    (unsigned long long)value);
		finding_fix(&d->findings, "sysctl -w %s=%llu, and that line in a file of /etc/sysctl.d",
			    switches[i].name, (unsigned long long)switches[i].on);
	}
}

static bool is_type(const char *path, long type)
{
	struct statfs fs;
	return statfs(path, &fs) == 0 && fs.f_type == type;
}

static void look_at_cgroups(struct doctor *d)
{
	bool v2 = is_type("/sys/fs/cgroup", CGROUP2_SUPER_MAGIC);
	bool hybrid = !v2 && is_type("/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC);
	bool v1 = !v2 && (is_type("/sys/fs/cgroup/memory", CGROUP_SUPER_MAGIC) ||
			  is_type("/sys/fs/cgroup/devices", CGROUP_SUPER_MAGIC));
	if (v2 || hybrid || v1) {
		finding_ok(&d->findings, "cgroup", "/sys/fs/cgroup", "cgroups: %s",
			   v2	    ? "v2"
			   : hybrid ? "hybrid, v1 with v2 at /sys/fs/cgroup/unified"
				    : "v1");
		return;
	}
	finding_add(&d->findings, SEVERITY_ERROR, "cgroup", "/sys/fs/cgroup",
		    "to which container a process belongs is proved by its cgroups, and it is entered through them",
		    "there are no cgroups at /sys/fs/cgroup");
	finding_fix(&d->findings, "mount -t cgroup2 cgroup2 /sys/fs/cgroup, or what this distribution has for that");
}

static bool has_word(const char *list, const char *word)
{
	cleanup_free char *copy = strdup(list);
	for (char *rest = copy, *one; rest && (one = strsep(&rest, ",\n"));)
		if (strcmp(one, word) == 0)
			return true;
	return false;
}

static const char profiles[] = "/sys/kernel/security/apparmor/profiles";

/* The line "docker-default (enforce)". */
static void look_at_apparmor(struct doctor *d)
{
	cleanup_free char *text = NULL;
	bool engine = false;
	for (size_t i = 0; i < d->engine_count; i++)
		engine = engine || (d->engines[i].answers && str_starts(d->engines[i].ping.server, "Docker/"));
	int r = file_read(AT_FDCWD, profiles, SMALL_FILE, &text);
	if (r < 0) {
		finding_add(&d->findings, SEVERITY_INFO, d->root ? "lsm-apparmor" : "not-checked", profiles,
			    d->root ? "which profiles are loaded is not known" : "only root can tell",
			    "not looked at: the list of AppArmor's profiles");
		return;
	}
	const char *line = strstr(text, "docker-default (");
	if (line && str_starts(line, "docker-default (enforce)")) {
		finding_ok(&d->findings, "lsm-apparmor", "docker-default",
			   "AppArmor's profile docker-default is enforced");
	} else if (line || engine) {
		finding_add(&d->findings, SEVERITY_WARNING, "lsm-apparmor", "docker-default",
			    "Docker's containers, and what enters them, are not confined by AppArmor",
			    "AppArmor's profile docker-default is %s", line ? "not enforced" : "not loaded");
		finding_fix(&d->findings, line ? "aa-enforce docker-default"
					       : "apt-get install apparmor, and restart the engine, which loads it");
	}
}

static void look_at_selinux(struct doctor *d)
{
	uint64_t enforcing;
	if (read_switch("/sys/fs/selinux/enforce", &enforcing) < 0)
		return;
	if (enforcing) {
		finding_ok(&d->findings, "lsm-selinux", "SELinux", "SELinux is enforcing");
		return;
	}
	finding_add(&d->findings, SEVERITY_WARNING, "lsm-selinux", "SELinux",
		    "labels are kept and nothing is refused: containers are not confined by them",
		    "SELinux is permissive");
	finding_fix(&d->findings, "setenforce 1, and SELINUX=enforcing in /etc/selinux/config");
}

static void look_at_modules(struct doctor *d)
{
	cleanup_free char *text = NULL;
	static const char list[] = "/sys/kernel/security/lsm";
	if (file_read(AT_FDCWD, list, SMALL_FILE, &text) < 0) {
		finding_add(&d->findings, SEVERITY_INFO, "lsm", list,
			    "securityfs is not mounted, or the kernel has no security modules",
			    "which security modules there are is not known");
		finding_fix(&d->findings, "mount -t securityfs securityfs /sys/kernel/security");
		return;
	}
	text[strcspn(text, "\n")] = '\0';
	bool apparmor = has_word(text, "apparmor"), selinux = has_word(text, "selinux");
	if (apparmor)
		look_at_apparmor(d);
	if (selinux)
		look_at_selinux(d);
	if (apparmor || selinux) {
		finding_ok(&d->findings, "lsm", list, "security modules: %s", text);
		return;
	}
	finding_add(&d->findings, SEVERITY_INFO, "lsm", list,
		    "containers are confined by namespaces, capabilities and seccomp alone",
		    "neither AppArmor nor SELinux is active; security modules: %s", text);
	finding_fix(&d->findings, "apparmor or selinux in the kernel's parameter lsm=, as your distribution says");
}

const struct doctor_check doctor_host_checks[] = {
	{"the kernel's version", false, look_at_version},    {"the kernel's calls", false, look_at_calls},
	{"user namespaces", false, look_at_user_namespaces}, {"cgroups", false, look_at_cgroups},
	{"security modules", false, look_at_modules},	     {0},
};
